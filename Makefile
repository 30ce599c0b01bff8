# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make            everything that needs no running hypervisor, into build/
# make run        show this machine's policies
# make check      install nothing, run all tests
# make deps       install the Debian packages that building needs
# make deps-test  the same, and those that testing needs
# make install    PREFIX= DESTDIR=
#
# Variables: CC V=1 O=build PREFIX=/usr/local DESTDIR= SANITIZE=address,undefined

VERSION := 0.1.0
O ?= build
PREFIX ?= /usr/local
V ?= 0
SHELL := /bin/sh

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all docs check check-unit check-core deps deps-test install run bench clean

all: $(O)/xl-cpupolicy $(O)/libcpupolicy.so $(O)/static/libcpupolicy.a

# ---- packages ---------------------------------------------------------

DEB_BUILD := gcc make pkg-config libc6-dev libjson-c-dev libxml2-dev \
             libarchive-dev libxen-dev perl
DEB_TEST  := check g++ clang libclang-rt-dev cpuid bzip2 xz-utils zstd kmod \
             git qemu-system-x86 seabios linux-image-amd64 busybox-static \
             cpio debootstrap zsh fish
# The hypervisor of this Debian and its tools, but not xen-system-amd64, with
# which GRUB would boot Xen.
DEB_XEN = $$(apt-cache depends xen-system-amd64 | \
             sed -nE 's/.*: (xen-(hypervisor|utils)-[0-9].*)/\1/p')

INSTALL = DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
          --no-install-recommends

deps:
	apt-get update -qq
	$(INSTALL) $(DEB_BUILD)

deps-test: deps
	$(INSTALL) $(DEB_TEST) $(DEB_XEN)

# ---- flags ------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wshadow -Werror
CFLAGS ?= -O2 -g
COMMON := -std=gnu11 $(WARNINGS) -MMD -MP -fPIC
ifneq ($(SANITIZE),)
COMMON += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
          -fno-omit-frame-pointer
LDFLAGS += -fsanitize=$(SANITIZE)
endif

# The core sees its own headers, the public ones, and nothing else.
CORE_INC := -I$(O)/gen -Ixen/include -Ixen/arch/x86/include -Iinclude
CORE_FLAGS := $(COMMON) -ffreestanding -nostdinc -isystem \
              xen/include/freestanding -mgeneral-regs-only $(CORE_INC)
LIB_FLAGS := $(COMMON) -D_GNU_SOURCE -Itools/libs/cpupolicy/include \
             -Itools/libs/cpupolicy $(CORE_INC)
CMD_FLAGS := $(COMMON) -D_GNU_SOURCE -Itools/libs/cpupolicy/include \
             -Itools/libs/cpupolicy -Itools/xl-plugin -I$(O)/gen \
             -DXL_CPUPOLICY_VERSION='"$(VERSION)"' 
TEST_FLAGS := $(LIB_FLAGS) -Itests/unit/support \
              -Itests/unit/gen -Itools/xl-plugin

# Looked up when used, so that `make deps` works on a bare machine.
LIB_PKG = $(shell pkg-config --cflags json-c libxml-2.0 libarchive)
LIB_LIBS = $(shell pkg-config --libs json-c)
# Loaded when first needed (loaded.h), under the names they were built with.
# libxlutil, whose name changes with each Xen, is looked for under all.
LOADED := xml2 archive xencall
# What only tests are linked with.
XEN_LIBS := -lxenctrl -lxenguest -lxentoollog
CHECK_PKG = $(shell pkg-config --cflags check)
CHECK_LIBS = $(shell pkg-config --libs check)

include xen/sources.mk

# ---- generator --------------------------------------------------------

TABLES := $(addprefix include/public/arch-x86/,cpufeatureset.h \
            cpufeature-deps.h cpuid-fields.h msr-fields.h)
GEN_OBJ := $(GEN_SRC:%.c=$(O)/%.o)

$(GEN_OBJ): $(O)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(say) HOSTCC $<
	$(Q)$(CC) $(COMMON) -D_GNU_SOURCE -Ixen/arch/x86/include $(CFLAGS) \
	  -c -o $@ $<

$(O)/gen-cpu-policy: $(GEN_OBJ)
	$(say) HOSTLD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

GEN_ARGS := --features include/public/arch-x86/cpufeatureset.h \
            --deps include/public/arch-x86/cpufeature-deps.h \
            --fields include/public/arch-x86/cpuid-fields.h \
            --msrs include/public/arch-x86/msr-fields.h

$(O)/gen/stamp: $(O)/gen-cpu-policy $(TABLES)
	@mkdir -p $(O)/gen
	$(say) GEN $(O)/gen/cpu-policy-gen.c
	$(Q)$(O)/gen-cpu-policy $(GEN_ARGS) \
	  --header $(O)/gen/cpu-policy-gen.h \
	  --source $(O)/gen/cpu-policy-gen.c \
	  --feature-doc $(O)/gen/features.md \
	  --cmdline-doc $(O)/gen/command-line.md
	$(Q)touch $@

