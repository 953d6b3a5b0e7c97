/* SPDX-License-Identifier: MIT
 * validate() heeds every field of what it is asked, and takes no other path than the one asked for.
 * It looks inside: link it with the objects of the core and of the backend. */
#include "gnutls_pair.h"

#include <time.h>

#include "../../backends/gnutls/internal.h"
#include "../../lib/rules/faults.h"

enum { DAY = 86400 };

/* What an application has set: nothing; no list, for a trust of ours; a list with nothing in it,
 * with the root, with the root and a CRL, with the root and a stricter profile. */
enum application { NONE, OWN_TRUST, EMPTY, EMPTY_NAMED, ROOT, ROOT_CRL, ROOT_STRICT };

static const char *const specs[][2] = {
    { "leaf", "issuer=int san=dns:a.example" },
    { "client", "issuer=int eku=clientAuth" },
    { "forged", "issuer=int mutate=flip-signature" },
    { "old", "issuer=int not-before=-9d not-after=-1d" },
    { "rsa1024", "issuer=int key=rsa1024" },
    { "rsa2048", "issuer=int key=rsa2048" },
    { "sha1", "issuer=int sig=sha1" },
    { "self", "san=dns:a.example" },
    { "old-self", "not-before=-9d not-after=-1d" },
    { "int-client", "ca issuer=root same-key=int eku=clientAuth" },
    { "int-other", "ca issuer=root subject=CN=int" },
    { "int-old", "ca issuer=root same-key=int not-before=-9d not-after=-1d" },
    { "v1-root", "ca version=1 subject=CN=v1" },
    { "v1-leaf", "issuer=v1-root" },
};

static const struct row {
    const char *path;
    int days; /* 0: the clock's time; otherwise a given one */
    int server_auth;
    enum application application;
    const char *reason; /* "none": accepted */
} rows[] = {
    { "leaf int root", 0, 1, NONE, "none" },
    { "leaf int root", 0, 1, OWN_TRUST, "none" },
    { "leaf int", 0, 1, NONE, "none" }, /* C-3 */
    { "self", 0, 1, NONE, "none" },     /* C-5 */
    { "old-self", 0, 1, NONE, "expired" },
    { "v1-leaf v1-root", 0, 1, NONE, "none" }, /* C-11 */
    /* exactly this path */
    { "leaf root", 0, 1, NONE, "untrusted" },
    { "leaf int-other", 0, 1, NONE, "untrusted" },
    { "leaf int-old root", 0, 1, NONE, "expired" },
    { "leaf int self", 0, 1, NONE, "untrusted" },
    { "forged int root", 0, 1, NONE, "bad-signature" },
    /* the time */
    { "old int root", 0, 1, NONE, "expired" },
    { "old int root", -5, 1, NONE, "none" },
    { "old int root", -5, 1, ROOT, "none" },
    { "leaf int root", 9999, 1, NONE, "none" }, /* the core's to say */
    /* the second lock */
    { "client int root", 0, 1, NONE, "wrong-purpose" },
    { "client int root", 0, 0, NONE, "none" },
    { "client int root", 0, 0, ROOT, "none" },
    { "leaf int-client root", 0, 1, NONE, "wrong-purpose" },
    { "leaf int-client root", 0, 0, NONE, "none" },
    /* strength: RSA 2048 at least, more if the application says so */
    { "rsa1024 int root", 0, 1, NONE, "weak-algorithm" },
    { "rsa2048 int root", 0, 1, NONE, "none" },
    { "rsa2048 int root", 0, 1, ROOT, "none" },
    { "rsa2048 int root", 0, 1, ROOT_STRICT, "weak-algorithm" },
    { "sha1 int root", 0, 1, NONE, "weak-algorithm" },
    /* the application's own list */
    { "leaf int root", 0, 1, ROOT, "none" },
    { "leaf int root", 0, 1, EMPTY, "untrusted" },
    { "leaf int root", 0, 1, EMPTY_NAMED, "none" },
    { "leaf int", 0, 1, EMPTY_NAMED, "none" },
    { "forged int", 0, 1, EMPTY_NAMED, "bad-signature" },
    { "leaf int root", 0, 1, ROOT_CRL, "revoked" },
    { "rsa2048 int root", 0, 1, ROOT_CRL, "none" },
};

static void fill(gnutls_certificate_credentials_t cred, enum application application)
{
    if (application >= ROOT)
        cred_trust(cred, "root");
    if (application == ROOT_CRL) {
        gnutls_datum_t crl = crl_of("crl", "issuer=int revoked=leaf");
        assert_int_equal(gnutls_certificate_set_x509_crl_mem(cred, &crl, GNUTLS_X509_FMT_DER), 1);
    }
    if (application == ROOT_STRICT)
        gnutls_certificate_set_verify_flags(cred, GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_HIGH));
}

