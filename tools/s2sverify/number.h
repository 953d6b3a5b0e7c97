/* SPDX-License-Identifier: MIT */
#ifndef NUMBER_H
#define NUMBER_H

/* 0 or more, up to the highest; -1 if the text is no such number. */
long parse_number(const char *text, long highest);

#endif
