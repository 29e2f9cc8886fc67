// SPDX-License-Identifier: BSD-2-Clause
/*
 * One line an event:
 *
 *	TIME          PORT PEER                  STATE                   LASTED QUEUES
 *	10:31:31.123  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs acc 1/2
 *
 * PORT is our end, the arrow says who called whom: ← a client came to us (server), → we went out (client), • listens.
 * LASTED is how long the old state lasted; for an accept how long the connection had waited, for a close its life.
 * Below 100 columns the compact form above is used, and what a special case has to say goes on a second line;
 * above, there is room for both queues, the owner and the words on the same line.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "facts.h"
#include "filter.h"
#include "tcp.h"
#include "text.h"
#include "tracker.h"
#include "view_base.h"

#define COMPACT_BELOW 100
#define LINE_MAX_BYTES 8192
#define LINE_SLACK 512 /* behind line.end, for what is written without a look */
#define BLANKS 64
#define TRANSITION_BYTES 32
#define NOTE_MAX 768 /* bytes of one note */
#define NAME_COLUMNS 15
/* From here on a wait in the accept queue is worth words. */
#define WAIT_WORTH_WORDS_NS 10000000

#define PLAIN NULL
#define GREEN "32"
#define YELLOW "33"
#define RED "31"
#define DIM "2"
#define LOUD "1;31"

enum {
	TIME_COLUMNS = 12,
	PORT_COLUMNS = 5,
	PEER_COLUMNS = 21,	/* 255.255.255.255:65535 */
	PEER_COLUMNS_WIDE = 47, /* [39]:65535 */
};

/* "SYN_RECV → ESTABLISHED", made when it is first needed. */
struct transition {
	char text[TRANSITION_BYTES];
	uint8_t len, columns;
};

struct table {
	struct view base;
	struct text_clock clock;
	bool compact, heading_done;
	const char *into; /* between two states */
	const char *incoming, *outgoing, *listening;
	unsigned int ends_gap; /* blanks around those three */
	unsigned int peer_columns, state_columns;
	unsigned int state_at, lasted_at, note_at;
	struct transition transitions[TCP_STATE_COUNT][TCP_STATE_COUNT];
	unsigned int limit; /* columns of a row; 0: as long as it needs */
};

/* A line being written. Bytes go to p, columns are counted in col. */
struct line {
	struct table *t;
	char *p;
	const char *end;
	unsigned int col;
	unsigned int notes; /* on this row */
	bool continued;
};

static void put(struct line *l, const char *text, size_t bytes, unsigned int columns)
{
	if ((size_t)(l->end - l->p) < bytes)
		return;
	memcpy(l->p, text, bytes);
	l->p += bytes;
	l->col += columns;
}

static void pad_to(struct line *l, unsigned int col)
{
	static const char blanks[BLANKS + 1] = "                                                                ";

	while (l->col < col && l->p < l->end) {
		unsigned int n = col - l->col < BLANKS ? col - l->col : BLANKS;

		memcpy(l->p, blanks, BLANKS); /* all of them: there is slack behind end */
		l->p += n;
		l->col += n;
	}
}

static void color_on(struct line *l, const char *color)
{
	if (color && l->t->base.options.color && l->end - l->p > 16) {
		*l->p++ = '\033';
		*l->p++ = '[';
		l->p = stpcpy(l->p, color);
		*l->p++ = 'm';
	}
}

static void color_off(struct line *l, const char *color)
{
	if (color && l->t->base.options.color && l->end - l->p > 16)
		l->p = stpcpy(l->p, "\033[0m");
}

/* ASCII is counted without a call. */
static inline unsigned int columns_of(const char *text)
{
	unsigned int n = 0;

	while ((unsigned char)text[n] - 0x20u < 0x5f)
		n++;
	return text[n] ? n + text_columns(text + n) : n;
}

/* Words, broken at blanks where the terminal ends; rows after the first are indented to `indent`. */
static void put_words(struct line *l, const char *text, unsigned int indent)
{
	unsigned int limit = l->t->limit;

	while (*text) {
		size_t n = strcspn(text, " ");
		char word[NOTE_MAX];
		unsigned int columns;

		if (n >= sizeof(word))
			n = sizeof(word) - 1;
		memcpy(word, text, n);
		word[n] = '\0';
		columns = columns_of(word);
		if (limit && l->col + columns > limit && l->col > indent && indent < limit) {
			while (l->p[-1] == ' ')
				l->p--;
			put(l, "\n", 1, 0);
			l->col = 0;
			pad_to(l, indent);
		}
		put(l, word, n, columns);
		text += n;
		if (*text == ' ') {
			put(l, " ", 1, 1);
			text++;
		}
	}
}

/*
 * Adds a note at `at` or behind the notes that are there. One that does not fit is left out, or, if it must be said,
 * goes on a row of its own under STATE.
 */
