/* SPDX-License-Identifier: MIT */
#include "names/domain.h"

#include <string.h>

unsigned char sv_ascii_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

int sv_ascii_is_alnum(unsigned char c)
{
    unsigned char lower = sv_ascii_lower(c);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
}

int sv_domain_next_label(struct sv_span *name, struct sv_span *ret_label)
{
    if (name->len == 0)
        return 0;
    const unsigned char *dot = memchr(name->data, '.', name->len);
    size_t len = dot ? (size_t)(dot - name->data) : name->len;
    *ret_label = (struct sv_span){ name->data, len };
    *name = sv_span_skip(*name, dot ? len + 1 : len);
    return 1;
}

static int label_ok(struct sv_span label)
{
    if (label.len < 1 || label.len > SV_MAX_LABEL)
        return 0;
    if (label.data[0] == '-' || label.data[label.len - 1] == '-')
        return 0;
    for (size_t i = 0; i < label.len; i++) {
        unsigned char c = label.data[i];
        if (!sv_ascii_is_alnum(c) && c != '-' && c != '_')
            return 0;
    }
    return 1;
}

int sv_domain_ok(struct sv_span name)
{
    struct sv_span label;
    if (name.len < 1 || name.len > SV_MAX_DOMAIN || name.data[name.len - 1] == '.')
        return 0;
    while (sv_domain_next_label(&name, &label)) {
        if (!label_ok(label))
            return 0;
    }
    return 1;
}

int sv_domain_is_a_label(struct sv_span label)
{
    return label.len >= 4 && sv_domain_equal((struct sv_span){ label.data, 4 }, sv_span_of("xn--"));
}

int sv_domain_equal(struct sv_span a, struct sv_span b)
{
    if (a.len != b.len)
        return 0;
    for (size_t i = 0; i < a.len; i++) {
        if (sv_ascii_lower(a.data[i]) != sv_ascii_lower(b.data[i]))
            return 0;
    }
    return 1;
}

int sv_domain_is_below(struct sv_span name, struct sv_span base)
{
    if (name.len < base.len + 2 || name.data[name.len - base.len - 1] != '.')
        return 0;
    return sv_domain_equal(sv_span_skip(name, name.len - base.len), base);
}

int sv_domain_wildcard_covers(struct sv_span base, struct sv_span name)
{
    struct sv_span label;
    return sv_domain_next_label(&name, &label) && label.len > 0 && sv_domain_equal(name, base);
}
