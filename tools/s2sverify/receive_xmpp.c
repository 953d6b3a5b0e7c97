/* SPDX-License-Identifier: MIT
 * XEP-0178 section 3 from the receiving side, and pings (XEP-0199). Nothing is delivered anywhere:
 * so everybody who shows a certificate may come in and be told what it is worth, unless the
 * operator wants it as a real server would do it. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "receive.h"

enum {
    ID_OCTETS = 12,
    ANSWERS_MOST = 5, /* on connections of their own */
    PATIENCE = 60 /* seconds for the next stanza */,
    TLS_RECORD = 22
};

/* ---- streams ----------------------------------------------------------------------------------*/

static int end_with(struct visit *visit, const char *condition, const char *words)
{
    char escaped[2 * WORDS];
    conn_printf(&visit->conn,
                "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
                "xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>%s</text>"
                "</stream:error></stream:stream>",
                condition, xml_escape(words, escaped, sizeof escaped));
    return conn_fail(&visit->conn, "refused with %s", condition);
}

/* A stream's id can't be guessed (RFC 6120 section 4.7.3). */
static int make_id(char id[2 * ID_OCTETS + 1])
{
    unsigned char octets[ID_OCTETS];
    if (getrandom(octets, sizeof octets, 0) != (ssize_t)sizeof octets)
        return 0;
    for (size_t i = 0; i < sizeof octets; i++)
        snprintf(id + 2 * i, 3, "%02x", octets[i]);
    return 1;
}

static int write_header(struct visit *visit, const char *from, const char *to)
{
    char id[2 * ID_OCTETS + 1], from_text[1024], to_text[1024];
    if (!make_id(id))
        return conn_fail(&visit->conn, "there is no randomness");
    return conn_printf(&visit->conn,
                       "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
                       "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='%s' "
                       "from='%s'%s%s%s>",
                       id, xml_escape(from, from_text, sizeof from_text),
                       to[0] != '\0' ? " to='" : "", xml_escape(to, to_text, sizeof to_text),
                       to[0] != '\0' ? "'" : "");
}

/* "" for what is absent or no domain. */
static void copy_domain(const char *value, char domain[DOMAIN_TEXT])
{
    char ascii[DOMAIN_TEXT];
    domain[0] = '\0';
    if (value && strlen(value) < DOMAIN_TEXT && domain_to_ascii(value, ascii))
        strcpy(domain, value);
}

/* The peer's header, then ours. */
static int open_stream(struct visit *visit)
{
    const struct receiver *receiver = visit->receiver;
    struct xmpp *xmpp = &visit->xmpp;
    xmpp_close(xmpp);
    conn_step(&visit->conn);
    xmpp->xml = xml_new();
    if (!xmpp->xml)
        return conn_fail(&visit->conn, "out of memory");
    const struct xml_node *header = xmpp_read(xmpp);
    if (!header)
        return 0;
    if (!xml_is(header, NS_STREAM("stream")))
        return conn_fail(&visit->conn, "the peer doesn't speak XMPP between servers");
    copy_domain(xml_attribute(header, "from"), visit->from);
    copy_domain(xml_attribute(header, "to"), visit->to);
    const struct shown *shown = receiver_find(receiver, visit->to, visit->kind);
    if (!write_header(visit, shown ? shown->domain : receiver->domains[0].name, visit->from))
        return 0;
    if (!shown)
        return end_with(visit, "host-unknown", "We don't serve that domain.");
    visit->shown = shown;
    return 1;
}

