/* SPDX-License-Identifier: MIT
 * A policy as one line of text, out and in: WORD=VALUE, with blanks in between. One table says
 * every word, so that what is written can be read. */
#include "rules/policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x509/text.h"

struct value {
    const char *name; /* NULL ends a list */
    int value;
};

static const struct value profiles[] = { { "xmpp", S2SV_PROFILE_XMPP },
                                         { "smtp", S2SV_PROFILE_SMTP },
                                         { "sip", S2SV_PROFILE_SIP },
                                         { "server", S2SV_PROFILE_SERVER },
                                         { NULL, 0 } };
static const struct value purposes[] = { { "server", S2SV_PURPOSE_SERVER },
                                         { "server-or-client", S2SV_PURPOSE_SERVER_OR_CLIENT },
                                         { "tls-role", S2SV_PURPOSE_TLS_ROLE },
                                         { NULL, 0 } };
static const struct value handshakes[] = { { "enforce", S2SV_HANDSHAKE_ENFORCE },
                                           { "record", S2SV_HANDSHAKE_RECORD },
                                           { "callback", S2SV_HANDSHAKE_CALLBACK },
                                           { NULL, 0 } };
static const struct value requests[] = { { "require", S2SV_REQUEST_REQUIRE },
                                         { "ask", S2SV_REQUEST_ASK },
                                         { "leave", S2SV_REQUEST_LEAVE },
                                         { NULL, 0 } };
static const struct value resumptions[] = { { "off", S2SV_RESUMPTION_OFF },
                                            { "carry", S2SV_RESUMPTION_CARRY },
                                            { "leave", S2SV_RESUMPTION_LEAVE },
                                            { NULL, 0 } };
static const struct value revocations[] = { { "off", S2SV_REVOCATION_OFF },
                                            { "if-available", S2SV_REVOCATION_IF_AVAILABLE },
                                            { "require", S2SV_REVOCATION_REQUIRE },
                                            { NULL, 0 } };
static const struct value switches[] = { { "on", 1 }, { "off", 0 }, { NULL, 0 } };
static const struct value kinds[] = { { "dns", S2SV_IDENTIFIER_DNS },
                                      { "srv", S2SV_IDENTIFIER_SRV },
                                      { "xmpp-addr", S2SV_IDENTIFIER_XMPP_ADDR },
                                      { "ip", S2SV_IDENTIFIER_IP },
                                      { "uri", S2SV_IDENTIFIER_URI },
                                      { NULL, 0 } };
static const struct value proofs[] = {
    { "pin", S2SV_PROOF_PIN }, { "dane", S2SV_PROOF_DANE }, { "pkix", S2SV_PROOF_PKIX }, { NULL, 0 }
};
static const struct value usages[] = {
    { "0", 1 << 0 }, { "1", 1 << 1 }, { "2", 1 << 2 }, { "3", 1 << 3 }, { NULL, 0 }
};
static const struct value digests[] = { { "sha-512", 2 }, { "sha-256", 1 }, { NULL, 0 } };

/* ---- one word after the other, what it is and how it is set ---------------------------------- */

static int get_profile(const struct s2sv_policy *p)
{
    return (int)p->profile;
}
static int get_purpose(const struct s2sv_policy *p)
{
    return (int)p->purpose;
}
static int get_handshake(const struct s2sv_policy *p)
{
    return (int)p->handshake;
}
static int get_request(const struct s2sv_policy *p)
{
    return (int)s2sv_policy_request(p);
}
static int get_resumption(const struct s2sv_policy *p)
{
    return (int)p->resumption;
}
static int get_revocation(const struct s2sv_policy *p)
{
    return (int)p->revocation;
}
static int get_require_eku(const struct s2sv_policy *p)
{
    return p->require_eku;
}
static int get_any_eku(const struct s2sv_policy *p)
{
    return p->allow_any_eku;
}
static int get_anchor_eku(const struct s2sv_policy *p)
{
    return p->ignore_anchor_eku;
}
static int get_single_label(const struct s2sv_policy *p)
{
    return p->allow_single_label;
}
static int get_common_name(const struct s2sv_policy *p)
{
    return (p->identifiers & S2SV_IDENTIFIER_COMMON_NAME) != 0;
}
static int get_despite_dane(const struct s2sv_policy *p)
{
    return p->pkix_despite_dane;
}

static int set_profile(struct s2sv_policy *p, int value)
{
    return sv_policy_set_profile(p, (enum s2sv_profile)value);
}
static int set_purpose(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_purpose(p, (enum s2sv_purpose)value);
}
static int set_handshake(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_handshake(p, (enum s2sv_handshake)value);
}
static int set_request(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_request(p, (enum s2sv_request)value);
}
static int set_resumption(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_resumption(p, (enum s2sv_resumption)value);
}
static int set_revocation(struct s2sv_policy *p, int value)
{
    return s2sv_policy_set_revocation(p, (enum s2sv_revocation)value);
}

