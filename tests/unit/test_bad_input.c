/* SPDX-License-Identifier: MIT
 * Files that can't be read and certificates that can't be true, with the backend's own reader: the
 * error names the file, the trust stays as it was, and the peer is refused with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pki.h"

#if defined(BACKEND_OPENSSL)
#include <s2sverify/openssl.h>
#define BACKEND s2sv_openssl_backend()
#else
#include <s2sverify/gnutls.h>
#define BACKEND s2sv_gnutls_backend()
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = 1780000000, MANY = 1000 };

/* ---- files --------------------------------------------------------------------------------- */

static struct pki *pki;
static char dir[] = "/tmp/s2sv-bad-input-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_file(const char *name, const void *text, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const char *name, const char *first, const char *second)
{
    char text[16384];
    snprintf(text, sizeof text, "%s%s", first, second);
    write_file(name, text, strlen(text));
}

static const char broken_pem[] = "-----BEGIN CERTIFICATE-----\nMIIB!!!!\n"
                                 "-----END CERTIFICATE-----\n";
static const char empty_pem[] = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
static const char garbage_pem[] = "-----BEGIN CERTIFICATE-----\nZ2FyYmFnZSBnYXJiYWdl\n"
                                  "-----END CERTIFICATE-----\n";
static const char broken_crl[] = "-----BEGIN X509 CRL-----\nZ2FyYmFnZSBnYXJiYWdl\n"
                                 "-----END X509 CRL-----\n";

static const char spaced_crl[] = " -----BEGIN X509 CRL-----\nZ2FyYmFnZSBnYXJiYWdl\n"
                                 "-----END X509 CRL-----\n";

static void write_all(const char *pem, const char *key)
{
    char half[16384];
    snprintf(half, sizeof half, "%.*s", (int)strlen(pem) / 2, pem);
    write_text("good.pem", pem, "");
    write_text("empty.pem", "", "");
    write_text("text.pem", "this is no certificate\n", "");
    write_text("key.pem", key, "");
    write_text("half.pem", half, "");
    write_text("broken.pem", broken_pem, "");
    write_text("nothing.pem", empty_pem, "");
    write_text("garbage.pem", garbage_pem, "");
    write_text("good-broken.pem", pem, broken_pem);
    write_text("good-garbage.pem", pem, garbage_pem);
    write_text("good-half.pem", pem, half);
    write_text("crl-broken.pem", broken_crl, "");
    write_text("crl-spaced.pem", spaced_crl, "");
    write_file("zero.pem", "\0\0\0\0", 4);
    write_file("secret.pem", pem, strlen(pem));
}

static int set_up(void **state)
{
    char err[256];
    (void)state;
    pki = pki_new(NULL, NOW);
    if (!mkdtemp(dir) || chmod(dir, 0755) != 0 || !pki_make(pki, "root", "ca", err, sizeof err) ||
        !pki_make(pki, "other", "ca", err, sizeof err) ||
        !pki_make(pki, "leaf", "issuer=root san=dns:leaf.example", err, sizeof err))
        return -1;
    char *pem = pki_pem(pki_find(pki, "root")), *key = pki_key_pem(pki_find(pki, "root"));
    write_all(pem, key);
    free(pem);
    free(key);
    mkdir(path_of("folder.pem"), 0755);
    return chmod(path_of("secret.pem"), 0);
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    pki_free(pki);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

static struct s2sv_peer *new_peer(void)
{
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "leaf"), &len);
    assert_int_equal(s2sv_peer_add_certificate(peer, der, len), 0);
    assert_int_equal(s2sv_peer_set_time(peer, NOW), 0);
    return peer;
}

/* The reason's name of a verdict on this peer, which is freed. */
static const char *ask(struct s2sv_trust *trust, struct s2sv_peer *peer)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_verdict *verdict = NULL;
    assert_int_equal(s2sv_verify(trust, policy, peer, &verdict), 0);
    const char *name = s2sv_reason_name(s2sv_verdict_reason(verdict));
    assert_int_equal(s2sv_verdict_trusted(verdict), strcmp(name, "none") == 0);
    assert_int_equal(s2sv_verdict_accepted(verdict), 0); /* nothing was expected */
    s2sv_verdict_unref(verdict);
    s2sv_policy_unref(policy);
    s2sv_peer_free(peer);
    return name;
}

