/* SPDX-License-Identifier: MIT
 *
 * An XMPP server that connects to another server, up to <success/> by SASL EXTERNAL (XEP-0178
 * section 3); see usage(). */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "xmpp.h"

struct server {
    const char *domain;  /* who we are */
    const char *peer;    /* whom we want to talk to */
    const char *authzid; /* NULL: the domain; "": none, which stands for it */
    int insists;
    const char *records; /* the peer's TLSA records */
    struct tls_context *tls;
};

static int usage(void)
{
    fputs("usage: xmpp-initiating-server -C CHAIN -K KEY [-A ANCHORS] [-T TLSA] -d DOMAIN -t PEER\n"
          "                              -p PORT [-a AUTHZID] [-i]\n\n"
          "Prints \"authenticated: PEER\" or \"refused: WHY\".\n"
          "  -a   an authorization identity other than DOMAIN\n"
          "  -i   asks for EXTERNAL even if it isn't offered\n",
          stderr);
    return 2;
}

static int refused(const char *reason)
{
    printf("refused: %s\n", reason);
    return 0;
}

/* Opens the stream and reads the peer's header and features. */
static int open_stream(const struct server *server, struct xmpp *stream)
{
    if (!xmpp_start(stream) || !xmpp_write_header(stream, server->domain, server->peer) ||
        !xmpp_read(stream) || !xmpp_is(stream, XMPP_STREAM("stream")))
        return refused("the peer opened no stream");
    if (!xmpp_read(stream) || !xmpp_is(stream, XMPP_STREAM("features")))
        return refused("the peer has no features");
    return 1;
}

/* The peer has to be whom we asked for; under ENFORCE, the default, the handshake ends otherwise.
 */
static int start_tls(const struct server *server, struct xmpp *stream)
{
    struct tls *tls;
    if (!xmpp_has(stream, XMPP_TLS("starttls"), NULL) ||
        !conn_write(&stream->conn, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") ||
        !xmpp_read(stream) || !xmpp_is(stream, XMPP_TLS("proceed")))
        return refused("the peer has no TLS");
    tls = stream->conn.tls = tls_connect(server->tls, stream->conn.fd, NULL);
    if (!tls || s2sv_peer_expect(tls_peer(tls), server->peer) != S2SV_DECIDED ||
        !give_records(tls_peer(tls), server->records))
        return refused("out of memory");
    if (tls_handshake(tls) && s2sv_verdict_accepted(tls_verdict(tls)))
        return 1;
    const struct s2sv_verdict *verdict = tls_verdict(tls);
    log_verdict(verdict, NULL);
    return refused(verdict ? s2sv_reason_name(s2sv_verdict_reason(verdict))
                           : "the TLS handshake failed");
}

/* The condition of a <failure/> stands without its namespace. */
static int read_failure(struct xmpp *stream)
{
    const char *name = stream->element.child_count > 0 ? stream->element.children[0].name : "";
    const char *space = strrchr(name, ' ');
    if (!xmpp_is(stream, XMPP_SASL("failure")))
        return refused("the peer answered something else");
    return refused(space ? space + 1 : name);
}

static int authenticate(const struct server *server, struct xmpp *stream)
{
    const char *authzid = server->authzid ? server->authzid : server->domain;
    char encoded[XMPP_TEXT];
    if (!server->insists && !xmpp_has(stream, XMPP_SASL("mechanism"), "EXTERNAL"))
        return refused("EXTERNAL is not offered"); /* dialback would go on here */
    xmpp_base64(authzid, encoded);
    if (!conn_printf(&stream->conn,
                     "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>%s"
                     "</auth>",
                     encoded) ||
        !xmpp_read(stream))
        return refused("the peer closed the stream");
    return xmpp_is(stream, XMPP_SASL("success")) || read_failure(stream);
}

static int talk(const struct server *server, struct xmpp *stream)
{
    if (!open_stream(server, stream) || !start_tls(server, stream) ||
        !open_stream(server, stream) || !authenticate(server, stream) ||
        !open_stream(server, stream))
        return 0;
    printf("authenticated: %s\n", server->peer);
    /* A longer stream ends at s2sv_verdict_valid_until(), as the receiving server's does. */
    return conn_write(&stream->conn, "</stream:stream>");
}

static struct tls_context *make_context(const struct tls_files *files)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct tls_context *tls = tls_context_new(files, policy);
    s2sv_policy_unref(policy);
    return tls;
}

static int connect_and_talk(const struct server *server, int port)
{
    struct xmpp stream = { .conn = { .fd = net_connect(port) } };
    int done = stream.conn.fd >= 0 && talk(server, &stream);
    xmpp_close(&stream);
    return done;
}

int main(int argc, char **argv)
{
    struct tls_files files = { 0 };
    struct server server = { 0 };
    int option, done, port = 0;
    while ((option = getopt(argc, argv, "C:K:A:T:d:t:p:a:i")) != -1) {
        if (option == 'd')
            server.domain = optarg;
        else if (option == 't')
            server.peer = optarg;
        else if (option == 'p')
            port = atoi(optarg);
        else if (option == 'a')
            server.authzid = optarg;
        else if (option == 'i')
            server.insists = 1;
        else if (!files_option(option, optarg, &files))
            return usage();
    }
    if (!files.chain || !files.key || !server.domain || !server.peer || port == 0)
        return usage();
    signal(SIGPIPE, SIG_IGN);
    server.records = files.records;
    server.tls = make_context(&files);
    done = server.tls && connect_and_talk(&server, port);
    tls_context_free(server.tls);
    return done ? 0 : 1;
}