/* Lists, and the service, are no single value: they come behind these. */
static const struct word {
    const char *name;
    const struct value *values;
    int (*get)(const struct s2sv_policy *policy);
    int (*set)(struct s2sv_policy *policy, int value);
} words[] = {
    { "profile", profiles, get_profile, set_profile },
    { "purpose", purposes, get_purpose, set_purpose },
    { "handshake", handshakes, get_handshake, set_handshake },
    { "request", requests, get_request, set_request },
    { "resumption", resumptions, get_resumption, set_resumption },
    { "revocation", revocations, get_revocation, set_revocation },
    { "require-eku", switches, get_require_eku, s2sv_policy_require_eku },
    { "allow-any-eku", switches, get_any_eku, s2sv_policy_allow_any_eku },
    { "ignore-anchor-eku", switches, get_anchor_eku, s2sv_policy_ignore_anchor_eku },
    { "allow-single-label", switches, get_single_label, s2sv_policy_allow_single_label },
    { "insecure-match-common-name", switches, get_common_name,
      s2sv_policy_insecure_match_common_name },
    { "insecure-pkix-despite-dane", switches, get_despite_dane,
      s2sv_policy_insecure_pkix_despite_dane },
};
enum { WORDS = sizeof words / sizeof words[0] };

/* ---- out ------------------------------------------------------------------------------------ */

static const char *name_of(const struct value *values, int value)
{
    while (values->name && values->value != value)
        values++;
    return values->name ? values->name : "?";
}

/* Those of a set, one bit each: " WORD=NAME,NAME". */
static void put_set(struct sv_output *out, const char *word, const struct value *values,
                    unsigned set)
{
    const char *separator = "=";
    sv_put(out, " %s", word);
    for (; values->name; values++) {
        if (!(set & (unsigned)values->value))
            continue;
        sv_put(out, "%s%s", separator, values->name);
        separator = ",";
    }
    if (*separator == '=') /* an SRV-ID alone, and its service was taken away */
        sv_put(out, "=none");
}

static void put_lists(struct sv_output *out, const struct s2sv_policy *policy)
{
    put_set(out, "identifiers", kinds, policy->identifiers);
    for (size_t i = 0; i < SV_PROOFS && policy->proofs[i]; i++)
        sv_put(out, "%s%s", i == 0 ? " proofs=" : ",", name_of(proofs, (int)policy->proofs[i]));
    put_set(out, "tlsa-usages", usages, policy->tlsa_usages);
    for (size_t i = 0; i < SV_TLSA_DIGESTS && policy->tlsa_digests[i]; i++)
        sv_put(out, "%s%s", i == 0 ? " tlsa-digests=" : ",",
               name_of(digests, (int)policy->tlsa_digests[i]));
}

int s2sv_policy_text(const struct s2sv_policy *policy, char *buf, size_t size)
{
    struct sv_output out = { buf, buf ? size : 0, 0 };
    if (!policy)
        return S2SV_ERR_INVALID;
    for (size_t i = 0; i < WORDS; i++)
        sv_put(&out, "%s%s=%s", i > 0 ? " " : "", words[i].name,
               name_of(words[i].values, words[i].get(policy)));
    sv_put(&out, " service=%s", policy->service[0] ? policy->service : "none");
    put_lists(&out, policy);
    return (int)out.length;
}

/* ---- in ------------------------------------------------------------------------------------- */

/* What is being read, for the sentence about what is wrong with it. */
struct input {
    struct s2sv_policy *policy;
    char *error;
    size_t size;
};

static int __attribute__((format(printf, 2, 3)))
fail(const struct input *in, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(in->error, in->size, format, arguments);
    va_end(arguments);
    return S2SV_ERR_INVALID;
}

static int bad_value(const struct input *in, const char *word, const struct value *values,
                     const char *value)
{
    char known[128] = "";
    for (; values->name; values++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", known[0] ? ", " : "",
                 values->name);
    return fail(in, "%s: \"%s\" is none of %s", word, value, known);
}

static const struct value *find_value(const struct value *values, const char *name)
{
    while (values->name && strcmp(values->name, name) != 0)
        values++;
    return values->name ? values : NULL;
}

enum { MOST = 8 };

/* NAME,NAME: the values, up to so many, in their order. */
static int read_list(const struct input *in, const char *word, const struct value *values,
                     char *list, unsigned all[MOST], size_t *ret_count)
{
    char *rest = NULL;
    *ret_count = 0;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        const struct value *found = find_value(values, name);
        if (!found)
            return bad_value(in, word, values, name);
        if (*ret_count == MOST)
            return fail(in, "%s: too many", word);
        all[(*ret_count)++] = (unsigned)found->value;
    }
    return S2SV_DECIDED;
}

