/* SPDX-License-Identifier: MIT */
#include "corpus.h"

#include <dirent.h>
#include <gnutls/gnutls.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "input.h"

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        abort();
    return memory;
}

static char *copy_of(const char *text)
{
    size_t size = strlen(text ? text : "") + 1;
    return memcpy(zeroed(size, 1), text ? text : "", size);
}

/* ---- fields of a case ------------------------------------------------------------------------*/

static int add_pem(struct octets_list *list, const json_t *pem)
{
    const char *text = json_string_value(pem);
    gnutls_datum_t in = { (unsigned char *)(uintptr_t)text, 0 }, out;
    if (!text)
        return -1;
    in.size = (unsigned)strlen(text);
    if (gnutls_pem_base64_decode2(NULL, &in, &out) < 0)
        return -1;
    struct octets *item = &list->items[list->count++];
    item->data = zeroed(out.size, 1);
    item->len = out.size;
    memcpy(item->data, out.data, out.size);
    gnutls_free(out.data);
    return 0;
}

/* An optional first PEM, then those of an array, which may be absent. */
static int read_pems(struct octets_list *list, const json_t *first, const json_t *array)
{
    size_t i;
    const json_t *pem;
    list->items = zeroed(json_array_size(array) + 1, sizeof *list->items);
    if (first && add_pem(list, first) != 0)
        return -1;
    json_array_foreach(array, i, pem) if (add_pem(list, pem) != 0) return -1;
    return 0;
}

/* RFC 3339. */
static int read_time(const json_t *value, struct corpus_case *c)
{
    const char *text = json_string_value(value);
    struct tm tm = { 0 };
    int end = 0, hours = 0, minutes = 0;
    char sign = '+';
    c->has_time = text != NULL;
    if (!text)
        return 0;
    if (sscanf(text, "%d-%d-%d%*1[Tt ]%d:%d:%d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6)
        return -1;
    if (text[end] == '.')
        end += 1 + (int)strspn(text + end + 1, "0123456789");
    if (text[end] != 'Z' && sscanf(text + end, "%c%d:%d", &sign, &hours, &minutes) != 3)
        return -1;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    c->time = (int64_t)timegm(&tm) - (sign == '-' ? -60 : 60) * (hours * 60 + minutes);
    return 0;
}

static int add_name(struct corpus_case *c, const json_t *name)
{
    static const char *const kinds[] = {
        [CORPUS_DNS] = "DNS", [CORPUS_IP] = "IP", [CORPUS_RFC822] = "RFC822"
    };
    const char *kind = json_string_value(json_object_get(name, "kind"));
    const char *value = json_string_value(json_object_get(name, "value"));
    for (int i = CORPUS_DNS; kind && value && i <= CORPUS_RFC822; i++) {
        if (strcmp(kinds[i], kind) != 0)
            continue;
        c->names[c->name_count].kind = (enum corpus_kind)i;
        c->names[c->name_count++].value = copy_of(value);
        return 0;
    }
    return -1;
}

static int read_names(struct corpus_case *c, const json_t *one, const json_t *several)
{
    size_t i;
    const json_t *name;
    c->names = zeroed(json_array_size(several) + 1, sizeof *c->names);
    if (json_is_object(one) && add_name(c, one) != 0)
        return -1;
    json_array_foreach(several, i, name) if (add_name(c, name) != 0) return -1;
    return 0;
}

static enum corpus_group group_of(const char *id)
{
    if (strncmp(id, "bettertls::nameconstraints::", 28) == 0)
        return CORPUS_NAME_CONSTRAINTS;
    return strncmp(id, "bettertls::pathbuilding::", 25) == 0 ? CORPUS_PATHS : CORPUS_HAND_WRITTEN;
}

static int is(const json_t *object, const char *key, const char *word)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && strcmp(text, word) == 0;
}

static int read_case(struct corpus_case *c, const json_t *o)
{
    const json_t *depth = json_object_get(o, "max_chain_depth");
    c->id = copy_of(json_string_value(json_object_get(o, "id")));
    c->group = group_of(c->id);
    c->is_client = is(o, "validation_kind", "CLIENT");
    c->succeeds = is(o, "expected_result", "SUCCESS");
    c->depth = json_is_integer(depth) ? (int)json_integer_value(depth) : -1;
    if (c->id[0] == '\0' || (!c->is_client && !is(o, "validation_kind", "SERVER")) ||
        (!c->succeeds && !is(o, "expected_result", "FAILURE")))
        return -1;
    if (read_pems(&c->anchors, NULL, json_object_get(o, "trusted_certs")) != 0 ||
        read_pems(&c->presented, json_object_get(o, "peer_certificate"),
                  json_object_get(o, "untrusted_intermediates")) != 0 ||
        read_pems(&c->crls, NULL, json_object_get(o, "crls")) != 0)
        return -1;
    return read_names(c, json_object_get(o, "expected_peer_name"),
                      json_object_get(o, "expected_peer_names")) ||
           read_time(json_object_get(o, "validation_time"), c);
}

/* ---- files -----------------------------------------------------------------------------------*/

static void free_list(struct octets_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].data);
    free(list->items);
}

