/* SPDX-License-Identifier: MIT */
#include "case.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/pki/text.h"

struct reader {
    struct case_set *set;
    const char *path;
    int line;
    char *section;
    char *err;
    size_t errlen;
};

#define reader_fail(reader, format, ...)                                                         \
    (text_say((reader)->err, (reader)->errlen, "%s:%d: " format, (reader)->path, (reader)->line, \
              __VA_ARGS__),                                                                      \
     -1)

static const char *const reasons[] = {
    "none",
    "no-certificate",
    "malformed-certificate",
    "malformed-extension",
    "unsupported-critical-extension",
    "untrusted",
    "self-signed",
    "bad-signature",
    "weak-algorithm",
    "expired",
    "not-yet-valid",
    "revoked",
    "revocation-unknown",
    "unsupported-algorithm",
    "not-a-ca",
    "constraint-violated",
    "wrong-purpose",
    "wrong-key-usage",
    "limit-exceeded",
    "name-mismatch",
    "no-usable-name",
    "invalid-reference",
    "application",
    "internal-error",
    "pin-mismatch",
    "dane-mismatch",
    "dane-bogus",
    "dane-unusable",
    "no-proof",
    NULL,
};

static const char *const options[] = {
    "require-eku",        "allow-any-eku",     "ignore-anchor-eku",
    "allow-single-label", "match-common-name", NULL,
};

static const char *const identity_kinds[] = { "dns", "srv", "xmpp", "ip", "uri", "cn", NULL };

static int is_listed(const char *const *list, const char *word)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return 1;
    return 0;
}

int case_is_reason(const char *name)
{
    return is_listed(reasons, name);
}

int case_has_option(const struct case_record *record, const char *option)
{
    for (size_t i = 0; i < record->options.count; i++)
        if (strcmp(record->options.list[i].name, option) == 0)
            return 1;
    return 0;
}

static char *copy(const char *text)
{
    return text_copy(text, strlen(text));
}

static void set_text(char **field, const char *text)
{
    free(*field);
    *field = copy(text);
}

/* Takes both strings. */
static void pairs_add(struct case_pairs *pairs, char *name, char *text)
{
    struct case_pair *list = realloc(pairs->list, (pairs->count + 1) * sizeof *list);
    if (!list)
        abort();
    pairs->list = list;
    list[pairs->count++] = (struct case_pair){ name, text };
}

static void pairs_free(struct case_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->list[i].name);
        free(pairs->list[i].text);
    }
    free(pairs->list);
    *pairs = (struct case_pairs){ 0 };
}

