/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host max: what is known of Intel's models beyond what they say. */

#include "../rule.h"

static bool slow_strings(struct x86_view *d)
{
    return !fact(d, fast_strings);
}

static bool clwb_is_slow(struct x86_view *d)
{
    return has(d, F(CLWB)) && x86_intel_clwb_is_slow(signature(d));
}

/*
 * Guests' timers are emulated: what may fail is the hypervisor's own.  So a
 * revision that is not stated takes nothing from anybody.
 */
static bool deadline_bad(struct x86_view *d)
{
    uint32_t first = x86_intel_tsc_deadline_microcode(signature(d));

    return first && !fact(d, virtualised) && microcode_stated(d) &&
           microcode(d) < first;
}

static bool tsx_controllable(struct x86_view *d)
{
    return has(d, F(TSX_CTRL)) || has(d, F(TSX_FORCE_ABORT));
}

static bool abort_without_rtm(struct x86_view *d)
{
    return has(d, F(RTM_ALWAYS_ABORT)) && has(d, F(TSX_FORCE_ABORT)) &&
           !has(d, F(RTM));
}

static bool rrsba_unstated(struct x86_view *d)
{
    return has(d, F(EIBRS)) && !has(d, F(RRSBA));
}

static bool rsb_unsafe_model(struct x86_view *d)
{
    uint32_t sig = signature(d), first = x86_intel_rsb_microcode(sig);

    return !has(d, F(ARCH_CAPS)) &&
           (first ? microcode(d) < first : x86_intel_rsb_unsafe(sig));
}

static void note_rsb_unsafe(struct x86_derive *d)
{
    d->rsb_unsafe = true;
}

static bool rsb_stated(struct x86_view *d)
{
    return has(d, F(RSBA)) || has(d, F(RRSBA));
}

static bool rfds_not_affected(struct x86_view *d)
{
    return family(d) == 6 && !fact(d, virtualised) &&
           !has(d, F(RFDS_NO)) && !has(d, F(RFDS_CLEAR)) &&
           !x86_intel_rfds_affected(signature(d), has(d, F(HYBRID)));
}

/*
 * Not affected, or mitigated: by default, where the microcode has a control
 * (a lock on it is set in favour of the mitigation, while SGX is on).  What
 * states both is out of specification; nothing is added to that.
 */
static bool gds_safe(struct x86_view *d)
{
    if ( family(d) != 6 )
        return false;
    if ( !x86_intel_gds_affected(signature(d)) &&
         !x86_intel_gds_doubtful(signature(d)) && !fact(d, virtualised) )
        return true;

    return fact(d, gds_mit) && has(d, F(GDS_CTRL)) && !has(d, F(GDS_NO));
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

static bool its_not_affected(struct x86_view *d)
{
    return !fact(d, virtualised) &&
           (family(d) != 6 || !x86_intel_its_affected(signature(d)) ||
            has(d, F(BHI_CTRL)) || !has(d, F(EIBRS)));
}

void x86_rule_gds_no(struct x86_derive *d)
{
    bool taken = d->which == X86_POLICY_HOST_DEFAULT &&
        (x86_feature_test(option(d)->out, F(GDS_NO)) ||
         x86_feature_test(option(d)->guest, F(GDS_NO)));

    d->not_vulnerable |= 1ULL << (F(GDS_NO) - 16 * 32);
    if ( x86_policy_has(d->p, F(ARCH_CAPS)) && !taken )
        policy_set(d->p, F(GDS_NO), true);
}

const struct x86_rule x86_host_intel_rules[] = {
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
        .id = "host-rtm-abort-alone", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = abort_without_rtm,
        CLEAR(F(RTM_ALWAYS_ABORT), F(TSX_FORCE_ABORT)),
        .reason = "the firmware shows the controls of TSX without TSX",
        .reference = "Intel: TSX memory ordering issue, June 2021 update",
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
        .reason = "this model is not affected by GDS, or its microcode "
                  "mitigates it",
        .reference = "INTEL-SA-00828, XSA-435 (August 2023)",
    },
    {
        .id = "host-its-no", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = its_not_affected,
        SET(F(ITS_NO)), .apply = note_not_vulnerable,
        .reason = "this model is not affected by ITS",
        .reference = "INTEL-SA-01153, XSA-469",
    },
    { .id = NULL },
};
