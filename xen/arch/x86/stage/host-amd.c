/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host max: what is known of AMD's and Hygon's models beyond what they say. */

#include "../rule.h"

static bool lfence_serialising(struct x86_view *d)
{
    return fact(d, lfence_serialising);
}

static void raise_ext_for_lfence(struct x86_derive *d)
{
    uint32_t *max = &d->p->leaf[X86_SLOT_80000000].a;

    if ( *max < 0x80000021U )
        *max = 0x80000021U;
}

static bool lfence_not_serialising(struct x86_view *d)
{
    return !fact(d, lfence_serialising);
}

static bool null_clears_base(struct x86_view *d)
{
    return fact(d, null_clears_base) && in_range(d, 0x80000021U);
}

static bool fam19_bare(struct x86_view *d)
{
    return family(d) == 0x19 && !fact(d, virtualised);
}

static bool early_k8(struct x86_view *d)
{
    return family(d) == 0xf && x86_model(signature(d)) < 0x14;
}

static bool fam10(struct x86_view *d)
{
    return family(d) == 0x10;
}

static bool sbpb_writable(struct x86_view *d)
{
    return fam19_bare(d) && fact(d, sbpb_writable);
}

static bool ibpb_flushes_types(struct x86_view *d)
{
    return sbpb_writable(d) ||
           (family(d) < 0x19 && has(d, F(IBPB)) &&
            !fact(d, virtualised) && in_range(d, 0x80000021U));
}

static bool fam17_without_smt(struct x86_view *d)
{
    return (family(d) == 0x17 || family(d) == 0x18) && !fact(d, smt) &&
           !fact(d, virtualised);
}

/* What the CPU says of one bit counts for both: it knows of TSA. */
static bool tsa_unstated(struct x86_view *d)
{
    return !fact(d, virtualised) && in_range(d, 0x80000021U) &&
           !has(d, F(TSA_SQ_NO)) && !has(d, F(TSA_L1_NO));
}

static bool tsa_not_affected(struct x86_view *d)
{
    return family(d) != 0x19 && tsa_unstated(d);
}

static bool tsa_scrubs(struct x86_view *d)
{
    uint32_t first = x86_amd_tsa_microcode(signature(d));

    return first && microcode(d) >= first && tsa_unstated(d);
}

const struct x86_rule x86_host_amd_rules[] = {
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
        .vendors = X86_VENDOR_AMD, .when = tsa_not_affected,
        SET(F(TSA_SQ_NO), F(TSA_L1_NO)),
        .reason = "only family 0x19 is affected by TSA; nothing is known "
                  "of Hygon's CPUs",
        .reference = "AMD-SB-7029, XSA-471",
    },
    {
        .id = "host-verw-clear", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_AMD, .when = tsa_scrubs, SET(F(VERW_CLEAR)),
        .reason = "VERW scrubs from this microcode revision on",
        .reference = "AMD-SB-7029, XSA-471",
    },
    { .id = NULL },
};
