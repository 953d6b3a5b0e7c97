/* SPDX-License-Identifier: MIT
 * What we keep with an SSL. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "internal.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int session_index = -1;

static void session_free(struct svo_session *session)
{
    if (!session)
        return;
    s2sv_policy_unref(session->policy);
    s2sv_peer_free(session->peer);
    s2sv_verdict_unref(session->verdict);
    OPENSSL_free(session);
}

static void on_session_free(void *parent, void *data, CRYPTO_EX_DATA *ad, int index, long argl,
                            void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    session_free(data);
}

/* SSL_dup() copies the bare pointer. The copy starts anew, but under the attached policy. */
static int on_session_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, svo_dup_from data,
                          int index, long argl, void *argp)
{
    void **slot = (void **)data;
    struct svo_session *old = *slot, *copy;
    (void)to, (void)from, (void)index, (void)argl, (void)argp;
    *slot = NULL;
    if (!old || !old->policy)
        return 1;
    copy = OPENSSL_zalloc(sizeof *copy);
    if (!copy)
        return 0;
    copy->policy = s2sv_policy_ref(old->policy);
    copy->added = old->added;
    *slot = copy;
    return 1;
}

static void make_session_index(void)
{
    session_index = SSL_get_ex_new_index(0, NULL, NULL, on_session_dup, on_session_free);
}

static int ready(void)
{
    return CRYPTO_THREAD_run_once(&once, make_session_index) && session_index >= 0;
}

struct svo_session *svo_session_get(const SSL *ssl)
{
    return ready() ? SSL_get_ex_data(ssl, session_index) : NULL;
}

struct svo_session *svo_session_make(SSL *ssl)
{
    struct svo_session *session = svo_session_get(ssl);
    if (session || !ready())
        return session;
    session = OPENSSL_zalloc(sizeof *session);
    if (session && !SSL_set_ex_data(ssl, session_index, session)) {
        OPENSSL_free(session);
        session = NULL;
    }
    return session;
}

struct s2sv_peer *s2sv_openssl_peer(SSL *ssl)
{
    struct svo_session *session = ssl ? svo_session_make(ssl) : NULL;
    if (!session)
        return NULL;
    enum s2sv_direction direction = SSL_is_server(ssl) ? S2SV_INBOUND : S2SV_OUTBOUND;
    if (!session->peer)
        session->peer = s2sv_peer_new(direction);
    else if (s2sv_peer_set_direction(session->peer, direction) != 0)
        return NULL;
    return session->peer;
}

int svo_has_dane(SSL *ssl)
{
    ERR_set_mark();
    int added = SSL_dane_tlsa_add(ssl, UINT8_MAX, 0, 0, (const unsigned char *)"", 0);
    ERR_pop_to_mark();
    return added != -1; /* -1: not enabled; 0: enabled, and no such usage */
}

int svo_dane_decides(SSL *ssl)
{
    struct svo_session *session = svo_session_get(ssl);
    return !s2sv_peer_has_tlsa(session ? session->peer : NULL) && svo_has_dane(ssl);
}

/* Client and server random: they change with every handshake. */
void svo_hello(const SSL *ssl, unsigned char *hello)
{
    memset(hello, 0, SVO_HELLO_SIZE);
    SSL_get_client_random(ssl, hello, SVO_HELLO_SIZE / 2);
    SSL_get_server_random(ssl, hello + SVO_HELLO_SIZE / 2, SVO_HELLO_SIZE / 2);
}

void svo_record(SSL *ssl, struct svo_session *session, struct s2sv_verdict *verdict)
{
    s2sv_verdict_unref(session->verdict);
    session->verdict = verdict;
    session->changes = s2sv_peer_changes(session->peer);
    session->ended = 0;
    session->awaits_staples = svo_awaits_staples(ssl);
    svo_hello(ssl, session->hello);
}
