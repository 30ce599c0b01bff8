/* SPDX-License-Identifier: MIT */
/*
 * Which CPU feature cannot exist without which other, and which features of
 * cpufeatureset.h are not plain yes-or-no offers.
 *
 * No include guard: define before including, as needed,
 *
 *     XEN_CPUFEATURE_DEP(prerequisite, dependent, reason)
 *     XEN_CPUFEATURE_KIND(name, kind, reason)
 *
 * Read as text as well: one row per line.  Rows are in ascending order of
 * prerequisite, then dependent.  Only direct dependencies stand here; what
 * follows from them is computed, and a cycle is an error.
 *
 * Two sorts of reasons are good enough for a row: the dependent is unusable
 * or meaningless without the prerequisite (its registers, MSR or encoding
 * come from there); or no CPU has the one without the other and existing
 * software tests only one of the two.  The second sort keeps a levelled
 * policy from looking like no CPU ever made.
 *
 * AVX10 depends on AVX-512 features rather than the other way round: version
 * 1 is enumerated only on CPUs that also set the flags of everything in it,
 * so software may test either, and both must agree.  Those features bring
 * AVX512F and XSAVE along.
 *
 * HRESET, RAO_INT, RDPRU and MCOMMIT have no row: they use general purpose
 * registers and MSRs of their own, which need nothing else to be enabled.
 */

XEN_CPUFEATURE_DEP(FPU, MMX, "MM registers are the mantissas of the x87 registers")
XEN_CPUFEATURE_DEP(FPU, RSTR_FP_ERR_PTRS, "it describes how x87 error pointers are restored")

XEN_CPUFEATURE_DEP(PSE, PSE36, "it widens the address in a 4M page's entry")

XEN_CPUFEATURE_DEP(TSC, TSC_DEADLINE, "the deadline is a TSC value")
XEN_CPUFEATURE_DEP(TSC, RDTSCP, "it reads the TSC")
XEN_CPUFEATURE_DEP(TSC, TSC_ADJUST, "the MSR holds the TSC's offset")
XEN_CPUFEATURE_DEP(TSC, ITSC, "it describes the rate of the TSC")

XEN_CPUFEATURE_DEP(MSR, MSR_IMM, "another form of RDMSR and WRMSRNS")

XEN_CPUFEATURE_DEP(PAE, NX, "bit 63 exists only in 64-bit page table entries")
XEN_CPUFEATURE_DEP(PAE, LM, "long mode can only be entered with CR4.PAE set")

XEN_CPUFEATURE_DEP(APIC, X2APIC, "it is a second mode of the local APIC")
XEN_CPUFEATURE_DEP(APIC, TSC_DEADLINE, "it is a mode of the local APIC's timer")
XEN_CPUFEATURE_DEP(APIC, EXTAPIC, "it extends the local APIC's registers")

XEN_CPUFEATURE_DEP(CLFLUSH, CLZERO, "it zeroes the unit that CLFLUSH's line size gives")

XEN_CPUFEATURE_DEP(MMX, MMXEXT, "new instructions on MM registers")
XEN_CPUFEATURE_DEP(MMX, 3DNOW, "its operands are in MM registers")

XEN_CPUFEATURE_DEP(FXSR, SSE, "an OS enables XMM state by CR4.OSFXSR")
XEN_CPUFEATURE_DEP(FXSR, FFXSR, "it is a faster mode of FXSAVE")

XEN_CPUFEATURE_DEP(SSE, SSE2, "more types in the same XMM registers")
XEN_CPUFEATURE_DEP(SSE, MISALIGNSSE, "it relaxes alignment, by a bit of MXCSR")

XEN_CPUFEATURE_DEP(SSE2, SSE3, "it adds to the SSE2 types")
XEN_CPUFEATURE_DEP(SSE2, PCLMULQDQ, "operates on integer XMM data")
XEN_CPUFEATURE_DEP(SSE2, AESNI, "operates on integer XMM data")
XEN_CPUFEATURE_DEP(SSE2, LM, "the 64-bit ABI passes floating point in XMM registers")
XEN_CPUFEATURE_DEP(SSE2, SHA, "operates on integer XMM data")
XEN_CPUFEATURE_DEP(SSE2, GFNI, "the legacy encoded forms work on integer XMM data")
XEN_CPUFEATURE_DEP(SSE2, KEYLOCKER, "keys, handles and data are in XMM registers")

