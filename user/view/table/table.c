// SPDX-License-Identifier: BSD-2-Clause
/*
 * table.c - the table: one line for each event.
 *
 *	TIME          PORT PEER                  STATE                   LASTED QUEUES
 *	10:31:31.123  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs acc 1/2
 *
 * PORT is the local port. The sign is ← on a server's connection, → on a client's, • on a listener.
 * LASTED is the duration of the old state; on an accept line the wait for accept(), on a close line
 * the life of the connection. Below 100 columns the compact form above is used, and notes go on a
 * second line. From 100 columns on there is room for both queues, the owner and the notes on the
 * same line.
 *
 * As soon as there are sockets of a second network namespace, its inode stands before the port.
 * Below 120 columns, a row says which namespace the rows below it are of, as `tail -f` does for
 * files.
 *
 * This file lays out the columns; table.h says which file writes into them.
 */
#include "view/table/table.h"

#define COMPACT_BELOW	  100
#define NETNS_COLUMN_FROM 120

static void lay_out(struct table *t)
{
	t->ends_at = TIME_COLUMNS + 1 + (t->netns_column ? NETNS_COLUMNS + 1 : 0);
	t->state_at = t->ends_at + PORT_COLUMNS + 1 + 2 * t->ends_gap + t->peer_columns +
		      (t->compact ? 1 : 2);
	t->lasted_at = t->state_at + t->state_columns + 1;
	t->note_at = t->lasted_at + TEXT_DURATION_COLUMNS + (t->compact ? 1 : 2);
}

static void heading(struct line *l)
{
	struct table *t = l->t;

	t->heading_done = true;
	if (!t->base.options.header)
		return;
	table_color_on(l, DIM);
	table_put(l, "TIME", 4, 4);
	if (t->netns_column) {
		table_pad_to(l, TIME_COLUMNS + 1 + NETNS_COLUMNS - 2);
		table_put(l, "NS", 2, 2);
	}
	table_pad_to(l, t->ends_at + PORT_COLUMNS - 4);
	table_put(l, "PORT", 4, 4);
	table_pad_to(l, l->col + 2 * t->ends_gap + 1);
	table_put(l, "PEER", 4, 4);
	table_pad_to(l, t->state_at);
	table_put(l, "STATE", 5, 5);
	table_pad_to(l, t->lasted_at + TEXT_DURATION_COLUMNS - 6);
	table_put(l, "LASTED", 6, 6);
	table_pad_to(l, t->note_at);
	if (t->compact)
		table_put(l, "QUEUES", 6, 6);
	else
		table_put(l, "QUEUES, OWNER", 13, 13);
	table_color_off(l, DIM);
	table_end_row(l);
}

static void follow_netns(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	uint64_t netns = event_get(e, F_NETNS);
	char text[64];

	if (!netns || netns == t->netns)
		return;
	if (t->netns && !t->several) {
		t->several = true;
		t->netns_column = !t->limit || t->limit >= NETNS_COLUMN_FROM;
		lay_out(t);
		t->heading_done &= !t->netns_column;
	}
	t->netns = netns;
	if (!t->several || t->netns_column)
		return;
	stpcpy(text_u64(stpcpy(text, "==> network namespace "), netns), " <==");
	table_color_on(l, DIM);
	table_put(l, text, strlen(text), (unsigned int)strlen(text));
	table_color_off(l, DIM);
	table_end_row(l);
}

static void table_event(struct view *view, const struct event *e)
{
	struct table *t = (struct table *)view;
	struct line l = {.t = t};

	if ((unsigned int)e->type >= EVENT_TYPE_COUNT || !table_begin_line(&l))
		return;
	switch (e->type) {
	case EVENT_META:
		if (view->options.header)
			table_head(&l, e);
		break;
	case EVENT_SUMMARY:
		table_summary(&l, e);
		break;
	default:
		follow_netns(&l, e);
		if (!t->heading_done)
			heading(&l);
		table_row(&l, e);
	}
	out_advance(&view->out, l.p);
}

static const struct view_ops table_ops = {.event = table_event};

struct view *view_table_new(const struct view_options *options)
{
	struct table *t = view_alloc(sizeof(*t), &table_ops, options);

	if (!t)
		return NULL;
	t->compact = !options->wide && options->columns > 0 && options->columns < COMPACT_BELOW;
	t->limit = options->wide || options->columns < 0 ? 0 : (unsigned int)options->columns;
	t->ends_gap = t->compact ? 0 : 1;
	if (options->utf8) {
		t->into = t->compact ? "→" : " → ";
		strcpy(t->incoming, "←");
		strcpy(t->outgoing, "→");
		strcpy(t->listening, "•");
	} else {
		t->into = t->compact ? "->" : " -> ";
		strcpy(t->incoming, "<");
		strcpy(t->outgoing, ">");
		strcpy(t->listening, "*");
	}
	t->sign_bytes = (unsigned int)strlen(t->incoming);
	t->peer_columns = options->wide ? PEER_COLUMNS_WIDE : PEER_COLUMNS;
	/* the longest: ESTABLISHED → CLOSE_WAIT */
	t->state_columns = 21 + text_columns(t->into);
	lay_out(t);
	return &t->base;
}
