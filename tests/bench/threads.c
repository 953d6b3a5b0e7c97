/* SPDX-License-Identifier: MIT
 * One thread and two, of one trust and one policy: what two get done in the time of one. Others may
 * use the machine, so the time is the threads' own CPU time; what they wait for each other is told
 * by the switches, of which there should be none. */
#include "bench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { LEAVES = 64, ROUNDS = 31, MET = 20000, NEW = 60, MAX_THREADS = 2 };

static struct chain chain;
static struct s2sv_link leaves[LEAVES];
static struct s2sv_policy *policy;
static struct s2sv_trust *trust;
static pthread_barrier_t barrier;

struct job {
    unsigned seed, repeat;
    double seconds;
    long switches;
};

static void *work(void *arg)
{
    struct job *job = arg;
    struct rusage before, after;
    pthread_barrier_wait(&barrier);
    getrusage(RUSAGE_THREAD, &before);
    double start = cpu_of_thread();
    for (unsigned i = 0; i < job->repeat; i++) {
        struct s2sv_verdict *verdict = verify(trust, policy, &leaves[(job->seed + i) % LEAVES],
                                              &chain.intermediate, "name0.example");
        must(s2sv_verdict_accepted(verdict));
        s2sv_verdict_unref(verdict);
    }
    job->seconds = cpu_of_thread() - start;
    getrusage(RUSAGE_THREAD, &after);
    job->switches = after.ru_nvcsw - before.ru_nvcsw;
    return NULL;
}

struct result {
    double rate; /* verifications per second of CPU time of the slowest */
    double wall_rate;
    long switches;
};

static struct result run(unsigned threads, unsigned repeat)
{
    pthread_t ids[MAX_THREADS];
    struct job jobs[MAX_THREADS];
    struct result result = { 0 };
    double slowest = 0;
    pthread_barrier_init(&barrier, NULL, threads + 1);
    for (unsigned i = 0; i < threads; i++) {
        jobs[i] = (struct job){ i * LEAVES / 2, repeat, 0, 0 };
        must(pthread_create(&ids[i], NULL, work, &jobs[i]) == 0);
    }
    pthread_barrier_wait(&barrier);
    double start = wall();
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        slowest = jobs[i].seconds > slowest ? jobs[i].seconds : slowest;
        result.switches += jobs[i].switches;
    }
    result.rate = threads * repeat / slowest;
    result.wall_rate = threads * repeat / (wall() - start);
    pthread_barrier_destroy(&barrier);
    return result;
}

static void measure(const char *what, size_t memory, unsigned repeat, enum bound bound)
{
    double rates[ROUNDS], walls[ROUNDS];
    char name[64];
    long switches = 0;
    must(s2sv_trust_set_memory(trust, memory) == S2SV_DECIDED);
    run(1, LEAVES); /* now all are met */
    for (int i = 0; i < ROUNDS; i++) {
        struct result one = run(1, repeat), two = run(2, repeat);
        rates[i] = two.rate / one.rate;
        walls[i] = two.wall_rate / one.wall_rate;
        switches += two.switches;
    }
    snprintf(name, sizeof name, "two-threads-%s", what);
    print_number("ecdsa", name, median(rates, ROUNDS), "times one", bound, 1.8);
    snprintf(name, sizeof name, "two-threads-%s-by-the-clock", what);
    print_number("ecdsa", name, median(walls, ROUNDS), "times one", NO_TARGET, 0);
    snprintf(name, sizeof name, "two-threads-%s-switches", what);
    print_number("ecdsa", name, (double)switches / ROUNDS / (2 * repeat) * 1e6, "per million",
                 NO_TARGET, 0);
}

int main(void)
{
    chain = chain_new(0);
    for (int i = 0; i < LEAVES; i++) {
        char name[16];
        snprintf(name, sizeof name, "leaf%d", i);
        leaves[i] = chain_leaf(&chain, name, 2);
    }
    policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
    trust = trust_of(&chain.root);
    measure("met-before", 4096, MET, AT_LEAST);
    measure("first-contact", 0, NEW, NO_TARGET);
    s2sv_trust_unref(trust);
    s2sv_policy_unref(policy);
    chain_free(&chain);
    return 0;
}
