/* SPDX-License-Identifier: MIT */
#include "gnutls_pair.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct pki *pki;

static struct pki_cert *certificate(const char *name, const char *spec)
{
    char err[256] = "";
    if (!pki)
        pki = pki_new(NULL, time(NULL));
    struct pki_cert *made = pki_find(pki, name);
    if (!made && spec)
        made = pki_make(pki, name, spec, err, sizeof err);
    if (!made)
        fail_msg("%s: %s", name, err);
    return made;
}

gnutls_datum_t der_of(const char *name, const char *spec)
{
    size_t len;
    const unsigned char *der = pki_der(certificate(name, spec), &len);
    return (gnutls_datum_t){ (unsigned char *)der, (unsigned)len };
}

char *pem_of(const char *name)
{
    return pki_pem(certificate(name, NULL));
}

char *key_pem_of(const char *name)
{
    return pki_key_pem(certificate(name, NULL));
}

gnutls_datum_t crl_of(const char *name, const char *spec)
{
    char err[256] = "";
    size_t len;
    struct pki_crl *crl = pki_crl(pki, name, spec, err, sizeof err);
    if (!crl)
        fail_msg("%s: %s", name, err);
    const unsigned char *der = pki_crl_der(crl, &len);
    return (gnutls_datum_t){ (unsigned char *)der, (unsigned)len };
}

void make_cas(void)
{
    certificate("root", "ca key=p384 subject=CN=root");
    certificate("int", "ca issuer=root eku=serverAuth subject=CN=int");
}

void forget_certificates(void)
{
    pki_free(pki);
    pki = NULL;
}

/* In the given order: gnutls_certificate_set_x509_key_mem() would sort and leave some out. */
void cred_show(gnutls_certificate_credentials_t cred, const char *leaf, const char *const *others)
{
    gnutls_pcert_st chain[32];
    gnutls_privkey_t key;
    unsigned count = 0;
    char *pem = pki_key_pem(certificate(leaf, NULL));
    gnutls_datum_t k = { (unsigned char *)pem, (unsigned)strlen(pem) };
    for (const char *name = leaf; name && count < 32; name = *others++) {
        gnutls_datum_t der = der_of(name, NULL);
        assert_int_equal(
            gnutls_pcert_import_x509_raw(&chain[count++], &der, GNUTLS_X509_FMT_DER, 0), 0);
    }
    assert_int_equal(gnutls_privkey_init(&key), 0);
    assert_int_equal(gnutls_privkey_import_x509_raw(key, &k, GNUTLS_X509_FMT_PEM, NULL, 0), 0);
    /* both are the credentials' now */
    assert_true(gnutls_certificate_set_key(cred, NULL, 0, chain, (int)count, key) >= 0);
    free(pem);
}

gnutls_certificate_credentials_t cred_new(const char *leaf)
{
    gnutls_certificate_credentials_t cred;
    const char *issuers[32];
    size_t count = 0;
    assert_int_equal(gnutls_certificate_allocate_credentials(&cred), 0);
    if (!leaf)
        return cred;
    const struct pki_cert *c = pki_issuer(certificate(leaf, NULL));
    for (; c && pki_issuer(c) && count + 1 < sizeof issuers / sizeof issuers[0]; c = pki_issuer(c))
        issuers[count++] = pki_name(c);
    issuers[count] = NULL;
    cred_show(cred, leaf, issuers);
    return cred;
}

void cred_raw_key(gnutls_certificate_credentials_t cred, const char *name)
{
    gnutls_privkey_t key;
    gnutls_pubkey_t public;
    char *pem = pki_key_pem(certificate(name, NULL));
    gnutls_datum_t k = { (unsigned char *)pem, (unsigned)strlen(pem) }, spki;
    assert_int_equal(gnutls_privkey_init(&key), 0);
    assert_int_equal(gnutls_pubkey_init(&public), 0);
    assert_int_equal(gnutls_privkey_import_x509_raw(key, &k, GNUTLS_X509_FMT_PEM, NULL, 0), 0);
    assert_int_equal(gnutls_pubkey_import_privkey(public, key, 0, 0), 0);
    assert_int_equal(gnutls_pubkey_export2(public, GNUTLS_X509_FMT_PEM, &spki), 0);
    assert_int_equal(gnutls_certificate_set_rawpk_key_mem(cred, &spki, &k, GNUTLS_X509_FMT_PEM,
                                                          NULL, 0, NULL, 0, 0),
                     0);
    gnutls_free(spki.data);
    gnutls_pubkey_deinit(public);
    gnutls_privkey_deinit(key);
    free(pem);
}

