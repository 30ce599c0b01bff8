/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Host max: all that could be used here.  Host default: what is used, less
 * what `cpuid=` takes away.
 *
 * Order matters: first what the tables know, then what is known of models,
 * then the administrator, then what follows from all of it.
 */

#include <string.h>

#include "rule.h"

/* ---- host max: from raw to what is known ----------------------------- */

static void limit(uint32_t *reg, uint32_t max)
{
    if ( *reg > max )
        *reg = max;
}

static void clamp_leaves(struct x86_derive *d)
{
    limit(&d->p->leaf[X86_SLOT_0].a, X86_MAX_BASIC_LEAF);
    limit(&d->p->leaf[X86_SLOT_7].a, X86_NR_SUBLEAVES_7 - 1);
    limit(&d->p->leaf[X86_SLOT_80000000].a, X86_MAX_EXT_LEAF);
    x86_policy_trim(d->p);
}

/* Numbers that are a limit: the lowest of all CPUs. */
static void merge_limits(struct cpu_policy *p, const struct cpu_policy *cpu)
{
    unsigned int layout = 1u << x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];
        uint64_t mine = f->is_msr ? p->msr[f->index] : p->word[f->index];
        uint64_t other = f->is_msr ? cpu->msr[f->index]
                                   : cpu->word[f->index];

        if ( !(f->layouts & layout) || (mine & f->mask) <= (other & f->mask) )
            continue;

        mine = (mine & ~f->mask) | (other & f->mask);
        if ( f->is_msr )
            p->msr[f->index] = mine;
        else
            p->word[f->index] = mine;
    }
}

/* AND features and lower limits over all CPUs (kinds of the tables). */
static void merge_cpu(struct cpu_policy *p, const struct cpu_policy *cpu)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    x86_featureset fs, other;

    x86_policy_to_featureset(p, fs);
    x86_policy_to_featureset(cpu, other);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= other[i];
    x86_featureset_to_policy(fs, p);

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] &= cpu->word[i] |
            ~x86_kind_words[layout][X86_KIND_FEATURE][i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] &= cpu->msr[i] | ~x86_kind_msrs[layout][X86_KIND_FEATURE][i];

    merge_limits(p, cpu);
}

static void every_cpu(struct x86_derive *d)
{
    for ( unsigned int i = 1; i < d->in->nr_cpus; i++ )
    {
        merge_cpu(d->p, &d->in->cpus[i]);
        x86_derive_step(d, i);
    }
}

static void keep_known(struct x86_derive *d)
{
    x86_featureset fs;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= x86_features_known[i];
    x86_featureset_to_policy(fs, d->p);

    /* COMMON_1D is not part of the featureset: those bits are copies. */
    d->p->leaf[X86_SLOT_80000001].d |=
        d->all->policy[X86_POLICY_RAW].leaf[X86_SLOT_80000001].d &
        X86_COMMON_1D;
}

/* ---- conditions ------------------------------------------------------ */

static uint32_t signature(const struct x86_derive *d)
{
    return d->p->leaf[X86_SLOT_1].a;
}

static uint32_t family(const struct x86_derive *d)
{
    return x86_family(signature(d));
}

static bool syscall_unseen(const struct x86_derive *d)
{
    return has(d, F(LM)) && !has(d, F(SYSCALL));
}

static bool slow_strings(const struct x86_derive *d)
{
    return !d->in->plat->fast_strings;
}

static bool clwb_is_slow(const struct x86_derive *d)
{
    return has(d, F(CLWB)) && x86_intel_clwb_is_slow(signature(d));
}

static bool deadline_bad(const struct x86_derive *d)
{
    return !d->in->plat->virtualised &&
           x86_intel_tsc_deadline_bad(signature(d),
                                      d->in->plat->microcode);
}

static bool tsx_controllable(const struct x86_derive *d)
{
    return has(d, F(TSX_CTRL)) || (has(d, F(TSX_FORCE_ABORT)) &&
                                   has(d, F(RTM)));
}

static bool abort_without_rtm(const struct x86_derive *d)
{
    return has(d, F(RTM_ALWAYS_ABORT)) && has(d, F(TSX_FORCE_ABORT)) &&
           !has(d, F(RTM));
}

static bool rrsba_unstated(const struct x86_derive *d)
{
    return has(d, F(EIBRS)) && !has(d, F(RRSBA));
}

static bool rsb_unsafe_model(const struct x86_derive *d)
{
    return !has(d, F(ARCH_CAPS)) &&
           x86_intel_rsb_unsafe(signature(d), d->in->plat->microcode);
}

