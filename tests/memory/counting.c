/* SPDX-License-Identifier: MIT */
#include "counting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(BACKEND_OPENSSL)
#include <s2sverify/openssl.h>
#define REAL s2sv_openssl_backend()
#else
#include <s2sverify/gnutls.h>
#define REAL s2sv_gnutls_backend()
#endif

struct calls calls;

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

/* ---- the backend ----------------------------------------------------------------------------- */

static int import(const void *der, size_t len, void **ret_native)
{
    atomic_fetch_add(&calls.imports, 1);
    return REAL->import(der, len, ret_native);
}

static int validate(void *application, const struct s2sv_path_request *request,
                    struct s2sv_evidence *evidence)
{
    (void)application; /* ours, not the real one's */
    atomic_fetch_add(&calls.validations, 1);
    atomic_fetch_add(&calls.links, (unsigned)request->count);
    return REAL->validate(NULL, request, evidence);
}

static int is_signed_by(const struct s2sv_signed *what, const struct s2sv_link *issuer)
{
    atomic_fetch_add(&calls.signatures, 1);
    return REAL->is_signed_by(what, issuer);
}

static int anchors(void *application, const struct s2sv_issuer *issuers, size_t number, int all,
                   struct s2sv_anchors *list)
{
    const struct given_anchor *given = application;
    void *native;
    (void)issuers;
    (void)number;
    (void)all;
    if (!given || REAL->import(given->der, given->len, &native) != S2SV_DECIDED)
        return S2SV_DECIDED;
    return s2sv_anchors_add(list, given->der, given->len, native, 1);
}

const struct s2sv_backend *counting_backend(void)
{
    static struct s2sv_backend backend;
    if (!backend.validate) {
        struct s2sv_backend made = *REAL;
        made.quick_anchors = 0;
        made.import = import;
        made.anchors = anchors;
        made.validate = validate;
        made.lists = NULL; /* the application here is none of the backend's */
        made.is_signed_by = is_signed_by;
        backend = made;
    }
    return &backend;
}

/* ---- certificates ---------------------------------------------------------------------------- */

void make(struct pki *pki, const char *name, const char *spec)
{
    char err[256] = "";
    if (!pki_make(pki, name, spec, err, sizeof err))
        stop(name, err);
}

/* Calls a function for every word. */
static void each(const char *words, void (*take)(const char *name, void *arg), void *arg)
{
    char word[64];
    int used;
    for (; sscanf(words, " %63s%n", word, &used) == 1; words += used)
        take(word, arg);
}

struct target {
    struct pki *pki;
    void *object;
};

static const unsigned char *der_of(struct pki *pki, const char *name, size_t *ret_len)
{
    const struct pki_cert *cert = pki_find(pki, name);
    if (!cert)
        stop(name, "no such certificate");
    return pki_der(cert, ret_len);
}

static void add_anchor(const char *name, void *arg)
{
    struct target *target = arg;
    size_t len;
    const unsigned char *der = der_of(target->pki, name, &len);
    int status = s2sv_trust_add_der(target->object, der, len);
    if (status != S2SV_DECIDED && status != S2SV_ERR_INVALID)
        stop(name, s2sv_trust_error(target->object));
}

struct s2sv_trust *trust_of(struct pki *pki, const char *anchors_)
{
    struct target target = { pki, s2sv_trust_new(counting_backend()) };
    if (!target.object)
        abort();
    each(anchors_, add_anchor, &target);
    return target.object;
}

/* ---- questions ------------------------------------------------------------------------------- */

static void add_link(const char *name, void *arg)
{
    struct target *target = arg;
    struct question *question = target->object;
    struct s2sv_link *link = &question->chain[question->count++];
    if (question->count > MAX_CHAIN)
        stop(name, "too many certificates");
    link->der = der_of(target->pki, name, &link->len);
}

void present(struct question *question, struct pki *pki, const char *names)
{
    struct target target = { pki, question };
    question->count = 0;
    each(names, add_link, &target);
}

struct s2sv_verdict *judge(const struct question *question)
{
    struct s2sv_trust_source ours = { .backend = counting_backend(), .trust = question->trust };
    struct s2sv_peer *peer =
        s2sv_peer_new(question->direction ? question->direction : S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    if (!peer || (question->expect && s2sv_peer_expect(peer, question->expect) != S2SV_DECIDED))
        abort();
    if (question->time != 0)
        if (s2sv_peer_set_time(peer, question->time) != 0)
            abort();
    if (s2sv_backend_verify(question->source ? question->source : &ours, question->policy, peer,
                            question->chain, question->count, &verdict) != S2SV_DECIDED)
        abort();
    s2sv_peer_free(peer);
    return verdict;
}

struct answer ask(const struct question *question)
{
    atomic_store(&calls.imports, 0);
    atomic_store(&calls.validations, 0);
    atomic_store(&calls.links, 0);
    atomic_store(&calls.signatures, 0);
    struct s2sv_verdict *verdict = judge(question);
    struct answer answer = { s2sv_verdict_reason(verdict),
                             s2sv_verdict_depth(verdict),
                             calls.imports,
                             calls.validations,
                             calls.links,
                             calls.signatures,
                             0 };
    while (s2sv_verdict_certificate(verdict, (int)answer.certificates, NULL, NULL) == S2SV_DECIDED)
        answer.certificates++;
    s2sv_verdict_unref(verdict);
    return answer;
}
