/* SPDX-License-Identifier: MIT
 * Runs x509-limbo and BetterTLS through s2sverify on both backends and through the bare libraries.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report.h"

enum { SKIPPED = 77, STEP = 1000 };

struct options {
    const char *path, *exceptions, *id, *verdicts;
    int lists_mismatches;
};

static void usage(FILE *out)
{
    fputs("usage: corpora [OPTION ...] PATH\n\n"
          "PATH is a folder of .json or .json.xz files in x509-limbo's schema, or one such file:\n"
          "upstream's limbo.json, or BetterTLS in the same schema.\n\n"
          "  --exceptions FILE   cases whose outcome is known to differ from the expected one\n"
          "  --list-mismatches   list those as well\n"
          "  --verdicts FILE     write every case with our verdicts on both libraries there\n"
          "  --case ID           run only that case, and explain it\n"
          "  --help              this text\n",
          out);
}

static int skip(void)
{
    puts("**** SKIPPED: no corpora. ****\n"
         "Put x509-limbo's limbo.json, or parts of it (.json or .json.xz), into a folder and run\n"
         "  meson configure BUILD -Dcorpora=FOLDER && meson test -C BUILD --suite corpora\n"
         "or sh tests/run.sh --corpora FOLDER\n"
         "0 passed, 0 failed, 1 skipped");
    return SKIPPED;
}

static struct result *run_all(const struct corpus *corpus, int64_t now)
{
    struct result *results = calloc(corpus->count + 1, sizeof *results);
    if (!results)
        abort();
    for (size_t i = 0; i < corpus->count; i++) {
        run_case(&corpus->cases[i], now, &results[i]);
        if ((i + 1) % STEP == 0)
            fprintf(stderr, "%zu of %zu cases\n", i + 1, corpus->count);
    }
    return results;
}

/* A case may fail for more than one reason and is counted once for each. */
static int report(const struct corpus *corpus, const struct result *results,
                  struct exceptions *exceptions, const struct options *options)
{
    if (options->verdicts && report_verdicts(corpus, results, options->verdicts) != 0) {
        perror(options->verdicts);
        return 2;
    }
    size_t failed = report_mismatches(corpus, results, exceptions, options->lists_mismatches);
    failed += report_disagreements(corpus, results);
    failed += report_wider(corpus, results);
    failed += report_stale(exceptions);
    report_table(corpus, results);
    printf("%zu passed, %zu failed, %zu skipped\n",
           corpus->count > failed ? corpus->count - failed : 0, failed, corpus->skipped);
    return failed > 0 || corpus->count == 0;
}

static int explain(const struct corpus *corpus, const char *id, int64_t now)
{
    for (size_t i = 0; i < corpus->count; i++) {
        if (strcmp(corpus->cases[i].id, id) != 0)
            continue;
        run_explain(&corpus->cases[i], now);
        return 0;
    }
    fprintf(stderr, "no case %s\n", id);
    return 2;
}

static int run(const struct options *options)
{
    struct corpus corpus = { NULL, 0, 0 };
    struct exceptions exceptions = { NULL, 0 };
    int64_t now = (int64_t)time(NULL);
    char err[4400];
    int status = 2;
    if (corpus_read(&corpus, options->path, err, sizeof err) != 0 ||
        (options->exceptions &&
         exceptions_read(&exceptions, options->exceptions, err, sizeof err) != 0)) {
        fprintf(stderr, "%s\n", err);
    } else if (options->id) {
        status = explain(&corpus, options->id, now);
    } else {
        struct result *results = run_all(&corpus, now);
        status = report(&corpus, results, &exceptions, options);
        free(results);
    }
    exceptions_free(&exceptions);
    corpus_free(&corpus);
    return status;
}

/* Returns 0, or what to exit with, plus one. */
static int read_options(int argc, char **argv, struct options *ret_options)
{
    static const struct option known[] = { { "help", no_argument, NULL, 'h' },
                                           { "exceptions", required_argument, NULL, 'e' },
                                           { "list-mismatches", no_argument, NULL, 'l' },
                                           { "verdicts", required_argument, NULL, 'v' },
                                           { "case", required_argument, NULL, 'c' },
                                           { NULL, 0, NULL, 0 } };
    int c;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'e')
            ret_options->exceptions = optarg;
        else if (c == 'l')
            ret_options->lists_mismatches = 1;
        else if (c == 'v')
            ret_options->verdicts = optarg;
        else if (c == 'c')
            ret_options->id = optarg;
        else {
            usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? 1 : 3;
        }
    }
    if (optind + 1 == argc) {
        ret_options->path = argv[optind];
        return 0;
    }
    usage(stderr);
    return 3;
}

int main(int argc, char **argv)
{
    struct options options = { 0 };
    int status = read_options(argc, argv, &options);
    if (status != 0)
        return status - 1;
    return options.path[0] == '\0' ? skip() : run(&options);
}
