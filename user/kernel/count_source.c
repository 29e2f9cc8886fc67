// SPDX-License-Identifier: BSD-2-Clause
/*
 * count_source.c - the programs of --summary: their description for the loader (loader.h), and the
 * counts that they keep.
 *
 * The hooks are chosen by the same table as for the stream (fact/hooks.h). A program here has the
 * same name as the stream's program for the same hook.
 */
#include "kernel/count_source.h"
#include "kernel/look.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fact/hooks.h"
#include "kernel/clock.h"
#include "kernel/loader.h"
#include "kernel/programs.h"
#include "kernel/sockdiag.h"
#include "kernel/source.h"
#include "listener/tally.h"
#include "summary.h"
#include "summary.skel.h"

struct summary_source {
	struct filter filter;
	struct loader loader;
	struct summary_bpf *skel;
	const struct bpf_link *reader; /* brings the queues of all listeners up to date */
	int cpus;
	/* Buffers: one listener's counters for each CPU, their sum, and the map of listeners. */
	struct summary_stats *by_cpu;
	struct summary_stats sum;
	__u64 cookie[SUMMARY_LISTENERS];
	struct summary_listener listener[SUMMARY_LISTENERS];
	struct summary_rare rare_key[SUMMARY_RARE_MAX];
	__u64 rare_value[SUMMARY_RARE_MAX];
	struct rare_reading rare[SUMMARY_RARE_MAX];
	size_t rare_count;
	struct queued_wait waits[SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS];
};

/* ---- the object of programs ---- */

/* The hooks of the stream that --summary needs for its counts. */
static const enum hook_id used[] = {
	HOOK_STATE,	     HOOK_RETRANSMIT,	 HOOK_RESET,	      HOOK_COOKIE_MADE_V4,
	HOOK_COOKIE_MADE_V6, HOOK_ACCEPT_FAILED, HOOK_ENQUEUE,	      HOOK_LISTENER_READY,
	HOOK_ACCEPT,	     HOOK_IO_ACCEPT,	 HOOK_ACCEPT_SYSCALL, HOOK_ACCEPT_ANY_SYSCALL,
	HOOK_IO_URING,	     HOOK_ACK_REFUSED,	 HOOK_ACK_DROPPED,
};

static int open_object(void *ctx, const struct bpf_object_open_opts *opts, struct bpf_object **obj)
{
	struct summary_source *s = ctx;

	s->skel = summary_bpf__open_opts(opts);
	if (!s->skel)
		return -errno;
	*obj = s->skel->obj;
	return 0;
}

static int prepare_object(void *ctx, const struct hooks *h, const struct kernel_types *types)
{
	struct summary_source *s = ctx;
	struct summary_bpf__rodata *settings = s->skel->rodata;

	PROGRAMS_SET(settings, &s->filter, types);
	settings->setting_ready = h->chosen[HOOK_LISTENER_READY];
	settings->setting_enqueue = h->chosen[HOOK_ENQUEUE];
	settings->setting_ack_refused = h->chosen[HOOK_ACK_REFUSED];
	return 0;
}

static int load_object(void *ctx)
{
	struct summary_source *s = ctx;

	return summary_bpf__load(s->skel);
}

static void close_object(void *ctx)
{
	struct summary_source *s = ctx;

	summary_bpf__destroy(s->skel);
	s->skel = NULL;
}

static const struct loader_object summary_object = {
	.hooks = used,
	.hook_count = sizeof(used) / sizeof(used[0]),
	.without = "--summary does without",
	.settings_follow_choice = true,
	.open = open_object,
	.prepare = prepare_object,
	.load = load_object,
	.close = close_object,
};

/* ---- what is there already ---- */

static int no_row(void *ctx, const struct sockdiag_row *row)
{
	(void)ctx;
	(void)row;
	return 0;
}

/*
 * Makes the counters for sockets without a known listener. A listener gets its counters with its
 * first connection.
 */
static int begin_nobody(struct summary_source *s)
{
	__u64 cookie = 0;

	memset(s->by_cpu, 0, (size_t)s->cpus * sizeof(*s->by_cpu));
	return bpf_map_update_elem(bpf_map__fd(s->skel->maps.stats), &cookie, s->by_cpu, BPF_ANY);
}

/*
 * Lists the listeners, so that the kernel gives them cookies. Then a walk over all open files finds
 * them in all namespaces.
 */
