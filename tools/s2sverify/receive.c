/* SPDX-License-Identifier: MIT */
#include "receive.h"

#include <stdio.h>
#include <string.h>

const struct shown *receiver_find(const struct receiver *receiver, const char *domain, int kind)
{
    for (size_t d = 0; d < receiver->domain_count; d++) {
        if (!s2sv_same_domain(receiver->domains[d].name, domain))
            continue;
        if (receiver->domains[d].kind >= 0)
            kind = receiver->domains[d].kind;
        for (size_t i = 0; i < receiver->shown_count; i++)
            if (receiver->shown[i].domain == receiver->domains[d].name &&
                receiver->shown[i].kind == kind)
                return &receiver->shown[i];
    }
    return NULL;
}

int visit_start_tls(struct visit *visit, const struct shown *shown)
{
    const struct tls_methods *methods = visit->receiver->methods;
    struct tls *tls =
        methods->open(visit->is_direct ? shown->direct : shown->context, visit->conn.fd, NULL);
    conn_step(&visit->conn);
    visit->shown = shown;
    if (!conn_start_tls(&visit->conn, methods, tls))
        return 0;
    if (!methods->peer_chain(tls, &visit->chain))
        return conn_fail(&visit->conn, "the peer shows more certificates than fit");
    visit->verdict = s2sv_verdict_ref(methods->verdict(tls));
    methods->describe(tls, visit->version, visit->alpn);
    visit->is_secured = 1;
    return 1;
}

int visit_judge(struct visit *visit)
{
    const char *names[] = { visit->from };
    opinions_clear(&visit->opinions);
    visit->is_judged = judge_ask(visit->receiver->judge, &visit->chain, names,
                                 visit->from[0] != '\0', ASK_INBOUND, &visit->opinions);
    return visit->is_judged || conn_fail(&visit->conn, "the certificate could not be judged");
}

int visit_accepts(const struct visit *visit)
{
    return visit->is_judged && visit->from[0] != '\0' && opinions_accept(&visit->opinions);
}

static const struct s2sv_verdict *first_refusal(const struct visit *visit)
{
    for (size_t i = 0; i < visit->opinions.count; i++)
        if (!opinion_accepts(&visit->opinions.items[i]))
            return visit->opinions.items[i].verdict;
    return NULL;
}

static void add_stock(const struct opinion *opinion, char buf[WORDS])
{
    size_t used = strlen(buf);
    if (!opinion->stock.accepted)
        snprintf(buf + used, WORDS - used, "; stock %s refuses it: %s", opinion->library->title,
                 opinion->stock.text);
}

const char *visit_words(const struct visit *visit, char buf[WORDS])
{
    const struct s2sv_verdict *refusal = first_refusal(visit);
    const char *text = "";
    if (!visit->is_judged)
        snprintf(buf, WORDS, "not judged");
    else if (!refusal)
        snprintf(buf, WORDS, "%s", visit->from[0] != '\0' ? "accepted" : "trusted, without a name");
    else if (s2sv_verdict_fault(refusal, 0, NULL, NULL, &text) == S2SV_DECIDED)
        snprintf(buf, WORDS, "refused: %s: %s", s2sv_reason_name(s2sv_verdict_reason(refusal)),
                 text);
    else
        snprintf(buf, WORDS, "refused: %s", s2sv_reason_name(s2sv_verdict_reason(refusal)));
    for (size_t i = 0; i < visit->opinions.count && visit->chain.count > 0; i++)
        add_stock(&visit->opinions.items[i], buf);
    return buf;
}

void visit_clear(struct visit *visit)
{
    xmpp_close(&visit->xmpp);
    conn_close(&visit->conn);
    chain_clear(&visit->chain);
    opinions_clear(&visit->opinions);
    s2sv_verdict_unref(visit->verdict);
}
