/* SPDX-License-Identifier: MIT */
/* Ways in which programs let serverAuth certificates in: rows that doc/migration.md must have. */
#ifndef WAYS_H
#define WAYS_H

#include <stdio.h>
#include <string.h>

/* The columns: a certificate's extended key usage, and its issuer's. */
enum { WAYS_LEAVES = 6 };
static const char *const ways_leaves[WAYS_LEAVES] = { "public", "server", "client",
                                                      "code",   "none",   "authority" };
#define WAYS_SPECS                                                 \
    "public: issuer=int san=dns:peer.example eku=serverAuth",      \
        "server: issuer=root san=dns:peer.example eku=serverAuth", \
        "client: issuer=root san=dns:peer.example eku=clientAuth", \
        "code: issuer=root san=dns:peer.example eku=codeSigning",  \
        "none: issuer=root san=dns:peer.example eku=absent",       \
        "authority: ca issuer=root ku=digitalSignature,keyCertSign san=dns:peer.example"

/* Prints a row; 1 if the document has it. */
static int ways_row(const char *document, const char *way, const char *direction,
                    const int accepted[WAYS_LEAVES])
{
    char row[300], line[1000];
    size_t used = (size_t)snprintf(row, sizeof row, "| %s | %s |", way, direction);
    for (int i = 0; i < WAYS_LEAVES; i++)
        used +=
            (size_t)snprintf(row + used, sizeof row - used, " %s |", accepted[i] ? "yes" : "no");
    printf("%s\n", row);
    FILE *file = fopen(document, "r");
    int found = 0;
    while (file && !found && fgets(line, sizeof line, file))
        found = strncmp(line, row, strlen(row)) == 0;
    if (file)
        fclose(file);
    return found;
}

#endif
