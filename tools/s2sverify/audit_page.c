/* SPDX-License-Identifier: MIT */
#include "audit_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <s2sverify/s2sverify.h>

#include "audit_texts.h"
#include "output.h"
#include "when.h"

static const char *const classes[] = {
    [OUTCOME_ACCEPTED] = "good", [OUTCOME_REFUSED] = "bad", [OUTCOME_UNDECIDED] = "unclear"
};

/* Text from peers and lists: controls are shown, markup is text. */
static void put_text(FILE *page, const char *text)
{
    char escaped[4096];
    for (const char *p = escape_text(text, escaped, sizeof escaped); *p != '\0'; p++)
        switch (*p) {
        case '&':
            fputs("&amp;", page);
            break;
        case '<':
            fputs("&lt;", page);
            break;
        case '>':
            fputs("&gt;", page);
            break;
        case '"':
            fputs("&quot;", page);
            break;
        default:
            putc(*p, page);
        }
}

static void put_lines(FILE *page, const char *const *lines)
{
    while (*lines)
        fputs(*lines++, page);
}

static void put_head(FILE *page)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
          "<title>s2sverify audit</title>\n<style>\n",
          page);
    put_lines(page, audit_css);
    fputs("</style>\n</head>\n<body>\n", page);
}

static void put_title(FILE *page, size_t count, int64_t at)
{
    char when[WHEN_TEXT];
    fprintf(page,
            "<header>\n<h1>Would other servers accept them?</h1>\n"
            "<p>%zu targets, judged for %s by s2sverify %s.</p>\n</header>\n<main>\n",
            count, when_text(at, when), s2sv_version());
}

/* ---- charts ----------------------------------------------------------------------------------*/

static void put_card(FILE *page, const char *class, size_t count, const char *text)
{
    fprintf(page, "<div class=\"card %s\"><b>%zu</b><span>%s</span></div>\n", class, count, text);
}

static void put_cards(FILE *page, const struct audit_summary *summary)
{
    size_t soon = 0;
    for (int i = 1; i <= 3; i++) /* under 30 days, and not yet over */
        soon += summary->days[i].count;
    fputs("<div class=\"cards\">\n", page);
    put_card(page, "good", summary->outcomes[OUTCOME_ACCEPTED], "accepted");
    put_card(page, "bad", summary->outcomes[OUTCOME_REFUSED], "refused");
    put_card(page, "unclear", summary->outcomes[OUTCOME_UNDECIDED], "could not be decided");
    put_card(page, "soon", soon, "end within 30 days");
    fputs("</div>\n", page);
}

/* One bar of all outcomes, in thousandths. */
static void put_whole(FILE *page, const struct audit_summary *summary, size_t count)
{
    static const enum outcome order[] = { OUTCOME_ACCEPTED, OUTCOME_REFUSED, OUTCOME_UNDECIDED };
    double x = 0;
    fprintf(page,
            "<svg class=\"whole\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" "
            "role=\"img\" aria-label=\"%zu accepted, %zu refused, %zu undecided\">\n",
            summary->outcomes[OUTCOME_ACCEPTED], summary->outcomes[OUTCOME_REFUSED],
            summary->outcomes[OUTCOME_UNDECIDED]);
    for (size_t i = 0; i < sizeof order / sizeof order[0] && count > 0; i++) {
        double width = 1000.0 * (double)summary->outcomes[order[i]] / (double)count;
        fprintf(page, "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"14\"/>\n",
                classes[order[i]], x, width);
        x += width;
    }
    fputs("</svg>\n", page);
}

static void put_bar(FILE *page, const char *name, const char *class, size_t count, size_t most)
{
    fputs("<dt>", page);
    put_text(page, name);
    fputs("</dt><dd><svg viewBox=\"0 0 100 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
          page);
    fprintf(page, "<rect class=\"back\" y=\"7\" width=\"100\" height=\"2\"/>");
    if (count > 0)
        fprintf(page, "<rect class=\"%s\" width=\"%.2f\" height=\"16\"/>", class,
                100.0 * (double)count / (double)most);
    fprintf(page, "</svg></dd><dd class=\"number\">%zu</dd>\n", count);
}

