/* SPDX-License-Identifier: MIT */
#include "names/identity.h"

#include "names/reference.h"
#include "x509/general_name.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct builder {
    struct sv_identities *list;
    unsigned kinds;
    struct sv_span service;
    char *text; /* where the next string goes */
    unsigned rules_out_common_name : 1;
    unsigned out_of_memory : 1;
};

static const char *keep(struct builder *b, struct sv_span text)
{
    char *copy = b->text;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    b->text += text.len + 1;
    return copy;
}

static struct sv_identity *add(struct builder *b, enum s2sv_identifier kind, struct sv_span value)
{
    struct sv_identity *identity = &b->list->items[b->list->count++];
    identity->kind = kind;
    identity->value = keep(b, value);
    return identity;
}

static void skip(struct builder *b, unsigned note)
{
    b->list->notes |= note;
    b->list->skipped++;
}

/* A domain that may start with "*.": the star is the whole left-most label, and at least two labels
 * follow it (N-23 to N-25; RFC 9525 section 6.3). */
static int read_pattern(struct sv_span text, struct sv_span *ret_domain, unsigned *ret_wildcard)
{
    unsigned wildcard = text.len > 2 && text.data[0] == '*' && text.data[1] == '.';
    struct sv_span domain = wildcard ? sv_span_skip(text, 2) : text;
    if (!sv_domain_ok(domain) || (wildcard && !memchr(domain.data, '.', domain.len)))
        return 0;
    *ret_domain = domain;
    *ret_wildcard = wildcard;
    return 1;
}

/* domain is part of text; the identity's copy of it is the same part of the kept text. */
static void add_domain(struct builder *b, enum s2sv_identifier kind, struct sv_span text,
                       struct sv_span domain, unsigned wildcard)
{
    struct sv_identity *identity = add(b, kind, text);
    identity->compared =
        sv_span_skip(sv_span_of(identity->value), (size_t)(domain.data - text.data));
    identity->compared.len = domain.len;
    identity->is_wildcard = wildcard & 1u;
}

/* DNS-ID (N-20 to N-29); the common name in its stead (N-10). */
static void add_dns(struct builder *b, enum s2sv_identifier kind, struct sv_span text,
                    unsigned note)
{
    struct sv_span domain;
    unsigned wildcard;
    if (read_pattern(text, &domain, &wildcard))
        add_domain(b, kind, text, domain, wildcard);
    else
        skip(b, note);
}

/* The service of an SRVName is a DNS label with an underscore before it (RFC 4985 section 2). */
static int service_ok(struct sv_span service)
{
    return service.len > 1 && service.data[0] == '_' && sv_domain_ok(service) &&
           service.data[1] != '-' && !memchr(service.data + 1, '_', service.len - 1);
}

/* SRV-ID "_service.domain" (N-2, N-3, N-32 to N-35). */
static void add_srv(struct builder *b, const struct sv_general_name *name)
{
    struct sv_span rest = name->content;
    struct sv_span service, domain;
    unsigned wildcard;
    if (name->value_tag != SV_IA5_STRING || !sv_domain_next_label(&rest, &service) ||
        !service_ok(service) || !read_pattern(rest, &domain, &wildcard)) {
        skip(b, SV_NOTE_SRV);
        return;
    }
    add_domain(b, S2SV_IDENTIFIER_SRV, name->content, domain, wildcard);
    b->list->items[b->list->count - 1].other_service = !sv_domain_equal(service, b->service);
}

/* xmppAddr (N-5, N-6, N-35, N-36): a bare domain, compared as A-labels, without wildcards. What a
 * CA issued isn't made into another name by dropping what nobody sees. */
static void add_xmpp_addr(struct builder *b, const struct sv_general_name *name)
{
    char text[SV_MAX_REFERENCE + 1];
    struct sv_reference domain;
    struct sv_span value = name->content;
    if (name->value_tag != SV_UTF8_STRING || value.len < 1 || value.len >= sizeof text ||
        memchr(value.data, '\0', value.len) || value.data[value.len - 1] == '.') {
        skip(b, SV_NOTE_XMPP_ADDR);
        return;
    }
    memcpy(text, value.data, value.len);
    text[value.len] = '\0';
    enum s2sv_reason reason = sv_reference_read(text, SV_REFERENCE_SINGLE_LABEL, &domain);
    if (reason == S2SV_REASON_INTERNAL_ERROR)
        b->out_of_memory = 1;
    else if (strpbrk(text, "@/"))
        skip(b, SV_NOTE_XMPP_USER);
    else if (reason != S2SV_REASON_NONE || domain.kind != SV_REFERENCE_NAME ||
             sv_idna_has_invisible(value))
        skip(b, SV_NOTE_XMPP_ADDR);
    else
        add(b, S2SV_IDENTIFIER_XMPP_ADDR, value)->compared =
            sv_span_of(keep(b, sv_span_of(domain.name)));
}

