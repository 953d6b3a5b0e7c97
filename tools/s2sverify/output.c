/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LONGEST = 4096, USUAL_WIDTH = 80, LEAST_WIDTH = 40, MOST_WIDTH = 120 };

static struct {
    int is_terminal, has_colour, width;
    int column, blanks; /* where the line is; blanks that come only if something follows */
} output;

static int terminal_width(void)
{
    struct winsize size;
    if (!output.is_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return USUAL_WIDTH;
    if (size.ws_col < LEAST_WIDTH)
        return LEAST_WIDTH;
    return size.ws_col > MOST_WIDTH ? MOST_WIDTH : size.ws_col;
}

/* https://no-color.org: set and not empty, whatever it says. */
static int colour_is_unwanted(void)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no_colour && no_colour[0] != '\0') || !term || strcmp(term, "dumb") == 0;
}

void output_start(void)
{
    output.is_terminal = isatty(STDOUT_FILENO);
    output.has_colour = output.is_terminal && !colour_is_unwanted();
    output.width = terminal_width();
}

enum outcome output_end(enum outcome outcome)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return outcome;
    complain("standard output: can't write");
    return OUTCOME_UNDECIDED;
}

int output_width(void)
{
    return output.width;
}

int output_is_terminal(void)
{
    return output.is_terminal;
}

/* ---- escaping ---------------------------------------------------------------------------------*/

/* The character at the beginning of the text and its length; 0 if it isn't UTF-8 (RFC 3629). */
static size_t read_character(const unsigned char *text, unsigned long *ret_character)
{
    static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t len = text[0] < 0x80   ? 1
                 : text[0] < 0xc2 ? 0
                 : text[0] < 0xe0 ? 2
                 : text[0] < 0xf0 ? 3
                 : text[0] < 0xf5 ? 4
                                  : 0;
    unsigned long character = len < 2 ? text[0] : text[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3f);
    }
    if (len == 0 || character < least[len] || character > 0x10ffff ||
        (character >= 0xd800 && character < 0xe000))
        return 0;
    *ret_character = character;
    return len;
}

/* Controls; what turns the reading direction; what takes no room; line and paragraph ends. */
static int is_printable(unsigned long c)
{
    return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && c != 0xad && c != 0x61c &&
           !(c >= 0x200b && c < 0x2010) && !(c >= 0x2028 && c < 0x202f) &&
           !(c >= 0x2060 && c < 0x2070) && c != 0xfeff && !(c >= 0xfff9 && c < 0xfffc) &&
           !(c >= 0xe0000 && c < 0xe1000);
}

/* Writes one character, escaped if need be, and says how much of the text it was. */
static size_t escape_one(const unsigned char *text, char escaped[20])
{
    unsigned long character;
    size_t len = read_character(text, &character);
    if (len > 0 && is_printable(character)) {
        memcpy(escaped, text, len);
        escaped[len] = '\0';
        return len;
    }
    if (len == 0)
        len = 1;
    for (size_t i = 0; i < len; i++)
        snprintf(escaped + 4 * i, 5, "\\x%02x", text[i]);
    return len;
}

const char *escape_text(const char *text, char *buf, size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t used = 0, room = size - sizeof "...";
    while (*p != '\0') {
        char escaped[20];
        p += escape_one(p, escaped);
        size_t len = strlen(escaped);
        if (used + len > room) {
            memcpy(buf + used, "...", 3);
            used += 3;
            break;
        }
        memcpy(buf + used, escaped, len);
        used += len;
    }
    buf[used] = '\0';
    return buf;
}

int text_columns(const char *text)
{
    char escaped[LONGEST];
    int columns = 0;
    for (const char *p = escape_text(text, escaped, sizeof escaped); *p != '\0'; p++)
        columns += ((unsigned char)*p & 0xc0) != 0x80;
    return columns;
}

/* ---- printing ---------------------------------------------------------------------------------*/

static const char *PRINTF_LIKE(2, 0)
    format_text(char buf[LONGEST], const char *format, va_list arguments)
{
    char raw[LONGEST];
    vsnprintf(raw, sizeof raw, format, arguments);
    return escape_text(raw, buf, LONGEST);
}

static void paint(enum paint paint)
{
    static const char *const codes[] = {
        [PLAIN] = "0", [BOLD] = "1", [GOOD] = "32", [BAD] = "31", [WARNING] = "33", [DIM] = "2"
    };
    if (output.has_colour)
        printf("\033[%sm", codes[paint]);
}

/* Text that is escaped already, without line ends. */
static void put(enum paint colour, const char *text)
{
    if (text[0] == '\0')
        return;
    printf("%*s", output.blanks, "");
    if (colour != PLAIN)
        paint(colour);
    fputs(text, stdout);
    if (colour != PLAIN)
        paint(PLAIN);
    output.column += output.blanks + text_columns(text);
    output.blanks = 0;
}

void end_line(void)
{
    putchar('\n');
    output.column = output.blanks = 0;
}

void print(const char *format, ...)
{
    char text[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    put(PLAIN, format_text(text, format, arguments));
    va_end(arguments);
}

void print_painted(enum paint colour, const char *format, ...)
{
    char text[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    put(colour, format_text(text, format, arguments));
    va_end(arguments);
}

void print_line(const char *format, ...)
{
    char text[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    put(PLAIN, format_text(text, format, arguments));
    va_end(arguments);
    end_line();
}

void print_cell(enum paint colour, int columns, const char *text)
{
    char escaped[LONGEST];
    int end = output.column + output.blanks + columns;
    put(colour, escape_text(text, escaped, sizeof escaped));
    if (output.column + output.blanks < end)
        output.blanks = end - output.column;
}

/* Breaks the line before a word that would not fit. */
static void put_word(const char *word, size_t len, int indent, int is_first)
{
    char text[LONGEST];
    snprintf(text, sizeof text, "%.*s", (int)len, word);
    if (!is_first) {
        output.blanks++;
        if (output.column + output.blanks + text_columns(text) > output.width) {
            end_line();
            output.blanks = indent;
        }
    }
    put(PLAIN, text);
}

void print_paragraph(int indent, const char *format, ...)
{
    char text[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    for (const char *word = text; *word != '\0';) {
        size_t len = strcspn(word, " ");
        put_word(word, len, indent, word == text);
        word += len + strspn(word + len, " ");
    }
    end_line();
}

void complain(const char *format, ...)
{
    char text[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    fflush(stdout);
    fprintf(stderr, "s2sverify: %s\n", text);
}
