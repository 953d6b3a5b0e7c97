/* SPDX-License-Identifier: MIT
 * s2sverify connect: what a server shows to one that connects to it. */
#include <stdio.h>
#include <string.h>

#include "dane.h"
#include "output.h"
#include "report.h"

struct question {
    const char *text;
    struct settings settings;
    struct dial_options dial;
    struct target target;
};

static const char *set_name(void *target, const char *value)
{
    struct question *question = target;
    question->dial.name = value;
    return NULL;
}

static const struct option_row rows[] = {
    { "name", "DOMAIN", "whose certificate it should be, if not the target's", set_name },
};

/* ---- for people -------------------------------------------------------------------------------*/

static void print_heading(const struct question *question, const struct dialled *dialled)
{
    char address[ADDRESS_TEXT];
    print("%s at %s", question->text, address_text(&dialled->endpoint.address, address));
    if (question->target.scheme != SCHEME_TLS)
        print(", %s", dialled->endpoint.is_direct ? "direct TLS" : "STARTTLS");
    print_line("%s%s", dialled->version[0] != '\0' ? ", " : "", dialled->version);
}

static void print_within(const struct question *question, const struct dialled *dialled)
{
    if (dialled->error[0] != '\0')
        print_paragraph(2, "%s: %s", dialled->stage < STAGE_SECURED ? "failed" : "then",
                        dialled->error);
    else if (question->target.scheme == SCHEME_XMPP)
        print_line(
            "then: features%s%s%s", dialled->offers_external ? ", EXTERNAL" : ", no EXTERNAL",
            dialled->offers_dialback ? ", dialback" : "", dialled->offers_bidi ? ", bidi" : "");
}

static void print_text(const struct question *question, const struct dialled *dialled,
                       const struct opinions *opinions, const struct dane *dane, int64_t at)
{
    const char *result = dialled_result_type(dialled, opinions);
    print_heading(question, dialled);
    report_print(opinions, at);
    dane_print(dane);
    print_within(question, dialled);
    if (question->target.scheme == SCHEME_SMTP && result)
        print_line("RFC 8460 result type: %s", result);
}

/* ---- for scripts ------------------------------------------------------------------------------*/

static json_t *endpoint_json(const struct dialled *dialled)
{
    char address[ADDRESS_TEXT];
    if (dialled->stage < STAGE_CONNECT)
        return json_null();
    return json_pack("{s:o, s:s, s:b}", "host", json_text(dialled->endpoint.host), "address",
                     address_text(&dialled->endpoint.address, address), "direct_tls",
                     dialled->endpoint.is_direct);
}

static json_t *xmpp_json(const struct question *question, const struct dialled *dialled)
{
    if (question->target.scheme != SCHEME_XMPP || dialled->stage < STAGE_SECURED ||
        dialled->error[0] != '\0')
        return json_null();
    return json_pack("{s:b, s:b, s:b}", "external", dialled->offers_external, "dialback",
                     dialled->offers_dialback, "bidi", dialled->offers_bidi);
}

static int print_json(const struct question *question, const struct dialled *dialled,
                      const struct opinions *opinions, const struct dane *dane, int64_t at,
                      int accepted)
{
    json_t *report = json_report("connect");
    json_t *more =
        json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:s?, s:o, s:b, s:o, s:o, s:o}", "target",
                  json_text(question->text), "endpoint", endpoint_json(dialled), "at",
                  json_time(at), "stage", stage_name(dialled->stage), "error",
                  json_text(dialled->error[0] != '\0' ? dialled->error : NULL), "tls_version",
                  json_text(dialled->version[0] != '\0' ? dialled->version : NULL), "alpn",
                  json_text(dialled->alpn[0] != '\0' ? dialled->alpn : NULL), "tlsrpt",
                  dialled_result_type(dialled, opinions), "name", json_text(dialled->reference),
                  "accepted", accepted, "features", xmpp_json(question, dialled), "verdicts",
                  opinions ? report_json(opinions, at) : json_array(), "dane", dane_json(dane));
    if (json_object_update(report, more) != 0) {
        json_decref(report);
        report = NULL;
    }
    json_decref(more);
    return json_print(report, 1);
}

