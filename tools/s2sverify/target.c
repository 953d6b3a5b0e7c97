/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_IDN2
#include <idn2.h>
#endif

#include "number.h"

enum { XMPP_PORT = 5269, SMTP_PORT = 25 };

/* ---- names ------------------------------------------------------------------------------------*/

static int is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return 0;
    return 1;
}

static int copy_ascii(const char *domain, char ascii[DOMAIN_TEXT])
{
    size_t len = strlen(domain);
    if (len == 0 || len >= DOMAIN_TEXT ||
        strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") != len)
        return 0;
    strcpy(ascii, domain);
    return 1;
}

int domain_to_ascii(const char *domain, char ascii[DOMAIN_TEXT])
{
    if (is_ascii(domain))
        return copy_ascii(domain, ascii);
#ifdef HAVE_IDN2
    char *converted = NULL;
    int done =
        idn2_to_ascii_8z(domain, &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
        copy_ascii(converted, ascii);
    idn2_free(converted);
    return done;
#else
    return 0;
#endif
}

/* ---- what was asked for -----------------------------------------------------------------------*/

static const struct {
    const char *prefix;
    enum scheme scheme;
    enum s2sv_profile profile;
} schemes[] = { { "xmpp:", SCHEME_XMPP, S2SV_PROFILE_XMPP },
                { "smtp:", SCHEME_SMTP, S2SV_PROFILE_SMTP },
                { "tls:", SCHEME_TLS, S2SV_PROFILE_SERVER } };

enum s2sv_profile target_profile(const struct target *target)
{
    return schemes[target->scheme].profile;
}

/* The port behind the last colon; a colon within an IPv6 address is none of these. */
static const char *split_port(const char *text, struct target *target)
{
    const char *end = text + strlen(text), *start = text;
    const char *colon = strrchr(text, ':');
    if (text[0] == '[') {
        start = text + 1;
        end = strchr(text, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            return "an IPv6 address in brackets";
        colon = end[1] == ':' ? end + 1 : NULL;
    } else if (colon) {
        end = colon;
    }
    if ((size_t)(end - start) >= sizeof target->domain)
        return "a name: it is too long";
    snprintf(target->domain, sizeof target->domain, "%.*s", (int)(end - start), start);
    target->port = colon ? (int)parse_number(colon + 1, 65535) : 0;
    if (target->port < 0 || (colon && target->port == 0))
        return "a port from 1 to 65535";
    return NULL;
}

const char *target_parse(const char *text, struct target *ret_target)
{
    memset(ret_target, 0, sizeof *ret_target);
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i].prefix);
        if (strncmp(text, schemes[i].prefix, len) != 0)
            continue;
        ret_target->scheme = schemes[i].scheme;
        const char *wrong = split_port(text + len, ret_target);
        if (wrong)
            return wrong;
        if (ret_target->scheme == SCHEME_TLS && ret_target->port == 0)
            return "tls:HOST:PORT: the port is missing";
        return domain_to_ascii(ret_target->domain, ret_target->ascii) ? NULL : "a domain name";
    }
    return "xmpp:DOMAIN, smtp:DOMAIN or tls:HOST:PORT";
}

/* ---- lookup -----------------------------------------------------------------------------------*/

static int fail(struct endpoints *endpoints, const char *name, const char *why)
{
    if (endpoints->error[0] == '\0')
        snprintf(endpoints->error, sizeof endpoints->error, "%s: %s", name, why);
    return 0;
}

static void fail_dns(struct endpoints *endpoints, const struct dns *dns)
{
    if (endpoints->error[0] == '\0')
        snprintf(endpoints->error, sizeof endpoints->error, "%s", dns_error(dns));
}

/* The addresses of one host. Those of others may still be found. */
static void add_host(struct dns *dns, const char *host, int port, int is_direct, int is_secure,
                     struct endpoints *endpoints)
{
    struct address addresses[DNS_MOST];
    size_t count = 0;
    enum dns_found found = dns_addresses(dns, host, port, addresses, &count);
    if (found == DNS_NONE)
        fail(endpoints, host, "the name has no address");
    else if (found == DNS_FAILED)
        fail_dns(endpoints, dns);
    for (size_t i = 0; i < count && endpoints->count < ENDPOINTS_MOST; i++) {
        struct endpoint *endpoint = &endpoints->items[endpoints->count++];
        snprintf(endpoint->host, sizeof endpoint->host, "%s", host);
        endpoint->address = addresses[i];
        endpoint->is_direct = is_direct;
        endpoint->is_secure = is_secure;
    }
}