static unsigned union_of(const unsigned all[MOST], size_t count)
{
    unsigned set = 0;
    while (count-- > 0)
        set |= all[count];
    return set;
}

static int read_identifiers(const struct input *in, char *list)
{
    unsigned all[MOST];
    size_t count;
    if (strcmp(list, "none") == 0) {
        in->policy->identifiers &= S2SV_IDENTIFIER_COMMON_NAME;
        return S2SV_DECIDED;
    }
    if (read_list(in, "identifiers", kinds, list, all, &count) != S2SV_DECIDED)
        return S2SV_ERR_INVALID;
    return s2sv_policy_set_identifiers(in->policy, union_of(all, count)) == S2SV_DECIDED
               ? S2SV_DECIDED
               : fail(in, "identifiers: none is named, or \"srv\" without a service");
}

static int read_proofs(const struct input *in, char *list)
{
    enum s2sv_proof order[MOST];
    unsigned all[MOST];
    size_t count;
    if (read_list(in, "proofs", proofs, list, all, &count) != S2SV_DECIDED)
        return S2SV_ERR_INVALID;
    for (size_t i = 0; i < count; i++)
        order[i] = (enum s2sv_proof)all[i];
    return s2sv_policy_set_proofs(in->policy, order, count) == S2SV_DECIDED
               ? S2SV_DECIDED
               : fail(in, "proofs: each is named once, and \"pkix\" stands last");
}

static int read_usages(const struct input *in, char *list)
{
    unsigned all[MOST];
    size_t count;
    if (read_list(in, "tlsa-usages", usages, list, all, &count) != S2SV_DECIDED)
        return S2SV_ERR_INVALID;
    return s2sv_policy_set_tlsa_usages(in->policy, union_of(all, count)) == S2SV_DECIDED
               ? S2SV_DECIDED
               : fail(in, "tlsa-usages: none is named");
}

static int read_digests(const struct input *in, char *list)
{
    unsigned all[MOST];
    size_t count;
    if (read_list(in, "tlsa-digests", digests, list, all, &count) != S2SV_DECIDED)
        return S2SV_ERR_INVALID;
    return s2sv_policy_set_tlsa_digests(in->policy, all, count) == S2SV_DECIDED
               ? S2SV_DECIDED
               : fail(in, "tlsa-digests: each is named once");
}

static int read_service(const struct input *in, char *value)
{
    const char *service = strcmp(value, "none") == 0 ? NULL : value;
    return s2sv_policy_set_service(in->policy, service) == S2SV_DECIDED
               ? S2SV_DECIDED
               : fail(in, "service: \"%s\" is no service like \"_xmpp-server\"", value);
}

static const struct list {
    const char *name;
    int (*read)(const struct input *in, char *value);
} lists[] = {
    { "identifiers", read_identifiers }, { "service", read_service },
    { "proofs", read_proofs },           { "tlsa-usages", read_usages },
    { "tlsa-digests", read_digests },
};

static int read_pair(const struct input *in, const char *word, char *value)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(word, lists[i].name) == 0)
            return lists[i].read(in, value);
    for (size_t i = 0; i < WORDS; i++) {
        if (strcmp(words[i].name, word) != 0)
            continue;
        const struct value *found = find_value(words[i].values, value);
        return found ? words[i].set(in->policy, found->value)
                     : bad_value(in, word, words[i].values, value);
    }
    return fail(in, "\"%s\" is no option of a policy", word);
}

static int read_all(const struct input *in, char *text)
{
    char *rest = NULL;
    int count = 0, status = S2SV_DECIDED;
    for (char *word = strtok_r(text, " \t\r\n", &rest); word && status == S2SV_DECIDED;
         word = strtok_r(NULL, " \t\r\n", &rest)) {
        char *value = strchr(word, '=');
        if (!value)
            return fail(in, "\"%s\" has no value: OPTION=VALUE", word);
        *value++ = '\0';
        if (strcmp(word, "profile") == 0 && count > 0)
            return fail(in, "profile: it comes first, since it sets the defaults of the others");
        status = read_pair(in, word, value);
        count++;
    }
    return status;
}

/* All or nothing: what is set is a copy at first. */
int s2sv_policy_set_text(struct s2sv_policy *policy, const char *text, char *error, size_t size)
{
    struct input in = { NULL, error, error ? size : 0 };
    if (!policy || !text)
        return fail(&in, "there is no policy, or no text");
    if (!sv_policy_is_open(policy))
        return fail(&in, "the policy is in use already, and frozen");
    char *copy = strdup(text);
    in.policy = sv_policy_copy(policy);
    int status = copy && in.policy ? read_all(&in, copy) : S2SV_ERR_NOMEM;
    if (status == S2SV_ERR_NOMEM)
        fail(&in, "out of memory");
    if (status == S2SV_DECIDED)
        sv_policy_take(policy, in.policy);
    s2sv_policy_unref(in.policy);
    free(copy);
    return status;
}