/* IP-ID (N-7): RFC 5280 section 4.2.1.6 allows 4 or 16 octets. */
static void add_ip(struct builder *b, struct sv_span octets)
{
    char text[INET6_ADDRSTRLEN];
    int family = octets.len == 4 ? AF_INET : AF_INET6;
    if ((octets.len != 4 && octets.len != 16) ||
        !inet_ntop(family, octets.data, text, sizeof text)) {
        skip(b, SV_NOTE_IP);
        return;
    }
    struct sv_identity *identity = add(b, S2SV_IDENTIFIER_IP, sv_span_of(text));
    identity->compared = (struct sv_span){ (const unsigned char *)keep(b, octets), octets.len };
}

static int has_scheme(struct sv_span uri, const char *scheme)
{
    struct sv_span want = sv_span_of(scheme);
    return uri.len >= want.len && sv_domain_equal((struct sv_span){ uri.data, want.len }, want);
}

/* The host of "sip:host[:port][;parameters][?headers]" (RFC 3261 section 19.1.1). */
static struct sv_span sip_host(struct sv_span uri)
{
    struct sv_span host = sv_span_skip(uri, strlen("sip:"));
    for (size_t i = 0; i < host.len; i++) {
        if (memchr(":;?", host.data[i], 3))
            host.len = i;
    }
    return host;
}

static int is_printable(struct sv_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f)
            return 0;
    }
    return 1;
}

/* URI-ID (N-8; RFC 5922 section 7.1): a sip: URI whose host is a domain, without userinfo, which is
 * not an identity of a domain. Other schemes, sips: among them, identify nothing. */
static void add_uri(struct builder *b, struct sv_span uri)
{
    if (!has_scheme(uri, "sip:"))
        return;
    struct sv_span host = sip_host(uri);
    if (memchr(uri.data, '@', uri.len) || !is_printable(uri) || !sv_domain_ok(host)) {
        skip(b, SV_NOTE_URI);
        return;
    }
    add_domain(b, S2SV_IDENTIFIER_URI, uri, host, 0);
    b->list->has_uri = 1;
}

static void add_other_name(struct builder *b, const struct sv_general_name *name)
{
    if (sv_is_srv_name(name) && (b->kinds & S2SV_IDENTIFIER_SRV))
        add_srv(b, name);
    else if (sv_is_xmpp_addr(name) && (b->kinds & S2SV_IDENTIFIER_XMPP_ADDR))
        add_xmpp_addr(b, name);
}

static void add_general_name(struct builder *b, const struct sv_general_name *name)
{
    if (name->tag == SV_GN_DNS || name->tag == SV_GN_IP || name->tag == SV_GN_URI ||
        sv_is_srv_name(name) || sv_is_xmpp_addr(name))
        b->rules_out_common_name = 1;
    if (name->tag == SV_GN_DNS)
        b->list->has_dns_name = 1;
    if (name->tag == SV_GN_URI)
        b->list->has_uri_name = 1;
    if (name->tag == SV_GN_DNS && (b->kinds & S2SV_IDENTIFIER_DNS))
        add_dns(b, S2SV_IDENTIFIER_DNS, name->content, SV_NOTE_DNS);
    else if (name->tag == SV_GN_IP && (b->kinds & S2SV_IDENTIFIER_IP))
        add_ip(b, name->content);
    else if (name->tag == SV_GN_URI && (b->kinds & S2SV_IDENTIFIER_URI))
        add_uri(b, name->content);
    else if (name->tag == SV_GN_OTHER)
        add_other_name(b, name);
}

/* N-10, N-37, N-38. Of several common names none is the certificate's name. */
static void add_common_name(struct builder *b, const struct sv_common_name *common_name)
{
    if (common_name->count == 0)
        return;
    if (!(b->kinds & S2SV_IDENTIFIER_COMMON_NAME) || b->rules_out_common_name)
        b->list->notes |= b->list->count == 0 ? SV_NOTE_COMMON_NAME_IGNORED : 0u;
    else if (common_name->count > 1 ||
             (common_name->tag != SV_UTF8_STRING && common_name->tag != SV_PRINTABLE_STRING))
        skip(b, SV_NOTE_COMMON_NAME);
    else
        add_dns(b, S2SV_IDENTIFIER_COMMON_NAME, common_name->value, SV_NOTE_COMMON_NAME);
}

/* Room for an entry's strings: its value, or an address as text and as octets, and a mapped name.
 */
static size_t room_for(const struct sv_general_name *name)
{
    size_t room = name->content.len + 1;
    if (name->tag == SV_GN_IP)
        room += INET6_ADDRSTRLEN;
    if (sv_is_xmpp_addr(name))
        room += SV_DOMAIN_SIZE;
    return room;
}

