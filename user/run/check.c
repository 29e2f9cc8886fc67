// SPDX-License-Identifier: BSD-2-Clause
/*
 * check.c - `sockstate check`: a live run or a replay whose events go to the gate, and a command
 * beside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "base/units.h"
#include "gate/report.h"
#include "kernel/clock.h"
#include "kernel/sandbox.h"
#include "run/child.h"
#include "run/run.h"
#include "stream/story.h"

#define LINE_BYTES     512
#define PROGRESS_EVERY NS_S
#define WORST_LADDERS  3
#define STORIES_BYTES  (32 * 1024 * 1024)

struct check {
	const struct check_options *options;
	const struct run_place *place;
	struct gate *gate;
	struct stories *stories; /* of connections that are open, and of the worst */
	struct child *child;	 /* NULL: no command */
	int junit;		 /* -1: none */
	int64_t boot_offset_ns;
	uint64_t next_progress; /* ns; UINT64_MAX: never */
	uint64_t settled;	/* ns: the command has ended, nothing is waited for; 0: it runs */
	bool progress_shown;
	bool no_memory;
	int start_error; /* of the command */
};

/* ---- the rules file ---- */

static int read_rules(struct gate_rules *rules, const char *path)
{
	char line[LINE_BYTES], err[LINE_BYTES];
	FILE *file = fopen(path, "re");
	unsigned int number = 0;
	int rc = 0;

	if (!file) {
		run_complain("--rules: cannot read '%s': %s", path, strerror(errno));
		return -errno;
	}
	while (!rc && fgets(line, sizeof(line), file)) {
		number++;
		rc = gate_rules_add_line(rules, line, err, sizeof(err));
	}
	if (rc)
		run_complain("--rules: '%s', line %u: %s", path, number, err);
	else if (ferror(file))
		rc = -EIO;
	if (rc == -EIO)
		run_complain("--rules: cannot read '%s': %s", path, strerror(EIO));
	fclose(file);
	return rc;
}

/* ---- what the run calls ---- */

/* A connection whose ends have both ended is kept only if it is among the worst so far. */
static bool is_wanted(void *ctx, const struct story *story)
{
	struct check *c = ctx;

	return gate_is_worst(c->gate, story->cookie);
}

static void on_event(void *ctx, const struct event *e)
{
	struct check *c = ctx;
	struct story *story;

	if (gate_event(c->gate, e))
		c->no_memory = true;
	story = stories_follow(c->stories, e);
	if (story)
		stories_settle(c->stories, story, e, is_wanted, c);
}

static struct view *new_view(void *ctx, const struct view_options *options)
{
	struct check *c = ctx;

	c->boot_offset_ns = options->boot_offset_ns;
	return view_watch_new(options, on_event, c);
}

static int begin(void *ctx, struct stream *stream, struct live *live)
{
	struct check *c = ctx;

	(void)stream, (void)live;
	c->start_error = c->child ? child_start(c->child) : 0;
	if (c->start_error)
		run_complain("cannot run '%s': %s", c->options->operands[0],
			     strerror(-c->start_error));
	return c->start_error;
}

static struct gate_report report_of(const struct check *c)
{
	return (struct gate_report){
		.gate = c->gate,
		.color = c->place->view.color,
		.utf8 = c->place->view.utf8,
		.boot_offset_ns = c->boot_offset_ns,
		.utc_offset_s = c->place->view.utc_offset_s,
		.command_status = -1,
	};
}

/* One line on standard error that is drawn over. */
static void show_progress(struct check *c)
{
	const struct gate_report report = report_of(c);
	struct out out;

	if (out_init(&out, STDERR_FILENO))
		return;
	out_text(&out, "\r\033[K");
	gate_report_progress(&out, &report);
	out_flush(&out);
	out_free(&out);
	c->progress_shown = true;
}

static bool over(void *ctx)
{
	struct check *c = ctx;

	if (c->next_progress != UINT64_MAX && clock_now_ns() >= c->next_progress) {
		c->next_progress = clock_now_ns() + PROGRESS_EVERY;
		show_progress(c);
	}
	if (c->no_memory)
		return true;
	if (!c->child || !child_ended(c->child))
		return false;
	if (!c->settled)
		c->settled = clock_now_ns() + c->options->settle_ns;
	return !gate_waiting(c->gate) || clock_now_ns() >= c->settled;
}

/* ---- the result ---- */

static int exit_code_of(const struct check *c)
{
	static const int codes[GATE_VERDICT_COUNT] = {
		[GATE_HELD] = EXIT_CLEAN,
		[GATE_BROKEN] = EXIT_BROKEN,
		[GATE_TOO_LITTLE] = EXIT_TOO_LITTLE,
		[GATE_UNKNOWN] = EXIT_UNKNOWN,
	};

	return codes[gate_result(c->gate)];
}