static void note_rsb_unsafe(struct x86_derive *d)
{
    d->rsb_unsafe = true;
}

static bool rsb_stated(const struct x86_derive *d)
{
    return has(d, F(RSBA)) || has(d, F(RRSBA));
}

static bool rfds_not_affected(const struct x86_derive *d)
{
    return family(d) == 6 && !d->in->plat->virtualised &&
           !has(d, F(RFDS_NO)) && !has(d, F(RFDS_CLEAR)) &&
           !x86_intel_rfds_affected(signature(d));
}

static bool gds_safe(const struct x86_derive *d)
{
    return d->in->plat->gds_safe;
}

/*
 * A guest's max policy has ARCH_CAPS on every Intel CPU, so that what is
 * known about the hardware is told there even if the CPU itself lacks the
 * MSR to say so in.
 */
static void note_not_vulnerable(struct x86_derive *d)
{
    d->not_vulnerable = d->p->msr[X86_MSR_SLOT_10A];
}

static bool its_not_affected(const struct x86_derive *d)
{
    return !d->in->plat->virtualised &&
           (family(d) != 6 || !has(d, F(EIBRS)) || has(d, F(BHI_CTRL)) ||
            !x86_intel_its_affected(signature(d)));
}

static bool lfence_serialising(const struct x86_derive *d)
{
    return d->in->plat->lfence_serialising;
}

static void raise_ext_for_lfence(struct x86_derive *d)
{
    uint32_t *max = &d->p->leaf[X86_SLOT_80000000].a;

    if ( *max < 0x80000021U )
        *max = 0x80000021U;
}

static bool lfence_not_serialising(const struct x86_derive *d)
{
    return !d->in->plat->lfence_serialising;
}

static bool null_clears_base(const struct x86_derive *d)
{
    return d->in->plat->null_clears_base &&
           x86_leaf_in_range(d->p, 0x80000021U);
}

static bool fam19_bare(const struct x86_derive *d)
{
    return family(d) == 0x19 && !d->in->plat->virtualised;
}

static bool fam15_16(const struct x86_derive *d)
{
    return family(d) == 0x15 || family(d) == 0x16;
}

static bool early_k8(const struct x86_derive *d)
{
    return family(d) == 0xf && x86_model(signature(d)) < 0x14;
}

static bool fam10(const struct x86_derive *d)
{
    return family(d) == 0x10;
}

static bool sbpb_writable(const struct x86_derive *d)
{
    return fam19_bare(d) && d->in->plat->sbpb_writable;
}

static bool ibpb_flushes_types(const struct x86_derive *d)
{
    return sbpb_writable(d) ||
           (family(d) < 0x19 && has(d, F(IBPB)) &&
            !d->in->plat->virtualised &&
            x86_leaf_in_range(d->p, 0x80000021U));
}

static bool fam17_without_smt(const struct x86_derive *d)
{
    return (family(d) == 0x17 || family(d) == 0x18) && !d->in->plat->smt &&
           !d->in->plat->virtualised;
}

static bool tsa_not_affected(const struct x86_derive *d)
{
    return family(d) != 0x19 && !d->in->plat->virtualised &&
           x86_leaf_in_range(d->p, 0x80000021U);
}

static bool tsa_scrubs(const struct x86_derive *d)
{
    uint32_t first = x86_amd_tsa_microcode(signature(d));

    return first && d->in->plat->microcode >= first;
}

static bool no_hvm(const struct x86_derive *d)
{
    return !d->in->plat->hvm;
}

static bool no_rdt_leaf(const struct x86_derive *d)
{
    return !x86_leaf_in_range(d->p, 0x10);
}

static bool no_xstate_leaf(const struct x86_derive *d)
{
    return !x86_leaf_in_range(d->p, 0xd);
}

static bool odd_line_size(const struct x86_derive *d)
{
    uint32_t size = (d->p->leaf[X86_SLOT_1].b >> 8) & 0xff;

    return has(d, F(CLZERO)) && (!size || (size & (size - 1)));
}

/* ---- host default ----------------------------------------------------- */

static const struct x86_cpuid_option *option(const struct x86_derive *d)
{
    static const struct x86_cpuid_option none;

    return d->in->opt ? d->in->opt : &none;
}

static void note_gds_safe(struct x86_derive *d)
{
    bool taken = d->which == X86_POLICY_HOST_DEFAULT &&
        (x86_feature_test(option(d)->out, F(GDS_NO)) ||
         x86_feature_test(option(d)->guest, F(GDS_NO)));

    d->not_vulnerable |= 1ULL << (F(GDS_NO) - 16 * 32);
    if ( has(d, F(ARCH_CAPS)) && !taken )
        policy_set(d->p, F(GDS_NO), true);
}

