/* SPDX-License-Identifier: MIT
 * Many hosts: what install() and attach() cost where 1 to 50,000 credentials or contexts have a
 * policy. The processor time of one call; of attach() with the look-up of what is installed.
 * usage: bench_hosts [LARGEST] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 500, ROUNDS = 8 };

#if defined(BACKEND_OPENSSL)
typedef SSL_CTX *host;
typedef SSL *connection;

static host host_new(void)
{
    return SSL_CTX_new(TLS_server_method());
}

static connection connection_new(host ctx)
{
    return SSL_new(ctx);
}

static int install(host ctx, struct s2sv_policy *policy)
{
    return s2sv_openssl_install(ctx, policy, NULL);
}

static int attach(connection ssl)
{
    return s2sv_openssl_attach(ssl, NULL);
}

static void connection_free(connection ssl)
{
    SSL_free(ssl);
}

static void host_free(host ctx)
{
    SSL_CTX_free(ctx);
}
#else
typedef gnutls_certificate_credentials_t host;
typedef gnutls_session_t connection;

static host host_new(void)
{
    host cred;
    must(gnutls_certificate_allocate_credentials(&cred) == 0);
    return cred;
}

static connection connection_new(host cred)
{
    connection session;
    must(gnutls_init(&session, GNUTLS_SERVER) == 0 &&
         gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred) == 0);
    return session;
}

static int install(host cred, struct s2sv_policy *policy)
{
    return s2sv_gnutls_install(cred, policy, NULL);
}

static int attach(connection session)
{
    return s2sv_gnutls_attach(session, NULL);
}

static void connection_free(connection session)
{
    gnutls_deinit(session);
}

static void host_free(host cred)
{
    s2sv_gnutls_uninstall(cred);
    gnutls_certificate_free_credentials(cred);
}
#endif

/* Seconds, of connections to hosts here and there. */
static double attach_some(host *hosts, unsigned count)
{
    static unsigned next;
    connection connections[CALLS];
    for (unsigned i = 0; i < CALLS; i++)
        connections[i] = connection_new(hosts[(next++ * 2654435761u) % count]);
    double began = cpu_of_thread();
    for (unsigned i = 0; i < CALLS; i++)
        must(attach(connections[i]) == 0);
    double attached = cpu_of_thread() - began;
    for (unsigned i = 0; i < CALLS; i++)
        connection_free(connections[i]);
    return attached;
}

static void measure(unsigned count, struct s2sv_policy *policy)
{
    host *hosts = malloc(count * sizeof *hosts);
    must(hosts);
    for (unsigned i = 0; i < count; i++)
        hosts[i] = host_new();
    double began = cpu_of_thread();
    for (unsigned i = 0; i < count; i++)
        must(install(hosts[i], policy) == 0);
    double installed = cpu_of_thread() - began, attached = 0;
    for (unsigned i = 0; i < ROUNDS; i++)
        attached += attach_some(hosts, count);
    began = cpu_of_thread();
    for (unsigned i = 0; i < count; i++)
        host_free(hosts[i]);
    printf("%s hosts %u: install %.3f us, attach %.3f us, uninstall and free %.3f us each\n",
           BACKEND_NAME, count, installed * 1e6 / count, attached * 1e6 / (CALLS * ROUNDS),
           (cpu_of_thread() - began) * 1e6 / count);
    free(hosts);
}

int main(int argc, char **argv)
{
    static const unsigned counts[] = { 1, 1000, 10000, 50000 };
    unsigned largest = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50000;
    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    must(policy);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0] && counts[i] <= largest; i++)
        measure(counts[i], policy);
    s2sv_policy_unref(policy);
    return 0;
}
