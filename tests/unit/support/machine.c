/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "machine.h"

static const char common_features[] =
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 "
    "clflush mmx fxsr sse sse2 sse3 ssse3 cx16 sse4-1 sse4-2 popcnt syscall "
    "nx lm lahf-lm";

static const struct {
    const char *id;
    uint32_t max_ext;
} makers[] = {
    [INTEL]    = { "GenuineIntel", 0x80000008 },
    [AMD]      = { "AuthenticAMD", 0x80000021 },
    [HYGON]    = { "HygonGenuine", 0x80000021 },
    [CENTAUR]  = { "CentaurHauls", 0x80000008 },
    [SHANGHAI] = { "  Shanghai  ", 0x80000008 },
};

/* Where the components of the save area lie on a Sapphire Rapids. */
static const struct word save_area[] = {
    { 0xd, 2, 'a', 256 },   { 0xd, 2, 'b', 576 },
    { 0xd, 3, 'a', 64 },    { 0xd, 3, 'b', 960 },
    { 0xd, 4, 'a', 64 },    { 0xd, 4, 'b', 1024 },
    { 0xd, 5, 'a', 64 },    { 0xd, 5, 'b', 1088 },
    { 0xd, 6, 'a', 512 },   { 0xd, 6, 'b', 1152 },
    { 0xd, 7, 'a', 1024 },  { 0xd, 7, 'b', 1664 },
    { 0xd, 9, 'a', 8 },     { 0xd, 9, 'b', 2688 },
    { 0xd, 17, 'a', 64 },   { 0xd, 17, 'b', 2752 },
    { 0xd, 18, 'a', 8192 }, { 0xd, 18, 'b', 2816 },
    { 0xd, 19, 'a', 128 },  { 0xd, 19, 'b', 960 },
    { 0 },
};

void features_of(x86_featureset fs, const char *names)
{
    memset(fs, 0, sizeof(x86_featureset));
    while ( names && *names )
    {
        size_t len = strcspn(names, " ");
        const struct x86_feature_desc *d = x86_feature_lookup(names, len);

        ck_assert_msg(d, "no feature '%.*s'", (int)len, names);
        x86_feature_set(fs, d->value);
        names += len + (names[len] == ' ');
    }
}

static void set_features(struct cpu_policy *p, const struct machine *m)
{
    x86_featureset fs, with, without;

    features_of(fs, common_features);
    features_of(with, m->with);
    features_of(without, m->without);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] = (fs[i] | with[i]) & ~without[i];
    x86_featureset_to_policy(fs, p);

    /* AMD repeats what leaf 1 says. */
    if ( m->maker == AMD || m->maker == HYGON )
        p->leaf[X86_SLOT_80000001].d |=
            p->leaf[X86_SLOT_1].d & X86_COMMON_1D;
}

void machine_make(struct cpu_policy *p, const struct machine *m)
{
    uint32_t id[3], max_basic = m->max_basic ? m->max_basic : 0xd;
    uint32_t max_ext = m->max_ext ? m->max_ext : makers[m->maker].max_ext;

    memcpy(id, makers[m->maker].id, sizeof(id));
    memset(p, 0, sizeof(*p));
    p->leaf[X86_SLOT_0] = (struct x86_regs){ max_basic, id[0], id[2], id[1] };
    p->leaf[X86_SLOT_1].a = m->signature;
    p->leaf[X86_SLOT_1].b = 8 << 8;             /* lines of 64 bytes */
    p->leaf[X86_SLOT_7].a = max_basic >= 7 ? 2 : 0;
    p->leaf[X86_SLOT_80000000].a = max_ext;
    p->leaf[X86_SLOT_80000008].a = 48 << 8 | 46;
    if ( m->maker == AMD || m->maker == HYGON )
    {
        memcpy(&p->leaf[X86_SLOT_80000000].b, &p->leaf[X86_SLOT_0].b, 12);
        p->leaf[X86_SLOT_80000001].a = m->signature;
    }
    else if ( m->maker == INTEL )
        p->leaf[X86_SLOT_2].a = 1;              /* ask once */

    set_features(p, m);
    if ( max_basic >= 0xd )
    {
        policy_set_words(p, save_area);
        x86_policy_recalc_xstate(p, p);
    }
    x86_policy_recalc_vendor(p);
    policy_set_words(p, m->words);
    if ( m->msr )
        *policy_msr(p, m->msr) = m->msr_value;
    x86_policy_recalc_vendor(p);
}

unsigned int machine_cpus(struct cpu_policy cpus[2],
                          const struct rule_row *row,
                          const struct x86_trace *trace)
{
    struct machine second = row->machine;
    const struct word *w = &row->second_word;

    machine_make(&cpus[0], &row->machine);
    x86_raw_clean(&cpus[0], trace);
    if ( !row->second_without )
        return 1;

    second.without = row->second_without;
    second.msr_value = row->second_msr_value;
    machine_make(&cpus[1], &second);
    if ( w->reg )
        *policy_word(&cpus[1], w->leaf, w->subleaf, w->reg) = w->value;
    x86_raw_clean(&cpus[1], NULL);

    return 2;
}
