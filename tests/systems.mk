# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Tests that need more than one process: the embedded core under unmodified
# clients, a real KVM and real Xens in emulated machines.
#
# check-embedded  Debian's xen-cpuid and a client of libxenctrl on the core
# check-kvm       kvm_amd in an emulated machine; this machine's /dev/kvm too
# check-fuzz      a short run of the fuzz targets over our samples; `make fuzz`
#                 runs them for longer
# check-vectors   what Xen's code makes of bare metal, and recordings of Xens
# check-xen       real Xens in emulated machines
# xen-shell       a console in dom0, by hand

LAB := $(O)/lab
LAB_ENV = LAB_BUILD=$(abspath $(LAB))
SYSTEM_FLAGS := $(LIB_FLAGS) -Itests/lab -Itests/xen -Itests/unit/support
SYSTEM_LIBS = $(O)/libcpupolicy.a $(LIB_LIBS) $(XEN_LIBS)

SYSTEM_SRC := $(addprefix tests/lab/,lab.c) \
  $(addprefix tests/xen/,capture.c difference.c domain.c foresee.c \
    intended-differences.c mutate.c random-request.c rows.c test-derive.c \
    test-domain.c test-exact.c test-guest.c test-host.c test-interface.c \
    test-race.c test-vcpus.c test-vectors.c) \
  tests/kvm/test-guest.c tests/template/make-domain.c \
  $(addprefix tests/embedded/,client.c client-host.c client-raw.c \
    client-set.c client-state.c hypervisor.c interpose.c memory.c state.c)
SYSTEM_OBJ := $(SYSTEM_SRC:%.c=$(O)/%.o)

$(SYSTEM_OBJ): $(O)/%.o: %.c Makefile tests/systems.mk $(O)/gen/stamp
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(SYSTEM_FLAGS) $(LIB_PKG) $(CHECK_PKG) $(CFLAGS) -c -o $@ $<

# ---- the embedded core ------------------------------------------------

EMBEDDED := $(O)/tests/libxen-embedded.so
EMBEDDED_MAP := tests/embedded/libxen-embedded.map
$(EMBEDDED): $(addprefix $(O)/tests/embedded/,hypervisor.o interpose.o \
               memory.o state.o) $(O)/libcpupolicy.a $(EMBEDDED_MAP)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) -shared $(LDFLAGS) -Wl,-z,defs \
	  -Wl,--version-script=$(EMBEDDED_MAP) -o $@ \
	  $(filter %.o %.a,$^) $(LIB_LIBS)

$(O)/tests/embedded-client: $(addprefix $(O)/tests/embedded/,client.o \
    client-host.o client-raw.o client-set.o client-state.o)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(SYSTEM_LIBS) -lxencall

# This machine may be unable to run HVM guests: say that it can.
EMBEDDED_SOURCES := native tests/data/hosts/amd.json \
                    tests/data/hosts/intel.json

.PHONY: check-embedded
check-embedded: $(EMBEDDED) $(O)/tests/embedded-client $(O)/xl-cpupolicy
	$(Q)tests/embedded/check-xen-cpuid $(EMBEDDED) $(O)/xl-cpupolicy \
	  $(EMBEDDED_SOURCES)
	$(Q)for s in $(EMBEDDED_SOURCES); do \
	  CPUPOLICY_EMBEDDED_SOURCE=$$s \
	  CPUPOLICY_EMBEDDED_PLATFORM=hvm=yes,hap=yes \
	  LD_PRELOAD=$(abspath $(EMBEDDED)) $(O)/tests/embedded-client || \
	  exit 1; done

# ---- KVM --------------------------------------------------------------

$(O)/tests/kvm-guest: $(O)/tests/kvm/test-guest.o $(O)/tests/lab/lab.o \
  $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

.PHONY: check-kvm
check-kvm: $(O)/tests/kvm-guest $(O)/xl-cpupolicy
	$(Q)$(LAB_ENV) tests/kvm/run $(O)/xl-cpupolicy $(O)/tests/kvm-guest

