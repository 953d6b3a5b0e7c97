/* SPDX-License-Identifier: MIT
 * s2sverify verify: a chain from a file, judged as other servers would. */
#include <stdio.h>

#include "output.h"
#include "report.h"

enum { NAMES_MOST = 16 };

struct question {
    const struct command *command;
    struct settings settings;
    const char *path;
    const char *names[NAMES_MOST];
    size_t name_count;
};

static const char *add_name(void *target, const char *value)
{
    struct question *question = target;
    if (question->name_count == NAMES_MOST)
        return "one of the first 16";
    question->names[question->name_count++] = value;
    return NULL;
}

static const struct option_row rows[] = {
    { "name", "DOMAIN", "whose certificate it should be; repeated: any of them is enough",
      add_name },
};

static enum outcome print_json(const struct question *question, const struct opinions *opinions,
                               const struct judge *judge)
{
    json_t *report = json_report("verify"), *names = json_array();
    for (size_t i = 0; i < question->name_count; i++)
        json_array_append_new(names, json_text(question->names[i]));
    if (json_object_set_new(report, "file", json_text(question->path)) != 0 ||
        json_object_set_new(report, "names", names) != 0 ||
        json_object_set_new(report, "protocol", json_text(profile_name(judge_profile(judge)))) !=
            0 ||
        json_object_set_new(report, "at", json_time(judge_time(judge))) != 0 ||
        json_object_set_new(report, "accepted", json_boolean(opinions_accept(opinions))) != 0 ||
        json_object_set_new(report, "verdicts", report_json(opinions, judge_time(judge))) != 0) {
        json_decref(report);
        report = NULL;
    }
    if (!json_print(report, 1))
        return OUTCOME_UNDECIDED;
    return opinions_accept(opinions) ? OUTCOME_ACCEPTED : OUTCOME_REFUSED;
}

static enum outcome print_text(const struct question *question, const struct opinions *opinions,
                               const struct judge *judge)
{
    static const char *const what[] = { "an XMPP server", "an SMTP server", "a SIP server",
                                        "a server" };
    print_line("%s as %s, %s", question->path, what[judge_profile(judge) - S2SV_PROFILE_XMPP],
               question->names[0]);
    report_print(opinions, judge_time(judge));
    return opinions_accept(opinions) ? OUTCOME_ACCEPTED : OUTCOME_REFUSED;
}

static enum outcome judge_chain(const struct question *question, struct judge *judge,
                                const struct chain *chain)
{
    struct opinions opinions;
    enum outcome outcome = OUTCOME_UNDECIDED;
    if (!judge_ask(judge, chain, question->names, question->name_count, ASK_BOTH, &opinions))
        complain("%s: could not be judged: out of memory, or the TLS library failed",
                 question->path);
    else if (question->settings.wants_json)
        outcome = print_json(question, &opinions, judge);
    else
        outcome = print_text(question, &opinions, judge);
    opinions_clear(&opinions);
    return outcome;
}

enum outcome verify_run(const struct command *command, int argc, char **argv)
{
    struct question question = { .command = command };
    const struct option_group groups[] = {
        { "Options", OPTION_ROWS(rows), &question },
        { "Judgement", settings_rows, settings_row_count, &question.settings },
        { "Policy", policy_rows, policy_row_count, &question.settings },
    };
    int first;
    enum parsed parsed = options_parse(command, groups, 3, argc, argv, &first);
    if (parsed != PARSED)
        return parsed == PARSED_HELP ? OUTCOME_ACCEPTED : OUTCOME_USAGE;
    if (argc - first != 1)
        return usage_error(command, "one file is needed");
    if (question.name_count == 0)
        return usage_error(command, "--name is needed");
    question.path = argv[first];
    struct chain chain = { .count = 0 };
    struct judge *judge = NULL;
    enum outcome outcome = OUTCOME_UNDECIDED;
    enum s2sv_profile profile = question.settings.profile;
    if (chain_load(&chain, question.path) &&
        (judge = judge_new(&question.settings, profile ? profile : S2SV_PROFILE_XMPP)))
        outcome = judge_chain(&question, judge, &chain);
    judge_free(judge);
    chain_clear(&chain);
    return outcome;
}
