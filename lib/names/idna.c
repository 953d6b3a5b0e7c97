/* SPDX-License-Identifier: MIT */
#include "names/idna.h"

const char sv_idna_no_memory[] = "out of memory";

/* Unicode's Default_Ignorable_Code_Point but ZWNJ and ZWJ, which IDNA2008 judges by what is around
 * them. */
static const struct range {
    unsigned long first, last;
} invisible[] = {
    { 0xad, 0xad },       { 0x34f, 0x34f },     { 0x61c, 0x61c },   { 0x115f, 0x1160 },
    { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200b }, { 0x200e, 0x200f },
    { 0x202a, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
    { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfff8 }, { 0x1bca0, 0x1bca3 },
    { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static int is_invisible(unsigned long c)
{
    for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++) {
        if (c >= invisible[i].first && c <= invisible[i].last)
            return 1;
    }
    return 0;
}

int sv_idna_has_invisible(struct sv_span text)
{
    unsigned long c = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char octet = text.data[i];
        if (octet >= 0xc0) /* the first of two, three or four */
            c = octet & (octet < 0xe0 ? 0x1fu : octet < 0xf0 ? 0x0fu : 0x07u);
        else
            c = octet < 0x80 ? octet : c << 6 | (octet & 0x3fu);
        if (is_invisible(c) && (i + 1 == text.len || (text.data[i + 1] & 0xc0) != 0x80))
            return 1;
    }
    return 0;
}

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
    if (rc != IDN2_OK || !name)
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
    while (!why && sv_domain_next_label(&name, &label)) {
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
