/* SPDX-License-Identifier: MIT */
/*
 * Every single-bit CPU feature that a policy can hold, one row each.
 *
 * There is no include guard: whoever includes this file first defines
 *
 *     XEN_CPUFEATURE(name, value)
 *
 * to what a row should become, and undefines it afterwards.  The file is also
 * read as text, so a row stays on one line, however long.
 *
 * A value is word * 32 + bit.  A word is one 32-bit register of CPUID, or one
 * half of an MSR, named by the comment above its rows.  Words and bits are
 * ABI: a row is never moved, and new words go at the end.
 *
 * The characters directly after the comment's opening say who gets the bit:
 *
 *   A S H   offered by default to all guests / HVM guests / HVM guests that
 *           have hardware assisted paging
 *   a s h   as above, but only when the toolstack asks for it
 *   !       more than a mask: its value in a guest has a rule of its own
 *   |       the bit warns of something (a needed mitigation, a lost facility):
 *           over a pool of hosts the safe value is the OR
 *   e       experimental: known here, but not yet supported upstream
 *
 * A row without a letter is never offered to a guest.
 *
 * Features are experimental for one of two reasons:
 *
 *   - They need state or event handling in the hypervisor that upstream does
 *     not have: tile data behind XFD (AMX), user interrupts and timers (UINTR,
 *     UIRET_UIF, UTMR), a new event delivery (FRED, LKGS, NMI_SRC), pointer
 *     checks with unused address bits (LAM, UAI), PASID and branch record
 *     state (ENQCMD, ARCH_LBR), new registers (APX_F), a key register
 *     (KEYLOCKER), accesses to MSRs that need intercepting (MSRLIST, MSR_IMM,
 *     USER_MSR, RDPRU), or control of the TLBs of other CPUs (INVLPGB,
 *     INVLPGB_NESTED).
 *   - Nobody upstream has reviewed what they do to a guest or to migration:
 *     AVX10, RAO_INT, HRESET, PBNDKB, MCOMMIT.
 *
 * They are part of the host's maximum, and of its default only when the
 * administrator opts in on the command line.
 *
 * Sources: Intel SDM volumes 2A (CPUID) and 4 (MSRs), Intel's architecture
 * instruction set extensions reference, AMD APM volume 3 appendix E.
 */

/* CPUID level 0x00000001.edx, word 0 */
XEN_CPUFEATURE(FPU,           0*32+ 0) /*A  On-chip x87 unit */
XEN_CPUFEATURE(VME,           0*32+ 1) /*S  Virtual-8086 extensions */
XEN_CPUFEATURE(DE,            0*32+ 2) /*A  I/O breakpoints, CR4.DE */
XEN_CPUFEATURE(PSE,           0*32+ 3) /*S  4M pages */
XEN_CPUFEATURE(TSC,           0*32+ 4) /*A  RDTSC and the TSC MSR */
XEN_CPUFEATURE(MSR,           0*32+ 5) /*A  RDMSR and WRMSR */
XEN_CPUFEATURE(PAE,           0*32+ 6) /*A  Physical addresses over 32 bits */
XEN_CPUFEATURE(MCE,           0*32+ 7) /*A  #MC exception */
XEN_CPUFEATURE(CX8,           0*32+ 8) /*A  CMPXCHG8B */
XEN_CPUFEATURE(APIC,          0*32+ 9) /*!A Local APIC, enabled */
XEN_CPUFEATURE(SEP,           0*32+11) /*A  SYSENTER and SYSEXIT */
XEN_CPUFEATURE(MTRR,          0*32+12) /*S  Memory type range registers */
XEN_CPUFEATURE(PGE,           0*32+13) /*S  Global pages */
XEN_CPUFEATURE(MCA,           0*32+14) /*A  Machine check banks */
XEN_CPUFEATURE(CMOV,          0*32+15) /*A  CMOVcc (and FCMOVcc with FPU) */
XEN_CPUFEATURE(PAT,           0*32+16) /*A  Page attribute table */
XEN_CPUFEATURE(PSE36,         0*32+17) /*S  4M pages above 4G */
XEN_CPUFEATURE(PSN,           0*32+18) /*   Processor serial number, leaf 3 */
XEN_CPUFEATURE(CLFLUSH,       0*32+19) /*A  CLFLUSH */
XEN_CPUFEATURE(DS,            0*32+21) /*   Debug store (BTS and PEBS) */
XEN_CPUFEATURE(ACPI,          0*32+22) /*A  Thermal and clock control MSRs */
XEN_CPUFEATURE(MMX,           0*32+23) /*A  MMX */
XEN_CPUFEATURE(FXSR,          0*32+24) /*A  FXSAVE and FXRSTOR */
XEN_CPUFEATURE(SSE,           0*32+25) /*A  SSE */
XEN_CPUFEATURE(SSE2,          0*32+26) /*A  SSE2 */
XEN_CPUFEATURE(SS,            0*32+27) /*A  Self snoop */
XEN_CPUFEATURE(HTT,           0*32+28) /*!A Package may hold several threads */
XEN_CPUFEATURE(TM1,           0*32+29) /*   Thermal monitor 1 */
XEN_CPUFEATURE(IA64,          0*32+30) /*   IA-64 emulating x86 */
XEN_CPUFEATURE(PBE,           0*32+31) /*   FERR# break while halted */

