/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Would a domain get exactly what new HVM domains start with?  Asked of this
 * machine; prints every reason why not.
 */
#include <stdio.h>
#include <stdlib.h>

#include <cpupolicy.h>

int main(void)
{
    const cpupolicy_domain_kind hvm = { .hvm = true };
    cpupolicy_violation *list;
    cpupolicy_source *host;
    cpupolicy_error err;
    size_t nr;
    int rc;

    if ( cpupolicy_source_open(&host, "native", NULL, &err) )
    {
        fprintf(stderr, "native: %s\n", err.message);
        return 3;
    }

    rc = cpupolicy_audit(host,
                         cpupolicy_source_policy(host, CPUPOLICY_HVM_DEFAULT),
                         &hvm, &list, &nr);
    for ( size_t i = 0; rc && i < nr; i++ )
        printf("leaf 0x%x, %s: %s\n", list[i].leaf, list[i].name,
               list[i].text);
    if ( !rc )
        printf("accepted, exactly as it stands\n");
    if ( rc )
        cpupolicy_violations_free(list);
    cpupolicy_source_free(host);

    return rc ? 1 : 0;
}
