/* SPDX-License-Identifier: MIT */
/* validate() heeds every field of what it is asked, and says all that OpenSSL holds against it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "../../backends/openssl/internal.h"
#include "../../lib/rules/faults.h"
#include "openssl_tls.h"

enum { DAY = 86400 };
enum { ANOTHER_PATH = -1 };
enum application { NONE, PLAIN, STRICT, OWN_TRUST, NAMED /* the anchor, by a TLSA record */ };

static const char *const specs[] = {
    "leaf: issuer=int san=dns:peer.example",
    "client: issuer=root eku=clientAuth",
    "forged: issuer=int mutate=flip-signature",
    "rsa: issuer=int key=rsa1024",
    "tiny: issuer=int key=rsa512",
    "sha1: issuer=int sig=sha1",
    "int-old: ca issuer=root same-key=int not-before=-9d not-after=-1d",
    "int-client: ca issuer=root same-key=int eku=clientAuth",
    "twin: ca subject=O=Test,CN=int",
    "self: san=dns:peer.example",
    "root-new: ca issuer=root subject=O=Test,CN=root",
    "leaf-new: issuer=root-new aki=absent",
    "leaf-key: issuer=root-new",
    NULL,
};

static const struct row {
    const char *path;
    int days, server_auth;
    enum application application;
    int code, depth; /* of the first thing held against it; code 0: nothing is */
} rows[] = {
    { "leaf int root", 0, 1, NONE, 0, 0 },
    { "leaf int root", 0, 0, NONE, 0, 0 },
    { "self", 0, 1, NONE, 0, 0 },
    /* C-3, where the anchors are ours */
    { "leaf int", 0, 1, NONE, 0, 0 },
    { "leaf int", 0, 1, OWN_TRUST, 0, 0 },
    { "leaf int", 0, 1, PLAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, 1 },
    { "leaf int", 0, 1, NAMED, 0, 0 },
    { "forged int", 0, 1, NAMED, X509_V_ERR_CERT_SIGNATURE_FAILURE, 0 },
    /* the path */
    { "leaf root", 0, 1, NONE, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0 },
    { "leaf int ours", 0, 1, NONE, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1 },
    { "leaf twin", 0, 1, NONE, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0 },
    { "leaf int-old root", 0, 1, NONE, X509_V_ERR_CERT_HAS_EXPIRED, 1 },
    { "leaf ours int root", 0, 1, NONE, ANOTHER_PATH, -1 },
    { "leaf-key root-new root", 0, 1, NONE, 0, 0 },
    { "leaf-new root-new root", 0, 1, NONE, 0, 0 },
    { "forged int root", 0, 1, NONE, X509_V_ERR_CERT_SIGNATURE_FAILURE, 0 },
    /* the time */
    { "leaf int root", 20000, 1, NONE, X509_V_ERR_CERT_HAS_EXPIRED, 2 },
    { "leaf int root", -3000, 1, NONE, X509_V_ERR_CERT_NOT_YET_VALID, 2 },
    { "leaf int-old root", -5, 1, NONE, 0, 0 },
    /* the second lock */
    { "client root", 0, 1, NONE, X509_V_ERR_INVALID_PURPOSE, 0 },
    { "client root", 0, 0, NONE, 0, 0 },
    { "client root", 0, 1, PLAIN, X509_V_ERR_INVALID_PURPOSE, 0 },
    { "client root", 0, 0, PLAIN, 0, 0 },
    { "leaf int-client root", 0, 1, NONE, X509_V_ERR_INVALID_PURPOSE, 1 },
    { "leaf int-client root", 0, 0, NONE, 0, 0 },
    /* strength: level 1 at least, more if the application says so */
    { "tiny int root", 0, 1, NONE, X509_V_ERR_EE_KEY_TOO_SMALL, 0 },
    { "tiny int root", 0, 1, PLAIN, X509_V_ERR_EE_KEY_TOO_SMALL, 0 },
    { "rsa int root", 0, 1, NONE, 0, 0 },
    { "rsa int root", 0, 1, STRICT, X509_V_ERR_EE_KEY_TOO_SMALL, 0 },
#if OPENSSL_VERSION_NUMBER >= 0x30000000L /* 1.1.1 takes it at level 1; the core never does */
    { "sha1 int root", 0, 1, NONE, X509_V_ERR_CA_MD_TOO_WEAK, 0 },
#endif
};