/* CPUID level 0x00000001.ecx, word 1 */
XEN_CPUFEATURE(SSE3,          1*32+ 0) /*A  SSE3 */
XEN_CPUFEATURE(PCLMULQDQ,     1*32+ 1) /*A  Carry-less multiply */
XEN_CPUFEATURE(DTES64,        1*32+ 2) /*   64-bit layout of the DS area */
XEN_CPUFEATURE(MONITOR,       1*32+ 3) /*   MONITOR and MWAIT */
XEN_CPUFEATURE(DSCPL,         1*32+ 4) /*   DS filtered by CPL */
XEN_CPUFEATURE(VMX,           1*32+ 5) /*h  Intel virtualisation */
XEN_CPUFEATURE(SMX,           1*32+ 6) /*   GETSEC, measured launch */
XEN_CPUFEATURE(EIST,          1*32+ 7) /*   Enhanced SpeedStep */
XEN_CPUFEATURE(TM2,           1*32+ 8) /*   Thermal monitor 2 */
XEN_CPUFEATURE(SSSE3,         1*32+ 9) /*A  SSSE3 */
XEN_CPUFEATURE(CNXT_ID,       1*32+10) /*   L1 data cache context mode */
XEN_CPUFEATURE(SDBG,          1*32+11) /*   IA32_DEBUG_INTERFACE MSR */
XEN_CPUFEATURE(FMA,           1*32+12) /*A  Three-operand fused multiply-add */
XEN_CPUFEATURE(CX16,          1*32+13) /*A  CMPXCHG16B */
XEN_CPUFEATURE(XTPR,          1*32+14) /*   Task priority messages may be off */
XEN_CPUFEATURE(PDCM,          1*32+15) /*   PERF_CAPABILITIES MSR */
XEN_CPUFEATURE(PCID,          1*32+17) /*H  TLB entries tagged by process */
XEN_CPUFEATURE(DCA,           1*32+18) /*   Direct cache access */
XEN_CPUFEATURE(SSE4_1,        1*32+19) /*A  SSE4.1 */
XEN_CPUFEATURE(SSE4_2,        1*32+20) /*A  SSE4.2 */
XEN_CPUFEATURE(X2APIC,        1*32+21) /*!S x2APIC mode */
XEN_CPUFEATURE(MOVBE,         1*32+22) /*A  Byte-swapping moves */
XEN_CPUFEATURE(POPCNT,        1*32+23) /*A  POPCNT */
XEN_CPUFEATURE(TSC_DEADLINE,  1*32+24) /*S  APIC timer armed by a TSC value */
XEN_CPUFEATURE(AESNI,         1*32+25) /*A  AES rounds */
XEN_CPUFEATURE(XSAVE,         1*32+26) /*A  XSAVE family and XCR0 */
XEN_CPUFEATURE(OSXSAVE,       1*32+27) /*!  CR4.OSXSAVE, for user code */
XEN_CPUFEATURE(AVX,           1*32+28) /*A  AVX */
XEN_CPUFEATURE(F16C,          1*32+29) /*A  Half-precision conversions */
XEN_CPUFEATURE(RDRAND,        1*32+30) /*!A RDRAND */
XEN_CPUFEATURE(HYPERVISOR,    1*32+31) /*!A A hypervisor is present */

/* CPUID level 0x80000001.edx, word 2 */
XEN_CPUFEATURE(SYSCALL,       2*32+11) /*A  SYSCALL and SYSRET */
XEN_CPUFEATURE(MP,            2*32+19) /*   Athlon MP capable (K7, unofficial) */
XEN_CPUFEATURE(NX,            2*32+20) /*A  No-execute pages */
XEN_CPUFEATURE(MMXEXT,        2*32+22) /*A  AMD additions to MMX */
XEN_CPUFEATURE(FFXSR,         2*32+25) /*A  FXSAVE can skip XMM registers */
XEN_CPUFEATURE(PAGE1GB,       2*32+26) /*H  1G pages */
XEN_CPUFEATURE(RDTSCP,        2*32+27) /*A  RDTSCP and TSC_AUX */
XEN_CPUFEATURE(LM,            2*32+29) /*A  64-bit mode */
XEN_CPUFEATURE(3DNOWEXT,      2*32+30) /*A  AMD additions to 3DNow! */
XEN_CPUFEATURE(3DNOW,         2*32+31) /*A  3DNow! */

