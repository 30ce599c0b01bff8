/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Make a bare domain of a kind and print its number.  It stays when this
 * program ends, as a toolstack's domains do.  usage: make-domain pv|hvm
 */
#include <stdio.h>
#include <string.h>

#include "../xen/domain.h"

int main(int argc, char **argv)
{
    struct test_toolstack *t = test_toolstack_open();
    uint32_t domid;

    for ( int i = 0; t && argc == 2 && i < TEST_NR_DOMAIN_KINDS; i++ )
        if ( !strcmp(argv[1], test_domain_kinds[i]) )
        {
            int rc = test_domain_create(t, i, &domid);

            if ( rc )
                break;
            printf("%u\n", domid);
            test_toolstack_close(t);
            return 0;
        }

    return 1;
}
