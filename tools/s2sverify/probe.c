/* SPDX-License-Identifier: MIT
 * s2sverify probe: does that server accept ours, by its certificate? */
#include <stdio.h>
#include <string.h>

#include "dial.h"
#include "mint.h"
#include "output.h"
#include "report.h"

enum { KINDS_PROBED = KIND_SELF_SIGNED + 1 };

struct question {
    const char *text;
    struct settings settings;
    struct dial_options dial;
    struct target target;
    const char *cert, *key, *ca_cert, *ca_key;
    int wants_kinds;
};

/* What came of one connection. */
struct answer {
    enum outcome outcome;
    enum stage stage;
    char words[CONN_ERROR]; /* what the server said, or why there is no answer */
    char condition[XMPP_CONDITION];
    struct endpoint endpoint;
    enum s2sv_reason server_reason; /* what we think of its certificate */
    int has_server_reason;
};

/* ---- options ----------------------------------------------------------------------------------*/

#define PATH_OPTION(name)                                          \
    static const char *set_##name(void *target, const char *value) \
    {                                                              \
        struct question *question = target;                        \
        question->name = value;                                    \
        return NULL;                                               \
    }

PATH_OPTION(cert)
PATH_OPTION(key)
PATH_OPTION(ca_cert)
PATH_OPTION(ca_key)

static const char *set_kinds(void *target, const char *value)
{
    struct question *question = target;
    (void)value;
    question->wants_kinds = 1;
    return NULL;
}

static const struct option_row rows[] = {
    { "cert", "CHAIN.pem", "our certificate, its issuers behind it", set_cert },
    { "key", "KEY.pem", "its private key", set_key },
    { "kinds", NULL, "try certificates of every kind, made on the spot by the CA", set_kinds },
    { "ca-cert", "FILE", "for --kinds: a CA that the server trusts", set_ca_cert },
    { "ca-key", "FILE", "for --kinds: that CA's private key", set_ca_key },
};

/* ---- the conversation -------------------------------------------------------------------------*/

static void answer_with(struct answer *answer, enum outcome outcome, const char *words)
{
    answer->outcome = outcome;
    snprintf(answer->words, sizeof answer->words, "%s", words);
}

/* An alert or a stream error is an answer; silence and nonsense aren't. Under TLS 1.3 an alert
 * about our certificate comes with the first words after the handshake. */
static void take_error(const struct dialled *dialled, struct answer *answer)
{
    int is_answer = dialled->xmpp.condition[0] != '\0' || strstr(dialled->error, "alert") ||
                    (dialled->stage == STAGE_SECURED && smtp_refuses(&dialled->reply));
    answer_with(answer, is_answer ? OUTCOME_REFUSED : OUTCOME_UNDECIDED, dialled->error);
    snprintf(answer->condition, sizeof answer->condition, "%s", dialled->xmpp.condition);
}

static void take_conn_error(struct dialled *dialled, struct answer *answer)
{
    snprintf(dialled->error, sizeof dialled->error, "%s", dialled->conn.error);
    take_error(dialled, answer);
}

static void probe_xmpp(const struct question *question, struct dialled *dialled,
                       struct answer *answer)
{
    if (dialled_authenticate(dialled, question->dial.from, question->target.domain)) {
        answer_with(answer, OUTCOME_ACCEPTED, "SASL EXTERNAL succeeds");
        xmpp_end(&dialled->xmpp);
        return;
    }
    take_conn_error(dialled, answer);
    if (!dialled->offers_external)
        answer->outcome = OUTCOME_REFUSED;
}

/* Nobody's mail is sent: it ends before a recipient is named. */
static void probe_smtp(const struct question *question, struct dialled *dialled,
                       struct answer *answer)
{
    struct smtp_reply *reply = &dialled->reply;
    if (!smtp_say(&dialled->conn, reply, "MAIL FROM:<postmaster@%s>", question->dial.from_ascii)) {
        take_conn_error(dialled, answer);
        return;
    }
    answer->outcome = reply->code / 100 == 2 ? OUTCOME_ACCEPTED
                      : smtp_refuses(reply)  ? OUTCOME_REFUSED
                                             : OUTCOME_UNDECIDED;
    reply->text[strcspn(reply->text, "\n")] = '\0';
    snprintf(answer->words, sizeof answer->words, "MAIL FROM is answered by %d %.200s", reply->code,
             reply->text);
    smtp_say(&dialled->conn, reply, "QUIT");
}

