/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See linux-topology.h.  Names are the kernels', where they have one. */

#include <stdlib.h>
#include <string.h>

#include "linux-topology.h"

enum vendor { OTHER, INTEL, AMD, HYGON, CENTAUR, ZHAOXIN };

/* What one CPU came to. */
struct found {
    uint32_t package, die, core, cu, llc;
};

struct kernel {
    enum vendor vendor;
    unsigned int family;
    uint32_t max_basic, max_ext;
    bool ht, cmp_legacy, topoext;
    unsigned int siblings;      /* smp_num_siblings */
    bool tells_dies;
};

#define NO_CU 0xff

static struct linux_regs cpuid(const struct linux_cpu *c, uint32_t leaf,
                               uint32_t subleaf)
{
    return c->cpuid(c->ctx, leaf, subleaf);
}

/* get_count_order(): bits that n things need; -1 of none, as there. */
static int count_order(uint32_t n)
{
    int order = 0;

    if ( !n )
        return -1;
    while ( order < 32 && (1ull << order) < n )
        order++;

    return order;
}

/* A shift by what count_order() gave; x86 takes it modulo 32. */
static uint32_t above(uint32_t id, int shift)
{
    return shift < 0 || shift > 31 ? 0 : id >> shift;
}

static uint32_t below(uint32_t id, int width)
{
    return width < 0 ? 0 : width > 31 ? id : id & ((1u << width) - 1);
}

static void identify(struct kernel *k, const struct linux_cpu *c)
{
    static const struct {
        const char *name;
        enum vendor vendor;
    } names[] = {
        { "GenuineIntel", INTEL }, { "AuthenticAMD", AMD },
        { "HygonGenuine", HYGON }, { "CentaurHauls", CENTAUR },
        { "  Shanghai  ", ZHAOXIN },
    };
    struct linux_regs r = cpuid(c, 0, 0), one = cpuid(c, 1, 0);
    char name[13] = "";

    memcpy(name, &r.b, 4);
    memcpy(name + 4, &r.d, 4);
    memcpy(name + 8, &r.c, 4);
    for ( unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++ )
        if ( !strcmp(names[i].name, name) )
            k->vendor = names[i].vendor;

    k->max_basic = r.a;
    k->max_ext = cpuid(c, 0x80000000u, 0).a;
    k->family = (one.a >> 8) & 0xf;
    if ( k->family == 0xf )
        k->family += (one.a >> 20) & 0xff;
    k->ht = (one.d >> 28) & 1;
    if ( k->max_ext >= 0x80000001u )
    {
        r = cpuid(c, 0x80000001u, 0);
        k->cmp_legacy = (r.c >> 1) & 1;
        k->topoext = (r.c >> 22) & 1;
    }
}

/* cacheinfo_{amd,hygon}_init_llc_id(), since Zen: who shares the L3. */
static void init_llc_id(const struct kernel *k, const struct linux_cpu *c,
                        struct found *f, uint32_t apicid)
{
    struct linux_regs r;

    if ( k->family < 0x17 )
        return;
    r = cpuid(c, 0x8000001du, 3);
    if ( r.a )
        f->llc = above(apicid, count_order(((r.a >> 14) & 0xfff) + 1));
}

/* ---- before 6.9 -------------------------------------------------------- */

/* detect_extended_topology(): leaf 0x1f, else 0xb. */
static bool old_extended(struct kernel *k, const struct linux_cpu *c,
                         struct found *f, unsigned int *max_cores)
{
    static const uint32_t leaves[] = { 0x1f, 0xb };
    unsigned int i = 0, core_siblings, smt, core, die, package;
    struct linux_regs r = { 0 };
    bool has_die = false;
    uint32_t id;

    for ( ; i < 2; i++ )
    {
        if ( k->max_basic < leaves[i] )
            continue;
        r = cpuid(c, leaves[i], 0);
        if ( r.b && ((r.c >> 8) & 0xff) == 1 )
            break;
    }
    if ( i == 2 )
        return false;

    id = r.d;
    core_siblings = r.b & 0xffff;
    if ( core_siblings > k->siblings )
        k->siblings = core_siblings;
    smt = core = die = package = r.a & 0x1f;

    for ( unsigned int sub = 1; ; sub++ )
    {
        unsigned int type;

        r = cpuid(c, leaves[i], sub);
        type = (r.c >> 8) & 0xff;
        if ( type == 2 )
        {
            core_siblings = r.b & 0xffff;
            core = die = r.a & 0x1f;
        }
        if ( type == 5 )
        {
            has_die = true;
            die = r.a & 0x1f;
        }
        if ( !type )
            break;
        package = r.a & 0x1f;
    }

    f->core = above(below(id, package), smt);
    if ( has_die )
        f->die = above(below(id, die), core);
    f->package = above(id, package);
    *max_cores = core_siblings / k->siblings;
    k->tells_dies |= leaves[i] == 0x1f;

    return true;
}

