/* SPDX-License-Identifier: MIT */
#include "x509/certificate.h"

int sv_certificate_is_self_issued(const struct sv_certificate *certificate)
{
    return sv_span_equal(certificate->issuer, certificate->subject);
}