static int find_listeners(struct summary_source *s)
{
	struct sockdiag *sd;

	if (!sockdiag_open(&sd)) {
		sockdiag_dump(sd, &s->filter, SOCKDIAG_LISTEN, no_row, NULL);
		sockdiag_free(sd);
	}
	return programs_walk_once(s->skel->progs.find_listeners, NULL, NULL);
}

static int make_reader(struct summary_source *s)
{
	s->reader = loader_iterate(&s->loader, s->skel->progs.read_listeners, NULL);
	return s->reader ? 0 : -errno;
}

static int open_parts(struct summary_source *s, const struct kernel_options *options,
		      struct fact_list *facts, char *err, size_t err_size)
{
	int rc;

	s->cpus = kernel_cpus(err, err_size);
	if (s->cpus < 0)
		return s->cpus;
	s->by_cpu = calloc((size_t)s->cpus, sizeof(*s->by_cpu));
	if (!s->by_cpu) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	rc = loader_open(&s->loader, &summary_object, s, options, facts, err, err_size);
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
	s->filter = options->filter;
	rc = open_parts(s, options, facts, err, err_size);
	if (rc) {
		summary_source_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

bool summary_source_counts_cookies(const struct summary_source *s)
{
	return s->loader.hooks.chosen[HOOK_COOKIE_MADE_V4] &&
	       s->loader.hooks.chosen[HOOK_COOKIE_MADE_V6];
}

void summary_source_pause(struct summary_source *s, bool pause)
{
	struct summary_bpf__bss *bss = s->skel->bss;

	/* What was accepted meanwhile is not to be found at its address again. */
	if (!pause)
		memset(bss->waiting, 0, sizeof(bss->waiting));
	__atomic_store_n(&bss->paused, pause, __ATOMIC_RELEASE);
}

void summary_source_free(struct summary_source *s)
{
	if (!s)
		return;
	loader_close(&s->loader);
	free(s->by_cpu);
	free(s);
}

/* ---- reading ---- */

/* Into s->sum. */
static int read_stats(struct summary_source *s, uint64_t cookie)
{
	memset(&s->sum, 0, sizeof(s->sum));
	if (bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.stats), &cookie, s->by_cpu))
		return -errno;
	for (int i = 0; i < s->cpus; i++)
		tally_sum(&s->sum, &s->by_cpu[i]);
	return 0;
}

/* All entries of the map, into s->cookie and s->listener. Returns how many. */
static int read_listeners(struct summary_source *s)
{
	__u32 count = SUMMARY_LISTENERS, next;
	int rc = programs_walk(s->reader, NULL, NULL);

	if (rc)
		return rc;
	/* -ENOENT: these are the last ones. */
	rc = bpf_map_lookup_batch(bpf_map__fd(s->skel->maps.listeners), NULL, &next, s->cookie,
				  s->listener, &count, NULL);
	return rc && rc != -ENOENT ? rc : (int)count;
}

/* What happened rarely, into s->rare. */
static int read_rare(struct summary_source *s)
{
	__u32 count = SUMMARY_RARE_MAX, next;
	int rc = bpf_map_lookup_batch(bpf_map__fd(s->skel->maps.rare), NULL, &next, s->rare_key,
				      s->rare_value, &count, NULL);

	if (rc && rc != -ENOENT)
		return rc;
	for (__u32 i = 0; i < count; i++)
		s->rare[i] = (struct rare_reading){s->rare_key[i], s->rare_value[i]};
	rare_sort(s->rare, count);
	s->rare_count = count;
	return 0;
}

/*
 * Since when connections wait, into s->waits, if any queue has some: the table is a megabyte.
 * Returns how many. The programs go on meanwhile, but a wait is written before its socket's
 * listener, and stays as it is until accept().
 */
static size_t read_waits(struct summary_source *s, int listeners)
{
	const struct summary_waiting *w = s->skel->bss->waiting;
	size_t count = 0;
	bool any = false;

	for (int i = 0; i < listeners && !any; i++)
		any = s->listener[i].q.accept_queue;
	for (size_t i = 0; any && i < SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS; i++) {
		if (w[i].sk && w[i].cookie)
			s->waits[count++] = (struct queued_wait){w[i].cookie, w[i].t};
	}
	queued_sort(s->waits, count);
	return count;
}