/* CPUID level 0x80000001.ecx, word 3 */
XEN_CPUFEATURE(LAHF_LM,       3*32+ 0) /*A  LAHF and SAHF in 64-bit mode */
XEN_CPUFEATURE(CMP_LEGACY,    3*32+ 1) /*!A HTT counts cores, not threads */
XEN_CPUFEATURE(SVM,           3*32+ 2) /*h  AMD virtualisation */
XEN_CPUFEATURE(EXTAPIC,       3*32+ 3) /*   Extended APIC register space */
XEN_CPUFEATURE(CR8_LEGACY,    3*32+ 4) /*S  CR8 from 32-bit code by LOCK prefix */
XEN_CPUFEATURE(ABM,           3*32+ 5) /*A  LZCNT */
XEN_CPUFEATURE(SSE4A,         3*32+ 6) /*A  SSE4A */
XEN_CPUFEATURE(MISALIGNSSE,   3*32+ 7) /*A  Unaligned SSE operands on request */
XEN_CPUFEATURE(3DNOWPREFETCH,  3*32+ 8) /*A  PREFETCH and PREFETCHW */
XEN_CPUFEATURE(OSVW,          3*32+ 9) /*   OS visible workaround MSRs */
XEN_CPUFEATURE(IBS,           3*32+10) /*   Instruction based sampling */
XEN_CPUFEATURE(XOP,           3*32+11) /*A  AMD XOP vectors */
XEN_CPUFEATURE(SKINIT,        3*32+12) /*   SKINIT and STGI without SVM */
XEN_CPUFEATURE(WDT,           3*32+13) /*   Watchdog timer */
XEN_CPUFEATURE(LWP,           3*32+15) /*   Lightweight profiling */
XEN_CPUFEATURE(FMA4,          3*32+16) /*A  Four-operand fused multiply-add */
XEN_CPUFEATURE(TCE,           3*32+17) /*   EFER.TCE, INVLPG spares upper levels */
XEN_CPUFEATURE(NODEID_MSR,    3*32+19) /*   Node id in MSR 0xc001100c */
XEN_CPUFEATURE(TBM,           3*32+21) /*A  Trailing bit operations */
XEN_CPUFEATURE(TOPOEXT,       3*32+22) /*!s Leaves 0x8000001d and 0x8000001e */
XEN_CPUFEATURE(PERFCTR_CORE,  3*32+23) /*   Six core performance counters */
XEN_CPUFEATURE(PERFCTR_NB,    3*32+24) /*   Northbridge performance counters */
XEN_CPUFEATURE(DBEXT,         3*32+26) /*A  Data breakpoint address masks */
XEN_CPUFEATURE(PTSC,          3*32+27) /*   Performance time stamp counter */
XEN_CPUFEATURE(PERFCTR_LLC,   3*32+28) /*   Last level cache counters */
XEN_CPUFEATURE(MONITORX,      3*32+29) /*   MONITORX and MWAITX */
XEN_CPUFEATURE(ADDR_MSK_EXT,  3*32+30) /*A  Breakpoint masks of 32 bits */

/* CPUID level 0x0000000d:1.eax, word 4 */
XEN_CPUFEATURE(XSAVEOPT,      4*32+ 0) /*A  XSAVEOPT */
XEN_CPUFEATURE(XSAVEC,        4*32+ 1) /*A  XSAVEC, compacted format */
XEN_CPUFEATURE(XGETBV1,       4*32+ 2) /*A  XGETBV of the in-use state */
XEN_CPUFEATURE(XSAVES,        4*32+ 3) /*S  XSAVES, XRSTORS and XSS */
XEN_CPUFEATURE(XFD,           4*32+ 4) /*   Faults on first use of a state */

/* CPUID level 0x00000007:0.ebx, word 5 */
XEN_CPUFEATURE(FSGSBASE,      5*32+ 0) /*A  RDFSBASE and its three siblings */
XEN_CPUFEATURE(TSC_ADJUST,    5*32+ 1) /*S  TSC_ADJUST MSR */
XEN_CPUFEATURE(SGX,           5*32+ 2) /*   SGX enclaves */
XEN_CPUFEATURE(BMI1,          5*32+ 3) /*A  Bit manipulation, first set */
XEN_CPUFEATURE(HLE,           5*32+ 4) /*!a Elision of lock prefixes */
XEN_CPUFEATURE(AVX2,          5*32+ 5) /*A  AVX2 */
XEN_CPUFEATURE(FDP_EXCP_ONLY,  5*32+ 6) /*!  x87 FDP is written on exceptions only */
XEN_CPUFEATURE(SMEP,          5*32+ 7) /*S  No kernel execution of user pages */
XEN_CPUFEATURE(BMI2,          5*32+ 8) /*A  Bit manipulation, second set */
XEN_CPUFEATURE(ERMS,          5*32+ 9) /*A  Fast REP MOVSB and STOSB */
XEN_CPUFEATURE(INVPCID,       5*32+10) /*H  INVPCID */
XEN_CPUFEATURE(RTM,           5*32+11) /*!A Transactional memory */
XEN_CPUFEATURE(PQM,           5*32+12) /*   Cache and bandwidth monitoring */
XEN_CPUFEATURE(NO_FPU_SEL,    5*32+13) /*!  x87 FCS and FDS are saved as zero */
XEN_CPUFEATURE(MPX,           5*32+14) /*s  Bounds registers */
XEN_CPUFEATURE(PQE,           5*32+15) /*   Cache and bandwidth allocation */
XEN_CPUFEATURE(AVX512F,       5*32+16) /*A  AVX-512 foundation */
XEN_CPUFEATURE(AVX512DQ,      5*32+17) /*A  AVX-512 on dwords and qwords */
XEN_CPUFEATURE(RDSEED,        5*32+18) /*A  RDSEED */
XEN_CPUFEATURE(ADX,           5*32+19) /*A  ADCX and ADOX */
XEN_CPUFEATURE(SMAP,          5*32+20) /*S  No kernel access to user pages */
XEN_CPUFEATURE(AVX512_IFMA,   5*32+21) /*A  52-bit integer multiply-add */
XEN_CPUFEATURE(CLFLUSHOPT,    5*32+23) /*A  CLFLUSHOPT */
XEN_CPUFEATURE(CLWB,          5*32+24) /*!A CLWB */
XEN_CPUFEATURE(PROC_TRACE,    5*32+25) /*   Processor Trace */
XEN_CPUFEATURE(AVX512PF,      5*32+26) /*   AVX-512 gather prefetches (Phi) */
XEN_CPUFEATURE(AVX512ER,      5*32+27) /*   AVX-512 exponentials (Phi) */
XEN_CPUFEATURE(AVX512CD,      5*32+28) /*A  AVX-512 conflict detection */
XEN_CPUFEATURE(SHA,           5*32+29) /*A  SHA-1 and SHA-256 rounds */
XEN_CPUFEATURE(AVX512BW,      5*32+30) /*A  AVX-512 on bytes and words */
XEN_CPUFEATURE(AVX512VL,      5*32+31) /*A  AVX-512 on XMM and YMM */

