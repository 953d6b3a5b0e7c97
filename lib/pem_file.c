/* SPDX-License-Identifier: MIT
 * PEM files: one reader for all backends, so that all take the same files. */
#include <stdlib.h>

#include "load.h"
#include "x509/pem.h"

/* P-27: a certificate, and behind it OpenSSL's settings. What they don't let servers use is no
 * anchor, and on no path (T-2). */
static int load_trusted(struct s2sv_loader *loader, struct sv_span der, s2sv_is_for_servers *asked)
{
    struct sv_span rest = der;
    struct sv_element certificate;
    if (!asked) {
        sv_loader_complain(loader, "the settings of a TRUSTED CERTIFICATE are OpenSSL's alone");
        return S2SV_ERR_INVALID;
    }
    int answer = sv_der_next(&rest, &certificate) ? asked(der.data, der.len) : S2SV_ERR_INVALID;
    if (answer == 1)
        return sv_loader_certificate(loader, certificate.whole.data, certificate.whole.len);
    if (answer == 0)
        return sv_loader_distrust(loader, certificate.whole.data, certificate.whole.len);
    sv_loader_complain(loader, "a malformed TRUSTED CERTIFICATE");
    return answer;
}

static int load_block(struct s2sv_loader *loader, const struct sv_pem *block,
                      s2sv_is_for_servers *asked)
{
    struct sv_span der = { NULL, 0 }, label = block->label;
    int is_malformed, status = S2SV_ERR_INVALID;
    unsigned char *buf = sv_pem_decode(block, &der.len, &is_malformed);
    der.data = buf;
    if (!buf && !is_malformed)
        status = S2SV_ERR_NOMEM;
    else if (buf && sv_span_is(label, "X509 CRL"))
        status = sv_loader_crl(loader, der.data, der.len);
    else if (buf && (sv_span_is(label, "CERTIFICATE") || sv_span_is(label, "X509 CERTIFICATE")))
        status = sv_loader_certificate(loader, der.data, der.len);
    else if (buf && sv_span_is(label, "TRUSTED CERTIFICATE"))
        status = load_trusted(loader, der, asked);
    else
        sv_loader_complain(loader, "malformed PEM");
    free(buf);
    return status;
}

static int is_wanted(struct sv_span label, enum s2sv_place place)
{
    struct sv_span kind = sv_span_of(place == S2SV_PLACE_CRL_FILE ? "CRL" : "CERTIFICATE");
    return label.len >= kind.len && sv_span_equal(sv_span_skip(label, label.len - kind.len), kind);
}

static int load_pem(struct s2sv_loader *loader, enum s2sv_place place, struct sv_span text,
                    s2sv_is_for_servers *asked)
{
    struct sv_pem block;
    size_t count = 0;
    int more, status = S2SV_DECIDED;
    while (status == S2SV_DECIDED && (more = sv_pem_next(&text, &block)) != 0) {
        if (more < 0) {
            sv_loader_complain(loader, "malformed PEM");
            return S2SV_ERR_INVALID;
        }
        if (!is_wanted(block.label, place))
            continue;
        count++;
        status = load_block(loader, &block, asked);
    }
    if (status == S2SV_DECIDED && count == 0) {
        sv_loader_complain(loader, place == S2SV_PLACE_CRL_FILE ? "no PEM CRL in it"
                                                                : "no PEM certificate in it");
        return S2SV_ERR_IO;
    }
    return status;
}

int s2sv_loader_add_pem(struct s2sv_loader *loader, enum s2sv_place place, const char *path,
                        const void *pem, size_t len, s2sv_is_for_servers *is_for_servers)
{
    loader->file = path;
    loader->seen = 0;
    int status = load_pem(loader, place, (struct sv_span){ pem, len }, is_for_servers);
    loader->file = NULL;
    if (status != S2SV_DECIDED)
        loader->failed = status;
    return status;
}
