# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-unit   build and run tests/unit (one program, all suites)
# check        everything that needs no hypervisor
# bench        compare speed with libxenguest and cpuid in one run
#
# A new test file: add it to TEST_UNIT_SRC, and its suite to
# tests/unit/support/suites.h; `make check-lists` finds what was forgotten.

# A folder for each room of what is tested: core/ is xen/lib, arch/ xen/arch,
# gen/ the generator, command/ the command, the others are the library's;
# support/ is what they share.
TEST_UNIT_SRC := \
  adjust/test-template-bitmap.c \
  arch/test-cmdline.c \
  arch/test-cpuid-option.c \
  arch/test-derive-option.c \
  arch/test-derive.c \
  arch/test-domain-ids.c \
  arch/test-domain-many.c \
  arch/test-domain-policy.c \
  arch/test-domain-property.c \
  arch/test-domain.c \
  arch/test-hypercall-abi.c \
  arch/test-hypercall-audit.c \
  arch/test-hypercall-domctl.c \
  arch/test-hypercall-host.c \
  arch/test-hypercall-set.c \
  arch/test-hypercall-sysctl.c \
  arch/test-platform.c \
  arch/test-read.c \
  arch/test-rules.c \
  arch/test-withhold.c \
  arch/test-vcpu-limits.c \
  arch/test-vcpu-msr.c \
  arch/test-vcpu.c \
  audit/test-audit-why.c \
  audit/test-request.c \
  base/test-loaded.c \
  command/test-cli-bytes.c \
  command/test-cli-domain.c \
  command/test-cli-exact.c \
  command/test-cli-explain.c \
  command/test-cli-hostile.c \
  command/test-cli-json.c \
  command/test-cli-notes.c \
  command/test-cli-options.c \
  command/test-cli.c \
  command/test-template-cli.c \
  core/test-attributes.c \
  core/test-audit-family.c \
  core/test-audit-hosts.c \
  core/test-audit-kinds.c \
  core/test-audit-pairs.c \
  core/test-audit-property.c \
  core/test-audit-rules.c \
  core/test-audit-sweep.c \
  core/test-audit-vmx.c \
  core/test-audit.c \
  core/test-dependencies.c \
  core/test-dependency-rows.c \
  core/test-derived.c \
  core/test-deserialise.c \
  core/test-features.c \
  core/test-follow.c \
  core/test-kinds.c \
  core/test-leaf.c \
  core/test-oracle-features.c \
  core/test-oracle-xenguest.c \
  core/test-serialise.c \
  core/test-topology-hwloc.c \
  core/test-topology-judge.c \
  core/test-topology-leaves.c \
  core/test-topology-read.c \
  core/test-topology-report.c \
  core/test-topology.c \
  core/test-trim.c \
  core/test-vendor.c \
  core/test-xstate.c \
  domain/test-config.c \
  domain/test-dom0.c \
  domain/test-domain-state.c \
  domain/test-topology-linux.c \
  dump/test-dump-corpus.c \
  dump/test-dump-nomem.c \
  dump/test-dump.c \
  dump/test-format-hardware.c \
  format/test-format-cloud-hypervisor.c \
  format/test-format-cpuid-r.c \
  format/test-format-firecracker.c \
  format/test-format-hwloc.c \
  format/test-format-instlatx64.c \
  format/test-format-libcpuid.c \
  format/test-format-libvirt.c \
  format/test-format-own-json.c \
  format/test-format-rjcp.c \
  format/test-format-write.c \
  format/test-format-xen-cpuid.c \
  gen/gen-cpu-policy-run.c \
  gen/test-gen-cpu-policy-program.c \
  gen/test-gen-cpu-policy-refusals.c \
  gen/test-gen-cpu-policy.c \
  guest/test-template-guest.c \
  guest/test-template-normalise.c \
  policy/test-api-edges.c \
  policy/test-api.c \
  policy/test-policy-make.c \
  policy/test-registers.c \
  source/test-derive-json.c \
  source/test-native.c \
  source/test-source-dump.c \
  source/test-sources.c \
  source/test-xen-options.c \
  support/alloc-fail.c \
  support/audit-check.c \
  support/audit-hosts.c \
  support/audit-rich.c \
  support/cli-run.c \
  support/corpus.c \
  support/domain-host.c \
  support/domain-store.c \
  support/dump-text.c \
  support/hypercall-memory.c \
  support/linux-topology.c \
  support/machine.c \
  support/main.c \
  support/oracle-xenguest.c \
  support/policy-random.c \
  support/random.c \
  support/rows-guest.c \
  support/rows-host.c \
  support/template-host.c \
  support/vectors.c \
  template/test-fingerprint.c \
  template/test-template-config.c \
  template/test-template-generate.c \
  template/test-template-hosts.c \
  template/test-template-nomem.c \
  template/test-template-read.c \
  template/test-template-strip.c \
  template/test-template-verify.c \
  text/test-format-text.c \
  text/test-json-probe.c \
  text/test-template-json.c

