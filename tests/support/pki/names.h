/* SPDX-License-Identifier: MIT */
/* Distinguished names and general names, from text to DER. All give 0, or -1 for bad text. */
#ifndef PKI_NAMES_H
#define PKI_NAMES_H

#include "out.h"

/* "CN=a,O=b"; "" is the empty name. */
int names_dn(struct out *, const char *text);
/* Comma-separated "kind:value" entries, one GeneralName each. */
int names_general_list(struct out *, const char *text);
/* "permitted:kind:value;excluded:kind:value", the content of a NameConstraints value. */
int names_constraints(struct out *, const char *text);

#endif
