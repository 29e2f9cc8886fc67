// SPDX-License-Identifier: BSD-2-Clause
/*
 * live_verify.c - the tracker beside the kernel's own tables while a run lasts: for --verify once a
 * second, without it a few times after a loss, so that what the loss left wrong is put right.
 */
#include <errno.h>
#include <string.h>

#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/snapshot.h"
#include "run/live.h"

/* How long a round waits for the rings to be read up to its rows: a program may be stopped. */
#define CATCH_UP_NS (100 * NS_MS)

static int on_row(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = fact_decode(bytes, size);
	struct live *l = ctx;

	/* The tables may be long, and the rings must not fill meanwhile. */
	if (++l->rows % DRAIN_SOCKETS == 0)
		live_drain(l, 0);
	if (!fact)
		return 0;
	if (fact->kind == FACT_EXISTING)
		return verify_kernel_socket(l->verify, bytes);
	/* Told once only, to whoever walks first. */
	if (fact->kind == FACT_PLACE || fact->kind == FACT_INTERFACE)
		live_feed(l, bytes, size);
	return 0;
}

static void on_tracker_socket(void *ctx, const struct tracker_socket *s)
{
	/* If memory runs out here, verify_end() fails too and reports it. */
	verify_tracker_socket(ctx, s);
}

static void on_namespace(void *ctx, uint32_t netns)
{
	verify_namespace(ctx, netns);
}

static void on_difference(void *ctx, const struct event *e)
{
	stream_event(ctx, e);
}

static void on_fix(void *ctx, const struct fact_existing *f)
{
	live_feed(ctx, f, sizeof(*f));
}

static struct verify *new_verify(const struct live *l)
{
	const struct verify_config config = {.filter = l->options->sockets.filter,
					     .facts = l->info.facts};

	return verify_new(&config, on_difference, l->stream);
}

/*
 * The kernel's rows are read first, then the records up to that moment: so the tracker is never
 * older than a row. Where the records do not get there in time, the round is passed over.
 */
static void verify_round(struct live *l, bool final)
{
	uint64_t read;
	int rc;

	verify_set_fix(l->verify, final ? NULL : on_fix, l, l->repair);
	verify_begin(l->verify, clock_now_ns());
	rc = source_kernel_snapshot(l->source, on_row, l);
	read = clock_now_ns();
	while (rc >= 0 && source_kernel_complete_until(l->source) < read &&
	       clock_now_ns() < read + CATCH_UP_NS) {
		rc = live_drain(l, 1);
		if (rc == -EINTR)
			rc = 0; /* a signal to stop: the round is finished first */
	}
	if (rc >= 0 && source_kernel_complete_until(l->source) < read)
		rc = -EAGAIN; /* the tracker is behind */
	tracker_walk(stream_tracker(l->stream), on_tracker_socket, l->verify);
	if (rc >= 0)
		rc = verify_end(l->verify, clock_now_ns(), final);
	/* A round that was passed over has put nothing right. */
	if (rc >= 0 && l->repair)
		l->repair--;
	if (rc < 0 && l->options->common.verbose)
		run_complain("--verify: a round was passed over: %s", strerror(-rc));
}

/* One of the comparisons that make a loss good, where --verify does not compare anyway. */
static void repair_round(struct live *l)
{
	if (!l->verify) {
		l->verify = new_verify(l);
		if (!l->verify)
			return;
		source_kernel_namespaces(l->source, on_namespace, l->verify, &(int){0});
	}
	verify_round(l, false);
	if (l->repair)
		return;
	verify_free(l->verify);
	l->verify = NULL;
	l->repaired = clock_now_ns();
	l->next_verify = 0;
}

void live_verify_namespaces(struct live *l)
{
	int refused, why = 0;

	if (!l->options->verify) {
		source_kernel_keep_own_namespace(l->source);
		return;
	}
	refused = source_kernel_namespaces(l->source, on_namespace, l->verify, &why);
	if (refused > 0)
		run_complain(
			"--verify: %d network namespaces cannot be entered, their sockets are not compared: %s",
			refused, strerror(why));
	if (source_kernel_own_namespace_only(l->source))
		run_complain(
			"--verify: only sockets of this network namespace are compared: others need CAP_SYS_ADMIN");
}

int live_verify_begin(struct live *l)
{
	l->verify = new_verify(l);
	return l->verify ? 0 : -ENOMEM;
}

void live_verify_due(struct live *l)
{
	/*
	 * The queues' lengths are not among what a comparison puts right. The next reading may be
	 * long in coming, on a machine with very many open files.
	 */
	if (l->repair == 1)
		live_listeners(l, clock_now_ns());
	if (l->options->verify)
		verify_round(l, false);
	else
		repair_round(l);
}

void live_verify_final(struct live *l)
{
	verify_round(l, true);
}
