/* SPDX-License-Identifier: MIT
 * Validates one exact path: on a list with its anchor only; then GnuTLS is asked about the peer by
 * all that the application set. Where that may be because it tried no other path than one, the path
 * is validated on the application's list, whose CRLs, distrust and flags still hold whatever the
 * policy says of revocation. An anchor that a TLSA record names need not be on that list. */
#include "internal.h"

/* GnuTLS itself takes no longer path (C-18). */
enum { MAX_PATH = 16 };

/* The core's floor natively too: RSA 2048 (C-15). A stricter profile of the application stays. */
static unsigned floor_of(unsigned flags)
{
    if (GNUTLS_VFLAGS_TO_PROFILE(flags) >= GNUTLS_PROFILE_MEDIUM)
        return flags;
    flags &= ~(unsigned)GNUTLS_VFLAGS_PROFILE_MASK;
    return flags | GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);
}

/* Those flags that only make it stricter. */
static const unsigned STRICTER = GNUTLS_VFLAGS_PROFILE_MASK | GNUTLS_VERIFY_DO_NOT_ALLOW_SAME |
                                 GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT;

/* GnuTLS's time is the process's, so with a time of the caller's the core compares dates alone. */
static unsigned time_flag(const struct s2sv_path_request *request)
{
    return request->time_is_given ? GNUTLS_VERIFY_DISABLE_TIME_CHECKS : 0;
}

/* Asks a list about all of the path but the anchor. Returns 1; 0 with faults; or a status. */
static int validate_ask(gnutls_x509_trust_list_t list, const struct s2sv_path_request *request,
                        unsigned flags, struct s2sv_evidence *evidence)
{
    gnutls_x509_crt_t path[MAX_PATH];
    gnutls_typed_vdata_st purpose = svg_lock();
    unsigned status = GNUTLS_CERT_INVALID,
             count = (unsigned)(request->count - (request->count > 1));
    for (size_t i = 0; i < count; i++)
        path[i] = request->path[i].native;
    int rc = gnutls_x509_trust_list_verify_crt2(list, path, count, &purpose,
                                                request->server_auth ? 1 : 0,
                                                flags | time_flag(request), &status, NULL);
    return svg_tell(rc, status, evidence);
}

/* The list is private to the call and borrows the anchor. In order, or GnuTLS would sort. */
static int ask_anchor(const struct s2sv_path_request *request, unsigned profile,
                      struct s2sv_evidence *evidence)
{
    gnutls_x509_crt_t anchor = request->path[request->count - 1].native;
    gnutls_x509_trust_list_t list;
    int accepted = S2SV_ERR_NOMEM;
    if (gnutls_x509_trust_list_init(&list, 1) < 0)
        return S2SV_ERR_NOMEM;
    if (gnutls_x509_trust_list_add_cas(list, &anchor, 1, 0) == 1)
        accepted = validate_ask(list, request, profile | GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN,
                                evidence);
    gnutls_x509_trust_list_deinit(list, 0);
    return accepted;
}

static int refuse(struct s2sv_evidence *evidence, enum s2sv_finding fault, const char *text)
{
    s2sv_evidence_add(evidence, fault, -1, 0, text);
    return 0;
}

/* By the application's settings, beside what the path's own anchor says. */
static int ask_application(struct svg_application *app, const struct s2sv_path_request *request,
                           struct s2sv_evidence *evidence)
{
    int accepted = SVG_MENDABLE;
    if (app->installed)
        return svg_is_plain(app) ? 1 : svg_peers_by(app, request, evidence);
    if (request->anchor_is_named)
        return app->session ? svg_peers_by(app, request, evidence) : 1;
    if (app->session)
        accepted = svg_peers(app, request->server_auth, evidence);
    if (accepted != SVG_MENDABLE)
        return accepted;
    return app->list ? validate_ask(app->list, request, floor_of(app->flags), evidence) : 1;
}

int svg_validate(void *application, const struct s2sv_path_request *request,
                 struct s2sv_evidence *evidence)
{
    struct svg_application *app = application;
    unsigned own = app ? floor_of(app->flags) & STRICTER : floor_of(0);
    if (request->count == 0 || request->count > MAX_PATH)
        return refuse(evidence, S2SV_FINDING_LIMIT, "the path has too many certificates");
    int accepted = ask_anchor(request, own, evidence);
    return accepted == 1 && app ? ask_application(app, request, evidence) : accepted;
}
