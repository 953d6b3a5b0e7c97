/* SPDX-License-Identifier: MIT
 * s2sverify why: lines of a daemon's log, explained. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "log_context.h"
#include "log_reader.h"
#include "log_tally.h"
#include "options.h"
#include "output.h"

struct why {
    int follow, wants_json, wants_table;
    struct log_context *context;
    struct log_tally peers;
    struct log_tally faults; /* by the fault's name: which were explained */
    size_t line_number;
};

static const char *set_follow(void *target, const char *value)
{
    (void)value;
    ((struct why *)target)->follow = 1;
    return NULL;
}

static const char *set_json(void *target, const char *value)
{
    (void)value;
    ((struct why *)target)->wants_json = 1;
    return NULL;
}

static const char *set_table(void *target, const char *value)
{
    (void)value;
    ((struct why *)target)->wants_table = 1;
    return NULL;
}

static const struct option_row rows[] = {
    { "follow", NULL, "go on as the file grows, also over its rotation; -f is the same",
      set_follow },
    { "json", NULL, "one JSON object for each complaint on a line of its own, the summary last",
      set_json },
    { "table", NULL, "print all complaints that are known, and read no log", set_table },
};

/* ---- JSON ------------------------------------------------------------------------------------*/

static json_t *start_json(const char *type)
{
    json_t *object = json_report("why");
    json_object_set_new(object, "type", json_string(type));
    return object;
}

static void add_complaint(json_t *object, const struct complaint *complaint)
{
    json_object_set_new(object, "program", json_string(log_program_name(complaint->program)));
    json_object_set_new(object, "pattern", json_string(complaint->pattern));
    json_object_set_new(object, "fault", json_string(complaint->fault->name));
    json_object_set_new(object, "side", json_string(log_side_name(complaint->fault->side)));
    json_object_set_new(object, "meaning", json_string(complaint->fault->meaning));
    json_object_set_new(object, "advice", json_string(complaint->fault->advice));
}

static json_t *direction_json(int direction)
{
    return direction == LOG_EITHER_WAY
               ? json_null()
               : json_string(direction == S2SV_INBOUND ? "inbound" : "outbound");
}

static int print_json(const struct why *why, const char *line, const struct log_about *about,
                      const struct complaint *complaint)
{
    json_t *object = start_json("complaint");
    json_object_set_new(object, "number", json_integer((json_int_t)why->line_number));
    json_object_set_new(object, "line", json_text(line));
    json_object_set_new(object, "peer", about->peer[0] ? json_text(about->peer) : json_null());
    json_object_set_new(object, "direction", direction_json(about->direction));
    add_complaint(object, complaint);
    return json_print(object, 0);
}

static json_t *peer_json(const struct log_peer *peer)
{
    json_t *object = json_object(), *faults = json_object();
    for (size_t i = 0; i < peer->count; i++)
        json_object_set_new(faults, peer->counts[i].fault->name,
                            json_integer((json_int_t)peer->counts[i].lines));
    json_object_set_new(object, "peer", peer->name[0] ? json_text(peer->name) : json_null());
    json_object_set_new(object, "complaints", json_integer((json_int_t)peer->lines));
    json_object_set_new(object, "faults", faults);
    return object;
}

static int print_summary_json(const struct why *why)
{
    json_t *object = start_json("summary"), *peers = json_array();
    for (size_t i = 0; i < why->peers.count; i++)
        json_array_append_new(peers, peer_json(&why->peers.peers[i]));
    json_object_set_new(object, "lines", json_integer((json_int_t)why->line_number));
    json_object_set_new(object, "complaints", json_integer((json_int_t)why->peers.lines));
    json_object_set_new(object, "peers", peers);
    return json_print(object, 0);
}

/* ---- text ------------------------------------------------------------------------------------*/

static const char *side_text(enum log_side side)
{
    static const char *const texts[] = { [SIDE_PEER] = "the peer's fault",
                                         [SIDE_US] = "this server's fault",
                                         [SIDE_EITHER] = "either side's fault",
                                         [SIDE_NOBODY] = "nobody's fault" };
    return texts[side];
}

static void print_who(const struct log_about *about)
{
    const char *how = about->direction == S2SV_INBOUND    ? ", which connected"
                      : about->direction == S2SV_OUTBOUND ? ", connected to"
                                                          : "";
    if (about->peer[0])
        print("%s%s: ", about->peer, how);
    else
        print("(no peer named%s): ", how);
}

static void print_text(const char *line, const struct log_about *about, const struct fault *fault,
                       int is_explained)
{
    static const enum paint paints[] = {
        [SIDE_PEER] = WARNING, [SIDE_US] = BAD, [SIDE_EITHER] = WARNING, [SIDE_NOBODY] = DIM
    };
    print_paragraph(0, "%s", line);
    print("  ");
    print_who(about);
    print_painted(paints[fault->side], "%s, %s", fault->name, side_text(fault->side));
    print_line("%s", is_explained ? " (explained above)" : "");
    if (!is_explained) {
        print("    ");
        print_paragraph(4, "%s", fault->meaning);
        print("    To do: ");
        print_paragraph(4, "%s", fault->advice);
    }
    fflush(stdout);
}

enum { PEER_COLUMNS = 34, LINES_COLUMNS = 7 };

