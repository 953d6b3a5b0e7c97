/* SPDX-License-Identifier: MIT
 * Whatever an application set on its credentials and session, s2sverify accepts nobody whom GnuTLS
 * itself, asked for server purpose on the same objects, refuses there; but for another path from
 * the same certificates, which GnuTLS must then accept. Settings are made at random: priority
 * strings, flags, limits, profiles, trust lists with their flags, revocation lists, removed and
 * named certificates. Each peer is met in a real handshake, and judged there and by
 * s2sv_gnutls_verify() under further settings.
 *
 * usage: property_gnutls_settings [ROUNDS [SEED]] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gnutls_pair.h"

enum { PER_SESSION = 10 };

static uint64_t state;

/* Of so many, one (xorshift64*). */
static unsigned any(unsigned count)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * 0x2545f4914f6cdd1dULL >> 33) % count);
}

#define COUNT(array) (unsigned)(sizeof(array) / sizeof *(array))

/* The issuers come first. */
static const char *const specs[][2] = {
    { "root", "ca" },
    { "int", "ca issuer=root" },
    { "gone-int", "ca issuer=root" },
    { "leaf", "issuer=int san=dns:a.example" },
    { "client", "issuer=int san=dns:a.example eku=clientAuth" },
    { "old", "issuer=int san=dns:a.example not-before=-9d not-after=-1d" },
    { "new", "issuer=int san=dns:a.example not-before=+2d not-after=+9d" },
    { "forged", "issuer=int san=dns:a.example mutate=flip-signature" },
    { "critical", "issuer=int san=dns:a.example ext=1.2.3.4.5:critical:0500" },
    { "gone", "issuer=int san=dns:a.example" },
    { "below-gone", "issuer=gone-int san=dns:a.example" },
    { "must", "issuer=int san=dns:a.example tlsfeature" },
    { "sub", "ca issuer=int bc=ca:0" },
    { "subsub", "ca issuer=sub" },
    { "deep", "issuer=sub san=dns:a.example" },
    { "deeper", "issuer=subsub san=dns:a.example" },
    { "rsa-root", "ca key=rsa2048" },
    { "rsa", "issuer=rsa-root key=rsa2048 san=dns:a.example" },
    { "small-root", "ca key=rsa1024" },
    { "small", "issuer=small-root san=dns:a.example" },
    { "sha1", "issuer=rsa-root sig=sha1 san=dns:a.example" },
    { "mixed", "issuer=rsa-root san=dns:a.example" },
    { "p384-root", "ca key=p384" },
    { "p384", "issuer=p384-root key=p384 san=dns:a.example" },
    { "nc", "ca issuer=root nc=permitted:dns:example" },
    { "within", "issuer=nc san=dns:a.example" },
    { "beyond", "issuer=nc san=dns:a.test" },
    { "old-int", "ca issuer=root same-key=int not-before=-9d not-after=-1d" },
    { "rsa-int", "ca issuer=rsa-root same-key=int" },
    { "self", "san=dns:a.example subject=CN=self" },
    { "nobody", "ca" },
    { "stranger", "issuer=nobody san=dns:a.example" },
};
static const char *const chains[][5] = {
    { "leaf", "int" },
    { "leaf", "int" },
    { "leaf", "int", "root" },
    { "leaf" },
    { "client", "int" },
    { "old", "int" },
    { "new", "int" },
    { "forged", "int" },
    { "critical", "int" },
    { "gone", "int" },
    { "must", "int" },
    { "below-gone", "gone-int" },
    { "deep", "sub", "int" },
    { "deeper", "subsub", "sub", "int" },
    { "rsa" },
    { "rsa", "rsa-root" },
    { "small" },
    { "sha1" },
    { "mixed" },
    { "p384" },
    { "within", "nc" },
    { "beyond", "nc" },
    { "leaf", "old-int", "int" },
    { "leaf", "rsa-int", "int" },
    { "leaf", "rsa-int" },
    { "leaf", "nobody", "int" },
    { "deep", "int", "sub" },
    { "self" },
    { "stranger" },
    { "stranger", "nobody" },
};
static const char *const anchors[] = { "root",     "root",      "root",       "rsa-root",
                                       "rsa-root", "p384-root", "int",        "sub",
                                       "leaf",     "self",      "small-root", "nobody" };
