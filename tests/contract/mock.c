/* SPDX-License-Identifier: MIT */
#include "mock.h"

#include <stdlib.h>
#include <string.h>

struct mock_plan mock_plan;
struct mock_log mock_log;
struct s2sv_link mock_leaf, mock_anchor;

void mock_reset(void)
{
    memset(&mock_plan, 0, sizeof mock_plan);
    memset(&mock_log, 0, sizeof mock_log);
    mock_plan.signed_returns = 1;
}

static int64_t now(void)
{
    return mock_plan.clock;
}

static int make_native(void **ret_native)
{
    *ret_native = malloc(1);
    if (!*ret_native)
        return S2SV_ERR_NOMEM;
    mock_log.imports++;
    return S2SV_DECIDED;
}

static int import(const void *der, size_t len, void **ret_native)
{
    static unsigned calls;
    (void)der, (void)len;
    if (mock_log.imports == 0)
        calls = 0;
    if (mock_plan.import_returns != 0 && ++calls > mock_plan.import_fails_after)
        return mock_plan.import_returns;
    return mock_plan.import_makes_nothing ? S2SV_DECIDED : make_native(ret_native);
}

static void release(void *native)
{
    mock_log.releases++;
    free(native);
}

static int load(struct s2sv_loader *loader, enum s2sv_place place, const char *path)
{
    (void)place;
    for (size_t i = 0; i < MOCK_ANCHORS && mock_plan.given[i].der; i++) {
        const struct mock_certificate *x = &mock_plan.given[i];
        int status = s2sv_loader_add_certificate(loader, x->der, x->len);
        if (status != S2SV_DECIDED && !mock_plan.ignores_add)
            return status;
    }
    if (mock_plan.error)
        s2sv_loader_error(loader, path, mock_plan.error);
    return mock_plan.load_returns;
}

/* A leaf without a subject has the empty name. */
static int is_name_of_leaf(const struct s2sv_bytes *name)
{
    return name->len == 2 && memcmp(name->data, "\x30\x00", 2) == 0;
}

static int anchors(void *application, const struct s2sv_issuer *issuers, size_t number, int all,
                   struct s2sv_anchors *list)
{
    mock_log.anchors_calls++;
    for (size_t i = 0; i < number; i++)
        mock_log.asked_leaf |= is_name_of_leaf(&issuers[i].name);
    mock_log.all_calls += all != 0;
    mock_log.application = application;
    for (size_t i = 0; i < MOCK_ANCHORS && mock_plan.given[i].der; i++) {
        const struct mock_certificate *x = &mock_plan.given[i];
        void *native = NULL;
        if (!all && (mock_plan.only_all || (mock_plan.quickly && i == mock_plan.quickly)))
            break;
        if (x->with_native && make_native(&native) != S2SV_DECIDED)
            return S2SV_ERR_NOMEM;
        int status = x->is_distrusted
                         ? s2sv_anchors_distrust(list, x->der, x->len)
                         : s2sv_anchors_add(list, x->der, x->len, native, x->is_anchor);
        if (status != S2SV_DECIDED)
            return status;
    }
    return mock_plan.anchors_returns;
}

static int is_same(const struct s2sv_link *a, const struct s2sv_link *b)
{
    return a->len == b->len && a->len > 0 && memcmp(a->der, b->der, a->len) == 0;
}

static void log_request(const struct s2sv_path_request *request)
{
    mock_log.validates++;
    mock_log.count = request->count;
    mock_log.time = request->time;
    mock_log.time_is_given = request->time_is_given;
    mock_log.server_auth = request->server_auth;
    mock_log.natives_are_set = 1;
    for (size_t i = 0; i < request->count; i++)
        mock_log.natives_are_set &= request->path[i].native != NULL;
    mock_log.is_leaf_first = is_same(&request->path[0], &mock_leaf);
    mock_log.is_anchor_last = is_same(&request->path[request->count - 1], &mock_anchor);
}

static int validate(void *application, const struct s2sv_path_request *request,
                    struct s2sv_evidence *evidence)
{
    mock_log.application = application;
    log_request(request);
    if (mock_log.validates <= mock_plan.refuses_first) {
        s2sv_evidence_add(evidence, S2SV_FINDING_UNTRUSTED, 0, 1, "not this one");
        return 0;
    }
    for (size_t i = 0; i < MOCK_FAULTS && mock_plan.faults[i].fault; i++)
        s2sv_evidence_add(evidence, mock_plan.faults[i].fault, mock_plan.faults[i].depth, 1, NULL);
    if (mock_plan.validate_returns != 0)
        return mock_plan.validate_returns;
    return !mock_plan.refuses;
}

/* The application's lists. Whoever asks gets a reference. */
static int lists(void *application, const struct s2sv_link *child, struct s2sv_lists **ret_lists)
{
    mock_log.lists_calls++;
    mock_log.application = application;
    mock_log.natives_are_set &= child->native != NULL;
    if (mock_plan.lists_returns == 0)
        *ret_lists = s2sv_lists_ref(mock_plan.lists);
    return mock_plan.lists_returns;
}

static int is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer)
{
    (void)what, (void)issuer;
    mock_log.signature_calls++;
    return mock_plan.signed_returns;
}

#define MOCK(quickly)                                                                            \
    {                                                                                            \
        .version = S2SV_BACKEND_VERSION, .name = "mock", .quick_anchors = (quickly), .now = now, \
        .import = import, .release = release, .load = load, .anchors = anchors, .lists = lists,  \
        .validate = validate, .is_signed_by = is_signed_by,                                      \
    }

const struct s2sv_backend *mock_backend(void)
{
    static const struct s2sv_backend backend = MOCK(0);
    return &backend;
}

const struct s2sv_backend *mock_quick_backend(void)
{
    static const struct s2sv_backend backend = MOCK(1);
    return &backend;
}