static const struct {
    const char *name;
    int (*add)(struct s2sv_trust *, const char *);
    int status; /* 0: any failure */
} files[] = {
    { "missing.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "missing/good.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "good.pem/good.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "folder.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "empty.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "text.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "key.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "zero.pem", s2sv_trust_add_file, S2SV_ERR_IO },
    { "half.pem", s2sv_trust_add_file, 0 },
    { "broken.pem", s2sv_trust_add_file, S2SV_ERR_INVALID },
    { "nothing.pem", s2sv_trust_add_file, S2SV_ERR_INVALID },
    { "garbage.pem", s2sv_trust_add_file, S2SV_ERR_INVALID },
    { "good-broken.pem", s2sv_trust_add_file, S2SV_ERR_INVALID },
    { "good-garbage.pem", s2sv_trust_add_file, S2SV_ERR_INVALID },
    { "good-half.pem", s2sv_trust_add_file, S2SV_ERR_INVALID },
    { "missing.pem", s2sv_trust_add_crl_file, S2SV_ERR_IO },
    { "folder.pem", s2sv_trust_add_crl_file, S2SV_ERR_IO },
    { "empty.pem", s2sv_trust_add_crl_file, S2SV_ERR_IO },
    { "good.pem", s2sv_trust_add_crl_file, S2SV_ERR_IO },
    { "crl-broken.pem", s2sv_trust_add_crl_file, S2SV_ERR_INVALID },
    { "crl-spaced.pem", s2sv_trust_add_crl_file, S2SV_ERR_INVALID },
    { "missing", s2sv_trust_add_dir, S2SV_ERR_IO },
    { "good.pem", s2sv_trust_add_dir, S2SV_ERR_IO },
    { "folder.pem", s2sv_trust_add_dir, S2SV_ERR_IO },
};

static void check_file(struct s2sv_trust *trust, size_t i, size_t *failed)
{
    const char *path = path_of(files[i].name);
    int status = files[i].add(trust, path);
    const char *error = s2sv_trust_error(trust);
    int is_right = files[i].status ? status == files[i].status : status < 0;
    int names_it = strncmp(error, path, strlen(path)) == 0 && strlen(error) > strlen(path) + 2;
    if (is_right && names_it)
        return;
    print_message("%s (%zu): status %d, expected %d; error \"%s\"\n", files[i].name, i, status,
                  files[i].status, error);
    ++*failed;
}

static void test_files(void **state)
{
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
        check_file(trust, i, &failed);
        assert_string_equal(ask(trust, new_peer()), "untrusted");
        s2sv_trust_unref(trust);
    }
    assert_int_equal(failed, 0);
}

/* What was in the trust before stays. */
static void test_failure_takes_nothing_away(void **state)
{
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    size_t failed = 0;
    (void)state;
    assert_int_equal(s2sv_trust_add_file(trust, path_of("good.pem")), 0);
    assert_string_equal(s2sv_trust_error(trust), "");
    for (size_t i = 0; i < COUNT(files); i++)
        check_file(trust, i, &failed);
    assert_string_equal(ask(trust, new_peer()), "none");
    assert_int_equal(s2sv_trust_add_file(trust, path_of("good.pem")), 0);
    assert_string_equal(s2sv_trust_error(trust), "");
    assert_int_equal(failed, 0);
    s2sv_trust_unref(trust);
}

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

