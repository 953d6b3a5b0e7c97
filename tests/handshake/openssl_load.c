/* SPDX-License-Identifier: MIT */
/* Trust from files, folders and the system: what is taken, and what a failure says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "openssl_tls.h"

static char dir[] = "/tmp/s2sverify-load-XXXXXX";
static struct pki *pki;

static const char *path_of(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void write_pem(const char *name, const char *cert)
{
    char *pem = pki_pem(pki_find(pki, cert));
    write_file(name, pem);
    free(pem);
}

/* Writes a "TRUSTED CERTIFICATE" behind what the file has. */
static void write_trusted(const char *name, const char *cert, int nid, int trust)
{
    FILE *file = fopen(path_of(name), "a");
    X509 *x = tls_x509(pki, cert);
    ASN1_OBJECT *use = OBJ_nid2obj(nid);
    assert_int_equal(trust ? X509_add1_trust_object(x, use) : X509_add1_reject_object(x, use), 1);
    assert_int_equal(PEM_write_X509_AUX(file, x), 1);
    X509_free(x);
    fclose(file);
}

/* A good one between others that are none. */
static void write_mixed(const char *name)
{
    FILE *file = fopen(path_of(name), "w");
    char *pem = pki_pem(pki_find(pki, "root"));
    assert_true(fprintf(file,
                        "-----END CERTIFICATE-----\n"
                        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
                        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
                        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n%s"
                        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n",
                        pem) > 0);
    assert_int_equal(fclose(file), 0);
    free(pem);
}

/* The name that OpenSSL looks a certificate up by. */
static const char *hashed(const char *folder, const char *cert)
{
    static char name[100];
    X509 *x = tls_x509(pki, cert);
    snprintf(name, sizeof name, "%s/%08lx.0", folder, X509_subject_name_hash(x));
    X509_free(x);
    return name;
}