# ---- Xen --------------------------------------------------------------

XEN_PROGRAMS := $(addprefix $(LAB)/,capture test-domain test-guest \
  test-host test-interface test-race test-vcpus)

$(LAB)/test-guest $(LAB)/test-vcpus: $(O)/tests/xen/foresee.o
$(LAB)/test-vcpus: $(O)/tests/unit/support/linux-topology.o

$(XEN_PROGRAMS): $(LAB)/%: $(O)/tests/xen/%.o $(O)/tests/xen/domain.o \
  $(O)/tests/xen/rows.o $(O)/tests/lab/lab.o $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	  $(filter %.a,$^) $(LIB_LIBS) -lxencall

$(LAB)/test-derive: $(O)/tests/xen/test-derive.o \
  $(O)/tests/xen/difference.o $(O)/tests/xen/intended-differences.o \
  $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -lxenguest

$(LAB)/test-vectors: $(O)/tests/xen/test-vectors.o \
  $(O)/tests/xen/difference.o $(O)/tests/xen/intended-differences.o \
  $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) \
	  $(shell pkg-config --libs libarchive)

$(LAB)/make-domain: $(O)/tests/template/make-domain.o \
  $(O)/tests/xen/domain.o $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -lxencall

$(LAB)/test-exact: $(O)/tests/xen/test-exact.o $(O)/tests/xen/mutate.o \
  $(O)/tests/xen/domain.o $(O)/tests/lab/lab.o $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -lxencall

$(LAB)/random-request: $(O)/tests/xen/random-request.o \
  $(O)/tests/xen/mutate.o $(O)/libcpupolicy.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -lxencall

# A guest's kernel of our own: PV and PVH in one image, no libc.
PROBE_FLAGS := -std=gnu11 $(WARNINGS) -O2 -ffreestanding -fno-pic -fno-pie \
  -fno-stack-protector -mno-red-zone -mgeneral-regs-only \
  -fcf-protection=none

$(LAB)/probe-guest: tests/xen/guest/probe.c tests/xen/guest/vcpus.c \
  tests/xen/guest/probe.h tests/xen/guest/start.S \
  tests/xen/guest/probe.lds Makefile tests/systems.mk
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(PROBE_FLAGS) -c -o $@-c.o tests/xen/guest/probe.c
	$(Q)$(CC) $(PROBE_FLAGS) -c -o $@-v.o tests/xen/guest/vcpus.c
	$(Q)$(CC) -fno-pic -c -o $@-s.o tests/xen/guest/start.S
	$(Q)ld -m elf_x86_64 -nostdlib -static -z max-page-size=4096 \
	  --build-id=none -T tests/xen/guest/probe.lds -o $@ $@-s.o $@-c.o \
	  $@-v.o

XEN_ALL := $(XEN_PROGRAMS) $(LAB)/test-derive $(LAB)/test-exact \
           $(LAB)/random-request $(LAB)/make-domain $(LAB)/probe-guest $(LAB)/xl-cpupolicy

$(LAB)/xl-cpupolicy: $(O)/xl-cpupolicy
	@mkdir -p $(@D)
	$(Q)cp $< $@

# XEN_JOBS machines at a time.
XEN_JOBS ?= 2

# Of random boot options and requests: the same in every run, unless asked.
SEED ?= 1

# The law of the derivation (docs/design/derivation.md): seconds, no QEMU.
.PHONY: check-vectors
check-vectors: $(LAB)/test-derive $(LAB)/test-vectors
	$(Q)$(LAB_ENV) tests/xen/vectors

.PHONY: check-lab check-derive check-xen xen-programs xen-shell
xen-programs: $(XEN_ALL) $(O)/xl-cpupolicy

check-lab:
	$(Q)$(LAB_ENV) tests/lab/self-test

check-derive: $(XEN_ALL)
	$(Q)$(LAB_ENV) tests/xen/check --initrd > /dev/null
	$(Q)$(LAB_ENV) tests/xen/compare --seed $(SEED)

