/* SPDX-License-Identifier: MIT */
#include "number.h"

#include <stdlib.h>

long parse_number(const char *text, long highest)
{
    char *end;
    long number = strtol(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= highest ? number : -1;
}
