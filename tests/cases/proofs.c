/* SPDX-License-Identifier: MIT */
#include "proofs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "../pki/text.h"

/* subjectPublicKeyInfo as the certificate has it, not as a TLS library would write it. */
static unsigned char *spki_of(const unsigned char *der, size_t len, size_t *ret_len)
{
    const unsigned char *at = der;
    X509 *x = d2i_X509(NULL, &at, (long)len);
    unsigned char *spki = NULL, *copy = NULL;
    int size = x ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki) : -1;
    if (size > 0 && (copy = malloc((size_t)size))) {
        memcpy(copy, spki, (size_t)size);
        *ret_len = (size_t)size;
    }
    OPENSSL_free(spki);
    X509_free(x);
    return copy;
}

static unsigned char *whole_of(const struct pki_cert *cert, unsigned selector, size_t *ret_len)
{
    const unsigned char *der = pki_der(cert, ret_len);
    if (selector == 1)
        return spki_of(der, *ret_len, ret_len);
    unsigned char *copy = malloc(*ret_len);
    if (copy)
        memcpy(copy, der, *ret_len);
    return copy;
}

unsigned char *proofs_data(const struct pki_cert *cert, unsigned selector, unsigned matching_type,
                           size_t *ret_len)
{
    size_t len = 0;
    unsigned size = 0;
    unsigned char *whole = whole_of(cert, selector, &len);
    unsigned char *digest = whole ? malloc(EVP_MAX_MD_SIZE) : NULL;
    *ret_len = len;
    if (!digest || matching_type == 0) {
        free(digest);
        return whole;
    }
    EVP_Digest(whole, len, digest, &size, matching_type == 1 ? EVP_sha256() : EVP_sha512(), NULL);
    free(whole);
    *ret_len = size;
    return digest;
}

static unsigned char *hex_of(const char *hex, size_t *ret_len)
{
    struct out octets = { 0 };
    if (text_hex(&octets, hex) != 0) {
        out_free(&octets);
        return NULL;
    }
    *ret_len = octets.len;
    return octets.data ? octets.data : calloc(1, 1);
}

/* NAME, NAME flip (its last octet changed), NAME cut (without it), or hex:OCTETS. */
static unsigned char *read_data(const struct case_chain *chain, const char *text, unsigned selector,
                                unsigned matching_type, size_t *ret_len)
{
    char name[64] = "", how[8] = "";
    if (strncmp(text, "hex:", 4) == 0)
        return hex_of(text + 4, ret_len);
    sscanf(text, "%63s %7s", name, how);
    const struct pki_cert *cert = pki_find(chain->pki, name);
    unsigned char *data = cert ? proofs_data(cert, selector, matching_type, ret_len) : NULL;
    if (data && strcmp(how, "flip") == 0)
        data[*ret_len - 1] ^= 1;
    if (data && strcmp(how, "cut") == 0)
        --*ret_len;
    return data;
}

static int add_tlsa(const struct case_chain *chain, const char *text, struct s2sv_peer *peer)
{
    unsigned usage, selector, matching_type;
    int at = 0, status;
    size_t len = 0;
    if (sscanf(text, "%u %u %u %n", &usage, &selector, &matching_type, &at) != 3)
        return -1;
    unsigned char *data = read_data(chain, text + at, selector, matching_type, &len);
    if (!data)
        return -1;
    status = s2sv_peer_add_tlsa(peer, usage, selector, matching_type, data, len);
    free(data);
    return status;
}

static int set_status(const char *name, struct s2sv_peer *peer)
{
    static const char *const names[] = { "secure", "insecure", "bogus" };
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0)
            return s2sv_peer_set_tlsa_status(peer, (enum s2sv_tlsa_status)(i + 1));
    return strcmp(name, "untold") == 0 ? 0 : -1;
}

static int add_pin(const struct case_chain *chain, const char *text, struct s2sv_peer *peer)
{
    char pin[256] = "";
    size_t len = 0;
    const char *blank = strchr(text, ' ');
    unsigned selector = strncmp(text, "spki", 4) == 0;
    if (!blank)
        return -1;
    unsigned char *data = read_data(chain, blank + 1, selector, strstr(text, "512 ") ? 2 : 1, &len);
    int at = snprintf(pin, sizeof pin, "%.*s:", (int)(blank - text), text);
    for (size_t i = 0; data && i < len && at < 200; i++)
        at += snprintf(pin + at, sizeof pin - (size_t)at, "%02x", data[i]);
    free(data);
    return data ? s2sv_peer_add_pin(peer, pin) : -1;
}

int proofs_need_hash(const struct case_record *record)
{
    for (size_t i = 0; i < record->tlsa.count; i++)
        if (strncmp(record->tlsa.list[i].name + 3, " 0", 2) != 0)
            return 1;
    return record->pins.count > 0;
}

int proofs_add(const struct case_record *record, const struct case_chain *chain,
               struct s2sv_peer *peer)
{
    int status = 0;
    for (size_t i = 0; i < record->tlsa.count; i++)
        status |= add_tlsa(chain, record->tlsa.list[i].name, peer);
    for (size_t i = 0; i < record->pins.count; i++)
        status |= add_pin(chain, record->pins.list[i].name, peer);
    if (record->tlsa_status)
        status |= set_status(record->tlsa_status, peer);
    else if (record->tlsa.count > 0)
        status |= s2sv_peer_set_tlsa_status(peer, S2SV_TLSA_SECURE);
    return status;
}
