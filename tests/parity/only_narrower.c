/* SPDX-License-Identifier: MIT
 * Only narrower: what s2sverify trusts under the default policy, OpenSSL and GnuTLS themselves
 * accept for serverAuth, asked here in the plainest way.
 * usage: only_narrower FOLDER [CASE] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/x509.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <s2sverify/gnutls.h>
#include <s2sverify/openssl.h>

#include "ask.h"
#include "core_only.h"

enum { MAX_PATH = 16 };

/* A judged path: leaf first, anchor last; owned. */
struct path {
    unsigned char *der[MAX_PATH];
    size_t len[MAX_PATH];
    size_t count;
};

static void path_free(struct path *path)
{
    for (size_t i = 0; i < path->count; i++)
        free(path->der[i]);
    path->count = 0;
}

static void path_add(struct path *path, const void *der, size_t len)
{
    if (path->count == MAX_PATH || !(path->der[path->count] = malloc(len)))
        abort();
    memcpy(path->der[path->count], der, len);
    path->len[path->count++] = len;
}

static void path_of(const struct s2sv_verdict *verdict, struct path *path)
{
    const void *der;
    size_t len;
    path->count = 0;
    while (s2sv_verdict_certificate(verdict, (int)path->count, &der, &len) == 0)
        path_add(path, der, len);
}

/* ---- plain OpenSSL ------------------------------------------------------------------------- */

static X509 *to_x509(const struct path *path, size_t i)
{
    const unsigned char *cursor = path->der[i];
    return d2i_X509(NULL, &cursor, (long)path->len[i]);
}

/* Trusts the last certificate only, whether self-signed or not. */
static int ask_x509(X509 *leaf, STACK_OF(X509) * between, X509 *anchor, int64_t time)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!store || !ctx || !X509_STORE_add_cert(store, anchor) ||
        !X509_STORE_CTX_init(ctx, store, leaf, between))
        abort();
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(param, (time_t)time);
    X509_STORE_CTX_set_default(ctx, "ssl_server");
    int accepted = X509_verify_cert(ctx) == 1 && X509_STORE_CTX_get_error(ctx) == X509_V_OK;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return accepted;
}

static int openssl_accepts(const struct path *path, int64_t time)
{
    STACK_OF(X509) *between = sk_X509_new_null();
    X509 *leaf = to_x509(path, 0), *anchor = to_x509(path, path->count - 1);
    int readable = leaf && anchor && between;
    for (size_t i = 1; readable && i + 1 < path->count; i++) {
        X509 *x = to_x509(path, i);
        readable = x && sk_X509_push(between, x);
    }
    int accepted = readable && ask_x509(leaf, between, anchor, time);
    X509_free(leaf);
    X509_free(anchor);
    sk_X509_pop_free(between, X509_free);
    return accepted;
}

/* ---- plain GnuTLS -------------------------------------------------------------------------- */

static time_t gnutls_now;

static time_t gnutls_clock(time_t *ret)
{
    if (ret)
        *ret = gnutls_now;
    return gnutls_now;
}

static gnutls_x509_crt_t to_crt(const struct path *path, size_t i)
{
    gnutls_datum_t der = { path->der[i], (unsigned)path->len[i] };
    gnutls_x509_crt_t crt;
    if (gnutls_x509_crt_init(&crt) < 0)
        abort();
    if (gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER) == 0)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

/* The clock is the process's, so it goes wrong for this call only. */
static int ask_list(gnutls_x509_trust_list_t list, gnutls_x509_crt_t *chain, unsigned count,
                    int64_t at)
{
    static unsigned char server_auth[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID, server_auth, 0 };
    unsigned status = GNUTLS_CERT_INVALID;
    gnutls_now = (time_t)at;
    gnutls_global_set_time_function(gnutls_clock);
    int rc = gnutls_x509_trust_list_verify_crt2(list, chain, count, &purpose, 1, 0, &status, NULL);
    gnutls_global_set_time_function(time);
    return rc == 0 && status == 0;
}

