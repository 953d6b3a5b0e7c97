/* SPDX-License-Identifier: MIT */
#include "xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

struct xml_stream {
    XML_Parser parser;
    struct xml_node *open;  /* the innermost that has not ended; not the header */
    struct xml_node *whole; /* what the last feed gave */
    int depth;
    int nodes;
    size_t octets; /* since the last element */
    int has_begun, has_ended;
    const char *error;
};

/* ---- nodes ------------------------------------------------------------------------------------*/

static void free_node(struct xml_node *node)
{
    while (node) {
        struct xml_node *child = node->first, *next;
        if (child) { /* children first, without recursion */
            node->first = child->next;
            child->parent = node;
            node = child;
            continue;
        }
        next = node->parent;
        for (size_t i = 0; node->attributes[i]; i++)
            free(node->attributes[i]);
        free(node->name);
        free(node->text);
        free(node);
        node = next;
    }
}

static int copy_attributes(struct xml_node *node, const char **attributes)
{
    for (size_t i = 0; attributes[i]; i++) {
        if (i == 2 * XML_ATTRIBUTES)
            return 0;
        node->attributes[i] = strdup(attributes[i]);
        if (!node->attributes[i])
            return 0;
    }
    return 1;
}

static struct xml_node *make_node(const char *name, const char **attributes)
{
    struct xml_node *node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->name = strdup(name);
    node->text = calloc(1, 1);
    if (node->name && node->text && copy_attributes(node, attributes))
        return node;
    free_node(node);
    return NULL;
}

static void add_child(struct xml_node *parent, struct xml_node *node)
{
    node->parent = parent;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
}

/* ---- expat's handlers -------------------------------------------------------------------------*/

static void stop(struct xml_stream *stream, const char *error)
{
    if (!stream->error)
        stream->error = error;
    XML_StopParser(stream->parser, XML_FALSE);
}

/* Nothing behind an element is looked at before it is taken. */
static void yield(struct xml_stream *stream, struct xml_node *node)
{
    stream->whole = node;
    stream->octets = 0;
    stream->nodes = 0;
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct xml_stream *stream = user;
    if (stream->error)
        return;
    struct xml_node *node = make_node(name, attributes);
    if (!node || ++stream->nodes > XML_NODES || ++stream->depth > XML_DEEPEST) {
        free_node(node);
        stop(stream, "the peer sends XML that is too large or too deep");
        return;
    }
    if (stream->depth == 1) {
        yield(stream, node);
        return;
    }
    if (stream->open)
        add_child(stream->open, node);
    stream->open = node;
}

static void on_end(void *user, const char *name)
{
    struct xml_stream *stream = user;
    (void)name;
    if (stream->error)
        return;
    stream->depth--;
    if (stream->depth == 0) {
        stream->has_ended = 1;
        return;
    }
    struct xml_node *node = stream->open;
    stream->open = node->parent;
    if (stream->depth == 1)
        yield(stream, node);
}

static void on_text(void *user, const char *text, int len)
{
    struct xml_stream *stream = user;
    struct xml_node *node = stream->open;
    if (stream->error || !node)
        return;
    size_t used = strlen(node->text);
    char *longer = realloc(node->text, used + (size_t)len + 1);
    if (!longer) {
        stop(stream, "out of memory");
        return;
    }
    memcpy(longer + used, text, (size_t)len);
    longer[used + (size_t)len] = '\0';
    node->text = longer;
}

static void on_comment(void *user, const char *text)
{
    (void)text;
    stop(user, "the peer sends an XML comment, which XMPP forbids");
}

static void on_instruction(void *user, const char *target, const char *text)
{
    (void)target, (void)text;
    stop(user, "the peer sends an XML processing instruction, which XMPP forbids");
}

static void on_doctype(void *user, const char *name, const char *sysid, const char *pubid,
                       int has_subset)
{
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    stop(user, "the peer sends a DTD, which XMPP forbids");
}

/* ---- streams ----------------------------------------------------------------------------------*/

