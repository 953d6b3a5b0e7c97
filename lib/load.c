/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

#include "x509/text.h"

void s2sv_loader_error(struct s2sv_loader *loader, const char *path, const char *what)
{
    snprintf(loader->error, sizeof loader->error, "%s%s%s", path ? path : "", path ? ": " : "",
             what);
    sv_make_printable(loader->error);
}

void sv_loader_complain(struct s2sv_loader *loader, const char *what)
{
    const char *path = loader->file ? loader->file : loader->path;
    char text[256];
    if (loader->line == 0) {
        s2sv_loader_error(loader, path, what);
        return;
    }
    snprintf(text, sizeof text, "line %zu: %s", loader->line, what);
    s2sv_loader_error(loader, path, text);
}

/* Room for one more pointer; NULL out of memory. */
static void *grow(void *array, size_t count)
{
    return realloc(array, (count + 1) * sizeof(void *));
}

static int add_anchor(struct sv_additions *added, struct sv_anchor *anchor)
{
    struct sv_anchor **grown = grow(added->anchors, added->count);
    if (!grown) {
        sv_anchor_unref(anchor);
        return S2SV_ERR_NOMEM;
    }
    added->anchors = grown;
    grown[added->count++] = anchor;
    return S2SV_DECIDED;
}

static int add_list(struct sv_additions *added, struct sv_list *list)
{
    struct sv_list **grown = grow(added->lists, added->list_count);
    if (!grown) {
        sv_list_unref(list);
        return S2SV_ERR_NOMEM;
    }
    added->lists = grown;
    grown[added->list_count++] = list;
    return S2SV_DECIDED;
}

/* What is named one by one has to be readable for the TLS library as well; of the system's many
 * only those are made native that are ever used. */
static int make_anchor(const struct s2sv_loader *loader, const void *der, size_t len,
                       struct sv_misread *ret_misread, struct sv_anchor **ret_anchor)
{
    struct sv_anchor *anchor = NULL;
    int status = sv_anchor_new(loader->backend, der, len, NULL, ret_misread, &anchor);
    if (status == S2SV_DECIDED && !loader->skips_malformed) {
        *ret_misread = (struct sv_misread){ S2SV_REASON_MALFORMED_CERTIFICATE,
                                            "the TLS library can't read it" };
        status = sv_node_import(loader->backend, &anchor->node);
    }
    if (status == S2SV_DECIDED)
        *ret_anchor = anchor;
    else
        sv_anchor_unref(anchor);
    return status;
}

int sv_loader_leave_out(const struct s2sv_loader *loader, int status)
{
    return status == S2SV_ERR_INVALID && loader->skips_malformed ? S2SV_DECIDED : status;
}

static int refuse(struct s2sv_loader *loader, const struct sv_misread *misread)
{
    char what[160];
    snprintf(what, sizeof what, "certificate %zu: %s: %s", loader->seen,
             s2sv_reason_name(misread->reason), misread->what);
    sv_loader_complain(loader, what);
    return S2SV_ERR_INVALID;
}

/* The same certificate often comes by several names: a bundle, and a file of its own. The set that
 * it goes into drops the second one. */
int sv_loader_certificate(struct s2sv_loader *loader, const void *der, size_t len)
{
    struct sv_misread misread;
    struct sv_anchor *anchor = NULL;
    loader->seen++;
    int status = make_anchor(loader, der, len, &misread, &anchor);
    if (status == S2SV_DECIDED)
        return add_anchor(&loader->added, anchor);
    return status == S2SV_ERR_INVALID ? refuse(loader, &misread) : status;
}

int sv_loader_distrust(struct s2sv_loader *loader, const void *der, size_t len)
{
    struct sv_misread misread;
    struct sv_anchor *anchor = NULL;
    loader->seen++;
    int status = sv_distrusted_new(loader->backend, der, len, &misread, &anchor);
    if (status == S2SV_DECIDED)
        return add_anchor(&loader->added, anchor);
    return status == S2SV_ERR_INVALID ? refuse(loader, &misread) : status;
}

int sv_loader_crl(struct s2sv_loader *loader, const void *der, size_t len)
{
    struct sv_list *list = NULL;
    int status = sv_list_new(der, len, &list);
    if (status == S2SV_DECIDED)
        return add_list(&loader->added, list);
    if (status == S2SV_ERR_INVALID)
        sv_loader_complain(loader, "a certificate revocation list is malformed");
    return status;
}

int s2sv_loader_add_certificate(struct s2sv_loader *loader, const void *der, size_t len)
{
    int status = sv_loader_leave_out(loader, sv_loader_certificate(loader, der, len));
    if (status != S2SV_DECIDED)
        loader->failed = status;
    return status;
}

int s2sv_loader_add_crl(struct s2sv_loader *loader, const void *der, size_t len)
{
    int status = sv_loader_crl(loader, der, len);
    if (status != S2SV_DECIDED)
        loader->failed = status;
    return status;
}
