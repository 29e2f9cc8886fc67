// SPDX-License-Identifier: BSD-2-Clause
/*
 * live.c - the run on this kernel: attach, list the sockets that exist, give up rights, list those
 * in TIME_WAIT, then poll until it is to stop.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "kernel/clock.h"
#include "kernel/snapshot.h"
#include "run/live.h"
#include "run/loss.h"
#include "run/notice.h"
#include "run/setup.h"
#include "stream/configure.h"

/* The longest sleep: the programs wake us only when much has come. */
#define POLL_MS 10
/* At the end the rings are read for so long at most; full rings take less. */
#define FINISH_NS NS_S

static int feed_existing(void *ctx, const void *bytes, size_t size)
{
	struct live *l = ctx;

	/*
	 * Nothing is printed before all sockets have been listed: fact/order.c then puts what
	 * happened meanwhile into its place.
	 */
	if (++l->existing % DRAIN_SOCKETS == 0)
		live_collect(l);
	return live_feed(l, bytes, size);
}

/* Nothing more is to be printed. */
static bool over(const struct live *l)
{
	return l->place->stopped() || stream_done(l->stream) || l->write_error ||
	       l->recording_error || place_guest_over(l->place);
}

/* While sockets in TIME_WAIT are listed, what happens is printed. */
static int between_rows(void *ctx)
{
	struct live *l = ctx;
	uint64_t now;

	live_drain(l, 0);
	now = clock_now_ns();
	if (now - l->last_chores >= TICK_NS) {
		l->last_chores = now;
		live_lost(l, now);
	}
	return over(l) ? -EINTR : 0; /* the listing is not cut by --duration */
}

/* ---- setting up ---- */

static void describe(struct recording_info *info, const struct trace_options *options,
		     const struct machine *machine)
{
	info->fact_version = FACT_VERSION;
	info->raw = options->raw ? RECORDING_RAW_YES : RECORDING_RAW_NO;
	info->boot_offset_ns = clock_boot_offset_ns();
	info->filter = options->sockets.filter;
	snprintf(info->kernel, sizeof(info->kernel), "%.63s", machine->kernel);
	snprintf(info->version, sizeof(info->version), "%.31s", SOCKSTATE_VERSION);
	snprintf(info->host, sizeof(info->host), "%s", machine->host);
	snprintf(info->boot_id, sizeof(info->boot_id), "%s", machine->boot_id);
	snprintf(info->run_id, sizeof(info->run_id), "%s", machine->run_id);
	info->label_count = options->labels.count;
	memcpy(info->labels, options->labels.label, sizeof(info->labels));
}

static int open_kernel(struct live *l, char *err, size_t err_size)
{
	const struct kernel_options kernel = setup_kernel_options(l->options);
	int rc = setup_rights(err, err_size);

	if (!rc)
		rc = source_kernel_open(&l->source, &kernel, &l->info.facts, err, err_size);
	if (!rc)
		place_guest_kernel(l->place, &kernel);
	return rc;
}

static void on_notice(void *ctx, const struct event *e)
{
	struct live *l = ctx;

	if (!l->skipping) /* else the tracker knows too little to judge */
		looker_event(l->looker, e);
}

static unsigned int sandbox_needs(const struct live *l)
{
	return SANDBOX_RINGS | SANDBOX_WALKS | SANDBOX_NETLINK |
	       (l->options->owner.filter.cgroup ? SANDBOX_CGROUPS : 0);
}

/* Standard output is the recording's: what the views print goes nowhere. */
static int silence(struct live *l, struct view_options *view_options, char *err, size_t err_size)
{
	int rc;

	if (!l->options->record || strcmp(l->options->record, "-") != 0)
		return 0;
	l->nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (l->nowhere < 0) {
		rc = -errno;
		l->nowhere = 0;
		snprintf(err, err_size, "cannot open '/dev/null': %s", strerror(-rc));
		return rc;
	}
	view_options->fd = l->nowhere;
	return 0;
}

