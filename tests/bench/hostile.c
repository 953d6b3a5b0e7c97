/* SPDX-License-Identifier: MIT
 * What a stranger can cost: whole TLS 1.3 handshakes in which the client shows certificates that
 * nobody signed for it, made to be dear; the server's CPU time, beside an honest first contact with
 * the TLS library alone.
 * usage: hostile [KIND]             every kind, or one for a profiler, with and without memory
 *        hostile --search SECONDS   varies kinds, numbers and sizes, climbs, and tells the worst */
#include "stranger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7, MOST = 40, ROOM = 64 * 1024, NUMBERS = 4 };

/* What one kind is made with: how many of this, how long that. */
typedef unsigned numbers[NUMBERS];

struct shown {
    struct pki *pki;
    struct pki_cert *certs[MOST];
    size_t count, octets;
};

/* ---- making -----------------------------------------------------------------------------------
 */

static struct pki_keys *keys;
static struct chain honest;

static struct pki_cert *make(struct pki *pki, const char *name, const char *spec)
{
    char err[256] = "";
    struct pki_cert *cert = pki_make(pki, name, spec, err, sizeof err);
    if (!cert)
        fprintf(stderr, "%s: %s: %.300s\n", name, err, spec);
    must(cert);
    return cert;
}

/* A text that grows. */
struct text {
    char *at;
    size_t len, room;
};

static void put(struct text *text, const char *more)
{
    size_t len = strlen(more);
    while (text->len + len + 1 > text->room) {
        text->room = 2 * text->room + 256;
        text->at = realloc(text->at, text->room);
        must(text->at);
    }
    memcpy(text->at + text->len, more, len + 1);
    text->len += len;
}

#define putf(text, ...)                            \
    do {                                           \
        char part[512];                            \
        snprintf(part, sizeof(part), __VA_ARGS__); \
        put((text), part);                         \
    } while (0)

/* Shows one more, unless that is over what a peer may show. */
static int show(struct shown *shown, struct text *spec)
{
    char name[16];
    size_t len;
    snprintf(name, sizeof name, "x%zu", shown->count);
    struct pki_cert *cert = make(shown->pki, name, spec->at);
    spec->len = 0;
    (void)pki_der(cert, &len);
    if (shown->count == MOST || shown->octets + len > ROOM)
        return 0;
    shown->octets += len;
    shown->certs[shown->count++] = cert;
    return 1;
}

/* "OU=aaa,OU=aab...": so many of that length; types: string types in turns, from that one on. */
static void put_name(struct text *text, unsigned count, unsigned len, unsigned types)
{
    static const char *const type[] = { "", ".utf8", ".printable" };
    for (unsigned i = 0; i < count; i++)
        putf(text, "%sOU%s=%03u{x*%u}", i ? "," : "", type[types == 0 ? 0 : 1 + (types + i) % 2], i,
             len);
}

/* ---- kinds ------------------------------------------------------------------------------------
 * Nobody's signature in them holds: the anchor's name is all that they have of it. */

#define CA "ca signer=evil ski=absent aki=absent "

static void leaf(struct shown *s, const char *issuer)
{
    struct text spec = { 0 };
    putf(&spec, "signer=evil aki=absent issuer-dn=%s san=dns:name0.example", issuer);
    show(s, &spec);
    free(spec.at);
}

/* numbers: certificates; RDNs in a name; octets of each; 1: string types in turns. Each is the
 * issuer of each; the first few claim the anchor. */
static void mesh(struct shown *s, const numbers n)
{
    struct text spec = { 0 }, name = { 0 };
    put_name(&name, n[1] + 1, n[2], 0);
    put(&spec, "signer=evil aki=absent san=dns:name0.example issuer-dn=");
    put(&spec, name.at);
    show(s, &spec);
    for (unsigned i = 1; i < n[0]; i++) {
        name.len = 0;
        put_name(&name, n[1] + 1, n[2], n[3] ? i : 0);
        put(&spec, CA "subject=");
        put(&spec, name.at);
        name.len = 0;
        put_name(&name, n[1] + 1, n[2], n[3] ? i + 1 : 0);
        put(&spec, " issuer-dn=");
        put(&spec, i % 10 == 9 ? "O=Test,CN=root" : name.at);
        if (!show(s, &spec))
            break;
    }
    free(spec.at);
    free(name.at);
}