static void note(struct line *l, unsigned int at, bool must, const char *color, const char *text)
{
	const struct table *t = l->t;
	unsigned int limit = t->limit;
	unsigned int columns = columns_of(text);
	unsigned int start = l->notes ? l->col + 2 : at >= l->col ? at : l->col + 1;

	if (!*text || (l->continued && !must))
		return;
	if (limit && start + columns > limit) {
		if (!must)
			return;
		if (!l->notes && start <= t->state_at) {
			pad_to(l, start); /* nothing is gained by a new row */
		} else {
			/* long words want the whole width */
			unsigned int indent = t->state_at + 2 + columns <= limit ? t->state_at : TIME_COLUMNS + 1;

			put(l, "\n", 1, 0);
			l->col = 0;
			pad_to(l, indent);
			if (!l->continued) {
				color_on(l, DIM);
				if (t->base.options.utf8)
					put(l, "└ ", sizeof("└ ") - 1, 2);
				else
					put(l, "` ", 2, 2);
				color_off(l, DIM);
			} else {
				pad_to(l, indent + 2);
			}
			l->continued = true;
		}
	} else {
		pad_to(l, start);
	}
	color_on(l, color);
	if (l->t->limit && l->col + columns > l->t->limit)
		put_words(l, text, l->col);
	else
		put(l, text, strlen(text), columns);
	color_off(l, color);
	l->notes++;
}

static const char *dot(const struct table *t)
{
	return t->base.options.utf8 ? " · " : ", ";
}

/* "lab[4711]", "pid 4711", "lab" or "". */
static void owner_text(const struct table *t, const struct event *e, unsigned int name_columns, char *out, size_t size)
{
	const char *comm = event_text(e, F_COMM);
	char number[TEXT_U64_MAX + 1];
	char name[4 * NAME_COLUMNS + 8];

	out[0] = '\0';
	if (comm && *comm)
		text_clean(name, sizeof(name), comm, name_columns, t->base.options.utf8);
	else
		name[0] = '\0';
	if (!event_has(e, F_PID)) {
		if (strlen(name) < size)
			stpcpy(out, name);
		return;
	}
	*text_u64(number, e->v[F_PID].u) = '\0';
	if (strlen(name) + strlen(number) + 6 > size)
		return;
	if (*name)
		stpcpy(stpcpy(stpcpy(stpcpy(out, name), "["), number), "]");
	else
		stpcpy(stpcpy(out, "pid "), number);
}

static bool queue_full(const struct event *e)
{
	return event_has(e, F_ACCEPT_QUEUE) && event_has(e, F_BACKLOG) && e->v[F_ACCEPT_QUEUE].u > e->v[F_BACKLOG].u;
}

/* "acc 1/2": connections waiting of the limit. */
static char *put_accept_queue(char *p, const struct event *e)
{
	p = text_u64(p, e->v[F_ACCEPT_QUEUE].u);
	if (event_has(e, F_BACKLOG)) {
		*p++ = '/';
		p = text_u64(p, e->v[F_BACKLOG].u);
	}
	return p;
}

static void queues_text(const struct table *t, const struct event *e, char *out)
{
	char *p = out;

	if (event_has(e, F_SYN_QUEUE)) {
		p = text_u64(stpcpy(p, "syn "), e->v[F_SYN_QUEUE].u);
		if (event_has(e, F_ACCEPT_QUEUE))
			p = stpcpy(p, dot(t));
	}
	if (event_has(e, F_ACCEPT_QUEUE))
		p = put_accept_queue(stpcpy(p, "acc "), e);
	*p = '\0';
}

/* Both queues where there is room; in the compact form the one that this line is about, without losing a digit. */
static void note_queues(struct line *l, const struct event *e, bool syn_side)
{
	const struct table *t = l->t;
	const char *color = queue_full(e) ? RED : DIM;
	unsigned int room = t->limit - t->note_at;
	char text[128], *p;

	if (!t->compact) {
		queues_text(t, e, text);
		note(l, t->note_at, false, color, text);
		return;
	}
	if (syn_side && event_has(e, F_SYN_QUEUE)) {
		*text_u64(stpcpy(text, "syn "), e->v[F_SYN_QUEUE].u) = '\0';
		note(l, t->note_at, true, DIM, text);
		return;
	}
	if (!event_has(e, F_ACCEPT_QUEUE))
		return;
	p = stpcpy(text, "acc ");
	*put_accept_queue(p, e) = '\0';
	if (strlen(text) <= room)
		note(l, t->note_at, true, color, text);
	else if (strlen(p) <= room)
		note(l, t->note_at, true, color, p);
	else
		note(l, t->note_at, true, color, text);
}

static void note_owner(struct line *l, const struct event *e, unsigned int at, bool must)
{
	char text[128];

	owner_text(l->t, e, NAME_COLUMNS, text, sizeof(text));
	note(l, at, must, PLAIN, text);
}

static void lasted(struct line *l, const struct event *e, enum field f)
{
	if (!event_has(e, f))
		return;
	pad_to(l, l->t->lasted_at);
	if (l->end - l->p < 32)
		return;
	l->p = text_duration_right(l->p, e->v[f].u, TEXT_DURATION_COLUMNS, l->t->base.options.utf8);
	l->col += TEXT_DURATION_COLUMNS;
}

