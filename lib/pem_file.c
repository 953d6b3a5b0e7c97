/* SPDX-License-Identifier: MIT
 * PEM files: one reader for all backends, so that all take the same files. */
#include <stdlib.h>
#include <string.h>

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

/* RFC 3629 6: the mark that some editors put before UTF-8 (PEM-1). */
static void skip_byte_order_mark(struct sv_span *text)
{
    static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
    if (text->len >= sizeof mark && memcmp(text->data, mark, sizeof mark) == 0)
        *text = sv_span_skip(*text, sizeof mark);
}

static int load_blocks(struct s2sv_loader *loader, enum s2sv_place place, struct sv_span all,
                       s2sv_is_for_servers *asked, size_t *ret_count)
{
    struct sv_span text = all;
    struct sv_pem block;
    int more, status = S2SV_DECIDED;
    const unsigned char *at = all.data;
    loader->line = 1;
    skip_byte_order_mark(&text);
    while (status == S2SV_DECIDED && (more = sv_pem_next(&text, &block)) != 0) {
        for (; at < block.line.data; at++)
            loader->line += *at == '\n';
        if (more < 0) {
            sv_loader_complain(loader, "malformed PEM");
            status = sv_loader_leave_out(loader, S2SV_ERR_INVALID);
        } else if (is_wanted(block.label, place)) {
            ++*ret_count;
            status = sv_loader_leave_out(loader, load_block(loader, &block, asked));
        }
    }
    loader->line = 0;
    return status;
}

static int load_pem(struct s2sv_loader *loader, enum s2sv_place place, struct sv_span text,
                    s2sv_is_for_servers *asked)
{
    size_t count = 0;
    int status = load_blocks(loader, place, text, asked, &count);
    if (status != S2SV_DECIDED || count > 0 || loader->skips_malformed)
        return status;
    sv_loader_complain(loader, place == S2SV_PLACE_CRL_FILE ? "no PEM CRL in it"
                                                            : "no PEM certificate in it");
    return S2SV_ERR_IO;
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