REFERENCE := $(O)/gen/features.md $(O)/gen/command-line.md
$(O)/gen/cpu-policy-gen.h $(O)/gen/cpu-policy-gen.c $(REFERENCE): \
  $(O)/gen/stamp ;

# ---- core -------------------------------------------------------------

CORE_OBJ := $(CORE_SRC:%.c=$(O)/%.o) $(O)/gen/cpu-policy-gen.o

$(CORE_SRC:%.c=$(O)/%.o): $(O)/%.o: %.c Makefile $(O)/gen/stamp
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CORE_FLAGS) $(CFLAGS) -c -o $@ $<

$(O)/gen/cpu-policy-gen.o: $(O)/gen/cpu-policy-gen.c Makefile
	$(say) CC $<
	$(Q)$(CC) $(CORE_FLAGS) $(CFLAGS) -c -o $@ $<

# Whatever the core does not define itself must be one of these.
CORE_ALLOWED := memcpy memmove memset memcmp
$(O)/core.o: $(CORE_OBJ)
	$(say) LD $@
	$(Q)ld -r -o $@ $^

check-core: $(O)/core.o
	@undefined=$$(nm -u $< | sed 's/^ *U *//' | \
	   grep -vxE '$(subst $() ,|,$(CORE_ALLOWED))|__(asan|ubsan|tsan|sanitizer).*|_GLOBAL_OFFSET_TABLE_'); \
	 if [ -n "$$undefined" ]; then \
	   echo "core: undefined symbols:" $$undefined >&2; exit 1; fi
	@if objdump -d $< | grep -qE '%(xmm|ymm|zmm|st|mm)[0-9]'; then \
	   echo "core: uses registers other than general ones" >&2; exit 1; fi
	@echo "core: freestanding, $$(nm --defined-only $< | wc -l) symbols"

# ---- library ----------------------------------------------------------

include tools/libs/cpupolicy/sources.mk

LIB_SRC := $(addprefix tools/libs/cpupolicy/,$(LIBCPUPOLICY_SRC))
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o)
LIB_MAJOR := 1
LIB_SO := $(O)/libcpupolicy.so.$(LIB_MAJOR)

$(O)/gen/sonames.h: Makefile
	@mkdir -p $(@D)
	@for l in $(LOADED); do \
	   file=$$($(CC) -print-file-name=lib$$l.so); \
	   soname=$$(objdump -p "$$file" | sed -n 's/^ *SONAME *//p'); \
	   [ -n "$$soname" ] || { echo "no lib$$l.so: make deps" >&2; exit 1; }; \
	   echo "#define SONAME_$$l \"$$soname\""; \
	 done > $@

$(LIB_OBJ): $(O)/%.o: %.c Makefile $(O)/gen/stamp $(O)/gen/sonames.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(LIB_FLAGS) $(LIB_PKG) $(CFLAGS) -c -o $@ $<

# For our own programs and tests, which look inside.
$(O)/libcpupolicy.a: $(LIB_OBJ) $(CORE_OBJ)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

LIB_MAP := tools/libs/cpupolicy/libcpupolicy.map
# A sanitizer's functions are the program's (clang).
LIB_DEFS := $(if $(SANITIZE),,-Wl,-z,defs)
$(LIB_SO): $(LIB_OBJ) $(CORE_OBJ) $(LIB_MAP)
	$(say) LD $@
	$(Q)$(CC) -shared $(LDFLAGS) $(LIB_DEFS) -Wl,-soname,$(@F) \
	  -Wl,--version-script=$(LIB_MAP) -o $@ \
	  $(LIB_OBJ) $(CORE_OBJ) $(LIB_LIBS)

# What is installed: one object whose other names are local to it, so that a
# program may have a function of the same name.
$(O)/static/libcpupolicy.a: $(LIB_OBJ) $(CORE_OBJ) $(LIB_MAP)
	@mkdir -p $(@D)
	$(say) AR $@
	$(Q)sed -n 's/^ *\(cpupolicy_[a-z0-9_]*\);$$/\1/p' $(LIB_MAP) \
	  > $(@D)/names
	$(Q)ld -r -o $(@D)/cpupolicy.o $(LIB_OBJ) $(CORE_OBJ)
	$(Q)objcopy --keep-global-symbols=$(@D)/names $(@D)/cpupolicy.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(@D)/cpupolicy.o

$(O)/libcpupolicy.so: $(LIB_SO)
	$(Q)ln -sf $(<F) $@

# ---- command ----------------------------------------------------------

CMD_SRC := $(addprefix tools/xl-plugin/,$(XL_CPUPOLICY_SRC))
CMD_OBJ := $(CMD_SRC:%.c=$(O)/%.o)

