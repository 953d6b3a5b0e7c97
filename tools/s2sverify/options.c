/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "output.h"

enum { MOST_OPTIONS = 64, NAME_COLUMNS = 26 };

static const struct option_row help_row = { "help", NULL, "this", NULL };

static void print_row(const struct option_row *row)
{
    char name[64];
    snprintf(name, sizeof name, "  --%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    print_cell(PLAIN, NAME_COLUMNS, name);
    if (strlen(name) >= NAME_COLUMNS) {
        end_line();
        print_cell(PLAIN, NAME_COLUMNS, "");
    }
    print_paragraph(NAME_COLUMNS, "%s", row->help);
}

static void print_help(const struct command *command, const struct option_group *groups,
                       size_t group_count)
{
    print_paragraph(6, "usage: s2sverify %s %s [OPTION ...]", command->name, command->operands);
    end_line();
    print_paragraph(0, "%s", command->purpose);
    for (size_t g = 0; g < group_count; g++) {
        end_line();
        print_painted(BOLD, "%s:", groups[g].title);
        end_line();
        for (size_t i = 0; i < groups[g].count; i++)
            print_row(&groups[g].rows[i]);
        if (g == 0)
            print_row(&help_row);
    }
}

static const struct option_row *find_row(const struct option_group *groups, size_t group_count,
                                         const char *name, void **ret_target)
{
    for (size_t g = 0; g < group_count; g++)
        for (size_t i = 0; i < groups[g].count; i++)
            if (strcmp(groups[g].rows[i].name, name) == 0) {
                *ret_target = groups[g].target;
                return &groups[g].rows[i];
            }
    return NULL;
}

/* The table as getopt_long() wants it; the help option first. */
static void list_options(const struct option_group *groups, size_t group_count,
                         struct option list[MOST_OPTIONS])
{
    size_t used = 0;
    memset(list, 0, MOST_OPTIONS * sizeof list[0]);
    list[used++].name = help_row.name;
    for (size_t g = 0; g < group_count; g++)
        for (size_t i = 0; i < groups[g].count && used + 1 < MOST_OPTIONS; i++, used++) {
            list[used].name = groups[g].rows[i].name;
            list[used].has_arg = groups[g].rows[i].argument ? required_argument : no_argument;
        }
}

static enum parsed refuse_option(const struct command *command, int found, const char *text)
{
    if (found == ':')
        complain("%s: %s needs a value; see s2sverify %s --help", command->name, text,
                 command->name);
    else
        complain("%s: there is no option %s, or it is ambiguous or takes no value; see s2sverify "
                 "%s --help",
                 command->name, text, command->name);
    return PARSED_WRONG;
}

enum parsed options_parse(const struct command *command, const struct option_group *groups,
                          size_t group_count, int argc, char **argv, int *ret_first)
{
    struct option list[MOST_OPTIONS];
    int found, which = 0;
    list_options(groups, group_count, list);
    optind = 1;
    while ((found = getopt_long(argc, argv, ":h", list, &which)) != -1) {
        if (found == 'h' || (found == 0 && which == 0)) {
            print_help(command, groups, group_count);
            return PARSED_HELP;
        }
        if (found != 0)
            return refuse_option(command, found, argv[optind - 1]);
        void *target = NULL;
        const struct option_row *row = find_row(groups, group_count, list[which].name, &target);
        const char *wanted = row->set(target, optarg);
        if (wanted) {
            complain("%s: --%s %s: this is not %s", command->name, row->name, optarg ? optarg : "",
                     wanted);
            return PARSED_WRONG;
        }
    }
    *ret_first = optind;
    return PARSED;
}

enum outcome usage_error(const struct command *command, const char *what)
{
    complain("%s: %s; see s2sverify %s --help", command->name, what, command->name);
    return OUTCOME_USAGE;
}
