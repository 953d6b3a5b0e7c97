/* SPDX-License-Identifier: MIT
 * A backend that keeps every clause of backend.h but those it is told to break. */
#ifndef CONTRACT_MOCK_H
#define CONTRACT_MOCK_H

#include <s2sverify/backend.h>

enum { MOCK_FAULTS = 4, MOCK_ANCHORS = 4 };

struct mock_fault {
    enum s2sv_finding fault;
    int depth;
};

/* One certificate for anchors() or load(). */
struct mock_certificate {
    const void *der;
    size_t len;
    int is_anchor;
    int with_native;   /* anchors(): hands a native form over as well */
    int is_distrusted; /* anchors(): s2sv_anchors_distrust() */
};

/* What the backend does; all zero is a good one that accepts every path and knows no anchors. */
struct mock_plan {
    int refuses;                           /* validate() returns 0 instead of 1 */
    int validate_returns;                  /* unless 0: instead */
    struct mock_fault faults[MOCK_FAULTS]; /* evidence that validate() adds; fault 0 ends */
    unsigned refuses_first;                /* that many paths are refused as untrusted first */
    int import_returns;                    /* unless 0: import() makes nothing */
    int import_makes_nothing;              /* returns 0, but sets no native form */
    unsigned import_fails_after;           /* unless 0: import_returns from that call on */
    struct mock_certificate given[MOCK_ANCHORS]; /* of anchors() and load(); der NULL ends */
    int anchors_returns, load_returns;
    int ignores_add;          /* load() goes on after a failed s2sv_loader_add_certificate() */
    const char *error;        /* load(): s2sv_loader_error() */
    int only_all;             /* anchors() gives nothing while all is 0 */
    unsigned quickly;         /* anchors() gives so many while all is 0; 0: all of them */
    struct s2sv_lists *lists; /* of lists(); borrowed */
    int lists_returns;
    int signed_returns; /* of is_signed_by() */
    int64_t clock;
};

/* What it was asked. */
struct mock_log {
    unsigned imports, releases, validates, anchors_calls, all_calls, lists_calls, signature_calls;
    size_t count; /* of the last request: */
    int64_t time;
    int time_is_given, server_auth;
    int asked_leaf; /* anchors() was asked for the leaf's own name */
    int natives_are_set, is_leaf_first, is_anchor_last;
    void *application;
};

extern struct mock_plan mock_plan;
extern struct mock_log mock_log;

/* Forgets plan and log. */
void mock_reset(void);

const struct s2sv_backend *mock_backend(void);
/* The same, and it lists anchors quickly. */
const struct s2sv_backend *mock_quick_backend(void);

/* What is_leaf_first and is_anchor_last are measured by. */
extern struct s2sv_link mock_leaf, mock_anchor;

#endif