/* numbers: layers; CAs in each; 0. Crosswise below the anchor's name. */
static void layers(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    unsigned depth = n[0] % 9 + 1, width = n[1] % 13 + 1;
    leaf(s, "CN=l1");
    for (unsigned layer = 1; layer <= depth; layer++)
        for (unsigned i = 0; i < width; i++) {
            putf(&spec, CA "subject=CN=l%u issuer-dn=", layer);
            if (layer == depth)
                put(&spec, "O=Test,CN=root");
            else
                putf(&spec, "CN=l%u", layer + 1);
            if (!show(s, &spec))
                layer = depth;
        }
    free(spec.at);
}

/* numbers: how many claim to be the anchor's own. */
static void claims(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    leaf(s, "CN=l1");
    for (unsigned i = 0; i < n[0] % MOST; i++) {
        put(&spec, CA "subject=CN=l1 issuer-dn=O=Test,CN=root");
        show(s, &spec);
    }
    free(spec.at);
}

static void put_names(struct text *text, const char *kind, unsigned count, const char *suffix)
{
    for (unsigned i = 0; i < count; i++)
        putf(text, "%s%s:n%u%s", i ? "," : "", kind, i, suffix);
}

static void put_constraints(struct text *text, const char *what, unsigned count, const char *suffix)
{
    put(text, " nc=");
    for (unsigned i = 0; i < count; i++)
        putf(text, "%s%s%u%s", i ? ";" : "", what, i, suffix);
}

/* numbers: CAs; constraints of each; names of the leaf; octets of each. */
static void constrained(struct shown *s, const numbers n, const char *kind, const char *constraint,
                        const char *suffix)
{
    struct text spec = { 0 };
    unsigned depth = n[0] % 9 + 1;
    put(&spec, "signer=evil aki=absent issuer-dn=CN=c1 san=dns:name0.example,");
    put_names(&spec, kind, n[2] % 1000 + 1, suffix);
    show(s, &spec);
    for (unsigned i = 1; i <= depth; i++) {
        putf(&spec, CA "subject=CN=c%u issuer-dn=%s%.0u", i, i == depth ? "O=Test,CN=root" : "CN=c",
             0);
        if (i < depth)
            putf(&spec, "%u", i + 1);
        put_constraints(&spec, constraint, n[1] % 2000 + 1, suffix);
        if (!show(s, &spec))
            break;
    }
    free(spec.at);
}

