// SPDX-License-Identifier: BSD-2-Clause
/*
 * summary.c - one table of listeners, those in trouble first, drawn again at each round:
 *
 *	10:31:32.000 · 2 listeners · 48210/s completed · 48195/s accepted
 *	 PORT QUEUE      SYN  DONE/s   ACC/s REFUSED WAIT p50 WAIT p99 OWNER
 *	 9503 2/1          0       0       0      14                   lab[812]
 *	      app stuck: no accept() while 2 connections wait, ...
 *	      why blocked on peer: nginx[812] is blocked in recvfrom() on ...
 *	 9502 3/128        0   48210   48195       0    18 µs  1.20 ms nginx[811]
 *
 * HS is the handshake, WAIT the wait in the accept queue, both since the start. Rows come from
 * `listener` lines, percentiles from a `summary` line. A round of `listener` lines is over when a
 * later line of any kind comes; a `summary` line ends its round at once. On a terminal a table
 * takes the place of the one before; elsewhere one follows the other after an empty line.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/tcp.h"
#include "event/totals.h"
#include "event/vocabulary.h"
#include "view/impl.h"
#include "view/summary/layout.h"
#include "view/summary/rows.h"
#include "view/words.h"

/* Of a terminal whose height is not known. */
#define TERMINAL_ROWS 24
#define ADVICE_INDENT 6
#define STATES_ROWS   4 /* at most, of the states that were entered */
#define CELL	      64
#define NOTE_BYTES    (WHY_SENTENCE_MAX + CELL)

struct summary {
	struct view base;
	struct text_clock clock;
	struct rows rows;
	uint64_t t; /* of the listener lines that are not drawn yet */
	uint64_t lost;
	struct layout layout;
	unsigned int drawn; /* rows of the terminal that the last table took */
	bool any;
	bool clear; /* the terminal has another size: what is on it is not ours to go back over */
};

/* ---- drawing ---- */

static bool on_terminal(const struct summary *v)
{
	return v->base.options.terminal;
}

/*
 * The columns of a row; 0: unlimited. A terminal keeps one free: at its last column, what erases
 * the rest of a row would erase the last character.
 */
static unsigned int limit(const struct summary *v)
{
	unsigned int columns =
		v->base.options.columns > 0 ? (unsigned int)v->base.options.columns : 0;

	return on_terminal(v) && columns ? columns - 1 : columns;
}

/* Ends a row, and erases what the last table left behind it. */
static void end_row(struct summary *v)
{
	out_text(&v->base.out, on_terminal(v) ? "\033[K\n" : "\n");
	v->drawn++;
}

static const char *dot(const struct summary *v)
{
	return v->base.options.utf8 ? " · " : ", ";
}

static void put_advice_row(struct summary *v, const char *text, size_t len)
{
	out_format(&v->base.out, "%*s%s%.*s%s", ADVICE_INDENT, "",
		   v->base.options.color ? "\033[33m" : "", (int)len, text,
		   v->base.options.color ? "\033[0m" : "");
	end_row(v);
}

/* On rows of its own. Returns the number of rows, and draws them if `draw` is set. */
static unsigned int note_rows(struct summary *v, const char *name, const char *note, bool draw)
{
	char text[NOTE_BYTES], cell[4 * NOTE_BYTES];
	unsigned int columns = limit(v) ? limit(v) : sizeof(text) + ADVICE_INDENT, rows = 0;

	if (!note[0] || columns < 2 * ADVICE_INDENT)
		return 0;
	snprintf(text, sizeof(text), "%s: %s", name, note);
	text_clean(cell, sizeof(cell), text, sizeof(text), v->base.options.utf8);
	for (const char *p = cell; *p; rows++) {
		size_t len = text_row_of_words(p, columns - ADVICE_INDENT);

		if (draw)
			put_advice_row(v, p, len);
		p += len + (p[len] == ' ');
	}
	return rows;
}

/* The advice is not cut, because its end says what to do; below it, what the program does. */
static unsigned int advice_rows(struct summary *v, const struct row *row, bool draw)
{
	unsigned int rows;
	char why[CELL];

	if (row->gone)
		return 0;
	rows = note_rows(v, words_of_verdict(row->verdict), row->advice, draw);
	snprintf(why, sizeof(why), "why %s", words_of_diagnosis(row->diagnosis));
	return rows + note_rows(v, why, row->sentence, draw);
}

