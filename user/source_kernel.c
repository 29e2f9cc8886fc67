// SPDX-License-Identifier: BSD-2-Clause
/*
 * source_kernel.c - loads the programs, attaches them, drains the ring.
 *
 * One pass: choose hooks (hooks.h), load, attach. Whatever the kernel refuses is marked and the pass is made again,
 * since another hook may now serve the fact. Nothing is known from the kernel's version.
 */
#include "source_kernel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "counts.h"
#include "existing.h"
#include "hooks.h"
#include "kernel_types.h"
#include "sockdiag.h"
#include "sockstate.skel.h"

#define BTF_PATH	"/sys/kernel/btf/vmlinux"
#define KERNEL_ENOTSUPP 524 /* the kernel's own, which libc has no name for */
#define WAKE_BYTES_MAX	(256 * 1024)
/* Between two looks at the ring: the programs wake us only when much has come. */
#define LOOK_MS		15
#define CPUS_MAX	8192 /* CONFIG_NR_CPUS of the largest kernels */
#define TYPES_MAX	256 /* that our programs know by name */
#define PROGRAMS_MAX	(HOOK_COUNT * HOOK_PROGRAMS_MAX)
/* Of one poll. A ring that fills as fast as it is read would else never let go: no output, no signal, no end. */
#define RECORDS_MAX	4096

struct source_kernel {
	struct kernel_options options;
	struct sockstate_bpf *skel;
	struct hooks hooks;
	struct bpf_link *links[PROGRAMS_MAX];
	struct {
		int fd;
		bool counts; /* its recursion misses are lost facts */
	} attached[PROGRAMS_MAX];
	size_t attached_count;
	struct ring_buffer *ring;
	int tracefs; /* -1, or a directory */
	struct bpf_link *listening_walk; /* NULL where the kernel refuses it */
	int cpus;

	record_fn fn; /* during a poll */
	void *ctx;
	int records;
	bool more;	 /* and the ring holds more */
	uint64_t t_read; /* ns: stamp of the last record */

	struct sockdiag *sockdiag;
};

/* ---- libbpf's own words: kept, so that a failure can be told ---- */

static struct {
	bool verbose;
	char program[64]; /* the last one that libbpf complained about */
	char line[160];
} said;

static int on_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[1024];
	const char *quote;

	if (level == LIBBPF_DEBUG && !said.verbose)
		return 0;
	vsnprintf(line, sizeof(line), format, args);
	if (said.verbose)
		fputs(line, stderr);
	if (level != LIBBPF_WARN)
		return 0;
	quote = strstr(line, "prog '");
	if (!quote)
		return 0;
	sscanf(quote, "prog '%63[^']'", said.program);
	snprintf(said.line, sizeof(said.line), "%.*s", (int)strcspn(quote, "\n"), quote);
	return 0;
}

static const char *name_of_errno(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : err == KERNEL_ENOTSUPP ? "ENOTSUPP" : "an unknown error";
}

/* ---- what is in this kernel ---- */

struct kernel {
	void *btf;
	size_t btf_size;
	bool mapped;
	struct kernel_types *types;
	int extract; /* a file in memory with the types that our programs read; -1 none */
};

static void kernel_done(struct kernel *k)
{
	kernel_types_free(k->types);
	if (k->mapped)
		munmap(k->btf, k->btf_size);
	else
		free(k->btf);
	if (k->extract >= 0)
		close(k->extract);
}

