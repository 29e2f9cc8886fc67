// SPDX-License-Identifier: BSD-2-Clause
/*
 * list.c - `sockstate list`: what is open now, once or again and again.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/units.h"
#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/file_walk.h"
#include "kernel/look.h"
#include "kernel/snapshot.h"
#include "listener/interfaces.h"
#include "listener/places.h"
#include "listener/verdict.h"
#include "run/listed.h"
#include "run/notice.h"
#include "run/run.h"
#include "run/setup.h"
#include "view/list/list.h"

/* The heading, two rows of totals, and the line that the shell prompts on. */
#define ROWS_TAKEN 4
#define ROWS_LEAST 5
/* A signal is noticed so late at most. */
#define NAP_NS (50 * NS_MS)

struct list {
	const struct list_options *options;
	const struct run_place *place;
	struct sockdiag *sockdiag;
	struct file_walk *walk; /* NULL: owners come from /proc */
	struct listing rows;
	struct places *places;
	struct interfaces interfaces;
	struct view *json; /* NULL: a table */
	struct out out;
	bool drawn;
};

/* /proc is out of reach in the sandbox: a list without owners is better than none. */
static int owners(void *ctx, record_fn fn, void *fn_ctx)
{
	const struct list *l = ctx;
	int rc = file_walk_owners(l->walk, fn, fn_ctx);

	if (rc)
		run_complain("no owners in this list, the walk over open files failed: %s",
			     strerror(-rc));
	return 0;
}

static void learn(struct list *l, const struct fact_hdr *f)
{
	if (f->kind == FACT_PLACE)
		places_learn(l->places, (const struct fact_place *)f);
	else if (f->kind == FACT_INTERFACE)
		interfaces_learn(&l->interfaces, (const struct fact_interface *)f);
}

static int learn_place(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *part = fact_decode(bytes, size);
	struct list *l = ctx;

	if (part)
		learn(l, part);
	return 0;
}

static int look(struct list *l)
{
	const struct snapshot_from from = {
		.sockdiag = &l->sockdiag,
		.filter = &l->options->sockets.filter,
		.owners = l->walk ? owners : NULL,
		.ctx = l,
		.place = learn_place,
		.place_ctx = l,
	};
	struct listing_wants wants;
	int rc;

	listing_clear(&l->rows);
	rc = snapshot_list(&from, listed_add, &l->rows);
	if (rc < 0) {
		run_complain("cannot list the sockets: %s", strerror(-rc));
		return rc;
	}
	wants = l->options->wants;
	if (owner_restricts(&l->options->owner.filter))
		wants.owner = &l->options->owner.filter;
	listing_finish(&l->rows, &wants);
	for (size_t i = 0; i < l->rows.count; i++) {
		struct listing_row *row = &l->rows.rows[i];

		row->ifname = interfaces_find(&l->interfaces, row->s.netns, row->s.ifindex);
	}
	return 0;
}

/* ---- output ---- */

static size_t rows_of(const struct list *l, const struct run_window *window)
{
	if (l->options->rows != LIST_ROWS_FIT)
		return (size_t)l->options->rows;
	if (!l->place->view.terminal || !window->rows)
		return 0;
	return window->rows > ROWS_TAKEN + ROWS_LEAST ? (size_t)window->rows - ROWS_TAKEN
						      : ROWS_LEAST;
}

/* A watch on a terminal draws over what it drew; elsewhere an empty line is between two blocks. */
static void draw_table(struct list *l)
{
	struct run_window window;
	struct verdict_limits limits;
	bool redraw = l->options->watch_ns && l->place->view.terminal;
	struct list_view_options options = {
		.color = l->place->view.color,
		.utf8 = l->place->view.utf8,
		.header = l->place->view.header,
		.redraw = redraw,
		.time_wait_left_out = !l->options->wants.states,
	};

	place_window(&window);
	verdict_limits_init(&limits);
	options.columns = window.columns;
	options.rows = rows_of(l, &window);
	options.slow_ns = limits.slow_ns;
	options.stuck_ns = limits.stuck_ns;
	if (redraw)
		out_text(&l->out, l->drawn ? "\033[H" : "\033[H\033[2J");
	else if (l->drawn)
		out_text(&l->out, "\n");
	list_draw(&l->out, &l->rows, &options);
	if (redraw)
		out_text(&l->out, "\033[J");
	l->drawn = true;
}

static void draw_json(struct list *l)
{
	size_t count = l->rows.count;
	struct event e;

	if (l->options->rows && l->options->rows < count)
		count = (size_t)l->options->rows;
	for (size_t i = 0; i < count; i++) {
		listing_row_event(&l->rows.rows[i], &e);
		places_put(l->places, l->rows.rows[i].pid, &e);
		view_event(l->json, &e);
	}
}