struct xml_stream *xml_new(void)
{
    struct xml_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->parser = XML_ParserCreateNS("UTF-8", ' ');
    if (!stream->parser) {
        free(stream);
        return NULL;
    }
    XML_SetUserData(stream->parser, stream);
    XML_SetElementHandler(stream->parser, on_start, on_end);
    XML_SetCharacterDataHandler(stream->parser, on_text);
    XML_SetCommentHandler(stream->parser, on_comment);
    XML_SetProcessingInstructionHandler(stream->parser, on_instruction);
    XML_SetStartDoctypeDeclHandler(stream->parser, on_doctype);
    return stream;
}

static void free_open(struct xml_stream *stream)
{
    while (stream->open && stream->open->parent)
        stream->open = stream->open->parent;
    free_node(stream->open);
    free_node(stream->whole);
    stream->open = stream->whole = NULL;
}

void xml_free(struct xml_stream *stream)
{
    if (!stream)
        return;
    free_open(stream);
    XML_ParserFree(stream->parser);
    free(stream);
}

/* Streams are UTF-8 (RFC 6120 section 11.6): what would make expat think of another encoding, a NUL
 * or a byte order mark, is none. */
static int is_utf8_so_far(struct xml_stream *stream, const char *data, size_t len)
{
    int begins_well = stream->has_begun || strchr("< \t\r\n", data[0]);
    stream->has_begun = 1;
    return begins_well && !memchr(data, '\0', len);
}

/* A tag is whole at its '>'; so nothing behind it is given away. */
static size_t tag_length(const char *data, size_t len)
{
    const char *end = memchr(data, '>', len);
    return end ? (size_t)(end - data) + 1 : len;
}

enum xml_event xml_feed(struct xml_stream *stream, const char *data, size_t len, size_t *ret_used)
{
    size_t used = 0;
    free_node(stream->whole);
    stream->whole = NULL;
    while (used < len && !stream->whole && !stream->error && !stream->has_ended) {
        size_t piece = tag_length(data + used, len - used);
        stream->octets += piece;
        if (stream->octets > XML_LONGEST)
            stream->error = "the peer sends an XML element that is too long";
        else if (!is_utf8_so_far(stream, data + used, piece))
            stream->error = "the peer sends what is not well-formed XML";
        else if (XML_Parse(stream->parser, data + used, (int)piece, 0) != XML_STATUS_OK &&
                 !stream->error)
            stream->error = "the peer sends what is not well-formed XML";
        used += piece;
    }
    *ret_used = used;
    if (stream->error)
        return XML_BAD;
    if (stream->whole)
        return XML_ELEMENT;
    return stream->has_ended ? XML_END : XML_MORE;
}

const struct xml_node *xml_element(const struct xml_stream *stream)
{
    return stream->whole;
}

const char *xml_error(const struct xml_stream *stream)
{
    return stream->error ? stream->error : "";
}

/* ---- questions --------------------------------------------------------------------------------*/

int xml_is(const struct xml_node *node, const char *name)
{
    return node && strcmp(node->name, name) == 0;
}

const char *xml_attribute(const struct xml_node *node, const char *name)
{
    for (size_t i = 0; node && node->attributes[i]; i += 2)
        if (strcmp(node->attributes[i], name) == 0)
            return node->attributes[i + 1];
    return NULL;
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name, const char *text)
{
    for (const struct xml_node *child = node ? node->first : NULL; child; child = child->next)
        if (xml_is(child, name) && (!text || strcmp(child->text, text) == 0))
            return child;
    return NULL;
}

const char *xml_local_name(const struct xml_node *node)
{
    const char *space = strrchr(node->name, ' ');
    return space ? space + 1 : node->name;
}

const char *xml_escape(const char *text, char *buf, size_t size)
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
        const char *entity = entities[found - special];
        memcpy(buf + used, entity, strlen(entity));
        used += strlen(entity);
    }
    buf[used] = '\0';
    return buf;
}
