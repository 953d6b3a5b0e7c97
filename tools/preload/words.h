/* SPDX-License-Identifier: MIT
 * What was set for this program, as words: from the files of the administrator, then from the
 * environment, which wins. */
#ifndef SVP_WORDS_H
#define SVP_WORDS_H

enum svp_word {
    SVP_PURPOSE,
    SVP_PROFILE,
    SVP_DIRECTION,
    SVP_LOG,
    SVP_CRL_FILE, /* several, with colons between them */
    SVP_OFF,
    SVP_WORDS
};

struct svp_words {
    char value[SVP_WORDS][512]; /* "": not set */
    int is_broken;              /* something was meant that can't be told */
    char complaints[1024];      /* lines; "": none */
};

/* The setting's name in a file: "purpose". */
const char *svp_word_name(enum svp_word word);

void svp_words_read(struct svp_words *words);

void __attribute__((format(printf, 2, 3)))
svp_complain(struct svp_words *words, const char *format, ...);

#endif