static void judge_server(struct dialler *dialler, const struct dialled *dialled,
                         struct answer *answer)
{
    struct opinions opinions;
    if (dialled->chain.count > 0 && dialled_judge(dialler, dialled, &opinions)) {
        answer->has_server_reason = 1;
        answer->server_reason = s2sv_verdict_reason(opinions.items[0].verdict);
        opinions_clear(&opinions);
    }
}

static int ask(const struct question *question, struct judge *judge, struct dns *dns,
               const struct identity *identity, struct answer *ret_answer)
{
    struct dialler *dialler = dialler_new(judge, &question->dial, identity);
    struct dialled dialled;
    memset(ret_answer, 0, sizeof *ret_answer);
    if (!dialler)
        return 0;
    int is_secured = dial(dialler, dns, &question->target, &dialled);
    ret_answer->stage = dialled.stage;
    ret_answer->endpoint = dialled.endpoint;
    if (!is_secured || dialled.error[0] != '\0')
        take_error(&dialled, ret_answer);
    else if (question->target.scheme == SCHEME_XMPP)
        probe_xmpp(question, &dialled, ret_answer);
    else
        probe_smtp(question, &dialled, ret_answer);
    judge_server(dialler, &dialled, ret_answer);
    dialled_close(&dialled);
    dialler_free(dialler);
    return 1;
}

/* ---- what is said of it -----------------------------------------------------------------------*/

static const char *outcome_word(enum outcome outcome)
{
    return outcome == OUTCOME_ACCEPTED  ? "accepted"
           : outcome == OUTCOME_REFUSED ? "refused"
                                        : "undecided";
}

static enum paint outcome_paint(enum outcome outcome)
{
    return outcome == OUTCOME_ACCEPTED ? GOOD : outcome == OUTCOME_REFUSED ? BAD : WARNING;
}

static void print_server(const struct question *question, const struct answer *answer)
{
    char address[ADDRESS_TEXT];
    if (answer->stage < STAGE_CONNECT)
        return;
    print("%s at %s", question->text, address_text(&answer->endpoint.address, address));
    if (answer->has_server_reason)
        print("; its own certificate: %s", answer->server_reason == S2SV_REASON_NONE
                                               ? "accepted"
                                               : s2sv_reason_name(answer->server_reason));
    end_line();
}

static json_t *answer_json(const struct answer *answer)
{
    return json_pack("{s:o, s:s, s:o, s:o}", "accepted",
                     answer->outcome == OUTCOME_UNDECIDED
                         ? json_null()
                         : json_boolean(answer->outcome == OUTCOME_ACCEPTED),
                     "stage", stage_name(answer->stage), "condition",
                     json_text(answer->condition[0] != '\0' ? answer->condition : NULL), "text",
                     json_text(answer->words));
}

static json_t *report_start(const struct question *question, const struct answer *answer)
{
    json_t *report = json_report("probe");
    char address[ADDRESS_TEXT];
    json_object_set_new(report, "target", json_text(question->text));
    json_object_set_new(report, "from", json_text(question->dial.from));
    json_object_set_new(report, "address",
                        answer->stage < STAGE_CONNECT
                            ? json_null()
                            : json_text(address_text(&answer->endpoint.address, address)));
    json_object_set_new(report, "server_reason",
                        answer->has_server_reason
                            ? json_text(s2sv_reason_name(answer->server_reason))
                            : json_null());
    return report;
}

static enum outcome report_one(const struct question *question, const struct answer *answer)
{
    if (answer->outcome == OUTCOME_UNDECIDED)
        complain("%s: %s: %s", question->text, stage_name(answer->stage), answer->words);
    if (question->settings.wants_json) {
        json_t *report = report_start(question, answer), *more = answer_json(answer);
        json_object_update(report, more);
        json_decref(more);
        return json_print(report, 1) ? answer->outcome : OUTCOME_UNDECIDED;
    }
    if (answer->outcome == OUTCOME_UNDECIDED)
        return OUTCOME_UNDECIDED;
    print_server(question, answer);
    print_painted(outcome_paint(answer->outcome), "%s", outcome_word(answer->outcome));
    print(": ");
    print_paragraph(2, "%s", answer->words);
    return answer->outcome;
}

static enum outcome probe_one(const struct question *question, struct judge *judge, struct dns *dns)
{
    struct identity identity = { .key = NULL };
    struct answer answer;
    enum outcome outcome = OUTCOME_UNDECIDED;
    if (identity_load(&identity, question->cert, question->key) &&
        ask(question, judge, dns, &identity, &answer))
        outcome = report_one(question, &answer);
    identity_clear(&identity);
    return outcome;
}

/* ---- certificates of every kind ---------------------------------------------------------------*/

/* The question is whether a serverAuth certificate is enough: it decides the exit status, unless
 * some answer is missing. */