static const char *phase_color(unsigned int state)
{
	static const char *const colors[TCP_STATE_COUNT] = {
		[TCP_STATE_ESTABLISHED] = GREEN, [TCP_STATE_SYN_SENT] = YELLOW, [TCP_STATE_SYN_RECV] = YELLOW,
		[TCP_STATE_FIN_WAIT1] = DIM,	 [TCP_STATE_FIN_WAIT2] = DIM,	[TCP_STATE_TIME_WAIT] = DIM,
		[TCP_STATE_CLOSE] = DIM,	 [TCP_STATE_CLOSE_WAIT] = DIM,	[TCP_STATE_LAST_ACK] = DIM,
		[TCP_STATE_CLOSING] = DIM,
	};

	return state < TCP_STATE_COUNT ? colors[state] : PLAIN;
}

/* Our words for the names of the contract; a name that we do not know is shown with blanks. */
static const char *words(const char *name, char *buf, size_t size)
{
	static const char *const known[][2] = {
		{"rst_received", "RST received"},
		{"rst_sent", "RST sent"},
		{"timeout", "timed out"},
		{"listener_closed", "listener closed"},
		{"accept_queue_full", "accept queue full"},
		{"syn_queue_full", "SYN queue full"},
		{"cookie_invalid", "SYN cookie invalid"},
		{"request_expired", "no final ACK"},
	};
	char *p = buf;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(name, known[i][0]))
			return known[i][1];
	text_clean(buf, size, name, 60, false);
	for (; *p; p++)
		if (*p == '_')
			*p = ' ';
	return buf;
}

/* The same for the eight columns that the compact form has left. */
static const char *short_words(const char *name, char *buf, size_t size)
{
	if (!strncmp(name, "rst_", 4))
		return "by RST";
	return strcmp(name, "timeout") ? words(name, buf, size) : "timeout";
}

static void put_time(struct line *l, const struct event *e)
{
	struct table *t = l->t;

	color_on(l, DIM);
	l->p = text_time_of_day(&t->clock, l->p, (int64_t)e->t + t->base.options.boot_offset_ns,
				t->base.options.utc_offset_s);
	l->col += TIME_COLUMNS;
	color_off(l, DIM);
}

/* An IPv6 end too long for its cell loses its middle: "[fd00:1…6:7777]:51234". Head and port stay. */
static unsigned int shorten_end(char *out, const char *text, size_t len, unsigned int columns, bool utf8)
{
	const char *mark = utf8 ? "…" : "~";
	size_t tail = 0, keep, head;

	for (size_t i = 0; i < len; i++)
		if (text[i] == ']')
			tail = len - i; /* "]:65535" */
	keep = columns - 1 - tail;
	head = (keep + 1) / 2;
	memcpy(out, text, head);
	out = stpcpy(out + head, mark);
	memcpy(out, text + len - tail - (keep - head), tail + (keep - head));
	out[tail + (keep - head)] = '\0';
	return columns;
}

static void put_peer(struct line *l, const struct event *e, bool listener)
{
	struct table *t = l->t;
	const uint8_t *addr = NULL;
	char text[TEXT_END_MAX], cell[TEXT_END_MAX];
	size_t n;

	if (listener) {
		if (!event_has(e, F_LADDR) || !e->v[F_LADDR].addr)
			return;
		n = (size_t)(text_addr(text, e->family, e->v[F_LADDR].addr) - text);
		text[n] = '\0';
	} else {
		if (event_has(e, F_RADDR))
			addr = e->v[F_RADDR].addr;
		if (!addr && !event_has(e, F_RPORT))
			return;
		n = text_end(text, e->family, addr, event_has(e, F_RPORT) ? (int)e->v[F_RPORT].u : -1);
	}
	if (n > t->peer_columns) {
		unsigned int columns = shorten_end(cell, text, n, t->peer_columns, t->base.options.utf8);

		put(l, cell, strlen(cell), columns);
	} else {
		put(l, text, n, (unsigned int)n);
	}
}

/* TIME PORT↔PEER, up to the STATE column. */
static void put_ends(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	const char *role = event_text(e, F_ROLE);
	const char *sign = " ";
	char port[TEXT_U64_MAX];
	size_t n = 0;

	put_time(l, e);
	if (!role && !event_has(e, F_LPORT) && !event_has(e, F_RPORT))
		return;
	if (event_has(e, F_LPORT))
		n = (size_t)(text_u64(port, e->v[F_LPORT].u & 0xffff) - port);
	pad_to(l, TIME_COLUMNS + 1 + PORT_COLUMNS - (unsigned int)n);
	put(l, port, n, (unsigned int)n);
	if (role)
		sign = role[0] == 's' ? t->incoming : role[0] == 'c' ? t->outgoing : t->listening;
	else if (e->type == EVENT_DROP)
		sign = t->incoming;
	pad_to(l, l->col + t->ends_gap);
	put(l, sign, strlen(sign), 1);
	pad_to(l, l->col + t->ends_gap);
	put_peer(l, e, sign == t->listening);
	pad_to(l, t->state_at);
}

static void put_state_name(struct line *l, unsigned int state)
{
	const char *name = tcp_state_name(state);
	size_t n = strlen(name);

	put(l, name, n, (unsigned int)n);
}

