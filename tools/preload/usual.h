/* SPDX-License-Identifier: MIT
 * In the place of the tables, for the libraries that are linked the usual way to see what a table
 * must hold. */
#define NAMES_OF_svp_openssl ""
#define NAMES_OF_svp_gnutls ""
struct svp_openssl {
    void *unused;
};
struct svp_gnutls {
    void *unused;
};
