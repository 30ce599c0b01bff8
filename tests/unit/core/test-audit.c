/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One field off, of each kind, in each layout, in CPUID and MSRs, with and
 * without a gate: refused by the rule of its kind, with its place, its bits
 * and its name, and with nothing else; or accepted, if it is a choice.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "audit-check.h"
#include "audit-rich.h"
#include "words.h"

Suite *suite_audit(void);
TCase *tcase_audit_rules(void);
TCase *tcase_audit_family(void);

#define I X86_LAYOUT_INTEL
#define A X86_LAYOUT_AMD
#define C X86_LAYOUT_CENTAUR

static struct audit_case now;
static struct audit_report report;

/* `reg` 'm': the MSR of number `leaf`. */
struct place {
    uint32_t leaf, subleaf;
    char reg;
};

static uint16_t place_index(const struct place *at)
{
    int slot = at->reg == 'm' ? x86_msr_slot_find(at->leaf)
                              : x86_slot_find(at->leaf, at->subleaf);

    ck_assert_msg(slot >= 0, "%#x.%#x: no such place", at->leaf, at->subleaf);

    return at->reg == 'm' ? slot : slot * 4 + (at->reg - 'a');
}

static void flip(struct cpu_policy *p, const struct place *at, uint64_t bits)
{
    if ( at->reg == 'm' )
        p->msr[place_index(at)] ^= bits;
    else
        p->word[place_index(at)] ^= bits;
    x86_policy_recalc_vendor(p);
}

static const char *name_of(const struct x86_violation *v,
                           enum x86_layout layout)
{
    const struct x86_field_desc *f;

    if ( v->feature != X86_NO_AUX )
        return x86_feature_find(v->feature)->name;
    f = x86_field_find(layout, v->is_msr, v->index,
                       __builtin_ctzll(v->mask));

    return f ? f->name : "reserved";
}

static void start(enum x86_layout layout)
{
    audit_rich_limit(&now.limit, audit_vendors[layout]);
    now.request = now.limit;
    now.kind = audit_rich_kind;
}

static void audit(const char *row)
{
    const char *bad = audit_check(&now, &report);

    ck_assert_msg(!bad, "%s: %s", row, bad);
}

/* ---- refused ---------------------------------------------------------- */

#define BITS        0, false    /* what is flipped is reported */
#define FIELD(mask) mask, false /* a number is reported as a whole */
#define NOT_OFFERED 0, true