static struct pki *pki;

static size_t path_of(const char *text, struct s2sv_link *links)
{
    char copy[100], *rest = copy, *name;
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", text);
    while ((name = strtok_r(rest, " ", &rest))) {
        struct s2sv_link *link = &links[count++];
        link->der = pki_der(pki_find(pki, name), &link->len);
        assert_int_equal(s2sv_openssl_backend()->import(link->der, link->len, &link->native), 0);
    }
    return count;
}

static void path_free(struct s2sv_link *links, size_t count)
{
    while (count-- > 0)
        s2sv_openssl_backend()->release(links[count].native);
}

static int validate(enum application kind, const struct s2sv_path_request *request,
                    struct s2sv_evidence *evidence)
{
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    struct svo_application app = { .store = store,
                                   .param = param,
                                   .level = kind == STRICT ? 2 : 0,
                                   .own_trust = kind == OWN_TRUST };
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT); /* as libssl's server does */
    X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_CLIENT);
    int accepted = s2sv_openssl_backend()->validate(kind == NONE ? NULL : &app, request, evidence);
    X509_STORE_free(store);
    X509_VERIFY_PARAM_free(param);
    return accepted;
}

static void check(const struct row *row)
{
    struct s2sv_link links[4];
    struct sv_faults faults;
    struct s2sv_evidence evidence = { .faults = &faults };
    struct s2sv_path_request request = { .path = links,
                                         .count = path_of(row->path, links),
                                         .time = (int64_t)time(NULL) + row->days * DAY,
                                         .server_auth = row->server_auth,
                                         .anchor_is_named = row->application == NAMED };
    if ((time_t)request.time != request.time) /* 32 bits: OpenSSL isn't asked for dates past 2038 */
        return;
    memset(&faults, 0, sizeof faults);
    int accepted = validate(row->application, &request, &evidence);
    print_message("%s, %+d days, lock %d, application %d: %d, %s at %d\n", row->path, row->days,
                  row->server_auth, row->application, accepted, faults.items[0].text,
                  faults.items[0].depth);
    assert_int_equal(accepted, row->code == 0);
    assert_int_equal(evidence.count > 0, row->code != 0);
    if (row->code != 0) {
        assert_int_equal(faults.items[0].depth, row->depth);
        assert_non_null(strstr(
            faults.items[0].text,
            row->code == ANOTHER_PATH ? "another path" : X509_verify_cert_error_string(row->code)));
    }
    assert_int_equal(ERR_peek_error(), 0); /* libssl would take it for its own */
    path_free(links, request.count);
}

static void test_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

