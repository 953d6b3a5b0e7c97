/* SPDX-License-Identifier: MIT
 * Both backends in one process: every case gets the same verdict from both.
 * usage: parity FOLDER [CASE] */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <s2sverify/gnutls.h>
#include <s2sverify/openssl.h>

#include "ask.h"
#include "core_only.h"

/* What two verdicts don't agree on, one line each. */
struct differences {
    size_t count;
    char text[4096];
};

static void __attribute__((format(printf, 2, 3)))
differ(struct differences *all, const char *format, ...)
{
    size_t used = strlen(all->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(all->text + used, sizeof all->text - used, format, arguments);
    va_end(arguments);
    all->count++;
}

static void compare_numbers(struct differences *all, const char *what, int64_t a, int64_t b)
{
    if (a != b)
        differ(all, "    %s: %" PRId64 ", %" PRId64 "\n", what, a, b);
}

static void compare_reasons(struct differences *all, const struct s2sv_verdict *a,
                            const struct s2sv_verdict *b)
{
    const char *x = s2sv_reason_name(s2sv_verdict_reason(a));
    const char *y = s2sv_reason_name(s2sv_verdict_reason(b));
    if (strcmp(x, y) != 0)
        differ(all, "    reason: %s, %s\n", x, y);
}

/* One fault of the core. */
struct fault {
    enum s2sv_reason reason;
    int depth;
    const char *text;
};

static int is_theirs(const char *text)
{
    static const char words[] = "the TLS library says: ";
    return strncmp(text, words, sizeof words - 1) == 0;
}

/* The next fault that the core found itself, from *i on. 0 past the end. */
static int next_fault(const struct s2sv_verdict *verdict, size_t *i, struct fault *ret)
{
    while (s2sv_verdict_fault(verdict, (*i)++, &ret->reason, &ret->depth, &ret->text) == 0)
        if (!is_theirs(ret->text))
            return 1;
    *ret = (struct fault){ S2SV_REASON_NONE, -1, "no more faults" };
    return 0;
}

static void compare_faults(struct differences *all, const struct s2sv_verdict *a,
                           const struct s2sv_verdict *b)
{
    struct fault x, y;
    size_t i = 0, j = 0;
    int more;
    do {
        more = next_fault(a, &i, &x);
        more |= next_fault(b, &j, &y);
        if (x.reason != y.reason || x.depth != y.depth || strcmp(x.text, y.text) != 0)
            differ(all, "    fault: %s %d (%s), %s %d (%s)\n", s2sv_reason_name(x.reason), x.depth,
                   x.text, s2sv_reason_name(y.reason), y.depth, y.text);
    } while (more);
}

static void compare_paths(struct differences *all, const struct s2sv_verdict *a,
                          const struct s2sv_verdict *b)
{
    for (int depth = 0;; depth++) {
        const void *x = NULL, *y = NULL;
        size_t m = 0, n = 0;
        int in_a = s2sv_verdict_certificate(a, depth, &x, &m) == 0;
        int in_b = s2sv_verdict_certificate(b, depth, &y, &n) == 0;
        if (in_a != in_b || m != n || (m > 0 && memcmp(x, y, m) != 0))
            differ(all, "    path: certificate %d\n", depth);
        if (!in_a || !in_b)
            return;
    }
}

static void compare(struct differences *all, const struct s2sv_verdict *a,
                    const struct s2sv_verdict *b)
{
    all->count = 0;
    all->text[0] = '\0';
    compare_numbers(all, "verdict", !!a, !!b);
    compare_numbers(all, "trusted", s2sv_verdict_trusted(a), s2sv_verdict_trusted(b));
    compare_numbers(all, "accepted", s2sv_verdict_accepted(a), s2sv_verdict_accepted(b));
    compare_reasons(all, a, b);
    compare_numbers(all, "depth", s2sv_verdict_depth(a), s2sv_verdict_depth(b));
    compare_numbers(all, "valid until", s2sv_verdict_valid_until(a), s2sv_verdict_valid_until(b));
    compare_faults(all, a, b);
    compare_paths(all, a, b);
}

/* Whatever the TLS library holds against a path comes with its own words and number, for our log;
 * can it not be read, with ours. */
static void check_words(struct differences *all, const char *backend,
                        const struct s2sv_verdict *verdict)
{
    const char *text;
    for (size_t i = 0; s2sv_verdict_fault(verdict, i, NULL, NULL, &text) == 0; i++) {
        const char *number = strrchr(text, '(');
        if (!is_theirs(text) || strstr(text, "it can't be read"))
            continue;
        if (!number || strtol(number + 1, NULL, 10) == 0 || strstr(text, "no reason"))
            differ(all, "    %s's own words: %s\n", backend, text);
    }
}

/* A case, asked of two backends, in every direction that it wants. The count of differences. */
static size_t run(const struct case_record *record, struct pki_keys *keys,
                  const struct s2sv_backend *one, const struct s2sv_backend *other, int prints)
{
    char err[512] = "";
    struct differences all;
    size_t count = 0;
    int direction = 0;
    struct case_chain *chain = case_chain_make(record, keys, err, sizeof err);
    if (!chain) {
        printf("FAIL %s: %s\n", record->id, err);
        return 1;
    }
    while ((direction = case_next_direction(record, direction)) != 0) {
        struct s2sv_verdict *a = case_ask(record, chain, one, direction, err, sizeof err);
        struct s2sv_verdict *b = case_ask(record, chain, other, direction, err, sizeof err);
        compare(&all, a, b);
        check_words(&all, one->name, a);
        check_words(&all, other->name, b);
        if (!a && !b) /* neither decided: nothing was compared */
            differ(&all, "    no verdict: %s\n", err);
        count += all.count;
        if (prints && all.count > 0)
            printf("FAIL %s (%s:%d) %s, openssl and gnutls:\n%s", record->id, record->file,
                   record->line, direction == S2SV_INBOUND ? "in" : "out", all.text);
        s2sv_verdict_unref(a);
        s2sv_verdict_unref(b);
    }
    case_chain_free(chain);
    return count;
}

/* Negative control: a backend that accepts every path differs where signatures matter. */
static int control(const struct case_set *set, struct pki_keys *keys)
{
    size_t asked = 0, noticed = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct case_record *record = &set->list[i];
        if (!record->native_only || strcmp(record->reason, "bad-signature") != 0)
            continue;
        asked++;
        noticed += run(record, keys, s2sv_openssl_backend(), core_only_backend(), 0) > 0;
    }
    printf("control: %zu of %zu cases with a bad signature noticed\n", noticed, asked);
    return asked > 0 && noticed == asked;
}

int main(int argc, char **argv)
{
    struct case_set set = { NULL, 0 };
    char err[512];
    size_t passed = 0, failed = 0;
    if (argc < 2) {
        printf("usage: %s FOLDER [CASE]\n", argv[0]);
        return 2;
    }
    if (case_read_dir(&set, argv[1], err, sizeof err) != 0) {
        fprintf(stderr, "%s\n", err);
        return 1;
    }
    struct pki_keys *keys = pki_keys_new();
    for (size_t i = 0; i < set.count; i++) {
        if (argc > 2 && strcmp(argv[2], set.list[i].id) != 0)
            continue;
        if (run(&set.list[i], keys, s2sv_openssl_backend(), s2sv_gnutls_backend(), 1) == 0)
            passed++;
        else
            failed++;
    }
    if (argc == 2 && !control(&set, keys))
        failed++;
    pki_keys_free(keys);
    case_set_free(&set);
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
