/* SPDX-License-Identifier: MIT */
#include "slow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef SV_HAVE_IDN2
#include <idn2.h>
#include <unictype.h>
#include <unistring/version.h>
#include <unistr.h>
#endif

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* Splits at every dot; what is no label, or too much, makes it not ok. */
static void split(const char *text, size_t len, struct slow_name *ret)
{
    ret->ok = len > 0 && len < 300;
    ret->star = 0;
    ret->count = 0;
    size_t at = 0;
    while (ret->ok) {
        char *label = ret->label[ret->count];
        size_t n = 0;
        while (at < len && text[at] != '.' && n < 63) {
            char c = text[at++];
            label[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        label[n] = '\0';
        ret->count++;
        if (at == len)
            break;
        ret->ok = text[at++] == '.' && ret->count < 160;
    }
}

/* Letters, digits, hyphens inside, underscores. A NUL ends the string early, so count. */
static void check_labels(const char *text, size_t len, struct slow_name *name)
{
    size_t total = 0;
    for (size_t i = 0; i < name->count && name->ok; i++) {
        const char *label = name->label[i];
        size_t n = strlen(label);
        total += n + 1;
        if (n == 0 || strspn(label, LETTERS DIGITS "-_") != n || label[0] == '-' ||
            label[n - 1] == '-')
            name->ok = 0;
    }
    if (total > 254 || total != len + 1 || memchr(text, '\0', len))
        name->ok = 0;
}

#ifdef SV_HAVE_IDN2
static int map(const char *text, char *buf, size_t size)
{
    char *out = NULL;
    if (idn2_to_ascii_8z(text, &out, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return 0;
    int fits = snprintf(buf, size, "%s", out) < (int)size;
    idn2_free(out);
    return fits;
}

static int a_label_ok(const char *label)
{
    char buf[256];
    return !strchr(label, '_') && map(label, buf, sizeof buf);
}

/* U+180F came with Unicode 14, and that with libunistring 1.0. */
static int is_newer(unsigned long c)
{
    return c == 0x180f && _libunistring_version < 0x010000;
}

/* A joiner isn't seen either, but IDNA2008 has rules for it. */
int slow_is_invisible(unsigned long c)
{
    if (is_newer(c))
        return 1;
    return uc_is_property_default_ignorable_code_point((ucs4_t)c) && c != 0x200c && c != 0x200d;
}

static int is_visible(const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + len;
    ucs4_t c;
    while (at < end) {
        at += u8_mbtouc(&c, at, (size_t)(end - at));
        if (slow_is_invisible(c))
            return 0;
    }
    return 1;
}
#else
int slow_is_invisible(unsigned long c)
{
    (void)c;
    return 0;
}

static int is_visible(const char *text, size_t len)
{
    (void)text, (void)len;
    return 1;
}

static int map(const char *text, char *buf, size_t size)
{
    (void)text;
    (void)buf;
    (void)size;
    return 0;
}

static int a_label_ok(const char *label)
{
    (void)label;
    return 1;
}
#endif

static int is_number(const char *label)
{
    if (strncmp(label, "0x", 2) == 0)
        return strspn(label + 2, DIGITS "abcdef") == strlen(label + 2);
    return strspn(label, DIGITS) == strlen(label);
}

static int is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80)
            return 0;
    }
    return 1;
}

/* Non-ASCII text may be mapped only if all that is ASCII in it would be fine in a name. */
static int may_be_mapped(const char *text)
{
    char copy[1200];
    struct slow_name name;
    size_t n = 0;
    for (; *text; text++) {
        if ((unsigned char)*text < 0x80)
            copy[n++] = *text;
        else if (n == 0 || copy[n - 1] != 'u' || (unsigned char)text[-1] < 0x80)
            copy[n++] = 'u'; /* stands for a run of others */
    }
    split(copy, n, &name);
    check_labels(copy, n, &name);
    return name.ok;
}

void slow_reference(const char *text, struct slow_name *ret)
{
    char buf[1100];
    size_t len = strlen(text);
    ret->ok = 0;
    if (len > 1023)
        return;
    memcpy(buf, text, len + 1);
    if (len > 0 && buf[len - 1] == '.')
        buf[--len] = '\0';
    if (!is_ascii(buf)) {
        char ascii[300];
        if (!may_be_mapped(buf) || !map(buf, ascii, sizeof ascii))
            return;
        len = strlen(ascii);
        memcpy(buf, ascii, len + 1);
    }
    split(buf, len, ret);
    check_labels(buf, len, ret);
    if (ret->ok && is_number(ret->label[ret->count - 1]))
        ret->ok = 0; /* an address, or nothing: no name either way */
    for (size_t i = 0; i < ret->count && ret->ok; i++) {
        if (strncmp(ret->label[i], "xn--", 4) == 0 && !a_label_ok(ret->label[i]))
            ret->ok = 0;
    }
}

void slow_dns(const char *text, size_t len, struct slow_name *ret)
{
    int star = len > 2 && text[0] == '*' && text[1] == '.';
    if (star) {
        text += 2;
        len -= 2;
    }
    split(text, len, ret);
    check_labels(text, len, ret);
    ret->star = star;
    if (star && ret->count < 2)
        ret->ok = 0;
}

void slow_srv(const char *text, size_t len, struct slow_name *ret)
{
    static const char service[] = "_xmpp-server.";
    ret->ok = 0;
    if (len < strlen(service))
        return;
    for (size_t i = 0; i < strlen(service); i++) {
        char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != service[i])
            return;
    }
    slow_dns(text + strlen(service), len - strlen(service), ret);
}

void slow_xmpp_addr(const char *text, size_t len, struct slow_name *ret)
{
    char copy[1100];
    ret->ok = 0;
    if (len < 1 || len > 1023 || memchr(text, '\0', len) || text[len - 1] == '.' ||
        !is_visible(text, len))
        return;
    memcpy(copy, text, len);
    copy[len] = '\0';
    slow_reference(copy, ret);
}

static int ends_with(const struct slow_name *name, const struct slow_name *tail)
{
    if (name->count < tail->count)
        return 0;
    for (size_t i = 0; i < tail->count; i++) {
        if (strcmp(name->label[name->count - tail->count + i], tail->label[i]) != 0)
            return 0;
    }
    return 1;
}

int slow_match(const struct slow_name *presented, const struct slow_name *reference)
{
    if (!presented->ok || !reference->ok)
        return 0;
    return reference->count == presented->count + (presented->star ? 1 : 0) &&
           ends_with(reference, presented);
}

int slow_under(const struct slow_name *presented, const struct slow_name *domain)
{
    if (!presented->ok || !domain->ok)
        return 0;
    return presented->count + (presented->star ? 1 : 0) > domain->count &&
           ends_with(presented, domain);
}
