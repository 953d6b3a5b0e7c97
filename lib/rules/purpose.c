/* SPDX-License-Identifier: MIT
 * Extended key usage, Netscape certificate type and key usage (rules P-1 to P-26, K-1 to K-21). */
#include "rules/rules.h"

#include "x509/text.h"

/* One purpose that may hold along a path. */
struct purpose {
    const char *name;
    unsigned eku;     /* any of these SV_EKU_* will do */
    unsigned ns_type; /* this nsCertType bit */
};

static struct purpose server_purpose(const struct s2sv_policy *policy)
{
    struct purpose p = { "serverAuth", SV_EKU_SERVER, SV_NS_SSL_SERVER };
    if (policy->allow_any_eku) /* P-7, P-23 */
        p.eku |= SV_EKU_ANY;
    if (policy->profile == S2SV_PROFILE_SIP) /* RFC 5924 section 5, P-14 */
        p.eku |= SV_EKU_SIP_DOMAIN;
    return p;
}

static struct purpose client_purpose(const struct s2sv_policy *policy)
{
    struct purpose p = { "clientAuth", SV_EKU_CLIENT, SV_NS_SSL_CLIENT };
    if (policy->allow_any_eku)
        p.eku |= SV_EKU_ANY;
    return p;
}

/* P-1, P-3 to P-11: what the extension lists, if it is there at all. RFC 5280 4.2.1.12 */
static int eku_allows(const struct sv_certificate *x, const struct purpose *p)
{
    return !x->has_eku || (x->eku & p->eku);
}

/* P-20 to P-26: every certificate of the path allows it; an option leaves the anchor out. */
static int path_allows(const struct sv_case *c, const struct purpose *p, size_t *ret_depth)
{
    size_t count = c->count;
    if (c->has_anchor && count > 1 && c->policy->ignore_anchor_eku)
        count--;
    for (size_t depth = 0; depth < count; depth++) {
        *ret_depth = depth;
        if (!eku_allows(c->path[depth], p))
            return 0;
    }
    return 1;
}

/* K-20, K-21: a Netscape certificate type may deny, never grant. */
static int ns_type_allows(const struct sv_case *c, const struct purpose *p)
{
    return !c->path[0]->has_ns_type || (c->path[0]->ns_type & p->ns_type);
}

static int purpose_holds(const struct sv_case *c, const struct purpose *p)
{
    size_t depth;
    return path_allows(c, p, &depth) && ns_type_allows(c, p);
}

static const char *what_eku_says(const struct sv_certificate *x)
{
    if (x->eku & SV_EKU_ANY)
        return "anyExtendedKeyUsage";
    if (x->eku & SV_EKU_CLIENT)
        return "clientAuth";
    if (x->eku & SV_EKU_SERVER)
        return "serverAuth";
    return "other purposes";
}

static void explain_purpose(const struct sv_case *c, const struct purpose *p,
                            struct sv_faults *faults)
{
    size_t depth;
    if (!path_allows(c, p, &depth))
        sv_faults_add(faults, S2SV_REASON_WRONG_PURPOSE, (int)depth,
                      "extended key usage allows %s, not %s", what_eku_says(c->path[depth]),
                      p->name);
    if (!ns_type_allows(c, p))
        sv_faults_add(faults, S2SV_REASON_WRONG_PURPOSE, 0,
                      "the Netscape certificate type does not allow %s", p->name);
}

/* XEP-0178 section 3: serverAuth, whichever side the peer was on. */
void sv_judge_purpose(const struct sv_case *c, struct sv_faults *faults)
{
    struct purpose server = server_purpose(c->policy), client = client_purpose(c->policy);
    int inbound = c->direction == S2SV_INBOUND;
    int is_client = inbound && c->policy->purpose == S2SV_PURPOSE_TLS_ROLE;
    int either = inbound && c->policy->purpose == S2SV_PURPOSE_SERVER_OR_CLIENT;
    if (c->policy->require_eku && !c->path[0]->has_eku) /* P-1 */
        sv_faults_add(faults, S2SV_REASON_WRONG_PURPOSE, 0,
                      "there is no extended key usage, and the policy requires one");
    if (either && purpose_holds(c, &client))
        return;
    explain_purpose(c, is_client ? &client : &server, faults);
}

/* K-2 to K-6: TLS proves the key by a signature, on either side (RFC 8446 4.4.2.2 and 4.4.3). */
static void leaf_key_usage(const struct sv_case *c, struct sv_faults *faults)
{
    const struct sv_certificate *leaf = c->path[0];
    if (!leaf->has_key_usage)
        return;
    if (!(leaf->key_usage & SV_KU_DIGITAL_SIGNATURE))
        sv_faults_add(faults, S2SV_REASON_WRONG_KEY_USAGE, 0,
                      "key usage does not allow digitalSignature");
    if ((leaf->key_usage & SV_KU_KEY_CERT_SIGN) && !leaf->is_ca) /* RFC 5280 4.2.1.3, K-7 */
        sv_faults_add(faults, S2SV_REASON_WRONG_KEY_USAGE, 0,
                      "key usage allows keyCertSign, but it is no CA's certificate");
}

/* K-8, RFC 5280 6.1.4 (n). That a CA has digitalSignature isn't asked for (K-9, F-51). */
static void issuer_key_usage(const struct sv_case *c, struct sv_faults *faults)
{
    for (size_t depth = 1; depth < c->count; depth++)
        if (c->path[depth]->has_key_usage && !(c->path[depth]->key_usage & SV_KU_KEY_CERT_SIGN))
            sv_faults_add(faults, S2SV_REASON_WRONG_KEY_USAGE, (int)depth,
                          "key usage does not allow keyCertSign, but it issued a certificate");
}

void sv_judge_key_usage(const struct sv_case *c, struct sv_faults *faults)
{
    leaf_key_usage(c, faults);
    issuer_key_usage(c, faults);
}
