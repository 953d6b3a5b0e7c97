/* SPDX-License-Identifier: MIT
 * Reads S2SVERIFY_PROFILE and S2SVERIFY_PURPOSE. A program that runs with more rights than its user
 * isn't told by the user's environment what to do. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "settings.h"

struct choice {
    const char *word;
    int value;
};

static const struct choice profiles[] = { { "server", S2SV_PROFILE_SERVER },
                                          { "smtp", S2SV_PROFILE_SMTP },
                                          { "xmpp", S2SV_PROFILE_XMPP },
                                          { "sip", S2SV_PROFILE_SIP },
                                          { NULL, 0 } };
static const struct choice purposes[] = { { "server-or-client", S2SV_PURPOSE_SERVER_OR_CLIENT },
                                          { "server", S2SV_PURPOSE_SERVER },
                                          { NULL, 0 } };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct svp_settings settings;

static const struct choice *find(const struct choice *choices, const char *word)
{
    while (choices->word != NULL && strcmp(choices->word, word) != 0)
        choices++;
    return choices->word != NULL ? choices : NULL;
}

/* Unset or empty: the first choice. Unknown: the strict one, for someone wanted something. */
static const struct choice *choose(const char *variable, const struct choice *choices,
                                   const struct choice *strict)
{
    const char *word = secure_getenv(variable);
    const struct choice *choice = choices;

    if (word != NULL && *word != '\0')
        choice = find(choices, word);
    if (choice != NULL)
        return choice;
    svp_log("%s: there is no \"%.40s\"; taken as \"%s\"", variable, word, strict->word);
    return strict;
}

static struct s2sv_policy *make(int profile, int purpose)
{
    struct s2sv_policy *policy = s2sv_policy_new((enum s2sv_profile)profile);

    if (policy == NULL || s2sv_policy_set_purpose(policy, (enum s2sv_purpose)purpose) != 0 ||
        s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE) != 0 ||
        s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE) != 0) {
        s2sv_policy_unref(policy);
        return NULL;
    }
    return policy;
}

static void read_settings(void)
{
    const struct choice *profile = choose("S2SVERIFY_PROFILE", profiles, &profiles[0]);
    const struct choice *purpose = choose("S2SVERIFY_PURPOSE", purposes, &purposes[1]);

    settings.profile = profile->word;
    settings.purpose = purpose->word;
    settings.server = make(profile->value, S2SV_PURPOSE_SERVER);
    if (purpose->value != S2SV_PURPOSE_SERVER)
        settings.wide = make(profile->value, purpose->value);
    if (purpose->value != S2SV_PURPOSE_SERVER && settings.wide == NULL) {
        s2sv_policy_unref(settings.server);
        settings.server = NULL;
    }
}

const struct svp_settings *svp_settings(void)
{
    pthread_once(&once, read_settings);
    return settings.server != NULL ? &settings : NULL;
}
