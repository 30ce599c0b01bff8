/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an xl.cfg asks for is what Linux counts in the guest, or it is
 * refused: on a running Xen, which numbers APIC ids in its own way, and in
 * the embedded core.  linux-topology.c is the judge.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli-run.h"
#include "domain/domains.h"
#include "linux-topology.h"
#include "machine.h"
#include "source/xen-release.h"

Suite *suite_topology_linux(void);

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define CACHES(leaf) { { leaf, 0, 'a', 0x121 }, { leaf, 1, 'a', 0x122 }, \
                       { leaf, 2, 'a', 0x143 }, { leaf, 3, 'a', 0x163 } }

static const struct vendor {
    const char *name;
    struct machine machine;
} vendors[] = {
    { "Intel", { .maker = INTEL, .signature = 0x606a6, .with = "x2apic",
                 .words = CACHES(4) } },
    { "AMD", { .maker = AMD, .signature = 0xa20f10, .with = "x2apic",
               .words = CACHES(0x8000001d) } },
    { "Hygon", { .maker = HYGON, .signature = 0x900f11, .with = "x2apic",
                 .words = CACHES(0x8000001d) } },
    { "Centaur", { .maker = CENTAUR, .signature = 0x6fe, .with = "x2apic",
                   .words = CACHES(4) } },
};

static const struct vendor *vendor;
static cpupolicy_source *src;

static bool is_amd(void)
{
    return vendor->machine.maker == AMD || vendor->machine.maker == HYGON;
}

static void open_source(int which)
{
    vendor = &vendors[which];
    cli_enter();
    cli_write_machine("cpu", &vendor->machine);
    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, NULL), 0);
}

static void close_source(void)
{
    cpupolicy_source_free(src);
    cli_leave();
}

/* ---- what is asked for ------------------------------------------------- */

struct asked {
    unsigned int threads, cores, modules, dies, packages, nr_vcpus;
    bool by_default;            /* say nothing of it */
};

static void describe(const struct asked *a, char *text, size_t size)
{
    int len = snprintf(text, size, "type='pvh'\nvcpus=%u\n", a->nr_vcpus);

    if ( !a->by_default )
        snprintf(text + len, size - len, "cpu_topology='threads=%u,cores=%u,"
                 "modules=%u,dies=%u,sockets=%u'\n", a->threads, a->cores,
                 a->modules, a->dies, a->packages);
}

static int load(const struct asked *a, cpupolicy_config *config,
                cpupolicy **p, cpupolicy_error *err)
{
    char text[256];

    describe(a, text, sizeof(text));
    cli_write("x.cfg", text, strlen(text));

    return cpupolicy_config_load(src, "x.cfg", config, p, err);
}

static unsigned int up(unsigned int n, unsigned int size)
{
    return (n + size - 1) / size;
}

/* Units that have a vCPU in them: they are filled one after the other. */
static struct linux_units units_of(const struct asked *a)
{
    unsigned int core = a->threads, die = core * a->cores * a->modules;

    return (struct linux_units){
        .packages = up(a->nr_vcpus, die * a->dies),
        .dies = up(a->nr_vcpus, die), .cores = up(a->nr_vcpus, core),
        .threads = a->nr_vcpus,
    };
}

/*
 * Linux before 6.9 takes AMD's nodes for dies, of which there can be 1, 2, 4
 * or 8; and Intel's modules for dies where there are both.
 */
static bool confuses_dies(const struct asked *a)
{
    return is_amd() ? a->dies == 3 || a->dies > 4
                    : a->dies > 1 && a->modules > 1;
}

static void check_units(const struct asked *a, const struct linux_units *want,
                        enum linux_kernel kernel,
                        const struct linux_units *have)
{
    bool dies = have->tells_dies &&
                (kernel == LINUX_SINCE_6_9 || !confuses_dies(a));
    char text[256];

    if ( have->packages == want->packages && have->cores == want->cores &&
         have->threads == want->threads &&
         (!dies || have->dies == want->dies) )
        return;

    describe(a, text, sizeof(text));
    ck_abort_msg("%s, Linux %s 6.9: %s: %u packages, %u dies, %u cores",
                 vendor->name, kernel == LINUX_SINCE_6_9 ? "since" : "before",
                 text, have->packages, have->dies, have->cores);
}