static const char *const lists[] = {
    "issuer=int revoked=gone",
    "issuer=root revoked=gone-int",
    "issuer=root revoked=int",
    "issuer=int this-update=-9d next-update=-1d revoked=leaf",
    "issuer=int signer=self revoked=leaf",
    "issuer=rsa-root",
};
/* Every level has a profile, LOW unless another is named. */
static const struct {
    const char *text;
    gnutls_certificate_verification_profiles_t profile;
} levels[] = {
    { "NORMAL", GNUTLS_PROFILE_LOW },
    { "NORMAL", GNUTLS_PROFILE_LOW },
    { "NORMAL", GNUTLS_PROFILE_LOW },
    { "SECURE128", GNUTLS_PROFILE_LOW },
    { "PERFORMANCE", GNUTLS_PROFILE_LOW },
    { "NORMAL:%PROFILE_VERY_WEAK", GNUTLS_PROFILE_VERY_WEAK },
    { "NORMAL:%PROFILE_LOW", GNUTLS_PROFILE_LOW },
    { "NORMAL:%PROFILE_LEGACY", GNUTLS_PROFILE_LEGACY },
    { "NORMAL:%PROFILE_MEDIUM", GNUTLS_PROFILE_MEDIUM },
    { "NORMAL:%PROFILE_HIGH", GNUTLS_PROFILE_HIGH },
    { "PFS:%PROFILE_HIGH", GNUTLS_PROFILE_HIGH },
    { "NORMAL:%PROFILE_ULTRA", GNUTLS_PROFILE_ULTRA },
    { "NORMAL:%PROFILE_FUTURE", GNUTLS_PROFILE_FUTURE },
    { "NORMAL:%PROFILE_SUITEB128", GNUTLS_PROFILE_SUITEB128 },
    { "NORMAL:%PROFILE_SUITEB192", GNUTLS_PROFILE_SUITEB192 },
};
static const char *const additions[] = {
    "%VERIFY_ALLOW_BROKEN",       "%VERIFY_ALLOW_SIGN_RSA_MD5",   "%VERIFY_ALLOW_SIGN_WITH_SHA1",
    "%VERIFY_DISABLE_CRL_CHECKS", "%VERIFY_ALLOW_X509_V1_CA_CRT", "%COMPAT"
};
static const unsigned flags[] = {
    GNUTLS_VERIFY_DISABLE_CA_SIGN,
    GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES,
    GNUTLS_VERIFY_DO_NOT_ALLOW_SAME,
    GNUTLS_VERIFY_ALLOW_ANY_X509_V1_CA_CRT,
    GNUTLS_VERIFY_ALLOW_BROKEN,
    GNUTLS_VERIFY_DISABLE_TIME_CHECKS,
    GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS,
    GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT,
    GNUTLS_VERIFY_DISABLE_CRL_CHECKS,
    GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN,
    GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN,
    GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS,
    GNUTLS_VERIFY_IGNORE_UNKNOWN_CRIT_EXTENSIONS,
    GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1,
};
static const unsigned profiles[] = { GNUTLS_PROFILE_LOW,    GNUTLS_PROFILE_MEDIUM,
                                     GNUTLS_PROFILE_HIGH,   GNUTLS_PROFILE_ULTRA,
                                     GNUTLS_PROFILE_FUTURE, GNUTLS_PROFILE_SUITEB128 };

static gnutls_datum_t crls[COUNT(lists)];
static struct s2sv_policy *record;
static unsigned long settings, both, neither, narrower, other_path, counterexamples;

/* ---- settings -------------------------------------------------------------------------------- */

/* What is set on credentials, as text, to tell it. */
struct set {
    gnutls_certificate_credentials_t cred;
    struct s2sv_trust *trust; /* NULL: the credentials' anchors */
    char text[512];
};

static void note(struct set *set, const char *what, const char *of)
{
    size_t len = strlen(set->text);
    snprintf(set->text + len, sizeof set->text - len, " %s%s", what, of);
}

static gnutls_x509_crt_t certificate(const char *name)
{
    gnutls_datum_t der = der_of(name, NULL);
    gnutls_x509_crt_t crt;
    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    assert_int_equal(gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER), 0);
    return crt;
}

static unsigned any_list_flags(void)
{
    static const unsigned of_list[] = { 0, 0, GNUTLS_TL_NO_DUPLICATES, GNUTLS_TL_NO_DUPLICATE_KEY,
                                        GNUTLS_TL_USE_IN_TLS };
    return of_list[any(COUNT(of_list))];
}

static void add_anchor(struct set *set, gnutls_x509_trust_list_t list)
{
    const char *name = anchors[any(COUNT(anchors))];
    gnutls_x509_crt_t crt = certificate(name);
    note(set, "+", name);
    if (gnutls_x509_trust_list_add_cas(list, &crt, 1, any_list_flags()) != 1)
        gnutls_x509_crt_deinit(crt);
    if (set->trust) {
        gnutls_datum_t der = der_of(name, NULL);
        assert_int_equal(s2sv_trust_add_der(set->trust, der.data, der.size), 0);
    }
}

