/* SPDX-License-Identifier: MIT */
#include "dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "number.h"
#include "output.h"

/* A name that is nobody's (RFC 6761 section 6.4). */
#define NOBODY "s2sverify.invalid"

/* ---- options ----------------------------------------------------------------------------------*/

static const char *set_connect(void *target, const char *value)
{
    struct dial_options *options = target;
    options->has_address = address_parse(value, &options->address);
    return options->has_address ? NULL : "192.0.2.1:5269 or [2001:db8::1]:5269";
}

static const char *set_direct(void *target, const char *value)
{
    struct dial_options *options = target;
    (void)value;
    options->is_direct = 1;
    return NULL;
}

static const char *set_timeout(void *target, const char *value)
{
    struct dial_options *options = target;
    options->timeout = (int)parse_number(value, 3600);
    return options->timeout > 0 ? NULL : "a number of seconds from 1 to 3600";
}

static const char *set_resolver(void *target, const char *value)
{
    struct dial_options *options = target;
    struct address address;
    options->resolver = value;
    return address_parse(value, &address) ? NULL : "192.0.2.53:53 or [2001:db8::53]:53";
}

static const char *set_trust_anchor(void *target, const char *value)
{
    struct dial_options *options = target;
    options->trust_anchor = value;
    return NULL;
}

static const char *set_from(void *target, const char *value)
{
    struct dial_options *options = target;
    options->from = value;
    return domain_to_ascii(value, options->from_ascii) ? NULL : "a domain name";
}

const struct option_row dial_rows[] = {
    { "connect", "ADDR:PORT", "connect there, without looking anything up", set_connect },
    { "direct-tls", NULL, "TLS from the first octet on, where no SRV record says it", set_direct },
    { "timeout", "SECONDS", "how long each step may take; default: 10", set_timeout },
    { "resolver", "ADDR:PORT", "ask this name server, not those of the system", set_resolver },
    { "trust-anchor", "FILE",
      "validate DNS by the DS or DNSKEY records in FILE, and judge by TLSA records as well (DANE)",
      set_trust_anchor },
    { "from", "DOMAIN", "the domain that we say we are", set_from },
};
const size_t dial_row_count = sizeof dial_rows / sizeof dial_rows[0];

int dial_timeout(const struct dial_options *options)
{
    return options->timeout > 0 ? options->timeout : USUAL_TIMEOUT;
}

/* ---- diallers ---------------------------------------------------------------------------------*/

struct dialler {
    const struct dial_options *options;
    struct judge *judge;
    const struct library *library;
    struct tls_context *context, *direct; /* direct: with ALPN */
};

static struct tls_context *make_context(const struct dialler *dialler,
                                        const struct identity *identity, const char *alpn)
{
    struct tls_setup setup = { 0, identity, alpn, judge_policy(dialler->judge),
                               judge_trust(dialler->judge, dialler->library) };
    const char *why = NULL;
    struct tls_context *context = dialler->library->tls->context_new(&setup, &why);
    if (!context)
        complain("%s", why);
    return context;
}

struct dialler *dialler_new(struct judge *judge, const struct dial_options *options,
                            const struct identity *identity)
{
    struct dialler *dialler = calloc(1, sizeof *dialler);
    if (!dialler) {
        complain("out of memory");
        return NULL;
    }
    dialler->options = options;
    dialler->judge = judge;
    dialler->library = judge_library(judge);
    dialler->context = make_context(dialler, identity, NULL);
    if (dialler->context)
        dialler->direct = make_context(dialler, identity, "xmpp-server");
    if (dialler->direct)
        return dialler;
    dialler_free(dialler);
    return NULL;
}

void dialler_free(struct dialler *dialler)
{
    if (!dialler)
        return;
    dialler->library->tls->context_free(dialler->context);
    dialler->library->tls->context_free(dialler->direct);
    free(dialler);
}

struct judge *dialler_judge(const struct dialler *dialler)
{
    return dialler->judge;
}

/* ---- up to TLS --------------------------------------------------------------------------------*/

static const char *our_name(const struct dialler *dialler)
{
    return dialler->options->from ? dialler->options->from : NOBODY;
}

