// SPDX-License-Identifier: BSD-2-Clause
/*
 * stream_source.c - loads the programs, attaches them, counts what they could not send.
 *
 * One pass: choose hooks (hooks.h), load, attach. Whatever the kernel refuses is marked and the
 * pass is made again, since another hook may now serve the fact. Nothing is known from the kernel's
 * version.
 */
#include "kernel/stream_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/btf.h"
#include "base/errnos.h"
#include "counts.h"
#include "existing.h"
#include "fact/hooks.h"
#include "kernel/look.h"
#include "kernel/mapped_rings.h"
#include "kernel/programs.h"
#include "kernel/self_test.h"
#include "kernel/sockdiag.h"
#include "sockstate.skel.h"

#define CPUS_MAX     8192 /* CONFIG_NR_CPUS of the largest kernels */
#define PROGRAMS_MAX (HOOK_COUNT * HOOK_PROGRAMS_MAX)

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
	struct mapped_rings rings;
	int tracefs;			 /* -1, or a directory */
	struct bpf_link *listening_walk; /* NULL where the kernel refuses it */
	int cpus;
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

/* ---- load ---- */

static void set_settings(struct source_kernel *s, const struct kernel_types *types)
{
	struct sockstate_bpf__rodata *settings = s->skel->rodata;
	struct stat pidns;

	PROGRAMS_SET(settings, &s->options.filter, types);
	settings->setting_raw = s->options.raw;
	settings->setting_rings = s->rings.count;
	settings->setting_ring_bytes = s->rings.bytes;
	settings->setting_wake_bytes = s->rings.wake_bytes;
	if (!stat("/proc/self/ns/pid", &pidns)) {
		settings->setting_pidns_dev = pidns.st_dev;
		settings->setting_pidns_ino = pidns.st_ino;
		settings->setting_self = (uint32_t)getpid();
	}
}

static int open_and_load(struct source_kernel *s, struct kernel *k)
{
	/* 4: how long the verifier took. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_level = said.verbose ? 4 : 0);
	char path[KERNEL_PATH_MAX];
	int rc = kernel_extract_path(k, path);

	if (rc)
		return rc;
	opts.btf_custom_path = path;
	s->skel = sockstate_bpf__open_opts(&opts);
	if (!s->skel)
		return -errno;
	rc = kernel_extract(k, s->skel->obj);
	if (rc)
		return rc;
	programs_choose(s->skel->obj, &s->hooks);
	set_settings(s, k->types);
	rc = mapped_rings_size(&s->rings, s->skel->maps.ring_ends, s->skel->maps.ring_chunks);
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
	hooks_refuse(&s->hooks, id, "%s refused: %s", said.program, errno_name(-rc));
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
		*link = programs_attach(program, hook->kind, hook->programs[i].target, s->tracefs);
		if (!*link)
			return -errno;
		remember_attached(s, bpf_program__fd(program),
				  !hook->programs[i].sieve && id != HOOK_STATE);
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
		hooks_refuse(&s->hooks, id,
			     "system call tracepoints refused: %s, only root has them",
			     errno_name(-rc));
	else
		hooks_refuse(&s->hooks, id, "%s refused: %s", hook->programs[0].target,
			     errno_name(-rc));
}

/* Of HOOK_SYN_FREED the program that is of use to the self-test only. */
static void detach_learner(struct source_kernel *s)
{
	struct bpf_link **learner = &s->links[link_slot(HOOK_SYN_FREED, 2)];

	bpf_link__destroy(*learner);
	*learner = NULL;
}

/* Attaches all that was chosen. False where something was refused that another hook may serve. */
static bool attach_chosen(struct source_kernel *s, int *state_rc)
{
	struct hooks before = s->hooks;

	*state_rc = attach_hook(s, HOOK_STATE);
	if (*state_rc)
		return true;
	if ((s->hooks.chosen[HOOK_ACCEPT_SYSCALL] || s->hooks.chosen[HOOK_LISTEN_SYSCALL]) &&
	    s->tracefs < 0)
		s->tracefs = programs_tracefs();
	for (enum hook_id id = HOOK_STATE + 1; id < HOOK_COUNT; id++) {
		int rc;

		if (!s->hooks.chosen[id])
			continue;
		rc = attach_hook(s, id);
		if (rc)
			refuse_attach(s, id, rc);
	}
	self_test(&s->hooks, s->skel->bss);
	detach_learner(s);

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
		snprintf(
			err, err_size,
			"the kernel refuses to load tracing programs: capabilities of a container or user namespace "
			"do not count, kernel lockdown or a security module may forbid it too");
	else
		snprintf(err, err_size, "the kernel did not load the programs: %s%s%s",
			 strerror(-rc), said.line[0] ? "; " : "", said.line);
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
				snprintf(err, err_size,
					 "the kernel did not attach to inet_sock_set_state: %s",
					 strerror(-rc));
			return rc;
		}
		unload(s);
	}
	snprintf(err, err_size, "the kernel refuses a different hook each time");
	return -EAGAIN;
}

