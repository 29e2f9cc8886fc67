// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/chart.h"
#include "view/report/html.h"
#include "view/report/parts.h"
#include "view/words.h"

static void put_name(struct out *o, const struct report_listener *l)
{
	html_ends(o, l->family, l->addr, l->port, l->zone);
	if (!l->pid)
		return;
	out_text(o, " <span class=\"by\">");
	html_owner(o, l->comm, l->pid);
	out_text(o, "</span>");
}

static void put_badge(struct out *o, enum verdict verdict)
{
	out_format(o, "<span class=\"badge %s\">%s</span>", verdict == VERDICT_OK ? "ok" : "bad",
		   words_of_verdict(verdict));
}

static void put_quantile(struct out *o, const struct histogram *h, double percent)
{
	if (h && percent < 100)
		html_duration(o, histogram_quantile(h, percent));
	else if (h)
		html_duration(o, h->max);
	else
		out_text(o, "\xe2\x80\x93");
}

static void put_known_figure(struct out *o, const char *name, uint64_t n, bool known, bool bad)
{
	out_format(o, "<div%s><dt>%s</dt><dd>", bad && known && n ? " class=\"bad\"" : "", name);
	html_known_count(o, n, known);
	out_text(o, "</dd></div>");
}

static void put_figure(struct out *o, const char *name, uint64_t n, bool bad)
{
	put_known_figure(o, name, n, true, bad);
}

static void put_figures(struct out *o, const struct report_listener *l,
			const struct report_run *run)
{
	out_text(o, "<dl class=\"figures\">");
	put_figure(o, "handshakes", l->completed, false);
	put_known_figure(o, "accepted", l->accepts, report_accepts_known(run), false);
	put_known_figure(o, "refused", l->refused, report_refused_known(run, l->refused), true);
	if (l->clients_believe)
		put_figure(o, "of them final ACKs", l->clients_believe, true);
	put_known_figure(o, "never accepted", l->never_accepted, report_accepts_known(run), true);
	if (l->accept_errors)
		put_figure(o, "accept() failed", l->accept_errors, true);
	if (l->synack_retrans)
		put_figure(o, "SYN-ACKs sent again", l->synack_retrans, true);
	if (l->given_up)
		put_figure(o, "half open, given up", l->given_up, false);
	out_text(o, "</dl>\n");
}

/* Reasons of refusals, and what to do. */
static void put_advice(struct out *o, const struct report_listener *l)
{
	bool any = false;

	for (unsigned int i = 0; i < DROP_REASON_COUNT; i++) {
		if (!l->drops[i])
			continue;
		out_text(o, any ? ", " : "<p>Refused or given up: ");
		html_count(o, l->drops[i]);
		out_format(o, " %s",
			   i == DROP_UNKNOWN ? "for a reason that no hook tells"
			   : i == DROP_OTHER ? "for a reason that the kernel does not tell"
					     : words_of_drop(i));
		any = true;
	}
	if (any)
		out_text(o, ".</p>\n");
	if (l->verdict == VERDICT_OK)
		return;
	out_format(o, "<p class=\"advice\"><b>%s</b>%s", words_of_verdict(l->verdict),
		   *l->advice ? ": " : "");
	html_text(o, l->advice);
	out_text(o, "</p>\n");
}

static void put_looks(struct out *o, const struct report_listener *l, const struct report_run *run)
{
	if (!l->look_count)
		return;
	out_text(o, "<h4>What the program did instead of accept()</h4>\n<ol class=\"looks\">\n");
	for (size_t i = 0; i < l->look_count; i++) {
		const struct report_look *look = &l->looks[i];

		out_text(o, "<li><span class=\"when\">");
		html_duration(o, look->t > run->t_first ? look->t - run->t_first : 0);
		out_format(o, "</span> <b>%s</b> ", words_of_diagnosis(look->diagnosis));
		html_text(o, look->sentence);
		out_text(o, "</li>\n");
	}
	out_text(o, "</ol>\n");
	if (l->looks_total > l->look_count) {
		out_text(o, "<p class=\"dim\">");
		html_count(o, l->looks_total - l->look_count);
		out_text(o, " looks between them are left out.</p>\n");
	}
}