static int open_outputs(struct live *l, char *err, size_t err_size)
{
	const struct recording_info *info = &l->info;
	struct view_options view_options = l->place->view;
	struct stream_config config;
	int rc;

	if (l->options->record) {
		char why[ERR_MAX - 16];

		rc = recording_create(&l->recording, l->options->record, info, why, sizeof(why));
		if (rc) {
			snprintf(err, err_size, "--record: %s", why);
			return rc;
		}
	}
	rc = silence(l, &view_options, err, err_size);
	if (rc)
		return rc;
	stream_config_init(&config, l->options);
	/* A refusal is told by its listener's hook, before the client's address is looked at. */
	if (l->options->sockets.filter.laddrs || l->options->sockets.filter.hosts)
		config.only = &l->options->sockets.filter;
	config.tracker.facts = info->facts;
	config.meta = (struct stream_meta){
		.version = info->version,
		.argv = l->place->argv,
		.boot_offset_ns = info->boot_offset_ns,
	};
	machine_put(&config.meta, &l->machine);
	if (l->place->guest)
		config.overload = OVERLOAD_NONE; /* it takes every event itself */
	config.notice = on_notice;
	config.notice_ctx = l;
	view_options.boot_offset_ns = info->boot_offset_ns;
	l->view = place_view(l->place, l->options, &view_options);
	l->window = (struct run_window){view_options.columns, view_options.rows};
	l->stream = l->view ? stream_new(&config, l->view) : NULL;
	if (l->stream && (!l->options->verify || !live_verify_begin(l)))
		return 0;
	snprintf(err, err_size, "out of memory");
	return -ENOMEM;
}

/* ---- the loop ---- */

static void look_at_programs(struct live *l, uint64_t now)
{
	uint64_t wait_ns = looker_wait_ns(l->looker);

	if (wait_ns && !l->skipping) {
		looker_waits_begin(l->looker);
		tracker_waiting(stream_tracker(l->stream), wait_ns, looker_waits, l->looker);
	}
	looker_due(l->looker, now);
}

/* What is due ten times a second, not at every poll. */
static void chores(struct live *l, uint64_t now)
{
	if (now - l->last_chores < TICK_NS)
		return;
	l->last_chores = now;
	live_lost(l, now);
	if (now >= l->next_listeners ||
	    (now >= l->listeners_free && tracker_wants_figures(stream_tracker(l->stream))))
		live_listeners(l, now);
	look_at_programs(l, now);
	if (!l->place->guest)
		place_follow_terminal(l->place, &l->window, l->view);
	if (l->next_verify && now >= l->next_verify && !l->skipping) {
		l->next_verify = now + VERIFY_NS;
		live_verify_due(l);
	}
	if (l->nowhere && !l->recording_error) /* the reader of a pipe waits for it */
		l->recording_error = recording_flush(l->recording);
	if (!l->write_error && run_reader_gone(l->place))
		l->write_error = -EPIPE;
}

static void start_clocks(struct live *l, uint64_t start)
{
	l->deadline = l->options->duration.ns ? start + l->options->duration.ns : UINT64_MAX;
	l->last_chores = l->overload_t = start;
	l->left = 100;
	l->cpu = clock_cpu_ns();
	l->next_listeners = start;
	l->next_verify = l->options->verify ? start + VERIFY_NS : 0;
}

static int loop(struct live *l)
{
	while (!over(l) && clock_now_ns() < l->deadline) {
		int rc = live_drain(l, POLL_MS);

		if (rc < 0 && rc != -EINTR) {
			run_complain("cannot read from the kernel: %s", strerror(-rc));
			return rc;
		}
		chores(l, clock_now_ns());
		live_flush(l);
	}
	return 0;
}

static void advise(struct live *l)
{
	if (!advice_text(&l->advice, l->advice_text, sizeof(l->advice_text)))
		return;
	stream_advise(l->stream, l->advice_text);
	if (!l->place->guest)
		run_complain("%s", l->advice_text);
}

/* What the rings still hold, and the last line. */
static void finish(struct live *l)
{
	uint64_t end = clock_now_ns();

	/*
	 * What came before the end, though more comes meanwhile; also a record that is in the
	 * making.
	 */
	do
		live_drain(l, 1);
	while (source_kernel_complete_until(l->source) < end && clock_now_ns() < end + FINISH_NS);
	if (source_kernel_complete_until(l->source) < end)
		live_unread(l, source_kernel_abandon(l->source, end));
	live_lost(l, clock_now_ns());
	live_listeners(l, clock_now_ns()); /* what was refused since the last time */
	if (l->options->verify)
		live_verify_final(l);
	live_tick(l, clock_now_ns());
	advise(l);
	stream_finish(l->stream);
	live_flush(l);
}