/* CPUID level 0x00000007:0.ecx, word 6 */
XEN_CPUFEATURE(PREFETCHWT1,   6*32+ 0) /*A  PREFETCHWT1 (Phi) */
XEN_CPUFEATURE(AVX512_VBMI,   6*32+ 1) /*A  Byte permutations */
XEN_CPUFEATURE(UMIP,          6*32+ 2) /*S  SGDT and friends fault in user mode */
XEN_CPUFEATURE(PKU,           6*32+ 3) /*H  Protection keys, user pages */
XEN_CPUFEATURE(OSPKE,         6*32+ 4) /*!  CR4.PKE, for user code */
XEN_CPUFEATURE(WAITPKG,       6*32+ 5) /*   UMONITOR, UMWAIT and TPAUSE */
XEN_CPUFEATURE(AVX512_VBMI2,  6*32+ 6) /*A  Byte and word compress, expand */
XEN_CPUFEATURE(CET_SS,        6*32+ 7) /*   Shadow stacks */
XEN_CPUFEATURE(GFNI,          6*32+ 8) /*A  Galois field arithmetic */
XEN_CPUFEATURE(VAES,          6*32+ 9) /*A  AES rounds on YMM and ZMM */
XEN_CPUFEATURE(VPCLMULQDQ,    6*32+10) /*A  Carry-less multiply on YMM, ZMM */
XEN_CPUFEATURE(AVX512_VNNI,   6*32+11) /*A  Dot products of small integers */
XEN_CPUFEATURE(AVX512_BITALG,  6*32+12) /*A  Bit counts of bytes and words */
XEN_CPUFEATURE(TME,           6*32+13) /*   Total memory encryption */
XEN_CPUFEATURE(AVX512_VPOPCNTDQ,  6*32+14) /*A  Bit counts of dwords and qwords */
XEN_CPUFEATURE(LA57,          6*32+16) /*   Five-level paging */
XEN_CPUFEATURE(RDPID,         6*32+22) /*A  RDPID */
XEN_CPUFEATURE(KEYLOCKER,     6*32+23) /*e  AES with wrapped keys */
XEN_CPUFEATURE(BLD,           6*32+24) /*   #DB on bus locks */
XEN_CPUFEATURE(CLDEMOTE,      6*32+25) /*A  CLDEMOTE hint */
XEN_CPUFEATURE(MOVDIRI,       6*32+27) /*a  Direct store of 4 or 8 bytes */
XEN_CPUFEATURE(MOVDIR64B,     6*32+28) /*a  Direct store of 64 bytes */
XEN_CPUFEATURE(ENQCMD,        6*32+29) /*e  Enqueue stores, PASID MSR */
XEN_CPUFEATURE(SGX_LC,        6*32+30) /*   SGX launch control MSRs */
XEN_CPUFEATURE(PKS,           6*32+31) /*H  Protection keys, supervisor pages */

/* CPUID level 0x80000007.edx, word 7 */
XEN_CPUFEATURE(TS,            7*32+ 0) /*   Temperature sensor */
XEN_CPUFEATURE(FID,           7*32+ 1) /*   Frequency id control */
XEN_CPUFEATURE(VID,           7*32+ 2) /*   Voltage id control */
XEN_CPUFEATURE(TTP,           7*32+ 3) /*   Thermal trip */
XEN_CPUFEATURE(HTC,           7*32+ 4) /*   Hardware thermal control */
XEN_CPUFEATURE(STC,           7*32+ 5) /*   Software thermal control */
XEN_CPUFEATURE(100MHZSTEPS,   7*32+ 6) /*   Multiplier in steps of 100 MHz */
XEN_CPUFEATURE(HW_PSTATE,     7*32+ 7) /*   P-state MSRs */
XEN_CPUFEATURE(ITSC,          7*32+ 8) /*a  TSC rate fixed in all power states */
XEN_CPUFEATURE(CPB,           7*32+ 9) /*   Core performance boost */
XEN_CPUFEATURE(EFRO,          7*32+10) /*   Read-only APERF and MPERF */
XEN_CPUFEATURE(PROC_FEEDBACK,  7*32+11) /*   Processor feedback interface */
XEN_CPUFEATURE(PROC_POWER,    7*32+12) /*   Processor power reporting */
XEN_CPUFEATURE(CONNECTED_STANDBY,  7*32+13) /*   Connected standby */
XEN_CPUFEATURE(RAPL,          7*32+14) /*   Running average power limit */
XEN_CPUFEATURE(FAST_CPPC,     7*32+15) /*   CPPC requests act quickly */

