/* SPDX-License-Identifier: MIT
 * Cases in x509-limbo's schema, version 1. BetterTLS comes in the same. */
#ifndef CORPUS_H
#define CORPUS_H

#include <stddef.h>
#include <stdint.h>

struct octets {
    unsigned char *data;
    size_t len;
};

struct octets_list {
    struct octets *items;
    size_t count;
};

enum corpus_kind { CORPUS_DNS = 1, CORPUS_IP = 2, CORPUS_RFC822 = 3 };

struct corpus_name {
    enum corpus_kind kind;
    char *value;
};

enum corpus_group { CORPUS_NAME_CONSTRAINTS, CORPUS_PATHS, CORPUS_HAND_WRITTEN, CORPUS_GROUPS };

struct corpus_case {
    char *id;
    enum corpus_group group;
    int is_client; /* the peer is a TLS client, so the connection is inbound */
    int succeeds;  /* the expected result */
    struct octets_list anchors, presented, crls; /* DER; presented: the leaf first */
    int has_time;
    int64_t time;
    struct corpus_name *names; /* expected, all of them */
    size_t name_count;
    int depth; /* intermediates allowed; -1: any number */
};

struct corpus {
    struct corpus_case *cases;
    size_t count;
    size_t skipped; /* not in the schema */
};

/* Adds the cases of a file, .json or .json.xz, or of every such file of a folder. Returns 0, or -1
 * and says why in err. */
int corpus_read(struct corpus *corpus, const char *path, char *err, size_t errlen);
void corpus_free(struct corpus *corpus);

#endif