static void put_transition(struct line *l, unsigned int from, unsigned int to)
{
	struct table *t = l->t;
	struct transition *cell;

	if (from >= TCP_STATE_COUNT || to >= TCP_STATE_COUNT) {
		put_state_name(l, from);
		put(l, t->into, strlen(t->into), columns_of(t->into));
		put_state_name(l, to);
		return;
	}
	cell = &t->transitions[from][to];
	if (!cell->len) {
		char *end = stpcpy(stpcpy(stpcpy(cell->text, tcp_state_name(from)), t->into), tcp_state_name(to));

		cell->len = (uint8_t)(end - cell->text);
		cell->columns = (uint8_t)columns_of(cell->text);
	}
	memcpy(l->p, cell->text, TRANSITION_BYTES);
	l->p += cell->len;
	l->col += cell->columns;
}

static void state_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int old_state = (unsigned int)event_get(e, F_OLD), new_state = (unsigned int)event_get(e, F_NEW);
	const char *color = phase_color(new_state);
	const char *reason = event_text(e, F_REASON);
	unsigned int at = t->note_at;
	char text[160], buf[64];

	color_on(l, color);
	put_transition(l, old_state, new_state);
	color_off(l, color);

	if (new_state == TCP_STATE_LISTEN || new_state == TCP_STATE_SYN_SENT) {
		/* How long it had been closed says nothing; who did it does. */
		if (t->compact)
			at = l->col + 2;
		if (new_state == TCP_STATE_LISTEN && event_has(e, F_BACKLOG)) {
			char *p = text_u64(stpcpy(text, "backlog "), e->v[F_BACKLOG].u);

			if (event_has(e, F_BACKLOG_ASKED) && e->v[F_BACKLOG_ASKED].u != e->v[F_BACKLOG].u)
				p = stpcpy(text_u64(stpcpy(p, " (asked "), e->v[F_BACKLOG_ASKED].u), ")");
			*p = '\0';
			note(l, at, true, PLAIN, text);
		}
		note_owner(l, e, at, true);
		return;
	}
	if (event_has(e, F_IN_OLD_NS))
		lasted(l, e, F_IN_OLD_NS);
	else if (new_state == TCP_STATE_ESTABLISHED)
		lasted(l, e, event_has(e, F_HANDSHAKE_NS) ? F_HANDSHAKE_NS : F_CONNECT_NS);
	note_queues(l, e, new_state == TCP_STATE_SYN_RECV);
	if (reason)
		note(l, at, true, RED, t->compact ? short_words(reason, buf, sizeof(buf)) : words(reason, buf, sizeof(buf)));
	if (event_get(e, F_SYNCOOKIE))
		note(l, at, true, YELLOW, "by SYN cookie: begin unknown");
	if (event_get(e, F_FASTOPEN))
		note(l, at, true, YELLOW, "fast open");
	if (event_get(e, F_SYNACK_RETRANS)) {
		char *p = text_u64(stpcpy(text, "SYN-ACK sent again "), e->v[F_SYNACK_RETRANS].u);

		stpcpy(p, t->base.options.utf8 ? "×" : "x");
		note(l, at, true, YELLOW, text);
	}
	note_owner(l, e, at, false);
	if (event_get(e, F_MPTCP))
		note(l, at, false, DIM, "mptcp");
	if (event_get(e, F_RAW))
		note(l, at, false, DIM, "raw");
}

static void accept_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	bool waited = event_get(e, F_ACCEPT_WAIT_NS) >= WAIT_WORTH_WORDS_NS;
	bool before = event_get(e, F_COMPLETED_BEFORE_ACCEPT);
	const char *color = waited && before ? YELLOW : GREEN;
	const char *via = event_text(e, F_VIA);
	char owner[128], text[64], *p = text;
	bool told = false;

	if (event_has(e, F_FD))
		p = text_i64(stpcpy(p, "accept() = "), e->v[F_FD].i);
	else
		p = stpcpy(p, "accepted");
	*p = '\0';
	color_on(l, color);
	put(l, text, (size_t)(p - text), (unsigned int)(p - text));
	color_off(l, color);
	if (t->compact) {
		/* The cell has room for who took it, if its name is short. */
		unsigned int room = t->lasted_at - 2 - l->col;

		owner_text(t, e, NAME_COLUMNS, owner, sizeof(owner));
		if (*owner && columns_of(owner) > room && event_has(e, F_PID))
			*text_u64(stpcpy(owner, "pid "), e->v[F_PID].u) = '\0';
		if (*owner && columns_of(owner) <= room) {
			put(l, " ", 1, 1);
			put(l, owner, strlen(owner), columns_of(owner));
			told = true;
		}
	}
	lasted(l, e, F_ACCEPT_WAIT_NS);
	note_queues(l, e, false);
	if (!told)
		note_owner(l, e, t->note_at, true);
	if (before)
		note(l, t->note_at, waited, waited ? YELLOW : DIM, "complete before accept() was called");
	if (event_has(e, F_SOCKET_STATE) && e->v[F_SOCKET_STATE].u == TCP_STATE_CLOSE)
		note(l, t->note_at, true, RED, "a corpse: it died in the queue");
	if (via)
		note(l, t->note_at, true, DIM, !strcmp(via, "io_uring") ? "by io_uring" : words(via, owner, 64));
}