/* What stands around the root's Base64, behind the certificate of another. \1 is written as NUL. */
static const struct {
    const char *before, *after;
    int is_good;
} frames[] = {
    { BEGIN "\n", END "\n", 1 },
    { BEGIN "\n", END, 1 },
    { BEGIN " \t\r\n", END "\r\n", 1 },
    { "-----BEGIN X509 CERTIFICATE-----\n", "-----END X509 CERTIFICATE-----\n", 1 },
    { "\1\n" BEGIN "\n", END "\n", 1 },
    { "----- text -----\n" BEGIN "\n", END "\n-----\n", 1 },
    { "-----BEGIN DH PARAMETERS-----\nAA==\n-----END DH PARAMETERS-----\n" BEGIN "\n", END "\n",
      1 },
    { "\1" BEGIN "\n", END "\n", 0 },
    { " " BEGIN "\n", END "\n", 0 },
    { "\t" BEGIN "\n", END "\n", 0 },
    { "\xef\xbb\xbf" BEGIN "\n", END "\n", 0 },
    { "text " BEGIN "\n", END "\n", 0 },
    { BEGIN "text\n", END "\n", 0 },
    { BEGIN "\r", END "\n", 0 },
    { BEGIN "\n\1\n", END "\n", 0 },
    { BEGIN "\n", " " END "\n", 0 },
    { BEGIN "\n", END "text\n", 0 },
    { BEGIN "\n", "-----END X509 CERTIFICATE-----\n", 0 },
    { BEGIN "\n", "", 0 },
    { BEGIN "\n" BEGIN "\n", END "\n", 0 },
    { "", END "\n", 0 },
    { "-----BEGIN CERTIFICATE\n", END "\n", 0 },
    { "-----BEGIN  CERTIFICATE-----\n", "-----END  CERTIFICATE-----\n", 0 },
    { "-----BEGIN MY CERTIFICATE-----\n", "-----END MY CERTIFICATE-----\n", 0 },
    { BEGIN "\nProc-Type: 4,CLEAR\n\n", END "\n", 0 },
};

static void write_framed(size_t i)
{
    char *other = pki_pem(pki_find(pki, "other")), *root = pki_pem(pki_find(pki, "root"));
    char *body = strchr(root, '\n') + 1, text[16384];
    int len = snprintf(text, sizeof text, "%s%s%.*s%s", other, frames[i].before,
                       (int)(strstr(body, END) - body), body, frames[i].after);
    for (char *nul = text; (nul = strchr(nul, '\1')); nul++)
        *nul = '\0';
    write_file("framed.pem", text, (size_t)len);
    free(other);
    free(root);
}

/* A certificate that one reader of PEM sees and another one doesn't is read, or costs the file. */
static void test_frames(void **state)
{
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(frames); i++) {
        struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
        write_framed(i);
        int status = s2sv_trust_add_file(trust, path_of("framed.pem"));
        const char *error = s2sv_trust_error(trust);
        const char *reason = ask(trust, new_peer());
        int is_right = frames[i].is_good
                           ? status == 0 && strcmp(reason, "none") == 0
                           : status == S2SV_ERR_INVALID && strstr(error, ": malformed PEM");
        if (!is_right)
            print_message("%zu: status %d, \"%s\", %s\n", i, status, error, reason);
        failed += !is_right;
        s2sv_trust_unref(trust);
    }
    assert_int_equal(failed, 0);
}

/* In a child that is nobody: root may read everything. Exit status 0 if it was refused well. */
static void read_secret(void)
{
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(2);
    int status = s2sv_trust_add_file(trust, path_of("secret.pem"));
    _exit(status == S2SV_ERR_IO && strstr(s2sv_trust_error(trust), "secret.pem: ") ? 0 : 1);
}

static void test_unreadable_file(void **state)
{
    int status;
    (void)state;
    pid_t child = fork();
    if (child == 0)
        read_secret();
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 2)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- certificates -------------------------------------------------------------------------- */

static struct s2sv_trust *good_trust(void)
{
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    assert_int_equal(s2sv_trust_add_file(trust, path_of("good.pem")), 0);
    return trust;
}

/* Octets in the place of the leaf. */
static const struct {
    const char *name;
    const void *octets; /* NULL: zeros */
    size_t len;
    const char *reason;
} leaves[] = {
    { "empty", "", 0, "malformed-certificate" },
    { "NULL", NULL, 0, "malformed-certificate" },
    { "one octet", "\x30", 1, "malformed-certificate" },
    { "an empty SEQUENCE", "\x30\x00", 2, "malformed-certificate" },
    { "text", "garbage", 7, "malformed-certificate" },
    { "a length without octets", "\x30\x82\x10\x00", 4, "malformed-certificate" },
    { "a length of 4 GiB", "\x30\x84\xff\xff\xff\xff", 6, "malformed-certificate" },
    { "64 KiB of zeros", NULL, 65536, "malformed-certificate" },
    { "64 KiB and one octet", NULL, 65537, "limit-exceeded" },
    { "16 MiB", NULL, 16 << 20, "limit-exceeded" },
};