struct service_list {
    struct service items[2 * DNS_MOST];
    int is_direct[2 * DNS_MOST], is_secure[2 * DNS_MOST];
    size_t count;
};

/* Merged by priority; at the same one, TLS from the beginning first. */
static void insert(struct service_list *list, const struct service *service, int is_direct,
                   int is_secure)
{
    size_t i = list->count++;
    while (i > 0 && list->items[i - 1].priority > service->priority) {
        list->items[i] = list->items[i - 1];
        list->is_direct[i] = list->is_direct[i - 1];
        list->is_secure[i] = list->is_secure[i - 1];
        i--;
    }
    list->items[i] = *service;
    list->is_direct[i] = is_direct;
    list->is_secure[i] = is_secure;
}

static enum dns_found add_srv(const struct target *target, struct dns *dns, int is_direct,
                              struct service_list *list)
{
    struct service found[DNS_MOST];
    char name[DOMAIN_TEXT + 32];
    size_t count = 0;
    snprintf(name, sizeof name, "%s._tcp.%s", is_direct ? "_xmpps-server" : "_xmpp-server",
             target->ascii);
    enum dns_found status = dns_srv(dns, name, found, &count);
    for (size_t i = 0; i < count; i++)
        insert(list, &found[i], is_direct, dns_was_secure(dns));
    return status;
}

/* "." as the only target says that the service isn't there (RFC 2782); XEP-0368 looks at the other
 * kind then. */
static void look_up_xmpp(const struct target *target, struct dns *dns, struct endpoints *endpoints)
{
    struct service_list list = { .count = 0 };
    enum dns_found direct = add_srv(target, dns, 1, &list);
    enum dns_found plain = add_srv(target, dns, 0, &list);
    if (direct == DNS_FAILED || plain == DNS_FAILED)
        fail_dns(endpoints, dns);
    if (list.count == 0 && direct == DNS_NONE && plain == DNS_NONE)
        add_host(dns, target->ascii, XMPP_PORT, 0, 1, endpoints);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].host[0] != '\0')
            add_host(dns, list.items[i].host, list.items[i].port, list.is_direct[i],
                     list.is_secure[i], endpoints);
        else
            fail(endpoints, target->domain, "DNS says that there is no XMPP server");
}

static void look_up_smtp(const struct target *target, struct dns *dns, struct endpoints *endpoints)
{
    struct service list[DNS_MOST];
    size_t count = 0;
    enum dns_found found = dns_mx(dns, target->ascii, list, &count);
    int is_secure = dns_was_secure(dns);
    if (found == DNS_FAILED)
        fail_dns(endpoints, dns);
    if (found == DNS_NONE)
        add_host(dns, target->ascii, SMTP_PORT, 0, 1, endpoints);
    for (size_t i = 0; i < count; i++)
        if (list[i].host[0] != '\0')
            add_host(dns, list[i].host, SMTP_PORT, 0, is_secure, endpoints);
        else
            fail(endpoints, target->domain, "DNS says that it takes no mail (RFC 7505)");
}

static int is_address(const char *text)
{
    unsigned char octets[16];
    return inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1;
}

int target_look_up(const struct target *target, struct dns *dns, struct endpoints *ret_endpoints)
{
    memset(ret_endpoints, 0, sizeof *ret_endpoints);
    if (target->port != 0 || is_address(target->ascii))
        add_host(dns, target->ascii,
                 target->port != 0               ? target->port
                 : target->scheme == SCHEME_SMTP ? SMTP_PORT
                                                 : XMPP_PORT,
                 target->scheme == SCHEME_TLS, 1, ret_endpoints);
    else if (target->scheme == SCHEME_SMTP)
        look_up_smtp(target, dns, ret_endpoints);
    else
        look_up_xmpp(target, dns, ret_endpoints);
    return ret_endpoints->count > 0;
}
