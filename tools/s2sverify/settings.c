/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "output.h"
#include "when.h"

/* ---- words ------------------------------------------------------------------------------------*/

struct word {
    const char *text;
    int value;
};

static const struct word profiles[] = { { "xmpp", S2SV_PROFILE_XMPP },
                                        { "smtp", S2SV_PROFILE_SMTP },
                                        { "sip", S2SV_PROFILE_SIP },
                                        { "server", S2SV_PROFILE_SERVER },
                                        { NULL, 0 } };
static const struct word purposes[] = { { "server", S2SV_PURPOSE_SERVER },
                                        { "server-or-client", S2SV_PURPOSE_SERVER_OR_CLIENT },
                                        { "tls-role", S2SV_PURPOSE_TLS_ROLE },
                                        { NULL, 0 } };
static const struct word revocations[] = { { "off", S2SV_REVOCATION_OFF },
                                           { "if-available", S2SV_REVOCATION_IF_AVAILABLE },
                                           { "require", S2SV_REVOCATION_REQUIRE },
                                           { NULL, 0 } };
static const struct word kinds[] = { { "dns", S2SV_IDENTIFIER_DNS },
                                     { "srv", S2SV_IDENTIFIER_SRV },
                                     { "xmpp-addr", S2SV_IDENTIFIER_XMPP_ADDR },
                                     { "ip", S2SV_IDENTIFIER_IP },
                                     { "uri", S2SV_IDENTIFIER_URI },
                                     { NULL, 0 } };

/* The word that the first len characters are; 0 if none. */
static int value_of(const struct word *words, const char *text, size_t len)
{
    for (; words->text; words++)
        if (strlen(words->text) == len && memcmp(words->text, text, len) == 0)
            return words->value;
    return 0;
}

enum s2sv_profile profile_of(const char *text)
{
    return (enum s2sv_profile)value_of(profiles, text, strlen(text));
}

const char *profile_name(enum s2sv_profile profile)
{
    return profiles[profile - S2SV_PROFILE_XMPP].text;
}

/* ---- options ----------------------------------------------------------------------------------*/

static const char *set_protocol(void *target, const char *value)
{
    struct settings *settings = target;
    settings->profile = profile_of(value);
    return settings->profile != 0 ? NULL : "xmpp, smtp, sip or server";
}

static const char *add_path(struct file_list *list, const char *path)
{
    if (list->count == SETTINGS_FILES)
        return "one of the first 16";
    list->paths[list->count++] = path;
    return NULL;
}

static const char *add_cafile(void *target, const char *value)
{
    struct settings *settings = target;
    return add_path(&settings->anchors, value);
}

static const char *add_crl(void *target, const char *value)
{
    struct settings *settings = target;
    return add_path(&settings->crls, value);
}

static const char *set_at(void *target, const char *value)
{
    struct settings *settings = target;
    settings->has_at = when_parse(value, &settings->at);
    return settings->has_at ? NULL
                            : "a time: 2026-03-15, 2026-03-15T12:00:00Z, or @ and seconds since "
                              "1970";
}

static const char *set_backend(void *target, const char *value)
{
    struct settings *settings = target;
    settings->only = NULL;
    if (strcmp(value, "both") == 0)
        return NULL;
    for (size_t i = 0; libraries[i]; i++)
        if (strcmp(value, libraries[i]->name) == 0)
            settings->only = libraries[i];
    return settings->only ? NULL : "openssl, gnutls or both, or this command is built without it";
}

static const char *set_json(void *target, const char *value)
{
    struct settings *settings = target;
    (void)value;
    settings->wants_json = 1;
    return NULL;
}

const struct option_row settings_rows[] = {
    { "protocol", "WORD", "what the server speaks: xmpp, smtp, sip or server", set_protocol },
    { "cafile", "FILE", "trust the CAs in this PEM file, not those of the system; may be repeated",
      add_cafile },
    { "crl", "FILE", "revocation lists, PEM; may be repeated", add_crl },
    { "at", "TIME", "judge for this time: 2026-03-15 or 2026-03-15T12:00:00Z", set_at },
    { "backend", "WORD", "judge by openssl, gnutls or both; default: both", set_backend },
    { "json", NULL, "print JSON; s2sverify(1) describes it", set_json },
};
const size_t settings_row_count = sizeof settings_rows / sizeof settings_rows[0];

/* Tried here, so that what is wrong with it is a matter of usage. */
static const char *set_policy(void *target, const char *value)
{
    struct settings *settings = target;
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    char error[200] = "out of memory";
    int status = policy ? s2sv_policy_set_text(policy, value, error, sizeof error) : S2SV_ERR_NOMEM;
    s2sv_policy_unref(policy);
    settings->policy_text = value;
    if (status == S2SV_DECIDED)
        return NULL;
    snprintf(settings->policy_error, sizeof settings->policy_error, "a policy: %s", error);
    return settings->policy_error;
}