/* ---- a running Xen ----------------------------------------------------- */

struct xen_vcpu {
    const struct cpu_policy *policy;
    uint32_t nr;
};

/* guest_cpuid() of Xen 4.14 to 4.20, as far as topology goes. */
static struct linux_regs xen_cpuid(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    const struct xen_vcpu *v = ctx;
    const struct cpu_policy *p = v->policy;
    const struct x86_leaf_desc *l = x86_leaf_find(leaf);
    struct x86_regs r = { 0 };

    if ( l && x86_leaf_in_range(p, leaf) &&
         subleaf < (l->nr_subleaves ? l->nr_subleaves : 1) )
        r = p->leaf[l->first_slot + subleaf];
    if ( leaf == 1 )
        r.b = (r.b & 0x00ffffff) | v->nr * 2 << 24;
    if ( leaf == 0xb && subleaf < 2 )
        r.c = subleaf, r.d = v->nr * 2;

    return (struct linux_regs){ r.a, r.b, r.c, r.d };
}

static void check_on_xen(const struct asked *a, const cpupolicy *p,
                         const struct linux_units *want)
{
    static struct linux_cpu cpus[LINUX_MAX_CPUS];
    static struct xen_vcpu vcpus[LINUX_MAX_CPUS];

    for ( unsigned int i = 0; i < a->nr_vcpus; i++ )
    {
        vcpus[i] = (struct xen_vcpu){ &p->policy, i };
        cpus[i] = (struct linux_cpu){ xen_cpuid, &vcpus[i], i * 2 };
    }
    for ( unsigned int k = LINUX_BEFORE_6_9; k <= LINUX_SINCE_6_9; k++ )
    {
        struct linux_units have = linux_count(k, cpus, a->nr_vcpus);

        check_units(a, want, k, &have);
    }
}

/* Leaf 4 cannot tell more than 64 cores: two packages then, and a note. */
START_TEST(default_on_a_xen_is_one_package_of_cores)
{
    open_source(_i);
    src->release = xen_release_find(4, 17);
    for ( unsigned int n = 1; n <= 128; n++ )
    {
        struct asked a = { 1, n, 1, 1, 1, n, true };
        struct linux_units want = units_of(&a);
        cpupolicy_config config;
        cpupolicy_error err;
        cpupolicy *p;

        if ( !is_amd() && n > 64 )
            want.packages = want.dies = 2;
        ck_assert_msg(!load(&a, &config, &p, &err), "%u: %s", n, err.message);
        ck_assert_msg(!*config.note == (want.packages == 1), "%u: note '%s'",
                      n, config.note);
        check_on_xen(&a, p, &want);
        ck_assert(!x86_policy_has(&p->policy, X86_FEATURE_TOPOEXT));
        cpupolicy_free(p);
    }
    close_source();
}
END_TEST

static bool is_power_of_2(unsigned int n)
{
    return !(n & (n - 1));
}

/*
 * What 2 * vCPU has a place for: packages and cores begin at powers of two,
 * unless there is one only; leaf 4 tells threads, and no more than 64 cores.
 */
static bool xen_can_show(const struct asked *a)
{
    unsigned int package = a->threads * a->cores;

    if ( a->modules > 1 || a->dies > 1 )
        return false;
    if ( a->nr_vcpus > package && !is_power_of_2(package) )
        return false;
    if ( is_amd() )
        return a->threads == 1 || a->nr_vcpus == 1;

    return (is_power_of_2(a->threads) || a->nr_vcpus <= a->threads) &&
           a->cores <= 64;
}

static unsigned int check_asked_of_xen(const struct asked *a)
{
    cpupolicy_config config;
    cpupolicy_error err = { 0 };
    struct linux_units want = units_of(a);
    cpupolicy *p;
    char text[256];
    int rc = load(a, &config, &p, &err);

    describe(a, text, sizeof(text));
    ck_assert_msg(!rc == xen_can_show(a), "%s: %s: %s", vendor->name, text,
                  rc ? err.message : "accepted");
    if ( rc )
    {
        ck_assert_msg(rc == -EINVAL && (strstr(err.message, "this Xen")),
                      "%s: %s", text, err.message);
        return 0;
    }
    check_on_xen(a, p, &want);
    cpupolicy_free(p);

    return 1;
}

