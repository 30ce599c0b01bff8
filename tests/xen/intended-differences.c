/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every bit in which our derivation differs from Xen 4.17's, and why that is
 * meant to be so.  A difference without a row is a failure; so is a row that
 * no machine of the corpus needs.
 */
#include "intended-differences.h"

#define ST(which) (1u << X86_POLICY_##which)
#define HOST ST(HOST_DEFAULT)
#define HVM  (ST(HVM_MAX) | ST(HVM_DEFAULT))
#define MAX  (ST(PV_MAX) | ST(HVM_MAX))
#define DEF  (ST(PV_DEFAULT) | ST(HVM_DEFAULT))
#define GUEST (MAX | DEF)

#define I   (1u << X86_LAYOUT_INTEL)
#define AMD (1u << X86_LAYOUT_AMD)
#define A (1u << X86_REG_A)
#define B (1u << X86_REG_B)
#define C (1u << X86_REG_C)
#define D (1u << X86_REG_D)
#define ALL 0xffffffffU
#define F(name) X86_FEATURE_##name

#define BIT(name) (1u << (F(name) % 32))

const struct intended_difference intended_differences[] = {
    /* ---- a Xen that runs no HVM domains ------------------------------- */
    { HVM, 0, false, 0, ALL, 0, ALL, DIFF_EITHER, DIFF_NO_HVM, 0,
      "Xen leaves the HVM policies unfilled where it cannot run HVM; ours "
      "say what such guests would get elsewhere" },
    { HVM, 0, true, 0, ALL, 0, ~0ULL, DIFF_EITHER, DIFF_NO_HVM, 0,
      "the same of MSRs" },

    /* ---- raw ---------------------------------------------------------- */
    { ST(RAW), 0, false, 1, 0, C, BIT(OSXSAVE), DIFF_XENS, DIFF_ALWAYS, 0,
      "mirrors CR4, not the hardware; newer Xens clear it as well" },
    { ST(RAW), 0, false, 7, 0, C, BIT(OSPKE), DIFF_XENS, DIFF_ALWAYS, 0,
      "mirrors CR4, not the hardware; newer Xens clear it as well" },
    { ST(RAW), 0, false, 0xd, 0, B, ALL, DIFF_XENS, DIFF_ALWAYS, 0,
      "sizes of what XCR0 and XSS enable, not of the hardware; newer Xens "
      "clear them as well" },

    /* ---- host: 4.17 treats it like a guest ----------------------------- */
    { HOST, 0, false, 5, 6, 0, ALL, DIFF_OURS, DIFF_ALWAYS, 0,
      "MONITOR and power management: hidden from guests only; newer Xens "
      "keep them for the host as well" },
    { HOST, 0, false, 0xb, 0, 0, ALL, DIFF_OURS, DIFF_ALWAYS, 0,
      "topology: not given to guests, but true of the host" },
    { HOST, AMD, false, 2, 4, 0, ALL, DIFF_OURS, DIFF_ALWAYS, 0,
      "the hardware (Hygon, in QEMU) shows Intel's leaves; the host policy "
      "says so, guests' do not" },
    { HOST, I, false, 0x80000000U, 0, B | C | D, ALL, DIFF_OURS,
      DIFF_ALWAYS, 0, "the vendor repeated: harmless, and QEMU shows it" },
    { HOST, I, false, 0x80000001U, 0, A, ALL, DIFF_OURS, DIFF_ALWAYS, 0,
      "the signature repeated: harmless, and QEMU shows it" },
    { HOST, I, false, 0x80000005U, 0x80000006U, 0, ALL, DIFF_OURS,
      DIFF_ALWAYS, 0, "AMD's cache leaves, which QEMU shows" },
    { HOST, I, false, 0x80000008U, 0, C, ALL, DIFF_OURS, DIFF_ALWAYS, 0,
      "AMD's count of threads, which QEMU shows" },
    { HOST, AMD, false, 0x8000001dU, 0, 0, ALL, DIFF_OURS, DIFF_ALWAYS, 0,
      "AMD's cache leaf: not given to guests, but true of the host" },

    /* ---- host: what each keeps ----------------------------------------- */
    { HOST, 0, false, 0, 0, A, ALL, DIFF_BELOW, DIFF_ALWAYS, 0,
      "our policies hold leaves above 0xd" },
    { HOST, 0, false, 7, 0, C, BIT(LA57) | BIT(PKS), DIFF_OURS, DIFF_ALWAYS,
      0, "features that 4.17 does not know" },
    { HOST, 0, false, 1, 0, C, BIT(AVX) | BIT(FMA) | BIT(F16C), DIFF_XENS,
      DIFF_WITHOUT, F(XSAVE),
      "Xen closes guests' policies only; ours never shows AVX without "
      "XSAVE" },
    { HOST, I, true, 0x10a, 0, 0, 1ULL << (F(RSBA) - 16 * 32) |
      1ULL << (F(GDS_NO) - 16 * 32), DIFF_XENS, DIFF_WITHOUT, F(ARCH_CAPS),
      "Xen notes what it knows of the model in bits of an MSR that the CPU "
      "lacks; ours notes it beside the policy, and guests' are the same" },

    /* ---- SVM ----------------------------------------------------------- */
    { HOST, 0, false, 0x8000000aU, 0, D, 0x30, DIFF_XENS, DIFF_ALWAYS, 0,
      "TSC_RATE and VMCB_CLEAN, which 4.17 claims for nested guests whether "
      "or not the hardware has them" },
    { HOST, 0, false, 0x8000000aU, 0, D, 0x10010000, DIFF_OURS, DIFF_ALWAYS,
      0, "4.17 masks SVM's features in the host policy; ours for guests" },
    { ST(HVM_MAX), 0, false, 0x8000000aU, 0, D, 0x10, DIFF_XENS, DIFF_ALWAYS,
      0, "TSC_RATE is offered to nested guests by 4.17 only" },
    { HVM, 0, false, 0x8000000aU, 0, A | B | D, ALL, DIFF_XENS,
      DIFF_WITHOUT, F(SVM),
      "describes SVM, which this policy lacks; 4.17 clears it per domain" },
    { HVM, I | 1u << X86_LAYOUT_CENTAUR, false, 0x8000000aU, 0, A | B | D,
      ALL, DIFF_XENS, DIFF_ALWAYS, 0,
      "SVM under another vendor's name: no such CPU exists outside of "
      "emulators, and our tables have the leaf for AMD and Hygon only" },

    /* ---- max: a guest from elsewhere ----------------------------------- */
    { MAX, 0, false, 0, 0, A, ALL, DIFF_BELOW, DIFF_ALWAYS, 0,
      "our max policies have all leaves that we hold; 4.17's the host's" },
    { MAX, 0, false, 0x80000000U, 0, A, ALL, DIFF_BELOW, DIFF_ALWAYS, 0,
      "our max policies have all leaves that we hold; 4.17's the host's" },
    { MAX, 0, false, 7, 0, A, ALL, DIFF_OURS, DIFF_BEYOND_XEN, 0,
      "leaf 7 exists in our max policies whatever the host has" },
    { MAX, 0, false, 7, 0, B, BIT(ERMS), DIFF_OURS, DIFF_ALWAYS, 0,
      "a hint about speed: newer Xens claim it in max as well" },
    { MAX, AMD, false, 0x80000021U, 0, A, BIT(VERW_CLEAR), DIFF_OURS,
      DIFF_BEYOND_XEN, 0,
      "claimed for migration; 4.17's policy does not reach the leaf" },
    { GUEST, 0, false, 1, 0, C, BIT(X2APIC), DIFF_XENS, DIFF_OPTED_OUT,
      F(X2APIC), "Xen's emulated x2APIC ignores cpuid=; ours obeys" },

    /* ---- restated fields: 4.17 fills them in per domain ---------------- */
    { GUEST, AMD, false, 0x80000001U, 0, D, X86_COMMON_1D, DIFF_OURS,
      DIFF_ALWAYS, 0,
      "AMD's copies of leaf 1: 4.17 adds them per domain only" },
    { GUEST, 0, false, 0x80000008U, 0, A, 0xff00, DIFF_EITHER, DIFF_ALWAYS,
      0, "linear address width, 48 or 32: 4.17 sets it per domain only" },
};

const unsigned int nr_intended_differences =
    sizeof(intended_differences) / sizeof(intended_differences[0]);