static int read_all(int fd, char *to, size_t size)
{
	while (size) {
		ssize_t n = read(fd, to, size);

		if (n <= 0)
			return n ? -errno : -EBADMSG;
		to += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Mapped where the kernel allows it (6.16 and later), else copied. */
static int kernel_read(struct kernel *k)
{
	int fd = open(BTF_PATH, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st)) {
		rc = -errno;
		goto out;
	}
	k->btf_size = (size_t)st.st_size;
	k->btf = mmap(NULL, k->btf_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	k->mapped = k->btf != MAP_FAILED;
	if (k->mapped)
		goto out;
	k->btf = malloc(k->btf_size);
	rc = k->btf ? read_all(fd, k->btf, k->btf_size) : -ENOMEM;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

static int kernel_look(struct kernel *k, char *err, size_t err_size)
{
	int rc;

	*k = (struct kernel){.extract = -1};
	rc = kernel_read(k);
	if (!rc)
		rc = kernel_types_new(&k->types, k->btf, k->btf_size);
	if (!rc)
		return 0;
	snprintf(err, err_size,
		 "this kernel does not describe its types (" BTF_PATH ": %s): it must be built with "
		 "CONFIG_DEBUG_INFO_BTF=y",
		 strerror(-rc));
	return rc == -EACCES ? rc : -ENOENT;
}

static int write_all(int fd, const char *from, size_t size)
{
	while (size) {
		ssize_t n = write(fd, from, size);

		if (n < 0)
			return -errno;
		from += n;
		size -= (size_t)n;
	}
	return 0;
}

/*
 * Those of the kernel's types that the programs' own BTF names, into a file for libbpf. It would else look through all
 * of the kernel's types for each of them (half of the start-up time), and, not finding one, through those of modules
 * (which takes CAP_SYS_ADMIN).
 */
static int kernel_extract(const struct kernel *k, const struct bpf_object *obj)
{
	const struct btf *btf = bpf_object__btf(obj);
	const char *names[TYPES_MAX];
	size_t count = 0, size = 0;
	void *bytes = NULL;
	int rc;

	for (__u32 id = 1; btf && id < btf__type_cnt(btf) && count < TYPES_MAX; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if ((btf_is_composite(t) || btf_is_any_enum(t) || btf_is_typedef(t)) && t->name_off)
			names[count++] = btf__name_by_offset(btf, t->name_off);
	}
	rc = kernel_types_extract(k->types, names, count, &bytes, &size);
	if (!rc)
		rc = write_all(k->extract, bytes, size);
	free(bytes);
	return rc;
}

/* What is not there need not be tried: libbpf gives up the whole load for one program without its place. */
static void refuse_what_is_not_there(struct hooks *h, const struct kernel_types *types)
{
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		const struct hook *hook = hook_get(id);
		enum kernel_thing thing = hook->kind == HOOK_FUNCTION ? KERNEL_FUNCTION : KERNEL_TRACEPOINT;

		for (size_t i = 0; hook->kind != HOOK_SYSCALL && i < HOOK_PROGRAMS_MAX && hook->programs[i].name; i++) {
			if (!kernel_types_find(types, thing, hook->programs[i].target))
				hooks_refuse(h, id, "this kernel has no %s %s",
					     thing == KERNEL_FUNCTION ? "function" : "tracepoint",
					     hook->programs[i].target);
		}
	}
	if (!kernel_types_enum_has(types, "skb_drop_reason", "SKB_DROP_REASON_TCP_LISTEN_OVERFLOW"))
		hooks_refuse(h, HOOK_ACK_DROPPED, "this kernel does not name the drop");
	if (kernel_types_tracepoint_args(types, "consume_skb") < 2)
		hooks_refuse(h, HOOK_SYN_FREED, "this kernel does not tell where a packet is freed");
}

/* ---- may functions be hooked at all? One small program tells, before twenty others are tried ---- */

static int try_fentry(uint32_t type_id)
{
	const struct bpf_insn body[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY, .attach_btf_id = type_id);
	int program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "try_fentry", "GPL", body, 2, &opts);
	int link;

	if (program < 0)
		return program;
	link = bpf_raw_tracepoint_open(NULL, program);
	close(program);
	if (link < 0)
		return link;
	close(link);
	return 0;
}

void source_kernel_refuse_fentry(struct hooks *h, const struct kernel_types *types)
{
	uint32_t type_id = kernel_types_find(types, KERNEL_FUNCTION, "inet_listen");
	char why[HOOK_WHY_MAX];
	int rc;

	if (h->refused[HOOK_SYN_BEGIN] || !type_id)
		return;
	rc = try_fentry(type_id);
	if (!rc)
		return;
	snprintf(why, sizeof(why), "fentry refused: %s", name_of_errno(-rc));
	hooks_refuse_kind(h, HOOK_FUNCTION, why);
}

/* ---- tracepoints of system calls ---- */

/* Mounted where it usually is; else a mount of our own that nobody sees and that goes with its descriptor. */
int source_kernel_tracefs(void)
{
	int fd, config;

	fd = open("/sys/kernel/tracing/events", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return open("/sys/kernel/tracing", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	config = (int)syscall(SYS_fsopen, "tracefs", 1 /* FSOPEN_CLOEXEC */);
	if (config < 0)
		return -errno;
	if (syscall(SYS_fsconfig, config, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0))
		fd = -errno;
	else
		fd = (int)syscall(SYS_fsmount, config, 1 /* FSMOUNT_CLOEXEC */, 0);
	if (fd < 0 && errno)
		fd = -errno;
	close(config);
	return fd;
}

static int tracepoint_id(int tracefs, const char *name)
{
	char path[128], text[16] = "";
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "events/syscalls/%s/id", name);
	fd = openat(tracefs, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 ? atoi(text) : -EIO;
}

/* A program runs wherever the tracepoint fires; the event that it is tied to needs a CPU only for form's sake. */
struct bpf_link *source_kernel_attach_syscall(int tracefs, const struct bpf_program *program, const char *name)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr)};
	struct bpf_link *link;
	int id = tracepoint_id(tracefs, name);
	int fd;

	if (id < 0) {
		errno = -id;
		return NULL;
	}
	attr.config = (__u64)id;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(program, fd);
	if (!link)
		close(fd);
	return link;
}

