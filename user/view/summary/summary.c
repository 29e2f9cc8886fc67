// SPDX-License-Identifier: BSD-2-Clause
/*
 * summary.c - one table of listeners, the busiest first, drawn again at each round:
 *
 *	10:31:32.000 · 2 listeners · 48210/s completed · 48195/s accepted
 *	 PORT QUEUE       SYN  DONE/s   ACC/s  DROPS   HS p50   HS p99 WAIT p50 WAIT p99
 *	 9502 3/128         0   48210   48195      0    41 µs   210 µs    18 µs  1.20 ms
 *	 9503 2/1           0       0       0     14    52 µs    52 µs
 *	      app stuck: no accept() while 2 connections wait, ...
 *	      why blocked on peer: nginx[812] is blocked in recvfrom() on ...
 *
 * HS is the handshake, WAIT the wait in the accept queue, both since the start. Rows come from
 * `listener` lines, percentiles from a `summary` line. A round of `listener` lines is over when a
 * later line of any kind comes; a `summary` line ends its round at once. On a terminal a table
 * takes the place of the one before; elsewhere one follows the other after an empty line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/tcp.h"
#include "event/totals.h"
#include "event/vocabulary.h"
#include "view/impl.h"
#include "view/summary/rows.h"
#include "view/words.h"

/*
 * The height of the terminal is not known here, and rows that have scrolled away cannot be
 * overwritten. This many rows fit a small terminal.
 */
#define TERMINAL_ROWS	 16
#define WIDE_FROM	 164
#define ADDRESS_COLUMNS	 24
#define ADVICE_INDENT	 6
#define CELL		 64
#define NOTE_BYTES	 (WHY_SENTENCE_MAX + CELL)
#define DURATION_COLUMNS 9

struct summary {
	struct view base;
	struct text_clock clock;
	struct rows rows;
	uint64_t t; /* of the listener lines that are not drawn yet */
	uint64_t lost;
	unsigned int drawn; /* rows of the terminal that the last table took */
	bool any;
};

/* ---- drawing ---- */

static bool on_terminal(const struct summary *v)
{
	return v->base.options.terminal;
}

/* The columns of a row; 0: unlimited. */
static unsigned int limit(const struct summary *v)
{
	return v->base.options.columns > 0 ? (unsigned int)v->base.options.columns : 0;
}

