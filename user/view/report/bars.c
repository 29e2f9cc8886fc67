// SPDX-License-Identifier: BSD-2-Clause
/*
 * bars.c - a histogram of durations: four bars to each power of ten, quantiles marked above them.
 */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "view/report/chart.h"
#include "view/report/html.h"
#include "view/report/scale.h"

enum { WIDTH = 500, LEFT = 56, RIGHT = 16, TOP = 58, HEIGHT = 130, AXIS = 26 };
enum { PLOT = WIDTH - LEFT - RIGHT };

/* Quarter decades from 100 ns to 1000 s; what is shorter or longer is in the outermost. */
#define FIRST_NS 100
#define BARS	 40
#define QUARTERS 4

/* ns where each quarter of a decade begins, times 1000: powers of 10^(1/4). */
static const unsigned int quarter[QUARTERS] = {1000, 1778, 3162, 5623};

static double bar_begin(unsigned int bar)
{
	double ns = FIRST_NS;

	for (unsigned int i = 0; i < bar / QUARTERS; i++)
		ns *= 10;
	return ns * quarter[bar % QUARTERS] / 1000;
}

static unsigned int bar_of(double ns)
{
	unsigned int bar = 0;

	while (bar + 1 < BARS && bar_begin(bar + 1) <= ns)
		bar++;
	return bar;
}

struct bars {
	unsigned int first, last; /* shown; the first begins a decade */
	uint64_t count[BARS], most;
};

static void gather(struct bars *b, const struct histogram *h)
{
	memset(b, 0, sizeof(*b));
	b->first = BARS;
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		unsigned int bar;

		if (!h->bucket[i])
			continue;
		bar = bar_of((double)bucket_lower(HISTOGRAM_SCHEME, i));
		b->count[bar] += h->bucket[i];
		if (bar < b->first)
			b->first = bar;
		b->last = bar;
	}
	for (unsigned int i = 0; i < BARS; i++)
		if (b->count[i] > b->most)
			b->most = b->count[i];
	b->first -= b->first % QUARTERS;
	b->last += QUARTERS - 1 - b->last % QUARTERS;
	while (b->last - b->first < 3 * QUARTERS - 1 && b->last + QUARTERS < BARS)
		b->last += QUARTERS;
}

static double x_of(const struct bars *b, double ns)
{
	unsigned int bar = bar_of(ns);
	double begin = bar_begin(bar), end = bar_begin(bar + 1);
	double part = ns <= begin ? 0 : ns >= end ? 1 : (ns - begin) / (end - begin);

	return LEFT + ((double)(bar - b->first) + part) * PLOT / (b->last + 1 - b->first);
}

static void draw_marks(struct out *o, const struct bars *b, const struct histogram *h)
{
	const struct {
		const char *name;
		uint64_t ns;
	} marks[] = {
		{"p50", histogram_quantile(h, 50)},
		{"p99", histogram_quantile(h, 99)},
		{"max", h->max},
	};
	char time[TEXT_DURATION_MAX];

	for (unsigned int i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		double x = x_of(b, (double)marks[i].ns);
		int y = 14 + 15 * (int)i;

		text_duration(time, marks[i].ns, true);
		out_format(o,
			   "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"mark\"/>"
			   "<text x=\"%.1f\" y=\"%d\" class=\"lb halo%s\">%s %s</text>",
			   x, y - 9, x, TOP + HEIGHT, x + (x > WIDTH - 110 ? -5 : 5), y,
			   x > WIDTH - 110 ? " e" : "", marks[i].name, time);
	}
}

static void draw_axes(struct out *o, const struct bars *b)
{
	uint64_t step = scale_step(b->most, 3);
	char text[HTML_COUNT_MAX];

	for (uint64_t v = 0; v <= b->most; v += step) {
		double y = TOP + HEIGHT - (double)v / (double)b->most * HEIGHT;

		out_format(o,
			   "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" class=\"%s\"/>"
			   "<text x=\"%d\" y=\"%.1f\" class=\"tk e\">%s</text>",
			   LEFT, y, WIDTH - RIGHT, y, v ? "grid" : "base", LEFT - 6, y + 4,
			   html_count_text(text, v));
	}
	out_format(o, "<text x=\"%d\" y=\"%d\" class=\"pt e\">connections</text>", LEFT + 16,
		   TOP - 40);
	for (unsigned int i = b->first; i <= b->last + 1; i += QUARTERS) {
		double x = LEFT + (double)(i - b->first) * PLOT / (b->last + 1 - b->first);
		double ns = bar_begin(i);

		out_format(o,
			   "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"base\"/>"
			   "<text x=\"%.1f\" y=\"%d\" class=\"tk %s\">%.0f %s</text>",
			   x, TOP + HEIGHT, x, TOP + HEIGHT + 5, x, TOP + HEIGHT + 19,
			   i > b->last ? "e" : "m",
			   ns >= NS_S	 ? ns / NS_S
			   : ns >= NS_MS ? ns / NS_MS
			   : ns >= NS_US ? ns / NS_US
					 : ns,
			   ns >= NS_S	 ? "s"
			   : ns >= NS_MS ? "ms"
			   : ns >= NS_US ? "\xc2\xb5s"
					 : "ns");
	}
}

void chart_durations(struct out *o, const struct histogram *h, const char *what)
{
	struct bars b;
	double width;

	gather(&b, h);
	width = (double)PLOT / (b.last + 1 - b.first);
	out_format(
		o,
		"<svg class=\"chart bars\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Histogram: %s\">",
		WIDTH, TOP + HEIGHT + AXIS, what);
	draw_axes(o, &b);
	out_text(o, "<path class=\"bar\" d=\"");
	for (unsigned int i = b.first; i <= b.last; i++) {
		double height = (double)b.count[i] / (double)b.most * HEIGHT;

		if (b.count[i])
			out_format(o, "M%.1f %dv-%.1fh%.1fv%.1fZ", LEFT + (i - b.first) * width + 1,
				   TOP + HEIGHT, height < 1 ? 1 : height, width - 2,
				   height < 1 ? 1 : height);
	}
	out_text(o, "\"/>");
	draw_marks(o, &b, h);
	out_text(o, "</svg>\n");
}
