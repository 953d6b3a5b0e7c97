/* SPDX-License-Identifier: MIT */
#include "dane.h"

#include <stdio.h>
#include <string.h>

#include "output.h"

/* RFC 7673 3.3, RFC 7672 2.2.3. A host that DNS didn't name securely has no records that count. */
static void look_up(struct dns *dns, const struct target *target, const struct endpoint *endpoint,
                    struct tlsa *ret_tlsa)
{
    char owner[DOMAIN_TEXT + 32];
    (void)target;
    snprintf(owner, sizeof owner, "_%d._tcp.%s", address_port(&endpoint->address), endpoint->host);
    dns_tlsa(dns, owner, ret_tlsa);
    if (!endpoint->is_secure && ret_tlsa->status == S2SV_TLSA_SECURE) {
        ret_tlsa->status = S2SV_TLSA_INSECURE;
        snprintf(ret_tlsa->why, sizeof ret_tlsa->why,
                 "the SRV or MX record that names the host isn't signed");
    }
}

int dane_ask(struct judge *judge, struct dns *dns, const struct target *target,
             const struct dialled *dialled, struct dane *ret_dane)
{
    const char *names[] = { dialled->reference, dialled->endpoint.host };
    memset(ret_dane, 0, sizeof *ret_dane);
    if (!dns || !dns_validates(dns) || dialled->stage < STAGE_HANDSHAKE)
        return 1;
    ret_dane->was_asked = 1;
    look_up(dns, target, &dialled->endpoint, &ret_dane->tlsa);
    if (dialled->chain.count == 0)
        return 1;
    /* N-52: the host counts where DNS names it securely, and without records nothing is asked. */
    return judge_ask_dane(judge, &dialled->chain, names, 2, &ret_dane->tlsa, &ret_dane->opinions);
}

void dane_clear(struct dane *dane)
{
    tlsa_clear(&dane->tlsa);
    opinions_clear(&dane->opinions);
}

static enum s2sv_reason reason_of(const struct dane *dane)
{
    return dane->opinions.count > 0 ? s2sv_verdict_reason(dane->opinions.items[0].verdict)
                                    : S2SV_REASON_NO_PROOF;
}

int dane_applies(const struct dane *dane)
{
    return dane->opinions.count > 0 && reason_of(dane) != S2SV_REASON_NO_PROOF;
}

int dane_accepts(const struct dane *dane)
{
    return dane_applies(dane) && opinions_accept(&dane->opinions);
}

static const char *status_word(const struct dane *dane)
{
    return dane->tlsa.status == S2SV_TLSA_BOGUS      ? "bogus"
           : dane->tlsa.status == S2SV_TLSA_INSECURE ? "insecure"
                                                     : "secure";
}

const char *dane_word(const struct dane *dane)
{
    if (!dane->was_asked)
        return "";
    if (dane_accepts(dane))
        return "accepted";
    if (dane_applies(dane))
        return s2sv_reason_name(reason_of(dane));
    return dane->tlsa.status == S2SV_TLSA_INSECURE ? "insecure" : "none";
}

/* ---- for people -------------------------------------------------------------------------------*/

static void print_records(const struct dane *dane)
{
    char text[TLSA_TEXT];
    for (size_t i = 0; i < dane->tlsa.count; i++)
        print_paragraph(4, "  TLSA %s", tlsa_text(&dane->tlsa, i, text));
}

static void print_refusal(const struct s2sv_verdict *verdict)
{
    const char *text = "";
    (void)!s2sv_verdict_fault(verdict, 0, NULL, NULL, &text);
    print_painted(BAD, "refused: %s", s2sv_reason_name(s2sv_verdict_reason(verdict)));
    print(": ");
    print_paragraph(2, "%s", text);
}

static void print_outcome(const struct dane *dane)
{
    const struct s2sv_verdict *verdict = dane->opinions.items[0].verdict;
    const char *record;
    if (!dane_applies(dane)) {
        print_paragraph(2, "DANE doesn't apply, and the paths above decide: %s",
                        dane->tlsa.why[0] != '\0'                 ? dane->tlsa.why
                        : dane->tlsa.status == S2SV_TLSA_INSECURE ? "the zone isn't signed"
                        : dane->tlsa.count == 0                   ? "there is no TLSA record"
                                                                  : "no TLSA record is usable");
        return;
    }
    print("by DANE: ");
    if (dane_accepts(dane)) {
        print_painted(GOOD, "accepted");
        if (s2sv_verdict_record(verdict, NULL, &record) == S2SV_DECIDED)
            print_paragraph(2, ", by TLSA %s", record);
        else
            end_line();
    } else {
        print_refusal(verdict);
    }
}

void dane_print(const struct dane *dane)
{
    if (!dane->was_asked)
        return;
    print_paragraph(2, "TLSA records of %s: %zu, %s%s%s", dane->tlsa.owner, dane->tlsa.count,
                    status_word(dane), dane->tlsa.why[0] != '\0' ? ": " : "", dane->tlsa.why);
    print_records(dane);
    if (dane->opinions.count > 0)
        print_outcome(dane);
}

/* ---- for scripts ------------------------------------------------------------------------------*/

static json_t *records_json(const struct dane *dane)
{
    json_t *list = json_array();
    char text[TLSA_TEXT];
    for (size_t i = 0; i < dane->tlsa.count; i++)
        json_array_append_new(list, json_text(tlsa_text(&dane->tlsa, i, text)));
    return list;
}

static json_t *verdicts_json(const struct dane *dane)
{
    json_t *list = json_array();
    for (size_t i = 0; i < dane->opinions.count; i++) {
        const struct opinion *opinion = &dane->opinions.items[i];
        const char *record = NULL;
        (void)!s2sv_verdict_record(opinion->verdict, NULL, &record);
        json_array_append_new(list,
                              json_pack("{s:s, s:b, s:s, s:s?}", "library", opinion->library->name,
                                        "accepted", opinion_accepts(opinion), "reason",
                                        s2sv_reason_name(s2sv_verdict_reason(opinion->verdict)),
                                        "record", record));
    }
    return list;
}

json_t *dane_json(const struct dane *dane)
{
    if (!dane->was_asked)
        return json_null();
    return json_pack("{s:o, s:s, s:o, s:b, s:b, s:o, s:o}", "owner", json_text(dane->tlsa.owner),
                     "status", status_word(dane), "why",
                     json_text(dane->tlsa.why[0] != '\0' ? dane->tlsa.why : NULL), "applies",
                     dane_applies(dane), "accepted", dane_accepts(dane), "records",
                     records_json(dane), "verdicts", verdicts_json(dane));
}
