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

# What is compiled goes to O, the two programs to BIN; `make check-asan` sets both to build/asan.
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

# A member that an initializer leaves out is zero, and so it is meant.
WARNINGS	= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
		  -Wno-missing-field-initializers \
		  $(addprefix -Werror=,implicit-function-declaration incompatible-pointer-types \
		  int-conversion return-type format strict-prototypes vla)
CFLAGS		?= -O2 -g
# What a compiler or linker refuses is left out. The sanitizers bring checks of their own.
accepts		= $(shell echo 'int main(void) { return 0; }' | \
		  $(CC) -Werror $(1) -x c - -o /dev/null 2>/dev/null && echo '$(1)')
HARDEN_CFLAGS	:= $(if $(SANITIZE),,-fPIE -fstack-protector-strong -U_FORTIFY_SOURCE \
		   $(if $(findstring -O,$(CFLAGS)),-D_FORTIFY_SOURCE=2) \
		   $(call accepts,-fstack-clash-protection) $(call accepts,-fcf-protection=full) \
		   $(call accepts,-mbranch-protection=standard))
comma		= ,
HARDEN_LDFLAGS	:= $(if $(SANITIZE),,-pie $(addprefix -Wl$(comma)-z$(comma),relro now noexecstack))
# The same bytes wherever the sources lie.
SAME_PATHS	= -ffile-prefix-map=$(CURDIR)=.
ALL_CFLAGS	= -std=gnu11 $(WARNINGS) $(SAME_PATHS) -fno-common $(HARDEN_CFLAGS) \
		  $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all) \
		  $(if $(SANITIZE),-fno-omit-frame-pointer) $(CFLAGS)
ALL_CPPFLAGS	= -D_GNU_SOURCE= -DSOCKSTATE_VERSION='"$(VERSION)"' -Iuser -Ibpf -MMD -MP \
		  $(CPPFLAGS)
ALL_LDFLAGS	= $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(HARDEN_LDFLAGS) $(LDFLAGS)

pkg		= $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
LIBBPF_CFLAGS	:= $(call pkg,--cflags libbpf libelf zlib)
LIBBPF_LIBS	:= $(or $(call pkg,--libs libbpf libelf zlib),-lbpf -lelf -lz)
# What `sockstate export` serves by, loaded when it is asked for; HTTP=0 builds without it.
HTTP		?= $(call pkg,--exists libmicrohttpd && echo 1)
HTTP_CFLAGS	:= $(if $(filter 1,$(HTTP)),-DHAVE_MICROHTTPD $(call pkg,--cflags libmicrohttpd))
# What `sockstate export --otlp` sends by, loaded when it is asked for; OTLP=0 builds without it.
OTLP		?= $(call pkg,--exists libcurl && echo 1)
OTLP_CFLAGS	:= $(if $(filter 1,$(OTLP)),-DHAVE_LIBCURL $(call pkg,--cflags libcurl))
LOAD_LIBS	:= -ldl
URING		:= $(call pkg,--exists liburing && echo yes)
URING_CFLAGS	:= $(if $(URING),-DHAVE_LIBURING $(call pkg,--cflags liburing))
URING_LIBS	:= $(if $(URING),$(call pkg,--libs liburing))

# For the sandbox; SECCOMP=0 leaves it out, and Landlock remains.
LIBSECCOMP	:= $(if $(filter 0,$(SECCOMP)),,$(call pkg,--exists libseccomp && echo yes))
LIBSECCOMP_CFLAGS := $(if $(LIBSECCOMP),-DHAVE_LIBSECCOMP $(call pkg,--cflags libseccomp))
LIBSECCOMP_LIBS	:= $(if $(LIBSECCOMP),$(call pkg,--libs libseccomp))

# The full-screen view, `sockstate top`: TUI=0 builds without it.
TUI		?= $(if $(call pkg,--exists ncursesw && echo yes),1,0)
TUI_CFLAGS	:= $(if $(filter-out 0,$(TUI)),-DHAVE_NCURSES $(call pkg,--cflags ncursesw))
TUI_LIBS	:= $(if $(filter-out 0,$(TUI)),$(or $(call pkg,--libs ncursesw),-lncursesw -ltinfo))

