/* SPDX-License-Identifier: MIT
 * Verifies for a program that uses OpenSSL and doesn't know about us.
 *
 * OpenSSL, and the application's callbacks with it, verify as they always do, but for the purpose
 * that we judge the peer to be allowed. So nobody is accepted whom they refuse. We judge the path
 * that OpenSSL took; what it accepts and we don't is told to the application as OpenSSL would tell
 * it. A path that both accepted isn't verified again as long as it is the same question: then we
 * judge it afresh, and tell the application what OpenSSL told it before.
 *
 * Nothing is kept with an SSL, for some programs share them between processes. */
#include <stdatomic.h>
#include <unistd.h>

#include <s2sverify/openssl.h>

#include "lists.h"
#include "log.h"
#include "openssl.h"
#include "openssl_judge.h"
#include "real.h"
#include "served.h"
#include "settings.h"
#include "sign.h"

enum { PATHS = 4096 };

/* What a process remembers of one SSL_CTX: the paths that were validated with this store, which it
 * keeps from being another one at the same address. Of another process's memory nothing is used:
 * a lock in it may have been held when this process was forked. */
struct kept {
    pid_t process;
    X509_STORE *store;
    struct s2sv_memory *memory;
    struct svo_lists *lists;
};

/* Of an armed SSL_CTX. */
struct armed {
    svp_verifier verifier; /* what the application set in our place; NULL: X509_verify_cert() */
    void *arg;
    _Atomic(struct kept *) kept;
};

static int armed_index = -1, watch_index = -1;
static int remembers; /* OpenSSL's memory is the usual one, so no other process has it */
static struct svp_lists lists = { .paths = "" };

static void kept_free(struct kept *kept)
{
    if (!kept)
        return;
    s2sv_memory_free(kept->memory);
    svo_lists_free(kept->lists);
    X509_STORE_free(kept->store);
    OPENSSL_free(kept);
}

static void on_free(void *parent, void *data, CRYPTO_EX_DATA *ad, int index, long argl, void *argp)
{
    struct armed *armed = data;
    struct kept *kept = armed ? atomic_load(&armed->kept) : NULL;
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    if (kept && kept->process == getpid())
        kept_free(kept);
    OPENSSL_free(data);
}

static int version_fits(void)
{
    return OpenSSL_version_num() >> 28 == (unsigned long)OPENSSL_VERSION_NUMBER >> 28;
}

/* 0: the program's own, and processes may share it. */
static int memory_is_usual(void)
{
    void *(*allocate)(size_t, const char *, int) = NULL;

    CRYPTO_get_mem_functions(&allocate, NULL, NULL);
    return allocate == CRYPTO_malloc;
}

static int arm_all(const struct svp_settings *settings, const char *path)
{
    armed_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_free);
    watch_index = X509_STORE_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    if (armed_index < 0 || watch_index < 0) {
        svp_log("not armed: out of memory");
        return 0;
    }
    remembers = memory_is_usual();
    svp_judge_begin();
    svp_lists_open(&lists, s2sv_openssl_backend(), settings->crl_files);
    svp_show_armed();
    svp_log("armed: every SSL_CTX of %s (%s): profile %s, purpose %s%s",
            OpenSSL_version(OPENSSL_VERSION), path, settings->profile, settings->purpose,
            remembers ? "" : "; nothing is remembered, for its memory is the program's own");
    return 1;
}

static int begin(const char *path)
{
    const struct svp_settings *settings = svp_settings();
    if (!settings)
        svp_log("not armed: out of memory");
    else if (settings->is_off)
        svp_log("not armed: switched off");
    else if (!version_fits())
        svp_log("not armed: this is for %s, and %s (%s) is loaded", OPENSSL_VERSION_TEXT,
                OpenSSL_version(OPENSSL_VERSION), path);
    else
        return arm_all(settings, path);
    return 0;
}

static const char *const names[] = { NAMES_OF_svp_openssl };
uintptr_t svp_openssl[sizeof names / sizeof names[0]];
static struct svp_served served = SVP_SERVED("OpenSSL", names, svp_openssl, begin);

/* ---- what is remembered ----------------------------------------------------------------------*/

