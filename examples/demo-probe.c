/* SPDX-License-Identifier: MIT
 *
 * One side of one TLS session of the demonstration: see usage(). Built once against OpenSSL and
 * once against GnuTLS. */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo.h"
#include "net.h"

void demo_read(const struct s2sv_verdict *verdict, const char *domain,
               struct demo_result *ret_result)
{
    int depth = s2sv_verdict_depth(verdict);
    const void *leaf;
    size_t len;
    ret_result->accepted = s2sv_verdict_is_for(verdict, domain);
    if (!ret_result->accepted)
        snprintf(ret_result->reason, sizeof ret_result->reason, "%s%s",
                 s2sv_reason_name(s2sv_verdict_why_not(verdict, domain)),
                 depth == 0  ? ", leaf"
                 : depth > 0 ? ", CA"
                             : "");
    s2sv_verdict_explain(verdict, ret_result->explanation, sizeof ret_result->explanation);
    if (s2sv_verdict_certificate(verdict, 0, &leaf, &len) == S2SV_DECIDED &&
        len <= sizeof ret_result->leaf) {
        memcpy(ret_result->leaf, leaf, len);
        ret_result->leaf_len = len;
    }
}

static int usage(void)
{
    fputs("usage: demo-probe-LIBRARY -j show|stock|s2sverify -C CHAIN -K KEY -A ANCHORS -d DOMAIN\n"
          "           -o FILE [-p PORT]\n\n"
          "Connects to PORT, or listens and prints the port that the kernel chose. Writes \"yes\"\n"
          "or \"no: REASON\" to FILE, the explanation to FILE.txt and the certificate that the\n"
          "peer presented to FILE.der.\n",
          stderr);
    return 2;
}

static int judge_of(const char *word, enum demo_judge *ret_judge)
{
    static const char *const words[] = { "show", "stock", "s2sverify" };

    for (int i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            *ret_judge = (enum demo_judge)(i + 1);
            return 1;
        }
    return 0;
}

static int write_file(const char *name, const char *suffix, const void *data, size_t len)
{
    char path[1024];
    snprintf(path, sizeof path, "%s%s", name, suffix);
    FILE *file = fopen(path, "w");
    if (!file)
        return 0;
    int ok = fwrite(data, 1, len, file) == len;
    return fclose(file) == 0 && ok;
}

static int report(const char *name, const struct demo_result *result)
{
    char line[160];
    snprintf(line, sizeof line, "%s%s%s\n", result->accepted ? "yes" : "no",
             !result->accepted && result->reason[0] != '\0' ? ": " : "",
             result->accepted ? "" : result->reason);
    return write_file(name, ".der", result->leaf, result->leaf_len) &&
           write_file(name, ".txt", result->explanation, strlen(result->explanation)) &&
           write_file(name, "", line, strlen(line));
}

/* Says the port and closes standard output, so that whoever reads it can go on. */
static int accept_one(void)
{
    int port, fd, listener = net_listen(&port);
    if (listener < 0)
        return -1;
    printf("%d\n", port);
    fclose(stdout);
    fd = net_accept(listener);
    close(listener);
    return fd;
}

int main(int argc, char **argv)
{
    struct demo demo = { .listens = 1 };
    static struct demo_result result;
    const char *output = NULL;
    int option, port = 0, fd;
    while ((option = getopt(argc, argv, "j:C:K:A:d:o:p:")) != -1) {
        switch (option) {
        case 'j':
            if (!judge_of(optarg, &demo.judge))
                return usage();
            break;
        case 'C':
            demo.chain = optarg;
            break;
        case 'K':
            demo.key = optarg;
            break;
        case 'A':
            demo.anchors = optarg;
            break;
        case 'd':
            demo.domain = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'p':
            port = atoi(optarg);
            demo.listens = 0;
            break;
        default:
            return usage();
        }
    }
    if (!demo.judge || !demo.chain || !demo.key || !demo.anchors || !demo.domain || !output)
        return usage();
    signal(SIGPIPE, SIG_IGN);
    fd = demo.listens ? accept_one() : net_connect(port);
    if (fd < 0 || demo_session(&demo, fd, &result) != 0 || !report(output, &result)) {
        perror(argv[0]);
        return 1;
    }
    close(fd);
    return 0;
}