static void accept_error_line(struct line *l, const struct event *e)
{
	const char *name = event_text(e, F_ERRNO);
	char text[128], clean[48];

	text_clean(clean, sizeof(clean), name ? name : "?", 24, false);
	stpcpy(stpcpy(text, "accept() failed: "), clean);
	note(l, l->t->state_at, true, RED, text);
	if (event_get(e, F_COUNT) > 1) {
		char *p = stpcpy(text, l->t->base.options.utf8 ? "×" : "x");

		*text_u64(p, e->v[F_COUNT].u) = '\0';
		note(l, 0, true, RED, text);
	}
	note_owner(l, e, 0, false);
}

static void retransmit_line(struct line *l, const struct event *e)
{
	const char *what = event_text(e, F_WHAT), *reason = event_text(e, F_REASON);
	char text[160], buf[64], *p;

	p = stpcpy(text, what && !strcmp(what, "syn") ? "SYN" : "SYN-ACK");
	p = stpcpy(p, " sent again");
	if (event_has(e, F_ATTEMPT))
		p = stpcpy(text_u64(stpcpy(p, " ("), e->v[F_ATTEMPT].u), ")");
	if (reason)
		p = stpcpy(stpcpy(p, ": "), words(reason, buf, sizeof(buf)));
	*p = '\0';
	note(l, l->t->state_at, true, reason ? RED : YELLOW, text);
	note_owner(l, e, 0, false);
}

static void drop_line(struct line *l, const struct event *e)
{
	const char *segment = event_text(e, F_SEGMENT), *reason = event_text(e, F_REASON);
	char text[160], buf[64], *p;

	if (reason && !strcmp(reason, "request_expired")) {
		note(l, l->t->state_at, true, RED, "request given up: no final ACK taken");
	} else {
		p = text;
		if (event_get(e, F_COUNT) > 1)
			*(p = text_u64(p, e->v[F_COUNT].u)) = ' ', p++;
		p = stpcpy(p, segment && !strcmp(segment, "syn") ? "SYN" : segment ? "ACK" : "segment");
		p = stpcpy(p, event_get(e, F_COUNT) > 1 ? "s refused" : " refused");
		if (reason)
			p = stpcpy(stpcpy(p, ": "), words(reason, buf, sizeof(buf)));
		if (reason && !strcmp(reason, "syn_queue_full") && event_has(e, F_SYN_QUEUE)) {
			*p++ = ' ';
			p = text_u64(p, e->v[F_SYN_QUEUE].u);
		} else if (event_has(e, F_ACCEPT_QUEUE)) {
			*p++ = ' ';
			p = put_accept_queue(p, e);
			if (event_has(e, F_BACKLOG)) /* the queue holds one more than the backlog */
				p = stpcpy(p, "+1");
		}
		*p = '\0';
		note(l, l->t->state_at, true, RED, text);
	}
	if (event_get(e, F_CLIENT_BELIEVES))
		note(l, 0, true, RED, "the client believes it is connected");
	note_owner(l, e, 0, false);
}

static void reset_line(struct line *l, const struct event *e)
{
	const char *dir = event_text(e, F_DIR), *reason = event_text(e, F_REASON);
	char text[160], buf[64], *p;

	p = stpcpy(text, dir && !strcmp(dir, "sent") ? "RST sent" : dir ? "RST received" : "RST");
	if (reason)
		stpcpy(stpcpy(p, ": "), words(reason, buf, sizeof(buf)));
	note(l, l->t->state_at, true, RED, text);
	note_owner(l, e, 0, false);
}

/* In place: "18 B" is "18", "1.23 MB" is "1.2M", "12.3 MB" is "12M". */
static char *short_bytes(char *text)
{
	char *unit = strchr(text, ' ');
	size_t digits = (size_t)(unit - text);

	if (unit[1] != 'B') {
		if (digits == 4)
			digits = text[1] == '.' ? 3 : 2;
		text[digits++] = unit[1];
	}
	text[digits] = '\0';
	return text;
}

