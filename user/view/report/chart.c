// SPDX-License-Identifier: BSD-2-Clause
/*
 * chart.c - what happened at a listener over time: panels above each other that share one axis.
 *
 *	accept queue	the longest in each interval, as an area; its limit as a line
 *	refused		bars, only if something was refused
 *	verdict		a band, and numbers where a look was taken
 *	per second	arrivals and accepts
 */
#include "view/report/chart.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "view/report/html.h"
#include "view/report/scale.h"
#include "view/words.h"

enum { WIDTH = 1040, LEFT = 64, RIGHT = 156, PLOT = WIDTH - LEFT - RIGHT };
enum { QUEUE = 170, REFUSALS = 40, BAND = 22, RATES = 120, GAP = 30, AXIS = 34 };
/* Rates are told of intervals that are not shorter than this share of the axis. */
#define RATE_POINTS 120

struct panel {
	struct out *o;
	const struct series *s;
	uint64_t t0, span; /* ns: of the axis */
	int y, height;
	double max; /* of the panel's own axis */
};

static double x_of(const struct panel *p, uint64_t since)
{
	return LEFT + (double)since / (double)p->span * PLOT;
}

/* Where interval i begins; the last one ends with the axis. */
static double x_bin(const struct panel *p, unsigned int i)
{
	uint64_t since = (uint64_t)i * p->s->width;

	return x_of(p, since < p->span ? since : p->span);
}

static double y_of(const struct panel *p, double value)
{
	double part = value / p->max;

	return p->y + p->height - (part > 1 ? 1 : part) * p->height;
}

