/* SPDX-License-Identifier: MIT */
/* A program that uses OpenSSL and knows nothing of s2sverify, with the preload library in front.
 * The environment says what is expected: S2SVERIFY_PURPOSE as the library reads it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "openssl_tls.h"
#include "program.h"

static struct pki *pki;
static int strict;

static int make_world(void **state)
{
    const char *specs[] = { "server: issuer=int san=dns:server.example",
                            "client: issuer=root san=dns:client.example eku=clientAuth",
                            "client-int: issuer=int san=dns:client.example eku=clientAuth",
                            "both: issuer=int eku=serverAuth,clientAuth san=dns:both.example",
                            "code: issuer=int eku=codeSigning san=dns:code.example",
                            "sgc: issuer=root eku=nsSGC san=dns:sgc.example",
                            "old: issuer=int san=dns:old.example not-before=-9d not-after=-1d",
                            "sgc-old: issuer=root eku=nsSGC not-before=-9d not-after=-1d",
                            "self: san=dns:self.example eku=clientAuth",
                            NULL };
    const char *purpose = getenv("S2SVERIFY_PURPOSE");
    (void)state;
    strict = purpose && strcmp(purpose, "server") == 0;
    pki = tls_pki(specs);
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    pki_free(pki);
    return 0;
}

/* What the application's callbacks were told. */
static int calls, faults, last_fault, verifier_calls, go_on;

/* The program would take what we leave in the queue for why its own I/O failed. */
static int errors_left;

static int on_verify(int ok, X509_STORE_CTX *ctx)
{
    errors_left += ERR_peek_error() != 0;
    calls++;
    if (!ok) {
        faults++;
        last_fault = X509_STORE_CTX_get_error(ctx);
        assert_non_null(X509_STORE_CTX_get_current_cert(ctx));
    }
    return ok || go_on;
}

struct session {
    SSL_CTX *us, *peer;
    struct tls tls;
    SSL *ours;
    int is_done;
};

enum { IN, OUT };

static SSL_CTX *our_ctx(int mode)
{
    SSL_CTX *ctx = tls_ctx(pki, "ours", 0);
    X509 *root = tls_x509(pki, "root");
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root);
    X509_free(root);
    SSL_CTX_set_verify(ctx, mode, on_verify);
    calls = faults = verifier_calls = go_on = 0;
    last_fault = X509_V_OK;
    return ctx;
}

/* Takes the context. */
static struct session meet(SSL_CTX *us, int direction, const char *chain)
{
    struct session s = { .us = us, .peer = tls_ctx(pki, chain, 0) };
    s.tls = direction == IN ? tls_new(us, s.peer) : tls_new(s.peer, us);
    s.ours = direction == IN ? s.tls.server : s.tls.client;
    return s;
}

static void shake(struct session *s)
{
    tls_connect(&s->tls);
    s->is_done = s->tls.server_ok && s->tls.client_ok;
}

static void part(struct session *s)
{
    tls_free(&s->tls);
    SSL_CTX_free(s->us);
    SSL_CTX_free(s->peer);
}

enum { MUST = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT };

static void check(int direction, const char *chain, int code)
{
    struct session s = meet(our_ctx(MUST), direction, chain);
    shake(&s);
    assert_int_equal(SSL_get_verify_result(s.ours), code);
    assert_int_equal(s.is_done, code == X509_V_OK);
    assert_int_equal(faults, code != X509_V_OK);
    part(&s);
}

static void purposes(void **state)
{
    (void)state;
    check(IN, "server int", X509_V_OK);
    check(IN, "both int", X509_V_OK);
    check(IN, "client", strict ? X509_V_ERR_INVALID_PURPOSE : X509_V_OK);
    check(IN, "client-int int", X509_V_ERR_INVALID_PURPOSE);
    check(IN, "code int", X509_V_ERR_INVALID_PURPOSE);
    check(OUT, "server int", X509_V_OK);
    check(OUT, "both int", X509_V_OK);
    check(OUT, "client", X509_V_ERR_INVALID_PURPOSE);
    check(OUT, "code int", X509_V_ERR_INVALID_PURPOSE);
}

/* OpenSSL's server purpose takes Netscape's server gated cryptography; ours doesn't. */
static void stricter_than_openssl(void **state)
{
    (void)state;
    check(OUT, "sgc", X509_V_ERR_INVALID_PURPOSE);
    assert_int_equal(last_fault, X509_V_ERR_INVALID_PURPOSE);
    assert_true(calls > faults); /* OpenSSL found nothing */
}