static int print_to(int fd, const char *name, const struct gate_report *report,
		    void (*print)(struct out *o, const struct gate_report *report))
{
	struct out out;
	int rc = out_init(&out, fd);

	if (!rc) {
		print(&out, report);
		rc = out_flush(&out);
		out_free(&out);
	}
	if (rc && rc != -EPIPE)
		run_complain("cannot write %s: %s", name, strerror(-rc));
	return rc == -EPIPE ? 0 : rc;
}

static void print_event(void *view, const struct event *e)
{
	view_event(view, e);
}

/* The ladders of the worst connections, so that the log of a job is enough to act on. */
static int print_worst(const struct check *c)
{
	struct view_options options = c->place->view;
	uint64_t cookies[WORST_LADDERS];
	size_t count = gate_worst(c->gate, cookies, WORST_LADDERS);
	struct view *view;
	int rc;

	if (!count)
		return 0;
	options.boot_offset_ns = c->boot_offset_ns;
	view = view_ladder_new(&options);
	if (!view)
		return -ENOMEM;
	stories_print(c->stories, cookies, count, print_event, view);
	view_finish(view);
	rc = run_flush(view);
	view_free(view);
	return rc == -EPIPE ? 0 : rc;
}

static int print_result(const struct check *c, int command_status)
{
	struct gate_report report = report_of(c);
	int rc = 0;

	report.exit_code = exit_code_of(c);
	report.command_status = command_status;
	if (c->junit >= 0)
		rc = print_to(c->junit, c->options->junit, &report, gate_report_junit);
	if (!rc && !c->options->quiet)
		rc = print_to(STDOUT_FILENO, "to standard output", &report,
			      c->options->json ? gate_report_json : gate_report_table);
	if (!rc && !c->options->quiet && !c->options->json && report.exit_code == EXIT_BROKEN)
		rc = print_worst(c);
	return rc ? EXIT_RUNTIME : report.exit_code;
}

/* ---- the run ---- */

static struct trace_options trace_options_of(const struct check_options *o)
{
	return (struct trace_options){
		.sockets = o->sockets,
		.duration = o->duration,
		.thresholds = o->thresholds,
		.hooks = o->hooks,
		.limits = o->limits,
		.tests = o->tests,
		.common = o->common,
		.record = o->record,
		.replay = o->replay,
		.interval_ns = NS_S, /* queues and verdicts of listeners where nothing happens */
	};
}

/* Everything that needs our rights, before the run gives them up. */
static int prepare(struct check *c)
{
	const struct check_options *o = c->options;
	struct gate_config config = {.rules = o->rules.rules, .filter = o->sockets.filter};
	char err[LINE_BYTES];

	if (o->rules.file && read_rules(&config.rules, o->rules.file))
		return EXIT_USAGE;
	if (!config.rules.count) {
		run_complain("--rules: '%s' holds no rule", o->rules.file);
		return EXIT_USAGE;
	}
	c->gate = gate_new(&config);
	c->stories = stories_new(STORIES_BYTES, NULL, NULL);
	if (!c->gate || !c->stories) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	if (o->junit) {
		c->junit = out_create(o->junit, 0644);
		if (c->junit < 0) {
			run_complain("--junit: cannot write '%s': %s", o->junit, out_why(c->junit));
			return EXIT_RUNTIME;
		}
	}
	if (o->operands &&
	    child_prepare(&c->child, o->operands, o->user, o->json, err, sizeof(err))) {
		run_complain("%s", err);
		return EXIT_RUNTIME;
	}
	return EXIT_CLEAN;
}

static int run(struct check *c)
{
	const struct run_guest guest = {.view = new_view,
					.begin = begin,
					.over = over,
					.ctx = c,
					.needs = c->child ? SANDBOX_CHILD : 0};
	const struct trace_options trace = trace_options_of(c->options);
	struct run_place place = *c->place;
	int code, status = -1;

	place.guest = &guest;
	code = c->options->replay ? run_replay(&trace, &place) : run_live(&trace, &place);
	if (c->progress_shown)
		fputs("\r\033[K", stderr);
	if (c->child && !c->start_error)
		status = child_stop(c->child, SIGTERM);
	if (code != EXIT_CLEAN || c->start_error)
		return EXIT_RUNTIME;
	if (c->no_memory) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	return print_result(c, status);
}

int run_check(const struct check_options *options, const struct run_place *place)
{
	struct check c = {.options = options, .place = place, .junit = -1};
	int code = prepare(&c);

	c.next_progress = !options->quiet && isatty(STDERR_FILENO) ? 0 : UINT64_MAX;
	if (code == EXIT_CLEAN)
		code = run(&c);
	child_free(c.child);
	stories_free(c.stories);
	gate_free(c.gate);
	if (c.junit >= 0 && close(c.junit))
		run_complain("--junit: cannot write '%s': %s", options->junit, strerror(errno));
	return code;
}
