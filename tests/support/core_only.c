/* SPDX-License-Identifier: MIT */
#include "core_only.h"

#include <stdlib.h>
#include <time.h>

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

static int import(const void *der, size_t len, void **ret_native)
{
    (void)der;
    (void)len;
    *ret_native = malloc(1);
    return *ret_native ? S2SV_DECIDED : S2SV_ERR_NOMEM;
}

static int load(struct s2sv_loader *loader, enum s2sv_place place, const char *path)
{
    (void)place;
    s2sv_loader_error(loader, path, "this backend reads no files");
    return S2SV_ERR_INVALID;
}

static int anchors(void *application, const struct s2sv_issuer *issuers, size_t number, int all,
                   struct s2sv_anchors *list)
{
    (void)application;
    (void)issuers;
    (void)number;
    (void)all;
    (void)list;
    return S2SV_DECIDED;
}

static int validate(void *application, const struct s2sv_path_request *demand,
                    struct s2sv_evidence *evidence)
{
    (void)application;
    (void)demand;
    (void)evidence;
    return 1;
}

static int is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer)
{
    (void)what;
    (void)issuer;
    return 1;
}

static const struct s2sv_backend backend = {
    .version = S2SV_BACKEND_VERSION,
    .name = "core only",
    .now = now,
    .import = import,
    .release = free,
    .load = load,
    .anchors = anchors,
    .validate = validate,
    .is_signed_by = is_signed_by,
};

const struct s2sv_backend *core_only_backend(void)
{
    return &backend;
}
