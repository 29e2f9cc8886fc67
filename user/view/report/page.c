// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/page.h"

#include <stdio.h>
#include <string.h>

#include "view/report/html.h"
#include "view/report/parts.h"
#include "view/report/prose.h"

/* Listeners with charts; the others have their row in the table. */
#define CHARTED_MAX 16

static void put_head(struct out *o, const struct page *page)
{
	out_text(o, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" "
		    "xml:lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
	out_format(o,
		   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "style-src '%s'\"/>\n",
		   style_hash);
	out_text(o, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		    "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		    "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>");
	html_text(o, page->title);
	out_format(o, "</title>\n<style>%s</style>\n</head>\n<body>\n", style_sheet);
}

static void put_title(struct out *o, const struct page *page)
{
	const struct report_run *run = report_run(page->report);
	struct text_clock clock = {0};
	char stamp[TEXT_RFC3339 + 1];

	*text_rfc3339(&clock, stamp, (int64_t)run->t_first + run->boot_offset_ns) = '\0';
	stamp[10] = ' ';
	strcpy(stamp + 19, " UTC");
	out_text(o, "<header>\n<h1>");
	html_text(o, page->title);
	out_format(o, "</h1>\n<p class=\"dim\">%s, ", stamp);
	html_duration(o, run->t_last > run->t_first ? run->t_last - run->t_first : 0);
	out_text(o, " long \xc2\xb7 Linux ");
	html_text(o, run->kernel);
	out_text(o, " \xc2\xb7 recorded with sockstate ");
	html_text(o, run->version);
	out_text(o, "</p>\n</header>\n");
}

/* ---- the figures on top ---- */

static void begin_tile(struct out *o, const char *name, bool bad)
{
	out_format(o, "<div class=\"tile%s\"><dt>%s</dt><dd>", bad ? " bad" : "", name);
}

static void put_tile(struct out *o, const char *name, uint64_t n, bool known, bool bad)
{
	begin_tile(o, name, known && bad && n);
	html_known_count(o, n, known);
	out_text(o, "</dd></div>\n");
}

static void put_tiles(struct out *o, const struct page *page)
{
	const struct report_run *run = report_run(page->report);
	const uint64_t refused = report_refused(page->report);
	uint64_t longest = 0;

	for (size_t i = 0; i < report_listeners(page->report); i++) {
		const struct histogram *h = report_listener(page->report, i)->wait;

		if (h && h->max > longest)
			longest = h->max;
	}
	out_text(o, "<dl class=\"tiles\">\n");
	put_tile(o, "connections", run->connections, true, false);
	put_tile(o, "accepted", run->accepts, run->accepts_known, false);
	put_tile(o, "refused SYNs and ACKs", refused, report_refused_known(run, refused), true);
	put_tile(o, "never accepted", run->never_accepted, run->never_accepted_known, true);
	put_tile(o, "still waiting at the end", run->still_queued, run->still_queued_known, true);
	if (longest) {
		begin_tile(o, "longest wait for accept()", false);
		html_duration(o, longest);
		out_text(o, "</dd></div>\n");
	}
	put_tile(o, "facts lost", run->lost, true, true);
	out_text(o, "</dl>\n");
	if (page->cut)
		out_text(o,
			 "<p class=\"warn\">The recording is cut or damaged. This page shows what "
			 "could be read of it, up to that place.</p>\n");
}

/* ---- the worst ---- */

static void on_life(void *ctx, const struct event *e)
{
	life_event(ctx, e);
}

static void put_life_end(struct out *o, const struct life *life, enum life_side side)
{
	char end[TEXT_END_MAX];

	life_end(life, side, end);
	html_text(o, end);
}

static void put_connection(struct out *o, const struct page *page, const struct worst_entry *entry,
			   size_t number)
{
	struct out text;
	const struct prose prose = {.out = &text, .utf8 = true, .run = report_run(page->report)};
	struct life life;

	life_init(&life);
	page->tell(page->tell_ctx, entry->id, on_life, &life);
	report_find_listener(page->report, &life);
	out_format(o, "<article>\n<h3><span class=\"number\">%zu</span> ", number);
	put_life_end(o, &life, LIFE_CLIENT);
	out_text(o, " \xe2\x86\x92 ");
	put_life_end(o, &life, LIFE_SERVER);
	out_format(o, " <span class=\"badge %s\">%s</span> <span class=\"took\">",
		   entry->kind == WORST_ACCEPTED || entry->kind == WORST_ESTABLISHED ? "ok" : "bad",
		   prose_kind(entry->kind));
	html_duration(o, entry->ns);
	out_text(o, "</span></h3>\n");
	if (!life.t_first) {
		out_text(o, "<p class=\"none\">Its steps could not be kept within the bound of "
			    "memory.</p>\n</article>\n");
		return;
	}
	if (!out_init(&text, -1)) {
		prose_life(&prose, &life);
		out_bytes(&text, "", 1);
		out_text(o, "<p>");
		html_text(o, text.err ? "" : text.buf);
		out_text(o, "</p>\n");
		out_free(&text);
	}
	out_text(o, "<div class=\"scroll\">");
	ladder_svg(o, page->tell, page->tell_ctx, entry->id);
	out_text(o, "</div>\n");
	out_text(o, "</article>\n");
}

static void put_worst(struct out *o, const struct page *page)
{
	out_text(o, "<section>\n<h2>The connections that had it worst</h2>\n");
	if (!page->worst_count) {
		out_text(
			o,
			"<p class=\"none\">No connection was seen from its begin.</p>\n</section>\n");
		return;
	}
	out_text(o,
		 "<p class=\"dim\">First those that were never served, then those that were served "
		 "last. The time is from the first sign of a connection until accept() took it, or "
		 "until the last sign of it. States in parentheses follow from the segments: that "
		 "end was not traced.</p>\n");
	for (size_t i = 0; i < page->worst_count; i++)
		put_connection(o, page, &page->worst[i], i + 1);
	out_text(o, "</section>\n");
}

/* ---- the whole ---- */

static void put_made(struct out *o, const struct page *page)
{
	const struct report_run *run = report_run(page->report);
	size_t count = report_listeners(page->report);

	out_text(o, "<footer>\n<p>Made by <code>sockstate report</code> " SOCKSTATE_VERSION
		    " from <bdi>");
	html_text(o, page->recording);
	out_text(o, "</bdi>, ");
	html_count(o, run->events);
	out_text(o, " events. All counts and quantiles are of all connections.");
	if (count) {
		out_text(o, " The charts over time are drawn from intervals of ");
		html_duration(o, report_listener(page->report, 0)->series.width);
		out_text(o, ": a queue is shown with its longest length in each.");
	}
	out_format(o, " Connections are drawn one by one only where they are among the %d worst.",
		   WORST_SHOWN);
	if (count > CHARTED_MAX)
		out_format(o, " Of %zu listeners %d have charts.", count, CHARTED_MAX);
	if (run->listeners_left)
		out_format(o, " More than %d listeners were seen: the others are left out.",
			   REPORT_LISTENERS_MAX);
	out_text(o, " Times of day are UTC.</p>\n</footer>\n");
}

void page_write(struct out *o, const struct page *page)
{
	const struct report_run *run = report_run(page->report);
	size_t count = report_listeners(page->report);

	put_head(o, page);
	out_text(o, "<main>\n");
	put_title(o, page);
	put_tiles(o, page);
	if (count > 1)
		part_listener_table(o, page->report);
	if (!count)
		out_text(o, "<section><p class=\"none\">No listener was seen.</p></section>\n");
	for (size_t i = 0; i < count && i < CHARTED_MAX; i++)
		part_listener(o, report_listener(page->report, i), run, i + 1);
	put_worst(o, page);
	part_states(o, page->report);
	part_knowledge(o, run);
	put_made(o, page);
	out_text(o, "</main>\n</body>\n</html>\n");
}
