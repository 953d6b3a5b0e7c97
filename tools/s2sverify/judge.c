/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"

struct side {
    const struct library *library;
    struct s2sv_trust *trust;
    struct stock *stock;
};

struct judge {
    struct side sides[LIBRARIES_MOST];
    size_t count;
    struct s2sv_policy *policy, *dane_policy; /* the latter counts TLSA records alone */
    const struct settings *settings;
    enum s2sv_profile profile;
};

static int explain_trust(const struct s2sv_trust *trust)
{
    const char *error = s2sv_trust_error(trust);
    complain("%s", trust && error[0] != '\0' ? error : "out of memory");
    return 0;
}

static int fill_trust(struct s2sv_trust *trust, const struct settings *settings)
{
    if (settings->anchors.count == 0 && s2sv_trust_add_system(trust) != S2SV_DECIDED)
        return explain_trust(trust);
    for (size_t i = 0; i < settings->anchors.count; i++)
        if (s2sv_trust_add_file(trust, settings->anchors.paths[i]) != S2SV_DECIDED)
            return explain_trust(trust);
    for (size_t i = 0; i < settings->crls.count; i++)
        if (s2sv_trust_add_crl_file(trust, settings->crls.paths[i]) != S2SV_DECIDED)
            return explain_trust(trust);
    return 1;
}

static int open_side(struct side *side, const struct library *library,
                     const struct settings *settings)
{
    struct stock_setup setup = { settings->anchors.paths, settings->anchors.count,
                                 settings->crls.paths, settings->crls.count,
                                 settings->has_at ? &settings->at : NULL };
    side->library = library;
    side->trust = s2sv_trust_new(library->backend());
    if (!side->trust || !fill_trust(side->trust, settings))
        return side->trust ? 0 : explain_trust(NULL);
    side->stock = library->stock_new(&setup);
    if (!side->stock)
        complain("%s by itself can't read the anchors or revocation lists", library->title);
    return side->stock != NULL;
}

struct judge *judge_new(const struct settings *settings, enum s2sv_profile profile)
{
    struct judge *judge = calloc(1, sizeof *judge);
    if (!judge) {
        complain("out of memory");
        return NULL;
    }
    judge->settings = settings;
    judge->profile = profile;
    judge->policy = settings_policy(settings, profile);
    judge->dane_policy = judge->policy ? settings_policy(settings, profile) : NULL;
    int done = judge->dane_policy &&
               s2sv_policy_set_text(judge->dane_policy, "proofs=dane", NULL, 0) == S2SV_DECIDED;
    for (size_t i = 0; libraries[i] && done; i++)
        if (!settings->only || settings->only == libraries[i])
            done = open_side(&judge->sides[judge->count++], libraries[i], settings);
    if (done)
        return judge;
    judge_free(judge);
    return NULL;
}

void judge_free(struct judge *judge)
{
    if (!judge)
        return;
    for (struct side *side = judge->sides; side < judge->sides + judge->count; side++) {
        s2sv_trust_unref(side->trust);
        side->library->stock_free(side->stock);
    }
    s2sv_policy_unref(judge->policy);
    s2sv_policy_unref(judge->dane_policy);
    free(judge);
}

int64_t judge_time(const struct judge *judge)
{
    return settings_time(judge->settings);
}

int judge_given_time(const struct judge *judge, int64_t *ret_time)
{
    if (judge->settings->has_at)
        *ret_time = judge->settings->at;
    return judge->settings->has_at;
}

enum s2sv_profile judge_profile(const struct judge *judge)
{
    return judge->profile;
}

const struct library *judge_library(const struct judge *judge)
{
    const struct side *first = judge->sides;
    return first->library;
}

struct s2sv_trust *judge_trust(const struct judge *judge, const struct library *library)
{
    for (const struct side *side = judge->sides; side < judge->sides + judge->count; side++)
        if (side->library == library)
            return side->trust;
    return NULL;
}

struct s2sv_policy *judge_policy(const struct judge *judge)
{
    return judge->policy;
}