/* ---- the source ---- */

static int open_with(struct source_kernel *s, struct kernel *k, struct fact_list *facts, char *err,
		     size_t err_size)
{
	int rc;

	programs_know(k->types);
	hooks_init(&s->hooks, s->options.name_syn_drops, s->options.syscall_fallback,
		   s->options.force_absent);
	kernel_refuse(k, &s->hooks);
	rc = load_and_attach(s, k, err, err_size);
	if (rc)
		return rc;
	rc = mapped_rings_open(&s->rings, s->skel->maps.ring_ends, s->skel->maps.ring_chunks,
			       s->skel->maps.bell);
	if (rc) {
		snprintf(err, err_size, "cannot map %u rings of %zu bytes: %s", s->rings.count,
			 s->rings.bytes, strerror(-rc));
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
	mapped_rings_plan(&s->rings, s->options.ring_bytes, s->cpus);
	rc = kernel_look(&kernel, err, err_size);
	if (!rc)
		rc = open_with(s, &kernel, facts, err, err_size);
	kernel_done(&kernel);
	return rc;
}

int source_kernel_open(struct source_kernel **out, const struct kernel_options *options,
		       struct fact_list *facts, char *err, size_t err_size)
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
	mapped_rings_close(&s->rings);
	bpf_link__destroy(s->listening_walk);
	unload(s);
	if (s->tracefs >= 0)
		close(s->tracefs);
	sockdiag_free(s->sockdiag);
	free(s);
}

int source_kernel_poll(struct source_kernel *s, int timeout_ms, record_fn fn, void *ctx)
{
	return mapped_rings_poll(&s->rings, timeout_ms, fn, ctx);
}

int source_kernel_poll_ahead(struct source_kernel *s, record_fn fn, void *ctx)
{
	return mapped_rings_poll_ahead(&s->rings, fn, ctx);
}

uint64_t source_kernel_complete_until(const struct source_kernel *s)
{
	return s->rings.complete;
}

/* ---- what did not arrive ---- */

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
	missed = programs_missed(bpf_program__fd(s->skel->progs.set_state));
	missed = missed > recovered ? missed - recovered : 0;
	for (size_t i = 0; i < s->attached_count; i++) {
		if (s->attached[i].counts)
			missed += programs_missed(s->attached[i].fd);
	}
	memset(lost, 0, FACT_LOST_PLACES * sizeof(lost[0]));
	lost[FACT_LOST_RING] = ring;
	lost[FACT_LOST_MAP] = map;
	lost[FACT_LOST_RECURSION] = missed;
	return 0;
}

/* ---- for kernel/snapshot.c ---- */

int source_kernel_owners(struct source_kernel *s, record_fn fn, void *ctx)
{
	return programs_walk_once(s->skel->progs.existing_files, sizeof(struct existing_file), fn,
				  ctx);
}

int source_kernel_walk_listeners(struct source_kernel *s, record_fn fn, void *ctx)
{
	if (!s->listening_walk)
		return -EOPNOTSUPP;
	return programs_walk(s->listening_walk, sizeof(struct fact_existing), fn, ctx);
}

struct sockdiag **source_kernel_sockdiag(struct source_kernel *s)
{
	return &s->sockdiag;
}

const struct filter *source_kernel_filter(const struct source_kernel *s)
{
	return &s->options.filter;
}
