/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "output.h"
#include "when.h"

enum { LABEL_COLUMNS = 22, CELL_COLUMNS = 28, NAMES_SHOWN = 12 };

const char *identifier_name(enum s2sv_identifier kind)
{
    switch (kind) {
    case S2SV_IDENTIFIER_DNS:
        return "DNS-ID";
    case S2SV_IDENTIFIER_SRV:
        return "SRV-ID";
    case S2SV_IDENTIFIER_XMPP_ADDR:
        return "xmppAddr";
    case S2SV_IDENTIFIER_IP:
        return "IP-ID";
    case S2SV_IDENTIFIER_URI:
        return "URI-ID";
    case S2SV_IDENTIFIER_COMMON_NAME:
        break;
    }
    return "CN";
}

const char *direction_name(enum s2sv_direction direction)
{
    return direction == S2SV_OUTBOUND ? "outbound" : "inbound";
}

/* Above a column, and in a sentence. */
static const char *direction_title(enum s2sv_direction direction)
{
    return direction == S2SV_OUTBOUND ? "others connect to it" : "it connects to others";
}

static const char *direction_words(enum s2sv_direction direction)
{
    return direction == S2SV_OUTBOUND ? "when connected to" : "when it connects";
}

/* ---- the table --------------------------------------------------------------------------------*/

static const struct opinion *find(const struct opinions *opinions, const struct library *library,
                                  enum s2sv_direction direction)
{
    const struct opinion *end = opinions->items + opinions->count;
    for (const struct opinion *one = opinions->items; one < end; one++)
        if (one->library == library && one->direction == direction)
            return one;
    return NULL;
}

/* A reason that is too long for its cell stands below the table. */
static void print_verdict_cell(const struct opinion *opinion)
{
    char text[64];
    if (!opinion)
        return;
    int accepts = opinion_accepts(opinion);
    snprintf(text, sizeof text, "refused: %s",
             s2sv_reason_name(s2sv_verdict_reason(opinion->verdict)));
    if (strlen(text) >= CELL_COLUMNS)
        strcpy(text, "refused");
    print_cell(accepts ? GOOD : BAD, CELL_COLUMNS, accepts ? "accepted" : text);
}

static void print_stock_cell(const struct opinion *opinion)
{
    if (opinion)
        print_cell(opinion->stock.accepted ? GOOD : BAD, CELL_COLUMNS,
                   opinion->stock.accepted ? "accepted" : "refused");
}

static void print_row(const struct opinions *opinions, const struct library *library, int is_stock)
{
    char label[64];
    const struct opinion *row[] = { find(opinions, library, S2SV_OUTBOUND),
                                    find(opinions, library, S2SV_INBOUND) };
    if (!row[0] && !row[1])
        return;
    snprintf(label, sizeof label, is_stock ? "stock %s" : "s2sverify, %s", library->title);
    print_cell(PLAIN, LABEL_COLUMNS, label);
    for (size_t i = 0; i < 2; i++)
        if (is_stock)
            print_stock_cell(row[i]);
        else
            print_verdict_cell(row[i]);
    end_line();
}

static int has_direction(const struct opinions *opinions, enum s2sv_direction direction)
{
    for (size_t i = 0; i < opinions->count; i++)
        if (opinions->items[i].direction == direction)
            return 1;
    return 0;
}

static void print_table(const struct opinions *opinions)
{
    print_cell(PLAIN, LABEL_COLUMNS, "");
    for (int i = S2SV_OUTBOUND; i <= S2SV_INBOUND; i++)
        if (has_direction(opinions, (enum s2sv_direction)i))
            print_cell(BOLD, CELL_COLUMNS, direction_title((enum s2sv_direction)i));
    end_line();
    for (size_t i = 0; libraries[i]; i++)
        print_row(opinions, libraries[i], 0);
    for (size_t i = 0; libraries[i]; i++)
        print_row(opinions, libraries[i], 1);
}

/* ---- what is held against it ------------------------------------------------------------------*/

/* Each library finds the same, in both directions, and adds what it calls it: once is enough. */
static int was_said(const struct opinions *opinions, const struct opinion *until,
                    size_t until_fault, enum s2sv_reason reason, int depth)
{
    enum s2sv_reason other;
    int other_depth;
    for (const struct opinion *o = opinions->items; o <= until; o++)
        for (size_t i = 0;
             (o < until || i < until_fault) &&
             s2sv_verdict_fault(o->verdict, i, &other, &other_depth, NULL) == S2SV_DECIDED;
             i++)
            if (other == reason && (depth < 0 || other_depth == depth))
                return 1;
    return 0;
}

