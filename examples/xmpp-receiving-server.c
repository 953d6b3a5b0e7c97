/* SPDX-License-Identifier: MIT
 *
 * An XMPP server that another server connects to, up to <success/> by SASL EXTERNAL (XEP-0178
 * section 3). It takes one connection; see usage(). */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "xmpp.h"

struct server {
    const char *domain; /* the one that we serve */
    int offers_to_all;
    const char *records; /* the TLSA records of whoever connects */
    struct tls_context *tls;
};

static int usage(void)
{
    fputs(
        "usage: xmpp-receiving-server -C CHAIN -K KEY [-A ANCHORS] [-T TLSA] -d DOMAIN [-e]\n\n"
        "Prints the port that the kernel chose, and \"authenticated: PEER\" or \"refused: WHY\".\n"
        "  -e   offers EXTERNAL to everybody and refuses later, as some servers do\n",
        stderr);
    return 2;
}

static int end_stream(struct xmpp *stream, const char *condition, const char *text)
{
    conn_printf(&stream->conn,
                "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>%s</text>"
                "</stream:error></stream:stream>",
                condition, text);
    return 0;
}

/* Reads the peer's stream header into stream->element and answers it. */
static int open_stream(const struct server *server, struct xmpp *stream)
{
    const struct xmpp_element *header = &stream->element;
    if (!xmpp_start(stream) || !xmpp_read(stream) || !xmpp_is(stream, XMPP_STREAM("stream")) ||
        !xmpp_write_header(stream, server->domain, header->from))
        return 0;
    if (!s2sv_same_domain(header->to, server->domain))
        return end_stream(stream, "host-unknown", "We don't serve that domain.");
    if (s2sv_same_domain(header->from, server->domain)) /* a peer can't be us */
        return end_stream(stream, "invalid-from", "That domain is ours.");
    return 1;
}

