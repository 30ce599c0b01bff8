# SPDX-License-Identifier: LGPL-2.1-or-later
# What the core and the generator are made of: a file a line.

CORE_SRC := \
  xen/arch/x86/cmdline.c \
  xen/arch/x86/cpuid-option.c \
  xen/arch/x86/derive.c \
  xen/arch/x86/domain/create.c \
  xen/arch/x86/domain/domain.c \
  xen/arch/x86/domain/ids.c \
  xen/arch/x86/domain/policy.c \
  xen/arch/x86/hypercall/audit.c \
  xen/arch/x86/hypercall/copy.c \
  xen/arch/x86/hypercall/domctl.c \
  xen/arch/x86/hypercall/sysctl.c \
  xen/arch/x86/hypercall/version.c \
  xen/arch/x86/platform.c \
  xen/arch/x86/read.c \
  xen/arch/x86/stage/guest-max.c \
  xen/arch/x86/stage/guest-offer.c \
  xen/arch/x86/stage/guest.c \
  xen/arch/x86/stage/host-amd.c \
  xen/arch/x86/stage/host-intel.c \
  xen/arch/x86/stage/host-known.c \
  xen/arch/x86/stage/host.c \
  xen/arch/x86/stage/models.c \
  xen/arch/x86/stage/raw.c \
  xen/arch/x86/vcpu/msr.c \
  xen/arch/x86/vcpu/vcpu.c \
  xen/arch/x86/vcpu/xstate.c \
  xen/arch/x86/view.c \
  xen/lib/x86/audit-family.c \
  xen/lib/x86/audit-steps.c \
  xen/lib/x86/audit.c \
  xen/lib/x86/derived.c \
  xen/lib/x86/features.c \
  xen/lib/x86/follow.c \
  xen/lib/x86/own.c \
  xen/lib/x86/pmu.c \
  xen/lib/x86/policy.c \
  xen/lib/x86/range.c \
  xen/lib/x86/serialise.c \
  xen/lib/x86/topology-apply.c \
  xen/lib/x86/topology-judge.c \
  xen/lib/x86/topology-levels.c \
  xen/lib/x86/topology-read.c \
  xen/lib/x86/topology-repair.c \
  xen/lib/x86/topology-rules.c \
  xen/lib/x86/topology-shown.c \
  xen/lib/x86/topology.c \
  xen/lib/x86/vmx.c \
  xen/lib/x86/xstate.c

GEN_SRC := \
  xen/tools/gen-cpu-policy/check-features.c \
  xen/tools/gen-cpu-policy/coverage.c \
  xen/tools/gen-cpu-policy/deps.c \
  xen/tools/gen-cpu-policy/emit-audit.c \
  xen/tools/gen-cpu-policy/emit-docs-fields.c \
  xen/tools/gen-cpu-policy/emit-docs-options.c \
  xen/tools/gen-cpu-policy/emit-docs.c \
  xen/tools/gen-cpu-policy/emit-header.c \
  xen/tools/gen-cpu-policy/emit-layout.c \
  xen/tools/gen-cpu-policy/emit-source.c \
  xen/tools/gen-cpu-policy/gates.c \
  xen/tools/gen-cpu-policy/layout.c \
  xen/tools/gen-cpu-policy/main.c \
  xen/tools/gen-cpu-policy/masks.c \
  xen/tools/gen-cpu-policy/names.c \
  xen/tools/gen-cpu-policy/output.c \
  xen/tools/gen-cpu-policy/owners.c \
  xen/tools/gen-cpu-policy/read-features.c \
  xen/tools/gen-cpu-policy/read-fields.c \
  xen/tools/gen-cpu-policy/read.c \
  xen/tools/gen-cpu-policy/scan.c \
  xen/tools/gen-cpu-policy/summary.c