/* ---- load ---- */

static uint32_t wake_bytes(const struct source_kernel *s)
{
	size_t share = s->options.ring_bytes / (2 * (size_t)s->cpus);

	return share < WAKE_BYTES_MAX ? (uint32_t)share : WAKE_BYTES_MAX;
}

static void set_settings(struct source_kernel *s, const struct kernel_types *types)
{
	const struct filter *f = &s->options.filter;
	struct sockstate_bpf__rodata *settings = s->skel->rodata;
	struct stat pidns;

	for (unsigned int i = 0; i < f->port_ranges; i++) {
		settings->setting_first_port[i] = f->ports[i].first;
		settings->setting_last_port[i] = f->ports[i].last;
	}
	settings->setting_port_ranges = f->port_ranges;
	settings->setting_local_port = f->side != SIDE_CLIENT;
	settings->setting_remote_port = f->side != SIDE_SERVER;
	settings->setting_netns = f->netns;
	settings->setting_ipv4 = f->ipv4;
	settings->setting_ipv6 = f->ipv6;
	settings->setting_raw = s->options.raw;
	settings->setting_wake_bytes = wake_bytes(s);
	if (!stat("/proc/self/ns/pid", &pidns)) {
		settings->setting_pidns_dev = pidns.st_dev;
		settings->setting_pidns_ino = pidns.st_ino;
		settings->setting_self = (uint32_t)getpid();
	}
	settings->setting_io_uring_cqe = kernel_types_tracepoint_args(types, "io_uring_complete") == 3;
#ifdef SYS_accept
	settings->setting_nr_accept = SYS_accept;
#endif
	settings->setting_nr_accept4 = SYS_accept4;
}