static const struct one_off {
    const char *name;
    enum x86_layout layout;
    struct place at;
    uint64_t flip;              /* in the request; in the limit if `less` */
    const char *rule, *field;
    uint64_t mask;              /* 0: what is flipped */
    bool less;                  /* the limit lacks it, the request has it */
} refused[] = {
    { "reserved", I, { 1, NONE, 'c' }, 1u << 16, "reserved", "reserved",
      BITS },
    { "reserved, all of a leaf's", C, { 8, NONE, 'd' }, 0x80000001,
      "reserved", "reserved", BITS },
    { "another vendor's leaf, Intel", I, { 0x8000000a, NONE, 'a' }, 1,
      "reserved", "reserved", BITS },
    { "another vendor's leaf, AMD", A, { 2, NONE, 'b' }, 0x70, "reserved",
      "reserved", BITS },
    { "another vendor's leaf, Centaur", C, { 0x8000001d, 0, 'a' }, 0x121,
      "reserved", "reserved", BITS },
    { "reserved in an MSR", A, { 0x10a, 0, 'm' }, 1ULL << 31, "reserved",
      "reserved", BITS },
    { "beyond an MSR's storage", I, { 0xce, 0, 'm' }, 1ULL << 40, "reserved",
      "reserved", BITS },
    { "another vendor's MSR", A, { 0x480, 0, 'm' }, 1, "reserved",
      "reserved", BITS },

    { "hidden, Intel", I, { 3, NONE, 'c' }, 0x11, "hidden", "serial_lo",
      BITS },
    { "hidden, AMD", A, { 0x8000001f, NONE, 'a' }, 2, "hidden", "sev", BITS },
    { "hidden, Centaur", C, { 0xc0000001, NONE, 'd' }, 4, "hidden", "rng",
      BITS },
    { "hidden in an MSR, Intel", I, { 0x8b, 0, 'm' }, 1ULL << 32, "hidden",
      "intel_revision", BITS },
    { "hidden in an MSR, AMD", A, { 0x8b, 0, 'm' }, 1, "hidden",
      "amd_revision", BITS },

    { "dynamic feature", I, { 1, NONE, 'c' }, 1u << 27, "dynamic",
      "osxsave", BITS },
    { "dynamic feature, AMD", A, { 7, 0, 'c' }, 1u << 4, "dynamic",
      "ospke", BITS },
    { "dynamic field", C, { 1, NONE, 'b' }, 0xff000000, "dynamic",
      "apic_id", BITS },
    { "dynamic size", I, { 0xd, 0, 'b' }, 576, "dynamic", "size_xcr0", BITS },
    { "dynamic with a gate", A, { 0x8000001e, NONE, 'a' }, 1, "dynamic",
      "ext_apic_id", BITS },

    { "highest leaf", I, { 0, NONE, 'a' }, 1, "limit", "max_basic_leaf",
      FIELD(~0u) },
    { "highest subleaf", C, { 7, 0, 'a' }, 1, "limit", "max_subleaf",
      FIELD(~0u) },
    { "highest extended leaf", A, { 0x80000000, NONE, 'a' }, 1, "limit",
      "max_extended_leaf", FIELD(~0u) },
    { "address bits", A, { 0x80000008, NONE, 'a' }, 0x10, "limit",
      "maxphysaddr", FIELD(0xff) },
    { "limit with a gate", A, { 0x8000000a, NONE, 'b' }, 1u << 31, "limit",
      "nr_asids", FIELD(~0u) },
    { "limit with the virtual PMU", I, { 0xa, NONE, 'a' }, 0x8000, "limit",
      "nr_counters", FIELD(0xff00) },
    { "limit in an MSR", C, { 0x485, 0, 'm' }, 1u << 27, "limit",
      "max_msr_list", FIELD(0x0e000000) },
    { "no extended leaf at all", I, { 0x80000000, NONE, 'a' }, 1u << 31,
      "max-leaf-prefix", "max_extended_leaf", FIELD(~0u) },
    { "no extended leaf, but higher", C, { 0x80000000, NONE, 'a' }, 1u << 16,
      "max-leaf-prefix", "max_extended_leaf", FIELD(~0u) },

    { "vendor", I, { 0, NONE, 'b' }, 1, "equal", "vendor_ebx", FIELD(~0u) },
    { "line size", A, { 1, NONE, 'b' }, 0x1000, "equal", "clflush_size",
      FIELD(0xff00) },
    { "equal on one vendor", C, { 0x80000001, NONE, 'a' }, 1, "equal",
      "stepping", FIELD(0xf) },
    { "equal with a gate", A, { 0x8000000a, NONE, 'a' }, 1, "gate",
      "revision", FIELD(0xff) },
    { "equal with a gate, in a subleaf", I, { 0x1d, 1, 'b' }, 1u << 16,
      "gate", "nr_tiles", FIELD(0xffff0000) },
    { "width of the virtual PMU", C, { 0xa, NONE, 'a' }, 1u << 16, "pmu",
      "counter_width", FIELD(0x00ff0000) },
    { "equal in an MSR", I, { 0x480, 0, 'm' }, 1u << 30, "gate", "revision",
      FIELD(0x7fffffff) },

    { "signature of no CPU", I, { 1, NONE, 'a' }, 0x00300000, "signature",
      "ext_family", FIELD(0x0ff00000) },
    { "type of no cache", I, { 4, 0, 'a' }, 4, "cache-type", "cache_type",
      FIELD(0x1f) },
    { "type of no cache, AMD", A, { 0x8000001d, 2, 'a' }, 0x10, "cache-type",
      "cache_type", FIELD(0x1f) },
    { "cache without a type", C, { 4, 1, 'a' }, 2, "cache-type",
      "cache_type", FIELD(0x1f) },

    { "processors per package", I, { 1, NONE, 'b' }, 0x200000,
      "topology-lppp", "lppp", FIELD(0xff0000) },
    { "sharers of a cache", C, { 4, 0, 'a' }, 0x02000000, "topology-cache",
      "threads_sharing", FIELD(0x03ffc000) },
    { "cores with one of the caches", I, { 4, 1, 'a' }, 1u << 31,
      "topology-cores", "cores_per_package", FIELD(0xfc000000) },
    { "number of a level", A, { 0xb, 1, 'c' }, 2, "topology-level", "level",
      FIELD(0xff) },
    { "threads of a package", A, { 0x80000008, NONE, 'c' }, 1, "topology-nc",
      "nr_threads", FIELD(0xff) },
    { "threads of a core, with a gate", A, { 0x8000001e, NONE, 'b' }, 0x200,
      "topology-threads", "threads_per_core", FIELD(0xff00) },

    { "component", I, { 0xd, 0, 'a' }, 4, "xstate", "xcr0_avx", BITS },
    { "component that no feature has", A, { 0xd, 1, 'c' }, 0x100, "xstate",
      "xss_pt", BITS },
    { "size of the area", C, { 0xd, 0, 'c' }, 64, "xstate", "size_max",
      FIELD(~0u) },
    { "size of a component", A, { 0xd, 2, 'a' }, 64, "xstate", "size",
      FIELD(~0u) },
    { "offset of a component", I, { 0xd, 9, 'b' }, 1, "xstate", "offset",
      FIELD(~0u) },
    { "alignment of a component", I, { 0xd, 5, 'c' }, 2, "xstate",
      "align_64", BITS },
    { "linear address bits", C, { 0x80000008, NONE, 'a' }, 0x0900, "derived",
      "maxlinaddr", FIELD(0xff00) },
    { "copy of the vendor", A, { 0x80000000, NONE, 'd' }, 1, "derived",
      "vendor_edx", FIELD(~0u) },
    { "copy of the signature", A, { 0x80000001, NONE, 'a' }, 0x10, "derived",
      "model", FIELD(0xf0) },
    { "copy of a feature", A, { 0x80000001, NONE, 'd' }, 1, "derived",
      "fpu", FIELD(1) },
    { "count of reads", I, { 2, NONE, 'a' }, 2, "derived", "nr_reads",
      FIELD(0xff) },

    { "feature", I, { 1, NONE, 'c' }, 1u << 22, "feature", "movbe",
      NOT_OFFERED },
    { "feature, AMD", A, { 0x80000001, NONE, 'c' }, 1u << 6, "feature",
      "sse4a", NOT_OFFERED },
    { "feature, Centaur", C, { 7, 0, 'b' }, 1u << 18, "feature", "rdseed",
      NOT_OFFERED },
    { "feature in an MSR, high half", I, { 0x10a, 0, 'm' }, 1ULL << 62,
      "feature", "its-no", NOT_OFFERED },
    { "bit of an MSR", A, { 0xce, 0, 'm' }, 1u << 31, "feature",
      "cpuid_faulting", NOT_OFFERED },
    { "bit with a gate", A, { 0x8000000a, NONE, 'd' }, 1u << 5, "feature",
      "vmcb_clean", NOT_OFFERED },
    { "bit with a gate, in an MSR", C, { 0x48b, 0, 'm' }, 1ULL << 34,
      "feature", "desc_table_exiting", NOT_OFFERED },
    { "bits with the virtual PMU", I, { 0xa, NONE, 'c' }, 0x30, "feature",
      "fixed_bitmap", NOT_OFFERED },
};

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

