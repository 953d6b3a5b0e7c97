/* SPDX-License-Identifier: MIT */
#include "rdata.h"

#include <string.h>

static int read_number(const unsigned char *p)
{
    return p[0] << 8 | p[1];
}

static int is_host_character(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* Labels with their lengths in front, the root last, nothing behind it (RFC 1035 section 3.1). */
static int read_name(const unsigned char *p, size_t len, char host[HOST_TEXT])
{
    size_t used = 0;
    while (len > 0 && p[0] != 0) {
        size_t label = p[0];
        if (label > 63 || label + 1 > len || used + label + 2 > HOST_TEXT)
            return 0;
        for (size_t i = 1; i <= label; i++)
            if (!is_host_character(p[i]))
                return 0;
        if (used > 0)
            host[used++] = '.';
        memcpy(host + used, p + 1, label);
        used += label;
        p += label + 1;
        len -= label + 1;
    }
    host[used] = '\0';
    return len == 1;
}

int rdata_srv(const void *data, size_t len, struct service *ret_service)
{
    const unsigned char *p = data;
    struct service service;
    if (len < 7 || !read_name(p + 6, len - 6, service.host))
        return 0;
    service.priority = read_number(p);
    service.weight = read_number(p + 2);
    service.port = read_number(p + 4);
    *ret_service = service;
    return 1;
}

int rdata_mx(const void *data, size_t len, struct service *ret_service)
{
    const unsigned char *p = data;
    struct service service = { .weight = 0, .port = 0 };
    if (len < 3 || !read_name(p + 2, len - 2, service.host))
        return 0;
    service.priority = read_number(p);
    *ret_service = service;
    return 1;
}
