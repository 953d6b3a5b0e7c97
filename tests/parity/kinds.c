/* SPDX-License-Identifier: MIT
 * Kinds of certificates, as products of lists: each is asked of the core alone, of OpenSSL and of
 * GnuTLS, and all three give the same reason and depth. The core alone may trust what has a wrong
 * signature, or a point that isn't on its curve: nothing else is a TLS library's to say. Of lists
 * and OCSP responses the core alone is asked nothing: who signed them is all that counts.
 *
 * A line of the file is a case (case.h) in which [a|b|c] stands for each of a, b and c, also for
 * none of them where an alternative is empty, and " & " for the end of a line:
 *
 *     [leaf|int|root] key=[p256|p384] point=[compressed|hybrid|off-curve]
 *
 * usage: kinds FILE [TEXT]                       with TEXT, only kinds that contain it, each with
 * its answer kinds FILE --several COUNT [SEED]       so many cases of two or three kinds at random
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <s2sverify/gnutls.h>
#include <s2sverify/openssl.h>

#include "ask.h"
#include "core_only.h"
#include "out.h"
#include "text.h"

enum { CORE, OPENSSL, GNUTLS, ALL };

struct answer {
    const char *reason; /* NULL: no verdict; an anchor may be refused when it is loaded */
    int depth;
};

struct kinds {
    struct pki_keys *keys;
    const char *only; /* NULL: all */
    size_t asked, trusted, refused_by_core;
    size_t verdicts, reasons, depths; /* that differ */
    size_t broken;                    /* can't be made: the file is wrong */
    int are_several;                  /* unless they are several at once */
};

enum { LINES = 500 };

struct lines {
    char *list[LINES];
    size_t count;
};

static int is_same(const struct answer *a, const struct answer *b)
{
    return a->reason && b->reason && strcmp(a->reason, b->reason) == 0 && a->depth == b->depth;
}

static int is(const struct answer *answer, const char *reason)
{
    return answer->reason && strcmp(answer->reason, reason) == 0;
}

/* 1: the core says the same, but for what takes big numbers: a signature, and a point that isn't on
 * its curve. */
static int fits_core(const struct answer *core, const struct answer *other)
{
    return is_same(core, other) || is(other, "bad-signature") || is(other, "not loaded") ||
           (is(core, "none") && is(other, "malformed-certificate"));
}

static void tell(const char *text, const struct answer *answers, const char *what)
{
    static const char *const names[ALL] = { "core", "openssl", "gnutls" };
    printf("%s %s:", what, text);
    for (int i = 0; i < ALL; i++)
        printf(" %s %s %d", names[i], answers[i].reason ? answers[i].reason : "no verdict",
               answers[i].depth);
    printf("\n");
}

static void judge(struct kinds *kinds, const char *text, const struct answer *answers)
{
    const struct answer *o = &answers[OPENSSL], *g = &answers[GNUTLS];
    int differ_in_verdict = is(o, "none") != is(g, "none") || !o->reason || !g->reason;
    int has_status = strstr(text, "crl ") || strstr(text, "staple ");
    int fits = has_status || (fits_core(&answers[CORE], o) && fits_core(&answers[CORE], g));
    kinds->asked++;
    kinds->trusted += is(o, "none");
    kinds->refused_by_core += !is(&answers[CORE], "none");
    if (differ_in_verdict)
        kinds->verdicts++;
    else if (strcmp(o->reason, g->reason) != 0 || !fits)
        kinds->reasons++;
    else if (o->depth != g->depth)
        kinds->depths++;
    if (differ_in_verdict || !is_same(o, g) || !fits)
        tell(text, answers, "FAIL");
    else if (kinds->only)
        tell(text, answers, "ok");
}

static struct answer ask(const struct case_record *record, const struct case_chain *chain,
                         const struct s2sv_backend *backend)
{
    char err[512] = "";
    struct s2sv_verdict *verdict = case_ask(record, chain, backend, S2SV_OUTBOUND, err, sizeof err);
    struct answer answer = { NULL, -1 };
    if (strstr(err, "trust refused"))
        answer.reason = "not loaded";
    if (verdict)
        answer = (struct answer){ s2sv_reason_name(s2sv_verdict_reason(verdict)),
                                  s2sv_verdict_depth(verdict) };
    s2sv_verdict_unref(verdict);
    return answer;
}

static void break_off(struct kinds *kinds, const char *text, const char *why)
{
    kinds->broken++;
    if (!kinds->are_several)
        printf("FAIL %s: %s\n", text, why);
}

static void ask_all(struct kinds *kinds, const char *text, const struct case_record *record)
{
    char err[512] = "";
    struct case_chain *chain = case_chain_make(record, kinds->keys, err, sizeof err);
    if (chain) {
        const struct answer answers[ALL] = {
            ask(record, chain, core_only_backend()),
            ask(record, chain, s2sv_openssl_backend()),
            ask(record, chain, s2sv_gnutls_backend()),
        };
        judge(kinds, text, answers);
    } else {
        break_off(kinds, text, err);
    }
    case_chain_free(chain);
}

