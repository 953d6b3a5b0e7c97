/* SPDX-License-Identifier: MIT
 * GeneralSubtrees of name constraints (RFC 5280 section 4.2.1.10), read and compared. */
#ifndef SV_SUBTREE_H
#define SV_SUBTREE_H

#include "x509/certificate.h"

/* Forms of name, as bits. A name may come under several. */
enum {
    SV_FORM_DNS = 1,
    SV_FORM_IP = 2,
    SV_FORM_URI = 4,
    SV_FORM_SRV = 8,
    SV_FORM_MAIL = 16,
    SV_FORM_DIRECTORY = 32
};

struct sv_subtree {
    unsigned form;
    struct sv_span domain; /* DNS, SRV; empty: every domain */
    int is_below;          /* DNS: permitted is only what is below the domain */
    struct sv_span service;
    struct sv_span base; /* IP: address, then mask; MAIL: the text; DIRECTORY: the Name's content */
};

/* Splits NameConstraints, the content. An absent list is empty. Returns 1, or 0 and *ret_misread.
 */
int sv_subtrees_split(struct sv_span constraints, struct sv_span *ret_permitted,
                      struct sv_span *ret_excluded, struct sv_misread *ret_misread);

/* Takes the next subtree of a list. Returns 1, or 0 and *ret_misread. */
int sv_subtree_next(struct sv_span *list, struct sv_subtree *ret_subtree,
                    struct sv_misread *ret_misread);

/* "Holds" is for permitted subtrees: all that the name stands for is inside, with the base's case,
 * as one TLS library wants it (N-43). "Reaches" is for excluded ones: some of it is, in any case; a
 * wildcard also reaches a base that is one label longer (N-42). A mailbox is sv_mailbox_ok().
 * *compared grows by the octets that are compared. */
int sv_subtree_holds_domain(const struct sv_subtree *subtree, struct sv_span domain,
                            int is_wildcard, size_t *compared);
int sv_subtree_reaches_domain(const struct sv_subtree *subtree, struct sv_span domain,
                              int is_wildcard, size_t *compared);
int sv_subtree_holds_mailbox(const struct sv_subtree *subtree, struct sv_span mailbox,
                             size_t *compared);
int sv_subtree_reaches_mailbox(const struct sv_subtree *subtree, struct sv_span mailbox,
                               size_t *compared);
int sv_subtree_holds_ip(const struct sv_subtree *subtree, struct sv_span address, size_t *compared);

/* 1: a dNSName that permits every domain. GnuTLS heeds those beside it all the same, so it is taken
 * as if it weren't there. */
int sv_subtree_is_universal(const struct sv_subtree *subtree);

/* 1: text, one '@', text. */
int sv_mailbox_ok(struct sv_span mailbox);

#endif
