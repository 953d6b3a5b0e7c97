/* SPDX-License-Identifier: MIT
 * Reads /etc/s2sverify/preload.conf, /etc/s2sverify/preload.conf.d/ and the environment. Whoever
 * can write a file that root hasn't could switch the library off, so such a file is ignored. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"

#define FILE_NAME "/etc/s2sverify/preload.conf"

static const struct {
    const char *name, *variable;
} table[SVP_WORDS] = {
    [SVP_PURPOSE] = { "purpose", "S2SVERIFY_PURPOSE" },
    [SVP_PROFILE] = { "profile", "S2SVERIFY_PROFILE" },
    [SVP_DIRECTION] = { "direction", "S2SVERIFY_DIRECTION" },
    [SVP_LOG] = { "log", "S2SVERIFY_LOG" },
    [SVP_CRL_FILE] = { "crl-file", "S2SVERIFY_CRL_FILE" },
    [SVP_OFF] = { "off", "S2SVERIFY_OFF" },
};

const char *svp_word_name(enum svp_word word)
{
    return table[word].name;
}

void svp_complain(struct svp_words *words, const char *format, ...)
{
    size_t used = strlen(words->complaints), room = sizeof words->complaints - used;
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(words->complaints + used, room, format, arguments);
    va_end(arguments);
    if (len >= 0 && (size_t)len + 1 < room)
        strcat(words->complaints, "\n");
    else
        words->complaints[used] = '\0';
}

/* ---- files -----------------------------------------------------------------------------------*/

struct reader {
    struct svp_words *words;
    const char *path;
    unsigned line;
    int is_for_us; /* the section that the line is in */
};

static void break_off(struct reader *r, const char *what, const char *which)
{
    r->words->is_broken = 1;
    svp_complain(r->words, "%s:%u: %s \"%.60s\"", r->path, r->line, what, which);
}

/* The program's file. Without /proc what it was started as. */
static const char *program(void)
{
    static char path[512];
    ssize_t len = *path == '\0' ? readlink("/proc/self/exe", path, sizeof path - 1) : 0;
    if (len >= 0)
        return path;
    const char *started = (const char *)getauxval(AT_EXECFN); /* NOLINT */
    return started ? started : "";
}

/* "*", a path, or a name. */
static int fits(const char *section)
{
    const char *path = program(), *slash = strrchr(path, '/');
    return strcmp(section, "*") == 0 || strcmp(section, path) == 0 ||
           strcmp(section, slash ? slash + 1 : path) == 0;
}

/* Without the white space around it; in place. */
static char *trim(char *text)
{
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static void read_section(struct reader *r, char *line)
{
    size_t len = strlen(line);
    r->is_for_us = 0;
    if (len < 3 || line[len - 1] != ']') {
        break_off(r, "not a section:", line);
        return;
    }
    line[len - 1] = '\0';
    r->is_for_us = fits(trim(line + 1));
}

/* The later one wins; of lists all count. */
static void set(struct reader *r, enum svp_word word, const char *text)
{
    char *value = r->words->value[word];
    size_t used = word == SVP_CRL_FILE ? strlen(value) : 0, room = sizeof *r->words->value - used;
    if (!r->is_for_us)
        return;
    if ((size_t)snprintf(value + used, room, "%s%s", used > 0 ? ":" : "", text) >= room)
        break_off(r, "too long:", text);
}

static void read_setting(struct reader *r, char *line)
{
    char *equals = strchr(line, '='), *name = line;
    int word = 0;
    if (equals) {
        *equals = '\0';
        name = trim(line);
        while (word < SVP_WORDS && strcmp(table[word].name, name) != 0)
            word++;
    }
    if (!equals || *trim(equals + 1) == '\0')
        break_off(r, "no NAME = VALUE:", name);
    else if (word == SVP_WORDS)
        break_off(r, "no setting is called", name);
    else
        set(r, (enum svp_word)word, trim(equals + 1));
}

static void read_lines(struct reader *r, FILE *file)
{
    char *buf = NULL, *line;
    size_t size = 0;
    while (getline(&buf, &size, file) >= 0) {
        r->line++;
        line = trim(buf);
        if (*line == '[')
            read_section(r, line);
        else if (*line != '\0' && *line != '#')
            read_setting(r, line);
    }
    if (ferror(file))
        break_off(r, "can't be read:", strerror(errno));
    free(buf);
}

/* 1: nobody but root could have written it. */
static int is_roots(const struct stat *file)
{
    return S_ISREG(file->st_mode) && file->st_uid == 0 && !(file->st_mode & (S_IWGRP | S_IWOTH));
}

static void read_file(struct svp_words *words, const char *path)
{
    struct reader r = { .words = words, .path = path };
    FILE *file = fopen(path, "re");
    struct stat info;
    if (!file && (errno == ENOENT || errno == ENOTDIR))
        return;
    if (!file)
        break_off(&r, "can't be read:", strerror(errno));
    else if (fstat(fileno(file), &info) != 0 || !is_roots(&info))
        svp_complain(words, "%s is ignored: not a file that root alone can write", path);
    else
        read_lines(&r, file);
    if (file)
        fclose(file);
}

static int ends_in_conf(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return *entry->d_name != '.' && dot && strcmp(dot, ".conf") == 0;
}

static void read_directory(struct svp_words *words, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, ends_in_conf, alphasort);
    char path[512];
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        read_file(words, path);
        free(entries[i]);
    }
    free(entries);
    if (count < 0 && errno != ENOENT && errno != ENOTDIR) {
        words->is_broken = 1;
        svp_complain(words, "%s can't be read: %s", directory, strerror(errno));
    }
}

/* ---- the environment -------------------------------------------------------------------------*/

/* A program that runs with more rights than its user isn't told by its user what to do. */
static void read_environment(struct svp_words *words)
{
    for (int word = 0; word < SVP_WORDS; word++) {
        const char *value = secure_getenv(table[word].variable);
        if (!value || *value == '\0')
            continue;
        if (strlen(value) < sizeof words->value[word]) {
            strcpy(words->value[word], value);
            continue;
        }
        words->is_broken = 1;
        svp_complain(words, "%s is too long", table[word].variable);
    }
}

/* Of broken files nothing counts that could loosen anything. */
static void forget_choices(struct svp_words *words)
{
    static const enum svp_word choices[] = { SVP_PURPOSE, SVP_PROFILE, SVP_DIRECTION, SVP_OFF };
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        *words->value[choices[i]] = '\0';
}

void svp_words_read(struct svp_words *words)
{
    read_file(words, FILE_NAME);
    read_directory(words, FILE_NAME ".d");
    if (words->is_broken)
        forget_choices(words);
    read_environment(words);
}
