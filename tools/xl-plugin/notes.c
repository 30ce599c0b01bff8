/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a source has to say of itself, on stderr, beside the answer. */

#include "common.h"

#include <string.h>

/* What fits a screen along with an answer. */
#define MAX_LINES 8
#define MAX_WIDTH 100

static const char *const names[] = {
    [NOTES_SHORT] = "short", [NOTES_ALL] = "all", [NOTES_NONE] = "none",
};

const char *notes_name(size_t n)
{
    return n < sizeof(names) / sizeof(names[0]) ? names[n] : NULL;
}

/* Where to cut a note: after the last word that fits. */
static int width(const char *note)
{
    int len = strlen(note), cut = MAX_WIDTH;

    if ( len <= MAX_WIDTH )
        return len;
    while ( cut && note[cut] != ' ' )
        cut--;

    return cut ? cut : MAX_WIDTH;
}

static void print_short(const cpupolicy_source *src)
{
    const char *note;
    size_t i;
    bool cut = false;

    for ( i = 0; (note = cpupolicy_source_note(src, i)); i++ )
    {
        int len = width(note);

        if ( i >= MAX_LINES )
            continue;
        cut |= note[len];
        print_line(stderr, "xl-cpupolicy: note: %.*s%s", len, note,
                   note[len] ? " ..." : "");
    }

    if ( i > MAX_LINES )
        fprintf(stderr, "xl-cpupolicy: note: and %zu more; see them with "
                "--notes all\n", i - MAX_LINES);
    else if ( cut )
        fprintf(stderr, "xl-cpupolicy: note: in full with --notes all\n");
}

void print_notes(const struct request *r, const cpupolicy_source *src)
{
    const char *note;

    if ( r->notes == NOTES_SHORT )
        print_short(src);

    for ( size_t i = 0; r->notes == NOTES_ALL &&
                        (note = cpupolicy_source_note(src, i)); i++ )
        print_line(stderr, "xl-cpupolicy: note: %s", note);
}