/* A wrong port is the commonest reason why nothing is printed. */
static void say_nobody_listens(const struct live *l)
{
	const struct filter *f = &l->options->sockets.filter;

	if (l->anything || l->place->guest || !f->port_ranges || f->side == SIDE_CLIENT)
		return;
	if (f->port_ranges == 1 && f->ports[0].first == f->ports[0].last)
		run_complain("no listener on port %u yet; waiting", f->ports[0].first);
	else
		run_complain("no listener on these ports yet; waiting");
}

static void say_time_waits(const struct live *l)
{
	uint64_t count = stream_old_time_waits(l->stream);

	if (count && !l->place->guest)
		run_complain("%llu socket%s in TIME_WAIT before, not listed (--existing all)",
			     (unsigned long long)count, count == 1 ? " was" : "s were");
}

static int run(struct live *l, char *err, size_t err_size)
{
	const struct kernel_options kernel = setup_kernel_options(l->options);
	uint64_t start = clock_now_ns(), taken;
	int rc;

	rc = open_kernel(l, err, err_size);
	if (rc)
		return rc;
	machine_read(&l->machine);
	describe(&l->info, l->options, &l->machine);
	rc = open_outputs(l, err, err_size);
	if (rc)
		return rc;

	notice_unseen(l->options, l->place, &l->info.facts);
	if (!l->place->guest)
		notice_owner(&l->options->owner.filter, " yet; waiting");
	/*
	 * The first tick brings the meta line; an output that cannot be written is told before
	 * anything else.
	 */
	live_tick(l, start);
	live_flush(l);
	if (l->write_error)
		return 0;
	rc = l->options->no_why ? 0
				: looker_new(&l->looker, l->options->why_after_ns, live_feed, l);
	if (rc) {
		snprintf(err, err_size, "out of memory");
		return rc;
	}
	rc = source_kernel_existing(l->source, feed_existing, l);
	if (rc < 0) {
		snprintf(err, err_size, "cannot list the sockets that exist: %s", strerror(-rc));
		return rc;
	}
	taken = clock_now_ns();
	live_drain(l, 0); /* what has happened since is not to wait for the programs that look */
	looker_load(&l->looker, &kernel);
	rc = setup_confine_guest(l->options, l->place, sandbox_needs(l), err, err_size);
	if (rc)
		return rc;
	start_clocks(l, clock_now_ns());
	live_drain(l, 0);
	say_nobody_listens(l);
	rc = source_kernel_time_waits(l->source, taken, live_feed, between_rows, l);
	if (rc < 0 && rc != -EINTR)
		run_complain("cannot list the sockets in TIME_WAIT: %s", strerror(-rc));
	live_drain(l, 0);
	say_time_waits(l);
	live_verify_namespaces(l);
	rc = place_guest_begin(l->place, l->stream, l);
	if (!rc)
		rc = loop(l);
	finish(l);
	return rc;
}

int run_live(const struct trace_options *options, const struct run_place *place)
{
	struct live *l = calloc(1, sizeof(*l));
	char err[ERR_MAX] = "";
	int rc, code = EXIT_CLEAN;

	if (!l) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	l->options = options;
	l->place = place;
	rc = run(l, err, sizeof(err));
	if (rc) {
		if (err[0])
			run_complain("%s", err);
		code = EXIT_RUNTIME;
	}
	if (l->write_error && l->write_error != -EPIPE)
		code = EXIT_RUNTIME;
	rc = recording_close(l->recording);
	if (rc && !(l->nowhere && rc == -EPIPE)) {
		run_complain("--record: cannot write '%s': %s", options->record, out_why(rc));
		code = EXIT_RUNTIME;
	}
	if (code == EXIT_CLEAN && l->verify && verify_differences(l->verify))
		code = EXIT_DIFFERENCE;
	if (l->stream)
		code = loss_exit_code(code, stream_loss(l->stream).total, options);
	looker_free(l->looker);
	if (l->nowhere)
		close(l->nowhere);
	verify_free(l->verify);
	stream_free(l->stream);
	view_free(l->view);
	source_kernel_free(l->source);
	free(l);
	return code;
}
