/* SPDX-License-Identifier: MIT
 * The n-th allocation fails, for every n: each story ends with a clean status or a refusal, never
 * with an acceptance that it would not have had, and gives back what it took.
 * usage: fault [STORY] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <s2sverify/backend.h>

#include "alloc.h"
#include "pki.h"

#if defined(BACKEND_OPENSSL)
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <s2sverify/openssl.h>
#define BACKEND s2sv_openssl_backend()
#elif defined(BACKEND_GNUTLS)
#include <s2sverify/gnutls.h>
#define BACKEND s2sv_gnutls_backend()
#else
#include "core_only.h"
#define BACKEND core_only_backend()
#define CORE_ONLY
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = 1780000000 };

/* ---- what they are told about -------------------------------------------------------------- */

static struct pki *pki;
static const struct pki_crl *crl;
static char folder[] = "/tmp/s2sv-fault-XXXXXX", pem_path[64], crl_path[64];

static const char *const specs[][2] = {
    { "root", "ca" },
    { "twin", "ca subject=O=Test,CN=root" },
    { "other", "ca" },
    { "int", "ca issuer=root eku=serverAuth" },
    { "good", "issuer=int san=dns:leaf.example,dns:a.b.under.example,srv:_xmpp-server.a.example,"
              "xmpp:b.example,ip:192.0.2.1" },
    { "client", "issuer=int san=dns:leaf.example eku=clientAuth" },
    { "revoked", "issuer=int san=dns:leaf.example" },
    { "named", "issuer=int san=dns:other.example" },
    { "responder", "issuer=int subject=O=Test,CN=responder eku=OCSPSigning san=absent" },
    { "expired", "issuer=int san=dns:leaf.example not-before=-9d not-after=-1d" },
};

static int write_file(char *path, const char *name, char *text)
{
    sprintf(path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    int bad = !file || fputs(text, file) < 0 || fclose(file) != 0;
    free(text);
    return bad;
}

static int make_all(void)
{
    char err[256] = "";
    pki = pki_new(NULL, NOW);
    for (size_t i = 0; i < COUNT(specs); i++) {
        if (pki_make(pki, specs[i][0], specs[i][1], err, sizeof err))
            continue;
        printf("%s: %s\n", specs[i][0], err);
        return -1;
    }
    crl = pki_crl(pki, "list", "issuer=int revoked=revoked", err, sizeof err);
    if (!crl || !mkdtemp(folder))
        return -1;
    return write_file(pem_path, "root.pem", pki_pem(pki_find(pki, "root"))) ||
           write_file(crl_path, "list.pem", pki_crl_pem(crl));
}

static void remove_all(void)
{
    pki_free(pki);
    unlink(pem_path);
    unlink(crl_path);
    rmdir(folder);
}

/* ---- one story ----------------------------------------------------------------------------- */

/* What the story is about and, with enough memory, what comes of it. */
struct story {
    const char *name, *leaf;
    const char *anchors[3];
    int from_files, with_crl, asks_twice;
    const char *expect, *expect_under;
    const char *reason;
};

static const struct story stories[] = {
    { "good", "good", { "root" }, 0, 0, 0, "leaf.example", NULL, "none" },
    { "good again", "good", { "root" }, 0, 0, 1, "leaf.example", NULL, "none" },
    { "good among twins",
      "good",
      { "twin", "other", "root" },
      0,
      0,
      0,
      "leaf.example",
      NULL,
      "none" },
    { "good, by an address", "good", { "root" }, 0, 0, 0, "192.0.2.1", NULL, "none" },
    { "good, by a parent", "good", { "root" }, 0, 0, 0, "nobody.example", "under.example", "none" },
    { "good, not revoked", "good", { "root" }, 0, 1, 1, "leaf.example", NULL, "none" },
#ifndef CORE_ONLY
    { "good, from files", "good", { NULL }, 1, 1, 0, "leaf.example", NULL, "none" },
#endif
    { "untrusted", "good", { "other" }, 0, 0, 1, "leaf.example", NULL, "untrusted" },
    { "wrong purpose", "client", { "root" }, 0, 0, 1, "leaf.example", NULL, "wrong-purpose" },
    { "wrong purpose among twins",
      "client",
      { "twin", "root" },
      0,
      0,
      0,
      "leaf.example",
      NULL,
      "wrong-purpose" },
    { "revoked", "revoked", { "root" }, 0, 1, 1, "leaf.example", NULL, "revoked" },
#ifndef CORE_ONLY
    { "revoked, from files", "revoked", { NULL }, 1, 1, 0, "leaf.example", NULL, "revoked" },
#endif
#ifndef CORE_ONLY
    { "revoked, by a staple", "revoked", { "root" }, 0, 0, 1, "leaf.example", NULL, "revoked" },
    { "revoked, by a delegate", "revoked", { "root" }, 0, 1, 0, "leaf.example", NULL, "revoked" },
    { "good, by a staple", "good", { "root" }, 0, 1, 1, "leaf.example", NULL, "none" },
#endif
    { "distrusted", "good", { "root" }, 0, 0, 1, "leaf.example", NULL, "revoked" },
    { "by a TLSA record", "expired", { "other" }, 0, 0, 1, "leaf.example", NULL, "none" },
    { "by a TA in DNS", "good", { "other" }, 0, 0, 1, "leaf.example", NULL, "none" },
    { "no TLSA record matches",
      "good",
      { "root" },
      0,
      0,
      1,
      "leaf.example",
      NULL,
      "dane-mismatch" },
    { "wrong name", "named", { "root" }, 0, 0, 1, "leaf.example", "leaf.example", "name-mismatch" },
    { "no name", "good", { "root" }, 0, 0, 0, "b..example", NULL, "invalid-reference" },
    { "expired", "expired", { "root" }, 0, 0, 0, "leaf.example", NULL, "expired" },
};

/* OCSP responses that a story's peer has, made before memory is short. */
static struct {
    const char *story, *spec;
    const struct pki_ocsp *made;
} staples[] = {
    { "revoked, by a staple", "issuer=int single=revoked/revoked", NULL },
    { "revoked, by a delegate",
      "issuer=int signer=responder certs=responder single=revoked/revoked", NULL },
    { "good, by a staple", "issuer=int signer=responder certs=responder single=good/good", NULL },
};

/* OTHERWISE: refused, but for a reason that isn't true. CRASHED: in GnuTLS, which is not made for
 * running out of memory. */
enum ending { STATUS, REFUSED, ACCEPTED, OTHERWISE, CRASHED, WRONG };

static int add_certificate(int (*add)(void *, const void *, size_t), void *to, const char *name)
{
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, name), &len);
    return add(to, der, len);
}

