/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text form of policies. */
#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One line of a policy; false where the next policy starts. */
static bool take_line(const char *line, struct xen_rows *out)
{
    struct xen_cpu_policy_leaf *l = &out->leaves[out->nr_leaves];
    struct xen_cpu_policy_msr *m = &out->msrs[out->nr_msrs];

    if ( sscanf(line, " %8" SCNx32 ":%8" SCNx32 " -> %8" SCNx32 ":%8" SCNx32
                ":%8" SCNx32 ":%8" SCNx32, &l->leaf, &l->subleaf, &l->a,
                &l->b, &l->c, &l->d) == 6 )
        out->nr_leaves++;
    else if ( sscanf(line, " %8" SCNx32 " -> %16" SCNx64, &m->index,
                     &m->value) == 2 )
        out->nr_msrs++;
    else
        return !strstr(line, " policy");
    return out->nr_leaves < XEN_HOST_MAX_LEAVES &&
           out->nr_msrs < XEN_HOST_MAX_MSRS;
}

bool rows_read(const char *path, const char *title, struct xen_rows *out)
{
    FILE *f = fopen(path, "r");
    char line[256];
    bool found = !title;

    if ( !f )
        return false;
    memset(out, 0, sizeof(*out));
    while ( !found && fgets(line, sizeof(line), f) )
        found = !strncmp(line, title, strlen(title)) &&
                strstr(line, " policy");
    while ( found && fgets(line, sizeof(line), f) && take_line(line, out) )
        ;
    fclose(f);
    return found && out->nr_leaves < XEN_HOST_MAX_LEAVES &&
           out->nr_msrs < XEN_HOST_MAX_MSRS;
}

const struct xen_cpu_policy_leaf *rows_find(const struct xen_rows *rows,
                                            uint32_t leaf, uint32_t subleaf)
{
    uint32_t i;

    for ( i = 0; i < rows->nr_leaves; i++ )
        if ( rows->leaves[i].leaf == leaf &&
             rows->leaves[i].subleaf == subleaf )
            return &rows->leaves[i];
    return NULL;
}