static void record_free(struct case_record *record)
{
    char *texts[] = { record->file,        record->section, record->id,      record->about,
                      record->source,      record->note,    record->profile, record->purpose,
                      record->revocation,  record->service, record->reason,  record->native_only,
                      record->tlsa_status, record->policy,  record->proof };
    struct case_pairs *pairs[] = {
        &record->certs,        &record->crls,         &record->staples,    &record->present,
        &record->trust,        &record->distrust,     &record->options,    &record->questions,
        &record->expect_names, &record->expect_under, &record->identities, &record->no_identities,
        &record->tlsa,         &record->pins
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        pairs_free(pairs[i]);
}

void case_set_free(struct case_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        record_free(&set->list[i]);
    free(set->list);
    *set = (struct case_set){ 0 };
}

/* Cuts the next word off; NULL at the end of the line. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    size_t len = strcspn(word, " \t");
    if (len == 0)
        return NULL;
    *rest = word + len;
    if (**rest)
        *(*rest)++ = '\0';
    *rest += strspn(*rest, " \t");
    return word;
}

/* A name as a program would be given it, or NULL. */
static char *expand_name(const char *word)
{
    return strcmp(word, "\"\"") == 0 ? copy("") : text_expand(word, NULL);
}

static int read_names(struct reader *reader, struct case_pairs *pairs, char *rest)
{
    char *word;
    char *name;
    while ((word = next_word(&rest))) {
        name = expand_name(word);
        if (!name)
            return reader_fail(reader, "bad escape: %s", word);
        pairs_add(pairs, name, copy(""));
    }
    return 0;
}

/* Beats what stood there before, the default or an earlier line; `none` empties it. */
static int read_list(struct reader *reader, struct case_pairs *pairs, char *rest)
{
    pairs_free(pairs);
    if (strcmp(rest, "none") == 0)
        return 0;
    return read_names(reader, pairs, rest);
}

static int read_choice(struct reader *reader, char **field, const char *value,
                       const char *const *list)
{
    if (!is_listed(list, value))
        return reader_fail(reader, "not one of the known ones: %s", value);
    set_text(field, value);
    return 0;
}

typedef int line_reader(struct reader *, struct case_record *, char *rest);

static int read_about(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    set_text(&record->about, rest);
    return 0;
}

static int read_source(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    set_text(&record->source, rest);
    return 0;
}

static int read_note(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    set_text(&record->note, rest);
    return 0;
}

static int read_native_only(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    set_text(&record->native_only, rest);
    return 0;
}

static int read_named_spec(struct reader *reader, struct case_pairs *pairs, char *rest)
{
    char *name = next_word(&rest);
    if (!name)
        return reader_fail(reader, "%s", "a name and a specification are needed");
    pairs_add(pairs, copy(name), copy(rest));
    return 0;
}

static int read_cert(struct reader *reader, struct case_record *record, char *rest)
{
    return read_named_spec(reader, &record->certs, rest);
}

static int read_crl(struct reader *reader, struct case_record *record, char *rest)
{
    return read_named_spec(reader, &record->crls, rest);
}

static int read_staple(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    pairs_add(&record->staples, copy(rest), copy(""));
    return 0;
}

static int read_tlsa(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    pairs_add(&record->tlsa, copy(rest), copy(""));
    return 0;
}

static int read_pin(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    pairs_add(&record->pins, copy(rest), copy(""));
    return 0;
}

static int read_tlsa_status(struct reader *reader, struct case_record *record, char *rest)
{
    static const char *const list[] = { "secure", "insecure", "bogus", "untold", NULL };

    return read_choice(reader, &record->tlsa_status, rest, list);
}

static int read_policy(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    set_text(&record->policy, rest);
    return 0;
}

static int read_proof(struct reader *reader, struct case_record *record, char *rest)
{
    static const char *const list[] = { "pkix", "dane", "pin", "none", NULL };

    return read_choice(reader, &record->proof, rest, list);
}

static int read_matched_record(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    record->matched_record = atoi(rest);
    return 0;
}

static int read_root(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    pairs_add(&record->certs, copy("root"), copy(rest));
    return 0;
}

static int read_int(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    pairs_add(&record->certs, copy("int"), copy(rest));
    return 0;
}

static int read_leaf(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    pairs_add(&record->certs, copy("leaf"), copy(rest));
    return 0;
}

static int read_present(struct reader *reader, struct case_record *record, char *rest)
{
    return read_list(reader, &record->present, rest);
}

static int read_trust(struct reader *reader, struct case_record *record, char *rest)
{
    return read_list(reader, &record->trust, rest);
}

static int read_distrust(struct reader *reader, struct case_record *record, char *rest)
{
    return read_list(reader, &record->distrust, rest);
}

static int read_time(struct reader *reader, struct case_record *record, char *rest)
{
    if (text_time(rest, record->time, &record->time) != 0)
        return reader_fail(reader, "bad time: %s", rest);
    return 0;
}

static int read_valid_until(struct reader *reader, struct case_record *record, char *rest)
{
    if (text_time(rest, record->time, &record->valid_until) != 0)
        return reader_fail(reader, "bad time: %s", rest);
    return 0;
}

static int read_direction(struct reader *reader, struct case_record *record, char *rest)
{
    if (strcmp(rest, "in") == 0)
        record->direction = CASE_IN;
    else if (strcmp(rest, "out") == 0)
        record->direction = CASE_OUT;
    else if (strcmp(rest, "both") == 0)
        record->direction = CASE_BOTH;
    else
        return reader_fail(reader, "bad direction: %s", rest);
    return 0;
}

static int read_profile(struct reader *reader, struct case_record *record, char *rest)
{
    static const char *const list[] = { "xmpp", "smtp", "sip", "server", NULL };

    return read_choice(reader, &record->profile, rest, list);
}

static int read_purpose(struct reader *reader, struct case_record *record, char *rest)
{
    static const char *const list[] = { "server", "server-or-client", "tls-role", NULL };

    return read_choice(reader, &record->purpose, rest, list);
}

static int read_revocation(struct reader *reader, struct case_record *record, char *rest)
{
    static const char *const list[] = { "off", "if-available", "require", NULL };

    return read_choice(reader, &record->revocation, rest, list);
}

static int read_service(struct reader *reader, struct case_record *record, char *rest)
{
    (void)reader;
    set_text(&record->service, rest);
    return 0;
}

static int read_option(struct reader *reader, struct case_record *record, char *rest)
{
    char *word;
    while ((word = next_word(&rest))) {
        if (!is_listed(options, word))
            return reader_fail(reader, "unknown option: %s", word);
        pairs_add(&record->options, copy(word), copy(""));
    }
    return 0;
}

static int read_expect_name(struct reader *reader, struct case_record *record, char *rest)
{
    return read_names(reader, &record->expect_names, rest);
}

static int read_expect_under(struct reader *reader, struct case_record *record, char *rest)
{
    return read_names(reader, &record->expect_under, rest);
}

static int read_expect(struct reader *reader, struct case_record *record, char *rest)
{
    char *reason = next_word(&rest);
    char *depth = next_word(&rest);
    if (record->reason)
        return reader_fail(reader, "%s", "a second expect");
    if (!reason ||
        (!case_is_reason(reason) && strcmp(reason, "refused") != 0 && strcmp(reason, "any") != 0))
        return reader_fail(reader, "unknown reason: %s", reason ? reason : "");
    record->reason = copy(reason);
    if (depth)
        record->depth = atoi(depth);
    return 0;
}

static int read_question(struct reader *reader, struct case_record *record, char *rest)
{
    char *word = next_word(&rest);
    char *answer = word ? next_word(&rest) : NULL;
    char *name = word ? expand_name(word) : NULL;
    if (!name || !answer ||
        (!case_is_reason(answer) && strcmp(answer, "yes") != 0 && strcmp(answer, "no") != 0)) {
        free(name);
        return reader_fail(reader, "bad question: %s", word ? word : "");
    }
    pairs_add(&record->questions, name, copy(answer));
    return 0;
}

static int read_identity_pair(struct reader *reader, struct case_pairs *pairs, char *rest)
{
    char *kind = next_word(&rest);
    char *word = kind ? next_word(&rest) : NULL;
    char *value = word ? expand_name(word) : NULL;
    if (!value || !is_listed(identity_kinds, kind)) {
        free(value);
        return reader_fail(reader, "bad identity: %s", kind ? kind : "");
    }
    pairs_add(pairs, copy(kind), value);
    return 0;
}

static int read_identity(struct reader *reader, struct case_record *record, char *rest)
{
    return read_identity_pair(reader, &record->identities, rest);
}

static int read_no_identity(struct reader *reader, struct case_record *record, char *rest)
{
    return read_identity_pair(reader, &record->no_identities, rest);
}

struct keyword {
    const char *word;
    line_reader *read;
};

static const struct keyword keywords[] = {
    { "about", read_about },
    { "source", read_source },
    { "note", read_note },
    { "root", read_root },
    { "int", read_int },
    { "leaf", read_leaf },
    { "cert", read_cert },
    { "crl", read_crl },
    { "staple", read_staple },
    { "present", read_present },
    { "trust", read_trust },
    { "distrust", read_distrust },
    { "time", read_time },
    { "direction", read_direction },
    { "profile", read_profile },
    { "purpose", read_purpose },
    { "revocation", read_revocation },
    { "service", read_service },
    { "option", read_option },
    { "expect-name", read_expect_name },
    { "expect-under", read_expect_under },
    { "expect", read_expect },
    { "is-for", read_question },
    { "identity", read_identity },
    { "no-identity", read_no_identity },
    { "tlsa", read_tlsa },
    { "tlsa-status", read_tlsa_status },
    { "pin", read_pin },
    { "policy", read_policy },
    { "proof", read_proof },
    { "record", read_matched_record },
    { "valid-until", read_valid_until },
    { "native-only", read_native_only },
};

static struct case_record *current(struct reader *reader)
{
    return reader->set->count > 0 ? &reader->set->list[reader->set->count - 1] : NULL;
}

/* Has the record before this line all that it needs? */
static int check_record(struct reader *reader)
{
    const struct case_record *record = current(reader);
    if (record && strcmp(record->file, reader->path) == 0 && !record->reason)
        return reader_fail(reader, "case %s expects nothing", record->id);
    return 0;
}

static int is_duplicate(const struct case_set *set, const char *id)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->list[i].id, id) == 0)
            return 1;
    return 0;
}

