/* SPDX-License-Identifier: MIT
 * Memory that runs out when it is told to. With FAULT_WRAP only the objects that are linked with
 * --wrap see it; without, the whole process does. */
#ifndef FAULT_ALLOC_H
#define FAULT_ALLOC_H

#include <stddef.h>

/* Counts this thread's allocations from now on; the n-th one fails, and with `for_good` all after
 * it. 0: none fails. */
void alloc_arm(size_t nth, int for_good);
/* Ends that. Returns how many were asked for. */
size_t alloc_disarm(void);
/* Blocks that were allocated while armed and are not freed yet; forgets them. */
size_t alloc_leaked(void);

#endif
