/* SPDX-License-Identifier: MIT
 * Everything that the command prints goes through here: text from files and peers is escaped,
 * colour is for terminals. One thread. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>

#include "command.h"

#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

enum paint { PLAIN, BOLD, GOOD, BAD, WARNING, DIM };

void output_start(void);
/* Flushes. The outcome, or OUTCOME_UNDECIDED if standard output couldn't be written. */
enum outcome output_end(enum outcome outcome);

int output_width(void); /* of the terminal, 80 if there is none; at least 40, at most 120 */
int output_is_terminal(void);

/* Text on standard output. Control characters that come out of the arguments, line ends as well,
 * and what isn't UTF-8 or turns the reading direction, are printed as \xNN. */
void print(const char *format, ...) PRINTF_LIKE(1, 2);
void print_painted(enum paint paint, const char *format, ...) PRINTF_LIKE(2, 3);
void print_line(const char *format, ...) PRINTF_LIKE(1, 2); /* and ends the line */
void end_line(void);
/* Padded with blanks, if something follows on the line. */
void print_cell(enum paint paint, int columns, const char *text);
/* Words, wrapped at the width. The first line goes on where the line is; the others are indented.
 * Ends the line. */
void print_paragraph(int indent, const char *format, ...) PRINTF_LIKE(2, 3);

/* One line on standard error, "s2sverify: ...", escaped as above. */
void complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* Escapes as print() does. Returns buf; text that doesn't fit is cut, and ends with "...". */
const char *escape_text(const char *text, char *buf, size_t size);
/* Columns that the text takes, escaped as it is. */
int text_columns(const char *text);

#endif
