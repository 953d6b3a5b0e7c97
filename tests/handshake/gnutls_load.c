/* SPDX-License-Identifier: MIT
 * Anchors from files, directories and the system: what is taken, and what is said if not. */
#include "gnutls_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/s2sverify-gnutls-XXXXXX";

static const char *place(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *a, const char *b)
{
    FILE *file = fopen(place(name), "wb");
    assert_non_null(file);
    fprintf(file, "%s%s", a, b);
    assert_int_equal(fclose(file), 0);
}

static char *without_end(char *pem)
{
    pem[strlen(pem) / 2] = '\0';
    return pem;
}

static void write_files(void)
{
    char *root = pem_of("root"), *other = pem_of("int"), *cut = without_end(pem_of("root"));
    write_file("one.pem", root, "");
    write_file("two.pem", root, other);
    write_file("text.pem", "Our roots\r\n", root);
    write_file("mark.pem", "\xef\xbb\xbf", root);
    write_file("late-mark.pem", "\n\xef\xbb\xbf", root);
    write_file("one-line.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
               root);
    write_file("cut.pem", other, cut);
    write_file("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "");
    write_file("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "");
    write_file("trusted.pem", root,
               "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n"
               "-----END TRUSTED CERTIFICATE-----\n");
    write_file("empty.pem", "", "");
    mkdir(place("hashed"), 0700);
    write_file("hashed/0a1b2c3d.0", root, "");
    write_file("hashed/0a1b2c3d.10", other, "");
    write_file("hashed/0a1b2c3d.r0", "a CRL", "");
    write_file("hashed/README.0", "text", "");
    assert_int_equal(symlink("gone", place("hashed/ffffffff.0")), 0);
    assert_int_equal(symlink("/etc/passwd/x", place("hashed/fffffffe.0")), 0);
    mkdir(place("bad"), 0700);
    write_file("bad/0a1b2c3d.0", root, "");
    write_file("bad/0a1b2c3d.1", cut, "");
    mkdir(place("none"), 0700);
    mkdir(place("dir"), 0700);
    free(root);
    free(other);
    free(cut);
}

static const struct row {
    const char *name;
    int is_dir, status;
    const char *error; /* after the name of the file */
} rows[] = {
    { "one.pem", 0, S2SV_DECIDED, "" },
    { "two.pem", 0, S2SV_DECIDED, "" },
    { "text.pem", 0, S2SV_DECIDED, "" },
    { "mark.pem", 0, S2SV_DECIDED, "" }, /* PEM-1 */
    { "late-mark.pem", 0, S2SV_ERR_INVALID, "late-mark.pem: line 2: malformed PEM" },
    { "one-line.pem", 0, S2SV_ERR_INVALID, "one-line.pem: line 3: malformed PEM" },
    { "hashed", 1, S2SV_DECIDED, "" },
    { "missing.pem", 0, S2SV_ERR_IO, "missing.pem: No such file or directory" },
    { "one.pem/below", 0, S2SV_ERR_IO, "one.pem/below: Not a directory" },
    { "dir", 0, S2SV_ERR_IO, "dir: Is a directory" },
    { "empty.pem", 0, S2SV_ERR_IO, "empty.pem: no PEM certificate in it" },
    { "key.pem", 0, S2SV_ERR_IO, "key.pem: no PEM certificate in it" },
    { "cut.pem", 0, S2SV_ERR_INVALID, "cut.pem: " },
    { "garbage.pem", 0, S2SV_ERR_INVALID, "garbage.pem: line 1: certificate 1: " },
    { "trusted.pem", 0, S2SV_ERR_INVALID, /* P-27 */
      "the settings of a TRUSTED CERTIFICATE are OpenSSL's alone" },
    { "missing", 1, S2SV_ERR_IO, "missing: No such file or directory" },
    { "none", 1, S2SV_ERR_IO, "none: no hashed certificate in it" },
    { "one.pem", 1, S2SV_ERR_IO, "one.pem: Not a directory" },
    { "bad", 1, S2SV_ERR_INVALID, "bad/0a1b2c3d.1: " },
};

/* Is a leaf under "int", which is under "root", trusted? All or nothing. */
static int trusts_leaf(struct s2sv_trust *trust)
{
    struct s2sv_policy *policy = policy_of(S2SV_HANDSHAKE_ENFORCE);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    struct s2sv_verdict *verdict = NULL;
    gnutls_datum_t leaf = der_of("leaf", NULL), issuer = der_of("int", NULL);
    assert_int_equal(s2sv_peer_add_certificate(peer, leaf.data, leaf.size), 0);
    assert_int_equal(s2sv_peer_add_certificate(peer, issuer.data, issuer.size), 0);
    assert_int_equal(s2sv_verify(trust, policy, peer, &verdict), S2SV_DECIDED);
    int trusted = s2sv_verdict_trusted(verdict);
    s2sv_verdict_unref(verdict);
    s2sv_peer_free(peer);
    s2sv_policy_unref(policy);
    return trusted;
}

static void places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct s2sv_trust *trust = s2sv_trust_new(s2sv_gnutls_backend());
        const char *path = place(rows[i].name);
        int status =
            rows[i].is_dir ? s2sv_trust_add_dir(trust, path) : s2sv_trust_add_file(trust, path);
        print_message("%s: %d, %s\n", rows[i].name, status, s2sv_trust_error(trust));
        assert_int_equal(status, rows[i].status);
        assert_non_null(strstr(s2sv_trust_error(trust), rows[i].error));
        assert_int_equal(s2sv_trust_error(trust)[0] == '\0', status == S2SV_DECIDED);
        assert_int_equal(trusts_leaf(trust), status == S2SV_DECIDED);
        s2sv_trust_unref(trust);
    }
}

static void unreadable(void **state)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_gnutls_backend());
    (void)state;
    int is_root = geteuid() == 0; /* who may read everything */
    assert_int_equal(chmod(place("one.pem"), 0), 0);
    assert_int_equal(is_root ? seteuid(65534) : 0, 0);
    assert_int_equal(s2sv_trust_add_file(trust, place("one.pem")), S2SV_ERR_IO);
    assert_non_null(strstr(s2sv_trust_error(trust), "one.pem: Permission denied"));
    assert_int_equal(is_root ? seteuid(0) : 0, 0);
    s2sv_trust_unref(trust);
}

/* The library has a store here or says that it has none. */
static void system_store(void **state)
{
    struct s2sv_trust *trust = s2sv_trust_new(s2sv_gnutls_backend());
    gnutls_x509_trust_list_t list;
    (void)state;
    assert_int_equal(gnutls_x509_trust_list_init(&list, 0), 0);
    int count = gnutls_x509_trust_list_add_system_trust(list, 0, 0);
    gnutls_x509_trust_list_deinit(list, 1);
    assert_int_equal(s2sv_trust_add_system(trust), count > 0 ? S2SV_DECIDED : S2SV_ERR_IO);
    assert_false(trusts_leaf(trust));
    s2sv_trust_unref(trust);
}

static int make(void **state)
{
    (void)state;
    make_cas();
    der_of("leaf", "issuer=int");
    assert_non_null(mkdtemp(folder));
    write_files();
    return 0;
}

static int drop(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    forget_certificates();
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(system_store),
        cmocka_unit_test(unreadable),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