/* Whether any of these is AVX, or AVX needs it. */
static bool concern_vectors(const x86_featureset fs)
{
    x86_featureset needs = { 0 };
    uint32_t any = 0;

    x86_feature_set(needs, F(AVX));
    x86_featureset_add_prerequisites(needs);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        any |= needs[w] & fs[w];

    return any;
}

/*
 * Gathers need vector registers.  The CPU may have none, or the command line
 * may take them, from guests as well; the row below takes them because of
 * GDS, which is no reason to say that there is none.
 */
static bool no_vectors(const struct x86_derive *d)
{
    if ( family(d) != 6 || has(d, F(AVX)) )
        return false;

    return d->which == X86_POLICY_HOST_MAX ||
           (concern_vectors(option(d)->out) &&
            !concern_vectors(option(d)->guest));
}

static bool gds_open(const struct x86_derive *d)
{
    return d->in->plat->gds_no_avx && has(d, F(AVX)) &&
           !has(d, F(GDS_NO)) && !(d->not_vulnerable &
                                   (1ULL << (F(GDS_NO) - 16 * 32)));
}

static void drop_experimental(struct x86_derive *d)
{
    x86_featureset fs;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= ~(x86_features_experimental[i] & ~option(d)->in[i]);
    x86_featureset_to_policy(fs, d->p);
}

static bool rdrand_unasked(const struct x86_derive *d)
{
    return fam15_16(d) && !x86_feature_test(option(d)->in, F(RDRAND));
}

/* One feature at a time, so that each change names the one that asked. */
static void drop_features(struct x86_derive *d, const x86_featureset drop)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;

        if ( x86_feature_test(drop, f) && has(d, f) )
        {
            policy_set(d->p, f, false);
            x86_derive_step(d, f);
        }
    }
}

static void opt_out(struct x86_derive *d)
{
    drop_features(d, option(d)->out);
}

static void guest_only(struct x86_derive *d)
{
    drop_features(d, option(d)->guest);
}

static bool no_vpmu(const struct x86_derive *d)
{
    return !d->in->plat->vpmu;
}

static void clear_vpmu(struct x86_derive *d)
{
    memset(&d->p->leaf[X86_SLOT_A], 0, sizeof(d->p->leaf[0]));
}

static void common_1d(struct x86_derive *d)
{
    uint32_t *e1d = &d->p->leaf[X86_SLOT_80000001].d;

    /* Emulators may leave the copies out. */
    if ( x86_leaf_in_range(d->p, 0x80000001U) )
        *e1d = (*e1d & ~X86_COMMON_1D) |
            (d->p->leaf[X86_SLOT_1].d & X86_COMMON_1D);
}

static void faulting(struct x86_derive *d)
{
    uint64_t *msr = &d->p->msr[X86_MSR_SLOT_CE];

    *msr = d->in->plat->cpuid_faulting ? 1u << 31 : 0;
}

