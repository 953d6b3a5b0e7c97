/* SPDX-License-Identifier: MIT
 * s2sverify tlsa: the records to publish for a chain, as lines of a zone file, and when. */
#include <stdio.h>
#include <string.h>

#include <s2sverify/backend.h>

#include "number.h"
#include "output.h"
#include "settings.h"

enum { SHA256 = 32, XMPP_PORT = 5269 };

struct question {
    const char *name;
    int port;
};

static const char *set_name(void *target, const char *value)
{
    struct question *question = target;
    question->name = value;
    return value[0] != '\0' ? NULL : "a host name";
}

static const char *set_port(void *target, const char *value)
{
    struct question *question = target;
    question->port = (int)parse_number(value, 65535);
    return question->port > 0 ? NULL : "a port from 1 to 65535";
}

static const struct option_row rows[] = {
    { "name", "HOST", "the host that is connected to: the target of SRV, or the MX", set_name },
    { "port", "PORT", "its port; default: 5269, of XMPP servers", set_port },
};

/* ---- what is hashed ---------------------------------------------------------------------------*/

struct span {
    const unsigned char *data;
    size_t len;
};

/* Takes one DER element off; *ret_whole and *ret_body may be NULL. Returns its tag, or 0. */
static unsigned take(struct span *cursor, struct span *ret_whole, struct span *ret_body)
{
    if (cursor->len < 2)
        return 0;
    size_t head = 2, len = cursor->data[1];
    unsigned tag = cursor->data[0];
    if (len > 0x80 && len <= 0x83) {
        head += len - 0x80;
        if (cursor->len < head)
            return 0;
        len = 0;
        for (size_t i = 2; i < head; i++)
            len = len << 8 | cursor->data[i];
    } else if (len >= 0x80) {
        return 0;
    }
    if (cursor->len - head < len)
        return 0;
    if (ret_whole)
        *ret_whole = (struct span){ cursor->data, head + len };
    if (ret_body)
        *ret_body = (struct span){ cursor->data + head, len };
    *cursor = (struct span){ cursor->data + head + len, cursor->len - head - len };
    return tag;
}

/* RFC 5280 4.1: the seventh of a tbsCertificate, the optional version counted. */
static int find_key(struct span certificate, struct span *ret_key)
{
    struct span body, tbs;
    if (take(&certificate, NULL, &body) != 0x30 || take(&body, NULL, &tbs) != 0x30)
        return 0;
    if (tbs.len > 0 && tbs.data[0] == 0xa0 && !take(&tbs, NULL, NULL))
        return 0;
    for (int i = 0; i < 5; i++) /* serial, algorithm, issuer, validity, subject */
        if (!take(&tbs, NULL, NULL))
            return 0;
    return take(&tbs, ret_key, NULL) == 0x30;
}

static int digest(struct span octets, char hex[2 * SHA256 + 1])
{
    unsigned char raw[SHA256];
    struct s2sv_bytes part = { octets.data, octets.len };
    if (libraries[0]->backend()->hash(S2SV_HASH_SHA256, &part, 1, raw) != S2SV_DECIDED)
        return 0;
    for (size_t i = 0; i < SHA256; i++)
        snprintf(hex + 2 * i, 3, "%02x", raw[i]);
    return 1;
}

/* ---- the lines --------------------------------------------------------------------------------*/

static int print_record(const struct question *question, const char *before, const char *kind,
                        struct span octets)
{
    char hex[2 * SHA256 + 1];
    if (!digest(octets, hex))
        return 0;
    print_line("%s_%d._tcp.%s. IN TLSA %s %s", before, question->port, question->name, kind, hex);
    return 1;
}

static int print_leaf(const struct question *question, const struct chain *chain, const char *of)
{
    struct span leaf = { chain->certificates[0].der, chain->certificates[0].len }, key;
    if (!find_key(leaf, &key))
        return 0;
    print_line("; DANE-EE(3), the key %s. Certificates with the same key need no other record.",
               of);
    return print_record(question, "", "3 1 1", key);
}

/* Those that the server sends; of the others nothing is known. */
static int print_cas(const struct question *question, const struct chain *chain)
{
    struct certificate_text text;
    for (size_t i = 1; i < chain->count; i++) {
        struct span ca = { chain->certificates[i].der, chain->certificates[i].len };
        print_line("; Or DANE-TA(2), for all that this CA issues; the server must send its "
                   "certificate, and the name counts:");
        if (certificate_describe(ca.data, ca.len, &text))
            print_line("; %s", text.subject);
        if (!print_record(question, "; ", "2 0 1", ca))
            return 0;
    }
    return 1;
}

static void print_advice(int has_next)
{
    static const char *const keeps[] = {
        "; Before a renewal: keep the key, and there is nothing to do. With another key:",
        ";   1. make the key and the certificate, and publish both records:",
        ";      s2sverify tlsa CHAIN.pem NEXT.pem ...",
        ";   2. wait until the old answer is nowhere any more: twice the TTL",
        ";   3. let the server use the new one, and take the old record out",
    };
    static const char *const rolls[] = {
        "; Publish both, wait twice the TTL, let the server use the next one, then take the first",
        "; record out (RFC 7671 section 8.1).",
    };
    for (size_t i = 0; !has_next && i < sizeof keeps / sizeof keeps[0]; i++)
        print_line("%s", keeps[i]);
    for (size_t i = 0; has_next && i < sizeof rolls / sizeof rolls[0]; i++)
        print_line("%s", rolls[i]);
    print_line("; The zone has to be signed (DNSSEC), or nobody heeds the records. In XMPP the SRV "
               "records as well;");
    print_line("; a server that connects is looked up under _xmpp-server.DOMAIN by some.");
}

static enum outcome publish(const struct question *question, const struct chain *now,
                            const struct chain *next)
{
    int done = print_leaf(question, now, "that is used now") &&
               (next->count == 0 || print_leaf(question, next, "that is used next")) &&
               print_cas(question, now);
    if (!done) {
        complain("a certificate can't be read");
        return OUTCOME_UNDECIDED;
    }
    print_advice(next->count > 0);
    return OUTCOME_ACCEPTED;
}

enum outcome tlsa_run(const struct command *command, int argc, char **argv)
{
    struct question question = { NULL, XMPP_PORT };
    const struct option_group groups[] = { { "Options", OPTION_ROWS(rows), &question } };
    int first;
    enum parsed parsed = options_parse(command, groups, 1, argc, argv, &first);
    if (parsed != PARSED)
        return parsed == PARSED_HELP ? OUTCOME_ACCEPTED : OUTCOME_USAGE;
    if (argc - first < 1 || argc - first > 2)
        return usage_error(command, "one file is needed, or two: now and next");
    if (!question.name)
        return usage_error(command, "--name is needed");
    struct chain now = { .count = 0 }, next = { .count = 0 };
    enum outcome outcome = OUTCOME_UNDECIDED;
    if (chain_load(&now, argv[first]) && (argc - first == 1 || chain_load(&next, argv[first + 1])))
        outcome = publish(&question, &now, &next);
    chain_clear(&now);
    chain_clear(&next);
    return outcome;
}
