/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kind OWN: what the CPU does in a way of its own that nobody can trap or
 * change, so that a guest reads its host's, whatever a policy says.
 */

#include <xen/lib/x86/cpu-policy.h>

void x86_policy_take_own(struct cpu_policy *p, const struct cpu_policy *host)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
    {
        uint32_t own = x86_kind_words[layout][X86_KIND_OWN][i];

        if ( own && x86_slot_in_range(p, i / 4) )
            p->word[i] = (p->word[i] & ~own) | (host->word[i] & own);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        uint64_t own = x86_kind_msrs[layout][X86_KIND_OWN][i];

        p->msr[i] = (p->msr[i] & ~own) | (host->msr[i] & own);
    }
}