static int open_and_load(struct source_kernel *s, struct kernel *k)
{
	/* 4: how long the verifier took. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_level = said.verbose ? 4 : 0);
	bool first = k->extract < 0;
	struct bpf_program *program;
	char path[32];
	int rc;

	if (first)
		k->extract = memfd_create("sockstate-types", MFD_CLOEXEC);
	if (k->extract < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", k->extract);
	opts.btf_custom_path = path;
	s->skel = sockstate_bpf__open_opts(&opts);
	if (!s->skel)
		return -errno;
	rc = first ? kernel_extract(k, s->skel->obj) : 0;
	if (rc)
		return rc;
	bpf_object__for_each_program(program, s->skel->obj) {
		enum hook_id id = hooks_of_program(bpf_program__name(program));

		if (id < HOOK_COUNT)
			bpf_program__set_autoload(program, s->hooks.chosen[id]);
	}
	set_settings(s, k->types);
	rc = bpf_map__set_max_entries(s->skel->maps.ring, (__u32)s->options.ring_bytes);
	said.program[0] = said.line[0] = '\0';
	return rc ? rc : sockstate_bpf__load(s->skel);
}

/* Undoes one pass. */
static void unload(struct source_kernel *s)
{
	for (size_t i = 0; i < PROGRAMS_MAX; i++) {
		bpf_link__destroy(s->links[i]);
		s->links[i] = NULL;
	}
	s->attached_count = 0;
	sockstate_bpf__destroy(s->skel);
	s->skel = NULL;
}

/* Whose fault it was. False where nothing can be left out to make it better. */
static bool blame(struct source_kernel *s, int rc)
{
	enum hook_id id = hooks_of_program(said.program);

	if (!said.program[0] || id == HOOK_COUNT || id == HOOK_STATE)
		return false;
	hooks_refuse(&s->hooks, id, "%s refused: %s", said.program, name_of_errno(-rc));
	return true;
}

/* ---- attach ---- */

static size_t link_slot(enum hook_id id, size_t i)
{
	return (size_t)id * HOOK_PROGRAMS_MAX + i;
}

/* Once, also where it is attached to two places. */
static void remember_attached(struct source_kernel *s, int program, bool counts)
{
	for (size_t i = 0; i < s->attached_count; i++) {
		if (s->attached[i].fd == program)
			return;
	}
	s->attached[s->attached_count].fd = program;
	s->attached[s->attached_count++].counts = counts;
}

static int attach_hook(struct source_kernel *s, enum hook_id id)
{
	const struct hook *hook = hook_get(id);

	for (size_t i = 0; i < HOOK_PROGRAMS_MAX && hook->programs[i].name; i++) {
		const struct bpf_program *program =
			bpf_object__find_program_by_name(s->skel->obj, hook->programs[i].name);
		struct bpf_link **link = &s->links[link_slot(id, i)];

		if (!program)
			return -ENOENT;
		if (hook->kind == HOOK_SYSCALL)
			*link = source_kernel_attach_syscall(s->tracefs, program, hook->programs[i].target);
		else
			*link = bpf_program__attach(program);
		if (!*link)
			return -errno;
		remember_attached(s, bpf_program__fd(program), !hook->programs[i].sieve && id != HOOK_STATE);
	}
	return 0;
}

static void detach_hook(struct source_kernel *s, enum hook_id id)
{
	for (size_t i = 0; i < HOOK_PROGRAMS_MAX; i++) {
		bpf_link__destroy(s->links[link_slot(id, i)]);
		s->links[link_slot(id, i)] = NULL;
	}
}

static void refuse_attach(struct source_kernel *s, enum hook_id id, int rc)
{
	const struct hook *hook = hook_get(id);

	detach_hook(s, id);
	if (hook->kind == HOOK_SYSCALL && (rc == -EACCES || rc == -EPERM))
		hooks_refuse(&s->hooks, id, "system call tracepoints refused: %s, only root has them",
			     name_of_errno(-rc));
	else
		hooks_refuse(&s->hooks, id, "%s refused: %s", hook->programs[0].target, name_of_errno(-rc));
}

/* ---- self-tests: a function may be there and yet never be called, where the compiler made copies of it ---- */

static void self_test(struct source_kernel *s)
{
	const struct sockstate_bpf__bss *seen = s->skel->bss;

	if (s->hooks.chosen[HOOK_ACCEPT_FAILED]) {
		syscall(SYS_accept4, -1, NULL, NULL, 0);
		if (!seen->seen_accept) {
			detach_hook(s, HOOK_ACCEPT_FAILED);
			hooks_refuse(&s->hooks, HOOK_ACCEPT_FAILED, "__sys_accept4 is never called in this kernel");
		}
	}
	if (s->hooks.chosen[HOOK_LISTEN_ASKED]) {
		syscall(SYS_listen, -1, 0);
		if (!seen->seen_listen) {
			detach_hook(s, HOOK_LISTEN_ASKED);
			hooks_refuse(&s->hooks, HOOK_LISTEN_ASKED, "__sys_listen is never called in this kernel");
		}
	}
}

/* A connection to ourselves, in a network namespace that only we have, for a moment. */
static int connect_to_self(struct sockstate_bpf__bss *learner)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	socklen_t size = sizeof(addr);
	struct stat ns;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc = 0;

	if (listener < 0 || client < 0 || ioctl(listener, SIOCSIFFLAGS, &up) ||
	    bind(listener, (struct sockaddr *)&addr, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&addr, &size))
		rc = -errno;
	if (!rc && !stat("/proc/thread-self/ns/net", &ns))
		learner->self_netns = (uint32_t)ns.st_ino;
	learner->self_port = addr.sin_port;
	if (!rc && connect(client, (struct sockaddr *)&addr, size) && errno != EINPROGRESS)
		rc = -errno;
	/* Mostly it has been dealt with by now, but it may be on its way in ksoftirqd. */
	for (int ms = 0; !rc && !__atomic_load_n(&learner->seen_syn_freed, __ATOMIC_RELAXED) && ms < 200; ms++)
		usleep(1000);
	if (listener >= 0)
		close(listener);
	if (client >= 0)
		close(client);
	return rc;
}

