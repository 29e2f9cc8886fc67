// SPDX-License-Identifier: BSD-2-Clause
/*
 * explain.c - `sockstate explain`: the life of one connection of a recording, as prose.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "event/filter.h"
#include "run/recorded.h"
#include "run/run.h"
#include "view/report/explain.h"

static void on_life(void *ctx, const struct event *e)
{
	life_event(ctx, e);
}

static void explain(struct recorded *r, const struct explain_page *page,
		    const struct worst_entry *worst)
{
	struct life life;

	life_init(&life);
	recorded_tell(r, worst->id, on_life, &life);
	report_find_listener(r->report, &life);
	explain_print(page, &life, worst->kind == WORST_KIND_COUNT ? NULL : worst);
}

/* The connections that are asked for, or the worst. Returns an exit code. */
static int print_all(struct recorded *r, const struct explain_options *o, struct out *out)
{
	const struct explain_page page = {
		.prose = {.out = out,
			  .utf8 = r->place->view.utf8 || o->json,
			  .utc_offset_s = o->json ? 0 : r->place->view.utc_offset_s,
			  .run = report_run(r->report)},
		.columns = (unsigned int)r->place->view.columns,
		.json = o->json,
	};
	struct worst_entry worst;

	if (o->connection && !r->asked_count) {
		run_complain("explain: no connection of %s in '%s'", o->connection, r->path);
		return EXIT_RUNTIME;
	}
	for (size_t i = 0; i < r->asked_count; i++) {
		worst = (struct worst_entry){.id = r->asked_id[i], .kind = WORST_KIND_COUNT};
		if (i && !o->json)
			out_text(out, "\n");
		explain(r, &page, &worst);
	}
	if (r->asked_total > r->asked_count)
		run_complain("explain: the first %zu of %zu connections of %s", r->asked_count,
			     r->asked_total, o->connection);
	if (o->connection)
		return EXIT_CLEAN;
	if (!recorded_worst(r, &worst, 1)) {
		run_complain(
			filter_is_open(&r->sockets->filter)
				? "explain: no connection in '%s' that could be told of"
				: "explain: the filter hides every connection of '%s': leave --port and the like out to see what it has",
			r->path);
		return EXIT_RUNTIME;
	}
	explain(r, &page, &worst);
	return EXIT_CLEAN;
}

int run_explain(const struct explain_options *options, const struct run_place *place)
{
	struct recorded r = {
		.name = "explain",
		.path = options->recording.path,
		.sockets = &options->sockets,
		.thresholds = &options->thresholds,
		.place = place,
		.asked = {.family = options->family, .port = options->port},
	};
	struct out out = {0};
	int code, rc;

	memcpy(r.asked.addr, options->addr, sizeof(r.asked.addr));
	code = recorded_read(&r);
	if (r.opened) {
		rc = out_init(&out, STDOUT_FILENO);
		if (!rc) {
			int found = print_all(&r, options, &out);

			code = code == EXIT_CLEAN ? found : code;
			rc = out_flush(&out);
		}
		if (rc && rc != -EPIPE) {
			run_complain("cannot write to standard output: %s", strerror(-rc));
			code = EXIT_RUNTIME;
		}
		out_free(&out);
	}
	recorded_free(&r);
	return code;
}