static int to_trust(void *trust, const void *der, size_t len)
{
    return s2sv_trust_add_der(trust, der, len);
}

/* Of the story that is named so. */
static int to_distrust(void *trust, const void *der, size_t len)
{
    return s2sv_trust_distrust_der(trust, der, len);
}

static int to_peer(void *peer, const void *der, size_t len)
{
    return s2sv_peer_add_certificate(peer, der, len);
}

static int fill_trust(const struct story *story, struct s2sv_trust *trust)
{
    size_t len;
    const unsigned char *der = pki_crl_der(crl, &len);
    int status = story->from_files ? s2sv_trust_add_file(trust, pem_path) : 0;
    for (size_t i = 0; i < COUNT(story->anchors) && story->anchors[i] && status == 0; i++)
        status = add_certificate(to_trust, trust, story->anchors[i]);
    if (status == 0 && strcmp(story->name, "distrusted") == 0)
        status = add_certificate(to_distrust, trust, "int");
    if (status == 0 && story->with_crl)
        status = story->from_files ? s2sv_trust_add_crl_file(trust, crl_path)
                                   : s2sv_trust_add_crl_der(trust, der, len);
    return status;
}

static int make_staples(void)
{
    char err[256] = "";
    for (size_t i = 0; i < COUNT(staples); i++) {
        staples[i].made = pki_ocsp(pki, staples[i].spec, err, sizeof err);
        if (!staples[i].made) {
            printf("%s: %s\n", staples[i].story, err);
            return -1;
        }
    }
    return 0;
}

static int add_staple(const struct story *story, struct s2sv_peer *peer)
{
    for (size_t i = 0; i < COUNT(staples); i++) {
        size_t len;
        if (strcmp(staples[i].story, story->name) != 0)
            continue;
        const unsigned char *der = pki_ocsp_der(staples[i].made, &len);
        return s2sv_peer_add_staple(peer, der, len);
    }
    return 0;
}