static void print_peer(const struct log_peer *peer)
{
    char lines[32], faults[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < peer->count && used < sizeof faults; i++)
        used += (size_t)snprintf(faults + used, sizeof faults - used, "%s%s", i > 0 ? ", " : "",
                                 peer->counts[i].fault->name);
    snprintf(lines, sizeof lines, "%zu", peer->lines);
    print_cell(PLAIN, PEER_COLUMNS, peer->name[0] ? peer->name : "(no peer named)");
    if (text_columns(peer->name) >= PEER_COLUMNS) {
        print_line("%s", "");
        print_cell(PLAIN, PEER_COLUMNS, "");
    }
    print_cell(PLAIN, LINES_COLUMNS, lines);
    print_paragraph(PEER_COLUMNS + LINES_COLUMNS, "%s", faults);
}

static void print_summary(const struct why *why)
{
    print_line("%s%zu lines, %zu complaints", why->peers.lines > 0 ? "" : "", why->line_number,
               why->peers.lines);
    if (why->peers.count == 0)
        return;
    print_line("%s", "");
    print_cell(BOLD, PEER_COLUMNS, "PEER");
    print_cell(BOLD, LINES_COLUMNS, "LINES");
    print_painted(BOLD, "WHAT");
    print_line("%s", "");
    for (size_t i = 0; i < why->peers.count; i++)
        print_peer(&why->peers.peers[i]);
}

/* ---- reading ---------------------------------------------------------------------------------*/

/* Returns 1, or 0 after a complaint. The same fault of the same peer is counted, not told again. */
static int read_line(struct why *why, const char *line)
{
    struct log_about about;
    why->line_number++;
    log_context_read(why->context, line, &about);
    const struct complaint *complaint = complaint_find(line, about.direction);
    if (!complaint)
        return 1;
    long told = log_tally_add(&why->peers, about.peer, complaint->fault);
    long explained = log_tally_add(&why->faults, complaint->fault->name, complaint->fault);
    if (told < 0 || explained < 0) {
        complain("out of memory");
        return 0;
    }
    if (why->wants_json)
        return print_json(why, line, &about, complaint);
    if (told == 0)
        print_text(line, &about, complaint->fault, explained > 0);
    return 1;
}

static void stop(int number)
{
    (void)number;
    log_reader_stop();
}

/* Whoever follows a log ends it by hand, and then wants the summary. */
static void stop_on_signals(void)
{
    struct sigaction action = { .sa_handler = stop };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static enum outcome read_log(struct why *why, const char *path)
{
    struct log_reader *reader = log_reader_new(path, why->follow);
    enum log_read state;
    const char *line;
    int is_fine = reader != NULL;
    if (why->follow)
        stop_on_signals();
    while (is_fine && (state = log_reader_next(reader, &line)) != LOG_READ_END)
        if (state == LOG_READ_FAILED)
            is_fine = 0;
        else if (state == LOG_READ_LINE)
            is_fine = read_line(why, line);
    log_reader_free(reader);
    if (!is_fine)
        return OUTCOME_UNDECIDED;
    log_tally_sort(&why->peers);
    if (!why->wants_json)
        print_summary(why);
    else if (!print_summary_json(why))
        return OUTCOME_UNDECIDED;
    return why->peers.lines > 0 ? OUTCOME_REFUSED : OUTCOME_ACCEPTED;
}

static enum outcome print_table(const struct why *why)
{
    int is_fine = 1;
    for (size_t i = 0; i < complaint_count && is_fine; i++) {
        const struct complaint *row = &complaints[i];
        if (why->wants_json) {
            json_t *object = start_json("pattern");
            json_object_set_new(object, "direction", direction_json(row->direction));
            add_complaint(object, row);
            is_fine = json_print(object, 0);
        } else {
            print_line("%s%s: \"%s\"", log_program_title(row->program),
                       row->direction == S2SV_INBOUND    ? ", of one that connected"
                       : row->direction == S2SV_OUTBOUND ? ", of one connected to"
                                                         : "",
                       row->pattern);
            print("  %s, %s. ", row->fault->name, side_text(row->fault->side));
            print_paragraph(2, "%s %s", row->fault->meaning, row->fault->advice);
        }
    }
    return is_fine ? OUTCOME_ACCEPTED : OUTCOME_UNDECIDED;
}

/* -f is what everybody types. */
static void spell_out(int argc, char **argv)
{
    static char follow[] = "--follow";
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "-f") == 0)
            argv[i] = follow;
}

enum outcome why_run(const struct command *command, int argc, char **argv)
{
    struct why why = { .follow = 0 };
    const struct option_group group = { "Options", OPTION_ROWS(rows), &why };
    int first;
    spell_out(argc, argv);
    enum parsed parsed = options_parse(command, &group, 1, argc, argv, &first);
    if (parsed != PARSED)
        return parsed == PARSED_HELP ? OUTCOME_ACCEPTED : OUTCOME_USAGE;
    if (argc - first > 1)
        return usage_error(command, "one log at a time");
    if (why.wants_table)
        return print_table(&why);
    enum outcome outcome = OUTCOME_UNDECIDED;
    why.context = log_context_new();
    if (why.context)
        outcome = read_log(&why, first < argc ? argv[first] : "-");
    else
        complain("out of memory");
    log_context_free(why.context);
    log_tally_clear(&why.peers);
    log_tally_clear(&why.faults);
    return outcome;
}