static size_t most_of(const struct audit_count *counts, size_t count)
{
    size_t most = 1;
    for (size_t i = 0; i < count; i++)
        most = counts[i].count > most ? counts[i].count : most;
    return most;
}

static void put_reasons(FILE *page, const struct audit_summary *summary)
{
    size_t most = most_of(summary->reasons, summary->reason_count);
    fputs("<section class=\"panel\">\n<h2>Why not</h2>\n<dl class=\"bars\">\n", page);
    for (size_t i = 0; i < summary->reason_count; i++)
        put_bar(page, summary->reasons[i].name, classes[summary->reasons[i].outcome],
                summary->reasons[i].count, most);
    fputs("</dl>\n", page);
    if (summary->reason_count == 0)
        fputs("<p class=\"hint\">Nothing is held against anyone.</p>\n", page);
    fputs("</section>\n", page);
}

static const char *class_of_span(int span)
{
    return span == 0 ? "bad" : span <= 3 ? "soon" : "good";
}

static void put_days(FILE *page, const struct audit_summary *summary)
{
    size_t most = most_of(summary->days, AUDIT_SPANS);
    fputs("<section class=\"panel\">\n<h2>Days left</h2>\n<dl class=\"bars\">\n", page);
    for (int i = 0; i < AUDIT_SPANS; i++)
        put_bar(page, summary->days[i].name, class_of_span(i), summary->days[i].count, most);
    fputs("</dl>\n</section>\n", page);
}

static void put_views(FILE *page, const struct audit_summary *summary, size_t count)
{
    fputs("<section class=\"panel\">\n<h2>For whom it breaks</h2>\n<dl class=\"bars\">\n", page);
    put_bar(page, "s2sverify", "bad", summary->outcomes[OUTCOME_REFUSED], count);
    for (size_t i = 0; i < STOCK_VIEWS; i++)
        if (summary->accepts[i] + summary->refuses[i] > 0)
            put_bar(page, stock_views[i].title, "plain", summary->refuses[i], count);
    fputs("</dl>\n<p class=\"hint\">How many each would refuse. Stock libraries ask a server that "
          "connects for clientAuth.</p>\n</section>\n",
          page);
}

/* ---- table -----------------------------------------------------------------------------------*/

static const char *const columns[] = { "Target", "Verdict",   "Why",        "Host",
                                       "TLS",    "Days left", "Stock peers" };

static void put_cell_head(FILE *page, const char *class, int column)
{
    fprintf(page, "<td%s%s%s data-label=\"%s\"", class ? " class=\"" : "", class ? class : "",
            class ? "\"" : "", columns[column]);
}

static void put_text_cell(FILE *page, const char *class, int column, const char *text)
{
    put_cell_head(page, class, column);
    putc('>', page);
    put_text(page, text);
    fputs("</td>", page);
}

static void put_why(FILE *page, const struct audit_row *row)
{
    put_cell_head(page, "why", 2);
    putc('>', page);
    if (row->reason[0] != '\0') {
        fputs("<div>", page);
        put_text(page, row->reason);
        fputs("<small>", page);
        put_text(page, row->text);
        fputs("</small></div>", page);
    }
    fputs("</td>", page);
}

/* The name, and its address below. */
static void put_host(FILE *page, const struct audit_row *row)
{
    char name[HOST_TEXT + ADDRESS_TEXT];
    put_cell_head(page, "host", 3);
    putc('>', page);
    if (row->host[0] != '\0') {
        snprintf(name, sizeof name, "%s", row->host);
        char *address = strrchr(name, ' ');
        if (address)
            *address++ = '\0';
        fputs("<div>", page);
        put_text(page, name);
        fputs("<small>", page);
        put_text(page, address ? address : "");
        fputs("</small></div>", page);
    }
    fputs("</td>", page);
}

