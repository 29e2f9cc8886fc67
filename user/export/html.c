// SPDX-License-Identifier: BSD-2-Clause
/*
 * html.c - the page for a person at /: every listener in a row, the fullest queue first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "event/vocabulary.h"
#include "export/page.h"
#include "listener/durations.h"

#define ROWS_MAX 500

static const char head[] =
	"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	"<meta name=\"viewport\" content=\"width=device-width\">"
	"<meta http-equiv=\"refresh\" content=\"2\">"
	"<title>sockstate</title>\n<style>\n"
	":root{color-scheme:light dark;font:15px/1.4 system-ui,sans-serif}\n"
	"body{margin:2rem auto;max-width:64rem;padding:0 1rem}\n"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid #8884}\n"
	"th{font-weight:600}\nth:nth-child(-n+2),td:nth-child(-n+2),th:last-child,td:last-child"
	"{text-align:left}\n.bad{color:#c22;font-weight:600}\nmeter{width:6rem}\n"
	"</style></head>\n<body><h1>sockstate</h1>\n";

static void put_escaped(struct out *o, const char *text)
{
	char clean[256];

	text_clean(clean, sizeof(clean), text, 64, true);
	for (const char *p = clean; *p; p++) {
		if (*p == '<')
			out_text(o, "&lt;");
		else if (*p == '>')
			out_text(o, "&gt;");
		else if (*p == '&')
			out_text(o, "&amp;");
		else
			out_bytes(o, p, 1);
	}
}

static uint64_t refused_of(const struct series *s)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < DROP_REASON_COUNT; i++)
		sum += s->refused[i];
	return sum;
}

static void put_verdicts(struct out *o, const struct series *s)
{
	bool any = false;

	for (unsigned int v = 0; v < VERDICT_COUNT; v++) {
		if (v == VERDICT_OK || !(s->verdicts >> v & 1))
			continue;
		out_format(o, "%s%s", any ? ", " : "<span class=\"bad\">", verdict_name(v));
		any = true;
	}
	out_text(o, any ? "</span>" : "ok");
}

static void put_row(struct out *o, const struct series *s)
{
	char where[TEXT_END_MAX] = "all others", p50[TEXT_DURATION_MAX] = "",
	     p99[TEXT_DURATION_MAX] = "", oldest[TEXT_DURATION_MAX] = "", fullest[64] = "";
	struct quantiles wait;

	durations_quantiles(&s->accept_wait, &wait);
	if (s->family)
		text_end(where, s->family, s->addr, s->port);
	if (wait.count) {
		text_duration(p50, wait.p50, true);
		text_duration(p99, wait.p99, true);
	}
	if (s->listeners > 1)
		snprintf(fullest, sizeof(fullest), " of %u sockets, the fullest to %.0f %%",
			 s->listeners, 100.0 * (double)s->fullest / SERIES_WHOLE);
	if (s->oldest_ns)
		text_duration(oldest, s->oldest_ns, true);
	out_format(o, "<tr><td>%s<td>", where);
	put_escaped(o, s->comm);
	out_format(o,
		   "<td>%" PRIu64 " / %" PRIu64 " <meter max=\"%u\" value=\"%" PRIu64
		   "\"></meter>%s<td>%" PRIu64 "<td>%" PRIu64 "<td>%" PRIu64
		   "<td>%s<td>%s<td>%s<td%s>%" PRIu64 "<td>",
		   s->queue, s->limit, SERIES_WHOLE, s->fullest, fullest, series_peak(s),
		   s->completed, s->accepted, p50, p99, oldest,
		   refused_of(s) ? " class=\"bad\"" : "", refused_of(s));
	put_verdicts(o, s);
	out_text(o, "</tr>\n");
}

static int fuller(const void *a, const void *b)
{
	const struct series *x = *(const struct series *const *)a,
			    *y = *(const struct series *const *)b;

	if (x->oldest_ns != y->oldest_ns)
		return x->oldest_ns > y->oldest_ns ? -1 : 1;
	if (x->queue != y->queue)
		return x->queue > y->queue ? -1 : 1;
	return x->completed > y->completed ? -1 : x->completed < y->completed;
}

void export_html(struct out *o, const struct export_state *state)
{
	size_t count = series_count(state->series);
	const struct series **list = malloc((count + 1) * sizeof(struct series *));

	out_text(o, head);
	out_format(o,
		   "<p>%zu listening address%s. Counts since the start; metrics for Prometheus are "
		   "at <a href=\"metrics\">/metrics</a>.</p>\n<table><thead><tr><th>listener<th>"
		   "program<th>accept queue<th>peak, 60 s<th>connections<th>accepted<th>wait p50"
		   "<th>p99<th>oldest<th>refused<th>verdict</tr></thead><tbody>\n",
		   count, count == 1 ? "" : "es");
	for (size_t i = 0; list && i < count; i++)
		list[i] = series_get(state->series, i);
	if (list)
		qsort(list, count, sizeof(struct series *), fuller);
	for (size_t i = 0; list && i < count && i < ROWS_MAX; i++)
		put_row(o, list[i]);
	free(list);
	out_text(o, "</tbody></table>\n");
	if (count > ROWS_MAX)
		out_format(o, "<p>%zu more are at /metrics.</p>\n", count - ROWS_MAX);
	out_text(o, "</body></html>\n");
}
