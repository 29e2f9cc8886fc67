// SPDX-License-Identifier: BSD-2-Clause
/*
 * export_tracing.c - `sockstate export --story` and `--otlp-logs`: the exporter as the guest of a
 * run that traces. What that run reads is kept in memory for a minute, and becomes a recording when
 * something bad has happened; and notable connections become log records.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/clock.h"
#include "listener/tally.h"
#include "run/export_otlp.h"
#include "run/exporter.h"
#include "run/http.h"
#include "run/keeper.h"
#include "run/live.h"
#include "run/run.h"
#include "run/textfile.h"
#include "run/top_rows.h"
#include "stream/configure.h"
#include "stream/moment.h"
#include "stream/notable.h"

/* Of connections that may turn out to be notable: some 15,000. */
#define LOG_STORIES_BYTES (16u << 20)
/* As --slow-handshake has it where nobody sets it. */
#define SLOW_HANDSHAKE_NS NS_S

struct teller {
	struct exporter x;
	struct live *live;	    /* NULL: it has not begun */
	struct recording_info info; /* of the run, which ends before us */
	struct notable *notable;    /* NULL: no log records */
	struct keeper *story;	    /* NULL: none; then neither recent nor looks are there */
	struct recent *recent;
	struct top_rows *looks; /* at the sockets that are open */
	struct listing rows;
	struct owner_filter rows_owner; /* none */
	struct bad_moment moment;
	const char *written[SANDBOX_DIRS];
	int error; /* of opening */
	char err[ERR_MAX];
	bool fails; /* it has been said */
};

/* ---- what is kept ---- */

static void on_record(void *ctx, const void *bytes, size_t size)
{
	struct teller *t = ctx;

	if (t->recent)
		recent_record(t->recent, bytes, size);
}

/* Of a notable connection, or of none. */
static void on_log(void *ctx, const struct event *e)
{
	struct teller *t = ctx;

	if (t->x.pusher)
		pusher_event(t->x.pusher, e);
}

static void on_event(void *ctx, const struct event *e)
{
	struct teller *t = ctx;

	if (t->notable)
		notable_event(t->notable, e);
	bad_moment_event(&t->moment, e, clock_now_ns());
	if (e->type == EVENT_WHY && event_has(e, F_DIAGNOSIS) && t->x.tally)
		tally_why(t->x.tally, event_get(e, F_COOKIE), event_enum(e, F_DIAGNOSIS));
}

/* Between two rows of a look: the rings must not fill meanwhile. */
static void meanwhile(void *ctx)
{
	struct teller *t = ctx;

	live_drain(t->live, 0);
}

static void look_when_due(struct teller *t, uint64_t now)
{
	int rc;

	if (!t->recent || !recent_look_due(t->recent, now))
		return;
	recent_look_begin(t->recent, t->live->last_tick);
	rc = top_rows_look(t->looks, stream_tracker(t->live->stream), &t->rows, t->recent,
			   meanwhile, t);
	recent_look_end(t->recent, clock_now_ns(), !rc);
}

static void keep(struct teller *t, uint64_t now)
{
	int rc = recent_begin(t->recent) ? keeper_write(t->story, t->recent, &t->info, now) : 0;

	if (rc && !t->fails)
		run_complain("--story: cannot write into '%s': %s; trying again",
			     t->x.options->story,
			     rc == -EFBIG ? "a minute is larger than --keep" : strerror(-rc));
	t->fails = rc;
}

/* ---- what the run calls ---- */

static struct view *new_view(void *ctx, const struct view_options *options)
{
	return view_watch_new(options, on_event, ctx);
}

static int open_story(struct teller *t)
{
	const struct export_options *o = t->x.options;
	int rc = keeper_open(&t->story, o->story, o->keep_bytes, t->err, sizeof(t->err));

	if (!rc)
		rc = top_rows_open(&t->looks, &o->sockets.filter, &t->rows_owner, o->common.verbose,
				   t->err, sizeof(t->err));
	if (rc)
		return rc;
	t->written[0] = o->story;
	t->recent = recent_new();
	if (!t->recent) {
		snprintf(t->err, sizeof(t->err), "out of memory");
		return -ENOMEM;
	}
	return 0;
}

static int open_parts(struct teller *t, const struct kernel_options *kernel)
{
	int rc = t->x.options->story ? open_story(t) : 0;

	if (!rc)
		rc = exporter_open(&t->x, kernel, t->err, sizeof(t->err));
	t->written[1] = textfile_directory(t->x.textfile);
	return rc;
}