static int start_tls(const struct server *server, struct xmpp *stream)
{
    if (!conn_write(&stream->conn,
                    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
                    "<required/></starttls></stream:features>") ||
        !xmpp_read(stream) || !xmpp_is(stream, XMPP_TLS("starttls")) ||
        !conn_write(&stream->conn, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"))
        return 0;
    stream->conn.tls = tls_accept(server->tls, stream->conn.fd);
    if (stream->conn.tls && tls_handshake(stream->conn.tls))
        return 1;
    fputs("the TLS handshake failed\n", stderr); /* no verdict ends it: the policy is RECORD */
    return 0;
}

/* What the peer may know: none of our other hosts is named. */
static const char *why(const struct s2sv_verdict *verdict, const char *from)
{
    if (s2sv_verdict_trusted(verdict))
        return s2sv_reason_text(s2sv_verdict_why_not(verdict, from));
    return s2sv_verdict_peer_text(verdict);
}

static enum s2sv_xmpp_step judge_auth(struct xmpp *stream, const struct s2sv_verdict *verdict,
                                      const char *from)
{
    enum s2sv_xmpp_step step = s2sv_xmpp_auth(verdict, from, stream->element.text);
    if (step != S2SV_XMPP_SEND_CHALLENGE)
        return step;
    if (!conn_write(&stream->conn, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>") ||
        !xmpp_read(stream) || !xmpp_is(stream, XMPP_SASL("response")))
        return S2SV_XMPP_NOT_AUTHORIZED;
    return s2sv_xmpp_auth(verdict, from,
                          stream->element.text[0] != '\0' ? stream->element.text : "=");
}

static int refuse(struct xmpp *stream, const char *condition, const char *text)
{
    conn_printf(&stream->conn,
                "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><%s/>"
                "<text xml:lang='en'>%s</text></failure></stream:stream>",
                condition, text);
    printf("refused: %s\n", condition);
    return 0;
}

/* XEP-0178 section 3, steps 9 to 11. from is the peer's word until it is proved; but now we know
 * whose TLSA records to look up. */
static int authenticate(const struct server *server, struct xmpp *stream, const char *from)
{
    struct s2sv_peer *peer = tls_peer(stream->conn.tls);
    if (s2sv_peer_expect(peer, from) != S2SV_DECIDED || !give_records(peer, server->records))
        return end_stream(stream, "internal-server-error", "We are out of memory.");
    const struct s2sv_verdict *verdict = tls_verdict(stream->conn.tls);
    enum s2sv_xmpp_step step = s2sv_xmpp_features(verdict, from);
    int is_offered = step == S2SV_XMPP_OFFER_EXTERNAL || server->offers_to_all;
    log_verdict(verdict, from);
    if (!conn_printf(&stream->conn, "<stream:features>%s</stream:features>",
                     is_offered ? "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                                  "<mechanism>EXTERNAL</mechanism></mechanisms>"
                                : ""))
        return 0;
    /* Dialback would go on here. */
    if (!xmpp_read(stream) || !xmpp_is(stream, XMPP_SASL("auth"))) {
        printf("refused: no authentication\n");
        return end_stream(stream, "not-authorized", why(verdict, from));
    }
    if (!is_offered || strcmp(stream->element.mechanism, "EXTERNAL") != 0)
        step = S2SV_XMPP_NO_EXTERNAL;
    else
        step = judge_auth(stream, verdict, from);
    if (step != S2SV_XMPP_SUCCESS)
        return refuse(stream, s2sv_xmpp_condition(step), why(verdict, from));
    return conn_write(&stream->conn, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
}

/* The peer wants to send for one more domain on the same stream (XEP-0220 section 2.6.2). Its
 * certificate may prove that one as well (XEP-0344); real dialback would begin here if not. The
 * verdict is as of the handshake: does it still hold? */
static int judge_result(const struct server *server, struct xmpp *stream)
{
    const struct s2sv_verdict *verdict = tls_verdict(stream->conn.tls);
    const struct xmpp_element *result = &stream->element;
    int is_valid = s2sv_same_domain(result->to, server->domain) &&
                   s2sv_verdict_valid_at(verdict, time(NULL)) &&
                   s2sv_verdict_is_for(verdict, result->from);
    printf("%s: %s\n", is_valid ? "authenticated" : "refused", result->from);
    return xmpp_write_result(stream, server->domain, result->from, is_valid ? "valid" : "invalid");
}

/* Until the peer ends the stream, or one of its certificates does (RFC 6120 section 13.7.2.3). */
static int stay(const struct server *server, struct xmpp *stream)
{
    int64_t end = s2sv_verdict_valid_until(tls_verdict(stream->conn.tls));
    while (conn_wait(&stream->conn, end)) {
        if (!xmpp_read(stream)) {
            conn_write(&stream->conn, "</stream:stream>");
            return 1;
        }
        if (xmpp_is(stream, XMPP_DIALBACK("result")) && !judge_result(server, stream))
            return 0;
    }
    end_stream(stream, "reset", "Your certificate has ended.");
    return 1;
}

static int serve(const struct server *server, struct xmpp *stream)
{
    char from[XMPP_DOMAIN];
    if (!open_stream(server, stream) || !start_tls(server, stream) || !open_stream(server, stream))
        return 0;
    memcpy(from, stream->element.from, sizeof from);
    if (!authenticate(server, stream, from) || !open_stream(server, stream))
        return 0;
    if (!s2sv_same_domain(stream->element.from, from)) /* it proved another one */
        return end_stream(stream, "invalid-from", "That isn't who you are.");
    printf("authenticated: %s\n", from);
    return conn_write(&stream->conn, "<stream:features/>") && stay(server, stream);
}

static int serve_one(const struct server *server)
{
    struct xmpp stream = { .conn = { .fd = -1 } };
    int port, done, listener = net_listen(&port);
    if (listener < 0)
        return 0;
    printf("%d\n", port);
    fflush(stdout);
    stream.conn.fd = net_accept(listener);
    close(listener);
    done = stream.conn.fd >= 0 && serve(server, &stream);
    xmpp_close(&stream);
    return done;
}

/* Peers may show anything, and we tell them later what we think of it. */
static struct tls_context *make_context(const struct tls_files *files)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct tls_context *tls = NULL;
    if (s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD) == S2SV_DECIDED)
        tls = tls_context_new(files, policy);
    s2sv_policy_unref(policy);
    return tls;
}

int main(int argc, char **argv)
{
    struct tls_files files = { 0 };
    struct server server = { 0 };
    int option;
    while ((option = getopt(argc, argv, "C:K:A:T:d:e")) != -1) {
        if (option == 'd')
            server.domain = optarg;
        else if (option == 'e')
            server.offers_to_all = 1;
        else if (!files_option(option, optarg, &files))
            return usage();
    }
    if (!files.chain || !files.key || !server.domain)
        return usage();
    signal(SIGPIPE, SIG_IGN);
    server.records = files.records;
    server.tls = make_context(&files);
    int done = server.tls && serve_one(&server);
    tls_context_free(server.tls);
    return done ? 0 : 1;
}