TEST_SRC := $(addprefix tests/unit/,$(TEST_UNIT_SRC))
TEST_OBJ := $(TEST_SRC:%.c=$(O)/%.o)

$(TEST_OBJ): $(O)/%.o: %.c Makefile tests/tests.mk $(O)/gen/stamp \
  $(O)/gen/sonames.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(TEST_FLAGS) $(LIB_PKG) $(CHECK_PKG) $(CFLAGS) -c -o $@ $<

# alloc-fail.c and test-native.c stand before these.
TEST_WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup \
  -Wl,--wrap=sched_getaffinity,--wrap=sched_setaffinity

$(O)/tests/unit-tests: $(TEST_OBJ) $(O)/libcpupolicy.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) $(TEST_WRAP) -o $@ $^ $(CHECK_LIBS) \
	  $(LIB_LIBS) $(XEN_LIBS) $(shell pkg-config --libs libxml-2.0)

TEST_ENV = GEN_CPU_POLICY=$(O)/gen-cpu-policy XL_CPUPOLICY=$(O)/xl-cpupolicy

# SUITES="vendor trim" runs those only.  SHARE=1 takes all random inputs, as
# `make check` does, SHARE=20 every twentieth.
SHARE ?= 20
check-unit: $(O)/tests/unit-tests $(O)/gen-cpu-policy $(O)/xl-cpupolicy
	$(Q)$(TEST_ENV) CPUPOLICY_TEST_SHARE=$(SHARE) \
	  $(O)/tests/unit-tests $(SUITES)

# ---- benchmarks -------------------------------------------------------

BENCH_SRC := $(addprefix tests/bench/,bench.c bench-audit.c bench-core.c \
               bench-json.c bench-show.c bench-vcpu.c)
BENCH_OBJ := $(BENCH_SRC:%.c=$(O)/%.o) \
  $(O)/tests/unit/support/oracle-xenguest.o \
  $(addprefix $(O)/tests/unit/support/,audit-rich.o random.o)

$(BENCH_SRC:%.c=$(O)/%.o): $(O)/%.o: %.c Makefile tests/tests.mk $(O)/gen/stamp
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(TEST_FLAGS) -Itests/bench $(LIB_PKG) $(CFLAGS) -c -o $@ $<

$(O)/tests/bench/bench: $(BENCH_OBJ) $(O)/libcpupolicy.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) $(XEN_LIBS)

bench: $(O)/tests/bench/bench $(O)/xl-cpupolicy
	$(Q)$(TEST_ENV) $(O)/tests/bench/bench

.PHONY: check-lists
check-lists:
	@for f in tests/unit/*/*.c; do case " $(TEST_SRC) " in *" $$f "*) ;; \
	   *) echo "$$f: not in tests/tests.mk" >&2; exit 1;; esac; done
	@for s in $$(sed -n 's/^Suite \*suite_\([a-z0-9_]*\)(void)$$/\1/p' \
	             $(TEST_SRC)); do \
	   grep -qx "SUITE($$s)" tests/unit/support/suites.h || { \
	     echo "$$s: not in tests/unit/support/suites.h" >&2; exit 1; }; done
	@echo "lists: every test file and suite is run"

# Every stage that there is; the last line counts them all.
CHECK_STAGES := core rooms lists exports docs unit tables stress fuzz \
  embedded kvm vectors derive xen
check: all docs
	$(Q)MAKE="$(MAKE) SHARE=1" tests/run-stages $(O)/check $(CHECK_STAGES)

.PHONY: check-docs check-exports check-rooms check-tables
check-rooms: $(O)/libcpupolicy.a
	$(Q)CC="$(CC)" tests/check-rooms --self-test
	$(Q)tests/check-rooms tools/libs/cpupolicy $(O)/tools/libs/cpupolicy \
	  core=$(O)/xen/lib/x86 core=$(O)/gen arch=$(O)/xen/arch/x86

check-exports: all
	$(Q)tests/check-exports $(O)

check-docs: all docs
	$(Q)tests/check-docs $(O)

# The manuals' fields, where their list lies beside the checkout.
FIELDS_CSV := $(wildcard ../shared/facts/cpuid-bitfields.csv)
check-tables: $(O)/gen-cpu-policy
	$(Q)$(O)/gen-cpu-policy $(GEN_ARGS) \
	  $(if $(FIELDS_CSV),--coverage $(FIELDS_CSV))
	@echo "tables: $(if $(FIELDS_CSV),1,0) passed, 0 failed"
	$(if $(FIELDS_CSV),,@echo "1 skipped: there is no list of the manuals' \
	  fields to compare with")

# ---- how much the tests notice ----------------------------------------

# One-token changes, each built and tested (tests/mutants/mutants); takes
# hours if it may.  MUTANTS="rules=20" measures that alone.
MUTANTS ?= attributes=70 deps=50 cpuid=90 msr=50 rules=60 core=40 library=40 \
           command=40
MUTANTS_MINUTES ?= 240
.PHONY: mutants
mutants: $(O)/gen-cpu-policy
	$(Q)tests/mutants/mutants $(O) $(SEED) $(MUTANTS_MINUTES) $(MUTANTS)