/* detect_num_cpu_cores() */
static unsigned int leaf_4_cores(const struct kernel *k,
                                 const struct linux_cpu *c)
{
    struct linux_regs r;

    if ( k->max_basic < 4 )
        return 1;
    r = cpuid(c, 4, 0);

    return r.a & 0x1f ? (r.a >> 26) + 1 : 1;
}

/* detect_ht() */
static void old_ht(struct kernel *k, const struct linux_cpu *c,
                   struct found *f, unsigned int max_cores)
{
    struct linux_regs r = cpuid(c, 1, 0);
    uint32_t id = r.b >> 24;

    if ( !k->ht || k->cmp_legacy )
        return;
    k->siblings = (r.b >> 16) & 0xff;
    f->package = above(id, count_order(k->siblings));
    k->siblings /= max_cores;
    f->core = below(above(id, count_order(k->siblings)),
                    count_order(max_cores));
}

/* early_init_amd_mc(), amd_detect_cmp(), amd_get_topology(); as Hygon's. */
static unsigned int old_amd(struct kernel *k, const struct linux_cpu *c,
                            struct found *f)
{
    uint32_t id = cpuid(c, 1, 0).b >> 24;
    unsigned int max_cores = 1;
    struct linux_regs r;
    int bits = 0;

    if ( k->max_ext >= 0x80000008u )
    {
        r = cpuid(c, 0x80000008u, 0);
        max_cores = (r.c & 0xff) + 1;
        bits = (r.c >> 12) & 0xf;
        if ( !bits )
            bits = count_order(max_cores);
    }
    if ( k->topoext )
        k->siblings = ((cpuid(c, 0x8000001eu, 0).b >> 8) & 0xff) + 1;

    f->core = below(id, bits);
    f->package = above(id, bits);
    f->llc = f->die = f->package;
    if ( !k->topoext )
        return max_cores;

    r = cpuid(c, 0x8000001eu, 0);
    f->die = r.c & 0xff;
    k->tells_dies = true;
    if ( k->family == 0x15 )
        f->cu = r.b & 0xff;
    if ( k->family >= 0x17 )
    {
        f->core = r.b & 0xff;
        if ( k->siblings > 1 )
            max_cores /= k->siblings;
    }
    old_extended(k, c, f, &max_cores);
    init_llc_id(k, c, f, c->apic_id);

    return max_cores;
}

static unsigned int parse_old(struct kernel *k, const struct linux_cpu *c,
                              struct found *f)
{
    unsigned int max_cores = 1;

    /* generic_identify() */
    f->package = cpuid(c, 1, 0).b >> 24;

    if ( k->vendor == AMD || k->vendor == HYGON )
    {
        max_cores = old_amd(k, c, f);
        /* Where CMP_LEGACY is not told, detect_ht() has its way. */
        if ( !k->topoext )
            old_ht(k, c, f, max_cores);
    }
    else if ( k->vendor == CENTAUR || !old_extended(k, c, f, &max_cores) )
    {
        max_cores = leaf_4_cores(k, c);
        old_ht(k, c, f, max_cores);
    }

    return max_cores;
}

/* ---- since 6.9 --------------------------------------------------------- */

enum domain { SMT, CORE, MODULE, TILE, DIE, DIEGRP, NR_DOMAINS };

struct scan {
    int shift[NR_DOMAINS];
    unsigned int ncpus[NR_DOMAINS];
    unsigned int node;
};

/* topology_set_dom(): upper levels follow. */
static void set_domain(struct scan *s, unsigned int dom, int shift,
                       unsigned int ncpus)
{
    for ( ; dom < NR_DOMAINS; dom++ )
    {
        s->shift[dom] = shift;
        s->ncpus[dom] = ncpus;
    }
}

/* parse_topology_leaf() */
static bool scan_leaf(struct scan *s, const struct linux_cpu *c,
                      uint32_t leaf)
{
    static const unsigned int intel[] = {
        0, SMT, CORE, MODULE, TILE, DIE, DIEGRP,
    };
    static const unsigned int amd[] = { 0, SMT, CORE, TILE, DIE };
    const unsigned int *map = leaf == 0x80000026u ? amd : intel;
    unsigned int max = leaf == 0xb ? 3 : leaf == 0x1f ? 7 : 5;
    unsigned int sub, last = 0;

    for ( sub = 0; ; sub++ )
    {
        struct linux_regs r = cpuid(c, leaf, sub);
        unsigned int type = (r.c >> 8) & 0xff, dom;

        if ( !(r.b & 0xffff) || !type )
            break;
        dom = type >= max ? last + 1 : map[type];
        if ( type < max )
            last = dom;
        if ( dom < NR_DOMAINS )
            set_domain(s, dom, r.a & 0x1f, r.b & 0xffff);
    }
    if ( !sub )
        return false;
    if ( !s->shift[SMT] && s->ncpus[SMT] > 1 )
        s->shift[SMT] = count_order(s->ncpus[SMT]);

    return true;
}