static void close_line(struct line *l, const struct event *e)
{
	static const struct {
		const char *end, *words, *color;
	} ends[] = {
		{"fin_active", "closed by us", DIM},
		{"fin_passive", "closed by peer", DIM},
		{"fin_simultaneous", "closed by both", DIM},
		{"rst_received", "reset by peer", RED},
		{"rst_sent", "reset by us", RED},
		{"timeout", "timed out", RED},
		{"refused", "refused", RED},
		{"never_accepted", "never accepted", RED},
		{"listener_closed", "listener closed", RED},
		{"unknown", "closed", DIM},
	};
	struct table *t = l->t;
	const char *end = event_text(e, F_END), *name = "closed", *color = DIM;
	char text[128], in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], *p;
	bool unaccepted = event_has(e, F_ACCEPTED) && !e->v[F_ACCEPTED].u;

	for (size_t i = 0; end && i < sizeof(ends) / sizeof(*ends); i++)
		if (!strcmp(end, ends[i].end)) {
			name = ends[i].words;
			color = ends[i].color;
		}
	color_on(l, color);
	put(l, name, strlen(name), (unsigned int)strlen(name));
	color_off(l, color);
	lasted(l, e, F_LIFE_NS);
	if (event_has(e, F_BYTES_IN) && event_has(e, F_BYTES_OUT)) {
		uint64_t bytes_in = e->v[F_BYTES_IN].u, bytes_out = e->v[F_BYTES_OUT].u;

		in[text_bytes(in, bytes_in)] = '\0';
		out[text_bytes(out, bytes_out)] = '\0';
		p = stpcpy(stpcpy(text, "in "), in);
		stpcpy(stpcpy(stpcpy(p, dot(t)), "out "), out);
		if (t->compact && t->base.options.utf8) {
			unsigned int room = t->limit - t->note_at;
			char tight[64];

			p = stpcpy(stpcpy(tight, short_bytes(in)), "↓ ");
			stpcpy(stpcpy(p, short_bytes(out)), "↑");
			if (columns_of(tight) > room) {
				p = stpcpy(stpcpy(tight, in), "↓");
				stpcpy(stpcpy(p, out), "↑");
			}
			if (columns_of(tight) <= room)
				stpcpy(text, tight);
		}
		note(l, t->note_at, true, DIM, text);
	}
	if (event_has(e, F_ACCEPT_WAIT_NS)) {
		p = stpcpy(text, "waited ");
		text_duration(p, e->v[F_ACCEPT_WAIT_NS].u, t->base.options.utf8);
		note(l, t->note_at, false, DIM, text);
	}
	if (unaccepted && (!end || strcmp(end, "never_accepted")))
		note(l, t->note_at, true, RED, "never accepted");
	if (event_get(e, F_RETRANS)) {
		*stpcpy(text_u64(text, e->v[F_RETRANS].u), " sent again") = '\0';
		note(l, t->note_at, false, YELLOW, text);
	}
	note_owner(l, e, t->note_at, false);
}

static void note_count(struct line *l, const struct event *e, enum field f, const char *what)
{
	char text[64], *p;

	if (!event_has(e, f))
		return;
	p = text_u64(text, e->v[f].u);
	*p++ = ' ';
	stpcpy(p, what);
	note(l, l->t->state_at, false, DIM, text);
}

static void listener_line(struct line *l, const struct event *e)
{
	const char *verdict = event_text(e, F_VERDICT), *advice = event_text(e, F_ADVICE);
	char text[NOTE_MAX], *p;

	queues_text(l->t, e, text);
	note(l, l->t->state_at, true, queue_full(e) ? RED : PLAIN, text);
	if (verdict) {
		bool fine = !strcmp(verdict, "ok");
		char buf[64];

		note(l, l->t->state_at, true, fine ? GREEN : RED, words(verdict, buf, sizeof(buf)));
		if (!fine && advice) {
			text_clean(text, sizeof(text), advice, 400, l->t->base.options.utf8);
			note(l, l->t->state_at, true, PLAIN, text);
			return;
		}
	}
	if (event_has(e, F_ACCEPT_QUEUE_PEAK)) {
		p = text_u64(stpcpy(text, "peak "), e->v[F_ACCEPT_QUEUE_PEAK].u);
		*p = '\0';
		note(l, l->t->state_at, false, DIM, text);
	}
	note_count(l, e, F_ACCEPTED_RATE, "accepted/s");
	note_count(l, e, F_COMPLETED_RATE, "completed/s");
	note_count(l, e, F_DROPS_TOTAL, "refused");
	note_owner(l, e, 0, false);
}

static void socket_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int state = (unsigned int)event_get(e, F_SOCKET_STATE);
	unsigned int at = t->note_at;

	color_on(l, phase_color(state));
	put_state_name(l, state);
	color_off(l, phase_color(state));
	if (t->compact)
		at = l->col + 2;
	if (event_has(e, F_ACCEPT_QUEUE)) {
		char text[128];

		queues_text(t, e, text);
		note(l, at, true, queue_full(e) ? RED : PLAIN, text);
	}
	note_owner(l, e, at, false);
	note(l, at, false, DIM, "there before us");
}

static void lost_line(struct line *l, const struct event *e)
{
	const char *where = event_text(e, F_WHERE);
	char text[200], buf[64], *p;

	p = stpcpy(text, "LOST ");
	p = stpcpy(text_u64(p, event_get(e, F_COUNT)), " facts");
	if (where)
		p = stpcpy(stpcpy(stpcpy(p, " ("), words(where, buf, 40)), ")");
	if (event_has(e, F_TOTAL))
		p = stpcpy(text_u64(stpcpy(p, ", "), e->v[F_TOTAL].u), " in all");
	stpcpy(p, ": lines are missing here");
	note(l, TIME_COLUMNS + 1, true, LOUD, text);
}

static void verify_line(struct line *l, const struct event *e)
{
	const char *what = event_text(e, F_DIFFERENCE);
	char text[NOTE_MAX];

	text_clean(text, sizeof(text), what ? what : "the tracker and the kernel differ", 300,
		   l->t->base.options.utf8);
	note(l, l->t->state_at, true, RED, text);
}

