// SPDX-License-Identifier: BSD-2-Clause
/*
 * count_source.c - loads the programs of --summary, attaches them, reads what they count.
 *
 * Which hooks serve is decided by the same table as for the stream (hooks.h): a program here bears
 * the name of the one there that hooks the same place. Nothing is known from the kernel's version.
 */
#include "kernel/count_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errnos.h"
#include "fact/hooks.h"
#include "kernel/clock.h"
#include "kernel/look.h"
#include "kernel/programs.h"
#include "kernel/sockdiag.h"
#include "kernel/source.h"
#include "listener/tally.h"
#include "summary.h"
#include "summary.skel.h"

#define LINKS_MAX (HOOK_COUNT * HOOK_PROGRAMS_MAX)

struct summary_source {
	struct kernel_options options;
	struct summary_bpf *skel;
	struct hooks hooks;
	struct bpf_link *links[LINKS_MAX];
	size_t linked;
	struct bpf_link *reader; /* the walk over the listeners */
	int tracefs;
	int cpus;
	struct summary_stats *by_cpu; /* room for one listener's */
};

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int aloud(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vfprintf(stderr, format, args);
}

/* ---- which hooks ---- */

/* Of the facts that a stream tells, those that counts are made of. */
static const enum hook_id used[] = {
	HOOK_STATE,    HOOK_RETRANSMIT,	 HOOK_ENQUEUE,	      HOOK_LISTENER_READY,
	HOOK_ACCEPT,   HOOK_IO_ACCEPT,	 HOOK_ACCEPT_SYSCALL, HOOK_ACCEPT_ANY_SYSCALL,
	HOOK_IO_URING, HOOK_ACK_REFUSED, HOOK_ACK_DROPPED,
};

static bool is_used(enum hook_id id)
{
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		if (used[i] == id)
			return true;
	}
	return false;
}

static void refuse_hooks(struct summary_source *s, const struct kernel *k)
{
	hooks_init(&s->hooks, false, s->options.syscall_fallback, s->options.force_absent);
	kernel_refuse(k, &s->hooks);
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (!is_used(id))
			hooks_refuse(&s->hooks, id, "--summary does without");
	}
}

/* ---- load ---- */

static void set_settings(struct summary_source *s, const struct kernel_types *types)
{
	struct summary_bpf__rodata *settings = s->skel->rodata;

	PROGRAMS_SET(settings, &s->options.filter, types);
	settings->setting_ready = s->hooks.chosen[HOOK_LISTENER_READY];
	settings->setting_enqueue = s->hooks.chosen[HOOK_ENQUEUE];
}

static int load(struct summary_source *s, struct kernel *k)
{
	/* 4: how long the verifier took. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_level = s->options.verbose ? 4 : 0);
	char path[KERNEL_PATH_MAX];
	int rc = kernel_extract_path(k, path);

	if (rc)
		return rc;
	opts.btf_custom_path = path;
	s->skel = summary_bpf__open_opts(&opts);
	if (!s->skel)
		return -errno;
	rc = kernel_extract(k, s->skel->obj);
	if (rc)
		return rc;
	programs_choose(s->skel->obj, &s->hooks);
	set_settings(s, k->types);
	return summary_bpf__load(s->skel);
}

static void unload(struct summary_source *s)
{
	for (size_t i = 0; i < s->linked; i++)
		bpf_link__destroy(s->links[i]);
	s->linked = 0;
	bpf_link__destroy(s->reader);
	s->reader = NULL;
	summary_bpf__destroy(s->skel);
	s->skel = NULL;
}

/* What is likeliest to be refused goes first. False: nothing is left that could do without. */
static bool refuse_one(struct summary_source *s, int rc)
{
	static const enum hook_id doubtful[] = {HOOK_IO_URING,	     HOOK_LISTENER_READY,
						HOOK_ACCEPT_SYSCALL, HOOK_ACCEPT_ANY_SYSCALL,
						HOOK_ACK_DROPPED,    HOOK_RETRANSMIT};
	char text[HOOK_WHY_MAX];

	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (s->hooks.chosen[id] && hook_get(id)->kind == HOOK_FUNCTION) {
			snprintf(text, sizeof(text), "fentry refused: %s", errno_name(-rc));
			hooks_refuse_kind(&s->hooks, HOOK_FUNCTION, text);
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(doubtful) / sizeof(doubtful[0]); i++) {
		if (s->hooks.chosen[doubtful[i]]) {
			hooks_refuse(&s->hooks, doubtful[i], "%s refused: %s",
				     hook_get(doubtful[i])->programs[0].target, errno_name(-rc));
			return true;
		}
	}
	return false;
}

static int attach_hook(struct summary_source *s, enum hook_id id)
{
	const struct hook *hook = hook_get(id);

	for (size_t i = 0; i < HOOK_PROGRAMS_MAX && hook->programs[i].name; i++) {
		const struct bpf_program *program =
			bpf_object__find_program_by_name(s->skel->obj, hook->programs[i].name);
		struct bpf_link *link;

		if (!program) /* the stream needs more of that hook than we */
			continue;
		link = programs_attach(program, hook->kind, hook->programs[i].target, s->tracefs);
		if (!link)
			return -errno;
		s->links[s->linked++] = link;
	}
	return 0;
}

/* 0, or 1 where a hook was refused and another choice is to be tried, or a negative errno. */
static int attach(struct summary_source *s)
{
	if (s->hooks.chosen[HOOK_ACCEPT_SYSCALL] && s->tracefs < 0)
		s->tracefs = programs_tracefs();
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		int rc;

		if (!s->hooks.chosen[id])
			continue;
		rc = attach_hook(s, id);
		if (!rc)
			continue;
		if (id == HOOK_STATE)
			return rc;
		hooks_refuse(&s->hooks, id, "%s refused: %s", hook_get(id)->programs[0].target,
			     errno_name(-rc));
		return 1;
	}
	return 0;
}

