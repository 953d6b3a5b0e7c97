/* SPDX-License-Identifier: MIT
 * A verdict in words, for our own log. */
#include <stdio.h>
#include <stdlib.h>

#include "verdict.h"
#include "x509/certificate_reader.h"
#include "x509/text.h"

static void put_outcome(struct sv_output *out, const struct s2sv_verdict *verdict)
{
    const char *side = verdict->direction == S2SV_INBOUND ? "that connected to us (TLS client)"
                                                          : "that we connected to (TLS server)";
    if (s2sv_verdict_accepted(verdict))
        sv_put(out, "accepted: the peer %s is trusted and is %s\n", side, verdict->matched);
    else if (s2sv_verdict_reason(verdict) == S2SV_REASON_NONE)
        sv_put(out, "trusted: the peer %s; no name was expected, so none was checked\n", side);
    else
        sv_put(out, "refused: %s: the peer %s: %s\n",
               s2sv_reason_name(s2sv_verdict_reason(verdict)), side,
               s2sv_reason_text(s2sv_verdict_reason(verdict)));
}

/* About a name that was claimed after the verdict. It is the peer's own text: made printable. */
static void put_outcome_for(struct sv_output *out, const struct s2sv_verdict *verdict,
                            const char *domain)
{
    enum s2sv_reason reason = s2sv_verdict_why_not(verdict, domain);
    char name[SV_NAME_TEXT];
    snprintf(name, sizeof name, "%s", domain);
    sv_make_printable(name);
    if (reason == S2SV_REASON_NONE)
        sv_put(out, "accepted: the peer is trusted and is %s\n", name);
    else
        sv_put(out, "refused: %s: the peer isn't shown to be %s: %s\n", s2sv_reason_name(reason),
               name, s2sv_reason_text(reason));
}

static void put_faults(struct sv_output *out, const struct s2sv_verdict *verdict)
{
    for (size_t i = 0; i < verdict->fault_count; i++) {
        const struct sv_fault *fault = &verdict->faults[i];
        sv_put(out, "  fault: %s", s2sv_reason_name(fault->reason));
        if (fault->depth >= 0)
            sv_put(out, " at certificate %d", fault->depth);
        sv_put(out, ": %s\n", fault->text);
    }
    if (verdict->faults_left_out > 0)
        sv_put(out, "  fault: %zu more are not listed\n", verdict->faults_left_out);
}

static void put_certificates(struct sv_output *out, const struct s2sv_verdict *verdict)
{
    for (size_t i = 0; i < verdict->certificate_count; i++) {
        struct sv_certificate certificate;
        struct sv_misread misread;
        char subject[SV_NAME_TEXT], until[SV_TIME_TEXT];
        struct sv_span der = verdict->certificates[i];
        if (!sv_certificate_read(der.data, der.len, &certificate, &misread)) {
            sv_put(out, "  certificate %zu: %s\n", i, misread.what);
            continue;
        }
        sv_put(out, "  certificate %zu: %s, until %s\n", i,
               sv_name_text(certificate.subject, subject),
               sv_time_text(certificate.not_after, until));
    }
}

static const char *kind_name(enum s2sv_identifier kind)
{
    switch (kind) {
    case S2SV_IDENTIFIER_DNS:
        return "DNS-ID";
    case S2SV_IDENTIFIER_SRV:
        return "SRV-ID";
    case S2SV_IDENTIFIER_XMPP_ADDR:
        return "xmppAddr";
    case S2SV_IDENTIFIER_IP:
        return "IP-ID";
    case S2SV_IDENTIFIER_URI:
        return "URI-ID";
    case S2SV_IDENTIFIER_COMMON_NAME:
        break;
    }
    return "CN";
}

static void put_identities(struct sv_output *out, const struct s2sv_verdict *verdict)
{
    enum { SHOWN = 16 };
    size_t count = s2sv_verdict_identity_count(verdict);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        sv_put(out, "  presents: %s %s\n", kind_name(verdict->identities->items[i].kind),
               verdict->identities->items[i].value);
    if (count > SHOWN)
        sv_put(out, "  presents: %zu more identifiers\n", count - SHOWN);
}

/* What decided, where it isn't a path alone; and for whom. */
static void put_proof(struct sv_output *out, const struct s2sv_verdict *verdict)
{
    const char *text = verdict->record_text;
    if (verdict->proof == S2SV_PROOF_PKIX && text[0])
        sv_put(out, "  TLSA record: %s\n", text);
    if (verdict->proof != S2SV_PROOF_DANE && verdict->proof != S2SV_PROOF_PIN)
        return;
    sv_put(out, "  by %s%s%s, for",
           verdict->proof == S2SV_PROOF_PIN ? "pins" : "TLSA records (DANE)", text[0] ? ": " : "",
           text);
    for (size_t i = 0; i < verdict->owner_count; i++)
        sv_put(out, "%s %s", i > 0 ? " or" : "", verdict->owners[i]);
    sv_put(out, "%s\n", verdict->owner_count == 0 ? " a name that isn't known" : "");
}

int s2sv_verdict_explain_for(const struct s2sv_verdict *verdict, const char *domain, char *buf,
                             size_t size)
{
    struct sv_output out = { buf, buf ? size : 0, 0 };
    const char *note;
    if (!verdict) {
        sv_put(&out, "refused: internal-error: there is no verdict\n");
        return (int)out.length;
    }
    if (domain)
        put_outcome_for(&out, verdict, domain);
    else
        put_outcome(&out, verdict);
    put_proof(&out, verdict);
    put_faults(&out, verdict);
    put_certificates(&out, verdict);
    put_identities(&out, verdict);
    for (size_t i = 0; s2sv_verdict_note(verdict, i, &note) == S2SV_DECIDED; i++)
        sv_put(&out, "  note: %s\n", note);
    return (int)out.length;
}

int s2sv_verdict_explain(const struct s2sv_verdict *verdict, char *buf, size_t size)
{
    return s2sv_verdict_explain_for(verdict, NULL, buf, size);
}

char *s2sv_verdict_explain_dup(const struct s2sv_verdict *verdict, const char *domain)
{
    size_t size = (size_t)s2sv_verdict_explain_for(verdict, domain, NULL, 0) + 1;
    char *text = malloc(size);
    if (text)
        (void)s2sv_verdict_explain_for(verdict, domain, text, size);
    return text;
}
