/* SPDX-License-Identifier: MIT
 * TLSA records of a server, and what they prove (RFC 7671 to 7673). */
#ifndef DANE_H
#define DANE_H

#include "dial.h"
#include "json.h"

struct dane {
    int was_asked; /* 0: nothing was looked up */
    struct tlsa tlsa;
    struct opinions opinions; /* of DANE alone; none: there was nothing to judge */
};

/* Looks up the records of the endpoint that was talked to and judges by them what it showed. dns
 * may be NULL; without a trust anchor nothing is looked up. Returns 0 if it could not be judged:
 * out of memory. Clear it in any case. */
int dane_ask(struct judge *judge, struct dns *dns, const struct target *target,
             const struct dialled *dialled, struct dane *ret_dane);
void dane_clear(struct dane *dane);

/* 1: DANE decides, whatever PKIX says (RFC 6698 section 4.1); then, whether it accepts. */
int dane_applies(const struct dane *dane);
int dane_accepts(const struct dane *dane);
/* "accepted", the reason of a refusal, "none", "insecure"; "" if nothing was looked up. */
const char *dane_word(const struct dane *dane);

void dane_print(const struct dane *dane);
json_t *dane_json(const struct dane *dane); /* null if nothing was looked up; NULL out of memory */

#endif