static bool is_wide(const struct summary *v)
{
	return !limit(v) || limit(v) >= WIDE_FROM;
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

static void put_right(struct summary *v, const char *text, unsigned int columns)
{
	unsigned int has = text_columns(text);

	out_format(&v->base.out, "%*s%s", has < columns ? (int)(columns - has) : 0, "", text);
}

static void put_left(struct summary *v, const char *text, unsigned int columns)
{
	unsigned int has = text_columns(text);

	out_format(&v->base.out, "%s%*s", text, has < columns ? (int)(columns - has) : 0, "");
}

static void put_number(struct summary *v, uint64_t n, unsigned int columns)
{
	char text[TEXT_U64_MAX + 1];

	*text_u64(text, n) = '\0';
	put_right(v, text, columns);
}

static void put_quantiles(struct summary *v, const struct quantiles *q, bool wide)
{
	char text[TEXT_DURATION_MAX];
	uint64_t values[] = {q->p50, q->p99, q->max};

	for (int i = 0; i < (wide ? 3 : 2); i++) {
		text[0] = '\0';
		if (q->count)
			text_duration(text, values[i], v->base.options.utf8);
		put_right(v, text, DURATION_COLUMNS);
	}
}

static void put_heading(struct summary *v)
{
	bool wide = is_wide(v), color = v->base.options.color;
	struct out *out = &v->base.out;

	if (!v->base.options.header)
		return;
	out_text(out, color ? "\033[2m" : "");
	put_right(v, "PORT", 5);
	out_text(out, " ");
	if (wide)
		put_left(v, "ADDRESS", ADDRESS_COLUMNS + 1);
	put_left(v, "QUEUE", 9);
	put_right(v, "SYN", 6);
	put_right(v, "DONE/s", 8);
	put_right(v, "ACC/s", 8);
	if (wide) {
		put_right(v, "DONE", 11);
		put_right(v, "ACCEPTED", 11);
	}
	put_right(v, "DROPS", 7);
	put_right(v, "HS p50", DURATION_COLUMNS);
	put_right(v, "HS p99", DURATION_COLUMNS);
	if (wide)
		put_right(v, "HS max", DURATION_COLUMNS);
	put_right(v, "WAIT p50", DURATION_COLUMNS);
	put_right(v, "WAIT p99", DURATION_COLUMNS);
	if (wide)
		put_right(v, "WAIT max", DURATION_COLUMNS);
	if (wide)
		out_text(out, "  VERDICT");
	out_text(out, color ? "\033[0m" : "");
	end_row(v);
}

static void put_address(struct summary *v, const struct row *row)
{
	char text[TEXT_ADDR_MAX], cell[4 * ADDRESS_COLUMNS + 8];

	text[0] = '\0';
	if (row->family == AF_INET || row->family == AF_INET6)
		*text_addr(text, row->family, row->addr) = '\0';
	text_clean(cell, sizeof(cell), text, ADDRESS_COLUMNS, v->base.options.utf8);
	put_left(v, cell, ADDRESS_COLUMNS + 1);
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

static void put_row(struct summary *v, const struct row *row)
{
	bool full = row->queues && row->accept_queue > row->backlog;
	bool wide = is_wide(v), red = v->base.options.color && (full || row->drops);
	struct out *out = &v->base.out;
	char queue[CELL];

	put_number(v, row->port, 5);
	out_text(out, " ");
	if (wide)
		put_address(v, row);
	out_text(out, red && full ? "\033[31m" : "");
	queue[0] = '\0';
	if (row->gone)
		snprintf(queue, sizeof(queue), "closed");
	else if (row->queues)
		snprintf(queue, sizeof(queue), "%llu/%llu", (unsigned long long)row->accept_queue,
			 (unsigned long long)row->backlog);
	put_left(v, queue, 9);
	out_text(out, red && full ? "\033[0m" : "");
	if (row->queues && !row->gone) {
		put_number(v, row->syn_queue, 6);
		put_number(v, row->completed_rate, 8);
		put_number(v, row->accepted_rate, 8);
	} else {
		put_right(v, "", 6 + 8 + 8);
	}
	if (wide) {
		put_number(v, row->completed, 11);
		put_number(v, row->accepted, 11);
	}
	out_text(out, red && row->drops ? "\033[31m" : "");
	put_number(v, row->drops, 7);
	out_text(out, red && row->drops ? "\033[0m" : "");
	put_quantiles(v, &row->handshake, wide);
	put_quantiles(v, &row->accept_wait, wide);
	if (wide)
		out_format(out, "  %s",
			   row->gone || !row->judged ? "" : words_of_verdict(row->verdict));
	end_row(v);
	advice_rows(v, row, true);
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
		   listening == 1 ? "" : "s", dot(v), (unsigned long long)completed, dot(v),
		   (unsigned long long)accepted);
	if (v->lost)
		out_format(out, "%s%s%llu lost%s", dot(v), v->base.options.color ? "\033[31m" : "",
			   (unsigned long long)v->lost, v->base.options.color ? "\033[0m" : "");
	end_row(v);
}

static void put_summary(struct summary *v, const struct event *e)
{
	static const uint8_t order[] = {
		TCP_STATE_SYN_SENT,  TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1,
		TCP_STATE_FIN_WAIT2, TCP_STATE_CLOSING,	 TCP_STATE_CLOSE_WAIT,	TCP_STATE_LAST_ACK,
		TCP_STATE_TIME_WAIT, TCP_STATE_CLOSE,
	};
	const uint64_t *drops = event_has(e, F_DROPS) ? e->v[F_DROPS].drops : NULL;
	const uint64_t *into = event_has(e, F_TRANSITIONS) ? e->v[F_TRANSITIONS].states : NULL;
	struct out *out = &v->base.out;
	unsigned int columns = limit(v), at;
	char item[CELL];

	out_format(out, "%llu connection%s%s%llu accepted",
		   (unsigned long long)event_get(e, F_CONNECTIONS),
		   event_get(e, F_CONNECTIONS) == 1 ? "" : "s", dot(v),
		   (unsigned long long)event_get(e, F_ACCEPTED_COUNT));
	if (event_has(e, F_STILL_QUEUED))
		out_format(out, "%s%llu queued", dot(v),
			   (unsigned long long)event_get(e, F_STILL_QUEUED));
	if (event_get(e, F_NEVER_ACCEPTED))
		out_format(out, "%s%llu never accepted", dot(v),
			   (unsigned long long)event_get(e, F_NEVER_ACCEPTED));
	if (event_get(e, F_SYNACK_RETRANS))
		out_format(out, "%s%llu SYN-ACKs sent again", dot(v),
			   (unsigned long long)event_get(e, F_SYNACK_RETRANS));
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

/* end: the summary that ends the round, or NULL. */
static void draw(struct summary *v, uint64_t t, const struct event *end)
{
	struct out *out = &v->base.out;
	size_t shown = 0, room;

	/* Overwrites the table on the screen. */
	if (on_terminal(v) && v->drawn)
		out_format(out, "\033[%uA\r", v->drawn);
	else if (v->any)
		out_text(out, "\n");
	v->any = true;
	v->drawn = 0;
	rows_sort(&v->rows);
	put_totals(v, t);
	put_heading(v);
	room = on_terminal(v) ? TERMINAL_ROWS : v->rows.count;
	for (size_t i = 0; i < v->rows.count; i++) {
		if (on_terminal(v) &&
		    (v->drawn >= room + 2 ||
		     v->drawn + 1 + advice_rows(v, &v->rows.list[i], false) > room + 3))
			break;
		put_row(v, &v->rows.list[i]);
		shown++;
	}
	if (shown < v->rows.count) {
		out_format(out, "      and %zu more", v->rows.count - shown);
		end_row(v);
	}
	if (end)
		put_summary(v, end);
	if (on_terminal(v))
		out_text(out, "\033[J");
	v->rows.waiting = false;
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
	.finish = summary_finish,
	.free = summary_free,
};

struct view *view_summary_new(const struct view_options *options)
{
	return view_alloc(sizeof(struct summary), &summary_ops, options);
}
