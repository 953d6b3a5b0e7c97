/* SPDX-License-Identifier: MIT */
#include "path/graph.h"

#include "rules/rules.h"

/* RFC 5280 4.2.1.1, [1] and [2]: where given, they name the issuer's own issuer and serial. */
static int issuer_and_serial_fit(const struct sv_certificate *child,
                                 const struct sv_certificate *issuer)
{
    struct sv_span names = child->authority_issuer, directory;
    if (child->authority_serial.data && !sv_span_equal(child->authority_serial, issuer->serial))
        return 0;
    if (!names.data || !sv_der_take(&names, SV_CONTEXT_CONSTRUCTED(4), &directory))
        return 1;
    return sv_span_equal(directory, issuer->issuer);
}

/* The issuer's name, and no key identifier, issuer or serial that speaks against it. */
static int may_have_issued(const struct sv_certificate *issuer, const struct sv_certificate *child)
{
    if (child->authority_key_id.data && issuer->key_id.data &&
        !sv_span_equal(child->authority_key_id, issuer->key_id))
        return 0;
    return sv_span_equal(issuer->subject, child->issuer) && issuer_and_serial_fit(child, issuer);
}

/* A path passes a subject with a key once (RFC 5280 6.1, RFC 4158 2.4.2). */
static int are_same(const struct sv_certificate *a, const struct sv_certificate *b)
{
    return sv_span_equal(a->subject, b->subject) && sv_span_equal(a->spki, b->spki);
}

/* Both directions between a new node and one that is there. The leaf issued nothing. */
static void connect(struct sv_graph *g, unsigned new, unsigned old)
{
    const struct sv_certificate *a = &g->nodes[new]->certificate, *b = &g->nodes[old]->certificate;
    if (are_same(a, b)) {
        g->same[new] |= SV_BIT(old);
        g->same[old] |= SV_BIT(new);
    }
    if (may_have_issued(a, b))
        g->issuers[old] |= SV_BIT(new);
    if (old > 0 && may_have_issued(b, a))
        g->issuers[new] |= SV_BIT(old);
}

static void put(struct sv_graph *g, struct sv_node *node, int64_t time)
{
    unsigned at = g->count++;
    g->nodes[at] = node;
    g->same[at] = SV_BIT(at);
    g->issuers[at] = g->good[at] = g->bad[at] = 0;
    g->likely |= sv_is_likely_issuer(&node->certificate, time) ? SV_BIT(at) : 0;
    for (unsigned old = 0; old < at; old++)
        connect(g, at, old);
}

void sv_graph_init(struct sv_graph *g, struct sv_node *presented, size_t count, int64_t time)
{
    g->count = 0;
    g->was_full = 0;
    g->likely = 0;
    for (size_t i = 0; i < count; i++)
        put(g, &presented[i], time);
    g->presented = (unsigned)count;
}

void sv_graph_add(struct sv_graph *g, struct sv_node *node, int64_t time)
{
    for (unsigned i = g->presented; i < g->count; i++)
        if (g->nodes[i] == node)
            return;
    if (g->count < SV_MAX_NODES)
        put(g, node, time);
    else
        g->was_full = 1;
}

unsigned sv_graph_find(const struct sv_graph *g, const struct sv_node *node)
{
    unsigned at = 0;
    while (at + 1 < g->count && g->nodes[at] != node)
        at++;
    return at;
}

sv_set sv_graph_issuers(const struct sv_graph *g, unsigned node)
{
    return g->issuers[node] & ~g->bad[node];
}

unsigned sv_set_first(sv_set set)
{
    return (unsigned)__builtin_ctzll(set);
}