/* The totals of all listeners; the rates are the sums of the rows. */
static void put_totals(struct summary *v, uint64_t t)
{
	struct out *out = &v->base.out;
	uint64_t completed = 0, accepted = 0;
	size_t listening = 0;
	char *p;

	for (size_t i = 0; i < v->rows.count; i++) {
		if (v->rows.list[i].gone)
			continue;
		listening++;
		completed += v->rows.list[i].completed_rate;
		accepted += v->rows.list[i].accepted_rate;
	}
	p = out_reserve(out, 16);
	if (p)
		out_advance(out, text_time_of_day(&v->clock, p,
						  (int64_t)t + v->base.options.boot_offset_ns,
						  v->base.options.utc_offset_s));
	out_format(out, "%s%zu listener%s%s%llu/s completed%s%llu/s accepted", dot(v), listening,
		   text_s(listening), dot(v), (unsigned long long)completed, dot(v),
		   (unsigned long long)accepted);
	if (v->lost)
		out_format(out, "%s%s%llu lost%s", dot(v), v->base.options.color ? "\033[31m" : "",
			   (unsigned long long)v->lost, v->base.options.color ? "\033[0m" : "");
	end_row(v);
}

/* On a low terminal the listeners need the rows. */
static bool shows_states(const struct summary *v, const struct event *end)
{
	return event_has(end, F_TRANSITIONS) &&
	       (!on_terminal(v) || !v->base.options.rows || v->base.options.rows >= TERMINAL_ROWS);
}

static void put_summary(struct summary *v, const struct event *e)
{
	static const uint8_t order[] = {
		TCP_STATE_SYN_SENT,  TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1,
		TCP_STATE_FIN_WAIT2, TCP_STATE_CLOSING,	 TCP_STATE_CLOSE_WAIT,	TCP_STATE_LAST_ACK,
		TCP_STATE_TIME_WAIT, TCP_STATE_CLOSE,
	};
	const uint64_t *drops = event_has(e, F_DROPS) ? e->v[F_DROPS].drops : NULL;
	const uint64_t *into = shows_states(v, e) ? e->v[F_TRANSITIONS].states : NULL;
	struct out *out = &v->base.out;
	unsigned int columns = limit(v), at;
	char item[CELL];

	out_format(out, "%llu connection%s%s%llu accepted",
		   (unsigned long long)event_get(e, F_CONNECTIONS),
		   text_s(event_get(e, F_CONNECTIONS)), dot(v),
		   (unsigned long long)event_get(e, F_ACCEPTED_COUNT));
	if (event_has(e, F_STILL_QUEUED))
		out_format(out, "%s%llu queued", dot(v),
			   (unsigned long long)event_get(e, F_STILL_QUEUED));
	if (event_get(e, F_NEVER_ACCEPTED))
		out_format(out, "%s%llu never accepted", dot(v),
			   (unsigned long long)event_get(e, F_NEVER_ACCEPTED));
	if (event_get(e, F_SYNACK_RETRANS))
		out_format(out, "%s%llu SYN-ACK%s sent again", dot(v),
			   (unsigned long long)event_get(e, F_SYNACK_RETRANS),
			   text_s(event_get(e, F_SYNACK_RETRANS)));
	end_row(v);
	for (unsigned int i = 0; drops && i < DROP_REASON_COUNT; i++) {
		if (!drops[i])
			continue;
		out_format(out, "refused %llu: %s", (unsigned long long)drops[i], words_of_drop(i));
		end_row(v);
	}
	at = 0;
	for (size_t i = 0; into && i < sizeof(order); i++) {
		unsigned int n;

		if (!into[order[i]])
			continue;
		if (!at) {
			out_text(out, "states entered since the start:");
			at = 31;
		}
		n = (unsigned int)snprintf(item, sizeof(item), " %s %llu", tcp_state_name(order[i]),
					   (unsigned long long)into[order[i]]);
		if (columns && at + n > columns) {
			end_row(v);
			out_text(out, "    ");
			at = 4;
		}
		out_text(out, item);
		at += n;
	}
	if (at)
		end_row(v);
}

/* ---- a table ---- */