/* The one of this process, made at its first peer. NULL: nothing is remembered. */
static struct kept *kept_of(struct armed *armed, X509_STORE *store)
{
    struct kept *old = remembers ? atomic_load(&armed->kept) : NULL, *made;
    if (!remembers || !store || (old && old->process == getpid()))
        return old;
    made = OPENSSL_zalloc(sizeof *made);
    if (!made || !X509_STORE_up_ref(store)) {
        OPENSSL_free(made);
        return NULL;
    }
    made->process = getpid();
    made->store = store;
    made->memory = s2sv_memory_new(PATHS);
    made->lists = svo_lists_new();
    if (atomic_compare_exchange_strong(&armed->kept, &old, made))
        return made;
    kept_free(made);
    return NULL; /* another thread's, next time */
}

static void remember(struct svp_case *c, struct armed *armed)
{
    struct kept *kept = kept_of(armed, c->app.store);
    if (kept && kept->store == c->app.store)
        svp_case_remember(c, kept->memory, kept->lists);
}

/* As X509_verify_cert() tells the application's callback of a path without fault, from the anchor
 * to the leaf. */
static int tell_path(X509_STORE_CTX *store_ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    int depth = sk_X509_num(chain), goes_on = 1;
    while (goes_on && depth-- > 0) {
        X509_STORE_CTX_set_error_depth(store_ctx, depth);
        X509_STORE_CTX_set_current_cert(store_ctx, sk_X509_value(chain, depth));
        goes_on = X509_STORE_CTX_get_verify_cb(store_ctx)(1, store_ctx);
    }
    if (!goes_on && X509_STORE_CTX_get_error(store_ctx) == X509_V_OK)
        X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_UNSPECIFIED);
    return goes_on;
}

/* 1: the peer was met before, and the application is told; its answer is in *ret_ok. */
static int was_met(struct svp_case *c, const struct armed *armed,
                   const struct s2sv_verdict *verdict, int *ret_ok)
{
    STACK_OF(X509) *chain =
        !armed->verifier && s2sv_verdict_trusted(verdict) ? svp_chain_of(c, verdict) : NULL;
    if (!chain)
        return 0;
    X509_STORE_CTX_set0_verified_chain(c->store_ctx, chain);
    X509_STORE_CTX_set_error(c->store_ctx, X509_V_OK);
    *ret_ok = tell_path(c->store_ctx);
    return 1;
}

/* ---- OpenSSL's part --------------------------------------------------------------------------*/

/* What the application's callback was told. */
struct watch {
    X509_STORE_CTX_verify_cb callback;
    int faults;
};

static int on_verify(int ok, X509_STORE_CTX *store_ctx)
{
    struct watch *watch = X509_STORE_CTX_get_ex_data(store_ctx, watch_index);
    watch->faults += !ok;
    return watch->callback(ok, store_ctx);
}

/* *ret_is_clean: OpenSSL itself found nothing, and the application had no hand in it. */
static int verify_as_ever(X509_STORE_CTX *store_ctx, const struct armed *armed, int *ret_is_clean)
{
    struct watch watch = { X509_STORE_CTX_get_verify_cb(store_ctx), 0 };
    *ret_is_clean = 0;
    if (armed->verifier)
        return armed->verifier(store_ctx, armed->arg);
    if (!X509_STORE_CTX_set_ex_data(store_ctx, watch_index, &watch))
        return X509_verify_cert(store_ctx);
    X509_STORE_CTX_set_verify_cb(store_ctx, on_verify);
    int ok = X509_verify_cert(store_ctx);
    X509_STORE_CTX_set_verify_cb(store_ctx, watch.callback);
    X509_STORE_CTX_set_ex_data(store_ctx, watch_index, NULL);
    *ret_is_clean = ok > 0 && watch.faults == 0 && X509_STORE_CTX_get_error(store_ctx) == X509_V_OK;
    return ok;
}

/* 1: the purpose is held against it, at that depth. */
static int is_about_purpose(const struct s2sv_verdict *verdict, int *ret_depth)
{
    enum s2sv_reason reason = S2SV_REASON_NONE;
    for (size_t i = 0; s2sv_verdict_fault(verdict, i, &reason, ret_depth, NULL) == 0; i++) {
        if (reason == S2SV_REASON_WRONG_PURPOSE || reason == S2SV_REASON_WRONG_KEY_USAGE)
            return 1;
    }
    return 0;
}

