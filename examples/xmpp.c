/* SPDX-License-Identifier: MIT
 * Just enough XML streams, by expat. */
#include <expat.h>
#include <string.h>

#include "xmpp.h"

/* Appends, or marks the stream bad if there is no room. */
static void append(struct xmpp *stream, char *buf, size_t size, const char *text, size_t len)
{
    size_t used = strlen(buf);
    if (used + len >= size) {
        stream->is_bad = 1;
        return;
    }
    memcpy(buf + used, text, len);
    buf[used + len] = '\0';
}

static void start_top(struct xmpp *stream, const char *name, const char **attributes)
{
    struct xmpp_element *element = &stream->element;
    memset(element, 0, sizeof *element);
    append(stream, element->name, sizeof element->name, name, strlen(name));
    for (; attributes[0]; attributes += 2) {
        size_t len = strlen(attributes[1]);
        if (strcmp(attributes[0], "from") == 0)
            append(stream, element->from, sizeof element->from, attributes[1], len);
        else if (strcmp(attributes[0], "to") == 0)
            append(stream, element->to, sizeof element->to, attributes[1], len);
        else if (strcmp(attributes[0], "mechanism") == 0)
            append(stream, element->mechanism, sizeof element->mechanism, attributes[1], len);
    }
}

static void start_child(struct xmpp *stream, const char *name)
{
    struct xmpp_element *element = &stream->element;
    if (element->child_count == XMPP_CHILDREN) {
        stream->is_bad = 1;
        return;
    }
    append(stream, element->children[element->child_count].name, XMPP_NAME, name, strlen(name));
    element->child_count++;
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct xmpp *stream = user;
    if (stream->depth++ < 2)
        start_top(stream, name, attributes);
    else
        start_child(stream, name);
    if (stream->depth == 1)
        stream->is_complete = 1; /* a header never ends */
}

static void on_end(void *user, const char *name)
{
    struct xmpp *stream = user;
    (void)name;
    stream->depth--;
    stream->is_complete = stream->depth == 1;
    if (stream->depth == 0)
        stream->is_bad = 1; /* the end of the stream: nothing more to read */
}

static void on_text(void *user, const char *text, int len)
{
    struct xmpp *stream = user;
    struct xmpp_element *element = &stream->element;
    if (stream->depth == 2)
        append(stream, element->text, sizeof element->text, text, (size_t)len);
    else if (stream->depth > 2 && element->child_count > 0)
        append(stream, element->children[element->child_count - 1].text, XMPP_NAME, text,
               (size_t)len);
}

/* RFC 6120 section 11.1 forbids it, and entities come from nowhere else. */
static void on_doctype(void *user, const char *name, const char *sysid, const char *pubid,
                       int has_subset)
{
    struct xmpp *stream = user;
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    stream->is_bad = 1;
    XML_StopParser(stream->parser, XML_FALSE);
}

int xmpp_start(struct xmpp *stream)
{
    XML_ParserFree(stream->parser);
    stream->parser = XML_ParserCreateNS("UTF-8", ' ');
    stream->depth = stream->is_complete = stream->is_bad = 0;
    if (!stream->parser)
        return 0;
    XML_SetUserData(stream->parser, stream);
    XML_SetElementHandler(stream->parser, on_start, on_end);
    XML_SetCharacterDataHandler(stream->parser, on_text);
    XML_SetStartDoctypeDeclHandler(stream->parser, on_doctype);
    return 1;
}

void xmpp_close(struct xmpp *stream)
{
    XML_ParserFree(stream->parser);
    conn_close(&stream->conn);
}

/* A tag is parsed when it is whole. */
int xmpp_read(struct xmpp *stream)
{
    char piece[4096];
    stream->is_complete = 0;
    while (!stream->is_complete && !stream->is_bad) {
        if (!conn_read_to(&stream->conn, '>', piece, sizeof piece) ||
            XML_Parse(stream->parser, piece, (int)strlen(piece), 0) != XML_STATUS_OK)
            return 0;
    }
    return !stream->is_bad;
}

int xmpp_is(const struct xmpp *stream, const char *name)
{
    return strcmp(stream->element.name, name) == 0;
}

int xmpp_has(const struct xmpp *stream, const char *name, const char *text)
{
    for (size_t i = 0; i < stream->element.child_count; i++)
        if (strcmp(stream->element.children[i].name, name) == 0 &&
            (!text || strcmp(stream->element.children[i].text, text) == 0))
            return 1;
    return 0;
}

/* The peer's own text goes into an attribute of ours. */
static void escape(const char *text, char *buf, size_t size)
{
    static const char special[] = "&<>'\"";
    static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&apos;", "&quot;" };
    size_t used = 0;

    for (; *text != '\0' && used + sizeof "&apos;" < size; text++) {
        const char *found = strchr(special, *text);
        if (!found) {
            buf[used++] = *text;
            continue;
        }
        memcpy(buf + used, entities[found - special], strlen(entities[found - special]));
        used += strlen(entities[found - special]);
    }
    buf[used] = '\0';
}

int xmpp_write_header(struct xmpp *stream, const char *from, const char *to)
{
    char from_text[XMPP_DOMAIN], to_text[XMPP_DOMAIN];
    escape(from, from_text, sizeof from_text);
    escape(to, to_text, sizeof to_text);
    return conn_printf(&stream->conn,
                       "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
                       "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
                       "from='%s'%s%s%s>",
                       from_text, to[0] != '\0' ? " to='" : "", to_text, to[0] != '\0' ? "'" : "");
}

int xmpp_write_result(struct xmpp *stream, const char *from, const char *to, const char *type)
{
    char from_text[XMPP_DOMAIN], to_text[XMPP_DOMAIN];
    escape(from, from_text, sizeof from_text);
    escape(to, to_text, sizeof to_text);
    return conn_printf(&stream->conn,
                       "<result xmlns='jabber:server:dialback' from='%s' to='%s' type='%s'/>",
                       from_text, to_text, type);
}

void xmpp_base64(const char *text, char encoded[XMPP_TEXT])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)text;
    size_t len = strlen(text), used = 0;
    for (size_t i = 0; i < len && used + 5 < XMPP_TEXT; i += 3) {
        size_t rest = len - i;
        unsigned bits = (unsigned)in[i] << 16;
        if (rest > 1)
            bits |= (unsigned)in[i + 1] << 8 | in[i + 2]; /* the NUL at the end if there are two */
        encoded[used++] = digits[bits >> 18];
        encoded[used++] = digits[bits >> 12 & 63];
        encoded[used++] = rest > 1 ? digits[bits >> 6 & 63] : '=';
        encoded[used++] = rest > 2 ? digits[bits & 63] : '=';
    }
    encoded[used] = '\0';
    if (used == 0)
        strcpy(encoded, "=");
}
