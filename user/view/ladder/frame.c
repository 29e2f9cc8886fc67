// SPDX-License-Identifier: BSD-2-Clause
/*
 * frame.c - what is drawn above and below the rows of a connection: its ends, when it began, the
 * owner of each end, what it carried and how it ended.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "view/ladder/row.h"
#include "view/ladder/step.h"

enum { WIDTH = LADDER_COLUMNS, FOOT = 14 };

static bool to_itself(const struct ladder *c)
{
	return c->port[CLIENT] == c->port[SERVER] &&
	       !memcmp(c->addr[CLIENT], c->addr[SERVER], sizeof(c->addr[0]));
}

/* "client" or "server"; "" if it is not known which end opened the connection. */
static const char *part(const struct ladder *c, int side)
{
	if (!c->roles_known)
		return "";
	return side == CLIENT || c->both_connect || ladder_simultaneous(c) ? "client" : "server";
}

/* The client sent its SYN again, and its listener is known. */
static bool refuses(const struct ladder *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		if (c->steps[i].type == EVENT_RETRANSMIT && c->steps[i].syn && c->steps[i].reason)
			return true;
	}
	return false;
}

/* "client curl[4711]", "server (not traced)" */
static void name_end(const struct ladder *c, int side, char name[64])
{
	const char *owner = c->seen[side]		   ? c->owner[side]
			    : to_itself(c)		   ? "(itself)"
			    : side == SERVER && refuses(c) ? "(refuses)"
							   : "(not traced)";
	const char *is = part(c, side);

	snprintf(name, 64, "%s%s%s", is, *is && *owner ? " " : "", owner);
}

/* A label above each end's line, in its middle. */
static void draw_names(struct pen *pen, const struct ladder *c)
{
	int col = 0, bar = TIME + 1 + LEFT + 1;

	for (int side = CLIENT; side <= SERVER; side++, bar += MIDDLE + 1) {
		char name[64];
		int columns;

		name_end(c, side, name);
		columns = (int)text_columns(name);
		pen_repeat(pen, " ", bar - columns / 2 - col);
		pen_text(pen, name);
		col = (bar - columns / 2 > col ? bar - columns / 2 : col) + columns;
	}
	pen_text(pen, "\n");
}

static void sink_names(const struct ladder_sink *sink, const struct ladder *c)
{
	char name[2][64];

	name_end(c, CLIENT, name[CLIENT]);
	name_end(c, SERVER, name[SERVER]);
	sink->head(sink->ctx, name[CLIENT], name[SERVER]);
}

static int put_end(char out[TEXT_END_MAX], const struct ladder *c, int side, bool called)
{
	const uint8_t *addr = called ? c->called_addr[side] : c->addr[side];
	uint16_t port = called ? c->called_port[side] : c->port[side];

	/* Where one end alone is traced, both are called as that one does. */
	return (int)text_end_in(out, c->family, addr, port ? port : -1,
				c->zone[side][0] ? c->zone[side] : c->zone[!side]);
}

/* "   translated (NAT): 127.0.0.1:51234 → 127.0.0.1:9502 at the server" */
static void draw_translated(struct pen *pen, const struct ladder *c)
{
	char ends[2][TEXT_END_MAX];

	for (int i = 0; i < 2; i++)
		put_end(ends[i], c, i, false);
	out_format(pen->out, "   translated (NAT): %s %s %s at the server\n", ends[CLIENT],
		   pen_utf8(pen) ? "→" : "->", ends[SERVER]);
}

/* "── 127.0.0.1:51234 → 127.0.0.1:9502 ──── 10:31:31.123000 ──"; long addresses take two rows. */
void ladder_head(struct pen *pen, struct ladder *c, bool again)
{
	const char *line = pen_utf8(pen) ? "─" : "-", *to = pen_utf8(pen) ? " →" : " ->";
	struct text_clock clock = {0};
	char ends[2][TEXT_END_MAX], stamp[32];
	int64_t wall;
	int columns[2], used;

	if (!again)
		c->zero = c->count ? c->steps[0].t : c->last_t;
	if (pen->sink) {
		sink_names(pen->sink, c);
		c->headed = true;
		return;
	}
	wall = (int64_t)c->zero + pen->options->boot_offset_ns;
	for (int i = 0; i < 2; i++)
		columns[i] = put_end(ends[i], c, i, c->nat);
	text_time_of_day(&clock, stamp, wall, pen->options->utc_offset_s);
	snprintf(stamp + 9, sizeof(stamp) - 9, "%06u",
		 (unsigned int)((wall % 1000000000 + 1000000000) % 1000000000 / 1000));
	pen_text(pen, "\n");
	pen_repeat(pen, line, 2);
	out_format(pen->out, " %s%s", ends[CLIENT], to);
	used = 3 + columns[CLIENT] + (pen_utf8(pen) ? 2 : 3);
	if (used + columns[SERVER] > 54) {
		pen_text(pen, "\n  ");
		used = 2;
	}
	out_format(pen->out, " %s%s ", ends[SERVER], again ? ", continued" : "");
	used += 2 + columns[SERVER] + (again ? 11 : 0);
	pen_repeat(pen, line, WIDTH - used - 20);
	out_format(pen->out, " %s ", stamp);
	pen_repeat(pen, line, 3);
	pen_text(pen, "\n");
	if (c->nat)
		draw_translated(pen, c);
	draw_names(pen, c);
	c->headed = true;
}

static void sink_more(struct pen *pen, const struct ladder *c)
{
	char words[48];

	if (!c->more)
		return;
	snprintf(words, sizeof(words), "%u more step%s not drawn", c->more, text_s(c->more));
	ladder_row(pen, c, 0, "", AT_CLIENT, words, "");
}

void ladder_foot(struct pen *pen, struct ladder *c)
{
	const char *dot = pen_utf8(pen) ? " · " : ", ", *between;
	const struct step *close = NULL;
	char in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], life[TEXT_DURATION_MAX];

	if (pen->sink) {
		sink_more(pen, c);
		sink_names(pen->sink, c);
		return;
	}
	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_CLOSE && (!close || c->steps[i].side == SERVER))
			close = &c->steps[i];
	if (c->more)
		out_format(pen->out, "%*s%u more step%s not drawn\n", FOOT, "", c->more,
			   text_s(c->more));
	pen_repeat(pen, " ", FOOT);
	if (!close) {
		out_format(pen->out, "%s\n",
			   c->done[CLIENT] || c->done[SERVER] ? "closed" : "still open");
		return;
	}
	between = part(c, close->side);
	pen_text(pen, between);
	between = *between ? ": " : "";
	if (close->has_bytes) {
		in[text_bytes(in, close->bytes_in)] = '\0';
		out[text_bytes(out, close->bytes_out)] = '\0';
		out_format(pen->out, "%s%s in%s%s out", between, in, dot, out);
		between = dot;
	}
	if (close->has_wait) {
		text_duration(life, close->wait_ns, pen_utf8(pen));
		out_format(pen->out, "%slived %s", between, life);
		between = dot;
	}
	if (close->unaccepted) {
		pen_text(pen, between);
		pen_colored(pen, "31", "never accepted");
	} else if (between != dot) {
		out_format(pen->out, "%sclosed", between);
	}
	pen_text(pen, "\n");
	if (close->side == CLIENT && ladder_waits_since(c, NULL))
		out_format(pen->out, "%*sserver: still in the accept queue\n", FOOT, "");
}