START_TEST(topology_asked_of_a_xen_is_counted_or_refused)
{
    static const unsigned int threads[] = { 1, 2, 3, 4, 8 };
    static const unsigned int packages[] = { 1, 2, 3 };
    unsigned int nr_shown = 0, nr = 0;

    open_source(_i);
    src->release = xen_release_find(4, 20);
    for ( int t = 0; t < NR(threads); t++ )
        for ( int p = 0; p < NR(packages); p++ )
            for ( unsigned int c = 1;
                  c * threads[t] * packages[p] <= 128; c++ )
            {
                struct asked a = { threads[t], c, 1, 1, packages[p],
                                   c * threads[t] * packages[p], false };

                nr_shown += check_asked_of_xen(&a);
                nr++;
                a.nr_vcpus = up(a.nr_vcpus, 2);
                nr_shown += check_asked_of_xen(&a);
                a.dies = 2;
                nr_shown += check_asked_of_xen(&a);
                a.dies = 1, a.modules = 2;
                nr_shown += check_asked_of_xen(&a);
                nr += 3;
            }
    ck_assert_uint_ge(nr, 1000);
    ck_assert_uint_ge(nr_shown, 100);
    close_source();
}
END_TEST

/* ---- the embedded core ------------------------------------------------- */

static struct linux_regs core_cpuid(void *ctx, uint32_t leaf,
                                    uint32_t subleaf)
{
    const struct x86_vcpu *v = ctx;
    struct x86_regs r;

    x86_vcpu_cpuid(v->host, v, leaf, subleaf, &r);

    return (struct linux_regs){ r.a, r.b, r.c, r.d };
}

/* Its vCPUs, as their guest finds them; unique ids. */
static void start_vcpus(const struct asked *a, const struct x86_domain *d,
                        struct x86_vcpu *vcpus, struct linux_cpu *cpus)
{
    uint64_t id = 0, before = 0;

    for ( unsigned int i = 0; i < a->nr_vcpus; i++, before = id )
    {
        struct x86_vcpu *v = &vcpus[i];

        if ( x86_domain_vcpu_init(d, i, v) )
            ck_abort_msg("vCPU %u of %u", i, a->nr_vcpus);
        v->kernel = v->long_mode = true;
        v->host = &d->policy;
        v->apic_base = 0xfee00c00;
        if ( x86_vcpu_rdmsr(&d->policy, v, 0x802, &id) != X86_MSR_VALUE ||
             (i && id <= before) )
            ck_abort_msg("vCPU %u of %u: id %#lx", i, a->nr_vcpus, id);
        cpus[i] = (struct linux_cpu){ core_cpuid, v, id };
    }
}

static void check_in_core(const struct asked *a, const cpupolicy_config *c,
                          const cpupolicy *p, const struct linux_units *want)
{
    static struct x86_vcpu vcpus[LINUX_MAX_CPUS];
    static struct linux_cpu cpus[LINUX_MAX_CPUS];
    struct x86_domain_store *store = &source_keeper(src)->store;
    cpupolicy_violation *list = NULL;
    cpupolicy_error err = { 0 };
    struct x86_domain *d;
    size_t nr = 0;
    uint32_t id;
    char text[256];

    describe(a, text, sizeof(text));
    if ( cpupolicy_domain_build(src, &c->domain, p, &id, &list, &nr, &err) )
        ck_abort_msg("%s: %s: %s, %s", vendor->name, text, err.message,
                     nr ? list->rule : "");
    if ( cpupolicy_domain_finish(src, id, &err) ||
         x86_domain_hold(store, id, &d) )
        ck_abort_msg("%s: %s", text, err.message);
    if ( memcmp(&d->policy, &p->policy, sizeof(d->policy)) )
        ck_abort_msg("%s: not what was set", text);

    start_vcpus(a, d, vcpus, cpus);
    for ( unsigned int k = LINUX_BEFORE_6_9; k <= LINUX_SINCE_6_9; k++ )
    {
        struct linux_units have = linux_count(k, cpus, a->nr_vcpus);

        check_units(a, want, k, &have);
    }
    x86_domain_release(d);
    ck_assert_int_eq(cpupolicy_domain_destroy(src, id, NULL), 0);
}