static void print_fault(enum s2sv_reason reason, int depth, const char *text)
{
    print_painted(BAD, "%s", s2sv_reason_name(reason));
    if (depth >= 0)
        print(", certificate %d", depth);
    print(": ");
    print_paragraph(2, "%s", text);
}

static void print_faults(const struct opinions *opinions)
{
    for (size_t i = 0; i < opinions->count; i++) {
        const struct opinion *opinion = &opinions->items[i];
        enum s2sv_reason reason;
        int depth;
        const char *text;
        for (size_t k = 0;
             s2sv_verdict_fault(opinion->verdict, k, &reason, &depth, &text) == S2SV_DECIDED; k++)
            if (!was_said(opinions, opinion, k, reason, depth))
                print_fault(reason, depth, text);
    }
}

static void print_stock_complaint(const struct opinion *opinion, int both)
{
    print_painted(WARNING, "stock %s", opinion->library->title);
    print(" refuses it");
    if (!both)
        print(" %s", direction_words(opinion->direction));
    print(": ");
    print_paragraph(2, "%s", opinion->stock.text);
}

static void print_stock_complaints(const struct opinions *opinions)
{
    for (size_t i = 0; libraries[i]; i++) {
        const struct opinion *out = find(opinions, libraries[i], S2SV_OUTBOUND);
        const struct opinion *in = find(opinions, libraries[i], S2SV_INBOUND);
        int is_same = out && in && !out->stock.accepted && !in->stock.accepted &&
                      strcmp(out->stock.text, in->stock.text) == 0;
        if (out && !out->stock.accepted)
            print_stock_complaint(out, is_same);
        if (in && !in->stock.accepted && !is_same)
            print_stock_complaint(in, 0);
    }
}

/* ---- the path and its names -------------------------------------------------------------------*/

static const char *purposes_words(const struct certificate_text *text)
{
    if (!text->has_purposes)
        return "any purpose";
    return text->purposes[0] != '\0' ? text->purposes : "no purpose that can be read";
}

static const char *end_words(int64_t until, int64_t at, char buf[64])
{
    char day[WHEN_TEXT];
    long long left = (long long)when_days(at, until);
    when_day(until, day);
    if (until < at)
        snprintf(buf, 64, "expired on %s", day);
    else
        snprintf(buf, 64, "until %s, %lld %s", day, left, left == 1 ? "day" : "days");
    return buf;
}

static void print_certificate(const struct s2sv_verdict *verdict, int depth, const void *der,
                              size_t len, int64_t at)
{
    struct certificate_text text;
    char end[64];
    const void *next;
    size_t next_len;
    int is_last = s2sv_verdict_certificate(verdict, depth + 1, &next, &next_len) != S2SV_DECIDED;
    if (!certificate_describe(der, len, &text)) {
        print_line("%d  can't be read", depth);
        return;
    }
    print_paragraph(3, "%d  %s%s: %s; %s", depth,
                    text.subject[0] != '\0' ? text.subject : "(no subject)",
                    is_last && depth > 0 && s2sv_verdict_trusted(verdict) ? ", trust anchor" : "",
                    purposes_words(&text), end_words(text.not_after, at, end));
}

static void print_path(const struct s2sv_verdict *verdict, int64_t at)
{
    const void *der;
    size_t len;
    for (int i = 0; s2sv_verdict_certificate(verdict, i, &der, &len) == S2SV_DECIDED; i++)
        print_certificate(verdict, i, der, len, at);
}

static void print_names(const struct s2sv_verdict *verdict)
{
    size_t count = s2sv_verdict_identity_count(verdict);
    char list[2048];
    size_t used = 0;
    enum s2sv_identifier kind;
    const char *value;
    for (size_t i = 0; i < count && i < NAMES_SHOWN && used < sizeof list; i++)
        if (s2sv_verdict_identity(verdict, i, &kind, &value) == S2SV_DECIDED)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s %s", i > 0 ? ", " : "",
                                     identifier_name(kind), value);
    print("   ");
    if (count == 0)
        print_line("no name that counts");
    else if (count > NAMES_SHOWN)
        print_paragraph(3, "%s and %zu more", list, count - NAMES_SHOWN);
    else
        print_paragraph(3, "%s", list);
}

static void print_notes(const struct s2sv_verdict *verdict)
{
    const char *text;
    for (size_t i = 0; s2sv_verdict_note(verdict, i, &text) == S2SV_DECIDED; i++) {
        print_painted(WARNING, "note");
        print(": ");
        print_paragraph(2, "%s", text);
    }
}

void report_print(const struct opinions *opinions, int64_t at)
{
    const struct s2sv_verdict *verdict = opinions->count > 0 ? opinions->items[0].verdict : NULL;
    print_table(opinions);
    end_line();
    print_faults(opinions);
    print_stock_complaints(opinions);
    print_notes(verdict);
    print_path(verdict, at);
    print_names(verdict);
}