static const char *our_host_name(const struct dialler *dialler)
{
    return dialler->options->from ? dialler->options->from_ascii : NOBODY;
}

static int fail(struct dialled *dialled, const char *error)
{
    if (dialled->error[0] == '\0')
        snprintf(dialled->error, sizeof dialled->error, "%s", error);
    return 0;
}

int dial_look_up(const struct dialler *dialler, struct dns *dns, const struct target *target,
                 struct endpoints *ret_endpoints)
{
    const struct dial_options *options = dialler->options;
    memset(ret_endpoints, 0, sizeof *ret_endpoints);
    if (!options->has_address) {
        if (!target_look_up(target, dns, ret_endpoints))
            return 0;
        for (size_t i = 0; i < ret_endpoints->count; i++)
            ret_endpoints->items[i].is_direct |= options->is_direct;
        return 1;
    }
    ret_endpoints->count = 1;
    snprintf(ret_endpoints->items[0].host, HOST_TEXT, "%s", target->ascii);
    ret_endpoints->items[0].address = options->address;
    ret_endpoints->items[0].is_direct = options->is_direct || target->scheme == SCHEME_TLS;
    return 1;
}

/* The first endpoint that answers. */
static int connect_to_one(const struct dialler *dialler, const struct endpoints *endpoints,
                          struct dialled *dialled)
{
    int timeout = dial_timeout(dialler->options);
    char where[ADDRESS_TEXT], error[CONN_ERROR];
    dialled->stage = STAGE_CONNECT;
    for (size_t i = 0; i < endpoints->count; i++) {
        dialled->endpoint = endpoints->items[i];
        int fd = net_connect(&dialled->endpoint.address, net_now() + (int64_t)timeout * 1000);
        if (fd >= 0) {
            conn_start(&dialled->conn, fd, timeout);
            dialled->error[0] = '\0';
            return 1;
        }
        snprintf(error, sizeof error, "%s: %s", address_text(&dialled->endpoint.address, where),
                 strerror(errno));
        fail(dialled, error);
    }
    return 0;
}

/* The name that DNS can't be trusted to tell is the domain; mail servers go by their host's name
 * (RFC 8461 section 4.1). */
static void set_reference(const struct dialler *dialler, const struct target *target,
                          struct dialled *dialled)
{
    const char *name = dialler->options->name          ? dialler->options->name
                       : target->scheme == SCHEME_SMTP ? dialled->endpoint.host
                                                       : target->domain;
    snprintf(dialled->reference, sizeof dialled->reference, "%s", name);
}