/* 1: comparing it takes IDNA, and libidn2. */
static int is_international(struct sv_span domain)
{
    struct sv_span label;
    for (size_t i = 0; i < domain.len; i++)
        if (domain.data[i] >= 0x80)
            return 1;
    while (sv_domain_next_label(&domain, &label))
        if (sv_domain_is_a_label(label))
            return 1;
    return 0;
}

static int misread(struct sv_misread *ret_misread, enum s2sv_reason reason, const char *what)
{
    *ret_misread = (struct sv_misread){ reason, what };
    return 0;
}

/* The first pass: is it all well-formed, how many are there, how much room do they need? There is
 * at least one GeneralName. A NUL in a dNSName is an attack (N-30). */
static int measure(struct sv_span names, size_t *count, size_t *room,
                   struct sv_misread *ret_misread)
{
    struct sv_general_name name;
    size_t international = 0;
    if (names.data && names.len == 0)
        return misread(ret_misread, S2SV_REASON_MALFORMED_EXTENSION, "an empty subjectAltName");
    while (names.len > 0) {
        if (!sv_general_name_next(&names, &name))
            return misread(ret_misread, S2SV_REASON_MALFORMED_EXTENSION,
                           "a subjectAltName that is not DER");
        if (sv_general_name_is_empty(&name))
            return misread(ret_misread, S2SV_REASON_MALFORMED_EXTENSION,
                           "an empty name in the subjectAltName");
        if (name.tag == SV_GN_DNS && memchr(name.content.data, '\0', name.content.len))
            return misread(ret_misread, S2SV_REASON_MALFORMED_EXTENSION, "a dNSName with a NUL");
        if (++*count > SV_MAX_NAMES)
            return misread(ret_misread, S2SV_REASON_LIMIT_EXCEEDED,
                           "more than 1024 names in the subjectAltName");
        if (sv_is_xmpp_addr(&name) && is_international(name.content))
            international += name.content.len;
        if (international > SV_MAX_INTERNATIONAL)
            return misread(ret_misread, S2SV_REASON_LIMIT_EXCEEDED,
                           "more than 4096 octets of internationalised xmppAddrs");
        *room += room_for(&name);
    }
    return 1;
}

static struct sv_identities *make(size_t count, size_t room)
{
    struct sv_identities *list = calloc(1, sizeof *list + count * sizeof *list->items + room);
    if (list)
        list->items = (struct sv_identity *)(list + 1);
    return list;
}

/* The second pass. */
static void fill(struct builder *b, struct sv_span names, const struct sv_common_name *common_name)
{
    struct sv_general_name name;
    while (names.len > 0 && sv_general_name_next(&names, &name))
        add_general_name(b, &name);
    add_common_name(b, common_name);
    b->list->no_match = b->list->count > 0 ? S2SV_REASON_NAME_MISMATCH : S2SV_REASON_NO_USABLE_NAME;
}

int sv_identities_read(const struct sv_certificate *certificate, unsigned kinds,
                       const char *service, struct sv_identities **ret_identities,
                       struct sv_misread *ret_misread)
{
    struct builder b = { .kinds = kinds, .service = sv_span_of(service ? service : "") };
    struct sv_common_name common_name;
    size_t count = 0, room = 0;
    if (!sv_common_name_read(certificate->subject, &common_name))
        return misread(ret_misread, S2SV_REASON_MALFORMED_CERTIFICATE,
                       "a subject that is not a Name");
    if (!measure(certificate->subject_alt_name, &count, &room, ret_misread))
        return 0;
    if (b.service.len == 0)
        b.kinds &= ~(unsigned)S2SV_IDENTIFIER_SRV;
    count++;
    room += common_name.value.len + 1;
    b.list = make(count, room);
    if (!b.list)
        return S2SV_ERR_NOMEM;
    b.text = (char *)(b.list->items + count);
    fill(&b, certificate->subject_alt_name, &common_name);
    if (b.out_of_memory) {
        free(b.list);
        return S2SV_ERR_NOMEM;
    }
    *ret_identities = b.list;
    return 1;
}

const char *sv_identity_note(unsigned bit)
{
    switch (bit) {
    case SV_NOTE_DNS:
        return "a dNSName was skipped: it is not a host name that may be in a certificate";
    case SV_NOTE_SRV:
        return "an SRVName was skipped: it is not an IA5String of a service and a domain";
    case SV_NOTE_XMPP_ADDR:
        return "an xmppAddr was skipped: it is not a UTF8String of a domain";
    case SV_NOTE_XMPP_USER:
        return "an xmppAddr was skipped: it has a user or resource part";
    case SV_NOTE_IP:
        return "an iPAddress was skipped: it has neither 4 nor 16 octets";
    case SV_NOTE_URI:
        return "a sip: URI was skipped: it does not identify a domain";
    case SV_NOTE_COMMON_NAME:
        return "the common name was skipped: there are several, or it is not a host name";
    case SV_NOTE_COMMON_NAME_IGNORED:
        return "the common name was ignored: it does not identify a server (RFC 9525 section 2)";
    default:
        return "";
    }
}