/* One kind, nothing left to choose. */
static void run(struct kinds *kinds, const char *text)
{
    static const char head[] = "case kind\nroot key=p256\nint key=p256\n",
                      tail[] = "\nexpect any\n", break_at[] = " & ";
    struct case_set set = { NULL, 0 };
    char err[512] = "", *at;
    char *copy = malloc(sizeof head + strlen(text) + sizeof tail);
    if (!copy)
        abort();
    sprintf(copy, "%s%s%s", head, text, tail);
    while ((at = strstr(copy, break_at)))
        memcpy(at, " \n ", sizeof break_at - 1);
    if (kinds->only && !strstr(text, kinds->only))
        goto out;
    if (case_read_text(&set, "kinds", copy, err, sizeof err) == 0) {
        ask_all(kinds, text, &set.list[0]);
    } else {
        break_off(kinds, text, err);
    }
out:
    case_set_free(&set);
    free(copy);
}

/* Every choice of the first brackets, and of those behind. */
static void expand(struct kinds *kinds, const char *text)
{
    const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
    if (!close) {
        run(kinds, text);
        return;
    }
    char *chosen = malloc(strlen(text) + 1);
    if (!chosen)
        abort();
    for (const char *at = open; *at != ']';) {
        size_t len = strcspn(++at, "|]");
        sprintf(chosen, "%.*s%.*s%s", (int)(open - text), text, (int)len, at, close + 1);
        expand(kinds, chosen);
        at += len;
    }
    free(chosen);
}

/* ---- several at once --------------------------------------------------------------------------*/

static uint64_t chance_state;

static size_t chance(size_t below)
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(chance_state >> 33) % below;
}

/* Appends a line with one choice made of each bracket. */
static void append_choice(struct out *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "["), count = 1;
        out_bytes(out, text, len);
        text += len;
        if (*text == '\0')
            return;
        for (const char *at = ++text; *at != ']'; at++)
            count += *at == '|';
        for (size_t skipped = chance(count); skipped > 0; skipped--)
            text = strchr(text, '|') + 1;
        out_bytes(out, text, strcspn(text, "|]"));
        text = strchr(text, ']') + 1;
    }
}

/* Two or three kinds in one case. Some of them name one thing anew, and can't be made. */
static void run_several(struct kinds *kinds, const struct lines *lines, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        struct out text = { 0 };
        for (size_t left = 2 + chance(2); left > 0; left--) {
            append_choice(&text, lines->list[chance(lines->count)]);
            if (left > 1)
                out_bytes(&text, " & ", 3);
        }
        out_byte(&text, 0);
        run(kinds, (const char *)text.data);
        out_free(&text);
    }
}

/* ---- the file --------------------------------------------------------------------------------*/

static int read_file(struct lines *lines, const char *path)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return -1;
    }
    while (lines->count < LINES && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] && line[0] != '#')
            lines->list[lines->count++] = text_copy(line, strlen(line));
    }
    fclose(file);
    return 0;
}

static int report(const struct kinds *kinds)
{
    printf("%zu kinds, %zu of them trusted, %zu refused by the core alone: "
           "%zu verdicts, %zu reasons, %zu depths differ; %zu can't be made\n",
           kinds->asked, kinds->trusted, kinds->refused_by_core, kinds->verdicts, kinds->reasons,
           kinds->depths, kinds->broken);
    /* A test of nothing is none. */
    return kinds->trusted < kinds->asked / 40 + !kinds->only ||
           kinds->verdicts + kinds->reasons + kinds->depths > 0 ||
           (kinds->broken > 0 && !kinds->are_several);
}

int main(int argc, char **argv)
{
    struct kinds kinds = { .keys = pki_keys_new() };
    struct lines lines = { .count = 0 };
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        printf("usage: %s FILE [TEXT | --several COUNT [SEED]]\n", argv[0]);
        return argc < 2 ? 2 : 0;
    }
    if (read_file(&lines, argv[1]) != 0)
        return 1;
    kinds.are_several = argc > 3 && strcmp(argv[2], "--several") == 0;
    if (kinds.are_several) {
        chance_state = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
        run_several(&kinds, &lines, strtoul(argv[3], NULL, 10));
    } else {
        kinds.only = argc > 2 ? argv[2] : NULL;
        for (size_t i = 0; i < lines.count; i++)
            expand(&kinds, lines.list[i]);
    }
    for (size_t i = 0; i < lines.count; i++)
        free(lines.list[i]);
    pki_keys_free(kinds.keys);
    return report(&kinds);
}