/* CPUID level 0x80000008.ebx, word 8 */
XEN_CPUFEATURE(CLZERO,        8*32+ 0) /*A  CLZERO */
XEN_CPUFEATURE(IRPERF,        8*32+ 1) /*   Retired instruction counter MSR */
XEN_CPUFEATURE(RSTR_FP_ERR_PTRS,  8*32+ 2) /*A  x87 error pointers always restored */
XEN_CPUFEATURE(INVLPGB,       8*32+ 3) /*e  INVLPGB and TLBSYNC */
XEN_CPUFEATURE(RDPRU,         8*32+ 4) /*e  RDPRU */
XEN_CPUFEATURE(AMD_MBA,       8*32+ 6) /*   Memory bandwidth allocation */
XEN_CPUFEATURE(MCOMMIT,       8*32+ 8) /*e  MCOMMIT */
XEN_CPUFEATURE(WBNOINVD,      8*32+ 9) /*   WBNOINVD */
XEN_CPUFEATURE(IBPB,          8*32+12) /*A  PRED_CMD MSR, IBPB only */
XEN_CPUFEATURE(INT_WBINVD,    8*32+13) /*   WBINVD can be interrupted */
XEN_CPUFEATURE(IBRS,          8*32+14) /*S  SPEC_CTRL.IBRS */
XEN_CPUFEATURE(AMD_STIBP,     8*32+15) /*S  SPEC_CTRL.STIBP */
XEN_CPUFEATURE(IBRS_ALWAYS,   8*32+16) /*S  IBRS is best left on */
XEN_CPUFEATURE(STIBP_ALWAYS,  8*32+17) /*S  STIBP is best left on */
XEN_CPUFEATURE(IBRS_FAST,     8*32+18) /*S  IBRS beats software mitigations */
XEN_CPUFEATURE(IBRS_SAME_MODE,  8*32+19) /*S  IBRS protects within one mode too */
XEN_CPUFEATURE(NO_LMSL,       8*32+20) /*S| EFER.LMSLE is gone */
XEN_CPUFEATURE(INVLPGB_NESTED,  8*32+21) /*e  INVLPGB of guests' translations */
XEN_CPUFEATURE(AMD_PPIN,      8*32+23) /*   Inventory number MSR */
XEN_CPUFEATURE(AMD_SSBD,      8*32+24) /*S  SPEC_CTRL.SSBD */
XEN_CPUFEATURE(VIRT_SSBD,     8*32+25) /*!  VIRT_SPEC_CTRL.SSBD */
XEN_CPUFEATURE(SSB_NO,        8*32+26) /*A  Not vulnerable to SSB */
XEN_CPUFEATURE(CPPC,          8*32+27) /*   Collaborative performance control */
XEN_CPUFEATURE(PSFD,          8*32+28) /*S  SPEC_CTRL.PSFD */
XEN_CPUFEATURE(BTC_NO,        8*32+29) /*A  Not vulnerable to branch type confusion */
XEN_CPUFEATURE(IBPB_RET,      8*32+30) /*A  IBPB clears return predictions too */
XEN_CPUFEATURE(BRS,           8*32+31) /*   Branch sampling */

/* CPUID level 0x00000007:0.edx, word 9 */
XEN_CPUFEATURE(SGX_KEYS,      9*32+ 1) /*   SGX attestation services */
XEN_CPUFEATURE(AVX512_4VNNIW,  9*32+ 2) /*   Four-step dot products (Phi) */
XEN_CPUFEATURE(AVX512_4FMAPS,  9*32+ 3) /*   Four-step multiply-add (Phi) */
XEN_CPUFEATURE(FSRM,          9*32+ 4) /*A  Fast short REP MOVSB */
XEN_CPUFEATURE(UINTR,         9*32+ 5) /*e  User interrupts */
XEN_CPUFEATURE(AVX512_VP2INTERSECT,  9*32+ 8) /*a  Intersection of two vectors */
XEN_CPUFEATURE(SRBDS_CTRL,    9*32+ 9) /*   MCU_OPT_CTRL MSR, RNGDS_MITG_DIS */
XEN_CPUFEATURE(MD_CLEAR,      9*32+10) /*!A| VERW scrubs microarchitectural buffers */
XEN_CPUFEATURE(RTM_ALWAYS_ABORT,  9*32+11) /*!  XBEGIN aborts at once */
XEN_CPUFEATURE(TSX_FORCE_ABORT,  9*32+13) /*   TSX_FORCE_ABORT MSR */
XEN_CPUFEATURE(SERIALIZE,     9*32+14) /*A  SERIALIZE */
XEN_CPUFEATURE(HYBRID,        9*32+15) /*   Cores of several types */
XEN_CPUFEATURE(TSXLDTRK,      9*32+16) /*a  Untracked loads in transactions */
XEN_CPUFEATURE(PCONFIG,       9*32+18) /*   PCONFIG */
XEN_CPUFEATURE(ARCH_LBR,      9*32+19) /*e  Architectural last branch records */
XEN_CPUFEATURE(CET_IBT,       9*32+20) /*   Indirect branch tracking */
XEN_CPUFEATURE(AMX_BF16,      9*32+22) /*e  Tile products of bfloat16 */
XEN_CPUFEATURE(AVX512_FP16,   9*32+23) /*A  AVX-512 on half precision */
XEN_CPUFEATURE(AMX_TILE,      9*32+24) /*e  Tile registers */
XEN_CPUFEATURE(AMX_INT8,      9*32+25) /*e  Tile products of bytes */
XEN_CPUFEATURE(IBRSB,         9*32+26) /*A  SPEC_CTRL.IBRS and PRED_CMD.IBPB */
XEN_CPUFEATURE(STIBP,         9*32+27) /*A  SPEC_CTRL.STIBP */
XEN_CPUFEATURE(L1D_FLUSH,     9*32+28) /*S  FLUSH_CMD MSR */
XEN_CPUFEATURE(ARCH_CAPS,     9*32+29) /*!A ARCH_CAPABILITIES MSR */
XEN_CPUFEATURE(CORE_CAPS,     9*32+30) /*   CORE_CAPABILITIES MSR */
XEN_CPUFEATURE(SSBD,          9*32+31) /*A  SPEC_CTRL.SSBD */

