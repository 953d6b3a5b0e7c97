/* SPDX-License-Identifier: MIT */
#include "dns.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include "output.h"

enum { CLASS_IN = 1, TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28, TYPE_SRV = 33, TYPE_TLSA = 52 };

struct dns {
    struct ub_ctx *ctx;
    int timeout, validates, was_secure;
    char error[DNS_ERROR];
};

const char *dns_error(const struct dns *dns)
{
    return dns->error;
}

void dns_free(struct dns *dns)
{
    if (!dns)
        return;
    if (dns->ctx)
        ub_ctx_delete(dns->ctx);
    free(dns);
}

/* libunbound wants ADDR@PORT, without brackets. */
static int set_resolver(struct ub_ctx *ctx, const char *resolver)
{
    struct address address;
    char text[ADDRESS_TEXT];
    if (!address_parse(resolver, &address))
        return 0;
    address_text(&address, text);
    char *start = text + (text[0] == '['), *colon = strrchr(text, ':');
    *colon = '@';
    if (text[0] == '[')
        memmove(colon - 1, colon, strlen(colon) + 1);
    return ub_ctx_set_fwd(ctx, start) == 0;
}

/* Networks of one's own have names below "test", and resolvers on loopback. A zone comes last: it
 * ends the context's configuration. */
static int configure(struct ub_ctx *ctx, const char *resolver, const char *trust_anchor)
{
    ub_ctx_debuglevel(ctx, 0);
    ub_ctx_hosts(ctx, NULL); /* as there is one, or not */
    return ub_ctx_set_option(ctx, "do-not-query-localhost:", "no") == 0 &&
           ub_ctx_async(ctx, 1) == 0 &&
           (!trust_anchor || ub_ctx_add_ta_file(ctx, trust_anchor) == 0) &&
           (resolver ? set_resolver(ctx, resolver) : ub_ctx_resolvconf(ctx, NULL) == 0) &&
           ub_ctx_zone_add(ctx, "test.", "transparent") == 0 &&
           ub_ctx_zone_add(ctx, "invalid.", "transparent") == 0;
}

struct dns *dns_new(const char *resolver, int timeout, const char *trust_anchor)
{
    struct dns *dns = calloc(1, sizeof *dns);
    if (dns) {
        dns->timeout = timeout;
        dns->validates = trust_anchor != NULL;
        dns->ctx = ub_ctx_create();
        if (dns->ctx && configure(dns->ctx, resolver, trust_anchor))
            return dns;
    }
    complain("DNS can't be set up: %s",
             resolver ? resolver : "out of memory, or resolv.conf can't be read");
    dns_free(dns);
    return NULL;
}

/* ---- one question -----------------------------------------------------------------------------*/

struct question {
    struct ub_result *result;
    int status, is_answered;
};

static void take_answer(void *user, int status, struct ub_result *result)
{
    struct question *question = user;
    question->is_answered = 1;
    question->status = status;
    question->result = result;
}

static enum dns_found fail(struct dns *dns, const char *name, const char *why)
{
    snprintf(dns->error, sizeof dns->error, "%s: DNS: %s", name, why);
    return DNS_FAILED;
}

static enum dns_found judge(struct dns *dns, const char *name, struct question *question)
{
    if (question->status != 0 || !question->result)
        return fail(dns, name, ub_strerror(question->status));
    if (question->result->bogus)
        return fail(dns, name, "the answer is bogus by DNSSEC");
    if (question->result->havedata)
        return DNS_FOUND;
    if (question->result->rcode == 0 || question->result->nxdomain)
        return DNS_NONE;
    return fail(dns, name,
                question->result->rcode == 2 ? "server failure" : "the question is refused");
}

static enum dns_found ask(struct dns *dns, const char *name, int type,
                          struct ub_result **ret_result)
{
    struct question question = { NULL, 0, 0 };
    int id = 0;
    dns->was_secure = 0;
    int64_t deadline = net_now() + (int64_t)dns->timeout * 1000;
    int status = ub_resolve_async(dns->ctx, name, type, CLASS_IN, &question, take_answer, &id);
    if (status != 0)
        return fail(dns, name, ub_strerror(status));
    while (!question.is_answered && net_wait(ub_fd(dns->ctx), POLLIN, deadline) > 0)
        if (ub_process(dns->ctx) != 0)
            break;
    if (!question.is_answered) {
        ub_cancel(dns->ctx, id);
        return fail(dns, name, "no answer in time");
    }
    dns->was_secure = question.status == 0 && question.result && question.result->secure;
    enum dns_found found = judge(dns, name, &question);
    if (found == DNS_FOUND)
        *ret_result = question.result;
    else
        ub_resolve_free(question.result);
    return found;
}