static int start_xmpp_tls(const struct dialler *dialler, const struct target *target,
                          struct dialled *dialled)
{
    struct conn *conn = &dialled->conn;
    const struct xml_node *features = xmpp_open(&dialled->xmpp, our_name(dialler), target->domain);
    if (!features)
        return 0;
    dialled->stage = STAGE_STARTTLS;
    if (!xml_child(features, NS_TLS("starttls"), NULL))
        return conn_fail(conn, "the peer offers no STARTTLS");
    conn_step(conn);
    if (!conn_printf(conn, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"))
        return 0;
    const struct xml_node *answer = xmpp_read(&dialled->xmpp);
    if (answer && !xml_is(answer, NS_TLS("proceed")))
        return conn_fail(conn, "the peer refuses STARTTLS");
    return answer && conn_is_drained(conn);
}

static int fail_reply(struct conn *conn, const char *to_what, const struct smtp_reply *reply)
{
    return conn_fail(conn, "the peer answers %s by %d %.*s", to_what, reply->code,
                     (int)strcspn(reply->text, "\n"), reply->text);
}

static int start_smtp_tls(const struct dialler *dialler, struct dialled *dialled)
{
    struct conn *conn = &dialled->conn;
    struct smtp_reply *reply = &dialled->reply;
    if (!smtp_read(conn, reply))
        return 0;
    if (reply->code != 220)
        return fail_reply(conn, "a connection", reply);
    if (!smtp_say(conn, reply, "EHLO %s", our_host_name(dialler)))
        return 0;
    if (reply->code != 250)
        return fail_reply(conn, "EHLO", reply);
    dialled->stage = STAGE_STARTTLS;
    if (!smtp_offers(reply, "STARTTLS"))
        return conn_fail(conn, "the peer offers no STARTTLS");
    if (!smtp_say(conn, reply, "STARTTLS"))
        return 0;
    if (reply->code != 220)
        return fail_reply(conn, "STARTTLS", reply);
    return conn_is_drained(conn);
}

static int expect(struct dialler *dialler, struct s2sv_peer *peer, const char *name)
{
    int64_t at;
    if (!peer || s2sv_peer_expect(peer, name) != S2SV_DECIDED)
        return 0;
    return !judge_given_time(dialler->judge, &at) || s2sv_peer_set_time(peer, at) == S2SV_DECIDED;
}

static int is_address(const char *name)
{
    return strspn(name, "0123456789.") == strlen(name) || strchr(name, ':');
}

static int secure(struct dialler *dialler, const struct target *target, struct dialled *dialled)
{
    const struct tls_methods *methods = dialler->library->tls;
    int is_direct_xmpp = dialled->endpoint.is_direct && target->scheme == SCHEME_XMPP;
    /* SNI is the domain in XMPP (RFC 6066 section 3, XEP-0368), the host elsewhere. */
    const char *sni = target->scheme == SCHEME_SMTP ? dialled->endpoint.host : target->ascii;
    struct tls *tls = methods->open(is_direct_xmpp ? dialler->direct : dialler->context,
                                    dialled->conn.fd, is_address(sni) ? NULL : sni);
    dialled->stage = STAGE_HANDSHAKE;
    conn_step(&dialled->conn);
    if (tls && !expect(dialler, methods->peer(tls), dialled->reference)) {
        methods->free(tls);
        tls = NULL;
    }
    int done = conn_start_tls(&dialled->conn, methods, tls);
    if (!tls)
        return 0;
    if (!methods->peer_chain(tls, &dialled->chain))
        done = conn_fail(&dialled->conn, "the peer shows more certificates than fit");
    if (!done)
        return 0;
    dialled->verdict = s2sv_verdict_ref(methods->verdict(tls));
    methods->describe(tls, dialled->version, dialled->alpn);
    dialled->stage = STAGE_SECURED;
    return 1;
}

/* ---- within TLS -------------------------------------------------------------------------------*/

static int open_xmpp(const struct dialler *dialler, const struct target *target,
                     struct dialled *dialled)
{
    const struct xml_node *features = xmpp_open(&dialled->xmpp, our_name(dialler), target->domain);
    if (!features)
        return 0;
    const struct xml_node *mechanisms = xml_child(features, NS_SASL("mechanisms"), NULL);
    dialled->offers_external = xml_child(mechanisms, NS_SASL("mechanism"), "EXTERNAL") != NULL;
    dialled->offers_dialback = xml_child(features, NS_DIALBACK_FEATURE, NULL) != NULL;
    dialled->offers_bidi = xml_child(features, NS_BIDI_FEATURE, NULL) != NULL;
    return 1;
}

static int open_smtp(const struct dialler *dialler, struct dialled *dialled)
{
    struct smtp_reply *reply = &dialled->reply;
    if (!smtp_say(&dialled->conn, reply, "EHLO %s", our_host_name(dialler)))
        return 0;
    return reply->code == 250 || fail_reply(&dialled->conn, "EHLO", reply);
}

static int start_tls(struct dialler *dialler, const struct target *target, struct dialled *dialled)
{
    if (dialled->endpoint.is_direct)
        return 1;
    dialled->stage = STAGE_GREETING;
    conn_step(&dialled->conn);
    return target->scheme == SCHEME_XMPP ? start_xmpp_tls(dialler, target, dialled)
                                         : start_smtp_tls(dialler, dialled);
}

int dial_endpoints(struct dialler *dialler, const struct target *target,
                   const struct endpoints *endpoints, struct dialled *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->conn.fd = -1;
    ret->xmpp.conn = &ret->conn;
    if (endpoints->count == 0)
        return fail(ret, endpoints->error);
    if (!connect_to_one(dialler, endpoints, ret))
        return 0;
    set_reference(dialler, target, ret);
    int done = start_tls(dialler, target, ret) && secure(dialler, target, ret);
    if (done && target->scheme == SCHEME_XMPP)
        open_xmpp(dialler, target, ret);
    else if (done && target->scheme == SCHEME_SMTP)
        open_smtp(dialler, ret);
    fail(ret, ret->conn.error);
    return done;
}

int dial(struct dialler *dialler, struct dns *dns, const struct target *target, struct dialled *ret)
{
    struct endpoints endpoints;
    dial_look_up(dialler, dns, target, &endpoints);
    return dial_endpoints(dialler, target, &endpoints, ret);
}

static int send_auth(struct conn *conn, const char *from)
{
    char encoded[2 * DOMAIN_TEXT];
    if (!base64_encode(from, strlen(from), encoded, sizeof encoded))
        return conn_fail(conn, "the domain is too long");
    conn_step(conn);
    return conn_printf(conn,
                       "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>%s"
                       "</auth>",
                       encoded);
}

static int fail_auth(struct dialled *dialled, const struct xml_node *answer)
{
    if (!xml_is(answer, NS_SASL("failure")))
        return conn_fail(&dialled->conn, "the peer answers something else to <auth/>");
    xmpp_note_condition(&dialled->xmpp, answer);
    return conn_fail(&dialled->conn, "SASL EXTERNAL fails: %s%s%s", dialled->xmpp.condition,
                     dialled->xmpp.words[0] != '\0' ? ": " : "", dialled->xmpp.words);
}

int dialled_authenticate(struct dialled *dialled, const char *from, const char *domain)
{
    struct conn *conn = &dialled->conn;
    if (!dialled->offers_external)
        return conn_fail(conn, "EXTERNAL is not offered%s",
                         dialled->offers_dialback ? ", dialback is" : "");
    const struct xml_node *answer = send_auth(conn, from) ? xmpp_read(&dialled->xmpp) : NULL;
    if (!answer)
        return 0;
    if (!xml_is(answer, NS_SASL("success")))
        return fail_auth(dialled, answer);
    return xmpp_open(&dialled->xmpp, from, domain) != NULL; /* RFC 6120 section 6.4.6 */
}

void dialled_close(struct dialled *dialled)
{
    xmpp_close(&dialled->xmpp);
    conn_close(&dialled->conn);
    chain_clear(&dialled->chain);
    s2sv_verdict_unref(dialled->verdict);
    dialled->verdict = NULL;
}

/* ---- what is to be thought of it --------------------------------------------------------------*/

int dialled_judge(struct dialler *dialler, const struct dialled *dialled,
                  struct opinions *ret_opinions)
{
    const char *names[] = { dialled->reference };
    if (!judge_ask(dialler->judge, &dialled->chain, names, 1, ASK_BOTH, ret_opinions))
        return 0;
    for (size_t i = 0; i < ret_opinions->count && dialled->verdict; i++) {
        struct opinion *opinion = &ret_opinions->items[i];
        if (opinion->library != dialler->library || opinion->direction != S2SV_OUTBOUND)
            continue;
        s2sv_verdict_unref(opinion->verdict);
        opinion->verdict = s2sv_verdict_ref(dialled->verdict);
    }
    return 1;
}

const char *stage_name(enum stage stage)
{
    static const char *const names[] = { "lookup",   "connect",   "greeting",
                                         "starttls", "handshake", "secured" };
    return names[stage];
}

const char *dialled_result_type(const struct dialled *dialled, const struct opinions *opinions)
{
    if (dialled->stage == STAGE_STARTTLS)
        return "starttls-not-supported";
    if (dialled->stage == STAGE_HANDSHAKE)
        return "validation-failure";
    for (size_t i = 0; opinions && i < opinions->count; i++)
        if (opinions->items[i].direction == S2SV_OUTBOUND &&
            s2sv_verdict_tlsrpt(opinions->items[i].verdict))
            return s2sv_verdict_tlsrpt(opinions->items[i].verdict);
    return NULL;
}