static void free_case(struct corpus_case *c)
{
    for (size_t i = 0; i < c->name_count; i++)
        free(c->names[i].value);
    free(c->names);
    free_list(&c->anchors);
    free_list(&c->presented);
    free_list(&c->crls);
    free(c->id);
}

static void add_cases(struct corpus *corpus, const json_t *list, const char *path)
{
    size_t i, total = corpus->count + json_array_size(list);
    const json_t *object;
    corpus->cases = realloc(corpus->cases, (total + 1) * sizeof *corpus->cases);
    if (!corpus->cases)
        abort();
    json_array_foreach(list, i, object)
    {
        struct corpus_case *c = &corpus->cases[corpus->count];
        memset(c, 0, sizeof *c);
        if (read_case(c, object) == 0) {
            corpus->count++;
            continue;
        }
        fprintf(stderr, "%s: case %zu (%s) is skipped: it isn't as the schema says\n", path, i,
                c->id ? c->id : "?");
        free_case(c);
        corpus->skipped++;
    }
}

static int read_file(struct corpus *corpus, const char *path, char *err, size_t errlen)
{
    size_t len;
    json_error_t why;
    char *text = input_read(path, &len, err, errlen);
    if (!text)
        return -1;
    json_t *root = json_loadb(text, len, 0, &why);
    const json_t *list = json_object_get(root, "testcases");
    int status = -1;
    if (!root)
        snprintf(err, errlen, "%s:%d: %s", path, why.line, why.text);
    else if (!json_is_array(list) || json_integer_value(json_object_get(root, "version")) != 1)
        snprintf(err, errlen, "%s: not test cases of version 1", path);
    else {
        add_cases(corpus, list, path);
        status = 0;
    }
    json_decref(root);
    free(text);
    return status;
}

static int is_corpus(const struct dirent *entry)
{
    return entry->d_name[0] != '.' &&
           (input_ends_with(entry->d_name, ".json") || input_ends_with(entry->d_name, ".json.xz"));
}

static int read_folder(struct corpus *corpus, const char *path, char *err, size_t errlen)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, is_corpus, alphasort), status = 0;
    if (count <= 0)
        snprintf(err, errlen, "%s: no .json or .json.xz file", path);
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (status == 0)
            status = read_file(corpus, file, err, errlen);
        free(names[i]);
    }
    free(names);
    return count > 0 ? status : -1;
}

int corpus_read(struct corpus *corpus, const char *path, char *err, size_t errlen)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return read_folder(corpus, path, err, errlen);
    return read_file(corpus, path, err, errlen);
}

void corpus_free(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        free_case(&corpus->cases[i]);
    free(corpus->cases);
}
