/* SPDX-License-Identifier: MIT
 * What main.c knows of a subcommand. A subcommand is one file and one line in main.c's table. */
#ifndef COMMAND_H
#define COMMAND_H

/* The exit status of every subcommand. */
enum outcome {
    OUTCOME_ACCEPTED = 0,
    OUTCOME_REFUSED = 1,
    OUTCOME_USAGE = 2,
    OUTCOME_UNDECIDED = 3 /* the network, a file */
};

struct command {
    const char *name;
    const char *operands; /* "CHAIN.pem", for the usage line */
    const char *summary;  /* one line, for the list of subcommands */
    const char *purpose;  /* a paragraph, for its --help; wrapped when printed */
    /* argv[0] is the subcommand's name; parses its options by options_parse(). */
    enum outcome (*run)(const struct command *command, int argc, char **argv);
};

enum outcome audit_run(const struct command *command, int argc, char **argv);
enum outcome connect_run(const struct command *command, int argc, char **argv);
enum outcome listen_run(const struct command *command, int argc, char **argv);
enum outcome probe_run(const struct command *command, int argc, char **argv);
enum outcome tlsa_run(const struct command *command, int argc, char **argv);
enum outcome verify_run(const struct command *command, int argc, char **argv);
enum outcome why_run(const struct command *command, int argc, char **argv);

#endif