static void other_refusals_stay(void **state)
{
    (void)state;
    check(IN, "old int", X509_V_ERR_CERT_HAS_EXPIRED);
    check(OUT, "old int", X509_V_ERR_CERT_HAS_EXPIRED);
    check(OUT, "self", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

static void callback_goes_on(void **state)
{
    struct session s = meet(our_ctx(MUST), OUT, "code int");
    (void)state;
    go_on = 1;
    shake(&s);
    assert_true(s.is_done);
    assert_int_equal(last_fault, X509_V_ERR_INVALID_PURPOSE);
    assert_int_equal(SSL_get_verify_result(s.ours), X509_V_ERR_INVALID_PURPOSE);
    part(&s);
}

/* It forgives that the certificate is expired; OpenSSL has nothing else against it. */
static void forgiving_one_forgives_no_other(void **state)
{
    struct session s = meet(our_ctx(MUST), OUT, "sgc-old");
    (void)state;
    go_on = 1;
    shake(&s);
    assert_int_equal(faults, 2);
    assert_int_equal(last_fault, X509_V_ERR_INVALID_PURPOSE);
    part(&s);
}

/* A client that nobody trusts, and that the application knows by its key: told as ever. */
static void stranger_as_ever(void **state)
{
    struct session s = meet(our_ctx(MUST), IN, "self");
    (void)state;
    go_on = 1;
    shake(&s);
    assert_true(s.is_done);
    assert_int_equal(last_fault,
                     strict ? X509_V_ERR_INVALID_PURPOSE : X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    part(&s);
}

static void result_without_demand(void **state)
{
    struct session s = meet(our_ctx(SSL_VERIFY_NONE), OUT, "sgc");
    (void)state;
    shake(&s);
    assert_true(s.is_done);
    assert_int_equal(SSL_get_verify_result(s.ours), X509_V_ERR_INVALID_PURPOSE);
    part(&s);
}

static void request_mode_stays(void **state)
{
    struct session s = meet(our_ctx(SSL_VERIFY_PEER), IN, NULL);
    (void)state;
    shake(&s);
    assert_true(s.is_done);
    part(&s);
    s = meet(our_ctx(SSL_VERIFY_NONE), IN, "client");
    shake(&s);
    assert_true(s.is_done);
    assert_false(tls_presented(s.ours, pki, NULL));
    part(&s);
}

static int verifier(X509_STORE_CTX *ctx, void *arg)
{
    verifier_calls++;
    assert_ptr_equal(arg, &verifier_calls);
    return X509_verify_cert(ctx);
}

/* As LuaSec does it. */
static int verifier_of_servers(X509_STORE_CTX *ctx, void *arg)
{
    X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(ctx), X509_PURPOSE_SSL_SERVER);
    return verifier(ctx, arg);
}

static int verifier_that_pins(X509_STORE_CTX *ctx, void *arg)
{
    verifier_calls++;
    (void)ctx, (void)arg;
    return 1;
}

static void check_verifier(int (*verify)(X509_STORE_CTX *, void *), const char *chain, int code)
{
    SSL_CTX *ctx = our_ctx(MUST);
    SSL_CTX_set_cert_verify_callback(ctx, verify, &verifier_calls);
    struct session s = meet(ctx, IN, chain);
    shake(&s);
    assert_int_equal(verifier_calls, 1);
    assert_int_equal(s.is_done, code == X509_V_OK);
    assert_int_equal(SSL_get_verify_result(s.ours), code);
    part(&s);
}

static void own_verifier(void **state)
{
    (void)state;
    check_verifier(verifier, "server int", X509_V_OK);
    check_verifier(verifier, "code int", X509_V_ERR_INVALID_PURPOSE);
    check_verifier(verifier, "client", strict ? X509_V_ERR_INVALID_PURPOSE : X509_V_OK);
    check_verifier(verifier_of_servers, "server int", X509_V_OK);
    check_verifier(verifier_of_servers, "client", X509_V_ERR_INVALID_PURPOSE);
    check_verifier(verifier_that_pins, "self", X509_V_OK);
    check_verifier(verifier_that_pins, "code int", X509_V_OK);
}

/* Its TLSA record says that this very certificate is good. */
static void dane_stays(void **state)
{
    SSL_CTX *ctx = our_ctx(SSL_VERIFY_PEER);
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "self"), &len);
    (void)state;
    assert_int_equal(SSL_CTX_dane_enable(ctx), 1);
    struct session s = meet(ctx, OUT, "self");
    assert_int_equal(SSL_dane_enable(s.ours, "self.example"), 1);
    assert_int_equal(SSL_dane_tlsa_add(s.ours, 3, 0, 0, der, len), 1);
    shake(&s);
    assert_true(s.is_done);
    assert_int_equal(SSL_get_verify_result(s.ours), X509_V_OK);
    part(&s);
}

static void resumption_stays(void **state)
{
    SSL_CTX *us = our_ctx(SSL_VERIFY_PEER), *peer = tls_ctx(pki, "server int", 0);
    struct tls first = tls_new(peer, us), second;
    (void)state;
    tls_connect(&first);
    SSL_SESSION *session = SSL_get1_session(first.client);
    assert_non_null(session);
    second = tls_new(peer, us);
    assert_int_equal(SSL_set_session(second.client, session), 1);
    tls_connect(&second);
    assert_true(second.server_ok && second.client_ok);
    assert_true(SSL_session_reused(second.client));
    SSL_SESSION_free(session);
    tls_free(&first);
    tls_free(&second);
    SSL_CTX_free(us);
    SSL_CTX_free(peer);
}

static void log_says(void **state)
{
    (void)state;
    assert_int_equal(count_in_log("armed: every SSL_CTX of OpenSSL"), 1);
    assert_int_equal(count_in_log(strict ? "purpose server\n" : "purpose server-or-client\n"), 1);
    assert_true(count_in_log("refused: wrong-purpose at depth 0: the peer that connected, "
                             "(empty subject), code.example: extended key usage") > 0);
    assert_true(count_in_log("; the handshake ends") > 0);
    assert_true(count_in_log("; the application decides") > 0);
    assert_int_equal(count_in_log("server.example"), 0);
}

static void leaves_no_errors(void **state)
{
    (void)state;
    assert_int_equal(errors_left, 0);
}

int program(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purposes),
        cmocka_unit_test(stricter_than_openssl),
        cmocka_unit_test(other_refusals_stay),
        cmocka_unit_test(callback_goes_on),
        cmocka_unit_test(forgiving_one_forgives_no_other),
        cmocka_unit_test(stranger_as_ever),
        cmocka_unit_test(result_without_demand),
        cmocka_unit_test(request_mode_stays),
        cmocka_unit_test(own_verifier),
        cmocka_unit_test(dane_stays),
        cmocka_unit_test(resumption_stays),
        cmocka_unit_test(log_says),
        cmocka_unit_test(leaves_no_errors),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
