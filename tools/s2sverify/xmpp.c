/* SPDX-License-Identifier: MIT */
#include "xmpp.h"

#include <stdio.h>
#include <string.h>

void xmpp_close(struct xmpp *xmpp)
{
    xml_free(xmpp->xml);
    xmpp->xml = NULL;
}

/* <CONDITION xmlns='...'/><text>WORDS</text> */
void xmpp_note_condition(struct xmpp *xmpp, const struct xml_node *node)
{
    for (const struct xml_node *child = node->first; child; child = child->next)
        if (strcmp(xml_local_name(child), "text") == 0)
            snprintf(xmpp->words, sizeof xmpp->words, "%s", child->text);
        else if (xmpp->condition[0] == '\0')
            snprintf(xmpp->condition, sizeof xmpp->condition, "%s", xml_local_name(child));
}

static void fail_stream(struct xmpp *xmpp, const struct xml_node *error)
{
    xmpp_note_condition(xmpp, error);
    conn_fail(xmpp->conn, "the peer ends the stream: %s%s%s", xmpp->condition,
              xmpp->words[0] != '\0' ? ": " : "", xmpp->words);
}

static enum xml_event feed(struct xmpp *xmpp)
{
    struct conn *conn = xmpp->conn;
    size_t used;
    enum xml_event event =
        xml_feed(xmpp->xml, conn->in + conn->in_start, conn->in_end - conn->in_start, &used);
    conn->in_start += used;
    return event;
}

const struct xml_node *xmpp_read(struct xmpp *xmpp)
{
    for (;;) {
        enum xml_event event = feed(xmpp);
        const struct xml_node *node = xml_element(xmpp->xml);
        if (event == XML_ELEMENT && !xml_is(node, NS_STREAM("error")))
            return node;
        if (event == XML_ELEMENT)
            fail_stream(xmpp, node);
        else if (event == XML_END)
            conn_fail(xmpp->conn, "the peer ended the stream");
        else if (event == XML_BAD)
            conn_fail(xmpp->conn, "%s", xml_error(xmpp->xml));
        else if (conn_fill(xmpp->conn))
            continue;
        return NULL;
    }
}

static int write_header(struct xmpp *xmpp, const char *from, const char *to)
{
    char from_text[1024], to_text[1024];
    return conn_printf(xmpp->conn,
                       "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
                       "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
                       "from='%s' to='%s'>",
                       xml_escape(from, from_text, sizeof from_text),
                       xml_escape(to, to_text, sizeof to_text));
}

const struct xml_node *xmpp_open(struct xmpp *xmpp, const char *from, const char *to)
{
    xmpp_close(xmpp);
    conn_step(xmpp->conn);
    xmpp->xml = xml_new();
    if (!xmpp->xml) {
        conn_fail(xmpp->conn, "out of memory");
        return NULL;
    }
    if (!write_header(xmpp, from, to))
        return NULL;
    const struct xml_node *node = xmpp_read(xmpp);
    if (node && !xml_is(node, NS_STREAM("stream"))) {
        conn_fail(xmpp->conn, "the peer doesn't speak XMPP between servers");
        return NULL;
    }
    node = node ? xmpp_read(xmpp) : NULL;
    if (!node || xml_is(node, NS_STREAM("features")))
        return node;
    conn_fail(xmpp->conn, "the peer sends no stream features");
    return NULL;
}

void xmpp_end(struct xmpp *xmpp)
{
    if (xmpp->xml && !xmpp->conn->is_closed)
        conn_write(xmpp->conn, "</stream:stream>", strlen("</stream:stream>"));
}
