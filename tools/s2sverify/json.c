/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdio.h>
#include <string.h>

#include "output.h"
#include "when.h"

json_t *json_report(const char *command)
{
    return json_pack("{s:i, s:s}", "schema", JSON_SCHEMA, "command", command);
}

json_t *json_text(const char *text)
{
    char escaped[4096];
    json_t *string = text ? json_string(text) : json_null();
    return string ? string : json_string(escape_text(text, escaped, sizeof escaped));
}

json_t *json_time(int64_t seconds)
{
    char text[WHEN_TEXT];
    return json_string(when_text(seconds, text));
}

int json_print(json_t *report, int is_indented)
{
    int done = report && json_dumpf(report, stdout, is_indented ? JSON_INDENT(2) : 0) == 0;
    if (done)
        putchar('\n');
    else
        complain("the JSON could not be made or written");
    fflush(stdout);
    json_decref(report);
    return done;
}
