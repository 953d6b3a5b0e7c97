/* SPDX-License-Identifier: MIT
 * A program that isn't ours: it sees the installed headers and the .pc files only.
 * usage: consumer [ROOT.pem LEAF.der INT.der DOMAIN]    prints reasons, one per line */
#include <stdio.h>
#include <string.h>

#if defined(WITH_OPENSSL)
#include <s2sverify/openssl.h>
#define BACKEND s2sv_openssl_backend()
#elif defined(WITH_GNUTLS)
#include <s2sverify/gnutls.h>
#define BACKEND s2sv_gnutls_backend()
#else
#include <s2sverify/s2sverify.h>
#endif

static const enum s2sv_reason reasons[] = {
    S2SV_REASON_NONE,          S2SV_REASON_UNTRUSTED,      S2SV_REASON_WRONG_PURPOSE,
    S2SV_REASON_NAME_MISMATCH, S2SV_REASON_NO_CERTIFICATE, S2SV_REASON_INTERNAL_ERROR,
};

static int print_reasons(void)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        printf("%s\n", s2sv_reason_name(reasons[i]));
    return s2sv_verdict_accepted(NULL);
}

#ifdef BACKEND
static int add(struct s2sv_peer *peer, const char *path)
{
    unsigned char der[8192];
    FILE *file = fopen(path, "rb");
    size_t len = file ? fread(der, 1, sizeof der, file) : 0;
    if (file)
        fclose(file);
    return s2sv_peer_add_certificate(peer, der, len);
}

static int verify(struct s2sv_trust *trust, struct s2sv_peer *peer, char **paths)
{
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    struct s2sv_verdict *verdict = NULL;
    int accepted = 0;
    if (s2sv_trust_add_file(trust, paths[0]) != S2SV_DECIDED)
        fprintf(stderr, "%s\n", s2sv_trust_error(trust));
    else if (add(peer, paths[1]) == S2SV_DECIDED && add(peer, paths[2]) == S2SV_DECIDED &&
             s2sv_peer_expect(peer, paths[3]) == S2SV_DECIDED &&
             s2sv_verify(trust, policy, peer, &verdict) == S2SV_DECIDED)
        accepted = s2sv_verdict_accepted(verdict);
    printf("%s\n", s2sv_reason_name(s2sv_verdict_reason(verdict)));
    s2sv_verdict_unref(verdict);
    s2sv_policy_unref(policy);
    return !accepted;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return print_reasons();
    struct s2sv_trust *trust = s2sv_trust_new(BACKEND);
    struct s2sv_peer *peer = s2sv_peer_new(S2SV_INBOUND);
    int status = verify(trust, peer, argv + 1);
    s2sv_peer_free(peer);
    s2sv_trust_unref(trust);
    return status;
}
#else
int main(void)
{
    return print_reasons();
}
#endif
