/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The option table.  An option is one row: parsing, help, the manual and
 * completion for three shells are made of it.  An option that means something
 * else to another command has a row for that meaning; no command takes two
 * rows of the same name or letter.
 */
#ifndef XL_CPUPOLICY_OPTIONS_H
#define XL_CPUPOLICY_OPTIONS_H

#include "command.h"

enum option_id {
    OPT_FROM, OPT_CMDLINE, OPT_PLATFORM, OPT_NOTES, OPT_STATE,
    OPT_TYPE, OPT_POLICY, OPT_ONLY,
    OPT_PV32, OPT_SHADOW, OPT_NESTED, OPT_VPMU, OPT_PHYS_BITS,
    OPT_XL_CFG, OPT_DRY_RUN,
    OPT_FORM,
    /* Firecracker's */
    OPT_CONFIG, OPT_TEMPLATE, OPT_GUEST_FROM, OPT_GUEST_DOMAIN,
    OPT_GUEST_POLICY, OPT_GUEST_TYPE,
    OPT_DUMP_OUTPUT, OPT_FINGERPRINT_OUTPUT, OPT_GENERATE_OUTPUT,
    OPT_PARTIAL, OPT_GENERATE_REPORT, OPT_REPORT,
    OPT_PATHS, OPT_SUFFIX, OPT_KEEP_CAPABILITIES,
    OPT_PREV, OPT_CURR, OPT_FILTERS, OPT_AS_ORIGINAL,
    /* every command's */
    OPT_HELP,
    NR_OPTIONS
};

struct option_row {
    const char *name;
    char letter;                /* 0: none */
    enum value_kind kind;       /* VALUE_NONE: a flag */
    const char *metavar;        /* "PATH"; NULL for flags */
    const char *help;           /* NULL: the words that can be meant */
    uint32_t commands;          /* 1 << enum command_id of those that take it */
    bool required, may_be_empty;
    bool accumulates;           /* may be given again */
    unsigned int least;         /* takes several at a time, as many or more */
};

extern const struct option_row option_rows[NR_OPTIONS];

bool option_taken(const struct option_row *o, const struct command *c);

/* By name (`len` bytes of it) or letter; NULL: the command has no such. */
const struct option_row *option_find(const struct command *c,
                                     const char *name, size_t len);
const struct option_row *option_find_letter(const struct command *c,
                                            char letter);

/*
 * The n-th word that can be meant where `kind` is wanted of a command; NULL
 * past the last, or where there is no list of words.
 */
const char *value_word(enum value_kind kind, const struct command *c,
                       size_t n);

/* Can it be the name of a file as well? */
bool value_may_be_file(enum value_kind kind);

#endif /* XL_CPUPOLICY_OPTIONS_H */