/* Rows below the listeners: the totals, who was refused, the states. */
static unsigned int rows_below(const struct summary *v, const struct event *end)
{
	const uint64_t *drops = end && event_has(end, F_DROPS) ? end->v[F_DROPS].drops : NULL;
	unsigned int rows = end ? 1 : 0;

	if (end && shows_states(v, end))
		rows += STATES_ROWS;

	for (unsigned int i = 0; drops && i < DROP_REASON_COUNT; i++)
		rows += drops[i] != 0;
	return rows;
}

/* Rows that have scrolled away cannot be overwritten: there are fewer than the terminal has. */
static void put_rows(struct summary *v, const struct event *end)
{
	unsigned int height =
		v->base.options.rows > 0 ? (unsigned int)v->base.options.rows : TERMINAL_ROWS;
	unsigned int taken = 2 + rows_below(v, end); /* "and N more", and where the cursor stands */
	unsigned int room = !on_terminal(v) ? UINT_MAX : height > taken ? height - taken : 0;
	size_t shown = 0;

	for (; shown < v->rows.count; shown++) {
		const struct row *row = &v->rows.list[shown];

		if (v->drawn + 1 > room)
			break;
		layout_row(&v->layout, &v->base.out, row, &v->base.options);
		end_row(v);
		if (v->drawn + advice_rows(v, row, false) <= room)
			advice_rows(v, row, true);
	}
	if (shown == v->rows.count)
		return;
	out_format(&v->base.out, "      and %zu more", v->rows.count - shown);
	end_row(v);
}

/* On a terminal, it takes the place of the one before. */
static void begin_table(struct summary *v)
{
	struct out *out = &v->base.out;

	if (on_terminal(v) && v->clear)
		out_text(out, "\033[H\033[2J");
	else if (on_terminal(v) && v->drawn)
		out_format(out, "\033[%uA\r", v->drawn);
	else if (v->any)
		out_text(out, "\n");
	if (on_terminal(v))
		out_text(out, "\033[?7l"); /* a row that is too long is cut, and takes no second */
	v->any = true;
	v->clear = false;
	v->drawn = 0;
}

/* end: the summary that ends the round, or NULL. */
static void draw(struct summary *v, uint64_t t, const struct event *end)
{
	begin_table(v);
	rows_sort(&v->rows);
	layout_make(&v->layout, limit(v), rows_in_several(&v->rows));
	put_totals(v, t);
	if (v->base.options.header) {
		layout_heading(&v->layout, &v->base.out, &v->base.options);
		end_row(v);
	}
	put_rows(v, end);
	if (end)
		put_summary(v, end);
	if (on_terminal(v))
		out_text(&v->base.out, "\033[J\033[?7h");
	v->rows.waiting = false;
}

static void summary_resize(struct view *view, int columns, int rows)
{
	struct summary *v = (struct summary *)view;

	view->options.columns = columns;
	view->options.rows = rows;
	v->clear = true;
}

static void summary_event(struct view *view, const struct event *e)
{
	struct summary *v = (struct summary *)view;

	if (v->rows.waiting && e->t > v->t && e->type != EVENT_SUMMARY)
		draw(v, v->t, NULL);
	switch (e->type) {
	case EVENT_LISTENER:
		rows_learn_listener(&v->rows, e);
		v->t = e->t;
		break;
	case EVENT_WHY:
		rows_learn_why(&v->rows, e);
		break;
	case EVENT_LOST:
		v->lost = event_get(e, F_TOTAL);
		break;
	case EVENT_VERIFY:
		/* This line stays: the next table is drawn below it. */
		out_format(&view->out, "verify: %s\n",
			   event_text(e, F_DIFFERENCE) ? event_text(e, F_DIFFERENCE) : "");
		v->drawn = 0;
		break;
	case EVENT_SUMMARY:
		rows_learn_summary(&v->rows, e);
		draw(v, e->t, e);
		break;
	default:
		break;
	}
}

static void summary_finish(struct view *view)
{
	struct summary *v = (struct summary *)view;

	if (v->rows.waiting)
		draw(v, v->t, NULL);
}

static void summary_free(struct view *view)
{
	struct summary *v = (struct summary *)view;

	free(v->rows.list);
}

static const struct view_ops summary_ops = {
	.event = summary_event,
	.resize = summary_resize,
	.finish = summary_finish,
	.free = summary_free,
};

struct view *view_summary_new(const struct view_options *options)
{
	return view_alloc(sizeof(struct summary), &summary_ops, options);
}
