# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-unit   build and run tests/unit (one program, all suites)
# check        everything that needs no hypervisor
# bench        compare speed with libxenguest and cpuid in one run
#
# A new test file: add it to TEST_UNIT_SRC, and its suite to
# tests/unit/suites.h; `make check-lists` finds what was forgotten.

# What the tests need besides the suites.
TEST_UNIT_SRC := alloc-fail.c cli-run.c corpus.c dump-text.c \
  gen-cpu-policy-run.c machine.c main.c oracle-xenguest.c \
  policy-random.c random.c rows-guest.c rows-host.c vectors.c

# The core, and the command over it.
TEST_UNIT_SRC += test-cli-bytes.c test-cli-domain.c test-cli-explain.c \
  test-cli-hostile.c test-cli-json.c test-cli-notes.c test-cli-options.c \
  test-cli.c test-cmdline.c test-cpuid-option.c test-dependencies.c \
  test-derive-json.c test-derive-option.c test-derive.c test-derived.c \
  test-deserialise.c test-features.c test-leaf.c test-native.c \
  test-oracle-features.c test-oracle-xenguest.c test-platform.c test-read.c \
  test-registers.c test-request.c test-rules.c test-serialise.c \
  test-source-dump.c test-trim.c test-vendor.c test-xstate.c

# The generator.
TEST_UNIT_SRC += test-gen-cpu-policy.c \
  test-gen-cpu-policy-program.c test-gen-cpu-policy-refusals.c

# The library.
TEST_UNIT_SRC += test-api.c test-config.c test-policy-make.c test-dump.c \
  test-dump-corpus.c test-dump-nomem.c test-format-cloud-hypervisor.c \
  test-format-cpuid-r.c test-format-firecracker.c test-format-hardware.c \
  test-format-hwloc.c test-format-instlatx64.c test-format-json.c \
  test-format-libcpuid.c test-format-libvirt.c test-format-own-json.c \
  test-format-rjcp.c test-format-text.c test-format-xen-cpuid.c \
  test-loaded.c test-fingerprint.c test-template-bitmap.c \
  test-template-guest.c test-template-json.c test-template-normalise.c \
  test-template-read.c test-template-strip.c test-template-verify.c \
  test-xen-options.c

# Audit, topology, domains, hypercalls, vCPUs.
TEST_UNIT_SRC += audit-check.c audit-hosts.c audit-rich.c domain-host.c domain-store.c \
  hypercall-memory.c test-audit.c test-audit-hosts.c \
  test-audit-family.c test-audit-property.c test-audit-rules.c \
  test-audit-sweep.c \
  test-domain.c test-domain-policy.c test-domain-property.c \
  test-domain-state.c test-dom0.c \
  test-hypercall-abi.c \
  test-hypercall-audit.c test-hypercall-domctl.c test-hypercall-host.c \
  test-hypercall-set.c test-hypercall-sysctl.c test-topology.c \
  test-topology-hwloc.c test-topology-judge.c test-topology-leaves.c \
  test-topology-read.c test-topology-report.c \
  test-vcpu.c test-vcpu-limits.c test-vcpu-msr.c

# Templates and fingerprints.
TEST_UNIT_SRC += template-host.c test-template-cli.c \
  test-template-config.c test-template-generate.c test-template-hosts.c \
  test-template-nomem.c

TEST_SRC := $(addprefix tests/unit/,$(TEST_UNIT_SRC))
TEST_OBJ := $(TEST_SRC:%.c=$(O)/%.o)

$(TEST_OBJ): $(O)/%.o: %.c Makefile tests/tests.mk $(O)/gen/stamp $(O)/gen/sonames.h
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

# SUITES="vendor trim" runs those only.
check-unit: $(O)/tests/unit-tests $(O)/gen-cpu-policy $(O)/xl-cpupolicy
	$(Q)$(TEST_ENV) $(O)/tests/unit-tests $(SUITES)

# ---- benchmarks -------------------------------------------------------

BENCH_SRC := $(addprefix tests/bench/,bench.c bench-audit.c bench-core.c \
               bench-show.c bench-vcpu.c)
BENCH_OBJ := $(BENCH_SRC:%.c=$(O)/%.o) $(O)/tests/unit/oracle-xenguest.o \
  $(addprefix $(O)/tests/unit/,audit-rich.o random.o)

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
	@for f in tests/unit/*.c; do case " $(TEST_SRC) " in *" $$f "*) ;; \
	   *) echo "$$f: not in tests/tests.mk" >&2; exit 1;; esac; done
	@for s in $$(sed -n 's/^Suite \*suite_\([a-z0-9_]*\)(void)$$/\1/p' \
	             $(TEST_SRC)); do \
	   grep -qx "SUITE($$s)" tests/unit/suites.h || { \
	     echo "$$s: not in tests/unit/suites.h" >&2; exit 1; }; done
	@echo "lists: every test file and suite is run"

# Every stage that there is; the last line counts them all.
CHECK_STAGES := core lists exports docs unit tables stress fuzz embedded kvm \
  derive xen
check: all docs
	$(Q)MAKE="$(MAKE)" tests/run-stages $(O)/check $(CHECK_STAGES)

.PHONY: check-docs check-exports check-tables
check-exports: all
	$(Q)tests/check-exports $(O)

check-docs: all docs
	$(Q)tests/check-docs $(O)

# The manuals' fields, where their list lies beside the checkout.
FIELDS_CSV := $(wildcard ../shared/facts/cpuid-bitfields.csv)
check-tables: $(O)/gen-cpu-policy
	$(Q)$(O)/gen-cpu-policy $(GEN_ARGS) \
	  $(if $(FIELDS_CSV),--coverage $(FIELDS_CSV))
	@echo "tables: $(if $(FIELDS_CSV),2,1) passed, 0 failed"
	$(if $(FIELDS_CSV),,@echo "1 skipped: there is no list of the manuals' \
	  fields to compare with")