static int tell_besides(struct summary_source *s, struct tally *tally, int listeners)
{
	int rc = read_rare(s);

	if (!rc)
		tally_besides(tally, &(struct tally_besides){s->rare, s->rare_count, s->waits,
							     read_waits(s, listeners)});
	return rc;
}

/* The listener has closed: removes the connections that waited in its queue. */
static void sweep(struct summary_source *s, uint64_t cookie)
{
	struct summary_waiting *w = s->skel->bss->waiting;

	for (size_t i = 0; i < SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS; i++) {
		__u64 sk = w[i].sk;

		if (sk && w[i].cookie == cookie)
			__sync_bool_compare_and_swap(&w[i].sk, sk, 0);
	}
}

/* It does not change while the socket listens, so it is read once. */
static void tell_place(struct summary_source *s, struct tally *tally, uint64_t cookie)
{
	struct summary_place place;

	if (tally_wants_place(tally, cookie) &&
	    !bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.places), &cookie, &place))
		tally_place(tally, cookie, &place);
}

static int tell_listener(struct summary_source *s, struct tally *tally, int i)
{
	const struct summary_reading r = {.cookie = s->cookie[i], .listener = s->listener[i]};
	bool any = r.listener.used && !read_stats(s, r.cookie);
	int rc = tally_listener(tally, &r, any ? &s->sum : NULL);

	if (!rc)
		tell_place(s, tally, r.cookie);
	return rc;
}

static void forget_rare(struct summary_source *s, uint64_t cookie)
{
	for (size_t i = 0; i < s->rare_count; i++) {
		if (s->rare[i].key.cookie == cookie)
			bpf_map_delete_elem(bpf_map__fd(s->skel->maps.rare), &s->rare[i].key);
	}
}

/* Removes a closed listener from the maps in the kernel; its counts are in the tally now. */
static void forget(struct summary_source *s, uint64_t cookie)
{
	int listeners = bpf_map__fd(s->skel->maps.listeners);
	struct summary_listener l;

	/* It may listen again by now. */
	if (bpf_map_lookup_elem(listeners, &cookie, &l) || l.sk)
		return;
	bpf_map_delete_elem(listeners, &cookie);
	bpf_map_delete_elem(bpf_map__fd(s->skel->maps.stats), &cookie);
	bpf_map_delete_elem(bpf_map__fd(s->skel->maps.places), &cookie);
	forget_rare(s, cookie);
	sweep(s, cookie);
}

static int tell_listeners(struct summary_source *s, struct tally *tally)
{
	int count = read_listeners(s);
	int rc = count < 0 ? count : tell_besides(s, tally, count);

	for (int i = 0; i < count && !rc; i++) {
		rc = tell_listener(s, tally, i);
		if (!s->listener[i].q.sk)
			forget(s, s->cookie[i]);
	}
	return rc;
}

/* The counts of all CPUs; adds the transitions of sockets without a listener to s->sum. */
static int read_cpus(struct summary_source *s, uint64_t count[SUMMARY_COUNTS])
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
			s->sum.entered[j] += all[i].entered[j];
	}
	free(all);
	return rc;
}

int summary_source_read(struct summary_source *s, struct tally *tally,
			uint64_t lost[FACT_LOST_PLACES])
{
	uint64_t counts[SUMMARY_COUNTS], missed;
	int rc;

	tally_begin(tally, clock_now_ns());
	rc = tell_listeners(s, tally);
	if (!rc)
		rc = read_stats(s, 0);
	if (!rc)
		rc = read_cpus(s, counts);
	if (rc)
		return rc;
	tally_nobody(tally, &s->sum);
	/* Transitions that the first program missed and the second did not make up for. */
	missed = programs_missed(bpf_program__fd(s->skel->progs.set_state));
	missed = missed > counts[SUMMARY_RECOVERED] ? missed - counts[SUMMARY_RECOVERED] : 0;
	missed += programs_missed(bpf_program__fd(s->skel->progs.synack_again));
	memset(lost, 0, FACT_LOST_PLACES * sizeof(lost[0]));
	lost[FACT_LOST_RECURSION] = missed;
	lost[FACT_LOST_MAP] = counts[SUMMARY_LOST_LISTENER] + counts[SUMMARY_LOST_WAITING] +
			      counts[SUMMARY_LOST_RARE];
	return 0;
}