static int load_and_attach(struct summary_source *s, struct kernel *k, char *err, size_t err_size)
{
	int rc;

	libbpf_set_print(s->options.verbose ? aloud : silent);
	for (int pass = 0; pass < HOOK_COUNT; pass++) {
		hooks_choose(&s->hooks);
		rc = load(s, k);
		if (rc) {
			unload(s);
			if (refuse_one(s, rc))
				continue;
			break;
		}
		rc = attach(s);
		if (!rc)
			return 0;
		unload(s);
		if (rc < 0)
			break;
	}
	snprintf(err, err_size,
		 "the kernel does not take the programs of --summary: %s (--verbose tells more)",
		 strerror(rc < 0 ? -rc : EAGAIN));
	return rc < 0 ? rc : -EAGAIN;
}

/* ---- what is there already ---- */

static int no_row(void *ctx, const struct sockdiag_row *row)
{
	(void)ctx;
	(void)row;
	return 0;
}

/*
 * Sockets of nobody's have counters from the start; a listener gets them with its first connection.
 */
static int begin_nobody(struct summary_source *s)
{
	__u64 cookie = 0;

	memset(s->by_cpu, 0, (size_t)s->cpus * sizeof(*s->by_cpu));
	return bpf_map_update_elem(bpf_map__fd(s->skel->maps.stats), &cookie, s->by_cpu, BPF_ANY);
}

/*
 * Listing them makes the kernel give them cookies; then a walk over all open files finds them in
 * all namespaces.
 */
static int find_listeners(struct summary_source *s)
{
	struct sockdiag *sd;

	if (!sockdiag_open(&sd)) {
		sockdiag_dump(sd, &s->options.filter, SOCKDIAG_LISTEN, no_row, NULL);
		sockdiag_free(sd);
	}
	return programs_walk_once(s->skel->progs.find_listeners, sizeof(struct summary_reading),
				  NULL, NULL);
}

static int make_reader(struct summary_source *s)
{
	union bpf_iter_link_info info = {.map.map_fd = (__u32)bpf_map__fd(s->skel->maps.listeners)};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));

	s->reader = bpf_program__attach_iter(s->skel->progs.read_listeners, &opts);
	return s->reader ? 0 : -errno;
}

static int open_programs(struct summary_source *s, char *err, size_t err_size)
{
	struct kernel kernel;
	int rc = kernel_look(&kernel, err, err_size);

	if (!rc) {
		programs_know(kernel.types);
		refuse_hooks(s, &kernel);
		rc = load_and_attach(s, &kernel, err, err_size);
	}
	kernel_done(&kernel);
	return rc;
}

static int open_parts(struct summary_source *s, char *err, size_t err_size)
{
	int rc;

	s->cpus = libbpf_num_possible_cpus();
	s->by_cpu = s->cpus > 0 ? calloc((size_t)s->cpus, sizeof(*s->by_cpu)) : NULL;
	if (!s->by_cpu) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	rc = open_programs(s, err, err_size);
	if (rc)
		return rc;
	rc = begin_nobody(s);
	if (!rc)
		rc = find_listeners(s);
	if (!rc)
		rc = make_reader(s);
	if (rc)
		snprintf(err, err_size, "cannot read the kernel's listeners: %s", strerror(-rc));
	return rc;
}

int summary_source_open(struct summary_source **out, const struct kernel_options *options,
			struct fact_list *facts, char *err, size_t err_size)
{
	struct summary_source *s = calloc(1, sizeof(*s));
	int rc;