XEN_CPUFEATURE_DEP(SSE3, SSSE3, "software reads SSSE3 as including SSE3")
XEN_CPUFEATURE_DEP(SSE3, SSE4A, "software reads SSE4A as including SSE3")

XEN_CPUFEATURE_DEP(PCLMULQDQ, VPCLMULQDQ, "widens PCLMULQDQ to longer vectors")

XEN_CPUFEATURE_DEP(SSSE3, SSE4_1, "software reads SSE4.1 as including SSSE3")

XEN_CPUFEATURE_DEP(SSE4_1, SSE4_2, "software reads SSE4.2 as including SSE4.1")

XEN_CPUFEATURE_DEP(AESNI, VAES, "widens AESNI to longer vectors")

XEN_CPUFEATURE_DEP(XSAVE, AVX, "upper halves of YMM are managed by XCR0")
XEN_CPUFEATURE_DEP(XSAVE, LWP, "its state is enabled by XCR0.LWP")
XEN_CPUFEATURE_DEP(XSAVE, XSAVEOPT, "a form of XSAVE")
XEN_CPUFEATURE_DEP(XSAVE, XSAVEC, "a form of XSAVE")
XEN_CPUFEATURE_DEP(XSAVE, XGETBV1, "a form of XGETBV, which XSAVE brings")
XEN_CPUFEATURE_DEP(XSAVE, XSAVES, "a form of XSAVE for supervisor state")
XEN_CPUFEATURE_DEP(XSAVE, XFD, "traps the use of components of the save area")
XEN_CPUFEATURE_DEP(XSAVE, MPX, "bounds registers are enabled by XCR0")
XEN_CPUFEATURE_DEP(XSAVE, PKU, "PKRU is saved as an XSAVE component")
XEN_CPUFEATURE_DEP(XSAVE, AMX_TILE, "tile registers are enabled by XCR0")
XEN_CPUFEATURE_DEP(XSAVE, APX_F, "R16 to R31 are enabled by XCR0 bit 19")

XEN_CPUFEATURE_DEP(AVX, FMA, "VEX encoded, on YMM registers")
XEN_CPUFEATURE_DEP(AVX, F16C, "VEX encoded, on YMM registers")
XEN_CPUFEATURE_DEP(AVX, XOP, "operates on YMM registers, needs XCR0.AVX")
XEN_CPUFEATURE_DEP(AVX, FMA4, "VEX encoded, on YMM registers")
XEN_CPUFEATURE_DEP(AVX, AVX2, "gives the integer types the width of AVX")
XEN_CPUFEATURE_DEP(AVX, SM3, "VEX encoded")
XEN_CPUFEATURE_DEP(AVX, AVX_NE_CONVERT, "VEX encoded, on YMM registers")

XEN_CPUFEATURE_DEP(NX, SMAP, "no CPU has SMAP without NX, so software never met it alone")

XEN_CPUFEATURE_DEP(LM, CX16, "exists only with REX.W")
XEN_CPUFEATURE_DEP(LM, PCID, "CR4.PCIDE can only be set in IA-32e mode")
XEN_CPUFEATURE_DEP(LM, PAGE1GB, "1G pages are a level of 4-level paging")
XEN_CPUFEATURE_DEP(LM, LAHF_LM, "says that LAHF works in 64-bit mode")
XEN_CPUFEATURE_DEP(LM, PKU, "keys stand in IA-32e page table entries only")
XEN_CPUFEATURE_DEP(LM, NO_LMSL, "describes a segment limit check of long mode")
XEN_CPUFEATURE_DEP(LM, AMX_TILE, "tile instructions need 64-bit mode")
XEN_CPUFEATURE_DEP(LM, CMPCCXADD, "exists only in 64-bit mode")
XEN_CPUFEATURE_DEP(LM, LKGS, "exists only in 64-bit mode")
XEN_CPUFEATURE_DEP(LM, MOVRS, "exists only in 64-bit mode")
XEN_CPUFEATURE_DEP(LM, UAI, "addresses have ignorable upper bits in long mode only")
XEN_CPUFEATURE_DEP(LM, MSR_IMM, "exists only in 64-bit mode")
XEN_CPUFEATURE_DEP(LM, USER_MSR, "exists only in 64-bit mode")
XEN_CPUFEATURE_DEP(LM, APX_F, "REX2 and extended EVEX need 64-bit mode")

