/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdio.h>
#include <string.h>

/* ---- the table -------------------------------------------------------------------------------*/

struct row {
    size_t right[CORPUS_GROUPS], all, false_accepts;
};

static struct row row_of(const struct corpus *corpus, const struct result *results,
                         enum validator v)
{
    struct row row = { { 0 }, 0, 0 };
    for (size_t i = 0; i < corpus->count; i++) {
        const struct corpus_case *c = &corpus->cases[i];
        int accepted = results[i].answers[v].accepted;
        row.right[c->group] += accepted == c->succeeds;
        row.all += accepted == c->succeeds;
        row.false_accepts += accepted && !c->succeeds;
    }
    return row;
}

void report_table(const struct corpus *corpus, const struct result *results)
{
    size_t sizes[CORPUS_GROUPS] = { 0 };
    for (size_t i = 0; i < corpus->count; i++)
        sizes[corpus->cases[i].group]++;
    printf("| validator | all (%zu) | BetterTLS name constraints (%zu) | BetterTLS paths (%zu) | "
           "hand-written (%zu) | false accepts |\n|---|---|---|---|---|---|\n",
           corpus->count, sizes[CORPUS_NAME_CONSTRAINTS], sizes[CORPUS_PATHS],
           sizes[CORPUS_HAND_WRITTEN]);
    for (int v = 0; v < VALIDATORS; v++) {
        struct row row = row_of(corpus, results, (enum validator)v);
        printf("| %s | %zu | %zu | %zu | %zu | %zu |\n", validator_names[v], row.all,
               row.right[CORPUS_NAME_CONSTRAINTS], row.right[CORPUS_PATHS],
               row.right[CORPUS_HAND_WRITTEN], row.false_accepts);
    }
}

/* ---- every verdict, to be compared with other releases' ---------------------------------------*/

static const char *reason_of(const struct result *result, enum validator v)
{
    return s2sv_reason_name(result->answers[v].reason);
}

int report_verdicts(const struct corpus *corpus, const struct result *results, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    for (size_t i = 0; i < corpus->count; i++) {
        fputs(corpus->cases[i].id, file);
        for (enum validator v = OURS_ON_OPENSSL; v <= OURS_ON_GNUTLS; v++) {
            const struct answer *answer = &results[i].answers[v];
            fprintf(file, " %d %d %s %d", answer->accepted, answer->trusted,
                    reason_of(&results[i], v), answer->depth);
        }
        fputc('\n', file);
    }
    return fclose(file) == 0 ? 0 : -1;
}

/* ---- ours against ours, and against the libraries --------------------------------------------*/

static int disagree(const struct result *result)
{
    const struct answer *a = &result->answers[OURS_ON_OPENSSL];
    const struct answer *b = &result->answers[OURS_ON_GNUTLS];
    return a->accepted != b->accepted || a->trusted != b->trusted || a->reason != b->reason ||
           a->depth != b->depth;
}

size_t report_disagreements(const struct corpus *corpus, const struct result *results)
{
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        if (!disagree(&results[i]))
            continue;
        count++;
        printf("DISAGREE %s: on OpenSSL %s at %d, on GnuTLS %s at %d\n", corpus->cases[i].id,
               reason_of(&results[i], OURS_ON_OPENSSL), results[i].answers[OURS_ON_OPENSSL].depth,
               reason_of(&results[i], OURS_ON_GNUTLS), results[i].answers[OURS_ON_GNUTLS].depth);
    }
    printf("%zu disagreements between the backends, in verdict, reason or depth\n", count);
    return count;
}

size_t report_wider(const struct corpus *corpus, const struct result *results)
{
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        if (!results[i].wider)
            continue;
        count++;
        printf("WIDER %s: trusted, but %s refuses the path for serverAuth: %s\n",
               corpus->cases[i].id, results[i].wider, results[i].wider_words);
    }
    printf("%zu cases trusted that a native serverAuth check refuses\n", count);
    return count;
}

/* ---- mismatches ------------------------------------------------------------------------------*/

static int is_mismatch(const struct corpus_case *c, const struct result *result)
{
    return result->answers[OURS_ON_OPENSSL].accepted != c->succeeds ||
           result->answers[OURS_ON_GNUTLS].accepted != c->succeeds;
}

static void print_mismatch(const struct corpus_case *c, const struct result *result,
                           const struct exception *excuse)
{
    printf("%s %s: %s, expected %s; OpenSSL: %s; GnuTLS: %s\n", excuse ? "EXCEPTION" : "UNEXPECTED",
           c->id, reason_of(result, OURS_ON_OPENSSL), c->succeeds ? "success" : "failure",
           result->answers[BARE_OPENSSL].words, result->answers[BARE_GNUTLS].words);
    if (excuse)
        printf("    %s: %s\n", excuse->rule, excuse->sentence);
}

/* What is looked up among the exceptions. The backends agree, or the run has failed already. */
static struct outcome outcome_of(const struct corpus_case *c, const struct result *result)
{
    return (struct outcome){ c->id, reason_of(result, OURS_ON_OPENSSL), is_mismatch(c, result),
                             !result->answers[BARE_OPENSSL].accepted ||
                                 !result->answers[BARE_GNUTLS].accepted };
}

size_t report_mismatches(const struct corpus *corpus, const struct result *results,
                         struct exceptions *exceptions, int lists_all)
{
    size_t count = 0, excused = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        const struct corpus_case *c = &corpus->cases[i];
        struct outcome outcome = outcome_of(c, &results[i]);
        struct exception *excuse = exceptions_use(exceptions, &outcome);
        count += outcome.is_mismatch && !excuse;
        excused += excuse != NULL;
        if (outcome.is_mismatch && (!excuse || lists_all))
            print_mismatch(c, &results[i], excuse);
    }
    printf("%zu cases differ from the expected result without an exception, %zu with one\n", count,
           excused);
    return count;
}

size_t report_stale(const struct exceptions *exceptions)
{
    size_t stale = 0, absent = 0;
    for (size_t i = 0; i < exceptions->count; i++) {
        const struct exception *e = &exceptions->items[i];
        absent += e->seen == 0;
        if (e->seen == 0 || e->used > 0)
            continue;
        stale++;
        printf("STALE exception, line %d: %s excuses nothing any more\n", e->line, e->pattern);
    }
    printf("%zu stale exceptions; %zu of %zu name no case of this corpus\n", stale, absent,
           exceptions->count);
    return stale;
}
