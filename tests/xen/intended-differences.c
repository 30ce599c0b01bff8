/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every bit in which our derivation differs from Xen's, and why that is
 * meant to be so.  A difference without a row is a failure; so is a row that
 * nothing needs in a release that it names.
 */
#include "intended-differences.h"

/* Places leave out what they do not ask for. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define ST(which) (1u << X86_POLICY_##which)
#define RAW_HOST (ST(RAW) | HOST)
#define HOST ST(HOST_DEFAULT)
#define HVM  (ST(HVM_MAX) | ST(HVM_DEFAULT))
#define MAX  (ST(PV_MAX) | ST(HVM_MAX))
#define DEF  (ST(PV_DEFAULT) | ST(HVM_DEFAULT))
#define DOM  ((1u << PV_DOMAIN) | (1u << HVM_DOMAIN))
#define GUEST (MAX | DEF)

#define QEMU (XEN_4_17 | XEN_4_20)

#define I   (1u << X86_LAYOUT_INTEL)
#define AMD (1u << X86_LAYOUT_AMD)
#define VIA (1u << X86_LAYOUT_CENTAUR)
#define A (1u << X86_REG_A)
#define B (1u << X86_REG_B)
#define C (1u << X86_REG_C)
#define D (1u << X86_REG_D)
#define ALL 0xffffffffU
#define F(name) X86_FEATURE_##name

#define BIT(name) (1u << (F(name) % 32))
#define CAP(name) (1ULL << (F(name) - 16 * 32))

/* Places: leaves, registers (0: all), bits, and the rest of struct. */
#define LEAVES(first, last, regs, mask, ...) \
    { false, first, last, regs, mask, __VA_ARGS__ }
#define LEAF(leaf, regs, mask, ...) LEAVES(leaf, 0, regs, mask, __VA_ARGS__)
#define MSR(index, mask, ...) { true, index, 0, 0, mask, __VA_ARGS__ }

/* Upstream's cpufeatureset.h, summed up by its gen-cpuid.py. */
const x86_featureset xen_known_features = {
    0xbfebfbff, 0xfffefbff, 0xee500800, 0x6469bfff, 0x0000001f, 0xffbfffff,
    0xfb417fff, 0x00000780, 0x7f9fd205, 0xffddef3e, 0xccbe1df7, 0xf89e0d67,
    0x00000001, 0x0000007f, 0x00000000, 0x01064530, 0x7fbfffff, 0x40000001,
    0x00000006,
};

