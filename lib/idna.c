/* SPDX-License-Identifier: MIT */
#include "idna.h"

const char sv_idna_no_memory[] = "out of memory";

#ifdef SV_HAVE_IDN2

#include <idn2.h>
#include <string.h>

/* Never IDN2_USE_STD3_ASCII_RULES: it deletes what it doesn't like, so that victim.example@evil
 * becomes victim.exampleevil (I-3). */
static const char *look_up(const char *text, char ret_name[SV_DOMAIN_SIZE])
{
    unsigned char *name = NULL;
    const char *why = NULL;
    int rc =
        idn2_lookup_u8((const unsigned char *)text, &name, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc == IDN2_MALLOC)
        return sv_idna_no_memory;
    if (rc != IDN2_OK || name == NULL)
        return "not a valid internationalised domain name (IDNA2008)";
    size_t len = strlen((const char *)name);
    if (len >= SV_DOMAIN_SIZE)
        why = "longer than 253 octets as A-labels";
    else
        memcpy(ret_name, name, len + 1);
    idn2_free(name);
    return why;
}

const char *sv_idna_map(const char *text, char ret_name[SV_DOMAIN_SIZE])
{
    return look_up(text, ret_name);
}

/* what has an underscore isn't mapped, so "xn--a_-yka" is no A-label. */
static const char *check_a_label(struct sv_span label)
{
    char text[SV_MAX_LABEL + 1];
    char name[SV_DOMAIN_SIZE];
    if (label.len > SV_MAX_LABEL || memchr(label.data, '_', label.len))
        return "a label is not a valid A-label (IDNA2008)";
    memcpy(text, label.data, label.len);
    text[label.len] = '\0';
    return look_up(text, name);
}

const char *sv_idna_check_a_labels(struct sv_span name)
{
    struct sv_span label;
    const char *why = NULL;
    while (why == NULL && sv_domain_next_label(&name, &label)) {
        if (sv_domain_is_a_label(label))
            why = check_a_label(label);
    }
    return why;
}

#else

const char *sv_idna_map(const char *text, char ret_name[SV_DOMAIN_SIZE])
{
    (void)text;
    (void)ret_name;
    return "an internationalised domain name, and this library is built without libidn2";
}

const char *sv_idna_check_a_labels(struct sv_span name)
{
    (void)name;
    return NULL;
}

#endif
