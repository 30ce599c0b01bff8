/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What VMX controls need that are offered (msr-fields.h: not HIDDEN), and
 * which bits of CR4 exist.  Without what it needs a control is not offered.
 *
 *     VMX_NEEDS_FEATURE(msr, hi, lo, FEATURE, FEATURE, reason)
 *         bits hi to lo of the MSR need either feature
 *     VMX_NEEDS_CONTROL(msr, hi, lo, other, bit, reason)
 *         they need bit `bit` of MSR `other`
 *     VMX_NEEDS_PMU(msr, bit, reason)
 *         it needs a PMU of version 2, with PERF_GLOBAL_CTRL
 *     VMX_CR4(bit, FEATURE, FEATURE)
 *         CR4_FIXED1 has the bit with either feature, and only then
 *
 * MSRs are written as in slot names: 48B.  Sections are those of the SDM,
 * volume 3.  An MSR that another's bit enables has its rows in msr-fields.h.
 */
VMX_NEEDS_CONTROL(483, 54, 54, 481, 38, "it saves the preemption timer (25.7.1)")

VMX_NEEDS_FEATURE(483, 41, 41, LM, LM, "a host in 64-bit mode needs the mode (25.7.1)")
VMX_NEEDS_FEATURE(484, 41, 41, LM, LM, "a guest in IA-32e mode needs the mode (25.8.1)")
VMX_NEEDS_FEATURE(483, 51, 50, PAT, PAT, "there is no MSR IA32_PAT (25.7.1)")
VMX_NEEDS_FEATURE(484, 46, 46, PAT, PAT, "there is no MSR IA32_PAT (25.8.1)")
VMX_NEEDS_FEATURE(483, 53, 52, NX, LM, "there is no MSR IA32_EFER (25.7.1)")
VMX_NEEDS_FEATURE(484, 47, 47, NX, LM, "there is no MSR IA32_EFER (25.8.1)")
VMX_NEEDS_PMU(483, 44, "there is no MSR PERF_GLOBAL_CTRL (25.7.1)")
VMX_NEEDS_PMU(484, 45, "there is no MSR PERF_GLOBAL_CTRL (25.8.1)")

VMX_NEEDS_CONTROL(48B, 39, 39, 48B, 33, "an unrestricted guest runs on EPT (27.2.1.1)")
VMX_NEEDS_CONTROL(48B, 39, 39, 485, 5, "exits of an unrestricted guest save EFER.LMA (A.6)")
VMX_NEEDS_CONTROL(48B, 33, 33, 48C, 6, "an EPT of no length cannot be entered with (27.2.1.1)")
VMX_NEEDS_CONTROL(48B, 33, 33, 48C, 14, "an EPT is cached, or it would have to be uncached (27.2.1.1)")

VMX_NEEDS_CONTROL(48C, 0, 0, 48B, 33, "it describes EPT (A.10)")
VMX_NEEDS_CONTROL(48C, 26, 6, 48B, 33, "it describes EPT (A.10)")
VMX_NEEDS_CONTROL(48C, 26, 25, 48C, 20, "it is a type of INVEPT (A.10)")
VMX_NEEDS_CONTROL(48C, 43, 32, 48B, 37, "it describes VPID (A.10)")
VMX_NEEDS_CONTROL(48C, 43, 40, 48C, 32, "it is a type of INVVPID (A.10)")

/* As hvm_cr4_guest_valid_bits() of Xen, and what only is offered here. */
VMX_CR4(0, VME, VME)
VMX_CR4(1, VME, VME)
VMX_CR4(2, TSC, TSC)
VMX_CR4(3, DE, DE)
VMX_CR4(4, PSE, PSE)
VMX_CR4(5, PAE, PAE)
VMX_CR4(6, MCE, MCA)
VMX_CR4(7, PGE, PGE)
VMX_CR4(8, VMX, VMX)
VMX_CR4(9, FXSR, FXSR)
VMX_CR4(10, SSE, SSE)
VMX_CR4(11, UMIP, UMIP)
VMX_CR4(12, LA57, LA57)
VMX_CR4(13, VMX, VMX)
VMX_CR4(14, SMX, SMX)
VMX_CR4(16, FSGSBASE, FSGSBASE)
VMX_CR4(17, PCID, PCID)
VMX_CR4(18, XSAVE, XSAVE)
VMX_CR4(19, KEYLOCKER, KEYLOCKER)
VMX_CR4(20, SMEP, SMEP)
VMX_CR4(21, SMAP, SMAP)
VMX_CR4(22, PKU, PKU)
VMX_CR4(23, CET_SS, CET_IBT)
VMX_CR4(24, PKS, PKS)
VMX_CR4(25, UINTR, UINTR)
VMX_CR4(27, LASS, LASS)
VMX_CR4(28, LAM, LAM)
VMX_CR4(32, FRED, FRED)
