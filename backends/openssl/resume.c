/* SPDX-License-Identifier: MIT
 * Resumption under CARRY. OpenSSL keeps a session's leaf but not its chain, so what we put into the
 * session are the certificates between leaf and anchor, behind the policy's text. It is octets
 * only: a resumed peer is judged by them afresh, as if it had presented them. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "internal.h"

/* The text with its NUL, then DER after DER. 1.1.1 takes no tickets over 16 KB, leaf and all. */
enum { MAX_TEXT = 512, MAX_CARRIED = 8192 };

/* The text's size with its NUL, or 0. */
static size_t text_of(const struct s2sv_policy *policy, char text[MAX_TEXT])
{
    int len = s2sv_policy_text(policy, text, MAX_TEXT);
    return len > 0 && len < MAX_TEXT ? (size_t)len + 1 : 0;
}

static int append(unsigned char *data, size_t *len, const void *der, size_t more)
{
    if (more > MAX_CARRIED - *len)
        return 0;
    memcpy(data + *len, der, more);
    *len += more;
    return 1;
}

/* How much there is to carry, or 0. */
static size_t pack(const struct s2sv_policy *policy, const struct s2sv_verdict *verdict,
                   unsigned char data[MAX_CARRIED])
{
    char text[MAX_TEXT];
    size_t len = 0, size = text_of(policy, text);
    const void *der;
    if (size == 0 || s2sv_verdict_reason(verdict) != S2SV_REASON_NONE)
        return 0;
    append(data, &len, text, size);
    int above = s2sv_verdict_proof(verdict) != S2SV_PROOF_DANE; /* there the anchor is the peer's */
    for (int depth = 1; s2sv_verdict_certificate(verdict, depth + above, NULL, NULL) == 0;
         depth++) {
        if (s2sv_verdict_certificate(verdict, depth, &der, &size) != 0 ||
            !append(data, &len, der, size))
            return 0;
    }
    return len;
}

/* What isn't good is not carried, so that an application's own fault is never forgotten. */
void svo_carry(SSL *ssl, const struct s2sv_policy *policy, const struct s2sv_verdict *verdict)
{
    SSL_SESSION *session = SSL_get_session(ssl);
    unsigned char data[MAX_CARRIED];
    if (session && s2sv_policy_resumption(policy) == S2SV_RESUMPTION_CARRY)
        SSL_SESSION_set1_ticket_appdata(session, data, pack(policy, verdict, data));
}

/* Reads DER after DER; NULL if something else is there. */
static STACK_OF(X509) * certificates_of(const unsigned char *data, size_t len)
{
    const unsigned char *end = data + len;
    STACK_OF(X509) *all = sk_X509_new_null();
    while (all && data < end) {
        X509 *x = d2i_X509(NULL, &data, end - data);
        if (!x || !sk_X509_push(all, x)) {
            X509_free(x);
            sk_X509_pop_free(all, X509_free);
            all = NULL;
        }
    }
    return all;
}

STACK_OF(X509) * svo_carried(SSL_SESSION *session, const struct s2sv_policy *policy)
{
    char text[MAX_TEXT];
    size_t len = 0, size = text_of(policy, text);
    void *data = NULL;
    if (!session || size == 0 || !SSL_SESSION_get0_ticket_appdata(session, &data, &len) ||
        len < size || memcmp(data, text, size) != 0)
        return NULL;
    return certificates_of((const unsigned char *)data + size, len - size);
}

int svo_ask_carried(SSL *ssl, SSL_SESSION *session, struct s2sv_verdict **ret_verdict)
{
    struct svo_question q = svo_question(ssl, NULL);
    int status = S2SV_ERR_INVALID;
    if (session && s2sv_policy_resumption(q.policy) == S2SV_RESUMPTION_CARRY) {
        ERR_set_mark();
        q.leaf = SSL_SESSION_get0_peer(session);
        q.rest = svo_carried(session, q.policy);
        if (q.leaf && q.rest)
            status = svo_ask(&q, ret_verdict);
        sk_X509_pop_free(q.rest, X509_free);
        ERR_pop_to_mark();
    }
    svo_question_clear(&q);
    return status;
}

static int is_good(SSL *ssl, SSL_SESSION *session)
{
    struct s2sv_verdict *verdict = NULL;
    int good = svo_ask_carried(ssl, session, &verdict) == 0 &&
               s2sv_verdict_reason(verdict) == S2SV_REASON_NONE;
    s2sv_verdict_unref(verdict);
    return good;
}

/* What isn't good gets a full handshake: there our callback says so in every mode. */
SSL_TICKET_RETURN svo_on_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *key_name,
                                size_t len, SSL_TICKET_STATUS status, void *unused)
{
    struct svo_question q = svo_question(ssl, NULL);
    enum s2sv_resumption resumption = s2sv_policy_resumption(q.policy);
    (void)key_name, (void)len, (void)unused;
    svo_question_clear(&q);
    if ((status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) ||
        (resumption != S2SV_RESUMPTION_LEAVE && !is_good(ssl, session)))
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}
