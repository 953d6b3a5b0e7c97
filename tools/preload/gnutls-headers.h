/* SPDX-License-Identifier: MIT
 * Every GnuTLS header that is used here or in the backend. */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