static int validate(enum application application, const struct s2sv_path_request *request,
                    struct s2sv_evidence *evidence)
{
    gnutls_certificate_credentials_t cred = cred_new(NULL);
    fill(cred, application);
    struct svg_application app = { .list = NULL,
                                   .flags = gnutls_certificate_get_verify_flags(cred) };
    if (application != OWN_TRUST)
        gnutls_certificate_get_trust_list(cred, &app.list);
    int accepted =
        s2sv_gnutls_backend()->validate(application == NONE ? NULL : &app, request, evidence);
    gnutls_certificate_free_credentials(cred);
    return accepted;
}

/* "leaf int root" as links. */
static size_t path_of(const char *names, struct s2sv_link *links)
{
    char copy[64], *rest = copy, *name;
    size_t count = 0;
    assert_true(strlen(names) < sizeof copy);
    strcpy(copy, names);
    while ((name = strtok_r(rest, " ", &rest))) {
        gnutls_datum_t der = der_of(name, NULL);
        links[count] = (struct s2sv_link){ der.data, der.size, NULL };
        assert_int_equal(s2sv_gnutls_backend()->import(der.data, der.size, &links[count].native),
                         0);
        count++;
    }
    return count;
}

/* Returns 1, or 0 and the first thing held against it. */
static int ask(const struct row *row, struct sv_faults *faults)
{
    struct s2sv_link links[4];
    struct s2sv_evidence evidence = { .faults = faults };
    struct s2sv_path_request request = { .path = links,
                                         .count = path_of(row->path, links),
                                         .time = (int64_t)time(NULL) + (int64_t)row->days * DAY,
                                         .time_is_given = row->days != 0,
                                         .server_auth = row->server_auth,
                                         .anchor_is_named = row->application == EMPTY_NAMED };
    memset(faults, 0, sizeof *faults);
    int accepted = validate(row->application, &request, &evidence);
    assert_int_equal(accepted, evidence.count == 0);
    for (size_t i = 0; i < request.count; i++)
        s2sv_gnutls_backend()->release(links[i].native);
    return accepted;
}

static void every_row(void **state)
{
    struct sv_faults faults;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int accepted = ask(&rows[i], &faults);
        print_message("%s, %+d days, lock %d, application %d: %s\n", rows[i].path, rows[i].days,
                      rows[i].server_auth, (int)rows[i].application, faults.items[0].text);
        assert_string_equal(accepted ? "none" : s2sv_reason_name(faults.items[0].reason),
                            rows[i].reason);
    }
}

/* Every bit has a class; what has none, or stands alone, refuses as internal. */
static void fault_classes(void **state)
{
    static const struct {
        unsigned status;
        enum s2sv_reason reason;
    } cases[] = {
        { GNUTLS_CERT_SIGNER_NOT_FOUND, S2SV_REASON_UNTRUSTED },
        { GNUTLS_CERT_SIGNATURE_FAILURE, S2SV_REASON_BAD_SIGNATURE },
        { GNUTLS_CERT_NOT_ACTIVATED, S2SV_REASON_NOT_YET_VALID },
        { GNUTLS_CERT_EXPIRED, S2SV_REASON_EXPIRED },
        { GNUTLS_CERT_REVOKED, S2SV_REASON_REVOKED },
        { GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED, S2SV_REASON_REVOCATION_UNKNOWN },
        { GNUTLS_CERT_MISSING_OCSP_STATUS, S2SV_REASON_REVOCATION_UNKNOWN },
        { GNUTLS_CERT_SIGNER_NOT_CA, S2SV_REASON_CONSTRAINT_VIOLATED },
        { GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, S2SV_REASON_CONSTRAINT_VIOLATED },
        { GNUTLS_CERT_INSECURE_ALGORITHM, S2SV_REASON_WEAK_ALGORITHM },
        { GNUTLS_CERT_PURPOSE_MISMATCH, S2SV_REASON_WRONG_PURPOSE },
        { GNUTLS_CERT_UNEXPECTED_OWNER, S2SV_REASON_NAME_MISMATCH },
        { GNUTLS_CERT_INVALID, S2SV_REASON_INTERNAL_ERROR },
        { 1u << 31, S2SV_REASON_INTERNAL_ERROR },
        { 0, S2SV_REASON_INTERNAL_ERROR },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sv_faults faults = { .count = 0 };
        struct s2sv_evidence evidence = { .faults = &faults };
        svg_add_faults(&evidence, cases[i].status);
        assert_int_equal(evidence.count, 1);
        assert_int_equal(faults.items[0].reason, cases[i].reason);
    }
}

static int make(void **state)
{
    (void)state;
    make_cas();
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        der_of(specs[i][0], specs[i][1]);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    forget_certificates();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),

        cmocka_unit_test(fault_classes),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