void cred_trust(gnutls_certificate_credentials_t cred, const char *name)
{
    gnutls_datum_t der = der_of(name, NULL);
    assert_int_equal(gnutls_certificate_set_x509_trust_mem(cred, &der, GNUTLS_X509_FMT_DER), 1);
}

struct s2sv_trust *trust_of(const char *name)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_gnutls_backend());
    gnutls_datum_t der = der_of(name, NULL);
    assert_int_equal(s2sv_trust_add_der(trust, der.data, der.size), S2SV_DECIDED);
    return trust;
}

struct s2sv_policy *policy_of(enum s2sv_handshake handshake)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    assert_int_equal(s2sv_policy_set_handshake(policy, handshake), S2SV_DECIDED);
    return policy;
}

static gnutls_session_t session_new(int fd, unsigned flags, const char *priority,
                                    gnutls_certificate_credentials_t cred)
{
    gnutls_session_t session;
    assert_int_equal(gnutls_init(&session, flags), 0);
    assert_int_equal(gnutls_priority_set_direct(session, priority, NULL), 0);
    assert_int_equal(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred), 0);
    gnutls_transport_set_int(session, fd);
    gnutls_handshake_set_timeout(session, 10000);
    return session;
}

void pair_open(struct pair *pair, enum s2sv_direction direction, const char *priority,
               gnutls_certificate_credentials_t cred, const char *leaf, unsigned flags)
{
    unsigned ours = direction == S2SV_OUTBOUND ? GNUTLS_CLIENT : GNUTLS_SERVER;
    unsigned peers = direction == S2SV_OUTBOUND ? GNUTLS_SERVER : GNUTLS_CLIENT;
    *pair = (struct pair){ .cred = cred, .peers_cred = cred_new(leaf) };
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair->fds), 0);
    pair->ours = session_new(pair->fds[0], ours | flags, priority, cred);
    pair->peers = session_new(pair->fds[1], peers | flags, priority, pair->peers_cred);
}

/* One side of pair_run(). A side that fails says why and hangs up, so that the other ends too. */
struct side {
    gnutls_session_t session;
    session_function *run;
    int fd, result;
};

static void *run_side(void *arg)
{
    struct side *side = arg;
    side->result = side->run ? side->run(side->session) : 0;
    if (side->result < 0) {
        gnutls_alert_send_appropriate(side->session, side->result);
        shutdown(side->fd, SHUT_WR);
    }
    return NULL;
}

int pair_run(struct pair *pair, session_function *ours, session_function *peers)
{
    struct side our_side = { pair->ours, ours, pair->fds[0], 0 };
    struct side peers_side = { pair->peers, peers, pair->fds[1], 0 };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_side, &peers_side), 0);
    run_side(&our_side);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return pair->result = our_side.result;
}

int do_handshake(gnutls_session_t session)
{
    int rc;
    do
        rc = gnutls_handshake(session);
    while (rc < 0 && !gnutls_error_is_fatal(rc));
    return rc;
}

/* An octet; TLS 1.3 tickets and requests come along with it. */
int do_read(gnutls_session_t session)
{
    char octet;
    ssize_t rc;
    do
        rc = gnutls_record_recv(session, &octet, 1);
    while (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED);
    return rc < 0 ? (int)rc : 0;
}

static int do_all(gnutls_session_t session)
{
    int rc = do_handshake(session);
    if (rc == 0)
        rc = gnutls_record_send(session, "x", 1) == 1 ? 0 : GNUTLS_E_PUSH_ERROR;
    return rc == 0 ? do_read(session) : rc;
}

/* What the peer says about it is of no interest. */
int pair_handshake(struct pair *pair)
{
    return pair_run(pair, do_all, do_all);
}

int pair_shows(const struct pair *pair, const char *leaf)
{
    unsigned count = 0;
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(pair->ours, &count);
    if (!leaf)
        return !shown || count == 0;
    gnutls_datum_t der = der_of(leaf, NULL);
    return shown && count > 0 && shown->size == der.size &&
           memcmp(shown->data, der.data, der.size) == 0;
}

void pair_close(struct pair *pair)
{
    gnutls_deinit(pair->ours);
    gnutls_deinit(pair->peers);
    gnutls_certificate_free_credentials(pair->peers_cred);
    close(pair->fds[0]);
    close(pair->fds[1]);
}

const char *why(const struct s2sv_verdict *verdict)
{
    return s2sv_reason_name(s2sv_verdict_reason(verdict));
}
