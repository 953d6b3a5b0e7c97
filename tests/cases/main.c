/* SPDX-License-Identifier: MIT
 * Runs case files through one backend.
 * usage: cases-BACKEND FOLDER [CASE]    with CASE, only that one, explained */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "proofs.h"

#if defined(CASES_OPENSSL)
#include <s2sverify/openssl.h>
static const struct s2sv_backend *backend(void)
{
    return s2sv_openssl_backend();
}
#elif defined(CASES_GNUTLS)
#include <s2sverify/gnutls.h>
static const struct s2sv_backend *backend(void)
{
    return s2sv_gnutls_backend();
}
#else
#define CASES_CORE_ONLY
#include "../support/core_only.h"
static const struct s2sv_backend *backend(void)
{
    return core_only_backend();
}
#endif

static int is_skipped(const struct case_record *record)
{
#ifdef CASES_CORE_ONLY
    return record->native_only || proofs_need_hash(record);
#else
    (void)record;
    return 0;
#endif
}

static void explain(const struct s2sv_verdict *verdict)
{
    char text[8192];
    s2sv_verdict_explain(verdict, text, sizeof text);
    fputs(text, stdout);
}

/* 0 if every direction has the expected verdict. */
static int run(const struct case_record *record, struct pki_keys *keys, int explains)
{
    char err[512] = "";
    int failed = 0, direction = 0;
    struct case_chain *chain = case_chain_make(record, keys, err, sizeof err);
    if (!chain) {
        printf("FAIL %s (%s:%d): %s\n", record->id, record->file, record->line, err);
        return 1;
    }
    while ((direction = case_next_direction(record, direction)) != 0) {
        struct s2sv_verdict *verdict =
            case_ask(record, chain, backend(), (enum s2sv_direction)direction, err, sizeof err);
        if (!verdict || case_compare(record, verdict, err, sizeof err) != 0) {
            printf("FAIL %s (%s:%d) %s: %s\n", record->id, record->file, record->line,
                   direction == S2SV_INBOUND ? "in" : "out", err);
            failed = 1;
        }
        if (verdict && (explains || failed))
            explain(verdict);
        s2sv_verdict_unref(verdict);
    }
    case_chain_free(chain);
    return failed;
}

int main(int argc, char **argv)
{
    struct case_set set = { NULL, 0 };
    char err[512];
    size_t passed = 0, failed = 0, skipped = 0;
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        printf("usage: %s FOLDER [CASE]\n", argv[0]);
        return argc < 2 ? 2 : 0;
    }
    if (case_read_dir(&set, argv[1], err, sizeof err) != 0) {
        fprintf(stderr, "%s\n", err);
        return 1;
    }
    struct pki_keys *keys = pki_keys_new();
    for (size_t i = 0; i < set.count; i++) {
        if (argc > 2 && strcmp(argv[2], set.list[i].id) != 0)
            continue;
        if (is_skipped(&set.list[i]))
            skipped++;
        else if (run(&set.list[i], keys, argc > 2) == 0)
            passed++;
        else
            failed++;
    }
    pki_keys_free(keys);
    case_set_free(&set);
    printf("%zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
    return failed > 0 || passed == 0;
}