START_TEST(policy_audit_one_field_off_refuses_by_name)
{
    const struct one_off *row = &refused[_i];
    const struct x86_violation *v = &report.list[0];
    bool is_msr = row->at.reg == 'm';
    uint16_t index = place_index(&row->at);
    uint64_t asked, right;

    start(row->layout);
    flip(row->less ? &now.limit : &now.request, &row->at, row->flip);
    asked = is_msr ? now.request.msr[index] : now.request.word[index];
    right = row->less ? asked ^ row->flip
                      : is_msr ? now.limit.msr[index]
                               : now.limit.word[index];

    audit(row->name);
    ck_assert_msg(report.rc == -EINVAL, "%s: accepted", row->name);
    ck_assert_msg(report.nr == 1, "%s: %u violations, the second: %s of %s",
                  row->name, report.nr, v[1].rule,
                  audit_place(v[1].is_msr, v[1].index));
    ck_assert_msg(!strcmp(v->rule, row->rule), "%s: %s", row->name, v->rule);
    ck_assert_msg(v->is_msr == is_msr && v->index == index, "%s: of %s",
                  row->name, audit_place(v->is_msr, v->index));
    ck_assert_msg(v->mask == (row->mask ?: row->flip), "%s: mask %#lx",
                  row->name, v->mask);
    ck_assert_msg(!strcmp(name_of(v, row->layout), row->field), "%s: named "
                  "%s", row->name, name_of(v, row->layout));
    ck_assert_msg(v->asked == asked, "%s: asked %#lx", row->name, v->asked);
    ck_assert_msg(!strcmp(row->rule, "signature")
                  ? !(v->limit & v->mask)
                  : v->limit == right, "%s: limit %#lx", row->name, v->limit);
    ck_assert_msg(v->needs == X86_NO_AUX, "%s: needs %u", row->name,
                  v->needs);

    ck_assert_msg(report.first.leaf == (is_msr ? ~0u : row->at.leaf) &&
                  report.first.subleaf == (is_msr ? ~0u : row->at.subleaf) &&
                  report.first.msr == (is_msr ? row->at.leaf : ~0u),
                  "%s: error fields %#x, %#x, %#x", row->name,
                  report.first.leaf, report.first.subleaf, report.first.msr);
}
END_TEST