	if (!s) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	s->options = *options;
	s->tracefs = -1;
	rc = open_parts(s, err, err_size);
	if (rc) {
		summary_source_free(s);
		return rc;
	}
	hooks_tell(&s->hooks, false, facts);
	*out = s;
	return 0;
}

void summary_source_free(struct summary_source *s)
{
	if (!s)
		return;
	unload(s);
	free(s->by_cpu);
	if (s->tracefs >= 0)
		close(s->tracefs);
	free(s);
}

/* ---- reading ---- */

static int read_stats(struct summary_source *s, uint64_t cookie, struct summary_stats *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.stats), &cookie, s->by_cpu))
		return -errno;
	for (int i = 0; i < s->cpus; i++)
		tally_sum(sum, &s->by_cpu[i]);
	return 0;
}

/* Nobody will accept those that waited at a listener that has gone. */
static void sweep(struct summary_source *s, uint64_t cookie)
{
	struct summary_waiting *w = s->skel->bss->waiting;

	for (size_t i = 0; i < SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS; i++) {
		__u64 sk = w[i].sk;

		if (sk && w[i].cookie == cookie)
			__sync_bool_compare_and_swap(&w[i].sk, sk, 0);
	}
}

struct reading {
	struct summary_source *s;
	struct tally *tally;
	uint64_t gone[SUMMARY_LISTENERS];
	size_t count;
};

static int on_listener(void *ctx, const void *bytes, size_t size)
{
	const struct summary_reading *r = bytes;
	struct reading *reading = ctx;
	struct summary_source *s = reading->s;
	struct summary_stats sum;
	bool any = r->listener.used && !read_stats(s, r->cookie, &sum);
	int rc = tally_listener(reading->tally, r, any ? &sum : NULL);

	(void)size;
	if (!r->q.sk && reading->count < SUMMARY_LISTENERS)
		reading->gone[reading->count++] = r->cookie;
	return rc;
}

/* The kernel's tables are for those that listen; what the others did is in the tally now. */
static void forget_gone(struct summary_source *s, const struct reading *reading)
{
	int listeners = bpf_map__fd(s->skel->maps.listeners);

	for (size_t i = 0; i < reading->count; i++) {
		struct summary_listener l;
		uint64_t cookie = reading->gone[i];

		/* It may listen again by now. */
		if (bpf_map_lookup_elem(listeners, &cookie, &l) || l.sk)
			continue;
		bpf_map_delete_elem(listeners, &cookie);
		bpf_map_delete_elem(bpf_map__fd(s->skel->maps.stats), &cookie);
		sweep(s, cookie);
	}
}

static int read_cpus(struct summary_source *s, uint64_t count[SUMMARY_COUNTS],
		     struct summary_stats *nobody)
{
	struct summary_cpu *all = calloc((size_t)s->cpus, sizeof(*all));
	__u32 zero = 0;
	int rc;

	if (!all)
		return -ENOMEM;
	memset(count, 0, SUMMARY_COUNTS * sizeof(count[0]));
	rc = bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.cpus), &zero, all);
	for (int i = 0; !rc && i < s->cpus; i++) {
		for (int j = 0; j < SUMMARY_COUNTS; j++)
			count[j] += all[i].count[j];
		for (int j = 0; j < SUMMARY_STATES; j++)
			nobody->entered[j] += all[i].entered[j];
	}
	free(all);
	return rc;
}

int summary_source_read(struct summary_source *s, struct tally *tally,
			uint64_t lost[FACT_LOST_PLACES])
{
	struct reading reading = {.s = s, .tally = tally};
	uint64_t counts[SUMMARY_COUNTS], missed;
	struct summary_stats nobody;
	int rc;

	tally_begin(tally, clock_now_ns());
	rc = programs_walk(s->reader, sizeof(struct summary_reading), on_listener, &reading);
	forget_gone(s, &reading);
	if (!rc)
		rc = read_stats(s, 0, &nobody);
	if (!rc)
		rc = read_cpus(s, counts, &nobody);
	if (rc)
		return rc;
	tally_nobody(tally, &nobody);
	/* Transitions that the first program missed and the second did not make up for. */
	missed = programs_missed(bpf_program__fd(s->skel->progs.set_state));
	missed = missed > counts[SUMMARY_RECOVERED] ? missed - counts[SUMMARY_RECOVERED] : 0;
	missed += programs_missed(bpf_program__fd(s->skel->progs.synack_again));
	memset(lost, 0, FACT_LOST_PLACES * sizeof(lost[0]));
	lost[FACT_LOST_RECURSION] = missed;
	lost[FACT_LOST_MAP] = counts[SUMMARY_LOST_LISTENER] + counts[SUMMARY_LOST_WAITING];
	return 0;
}
