/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sentences for people, collected while something is read. */
#ifndef CPUPOLICY_NOTES_H
#define CPUPOLICY_NOTES_H

#include <stdbool.h>
#include <stddef.h>

struct note_list {
    char **list;
    size_t nr, max;
    bool no_memory;             /* one was lost */
};

/* Append; remembers failure to do so.  `n` may be NULL: nobody listens. */
void notes_add(struct note_list *n, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void notes_dispose(struct note_list *n);

#endif /* CPUPOLICY_NOTES_H */