/* cpu_parse_topology_ext() */
static bool scan_extended(struct kernel *k, struct scan *s,
                          const struct linux_cpu *c)
{
    if ( k->max_basic >= 0x1f && scan_leaf(s, c, 0x1f) )
        return k->tells_dies = true;
    if ( k->max_ext >= 0x80000026u && scan_leaf(s, c, 0x80000026u) )
        return k->tells_dies = true;

    return k->max_basic >= 0xb && scan_leaf(s, c, 0xb);
}

/* parse_legacy() */
static void scan_legacy(struct kernel *k, struct scan *s,
                        const struct linux_cpu *c)
{
    unsigned int cores = leaf_4_cores(k, c);
    int core = count_order(cores), smt = 0;

    if ( k->ht )
    {
        int nproc = count_order((cpuid(c, 1, 0).b >> 16) & 0xff);

        if ( nproc >= core )
            smt = nproc - core;
        core += smt;
        cores <<= smt;
    }
    set_domain(s, SMT, smt, 1u << smt);
    set_domain(s, CORE, core, cores);
}

/* parse_topology_amd() */
static void scan_amd(struct kernel *k, struct scan *s,
                     const struct linux_cpu *c, struct found *f)
{
    bool extended = k->topoext && scan_extended(k, s, c);
    struct linux_regs r;

    if ( !extended )
    {
        int bits;

        if ( k->max_ext < 0x80000008u )
            return;
        r = cpuid(c, 0x80000008u, 0);
        bits = (r.c >> 12) & 0xf;
        if ( !bits )
            bits = count_order((r.c & 0xff) + 1);
        s->shift[SMT] = 0;
        s->ncpus[SMT] = 1;
        set_domain(s, CORE, bits, (r.c & 0xff) + 1);
    }
    if ( !k->topoext )
        return;

    r = cpuid(c, 0x8000001eu, 0);
    if ( !extended && k->family >= 0x17 )
    {
        s->ncpus[SMT] = ((r.b >> 8) & 0xff) + 1;
        s->shift[SMT] = count_order(s->ncpus[SMT]);
    }
    s->node = r.c & 0xff;
    if ( k->vendor == AMD && k->family == 0x15 )
        f->cu = r.b & 0xff;
    init_llc_id(k, c, f, c->apic_id);
}

static unsigned int parse_new(struct kernel *k, const struct linux_cpu *c,
                              struct found *f)
{
    struct scan s = { .node = 0 };

    set_domain(&s, SMT, 0, 1);
    if ( k->vendor == AMD || k->vendor == HYGON )
        scan_amd(k, &s, c, f);
    else if ( k->vendor != INTEL || !scan_extended(k, &s, c) )
        scan_legacy(k, &s, c);

    /* topo_set_ids(), of what the APIC says. */
    f->package = above(c->apic_id, s.shift[DIEGRP]);
    f->die = above(c->apic_id, s.shift[TILE]);
    f->core = above(below(c->apic_id, s.shift[DIEGRP]), s.shift[SMT]);
    k->siblings = s.ncpus[SMT];

    return s.ncpus[DIEGRP] >> s.shift[SMT];
}

/* ---- counting ---------------------------------------------------------- */

/* match_smt() */
static bool same_core(const struct kernel *k, const struct found *a,
                      const struct found *b)
{
    if ( k->siblings <= 1 || a->package != b->package || a->die != b->die )
        return false;
    if ( k->topoext && a->llc != b->llc )
        return false;

    return a->core == b->core ||
           (k->topoext && a->cu != NO_CU && a->cu == b->cu);
}

struct linux_units linux_count(enum linux_kernel kernel,
                               const struct linux_cpu *cpus, unsigned int nr)
{
    struct found *f = calloc(nr, sizeof(*f));
    struct linux_units u = { .threads = nr };
    unsigned int siblings = 1;
    struct kernel k = { 0 };

    if ( !f || nr > LINUX_MAX_CPUS )
        abort();
    for ( unsigned int i = 0; i < nr; i++ )
    {
        k = (struct kernel){ .siblings = 1 };
        identify(&k, &cpus[i]);
        f[i].cu = NO_CU;
        kernel == LINUX_BEFORE_6_9 ? parse_old(&k, &cpus[i], &f[i])
                                   : parse_new(&k, &cpus[i], &f[i]);
        if ( k.siblings > siblings )
            siblings = k.siblings;
    }
    k.siblings = siblings;

    for ( unsigned int i = 0; i < nr; i++ )
    {
        bool package = true, die = true, core = true;

        for ( unsigned int j = 0; j < i; j++ )
        {
            bool same = f[i].package == f[j].package;

            package &= !same;
            die &= !same || f[i].die != f[j].die;
            core &= !same_core(&k, &f[i], &f[j]);
        }
        u.packages += package;
        u.dies += die;
        u.cores += core;
    }
    u.tells_dies = k.tells_dies;
    free(f);

    return u;
}
