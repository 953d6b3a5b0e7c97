/* SPDX-License-Identifier: MIT */
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, ERA_DAYS = 146097 }; /* 400 years of the Gregorian calendar */

struct date {
    int64_t year;
    int month, day;
};

/* Years begin in March here, so that the odd day comes last. */
static int64_t days_of(struct date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_of(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - ERA_DAYS + 1) / ERA_DAYS;
    int64_t of_era = days - era * ERA_DAYS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153);
    struct date date = { year + era * 400, month < 10 ? month + 3 : month - 9,
                         (int)(of_year - (153 * month + 2) / 5 + 1) };
    date.year += date.month <= 2;
    return date;
}

static int is_date(struct date date)
{
    struct date back = date_of(days_of(date));
    return date.month >= 1 && date.month <= 12 && date.day >= 1 && back.month == date.month &&
           back.day == date.day;
}

static int parse_seconds(const char *text, int64_t *ret_seconds)
{
    char *end;
    intmax_t seconds = strtoimax(text, &end, 10);
    if (end == text || *end != '\0' || seconds > INT64_C(253402300799) || seconds < 0)
        return 0;
    *ret_seconds = seconds;
    return 1;
}

int when_parse(const char *text, int64_t *ret_seconds)
{
    int year, month, day, hour = 0, minute = 0, second = 0, used = 0;
    if (text[0] == '@')
        return parse_seconds(text + 1, ret_seconds);
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) < 3 || used != 10)
        return 0;
    if (text[10] != '\0') {
        used = 0;
        if (sscanf(text + 10, "T%2d:%2d:%2dZ%n", &hour, &minute, &second, &used) < 3 ||
            used != 10 || text[20] != '\0')
            return 0;
    }
    struct date date = { year, month, day };
    if (!is_date(date) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 59)
        return 0;
    *ret_seconds = days_of(date) * DAY + hour * 3600 + minute * 60 + second;
    return 1;
}

int64_t when_days(int64_t from, int64_t until)
{
    int64_t seconds = until - from;
    return seconds >= 0 ? seconds / DAY : -((-seconds + DAY - 1) / DAY);
}

const char *when_day(int64_t seconds, char buf[WHEN_TEXT])
{
    struct date date = date_of(when_days(0, seconds));
    snprintf(buf, WHEN_TEXT, "%04" PRId64 "-%02d-%02d", date.year, date.month, date.day);
    return buf;
}

const char *when_text(int64_t seconds, char buf[WHEN_TEXT])
{
    int64_t of_day = seconds - when_days(0, seconds) * DAY;
    size_t used = strlen(when_day(seconds, buf));
    snprintf(buf + used, WHEN_TEXT - used, "T%02d:%02d:%02dZ", (int)(of_day / 3600),
             (int)(of_day / 60 % 60), (int)(of_day % 60));
    return buf;
}