static void open_all(void *ctx, const struct kernel_options *kernel)
{
	struct teller *t = ctx;

	t->error = open_parts(t, kernel);
}

/* As --notable of a trace. */
static int open_logs(struct teller *t, const struct live *live)
{
	const struct fact_list *facts = &live->info.facts;
	const struct notable_config config = {
		.slow_ns = t->moment.slow_ns,
		.slow_handshake_ns = SLOW_HANDSHAKE_NS,
		.accepts_seen = facts->fact[KNOW_ACCEPT].is != FACT_IS_ABSENT &&
				facts->fact[KNOW_ACCEPT_IO_URING].is != FACT_IS_ABSENT,
		.max_bytes = LOG_STORIES_BYTES,
	};

	t->notable = notable_new(&config, on_log, t);
	if (t->notable)
		return 0;
	snprintf(t->err, sizeof(t->err), "out of memory");
	return -ENOMEM;
}

static int begin(void *ctx, struct stream *stream, struct live *live)
{
	struct teller *t = ctx;

	(void)stream;
	if (!t->error && t->x.options->otlp_logs)
		t->error = open_logs(t, live);
	if (!t->error)
		t->error = exporter_begin(&t->x, t->err, sizeof(t->err));
	if (t->error)
		run_complain("%s", t->err);
	else if (t->story)
		run_complain("keeping bad moments in '%s'", t->x.options->story);
	t->live = live;
	t->info = live->info;
	return t->error;
}

/* Of which it is not known whether they turn out to be notable, and never will be. */
static void count_forgotten(struct teller *t)
{
	uint64_t forgotten = t->notable ? notable_forgotten(t->notable) : 0;

	if (forgotten && !t->x.forgotten)
		run_complain("--otlp-logs: more connections are open than %u MiB hold: of those "
			     "that rest longest no log records are made "
			     "(sockstate_otlp_forgotten_total); trace fewer with --port",
			     LOG_STORIES_BYTES >> 20);
	t->x.forgotten = forgotten;
}

/* Also called before it has begun: sockets are being listed then. */
static bool over(void *ctx)
{
	struct teller *t = ctx;
	uint64_t now = clock_now_ns();

	if (t->error)
		return true;
	if (!t->live)
		return false;
	count_forgotten(t);
	exporter_due(&t->x, now);
	look_when_due(t, now);
	if (t->notable)
		notable_tick(t->notable, t->live->last_tick);
	if (t->story && bad_moment_due(&t->moment, now))
		keep(t, now);
	if (t->x.http)
		http_poll(t->x.http, 0);
	return false;
}

static struct trace_options trace_options_of(const struct export_options *o)
{
	return (struct trace_options){
		.sockets = o->sockets,
		.thresholds = o->thresholds,
		.duration = o->duration,
		.hooks = o->hooks,
		.tests = o->tests,
		.common = o->common,
		.no_why = o->no_why,
		.interval_ns = NS_S, /* queues and verdicts of listeners where nothing happens */
	};
}

int run_export_tracing(const struct export_options *options, const struct run_place *place)
{
	const struct trace_options trace = trace_options_of(options);
	struct teller *t = calloc(1, sizeof(*t));
	struct run_place with_guest = *place;
	struct run_guest guest = {.view = new_view,
				  .kernel = open_all,
				  .begin = begin,
				  .over = over,
				  .record = on_record,
				  .needs = EXPORTER_NEEDS,
				  .ctx = t};
	struct verdict_limits limits;
	int code;

	if (!t) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	exporter_init(&t->x, options, place);
	if (exporter_start(&t->x, t->err, sizeof(t->err))) {
		run_complain("%s", t->err);
		free(t);
		return EXIT_RUNTIME;
	}
	stream_limits_init(&limits, &options->thresholds);
	t->moment.slow_ns = limits.slow_ns;
	guest.written = t->written;
	with_guest.guest = &guest;
	code = run_live(&trace, &with_guest);
	if (t->error)
		code = EXIT_RUNTIME;
	else if (t->story && bad_moment_left(&t->moment))
		keep(t, clock_now_ns());
	notable_free(t->notable);
	exporter_close(&t->x);
	listing_free(&t->rows);
	top_rows_free(t->looks);
	recent_free(t->recent);
	keeper_free(t->story);
	free(t);
	return code;
}
