/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bare {
    gnutls_x509_trust_list_t list;
};

void *bare_read(const struct s2sv_link *certificate)
{
    gnutls_datum_t datum = { (unsigned char *)certificate->der, (unsigned)certificate->len };
    gnutls_x509_crt_t crt;
    must(gnutls_x509_crt_init(&crt) == 0 &&
         gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_DER) == 0);
    return crt;
}

void bare_forget(void *certificate)
{
    gnutls_x509_crt_deinit(certificate);
}

struct bare *bare_new(const struct s2sv_link *anchor)
{
    struct bare *bare = malloc(sizeof *bare);
    gnutls_x509_crt_t crt = bare_read(anchor);
    must(bare && gnutls_x509_trust_list_init(&bare->list, 0) == 0 &&
         gnutls_x509_trust_list_add_cas(bare->list, &crt, 1, 0) == 1);
    return bare;
}

void bare_free(struct bare *bare)
{
    gnutls_x509_trust_list_deinit(bare->list, 1);
    free(bare);
}

void bare_verify(const struct bare *bare, const struct s2sv_link *leaf,
                 const struct s2sv_link *intermediate, const char *name)
{
    gnutls_x509_crt_t chain[2] = { bare_read(leaf), bare_read(intermediate) };
    gnutls_typed_vdata_st data[2] = {
        { GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)name, 0 },
        { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 },
    };
    unsigned status = 1;
    must(gnutls_x509_trust_list_verify_crt2(bare->list, chain, 2, data, 2, 0, &status, NULL) == 0 &&
         status == 0);
    gnutls_x509_crt_deinit(chain[0]);
    gnutls_x509_crt_deinit(chain[1]);
}

int bare_match(void *certificate, const char *name)
{
    return gnutls_x509_crt_check_hostname2(certificate, name, 0) != 0;
}

void *bare_system_trust(void)
{
    gnutls_x509_trust_list_t list;
    must(gnutls_x509_trust_list_init(&list, 0) == 0 &&
         gnutls_x509_trust_list_add_system_trust(list, 0, 0) > 0);
    return list;
}

void bare_system_trust_free(void *trust)
{
    gnutls_x509_trust_list_deinit(trust, 1);
}
