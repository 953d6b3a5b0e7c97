/* SPDX-License-Identifier: MIT */
#include "path/signed.h"

#include "path/validate.h"

int sv_is_signed_by(const struct sv_walk *w, struct sv_span octets,
                    const struct sv_signature *signature, struct sv_node *issuer)
{
    const struct s2sv_backend *backend = w->given->source->backend;
    const struct sv_key *key = &issuer->certificate.key;
    if (signature->unfit || key->unfit || sv_signature_misfit(signature, key))
        return 0;
    int status = sv_import(w, issuer);
    if (status != S2SV_DECIDED)
        return status;
    struct s2sv_signed what = sv_signed_of(octets, signature);
    struct s2sv_link link = sv_link_of(issuer);
    int is_signed = backend->is_signed_by(&what, &link);
    if (is_signed == 0) /* short of memory, a TLS library may say no; a second no is believed */
        is_signed = backend->is_signed_by(&what, &link);
    return is_signed > 1 ? S2SV_ERR_BACKEND : is_signed;
}
