/* SPDX-License-Identifier: MIT
 * Looks functions up. RTLD_NEXT alone sees the global scope only: an Erlang NIF or a Lua module
 * brings its TLS library in by dlopen() with RTLD_LOCAL. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>

#include "real.h"

const char *svp_path_of(const void *address)
{
    Dl_info info;
    void *map = NULL;
    return dladdr1(address, &info, &map, RTLD_DL_LINKMAP) && map
               ? ((const struct link_map *)map)->l_name
               : "";
}

static void *look(const char *path, const char *name)
{
    void *library = *path != '\0' ? dlopen(path, RTLD_LAZY | RTLD_NOLOAD) : NULL;
    void *found = library ? dlsym(library, name) : NULL;
    if (library)
        dlclose(library);
    return found;
}

/* What the caller's object needs comes first: two versions may be loaded. A TLS library may get
 * from one of its functions to another by a jump, through us: then the caller looks to be
 * ourselves. */
void *svp_real(const char *name, const void *caller)
{
    static const char *const usual[] = { "libssl.so.3", "libssl.so.1.1", "libgnutls.so.30" };
    static const char here;
    static _Thread_local void *latest;
    int is_us = svp_path_of(caller) == svp_path_of(&here);
    void *found = look(svp_path_of(is_us ? latest : caller), name);

    if (!found)
        found = dlsym(RTLD_NEXT, name);
    for (size_t i = 0; !found && i < sizeof usual / sizeof usual[0]; i++)
        found = look(usual[i], name);
    latest = found;
    return found;
}

void *svp_keep(const char *path)
{
    return *path != '\0' ? dlopen(path, RTLD_LAZY | RTLD_NOLOAD) : NULL;
}

const char *svp_fill(void *library, const char *const *names, size_t count, uintptr_t *ret_table)
{
    for (size_t i = 0; i < count; i++) {
        ret_table[i] = (uintptr_t)dlsym(library, names[i]);
        if (ret_table[i] == 0)
            return names[i];
    }
    return NULL;
}