/* CPUID level 0x00000007:1.eax, word 10 */
XEN_CPUFEATURE(SHA512,       10*32+ 0) /*A  SHA-512 rounds */
XEN_CPUFEATURE(SM3,          10*32+ 1) /*A  SM3 hash rounds */
XEN_CPUFEATURE(SM4,          10*32+ 2) /*A  SM4 cipher rounds */
XEN_CPUFEATURE(RAO_INT,      10*32+ 3) /*e  Remote atomic AADD, AAND, AOR, AXOR */
XEN_CPUFEATURE(AVX_VNNI,     10*32+ 4) /*A  Dot products, VEX encoded */
XEN_CPUFEATURE(AVX512_BF16,  10*32+ 5) /*A  AVX-512 on bfloat16 */
XEN_CPUFEATURE(LASS,         10*32+ 6) /*s  Linear address space separation */
XEN_CPUFEATURE(CMPCCXADD,    10*32+ 7) /*a  CMPccXADD */
XEN_CPUFEATURE(ARCH_PERF_MON, 10*32+ 8) /*   Leaf 0x23, more on counters */
XEN_CPUFEATURE(FZRM,         10*32+10) /*A  Fast REP MOVSB of length zero */
XEN_CPUFEATURE(FSRS,         10*32+11) /*A  Fast short REP STOSB */
XEN_CPUFEATURE(FSRCS,        10*32+12) /*A  Fast short REP CMPSB and SCASB */
XEN_CPUFEATURE(FRED,         10*32+17) /*e  Flexible return and event delivery */
XEN_CPUFEATURE(LKGS,         10*32+18) /*e  Load GS into KERNEL_GS_BASE */
XEN_CPUFEATURE(WRMSRNS,      10*32+19) /*S  WRMSR that does not serialise */
XEN_CPUFEATURE(NMI_SRC,      10*32+20) /*e  NMI source in FRED event data */
XEN_CPUFEATURE(AMX_FP16,     10*32+21) /*e  Tile products of half precision */
XEN_CPUFEATURE(HRESET,       10*32+22) /*e  HRESET, forget thread history */
XEN_CPUFEATURE(AVX_IFMA,     10*32+23) /*A  52-bit multiply-add, VEX encoded */
XEN_CPUFEATURE(LAM,          10*32+26) /*e  Upper address bits are ignored */
XEN_CPUFEATURE(MSRLIST,      10*32+27) /*e  RDMSRLIST and WRMSRLIST */
XEN_CPUFEATURE(NO_INVD,      10*32+30) /*   INVD is disabled after firmware */
XEN_CPUFEATURE(MOVRS,        10*32+31) /*a  Loads with a read-shared hint */

