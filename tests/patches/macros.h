/* SPDX-License-Identifier: MIT
 *
 * For apply.sh: macros that Coccinelle must know to parse the functions that patches change. It
 * reads no headers.
 */
#define STACK_OF(type) void           /* OpenSSL */
#define DEBUG(selector) if (selector) /* Exim, as below */
#define US