static int draw(struct list *l)
{
	int rc;

	if (l->json) {
		draw_json(l);
		return run_flush(l->json);
	}
	draw_table(l);
	rc = out_flush(&l->out);
	if (rc && rc != -EPIPE)
		run_complain("cannot write to standard output: %s", strerror(-rc));
	return rc;
}

/* ---- the run ---- */

static int open_outputs(struct list *l)
{
	struct view_options options = l->place->view;

	options.boot_offset_ns = clock_boot_offset_ns();
	if (l->options->json)
		l->json = view_json_new(&options);
	l->places = places_new();
	if (!l->places || (l->options->json && !l->json) || out_init(&l->out, options.fd)) {
		run_complain("out of memory");
		return -ENOMEM;
	}
	return 0;
}

/*
 * What the list lacks is said after the first look, on standard error: whoever pipes the list on
 * must not take it for more than it is.
 */
static void say_limits(const struct list *l, const char *why_no_walk)
{
	int err = 0;
	size_t refused = sockdiag_refused(l->sockdiag, &err);

	if (sockdiag_own_only(l->sockdiag))
		run_complain("only this network namespace, and the owners that /proc shows you: "
			     "root sees all");
	else if (!l->walk)
		run_complain("owners come from /proc, so a busy process may be missed: %s",
			     why_no_walk);
	if (refused)
		run_complain(
			"%zu network namespace%s cannot be entered, the sockets there are missing: %s",
			refused, text_s(refused), strerror(err));
}

static bool over(const struct list *l, uint64_t deadline)
{
	return l->place->stopped() || clock_now_ns() >= deadline || run_reader_gone(l->place);
}

/* Returns whether another look is due. */
static bool wait_for_next(const struct list *l, uint64_t *next, uint64_t deadline)
{
	uint64_t now;

	if (!l->options->watch_ns)
		return false;
	*next += l->options->watch_ns;
	while (!over(l, deadline)) {
		struct timespec nap = {.tv_nsec = NAP_NS};

		now = clock_now_ns();
		if (now >= *next) {
			*next = now;
			return true;
		}
		if (*next - now < NAP_NS)
			nap.tv_nsec = (long)(*next - now);
		nanosleep(&nap, NULL);
	}
	return false;
}

static int looks(struct list *l, const char *why_no_walk)
{
	uint64_t start = clock_now_ns(), next = start;
	const uint64_t length = l->options->duration.ns;
	const uint64_t deadline = length ? start + length : UINT64_MAX;
	bool first = true;
	int rc;

	do {
		rc = look(l);
		if (!rc)
			rc = draw(l);
		if (!rc && first)
			say_limits(l, why_no_walk);
		first = false;
	} while (!rc && wait_for_next(l, &next, deadline));
	return rc;
}

/* Without the walk, root's rights are what shows the owners. */
static int confine(struct list *l)
{
	const struct opt_tests none = {0};
	const struct opt_common *common = &l->options->common;
	unsigned int cgroups = l->options->owner.filter.cgroup ? SANDBOX_CGROUPS : 0;
	char err[ERR_MAX];
	int rc = sockdiag_open(&l->sockdiag);

	if (rc) {
		if (!kernel_mounts(err, sizeof(err)))
			snprintf(err, sizeof(err), "%s", strerror(-rc));
		run_complain("cannot list the sockets: %s", err);
	} else if (l->walk) {
		rc = setup_confine(&none, common, SANDBOX_WALKS | SANDBOX_NETLINK | cgroups, err,
				   sizeof(err));
		if (rc)
			run_complain("%s", err);
	} else {
		setup_sandbox(common, SANDBOX_OWNERS | SANDBOX_NETLINK);
	}
	return rc;
}

int run_list(const struct list_options *options, const struct run_place *place)
{
	struct list l = {.options = options, .place = place};
	char err[ERR_MAX] = "";
	int rc = open_outputs(&l);

	if (!rc) {
		file_walk_open(&l.walk, options->common.verbose, err, sizeof(err));
		notice_owner(&options->owner.filter, options->watch_ns ? " yet; waiting" : "");
		rc = confine(&l);
		if (!rc)
			rc = looks(&l, err);
	}
	view_free(l.json);
	out_free(&l.out);
	listing_free(&l.rows);
	places_free(l.places);
	sockdiag_free(l.sockdiag);
	file_walk_free(l.walk);
	return rc && rc != -EPIPE ? EXIT_RUNTIME : EXIT_CLEAN;
}
