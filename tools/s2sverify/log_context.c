/* SPDX-License-Identifier: MIT */
#include "log_context.h"

#include <stdlib.h>
#include <string.h>

#include "log_match.h"

enum { SESSIONS = 2048 }; /* the latest; of older ones nothing is known any more */

struct session {
    char key[LOG_SESSION];
    struct log_about about;
};

struct log_context {
    struct session sessions[SESSIONS];
};

struct mark {
    int direction;
    const char *pattern;
};

/* What lines of one session have in common: a process, an Erlang process, a Lua object. */
static const struct mark session_marks[] = {
    { S2SV_INBOUND, "s2sin{}\t" },
    { S2SV_OUTBOUND, "s2sout{}\t" },
    { S2SV_INBOUND, "/smtpd[{}]: " },
    { S2SV_OUTBOUND, "/smtp[{}]: " },
    { S2SV_INBOUND, "<{}>@ejabberd_s2s_in:" },
    { S2SV_OUTBOUND, "<{}>@ejabberd_s2s_out:" },
};

/* How lines name a peer. */
static const struct mark peer_marks[] = {
    { S2SV_INBOUND, "Incoming s2s stream {}->" },
    { S2SV_INBOUND, "Incoming s2s connection {}->" },
    { S2SV_OUTBOUND, "Outgoing s2s stream *->{} " },
    { S2SV_OUTBOUND, "Outgoing s2s connection *->{} " },
    { LOG_EITHER_WAY, "insecure connection to/from {} " },
    { S2SV_INBOUND, "inbound s2s EXTERNAL authentication {} ->" },
    { S2SV_INBOUND, "inbound s2s connection {} ->" },
    { S2SV_OUTBOUND, "outbound s2s connection * -> {}" },
    { S2SV_OUTBOUND, "outbound s2s EXTERNAL authentication * -> {}" },
    { S2SV_OUTBOUND, "Outbound s2s connection started: * -> {}" },
    { S2SV_INBOUND, "]: connect from {}[" },
    { S2SV_INBOUND, " from {}[*]: " },
    { S2SV_OUTBOUND, " relay={}[" },
    { S2SV_OUTBOUND, " to=<*@{}>, relay=none" },
    { S2SV_OUTBOUND, " verification failed for {}[*]:25" },
    { S2SV_INBOUND, " verification failed for {}[" },
    { S2SV_OUTBOUND, "SSL_connect error to {}[" },
    { S2SV_OUTBOUND, "TLS connection established to {}[" },
    { S2SV_INBOUND, "TLS error on connection from ({})" },
    { S2SV_INBOUND, "TLS error on connection from {} " },
    { S2SV_OUTBOUND, " H={} [" },
    { S2SV_INBOUND, "the peer that connected, *, {}: " },
    { S2SV_OUTBOUND, "the peer that we connected to, *, {}: " },
    { S2SV_INBOUND, "the peer that connected" },
    { S2SV_OUTBOUND, "the peer that we connected to" },
};

enum {
    SESSION_MARKS = sizeof session_marks / sizeof session_marks[0],
    PEER_MARKS = sizeof peer_marks / sizeof peer_marks[0]
};

struct log_context *log_context_new(void)
{
    return calloc(1, sizeof(struct log_context));
}

void log_context_free(struct log_context *context)
{
    free(context);
}

static const struct mark *find(const struct mark *marks, size_t count, const char *line, char *name,
                               size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (log_match(marks[i].pattern, line, name, size))
            return &marks[i];
    return NULL;
}

/* FNV-1a. A session takes the place of another one that falls to the same. */
static struct session *place_of(struct log_context *context, const char *key)
{
    unsigned hash = 2166136261u;
    for (const char *p = key; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return &context->sessions[hash % SESSIONS];
}

static struct session *session_of(struct log_context *context, const char *line)
{
    char key[LOG_SESSION];
    const struct mark *mark = find(session_marks, SESSION_MARKS, line, key, sizeof key);
    if (!mark)
        return NULL;
    struct session *session = place_of(context, key);
    if (strcmp(session->key, key) != 0 || session->about.direction != mark->direction) {
        memset(session, 0, sizeof *session);
        memcpy(session->key, key, sizeof key);
        session->about.direction = mark->direction;
    }
    return session;
}

void log_context_read(struct log_context *context, const char *line, struct log_about *ret_about)
{
    struct log_about about = { LOG_EITHER_WAY, "" };
    struct session *session = session_of(context, line);
    const struct mark *mark = find(peer_marks, PEER_MARKS, line, about.peer, sizeof about.peer);
    if (mark)
        about.direction = mark->direction;
    if (session) {
        about.direction = session->about.direction;
        if (mark)
            session->about = about;
        else
            about = session->about;
    }
    *ret_about = about;
}
