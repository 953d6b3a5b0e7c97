/* SPDX-License-Identifier: MIT
 * Just enough XML streams (RFC 6120) for two servers to authenticate each other. */
#ifndef EXAMPLES_XMPP_H
#define EXAMPLES_XMPP_H

#include <stddef.h>

#include "conn.h"

/* Names as the parser gives them: namespace, space, local name. */
#define XMPP_STREAM(name) "http://etherx.jabber.org/streams " name
#define XMPP_TLS(name) "urn:ietf:params:xml:ns:xmpp-tls " name
#define XMPP_DIALBACK(name) "jabber:server:dialback " name
#define XMPP_SASL(name) "urn:ietf:params:xml:ns:xmpp-sasl " name

enum { XMPP_DOMAIN = 1024, XMPP_TEXT = 2048, XMPP_NAME = 128, XMPP_CHILDREN = 16 };

/* A stream header, or an element directly below it. */
struct xmpp_element {
    char name[XMPP_NAME];
    char from[XMPP_DOMAIN], to[XMPP_DOMAIN], mechanism[XMPP_NAME]; /* attributes; "" if absent */
    char text[XMPP_TEXT];
    size_t child_count; /* descendants, in document order */
    struct {
        char name[XMPP_NAME], text[XMPP_NAME];
    } children[XMPP_CHILDREN];
};

struct xmpp {
    struct conn conn;
    struct XML_ParserStruct *parser;
    struct xmpp_element element; /* what xmpp_read() read last */
    int depth, is_complete, is_bad;
};

/* Starts a stream: at first, after TLS and after SASL. What was parsed before is forgotten. Returns
 * 0 out of memory. */
int xmpp_start(struct xmpp *stream);
void xmpp_close(struct xmpp *stream);

/* Reads the next header or element into stream->element. Returns 1, or 0 at the end of the stream,
 * on an error, and for what XMPP forbids or we have no room for. */
int xmpp_read(struct xmpp *stream);
int xmpp_is(const struct xmpp *stream, const char *name);
/* 1: the element has that descendant, with that text if text isn't NULL. */
int xmpp_has(const struct xmpp *stream, const char *name, const char *text);

/* Writes a stream header; to may be "". */
int xmpp_write_header(struct xmpp *stream, const char *from, const char *to);
/* Answers a peer that wants to send for one more domain. */
int xmpp_write_result(struct xmpp *stream, const char *from, const char *to, const char *type);
/* Base64 of a text that is shorter than XMPP_DOMAIN; "=" for an empty one. */
void xmpp_base64(const char *text, char encoded[XMPP_TEXT]);

#endif