/* ---- accepted --------------------------------------------------------- */

static const struct choice {
    const char *name;
    enum x86_layout layout;
    struct place at;
    uint64_t flip;
} choices[] = {
    { "stepping", I, { 1, NONE, 'a' }, 0xf },
    { "model", C, { 1, NONE, 'a' }, 0x000f00f0 },
    { "brand index", A, { 1, NONE, 'b' }, 0xff },
    { "descriptor of a cache", I, { 2, NONE, 'd' }, 0x7f },
    { "level of a cache's lines", C, { 4, 3, 'b' }, 0xfff },
    { "sets of a cache", I, { 4, 2, 'c' }, 0x7fffffff },
    { "WBINVD of a cache", I, { 4, 0, 'd' }, 1 },
    { "hypervisor leaves", A, { 0x40000000, NONE, 'a' }, 0xff },
    { "brand string", I, { 0x80000003, NONE, 'c' }, ~0u },
    { "L1 caches", A, { 0x80000005, NONE, 'c' }, ~0u },
    { "L2 cache", C, { 0x80000006, NONE, 'c' }, 0xffff0000 },
    { "performance TSC", A, { 0x80000008, NONE, 'c' }, 0x30000 },
    { "TLBs, with a gate", A, { 0x80000019, NONE, 'a' }, ~0u },
    { "hints", A, { 0x8000001a, NONE, 'a' }, 7 },
    { "ways of a cache, with a gate", A, { 0x8000001d, 3, 'b' },
      0xffc00000 },
};