/* The head: what is traced, and what cannot be known. */
static void meta_lines(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	const struct filter *f = event_has(e, F_FILTER) ? e->v[F_FILTER].filter : NULL;
	const struct fact_list *facts = event_has(e, F_FACTS) ? e->v[F_FACTS].facts : NULL;
	const char *version = event_text(e, F_VERSION), *kernel = event_text(e, F_KERNEL);
	char text[NOTE_MAX], *p = text;

	p = stpcpy(p, "sockstate");
	if (version) {
		*p++ = ' ';
		text_clean(p, 32, version, 24, t->base.options.utf8);
		p += strlen(p);
	}
	if (kernel) {
		p = stpcpy(stpcpy(p, dot(t)), "Linux ");
		text_clean(p, 72, kernel, 40, t->base.options.utf8);
		p += strlen(p);
	}
	if (f) {
		p = stpcpy(p, dot(t));
		p = stpcpy(p, f->port_ranges ? "port " : "every port");
		for (unsigned int i = 0; i < f->port_ranges; i++) {
			if (i)
				*p++ = ',';
			p = text_u64(p, f->ports[i].first);
			if (f->ports[i].last != f->ports[i].first) {
				*p++ = '-';
				p = text_u64(p, f->ports[i].last);
			}
		}
		if (f->side != SIDE_BOTH)
			p = stpcpy(p, f->side == SIDE_SERVER ? ", server side" : ", client side");
		if (f->ipv4 != f->ipv6)
			p = stpcpy(p, f->ipv4 ? ", IPv4" : ", IPv6");
	}
	*p = '\0';
	put_words(l, text, 0);
	put(l, "\n", 1, 0);
	l->col = 0;
	if (!facts)
		return;
	p = text;
	for (int is = FACT_IS_DERIVED; is >= FACT_IS_ABSENT; is--) {
		bool first = true;

		for (unsigned int i = 0; i < KNOW_COUNT; i++) {
			if ((int)facts->fact[i].is != is)
				continue;
			if (first && p != text)
				p = stpcpy(p, "; ");
			p = stpcpy(p, first ? (is == FACT_IS_DERIVED ? "derived: " : "not known: ") : ", ");
			p = stpcpy(p, fact_name((enum fact_name)i));
			first = false;
		}
	}
	if (p == text)
		return;
	*p = '\0';
	p = stpcpy(p, t->base.options.utf8 ? " — why: sockstate doctor" : " - why: sockstate doctor");
	color_on(l, DIM);
	put_words(l, text, 0);
	color_off(l, DIM);
	put(l, "\n", 1, 0);
	l->col = 0;
}

static void put_number_right(struct line *l, uint64_t v, unsigned int until)
{
	char number[TEXT_U64_MAX];
	unsigned int n = (unsigned int)(text_u64(number, v) - number);

	pad_to(l, until > n ? until - n : 0);
	put(l, number, n, n);
}

static void put_quantiles(struct line *l, const char *label, const struct quantiles *q)
{
	const uint64_t v[4] = {q->p50, q->p90, q->p99, q->max};

	pad_to(l, 39);
	put(l, label, strlen(label), (unsigned int)strlen(label));
	pad_to(l, 49);
	for (int i = 0; i < 4; i++) {
		if (l->end - l->p < 32)
			return;
		if (i)
			put(l, " ", 1, 1);
		l->p = text_duration_right(l->p, v[i], TEXT_DURATION_COLUMNS, l->t->base.options.utf8);
		l->col += TEXT_DURATION_COLUMNS;
	}
}

static void end_row(struct line *l)
{
	put(l, "\n", 1, 0);
	l->col = 0;
}

static char *summary_count(char *p, const char *dot_or_none, const struct event *e, enum field f, const char *what,
			   bool zero_too)
{
	if (!event_has(e, f) || (!zero_too && !e->v[f].u))
		return p;
	p = text_u64(stpcpy(p, dot_or_none), e->v[f].u);
	*p++ = ' ';
	return stpcpy(p, what);
}

static void listener_row(struct line *l, const struct listener_summary *s)
{
	char text[TEXT_END_MAX], cell[TEXT_END_MAX];
	size_t n = text_end(text, s->family, s->addr, s->port);

	if (n > PEER_COLUMNS) {
		shorten_end(cell, text, n, PEER_COLUMNS, l->t->base.options.utf8);
		put(l, cell, strlen(cell), PEER_COLUMNS);
	} else {
		put(l, text, n, (unsigned int)n);
	}
	put_number_right(l, s->accepted, 29);
	put_number_right(l, s->drops, 37);
	if (s->handshake.count)
		put_quantiles(l, "handshake", &s->handshake);
	if (s->handshake.count && s->accept_wait.count)
		end_row(l);
	if (s->accept_wait.count)
		put_quantiles(l, "wait", &s->accept_wait);
	end_row(l);
}