static int make_files(void **state)
{
    static const char *const specs[] = { "leaf: issuer=int san=dns:peer.example", NULL };

    (void)state;
    assert_non_null(mkdtemp(dir));
    pki = tls_pki(specs);
    write_pem("root.pem", "root");
    write_pem("int.pem", "int");
    write_file("empty.pem", "");
    write_file("text.pem", "this is no certificate\n");
    write_file("bad.pem", "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n");
    write_file("torn.pem", "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n");
    write_file("locked.pem", "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                             "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                             "MAMCAQE=\n-----END CERTIFICATE-----\n");
    write_trusted("servers.pem", "root", NID_server_auth, 1);
    write_trusted("clients.pem", "root", NID_client_auth, 1);
    write_trusted("rejected.pem", "root", NID_server_auth, 0);
    write_trusted("noclients.pem", "root", NID_client_auth, 0);
    write_mixed("mixed.pem");
    assert_int_equal(mkdir(path_of("mixed"), 0700), 0);
    write_pem(hashed("mixed", "root"), "root");
    write_file("mixed/00000000.0", "");
    write_file("mixed/00000001.0",
               "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    write_file("mixed/00000002.0", "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n");
    assert_int_equal(mkdir(path_of("mixed/00000003.0"), 0700), 0);
    assert_int_equal(symlink("/etc/passwd/x", path_of("mixed/00000004.0")), 0);
    write_pem("distrusting.pem", "root");
    write_trusted("distrusting.pem", "int", NID_server_auth, 0);
    write_pem("other.pem", "root");
    write_trusted("other.pem", "int", NID_email_protect, 1);
    assert_int_equal(mkdir(path_of("hashed"), 0700), 0);
    write_pem(hashed("hashed", "root"), "root");
    write_file("hashed/README", "not looked at");
    write_file("hashed/00000000.r0", "a list, not looked at");
    assert_int_equal(symlink("gone", path_of("hashed/11111111.0")), 0);
    assert_int_equal(mkdir(path_of("none"), 0700), 0);
    assert_int_equal(mkdir(path_of("broken"), 0700), 0);
    write_pem(hashed("broken", "root"), "root");
    write_file("broken/ffffffff.7", "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n");
    assert_int_equal(mkdir(path_of("odd"), 0700), 0);
    write_pem(hashed("odd", "root"), "root");
    write_file("odd/ffffffff.7",
               "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n");
    return 0;
}

static int remove_files(void **state)
{
    char command[200];
    (void)state;
    pki_free(pki);
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

/* The reason that the leaf is judged by. */
static const char *judge(struct s2sv_trust *trust)
{
    struct s2sv_policy *policy = tls_policy(S2SV_HANDSHAKE_ENFORCE);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    const char *names[] = { "leaf", "int" }, *reason;
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        const unsigned char *der = pki_der(pki_find(pki, names[i]), &len);
        assert_int_equal(s2sv_peer_add_certificate(peer, der, len), 0);
    }
    assert_int_equal(s2sv_verify(trust, policy, peer, &verdict), 0);
    reason = tls_reason(verdict);
    s2sv_verdict_unref(verdict);
    s2sv_policy_unref(policy);
    s2sv_peer_free(peer);
    return reason;
}

static const struct row {
    int (*add)(struct s2sv_trust *, const char *);
    const char *path;
    int status;
    const char *says, *reason;
} rows[] = {
    { s2sv_trust_add_file, "root.pem", 0, "", "none" },
    { s2sv_trust_add_file, "int.pem", 0, "", "none" }, /* C-3 */
    { s2sv_trust_add_file, "missing.pem", S2SV_ERR_IO, "No such file", "untrusted" },
    { s2sv_trust_add_file, "none", S2SV_ERR_IO, "Is a directory", "untrusted" },
    { s2sv_trust_add_file, "root.pem/x", S2SV_ERR_IO, "Not a directory", "untrusted" },
    { s2sv_trust_add_file, "empty.pem", S2SV_ERR_IO, "no PEM certificate", "untrusted" },
    { s2sv_trust_add_file, "text.pem", S2SV_ERR_IO, "no PEM certificate", "untrusted" },
    { s2sv_trust_add_file, "bad.pem", S2SV_ERR_INVALID, "malformed", "untrusted" },
    { s2sv_trust_add_file, "torn.pem", S2SV_ERR_INVALID, "malformed", "untrusted" },
    { s2sv_trust_add_file, "locked.pem", S2SV_ERR_INVALID, "malformed", "untrusted" },
    { s2sv_trust_add_file, "servers.pem", 0, "", "none" },        /* P-27 */
    { s2sv_trust_add_file, "noclients.pem", 0, "", "none" },      /* P-27 */
    { s2sv_trust_add_file, "clients.pem", 0, "", "untrusted" },   /* P-27 */
    { s2sv_trust_add_file, "rejected.pem", 0, "", "untrusted" },  /* P-27 */
    { s2sv_trust_add_file, "distrusting.pem", 0, "", "revoked" }, /* T-2 */
    { s2sv_trust_add_file, "other.pem", 0, "", "revoked" },       /* T-2 */
    { s2sv_trust_add_dir, "hashed", 0, "", "none" },
    { s2sv_trust_add_dir, "none", S2SV_ERR_IO, "no hashed certificate", "untrusted" },
    { s2sv_trust_add_dir, "missing", S2SV_ERR_IO, "No such file", "untrusted" },
    { s2sv_trust_add_dir, "root.pem", S2SV_ERR_IO, "Not a directory", "untrusted" },
    { s2sv_trust_add_dir, "broken", S2SV_ERR_INVALID, "broken/ffffffff.7: line 1: malformed",
      "untrusted" },
    { s2sv_trust_add_dir, "odd", S2SV_ERR_INVALID,
      "odd/ffffffff.7: line 1: certificate 1: malformed-certificate", "untrusted" },
};

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct s2sv_trust *trust = s2sv_trust_new(s2sv_openssl_backend());
        print_message("%s\n", rows[i].path);
        assert_int_equal(rows[i].add(trust, path_of(rows[i].path)), rows[i].status);
        if (rows[i].status != 0)
            assert_non_null(strstr(s2sv_trust_error(trust), path_of(rows[i].path)));
        assert_non_null(strstr(s2sv_trust_error(trust), rows[i].says));
        assert_string_equal(judge(trust), rows[i].reason);
        s2sv_trust_unref(trust);
    }
}