/* As X509_verify_cert() tells a fault: the application's callback says whether to go on. */
static int tell(X509_STORE_CTX *store_ctx, long code, int depth)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    X509 *at = depth > 0 ? sk_X509_value(chain, depth) : NULL;
    X509_STORE_CTX_set_error(store_ctx,
                             (int)(code != X509_V_OK ? code : X509_V_ERR_APPLICATION_VERIFICATION));
    X509_STORE_CTX_set_error_depth(store_ctx, at ? depth : 0);
    X509_STORE_CTX_set_current_cert(store_ctx, at ? at : X509_STORE_CTX_get0_cert(store_ctx));
    return X509_STORE_CTX_get_verify_cb(store_ctx)(0, store_ctx);
}

/* Tells what the application, which went on, doesn't know yet: the purpose first, for it may
 * forgive something else. One whose verifier says yes and made no chain asks for no purpose either:
 * it pins keys, say. */
static int tell_if_new(X509_STORE_CTX *store_ctx, const struct s2sv_verdict *verdict)
{
    int error = X509_STORE_CTX_get_error(store_ctx), depth;
    if (!X509_STORE_CTX_get0_chain(store_ctx) || error == X509_V_ERR_INVALID_PURPOSE)
        return 1;
    if (is_about_purpose(verdict, &depth))
        return tell(store_ctx, X509_V_ERR_INVALID_PURPOSE, depth);
    return error != X509_V_OK ||
           tell(store_ctx, s2sv_openssl_verify_error(s2sv_verdict_reason(verdict)),
                s2sv_verdict_depth(verdict));
}

/* 1: SSL_dane_enable() was called. */
static int has_dane(SSL *ssl)
{
    ERR_set_mark();
    int added = SSL_dane_tlsa_add(ssl, UINT8_MAX, 0, 0, (const unsigned char *)"", 0);
    ERR_pop_to_mark();
    return added != -1;
}

/* ---- ours ------------------------------------------------------------------------------------*/

/* The policy that the peer is judged by: the wide one only if it connected, the path or the leaf
 * isn't for servers, and that may be. The verdict is about what is remembered. */
static struct s2sv_policy *policy_for(struct svp_case *c, struct s2sv_verdict **ret_verdict)
{
    const struct svp_settings *settings = svp_settings();
    X509 *leaf = X509_STORE_CTX_get0_cert(c->store_ctx);
    int depth;
    *ret_verdict = NULL;
    if (!settings->wide || c->direction == S2SV_OUTBOUND) {
        if (c->memory)
            *ret_verdict = svp_judge_remembered(c, settings->server);
        return settings->server;
    }
    if (X509_check_purpose(leaf, X509_PURPOSE_SSL_SERVER, 0) != 1)
        return settings->wide;
    struct s2sv_verdict *verdict = svp_judge_remembered(c, settings->server);
    if (is_about_purpose(verdict, &depth)) {
        s2sv_verdict_unref(verdict);
        return settings->wide;
    }
    *ret_verdict = verdict;
    return settings->server;
}

/* Under the wide policy OpenSSL asks for what it asks anyway, which isn't remembered. */
static void ask_for_servers(struct svp_case *c)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(c->store_ctx);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER);
}

static struct s2sv_verdict *judge(struct svp_case *c, struct s2sv_policy *policy, int is_clean)
{
    struct s2sv_verdict *verdict = is_clean ? svp_judge_accepted(c, policy) : NULL;
    if (!s2sv_verdict_trusted(verdict)) {
        s2sv_verdict_unref(verdict);
        verdict = svp_judge_alone(c, policy);
    }
    svp_lists_judge(&lists, &verdict);
    return verdict;
}

/* A context that nobody gave anchors to, nor told to demand anything: it can trust nobody, and the
 * application verifies in some other way. Said once. */