static void put_days_left(FILE *page, const struct audit_row *row, int64_t at)
{
    char when[WHEN_TEXT];
    put_cell_head(page, "number", 5);
    if (!row->has_until) {
        fputs(" data-key=\"\"></td>", page);
        return;
    }
    long days = audit_days_left(row, at);
    const char *class = days < 0 ? "late" : days < 30 ? "soon" : "fine";
    fprintf(page,
            " data-key=\"%ld\"><div><span class=\"%s\">%ld</span><small>%s</small></div></td>",
            days, class, days, when_day(row->until, when));
}

/* How many of the stock libraries' views accept it. */
static void put_stock(FILE *page, const struct audit_row *row)
{
    int asked = 0, accepting = 0;
    put_cell_head(page, "stock", 6);
    for (size_t i = 0; i < STOCK_VIEWS; i++) {
        asked += row->stock[i] != VIEW_NONE;
        accepting += row->stock[i] == VIEW_ACCEPTS;
    }
    if (asked == 0) {
        fputs(" data-key=\"\"></td>", page);
        return;
    }
    fprintf(page, " data-key=\"%d\"><div>%s", accepting,
            accepting == asked ? "all accept"
            : accepting == 0   ? "none accepts"
                               : "some refuse");
    if (accepting > 0 && accepting < asked) {
        fputs("<small>", page);
        for (size_t i = 0, listed = 0; i < STOCK_VIEWS; i++)
            if (row->stock[i] == VIEW_REFUSES)
                fprintf(page, "%s%s", listed++ > 0 ? "; " : "",
                        stock_views[i].title + strlen("stock "));
        fputs("</small>", page);
    }
    fputs("</div></td>", page);
}

static void put_row(FILE *page, const struct audit_row *row, int64_t at)
{
    fputs("<tr>", page);
    put_text_cell(page, "name", 0, row->target);
    put_cell_head(page, NULL, 1);
    fprintf(page, "><span><span class=\"tag %s\">%s</span></span></td>", classes[row->outcome],
            outcome_name(row->outcome));
    put_why(page, row);
    put_host(page, row);
    put_text_cell(page, "tls", 4, row->tls);
    put_days_left(page, row, at);
    put_stock(page, row);
    fputs("</tr>\n", page);
}

static void put_table(FILE *page, const struct audit_rows *rows, int64_t at)
{
    fputs("<section class=\"panel\">\n<div class=\"find\"></div>\n<div class=\"scroll\">\n<table>\n"
          "<thead class=\"plain\"><tr>",
          page);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        fprintf(page, "<th scope=\"col\"%s>%s</th>", i == 5 ? " class=\"number\"" : "", columns[i]);
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t i = 0; i < rows->count; i++)
        put_row(page, &rows->items[i], at);
    fputs("</tbody>\n</table>\n</div>\n</section>\n", page);
}

static void put_page(FILE *page, const struct audit_rows *rows, const struct audit_summary *summary,
                     int64_t at)
{
    put_head(page);
    put_title(page, rows->count, at);
    put_cards(page, summary);
    put_whole(page, summary, rows->count);
    fputs("<div class=\"panels\">\n", page);
    put_reasons(page, summary);
    put_days(page, summary);
    put_views(page, summary, rows->count);
    fputs("</div>\n", page);
    put_table(page, rows, at);
    fputs("<footer>Made by s2sverify audit. Nothing on this page is loaded from elsewhere."
          "</footer>\n</main>\n<script>\n",
          page);
    put_lines(page, audit_js);
    fputs("</script>\n</body>\n</html>\n", page);
}

int audit_page_write(const char *path, const struct audit_rows *rows,
                     const struct audit_summary *summary, int64_t at)
{
    char part[4096];
    int length = snprintf(part, sizeof part, "%s.part", path);
    FILE *page = length < (int)sizeof part ? fopen(part, "w") : NULL;
    if (page) {
        put_page(page, rows, summary, at);
        int is_bad = ferror(page);
        if (fclose(page) == 0 && !is_bad && rename(part, path) == 0)
            return 1;
        int error = errno;
        remove(part);
        errno = error;
    }
    complain("%s: %s", path, strerror(errno));
    return 0;
}
