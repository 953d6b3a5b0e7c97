/* SPDX-License-Identifier: MIT */
/* Does what daemons do, one act after the other, as its arguments say; see acts[]. It knows nothing
 * of s2sverify. Exit status 1, and a line, where an act doesn't come out as said. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actor.h"

static SSL_CTX *ctx;
static char **arguments; /* those that are left */

static char *next(void)
{
    must(*arguments);
    return *arguments++;
}

static void expect(const char *peer, int accepted)
{
    if (actor_accepts(ctx, peer) == accepted)
        return;
    printf("%s: it is %s\n", peer, accepted ? "refused" : "accepted");
    exit(1);
}

static void accept_peer(void)
{
    expect(next(), 1);
}

static void refuse_peer(void)
{
    expect(next(), 0);
}

/* COUNT PEER */
static void refuse_often(void)
{
    int count = atoi(next());
    const char *peer = next();
    while (count-- > 0)
        expect(peer, 0);
}

/* All that follows happens with this one context. */
static void make_context(void)
{
    ctx = actor_context();
}

/* PEER FILE: the peer is on a list in that file. */
static void put_on_list(void)
{
    const char *peer = next();
    actor_write_crl_of(peer, next());
}

static void change_root(void)
{
    must(chroot(next()) == 0 && chdir("/") == 0);
}

static void become_nobody(void)
{
    must(setgid(65534) == 0 && setuid(65534) == 0);
}

static void clean_environment(void)
{
    clearenv();
}

static void close_all(void)
{
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
}

/* Others get the numbers that were closed. */
static void open_many(void)
{
    for (int i = 0; i < 300; i++)
        must(dup(STDIN_FILENO) >= 0);
}

static void wait_for(pid_t child)
{
    int status;
    must(waitpid(child, &status, 0) == child);
    if (status != 0)
        exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* What follows happens in a child. */
static void fork_off(void)
{
    pid_t child = fork();
    must(child >= 0);
    if (child == 0)
        return;
    wait_for(child);
    exit(0);
}

/* What follows happens in the same program, started anew. */
static void start_anew(void)
{
    arguments[-1] = (char *)"acts";
    execv("/proc/self/exe", arguments - 1);
    must(!"execv");
}

/* FROM TO: moves a file. */
static void move(void)
{
    const char *from = next();
    must(rename(from, next()) == 0);
}

static void *handshakes(void *unused)
{
    (void)unused;
    for (int i = 0; i < 4; i++) {
        expect("both", 1);
        expect("code", 0);
    }
    return NULL;
}

/* SECONDS, after a line on standard output. */
static void rest(void)
{
    puts("resting");
    fflush(stdout);
    sleep((unsigned)atoi(next()));
}

/* COUNT threads at once. */
static void run_threads(void)
{
    int count = atoi(next());
    pthread_t threads[256];
    must(count <= 256);
    for (int i = 0; i < count; i++)
        must(pthread_create(&threads[i], NULL, handshakes, NULL) == 0);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

/* No other calls from now on than a service under "SystemCallFilter=@basic-io @file-system
 * @io-event
 * @signal @timer @process @default @sync" has: a call that isn't listed ends the process. */
static void filter_calls(void)
{
    static const int allowed[] = {
        SYS_read,
        SYS_write,
        SYS_open,
        SYS_openat,
        SYS_close,
        SYS_lseek,
        SYS_stat,
        SYS_fstat,
        SYS_newfstatat,
        SYS_lstat,
        SYS_statx,
        SYS_readlink,
        SYS_getdents64,
        SYS_fcntl,
        SYS_mmap,
        SYS_munmap,
        SYS_mprotect,
        SYS_mremap,
        SYS_brk,
        SYS_madvise,
        SYS_poll,
        SYS_ppoll,
        SYS_rt_sigaction,
        SYS_rt_sigprocmask,
        SYS_rt_sigreturn,
        SYS_getpid,
        SYS_gettid,
        SYS_getuid,
        SYS_geteuid,
        SYS_getgid,
        SYS_getegid,
        SYS_clock_gettime,
        SYS_gettimeofday,
        SYS_time,
        SYS_futex,
        SYS_getrandom,
        SYS_socket,
        SYS_connect,
        SYS_sendto,
        SYS_exit,
        SYS_exit_group,
        SYS_clone,
        SYS_clone3,
        SYS_wait4,
        SYS_set_robust_list,
        SYS_rseq,
        SYS_sched_yield,
        SYS_prlimit64,
        SYS_sysinfo,
        SYS_uname,
        SYS_access,
        SYS_faccessat,
        SYS_faccessat2,
        SYS_tgkill,
        SYS_restart_syscall,
    };
    enum { COUNT = sizeof allowed / sizeof allowed[0] };
    struct sock_filter code[COUNT + 3];
    struct sock_fprog filter = { .len = COUNT + 3, .filter = code };

    code[0] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < COUNT; i++)
        code[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i],
                                                   (__u8)(COUNT - i), 0);
    code[COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[COUNT + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

static const struct {
    const char *name;
    void (*act)(void);
} acts[] = {
    { "accept", accept_peer },
    { "refuse", refuse_peer },
    { "refuse-often", refuse_often },
    { "context", make_context },
    { "revoke", put_on_list },
    { "chroot", change_root },
    { "nobody", become_nobody },
    { "clean-environment", clean_environment },
    { "close-all", close_all },
    { "open-many", open_many },
    { "fork", fork_off },
    { "exec", start_anew },
    { "move", move },
    { "rest", rest },
    { "threads", run_threads },
    { "filter-calls", filter_calls },
};

int main(int argc, char **argv)
{
    size_t i;
    (void)argc;
    actor_make_certificates();
    arguments = argv + 1;
    while (*arguments) {
        const char *name = next();
        for (i = 0; strcmp(acts[i].name, name) != 0; i++)
            must(i + 1 < sizeof acts / sizeof acts[0]);
        acts[i].act();
    }
    return 0;
}
