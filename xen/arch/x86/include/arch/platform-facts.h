/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the derivation must know and CPUID does not say: answers of probes,
 * of MSRs, and of the hypervisor's other options.  A running hypervisor
 * fills them in; for a dump they are guessed from the data (platform.c) and
 * may be set one by one.
 *
 * PLATFORM_FACT(name, option, meaning)
 */
PLATFORM_FACT(hvm, "hvm",
              "VMX or SVM works; else hypercalls make no HVM domains")
PLATFORM_FACT(hap, "hap", "hardware assisted paging (EPT, NPT) is usable")
PLATFORM_FACT(spec_ctrl_pv, "spec-ctrl-pv",
              "MSR_SPEC_CTRL is virtualised for PV guests")
PLATFORM_FACT(spec_ctrl_hvm, "spec-ctrl-hvm",
              "MSR_SPEC_CTRL is virtualised for HVM guests")
PLATFORM_FACT(virt_spec_ctrl, "virt-spec-ctrl",
              "VIRT_SPEC_CTRL is emulated on top of LS_CFG (AMD before Zen2)")
PLATFORM_FACT(vpmu, "vpmu", "guests may have a virtual PMU")
PLATFORM_FACT(fast_strings, "fast-strings",
              "MISC_ENABLE.FAST_STRING is on (Intel)")
PLATFORM_FACT(cpuid_faulting, "cpuid-faulting",
              "CPUID of PV guests can be trapped")
PLATFORM_FACT(tsx, "tsx", "TSX is left enabled")
PLATFORM_FACT(smt, "smt", "more than one thread per core is active")
PLATFORM_FACT(virtualised, "virtualised",
              "this hypervisor runs under another one")
PLATFORM_FACT(lfence_serialising, "lfence-serialising",
              "LFENCE is or can be made dispatch serialising (AMD)")
PLATFORM_FACT(null_clears_base, "null-clears-base",
              "loading a null selector clears the segment base (AMD probe)")
PLATFORM_FACT(bp_spec_reduce, "bp-spec-reduce",
              "BP_CFG.BP_SPEC_REDUCE is in use (AMD SRSO)")
PLATFORM_FACT(sbpb_writable, "sbpb-writable",
              "PRED_CMD.SBPB can be written (AMD probe)")
PLATFORM_FACT(gds_mit, "gds-mit",
              "GDS is mitigated, at the cost of AVX where the microcode has "
              "no control (Intel)")
PLATFORM_FACT(vmx_rdtscp, "vmx-rdtscp", "VMX has the RDTSCP control")
PLATFORM_FACT(vmx_invpcid, "vmx-invpcid", "VMX has the INVPCID control")
PLATFORM_FACT(vmx_mpx, "vmx-mpx", "VMX has the BNDCFGS controls")
PLATFORM_FACT(vmx_xsaves, "vmx-xsaves", "VMX has the XSAVES control")