check-xen: $(XEN_ALL) $(O)/xl-cpupolicy
	$(Q)$(LAB_ENV) tests/xen/check --jobs $(XEN_JOBS)
	$(Q)$(LAB_ENV) tests/template/run-xen $(O)/xl-cpupolicy \
	  $(LAB)/make-domain

xen-shell: $(XEN_ALL)
	$(Q)$(LAB_ENV) tests/lab/shell \
	  --initrd "$$($(LAB_ENV) tests/xen/check --initrd)"

# ---- threads and fuzzing ----------------------------------------------

# The domain store under many threads, watched by ThreadSanitizer.
STRESS_SRC := tests/stress/domain.c tests/unit/support/domain-host.c \
              $(CORE_SRC) \
              $(O)/gen/cpu-policy-gen.c
$(O)/tests/stress: $(STRESS_SRC) $(O)/gen/stamp
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) -std=gnu11 -O1 -g -fsanitize=thread $(CORE_INC) \
	  -Itests/unit/support \
	  -o $@ $(STRESS_SRC) -lpthread

.PHONY: check-stress fuzz
check-stress: $(O)/tests/stress
	$(Q)$(O)/tests/stress

# FUZZ_SECONDS on each target; what it finds is left in build/fuzz/.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := dump template audit hypercall
FUZZ_FLAGS := -std=gnu11 -O1 -g -D_GNU_SOURCE -MMD -MP \
  -fsanitize=fuzzer-no-link,address,undefined \
  $(filter -I%,$(LIB_FLAGS)) -Itests/unit/support
FUZZ_LIB_OBJ := $(addprefix $(O)/fuzz/,$(LIB_SRC:%.c=%.o) \
  $(CORE_SRC:%.c=%.o) gen/cpu-policy-gen.o)
# What targets have in common with the unit tests: nothing that needs Check.
FUZZ_audit := audit-rich.o audit-check.o
FUZZ_hypercall := domain-host.o

$(O)/fuzz/%.o: %.c Makefile tests/systems.mk $(O)/gen/stamp \
  $(O)/gen/sonames.h
	@mkdir -p $(@D)
	$(say) FUZZCC $<
	$(Q)clang $(FUZZ_FLAGS) $(LIB_PKG) -c -o $@ $<

$(O)/fuzz/gen/cpu-policy-gen.o: $(O)/gen/cpu-policy-gen.c Makefile
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_FLAGS) $(LIB_PKG) -c -o $@ $<

.SECONDEXPANSION:
$(addprefix $(O)/fuzz/,$(FUZZ_TARGETS) planted): $(O)/fuzz/%: \
  $(O)/fuzz/tests/fuzz/fuzz-%.o $(FUZZ_LIB_OBJ) \
  $$(addprefix $(O)/fuzz/tests/unit/support/,$$(FUZZ_$$*))
	$(say) LD $@
	$(Q)clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIB_LIBS)

# A short run over the project's own samples; to find more takes longer.
.PHONY: check-fuzz
check-fuzz: $(addprefix $(O)/fuzz/,$(FUZZ_TARGETS) planted)
	$(Q)tests/fuzz/check $(O) $(SEED)

fuzz: $(addprefix $(O)/fuzz/,$(FUZZ_TARGETS))
	$(Q)cd $(O)/fuzz && for t in $(FUZZ_TARGETS); do \
	  mkdir -p corpus-$$t && ./$$t -max_total_time=$(FUZZ_SECONDS) \
	  -timeout=25 corpus-$$t || exit 1; done

# ---- another Debian ----------------------------------------------------

# Release 13 on 12, in a root that the test makes: build, unit tests, the
# embedded core, and one boot of its Xen; -full: all of `make check` in there.
# No stage of `make check` yet: nobody has seen it pass.
.PHONY: check-debian13 check-debian13-full
check-debian13:
	$(Q)DEBIAN_BUILD=$(abspath $(O))/debian tests/debian/check trixie

check-debian13-full:
	$(Q)DEBIAN_BUILD=$(abspath $(O))/debian tests/debian/check --full trixie
