/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of sources.  A new one is a file in this folder, and a row here
 * above that of files, whose names are all that no other row has.
 */
#include <string.h>

#include "sources.h"

static const struct source_kind kinds[] = {
    { "xen", SOURCE_LIVE | SOURCE_KEEPS_DOMAINS, xen_open },
    { "native", SOURCE_LIVE, native_open },
    { "kvm", SOURCE_LIVE | SOURCE_CONFIGURES, kvm_open },
    { NULL, 0, file_open },
};

const struct source_kind *source_kind_find(const char *spec)
{
    const struct source_kind *kind = kinds;

    while ( kind->name && strcmp(kind->name, spec) )
        kind++;

    return kind;
}
