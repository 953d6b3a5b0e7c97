/* SPDX-License-Identifier: MIT
 * What was validated before: a bounded set of digests. The oldest unused one goes out first; but of
 * those that come when it is full only some are taken to be new, so that going round more peers
 * than it has room for still finds many of them. It holds no verdicts. A digest covers every octet
 * of a path, the trust anchor included, and all that the TLS library's answer depended on, so a hit
 * can only be for the same question. What the core judges (dates, policy, direction, names,
 * revocation) is judged on every use. */
#ifndef SV_MEMORY_H
#define SV_MEMORY_H

#include <stddef.h>

enum { SV_DIGEST = 32, SV_MEMORY_DEFAULT = 65536 };

struct s2sv_memory;
struct sv_anchor;

/* Both thread-safe. 1: it is remembered, and used now. *ret_first, unless ret_first is NULL: a
 * reference to the path's first certificate, or NULL. */
int sv_memory_has(struct s2sv_memory *memory, const unsigned char digest[SV_DIGEST],
                  struct sv_anchor **ret_first);
/* first: the path's first certificate as the TLS library has read it, so that it need not be read
 * again; NULL: not kept. The reference is taken over. Out of memory nothing is remembered; nobody
 * minds. */
void sv_memory_add(struct s2sv_memory *memory, const unsigned char digest[SV_DIGEST],
                   struct sv_anchor *first);

#endif
