/* SPDX-License-Identifier: MIT
 * The options that subcommands have in common. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdint.h>

#include "library.h"
#include "options.h"

enum { SETTINGS_FILES = 16, USUAL_TIMEOUT = 10 };

struct file_list {
    const char *paths[SETTINGS_FILES];
    size_t count;
};

struct settings {
    enum s2sv_profile profile; /* 0: not given */
    struct file_list anchors, crls;
    int has_at;
    int64_t at;
    const struct library *only; /* NULL: both */
    int wants_json;
    const char *policy_text; /* --policy; NULL: not given */
    char policy_error[256];
    /* policy: 0 is the library's default */
    enum s2sv_purpose purpose;
    enum s2sv_revocation revocation;
    unsigned identifiers;
    const char *service;
    int require_eku, allow_any_eku, ignore_anchor_eku, allow_single_label, match_common_name;
};

/* --protocol --cafile --crl --at --backend --json; target: struct settings. */
extern const struct option_row settings_rows[];
extern const size_t settings_row_count;
/* Those that mirror s2sv_policy_...(). */
extern const struct option_row policy_rows[];
extern const size_t policy_row_count;

/* "xmpp", "smtp", "sip", "server"; 0 if it is none. And back. */
enum s2sv_profile profile_of(const char *text);
const char *profile_name(enum s2sv_profile profile);

/* A policy by the settings. NULL after a complaint. */
struct s2sv_policy *settings_policy(const struct settings *settings, enum s2sv_profile profile);
/* The time that the settings ask about: --at, or now. */
int64_t settings_time(const struct settings *settings);

#endif
