/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <s2sverify/gnutls.h>
#include <s2sverify/openssl.h>
#include <stdio.h>
#include <string.h>

const char *const validator_names[VALIDATORS] = { "s2sverify on OpenSSL", "s2sverify on GnuTLS",
                                                  "OpenSSL, purpose set", "GnuTLS, purpose set" };

enum { MAX_PATH = 16 };

static const struct s2sv_backend *backend_of(enum validator v)
{
    return v == OURS_ON_OPENSSL ? s2sv_openssl_backend() : s2sv_gnutls_backend();
}

/* Only narrower: the very path that was accepted, with its one anchor, is good enough for both
 * libraries. */
static void check_narrower(const struct corpus_case *c, const struct s2sv_verdict *verdict,
                           int64_t now, struct result *result)
{
    struct octets path[MAX_PATH];
    struct native_question q = native_question_of(c, now);
    size_t count = 0, len;
    const void *der;
    while (count < MAX_PATH &&
           s2sv_verdict_certificate(verdict, (int)count, &der, &len) == S2SV_DECIDED)
        path[count++] = (struct octets){ (unsigned char *)(uintptr_t)der, len };
    q.presented = path;
    q.presented_count = count > 1 ? count - 1 : count;
    q.anchors = &path[count > 0 ? count - 1 : 0];
    q.anchor_count = count > 0;
    q.name_count = 0;
    q.crls = NULL;
    q.depth = -1;
    q.any_is_an_anchor = 1;
    if (!native_openssl_accepts(&q, result->wider_words))
        result->wider = "OpenSSL";
    else if (!native_gnutls_accepts(&q, result->wider_words))
        result->wider = "GnuTLS";
}

static void ask_ours(const struct corpus_case *c, enum validator v, int64_t now,
                     struct result *result)
{
    struct s2sv_verdict *verdict = ours_ask(c, backend_of(v));
    struct answer *answer = &result->answers[v];
    answer->accepted = ours_accepts(c, verdict);
    answer->trusted = s2sv_verdict_trusted(verdict);
    answer->reason = s2sv_verdict_reason(verdict);
    answer->depth = s2sv_verdict_depth(verdict);
    if (answer->trusted)
        check_narrower(c, verdict, now, result);
    s2sv_verdict_unref(verdict);
}

void run_case(const struct corpus_case *c, int64_t now, struct result *ret_result)
{
    struct native_question q = native_question_of(c, now);
    struct answer *bare = ret_result->answers;
    memset(ret_result, 0, sizeof *ret_result);
    ask_ours(c, OURS_ON_OPENSSL, now, ret_result);
    ask_ours(c, OURS_ON_GNUTLS, now, ret_result);
    bare[BARE_OPENSSL].accepted = native_openssl_accepts(&q, bare[BARE_OPENSSL].words);
    bare[BARE_GNUTLS].accepted = native_gnutls_accepts(&q, bare[BARE_GNUTLS].words);
}

static void explain_ours(const struct corpus_case *c, enum validator v)
{
    char text[16384];
    struct s2sv_verdict *verdict = ours_ask(c, backend_of(v));
    s2sv_verdict_explain(verdict, text, sizeof text);
    printf("%s: %s", validator_names[v], text);
    s2sv_verdict_unref(verdict);
}

void run_explain(const struct corpus_case *c, int64_t now)
{
    struct result result;
    run_case(c, now, &result);
    printf("%s: %s is expected, %s", c->id, c->succeeds ? "success" : "failure",
           c->is_client ? "the peer is a client" : "the peer is a server");
    for (size_t i = 0; i < c->name_count; i++)
        printf(", %s", c->names[i].value);
    printf("\n%zu anchors, %zu presented, %zu CRLs\n", c->anchors.count, c->presented.count,
           c->crls.count);
    explain_ours(c, OURS_ON_OPENSSL);
    explain_ours(c, OURS_ON_GNUTLS);
    for (int v = BARE_OPENSSL; v <= BARE_GNUTLS; v++)
        printf("%s: %s\n", validator_names[v], result.answers[v].words);
    if (result.wider)
        printf("trusted, but %s refuses the path for serverAuth: %s\n", result.wider,
               result.wider_words);
}