/* P-27: an anchor's settings count for servers, whatever libssl's role. */
static void test_trust_settings(void **state)
{
    static const struct {
        int nid, trust, accepted;
    } cases[] = {
        { NID_server_auth, 1, 1 },
        { NID_server_auth, 0, 0 },
        { NID_client_auth, 1, 0 },
        { NID_client_auth, 0, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases * 2; i++) {
        struct s2sv_link links[3];
        struct s2sv_evidence evidence = { .faults = NULL };
        struct s2sv_path_request request = { .path = links,
                                             .count = path_of("leaf int root", links),
                                             .time = (int64_t)time(NULL),
                                             .server_auth = (int)(i & 1) };
        ASN1_OBJECT *use = OBJ_nid2obj(cases[i / 2].nid);
        if (cases[i / 2].trust)
            X509_add1_trust_object(links[2].native, use);
        else
            X509_add1_reject_object(links[2].native, use);
        assert_int_equal(validate(PLAIN, &request, &evidence), cases[i / 2].accepted);
        path_free(links, request.count);
    }
}

static void test_import(void **state)
{
    static const unsigned char junk[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
    const struct s2sv_backend *backend = s2sv_openssl_backend();
    unsigned char longer[2000];
    void *native = NULL;
    size_t len;
    const unsigned char *der = pki_der(pki_find(pki, "leaf"), &len);
    (void)state;
    assert_true(len < sizeof longer);
    memcpy(longer, der, len);
    longer[len] = 0;
    assert_int_equal(backend->import(junk, sizeof junk, &native), S2SV_ERR_INVALID);
    assert_int_equal(backend->import("", 0, &native), S2SV_ERR_INVALID);
    assert_int_equal(backend->import(der, len - 1, &native), S2SV_ERR_INVALID);
    assert_int_equal(backend->import(longer, len + 1, &native), S2SV_ERR_INVALID);
    assert_int_equal(backend->import(der, SIZE_MAX, &native), S2SV_ERR_INVALID);
    assert_null(native);
    assert_int_equal(ERR_peek_error(), 0);
}

/* Every number has a class; what has none refuses. */
static void test_fault_classes(void **state)
{
    static const struct {
        long code;
        enum s2sv_finding fault;
    } cases[] = {
        { X509_V_ERR_UNSPECIFIED, S2SV_FINDING_INTERNAL },
        { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, S2SV_FINDING_UNTRUSTED },
        { X509_V_ERR_CERT_REJECTED, S2SV_FINDING_UNTRUSTED },
        { X509_V_ERR_AKID_SKID_MISMATCH, S2SV_FINDING_UNTRUSTED },
        { X509_V_ERR_CERT_SIGNATURE_FAILURE, S2SV_FINDING_SIGNATURE },
        { X509_V_ERR_CRL_SIGNATURE_FAILURE, S2SV_FINDING_REVOCATION_UNKNOWN },
        { X509_V_ERR_CERT_NOT_YET_VALID, S2SV_FINDING_NOT_YET_VALID },
        { X509_V_ERR_CERT_HAS_EXPIRED, S2SV_FINDING_EXPIRED },
        { X509_V_ERR_CRL_HAS_EXPIRED, S2SV_FINDING_REVOCATION_UNKNOWN },
        { X509_V_ERR_CERT_REVOKED, S2SV_FINDING_REVOKED },
        { X509_V_ERR_INVALID_CA, S2SV_FINDING_CONSTRAINT },
        { X509_V_ERR_PATH_LENGTH_EXCEEDED, S2SV_FINDING_CONSTRAINT },
        { X509_V_ERR_KEYUSAGE_NO_CERTSIGN, S2SV_FINDING_CONSTRAINT },
        { X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, S2SV_FINDING_REVOCATION_UNKNOWN },
        { X509_V_ERR_PERMITTED_VIOLATION, S2SV_FINDING_CONSTRAINT },
        { X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, S2SV_FINDING_CONSTRAINT },
        { X509_V_ERR_APPLICATION_VERIFICATION, S2SV_FINDING_INTERNAL },
        { X509_V_ERR_SUITE_B_LOS_NOT_ALLOWED, S2SV_FINDING_ALGORITHM },
        { X509_V_ERR_CA_MD_TOO_WEAK, S2SV_FINDING_ALGORITHM },
        { X509_V_ERR_CERT_CHAIN_TOO_LONG, S2SV_FINDING_LIMIT },
        { X509_V_ERR_INVALID_PURPOSE, S2SV_FINDING_PURPOSE },
        { X509_V_ERR_HOSTNAME_MISMATCH, S2SV_FINDING_NAME },
        { X509_V_ERR_IP_ADDRESS_MISMATCH, S2SV_FINDING_NAME },
        { X509_V_ERR_INVALID_CALL, S2SV_FINDING_INTERNAL },
        { X509_V_OK, S2SV_FINDING_INTERNAL },
        { -1, S2SV_FINDING_INTERNAL },
        { 4711, S2SV_FINDING_INTERNAL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(svo_finding(cases[i].code), cases[i].fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_trust_settings),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_fault_classes),
    };
    return TLS_RUN(&pki, specs, tests);
}
