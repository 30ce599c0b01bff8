# SPDX-License-Identifier: LGPL-2.1-or-later
# What the library and the command are made of.

LIBCPUPOLICY_SRC := \
  changes.c claims.c config.c contradictions.c dom0.c domain.c dump.c error.c \
  keeper-json.c keeper.c loaded.c options.c policy-make.c policy.c raw.c \
  request-load.c request.c source.c unpack.c unstated.c xl-cpuid.c \
  format/cloud-hypervisor.c format/cpuid-r.c format/firecracker.c \
  format/formats.c format/hardware.c format/hwloc.c format/instlatx64.c \
  format/json-schema.c format/json.c format/libcpuid.c format/libvirt.c \
  format/normalise.c format/own-json.c format/rjcp.c format/text.c \
  format/xen-cpuid.c format/xml.c \
  source/kvm-guest.c source/kvm.c source/native.c \
  source/xen-domain.c source/xen-options.c source/xen-rules.c \
  source/xen-source.c source/xen.c \
  template/apply.c template/ask-file.c template/ask.c template/bitmap.c \
  template/compare.c template/exclude.c template/fingerprint.c \
  template/generate-check.c template/generate-force.c template/generate.c \
  template/guest.c template/json-index.c template/json-lex.c \
  template/json-reader.c template/map.c template/names.c \
  template/normalise-amd.c template/normalise-intel.c template/normalise.c \
  template/read-text.c template/read.c template/report.c template/static.c \
  template/strip.c template/template.c template/text-file.c template/utf8.c \
  template/verify.c template/vm-config.c template/write.c

XL_CPUPOLICY_SRC := \
  boot-options.c cli.c cmd-audit.c cmd-cmdline.c cmd-diff.c cmd-domain.c \
  cmd-explain.c cmd-fingerprint.c cmd-reference.c cmd-show.c cmd-template.c \
  common.c completion.c domain-change.c explain-near.c explain-target.c \
  explain-text.c explain.c main.c message.c notes.c print-forms.c \
  print-text.c print-xml.c template-common.c template-generate.c view.c
