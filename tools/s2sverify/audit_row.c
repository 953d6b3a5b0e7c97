/* SPDX-License-Identifier: MIT */
#include "audit_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "report.h"
#include "when.h"

const struct stock_view stock_views[STOCK_VIEWS] = {
    { "openssl-outbound", "stock OpenSSL, connecting to it" },
    { "openssl-inbound", "stock OpenSSL, when it connects" },
    { "gnutls-outbound", "stock GnuTLS, connecting to it" },
    { "gnutls-inbound", "stock GnuTLS, when it connects" },
};

static const char *const outcome_names[] = { "accepted", "refused", "usage", "undecided" };

const char *outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

/* ---- making ----------------------------------------------------------------------------------*/

static int view_of(const struct opinion *opinion)
{
    int is_gnutls = strcmp(opinion->library->name, "gnutls") == 0;
    return 2 * is_gnutls + (opinion->direction == S2SV_INBOUND);
}

/* The opinion to be told: the first that refuses, else the first. */
static const struct opinion *worst(const struct opinions *opinions)
{
    for (size_t i = 0; i < opinions->count; i++)
        if (!opinion_accepts(&opinions->items[i]))
            return &opinions->items[i];
    return &opinions->items[0];
}

static void judge_row(const struct opinions *opinions, struct audit_row *row,
                      const char **ret_reason, const char **ret_text)
{
    const struct s2sv_verdict *verdict = worst(opinions)->verdict;
    row->outcome = opinions_accept(opinions) ? OUTCOME_ACCEPTED : OUTCOME_REFUSED;
    row->has_until = report_valid_until(verdict, &row->until);
    for (size_t i = 0; i < opinions->count; i++)
        row->stock[view_of(&opinions->items[i])] =
            opinions->items[i].stock.accepted ? VIEW_ACCEPTS : VIEW_REFUSES;
    if (row->outcome == OUTCOME_ACCEPTED)
        return;
    *ret_reason = s2sv_reason_name(s2sv_verdict_reason(verdict));
    if (s2sv_verdict_fault(verdict, 0, NULL, NULL, ret_text) != S2SV_DECIDED)
        *ret_text = s2sv_reason_text(s2sv_verdict_reason(verdict));
}

/* Where records are, they decide (RFC 6698 section 4.1). */
static void judge_dane(const struct dane *dane, struct audit_row *row, const char **ret_reason,
                       const char **ret_text)
{
    if (!dane_applies(dane))
        return;
    const struct s2sv_verdict *verdict = worst(&dane->opinions)->verdict;
    row->outcome = dane_accepts(dane) ? OUTCOME_ACCEPTED : OUTCOME_REFUSED;
    *ret_reason = *ret_text = "";
    if (row->outcome == OUTCOME_ACCEPTED)
        return;
    *ret_reason = s2sv_reason_name(s2sv_verdict_reason(verdict));
    (void)!s2sv_verdict_fault(verdict, 0, NULL, NULL, ret_text);
}

static void name_host(const struct dialled *dialled, char *buf, size_t size)
{
    char address[ADDRESS_TEXT];
    buf[0] = '\0';
    if (dialled->endpoint.host[0] != '\0')
        snprintf(buf, size, "%s %s", dialled->endpoint.host,
                 address_text(&dialled->endpoint.address, address));
}

static int copy_texts(struct audit_row *row, const char *target, const char *reason,
                      const char *text, const char *host, const char *tls, const char *dane)
{
    row->target = strdup(target);
    row->reason = strdup(reason);
    row->text = strdup(text);
    row->host = strdup(host);
    row->tls = strdup(tls);
    row->dane = strdup(dane);
    if (row->target && row->reason && row->text && row->host && row->tls && row->dane)
        return 1;
    audit_row_clear(row);
    return 0;
}

