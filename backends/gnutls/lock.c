/* SPDX-License-Identifier: MIT
 * The second lock (P-32, P-33): GnuTLS is asked for serverAuth as well. */
#include "internal.h"

gnutls_typed_vdata_st svg_lock(void)
{
    static unsigned char purpose[] = GNUTLS_KP_TLS_WWW_SERVER;
    return (gnutls_typed_vdata_st){ GNUTLS_DT_KEY_PURPOSE_OID, purpose, 0 };
}
