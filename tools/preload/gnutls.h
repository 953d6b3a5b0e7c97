/* SPDX-License-Identifier: MIT
 * What our exported GnuTLS functions call. */
#ifndef SVP_GNUTLS_H
#define SVP_GNUTLS_H

#include <gnutls/gnutls.h>

/* Narrows what GnuTLS said about a session's peer: adds to *status what is held against it. real: a
 * function of the library that said it. */
void svp_gnutls_narrow(gnutls_session_t session, const void *real, unsigned *status);

#endif