static void learn_where_syns_are_freed(struct source_kernel *s)
{
	size_t learner = link_slot(HOOK_SYN_FREED, 2);
	int home, rc;

	if (!s->hooks.chosen[HOOK_SYN_FREED])
		return;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	rc = home < 0 || unshare(CLONE_NEWNET) ? -errno : connect_to_self(s->skel->bss);
	if (home >= 0) {
		setns(home, CLONE_NEWNET);
		close(home);
	}
	bpf_link__destroy(s->links[learner]);
	s->links[learner] = NULL;
	if (s->skel->bss->seen_syn_freed)
		return;
	detach_hook(s, HOOK_SYN_FREED);
	hooks_refuse(&s->hooks, HOOK_SYN_FREED, "where SYNs are freed could not be learnt: %s",
		     rc ? name_of_errno(-rc) : "not seen");
}

/* Attaches all that was chosen. False where something was refused that another hook may serve. */
static bool attach_chosen(struct source_kernel *s, int *state_rc)
{
	struct hooks before = s->hooks;

	*state_rc = attach_hook(s, HOOK_STATE);
	if (*state_rc)
		return true;
	if ((s->hooks.chosen[HOOK_ACCEPT_SYSCALL] || s->hooks.chosen[HOOK_LISTEN_SYSCALL]) && s->tracefs < 0)
		s->tracefs = source_kernel_tracefs();
	for (enum hook_id id = HOOK_STATE + 1; id < HOOK_COUNT; id++) {
		int rc;

		if (!s->hooks.chosen[id])
			continue;
		rc = hook_get(id)->kind == HOOK_SYSCALL && s->tracefs < 0 ? s->tracefs : attach_hook(s, id);
		if (rc)
			refuse_attach(s, id, rc);
	}
	self_test(s);
	learn_where_syns_are_freed(s);

	hooks_choose(&s->hooks);
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (s->hooks.chosen[id] && !before.chosen[id])
			return false;
		if (!s->hooks.chosen[id])
			detach_hook(s, id);
	}
	return true;
}

static void tell_load_failure(int rc, char *err, size_t err_size)
{
	if (rc == -EPERM)
		snprintf(err, err_size,
			 "the kernel refuses to load tracing programs: capabilities of a container or user namespace "
			 "do not count, kernel lockdown or a security module may forbid it too");
	else
		snprintf(err, err_size, "the kernel did not load the programs: %s%s%s", strerror(-rc),
			 said.line[0] ? "; " : "", said.line);
}

