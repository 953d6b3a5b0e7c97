/* SPDX-License-Identifier: MIT
 * What an audit found about one target, and all of them counted. */
#ifndef AUDIT_ROW_H
#define AUDIT_ROW_H

#include "dane.h"
#include "json.h"

/* What peers that know nothing of s2sverify say. */
enum { STOCK_VIEWS = 2 * LIBRARIES_MOST };

struct stock_view {
    const char *name;  /* "openssl-outbound" */
    const char *title; /* "stock OpenSSL that connects to it" */
};
extern const struct stock_view stock_views[STOCK_VIEWS];

enum view { VIEW_NONE, VIEW_REFUSES, VIEW_ACCEPTS };

struct audit_row {
    char *target; /* as it is listed */
    enum outcome outcome;
    char *reason; /* s2sverify's; of an undecided one where it ended, "lookup"; else "" */
    char *text;   /* a sentence; else "" */
    char *host;   /* and its address; "" if it isn't known */
    char *tls;    /* "TLSv1.3"; else "" */
    char *dane;   /* dane_word() */
    int has_until;
    int64_t until; /* the chain's earliest end */
    enum view stock[STOCK_VIEWS];
};

/* Takes nothing. opinions NULL: it could not be decided. Returns 1; 0: out of memory, and then
 * there is nothing to clear. */
int audit_row_make(const char *target, const struct dialled *dialled,
                   const struct opinions *opinions, const struct dane *dane,
                   struct audit_row *ret_row);
void audit_row_clear(struct audit_row *row);

const char *outcome_name(enum outcome outcome); /* "accepted", "refused", "undecided" */

json_t *audit_row_json(const struct audit_row *row, int64_t at);
/* What audit_row_json() made. Returns 1; 0: it is something else, or out of memory. */
int audit_row_read(const json_t *object, struct audit_row *ret_row);

void audit_print_csv_head(void);
void audit_row_print_csv(const struct audit_row *row, int64_t at);
void audit_row_print(const struct audit_row *row, int64_t at);

/* ---- all of them -----------------------------------------------------------------------------*/

struct audit_rows {
    struct audit_row *items;
    size_t count, room;
};

/* Takes the row, also on failure. Returns 1; 0: out of memory. */
int audit_rows_add(struct audit_rows *rows, struct audit_row *row);
void audit_rows_clear(struct audit_rows *rows);

struct audit_count {
    const char *name;
    size_t count;
    enum outcome outcome; /* of reasons: refused or undecided */
};

enum { AUDIT_REASONS_MOST = 48, AUDIT_SPANS = 7 };

struct audit_summary {
    size_t outcomes[OUTCOME_UNDECIDED + 1]; /* by enum outcome */
    struct audit_count reasons[AUDIT_REASONS_MOST];
    size_t reason_count;                  /* most frequent first */
    struct audit_count days[AUDIT_SPANS]; /* left, in order of time */
    size_t accepts[STOCK_VIEWS], refuses[STOCK_VIEWS];
};

void audit_summarise(const struct audit_rows *rows, int64_t at, struct audit_summary *ret_summary);
void audit_summary_print(const struct audit_summary *summary, size_t count);
json_t *audit_summary_json(const struct audit_summary *summary, size_t count);
/* Whole days until it ends. */
long audit_days_left(const struct audit_row *row, int64_t at);
int audit_span_of(long days); /* index into days */

#endif