XEN_CPUFEATURE_DEP(3DNOW, 3DNOWEXT, "more instructions of 3DNow!")

XEN_CPUFEATURE_DEP(AVX2, AVX512F, "every AVX512F CPU has AVX2, and compilers mix them")
XEN_CPUFEATURE_DEP(AVX2, VAES, "the YMM forms are integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, VPCLMULQDQ, "the YMM forms are integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, SHA512, "integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, SM4, "integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, AVX_VNNI, "integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, AVX_IFMA, "integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, AVX_VNNI_INT8, "integer operations on YMM")
XEN_CPUFEATURE_DEP(AVX2, AVX_VNNI_INT16, "integer operations on YMM")

XEN_CPUFEATURE_DEP(RTM, TSXLDTRK, "suspends tracking inside a transaction")

XEN_CPUFEATURE_DEP(AVX512F, AVX512DQ, "EVEX encoded, needs ZMM and mask state")
XEN_CPUFEATURE_DEP(AVX512F, AVX512_IFMA, "EVEX encoded, needs ZMM and mask state")
XEN_CPUFEATURE_DEP(AVX512F, AVX512PF, "gathers with AVX-512 masks")
XEN_CPUFEATURE_DEP(AVX512F, AVX512ER, "EVEX encoded, needs ZMM and mask state")
XEN_CPUFEATURE_DEP(AVX512F, AVX512CD, "EVEX encoded, needs ZMM and mask state")
XEN_CPUFEATURE_DEP(AVX512F, AVX512BW, "EVEX encoded, needs ZMM and mask state")
XEN_CPUFEATURE_DEP(AVX512F, AVX512VL, "gives AVX512F instructions shorter vectors")
XEN_CPUFEATURE_DEP(AVX512F, AVX512_VNNI, "EVEX encoded, on dword elements")
XEN_CPUFEATURE_DEP(AVX512F, AVX512_VPOPCNTDQ, "EVEX encoded, on dword and qword elements")
XEN_CPUFEATURE_DEP(AVX512F, AVX512_4VNNIW, "reads four ZMM registers in a row")
XEN_CPUFEATURE_DEP(AVX512F, AVX512_4FMAPS, "reads four ZMM registers in a row")
XEN_CPUFEATURE_DEP(AVX512F, AVX512_VP2INTERSECT, "writes a pair of mask registers")

XEN_CPUFEATURE_DEP(AVX512DQ, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512_IFMA, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512CD, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512BW, AVX512_VBMI, "byte elements need 64-bit masks")
XEN_CPUFEATURE_DEP(AVX512BW, AVX512_VBMI2, "byte and word elements need 64-bit masks")
XEN_CPUFEATURE_DEP(AVX512BW, AVX512_BITALG, "byte and word elements need 64-bit masks")
XEN_CPUFEATURE_DEP(AVX512BW, AVX512_FP16, "word elements need 32-bit masks")
XEN_CPUFEATURE_DEP(AVX512BW, AVX512_BF16, "word elements need 32-bit masks")
XEN_CPUFEATURE_DEP(AVX512BW, AVX512_BMM, "works on 16-bit elements under masks")
XEN_CPUFEATURE_DEP(AVX512BW, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512VL, AVX10, "AVX10.1 contains it, at 128 and 256 bits")