/* ---- JSON -------------------------------------------------------------------------------------*/

static json_t *faults_json(const struct s2sv_verdict *verdict)
{
    json_t *list = json_array();
    enum s2sv_reason reason;
    int depth;
    const char *text;
    for (size_t i = 0; s2sv_verdict_fault(verdict, i, &reason, &depth, &text) == S2SV_DECIDED; i++)
        json_array_append_new(list, json_pack("{s:s, s:i, s:o}", "reason", s2sv_reason_name(reason),
                                              "depth", depth, "text", json_text(text)));
    return list;
}

static json_t *notes_json(const struct s2sv_verdict *verdict)
{
    json_t *list = json_array();
    const char *text;
    for (size_t i = 0; s2sv_verdict_note(verdict, i, &text) == S2SV_DECIDED; i++)
        json_array_append_new(list, json_text(text));
    return list;
}

static json_t *identities_json(const struct s2sv_verdict *verdict)
{
    json_t *list = json_array();
    enum s2sv_identifier kind;
    const char *value;
    for (size_t i = 0; s2sv_verdict_identity(verdict, i, &kind, &value) == S2SV_DECIDED; i++)
        json_array_append_new(list, json_pack("{s:s, s:o}", "kind", identifier_name(kind), "value",
                                              json_text(value)));
    return list;
}

/* "serverAuth, clientAuth" as an array; null without the extension. */
static json_t *purposes_json(const struct certificate_text *text)
{
    json_t *list = text->has_purposes ? json_array() : json_null();
    for (const char *word = text->purposes; *word != '\0';) {
        size_t len = strcspn(word, ",");
        json_array_append_new(list, json_stringn(word, len));
        word += len + strspn(word + len, ", ");
    }
    return list;
}

static json_t *certificate_json(const void *der, size_t len)
{
    struct certificate_text text;
    if (!certificate_describe(der, len, &text))
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "subject", json_text(text.subject), "issuer",
                     json_text(text.issuer), "purposes", purposes_json(&text), "not_before",
                     json_time(text.not_before), "not_after", json_time(text.not_after));
}

static json_t *path_json(const struct s2sv_verdict *verdict)
{
    json_t *list = json_array();
    const void *der;
    size_t len;
    for (int i = 0; s2sv_verdict_certificate(verdict, i, &der, &len) == S2SV_DECIDED; i++)
        json_array_append_new(list, certificate_json(der, len));
    return list;
}

static json_t *match_json(const struct s2sv_verdict *verdict)
{
    const char *reference;
    size_t identity;
    if (s2sv_verdict_match(verdict, &reference, &identity) != S2SV_DECIDED)
        return json_null();
    return json_pack("{s:o, s:i}", "reference", json_text(reference), "identity", (int)identity);
}

int report_valid_until(const struct s2sv_verdict *verdict, int64_t *ret_seconds)
{
    struct certificate_text text;
    int64_t earliest = INT64_MAX;
    const void *der;
    size_t len;
    for (int i = 0; s2sv_verdict_certificate(verdict, i, &der, &len) == S2SV_DECIDED; i++)
        if (certificate_describe(der, len, &text) && text.not_after < earliest)
            earliest = text.not_after;
    if (earliest == INT64_MAX)
        return 0;
    *ret_seconds = earliest;
    return 1;
}

static json_t *opinion_json(const struct opinion *opinion, int64_t at)
{
    const struct s2sv_verdict *verdict = opinion->verdict;
    int64_t until;
    int is_known = report_valid_until(verdict, &until);
    return json_pack(
        "{s:s, s:s, s:b, s:s, s:i, s:s, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:b, s:o}}",
        "library", opinion->library->name, "direction", direction_name(opinion->direction),
        "accepted", opinion_accepts(opinion), "reason",
        s2sv_reason_name(s2sv_verdict_reason(verdict)), "depth", s2sv_verdict_depth(verdict),
        "sentence", s2sv_reason_text(s2sv_verdict_reason(verdict)), "tlsrpt",
        s2sv_verdict_tlsrpt(verdict), "faults", faults_json(verdict), "notes", notes_json(verdict),
        "identities", identities_json(verdict), "match", match_json(verdict), "path",
        path_json(verdict), "valid_until", is_known ? json_time(until) : json_null(), "days_left",
        is_known ? json_integer(when_days(at, until)) : json_null(), "stock", "accepted",
        opinion->stock.accepted, "text", json_text(opinion->stock.text));
}

json_t *report_json(const struct opinions *opinions, int64_t at)
{
    json_t *list = json_array();
    for (size_t i = 0; i < opinions->count; i++)
        json_array_append_new(list, opinion_json(&opinions->items[i], at));
    return list;
}
