/* SPDX-License-Identifier: MIT */
#include "ours.h"

#include <stdlib.h>
#include <string.h>

/* An anchor or a list that can't be read is none: the other validators see it so too. */
static struct s2sv_trust *make_trust(const struct corpus_case *c,
                                     const struct s2sv_backend *backend)
{
    struct s2sv_trust *trust = s2sv_trust_new(backend);
    int status = trust ? S2SV_DECIDED : S2SV_ERR_NOMEM;
    for (size_t i = 0; i < c->anchors.count && status != S2SV_ERR_NOMEM; i++)
        status = s2sv_trust_add_der(trust, c->anchors.items[i].data, c->anchors.items[i].len);
    for (size_t i = 0; i < c->crls.count && status != S2SV_ERR_NOMEM; i++)
        status = s2sv_trust_add_crl_der(trust, c->crls.items[i].data, c->crls.items[i].len);
    if (status != S2SV_ERR_NOMEM)
        return trust;
    s2sv_trust_unref(trust);
    return NULL;
}

static struct s2sv_peer *make_peer(const struct corpus_case *c)
{
    struct s2sv_peer *peer = s2sv_peer_new(c->is_client ? S2SV_INBOUND : S2SV_OUTBOUND);
    int status = c->has_time ? s2sv_peer_set_time(peer, c->time) : S2SV_DECIDED;
    for (size_t i = 0; i < c->presented.count && status == S2SV_DECIDED; i++)
        status =
            s2sv_peer_add_certificate(peer, c->presented.items[i].data, c->presented.items[i].len);
    for (size_t i = 0; i < c->name_count && status == S2SV_DECIDED; i++)
        status = s2sv_peer_expect(peer, c->names[i].value);
    if (status == S2SV_DECIDED)
        return peer;
    s2sv_peer_free(peer);
    return NULL;
}

static void must(int status)
{
    if (status != S2SV_DECIDED)
        abort();
}

/* The default, but for what a case is about: a name of one label needs a policy that allows it
 * and lists that are to be used a policy that requires them (V-3). */
static struct s2sv_policy *make_policy(const struct corpus_case *c)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_SERVER);
    for (size_t i = 0; i < c->name_count; i++)
        if (c->names[i].kind == CORPUS_DNS && !strchr(c->names[i].value, '.'))
            must(s2sv_policy_allow_single_label(policy, 1));
    if (c->crls.count > 0)
        must(s2sv_policy_set_revocation(policy, S2SV_REVOCATION_REQUIRE));
    return policy;
}

struct s2sv_verdict *ours_ask(const struct corpus_case *c, const struct s2sv_backend *backend)
{
    struct s2sv_verdict *verdict = NULL;
    struct s2sv_policy *policy = make_policy(c);
    struct s2sv_trust *trust = make_trust(c, backend);
    struct s2sv_peer *peer = make_peer(c);
    if (s2sv_verify(trust, policy, peer, &verdict) != S2SV_DECIDED)
        verdict = NULL;
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    return verdict;
}

int ours_accepts(const struct corpus_case *c, const struct s2sv_verdict *verdict)
{
    if (c->name_count == 0)
        return s2sv_verdict_trusted(verdict);
    for (size_t i = 0; i < c->name_count; i++)
        if (!s2sv_verdict_is_for(verdict, c->names[i].value))
            return 0;
    return s2sv_verdict_accepted(verdict);
}