static int begin_record(struct reader *reader, const char *id)
{
    struct case_set *set = reader->set;
    if (check_record(reader) != 0)
        return -1;
    if (*id == '\0' || is_duplicate(set, id))
        return reader_fail(reader, "no id, or one that is taken: %s", id);
    struct case_record *list = realloc(set->list, (set->count + 1) * sizeof *list);
    if (!list)
        abort();
    set->list = list;
    struct case_record *record = &list[set->count++];
    *record = (struct case_record){ .line = reader->line, .depth = CASE_ANY_DEPTH };
    record->file = copy(reader->path);
    record->section = copy(reader->section ? reader->section : "");
    record->id = copy(id);
    record->about = copy("");
    record->source = copy("");
    record->note = copy("");
    record->profile = copy("xmpp");
    record->purpose = copy("server");
    record->revocation = copy("if-available");
    record->direction = CASE_BOTH;
    record->matched_record = -1;
    text_time("2026-06-01T00:00:00Z", 0, &record->time);
    pairs_add(&record->present, copy("leaf"), copy(""));
    pairs_add(&record->present, copy("int"), copy(""));
    pairs_add(&record->trust, copy("root"), copy(""));
    return 0;
}

static int read_comment(struct reader *reader, const char *text)
{
    text += strspn(text, "# ");
    if (text_after(text, "Section "))
        set_text(&reader->section, text);
    return 0;
}

