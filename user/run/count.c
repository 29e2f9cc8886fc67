// SPDX-License-Identifier: BSD-2-Clause
/*
 * count.c - the run of --summary: once an interval it reads what the programs counted, and prints
 * it.
 */
#include "base/units.h"
#include "run/machine.h"
#include "run/run.h"
#include "run/setup.h"
#include "stream/configure.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/count_source.h"
#include "kernel/source.h"
#include "listener/tally.h"
#include "run/looker.h"
#include "run/loss.h"
#include "stream/looks.h"
#include "stream/stream.h"

/* How often we look whether to stop. */
#define LOOK_MS 100

struct summary {
	const struct trace_options *options;
	const struct run_place *place;
	struct summary_source *source;
	struct looker *looker; /* NULL: no looks at what programs do */
	struct looks *looks;
	struct tally *tally;
	struct view *view;
	struct run_window window; /* of the view */
	uint64_t lost;
	struct machine machine;
	int write_error;
};

static void on_event(void *ctx, const struct event *e)
{
	struct summary *s = ctx;

	if (e->type == EVENT_LOST) {
		if (!s->lost)
			loss_complain(event_enum(e, F_WHERE), s->options);
		s->lost = event_get(e, F_TOTAL);
	}
	looker_event(s->looker, e);
	looks_event(s->looks, e);
	view_event(s->view, e);
}

/* A record_fn, of facts of looks only; ctx is struct summary. */
static int on_look(void *ctx, const void *bytes, size_t size)
{
	struct summary *s = ctx;
	const struct fact_hdr *fact = fact_decode(bytes, size);

	if (fact && fact->kind == FACT_LOOK)
		looks_fact(s->looks, (const struct fact_look *)fact);
	return 0;
}

static void look_at_programs(struct summary *s, uint64_t now)
{
	looker_due(s->looker, now);
	looks_due(s->looks, now, on_event, s);
	run_flush_pending(s->view, &s->write_error);
}

static void emit_meta(struct summary *s, const struct fact_list *facts, int64_t boot_offset_ns)
{
	struct stream_meta meta = {
		.version = SOCKSTATE_VERSION,
		.argv = s->place->argv,
		.boot_offset_ns = boot_offset_ns,
	};
	struct event e;

	machine_read(&s->machine);
	machine_put(&meta, &s->machine);
	stream_meta_event(&e, clock_now_ns(), &meta, &s->options->sockets.filter, facts);
	on_event(s, &e);
	run_flush_pending(s->view, &s->write_error);
}

static int open_outputs(struct summary *s, const struct fact_list *facts)
{
	struct view_options view = s->place->view;
	struct verdict_limits limits;

	stream_limits_init(&limits, &s->options->thresholds);
	view.boot_offset_ns = clock_boot_offset_ns();
	s->window = (struct run_window){view.columns, view.rows};
	s->view =
		s->options->output == OUTPUT_JSON ? view_json_new(&view) : view_summary_new(&view);
	s->tally = s->view ? tally_new(&limits, clock_now_ns()) : NULL;
	s->looks = s->tally ? looks_new() : NULL;
	if (!s->looks)
		return -ENOMEM;
	emit_meta(s, facts, view.boot_offset_ns);
	return 0;
}

static void tell_waiting(struct summary *s)
{
	uint64_t wait_ns = looker_wait_ns(s->looker);

	if (!wait_ns)
		return;
	looker_waits_begin(s->looker);
	tally_waiting(s->tally, wait_ns, looker_waits, s->looker);
}

/* JSON has one summary line, the last one; the table is made from it each time. */
static int emit_round(struct summary *s, bool last)
{
	uint64_t lost[FACT_LOST_PLACES];
	int rc = summary_source_read(s->source, s->tally, lost);

	if (rc)
		return rc;
	place_follow_terminal(s->place, &s->window, s->view);
	tally_emit_lost(s->tally, FACT_LOST_RECURSION, lost[FACT_LOST_RECURSION], on_event, s);
	tally_emit_lost(s->tally, FACT_LOST_MAP, lost[FACT_LOST_MAP], on_event, s);
	tally_emit_listeners(s->tally, on_event, s);
	tell_waiting(s);
	if (last || s->options->output != OUTPUT_JSON)
		tally_emit_summary(s->tally, on_event, s);
	if (last)
		view_finish(s->view);
	run_flush_pending(s->view, &s->write_error);
	return 0;
}

static int loop(struct summary *s)
{
	uint64_t interval = s->options->interval_ns ? s->options->interval_ns : NS_S;
	uint64_t start = clock_now_ns(), next = start + interval;
	uint64_t end = s->options->duration.ns ? start + s->options->duration.ns : UINT64_MAX;
	int rc = 0;

	while (!rc && !s->place->stopped() && !s->write_error) {
		uint64_t now = clock_now_ns();
		uint64_t until = next < end ? next : end;

		if (now >= end)
			break;
		if (now >= next) {
			rc = emit_round(s, false);
			next += interval;
			if (next < now) /* we were kept from running: no hurry afterwards */
				next = now + interval;
		} else {
			uint64_t wait =
				until - now < LOOK_MS * NS_MS ? until - now : LOOK_MS * NS_MS;

			nanosleep(&(struct timespec){.tv_nsec = (long)wait}, NULL);
			look_at_programs(s, clock_now_ns());
			if (run_reader_gone(s->place))
				s->write_error = -EPIPE;
		}
	}
	return rc ? rc : s->write_error ? 0 : emit_round(s, true);
}

static int run(struct summary *s, char *err, size_t err_size)
{
	const struct kernel_options kernel = setup_kernel_options(s->options);
	struct fact_list facts;
	int rc = setup_rights(err, err_size);

	if (!rc)
		rc = summary_source_open(&s->source, &kernel, &facts, err, err_size);
	if (rc)
		return rc;
	rc = open_outputs(s, &facts);
	if (rc) {
		snprintf(err, err_size, "out of memory");
		return rc;
	}
	if (s->write_error)
		return 0;
	rc = s->options->no_why ? 0 : looker_new(&s->looker, s->options->why_after_ns, on_look, s);
	if (rc) {
		snprintf(err, err_size, "out of memory");
		return rc;
	}
	looker_load(&s->looker, &kernel);
	rc = setup_confine(&s->options->tests, &s->options->common, SANDBOX_COUNTS | SANDBOX_WALKS,
			   err, err_size);
	if (rc)
		return rc;
	rc = loop(s);
	if (rc)
		snprintf(err, err_size, "cannot read the counters: %s", strerror(-rc));
	return rc;
}

int run_summary(const struct trace_options *options, const struct run_place *place)
{
	struct summary s = {.options = options, .place = place};
	char err[ERR_MAX] = "";
	int code = EXIT_CLEAN;

	if (run(&s, err, sizeof(err))) {
		run_complain("%s", err);
		code = EXIT_RUNTIME;
	}
	if (s.write_error && s.write_error != -EPIPE)
		code = EXIT_RUNTIME;
	code = loss_exit_code(code, s.lost, options);
	looker_free(s.looker);
	looks_free(s.looks);
	tally_free(s.tally);
	view_free(s.view);
	summary_source_free(s.source);
	return code;
}
