/* SPDX-License-Identifier: MIT */
/*
 * A program may unload the backend before it frees an SSL_CTX, whose data our function frees: the
 * library must stay mapped (-z nodelete).
 *
 * usage: openssl_dlclose LIBRARY; 77 without one
 */
#include <dlfcn.h>
#include <stdio.h>

#include <openssl/ssl.h>
#include <s2sverify/openssl.h>

typedef int install_fn(SSL_CTX *, struct s2sv_policy *, struct s2sv_trust *);

int main(int argc, char **argv)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    install_fn *install;
    if (argc < 2)
        return 77;
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    *(void **)&install = dlsym(library, "s2sv_openssl_install");
    if (!install || install(ctx, policy, NULL) != 0)
        return 1;
    dlclose(library);
    s2sv_policy_unref(policy);
    SSL_CTX_free(ctx);
    return 0;
}
