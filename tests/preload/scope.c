/* SPDX-License-Identifier: MIT */
/* Opens a module that brings its TLS library, in a scope that the preload library is in front of
 * or, with "deepbind", is not. Says what "s2sverify-preload status" would. usage: scope LIBRARY
 * MODULE [deepbind] */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* 1: there is a second mapping of the library's file. */
static int is_armed(const char *library)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1000];
    int armed = 0;
    while (maps && fgets(line, sizeof line, maps))
        armed |= strstr(line, " r--s ") && strstr(line, library);
    if (maps)
        fclose(maps);
    return armed;
}

int main(int argc, char **argv)
{
    void *module = NULL;
    int (*make_context)(void) = NULL;

    if (argc > 2)
        module = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL | (argc > 3 ? RTLD_DEEPBIND : 0));
    if (module)
        *(void **)&make_context = dlsym(module, "make_context");
    if (!make_context || !make_context())
        return 1;
    puts(is_armed(argv[1]) ? "armed" : "not armed");
    return 0;
}