static int gnutls_accepts(const struct path *path, int64_t at)
{
    gnutls_x509_crt_t chain[MAX_PATH], anchor = to_crt(path, path->count - 1);
    gnutls_x509_trust_list_t list;
    unsigned count = 0, wanted = (unsigned)(path->count - (path->count > 1));
    while (count < wanted && (chain[count] = to_crt(path, count)))
        count++;
    if (gnutls_x509_trust_list_init(&list, 0) < 0)
        abort();
    int accepted = 0;
    if (anchor && count == wanted && gnutls_x509_trust_list_add_cas(list, &anchor, 1, 0) == 1)
        accepted = ask_list(list, chain, count, at);
    gnutls_x509_trust_list_deinit(list, 0);
    if (anchor)
        gnutls_x509_crt_deinit(anchor);
    while (count > 0)
        gnutls_x509_crt_deinit(chain[--count]);
    return accepted;
}

/* ---- the claim ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*accepts)(const struct path *, int64_t);
} natives[] = { { "OpenSSL", openssl_accepts }, { "GnuTLS", gnutls_accepts } };

enum { NATIVES = sizeof natives / sizeof natives[0] };

/* The names of those who refuse, or "". */
static const char *who_refuses(const struct path *path, int64_t time, char *text, size_t size)
{
    text[0] = '\0';
    for (size_t i = 0; i < NATIVES; i++) {
        if (natives[i].accepts(path, time))
            continue;
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", used ? " and " : "", natives[i].name);
    }
    return text;
}

/* The options that accept more than a serverAuth check does; each is documented to. */
static int is_default_policy(const struct case_record *record)
{
    int is_server = !record->purpose || strcmp(record->purpose, "server") == 0;
    int is_sip = record->profile && strcmp(record->profile, "sip") == 0;
    return is_server && !is_sip && !case_has_option(record, "allow-any-eku") &&
           !case_has_option(record, "ignore-anchor-eku");
}

struct tally {
    size_t trusted, wider, blind;
};

/* A wrong octet in the leaf's signature: if that isn't noticed, neither is anything else. Not the
 * last one, which one library ignores in an Ed448 signature. */
static int notices_wrong_signature(const struct path *path, int64_t time)
{
    char text[64];
    unsigned char *octet = &path->der[0][path->len[0] - 20];
    *octet ^= 1;
    who_refuses(path, time, text, sizeof text);
    *octet ^= 1;
    return strcmp(text, "OpenSSL and GnuTLS") == 0;
}

static void check(const struct case_record *record, const struct s2sv_backend *backend,
                  const struct s2sv_verdict *verdict, int prints, struct tally *tally)
{
    struct path path;
    char text[64];
    if (s2sv_verdict_proof(verdict) != S2SV_PROOF_PKIX) /* no TLS library takes pins or records */
        return;
    path_of(verdict, &path);
    tally->trusted++;
    if (path.count == 0 || *who_refuses(&path, record->time, text, sizeof text)) {
        tally->wider++;
        if (prints)
            printf("FAIL %s (%s:%d): trusted with %s, refused by %s\n", record->id, record->file,
                   record->line, backend->name, path.count ? text : "nobody: there is no path");
    } else if (path.count > 1 && !notices_wrong_signature(&path, record->time)) {
        tally->blind++;
        if (prints)
            printf("FAIL %s: a wrong signature isn't noticed\n", record->id);
    }
    path_free(&path);
}

static void run(const struct case_record *record, struct pki_keys *keys,
                const struct s2sv_backend *backend, int prints, struct tally *tally)
{
    char err[512] = "";
    int direction = 0;
    struct case_chain *chain = case_chain_make(record, keys, err, sizeof err);
    if (!chain) {
        printf("FAIL %s: %s\n", record->id, err);
        tally->wider++;
        return;
    }
    while ((direction = case_next_direction(record, direction)) != 0) {
        struct s2sv_verdict *verdict = case_ask(record, chain, backend, direction, err, sizeof err);
        check(record, backend, verdict, prints, tally);
        s2sv_verdict_unref(verdict);
    }
    case_chain_free(chain);
}

/* ---- negative controls --------------------------------------------------------------------- */

enum { NOW = 1780000000 };

