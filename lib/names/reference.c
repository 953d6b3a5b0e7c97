/* SPDX-License-Identifier: MIT */
#include "names/reference.h"

#include <arpa/inet.h>
#include <string.h>

/* The functions here return NULL, or what is wrong: a constant. */

static int is_ascii(struct sv_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x80)
            return 0;
    }
    return 1;
}

/* Octets over 0x7f are the mapping's to judge. */
static const char *check_octet(unsigned char c)
{
    if (c >= 0x80 || c == '.' || c == '-' || c == '_' || sv_ascii_is_alnum(c))
        return NULL;
    if (c == '*')
        return "a wildcard can't be a reference name";
    if (c <= ' ' || c == 0x7f)
        return "a space or control character";
    if (c == '@' || c == '/')
        return "a domain alone, without user or resource part, was expected";
    return "a character that no domain name has";
}

/* A label that is yet to be mapped may be longer in UTF-8. */
static const char *check_label(struct sv_span label)
{
    if (label.len == 0)
        return "an empty label";
    if (label.len > SV_MAX_LABEL && is_ascii(label))
        return "a label longer than 63 octets";
    if (label.data[0] == '-' || label.data[label.len - 1] == '-')
        return "a label that starts or ends with a hyphen";
    return NULL;
}

/* done on the text, and on the name if a mapping made it (I-4). */
static const char *check_text(struct sv_span text)
{
    struct sv_span label;
    const char *why = NULL;
    for (size_t i = 0; i < text.len && !why; i++)
        why = check_octet(text.data[i]);
    if (!why && (text.len == 0 || text.data[text.len - 1] == '.'))
        why = "an empty label";
    while (!why && sv_domain_next_label(&text, &label))
        why = check_label(label);
    return why;
}

/* RFC 3986 section 3.2.2, with or without brackets; no zone. */
static const char *read_ipv6(const char *text, struct sv_reference *reference)
{
    char address[INET6_ADDRSTRLEN];
    size_t len = strlen(text);
    if (text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (memchr(text, '%', len))
        return "an IPv6 address with a zone";
    if (len >= sizeof address)
        return "neither a domain name nor an IP address";
    memcpy(address, text, len);
    address[len] = '\0';
    if (inet_pton(AF_INET6, address, reference->ip) != 1)
        return "neither a domain name nor an IP address";
    reference->kind = SV_REFERENCE_IPV6;
    reference->len = 16;
    return NULL;
}

/* resolvers read "127.1" and "0x7f.1" as addresses: their last label is a number. */
static int ends_in_number(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;
    if (last[0] == '0' && (last[1] == 'x' || last[1] == 'X'))
        return last[2 + strspn(last + 2, "0123456789abcdefABCDEF")] == '\0';
    return last[strspn(last, "0123456789")] == '\0';
}

/* only the strict dotted quad is an IPv4 address. */
static const char *read_ipv4(struct sv_reference *reference)
{
    if (inet_pton(AF_INET, reference->name, reference->ip) != 1)
        return "a number, but not an IPv4 address of four decimal numbers";
    reference->kind = SV_REFERENCE_IPV4;
    reference->len = 4;
    return NULL;
}

/* The second round of checks, on A-labels (I-5, R-11, R-12). */
static const char *read_name(unsigned flags, struct sv_reference *reference)
{
    struct sv_span name = sv_span_of(reference->name);
    if (name.len > SV_MAX_DOMAIN)
        return "longer than 253 octets";
    if (!is_ascii(name))
        return "not a valid internationalised domain name (IDNA2008)";
    if (ends_in_number(reference->name))
        return read_ipv4(reference);
    if (!(flags & SV_REFERENCE_SINGLE_LABEL) && !memchr(name.data, '.', name.len))
        return "a single label, not a full domain name";
    reference->kind = SV_REFERENCE_NAME;
    reference->len = name.len;
    return sv_idna_check_a_labels(name);
}

static const char *copy_ascii(struct sv_span text, char ret_name[SV_DOMAIN_SIZE])
{
    if (text.len >= SV_DOMAIN_SIZE)
        return "longer than 253 octets";
    for (size_t i = 0; i < text.len; i++)
        ret_name[i] = (char)sv_ascii_lower(text.data[i]);
    ret_name[text.len] = '\0';
    return NULL;
}

static const char *map(const char *text, char ret_name[SV_DOMAIN_SIZE])
{
    const char *why = sv_idna_map(text, ret_name);
    return why ? why : check_text(sv_span_of(ret_name));
}

static const char *read_text(struct sv_span text, unsigned flags, struct sv_reference *reference)
{
    char plain[SV_MAX_REFERENCE + 1];
    memcpy(plain, text.data, text.len);
    plain[text.len] = '\0';
    if (strpbrk(plain, ":["))
        return read_ipv6(plain, reference);
    const char *why = check_text(text);
    if (!why)
        why = is_ascii(text) ? copy_ascii(text, reference->name) : map(plain, reference->name);
    return why ? why : read_name(flags, reference);
}

/* R-1; R-5: one trailing dot goes before anything else. */
static const char *read_reference(const char *text, unsigned flags, struct sv_reference *reference)
{
    if (!text || text[0] == '\0')
        return "the reference name is empty";
    const char *end = memchr(text, '\0', SV_MAX_REFERENCE + 1);
    if (!end)
        return "longer than 1023 octets";
    size_t len = (size_t)(end - text);
    if (text[len - 1] == '.')
        len--;
    return read_text((struct sv_span){ (const unsigned char *)text, len }, flags, reference);
}

enum s2sv_reason sv_reference_read(const char *text, unsigned flags,
                                   struct sv_reference *ret_reference)
{
    memset(ret_reference, 0, sizeof *ret_reference);
    const char *why = read_reference(text, flags, ret_reference);
    if (!why)
        return S2SV_REASON_NONE;
    memset(ret_reference, 0, sizeof *ret_reference);
    ret_reference->why = why;
    return why == sv_idna_no_memory ? S2SV_REASON_INTERNAL_ERROR : S2SV_REASON_INVALID_REFERENCE;
}

int sv_reference_equal(const struct sv_reference *a, const struct sv_reference *b)
{
    if (a->kind == 0 || a->kind != b->kind || a->len != b->len)
        return 0;
    if (a->kind == SV_REFERENCE_NAME)
        return memcmp(a->name, b->name, a->len) == 0;
    return memcmp(a->ip, b->ip, a->len) == 0;
}

int s2sv_same_domain(const char *a, const char *b)
{
    struct sv_reference x, y;
    return a && b && sv_reference_read(a, SV_REFERENCE_SINGLE_LABEL, &x) == S2SV_REASON_NONE &&
           sv_reference_read(b, SV_REFERENCE_SINGLE_LABEL, &y) == S2SV_REASON_NONE &&
           sv_reference_equal(&x, &y);
}
