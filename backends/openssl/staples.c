/* SPDX-License-Identifier: MIT
 * The OCSP responses that a peer stapled, as octets: the core reads them. Libssl has them at the
 * time of the verification in TLS 1.3; in TLS 1.2 that of the leaf comes later in the handshake. It
 * asks servers only, and before 3.6 tells the leaf's alone. */
#include <openssl/crypto.h>
#include <openssl/ocsp.h>

#include "internal.h"

void svo_staples_clear(struct svo_staples *staples)
{
    for (size_t i = 0; i < staples->count; i++)
        OPENSSL_free((void *)staples->all[i].data);
    OPENSSL_free(staples->all);
    *staples = (struct svo_staples){ .count = 0 };
}

#if OPENSSL_VERSION_NUMBER >= 0x30600000L

static int take_all(SSL *ssl, struct svo_staples *staples)
{
    STACK_OF(OCSP_RESPONSE) *found = NULL;
    (void)SSL_get0_tlsext_status_ocsp_resp_ex(ssl, &found);
    int count = found ? sk_OCSP_RESPONSE_num(found) : 0;
    staples->all = OPENSSL_zalloc(((size_t)(count > 0 ? count : 0) + 1) * sizeof *staples->all);
    for (int i = 0; staples->all && i < count; i++) {
        OCSP_RESPONSE *response = sk_OCSP_RESPONSE_value(found, i);
        unsigned char *der = NULL;
        int len = response ? i2d_OCSP_RESPONSE(response, &der) : 0;
        if (len < 0)
            return S2SV_ERR_NOMEM;
        if (len > 0)
            staples->all[staples->count++] = (struct s2sv_bytes){ der, (size_t)len };
    }
    return staples->all ? S2SV_DECIDED : S2SV_ERR_NOMEM;
}

#else

static int take_all(SSL *ssl, struct svo_staples *staples)
{
    const unsigned char *found = NULL;
    long len = SSL_get_tlsext_status_ocsp_resp(ssl, &found);
    if (len <= 0 || !found)
        return 0;
    staples->all = OPENSSL_zalloc(sizeof *staples->all);
    if (staples->all)
        staples->all[0].data = OPENSSL_memdup(found, (size_t)len);
    if (!staples->all || !staples->all[0].data)
        return S2SV_ERR_NOMEM;
    staples->all[0].len = (size_t)len;
    staples->count = 1;
    return S2SV_DECIDED;
}

#endif

/* A session that is resumed has none, so that none can be missed. */
static int are_asked(SSL *ssl)
{
    return !SSL_is_server(ssl) && !SSL_session_reused(ssl) &&
           SSL_get_tlsext_status_type(ssl) == TLSEXT_STATUSTYPE_ocsp;
}

int svo_awaits_staples(SSL *ssl)
{
    return are_asked(ssl) && !SSL_is_init_finished(ssl) && SSL_version(ssl) < TLS1_3_VERSION;
}

int svo_staples_take(SSL *ssl, struct svo_staples *ret_staples)
{
    *ret_staples = (struct svo_staples){ .count = 0 };
    if (!ssl) /* a stateless judge may have none */
        return S2SV_DECIDED;
    ret_staples->were_asked = are_asked(ssl) && !svo_awaits_staples(ssl);
    return SSL_is_server(ssl) ? S2SV_DECIDED : take_all(ssl, ret_staples);
}
