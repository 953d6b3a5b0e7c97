/* SPDX-License-Identifier: MIT */
/* What both backends' tests of TLSA records and pins in live sessions do: rows, and records. */
#ifndef HANDSHAKE_TLSA_H
#define HANDSHAKE_TLSA_H

#include <stdio.h>

#include <s2sverify/s2sverify.h>

#include "../cases/proofs.h"

#define TLSA_NAME "peer.example"

static const struct tlsa_row {
    const char *name, *leaf, *chain; /* chain: what stands behind the leaf, "" or "ta" */
    int usage;                       /* of one record 3 1 1 or 2 0 1; -1: none; -2: a pin */
    const char *of;
    int is_flipped, status;      /* 0: untold */
    const char *before, *reason; /* before the records came, and after */
    enum s2sv_proof proof;
} tlsa_rows[] = {
    { "EE", "alone", "", 3, "alone", 0, S2SV_TLSA_SECURE, "self-signed", "none", S2SV_PROOF_DANE },
    { "EE, an octet", "alone", "", 3, "alone", 1, S2SV_TLSA_SECURE, "self-signed", "dane-mismatch",
      S2SV_PROOF_NONE },
    { "EE beside PKIX", "good", "int", 3, "good", 0, S2SV_TLSA_SECURE, "none", "none",
      S2SV_PROOF_DANE },
    { "EE against PKIX", "good", "int", 3, "good", 1, S2SV_TLSA_SECURE, "none", "dane-mismatch",
      S2SV_PROOF_NONE },
    { "bogus against PKIX", "good", "int", 3, "good", 0, S2SV_TLSA_BOGUS, "none", "dane-bogus",
      S2SV_PROOF_NONE },
    { "untold against PKIX", "good", "int", 3, "good", 0, 0, "none", "dane-bogus",
      S2SV_PROOF_NONE },
    { "insecure beside PKIX", "good", "int", 3, "good", 1, S2SV_TLSA_INSECURE, "none", "none",
      S2SV_PROOF_PKIX },
    { "bogus, no records", "good", "int", -1, NULL, 0, S2SV_TLSA_BOGUS, "none", "dane-bogus",
      S2SV_PROOF_NONE },
    { "TA", "under", "ta", 2, "ta", 0, S2SV_TLSA_SECURE, "untrusted", "none", S2SV_PROOF_DANE },
    { "TA, an octet", "under", "ta", 2, "ta", 1, S2SV_TLSA_SECURE, "untrusted", "dane-mismatch",
      S2SV_PROOF_NONE },
    { "TA, an intermediate of ours", "good", "int", 2, "int", 0, S2SV_TLSA_SECURE, "none", "none",
      S2SV_PROOF_DANE },
    { "TA, not sent", "under", "", 2, "ta", 0, S2SV_TLSA_SECURE, "untrusted", "dane-mismatch",
      S2SV_PROOF_NONE },
    { "TA, client only", "client", "ta", 2, "ta", 0, S2SV_TLSA_SECURE, "untrusted", "wrong-purpose",
      S2SV_PROOF_NONE },
    { "pin", "pinned", "", -2, "pinned", 0, 0, "self-signed", "none", S2SV_PROOF_PIN },
    { "pin, an octet", "good", "int", -2, "good", 1, 0, "none", "pin-mismatch", S2SV_PROOF_NONE },
};
enum { TLSA_ROWS = sizeof tlsa_rows / sizeof tlsa_rows[0] };

static const char *const tlsa_specs[][2] = {
    { "good", "issuer=int san=dns:" TLSA_NAME },
    { "alone", "san=dns:other.example not-before=-9d not-after=-1d eku=clientAuth" },
    { "pinned", "san=dns:other.example eku=clientAuth" },
    { "ta", "ca" },
    { "under", "issuer=ta san=dns:" TLSA_NAME ",dns:bank.example" },
    { "client", "issuer=ta san=dns:" TLSA_NAME " eku=clientAuth" },
};
enum { TLSA_SPECS = sizeof tlsa_specs / sizeof tlsa_specs[0] };

/* 0 if all of it could be added. */
static int tlsa_give(const struct tlsa_row *row, const unsigned char *data, size_t len,
                     struct s2sv_peer *peer)
{
    char pin[100] = "spki-sha256:";
    int status = 0;
    if (row->usage >= 0)
        status |= s2sv_peer_add_tlsa(peer, (unsigned)row->usage, row->usage == 3, 1, data, len);
    for (size_t i = 0; row->usage == -2 && i < len; i++)
        snprintf(pin + 12 + 2 * i, 3, "%02X", data[i]);
    if (row->usage == -2)
        status |= s2sv_peer_add_pin(peer, pin);
    if (row->status)
        status |= s2sv_peer_set_tlsa_status(peer, (enum s2sv_tlsa_status)row->status);
    return status;
}

#endif