static void add_crl(struct set *set, gnutls_x509_trust_list_t list)
{
    unsigned which = any(COUNT(lists)), is_checked = any(2);
    gnutls_x509_crl_t crl;
    assert_int_equal(gnutls_x509_crl_init(&crl), 0);
    assert_int_equal(gnutls_x509_crl_import(crl, &crls[which], GNUTLS_X509_FMT_DER), 0);
    note(set, is_checked ? "checked crl: " : "crl: ", lists[which]);
    if (gnutls_x509_trust_list_add_crls(list, &crl, 1, is_checked ? GNUTLS_TL_VERIFY_CRL : 0, 0) !=
            1 &&
        !is_checked)
        gnutls_x509_crl_deinit(crl);
}

/* Removed certificates are distrusted from then on; they need not be anchors. */
static void remove_one(struct set *set, gnutls_x509_trust_list_t list)
{
    const char *name = specs[any(COUNT(specs))][0];
    gnutls_x509_crt_t crt = certificate(name);
    note(set, "-", name);
    gnutls_x509_trust_list_remove_cas(list, &crt, 1);
    gnutls_x509_crt_deinit(crt);
}

static void name_one(struct set *set, gnutls_x509_trust_list_t list)
{
    const char *name = specs[any(COUNT(specs))][0];
    gnutls_x509_crt_t crt = certificate(name);
    note(set, "named ", name);
    if (gnutls_x509_trust_list_add_named_crt(list, crt, "a.example", 9, 0) < 0)
        gnutls_x509_crt_deinit(crt);
}

static void set_flags(struct set *set)
{
    unsigned all = 0;
    char text[32];
    for (unsigned i = any(4); i > 1; i--)
        all |= flags[any(COUNT(flags))];
    if (any(4) == 0)
        all |= GNUTLS_PROFILE_TO_VFLAGS(profiles[any(COUNT(profiles))]);
    gnutls_certificate_set_verify_flags(set->cred, all);
    snprintf(text, sizeof text, "%08x", all);
    note(set, "flags ", text);
    if (any(4) == 0) {
        unsigned depth = any(6);
        gnutls_certificate_set_verify_limits(set->cred, any(2) ? 8200 : 16384, depth);
        snprintf(text, sizeof text, "%u", depth);
        note(set, "depth ", text);
    }
}

/* With a trust of ours the anchors are the same, and what counts of the credentials beside them. */
static struct set set_make(int has_trust)
{
    struct set set = { NULL, has_trust ? s2sv_trust_new(s2sv_gnutls_backend()) : NULL, "" };
    gnutls_x509_trust_list_t list;
    if (has_trust)
        note(&set, "trust", "");
    assert_int_equal(gnutls_certificate_allocate_credentials(&set.cred), 0);
    assert_int_equal(gnutls_x509_trust_list_init(&list, 0), 0);
    for (unsigned i = 1 + any(4); i > 0; i--)
        add_anchor(&set, list);
    for (unsigned i = has_trust ? 0 : any(3); i > 0; i--)
        add_crl(&set, list);
    if (!has_trust && any(6) == 0)
        remove_one(&set, list);
    if (!has_trust && any(8) == 0)
        name_one(&set, list);
    gnutls_certificate_set_trust_list(set.cred, list, 0);
    set_flags(&set);
    assert_int_equal(s2sv_gnutls_install(set.cred, record, set.trust), 0);
    return set;
}

static void set_drop(struct set *set)
{
    s2sv_gnutls_uninstall(set->cred);
    gnutls_certificate_free_credentials(set->cred);
    s2sv_trust_unref(set->trust);
}

/* ---- one peer -------------------------------------------------------------------------------- */

struct meeting {
    struct pair pair;
    unsigned chain, profile;
    char priority[256];
};

/* With a trust of ours staples are judged by us alone, as gnutls.h says. */
static int accepts_bare(gnutls_session_t session, const struct set *set)
{
    const unsigned of_staples =
        GNUTLS_CERT_MISSING_OCSP_STATUS | GNUTLS_CERT_INVALID_OCSP_STATUS | GNUTLS_CERT_INVALID;
    unsigned char server[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID, server, 0 };
    unsigned status = 1;
    if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0)
        return 0;
    return status == 0 || (set->trust && status != GNUTLS_CERT_INVALID && !(status & ~of_staples));
}