static void test_leaves(void **state)
{
    struct s2sv_trust *trust = good_trust();
    unsigned char *zeros = calloc(1, 16 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(leaves); i++) {
        struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
        const void *octets = leaves[i].octets || leaves[i].len == 0 ? leaves[i].octets : zeros;
        assert_int_equal(s2sv_peer_set_time(peer, NOW), 0);
        assert_int_equal(s2sv_peer_add_certificate(peer, octets, leaves[i].len), 0);
        const char *reason = ask(trust, peer);
        if (strcmp(reason, leaves[i].reason) != 0)
            fail_msg("%s: %s, expected %s", leaves[i].name, reason, leaves[i].reason);
    }
    free(zeros);
    s2sv_trust_unref(trust);
}

/* The leaf, with every possible length cut off or one octet too many. */
static void test_truncated_leaf(void **state)
{
    struct s2sv_trust *trust = good_trust();
    unsigned char longer[4096];
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "leaf"), &len);
    (void)state;
    assert_true(len < sizeof longer);
    memcpy(longer, der, len);
    longer[len] = 0;
    for (size_t kept = 0; kept <= len + 1; kept++) {
        struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
        assert_int_equal(s2sv_peer_set_time(peer, NOW), 0);
        assert_int_equal(s2sv_peer_add_certificate(peer, longer, kept), 0);
        assert_string_equal(ask(trust, peer), kept == len ? "none" : "malformed-certificate");
    }
    s2sv_trust_unref(trust);
}

static const struct {
    size_t more; /* copies of the root behind the leaf */
    const char *reason;
} counts[] = { { 0, "none" },
               { 9, "none" },
               { 10, "limit-exceeded" },
               { 11, "limit-exceeded" },
               { 15, "limit-exceeded" },
               { MANY, "limit-exceeded" } };

static void test_counts(void **state)
{
    struct s2sv_trust *trust = good_trust();
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "root"), &len);
    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct s2sv_peer *peer = new_peer();
        for (size_t n = 0; n < counts[i].more; n++)
            assert_int_equal(s2sv_peer_add_certificate(peer, der, len), 0);
        assert_string_equal(ask(trust, peer), counts[i].reason);
    }
    s2sv_trust_unref(trust);
}

/* A bad certificate behind a good leaf refuses as well, wherever it stands. */
static void test_bad_second(void **state)
{
    struct s2sv_trust *trust = good_trust();
    struct s2sv_peer *peer = new_peer();
    (void)state;
    assert_int_equal(s2sv_peer_add_certificate(peer, "garbage", 7), 0);
    assert_string_equal(ask(trust, peer), "malformed-certificate");
    peer = new_peer();
    assert_int_equal(s2sv_peer_add_certificate(peer, NULL, 0), 0);
    assert_string_equal(ask(trust, peer), "malformed-certificate");
    s2sv_trust_unref(trust);
}

static void test_no_certificate(void **state)
{
    struct s2sv_trust *trust = good_trust();
    (void)state;
    assert_string_equal(ask(trust, s2sv_peer_new(S2SV_INBOUND)), "no-certificate");
    assert_string_equal(ask(trust, s2sv_peer_new(S2SV_OUTBOUND)), "no-certificate");
    s2sv_trust_unref(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),           cmocka_unit_test(test_failure_takes_nothing_away),
        cmocka_unit_test(test_unreadable_file), cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_truncated_leaf),  cmocka_unit_test(test_counts),
        cmocka_unit_test(test_bad_second),      cmocka_unit_test(test_no_certificate),
        cmocka_unit_test(test_frames),
    };
    return cmocka_run_group_tests_name("bad input", tests, set_up, tear_down);
}
