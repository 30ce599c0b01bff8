/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See notes.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "array.h"
#include "notes.h"

#define MAX_NOTES 65536

void notes_add(struct note_list *n, const char *fmt, ...)
{
    void *list;
    va_list args;
    char *text;
    int len;

    if ( !n )
        return;

    va_start(args, fmt);
    len = vasprintf(&text, fmt, args);
    va_end(args);
    list = n->list;
    if ( len < 0 ||
         array_room(&list, n->nr, &n->max, sizeof(text), MAX_NOTES) )
    {
        if ( len >= 0 )
            free(text);
        n->no_memory = true;
        return;
    }

    n->list = list;
    n->list[n->nr++] = text;
}

void notes_dispose(struct note_list *n)
{
    for ( size_t i = 0; i < n->nr; i++ )
        free(n->list[i]);
    free(n->list);
}
