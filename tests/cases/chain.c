/* SPDX-License-Identifier: MIT */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

#include "../support/pki/text.h"

struct builder {
    const struct case_record *record;
    struct case_chain *chain;
    char *err;
    size_t errlen;
};

/* What every case has without saying so. */
static const struct case_pair usual[] = {
    { "root", "ca key=p384" },
    { "int", "ca issuer=root key=p384 eku=serverAuth bc=ca:0" },
    { "leaf", "issuer=int san=dns:leaf.example" },
};

static const char *usual_spec(const char *name)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(usual[i].name, name) == 0)
            return usual[i].text;
    return NULL;
}

/* The usual items and the case's behind them; NULL if nobody knows the name. */
static char *full_spec(const struct case_record *record, const char *name)
{
    const char *base = usual_spec(name);
    struct out text = { 0 };
    int known = base != NULL;
    if (base)
        out_bytes(&text, base, strlen(base));
    for (size_t i = 0; i < record->certs.count; i++) {
        if (strcmp(record->certs.list[i].name, name) != 0)
            continue;
        out_byte(&text, ' ');
        out_bytes(&text, record->certs.list[i].text, strlen(record->certs.list[i].text));
        known = 1;
    }
    out_byte(&text, 0);
    if (known)
        return (char *)text.data;
    out_free(&text);
    return NULL;
}

static const struct pki_cert *need(struct builder *, const char *name, int depth);

/* The certificates that a specification speaks of come first. */
static int need_others(struct builder *builder, const char *spec, int depth)
{
    static const char *const references[] = { "issuer", "same-key", "signer" };
    struct items items = items_split(spec);
    int status = 0;

    for (size_t i = 0; i < sizeof references / sizeof *references && status == 0; i++) {
        const char *other = items_get(&items, references[i]);
        if (other && *other && !need(builder, other, depth + 1))
            status = -1;
    }
    items_free(&items);
    return status;
}

static const struct pki_cert *make(struct builder *builder, const char *name, const char *spec,
                                   int depth)
{
    char why[200];
    if (need_others(builder, spec, depth) != 0)
        return NULL;
    const struct pki_cert *cert = pki_make(builder->chain->pki, name, spec, why, sizeof why);
    if (!cert)
        text_say(builder->err, builder->errlen, "%s:%d: case %s: %s: %s", builder->record->file,
                 builder->record->line, builder->record->id, name, why);
    return cert;
}

static const struct pki_cert *need(struct builder *builder, const char *name, int depth)
{
    const struct pki_cert *cert = pki_find(builder->chain->pki, name);
    char *spec = cert ? NULL : full_spec(builder->record, name);
    if (!cert && spec && depth < 100)
        cert = make(builder, name, spec, depth);
    else if (!cert)
        text_say(builder->err, builder->errlen,
                 "%s:%d: case %s: no such certificate, or a ring: %s", builder->record->file,
                 builder->record->line, builder->record->id, name);
    free(spec);
    return cert;
}

static int make_listed(struct builder *builder)
{
    const struct case_pairs *certs = &builder->record->certs;
    for (size_t i = 0; i < certs->count; i++)
        if (!need(builder, certs->list[i].name, 0))
            return -1;
    return 0;
}

static int make_crls(struct builder *builder)
{
    const struct case_pairs *crls = &builder->record->crls;
    struct case_chain *chain = builder->chain;
    char why[200];
    chain->crls = calloc(crls->count + 1, sizeof *chain->crls);
    if (!chain->crls)
        abort();
    for (size_t i = 0; i < crls->count; i++) {
        const char *spec = crls->list[i].text;
        if (need_others(builder, spec, 0) != 0)
            return -1;
        chain->crls[i] = pki_crl(chain->pki, crls->list[i].name, spec, why, sizeof why);
        if (!chain->crls[i]) {
            text_say(builder->err, builder->errlen, "%s:%d: case %s: crl %s: %s",
                     builder->record->file, builder->record->line, builder->record->id,
                     crls->list[i].name, why);
            return -1;
        }
        chain->crl_count++;
    }
    return 0;
}

static int make_staples(struct builder *builder)
{
    const struct case_pairs *staples = &builder->record->staples;
    struct case_chain *chain = builder->chain;
    char why[200];
    chain->staples = calloc(staples->count + 1, sizeof *chain->staples);
    if (!chain->staples)
        abort();
    for (size_t i = 0; i < staples->count; i++) {
        const char *spec = staples->list[i].name;
        chain->staple_count++;
        if (strcmp(spec, "none") == 0)
            continue;
        if (need_others(builder, spec, 0) != 0)
            return -1;
        chain->staples[i] = pki_ocsp(chain->pki, spec, why, sizeof why);
        if (!chain->staples[i]) {
            text_say(builder->err, builder->errlen, "%s:%d: case %s: staple: %s",
                     builder->record->file, builder->record->line, builder->record->id, why);
            return -1;
        }
    }
    return 0;
}

static const struct pki_cert **gather(struct builder *builder, const struct case_pairs *names,
                                      size_t *ret_count)
{
    const struct pki_cert **list = calloc(names->count + 1, sizeof *list);
    if (!list)
        abort();
    for (size_t i = 0; i < names->count; i++) {
        list[i] = need(builder, names->list[i].name, 0);
        if (!list[i]) {
            free(list);
            return NULL;
        }
    }
    *ret_count = names->count;
    return list;
}

struct case_chain *case_chain_make(const struct case_record *record, struct pki_keys *keys,
                                   char *err, size_t errlen)
{
    struct case_chain *chain = calloc(1, sizeof *chain);
    struct builder builder = { record, chain, err, errlen };
    if (!chain)
        abort();
    chain->pki = pki_new(keys, record->time);
    chain->present = gather(&builder, &record->present, &chain->present_count);
    if (chain->present)
        chain->trust = gather(&builder, &record->trust, &chain->trust_count);
    if (chain->trust)
        chain->distrust = gather(&builder, &record->distrust, &chain->distrust_count);
    if (!chain->distrust || make_listed(&builder) != 0 || make_crls(&builder) != 0 ||
        make_staples(&builder) != 0) {
        case_chain_free(chain);
        return NULL;
    }
    return chain;
}

void case_chain_free(struct case_chain *chain)
{
    if (!chain)
        return;
    pki_free(chain->pki);
    free(chain->present);
    free(chain->trust);
    free(chain->distrust);
    free(chain->crls);
    free(chain->staples);
    free(chain);
}
