/* SPDX-License-Identifier: MIT
 * XML streams (RFC 6120 section 4) read element by element, by expat, with limits. What the RFC
 * forbids in its section 11.1 ends the stream: comments, processing instructions, DTDs. */
#ifndef XML_H
#define XML_H

#include <stddef.h>

enum {
    XML_LONGEST = 65536, /* octets of one element, and of the header */
    XML_DEEPEST = 32,
    XML_NODES = 1024,
    XML_ATTRIBUTES = 32
};

/* Names are "NAMESPACE NAME". */
struct xml_node {
    char *name;
    char *attributes[2 * XML_ATTRIBUTES + 2]; /* name, value, ..., NULL */
    char *text;                               /* "" if there is none */
    struct xml_node *parent, *first, *last, *next;
};

struct xml_stream;

enum xml_event {
    XML_MORE,    /* needs more octets */
    XML_ELEMENT, /* one that is whole; the header first, whose children come as elements of their
                  * own
                  */
    XML_END,     /* </stream:stream> */
    XML_BAD      /* see xml_error() */
};

struct xml_stream *xml_new(void); /* NULL out of memory */
void xml_free(struct xml_stream *stream);
/* Takes octets until an element is whole, and says how many. */
enum xml_event xml_feed(struct xml_stream *stream, const char *data, size_t len, size_t *ret_used);
/* What XML_ELEMENT told of; until the next xml_feed(). */
const struct xml_node *xml_element(const struct xml_stream *stream);
const char *xml_error(const struct xml_stream *stream);

int xml_is(const struct xml_node *node, const char *name);                /* NULL is nothing */
const char *xml_attribute(const struct xml_node *node, const char *name); /* NULL: absent */
/* The first child of that name, and of that text unless it is NULL. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name, const char *text);
/* The name without its namespace. */
const char *xml_local_name(const struct xml_node *node);

/* Fit for an attribute or for text; cut where buf ends, never within an entity. Returns buf. */
const char *xml_escape(const char *text, char *buf, size_t size);

#endif
