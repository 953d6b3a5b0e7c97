/* SPDX-License-Identifier: MIT */
#include "exceptions.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

/* Three words, then a sentence. */
static int add(struct exceptions *list, char *line, int number)
{
    char *rest = NULL, *words[3];
    for (int i = 0; i < 3; i++) {
        words[i] = strtok_r(i == 0 ? line : NULL, " \t\n", &rest);
        if (!words[i])
            return -1;
    }
    char *sentence = strtok_r(NULL, "\n", &rest);
    if (!sentence)
        return -1;
    list->items = realloc(list->items, (list->count + 1) * sizeof *list->items);
    if (!list->items)
        abort();
    struct exception *e = &list->items[list->count++];
    size_t len = strlen(words[1]);
    *e = (struct exception){ .line = number, .is_forced = words[1][len - 1] == '!' };
    words[1][len - (e->is_forced != 0)] = '\0';
    e->pattern = copy_of(words[0]);
    e->outcome = copy_of(words[1]);
    e->rule = copy_of(words[2]);
    e->sentence = copy_of(sentence + strspn(sentence, " \t"));
    return 0;
}

int exceptions_read(struct exceptions *exceptions, const char *path, char *err, size_t errlen)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    int number = 0, status = 0;
    if (!file) {
        snprintf(err, errlen, "%s: %s", path, strerror(errno));
        return -1;
    }
    while (status == 0 && fgets(line, sizeof line, file)) {
        number++;
        if (line[0] != '#' && line[0] != '\n')
            status = add(exceptions, line, number);
    }
    if (status != 0)
        snprintf(err, errlen, "%s:%d: not an id, an outcome, a rule and a sentence", path, number);
    fclose(file);
    return status;
}

void exceptions_free(struct exceptions *exceptions)
{
    for (size_t i = 0; i < exceptions->count; i++) {
        struct exception *e = &exceptions->items[i];
        free(e->pattern);
        free(e->outcome);
        free(e->rule);
        free(e->sentence);
    }
    free(exceptions->items);
}

static int excuses(const struct exception *e, const struct outcome *outcome)
{
    return outcome->is_mismatch && strcmp(e->outcome, outcome->reason) == 0 &&
           (outcome->is_forced || !e->is_forced);
}

struct exception *exceptions_use(struct exceptions *exceptions, const struct outcome *outcome)
{
    struct exception *excuse = NULL;
    for (size_t i = 0; i < exceptions->count; i++) {
        struct exception *e = &exceptions->items[i];
        if (fnmatch(e->pattern, outcome->id, 0) != 0)
            continue;
        e->seen++;
        if (excuse || !excuses(e, outcome))
            continue;
        e->used++;
        excuse = e;
    }
    return excuse;
}