int audit_row_make(const char *target, const struct dialled *dialled,
                   const struct opinions *opinions, const struct dane *dane,
                   struct audit_row *ret_row)
{
    struct audit_row row = { .outcome = OUTCOME_UNDECIDED };
    char host[HOST_TEXT + ADDRESS_TEXT];
    const char *reason = "", *text = "";
    name_host(dialled, host, sizeof host);
    if (opinions && opinions->count > 0) {
        judge_row(opinions, &row, &reason, &text);
        judge_dane(dane, &row, &reason, &text);
    } else {
        reason = stage_name(dialled->stage);
        text = dialled->error;
    }
    if (!copy_texts(&row, target, reason, text, host, dialled->version, dane_word(dane)))
        return 0;
    *ret_row = row;
    return 1;
}

void audit_row_clear(struct audit_row *row)
{
    free(row->target);
    free(row->reason);
    free(row->text);
    free(row->host);
    free(row->tls);
    free(row->dane);
    memset(row, 0, sizeof *row);
}

/* ---- JSON ------------------------------------------------------------------------------------*/

static json_t *view_json(enum view view)
{
    return view == VIEW_NONE ? json_null() : json_boolean(view == VIEW_ACCEPTS);
}

json_t *audit_row_json(const struct audit_row *row, int64_t at)
{
    json_t *object = json_report("audit"), *stock = json_object();
    for (size_t i = 0; i < STOCK_VIEWS; i++)
        json_object_set_new(stock, stock_views[i].name, view_json(row->stock[i]));
    json_object_set_new(object, "type", json_string("target"));
    json_object_set_new(object, "target", json_text(row->target));
    json_object_set_new(object, "outcome", json_string(outcome_name(row->outcome)));
    json_object_set_new(object, "reason", row->reason[0] ? json_text(row->reason) : json_null());
    json_object_set_new(object, "sentence", row->text[0] ? json_text(row->text) : json_null());
    json_object_set_new(object, "host", row->host[0] ? json_text(row->host) : json_null());
    json_object_set_new(object, "tls", row->tls[0] ? json_text(row->tls) : json_null());
    json_object_set_new(object, "valid_until",
                        row->has_until ? json_time(row->until) : json_null());
    json_object_set_new(object, "days_left",
                        row->has_until ? json_integer(audit_days_left(row, at)) : json_null());
    json_object_set_new(object, "dane", row->dane[0] ? json_text(row->dane) : json_null());
    if (json_object_set_new(object, "stock_accepts", stock) == 0)
        return object;
    json_decref(object);
    return NULL;
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int read_outcome(const json_t *object, enum outcome *ret_outcome)
{
    for (size_t i = 0; i < sizeof outcome_names / sizeof outcome_names[0]; i++)
        if (i != OUTCOME_USAGE && strcmp(member(object, "outcome"), outcome_names[i]) == 0) {
            *ret_outcome = (enum outcome)i;
            return 1;
        }
    return 0;
}

int audit_row_read(const json_t *object, struct audit_row *ret_row)
{
    struct audit_row row = { .outcome = OUTCOME_UNDECIDED };
    const json_t *stock = json_object_get(object, "stock_accepts");
    if (strcmp(member(object, "command"), "audit") != 0 || !read_outcome(object, &row.outcome) ||
        member(object, "target")[0] == '\0')
        return 0;
    row.has_until = when_parse(member(object, "valid_until"), &row.until);
    for (size_t i = 0; i < STOCK_VIEWS; i++) {
        const json_t *view = json_object_get(stock, stock_views[i].name);
        row.stock[i] =
            json_is_boolean(view) ? json_is_true(view) ? VIEW_ACCEPTS : VIEW_REFUSES : VIEW_NONE;
    }
    if (!copy_texts(&row, member(object, "target"), member(object, "reason"),
                    member(object, "sentence"), member(object, "host"), member(object, "tls"),
                    member(object, "dane")))
        return 0;
    *ret_row = row;
    return 1;
}

/* ---- CSV -------------------------------------------------------------------------------------*/

/* RFC 4180. What a spreadsheet would take for a formula gets an apostrophe: it may be a peer's. */
static void put_cell(const char *text, int is_last)
{
    char escaped[4096];
    escape_text(text, escaped, sizeof escaped);
    putchar('"');
    if (escaped[0] != '\0' && strchr("=+-@", escaped[0]))
        putchar('\'');
    for (const char *p = escaped; *p != '\0'; p++) {
        if (*p == '"')
            putchar('"');
        putchar(*p);
    }
    fputs(is_last ? "\"\r\n" : "\",", stdout);
}

void audit_print_csv_head(void)
{
    fputs("target,outcome,reason,sentence,host,tls,valid_until,days_left", stdout);
    for (size_t i = 0; i < STOCK_VIEWS; i++)
        printf(",%s", stock_views[i].name);
    fputs("\r\n", stdout);
}

void audit_row_print_csv(const struct audit_row *row, int64_t at)
{
    static const char *const views[] = { "", "no", "yes" };
    char until[WHEN_TEXT];
    put_cell(row->target, 0);
    put_cell(outcome_name(row->outcome), 0);
    put_cell(row->reason, 0);
    put_cell(row->text, 0);
    put_cell(row->host, 0);
    put_cell(row->tls, 0);
    put_cell(row->has_until ? when_text(row->until, until) : "", 0);
    if (row->has_until)
        printf("%ld,", audit_days_left(row, at));
    else
        put_cell("", 0);
    for (size_t i = 0; i < STOCK_VIEWS; i++)
        put_cell(views[row->stock[i]], i + 1 == STOCK_VIEWS);
    fflush(stdout);
}

/* ---- text ------------------------------------------------------------------------------------*/

enum { OUTCOME_COLUMNS = 10, TARGET_COLUMNS = 34 };

void audit_row_print(const struct audit_row *row, int64_t at)
{
    static const enum paint paints[] = {
        [OUTCOME_ACCEPTED] = GOOD, [OUTCOME_REFUSED] = BAD, [OUTCOME_UNDECIDED] = WARNING
    };
    print_cell(paints[row->outcome], OUTCOME_COLUMNS, outcome_name(row->outcome));
    print_cell(PLAIN, TARGET_COLUMNS, row->target);
    if (text_columns(row->target) >= TARGET_COLUMNS)
        print(" ");
    if (row->outcome == OUTCOME_ACCEPTED && row->has_until)
        print_line("%ld days left, %s", audit_days_left(row, at), row->tls);
    else if (row->outcome == OUTCOME_REFUSED)
        print_line("%s", row->reason);
    else
        print_line("%s: %s", row->reason, row->text);
    fflush(stdout);
}

/* ---- all of them -----------------------------------------------------------------------------*/

int audit_rows_add(struct audit_rows *rows, struct audit_row *row)
{
    if (rows->count == rows->room) {
        size_t room = rows->room ? 2 * rows->room : 64;
        struct audit_row *items = realloc(rows->items, room * sizeof *items);
        if (!items) {
            audit_row_clear(row);
            return 0;
        }
        rows->items = items;
        rows->room = room;
    }
    rows->items[rows->count++] = *row;
    memset(row, 0, sizeof *row);
    return 1;
}

void audit_rows_clear(struct audit_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        audit_row_clear(&rows->items[i]);
    free(rows->items);
    memset(rows, 0, sizeof *rows);
}

long audit_days_left(const struct audit_row *row, int64_t at)
{
    return (long)when_days(at, row->until);
}

static const struct {
    const char *name;
    long below;
} spans[AUDIT_SPANS] = {
    { "expired", 0 },        { "under 7 days", 7 },   { "7 to 13 days", 14 },
    { "14 to 29 days", 30 }, { "30 to 59 days", 60 }, { "60 to 89 days", 90 },
    { "90 days or more", 0 } /* whatever is left */
};

int audit_span_of(long days)
{
    int i = 0;
    while (i < AUDIT_SPANS - 1 && days >= spans[i].below)
        i++;
    return i;
}

static void count_reason(struct audit_summary *summary, const struct audit_row *row)
{
    size_t i = 0;
    while (i < summary->reason_count && strcmp(summary->reasons[i].name, row->reason) != 0)
        i++;
    if (i == AUDIT_REASONS_MOST)
        return;
    if (i == summary->reason_count) {
        summary->reasons[i] = (struct audit_count){ row->reason, 0, row->outcome };
        summary->reason_count++;
    }
    summary->reasons[i].count++;
}

static int compare_reasons(const void *a, const void *b)
{
    const struct audit_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

void audit_summarise(const struct audit_rows *rows, int64_t at, struct audit_summary *ret_summary)
{
    struct audit_summary summary = { .reason_count = 0 };
    for (int i = 0; i < AUDIT_SPANS; i++)
        summary.days[i].name = spans[i].name;
    for (size_t i = 0; i < rows->count; i++) {
        const struct audit_row *row = &rows->items[i];
        summary.outcomes[row->outcome]++;
        if (row->outcome != OUTCOME_ACCEPTED)
            count_reason(&summary, row);
        if (row->has_until)
            summary.days[audit_span_of(audit_days_left(row, at))].count++;
        for (size_t view = 0; view < STOCK_VIEWS; view++) {
            summary.accepts[view] += row->stock[view] == VIEW_ACCEPTS;
            summary.refuses[view] += row->stock[view] == VIEW_REFUSES;
        }
    }
    qsort(summary.reasons, summary.reason_count, sizeof summary.reasons[0], compare_reasons);
    *ret_summary = summary;
}

enum { NAME_COLUMNS = 34, COUNT_COLUMNS = 8 };

static void print_count(const char *name, size_t count, size_t most)
{
    char text[32];
    int room = output_width() - NAME_COLUMNS - COUNT_COLUMNS - 1;
    int length = most > 0 ? (int)((size_t)room * count / most) : 0;
    snprintf(text, sizeof text, "%zu", count);
    print_cell(PLAIN, NAME_COLUMNS, name);
    print_cell(PLAIN, COUNT_COLUMNS, text);
    for (int i = 0; i < (count > 0 && length == 0 ? 1 : length); i++)
        print("#");
    print_line("%s", "");
}

static void print_counts(const char *title, const struct audit_count *counts, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most = counts[i].count > most ? counts[i].count : most;
    print_line("%s", "");
    print_painted(BOLD, "%s", title);
    print_line("%s", "");
    for (size_t i = 0; i < count; i++)
        print_count(counts[i].name, counts[i].count, most);
}

void audit_summary_print(const struct audit_summary *summary, size_t count)
{
    print_line("%s", "");
    print_line("%zu targets: %zu accepted, %zu refused, %zu undecided", count,
               summary->outcomes[OUTCOME_ACCEPTED], summary->outcomes[OUTCOME_REFUSED],
               summary->outcomes[OUTCOME_UNDECIDED]);
    if (summary->reason_count > 0)
        print_counts("Why not", summary->reasons, summary->reason_count);
    print_counts("Days left", summary->days, AUDIT_SPANS);
    print_line("%s", "");
    print_painted(BOLD, "For whom it breaks");
    print_line("%s", "");
    print_count("s2sverify", summary->outcomes[OUTCOME_REFUSED], 0);
    for (size_t i = 0; i < STOCK_VIEWS; i++)
        if (summary->accepts[i] + summary->refuses[i] > 0)
            print_count(stock_views[i].title, summary->refuses[i], 0);
}

static json_t *counts_json(const struct audit_count *counts, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, counts[i].name, json_integer((json_int_t)counts[i].count));
    return object;
}

json_t *audit_summary_json(const struct audit_summary *summary, size_t count)
{
    json_t *object = json_report("audit"), *refuses = json_object();
    for (size_t i = 0; i < STOCK_VIEWS; i++)
        json_object_set_new(refuses, stock_views[i].name,
                            json_integer((json_int_t)summary->refuses[i]));
    json_object_set_new(object, "type", json_string("summary"));
    json_object_set_new(object, "targets", json_integer((json_int_t)count));
    for (int i = OUTCOME_ACCEPTED; i <= OUTCOME_UNDECIDED; i++)
        if (i != OUTCOME_USAGE)
            json_object_set_new(object, outcome_name((enum outcome)i),
                                json_integer((json_int_t)summary->outcomes[i]));
    json_object_set_new(object, "reasons", counts_json(summary->reasons, summary->reason_count));
    json_object_set_new(object, "days_left", counts_json(summary->days, AUDIT_SPANS));
    if (json_object_set_new(object, "stock_refuses", refuses) == 0)
        return object;
    json_decref(object);
    return NULL;
}