/* Root may read everything, so this runs as somebody else. */
static void test_unreadable(void **state)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_openssl_backend());
    uid_t was = geteuid();
    (void)state;
    assert_int_equal(chmod(path_of("root.pem"), 0), 0);
    assert_int_equal(chmod(dir, 0755), 0);
    if (was == 0)
        assert_int_equal(seteuid(65534), 0);
    assert_int_equal(s2sv_trust_add_file(trust, path_of("root.pem")), S2SV_ERR_IO);
    assert_int_equal(seteuid(was), 0);
    assert_int_equal(chmod(path_of("root.pem"), 0600), 0);
    assert_non_null(strstr(s2sv_trust_error(trust), "root.pem: Permission denied"));
    s2sv_trust_unref(trust);
}

/* OpenSSL's own variables name the system's anchors; a list of folders has colons. */
static void test_system(void **state)
{
    static const struct {
        const char *file, *dirs, *reason;
        int status;
        const char *says;
    } cases[] = {
        { "root.pem", "missing", "none", 0, "" },
        { "missing.pem", "missing:%s/hashed", "none", 0, "" },
        { "missing.pem", "missing", "untrusted", S2SV_ERR_IO, "" },
        { "bad.pem", "missing", "untrusted", S2SV_ERR_IO,
          "bad.pem: line 1: certificate 1: malformed-certificate" },
        { "torn.pem", "missing", "untrusted", S2SV_ERR_IO, "torn.pem: line 1: malformed PEM" },
        { "empty.pem", "missing", "untrusted", S2SV_ERR_IO, "nothing to load" },
        { "empty.pem", "missing:%s/hashed", "none", 0, "" },
        { "none", "missing:%s/hashed", "none", 0, "" },
        { "mixed.pem", "missing", "none", 0, "" },
        { "missing.pem", "missing:%s/mixed", "none", 0, "" },
        { "bad.pem", "missing:%s/hashed", "none", 0, "" },
        { "none", "missing", "untrusted", S2SV_ERR_IO, "none: Is a directory" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct s2sv_trust *trust = s2sv_trust_new(s2sv_openssl_backend());
        char dirs[300];
        const char *folder = strchr(cases[i].dirs, '/');
        if (folder)
            snprintf(dirs, sizeof dirs, "missing:%s", path_of(folder + 1));
        else
            snprintf(dirs, sizeof dirs, "missing");
        setenv("SSL_CERT_FILE", path_of(cases[i].file), 1);
        setenv("SSL_CERT_DIR", dirs, 1);
        assert_int_equal(s2sv_trust_add_system(trust), cases[i].status);
        assert_non_null(strstr(s2sv_trust_error(trust), cases[i].says));
        assert_string_equal(judge(trust), cases[i].reason);
        s2sv_trust_unref(trust);
    }
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
}

/* Nothing is left in the thread's error queue, which SSL_get_error() would take for its own. */
static void test_error_queue(void **state)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_openssl_backend());
    (void)state;
    ERR_clear_error();
    BIO_free(BIO_new_file("/nonexistent", "r")); /* the application's own */
    unsigned long before = ERR_peek_last_error();
    assert_int_not_equal(before, 0);
    assert_int_equal(s2sv_trust_add_file(trust, path_of("bad.pem")), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_trust_add_der(trust, "\x30\x03", 2), S2SV_ERR_INVALID);
    assert_string_equal(judge(trust), "untrusted");
    assert_int_equal(ERR_peek_last_error(), before);
    ERR_clear_error();
    assert_int_equal(s2sv_trust_add_file(trust, path_of("bad.pem")), S2SV_ERR_INVALID);
    assert_int_equal(s2sv_trust_add_file(trust, path_of("root.pem")), 0);
    assert_string_equal(judge(trust), "none");
    assert_int_equal(ERR_peek_error(), 0);
    s2sv_trust_unref(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_error_queue),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