static unsigned int bits_for(unsigned int n)
{
    unsigned int bits = 0;

    while ( 1u << bits < n )
        bits++;

    return bits;
}

/*
 * Linux reads leaves 1 and 4 only on Centaur's CPUs: 6 bits for cores, and 8
 * for all ids.
 */
static bool core_can_show(const struct asked *a)
{
    unsigned int cores = bits_for(a->cores) + bits_for(a->modules) +
                         bits_for(a->dies);

    return vendor->machine.maker != CENTAUR ||
           (cores <= 6 && cores + bits_for(a->threads) +
                          bits_for(a->packages) <= 8);
}

static void check_asked_of_core(const struct asked *a)
{
    struct linux_units want = units_of(a);
    cpupolicy_config config;
    cpupolicy_error err = { 0 };
    cpupolicy *p;
    char text[256];
    int rc = load(a, &config, &p, &err);

    describe(a, text, sizeof(text));
    if ( rc && core_can_show(a) )
        ck_abort_msg("%s: %s: %s", vendor->name, text, err.message);
    if ( rc )
        return;
    check_in_core(a, &config, p, &want);
    cpupolicy_free(p);
}

START_TEST(default_in_the_core_is_one_package_of_cores)
{
    open_source(_i);
    for ( unsigned int n = 1; n <= 130; n++ )
    {
        struct asked a = { 1, n, 1, 1, 1, n, true };
        struct linux_units want = units_of(&a);
        cpupolicy_config config;
        cpupolicy_error err;
        cpupolicy *p;

        ck_assert_msg(!load(&a, &config, &p, &err), "%u: %s", n, err.message);
        if ( vendor->machine.maker == CENTAUR && n > 64 )
            want.packages = want.dies = up(n, 64);
        ck_assert_msg(!*config.note == (want.packages == 1), "%u: note '%s'",
                      n, config.note);
        check_in_core(&a, &config, p, &want);
        cpupolicy_free(p);
    }
    close_source();
}
END_TEST

START_TEST(plain_topology_in_the_core_is_counted)
{
    open_source(_i);
    for ( unsigned int t = 1; t <= 8; t++ )
        for ( unsigned int c = 1; c <= 100; c++ )
        {
            struct asked a = { t, c, 1, 1, 1, t * c, false };

            check_asked_of_core(&a);
        }
    close_source();
}
END_TEST

START_TEST(deep_topology_in_the_core_is_counted)
{
    static const unsigned int threads[] = { 1, 2, 3, 5, 8 };
    static const unsigned int cores[] = { 1, 2, 3, 6 };

    open_source(_i);
    for ( int t = 0; t < NR(threads); t++ )
        for ( int c = 0; c < NR(cores); c++ )
            for ( unsigned int i = 0; i < 36; i++ )
            {
                struct asked a = { threads[t], cores[c], 1 + i % 3,
                                   1 + i / 3 % 4, 1 + i / 12, 0, false };

                a.nr_vcpus = a.threads * a.cores * a.modules * a.dies *
                             a.packages;
                check_asked_of_core(&a);
            }
    close_source();
}
END_TEST

/* ---- refusals ---------------------------------------------------------- */

