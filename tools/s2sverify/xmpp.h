/* SPDX-License-Identifier: MIT
 * XMPP between servers over a connection: streams and what goes wrong with them. */
#ifndef XMPP_H
#define XMPP_H

#include "conn.h"
#include "xml.h"

#define NS_STREAM(name) "http://etherx.jabber.org/streams " name
#define NS_TLS(name) "urn:ietf:params:xml:ns:xmpp-tls " name
#define NS_SASL(name) "urn:ietf:params:xml:ns:xmpp-sasl " name
#define NS_BIDI_FEATURE "urn:xmpp:features:bidi bidi"
#define NS_BIDI "urn:xmpp:bidi bidi"
#define NS_DIALBACK_FEATURE "urn:xmpp:features:dialback dialback"
#define NS_SERVER(name) "jabber:server " name
#define NS_PING "urn:xmpp:ping ping"

enum { XMPP_CONDITION = 64, XMPP_WORDS = 256 };

struct xmpp {
    struct conn *conn;
    struct xml_stream *xml; /* NULL: no stream is open */
    /* Of a <stream:error/> or a SASL <failure/>, as the peer said it; else "". */
    char condition[XMPP_CONDITION], words[XMPP_WORDS];
};

void xmpp_close(struct xmpp *xmpp); /* frees; the connection stays */

/* The next element; valid until the next read. NULL after conn_fail(), also when the peer ends the
 * stream, with or without an error. */
const struct xml_node *xmpp_read(struct xmpp *xmpp);
/* A new stream, ours first: reads the peer's header and its features. NULL after conn_fail(). */
const struct xml_node *xmpp_open(struct xmpp *xmpp, const char *from, const char *to);
/* Remembers condition and text of an element that has them. */
void xmpp_note_condition(struct xmpp *xmpp, const struct xml_node *node);
/* Says goodbye; doesn't wait. */
void xmpp_end(struct xmpp *xmpp);

#endif