/* Chains that both must refuse, and one that both must accept. */
static const struct {
    const char *what, *leaf, *intermediate;
    int64_t time;
    const char *refused_by;
} controls[] = {
    { "good", "", "", NOW, "" },
    { "leaf for clients", "eku=clientAuth", "", NOW, "OpenSSL and GnuTLS" },
    { "CA for clients", "", "eku=clientAuth", NOW, "OpenSSL and GnuTLS" },
    { "leaf for code", "eku=codeSigning", "", NOW, "OpenSSL and GnuTLS" },
    { "too late", "not-after=+1d", "", NOW + 2 * 86400, "OpenSSL and GnuTLS" },
    { "too early", "", "", NOW - 40LL * 365 * 86400, "OpenSSL and GnuTLS" },
    { "wrong signature", "mutate=flip-signature", "", NOW, "OpenSSL and GnuTLS" },
    { "no CA", "", "bc=end", NOW, "OpenSSL and GnuTLS" },
};

static int control_holds(size_t i, struct pki_keys *keys)
{
    static const char *const order[] = { "leaf", "int", "root" };
    char spec[256], err[256], text[64];
    struct pki *pki = pki_new(keys, NOW);
    struct path path = { .count = 0 };
    int made = pki_make(pki, "root", "ca", err, sizeof err) != NULL;
    snprintf(spec, sizeof spec, "ca issuer=root eku=serverAuth %s", controls[i].intermediate);
    made = made && pki_make(pki, "int", spec, err, sizeof err);
    snprintf(spec, sizeof spec, "issuer=int san=dns:leaf.example %s", controls[i].leaf);
    made = made && pki_make(pki, "leaf", spec, err, sizeof err);
    for (size_t n = 0; made && n < 3; n++) {
        size_t len;
        const unsigned char *der = pki_der(pki_find(pki, order[n]), &len);
        path_add(&path, der, len);
    }
    if (made)
        who_refuses(&path, controls[i].time, text, sizeof text);
    int holds = made && strcmp(text, controls[i].refused_by) == 0;
    if (!holds)
        printf("FAIL control \"%s\": refused by \"%s\", expected \"%s\"\n", controls[i].what,
               made ? text : err, controls[i].refused_by);
    path_free(&path);
    pki_free(pki);
    return holds;
}

/* A backend that accepts every path is the fault that this test is made for. */
static int notices_credulous_backend(const struct case_set *set, struct pki_keys *keys)
{
    struct tally tally = { 0, 0, 0 };
    for (size_t i = 0; i < set->count; i++)
        if (set->list[i].native_only && is_default_policy(&set->list[i]))
            run(&set->list[i], keys, core_only_backend(), 0, &tally);
    printf("control: of %zu verdicts of a backend that accepts everything %zu noticed\n",
           tally.trusted, tally.wider);
    return tally.wider > 0;
}

static size_t run_controls(const struct case_set *set, struct pki_keys *keys)
{
    size_t failed = 0;
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        failed += !control_holds(i, keys);
    return failed + !notices_credulous_backend(set, keys);
}

int main(int argc, char **argv)
{
    struct case_set set = { NULL, 0 };
    struct tally tally = { 0, 0, 0 };
    char err[512];
    if (argc < 2 || case_read_dir(&set, argv[1], err, sizeof err) != 0) {
        fprintf(stderr, "%s\n", argc < 2 ? "usage: only_narrower FOLDER [CASE]" : err);
        return 1;
    }
    struct pki_keys *keys = pki_keys_new();
    for (size_t i = 0; i < set.count; i++) {
        if (!is_default_policy(&set.list[i]) || (argc > 2 && strcmp(argv[2], set.list[i].id) != 0))
            continue;
        run(&set.list[i], keys, s2sv_openssl_backend(), 1, &tally);
        run(&set.list[i], keys, s2sv_gnutls_backend(), 1, &tally);
    }
    size_t failed = tally.wider + tally.blind + (argc == 2 ? run_controls(&set, keys) : 0);
    pki_keys_free(keys);
    case_set_free(&set);
    printf("%zu passed, %zu failed\n", tally.trusted - tally.wider - tally.blind, failed);
    return failed > 0 || tally.trusted == 0;
}
