/* SPDX-License-Identifier: MIT
 * GnuTLS's own answer about a session's peer. Flags, limits, removed and named certificates, the
 * session's priority string, the system's configuration and what the peer stapled count in it,
 * which no other call sees all of. */
#include <stdlib.h>

#include "internal.h"

/* GnuTLS says these also when another order or subset of what was presented would do: it doesn't
 * look for one. */
enum {
    MENDABLE = GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA |
               GNUTLS_CERT_SIGNATURE_FAILURE | GNUTLS_CERT_NOT_ACTIVATED | GNUTLS_CERT_EXPIRED |
               GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE | GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS |
               GNUTLS_CERT_PURPOSE_MISMATCH
};

static int peers_ask(gnutls_session_t session, int server_auth, unsigned *ret_status)
{
    gnutls_typed_vdata_st purpose = svg_lock();
    unsigned status = GNUTLS_CERT_INVALID;
    int rc = gnutls_certificate_verify_peers(session, &purpose, server_auth ? 1 : 0, &status);
    if (rc >= 0)
        *ret_status = status;
    return rc;
}

/* The same, with one anchor and these flags in the place of the credentials'. What belongs to the
 * session counts as before. */
static int ask_by(const struct svg_application *app, const gnutls_datum_t *anchor, unsigned flags,
                  int server_auth, unsigned *ret_status)
{
    gnutls_certificate_credentials_t own;
    if (gnutls_certificate_allocate_credentials(&own) < 0)
        return GNUTLS_E_MEMORY_ERROR;
    int rc = gnutls_certificate_set_x509_trust_mem(own, anchor, GNUTLS_X509_FMT_DER);
    gnutls_certificate_set_verify_flags(own, flags);
    if (rc >= 0 && (rc = gnutls_credentials_set(app->session, GNUTLS_CRD_CERTIFICATE, own)) >= 0) {
        rc = peers_ask(app->session, server_auth, ret_status);
        gnutls_credentials_set(app->session, GNUTLS_CRD_CERTIFICATE, app->cred);
    }
    gnutls_certificate_free_credentials(own);
    return rc;
}

/* Two names to expect are one too many: GnuTLS says so once the certificates have been counted and
 * read, before it verifies any. */
static int is_within_limits(gnutls_session_t session)
{
    unsigned char name[] = "";
    gnutls_typed_vdata_st names[] = { { GNUTLS_DT_RFC822NAME, name, 0 },
                                      { GNUTLS_DT_RFC822NAME, name, 0 } };
    unsigned unused;
    return gnutls_certificate_verify_peers(session, names, 2, &unused) != GNUTLS_E_CONSTRAINT_ERROR;
}

/* 1: an issuer with RSA 2048 is too weak; 0: it isn't; -1: that can't be said. */
static int is_too_weak(const struct svg_application *app, const gnutls_datum_t *stand_in,
                       unsigned profile)
{
    unsigned status = 0,
             flags = GNUTLS_VERIFY_DISABLE_CRL_CHECKS | GNUTLS_VERIFY_DISABLE_TIME_CHECKS | profile;
    if (ask_by(app, stand_in, flags, 0, &status) < 0 || status & GNUTLS_CERT_SIGNER_NOT_FOUND)
        return -1;
    return (status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0;
}

/* The name of the issuer of the last certificate that was presented. gnutls_free() it. */
static int name_last_issuer(const struct svg_application *app, gnutls_datum_t *ret_name)
{
    gnutls_x509_crt_t last;
    if (app->count == 0 || gnutls_x509_crt_init(&last) < 0)
        return 0;
    int rc = gnutls_x509_crt_import(last, &app->presented[app->count - 1], GNUTLS_X509_FMT_DER);
    if (rc >= 0)
        rc = gnutls_x509_crt_get_raw_issuer_dn(last, ret_name);
    gnutls_x509_crt_deinit(last);
    return rc >= 0;
}

/* There is no getter for the profile in a priority string, and together with one in the
 * credentials' flags it may demand more than either (GnuTLS ors their numbers). But as GnuTLS takes
 * a stand-in of the issuer's name, so it takes every key as strong; and it has looked at the keys
 * at all if a profile that nobody of that strength meets is not met. */
static enum svg_demands demands_of_keys(const struct svg_application *app)
{
    gnutls_datum_t name, stand_in;
    if (!name_last_issuer(app, &name))
        return SVG_UNKNOWN;
    int status = svg_stand_in(&name, &stand_in), is_weak = -1;
    gnutls_free(name.data);
    if (status != S2SV_DECIDED)
        return SVG_UNKNOWN;
    if (is_too_weak(app, &stand_in, GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_ULTRA)) == 1)
        is_weak = is_too_weak(app, &stand_in, app->flags & GNUTLS_VFLAGS_PROFILE_MASK);
    free(stand_in.data);
    return is_weak < 0 ? SVG_UNKNOWN : is_weak ? SVG_DEMANDING : SVG_PLAIN;
}

/* ---- the application's anchors --------------------------------------------------------------- */

int svg_peers(struct svg_application *app, int server_auth, struct s2sv_evidence *evidence)
{
    struct svg_answer *answer = &app->answers[server_auth != 0];
    if (!answer->is_known)
        answer->rc = peers_ask(app->session, server_auth, &answer->status);
    answer->is_known = 1;
    if (answer->rc >= 0 && answer->status != 0 && !(answer->status & ~(unsigned)MENDABLE) &&
        demands_of_keys(app) == SVG_PLAIN)
        return SVG_MENDABLE;
    return svg_tell(answer->rc, answer->status, evidence);
}

/* ---- a trust of ours ------------------------------------------------------------------------- */

static unsigned bit_of(unsigned count)
{
    return count > 0 && count <= 32 ? 1u << (count - 1) : 0;
}

int svg_is_plain(const struct svg_application *app)
{
    struct svg_installed *installed = app->installed;
    unsigned counts = atomic_load_explicit(&installed->counts, memory_order_relaxed);
    return (counts & bit_of(app->count)) != 0 &&
           atomic_load_explicit(&installed->demands, memory_order_relaxed) == SVG_PLAIN;
}

static enum svg_demands learn_demands(const struct svg_application *app)
{
    int demands = atomic_load_explicit(&app->installed->demands, memory_order_relaxed);
    if (demands == SVG_UNKNOWN) {
        demands = (int)demands_of_keys(app);
        atomic_store_explicit(&app->installed->demands, demands, memory_order_relaxed);
    }
    return (enum svg_demands)demands;
}

int svg_peers_by(const struct svg_application *app, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence)
{
    const struct s2sv_link *anchor = &request->path[request->count - 1];
    gnutls_datum_t der = { (unsigned char *)anchor->der, (unsigned)anchor->len }; /* only read */
    unsigned status = 0, flags = app->flags | GNUTLS_VERIFY_DISABLE_CRL_CHECKS;
    if (!is_within_limits(app->session))
        return svg_tell(GNUTLS_E_CONSTRAINT_ERROR, 0, evidence);
    if (app->installed)
        atomic_fetch_or_explicit(&app->installed->counts, bit_of(app->count), memory_order_relaxed);
    if (app->installed && learn_demands(app) == SVG_PLAIN)
        return 1;
    if (request->time_is_given)
        flags |= GNUTLS_VERIFY_DISABLE_TIME_CHECKS;
    int rc = ask_by(app, &der, flags, request->server_auth, &status);
    return svg_tell(rc, status, evidence);
}