# The machine that is built for, as the compiler names it without its vendor: aarch64-linux-gnu.
TARGET		:= $(shell $(CC) -dumpmachine | sed 's/-\(pc\|unknown\|redhat\|suse\|alpine\)-/-/')
# What libbpf's bpf_tracing.h calls that architecture.
BPF_ARCH	:= $(shell echo $(TARGET) | sed 's/-.*//; s/x86_64\|i[3-6]86/x86/; \
		   s/aarch64.*/arm64/; s/^arm[^6].*/arm/; s/p\(ower\)*pc.*/powerpc/; \
		   s/s390x/s390/; s/riscv.*/riscv/; s/mips.*/mips/; s/loongarch.*/loongarch/')
# Headers like <linux/types.h> include <asm/types.h>, which Debian keeps in a directory of the
# architecture that `clang -target bpf` does not search.
BPF_CFLAGS	= -g -O2 -target bpf -mcpu=v3 -Wall -Werror -D__TARGET_ARCH_$(BPF_ARCH) \
		  -I$(VMLINUX) -Ibpf $(LIBBPF_CFLAGS) \
		  $(addprefix -idirafter ,$(wildcard /usr/include/$(TARGET))) \
		  $(SAME_PATHS) -MMD -MP

# --- What is made of what -------------------------------------------------------------------------

# A folder of user/ is a room. The core turns bytes into text and links with libc alone; only the
# kernel's rooms know libbpf; the lab is a program of its own.
CORE_ROOMS	= base event fact listener listing report tracker stream verify gate why view \
		  view/table view/ladder view/summary view/list view/report cli export otlp top
