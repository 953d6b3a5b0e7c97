/* SPDX-License-Identifier: MIT */
/* The TLS library comes in with a module, in a scope of its own, as for Erlang and Lua. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    int (*program)(void) = NULL;

    if (module)
        *(void **)&program = dlsym(module, "program");
    if (!program) {
        fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "usage: loader MODULE");
        return 1;
    }
    return program();
}