START_TEST(policy_audit_of_a_choice_accepts)
{
    const struct choice *row = &choices[_i];

    start(row->layout);
    flip(&now.request, &row->at, row->flip);
    audit(row->name);
    ck_assert_msg(!report.rc, "%s: refused by %s", row->name,
                  report.list[0].rule);
}
END_TEST

/* ---- calls ------------------------------------------------------------ */

static struct x86_audit room;

START_TEST(policy_audit_accepting_fills_no_error_fields)
{
    start(_i);
    memset(&room, 0x5a, sizeof(room));
    ck_assert_int_eq(x86_policy_audit(&room, &now.request, &now.limit,
                                      &now.kind, NULL), 0);
    ck_assert_uint_eq(room.first.leaf, ~0u);
    ck_assert_uint_eq(room.first.subleaf, ~0u);
    ck_assert_uint_eq(room.first.msr, ~0u);
}
END_TEST

START_TEST(policy_audit_without_sink_refuses_all_the_same)
{
    start(I);
    now.request.leaf[X86_SLOT_3].d = 1;
    ck_assert_int_eq(x86_policy_audit(&room, &now.request, &now.limit,
                                      &now.kind, NULL), -EINVAL);
    ck_assert_uint_eq(room.first.leaf, 3);
    ck_assert_mem_eq(&room.fixed, &now.limit, sizeof(now.limit));
}
END_TEST

START_TEST(audit_rule_text_of_an_unknown_rule_is_null)
{
    const char *remedy = "as it was";

    ck_assert_ptr_null(x86_audit_rule_text("no-such-rule", &remedy));
    ck_assert_str_eq(remedy, "as it was");
    ck_assert_ptr_null(x86_audit_rule_text("", NULL));
    ck_assert_ptr_nonnull(x86_audit_rule_text("limit", NULL));
}
END_TEST

/* Every row is found at each of its bits, in its layouts only. */
START_TEST(field_find_of_every_field_finds_it)
{
    bool is_msr = _i;
    const struct x86_field_desc *f = is_msr ? x86_msr_fields : x86_fields;
    unsigned int nr = is_msr ? X86_NR_MSR_FIELDS : X86_NR_FIELDS;

    for ( ; nr; nr--, f++ )
        for ( unsigned int s = 0; s < f->nr_slots; s++ )
            for ( unsigned int l = 0; l < X86_NR_LAYOUTS; l++ )
            {
                uint16_t slot = f->first_slot + s;
                uint16_t index = is_msr ? slot : slot * 4 + f->reg;
                bool mine = (f->layouts >> l) & 1;

                ck_assert_msg((x86_field_find(l, is_msr, index, f->lo) == f)
                              == mine &&
                              (x86_field_find(l, is_msr, index, f->hi) == f)
                              == mine, "%s, %s, layout %u", f->name,
                              audit_place(is_msr, index), l);
            }
}
END_TEST

Suite *suite_audit(void)
{
    Suite *s = suite_create("audit");
    TCase *tc = tcase_create("fields");

    tcase_add_loop_test(tc, policy_audit_one_field_off_refuses_by_name, 0,
                        NR(refused));
    tcase_add_loop_test(tc, policy_audit_of_a_choice_accepts, 0, NR(choices));
    tcase_add_loop_test(tc, policy_audit_accepting_fills_no_error_fields,
                        0, X86_NR_LAYOUTS);
    tcase_add_test(tc,
                   policy_audit_without_sink_refuses_all_the_same);
    tcase_add_test(tc, audit_rule_text_of_an_unknown_rule_is_null);
    tcase_add_loop_test(tc, field_find_of_every_field_finds_it, 0, 2);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, tcase_audit_rules());
    suite_add_tcase(s, tcase_audit_family());

    return s;
}