/* What was seen, then a row or two a listener. */
static void summary_lines(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	const struct listener_summaries *all = event_has(e, F_LISTENERS) ? e->v[F_LISTENERS].listeners : NULL;
	const uint64_t *drops = event_has(e, F_DROPS) ? e->v[F_DROPS].drops : NULL;
	char text[NOTE_MAX] = "", *p = text;

	end_row(l);
	p = summary_count(p, "", e, F_CONNECTIONS, event_get(e, F_CONNECTIONS) == 1 ? "connection" : "connections", true);
	p = summary_count(p, p == text ? "" : dot(t), e, F_ACCEPTED_COUNT, "accepted", true);
	p = summary_count(p, p == text ? "" : dot(t), e, F_NEVER_ACCEPTED, "never accepted", false);
	p = summary_count(p, p == text ? "" : dot(t), e, F_STILL_QUEUED, "still in the queue", false);
	put_words(l, text, 0);
	end_row(l);
	p = text;
	*p = '\0';
	for (unsigned int i = 0; drops && i < DROP_REASON_COUNT; i++) {
		char buf[64];

		if (!drops[i])
			continue;
		p = stpcpy(p, p == text ? "refused: " : dot(t));
		p = stpcpy(p, words(drop_reason_name((enum drop_reason)i), buf, sizeof(buf)));
		*p++ = ' ';
		p = text_u64(p, drops[i]);
		*p = '\0';
	}
	if (*text) {
		color_on(l, RED);
		put_words(l, text, 0);
		color_off(l, RED);
		end_row(l);
	}
	if (event_get(e, F_LOST)) {
		p = stpcpy(text, "LOST ");
		stpcpy(text_u64(p, e->v[F_LOST].u), " facts in all: the figures are too low");
		color_on(l, LOUD);
		put_words(l, text, 0);
		color_off(l, LOUD);
		end_row(l);
	}
	if (!all || !all->count)
		return;
	text[0] = '\0';
	color_on(l, DIM);
	put(l, "LISTENER             ACCEPTED REFUSED", 37, 37);
	pad_to(l, 49);
	put(l, "    p50     p90     p99     max", 31, 31);
	color_off(l, DIM);
	end_row(l);
	for (size_t i = 0; i < all->count; i++) {
		char *at;

		/* Room for each on its own: there may be many. */
		out_advance(&t->base.out, l->p);
		at = out_reserve(&t->base.out, LINE_MAX_BYTES);
		if (!at)
			return;
		l->p = at;
		l->end = at + LINE_MAX_BYTES - LINE_SLACK;
		listener_row(l, &all->list[i]);
	}
}

static void heading(struct line *l)
{
	struct table *t = l->t;

	t->heading_done = true;
	if (!t->base.options.header)
		return;
	color_on(l, DIM);
	put(l, "TIME", 4, 4);
	pad_to(l, TIME_COLUMNS + 1 + PORT_COLUMNS - 4);
	put(l, "PORT", 4, 4);
	pad_to(l, l->col + 2 * t->ends_gap + 1);
	put(l, "PEER", 4, 4);
	pad_to(l, t->state_at);
	put(l, "STATE", 5, 5);
	pad_to(l, t->lasted_at + TEXT_DURATION_COLUMNS - 6);
	put(l, "LASTED", 6, 6);
	pad_to(l, t->note_at);
	if (t->compact)
		put(l, "QUEUES", 6, 6);
	else
		put(l, "QUEUES, OWNER", 13, 13);
	color_off(l, DIM);
	end_row(l);
}

static void table_event(struct view *view, const struct event *e)
{
	static void (*const lines[EVENT_TYPE_COUNT])(struct line *, const struct event *) = {
		[EVENT_SOCKET] = socket_line,	[EVENT_STATE] = state_line,
		[EVENT_ACCEPT] = accept_line,	[EVENT_ACCEPT_ERROR] = accept_error_line,
		[EVENT_RETRANSMIT] = retransmit_line, [EVENT_DROP] = drop_line,
		[EVENT_RESET] = reset_line,	[EVENT_CLOSE] = close_line,
		[EVENT_LISTENER] = listener_line, [EVENT_VERIFY] = verify_line,
	};
	struct table *t = (struct table *)view;
	struct line l = {.t = t};

	if ((unsigned int)e->type >= EVENT_TYPE_COUNT)
		return;
	l.p = out_reserve(&view->out, LINE_MAX_BYTES);
	if (!l.p)
		return;
	l.end = l.p + LINE_MAX_BYTES - LINE_SLACK;
	switch (e->type) {
	case EVENT_META:
		if (view->options.header)
			meta_lines(&l, e);
		break;
	case EVENT_SUMMARY:
		summary_lines(&l, e);
		break;
	default:
		if (!t->heading_done)
			heading(&l);
		if (e->type == EVENT_LOST) {
			put_time(&l, e);
			lost_line(&l, e);
		} else if (lines[e->type]) {
			put_ends(&l, e);
			pad_to(&l, t->state_at);
			lines[e->type](&l, e);
		}
		if (e->late)
			note(&l, t->note_at, false, DIM, "late");
		while (l.p[-1] == ' ')
			l.p--;
		*l.p++ = '\n';
	}
	if (l.p)
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
		t->incoming = "←";
		t->outgoing = "→";
		t->listening = "•";
	} else {
		t->into = t->compact ? "->" : " -> ";
		t->incoming = "<";
		t->outgoing = ">";
		t->listening = "*";
	}
	t->peer_columns = options->wide ? PEER_COLUMNS_WIDE : PEER_COLUMNS;
	/* the longest: ESTABLISHED → CLOSE_WAIT */
	t->state_columns = 21 + columns_of(t->into);
	t->state_at = TIME_COLUMNS + 1 + PORT_COLUMNS + 1 + 2 * t->ends_gap + t->peer_columns + (t->compact ? 1 : 2);
	t->lasted_at = t->state_at + t->state_columns + 1;
	t->note_at = t->lasted_at + TEXT_DURATION_COLUMNS + (t->compact ? 1 : 2);
	return &t->base;
}