static struct s2sv_peer *make_peer(const struct judge *judge, const struct chain *chain,
                                   const char *const *names, size_t name_count,
                                   enum s2sv_direction direction)
{
    struct s2sv_peer *peer = s2sv_peer_new(direction);
    int status = peer ? S2SV_DECIDED : S2SV_ERR_NOMEM;
    for (size_t i = 0; i < chain->count && status == S2SV_DECIDED; i++)
        status =
            s2sv_peer_add_certificate(peer, chain->certificates[i].der, chain->certificates[i].len);
    for (size_t i = 0; i < name_count && status == S2SV_DECIDED; i++)
        status = s2sv_peer_expect(peer, names[i]);
    if (status == S2SV_DECIDED && judge->settings->has_at)
        status = s2sv_peer_set_time(peer, judge->settings->at);
    if (status == S2SV_DECIDED)
        return peer;
    s2sv_peer_free(peer);
    return NULL;
}

static int ask(struct judge *judge, struct side *side, const struct chain *chain,
               const char *const *names, size_t name_count, enum s2sv_direction direction,
               struct opinion *ret_opinion)
{
    struct s2sv_peer *peer = make_peer(judge, chain, names, name_count, direction);
    struct s2sv_verdict *verdict = NULL;
    int decided = peer && s2sv_verify(side->trust, judge->policy, peer, &verdict) == S2SV_DECIDED;
    s2sv_peer_free(peer);
    ret_opinion->library = side->library;
    ret_opinion->direction = direction;
    ret_opinion->verdict = verdict;
    side->library->stock_ask(side->stock, chain, direction, name_count > 0 ? names[0] : NULL,
                             &ret_opinion->stock);
    return decided;
}

int judge_ask(struct judge *judge, const struct chain *chain, const char *const *names,
              size_t name_count, unsigned directions, struct opinions *ret_opinions)
{
    static const enum s2sv_direction all[] = { S2SV_OUTBOUND, S2SV_INBOUND };
    int decided = 1;
    memset(ret_opinions, 0, sizeof *ret_opinions);
    for (size_t i = 0; i < judge->count; i++)
        for (size_t k = 0; k < 2; k++)
            if (directions & all[k])
                decided &= ask(judge, &judge->sides[i], chain, names, name_count, all[k],
                               &ret_opinions->items[ret_opinions->count++]);
    return decided;
}

static int ask_dane(struct judge *judge, struct side *side, const struct tlsa *tlsa,
                    struct s2sv_peer *peer, struct opinion *ret_opinion)
{
    ret_opinion->library = side->library;
    ret_opinion->direction = S2SV_OUTBOUND;
    return peer && tlsa_give(tlsa, peer) == S2SV_DECIDED &&
           s2sv_verify(side->trust, judge->dane_policy, peer, &ret_opinion->verdict) ==
               S2SV_DECIDED;
}

int judge_ask_dane(struct judge *judge, const struct chain *chain, const char *const *names,
                   size_t name_count, const struct tlsa *tlsa, struct opinions *ret_opinions)
{
    int decided = 1;
    memset(ret_opinions, 0, sizeof *ret_opinions);
    for (size_t i = 0; i < judge->count; i++) {
        struct s2sv_peer *peer = make_peer(judge, chain, names, name_count, S2SV_OUTBOUND);
        decided &= ask_dane(judge, &judge->sides[i], tlsa, peer,
                            &ret_opinions->items[ret_opinions->count++]);
        s2sv_peer_free(peer);
    }
    return decided;
}

void opinions_clear(struct opinions *opinions)
{
    while (opinions->count > 0)
        s2sv_verdict_unref(opinions->items[--opinions->count].verdict);
}

int opinion_accepts(const struct opinion *opinion)
{
    return s2sv_verdict_trusted(opinion->verdict) &&
           s2sv_verdict_reason(opinion->verdict) == S2SV_REASON_NONE;
}

int opinions_accept(const struct opinions *opinions)
{
    int accepted = opinions->count > 0;
    for (size_t i = 0; i < opinions->count; i++)
        accepted &= opinion_accepts(&opinions->items[i]);
    return accepted;
}