/* TLSA records that a story's peer has, whole certificates. */
static const struct {
    const char *story, *of;
    unsigned usage;
} records[] = {
    { "by a TLSA record", "expired", 3 },     { "by a TLSA record", "good", 3 },
    { "by a TA in DNS", "root", 2 },          { "by a TA in DNS", "other", 2 },
    { "no TLSA record matches", "named", 3 }, { "no TLSA record matches", "other", 2 },
};

static int add_records(const struct story *story, struct s2sv_peer *peer)
{
    int status = 0;
    for (size_t i = 0; i < COUNT(records) && status == 0; i++) {
        size_t len;
        if (strcmp(records[i].story, story->name) != 0)
            continue;
        const unsigned char *der = pki_der(pki_find(pki, records[i].of), &len);
        status = s2sv_peer_add_tlsa(peer, records[i].usage, 0, 0, der, len);
        if (status == 0)
            status = s2sv_peer_set_tlsa_status(peer, S2SV_TLSA_SECURE);
    }
    return status;
}

static int fill_peer(const struct story *story, struct s2sv_peer *peer)
{
    int status = add_certificate(to_peer, peer, story->leaf);
    if (status == 0)
        status = add_certificate(to_peer, peer, "int");
    if (status == 0)
        status = add_staple(story, peer);
    if (status == 0)
        status = add_records(story, peer);
    if (status == 0)
        status = s2sv_peer_set_time(peer, NOW);
    if (status == 0)
        status = s2sv_peer_expect(peer, story->expect);
    if (status == 0 && story->expect_under)
        status = s2sv_peer_expect_under(peer, story->expect_under);
    return status;
}

/* What is asked of a verdict later must agree with it, memory or not. */
static enum ending read_verdict(const struct story *story, const struct s2sv_verdict *verdict)
{
    char text[4096];
    const char *reason = s2sv_reason_name(s2sv_verdict_reason(verdict)), *name;
    enum s2sv_identifier kind;
    int accepted = s2sv_verdict_accepted(verdict), trusted = s2sv_verdict_trusted(verdict);
    int success = s2sv_xmpp_auth(verdict, story->expect, "=") == S2SV_XMPP_SUCCESS ||
                  s2sv_xmpp_auth(verdict, story->expect, "bGVhZi5leGFtcGxl") == S2SV_XMPP_SUCCESS;
    s2sv_verdict_explain(verdict, text, sizeof text);
    for (size_t i = 0; s2sv_verdict_identity(verdict, i, &kind, &name) == 0; i++)
        if (s2sv_verdict_is_for(verdict, name) && !trusted)
            return WRONG;
    if ((success ||
         s2sv_verdict_is_for(verdict, "b\xc3\xbc"
                                      "cher.example") ||
         s2sv_verdict_is_for(verdict, story->expect)) &&
        !trusted)
        return WRONG;
    if (accepted)
        return strcmp(story->reason, "none") == 0 && trusted && strcmp(reason, "none") == 0
                   ? ACCEPTED
                   : WRONG;
    /* A refusal has a reason: the true one, or that memory ran out. */
    int is_true = strcmp(reason, story->reason) == 0 || strcmp(reason, "internal-error") == 0;
    return is_true ? REFUSED : OTHERWISE;
}

static enum ending ask(const struct story *story, struct s2sv_trust *trust,
                       const struct s2sv_policy *policy, const struct s2sv_peer *peer)
{
    struct s2sv_verdict *const before = (struct s2sv_verdict *)&pki, *verdict = before;
    int status = s2sv_verify(trust, policy, peer, &verdict);
    if (status != S2SV_DECIDED)
        return status < 0 && verdict == before ? STATUS : WRONG;
    enum ending ending = read_verdict(story, verdict);
    s2sv_verdict_unref(verdict);
    return ending;
}

static enum ending tell(const struct story *story)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    enum ending ending = STATUS;
    if (policy && trust && peer && fill_trust(story, trust) == 0 && fill_peer(story, peer) == 0)
        ending = ask(story, trust, policy, peer);
    if (story->asks_twice && ending != WRONG && ending != STATUS) {
        enum ending second = ask(story, trust, policy, peer);
        ending = second == WRONG ? WRONG : ending;
    }
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    return ending;
}

