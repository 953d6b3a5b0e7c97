/* SPDX-License-Identifier: MIT
 * s2sverify: would other servers accept this certificate, and do we accept theirs? */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <s2sverify/s2sverify.h>

#include "command.h"
#include "output.h"

static const struct command commands[] = {
    { "verify", "CHAIN.pem --name DOMAIN", "judge a certificate chain from a file",
      "Judges the chain in CHAIN.pem, the server's own certificate first, as other servers would: "
      "once as what they see when they connect to it, once as what they see when it connects to "
      "them. Beside the verdict of s2sverify stands what stock OpenSSL and GnuTLS would say.",
      verify_run },
    { "connect", "xmpp:DOMAIN | smtp:DOMAIN-OR-HOST | tls:HOST:PORT",
      "connect to a server and judge its certificate",
      "Connects as another server would: XMPP by SRV records, STARTTLS or direct TLS; SMTP by MX "
      "records and STARTTLS; or TLS alone. Judges what the server shows, in both directions: its "
      "certificate is the one that it shows when it connects to others, usually.",
      connect_run },
    { "probe", "xmpp:DOMAIN | smtp:HOST --cert CHAIN.pem --key KEY.pem --from DOMAIN",
      "does that server accept my certificate?",
      "Connects as the server of another domain, shows its certificate, and says whether it is "
      "accepted: over XMPP by SASL EXTERNAL, over SMTP by the answer to MAIL FROM. With --kinds it "
      "tries certificates of every kind; the exit status then tells whether one with serverAuth "
      "only is accepted.",
      probe_run },
    { "listen", "xmpp|smtp --domain DOMAIN --cert CHAIN.pem --key KEY.pem",
      "be the receiving server: judge everybody who connects",
      "Takes connections as the server of DOMAIN, judges the certificates of those who connect, "
      "and "
      "prints one line for each. An XMPP server that pings DOMAIN reads in the answer what its "
      "certificate is worth, an SMTP client in the answer to RCPT. Different ports and domains can "
      "show certificates with something wrong, to see who notices. Ends by SIGINT or SIGTERM.",
      listen_run },
    { "audit", "LIST", "judge what many servers show",
      "Connects to each target of LIST as the command connect does, several at a time; each line "
      "is "
      "a target, \"xmpp:DOMAIN\" for example, and # begins a comment. Prints a line for each as it "
      "ends, and what breaks, and for whom.",
      audit_run },
    { "tlsa", "CHAIN.pem [NEXT.pem] --name HOST", "print the TLSA records to publish",
      "Prints lines for the zone of HOST: the TLSA record of the key in CHAIN.pem and, as "
      "comments, "
      "those of the CAs in it; and what to do before a renewal. With NEXT.pem it prints the record "
      "of "
      "the next key beside that of the present one, for the time in between.",
      tlsa_run },
    { "why", "[LOG]", "explain a daemon's log",
      "Reads the log of Prosody, ejabberd, Postfix or Exim, or any text in which OpenSSL, GnuTLS "
      "or "
      "s2sverify complain, from LOG or standard input: for each complaint about TLS what it means, "
      "who has to do something, and what; and a summary by peer. Nothing is sent anywhere. Exit "
      "status 1: there was a complaint.",
      why_run },
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    print_line("usage: s2sverify COMMAND [OPTION ...] ...");
    end_line();
    print_paragraph(0, "Says whether servers accept one another's certificates, and why not.");
    end_line();
    for (size_t i = 0; i < COMMANDS; i++)
        print_line("  %-8s  %s", commands[i].name, commands[i].summary);
    end_line();
    print_line("s2sverify COMMAND --help tells about each; s2sverify --version.");
    print_line("Exit status: 0 accepted, 1 refused, 2 usage, 3 could not be decided.");
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    output_start();
    signal(SIGPIPE, SIG_IGN);
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return (int)output_end(OUTCOME_ACCEPTED);
    }
    if (strcmp(name, "--version") == 0) {
        print_line("s2sverify %s", s2sv_version());
        return (int)output_end(OUTCOME_ACCEPTED);
    }
    const struct command *command = find(name);
    if (command)
        return (int)output_end(command->run(command, argc - 1, argv + 1));
    if (argc > 1)
        complain("there is no command \"%s\"; see s2sverify --help", name);
    else
        complain("no command is given; see s2sverify --help");
    return OUTCOME_USAGE;
}