$(CMD_OBJ): $(O)/%.o: %.c Makefile $(O)/gen/stamp $(O)/gen/sonames.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CMD_FLAGS) $(LIB_PKG) $(CFLAGS) -c -o $@ $<

# Statically with the library, so that it runs from the build folder.  Its
# tables are full of pointers, each a relocation at every start: packed.
$(O)/xl-cpupolicy: $(CMD_OBJ) $(O)/libcpupolicy.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -Wl,-z,pack-relative-relocs -o $@ $^ $(LIB_LIBS)

# ---- manuals, completion, installation --------------------------------

MAN := $(O)/man/xl-cpupolicy.1 $(O)/man/libcpupolicy.3

$(O)/man/xl-cpupolicy.pod: docs/man/xl-cpupolicy.pod.in $(O)/xl-cpupolicy
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q)$(O)/xl-cpupolicy reference pod > $(@D)/commands
	$(Q)$(O)/xl-cpupolicy reference facts > $(@D)/facts
	$(Q)sed -e '/^@COMMANDS@/{r $(@D)/commands' -e 'd}' \
	  -e '/^@FACTS@/{r $(@D)/facts' -e 'd}' $< > $@

$(O)/man/%.1: $(O)/man/%.pod
	$(Q)pod2man -s 1 -n $* -c xl-cpupolicy -r $(VERSION) $< > $@

# The functions are those of the headers, the example the one that is compiled.
LIB_HEADERS := $(sort $(wildcard tools/libs/cpupolicy/include/*.h))
$(O)/man/libcpupolicy.pod: docs/man/libcpupolicy.pod docs/man/functions \
  docs/examples/audit.c $(LIB_HEADERS)
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q)perl docs/man/functions $(LIB_HEADERS) > $(@D)/functions
	$(Q)sed 's/^/  /' docs/examples/audit.c > $(@D)/example
	$(Q)sed -e '/^@FUNCTIONS@/{r $(@D)/functions' -e 'd}' \
	  -e '/^@EXAMPLE@/{r $(@D)/example' -e 'd}' $< > $@

$(O)/man/%.3: $(O)/man/%.pod
	$(Q)pod2man -s 3 -n $* -c libcpupolicy -r $(VERSION) $< > $@

COMPLETION := $(addprefix $(O)/xl-cpupolicy.,bash zsh fish)
$(COMPLETION): $(O)/xl-cpupolicy.%: $(O)/xl-cpupolicy
	$(Q)$(O)/xl-cpupolicy reference $* > $@

$(O)/cpupolicy.pc: Makefile
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
	  'includedir=$${prefix}/include' '' 'Name: cpupolicy' \
	  'Description: x86 CPU policies for toolstacks' \
	  'Version: $(VERSION)' 'Libs: -L$${libdir} -lcpupolicy' \
	  'Requires.private: json-c' \
	  'Cflags: -I$${includedir}' > $@

docs: $(MAN) $(COMPLETION) $(REFERENCE)

D := $(DESTDIR)$(PREFIX)
install: all docs $(O)/cpupolicy.pc
	install -d $(D)/bin $(D)/lib/pkgconfig $(D)/include \
	  $(D)/share/man/man1 $(D)/share/man/man3 \
	  $(D)/share/bash-completion/completions \
	  $(D)/share/zsh/site-functions $(D)/share/fish/vendor_completions.d \
	  $(D)/share/doc/xl-cpupolicy
	install $(O)/xl-cpupolicy $(D)/bin/
	install -m 644 $(LIB_SO) $(O)/static/libcpupolicy.a $(D)/lib/
	ln -sf $(notdir $(LIB_SO)) $(D)/lib/libcpupolicy.so
	install -m 644 $(O)/cpupolicy.pc $(D)/lib/pkgconfig/
	install -m 644 tools/libs/cpupolicy/include/*.h $(D)/include/
	install -m 644 $(O)/man/xl-cpupolicy.1 $(D)/share/man/man1/
	install -m 644 $(O)/man/libcpupolicy.3 $(D)/share/man/man3/
	install -m 644 $(O)/xl-cpupolicy.bash \
	  $(D)/share/bash-completion/completions/xl-cpupolicy
	install -m 644 $(O)/xl-cpupolicy.zsh \
	  $(D)/share/zsh/site-functions/_xl-cpupolicy
	install -m 644 $(O)/xl-cpupolicy.fish \
	  $(D)/share/fish/vendor_completions.d/
	install -m 644 README.md $(REFERENCE) \
	  $(D)/share/doc/xl-cpupolicy/

run: $(O)/xl-cpupolicy
	@$(O)/xl-cpupolicy show --from native

# ---- tests ------------------------------------------------------------

include tests/tests.mk
include tests/systems.mk

clean:
	rm -rf $(O)

-include $(shell find $(O) -path $(O)/lab -prune -o -name '*.d' -print 2>/dev/null)