static void label(struct out *o, double x, double y, const char *class, const char *text)
{
	out_format(o, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	html_text(o, text);
	out_text(o, "</text>");
}

static void rule(struct out *o, double x1, double y1, double x2, double y2, const char *class)
{
	out_format(o, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", x1,
		   y1, x2, y2, class);
}

/* Grid and numbers on the left, and what the panel shows above it. */
static void draw_frame(const struct panel *p, const char *title)
{
	uint64_t step = scale_step((uint64_t)p->max, 4);
	char text[HTML_COUNT_MAX];

	label(p->o, LEFT, p->y - 8, "pt", title);
	for (uint64_t v = 0; (double)v <= p->max; v += step) {
		rule(p->o, LEFT, y_of(p, (double)v), LEFT + PLOT, y_of(p, (double)v),
		     v ? "grid" : "base");
		label(p->o, LEFT - 8, y_of(p, (double)v) + 4, "tk e", html_count_text(text, v));
	}
}

/* ---- the accept queue ---- */

static void draw_area(const struct panel *p)
{
	bool open = false;

	out_text(p->o, "<path class=\"area\" d=\"");
	for (unsigned int i = 0; i < p->s->used; i++) {
		const struct series_bin *b = &p->s->bin[i];

		if (!b->queue_known) {
			if (open)
				out_format(p->o, "V%dZ", p->y + p->height);
			open = false;
			continue;
		}
		if (!open)
			out_format(p->o, "M%.1f %d", x_bin(p, i), p->y + p->height);
		open = true;
		out_format(p->o, "V%.1fH%.1f", y_of(p, b->queue), x_bin(p, i + 1));
	}
	if (open)
		out_format(p->o, "V%dZ", p->y + p->height);
	out_text(p->o, "\"/>");
}

static void draw_limit(const struct panel *p)
{
	uint32_t limit = 0;
	char text[64], count[HTML_COUNT_MAX];
	double y;

	out_text(p->o, "<path class=\"limit\" d=\"");
	for (unsigned int i = 0; i < p->s->used; i++) {
		const struct series_bin *b = &p->s->bin[i];

		if (!b->limit || b->limit > p->max) {
			limit = 0;
			continue;
		}
		if (!limit)
			out_format(p->o, "M%.1f %.1f", x_bin(p, i), y_of(p, b->limit));
		else if (b->limit != limit)
			out_format(p->o, "V%.1f", y_of(p, b->limit));
		out_format(p->o, "H%.1f", x_bin(p, i + 1));
		limit = b->limit;
	}
	out_text(p->o, "\"/>");
	limit = p->s->used ? p->s->bin[p->s->used - 1].limit : 0;
	for (unsigned int i = p->s->used; i > 0 && !limit; i--)
		limit = p->s->bin[i - 1].limit;
	if (!limit)
		return;
	y = y_of(p, limit);
	html_count_text(count, limit);
	if (limit <= p->max) {
		snprintf(text, sizeof(text), "limit %s", count);
		label(p->o, LEFT + PLOT + 8, y + 4, "lb red", text);
		html_count_text(count, limit - 1);
		snprintf(text, sizeof(text), "backlog %s, and 1 more", count);
		label(p->o, LEFT + PLOT + 8, y + 19, "tk", text);
	} else {
		snprintf(text, sizeof(text), "limit %s", count);
		label(p->o, LEFT + PLOT + 8, p->y + 6, "lb red", text);
		label(p->o, LEFT + PLOT + 8, p->y + 21, "tk", "far above this axis \xe2\x86\x91");
	}
}

static void draw_queue(struct panel *p, const struct report_listener *l)
{
	uint32_t peak = l->queue_peak, at = 0;
	char text[64], count[HTML_COUNT_MAX];
	bool known = false;
	uint64_t top = peak ? peak : 1;
	unsigned int i;

	if (l->backlog_known && l->backlog + 1 <= 4 * top)
		top = l->backlog + 1 > top ? l->backlog + 1 : top;
	top += (top + 7) / 8;
	p->max = (double)top;
	for (i = 0; i < p->s->used; i++) {
		known |= p->s->bin[i].queue_known;
		if (p->s->bin[i].queue > p->s->bin[at].queue)
			at = i;
	}
	draw_frame(p,
		   "Accept queue: connections that wait for accept(), the most in each interval");
	if (!known) {
		label(p->o, LEFT + PLOT / 2.0, p->y + p->height / 2.0, "tk m",
		      "no length of the queue was seen");
		return;
	}
	draw_area(p);
	draw_limit(p);
	if (!p->s->bin[at].queue)
		return;
	snprintf(text, sizeof(text), "peak %s", html_count_text(count, p->s->bin[at].queue));
	label(p->o, x_bin(p, at), y_of(p, p->s->bin[at].queue) - 5,
	      x_bin(p, at) > LEFT + PLOT - 60 ? "lb blue e" : "lb blue", text);
}

/* ---- refusals, verdicts, looks ---- */

static void draw_refusals(struct panel *p, const struct report_listener *l)
{
	char text[64], count[HTML_COUNT_MAX];
	uint32_t most = 0;

	for (unsigned int i = 0; i < p->s->used; i++)
		if (p->s->bin[i].refused > most)
			most = p->s->bin[i].refused;
	p->max = most ? most : 1;
	label(p->o, LEFT, p->y - 8, "pt", "Refused SYNs and final ACKs");
	rule(p->o, LEFT, p->y + p->height, LEFT + PLOT, p->y + p->height, "base");
	label(p->o, LEFT - 8, y_of(p, most) + 4, "tk e", html_count_text(count, most));
	out_text(p->o, "<path class=\"refused\" d=\"");
	for (unsigned int i = 0; i < p->s->used; i++) {
		double x = x_bin(p, i), w = x_bin(p, i + 1) - x;

		if (p->s->bin[i].refused)
			out_format(p->o, "M%.1f %dV%.1fh%.1fV%dZ", x, p->y + p->height,
				   y_of(p, p->s->bin[i].refused), w < 2 ? 2 : w, p->y + p->height);
	}
	out_text(p->o, "\"/>");
	snprintf(text, sizeof(text), "%s refused", html_count_text(count, l->refused));
	label(p->o, LEFT + PLOT + 8, p->y + p->height - 4, "lb red", text);
}

/* The worst of the verdicts that held; VERDICT_OK also where none is known. */
static enum verdict worst_of(uint16_t verdicts)
{
	for (unsigned int v = VERDICT_OK + 1; v < VERDICT_COUNT; v++)
		if (verdicts >> v & 1)
			return v;
	return VERDICT_OK;
}

static void draw_span(const struct panel *p, unsigned int from, unsigned int to, enum verdict v)
{
	double x = x_bin(p, from), w = x_bin(p, to) - x;
	const char *words = words_of_verdict(v);

	out_format(p->o, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"v%s\"/>",
		   x, p->y, w < 2 ? 2 : w, p->height, v == VERDICT_OK ? "ok" : "bad");
	if (w > 7 * (double)strlen(words) + 8)
		label(p->o, x + 6, p->y + 15, v == VERDICT_OK ? "vt" : "vt bad", words);
}

static void draw_verdicts(const struct panel *p, const struct report_listener *l)
{
	unsigned int from = 0;

	label(p->o, LEFT - 8, p->y + 15, "tk e", "verdict");
	for (size_t i = 0; i < l->look_count; i++) {
		double x = x_of(p, l->looks[i].t > p->t0 ? l->looks[i].t - p->t0 : 0);
		char number[TEXT_U64_MAX + 1];

		snprintf(number, sizeof(number), "%zu", i + 1);
		rule(p->o, x, GAP, x, p->y + p->height + 3, "look");
		out_format(p->o, "<circle cx=\"%.1f\" cy=\"%d\" r=\"9\" class=\"look\"/>", x,
			   p->y + p->height + 12);
		label(p->o, x, p->y + p->height + 16, "lk m", number);
	}
	for (unsigned int i = 1; i <= p->s->used; i++) {
		if (i < p->s->used &&
		    worst_of(p->s->bin[i].verdicts) == worst_of(p->s->bin[from].verdicts) &&
		    !p->s->bin[i].verdicts == !p->s->bin[from].verdicts)
			continue;
		if (p->s->bin[from].verdicts)
			draw_span(p, from, i, worst_of(p->s->bin[from].verdicts));
		from = i;
	}
	if (l->look_count)
		label(p->o, LEFT - 8, p->y + p->height + 16, "tk e", "looks");
}

/* ---- rates ---- */

static void draw_rate(const struct panel *p, unsigned int join, bool accepts, const char *class)
{
	out_format(p->o, "<path class=\"%s\" d=\"", class);
	for (unsigned int i = 0; i < p->s->used; i += join) {
		double sum = 0, x = x_bin(p, i), end;

		for (unsigned int k = i; k < i + join && k < p->s->used; k++)
			sum += accepts ? p->s->bin[k].accepts : p->s->bin[k].completed;
		end = x_bin(p, i + join < p->s->used ? i + join : p->s->used);
		sum = sum * (double)NS_S / ((double)join * (double)p->s->width);
		out_format(p->o, i ? "V%.1fH%.1f" : "M%.1f %.1fH%.1f", i ? y_of(p, sum) : x,
			   i ? end : y_of(p, sum), end);
	}
	out_text(p->o, "\"/>");
}

static double highest_rate(const struct series *s, unsigned int join)
{
	uint64_t most = 0, sum[2];

	for (unsigned int i = 0; i < s->used; i += join) {
		sum[0] = sum[1] = 0;
		for (unsigned int k = i; k < i + join && k < s->used; k++) {
			sum[0] += s->bin[k].completed;
			sum[1] += s->bin[k].accepts;
		}
		most = sum[0] > most ? sum[0] : most;
		most = sum[1] > most ? sum[1] : most;
	}
	return (double)most * (double)NS_S / ((double)join * (double)s->width);
}

static void draw_rates(struct panel *p, const struct report_listener *l, bool accepts_known)
{
	unsigned int join = (p->s->used + RATE_POINTS - 1) / RATE_POINTS;
	char text[160], count[HTML_COUNT_MAX], time[TEXT_DURATION_MAX];

	join = join ? join : 1;
	p->max = highest_rate(p->s, join) * 1.1;
	if (p->max < 1)
		p->max = 1;
	html_round_duration(time, join * p->s->width);
	snprintf(text, sizeof(text),
		 "Per second, averaged over %s: handshakes that completed, and accepts", time);
	draw_frame(p, text);
	draw_rate(p, join, false, "arrivals");
	snprintf(text, sizeof(text), "%s handshakes", html_count_text(count, l->completed));
	label(p->o, LEFT + PLOT + 8, p->y + 14, "lb blue", text);
	if (!accepts_known) {
		label(p->o, LEFT + PLOT + 8, p->y + 32, "tk", "accepts: not visible");
		return;
	}
	draw_rate(p, join, true, "accepts");
	snprintf(text, sizeof(text), "%s accepts", html_count_text(count, l->accepts));
	label(p->o, LEFT + PLOT + 8, p->y + 32, "lb green", text);
}

/* ---- the whole ---- */

static void draw_axis(const struct panel *p)
{
	uint64_t step = scale_time_step(p->span, 8);
	char text[TEXT_DURATION_MAX];

	for (uint64_t t = 0; t <= p->span; t += step) {
		double x = x_of(p, t);

		rule(p->o, x, p->y, x, p->y + 5, "base");
		html_round_duration(text, t);
		label(p->o, x, p->y + 19, t ? "tk m" : "tk", t ? text : "0");
	}
	label(p->o, LEFT + PLOT + 8, p->y + 19, "tk", "since the beginning");
}

void chart_time(struct out *o, const struct report_listener *l, const struct report_run *run)
{
	bool accepts_known = run->facts.fact[KNOW_ACCEPT].is != FACT_IS_ABSENT;
	int bottom = GAP + QUEUE + GAP + (l->refused ? REFUSALS + GAP : 0) + BAND +
		     (l->look_count ? 24 : 0) + GAP + RATES;
	struct panel p = {.o = o, .s = &l->series, .t0 = run->t_first, .y = GAP, .height = QUEUE};

	p.span = run->t_last > run->t_first ? run->t_last - run->t_first : 1;
	out_format(
		o,
		"<svg class=\"chart time\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Accept "
		"queue, refusals, verdicts and rates over time\">",
		WIDTH, bottom + AXIS);
	draw_queue(&p, l);
	p.y += QUEUE + GAP;
	if (l->refused) {
		p.height = REFUSALS;
		draw_refusals(&p, l);
		p.y += REFUSALS + GAP;
	}
	p.y -= GAP / 2;
	p.height = BAND;
	draw_verdicts(&p, l);
	p.y += GAP / 2 + BAND + GAP + (l->look_count ? 24 : 0);
	p.height = RATES;
	draw_rates(&p, l, accepts_known);
	p.y += RATES;
	draw_axis(&p);
	out_text(o, "</svg>\n");
}
