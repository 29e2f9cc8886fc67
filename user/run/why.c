// SPDX-License-Identifier: BSD-2-Clause
/*
 * why.c - `sockstate why`: two looks, then a report of each listener.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "kernel/clock.h"
#include "kernel/sockdiag.h"
#include "kernel/why_source.h"
#include "run/notice.h"
#include "run/run.h"
#include "run/setup.h"
#include "view/why.h"
#include "why/diagnosis.h"
#include "why/look.h"

struct why {
	const struct why_options *options;
	const struct run_place *place;
	struct why_source *source;
	struct look *first, *second;
	struct why_report *report, *printed; /* printed: the one before */
	struct view *json;		     /* NULL: for people */
	struct out out;
	size_t listeners, troubles;
	bool pid_gone;
};

/* ---- before the looks ---- */

static int no_row(void *ctx, const struct sockdiag_row *row)
{
	(void)ctx;
	(void)row;
	return 0;
}

/* Listing a socket makes the kernel give it a cookie, which `ss -e` and our stream show too. */
static void give_cookies(const struct filter *filter)
{
	struct sockdiag *sd;

	if (sockdiag_open(&sd))
		return;
	sockdiag_dump(sd, filter, SOCKDIAG_LISTEN, no_row, NULL);
	sockdiag_free(sd);
}

static int open_source(struct why *w, char *err, size_t err_size)
{
	struct kernel_options kernel = {
		.filter = w->options->sockets.filter,
		.verbose = w->options->common.verbose,
		.force_absent = w->options->tests.force_absent,
	};
	int rc = setup_rights(err, err_size);

	/* A listener's port is local. */
	kernel.filter.side = SIDE_SERVER;
	if (!rc)
		rc = why_source_open(&w->source, &kernel, err, err_size);
	if (rc)
		return rc;
	give_cookies(&kernel.filter);
	return setup_confine(&w->options->tests, &w->options->common, SANDBOX_WALKS, err, err_size);
}

static int open_output(struct why *w)
{
	struct view_options view = w->place->view;

	w->first = look_new();
	w->second = look_new();
	w->report = malloc(sizeof(*w->report));
	w->printed = malloc(sizeof(*w->printed));
	if (!w->first || !w->second || !w->report || !w->printed || out_init(&w->out, view.fd))
		return -ENOMEM;
	if (!w->options->json)
		return 0;
	view.boot_offset_ns = clock_boot_offset_ns();
	w->json = view_json_new(&view);
	return w->json ? 0 : -ENOMEM;
}

/* ---- the looks ---- */

/* Until the time has come or a signal asks to end. */
static void wait_until(const struct why *w, uint64_t end)
{
	while (!w->place->stopped()) {
		uint64_t now = clock_now_ns();
		uint64_t left = now < end ? end - now : 0;

		if (!left)
			return;
		nanosleep(&(struct timespec){.tv_sec = (time_t)(left / NS_S),
					     .tv_nsec = (long)(left % NS_S)},
			  NULL);
	}
}

static int take_looks(struct why *w)
{
	uint64_t begin;
	int rc;

	/*
	 * The reader's own last arrival on a CPU tells how the scheduler's clock goes: it should
	 * have arrived just now.
	 */
	nanosleep(&(struct timespec){.tv_nsec = 1}, NULL);
	begin = clock_now_ns();
	rc = why_source_look(w->source, 0, 0, false, look_record, w->first);
	if (rc)
		return rc;
	wait_until(w, begin + w->options->look_ns);
	return why_source_look(w->source, 0, 0, true, look_record, w->second);
}

/* ---- the reports ---- */

static bool selected(const struct why *w, const struct why_listener *l)
{
	return !w->options->pid || look_holds(w->second, l->s.sk, w->options->pid);
}

static void tell_report(struct why *w)
{
	struct why_report *r = w->report;
	struct event e;

	w->troubles += diagnosis_is_trouble(r->diagnosis);
	if (w->json) {
		why_report_event(&e, r);
		view_event(w->json, &e);
	} else if (!w->options->quiet) {
		if (w->listeners)
			out_text(&w->out, "\n");
		why_print(&w->out, r, w->listeners ? w->printed : NULL, &w->place->view,
			  w->options->stacks || w->options->common.verbose);
		w->report = w->printed;
		w->printed = r;
	}
	w->listeners++;
}

/* What was too much to look at, or to remember. */
static void tell_limits(const struct why *w)
{
	struct why_seen seen = why_source_seen(w->source);

	if (seen.marks_lost)
		run_complain("more processes or files than a look can hold: %llu are missing",
			     (unsigned long long)seen.marks_lost);
	if (w->options->common.verbose)
		run_complain("looked at %llu open files and %llu threads in %.1f ms, %.1f ms of a "
			     "CPU (%.1f for listeners, %.1f for threads, %.1f for other ends)",
			     (unsigned long long)seen.files, (unsigned long long)seen.threads,
			     (double)seen.took_ns / NS_MS,
			     (double)(seen.cpu_ns[WHY_WALK_LISTENERS] +
				      seen.cpu_ns[WHY_WALK_THREADS] +
				      seen.cpu_ns[WHY_WALK_OTHERS]) /
				     NS_MS,
			     (double)seen.cpu_ns[WHY_WALK_LISTENERS] / NS_MS,
			     (double)seen.cpu_ns[WHY_WALK_THREADS] / NS_MS,
			     (double)seen.cpu_ns[WHY_WALK_OTHERS] / NS_MS);
}

static void tell_all(struct why *w)
{
	for (size_t i = 0; i < w->second->listeners.count; i++) {
		const struct why_listener *l = &w->second->listeners.at[i];

		if (!selected(w, l))
			continue;
		diagnose(w->report, w->first, w->second, l, NULL);
		tell_report(w);
	}
	tell_limits(w);
}

static int flush(struct why *w)
{
	int rc = w->json ? run_flush(w->json) : out_flush(&w->out);

	if (rc && rc != -EPIPE && !w->json)
		run_complain("cannot write to standard output: %s", strerror(-rc));
	return rc == -EPIPE ? 0 : rc;
}

static int run(struct why *w, char *err, size_t err_size)
{
	int rc = open_output(w);

	if (rc) {
		snprintf(err, err_size, "out of memory");
		return rc;
	}
	w->pid_gone = w->options->pid && notice_pid_gone(w->options->pid);
	rc = open_source(w, err, err_size);
	if (rc)
		return rc;
	rc = take_looks(w);
	if (rc) {
		snprintf(err, err_size, "cannot look at files and threads: %s", strerror(-rc));
		return rc;
	}
	tell_all(w);
	if (!w->listeners && !w->options->quiet)
		run_complain("no listener matches: %s", w->pid_gone ? "there is no such process"
							: w->options->pid
								? "the process holds none of them"
								: "nobody listens there");
	return flush(w);
}

int run_why(const struct why_options *options, const struct run_place *place)
{
	struct why w = {.options = options, .place = place};
	char err[ERR_MAX] = "";
	int code = EXIT_CLEAN;

	if (run(&w, err, sizeof(err))) {
		if (err[0])
			run_complain("%s", err);
		code = EXIT_RUNTIME;
	} else if (w.troubles) {
		code = EXIT_BROKEN;
	} else if (!w.listeners) {
		code = EXIT_TOO_LITTLE;
	}
	why_source_free(w.source);
	look_free(w.first);
	look_free(w.second);
	free(w.report);
	free(w.printed);
	view_free(w.json);
	out_free(&w.out);
	return code;
}