XEN_CPUFEATURE_DEP(AVX512_VBMI, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512_VBMI2, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512_VNNI, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512_BITALG, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AVX512_VPOPCNTDQ, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(INVLPGB, INVLPGB_NESTED, "says which translations INVLPGB reaches")

XEN_CPUFEATURE_DEP(IBPB, IBPB_RET, "says what IBPB clears")
XEN_CPUFEATURE_DEP(IBPB, SBPB, "a weaker barrier, in the same PRED_CMD MSR")
XEN_CPUFEATURE_DEP(IBPB, IBPB_BRTYPE, "says what IBPB clears")

XEN_CPUFEATURE_DEP(IBRS, AMD_STIBP, "a bit of the SPEC_CTRL MSR, which IBRS stands for")
XEN_CPUFEATURE_DEP(IBRS, IBRS_ALWAYS, "says how IBRS is best used")
XEN_CPUFEATURE_DEP(IBRS, IBRS_FAST, "says how IBRS is best used")
XEN_CPUFEATURE_DEP(IBRS, IBRS_SAME_MODE, "says what IBRS protects")
XEN_CPUFEATURE_DEP(IBRS, AMD_SSBD, "a bit of the SPEC_CTRL MSR, which IBRS stands for")
XEN_CPUFEATURE_DEP(IBRS, PSFD, "a bit of the SPEC_CTRL MSR, which IBRS stands for")
XEN_CPUFEATURE_DEP(IBRS, AUTO_IBRS, "sets IBRS by itself on entry to the kernel")

XEN_CPUFEATURE_DEP(AMD_STIBP, STIBP_ALWAYS, "says how STIBP is best used")

XEN_CPUFEATURE_DEP(PSFD, EPSF, "describes the predictor that PSFD disables")

XEN_CPUFEATURE_DEP(UINTR, UTMR, "the timer's event is a user interrupt")

XEN_CPUFEATURE_DEP(PCONFIG, PBNDKB, "the wrapped key it makes is consumed by PCONFIG")

XEN_CPUFEATURE_DEP(AVX512_FP16, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(AMX_TILE, AMX_BF16, "its operands are tiles")
XEN_CPUFEATURE_DEP(AMX_TILE, AMX_INT8, "its operands are tiles")
XEN_CPUFEATURE_DEP(AMX_TILE, AMX_FP16, "its operands are tiles")
XEN_CPUFEATURE_DEP(AMX_TILE, AMX_COMPLEX, "its operands are tiles")

XEN_CPUFEATURE_DEP(IBRSB, STIBP, "a bit of the SPEC_CTRL MSR, which IBRSB stands for")
XEN_CPUFEATURE_DEP(IBRSB, SSBD, "a bit of the SPEC_CTRL MSR, which IBRSB stands for")
XEN_CPUFEATURE_DEP(IBRSB, INTEL_PSFD, "a bit of the SPEC_CTRL MSR, which IBRSB stands for")
XEN_CPUFEATURE_DEP(IBRSB, IPRED_CTRL, "bits of the SPEC_CTRL MSR, which IBRSB stands for")
XEN_CPUFEATURE_DEP(IBRSB, RRSBA_CTRL, "bits of the SPEC_CTRL MSR, which IBRSB stands for")
XEN_CPUFEATURE_DEP(IBRSB, BHI_CTRL, "a bit of the SPEC_CTRL MSR, which IBRSB stands for")
XEN_CPUFEATURE_DEP(IBRSB, EIBRS, "a better form of IBRS")

XEN_CPUFEATURE_DEP(ARCH_CAPS, RDCL_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, EIBRS, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, RSBA, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, SKIP_L1DFL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, INTEL_SSB_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, MDS_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, IF_PSCHANGE_MC_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, TSX_CTRL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, TAA_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, MCU_CTRL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, MISC_PKG_CTRL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, ENERGY_FILTERING, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, DOITM, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, SBDR_SSDP_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, FBSDP_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, PSDP_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, MCU_EXT, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, FB_CLEAR, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, FB_CLEAR_CTRL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, RRSBA, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, BHI_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, XAPIC_STATUS, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, MCU_EXTENDED_SERVICE, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, OVRCLK_STATUS, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, PBRSB_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, GDS_CTRL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, GDS_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, RFDS_NO, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, RFDS_CLEAR, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, IGN_UMONITOR, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, MON_UMON_MITG, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, PB_OPT_CTRL, "a bit of the ARCH_CAPABILITIES MSR")
XEN_CPUFEATURE_DEP(ARCH_CAPS, ITS_NO, "a bit of the ARCH_CAPABILITIES MSR")

XEN_CPUFEATURE_DEP(AVX512_BF16, AVX10, "AVX10.1 contains it")

XEN_CPUFEATURE_DEP(EIBRS, RRSBA, "the restriction is the one that EIBRS makes")

/*
 * Kinds: DYNAMIC bits follow a vCPU's live state and are zero in a policy;
 * OWN bits describe how the hardware behaves with no means to change it, so
 * that a guest sees what is true where it runs, whatever was asked for.
 */
XEN_CPUFEATURE_KIND(OSXSAVE, DYNAMIC, "mirrors CR4.OSXSAVE")
XEN_CPUFEATURE_KIND(OSPKE, DYNAMIC, "mirrors CR4.PKE")
XEN_CPUFEATURE_KIND(FDP_EXCP_ONLY, OWN, "when FDP is written cannot be trapped or changed")
XEN_CPUFEATURE_KIND(NO_FPU_SEL, OWN, "the saved selectors cannot be trapped or changed")