/* ---- every n ------------------------------------------------------------------------------- */

struct tally {
    size_t endings[WRONG + 1], leaks;
};

static enum ending tell_with(const struct story *story, size_t n, int for_good, size_t *ret_asked,
                             size_t *ret_leaked)
{
#ifdef BACKEND_OPENSSL
    ERR_peek_error(); /* makes the queue: without memory for one OpenSSL 3.6 recurses for ever */
#endif
    alloc_leaked();
    alloc_arm(n, for_good);
    enum ending ending = tell(story);
#ifdef BACKEND_OPENSSL
    OPENSSL_thread_stop(); /* its error queue */
#endif
    *ret_asked = alloc_disarm();
    *ret_leaked = alloc_leaked();
    return ending;
}

#ifdef FAULT_WRAP
#define tell_once tell_with
enum { SAMPLES = 100000 };
#else
enum { SAMPLES = 100 };

/* In a process of its own: what the TLS library leaves broken stays there. */
static enum ending tell_once(const struct story *story, size_t n, int for_good, size_t *ret_asked,
                             size_t *ret_leaked)
{
    int status;
    pid_t child = fork();
    *ret_leaked = 0;
    if (child == 0)
        _exit(tell_with(story, n, for_good, ret_asked, ret_leaked));
    if (child < 0 || waitpid(child, &status, 0) != child)
        return WRONG;
    return WIFEXITED(status) ? (enum ending)WEXITSTATUS(status) : CRASHED;
}
#endif

/* Every n, or so many of them, spread. */
static void tell_all(const struct story *story, size_t count, int for_good, struct tally *tally)
{
    for (size_t n = 1; n <= count; n += 1 + count / SAMPLES) {
        size_t asked, leaked;
        enum ending ending = tell_once(story, n, for_good, &asked, &leaked);
        tally->endings[ending]++;
        tally->leaks += leaked > 0;
        if (ending == WRONG)
            printf("FAIL %s: wrong ending when allocation %zu %s\n", story->name, n,
                   for_good ? "and all later ones fail" : "fails");
        if (leaked > 0)
            printf("FAIL %s: %zu blocks are left when allocation %zu %s\n", story->name, leaked, n,
                   for_good ? "and all later ones fail" : "fails");
    }
}

/* Where all of the process runs out of memory, the TLS library may say that it can't read what it
 * has no memory for. */
static int is_bad(const struct tally *tally, enum ending wanted)
{
    size_t bad = tally->endings[WRONG] + tally->leaks;
#ifdef FAULT_WRAP
    bad += tally->endings[OTHERWISE];
#endif
#ifndef BACKEND_GNUTLS
    bad += tally->endings[CRASHED];
#endif
    return bad > 0 || (wanted == REFUSED && tally->endings[ACCEPTED] > 0);
}

static int run(const struct story *story)
{
    struct tally tally = { { 0 }, 0 };
    size_t count = 0, leaked = 0;
    enum ending wanted = strcmp(story->reason, "none") == 0 ? ACCEPTED : REFUSED, ending = WRONG;
    for (int i = 0; i < 3; i++) /* the TLS library's caches fill at first */
        ending = tell_with(story, 0, 0, &count, &leaked);
    if (ending != wanted || leaked > 0 || count == 0) {
        printf("FAIL %s: with enough memory: ending %d, %zu blocks left\n", story->name, ending,
               leaked);
        return 1;
    }
    tell_all(story, count, 0, &tally);
    tell_all(story, count, 1, &tally);
    printf("%s: %zu allocations; %zu statuses, %zu refused, %zu for another reason, %zu did "
           "without, %zu crashed\n",
           story->name, count, tally.endings[STATUS], tally.endings[REFUSED],
           tally.endings[OTHERWISE], tally.endings[ACCEPTED], tally.endings[CRASHED]);
    return is_bad(&tally, wanted);
}

int main(int argc, char **argv)
{
    size_t passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (make_all() != 0 || make_staples() != 0)
        return 1;
    for (size_t i = 0; i < COUNT(stories); i++) {
        if (argc > 1 && strcmp(argv[1], stories[i].name) != 0)
            continue;
        if (run(&stories[i]) == 0)
            passed++;
        else
            failed++;
    }
    remove_all();
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
