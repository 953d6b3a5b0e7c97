/* SPDX-License-Identifier: MIT */
#ifndef FILE_H
#define FILE_H

/* The text of a file of at most 4 MiB; free() it. NULL after a complaint that names the file. */
char *file_read(const char *path);

#endif
