/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was typed, told apart by the option table. */
#ifndef XL_CPUPOLICY_ARGS_H
#define XL_CPUPOLICY_ARGS_H

#include "options.h"

/* What was given for one option. */
struct arg_values {
    const char **values;
    size_t nr;                  /* flags: times given */
};

struct args {
    const struct command *command;
    char title[32];             /* "template dump", for messages */
    struct arg_values options[NR_OPTIONS];
    struct arg_values rest;     /* arguments that belong to no option */
    const char **memory;
};

/*
 * Parse what follows the command's name.  0, *help if that is asked for; else
 * an exit status, after a message.  To be disposed of in any case.
 */
int args_parse(struct args *a, const struct command *c, int argc,
               char **argv, bool *help);
void args_dispose(struct args *a);

/* The first value of an option, or NULL. */
const char *arg_value(const struct args *a, enum option_id id);
bool arg_given(const struct args *a, enum option_id id);

#endif /* XL_CPUPOLICY_ARGS_H */