static void constrained_domains(struct shown *s, const numbers n)
{
    char suffix[300];
    snprintf(suffix, sizeof suffix, ".%.*s.example", (int)(n[3] % 50 + 1),
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    constrained(s, n, "dns", "excluded:dns:x", suffix);
}

static void constrained_wildcards(struct shown *s, const numbers n)
{
    constrained(s, n, "dns:*.a", "excluded:dns:x", ".example");
}

static void constrained_mail(struct shown *s, const numbers n)
{
    constrained(s, n, "email:a@", "excluded:email:x", ".example");
}

static void constrained_addresses(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    put(&spec, "signer=evil aki=absent issuer-dn=CN=c1 san=dns:name0.example");
    for (unsigned i = 0; i < n[2] % 1000; i++)
        putf(&spec, ",ip:192.0.%u.%u", i / 256, i % 256);
    show(s, &spec);
    put(&spec, CA "subject=CN=c1 issuer-dn=O=Test,CN=root nc=permitted:ip:192.0.0.0/16");
    for (unsigned i = 0; i < n[1] % 2000; i++)
        putf(&spec, ";excluded:ip:10.0.%u.%u/32", i / 256 % 256, i % 256);
    show(s, &spec);
    free(spec.at);
}

/* Directory names: numbers: CAs; constraints; names of the leaf; RDNs of each. */
static void directories(struct shown *s, const numbers n, const char *permitted, unsigned types)
{
    struct text spec = { 0 };
    unsigned depth = n[0] % 9 + 1;
    put(&spec, "signer=evil aki=absent issuer-dn=CN=c1 subject=");
    put_name(&spec, n[3] % 500 + 1, 1, types);
    put(&spec, " san=dns:name0.example");
    for (unsigned i = 0; i < n[2] % 1000; i++)
        putf(&spec, ",dn:OU=%u/OU=b", i);
    show(s, &spec);
    for (unsigned i = 1; i <= depth; i++) {
        putf(&spec, CA "subject=CN=c%u issuer-dn=", i);
        if (i == depth)
            put(&spec, "O=Test,CN=root");
        else
            putf(&spec, "CN=c%u", i + 1);
        put(&spec, " nc=");
        for (unsigned k = 0; k < n[1] % 500 + 1; k++) {
            put(&spec, k ? ";" : "");
            put(&spec, permitted);
            put_name(&spec, n[3] % 500 + 1, 1, types ? types + 1 : 0);
        }
        if (!show(s, &spec))
            break;
    }
    free(spec.at);
}

static void permitted_directories(struct shown *s, const numbers n)
{
    directories(s, n, "permitted:dn:", 0);
}

static void mixed_directories(struct shown *s, const numbers n)
{
    directories(s, n, "permitted:dn:", 1);
}

static void excluded_directories(struct shown *s, const numbers n)
{
    directories(s, n, "excluded:dn:", 0);
}

/* One leaf below the anchor's name with so many names. */
static void names(struct shown *s, const numbers n, const char *kind, const char *suffix)
{
    struct text spec = { 0 };
    put(&spec, "signer=evil aki=absent issuer-dn=O=Test,CN=root san=");
    put_names(&spec, kind, n[0] % 1020 + 1, suffix);
    show(s, &spec);
    free(spec.at);
}

static void a_labels(struct shown *s, const numbers n)
{
    names(s, n, "xmpp", ".xn--mnchen-3ya.xn--a-fka");
}

static void u_labels(struct shown *s, const numbers n)
{
    names(s, n, "xmpp", ".m%C3%BCnchen.%C3%A4%C3%B6%C3%BC%C3%A4%C3%B6%C3%BC.example");
}

static void host_names(struct shown *s, const numbers n)
{
    names(s, n, "dns", ".a.very.long.host.name.of.some.server.example");
}

/* Lists that two CAs have in opposite order. numbers: features of each. */
static void features(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    unsigned count = n[0] % 6000 + 1;
    leaf(s, "CN=f1");
    for (unsigned i = 1; i <= 2; i++) {
        struct text list = { 0 };
        for (unsigned k = 0; k < count; k++)
            putf(&list, "0202%04x", 0x1000 + (i == 1 ? k : count - 1 - k));
        putf(&spec, CA "subject=CN=f%u issuer-dn=%s tlsfeature=raw:3082%04x", i,
             i == 2 ? "O=Test,CN=root" : "CN=f2", count * 4);
        put(&spec, list.at);
        show(s, &spec);
        free(list.at);
    }
    free(spec.at);
}

/* Distribution points with names relative to a long issuer's. numbers: points; RDNs of the issuer.
 */
static void relative_points(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    unsigned count = n[0] % 1500 + 1, len = count * 19;
    put(&spec, "signer=evil aki=absent san=dns:name0.example issuer-dn=");
    put_name(&spec, n[1] % 1500 + 1, 1, 0);
    putf(&spec, " ext=2.5.29.31:noncritical:3082%04x", len);
    for (unsigned i = 0; i < count; i++)
        put(&spec, "3011a00fa10d300b0603550403"
                   "0c0461616161");
    show(s, &spec);
    put(&spec, CA "issuer-dn=O=Test,CN=root subject=");
    put_name(&spec, n[1] % 1500 + 1, 1, 0);
    show(s, &spec);
    free(spec.at);
}

/* numbers: certificates; extensions of each. */
static void extensions(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    leaf(s, "CN=e");
    for (unsigned i = 1; i < n[0] % 40 + 1; i++) {
        put(&spec, CA "subject=CN=e issuer-dn=CN=e");
        for (unsigned k = 0; k < n[1] % 58; k++)
            putf(&spec, " ext=1.2.3.4.5.6.7.8.9.%u:noncritical:0500", k);
        if (!show(s, &spec))
            break;
    }
    free(spec.at);
}

/* A chain of ten that ends at the anchor's name. numbers: octets that each is padded with. */
static void line(struct shown *s, const numbers n)
{
    struct text spec = { 0 };
    leaf(s, "CN=p1");
    for (unsigned i = 1; i < 10; i++) {
        putf(&spec, CA "subject=CN=p%u issuer-dn=", i);
        if (i == 9)
            put(&spec, "O=Test,CN=root");
        else
            putf(&spec, "CN=p%u", i + 1);
        putf(&spec, " pad=%u", n[0] % 6400);
        show(s, &spec);
    }
    free(spec.at);
}

static void unknown(struct shown *s, const numbers n)
{
    (void)n;
    leaf(s, "CN=nobody");
}

/* Not hostile at all: the honest chain, a day too late. */
static void expired(struct shown *s, const numbers n)
{
    (void)n;
    if (!pki_find(honest.pki, "late"))
        make(honest.pki, "late", "issuer=int not-before=-9d not-after=-1d san=dns:name0.example");
    s->certs[s->count++] = pki_find(honest.pki, "late");
    s->certs[s->count++] = pki_find(honest.pki, "int");
}

static const struct kind {
    const char *name;
    void (*make)(struct shown *shown, const numbers n);
    numbers usual;
    int looks_up; /* among the application's own anchors too, the system's among them */
} kinds[] = {
    { "expired", expired, { 0, 0, 0, 0 }, 1 },
    { "unknown-issuer", unknown, { 0, 0, 0, 0 }, 1 },
    { "mesh-of-40", mesh, { 40, 0, 1, 0 }, 0 },
    { "mesh-of-40-long-names", mesh, { 40, 40, 1, 0 }, 0 },
    { "mesh-of-40-string-types", mesh, { 40, 40, 1, 1 }, 0 },
    { "crosswise-6-by-2", layers, { 5, 1, 0, 0 }, 0 },
    { "crosswise-3-by-4", layers, { 2, 3, 0, 0 }, 0 },
    { "crosswise-9-by-4", layers, { 8, 3, 0, 0 }, 1 },
    { "claims-of-39", claims, { 39, 0, 0, 0 }, 1 },
    { "constrained-domains", constrained_domains, { 2, 250, 900, 10 }, 0 },
    { "constrained-domains-8-cas", constrained_domains, { 7, 100, 200, 30 }, 0 },
    { "constrained-wildcards", constrained_wildcards, { 0, 1200, 900, 0 }, 0 },
    { "constrained-mail", constrained_mail, { 0, 1000, 900, 0 }, 0 },
    { "constrained-addresses", constrained_addresses, { 0, 1500, 900, 0 }, 0 },
    { "directories-excluded", excluded_directories, { 7, 5, 100, 80 }, 0 },
    { "directories-permitted", permitted_directories, { 7, 5, 100, 80 }, 0 },
    { "directories-string-types", mixed_directories, { 7, 5, 100, 80 }, 0 },
    { "names-1020", host_names, { 1019, 0, 0, 0 }, 0 },
    { "names-a-labels", a_labels, { 1019, 0, 0, 0 }, 0 },
    { "names-u-labels", u_labels, { 1019, 0, 0, 0 }, 0 },
    { "features-reversed", features, { 5999, 0, 0, 0 }, 0 },
    { "points-relative", relative_points, { 800, 800, 0, 0 }, 0 },
    { "extensions", extensions, { 39, 50, 0, 0 }, 0 },
    { "line-of-10", line, { 6000, 0, 0, 0 }, 1 },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* ---- measuring --------------------------------------------------------------------------------
 */

static struct s2sv_policy *policy;
static struct s2sv_trust *trust;

/* The same server with the TLS library alone, with us, and without a look. */
struct servers {
    const char *prefix; /* of what is printed */
    struct tls_server *stock, *ours, *believing;
};
static struct servers with_trust = { .prefix = "" },
                      with_own_anchors = { .prefix = "own-anchors-" };

static struct shown shown_of(const struct kind *kind, const numbers n)
{
    struct shown shown = { .pki = pki_new(keys, (int64_t)time(NULL)) };
    make(shown.pki, "evil", "ca");
    kind->make(&shown, n);
    return shown;
}

static double meet(struct tls_server *server, const struct stranger *stranger, size_t memory,
                   int *ret_trusted)
{
    double seconds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        must(s2sv_trust_set_memory(trust, memory) == S2SV_DECIDED);
        seconds[i] = tls_meet(server, stranger, ret_trusted);
    }
    return median(seconds, ROUNDS);
}

/* Of an honest first contact, with the TLS library alone. */
static double yardstick(const struct servers *servers)
{
    struct pki_cert *chain[] = { pki_find(honest.pki, "leaf"), pki_find(honest.pki, "int") };
    struct stranger *stranger = stranger_new(chain, 2);
    int trusted;
    double seconds = meet(servers->stock, stranger, 0, &trusted);
    must(trusted);
    meet(servers->ours, stranger, 0, &trusted);
    must(trusted);
    stranger_free(stranger);
    return seconds;
}

struct price {
    double reading, stock, ours, remembering; /* seconds */
    size_t octets, count;
};

static struct price price_of(const struct servers *servers, const struct kind *kind,
                             const numbers n)
{
    struct shown shown = shown_of(kind, n);
    struct price price = { .octets = shown.octets, .count = shown.count };
    int trusted;
    if (shown.count == 0) { /* the first one is too long already */
        pki_free(shown.pki);
        return price;
    }
    struct stranger *stranger = stranger_new(shown.certs, shown.count);
    price.reading = meet(servers->believing, stranger, 0, &trusted);
    price.stock = meet(servers->stock, stranger, 0, &trusted);
    price.ours = meet(servers->ours, stranger, 0, &trusted);
    must(!trusted);
    price.remembering = meet(servers->ours, stranger, 4096, &trusted);
    must(!trusted);
    stranger_free(stranger);
    pki_free(shown.pki);
    return price;
}

/* What is said about it: a kind that is refused at once costs nothing and shows nothing. */
static const char *reason_of(const struct kind *kind, const numbers n)
{
    struct shown shown = shown_of(kind, n);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    for (size_t i = 0; i < shown.count; i++) {
        size_t len;
        const unsigned char *der = pki_der(shown.certs[i], &len);
        must(s2sv_peer_add_certificate(peer, der, len) == S2SV_DECIDED);
    }
    must(s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED);
    const char *reason = s2sv_reason_name(s2sv_verdict_reason(verdict));
    s2sv_verdict_unref(verdict);
    s2sv_peer_free(peer);
    pki_free(shown.pki);
    return reason;
}

static double worse(const struct price *price)
{
    return price->ours > price->remembering ? price->ours : price->remembering;
}

/* In honest first contacts. What the library needs to read it all nobody can save: it does so
 * before anybody is asked. */
static double target_of(const struct price *price, double honest_one)
{
    double reading = price->reading / honest_one;
    return reading > 1 ? 2 + reading : 3;
}

static void print_one(const char *how, const struct servers *servers, const struct kind *kind,
                      double seconds, double honest_one, double target)
{
    struct comparison result = { .bare = { .seconds = honest_one },
                                 .ours = { .seconds = seconds } };
    char what[80];
    result.ratio = seconds / honest_one;
    snprintf(what, sizeof what, "%s-%s%s", how, servers->prefix, kind->name);
    print_comparison("ecdsa", what, &result, 0, target > 0 ? AT_MOST : NO_TARGET, target);
}

static void measure(const struct servers *servers, const struct kind *kind)
{
    struct price price = price_of(servers, kind, kind->usual);
    double one = yardstick(servers);
    print_one("hostile", servers, kind, worse(&price), one, target_of(&price, one));
    print_one("reading", servers, kind, price.reading, one, 0);
    print_one("stock", servers, kind, price.stock, one, 0);
}

/* ---- climbing ---------------------------------------------------------------------------------
 */

/* The same in every run, as far as times allow. */
static unsigned dice(unsigned sides)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % sides);
}

