/* SPDX-License-Identifier: MIT
 * Readers of what is in one extension (RFC 5280 section 4.2). Each returns 1 and puts what it read
 * into the certificate, or 0: it is malformed. */
#ifndef SV_EXTENSION_VALUE_H
#define SV_EXTENSION_VALUE_H

#include "x509/certificate.h"

int sv_read_basic_constraints(struct sv_span value, struct sv_certificate *certificate);
int sv_read_key_usage(struct sv_span value, struct sv_certificate *certificate);
int sv_read_ns_type(struct sv_span value, struct sv_certificate *certificate);
int sv_read_eku(struct sv_span value, struct sv_certificate *certificate);
int sv_read_subject_alt_name(struct sv_span value, struct sv_certificate *certificate);
int sv_read_issuer_alt_name(struct sv_span value, struct sv_certificate *certificate);
int sv_read_name_constraints(struct sv_span value, struct sv_certificate *certificate);
int sv_read_key_id(struct sv_span value, struct sv_certificate *certificate);
int sv_read_authority_key_id(struct sv_span value, struct sv_certificate *certificate);
int sv_read_crl_points(struct sv_span value, struct sv_certificate *certificate);
int sv_read_info_access(struct sv_span value, struct sv_certificate *certificate);
int sv_read_tls_features(struct sv_span value, struct sv_certificate *certificate);
int sv_read_policies(struct sv_span value, struct sv_certificate *certificate);
int sv_read_policy_rules(struct sv_span value, struct sv_certificate *certificate);
int sv_read_inhibit_any_policy(struct sv_span value, struct sv_certificate *certificate);

/* Reads an ExtKeyUsageSyntax into SV_EKU_* bits. */
int sv_eku_read(struct sv_span value, unsigned *ret_bits);

#endif
