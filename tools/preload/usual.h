/* SPDX-License-Identifier: MIT
 * In the place of the tables, for the libraries that are linked the usual way to see what a table
 * must hold. */
#include <stdint.h>
#define NAMES_OF_svp_openssl ""
#define NAMES_OF_svp_gnutls ""
extern uintptr_t svp_openssl[], svp_gnutls[];