/* ---- records ----------------------------------------------------------------------------------*/

/* RFC 2782 draws lots by weight; here the heaviest comes first, so that two runs are the same. */
static int compare(const void *a, const void *b)
{
    const struct service *one = a, *other = b;
    if (one->priority != other->priority)
        return one->priority < other->priority ? -1 : 1;
    if (one->weight != other->weight)
        return one->weight > other->weight ? -1 : 1;
    return strcmp(one->host, other->host);
}

static enum dns_found ask_services(struct dns *dns, const char *name, int type,
                                   int (*read)(const void *, size_t, struct service *),
                                   struct service *ret_list, size_t *ret_count)
{
    struct ub_result *result;
    enum dns_found found = ask(dns, name, type, &result);
    size_t count = 0;
    if (found != DNS_FOUND)
        return found;
    for (size_t i = 0; result->data[i] && count < DNS_MOST; i++)
        if (result->len[i] >= 0 && read(result->data[i], (size_t)result->len[i], &ret_list[count]))
            count++;
    ub_resolve_free(result);
    if (count == 0)
        return fail(dns, name, "the records are malformed");
    qsort(ret_list, count, sizeof *ret_list, compare);
    *ret_count = count;
    return DNS_FOUND;
}

enum dns_found dns_srv(struct dns *dns, const char *name, struct service *ret_list,
                       size_t *ret_count)
{
    return ask_services(dns, name, TYPE_SRV, rdata_srv, ret_list, ret_count);
}

enum dns_found dns_mx(struct dns *dns, const char *name, struct service *ret_list,
                      size_t *ret_count)
{
    return ask_services(dns, name, TYPE_MX, rdata_mx, ret_list, ret_count);
}

int dns_validates(const struct dns *dns)
{
    return dns->validates;
}

int dns_was_secure(const struct dns *dns)
{
    return dns->was_secure;
}

/* A record that can't be taken makes all of them bogus: it may have been the one that counts. */
void dns_tlsa(struct dns *dns, const char *owner, struct tlsa *ret_tlsa)
{
    struct ub_result *result;
    memset(ret_tlsa, 0, sizeof *ret_tlsa);
    snprintf(ret_tlsa->owner, sizeof ret_tlsa->owner, "%s", owner);
    enum dns_found found = ask(dns, owner, TYPE_TLSA, &result);
    ret_tlsa->status = found == DNS_FAILED ? S2SV_TLSA_BOGUS
                       : dns->was_secure   ? S2SV_TLSA_SECURE
                                           : S2SV_TLSA_INSECURE;
    if (found == DNS_FAILED)
        snprintf(ret_tlsa->why, sizeof ret_tlsa->why, "%s", dns->error);
    if (found != DNS_FOUND)
        return;
    for (size_t i = 0; result->data[i]; i++)
        if (result->len[i] < 0 ||
            !tlsa_add(ret_tlsa, (const unsigned char *)result->data[i], (size_t)result->len[i])) {
            ret_tlsa->status = S2SV_TLSA_BOGUS;
            snprintf(ret_tlsa->why, sizeof ret_tlsa->why, "a record is malformed, or too many");
        }
    ub_resolve_free(result);
}

static enum dns_found add_addresses(struct dns *dns, const char *host, int type, size_t size,
                                    int port, struct address *list, size_t *count)
{
    struct ub_result *result;
    enum dns_found found = ask(dns, host, type, &result);
    if (found != DNS_FOUND)
        return found;
    for (size_t i = 0; result->data[i] && *count < DNS_MOST; i++)
        if (result->len[i] >= 0 && (size_t)result->len[i] == size)
            list[(*count)++] = address_make(result->data[i], size, port);
    ub_resolve_free(result);
    return DNS_FOUND;
}

enum dns_found dns_addresses(struct dns *dns, const char *host, int port, struct address *ret_list,
                             size_t *ret_count)
{
    unsigned char octets[16];
    size_t count = 0;
    if (inet_pton(AF_INET, host, octets) == 1)
        ret_list[count++] = address_make(octets, 4, port);
    else if (inet_pton(AF_INET6, host, octets) == 1)
        ret_list[count++] = address_make(octets, 16, port);
    if (count > 0) {
        *ret_count = count;
        return DNS_FOUND;
    }
    enum dns_found v6 = add_addresses(dns, host, TYPE_AAAA, 16, port, ret_list, &count);
    enum dns_found v4 = add_addresses(dns, host, TYPE_A, 4, port, ret_list, &count);
    *ret_count = count;
    if (count > 0)
        return DNS_FOUND;
    return v6 == DNS_FAILED || v4 == DNS_FAILED ? DNS_FAILED : DNS_NONE;
}
