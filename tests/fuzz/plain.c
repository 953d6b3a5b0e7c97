/* SPDX-License-Identifier: MIT
 * A main() for a fuzz target without libFuzzer: the seeds, made from the case files, and mutations
 * of them, the same in every run.
 * usage: fuzz-TARGET CASES [MUTATIONS]      runs them
 *        fuzz-TARGET --write DIR CASES      writes the seeds, for libFuzzer */
#include <string.h>

#include "fuzz.h"

struct fuzz_corpus {
    struct sv_span *items;
    uint64_t *hashes;
    size_t count;
};

/* FNV-1a. */
static uint64_t hash(const unsigned char *data, size_t len)
{
    uint64_t sum = 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ data[i]) * 0x100000001b3u;
    return sum;
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void fuzz_add(struct fuzz_corpus *corpus, const void *data, size_t len)
{
    uint64_t sum = hash(data, len);
    for (size_t i = 0; i < corpus->count; i++)
        if (corpus->hashes[i] == sum)
            return;
    corpus->items = must(realloc(corpus->items, (corpus->count + 1) * sizeof *corpus->items));
    corpus->hashes = must(realloc(corpus->hashes, (corpus->count + 1) * sizeof sum));
    unsigned char *octets = must(malloc(len + 1));
    if (len > 0)
        memcpy(octets, data, len);
    corpus->items[corpus->count] = (struct sv_span){ octets, len };
    corpus->hashes[corpus->count++] = sum;
}

static void free_corpus(struct fuzz_corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        free((void *)corpus->items[i].data);
    free(corpus->items);
    free(corpus->hashes);
}

static int make_corpus(const char *folder, struct fuzz_corpus *corpus)
{
    struct case_set set = { NULL, 0 };
    char err[512];
    if (case_read_dir(&set, folder, err, sizeof err) != 0) {
        fprintf(stderr, "%s\n", err);
        return 0;
    }
    struct pki_keys *keys = pki_keys_new();
    for (size_t i = 0; i < set.count; i++) {
        struct case_chain *chain = case_chain_make(&set.list[i], keys, err, sizeof err);
        if (chain)
            fuzz_seed(corpus, &set.list[i], chain);
        case_chain_free(chain);
    }
    pki_keys_free(keys);
    case_set_free(&set);
    return corpus->count > 0;
}

/* ---- mutations ------------------------------------------------------------------------------ */

static uint64_t state = 20260601;

/* xorshift64*: a number below the bound. */
static size_t below(size_t bound)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return bound > 0 ? (size_t)((state * 0x2545f4914f6cdd1du >> 33) % bound) : 0;
}

struct input {
    unsigned char *data;
    size_t len;
};

static void set_octet(struct input *in)
{
    static const unsigned char odd[] = { 0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84,
                                         0xff, 0x30, 0x31, 0x06, 0x05, 0x2e, 0x2a };
    if (in->len > 0)
        in->data[below(in->len)] = odd[below(sizeof odd)];
}

static void flip_bit(struct input *in)
{
    if (in->len > 0)
        in->data[below(in->len)] ^= (unsigned char)(1u << below(8));
}

/* One more or one less: a length, a date, a version. */
static void add_one(struct input *in)
{
    if (in->len > 0)
        in->data[below(in->len)] += below(2) ? 1 : 0xff;
}

static void drop(struct input *in)
{
    size_t at = below(in->len), len = 1 + below(8);
    if (len > in->len - at)
        len = in->len - at;
    memmove(in->data + at, in->data + at + len, in->len - at - len);
    in->len -= len;
}

/* Room is as much again and a bit. */
static void repeat(struct input *in, size_t room)
{
    size_t at = below(in->len), len = 1 + below(64);
    if (len > in->len - at)
        len = in->len - at;
    if (in->len + len > room)
        return;
    memmove(in->data + at + len, in->data + at, in->len - at);
    in->len += len;
}

static void cut(struct input *in)
{
    in->len = below(in->len + 1);
}

/* The end of another input behind the beginning of this one. */
static void splice(struct input *in, struct sv_span other, size_t room)
{
    size_t at = below(in->len), from = below(other.len), len = other.len - from;
    if (len > room - at)
        len = room - at;
    memcpy(in->data + at, other.data + from, len);
    in->len = at + len;
}

static void mutate(const struct fuzz_corpus *corpus, struct input *in, size_t room)
{
    switch (below(8)) {
    case 0:
        set_octet(in);
        break;
    case 1:
    case 2:
        flip_bit(in);
        break;
    case 3:
        add_one(in);
        break;
    case 4:
        drop(in);
        break;
    case 5:
        repeat(in, room);
        break;
    case 6:
        if (below(4) == 0)
            cut(in);
        break;
    default:
        splice(in, corpus->items[below(corpus->count)], room);
    }
}

/* In memory of exactly its size, as libFuzzer does it. */
static void run_exact(const unsigned char *data, size_t len)
{
    unsigned char *octets = must(malloc(len > 0 ? len : 1));
    if (len > 0)
        memcpy(octets, data, len);
    LLVMFuzzerTestOneInput(octets, len);
    free(octets);
}

static void run_mutation(const struct fuzz_corpus *corpus)
{
    struct sv_span from = corpus->items[below(corpus->count)];
    size_t room = 2 * from.len + 256;
    struct input in = { must(malloc(room)), from.len };
    memcpy(in.data, from.data, from.len);
    for (size_t left = 1 + below(4); left > 0; left--)
        mutate(corpus, &in, room);
    run_exact(in.data, in.len);
    free(in.data);
}

static void run_all(const struct fuzz_corpus *corpus, unsigned long mutations)
{
    for (size_t i = 0; i < corpus->count; i++)
        run_exact(corpus->items[i].data, corpus->items[i].len);
    for (unsigned long i = 0; i < mutations; i++)
        run_mutation(corpus);
    printf("%zu seeds, %lu mutations\n", corpus->count, mutations);
}

static int write_all(const struct fuzz_corpus *corpus, const char *folder)
{
    for (size_t i = 0; i < corpus->count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/seed-%zu", folder, i);
        FILE *file = fopen(path, "w");
        size_t len = corpus->items[i].len;
        int is_written = file && fwrite(corpus->items[i].data, 1, len, file) == len;
        if ((file && fclose(file) != 0) || !is_written) {
            fprintf(stderr, "%s: can't write\n", path);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct fuzz_corpus corpus = { NULL, NULL, 0 };
    int writes = argc == 4 && strcmp(argv[1], "--write") == 0;
    if (!writes && (argc < 2 || argc > 3 || argv[1][0] == '-')) {
        printf("usage: %s CASES [MUTATIONS]\n       %s --write DIR CASES\n", argv[0], argv[0]);
        return 2;
    }
    if (!make_corpus(writes ? argv[3] : argv[1], &corpus))
        return 1;
    int failed = writes ? write_all(&corpus, argv[2]) : 0;
    if (!writes)
        run_all(&corpus, argc > 2 ? strtoul(argv[2], NULL, 10) : 5000);
    free_corpus(&corpus);
    return failed;
}
