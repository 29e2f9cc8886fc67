// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/ladder_svg.h"

#include <errno.h>
#include <stdio.h>

#include "view/ladder/sink.h"
#include "view/report/html.h"

enum { WIDTH = 860, TIME_END = 92, CLIENT_LINE = 214, SERVER_LINE = 728, HEAD = 30 };
enum { ROW = 21, MIDDLE = (CLIENT_LINE + SERVER_LINE) / 2 };

struct drawing {
	struct out rows; /* their height is known only at the end */
	char client[64], server[64];
	int y; /* of the next row's middle */
};

static void put(struct drawing *d, double x, double y, const char *class, const char *text)
{
	if (!*text)
		return;
	out_format(&d->rows, "<text x=\"%.0f\" y=\"%.0f\" class=\"%s\">", x, y, class);
	html_text(&d->rows, text);
	out_text(&d->rows, "</text>");
}

static void on_head(void *ctx, const char *client, const char *server)
{
	struct drawing *d = ctx;

	snprintf(d->client, sizeof(d->client), "%s", client);
	snprintf(d->server, sizeof(d->server), "%s", server);
}

/* An arrow from one line to the other, its words on a break in its middle. */
static void draw_arrow(struct drawing *d, const struct ladder_line *line)
{
	bool to_client = line->stroke == TO_CLIENT;
	int head = to_client ? CLIENT_LINE + 2 : SERVER_LINE - 2, back = to_client ? 9 : -9;
	const char *class = line->stroke == REFUSED ? " red" : "";

	out_format(&d->rows, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"arrow%s\"/>",
		   CLIENT_LINE + 2, d->y, SERVER_LINE - (line->stroke == REFUSED ? 10 : 2), d->y,
		   class);
	if (line->stroke == REFUSED)
		out_format(&d->rows, "<path class=\"arrow red\" d=\"M%d %dl8 8m0 -8l-8 8\"/>",
			   SERVER_LINE - 14, d->y - 4);
	else
		out_format(&d->rows, "<path class=\"tip\" d=\"M%d %dl%d -4v8Z\"/>", head, d->y,
			   back);
	put(d, MIDDLE, d->y + 4, "words m", line->words);
}

static void on_row(void *ctx, const struct ladder_line *line)
{
	static const char *const tones[] = {
		[TONE_PLAIN] = "st",
		[TONE_OPENING] = "st amber",
		[TONE_ESTABLISHED] = "st green",
		[TONE_REFUSED] = "st red",
		[TONE_CLOSING] = "st dim",
	};
	struct drawing *d = ctx;
	char class[32];

	put(d, TIME_END, d->y + 4, "tm e", line->time);
	snprintf(class, sizeof(class), "%s e", tones[line->left_tone]);
	put(d, CLIENT_LINE - 10, d->y + 4, class, line->left);
	put(d, SERVER_LINE + 10, d->y + 4, tones[line->right_tone], line->right);
	if (line->stroke == AT_CLIENT)
		put(d, CLIENT_LINE + 12, d->y + 4, "note", line->words);
	else if (line->stroke == AT_SERVER)
		put(d, SERVER_LINE - 12, d->y + 4, "note e", line->words);
	else
		draw_arrow(d, line);
	d->y += ROW;
}

static void on_event(void *ctx, const struct event *e)
{
	view_event(ctx, e);
}

int ladder_svg(struct out *o, tell_fn tell, void *ctx, uint64_t id)
{
	const struct view_options options = {.fd = -1, .utf8 = true};
	struct drawing d = {.y = HEAD + ROW / 2};
	const struct ladder_sink sink = {on_head, on_row, &d};
	int rc = out_init(&d.rows, -1);
	struct view *view;

	if (rc)
		return rc;
	view = view_ladder_to(&options, &sink);
	if (!view) {
		rc = -ENOMEM;
		goto out;
	}
	tell(ctx, id, on_event, view);
	view_finish(view);
	view_free(view);
	rc = d.rows.err;
	if (rc || !d.rows.len) {
		rc = rc ? rc : -ENOENT;
		goto out;
	}
	put(&d, CLIENT_LINE, 16, "lb m", d.client);
	put(&d, SERVER_LINE, 16, "lb m", d.server);
	out_format(
		o,
		"<svg class=\"ladder\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Segments and "
		"states over time, client left, server right\">"
		"<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"life\"/>"
		"<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"life\"/>",
		WIDTH, d.y, CLIENT_LINE, HEAD - 6, CLIENT_LINE, d.y - ROW / 2 + 6, SERVER_LINE,
		HEAD - 6, SERVER_LINE, d.y - ROW / 2 + 6);
	out_bytes(o, d.rows.buf, d.rows.len);
	out_text(o, "</svg>\n");
out:
	out_free(&d.rows);
	return rc;
}
