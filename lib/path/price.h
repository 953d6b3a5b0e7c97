/* SPDX-License-Identifier: MIT
 * What checking a signature costs, so that work can be bounded before it is done. */
#ifndef SV_PRICE_H
#define SV_PRICE_H

#include "x509/key.h"

/* The price of one signature by that key, whoever made it: 1 is about a check with RSA of 2,048
 * bits. The TLS libraries differ; these are near to the dearer one. */
unsigned sv_signature_price(const struct sv_key *key);

#endif
