/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any bytes as a policy, audited against a limit that has everything: the
 * promises of tests/unit/support/audit-check.h are kept.
 *
 * The first byte chooses the layout and the kind of domain; the second, how
 * the rest is meant: laid over the limit (zeros leave it as it is), which
 * gets past the first checks, or in its place.
 *
 * With libFuzzer:  clang -fsanitize=fuzzer,address,undefined ...
 * Without, to run files through it again:  cc -DFUZZ_REPLAY ...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit-check.h"
#include "audit-rich.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr);

static struct audit_case now;
static struct audit_report report;

/* Leaves, then MSRs: what is derived from them is not up to the input. */
#define MAX_BYTES (sizeof(now.request.leaf) + sizeof(now.request.msr))

static void lay(const uint8_t *bytes, size_t nr, bool over)
{
    uint8_t *to = (uint8_t *)&now.request;

    if ( !over )
        memset(to, 0, MAX_BYTES);
    for ( size_t i = 0; i < nr && i < MAX_BYTES; i++ )
        to[i] ^= bytes[i];
    x86_policy_recalc_vendor(&now.request);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr)
{
    static struct cpu_policy limits[X86_NR_LAYOUTS];
    const char *bad;

    if ( nr < 2 )
        return 0;

    if ( !limits[0].vendor )
        for ( unsigned int i = 0; i < X86_NR_LAYOUTS; i++ )
            audit_rich_limit(&limits[i], audit_vendors[i]);

    now.kind = (struct x86_domain_kind){
        .hvm = bytes[0] & 4, .pv32 = !(bytes[0] & 4) && (bytes[0] & 8),
        .hap = bytes[0] & 8, .nested = bytes[0] & 16, .vpmu = bytes[0] & 32,
        .max_phys_bits = bytes[0] & 64 ? 36 : 0,
    };
    x86_domain_limit(&now.limit, &limits[bytes[0] % X86_NR_LAYOUTS],
                     &now.kind);
    now.request = now.limit;
    lay(bytes + 2, nr - 2, bytes[1] & 1);

    bad = audit_check(&now, &report);
    if ( bad )
    {
        fprintf(stderr, "%s\n", bad);
        abort();
    }

    return 0;
}

#ifdef FUZZ_REPLAY
int main(int argc, char **argv)
{
    for ( int i = 1; i < argc; i++ )
    {
        uint8_t bytes[MAX_BYTES + 2];
        FILE *f = fopen(argv[i], "rb");
        size_t nr;

        if ( !f )
        {
            perror(argv[i]);
            return 1;
        }
        nr = fread(bytes, 1, sizeof(bytes), f);
        fclose(f);
        LLVMFuzzerTestOneInput(bytes, nr);
    }
    printf("%d files\n", argc - 1);

    return 0;
}
#endif