static void vary(const numbers from, numbers ret_n)
{
    memcpy(ret_n, from, sizeof(numbers));
    unsigned which = dice(NUMBERS);
    switch (dice(4)) {
    case 0:
        ret_n[which] = ret_n[which] * 2 + 1;
        break;
    case 1:
        ret_n[which] /= 2;
        break;
    case 2:
        ret_n[which] += dice(ret_n[which] / 4 + 3);
        break;
    default:
        ret_n[which] -= dice(ret_n[which] / 4 + 1);
        break;
    }
    ret_n[0] %= 6000;
    ret_n[1] %= 3000;
    ret_n[2] %= 1000;
    ret_n[3] %= 500;
}

/* What it costs beside reading it. */
static double dear(const struct price *price)
{
    return worse(price) - price->reading;
}

struct peak {
    numbers n;
    struct price price;
};

static void climb(struct peak peaks[KINDS], double seconds)
{
    double end = wall() + seconds;
    for (unsigned kind = 0; wall() < end; kind = (kind + 1) % KINDS) {
        struct peak tried;
        vary(peaks[kind].n, tried.n);
        if (kinds[kind].make == mesh)
            tried.n[0] = tried.n[0] % MOST + 1, tried.n[2] %= 200;
        tried.price = price_of(&with_trust, &kinds[kind], tried.n);
        if (dear(&tried.price) > dear(&peaks[kind].price))
            peaks[kind] = tried;
    }
}