/* CPUID level 0x80000021.eax, word 11 */
XEN_CPUFEATURE(NO_NEST_BP,   11*32+ 0) /*A  Nested data breakpoints are ignored */
XEN_CPUFEATURE(FS_GS_NS,     11*32+ 1) /*S| FS and GS base writes do not serialise */
XEN_CPUFEATURE(LFENCE_DISPATCH, 11*32+ 2) /*A  LFENCE always serialises dispatch */
XEN_CPUFEATURE(SMM_PGCFG_LOCK, 11*32+ 3) /*   SMM paging configuration lock */
XEN_CPUFEATURE(VERW_CLEAR,   11*32+ 5) /*!A| VERW mitigates TSA */
XEN_CPUFEATURE(NSCB,         11*32+ 6) /*A  Null selectors clear the base */
XEN_CPUFEATURE(UAI,          11*32+ 7) /*e  Upper address ignore, EFER.UAIE */
XEN_CPUFEATURE(AUTO_IBRS,    11*32+ 8) /*S  EFER.AIBRSE */
XEN_CPUFEATURE(NO_SMM_CTL,   11*32+ 9) /*   SMM_CTL MSR is gone */
XEN_CPUFEATURE(AMD_FSRS,     11*32+10) /*A  Fast short REP STOSB */
XEN_CPUFEATURE(AMD_FSRC,     11*32+11) /*A  Fast short REP CMPSB */
XEN_CPUFEATURE(PMC2_PRECISE, 11*32+12) /*   Precise retirement on counter 2 */
XEN_CPUFEATURE(PREFETCH_CTL, 11*32+13) /*   Prefetch control MSR */
XEN_CPUFEATURE(L2TLB_X32,    11*32+14) /*   L2 TLB sizes count in units of 32 */
XEN_CPUFEATURE(AMD_ERMSB,    11*32+15) /*   Fast REP MOVSB and STOSB */
XEN_CPUFEATURE(OPCODE_RECLAIM, 11*32+16) /*   0F 01 /7 is reserved for AMD */
XEN_CPUFEATURE(CPUID_USER_DIS, 11*32+17) /*   CPUID faulting in HWCR */
XEN_CPUFEATURE(EPSF,         11*32+18) /*A  Store forwarding predictor, enhanced */
XEN_CPUFEATURE(FSRSC,        11*32+19) /*A  Fast short REP SCASB */
XEN_CPUFEATURE(AMD_PREFETCHI, 11*32+20) /*A  Prefetches of code */
XEN_CPUFEATURE(FP512_DOWNGRADE, 11*32+21) /*   512-bit datapath runs as 256-bit */
XEN_CPUFEATURE(WL_FEEDBACK,  11*32+22) /*   Workload class feedback */
XEN_CPUFEATURE(AVX512_BMM,   11*32+23) /*a  Bit matrix operations */
XEN_CPUFEATURE(ERAPS,        11*32+24) /*   Return predictor flushed by hardware */
XEN_CPUFEATURE(SBPB,         11*32+27) /*A  Selective predictor barrier */
XEN_CPUFEATURE(IBPB_BRTYPE,  11*32+28) /*A  IBPB clears branch type predictions */
XEN_CPUFEATURE(SRSO_NO,      11*32+29) /*A  Not vulnerable to SRSO */
XEN_CPUFEATURE(SRSO_US_NO,   11*32+30) /*!A SRSO does not cross user to kernel */
XEN_CPUFEATURE(SRSO_MSR_FIX, 11*32+31) /*   BP_CFG.BP_SPEC_REDUCE */

/* CPUID level 0x00000007:1.ebx, word 12 */
XEN_CPUFEATURE(INTEL_PPIN,   12*32+ 0) /*   Inventory number MSRs */
XEN_CPUFEATURE(PBNDKB,       12*32+ 1) /*e  PBNDKB, wrap keys to the platform */
XEN_CPUFEATURE(CPUIDMAXVAL_LIM_RMV, 12*32+ 3) /*   MISC_ENABLE cannot limit CPUID */

/* CPUID level 0x00000007:2.edx, word 13 */
XEN_CPUFEATURE(INTEL_PSFD,   13*32+ 0) /*A  SPEC_CTRL.PSFD */
XEN_CPUFEATURE(IPRED_CTRL,   13*32+ 1) /*S  SPEC_CTRL.IPRED_DIS */
XEN_CPUFEATURE(RRSBA_CTRL,   13*32+ 2) /*S  SPEC_CTRL.RRSBA_DIS */
XEN_CPUFEATURE(DDP_CTRL,     13*32+ 3) /*   SPEC_CTRL.DDPD */
XEN_CPUFEATURE(BHI_CTRL,     13*32+ 4) /*S  SPEC_CTRL.BHI_DIS_S */
XEN_CPUFEATURE(MCDT_NO,      13*32+ 5) /*A  Timing does not depend on MXCSR */
XEN_CPUFEATURE(UC_LOCK_DIS,  13*32+ 6) /*   Faults on locks of UC memory */
XEN_CPUFEATURE(MONITOR_MITG_NO, 13*32+ 7) /*   MONITOR tables do not overflow */

/* CPUID level 0x00000007:1.ecx, word 14 */
XEN_CPUFEATURE(ASYM_RDTM,    14*32+ 0) /*   RDT monitoring differs between CPUs */
XEN_CPUFEATURE(ASYM_RDTA,    14*32+ 1) /*   RDT allocation differs between CPUs */
XEN_CPUFEATURE(MSR_IMM,      14*32+ 5) /*e  RDMSR and WRMSRNS of an immediate */