static int start_tls(struct visit *visit)
{
    struct conn *conn = &visit->conn;
    conn_step(conn);
    if (!conn_printf(conn, "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
                           "<required/></starttls></stream:features>"))
        return 0;
    const struct xml_node *node = xmpp_read(&visit->xmpp);
    if (node && !xml_is(node, NS_TLS("starttls")))
        return end_with(visit, "policy-violation", "TLS is required.");
    return node && conn_is_drained(conn) &&
           conn_printf(conn, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
           visit_start_tls(visit, visit->shown);
}

/* A TLS record begins with 22, a stream with '<' or a blank. */
static int is_direct(struct visit *visit)
{
    unsigned char first = 0;
    return net_wait(visit->conn.fd, POLLIN, visit->conn.deadline) > 0 &&
           recv(visit->conn.fd, &first, 1, MSG_PEEK) == 1 && first == TLS_RECORD;
}

/* ---- SASL EXTERNAL ----------------------------------------------------------------------------*/

static int offers_external(const struct visit *visit)
{
    if (visit->receiver->enforces)
        return s2sv_xmpp_features(visit->verdict, visit->from) == S2SV_XMPP_OFFER_EXTERNAL;
    return visit->chain.count > 0 && visit->from[0] != '\0';
}

static int write_features(struct visit *visit)
{
    int offers = !visit->is_authenticated && offers_external(visit);
    return conn_printf(&visit->conn,
                       "<stream:features>%s<bidi xmlns='urn:xmpp:features:bidi'/>"
                       "</stream:features>",
                       offers ? "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>"
                                "EXTERNAL</mechanism></mechanisms>"
                              : "");
}

static int refuse(struct visit *visit, enum s2sv_xmpp_step step)
{
    conn_printf(&visit->conn, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><%s/></failure>",
                s2sv_xmpp_condition(step));
    return end_with(visit, "not-authorized", s2sv_verdict_peer_text(visit->verdict));
}

/* The certificate's faults are forgiven here, and told; what is wrong in SASL isn't. */
static int is_lenient_about(const struct visit *visit, enum s2sv_xmpp_step step)
{
    return !visit->receiver->enforces && step == S2SV_XMPP_NOT_AUTHORIZED && offers_external(visit);
}

static int authenticate(struct visit *visit, const char *response)
{
    enum s2sv_xmpp_step step = s2sv_xmpp_auth(visit->verdict, visit->from, response);
    if (step == S2SV_XMPP_SEND_CHALLENGE)
        return conn_printf(&visit->conn, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    if (step != S2SV_XMPP_SUCCESS && !is_lenient_about(visit, step))
        return refuse(visit, step);
    char from[DOMAIN_TEXT];
    strcpy(from, visit->from);
    if (!conn_printf(&visit->conn, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>") ||
        !open_stream(visit))
        return 0;
    if (!s2sv_same_domain(from, visit->from))
        return end_with(visit, "invalid-from", "That is not who you proved to be.");
    visit->is_authenticated = 1;
    return write_features(visit);
}

/* ---- stanzas ----------------------------------------------------------------------------------*/

/* What came in "to" goes out as "from", and the reverse: we answer in the name of our own. */
static void write_answer(const struct visit *visit, const struct xml_node *iq, int is_ping,
                         char *buf, size_t size)
{
    const char *from = xml_attribute(iq, "from"), *to = xml_attribute(iq, "to");
    const char *id = xml_attribute(iq, "id");
    char from_text[1024], to_text[1024], id_text[1024], words[WORDS], words_text[2 * WORDS];
    int accepts = visit_accepts(visit);
    xml_escape(visit_words(visit, words), words_text, sizeof words_text);
    int used = snprintf(buf, size, "<iq type='%s' id='%s' from='%s' to='%s'>",
                        is_ping && accepts ? "result" : "error",
                        xml_escape(id ? id : "", id_text, sizeof id_text),
                        xml_escape(to ? to : visit->to, from_text, sizeof from_text),
                        xml_escape(from ? from : visit->from, to_text, sizeof to_text));
    if (is_ping && accepts)
        snprintf(buf + used, size - (size_t)used,
                 "<certificate xmlns='urn:x-s2sverify:1'>%s</certificate></iq>", words_text);
    else if (is_ping)
        snprintf(buf + used, size - (size_t)used,
                 "<error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                 "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>your certificate: %s</text>"
                 "</error></iq>",
                 words_text);
    else
        snprintf(buf + used, size - (size_t)used,
                 "<error type='cancel'><service-unavailable "
                 "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
}

static void note_trouble(struct visit *visit, const char *what, const char *why)
{
    if (visit->trouble[0] == '\0')
        snprintf(visit->trouble, sizeof visit->trouble, "%s: %.400s", what, why);
}

/* Streams go one way: an answer has a connection of its own, on which we have to prove who we are,
 * unless the peer takes it on this one (XEP-0288). */
static void answer_on_another(struct visit *visit, const char *answer)
{
    struct target target = { .scheme = SCHEME_XMPP };
    const struct shown *shown = visit->shown;
    struct dialled dialled;
    struct dns *dns = NULL;
    strcpy(target.domain, visit->from);
    if (!domain_to_ascii(visit->from, target.ascii) ||
        (!shown->dial.has_address &&
         !(dns = dns_new(shown->dial.resolver, dial_timeout(&shown->dial),
                         shown->dial.trust_anchor)))) {
        note_trouble(visit, "the answer", "there is no way to look up where it goes");
        return;
    }
    int done = dial(shown->dialler, dns, &target, &dialled) && dialled.error[0] == '\0' &&
               dialled_authenticate(&dialled, shown->domain, visit->from) &&
               conn_write(&dialled.conn, answer, strlen(answer));
    visit->answers += done;
    if (done)
        xmpp_end(&dialled.xmpp);
    else
        note_trouble(visit, "the answer was not taken",
                     dialled.error[0] != '\0' ? dialled.error : dialled.conn.error);
    dialled_close(&dialled);
    dns_free(dns);
}

/* What stands before the first slash and behind the first at sign (RFC 7622 section 3.1). */
static int is_of(const char *jid, const char *domain)
{
    char text[DOMAIN_TEXT];
    size_t len = strcspn(jid, "/");
    const char *at = memchr(jid, '@', len), *start = at ? at + 1 : jid;
    len -= (size_t)(start - jid);
    if (len >= sizeof text)
        return 0;
    memcpy(text, start, len);
    text[len] = '\0';
    return s2sv_same_domain(text, domain);
}

/* RFC 6120 sections 8.1.1.2 and 8.1.2.2: from who it proved to be, to one of ours. */
static int check_addresses(struct visit *visit, const struct xml_node *iq)
{
    const char *from = xml_attribute(iq, "from"), *to = xml_attribute(iq, "to");
    if (!from || !is_of(from, visit->from))
        return end_with(visit, "invalid-from", "That is not who you proved to be.");
    return (to && is_of(to, visit->to)) ||
           end_with(visit, "improper-addressing", "That is not to whom this stream is.");
}

static int take_iq(struct visit *visit, const struct xml_node *iq)
{
    const char *type = xml_attribute(iq, "type");
    int is_ping = xml_child(iq, NS_PING, NULL) != NULL;
    char answer[8192];
    if (!check_addresses(visit, iq))
        return 0;
    if (!type || (strcmp(type, "get") != 0 && strcmp(type, "set") != 0))
        return 1;
    visit->pings += is_ping;
    write_answer(visit, iq, is_ping, answer, sizeof answer);
    if (!visit->is_bidi) {
        if (visit->answers < ANSWERS_MOST)
            answer_on_another(visit, answer);
        return 1;
    }
    visit->answers++;
    return conn_write(&visit->conn, answer, strlen(answer));
}

static int take_element(struct visit *visit, const struct xml_node *node)
{
    const char *mechanism = xml_attribute(node, "mechanism");
    if (xml_is(node, NS_BIDI))
        return (visit->is_bidi = 1);
    if (xml_is(node, NS_SASL("auth")) && !visit->is_authenticated) {
        if (!mechanism || strcmp(mechanism, "EXTERNAL") != 0 || !offers_external(visit))
            return refuse(visit, S2SV_XMPP_NO_EXTERNAL);
        return authenticate(visit, node->text);
    }
    if (xml_is(node, NS_SASL("response")) && !visit->is_authenticated && offers_external(visit))
        return authenticate(visit, node->text[0] != '\0' ? node->text : "=");
    if (!visit->is_authenticated)
        return end_with(visit, "not-authorized", s2sv_verdict_peer_text(visit->verdict));
    return xml_is(node, NS_SERVER("iq")) ? take_iq(visit, node) : 1;
}

/* ---- the whole --------------------------------------------------------------------------------*/

static int converse(struct visit *visit)
{
    visit->is_direct = is_direct(visit);
    if (visit->is_direct) {
        const struct receiver *receiver = visit->receiver;
        if (!visit_start_tls(visit,
                             receiver_find(receiver, receiver->domains[0].name, visit->kind)))
            return 0;
    } else if (!open_stream(visit) || !start_tls(visit)) {
        return 0;
    }
    if (!open_stream(visit) || !visit_judge(visit) || !write_features(visit))
        return 0;
    visit->conn.timeout = PATIENCE;
    for (;;) {
        conn_step(&visit->conn);
        const struct xml_node *node = xmpp_read(&visit->xmpp);
        if (!node || !take_element(visit, node))
            return 0;
    }
}

/* A peer that has been let in may leave, or fall silent. */
void receive_xmpp(struct visit *visit)
{
    visit->xmpp.conn = &visit->conn;
    converse(visit);
    if (!visit->is_authenticated || visit->xmpp.condition[0] != '\0')
        note_trouble(visit, "ended", visit->conn.error);
    xmpp_end(&visit->xmpp);
}