static void print_peak(const struct kind *kind, const struct peak *peak, double unit)
{
    printf(
        "%s %s: %.2f honest first contacts (%.2f to read it, %.2f for the TLS library alone): %s; "
        "numbers %u %u %u %u, %zu certificates, %zu octets\n",
        BACKEND_NAME, kind->name, worse(&peak->price) / unit, peak->price.reading / unit,
        peak->price.stock / unit, reason_of(kind, peak->n), peak->n[0], peak->n[1], peak->n[2],
        peak->n[3], peak->price.count, peak->price.octets);
}

/* Measured again, since a peak may be somebody else's work on the machine. */
static int search(double seconds)
{
    struct peak peaks[KINDS];
    double worst = 0;
    for (size_t i = 0; i < KINDS; i++) {
        memcpy(peaks[i].n, kinds[i].usual, sizeof(numbers));
        peaks[i].price = price_of(&with_trust, &kinds[i], peaks[i].n);
    }
    climb(peaks, seconds);
    for (size_t i = 0; i < KINDS; i++) {
        peaks[i].price = price_of(&with_trust, &kinds[i], peaks[i].n);
        double unit = yardstick(&with_trust);
        double share = worse(&peaks[i].price) / unit / target_of(&peaks[i].price, unit);
        print_peak(&kinds[i], &peaks[i], unit);
        worst = share > worst ? share : worst;
    }
    printf("%s worst: %.2f of what it may cost\n", BACKEND_NAME, worst);
    return worst > 1;
}