static enum outcome sum_up(const struct answer answers[KINDS_PROBED])
{
    for (int i = 0; i < KINDS_PROBED; i++)
        if (answers[i].outcome == OUTCOME_UNDECIDED)
            return OUTCOME_UNDECIDED;
    return answers[KIND_SERVER].outcome;
}

static void print_kinds(const struct question *question, const struct answer answers[KINDS_PROBED])
{
    print_server(question, &answers[0]);
    for (int i = 0; i < KINDS_PROBED; i++) {
        int is_expected = (answers[i].outcome == OUTCOME_ACCEPTED) == kind_is_good((enum kind)i);
        print_cell(PLAIN, 30, kind_words((enum kind)i));
        print_painted(is_expected ? GOOD : BAD, "%s", outcome_word(answers[i].outcome));
        print(": ");
        print_paragraph(32, "%s", answers[i].words);
    }
}

static int print_kinds_json(const struct question *question,
                            const struct answer answers[KINDS_PROBED])
{
    json_t *report = report_start(question, &answers[0]), *list = json_array();
    for (int i = 0; i < KINDS_PROBED; i++) {
        json_t *item = answer_json(&answers[i]);
        json_object_set_new(item, "kind", json_text(kind_name((enum kind)i)));
        json_array_append_new(list, item);
    }
    json_object_set_new(report, "kinds", list);
    return json_print(report, 1);
}

static enum outcome probe_kinds(const struct question *question, struct judge *judge,
                                struct dns *dns)
{
    struct mint *mint = mint_new(question->ca_cert, question->ca_key);
    struct answer answers[KINDS_PROBED];
    int done = mint != NULL;
    for (int i = 0; i < KINDS_PROBED && done; i++) {
        struct identity identity = { .key = NULL };
        done = mint_make(mint, (enum kind)i, question->dial.from_ascii, &identity) &&
               ask(question, judge, dns, &identity, &answers[i]);
        identity_clear(&identity);
    }
    mint_free(mint);
    if (!done)
        return OUTCOME_UNDECIDED;
    if (!question->settings.wants_json)
        print_kinds(question, answers);
    else if (!print_kinds_json(question, answers))
        return OUTCOME_UNDECIDED;
    return sum_up(answers);
}

/* ---- the subcommand ---------------------------------------------------------------------------*/

static const char *find_mistake(const struct question *question)
{
    if (!question->dial.from)
        return "--from is needed";
    if (question->wants_kinds)
        return question->ca_cert && question->ca_key ? NULL
                                                     : "--kinds needs --ca-cert and --ca-key";
    return question->cert && question->key ? NULL : "--cert and --key are needed, or --kinds";
}

static enum outcome probe(const struct question *question)
{
    enum s2sv_profile profile =
        question->settings.profile ? question->settings.profile : target_profile(&question->target);
    enum outcome outcome = OUTCOME_UNDECIDED;
    struct judge *judge = judge_new(&question->settings, profile);
    struct dns *dns = judge && !question->dial.has_address
                          ? dns_new(question->dial.resolver, dial_timeout(&question->dial),
                                    question->dial.trust_anchor)
                          : NULL;
    if (judge && (dns || question->dial.has_address))
        outcome = question->wants_kinds ? probe_kinds(question, judge, dns)
                                        : probe_one(question, judge, dns);
    dns_free(dns);
    judge_free(judge);
    return outcome;
}

enum outcome probe_run(const struct command *command, int argc, char **argv)
{
    struct question question = { .text = NULL };
    const struct option_group groups[] = {
        { "Options", OPTION_ROWS(rows), &question },
        { "Connection", dial_rows, dial_row_count, &question.dial },
        { "Judgement of its certificate", settings_rows, settings_row_count, &question.settings },
        { "Policy", policy_rows, policy_row_count, &question.settings },
    };
    int first;
    enum parsed parsed = options_parse(command, groups, 4, argc, argv, &first);
    if (parsed != PARSED)
        return parsed == PARSED_HELP ? OUTCOME_ACCEPTED : OUTCOME_USAGE;
    if (argc - first != 1)
        return usage_error(command, "one target is needed");
    question.text = argv[first];
    const char *wrong = target_parse(question.text, &question.target);
    if (!wrong && question.target.scheme == SCHEME_TLS)
        wrong = "xmpp:DOMAIN or smtp:HOST";
    if (wrong) {
        complain("%s: %s: this is not %s", command->name, question.text, wrong);
        return OUTCOME_USAGE;
    }
    const char *mistake = find_mistake(&question);
    return mistake ? usage_error(command, mistake) : probe(&question);
}