static void put_histogram(struct out *o, const struct histogram *h, const char *title,
			  const char *what, const struct fact_knowledge *known)
{
	out_format(o, "<figure><figcaption><b>%s</b>", title);
	if (h) {
		out_text(o, " of ");
		html_count(o, h->count);
		out_text(o, " connections; the axis is logarithmic</figcaption>\n");
		chart_durations(o, h, what);
	} else {
		out_text(o, "</figcaption><p class=\"none\">None was measured");
		if (known->is == FACT_IS_ABSENT) {
			out_text(o, ": ");
			html_text(o, known->why);
		}
		out_text(o, ".</p>");
	}
	out_text(o, "</figure>\n");
}

void part_listener(struct out *o, const struct report_listener *l, const struct report_run *run,
		   size_t number)
{
	out_format(o, "<section class=\"listener\" id=\"l%zu\">\n<h2>", number);
	put_name(o, l);
	out_text(o, " ");
	put_badge(o, l->verdict);
	out_text(o, "</h2>\n");
	put_figures(o, l, run);
	put_advice(o, l);
	out_text(o, "<div class=\"scroll\">");
	chart_time(o, l, run);
	out_text(o, "</div>\n");
	out_text(o, "<div class=\"pair\">\n");
	put_histogram(o, l->handshake, "Handshake", "time of handshakes",
		      &run->facts.fact[KNOW_HANDSHAKE]);
	put_histogram(o, l->wait, "Wait for accept()", "time of waits for accept()",
		      &run->facts.fact[KNOW_ACCEPT]);
	out_text(o, "</div>\n");
	put_looks(o, l, run);
	out_text(o, "</section>\n");
}

void part_listener_table(struct out *o, const struct report *r)
{
	const struct report_run *run = report_run(r);

	out_text(o, "<section>\n<h2>Listeners</h2>\n<div class=\"wide\"><table>\n<thead><tr>"
		    "<th>listener</th><th>verdict</th><th class=\"n\">handshakes</th>"
		    "<th class=\"n\">accepted</th><th class=\"n\">refused</th>"
		    "<th class=\"n\">never accepted</th><th class=\"n\">peak / limit</th>"
		    "<th class=\"n\">wait p50</th><th class=\"n\">p99</th><th class=\"n\">max</th>"
		    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report_listeners(r); i++) {
		const struct report_listener *l = report_listener(r, i);
		const struct {
			uint64_t n;
			bool known, bad;
		} counts[] = {
			{l->completed, true, false},
			{l->accepts, report_accepts_known(run), false},
			{l->refused, report_refused_known(run, l->refused), true},
			{l->never_accepted, report_accepts_known(run), true},
		};

		out_text(o, "<tr><td>");
		put_name(o, l);
		out_text(o, "</td><td>");
		put_badge(o, l->verdict);
		out_text(o, "</td>");
		for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
			const bool bad = counts[k].bad && counts[k].known && counts[k].n;

			out_format(o, "<td class=\"n%s\">", bad ? " bad" : "");
			html_known_count(o, counts[k].n, counts[k].known);
			out_text(o, "</td>");
		}
		out_format(o, "<td class=\"n\">%u / ", l->queue_peak);
		if (l->backlog_known)
			html_count(o, (uint64_t)l->backlog + 1);
		else
			out_text(o, "?");
		for (int k = 0; k < 3; k++) {
			out_text(o, "</td><td class=\"n\">");
			put_quantile(o, l->wait, k == 0 ? 50 : k == 1 ? 99 : 100);
		}
		out_text(o, "</td></tr>\n");
	}
	out_text(o, "</tbody></table></div>\n</section>\n");
}
