# SPDX-License-Identifier: BSD-2-Clause
# sockstate: what is built, how it is tested, where it is installed.
#
# Everything made goes under build/, except the two programs that people run: ./sockstate and
# ./sockstate-lab. `make help` lists the targets, V=1 shows the commands.

VERSION		= 0.1.0

CC		?= cc
CLANG		?= clang
BPFTOOL		?= bpftool
PKG_CONFIG	?= pkg-config
INSTALL		?= install

PREFIX		?= /usr/local
BINDIR		?= $(PREFIX)/bin
MANDIR		?= $(PREFIX)/share/man
DATADIR		?= $(PREFIX)/share

# Objects go to O and programs to BIN; `make check-asan` sets both to build/asan.
O		= build
BIN		= .
VMLINUX		?= vmlinux
VM_KERNELS	?= 6.1 6.12

export PATH	:= $(PATH):/usr/sbin:/sbin
export SOCKSTATE = $(abspath $(BIN)/sockstate)
export SOCKSTATE_LAB = $(abspath $(BIN)/sockstate-lab)
export SOCKSTATE_GENERATE = $(abspath $(O)/generate)
export DEPS V VM_TESTS

# --- Output: one line per file, or the commands ---------------------------------------------------

Q		= $(if $(V),,@)
say		= $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

# --- Flags ----------------------------------------------------------------------------------------

WARNINGS	= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
		  -Werror=implicit-function-declaration -Werror=incompatible-pointer-types \
		  -Werror=int-conversion -Werror=return-type -Werror=format -Werror=strict-prototypes \
		  -Werror=vla
CFLAGS		?= -O2 -g
ALL_CFLAGS	= -std=gnu11 $(WARNINGS) -ffile-prefix-map=$(CURDIR)/= -fno-common \
		  $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer) $(CFLAGS)
ALL_CPPFLAGS	= -D_GNU_SOURCE= -DSOCKSTATE_VERSION='"$(VERSION)"' -Iuser -Ibpf -MMD -MP $(CPPFLAGS)
ALL_LDFLAGS	= $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(LDFLAGS)

pkg		= $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
LIBBPF_CFLAGS	:= $(call pkg,--cflags libbpf libelf zlib)
LIBBPF_LIBS	:= $(or $(call pkg,--libs libbpf libelf zlib),-lbpf -lelf -lz)
URING		:= $(call pkg,--exists liburing && echo yes)
URING_CFLAGS	:= $(if $(URING),-DHAVE_LIBURING $(call pkg,--cflags liburing))
URING_LIBS	:= $(if $(URING),$(call pkg,--libs liburing))

# Headers like <linux/types.h> include <asm/types.h>, which Debian keeps in a directory of the
# architecture that `clang -target bpf` does not search.
MULTIARCH	:= $(shell $(CC) -print-multiarch 2>/dev/null)
BPF_ARCH	:= $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/ppc64le/powerpc/; s/s390x/s390/; s/riscv64/riscv/')
BPF_CFLAGS	= -g -O2 -target bpf -mcpu=v3 -Wall -Werror -D__TARGET_ARCH_$(BPF_ARCH) \
		  -I$(VMLINUX) -Ibpf $(LIBBPF_CFLAGS) \
		  $(addprefix -idirafter ,$(wildcard /usr/include/$(MULTIARCH))) \
		  -ffile-prefix-map=$(CURDIR)/= -MMD -MP

# --- What is made of what -------------------------------------------------------------------------