const struct intended_difference intended_differences[] = {
    /* ---- what each holds, and when it says so -------------------------- */
    { "highest-leaf", QEMU | XEN_MASTER, HOST | MAX, 0,
      "Xen's policies end at 0xd and 0x80000021, ours hold what comes after; "
      "SDM vol 2, CPUID: the highest leaf is what the CPU has",
      { LEAF(0, A, ALL, DIFF_BELOW), LEAF(0x80000000U, A, ALL, DIFF_BELOW) } },
    { "live-state", XEN_4_17 | XEN_MASTER, RAW_HOST, 0,
      "APIC ids, bits of CR4 and sizes of what XCR0 enables are of one vCPU "
      "at one moment, not of the CPU (SDM vol 2, CPUID); newer Xens clear "
      "the latter two as well",
      { LEAF(1, B, X86_1_EBX_APIC_ID, DIFF_XENS),
        LEAF(1, C, BIT(OSXSAVE), DIFF_XENS),
        LEAF(7, C, BIT(OSPKE), DIFF_XENS),
        LEAF(0xb, D, ALL, DIFF_XENS), LEAF(0xd, B, ALL, DIFF_XENS),
        LEAF(0x8000001eU, A, ALL, DIFF_XENS) } },
    { "no-feature", XEN_MASTER, HOST, 0,
      "Xen has no name for it and drops it; the host policy says what the "
      "CPU has, and no guest gets it (SDM vol 2, CPUID; APM vol 3, E)",
      { LEAVES(1, 0xd, 0, ALL, DIFF_OURS, DIFF_NO_FEATURE),
        LEAVES(0x80000001U, 0x80000021U, 0, ALL, DIFF_OURS,
               DIFF_NO_FEATURE),
        MSR(0x10a, ~0ULL, DIFF_OURS, DIFF_NO_FEATURE) } },
    { "experimental", XEN_MASTER, HOST, 0,
      "Xen's one host policy is our host max; the default has what nobody "
      "supports yet only when the administrator opts in",
      { LEAF(7, C, BIT(ENQCMD) | BIT(KEYLOCKER), DIFF_XENS),
        LEAF(7, D, BIT(UINTR) | BIT(ARCH_LBR) | BIT(AMX_TILE) |
             BIT(AMX_INT8) | BIT(AMX_BF16), DIFF_XENS),
        LEAF(7, A, BIT(LAM) | BIT(FRED) | BIT(LKGS) | BIT(NMI_SRC) |
             BIT(AMX_FP16) | BIT(HRESET), DIFF_XENS),
        LEAF(0xd, 0, ALL, DIFF_EITHER, DIFF_WITHOUT, F(AMX_TILE)) } },
    { "closed", QEMU | XEN_MASTER, HOST, 0,
      "Xen closes guests' policies only; a feature whose register, MSR or "
      "state is not there cannot be used by the hypervisor either (the "
      "prerequisites are those of cpufeature-deps.h, each with its manual)",
      { LEAVES(1, 0xd, 0, ALL, DIFF_XENS, DIFF_UNCLOSED),
        LEAVES(0x80000001U, 0x80000021U, 0, ALL, DIFF_XENS, DIFF_UNCLOSED),
        MSR(0x10a, ~0ULL, DIFF_XENS, DIFF_UNCLOSED) } },
    { "subleaves", XEN_MASTER, RAW_HOST, AMD,
      "caches and quality of service have subleaves (APM vol 3, E.4), for "
      "which Xen's structure has no place",
      { LEAF(0x8000001dU, 0, ALL, DIFF_OURS),
        LEAF(0x80000020U, 0, ALL, DIFF_OURS) } },

    /* ---- filled in per domain by Xen, of which ours are a policy ------- */
    { "fpu-behaviour", XEN_MASTER, GUEST, 0,
      "cannot be changed by any mask, so that every policy says it; Xen "
      "folds it in per domain, where both agree (SDM vol 1, 8.1.8)",
      { LEAF(7, B, BIT(FDP_EXCP_ONLY) | BIT(NO_FPU_SEL), DIFF_OURS) } },
    { "amd-copies", QEMU | XEN_MASTER, HOST | GUEST, AMD,
      "AMD's copies of leaf 1, which Xen adds per domain; APM vol 3 has "
      "them wherever the leaf is",
      { LEAF(0x80000001U, D, X86_COMMON_1D, DIFF_OURS) } },
    { "linear-width", QEMU | XEN_MASTER, GUEST, 0,
      "48 bits, or 32 without long mode, as long as LA57 is not offered; "
      "Xen sets it per domain, where both agree (SDM vol 3, 4.1.4)",
      { LEAF(0x80000008U, A, X86_80000008_EAX_MAXLINADDR, DIFF_EITHER) } },
    { "gated-leaf", QEMU | XEN_MASTER, GUEST, 0,
      "describes a feature that the policy lacks; Xen clears it per domain, "
      "where both agree (APM vol 3, Fn8000_000A and Fn8000_0019)",
      { LEAF(0x8000000aU, 0, ALL, DIFF_XENS, DIFF_WITHOUT, F(SVM)),
        LEAF(0x80000019U, 0, ALL, DIFF_XENS, DIFF_WITHOUT, F(PAGE1GB)) } },

    /* ---- what a guest can see ------------------------------------------ */
    { "beyond-highest", XEN_MASTER, DEF | DOM, 0,
      "content above the highest leaf, which no CPUID instruction returns: "
      "ARCH_CAPS of a CPU without leaf 7 (SDM vol 2, CPUID)",
      { LEAVES(1, 0xd, 0, ALL, DIFF_XENS, DIFF_BEYOND_OURS),
        MSR(0x10a, ~0ULL, DIFF_XENS, DIFF_BEYOND_OURS) } },
    { "no-hap", XEN_MASTER, ST(HVM_MAX), 0,
      "nested virtualisation needs hardware assisted paging (attribute h of "
      "both tables); the vectors' HVM policies are made with it on CPUs "
      "that lack it",
      { LEAF(1, C, BIT(VMX), DIFF_XENS, DIFF_NO_HAP),
        LEAF(0x80000001U, C, BIT(SVM), DIFF_XENS, DIFF_NO_HAP) } },
    { "gds-doubtful", XEN_MASTER, HOST | GUEST | DOM, I,
      "Skylake clients and Cannon Lake: Xen counts them as safe, Intel's "
      "table of affected processors (INTEL-SA-00828) has the former as "
      "affected; we do not say GDS_NO, and keep AVX as Xen does",
      { MSR(0x10a, CAP(GDS_NO), DIFF_XENS, DIFF_GDS_DOUBTFUL) } },
    { "unknown", XEN_MASTER, RAW_HOST | GUEST | DOM, 0,
      "the dump lacks an input that CPUID says exists: the save area's "
      "components, MSR 0x10a, those of VMX, the microcode's revision; ours "
      "claim nothing from it and warn, the vectors were made with what its "
      "recording program or zero says",
      { LEAF(0xd, 0, ALL, DIFF_EITHER, DIFF_UNSTATED),
        LEAF(1, C, BIT(VMX), DIFF_XENS, DIFF_UNSTATED_VMX),
        LEAF(1, C, BIT(TSC_DEADLINE), DIFF_OURS, DIFF_UNSTATED_MICROCODE),
        LEAF(7, B, BIT(HLE) | BIT(RTM), DIFF_XENS, DIFF_UNSTATED_MSR),
        LEAF(7, D, BIT(RTM_ALWAYS_ABORT), DIFF_XENS, DIFF_UNSTATED_MSR),
        MSR(0x10a, CAP(RSBA), DIFF_OURS, DIFF_UNSTATED_MSR),
        MSR(0x10a, ~0ULL, DIFF_XENS, DIFF_UNSTATED_MSR) } },

    { "topology", QEMU | XEN_MASTER, ST(HVM_MAX), AMD,
      "a toolstack may choose a topology here, which needs TOPOEXT's leaves "
      "on AMD (APM vol 3, Fn8000_001D and Fn8000_001E); Xen has none to give",
      { LEAF(0x80000001U, C, BIT(TOPOEXT), DIFF_OURS),
        LEAF(0x8000001dU, 0, ALL, DIFF_OURS) } },

    /* ---- only in emulation, or in an older release --------------------- */
    { "no-hvm", XEN_4_17 | XEN_4_20, HVM, 0,
      "Xen leaves the HVM policies unfilled where it cannot run HVM; ours "
      "say what such guests would get elsewhere",
      { LEAVES(0, ALL, 0, ALL, DIFF_EITHER, DIFF_NO_HVM),
        { true, 0, ALL, 0, ~0ULL, DIFF_EITHER, DIFF_NO_HVM } } },
    { "host-hidden", QEMU, HOST, 0,
      "4.20 and older treat the host's policy like a guest's: no topology, "
      "no MONITOR, no power management, no leaves of the other vendor, all "
      "of which are true of the host (4.22 keeps them)",
      { LEAVES(5, 6, 0, ALL, DIFF_OURS), LEAF(0xb, 0, ALL, DIFF_OURS),
        LEAVES(2, 4, 0, ALL, DIFF_OURS),
        LEAF(0x80000000U, B | C | D, ALL, DIFF_OURS),
        LEAF(0x80000001U, A, ALL, DIFF_OURS),
        LEAVES(0x80000005U, 0x80000006U, 0, ALL, DIFF_OURS),
        LEAF(0x80000008U, C, ALL, DIFF_OURS),
        LEAF(0x8000001dU, 0, ALL, DIFF_OURS) } },
    { "svm-masked", XEN_4_17, HOST | ST(HVM_MAX), 0,
      "4.17 claims TSC_RATE and VMCB_CLEAN for nested guests whatever the "
      "hardware has, and masks the other SVM features in the host's policy "
      "already; 4.22 does it as we do",
      { LEAF(0x8000000aU, D, X86_8000000A_EDX_TSC_RATE |
             X86_8000000A_EDX_VMCB_CLEAN, DIFF_XENS),
        LEAF(0x8000000aU, D, X86_8000000A_EDX_VGIF |
             X86_8000000A_EDX_SVME_ADDR_CHECK, DIFF_OURS) } },
    { "svm-elsewhere", QEMU, HVM, I | VIA,
      "SVM under another vendor's name: no such CPU exists outside of "
      "emulators, and our tables have the leaf for AMD and Hygon only",
      { LEAF(0x8000000aU, A | B | D, ALL, DIFF_XENS) } },
    { "newer-feature", XEN_4_17, HOST, 0,
      "features that this release does not know",
      { LEAF(7, C, BIT(LA57) | BIT(PKS), DIFF_OURS) } },
    { "newer-claim", QEMU, MAX, 0,
      "claimed for migration by newer Xens too: ERMS is a hint, VERW_CLEAR "
      "does no harm, and leaf 7 exists in max whatever the host has",
      { LEAF(7, A, ALL, DIFF_OURS, DIFF_BEYOND_XEN),
        LEAF(7, B, BIT(ERMS), DIFF_OURS),
        LEAF(0x80000021U, A, BIT(VERW_CLEAR), DIFF_OURS,
             DIFF_BEYOND_XEN) } },
    { "x2apic", QEMU, GUEST, 0,
      "Xen's emulated x2APIC ignores cpuid=; ours obeys",
      { LEAF(1, C, BIT(X2APIC), DIFF_XENS, DIFF_OPTED_OUT, F(X2APIC)) } },
    { "phi", XEN_4_17, DEF, I,
      "Xeon Phi: 4.17 counts its return stack as safe, 4.20 does not",
      { MSR(0x10a, CAP(RSBA), DIFF_OURS) } },
};

const unsigned int nr_intended_differences =
    sizeof(intended_differences) / sizeof(intended_differences[0]);