static int read_line(struct reader *reader, char *line)
{
    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return *line ? read_comment(reader, line) : 0;
    char *word = next_word(&line);
    if (strcmp(word, "case") == 0)
        return begin_record(reader, line);
    if (!current(reader) || strcmp(current(reader)->file, reader->path) != 0)
        return reader_fail(reader, "%s before the first case", word);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(word, keywords[i].word) == 0)
            return keywords[i].read(reader, current(reader), line);
    return reader_fail(reader, "unknown word: %s", word);
}

static int read_lines(struct reader *reader, FILE *file)
{
    char line[4096];
    while (fgets(line, sizeof line, file)) {
        size_t len = strlen(line);
        reader->line++;
        if (len + 1 == sizeof line)
            return reader_fail(reader, "%s", "line too long");
        while (len > 0 && strchr(" \t\r\n", line[len - 1]))
            line[--len] = '\0';
        if (read_line(reader, line) != 0)
            return -1;
    }
    if (ferror(file))
        return reader_fail(reader, "%s", "can't be read");
    return check_record(reader);
}

static int read_stream(struct case_set *set, FILE *file, const char *path, char *err, size_t errlen)
{
    struct reader reader = { .set = set, .path = path, .err = err, .errlen = errlen };
    if (!file)
        return reader_fail(&reader, "%s", strerror(errno));
    int status = read_lines(&reader, file);
    fclose(file);
    free(reader.section);
    return status;
}

int case_read_file(struct case_set *set, const char *path, char *err, size_t errlen)
{
    return read_stream(set, fopen(path, "r"), path, err, errlen);
}

int case_read_text(struct case_set *set, const char *name, const char *text, char *err,
                   size_t errlen)
{
    return read_stream(set, fmemopen((char *)text, strlen(text), "r"), name, err, errlen);
}

static int is_case_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".case") == 0;
}

int case_read_dir(struct case_set *set, const char *dir, char *err, size_t errlen)
{
    struct dirent **entries;
    int count = scandir(dir, &entries, is_case_file, alphasort);
    int status = 0;
    if (count < 0) {
        text_say(err, errlen, "%s: %s", dir, strerror(errno));
        return -1;
    }
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
        if (status == 0)
            status = case_read_file(set, path, err, errlen);
        free(entries[i]);
    }
    free(entries);
    return status;
}