const struct x86_rule x86_host_rules[] = {
    {
        .id = "host-every-cpu", .stages = ST(HOST_MAX), .apply = every_cpu,
        .reason = "not every CPU of this host has it",
    },
    {
        .id = "host-leaf-capacity", .stages = ST(HOST_MAX),
        .apply = clamp_leaves,
        .reason = "beyond the highest leaf that a policy holds",
    },
    {
        .id = "host-known", .stages = ST(HOST_MAX), .apply = keep_known,
        .reason = "the tables know no feature by this bit",
    },
    {
        .id = "host-syscall", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = syscall_unseen,
        SET(F(SYSCALL)),
        .reason = "Intel reports SYSCALL to 64-bit code only; a CPU with "
                  "long mode has it",
        .reference = "SDM vol 2, CPUID.80000001H:EDX[11]",
    },
    {
        .id = "host-erms-off", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = slow_strings, CLEAR(F(ERMS)),
        .reason = "the firmware turned fast strings off",
        .reference = "SDM vol 4, IA32_MISC_ENABLE[0]",
    },
    {
        .id = "host-clwb-slow", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = clwb_is_slow, CLEAR(F(CLWB)),
        .reason = "the GDS microcode makes CLWB slow on this model; the "
                  "hypervisor does not use it",
        .reference = "INTEL-SA-00828",
    },
    {
        .id = "host-tsc-deadline-erratum", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = deadline_bad,
        CLEAR(F(TSC_DEADLINE)),
        .reason = "erratum of this model that newer microcode fixes",
        .reference = "the model's specification update",
    },
    {
        .id = "host-tsx-hidden", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = tsx_controllable,
        SET(F(HLE), F(RTM)),
        .reason = "TSX can be turned on: whether it is hidden is the "
                  "hypervisor's choice, not the CPU's",
        .reference = "XSA-305",
    },
    {
        .id = "host-rtm-abort-alone", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = abort_without_rtm,
        CLEAR(F(RTM_ALWAYS_ABORT), F(TSX_FORCE_ABORT)),
        .reason = "the firmware shows the controls of TSX without TSX",
        .reference = "Intel: TSX memory ordering issue, June 2021 update",
    },
    {
        .id = "host-rrsba-unstated", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = rrsba_unstated, SET(F(RRSBA)),
        .reason = "eIBRS without RRSBA is older microcode that does not "
                  "say so",
        .reference = "Intel: Branch history injection, RRSBA behavior",
    },
    {
        .id = "host-rsb-unsafe-model", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = rsb_unsafe_model,
        SET(F(RSBA)), .apply = note_rsb_unsafe,
        .reason = "on this model an empty return stack falls back to the "
                  "indirect predictor",
        .reference = "Intel: Retpoline, a branch target injection mitigation",
    },
    {
        .id = "host-rsb-unsafe", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = rsb_stated,
        .apply = note_rsb_unsafe,
        .reason = "the CPU states RSBA or RRSBA",
    },
    {
        .id = "host-rfds-no", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = rfds_not_affected,
        SET(F(RFDS_NO)), .apply = note_not_vulnerable,
        .reason = "this model is not affected by RFDS",
        .reference = "INTEL-SA-00898, XSA-452",
    },
    {
        .id = "host-gds-no", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = gds_safe, SET(F(GDS_NO)),
        .apply = note_not_vulnerable,
        .reason = "not vulnerable to GDS, or mitigated and locked",
        .reference = "INTEL-SA-00828, XSA-435",
    },
    {
        .id = "host-its-no", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = its_not_affected,
        SET(F(ITS_NO)), .apply = note_not_vulnerable,
        .reason = "this model is not affected by ITS",
        .reference = "INTEL-SA-01153, XSA-469",
    },
    {
        .id = "host-amd-sep", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, CLEAR(F(SEP)),
        .reason = "SYSENTER does not work in long mode on AMD, so that the "
                  "hypervisor and PV guests cannot use it",
        .reference = "APM vol 3, SYSENTER",
    },
    {
        .id = "host-lfence-dispatch", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = lfence_serialising,
        SET(F(LFENCE_DISPATCH)), .apply = raise_ext_for_lfence,
        .reason = "LFENCE is made dispatch serialising through DE_CFG",
        .reference = "AMD: Software techniques for managing speculation",
    },
    {
        .id = "host-lfence-plain", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = lfence_not_serialising,
        CLEAR(F(LFENCE_DISPATCH)),
        .reason = "LFENCE is not dispatch serialising here",
    },
    {
        .id = "host-nscb", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = null_clears_base, SET(F(NSCB)),
        .reason = "loading a null selector clears the base; parts before "
                  "Zen3 do not say so",
    },
    {
        .id = "host-btc-no", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = fam19_bare, SET(F(BTC_NO)),
        .reason = "family 0x19 is not affected by branch type confusion; "
                  "older microcode does not say so",
        .reference = "AMD-SB-1037, XSA-407",
    },
    {
        .id = "host-k8-lahf", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_AMD, .when = early_k8, CLEAR(F(LAHF_LM)),
        .reason = "early K8 shows LAHF in long mode without having it",
    },
    {
        .id = "host-fam10-monitor", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_AMD, .when = fam10, CLEAR(F(MONITOR)),
        .reason = "MONITOR may miss the wake-up on family 0x10",
        .reference = "AMD: revision guide for family 10h",
    },
    {
        .id = "host-ibpb-brtype", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = ibpb_flushes_types,
        SET(F(IBPB_BRTYPE)),
        .reason = "IBPB flushes branch type predictions here; older "
                  "microcode does not say so",
        .reference = "AMD-SB-7005, XSA-434",
    },
    {
        .id = "host-sbpb", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_AMD,
        .when = sbpb_writable, SET(F(SBPB)),
        .reason = "PRED_CMD.SBPB can be written; older microcode does not "
                  "say so",
        .reference = "AMD-SB-7005, XSA-434",
    },
    {
        .id = "host-srso-no-smt-off", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = fam17_without_smt,
        SET(F(SRSO_NO)),
        .reason = "Zen1 and Zen2 without SMT are not affected by SRSO",
        .reference = "AMD-SB-7005",
    },
    {
        .id = "host-tsa-no", .stages = ST(HOST_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = tsa_not_affected,
        SET(F(TSA_SQ_NO), F(TSA_L1_NO)),
        .reason = "only family 0x19 is affected by TSA",
        .reference = "AMD-SB-7029, XSA-471",
    },
    {
        .id = "host-verw-clear", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_AMD, .when = tsa_scrubs, SET(F(VERW_CLEAR)),
        .reason = "VERW scrubs from this microcode revision on",
        .reference = "AMD-SB-7029, XSA-471",
    },
    {
        .id = "host-no-hvm", .stages = ST(HOST_MAX), .when = no_hvm,
        CLEAR(F(VMX), F(SVM)),
        .reason = "hardware virtualisation could not be started",
    },
    {
        .id = "host-no-rdt-leaf", .stages = ST(HOST_MAX),
        .when = no_rdt_leaf, CLEAR(F(PQE)),
        .reason = "resource allocation is described in leaf 0x10, which "
                  "is out of range",
    },
    {
        .id = "host-no-xstate-leaf", .stages = ST(HOST_MAX),
        .when = no_xstate_leaf, CLEAR(F(XSAVE)),
        .reason = "XSAVE is described in leaf 0xd, which is out of range",
    },
    {
        .id = "host-clzero-line-size", .stages = ST(HOST_MAX),
        .when = odd_line_size, CLEAR(F(CLZERO)),
        .reason = "the cache line size is not a power of two",
    },
    {
        .id = "host-experimental", .stages = ST(HOST_DEFAULT),
        .apply = drop_experimental,
        .reason = "experimental: off unless cpuid= opts in",
    },
    {
        .id = "host-rdrand-s3", .stages = ST(HOST_DEFAULT),
        .vendors = X86_VENDOR_AMD, .when = rdrand_unasked, CLEAR(F(RDRAND)),
        .reason = "RDRAND may fail after suspend on families 0x15 and 0x16; "
                  "cpuid=rdrand opts in",
    },
    {
        .id = "cmdline-out", .stages = ST(HOST_DEFAULT), .apply = opt_out,
        .reason = "cpuid= on the command line opts out",
    },
    {
        .id = "cmdline-guest", .stages = ST(HOST_DEFAULT),
        .apply = guest_only,
        .reason = "cpuid= on the command line keeps it for guests: the "
                  "hypervisor does not use it",
    },
    {
        .id = "host-no-vpmu", .stages = ST(HOST_DEFAULT), .when = no_vpmu,
        .apply = clear_vpmu,
        .reason = "no virtual PMU: performance counters stay with the "
                  "hypervisor",
        .reference = "XSA-163",
    },
    {
        .id = "host-cpuid-faulting", .stages = ST(HOST_MAX),
        .apply = faulting,
        .reason = "whether CPUID faulting works is known from a probe",
    },
    {
        .id = "host-out-of-range", .stages = ST_HOST, .apply = x86_rule_trim,
        .reason = "beyond the highest leaf or after the last subleaf",
    },
    {
        .id = "dependency", .stages = ST_HOST, .apply = x86_rule_close,
        .reason = "a feature that it needs is missing",
    },
    {
        .id = "host-gds-no-avx", .stages = ST_HOST,
        .vendors = X86_VENDOR_INTEL, .when = no_vectors,
        .apply = note_gds_safe,
        .reason = "without AVX there is nothing to gather into",
        .reference = "INTEL-SA-00828, XSA-435",
    },
    {
        .id = "host-gds-avx-off", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = gds_open, CLEAR(F(AVX)),
        .apply = x86_rule_close,
        .reason = "nothing but doing without AVX mitigates GDS here",
        .reference = "INTEL-SA-00828, XSA-435",
    },
    {
        .id = "host-common-1d", .stages = ST_HOST,
        .vendors = VENDOR_AMD_HYGON, .apply = common_1d,
        .reason = "AMD repeats these features of leaf 1 here",
        .reference = "APM vol 3, CPUID Fn8000_0001_EDX",
    },
    {
        .id = "host-xstate", .stages = ST_HOST, .apply = x86_rule_xstate,
        .reason = "leaf 0xd follows from the features",
        .reference = "SDM vol 1, 13.2",
    },
    { .id = NULL },
};
