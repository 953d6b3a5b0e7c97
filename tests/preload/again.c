/* SPDX-License-Identifier: MIT */
/* Peers that one context meets again and again, with the preload library in front: what is
 * remembered never hides from a program what it would see without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "actor.h"

static int calls, faults, verifier_calls, forgives, refuses;

static int on_verify(int ok, X509_STORE_CTX *store_ctx)
{
    assert_non_null(X509_STORE_CTX_get_current_cert(store_ctx));
    assert_non_null(X509_STORE_CTX_get0_chain(store_ctx));
    calls += ok;
    faults += !ok;
    if (!ok && forgives) { /* as many programs do it */
        X509_STORE_CTX_set_error(store_ctx, X509_V_OK);
        return 1;
    }
    return ok && !refuses;
}

static SSL_CTX *new_context(void)
{
    SSL_CTX *ctx = actor_context();
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
    calls = faults = verifier_calls = forgives = refuses = 0;
    return ctx;
}

static void meet(SSL_CTX *ctx, const char *peer, int accepted)
{
    calls = faults = 0;
    assert_int_equal(actor_accepts(ctx, peer), accepted);
}

static void callback_is_told_as_ever(void **state)
{
    SSL_CTX *ctx = new_context();
    int accepted;
    SSL *ssl;
    (void)state;
    for (int i = 0; i < 3; i++) {
        calls = 0;
        ssl = actor_meet(ctx, "both", &accepted);
        assert_true(accepted);
        assert_int_equal(calls, 2);
        assert_int_equal(SSL_get_verify_result(ssl), X509_V_OK);
        assert_int_equal(sk_X509_num(SSL_get0_verified_chain(ssl)), 2);
        SSL_free(ssl);
    }
    refuses = 1;
    ssl = actor_meet(ctx, "both", &accepted);
    assert_false(accepted);
    assert_int_not_equal(SSL_get_verify_result(ssl), X509_V_OK);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static void forgiven_is_not_remembered(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    forgives = 1;
    meet(ctx, "code", 1);
    assert_true(faults > 0);
    meet(ctx, "code", 1);
    assert_true(faults > 0);
    forgives = 0;
    meet(ctx, "code", 0);
    SSL_CTX_free(ctx);
}

static void list_that_comes_later(void **state)
{
    SSL_CTX *ctx = new_context();
    X509_CRL *list = actor_crl_of("both");
    (void)state;
    meet(ctx, "both", 1);
    meet(ctx, "both", 1);
    assert_int_equal(X509_STORE_add_crl(SSL_CTX_get_cert_store(ctx), list), 1);
    meet(ctx, "both", 0);
    meet(ctx, "server", 1);
    meet(ctx, "server", 1);
    X509_CRL_free(list);
    SSL_CTX_free(ctx);
}

static void name_that_comes_later(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "both", 1);
    assert_int_equal(X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(ctx), "another.example", 0), 1);
    meet(ctx, "both", 0);
    assert_int_equal(X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(ctx), "both.example", 0), 1);
    meet(ctx, "both", 1);
    SSL_CTX_free(ctx);
}

static void time_that_comes_later(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "both", 1);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ctx), time(NULL) + 20 * 365 * 86400L);
    meet(ctx, "both", 0);
    SSL_CTX_free(ctx);
}

static void level_that_comes_later(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "both", 1);
    SSL_CTX_set_security_level(ctx, 5);
    meet(ctx, "both", 0);
    SSL_CTX_free(ctx);
}

static void store_that_comes_later(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "both", 1);
    SSL_CTX_set_cert_store(ctx, X509_STORE_new());
    meet(ctx, "both", 0);
    meet(ctx, "both", 0);
    SSL_CTX_free(ctx);
}

#if OPENSSL_VERSION_NUMBER >= 0x40000000L
typedef const X509 given;
#else
typedef X509 given;
#endif
static int no_issuer(X509 **issuer, X509_STORE_CTX *store_ctx, given *x)
{
    (void)issuer, (void)store_ctx, (void)x;
    return 0;
}

static void store_function_that_comes_later(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "both", 1);
    X509_STORE_set_get_issuer(SSL_CTX_get_cert_store(ctx), no_issuer);
    meet(ctx, "both", 0);
    SSL_CTX_free(ctx);
}

static int verifier(X509_STORE_CTX *store_ctx, void *arg)
{
    verifier_calls++;
    (void)arg;
    return X509_verify_cert(store_ctx);
}

static void own_verifier_is_asked_each_time(void **state)
{
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "both", 1);
    SSL_CTX_set_cert_verify_callback(ctx, verifier, NULL);
    meet(ctx, "both", 1);
    meet(ctx, "both", 1);
    assert_int_equal(verifier_calls, 2);
    SSL_CTX_free(ctx);
}

/* With clientAuth alone: by the default purpose only. */
static void other_purpose(void **state)
{
    const char *purpose = getenv("S2SVERIFY_PURPOSE");
    int accepted = !purpose;
    SSL_CTX *ctx = new_context();
    (void)state;
    meet(ctx, "client", accepted);
    meet(ctx, "client", accepted);
    meet(ctx, "both", 1);
    meet(ctx, "client", accepted);
    SSL_CTX_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callback_is_told_as_ever),
        cmocka_unit_test(forgiven_is_not_remembered),
        cmocka_unit_test(list_that_comes_later),
        cmocka_unit_test(name_that_comes_later),
        cmocka_unit_test(time_that_comes_later),
        cmocka_unit_test(level_that_comes_later),
        cmocka_unit_test(store_that_comes_later),
        cmocka_unit_test(store_function_that_comes_later),
        cmocka_unit_test(own_verifier_is_asked_each_time),
        cmocka_unit_test(other_purpose),
    };
    actor_make_certificates();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