static const char *set_purpose(void *target, const char *value)
{
    struct settings *settings = target;
    settings->purpose = (enum s2sv_purpose)value_of(purposes, value, strlen(value));
    return settings->purpose != 0 ? NULL : "server, server-or-client or tls-role";
}

static const char *set_revocation(void *target, const char *value)
{
    struct settings *settings = target;
    settings->revocation = (enum s2sv_revocation)value_of(revocations, value, strlen(value));
    return settings->revocation != 0 ? NULL : "off, if-available or require";
}

static const char *set_identifiers(void *target, const char *value)
{
    struct settings *settings = target;
    settings->identifiers = 0;
    for (size_t len;; value += len + 1) {
        len = strcspn(value, ",");
        int kind = value_of(kinds, value, len);
        if (kind == 0)
            return "a list of dns, srv, xmpp-addr, ip, uri, with commas";
        settings->identifiers |= (unsigned)kind;
        if (value[len] == '\0')
            return NULL;
    }
}

static const char *set_service(void *target, const char *value)
{
    struct settings *settings = target;
    settings->service = value;
    return NULL;
}

#define SWITCH(name)                                               \
    static const char *set_##name(void *target, const char *value) \
    {                                                              \
        struct settings *settings = target;                        \
        (void)value;                                               \
        settings->name = 1;                                        \
        return NULL;                                               \
    }

SWITCH(require_eku)
SWITCH(allow_any_eku)
SWITCH(ignore_anchor_eku)
SWITCH(allow_single_label)
SWITCH(match_common_name)

const struct option_row policy_rows[] = {
    { "policy", "TEXT", "in one: \"purpose=server revocation=require\"; those below go before it",
      set_policy },
    { "purpose", "WORD", "server (default), server-or-client or tls-role", set_purpose },
    { "revocation", "WORD", "off, if-available (default) or require", set_revocation },
    { "identifiers", "LIST", "kinds that count: dns,srv,xmpp-addr,ip,uri", set_identifiers },
    { "service", "_NAME", "the service of SRV-IDs", set_service },
    { "require-eku", NULL, "refuse a leaf without extended key usage", set_require_eku },
    { "allow-any-eku", NULL, "anyExtendedKeyUsage counts as serverAuth", set_allow_any_eku },
    { "ignore-anchor-eku", NULL, "don't look at the trust anchor's extended key usage",
      set_ignore_anchor_eku },
    { "allow-single-label", NULL, "names may have one label", set_allow_single_label },
    { "insecure-match-common-name", NULL, "the common name counts where there is no other name",
      set_match_common_name },
};
const size_t policy_row_count = sizeof policy_rows / sizeof policy_rows[0];

/* ---- what comes of them -----------------------------------------------------------------------*/

static int apply(const struct settings *settings, struct s2sv_policy *policy)
{
    int status = s2sv_policy_require_eku(policy, settings->require_eku);
    if (status == S2SV_DECIDED)
        status = s2sv_policy_allow_any_eku(policy, settings->allow_any_eku);
    if (status == S2SV_DECIDED)
        status = s2sv_policy_ignore_anchor_eku(policy, settings->ignore_anchor_eku);
    if (status == S2SV_DECIDED)
        status = s2sv_policy_allow_single_label(policy, settings->allow_single_label);
    if (status == S2SV_DECIDED)
        status = s2sv_policy_insecure_match_common_name(policy, settings->match_common_name);
    if (status == S2SV_DECIDED && settings->purpose != 0)
        status = s2sv_policy_set_purpose(policy, settings->purpose);
    if (status == S2SV_DECIDED && settings->revocation != 0)
        status = s2sv_policy_set_revocation(policy, settings->revocation);
    if (status == S2SV_DECIDED && settings->service)
        status = s2sv_policy_set_service(policy, settings->service);
    if (status == S2SV_DECIDED && settings->identifiers != 0)
        status = s2sv_policy_set_identifiers(policy, settings->identifiers);
    return status;
}

struct s2sv_policy *settings_policy(const struct settings *settings, enum s2sv_profile profile)
{
    struct s2sv_policy *policy = s2sv_policy_new(profile);
    int status = policy ? s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD) : S2SV_ERR_NOMEM;
    if (status == S2SV_DECIDED)
        status = apply(settings, policy);
    if (status == S2SV_DECIDED && settings->policy_text)
        status = s2sv_policy_set_text(policy, settings->policy_text, NULL, 0);
    if (status == S2SV_DECIDED)
        return policy;
    complain(status == S2SV_ERR_NOMEM ? "out of memory"
                                      : "the policy's options don't go together: --service takes a "
                                        "name such as _xmpp-server, and srv among --identifiers "
                                        "needs one");
    s2sv_policy_unref(policy);
    return NULL;
}

int64_t settings_time(const struct settings *settings)
{
    return settings->has_at ? settings->at : (int64_t)time(NULL);
}