KERNEL_ROOMS	= kernel run
room		= $(patsubst %.c,%,$(wildcard $(1:%=user/%/*.c)))
CORE		:= $(call room,$(CORE_ROOMS))
KERNEL_SIDE	:= user/main $(call room,$(KERNEL_ROOMS))
LAB		:= $(call room,lab)
GENERATE	:= $(call room,generate)
UNIT		:= $(patsubst tests/%.c,%,$(wildcard tests/unit/*/*_test.c))
UNIT_SHARED	:= $(patsubst %.c,%,$(filter-out %_test.c,$(wildcard tests/unit/*/*.c)))
HELPERS		:= $(wildcard tests/live/*.c tests/cli/*.c tests/replay/*.c)
FUZZ		:= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))

# What is loaded alone is an object of its own: --summary, which counts in the kernel, and the look
# at a listener that nobody accepts from.
ALONE		:= summary why
BPF		:= $(filter-out $(ALONE:%=bpf/%.bpf.c),$(wildcard bpf/*.bpf.c))
SKELETONS	= $(O)/sockstate.skel.h $(ALONE:%=$(O)/%.skel.h) $(O)/existing.skel.h

KERNEL_OBJS	= $(KERNEL_SIDE:%=$(O)/%.o)
LAB_OBJS	= $(LAB:%=$(O)/%.o)
CORE_OBJS	= $(CORE:%=$(O)/%.o)
UNIT_TESTS	= $(UNIT:%=$(O)/tests/%)
FUZZERS		= $(FUZZ:%=$(O)/tests/fuzz/%)
HELPER_PROGRAMS	= $(HELPERS:tests/%.c=$(O)/tests/%)
TEST_PROGRAMS	= $(UNIT_TESTS) $(HELPER_PROGRAMS) $(O)/generate
PROGRAMS	= $(BIN)/sockstate $(BIN)/sockstate-lab

## all		build ./sockstate and ./sockstate-lab (the default)
all: $(PROGRAMS)
	@:

$(BIN)/sockstate: $(KERNEL_OBJS) $(O)/libcore.a
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pthread -o $@ $^ $(LIBBPF_LIBS) \
		$(LIBSECCOMP_LIBS) $(TUI_LIBS) $(LOAD_LIBS)

# The same objects, linked into one file that needs no library and no loader: for images and for
# machines of another distribution.
## static	build/static/sockstate, which needs nothing but the kernel
static: $(O)/static/sockstate
STATIC_LIBS	= $(call pkg,--static --libs libbpf libelf zlib $(if $(LIBSECCOMP),libseccomp) \
		  $(if $(filter-out 0,$(TUI)),ncursesw)) $(if $(filter 1,$(HTTP)),-lmicrohttpd)
NO_TLS		= $(O)/packaging/static/no_tls.o
# A static program loads no library: libmicrohttpd is linked, and there is no --otlp.
STATIC_OBJS	= $(filter-out $(addprefix $(O)/user/run/,post.o http.o library.o),$(KERNEL_OBJS)) \
		  $(O)/static/post.o $(O)/static/http.o
$(O)/static/http.o: PART_CPPFLAGS = $(HTTP_CFLAGS) -DHTTP_LINKED
$(O)/static/post.o $(O)/static/http.o: $(O)/static/%.o: user/run/%.c Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(PART_CPPFLAGS) -c -o $@ $<
$(O)/static/sockstate: $(STATIC_OBJS) $(O)/libcore.a $(NO_TLS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(filter-out -pie,$(ALL_LDFLAGS)) -static-pie -s \
		$(call accepts,-Wl$(comma)--no-warnings) -pthread -o $@ $(STATIC_OBJS) \
		$(O)/libcore.a $(STATIC_LIBS) $(NO_TLS)
$(NO_TLS): packaging/static/no_tls.c Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -c -o $@ $<

$(BIN)/sockstate-lab: $(LAB_OBJS) $(O)/libcore.a
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pthread -o $@ $^ $(URING_LIBS)

# Made for the repository, not for installing: see the target generate.
$(O)/generate: $(GENERATE:%=$(O)/%.o) $(filter-out %/main.o,$(LAB_OBJS)) $(O)/libcore.a
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pthread -o $@ $^ $(URING_LIBS)

$(O)/libcore.a: $(CORE_OBJS)
	$(call say,AR,$@)rm -f $@ && $(AR) rcD $@ $^ && $(RANLIB) -D $@
RANLIB		?= ranlib

$(KERNEL_OBJS): PART_CPPFLAGS = -I$(O) $(LIBBPF_CFLAGS) $(LIBSECCOMP_CFLAGS) $(HTTP_CFLAGS) \
		$(OTLP_CFLAGS)
$(O)/user/run/screen.o $(O)/user/run/no_screen.o: PART_CPPFLAGS = -pthread $(TUI_CFLAGS)
$(KERNEL_OBJS): | $(SKELETONS)
$(LAB_OBJS): PART_CPPFLAGS = -pthread $(URING_CFLAGS)

$(O)/user/%.o: user/%.c Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(PART_CPPFLAGS) -c -o $@ $<

# Unit tests link with the core and libc alone: the linker keeps the core free of the kernel.
$(UNIT_TESTS): $(O)/tests/%: tests/%.c $(O)/tests/libunit.a $(O)/libcore.a Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -Itests/unit $(ALL_LDFLAGS) \
		-MF $@.d -o $@ $< $(O)/tests/libunit.a $(O)/libcore.a

# What several unit tests share: every file beside them that is no test.
$(O)/tests/unit/%.o: tests/unit/%.c Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) -Itests/unit -c -o $@ $<

$(O)/tests/libunit.a: $(UNIT_SHARED:%=$(O)/%.o)
	$(call say,AR,$@)rm -f $@ && $(AR) rcD $@ $^ && $(RANLIB) -D $@

# Programs that shell tests use may ask the kernel side too: build/tests/live/NAME and the like.
$(HELPER_PROGRAMS): $(O)/tests/%: tests/%.c $(O)/libkernel.a $(O)/libcore.a Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(LIBBPF_CFLAGS) $(ALL_LDFLAGS) \
		-MF $@.d -o $@ $< $(O)/libkernel.a $(O)/libcore.a $(LIBBPF_LIBS) \
		$(LIBSECCOMP_LIBS) $(TUI_LIBS) $(LOAD_LIBS)

# The core is compiled with the same sanitizers: `make fuzz` sets O, CC and SANITIZE.
$(O)/tests/fuzz/%: tests/fuzz/%.c $(O)/libcore.a Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,FUZZ,$<)$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer \
		-MF $@.d -o $@ $< $(O)/libcore.a

$(O)/libkernel.a: $(filter-out $(O)/user/main.o,$(KERNEL_OBJS))
	$(call say,AR,$@)rm -f $@ && $(AR) rcD $@ $^ && $(RANLIB) -D $@

$(O)/bpf/%.bpf.o: bpf/%.bpf.c Makefile | $(O)/.tools
	@mkdir -p $(@D)
	$(call say,BPF,$<)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

$(O)/sockstate.bpf.o: $(BPF:bpf/%.c=$(O)/bpf/%.o)
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

$(ALONE:%=$(O)/%.bpf.o): $(O)/%.bpf.o: $(O)/bpf/%.bpf.o
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

# `sockstate list` asks who holds which socket, and loads nothing else.
$(O)/existing.bpf.o: $(O)/bpf/existing.bpf.o
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

$(O)/%.skel.h: $(O)/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $*_bpf > $@.tmp && mv $@.tmp $@

# One clear line when a tool is missing, once, instead of an error of the first command that wants
# it.
$(O)/.tools: tests/deps
	@mkdir -p $(@D)
	@tests/deps --check build && touch $@

-include $(wildcard $(addprefix $(O)/,bpf/*.d user/*.d user/*/*.d user/*/*/*.d static/*.d \
		tests/*/*.d tests/*/*/*.d))

# Files in the repository that come from tables in the code; the test of each is in tests/cli.
## generate	refresh completions, manuals and docs/fields.md from the tables in the code
generate: $(O)/generate all
	@$(foreach p,$(INSTALLED), \
		$(call refresh,completions/$p.bash,$< bash $p); \
		$(call refresh,completions/_$p,$< zsh $p); \
		$(call refresh,completions/$p.fish,$< fish $p); \
		$(call refresh,docs/$p.8,$< manual $p docs/$p.8);)
	@$(call refresh,docs/fields.md,$(SOCKSTATE) fields)
	@$(call refresh,docs/sockstate.schema.json,$(SOCKSTATE) fields --json-schema)

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

# tests/run says how a failure is handled; tests/vm/rules.yml, what may run at the same time.
PROVE		= HARNESS_RULESFILE=tests/vm/rules.yml prove --exec tests/one $(PROVEFLAGS)
RUN		= tests/run -j $(or $(JOBS),2)
UNIT_T		= $(UNIT_TESTS)
LINT_T		= $(wildcard tests/lint/*.t)
REPLAY_T	= $(wildcard tests/replay/*.t)
CLI_T		= $(wildcard tests/cli/*.t)
LIVE_T		= $(wildcard tests/live/*.t)
BENCH_T		= $(wildcard tests/bench/*.t)
FLEET_T		= $(wildcard tests/fleet/*.t)
VM_T		= $(VM_KERNELS:%=tests/vm/%.t)
QUIET_T		= $(LINT_T) $(UNIT_T) $(REPLAY_T) $(CLI_T)

## check		unit, replay, command line, lint; no root, no network, nothing is installed
check: all $(TEST_PROGRAMS)
	@tests/deps --check build check
	@$(RUN) $(QUIET_T)

## check-all	check, live, live again on other kernels; root; installs what is missing
check-all: build-with-deps
	@+$(MAKE) --no-print-directory $(TEST_PROGRAMS)
	@$(RUN) $(QUIET_T) $(LIVE_T) $(BENCH_T) $(VM_T)

## check-unit	unit tests of the core; no root
check-unit: $(UNIT_TESTS)
	@$(PROVE) $(UNIT_T)

## check-replay	recordings against expected text; no root
check-replay: all $(HELPER_PROGRAMS)
	@$(PROVE) $(REPLAY_T)

## check-cli	options, exit codes, help against manual; no root
check-cli: all $(O)/generate $(HELPER_PROGRAMS)
	@$(PROVE) $(CLI_T)

## check-live	real sockets on this kernel; root
check-live: all $(HELPER_PROGRAMS)
	@$(PROVE) $(LIVE_T) $(BENCH_T)

## check-vm	live tests on other kernels, in virtual machines; VM_TESTS=all for every one
check-vm: build-with-deps
	@+$(MAKE) --no-print-directory $(HELPER_PROGRAMS)
	@$(PROVE) -j $(or $(JOBS),2) $(VM_T)

## check-fleet	units, packages, image, manifests; installs what it needs and nothing of ours
check-fleet: build-with-deps
	@tests/deps fleet
	@+$(MAKE) --no-print-directory static
	@$(RUN) $(FLEET_T)

## check-stalled	check-cli, check-live while each CPU is taken for one second in six; root
check-stalled: all $(O)/generate $(HELPER_PROGRAMS)
	@tests/stalled $(PROVE) $(CLI_T) $(LIVE_T)

## check-asan	unit, replay and command line with address and undefined-behaviour sanitizers
check-asan:
	@+$(MAKE) --no-print-directory O=build/asan BIN=build/asan SANITIZE=address,undefined \
		CFLAGS="-O1 -g" check-unit check-replay check-cli

## lint		form of the code, scripts, licenses, arrows between the rooms
lint: all $(O)/generate
	@$(PROVE) $(LINT_T)

## analyze		gcc -fanalyzer and clang-tidy, against the judged findings
analyze: all
	@tests/analyze

## bench		what tracing costs
bench: build-with-deps
	@tests/bench/run

## bench-real	what nginx and redis pay: requests a second and p99, beside peers
bench-real: build-with-deps
	@tests/bench/real

## bench-curves	how the cost grows: rates, connections, listeners, CPUs; QUICK=1
bench-curves: build-with-deps
	@tests/bench/curves

## soak		ten minutes at full load: memory, losses, and the tracker against the kernel
soak: build-with-deps
	@tests/soak

## chaos		everything that goes wrong on a server in trouble, at full size
chaos: build-with-deps
	@+$(MAKE) --no-print-directory $(HELPER_PROGRAMS)
	@CHAOS=long tests/one tests/chaos/chaos.t

## matrix		does it start on Debian's kernels, under their settings? virtual machines
matrix: build-with-deps
	@for kernel in $(or $(KERNELS),6.1 6.1-rt 6.12 6.12-rt 7.3); do \
		tests/vm/run --timeout 1800 $$kernel tests/vm/smoke || exit 1; \
	done

## vm-arm64	cross-compiled, and on Debian's arm64 kernels in an emulated machine
vm-arm64: build-with-deps
	@tests/vm/arm64

## fuzz		feed noise to what reads bytes; FUZZ_TIME=60 seconds each, or HOURS=1
fuzz:
	@+$(MAKE) --no-print-directory O=build/fuzz CC=$(CLANG) \
		SANITIZE=fuzzer-no-link,address,undefined CFLAGS="-O1 -g" fuzz-all

FUZZ_SECONDS	= $(if $(HOURS),$$(($(HOURS) * 3600 / $(words $(FUZZ)))),$(or $(FUZZ_TIME),60))
# What a fuzzer learns stays in build/; tests/fuzz/corpus is what it begins with.
FUZZ_RUNS	= $(FUZZ:%=run-%)

# Words that a fuzzer of text would hardly guess.
$(O)/words: completions/sockstate.bash
	@mkdir -p $(@D)
	@{ grep -oE -e '--[a-z-]+' $<; printf '%s\n' 0 1 65536 -1 1ms 18446744073709551616; } | \
		sort -u | sed 's/.*/"&\\x00"/' >$@

fuzz-all: $(FUZZ_RUNS)
$(FUZZ_RUNS): run-%: $(O)/tests/fuzz/% $(O)/words
	@mkdir -p $(O)/$*.corpus
	@$< -max_total_time=$(FUZZ_SECONDS) $(FUZZ_FLAGS) -timeout=60 -dict=$(O)/words \
		-artifact_prefix=$(O)/ $(O)/$*.corpus $(wildcard tests/fuzz/corpus/$*) \
		>$(O)/$*.log 2>&1 || \
		{ tail -n 100 $(O)/$*.log; echo "$*: $(O)/$*.log"; exit 1; }
	@echo "  FUZZ    $*: $$(sed -n 's/^Done //p' $(O)/$*.log)"

# Packages first, then a second make that sees them.
build-with-deps:
	@tests/deps
	@+$(MAKE) --no-print-directory all

# --- Packaging ------------------------------------------------------------------------------------

MANUALS		= $(wildcard docs/*.8)
INSTALLED	= sockstate sockstate-lab
BASH_DIR	= $(DATADIR)/bash-completion/completions
ZSH_DIR		= $(DATADIR)/zsh/site-functions
FISH_DIR	= $(DATADIR)/fish/vendor_completions.d
UNITS		= $(wildcard packaging/systemd/*)
UNITDIR		= $(PREFIX)/lib/systemd/system

## install	to PREFIX (/usr/local), under DESTDIR
install: all
	$(Q)$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man8 \
		$(DESTDIR)$(BASH_DIR) $(DESTDIR)$(ZSH_DIR) $(DESTDIR)$(FISH_DIR)
	$(Q)$(INSTALL) -m 755 $(PROGRAMS) $(DESTDIR)$(BINDIR)
	$(Q)$(INSTALL) -m 644 $(MANUALS) $(DESTDIR)$(MANDIR)/man8
	$(Q)for p in $(INSTALLED); do \
		$(INSTALL) -m 644 completions/$$p.bash $(DESTDIR)$(BASH_DIR)/$$p && \
		$(INSTALL) -m 644 completions/_$$p $(DESTDIR)$(ZSH_DIR)/_$$p && \
		$(INSTALL) -m 644 completions/$$p.fish $(DESTDIR)$(FISH_DIR)/$$p.fish || exit 1; \
	done

## install-exporter	the systemd units of the exporter, for packages: UNITDIR
install-exporter:
	$(Q)$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	$(Q)for u in $(UNITS:packaging/systemd/%=%); do \
		sed 's,/usr/bin/sockstate,$(BINDIR)/sockstate,' packaging/systemd/$$u > \
			$(DESTDIR)$(UNITDIR)/$$u && \
		chmod 644 $(DESTDIR)$(UNITDIR)/$$u || exit 1; \
	done

## uninstall	take it away again
uninstall:
	$(Q)rm -f $(INSTALLED:%=$(DESTDIR)$(BINDIR)/%) \
		$(MANUALS:docs/%=$(DESTDIR)$(MANDIR)/man8/%) \
		$(INSTALLED:%=$(DESTDIR)$(BASH_DIR)/%) $(INSTALLED:%=$(DESTDIR)$(ZSH_DIR)/_%) \
		$(INSTALLED:%=$(DESTDIR)$(FISH_DIR)/%.fish) \
		$(UNITS:packaging/systemd/%=$(DESTDIR)$(UNITDIR)/%)

## dist		source archive of the last commit, bill of materials (SPDX); always the same bytes
dist: DIST = build/sockstate-$(VERSION)
# Complete files only: tests of packages make it side by side.
dist:
	@mkdir -p build
	$(Q)git -c tar.umask=0022 archive --prefix=sockstate-$(VERSION)/ HEAD | \
		gzip -n9 > $(DIST).tar.gz.$$$$ && mv $(DIST).tar.gz.$$$$ $(DIST).tar.gz
	$(Q).ci/bom $(VERSION) > $(DIST).spdx.json.$$$$ && \
		mv $(DIST).spdx.json.$$$$ $(DIST).spdx.json
	@echo $(DIST).tar.gz $(DIST).spdx.json

## deb		Debian packages: sockstate, sockstate-lab, sockstate-exporter; in build/deb
deb: dist
	@packaging/build-deb $(VERSION)

## rpm		the same as RPMs, in build/rpm
rpm: dist
	@packaging/build-rpm $(VERSION)

## image		a container image with the static program alone: build/image.tar
image: static
	@packaging/build-image $(VERSION) $(O)/static/sockstate

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
	@sed -n 's/^## \([a-z0-9-]*\)[	 ]*/  \1	/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: all static deps demo vm check check-all check-unit check-replay check-cli check-live \
	check-vm check-asan lint analyze bench bench-real bench-curves soak chaos matrix vm-arm64 \
	fuzz fuzz-all $(FUZZ_RUNS) generate \
	build-with-deps install install-exporter uninstall dist deb rpm image check-fleet \
	clean distclean help
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS	+= --no-builtin-rules