static int load_and_attach(struct source_kernel *s, struct kernel *k, char *err, size_t err_size)
{
	for (int pass = 0; pass < HOOK_COUNT; pass++) {
		int rc;

		hooks_choose(&s->hooks);
		rc = open_and_load(s, k);
		if (rc) {
			unload(s);
			if (blame(s, rc))
				continue;
			tell_load_failure(rc, err, err_size);
			return rc;
		}
		if (attach_chosen(s, &rc)) {
			if (rc)
				snprintf(err, err_size, "the kernel did not attach to inet_sock_set_state: %s",
					 strerror(-rc));
			return rc;
		}
		unload(s);
	}
	snprintf(err, err_size, "the kernel refuses a different hook each time");
	return -EAGAIN;
}

/* ---- the source ---- */

static int on_record(void *ctx, void *bytes, size_t size)
{
	struct source_kernel *s = ctx;
	int rc;

	if (size >= sizeof(struct fact_hdr))
		s->t_read = ((const struct fact_hdr *)bytes)->t;
	rc = s->fn(s->ctx, bytes, size);
	if (rc < 0)
		return rc;
	s->more = ++s->records == RECORDS_MAX;
	return s->more ? -ECANCELED : 0;
}

static int open_with(struct source_kernel *s, struct kernel *k, struct fact_list *facts, char *err, size_t err_size)
{
	int rc;

	hooks_init(&s->hooks, s->options.name_syn_drops, s->options.syscall_fallback, s->options.force_absent);
	refuse_what_is_not_there(&s->hooks, k->types);
	source_kernel_refuse_fentry(&s->hooks, k->types);
	rc = load_and_attach(s, k, err, err_size);
	if (rc)
		return rc;
	s->ring = ring_buffer__new(bpf_map__fd(s->skel->maps.ring), on_record, s, NULL);
	if (!s->ring) {
		rc = -errno;
		snprintf(err, err_size, "cannot map the ring buffer of %zu bytes: %s", s->options.ring_bytes, strerror(-rc));
		return rc;
	}
	s->listening_walk = bpf_program__attach_iter(s->skel->progs.listening_files, NULL);
	hooks_tell(&s->hooks, kernel_types_find(k->types, KERNEL_ENUM, "sk_rst_reason"), facts);
	return 0;
}

static int open_parts(struct source_kernel *s, struct fact_list *facts, char *err, size_t err_size)
{
	struct kernel kernel;
	int rc;

	s->cpus = libbpf_num_possible_cpus();
	if (s->cpus < 1 || s->cpus > CPUS_MAX) {
		snprintf(err, err_size, "cannot tell how many CPUs there are");
		return -E2BIG;
	}
	rc = kernel_look(&kernel, err, err_size);
	if (!rc)
		rc = open_with(s, &kernel, facts, err, err_size);
	kernel_done(&kernel);
	return rc;
}

int source_kernel_open(struct source_kernel **out, const struct kernel_options *options, struct fact_list *facts,
		       char *err, size_t err_size)
{
	struct source_kernel *s = calloc(1, sizeof(*s));
	int rc;

	if (!s) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	s->options = *options;
	s->options.force_absent = NULL;
	s->tracefs = -1;
	said.verbose = options->verbose;
	libbpf_set_print(on_libbpf);
	s->options.force_absent = options->force_absent;
	rc = open_parts(s, facts, err, err_size);
	s->options.force_absent = NULL;
	if (rc) {
		source_kernel_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void source_kernel_free(struct source_kernel *s)
{
	if (!s)
		return;
	ring_buffer__free(s->ring);
	bpf_link__destroy(s->listening_walk);
	unload(s);
	if (s->tracefs >= 0)
		close(s->tracefs);
	sockdiag_free(s->sockdiag);
	free(s);
}

static int64_t now_ms(void)
{
	return (int64_t)(clock_now_ns() / NS_PER_MS);
}

int source_kernel_poll(struct source_kernel *s, int timeout_ms, record_fn fn, void *ctx)
{
	int64_t end = now_ms() + timeout_ms;
	int rc;

	s->fn = fn;
	s->ctx = ctx;
	s->records = 0;
	s->more = false;
	for (;;) {
		struct epoll_event event;
		int64_t left;

		rc = ring_buffer__consume(s->ring);
		if (rc < 0 && !s->more)
			return rc;
		left = end - now_ms();
		if (s->records || left <= 0)
			return s->records;
		/* No wake-up comes for little: look again soon. */
		if (epoll_wait(ring_buffer__epoll_fd(s->ring), &event, 1, (int)(left < LOOK_MS ? left : LOOK_MS)) < 0)
			return -errno;
	}
}

uint64_t source_kernel_complete_until(const struct source_kernel *s, uint64_t began)
{
	return s->more && s->t_read < began ? s->t_read : began;
}

/* ---- what did not arrive ---- */

static uint64_t recursion_misses(int program)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.recursion_misses;
}

/* Over all CPUs. */
static int read_count(const struct source_kernel *s, enum count which, uint64_t *sum)
{
	__u64 values[CPUS_MAX];
	__u32 key = which;
	int rc = bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.counts), &key, values);

	if (rc)
		return rc;
	*sum = 0;
	for (int i = 0; i < s->cpus; i++)
		*sum += values[i];
	return 0;
}

