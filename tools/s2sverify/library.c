/* SPDX-License-Identifier: MIT */
#include "library.h"

const struct library *const libraries[LIBRARIES_MOST + 1] = {
#ifdef HAVE_OPENSSL
    &library_openssl,
#endif
#ifdef HAVE_GNUTLS
    &library_gnutls,
#endif
};

int certificate_describe(const void *der, size_t len, struct certificate_text *ret_text)
{
    return libraries[0]->describe(der, len, ret_text);
}