/* ---- both -------------------------------------------------------------------------------------*/

/* Without a certificate there is nothing to judge. */
static enum outcome report_failure(const struct question *question, const struct dialled *dialled,
                                   const struct dane *dane, int64_t at)
{
    complain("%s: %s: %s", question->text, stage_name(dialled->stage), dialled->error);
    if (question->settings.wants_json)
        print_json(question, dialled, NULL, dane, at, 0);
    return OUTCOME_UNDECIDED;
}

static enum outcome report(const struct question *question, struct judge *judge,
                           struct dialler *dialler, const struct dialled *dialled,
                           const struct dane *dane)
{
    struct opinions opinions;
    enum outcome outcome = OUTCOME_UNDECIDED;
    int64_t at = judge_time(judge);
    if (dialled->chain.count == 0)
        return report_failure(question, dialled, dane, at);
    if (!dialled_judge(dialler, dialled, &opinions)) {
        complain("%s: could not be judged: out of memory, or the TLS library failed",
                 question->text);
    } else {
        /* Without the handshake's end the server hasn't proved that the certificate is its own. */
        int is_good = dane_applies(dane) ? dane_accepts(dane) : opinions_accept(&opinions);
        int accepted = is_good && dialled->stage == STAGE_SECURED;
        outcome = accepted ? OUTCOME_ACCEPTED : is_good ? OUTCOME_UNDECIDED : OUTCOME_REFUSED;
        if (dialled->stage < STAGE_SECURED)
            complain("%s: %s: %s", question->text, stage_name(dialled->stage), dialled->error);
        if (!question->settings.wants_json)
            print_text(question, dialled, &opinions, dane, at);
        else if (!print_json(question, dialled, &opinions, dane, at, accepted))
            outcome = OUTCOME_UNDECIDED;
    }
    opinions_clear(&opinions);
    return outcome;
}

static void say_goodbye(const struct question *question, struct dialled *dialled)
{
    if (dialled->stage < STAGE_SECURED || dialled->error[0] != '\0')
        return;
    if (question->target.scheme == SCHEME_XMPP)
        xmpp_end(&dialled->xmpp);
    else if (question->target.scheme == SCHEME_SMTP)
        smtp_say(&dialled->conn, &dialled->reply, "QUIT");
}

static enum outcome connect_and_judge(const struct question *question, struct judge *judge,
                                      struct dialler *dialler, struct dns *dns)
{
    struct dialled dialled;
    struct dane dane;
    enum outcome outcome = OUTCOME_UNDECIDED;
    dial(dialler, dns, &question->target, &dialled);
    say_goodbye(question, &dialled);
    if (dane_ask(judge, dns, &question->target, &dialled, &dane))
        outcome = report(question, judge, dialler, &dialled, &dane);
    else
        complain("%s: could not be judged by its TLSA records: out of memory", question->text);
    dane_clear(&dane);
    dialled_close(&dialled);
    return outcome;
}

enum outcome connect_run(const struct command *command, int argc, char **argv)
{
    struct question question = { .text = NULL };
    const struct option_group groups[] = {
        { "Options", OPTION_ROWS(rows), &question },
        { "Connection", dial_rows, dial_row_count, &question.dial },
        { "Judgement", settings_rows, settings_row_count, &question.settings },
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
    if (wrong) {
        complain("%s: %s: this is not %s", command->name, question.text, wrong);
        return OUTCOME_USAGE;
    }
    enum s2sv_profile profile =
        question.settings.profile ? question.settings.profile : target_profile(&question.target);
    enum outcome outcome = OUTCOME_UNDECIDED;
    struct judge *judge = judge_new(&question.settings, profile);
    struct dialler *dialler = judge ? dialler_new(judge, &question.dial, NULL) : NULL;
    struct dns *dns = dialler && !question.dial.has_address
                          ? dns_new(question.dial.resolver, dial_timeout(&question.dial),
                                    question.dial.trust_anchor)
                          : NULL;
    if (dialler && (dns || question.dial.has_address))
        outcome = connect_and_judge(&question, judge, dialler, dns);
    dns_free(dns);
    dialler_free(dialler);
    judge_free(judge);
    return outcome;
}
