/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fault put here on purpose: if a run of libFuzzer does not find it, that
 * the other targets' runs find nothing says nothing.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr)
{
    static const uint8_t fault[] = { 'x', '8', '6' };
    static volatile size_t seen;

    /* One step after another, as a parser would. */
    for ( seen = 0; seen < nr && bytes[seen] == fault[seen]; )
        if ( ++seen == sizeof(fault) )
        {
            fprintf(stderr, "planted: found\n");
            abort();
        }

    return 0;
}