int source_kernel_lost(struct source_kernel *s, uint64_t lost[FACT_LOST_PLACES])
{
	uint64_t ring, map, recovered, missed;
	int rc = read_count(s, COUNT_LOST_RING, &ring);

	if (!rc)
		rc = read_count(s, COUNT_LOST_MAP, &map);
	if (!rc)
		rc = read_count(s, COUNT_RECOVERED, &recovered);
	if (rc)
		return rc;
	/* Transitions that the first program missed and the second did not make up for. */
	missed = recursion_misses(bpf_program__fd(s->skel->progs.set_state));
	missed = missed > recovered ? missed - recovered : 0;
	for (size_t i = 0; i < s->attached_count; i++) {
		if (s->attached[i].counts)
			missed += recursion_misses(s->attached[i].fd);
	}
	memset(lost, 0, FACT_LOST_PLACES * sizeof(lost[0]));
	lost[FACT_LOST_RING] = ring;
	lost[FACT_LOST_MAP] = map;
	lost[FACT_LOST_RECURSION] = missed;
	return 0;
}

/* ---- for existing.c ---- */

int source_kernel_owners(struct source_kernel *s,
			 void (*fn)(void *ctx, uint64_t sk, uint64_t cookie, uint32_t netns, int fd,
				    const struct fact_task *task),
			 void *ctx)
{
	struct bpf_link *link = bpf_program__attach_iter(s->skel->progs.existing_files, NULL);
	struct existing_file files[128];
	int count = 0, iter;
	ssize_t n;

	if (!link)
		return -errno;
	iter = bpf_iter_create(bpf_link__fd(link));
	if (iter < 0) {
		n = -errno;
		bpf_link__destroy(link);
		return (int)n;
	}
	/* Whole records only: the kernel's buffer is larger than this, and a record is written at once or not at all. */
	while ((n = read(iter, files, sizeof(files))) > 0) {
		for (size_t i = 0; i < (size_t)n / sizeof(files[0]); i++, count++)
			fn(ctx, files[i].sk, files[i].cookie, files[i].netns, files[i].fd, &files[i].task);
	}
	n = n < 0 ? -errno : count;
	close(iter);
	bpf_link__destroy(link);
	return (int)n;
}

int source_kernel_walk_listeners(struct source_kernel *s, record_fn fn, void *ctx)
{
	struct fact_existing listeners[64];
	int iter, rc = 0;
	ssize_t n;

	if (!s->listening_walk)
		return -EOPNOTSUPP;
	iter = bpf_iter_create(bpf_link__fd(s->listening_walk));
	if (iter < 0)
		return -errno;
	/* Whole records only, as above. */
	while (!rc && (n = read(iter, listeners, sizeof(listeners))) != 0) {
		if (n < 0)
			rc = -errno;
		for (size_t i = 0; !rc && i < (size_t)n / sizeof(listeners[0]); i++)
			rc = fn(ctx, &listeners[i], sizeof(listeners[i]));
	}
	close(iter);
	return rc;
}

struct sockdiag **source_kernel_sockdiag(struct source_kernel *s)
{
	return &s->sockdiag;
}

const struct filter *source_kernel_filter(const struct source_kernel *s)
{
	return &s->options.filter;
}