static const struct refused_row {
    const char *text, *message;
    bool on_xen;
    int vendor;
} refused[] = {
    { "type='pvh'\nvcpus=129\n", "at most 128", true, 1 },
    { "type='pvh'\nvcpus=6\ncpu_topology='cores=3,sockets=2'\n",
      "sockets: this Xen numbers APIC ids 2 * vCPU", true, 1 },
    { "type='pvh'\nvcpus=6\ncpu_topology='threads=3,cores=2'\n",
      "cores: this Xen numbers APIC ids 2 * vCPU", true, 0 },
    { "type='pvh'\nvcpus=4\ncpu_topology='threads=2,cores=2'\n",
      "cores: this Xen cannot show threads", true, 1 },
    { "type='pvh'\nvcpus=4\ncpu_topology='dies=2,cores=2'\n",
      "dies: this Xen cannot show them", true, 0 },
    { "type='pvh'\nvcpus=4\ncpu_topology='modules=2,cores=2'\n",
      "modules: this Xen cannot show them", true, 1 },
    { "type='pv'\nvcpus=4\ncpu_topology='cores=4'\n",
      "a PV guest is told no APIC ids", true, 1 },
    { "type='pv'\nvcpus=4\ncpu_topology='cores=4'\n",
      "a PV guest is told no APIC ids", false, 0 },
    { "type='pvh'\nvcpus=256\ncpuid='host,x2apic=0'\n",
      "vcpus: without x2apic", false, 0 },
    { "type='pvh'\nvcpus=4\ncpu_topology='threads=2,cores=2'\n"
      "cpuid='host,topoext=0,maxleaf=7,xsave=0'\n", "cores: ", false, 1 },
    { "type='pvh'\nvcpus=4\ncpu_topology='cores=4'\n"
      "cpuid='host,apicidsize=1'\n", "sockets: ", true, 1 },
};

START_TEST(topology_that_cannot_be_shown_is_refused_with_its_reason)
{
    const struct refused_row *row = &refused[_i];
    cpupolicy_config config = { .name = "untouched" };
    cpupolicy_error err = { 0 };
    cpupolicy *p = NULL;

    open_source(row->vendor);
    if ( row->on_xen )
        src->release = xen_release_find(4, 17);
    cli_write("x.cfg", row->text, strlen(row->text));
    ck_assert_msg(cpupolicy_config_load(src, "x.cfg", &config, &p, &err) ==
                  -EINVAL, "%s: accepted", row->text);
    ck_assert_msg(strstr(err.message, row->message), "%s: %s", row->text,
                  err.message);
    ck_assert(!p && !strcmp(config.name, "untouched"));
    close_source();
}
END_TEST

/* 255 ids of 8 bits go to 254. */
START_TEST(ids_of_8_bits_suffice_for_255_vcpus)
{
    static const char text[] =
        "type='pvh'\nvcpus=255\ncpuid='host,x2apic=0'\n";
    cpupolicy_config config;
    cpupolicy *p;

    open_source(0);
    cli_write("x.cfg", text, strlen(text));
    ck_assert_int_eq(cpupolicy_config_load(src, "x.cfg", &config, &p, NULL),
                     0);
    cpupolicy_free(p);
    close_source();
}
END_TEST

START_TEST(release_of_xen_numbers_ids)
{
    const struct xen_release *r = xen_release_find(4, 14);

    ck_assert_int_eq(r->hvm.numbering, X86_APIC_IDS_DOUBLED);
    ck_assert_int_eq(r->pv.numbering, X86_APIC_IDS_UNTOLD);
    ck_assert_uint_eq(r->hvm.max_vcpus, 128);
    for ( unsigned int i = 0; (r = xen_release_at(i)); i++ )
        ck_assert(r->hvm.numbering == X86_APIC_IDS_DOUBLED &&
                  r->pv.numbering == X86_APIC_IDS_UNTOLD);
}
END_TEST

Suite *suite_topology_linux(void)
{
    Suite *s = suite_create("topology_linux");
    TCase *t = tcase_create("xen");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, default_on_a_xen_is_one_package_of_cores, 0,
                        NR(vendors));
    tcase_add_loop_test(t, topology_asked_of_a_xen_is_counted_or_refused, 0,
                        NR(vendors));
    tcase_add_test(t, release_of_xen_numbers_ids);
    suite_add_tcase(s, t);

    t = tcase_create("core");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, default_in_the_core_is_one_package_of_cores, 0,
                        NR(vendors));
    tcase_add_loop_test(t, plain_topology_in_the_core_is_counted, 0,
                        NR(vendors));
    tcase_add_loop_test(t, deep_topology_in_the_core_is_counted, 0,
                        NR(vendors));
    suite_add_tcase(s, t);

    t = tcase_create("refused");
    tcase_add_loop_test(t,
                        topology_that_cannot_be_shown_is_refused_with_its_reason,
                        0, NR(refused));
    tcase_add_test(t, ids_of_8_bits_suffice_for_255_vcpus);
    suite_add_tcase(s, t);

    return s;
}
