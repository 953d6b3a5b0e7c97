/* SPDX-License-Identifier: MIT
 * Reads files and directories of certificates. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct octets {
    char *data;
    size_t len, room;
};

/* 1: there is room for some more. */
static int files_grow(struct octets *all)
{
    enum { SOME = 4096 };
    if (all->room - all->len >= SOME)
        return 1;
    char *grown = realloc(all->data, 2 * all->room + SOME);
    if (!grown)
        return 0;
    all->data = grown;
    all->room = 2 * all->room + SOME;
    return 1;
}

/* Reads to the end. Returns 0 or an errno. */
static int files_read_all(FILE *file, struct octets *all)
{
    size_t got = 1;
    while (got > 0) {
        if (!files_grow(all))
            return ENOMEM;
        errno = 0;
        got = fread(all->data + all->len, 1, all->room - all->len, file);
        all->len += got;
    }
    return !ferror(file) ? 0 : errno ? errno : EIO;
}

static int read_file(const char *path, struct octets *all)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return errno;
    int code = files_read_all(file, all);
    fclose(file);
    return code;
}

/* It can't be read. What isn't there is no news. */
static int miss(struct s2sv_loader *loader, const char *path, enum svb_need need, int code)
{
    int is_absent = code == ENOENT || code == ENOTDIR;
    if (is_absent && need != SVB_REQUIRED)
        return S2SV_DECIDED;
    s2sv_loader_error(loader, path, strerror(code));
    return need == SVB_IF_READABLE ? S2SV_DECIDED : S2SV_ERR_IO;
}

int svb_load_file(struct s2sv_loader *loader, enum s2sv_place place, const char *path,
                  enum svb_need need, s2sv_is_for_servers *is_for_servers)
{
    struct octets all = { NULL, 0, 0 };
    int status = S2SV_DECIDED, code = read_file(path, &all);
    if (code == 0)
        status = s2sv_loader_add_pem(loader, place, path, all.data, all.len, is_for_servers);
    else if (code == ENOMEM)
        status = S2SV_ERR_NOMEM;
    else
        status = miss(loader, path, need, code);
    free(all.data);
    return status;
}

static int is_hashed(const struct dirent *entry)
{
    const char *name = entry->d_name;
    if (strspn(name, "0123456789abcdef") != 8 || name[8] != '.')
        return 0;
    size_t digits = strspn(name + 9, "0123456789");
    return digits > 0 && name[9 + digits] == '\0';
}

static int load_entry(struct s2sv_loader *loader, const char *dir, const char *name,
                      enum svb_need need, s2sv_is_for_servers *is_for_servers)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path)
        return S2SV_ERR_NOMEM;
    snprintf(path, size, "%s/%s", dir, name);
    int status = svb_load_file(loader, S2SV_PLACE_FILE, path, need, is_for_servers);
    free(path);
    return status;
}

int svb_load_dir(struct s2sv_loader *loader, const char *dir, enum svb_need need,
                 s2sv_is_for_servers *is_for_servers)
{
    struct dirent **entries = NULL;
    int count = scandir(dir, &entries, is_hashed, alphasort), status = S2SV_DECIDED;
    if (count < 0 && errno == ENOMEM)
        return S2SV_ERR_NOMEM;
    if (count < 0)
        return miss(loader, dir, need, errno);
    if (count == 0 && need == SVB_REQUIRED) {
        s2sv_loader_error(loader, dir, "no hashed certificate in it");
        status = S2SV_ERR_IO;
    }
    for (int i = 0; i < count; i++) {
        if (status == S2SV_DECIDED)
            status = load_entry(loader, dir, entries[i]->d_name,
                                need == SVB_REQUIRED ? SVB_IF_THERE : need, is_for_servers);
        free(entries[i]);
    }
    free(entries);
    return status;
}
