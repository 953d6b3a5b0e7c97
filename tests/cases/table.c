/* SPDX-License-Identifier: MIT
 * Writes doc/decision-table.md, one row per case.
 * usage: decision-table FOLDER            writes it to standard output
 *        decision-table FOLDER FILE       fails if that isn't what FILE holds */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

/* Names longer than this are shortened. */
enum { SHOWN = 40 };

/* A sentence in a Markdown table: nothing of it is markup. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|*_<`\\[", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

/* A name, as the case files write it: an octet that isn't printable ASCII is %XX. */
static void put_name(FILE *out, const char *name)
{
    size_t len = strlen(name);
    fputs(len == 0 ? "`\"\"" : "`", out);
    for (size_t i = 0; i < len && i < SHOWN; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c > '~' || c == '`' || c == '|')
            fprintf(out, "%%%02X", c);
        else
            fputc(c, out);
    }
    fputc('`', out);
    if (len > SHOWN)
        fprintf(out, "… (%zu octets)", len);
}

static const char *const separator = "; ";

static void put_reason(FILE *out, const struct case_record *r)
{
    if (strcmp(r->reason, "none") == 0)
        fputs(r->expect_names.count + r->expect_under.count > 0 ? "accepted" : "trusted", out);
    else if (strcmp(r->reason, "any") != 0)
        fputs(r->reason, out);
    if (r->depth >= 0)
        fprintf(out, " at certificate %d", r->depth);
}

static void put_proof(FILE *out, const struct case_record *r)
{
    if (r->proof && strcmp(r->proof, "none") != 0)
        fprintf(out, ", by %s", r->proof);
}

static void put_questions(FILE *out, const struct case_record *r)
{
    for (size_t i = 0; i < r->questions.count; i++) {
        fputs(i > 0 || strcmp(r->reason, "any") != 0 ? separator : "", out);
        put_name(out, r->questions.list[i].name);
        fprintf(out, ": %s", r->questions.list[i].text);
    }
}

static void put_identities(FILE *out, const struct case_pairs *pairs, const char *how)
{
    for (size_t i = 0; i < pairs->count; i++) {
        fprintf(out, "%s%s %s ", separator, how, pairs->list[i].name);
        put_name(out, pairs->list[i].text);
    }
}

static void put_row(FILE *out, const struct case_record *r)
{
    fprintf(out, "| %s | ", r->id);
    put_text(out, r->about);
    fputs(r->direction == CASE_IN    ? " (inbound)"
          : r->direction == CASE_OUT ? " (outbound)"
                                     : "",
          out);
    fputs(" | ", out);
    put_text(out, r->source);
    fputs(" | ", out);
    put_reason(out, r);
    put_proof(out, r);
    put_questions(out, r);
    put_identities(out, &r->identities, "lists");
    put_identities(out, &r->no_identities, "doesn't list");
    fputs(" |\n", out);
}

static void put_head(FILE *out, size_t count)
{
    fprintf(
        out,
        "# Decision table\n\n"
        "Made from `tests/cases/*.case`; don't edit it. To make it again:\n\n"
        "    ninja -C build && build/tests/cases/decision-table tests/cases "
        ">doc/decision-table.md\n\n"
        "A row is one case: a chain, a policy, and what has to be said about it. The suite\n"
        "`cases` asks them of the core alone (but for those that need signatures checked), of the\n"
        "OpenSSL backend and of the GnuTLS backend; the suite `parity` asks both in one process.\n"
        "The verdict is the same whichever side opened the connection, unless the row says\n"
        "inbound or outbound.\n\n"
        "The id is a rule and, behind a slash, a variant; comments in `lib/` cite the same\n"
        "ids. Rules without a row stand in [rules.md](rules.md). *trusted*: nothing is held\n"
        "against the chain, and no name was expected. *accepted*: the expected name matches\n"
        "too. Anything else is the reason of the refusal, by its stable name, and the\n"
        "certificate it is about: 0 is the leaf. `NAME: yes` and `NAME: no` answer whether the\n"
        "verdict is for that name. *by pkix*, *by dane*, *by pin*: the proof that it rests on. In\n"
        "names %%XX is an octet.\n\n"
        "%zu cases.\n",
        count);
}

static void put_table(FILE *out, const struct case_set *set)
{
    const char *section = "";
    put_head(out, set->count);
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(section, set->list[i].section) != 0) {
            section = set->list[i].section;
            fprintf(out,
                    "\n## %s\n\n| id | what it is about | source | expectation |\n"
                    "| --- | --- | --- | --- |\n",
                    section);
        }
        put_row(out, &set->list[i]);
    }
}

/* 0 if the file holds exactly that text. */
static int compare(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "r");
    size_t at = 0, line = 1;
    int c = EOF;
    for (; file && (c = fgetc(file)) != EOF && at < len && c == (unsigned char)text[at]; at++)
        line += c == '\n';
    if (file)
        fclose(file);
    if (file && at == len && c == EOF)
        return 0;
    fprintf(stderr, "%s:%zu: not what the case files say; its first lines say how to make it\n",
            path, line);
    return 1;
}

int main(int argc, char **argv)
{
    struct case_set set = { NULL, 0 };
    char err[512], *text = NULL;
    size_t len = 0;
    if (argc < 2 || argc > 3 || strcmp(argv[1], "--help") == 0) {
        printf("usage: %s FOLDER [FILE]\nWrites the decision table; with FILE, compares.\n",
               argv[0]);
        return argc != 2;
    }
    if (case_read_dir(&set, argv[1], err, sizeof err) != 0) {
        fprintf(stderr, "%s\n", err);
        return 1;
    }
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return 1;
    put_table(out, &set);
    fclose(out);
    int failed = argc > 2 ? compare(argv[2], text, len) : fwrite(text, 1, len, stdout) != len;
    free(text);
    case_set_free(&set);
    return failed;
}