/* 1: GnuTLS accepts the path that we found, by all that is set. */
static int accepts_path(const struct meeting *m, const struct set *set,
                        const struct s2sv_verdict *verdict)
{
    unsigned char server[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID, server, 0 };
    gnutls_x509_crt_t path[16];
    gnutls_x509_trust_list_t list;
    unsigned count = 0, status = 1, all = gnutls_certificate_get_verify_flags(set->cred);
    gnutls_datum_t der;
    const void *octets;
    size_t len;
    for (; count < 16 && s2sv_verdict_certificate(verdict, (int)count, &octets, &len) == 0;
         count++) {
        der = (gnutls_datum_t){ (unsigned char *)(uintptr_t)octets, (unsigned)len };
        assert_int_equal(gnutls_x509_crt_init(&path[count]), 0);
        assert_int_equal(gnutls_x509_crt_import(path[count], &der, GNUTLS_X509_FMT_DER), 0);
    }
    gnutls_certificate_get_trust_list(set->cred, &list);
    all |= GNUTLS_PROFILE_TO_VFLAGS(m->profile); /* as GnuTLS puts two together */
    int rc = gnutls_x509_trust_list_verify_crt2(list, path, count > 1 ? count - 1 : count, &purpose,
                                                1, all, &status, NULL);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(path[i]);
    return rc == 0 && status == 0;
}

static void compare(const struct meeting *m, const struct set *set,
                    const struct s2sv_verdict *verdict)
{
    int ours = s2sv_verdict_trusted(verdict), bare = accepts_bare(m->pair.ours, set);
    settings++;
    both += ours && bare;
    neither += !ours && !bare;
    narrower += !ours && bare;
    if (!ours || bare)
        return;
    if (accepts_path(m, set, verdict)) {
        other_path++;
        return;
    }
    counterexamples++;
    printf("COUNTEREXAMPLE %lu: chain", settings);
    for (unsigned i = 0; i < 5 && chains[m->chain][i]; i++)
        printf(" %s", chains[m->chain][i]);
    printf(", %s,%s\n", m->priority, set->text);
}

static void choose_priority(struct meeting *m)
{
    static const char *const versions[] = { "-VERS-ALL:+VERS-TLS1.2", "-VERS-ALL:+VERS-TLS1.3" };
    unsigned level = any(COUNT(levels)), is_longer = any(3) == 0;
    m->profile = levels[level].profile;
    snprintf(m->priority, sizeof m->priority, "%s:%s%s%s", levels[level].text, versions[any(2)],
             is_longer ? ":" : "", is_longer ? additions[any(COUNT(additions))] : "");
}

/* 0: GnuTLS doesn't know some word of the priority string. */
static int meet(struct meeting *m, const struct set *set)
{
    enum s2sv_direction direction = any(2) ? S2SV_INBOUND : S2SV_OUTBOUND;
    m->chain = any(COUNT(chains));
    choose_priority(m);
    pair_open(&m->pair, direction, "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3", set->cred, NULL,
              0);
    cred_show(m->pair.peers_cred, chains[m->chain][0], &chains[m->chain][1]);
    if (direction == S2SV_INBOUND) /* a server has one */
        cred_show(set->cred, "leaf", &chains[0][1]);
    if (gnutls_priority_set_direct(m->pair.ours, m->priority, NULL) < 0)
        return 0;
    assert_int_equal(s2sv_gnutls_attach(m->pair.ours, NULL), 0);
    return pair_handshake(&m->pair) == 0 && gnutls_certificate_get_peers(m->pair.ours, NULL);
}

static void run_session(void)
{
    struct set set = set_make(any(4) == 0);
    struct meeting m = { .chain = 0 };
    int is_met = meet(&m, &set);
    if (is_met)
        compare(&m, &set, s2sv_gnutls_verdict(m.pair.ours));
    for (int i = 1; is_met && i < PER_SESSION; i++) {
        struct set next = set_make(any(4) == 0);
        struct s2sv_verdict *verdict = NULL;
        gnutls_credentials_set(m.pair.ours, GNUTLS_CRD_CERTIFICATE, next.cred);
        assert_int_equal(s2sv_gnutls_verify(m.pair.ours, record, &verdict), 0);
        compare(&m, &next, verdict);
        s2sv_verdict_unref(verdict);
        gnutls_credentials_set(m.pair.ours, GNUTLS_CRD_CERTIFICATE, set.cred);
        set_drop(&next);
    }
    pair_close(&m.pair);
    set_drop(&set);
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 13;
    time_t began = time(NULL);
    state = seed * 0x9e3779b97f4a7c15ULL + 1;
    for (unsigned i = 0; i < COUNT(specs); i++)
        der_of(specs[i][0], specs[i][1]);
    for (unsigned i = 0; i < COUNT(lists); i++)
        crls[i] = crl_of(lists[i], lists[i]);
    record = policy_of(S2SV_HANDSHAKE_RECORD);
    while (settings < rounds)
        run_session();
    s2sv_policy_unref(record);
    forget_certificates();
    printf("seed %lu, %lu settings, %ld s: %lu accepted by both, %lu refused by both, %lu refused "
           "by s2sverify alone, %lu by another path, %lu counterexamples\n",
           seed, settings, (long)(time(NULL) - began), both, neither, narrower, other_path,
           counterexamples);
    /* Something must have been accepted, or nothing was compared. */
    return counterexamples > 0 || both * 20 < settings || narrower > both;
}