# A folder of user/ is a room. The core turns bytes into text and links with libc alone; only the
# kernel's rooms know libbpf; the lab is a program of its own.
CORE_ROOMS	= base event fact listener tracker stream verify gate view view/table view/ladder view/summary cli
KERNEL_ROOMS	= kernel run
room		= $(patsubst %.c,%,$(wildcard $(1:%=user/%/*.c)))
CORE		:= $(call room,$(CORE_ROOMS))
KERNEL_SIDE	:= user/main $(call room,$(KERNEL_ROOMS))
LAB		:= $(call room,lab)
GENERATE	:= $(call room,generate)
UNIT		:= $(patsubst tests/%.c,%,$(wildcard tests/unit/*/*_test.c))
HELPERS		:= $(wildcard tests/live/*.c tests/cli/*.c tests/replay/*.c)
FUZZ		:= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))

# --summary counts in the kernel and is loaded alone, so it is an object of its own.
SUMMARY_BPF	:= $(wildcard bpf/summary.bpf.c)
BPF		:= $(filter-out $(SUMMARY_BPF),$(wildcard bpf/*.bpf.c))
SKELETONS	:= build/sockstate.skel.h $(if $(SUMMARY_BPF),build/summary.skel.h)

KERNEL_OBJS	= $(KERNEL_SIDE:%=$(O)/%.o)
LAB_OBJS	= $(LAB:%=$(O)/%.o)
CORE_OBJS	= $(CORE:%=$(O)/%.o)
UNIT_TESTS	= $(UNIT:%=$(O)/tests/%)
HELPER_PROGRAMS	= $(HELPERS:tests/%.c=$(O)/tests/%)
PROGRAMS	= $(if $(and $(wildcard user/main.c),$(BPF)),$(BIN)/sockstate) $(if $(LAB),$(BIN)/sockstate-lab)

## all		build ./sockstate and ./sockstate-lab (the default)
all: $(PROGRAMS) $(if $(CORE),$(O)/libcore.a)
	@:

$(BIN)/sockstate: $(KERNEL_OBJS) $(O)/libcore.a
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBBPF_LIBS)

$(BIN)/sockstate-lab: $(LAB_OBJS) $(O)/libcore.a
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pthread -o $@ $^ $(URING_LIBS)

# Made for the repository, not for installing: see the target generate.
$(O)/generate: $(GENERATE:%=$(O)/%.o) $(filter-out %/main.o,$(LAB_OBJS)) $(O)/libcore.a
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pthread -o $@ $^ $(URING_LIBS)

$(O)/libcore.a: $(CORE_OBJS)
	$(call say,AR,$@)rm -f $@ && $(AR) rcD $@ $^ && $(RANLIB) -D $@
RANLIB		?= ranlib

$(KERNEL_OBJS): PART_CPPFLAGS = -Ibuild $(LIBBPF_CFLAGS)
$(KERNEL_OBJS): | $(SKELETONS)
$(LAB_OBJS): PART_CPPFLAGS = -pthread $(URING_CFLAGS)

$(O)/user/%.o: user/%.c Makefile | build/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(PART_CPPFLAGS) -c -o $@ $<

# Unit tests link with the core and libc alone: the linker keeps the core free of the kernel.
$(O)/tests/unit/%: tests/unit/%.c $(O)/libcore.a Makefile | build/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -Itests/unit $(ALL_LDFLAGS) -MF $@.d -o $@ $< $(O)/libcore.a

# Programs that shell tests use may ask the kernel side too: build/tests/live/NAME and the like.
$(HELPER_PROGRAMS): $(O)/tests/%: tests/%.c $(O)/libkernel.a $(O)/libcore.a Makefile | build/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(LIBBPF_CFLAGS) $(ALL_LDFLAGS) -MF $@.d -o $@ $< \
		$(O)/libkernel.a $(O)/libcore.a $(LIBBPF_LIBS)

$(O)/libkernel.a: $(filter-out $(O)/user/main.o,$(KERNEL_OBJS))
	$(call say,AR,$@)rm -f $@ && $(AR) rcD $@ $^ && $(RANLIB) -D $@

build/bpf/%.bpf.o: bpf/%.bpf.c Makefile | build/.tools
	@mkdir -p $(@D)
	$(call say,BPF,$<)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

build/sockstate.bpf.o: $(BPF:bpf/%.c=build/bpf/%.o)
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

build/summary.bpf.o: build/bpf/summary.bpf.o
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

build/%.skel.h: build/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $*_bpf > $@.tmp && mv $@.tmp $@

# One clear line when a tool is missing, once, instead of an error of the first command that wants it.
build/.tools: tests/deps
	@mkdir -p build
	@tests/deps --check build && touch $@

-include $(wildcard $(O)/user/*.d $(O)/user/*/*.d $(O)/user/*/*/*.d $(O)/tests/*/*.d $(O)/tests/*/*/*.d build/bpf/*.d)

# Files in the repository that come from tables in the code; the test of each is in tests/cli.
## generate	refresh completions, manuals and docs/fields.md from the tables in the code
generate: $(O)/generate all
	@$(foreach p,$(INSTALLED), \
		$(call refresh,completions/$p.bash,$< bash $p); \
		$(call refresh,completions/_$p,$< zsh $p); \
		$(call refresh,completions/$p.fish,$< fish $p); \
		$(call refresh,docs/$p.8,$< manual $p docs/$p.8);)
	@$(call refresh,docs/fields.md,$(SOCKSTATE) fields)

refresh		= printf '  GEN     %s\n' $(1); $(2) > $(1).tmp && mv $(1).tmp $(1) || exit 1

# --- Running --------------------------------------------------------------------------------------

## deps		install what building and testing needs (apt), or say what is missing
deps:
	@tests/deps

## demo		build and show what it does, in a virtual machine if this one refuses BPF
demo: build-with-deps
	@if $(SOCKSTATE) doctor --quiet >/dev/null 2>&1; then \
		exec tests/demo; \
	elif [ -n "$$SOCKSTATE_VM" ]; then \
		echo "Tracing is not possible here; ./sockstate doctor tells why."; exit 1; \
	else \
		echo "This machine does not let us trace (\`./sockstate doctor\` tells why):"; \
		echo "the demo runs in a virtual machine with Linux $(lastword $(VM_KERNELS)). Starting it takes 10 to 30 seconds."; \
		if [ -t 0 ] && [ -t 1 ]; then tty=--tty; else tty=; fi; \
		exec tests/vm/run $$tty $(lastword $(VM_KERNELS)) tests/demo; \
	fi

## vm		a root shell in a virtual machine; KERNEL=6.1 for the older kernel
vm: build-with-deps
	@tests/vm/shell $(or $(KERNEL),$(lastword $(VM_KERNELS)))

# --- Testing --------------------------------------------------------------------------------------

# One prove runs it all, so that its last lines speak for everything. tests/vm/rules.yml says what
# may run at the same time.
PROVE		= HARNESS_RULESFILE=tests/vm/rules.yml prove $(PROVEFLAGS)
UNIT_T		= $(UNIT_TESTS)
REPLAY_T	= $(wildcard tests/replay/*.t)
CLI_T		= $(wildcard tests/cli/*.t)
LIVE_T		= $(wildcard tests/live/*.t)
VM_T		= $(VM_KERNELS:%=tests/vm/%.t)

prove		= $(if $(strip $(1)),$(PROVE) $(1),echo "nothing to run yet")

## check		all tests: unit, replay, command line, live, and live again on other kernels
check: build-with-deps
	@+$(MAKE) --no-print-directory $(UNIT_TESTS) $(O)/generate $(HELPER_PROGRAMS)
	@$(PROVE) --state=save --failures --comments -j $(or $(JOBS),2) $(UNIT_T) $(REPLAY_T) $(CLI_T) $(LIVE_T) $(VM_T) || { \
		echo "# What failed, once more and in full. What passes now failed for want of a quiet machine: look into it."; \
		$(PROVE) --state=failed --verbose; }

## check-unit	unit tests of the core; no root
check-unit: $(UNIT_TESTS)
	@$(call prove,$(UNIT_T))

## check-replay	recordings against expected text; no root
check-replay: all $(HELPER_PROGRAMS)
	@$(call prove,$(REPLAY_T))

## check-cli	options, exit codes, help against manual; no root
check-cli: all $(O)/generate $(HELPER_PROGRAMS)
	@$(call prove,$(CLI_T))

## check-live	real sockets on this kernel; root
check-live: all $(HELPER_PROGRAMS)
	@$(call prove,$(LIVE_T))

## check-vm	live tests on other kernels, in virtual machines; VM_TESTS=all for every one
check-vm: build-with-deps
	@+$(MAKE) --no-print-directory $(HELPER_PROGRAMS)
	@$(call prove,-j $(or $(JOBS),2) $(VM_T))

## check-asan	unit and replay tests with address and undefined-behaviour sanitizers
check-asan:
	@+$(MAKE) --no-print-directory O=build/asan BIN=build/asan SANITIZE=address,undefined \
		CFLAGS="-O1 -g" check-unit check-replay

# A script, or a directory with a script called run.
script		= $(firstword $(wildcard $(1)/run $(1).sh) $(1))

## bench		what tracing costs
bench: build-with-deps
	@$(call script,tests/bench)

## soak		ten minutes at full load: memory, losses, and the tracker against the kernel
soak: build-with-deps
	@$(call script,tests/soak)

## fuzz		feed noise to what reads bytes or text; FUZZ_TIME=60 seconds each
fuzz: $(FUZZ:%=build/fuzz/%)
	@for f in $(FUZZ); do \
		mkdir -p build/fuzz/$$f.corpus; \
		echo "  FUZZ    $$f"; \
		build/fuzz/$$f -max_total_time=$(or $(FUZZ_TIME),60) -artifact_prefix=build/fuzz/ \
			build/fuzz/$$f.corpus $$(ls -d tests/fuzz/corpus/$$f 2>/dev/null) || exit 1; \
	done

build/fuzz/%: tests/fuzz/%.c $(CORE:%=%.c) Makefile
	@mkdir -p $(@D)
	$(call say,FUZZ,$<)$(CLANG) -std=gnu11 -O1 -g -D_GNU_SOURCE= -DSOCKSTATE_VERSION='"$(VERSION)"' -Iuser -Ibpf \
		-fsanitize=fuzzer,address,undefined -o $@ $< $(CORE:%=%.c)

# Packages first, then a second make that sees them.
build-with-deps:
	@tests/deps
	@+$(MAKE) --no-print-directory all

# --- Packaging ------------------------------------------------------------------------------------

MANUALS		= $(wildcard docs/*.8)
INSTALLED	= sockstate sockstate-lab

## install	to PREFIX (/usr/local), under DESTDIR
install: all
	$(Q)$(INSTALL) -d $(DESTDIR)$(BINDIR)
	$(Q)$(INSTALL) -m 755 $(PROGRAMS) $(DESTDIR)$(BINDIR)
	$(if $(MANUALS),$(Q)$(INSTALL) -d $(DESTDIR)$(MANDIR)/man8 && $(INSTALL) -m 644 $(MANUALS) $(DESTDIR)$(MANDIR)/man8)
	$(Q)for p in $(INSTALLED); do \
		$(INSTALL) -D -m 644 completions/$$p.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/$$p && \
		$(INSTALL) -D -m 644 completions/_$$p $(DESTDIR)$(DATADIR)/zsh/site-functions/_$$p && \
		$(INSTALL) -D -m 644 completions/$$p.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/$$p.fish || exit 1; \
	done

## uninstall	take it away again
uninstall:
	$(Q)rm -f $(INSTALLED:%=$(DESTDIR)$(BINDIR)/%) $(MANUALS:docs/%=$(DESTDIR)$(MANDIR)/man8/%) \
		$(INSTALLED:%=$(DESTDIR)$(DATADIR)/bash-completion/completions/%) \
		$(INSTALLED:%=$(DESTDIR)$(DATADIR)/zsh/site-functions/_%) \
		$(INSTALLED:%=$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/%.fish)

## dist		a source archive of the last commit, the same bytes every time
dist:
	@mkdir -p build
	$(Q)git archive --prefix=sockstate-$(VERSION)/ HEAD | gzip -n9 > build/sockstate-$(VERSION).tar.gz
	@echo build/sockstate-$(VERSION).tar.gz

## clean		remove what was built; the kernels in build/vm stay
clean:
	$(Q)rm -f sockstate sockstate-lab
	$(Q)[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name vm -exec rm -rf {} +

## distclean	remove the kernels too
distclean: clean
	$(Q)rm -rf build

## help		this list
help:
	@echo "usage: make [TARGET] [V=1] [DEPS=skip]"
	@sed -n 's/^## \([a-z-]*\)[	 ]*/  \1	/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: all deps demo vm check check-unit check-replay check-cli check-live check-vm check-asan \
	bench soak fuzz generate build-with-deps install uninstall dist clean distclean help
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS	+= --no-builtin-rules
