/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The content of one file, as parsers get it. */
#ifndef CPUPOLICY_INPUT_H
#define CPUPOLICY_INPUT_H

#include <stddef.h>

/* Not NUL-terminated; may contain anything. */
struct dump_input {
    const char *bytes;
    size_t nr_bytes;
};

#endif /* CPUPOLICY_INPUT_H */
