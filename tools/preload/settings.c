/* SPDX-License-Identifier: MIT
 * Makes policies of the words. Where they can't be understood somebody wanted something, so the
 * strict choice is taken. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "settings.h"
#include "words.h"

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
static const struct choice directions[] = { { "both", S2SV_INBOUND | S2SV_OUTBOUND },
                                            { "inbound", S2SV_INBOUND },
                                            { "outbound", S2SV_OUTBOUND },
                                            { NULL, 0 } };
static const struct choice switches[] = { { "no", 0 }, { "yes", 1 }, { NULL, 0 } };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct svp_words words;
static struct svp_settings settings;
static atomic_flag has_complained = ATOMIC_FLAG_INIT;

static const struct choice *find(const struct choice *choices, const char *word)
{
    while (choices->word && strcmp(choices->word, word) != 0)
        choices++;
    return choices->word ? choices : NULL;
}

/* Not set: the first choice, or the strict one where a file is broken, for it may have stood there.
 */
static const struct choice *choose(enum svp_word word, const struct choice *choices,
                                   const struct choice *strict)
{
    const char *value = words.value[word];
    const struct choice *choice = words.is_broken ? strict : choices;
    if (*value != '\0')
        choice = find(choices, value);
    if (choice)
        return choice;
    svp_complain(&words, "%s: there is no \"%.40s\"; taken as \"%s\"", svp_word_name(word), value,
                 strict->word);
    return strict;
}

static struct s2sv_policy *make(int profile, int purpose)
{
    struct s2sv_policy *policy = s2sv_policy_new((enum s2sv_profile)profile);
    if (!policy || s2sv_policy_set_purpose(policy, (enum s2sv_purpose)purpose) != 0 ||
        s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE) != 0 ||
        s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE) != 0) {
        s2sv_policy_unref(policy);
        return NULL;
    }
    return policy;
}

static void make_policies(void)
{
    const struct choice *profile = choose(SVP_PROFILE, profiles, &profiles[0]);
    const struct choice *purpose = choose(SVP_PURPOSE, purposes, &purposes[1]);
    settings.profile = profile->word;
    settings.purpose = purpose->word;
    settings.server = make(profile->value, S2SV_PURPOSE_SERVER);
    if (purpose->value != S2SV_PURPOSE_SERVER)
        settings.wide = make(profile->value, purpose->value);
    if (purpose->value != S2SV_PURPOSE_SERVER && !settings.wide) {
        s2sv_policy_unref(settings.server);
        settings.server = NULL;
    }
}

static void choose_log(void)
{
    const char *value = words.value[SVP_LOG];
    if (*value == '/' || strcmp(value, "stderr") == 0 || strcmp(value, "syslog") == 0)
        svp_log_to(value);
    else if (*value != '\0')
        svp_complain(&words,
                     "log: \"%.40s\" is neither syslog nor stderr nor an absolute path; "
                     "taken as syslog",
                     value);
}

static void read_settings(void)
{
    svp_words_read(&words);
    choose_log();
    make_policies();
    settings.directions = (unsigned)choose(SVP_DIRECTION, directions, &directions[0])->value;
    settings.is_off = choose(SVP_OFF, switches, &switches[0])->value;
    if (words.is_broken)
        svp_complain(&words, "what isn't set elsewhere is strict: purpose server, both directions");
    settings.crl_files = words.value[SVP_CRL_FILE];
}

static void __attribute__((constructor)) read_when_loaded(void)
{
    pthread_once(&once, read_settings);
}

static void complain(void)
{
    const char *line = words.complaints, *end;
    for (; (end = strchr(line, '\n')); line = end + 1)
        svp_log_loudly("%.*s", (int)(end - line), line);
}

const struct svp_settings *svp_settings(void)
{
    pthread_once(&once, read_settings);
    if (!atomic_flag_test_and_set(&has_complained))
        complain();
    return settings.server ? &settings : NULL;
}