/* CPUID level 0x00000007:1.edx, word 15 */
XEN_CPUFEATURE(AVX_VNNI_INT8, 15*32+ 4) /*A  Dot products of bytes, all signs */
XEN_CPUFEATURE(AVX_NE_CONVERT, 15*32+ 5) /*A  Conversions without exceptions */
XEN_CPUFEATURE(AMX_COMPLEX,  15*32+ 8) /*e  Tile products of complex numbers */
XEN_CPUFEATURE(AVX_VNNI_INT16, 15*32+10) /*A  Dot products of words */
XEN_CPUFEATURE(UTMR,         15*32+13) /*e  User timer events */
XEN_CPUFEATURE(PREFETCHI,    15*32+14) /*A  Prefetches of code */
XEN_CPUFEATURE(USER_MSR,     15*32+15) /*e  URDMSR and UWRMSR */
XEN_CPUFEATURE(UIRET_UIF,    15*32+17) /*e  UIRET takes UIF from the frame */
XEN_CPUFEATURE(CET_SSS,      15*32+18) /*   Supervisor shadow stacks are safe */
XEN_CPUFEATURE(AVX10,        15*32+19) /*ea Converged vectors, leaf 0x24 */
XEN_CPUFEATURE(APX_F,        15*32+21) /*ea Registers R16 to R31 */
XEN_CPUFEATURE(MWAIT,        15*32+23) /*   MWAIT, even without MONITOR */
XEN_CPUFEATURE(SLSM,         15*32+24) /*   Static lockstep mode status */

/* MSR 0x0000010a.eax, word 16 */
XEN_CPUFEATURE(RDCL_NO,      16*32+ 0) /*A  Not vulnerable to Meltdown */
XEN_CPUFEATURE(EIBRS,        16*32+ 1) /*A  IBRS may be left on */
XEN_CPUFEATURE(RSBA,         16*32+ 2) /*!  Return predictor falls back on others */
XEN_CPUFEATURE(SKIP_L1DFL,   16*32+ 3) /*   L1D flush is needless when nested */
XEN_CPUFEATURE(INTEL_SSB_NO, 16*32+ 4) /*A  Not vulnerable to SSB */
XEN_CPUFEATURE(MDS_NO,       16*32+ 5) /*A  Not vulnerable to MDS */
XEN_CPUFEATURE(IF_PSCHANGE_MC_NO, 16*32+ 6) /*A  No #MC on page size changes */
XEN_CPUFEATURE(TSX_CTRL,     16*32+ 7) /*   TSX_CTRL MSR */
XEN_CPUFEATURE(TAA_NO,       16*32+ 8) /*A  Not vulnerable to TAA */
XEN_CPUFEATURE(MCU_CTRL,     16*32+ 9) /*   MCU_CONTROL MSR */
XEN_CPUFEATURE(MISC_PKG_CTRL, 16*32+10) /*   MISC_PACKAGE_CTLS MSR */
XEN_CPUFEATURE(ENERGY_FILTERING, 16*32+11) /*   Filtering of energy readings */
XEN_CPUFEATURE(DOITM,        16*32+12) /*   UARCH_MISC_CTL, fixed timing */
XEN_CPUFEATURE(SBDR_SSDP_NO, 16*32+13) /*A  Not vulnerable to SBDR and SSDP */
XEN_CPUFEATURE(FBSDP_NO,     16*32+14) /*A  Not vulnerable to FBSDP */
XEN_CPUFEATURE(PSDP_NO,      16*32+15) /*A  Not vulnerable to PSDP */
XEN_CPUFEATURE(MCU_EXT,      16*32+16) /*   MCU_ENUMERATION MSR */
XEN_CPUFEATURE(FB_CLEAR,     16*32+17) /*!A| VERW scrubs fill buffers */
XEN_CPUFEATURE(FB_CLEAR_CTRL, 16*32+18) /*   FB_CLEAR_DIS can be set */
XEN_CPUFEATURE(RRSBA,        16*32+19) /*!  Restricted form of RSBA */
XEN_CPUFEATURE(BHI_NO,       16*32+20) /*A  Not vulnerable to BHI */
XEN_CPUFEATURE(XAPIC_STATUS, 16*32+21) /*   XAPIC_DISABLE_STATUS MSR */
XEN_CPUFEATURE(MCU_EXTENDED_SERVICE, 16*32+22) /*   Extended microcode services */
XEN_CPUFEATURE(OVRCLK_STATUS, 16*32+23) /*   OVERCLOCKING_STATUS MSR */
XEN_CPUFEATURE(PBRSB_NO,     16*32+24) /*A  Not vulnerable to post-barrier RSB */
XEN_CPUFEATURE(GDS_CTRL,     16*32+25) /*   GDS_MITG_DIS and GDS_MITG_LOCK */
XEN_CPUFEATURE(GDS_NO,       16*32+26) /*A  Not vulnerable to GDS */
XEN_CPUFEATURE(RFDS_NO,      16*32+27) /*A  Not vulnerable to RFDS */
XEN_CPUFEATURE(RFDS_CLEAR,   16*32+28) /*!A| VERW scrubs register file data */
XEN_CPUFEATURE(IGN_UMONITOR, 16*32+29) /*   UMONITOR can be ignored */
XEN_CPUFEATURE(MON_UMON_MITG, 16*32+30) /*   MONITOR overflow mitigation */

/* MSR 0x0000010a.edx, word 17 */
XEN_CPUFEATURE(PB_OPT_CTRL,  17*32+ 0) /*   PB_OPT_CTRL MSR */
XEN_CPUFEATURE(ITS_NO,       17*32+30) /*!A Not vulnerable to ITS */

/* CPUID level 0x80000021.ecx, word 18 */
XEN_CPUFEATURE(TSA_SQ_NO,    18*32+ 1) /*A  Not vulnerable to TSA-SQ */
XEN_CPUFEATURE(TSA_L1_NO,    18*32+ 2) /*A  Not vulnerable to TSA-L1 */