static void servers_new(struct servers *servers, struct s2sv_trust *anchors)
{
    const struct pki_cert *own = pki_find(honest.pki, "server"),
                          *above = pki_find(honest.pki, "int");
    servers->stock = tls_server_new(&honest.root, own, above, NULL, NULL);
    servers->ours = tls_server_new(&honest.root, own, above, policy, anchors);
    servers->believing = tls_server_new(&honest.root, own, above, NULL, NULL);
    tls_server_believe(servers->believing);
    if (!anchors) {
        tls_server_add_system(servers->stock);
        tls_server_add_system(servers->ours);
        tls_server_add_system(servers->believing);
    }
}

static void servers_free(struct servers *servers)
{
    tls_server_free(servers->stock);
    tls_server_free(servers->ours);
    tls_server_free(servers->believing);
}

int main(int argc, char **argv)
{
    int status = 0;
    keys = pki_keys_new();
    honest = chain_new(0);
    make(honest.pki, "leaf", "issuer=int san=dns:name0.example");
    make(honest.pki, "server", "issuer=int san=dns:server.example");
    policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    must(s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD) == S2SV_DECIDED);
    must(s2sv_policy_set_request(policy, S2SV_REQUEST_REQUIRE) == S2SV_DECIDED);
    trust = trust_of(&honest.root);
    servers_new(&with_trust, trust);
    servers_new(&with_own_anchors, NULL);
    if (argc == 3 && strcmp(argv[1], "--search") == 0)
        status = search(strtod(argv[2], NULL));
    for (size_t i = 0; argc <= 2 && i < KINDS; i++) {
        if (argc == 2 && strcmp(argv[1], kinds[i].name) != 0)
            continue;
        measure(&with_trust, &kinds[i]);
        if (kinds[i].looks_up)
            measure(&with_own_anchors, &kinds[i]);
    }
    servers_free(&with_own_anchors);
    servers_free(&with_trust);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    chain_free(&honest);
    pki_keys_free(keys);
    return status;
}
