/* SPDX-License-Identifier: MIT
 * What our exported GnuTLS functions call. */
#ifndef SVP_GNUTLS_H
#define SVP_GNUTLS_H

#include <gnutls/gnutls.h>

/* Narrows what GnuTLS said about a session's peer: adds to *status what is held against it. real: a
 * function of the library that said it. */
void svp_gnutls_narrow(gnutls_session_t session, const void *real, unsigned *status);

/* What a program asks of a peer that connects, in gnutls_certificate_verify_peers(): of one that
 * demands clientAuth, serverAuth instead. 0: nothing is to be changed. */
enum { SVP_DATA = 8 };
int svp_gnutls_ask_for_servers(gnutls_session_t session, const void *real,
                               const gnutls_typed_vdata_st *data, unsigned count,
                               gnutls_typed_vdata_st ret_data[SVP_DATA]);

/* 1: a client that has no such purpose may have what the program asked for. */
int svp_gnutls_is_wide(void);

#endif