static int is_for_nobody(const struct svp_case *c, SSL *ssl)
{
    static atomic_flag has_told = ATOMIC_FLAG_INIT;
    if (SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE || !c->app.store ||
        sk_X509_OBJECT_num(X509_STORE_get0_objects(c->app.store)) > 0)
        return 0;
    if (!atomic_flag_test_and_set(&has_told))
        svp_log("not judged: peers of an SSL_CTX that has no trust anchors and demands no valid "
                "certificate: the application decides");
    return 1;
}

static void log_refusal(const struct s2sv_verdict *verdict, SSL *ssl, int ok)
{
    svp_log_refusal(verdict, ok > 0 || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE
                                 ? "the application decides"
                                 : "the handshake ends");
}

/* What OpenSSL refuses is judged for the log alone. */
static int verify_and_judge(struct svp_case *c, SSL *ssl, struct armed *armed,
                            struct s2sv_policy *policy)
{
    int is_clean, ok = verify_as_ever(c->store_ctx, armed, &is_clean);
    int is_told = ok <= 0;
    if (is_told && (is_for_nobody(c, ssl) || !svp_log_has_room()))
        return ok;
    struct s2sv_verdict *verdict = judge(c, policy, is_clean);
    if (!is_told && !s2sv_verdict_trusted(verdict)) {
        ok = tell_if_new(c->store_ctx, verdict);
        is_told = !is_for_nobody(c, ssl) && svp_log_has_room();
    }
    if (is_told && !s2sv_verdict_trusted(verdict))
        log_refusal(verdict, ssl, ok);
    s2sv_verdict_unref(verdict);
    return ok;
}

static int verify_case(struct svp_case *c, SSL *ssl, struct armed *armed)
{
    struct s2sv_verdict *verdict;
    int ok;
    remember(c, armed);
    struct s2sv_policy *policy = policy_for(c, &verdict);
    if (policy == svp_settings()->server)
        ask_for_servers(c);
    else
        c->memory = NULL;
    svp_lists_judge(&lists, &verdict);
    if (!was_met(c, armed, verdict, &ok))
        ok = verify_and_judge(c, ssl, armed, policy);
    s2sv_verdict_unref(verdict);
    return ok;
}

/* Not DANE, not raw public keys. */
static int is_judged(X509_STORE_CTX *store_ctx, SSL *ssl)
{
    return ssl && X509_STORE_CTX_get0_cert(store_ctx) && !has_dane(ssl) &&
           (svp_settings()->directions & (SSL_is_server(ssl) ? S2SV_INBOUND : S2SV_OUTBOUND)) != 0;
}

/* Where processes share contexts, this one may not have made any yet. */
static int is_ready(void)
{
    void *real = svp_is_serving(&served) ? NULL : svp_real("SSL_CTX_new", NULL);
    return svp_is_serving(&served) || (real && svp_serves(&served, real));
}

static int verify(X509_STORE_CTX *store_ctx, void *arg)
{
    struct svp_case c;
    int ok = 0, unused;
    if (!is_ready())
        return 0;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (!is_judged(store_ctx, ssl))
        return verify_as_ever(store_ctx, arg, &unused);
    if (svp_case_open(&c, store_ctx, ssl))
        ok = verify_case(&c, ssl, arg);
    else
        X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_OUT_OF_MEM);
    svp_case_close(&c);
    return ok;
}

void svp_openssl_arm(SSL_CTX *ctx, const void *real)
{
    if (!svp_serves(&served, real) || SSL_CTX_get_ex_data(ctx, armed_index))
        return;
    struct armed *armed = OPENSSL_zalloc(sizeof *armed);
    if (!armed || !SSL_CTX_set_ex_data(ctx, armed_index, armed)) {
        OPENSSL_free(armed);
        svp_log("an SSL_CTX is not armed: out of memory");
        return;
    }
    SSL_CTX_set_cert_verify_callback(ctx, verify, armed);
}

int svp_openssl_hold(SSL_CTX *ctx, svp_verifier verifier, void *arg)
{
    struct armed *armed = svp_is_serving(&served) ? SSL_CTX_get_ex_data(ctx, armed_index) : NULL;
    if (!armed)
        return 0;
    armed->verifier = verifier;
    armed->arg = arg;
    return 1;
}
