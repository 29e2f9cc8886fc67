// SPDX-License-Identifier: BSD-2-Clause
/*
 * events.c - the line of each type of event: ends, state, how long it lasted, and the notes behind.
 */
#include "base/units.h"
#include "view/table/table.h"
#include "view/words.h"

#define NAME_COLUMNS 15
/* From here on a wait in the accept queue is worth words. */
#define WAIT_WORTH_WORDS_NS (10 * NS_MS)

static void make_owner(struct table_owner *o, const char *comm, uint64_t pid, bool utf8)
{
	char *p = o->text;

	text_clean(p, sizeof(o->text) - TEXT_U64_MAX - 4, comm, NAME_COLUMNS, utf8);
	p += strlen(p);
	if (pid != TABLE_NO_PID)
		p = text_u64(stpcpy(p, *comm ? "[" : "pid "), pid);
	if (pid != TABLE_NO_PID && *comm)
		*p++ = ']';
	*p = '\0';
	o->len = (uint8_t)(p - o->text);
	o->columns = (uint8_t)text_columns(o->text);
}

/*
 * "lab[4711]", "pid 4711", "lab" or "". Mostly it is one that has been told before. Valid until the
 * next call.
 */
static const struct table_owner *owner_of(struct table *t, const struct event *e)
{
	const char *comm = event_text(e, F_COMM);
	uint64_t pid = event_has(e, F_PID) ? e->v[F_PID].u : TABLE_NO_PID;
	struct table_owner *o = &t->owners[pid % TABLE_OWNERS];
	size_t n;

	if (!comm)
		comm = "";
	if (o->known && o->pid == pid && !strcmp(o->comm, comm))
		return o;
	n = strlen(comm);
	o->known = n < sizeof(o->comm);
	o->pid = pid;
	if (o->known)
		memcpy(o->comm, comm, n + 1);
	make_owner(o, comm, pid, t->base.options.utf8);
	return o;
}

static bool queue_full(const struct event *e)
{
	return event_has(e, F_ACCEPT_QUEUE) && event_has(e, F_BACKLOG) &&
	       e->v[F_ACCEPT_QUEUE].u > e->v[F_BACKLOG].u;
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
			p = stpcpy(p, table_dot(t));
	}
	if (event_has(e, F_ACCEPT_QUEUE))
		p = put_accept_queue(stpcpy(p, "acc "), e);
	*p = '\0';
}

/*
 * Both queues where there is room; in the compact form the one that this line is about, without
 * losing a digit.
 */
static void note_queues(struct line *l, const struct event *e, bool syn_side)
{
	const struct table *t = l->t;
	const char *color = queue_full(e) ? RED : DIM;
	unsigned int room = t->limit - t->note_at;
	char text[128], *p;

	if (!t->compact) {
		queues_text(t, e, text);
		table_note(l, t->note_at, false, color, text);
		return;
	}
	if (syn_side && event_has(e, F_SYN_QUEUE)) {
		*text_u64(stpcpy(text, "syn "), e->v[F_SYN_QUEUE].u) = '\0';
		table_note(l, t->note_at, true, DIM, text);
		return;
	}
	if (!event_has(e, F_ACCEPT_QUEUE))
		return;
	p = stpcpy(text, "acc ");
	*put_accept_queue(p, e) = '\0';
	if (strlen(text) <= room)
		table_note(l, t->note_at, true, color, text);
	else if (strlen(p) <= room)
		table_note(l, t->note_at, true, color, p);
	else
		table_note(l, t->note_at, true, color, text);
}

static void note_owner(struct line *l, const struct event *e, unsigned int at, bool must)
{
	table_note_owner(l, at, must, owner_of(l->t, e));
}

/* A line about a listener: others may listen at the same ends. */
static bool one_of_many(struct table *t, const struct event *e)
{
	const char *role = event_text(e, F_ROLE);
	const struct table_listener *known =
		role && role[0] == 'l' ? table_listener_of(t, e) : NULL;

	return known && known->one_of_many;
}

static void learn_listener(struct table *t, const struct event *e)
{
	table_learn_listener(t, e, owner_of(t, e)->text);
}

static void lasted(struct line *l, const struct event *e, enum field f)
{
	if (!event_has(e, f))
		return;
	table_pad_to(l, l->t->lasted_at);
	if (l->end - l->p < 32)
		return;
	l->p = text_duration_right(l->p, e->v[f].u, TEXT_DURATION_COLUMNS, l->t->base.options.utf8);
	l->col += TEXT_DURATION_COLUMNS;
}

static const char *phase_color(unsigned int state)
{
	static const char *const colors[TCP_STATE_COUNT] = {
		[TCP_STATE_ESTABLISHED] = GREEN, [TCP_STATE_SYN_SENT] = YELLOW,
		[TCP_STATE_SYN_RECV] = YELLOW,	 [TCP_STATE_FIN_WAIT1] = DIM,
		[TCP_STATE_FIN_WAIT2] = DIM,	 [TCP_STATE_TIME_WAIT] = DIM,
		[TCP_STATE_CLOSE] = DIM,	 [TCP_STATE_CLOSE_WAIT] = DIM,
		[TCP_STATE_LAST_ACK] = DIM,	 [TCP_STATE_CLOSING] = DIM,
	};

	return state < TCP_STATE_COUNT ? colors[state] : PLAIN;
}

/* phrase() for the eight columns that the compact form has left. */
static const char *short_words(const char *name, char *buf, size_t size)
{
	if (!strncmp(name, "rst_", 4))
		return "by RST";
	return strcmp(name, "timeout") ? phrase(name, buf, size) : "timeout";
}

static void put_time(struct line *l, const struct event *e)
{
	struct table *t = l->t;

	table_color_on(l, DIM);
	l->p = text_time_of_day(&t->clock, l->p, (int64_t)e->t + t->base.options.boot_offset_ns,
				t->base.options.utc_offset_s);
	l->col += TIME_COLUMNS;
	table_color_off(l, DIM);
}

static void put_peer(struct line *l, const struct event *e, bool listener)
{
	struct table *t = l->t;
	const uint8_t *addr = NULL;
	char text[TEXT_END_MAX];
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
		n = text_end(text, e->family, addr,
			     event_has(e, F_RPORT) ? (int)e->v[F_RPORT].u : -1);
	}
	table_put_end(l, text, n, t->peer_columns);
}

/* A transition of a listener tells so itself: with --raw there is no role. */
static bool is_listeners(const struct event *e)
{
	return e->type == EVENT_STATE && !event_has(e, F_RPORT) &&
	       (event_get(e, F_NEW) == TCP_STATE_LISTEN ||
		(event_get(e, F_OLD) == TCP_STATE_LISTEN &&
		 event_get(e, F_NEW) == TCP_STATE_CLOSE));
}

/* TIME PORT↔PEER, up to the STATE column. */
static void put_ends(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	const char *role = event_text(e, F_ROLE);
	const char *sign = "   ";
	char port[TABLE_CELL];
	size_t n = 0;

	put_time(l, e);
	if (!role && !event_has(e, F_LPORT) && !event_has(e, F_RPORT))
		return;
	if (event_has(e, F_LPORT))
		n = (size_t)(text_u64(port, e->v[F_LPORT].u & 0xffff) - port);
	table_pad_to(l, TIME_COLUMNS + 1 + PORT_COLUMNS - (unsigned int)n);
	table_put_cell(l, port, n, (unsigned int)n);
	if (role)
		sign = role[0] == 's' ? t->incoming : role[0] == 'c' ? t->outgoing : t->listening;
	else if (e->type == EVENT_DROP)
		sign = t->incoming;
	else if (is_listeners(e))
		sign = t->listening;
	table_pad_to(l, l->col + t->ends_gap);
	memcpy(l->p, sign, sizeof(t->incoming));
	l->p += *sign == ' ' ? 1 : t->sign_bytes;
	l->col++;
	table_pad_to(l, l->col + t->ends_gap);
	put_peer(l, e, sign == t->listening);
	table_pad_to(l, t->state_at);
}

static void put_state_name(struct line *l, unsigned int state)
{
	const char *name = tcp_state_name(state);
	size_t n = strlen(name);

	table_put(l, name, n, (unsigned int)n);
}

static void put_transition(struct line *l, unsigned int from, unsigned int to)
{
	struct table *t = l->t;
	struct transition *cell;

	if (from >= TCP_STATE_COUNT || to >= TCP_STATE_COUNT) {
		put_state_name(l, from);
		table_put(l, t->into, strlen(t->into), text_columns(t->into));
		put_state_name(l, to);
		return;
	}
	cell = &t->transitions[from][to];
	if (!cell->len) {
		char *end = stpcpy(stpcpy(stpcpy(cell->text, tcp_state_name(from)), t->into),
				   tcp_state_name(to));

		cell->len = (uint8_t)(end - cell->text);
		cell->columns = (uint8_t)text_columns(cell->text);
	}
	memcpy(l->p, cell->text, TRANSITION_BYTES);
	l->p += cell->len;
	l->col += cell->columns;
}

static void note_mptcp(struct line *l, const struct event *e, unsigned int at, bool must)
{
	if (event_get(e, F_MPTCP))
		table_note(l, at, must, DIM, "mptcp");
}

/* CLOSE → LISTEN, CLOSE → SYN_SENT: how long it had been closed says nothing; who did it does. */
static void begin_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int at = t->compact ? l->col + 2 : t->note_at;
	bool listens = event_get(e, F_NEW) == TCP_STATE_LISTEN;
	char text[160];

	if (event_get(e, F_RAW))
		table_note(l, at, true, DIM, "raw");
	if (listens && event_has(e, F_BACKLOG)) {
		char *p = text_u64(stpcpy(text, "backlog "), e->v[F_BACKLOG].u);

		if (event_has(e, F_BACKLOG_ASKED) && e->v[F_BACKLOG_ASKED].u != e->v[F_BACKLOG].u)
			p = stpcpy(text_u64(stpcpy(p, " (asked "), e->v[F_BACKLOG_ASKED].u), ")");
		*p = '\0';
		table_note(l, at, true, PLAIN, text);
	}
	note_owner(l, e, at, true);
	note_mptcp(l, e, at, listens);
	if (listens)
		learn_listener(t, e);
}

static void state_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int old_state = (unsigned int)event_get(e, F_OLD),
		     new_state = (unsigned int)event_get(e, F_NEW);
	const char *color = phase_color(new_state);
	const char *reason = event_text(e, F_REASON);
	unsigned int at = t->note_at;
	char text[160], buf[64];

	table_color_on(l, color);
	put_transition(l, old_state, new_state);
	table_color_off(l, color);

	if (new_state == TCP_STATE_LISTEN || new_state == TCP_STATE_SYN_SENT) {
		begin_line(l, e);
		return;
	}
	if (event_has(e, F_IN_OLD_NS))
		lasted(l, e, F_IN_OLD_NS);
	else if (new_state == TCP_STATE_ESTABLISHED)
		lasted(l, e, event_has(e, F_HANDSHAKE_NS) ? F_HANDSHAKE_NS : F_CONNECT_NS);
	note_queues(l, e, new_state == TCP_STATE_SYN_RECV);
	if (reason)
		table_note(l, at, true, RED,
			   t->compact ? short_words(reason, buf, sizeof(buf))
				      : phrase(reason, buf, sizeof(buf)));
	if (event_get(e, F_SYNCOOKIE))
		table_note(l, at, true, YELLOW, "by SYN cookie: begin unknown");
	if (event_get(e, F_FASTOPEN))
		table_note(l, at, true, YELLOW, "fast open");
	if (event_get(e, F_SYNACK_RETRANS)) {
		char *p = text_u64(stpcpy(text, "SYN-ACK sent again "), e->v[F_SYNACK_RETRANS].u);

		stpcpy(p, t->base.options.utf8 ? "×" : "x");
		table_note(l, at, true, YELLOW, text);
	}
	note_owner(l, e, at, old_state == TCP_STATE_LISTEN && one_of_many(t, e));
	note_mptcp(l, e, at, new_state == TCP_STATE_ESTABLISHED);
	if (event_get(e, F_RAW))
		table_note(l, at, false, DIM, "raw");
	if (old_state == TCP_STATE_LISTEN && new_state == TCP_STATE_CLOSE)
		table_listener_ended(t, e);
}

static void accept_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	bool waited = event_get(e, F_ACCEPT_WAIT_NS) >= WAIT_WORTH_WORDS_NS;
	bool before = event_get(e, F_COMPLETED_BEFORE_ACCEPT);
	const char *color = waited && before ? YELLOW : GREEN;
	const char *via = event_text(e, F_VIA);
	char text[64], *p = text;
	bool told = false, half_open = event_get(e, F_SOCKET_STATE) == TCP_STATE_SYN_RECV;

	if (event_has(e, F_FD))
		p = text_i64(stpcpy(p, "accept() = "), e->v[F_FD].i);
	else
		p = stpcpy(p, "accepted");
	*p = '\0';
	table_color_on(l, color);
	table_put(l, text, (size_t)(p - text), (unsigned int)(p - text));
	table_color_off(l, color);
	if (t->compact) {
		/* The cell has room for who took it, if its name is short. */
		unsigned int room = t->lasted_at - 2 - l->col;
		const char *owner = owner_of(t, e)->text;
		char pid[sizeof("pid ") + TEXT_U64_MAX];

		if (*owner && text_columns(owner) > room && event_has(e, F_PID)) {
			*text_u64(stpcpy(pid, "pid "), e->v[F_PID].u) = '\0';
			owner = pid;
		}
		if (*owner && text_columns(owner) <= room) {
			table_put(l, " ", 1, 1);
			table_put(l, owner, strlen(owner), text_columns(owner));
			told = true;
		}
	}
	lasted(l, e, F_ACCEPT_WAIT_NS);
	note_queues(l, e, false);
	if (!told)
		note_owner(l, e, t->note_at, true);
	if (event_get(e, F_FASTOPEN))
		table_note(l, t->note_at, half_open, YELLOW,
			   half_open ? "fast open: still in SYN_RECV" : "fast open");
	note_mptcp(l, e, t->note_at, true);
	if (before)
		table_note(l, t->note_at, waited, waited ? YELLOW : DIM,
			   "complete before accept() was called");
	if (event_has(e, F_SOCKET_STATE) && e->v[F_SOCKET_STATE].u == TCP_STATE_CLOSE)
		table_note(l, t->note_at, true, RED, "a corpse: it died in the queue");
	if (via)
		table_note(l, t->note_at, true, DIM,
			   !strcmp(via, "io_uring") ? "by io_uring"
						    : phrase(via, text, sizeof(text)));
}

static void accept_error_line(struct line *l, const struct event *e)
{
	const char *name = event_text(e, F_ERRNO);
	char text[128], clean[48];

	text_clean(clean, sizeof(clean), name ? name : "?", 24, false);
	stpcpy(stpcpy(text, "accept() failed: "), clean);
	table_note(l, l->t->state_at, true, RED, text);
	if (event_get(e, F_COUNT) > 1) {
		char *p = stpcpy(text, l->t->base.options.utf8 ? "×" : "x");

		*text_u64(p, e->v[F_COUNT].u) = '\0';
		table_note(l, 0, true, RED, text);
	}
	note_owner(l, e, 0, one_of_many(l->t, e));
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
		p = stpcpy(stpcpy(p, ": "), phrase(reason, buf, sizeof(buf)));
	*p = '\0';
	table_note(l, l->t->state_at, true, reason ? RED : YELLOW, text);
	note_owner(l, e, 0, false);
}

static void drop_line(struct line *l, const struct event *e)
{
	const char *segment = event_text(e, F_SEGMENT), *reason = event_text(e, F_REASON);
	char text[160], buf[64], *p;

	if (reason && !strcmp(reason, "request_expired")) {
		table_note(l, l->t->state_at, true, RED, "request given up: no final ACK taken");
	} else if (reason && !strcmp(reason, "client_unreachable")) {
		table_note(l, l->t->state_at, true, RED, "request given up: client unreachable");
	} else {
		p = text;
		if (event_get(e, F_COUNT) > 1)
			*(p = text_u64(p, e->v[F_COUNT].u)) = ' ', p++;
		p = stpcpy(p, segment && !strcmp(segment, "syn") ? "SYN"
			      : segment				 ? "ACK"
								 : "segment");
		p = stpcpy(p, event_get(e, F_COUNT) > 1 ? "s refused" : " refused");
		if (reason)
			p = stpcpy(stpcpy(p, ": "), phrase(reason, buf, sizeof(buf)));
		if (reason && !strcmp(reason, "syn_queue_full") && event_has(e, F_SYN_QUEUE)) {
			*p++ = ' ';
			p = text_u64(p, e->v[F_SYN_QUEUE].u);
		} else if (
			queue_full(
				e)) { /* it holds one more than the backlog; of later the figures would say nothing */
			*p++ = ' ';
			p = stpcpy(put_accept_queue(p, e), "+1");
		}
		*p = '\0';
		table_note(l, l->t->state_at, true, RED, text);
	}
	if (event_get(e, F_CLIENT_BELIEVES))
		table_note(l, 0, true, RED, "the client believes it is connected");
	note_owner(l, e, 0, one_of_many(l->t, e));
}

/* Why a RST went, as the program or its owner would say it. */
static const char *reset_words(const char *reason, char *buf, size_t size)
{
	static const char *const known[][2] = {
		{"no_socket", "no socket for this segment"},
		{"state", "aborted"}, /* not closed by FIN; see reset_line() */
		{"abort_on_close", "closed with data unread"},
		{"abort_on_linger", "FIN not awaited (TCP_LINGER2)"},
		{"abort_on_memory", "orphan limit or out of memory"},
		{"disconnect", "disconnected with data unsent"},
		{"timeout", "keepalive without an answer"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(reason, known[i][0]))
			return known[i][1];
	return phrase(reason, buf, size);
}

static void reset_line(struct line *l, const struct event *e)
{
	const char *dir = event_text(e, F_DIR), *reason = event_text(e, F_REASON),
		   *role = event_text(e, F_ROLE);
	const struct table_listener *its = table_listener(l->t, event_get(e, F_LISTENER));
	/* its listener may have: it aborts its queue */
	bool stopped = role && role[0] == 's' && !(its && its->listens);
	char text[160], buf[64], *p;

	p = stpcpy(text, dir && !strcmp(dir, "sent") ? "RST sent" : dir ? "RST received" : "RST");
	/* the kernel has a reason, and we no name for it */
	if (reason && strcmp(reason, "other") != 0)
		stpcpy(stpcpy(p, ": "), reset_words(reason, buf, sizeof(buf)));
	table_note(l, l->t->state_at, true, RED, text);
	note_owner(l, e, 0, false);
	if (reason && !strcmp(reason, "state"))
		table_note(l, 0, true, DIM,
			   stopped ? "by SO_LINGER 0 or listener closed"
				   : "by SO_LINGER 0 or ss -K");
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

/* NULL, or what a connection that ended without a segment had come to: it was never ESTABLISHED. */
static const char *unfinished(const struct event *e)
{
	const uint64_t *spent = event_has(e, F_STATES) ? e->v[F_STATES].states : NULL;
	const char *end = event_text(e, F_END), *role = event_text(e, F_ROLE);

	if (!end || strcmp(end, "unknown") != 0 || !role || (spent && spent[TCP_STATE_ESTABLISHED]))
		return NULL;
	if (role[0] == 'c')
		return spent && spent[TCP_STATE_SYN_SENT] ? "connect() given up" : NULL;
	/* A request has no totals. */
	return event_has(e, F_ACCEPTED) && !e->v[F_ACCEPTED].u && !event_has(e, F_BYTES_IN)
		       ? "half open, gone"
		       : NULL;
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
		{"unreachable", "peer unreachable", RED},
		{"refused", "refused", RED},
		{"never_accepted", "never accepted", RED},
		{"listener_closed", "listener closed", RED},
		{"unknown", "closed", DIM},
	};
	struct table *t = l->t;
	const char *end = event_text(e, F_END), *name = "closed", *color = DIM,
		   *gone = unfinished(e);
	char text[128], in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], *p;
	bool unaccepted = event_has(e, F_ACCEPTED) && !e->v[F_ACCEPTED].u;

	for (size_t i = 0; end && i < sizeof(ends) / sizeof(*ends); i++)
		if (!strcmp(end, ends[i].end)) {
			name = ends[i].words;
			color = ends[i].color;
			break;
		}
	if (gone) {
		name = gone;
		color = YELLOW;
	}
	table_color_on(l, color);
	table_put(l, name, strlen(name), (unsigned int)strlen(name));
	table_color_off(l, color);
	if (t->compact && event_get(e, F_MPTCP)) /* the cell has room for it */
		table_put(l, " mptcp", 6, 6);
	lasted(l, e, F_LIFE_NS);
	if (event_has(e, F_BYTES_IN) && event_has(e, F_BYTES_OUT)) {
		uint64_t bytes_in = e->v[F_BYTES_IN].u, bytes_out = e->v[F_BYTES_OUT].u;

		in[text_bytes(in, bytes_in)] = '\0';
		out[text_bytes(out, bytes_out)] = '\0';
		p = stpcpy(stpcpy(text, "in "), in);
		stpcpy(stpcpy(stpcpy(p, table_dot(t)), "out "), out);
		if (t->compact && t->base.options.utf8) {
			unsigned int room = t->limit - t->note_at;
			char tight[64];

			p = stpcpy(stpcpy(tight, short_bytes(in)), "↓ ");
			stpcpy(stpcpy(p, short_bytes(out)), "↑");
			if (text_columns(tight) > room) {
				p = stpcpy(stpcpy(tight, in), "↓");
				stpcpy(stpcpy(p, out), "↑");
			}
			if (text_columns(tight) <= room)
				stpcpy(text, tight);
		}
		table_note(l, t->note_at, true, DIM, text);
	}
	if (event_has(e, F_ACCEPT_WAIT_NS)) {
		p = stpcpy(text, "waited ");
		text_duration(p, e->v[F_ACCEPT_WAIT_NS].u, t->base.options.utf8);
		table_note(l, t->note_at, false, DIM, text);
	}
	if (unaccepted && !gone && (!end || strcmp(end, "never_accepted")))
		table_note(l, t->note_at, true, RED, "never accepted");
	if (event_get(e, F_RETRANS)) {
		*stpcpy(text_u64(text, e->v[F_RETRANS].u), " sent again") = '\0';
		table_note(l, t->note_at, false, YELLOW, text);
	}
	note_owner(l, e, t->note_at, false);
	if (!t->compact)
		note_mptcp(l, e, t->note_at, false);
}

static void note_count(struct line *l, const struct event *e, enum field f, const char *what)
{
	char text[64], *p;

	if (!event_has(e, f))
		return;
	p = text_u64(text, e->v[f].u);
	*p++ = ' ';
	stpcpy(p, what);
	table_note(l, l->t->state_at, false, DIM, text);
}

/* "listen() again: backlog 3 → 7", where this line is about that. */
static bool note_new_limit(struct line *l, const struct event *e)
{
	const struct table_listener *known = table_listener_of(l->t, e);
	bool other = known && known->backlog_known && event_has(e, F_BACKLOG) &&
		     known->backlog != e->v[F_BACKLOG].u;
	char text[128], *p = stpcpy(text, "listen() again: backlog ");

	/* The call itself was seen, or its limit alone has changed. */
	if (!event_has(e, F_BACKLOG) || (!other && !event_has(e, F_BACKLOG_ASKED)))
		return false;
	if (other)
		p = stpcpy(text_u64(p, known->backlog), l->t->into);
	p = text_u64(p, e->v[F_BACKLOG].u);
	if (event_has(e, F_BACKLOG_ASKED) && e->v[F_BACKLOG_ASKED].u != e->v[F_BACKLOG].u)
		p = stpcpy(text_u64(stpcpy(p, " (asked "), e->v[F_BACKLOG_ASKED].u), ")");
	*p = '\0';
	table_note(l, l->t->state_at, true, PLAIN, text);
	return true;
}

/*
 * What to do, behind the owner. Where that has no room on the first row and has to be told, because
 * others listen there too, the sentence begins with it.
 */
static void note_advice(struct line *l, const struct event *e, const char *advice)
{
	const struct table *t = l->t;
	const char *owner = owner_of(l->t, e)->text;
	char text[NOTE_MAX], *p = text;

	if (!t->limit || l->col + 2 + text_columns(owner) <= t->limit)
		table_note(l, t->state_at, false, PLAIN, owner);
	else if (*owner && one_of_many(l->t, e))
		p = stpcpy(stpcpy(p, owner), ": ");
	text_clean(p, sizeof(text) - (size_t)(p - text), advice, 400, t->base.options.utf8);
	table_note(l, t->state_at, true, PLAIN, text);
}

static void listener_line(struct line *l, const struct event *e)
{
	const char *verdict = event_text(e, F_VERDICT), *advice = event_text(e, F_ADVICE);
	bool again = note_new_limit(l, e), fine = verdict && !strcmp(verdict, "ok");
	char text[128], buf[64];

	learn_listener(l->t, e);
	queues_text(l->t, e, text);
	table_note(l, l->t->state_at, !again, queue_full(e) ? RED : PLAIN, text);
	if (verdict && !(again && fine))
		table_note(l, l->t->state_at, true, fine ? GREEN : RED,
			   phrase(verdict, buf, sizeof(buf)));
	if (verdict && !fine && advice) {
		note_advice(l, e, advice);
		return;
	}
	if (!again) {
		if (event_has(e, F_ACCEPT_QUEUE_PEAK)) {
			*text_u64(stpcpy(text, "peak "), e->v[F_ACCEPT_QUEUE_PEAK].u) = '\0';
			table_note(l, l->t->state_at, false, DIM, text);
		}
		note_count(l, e, F_ACCEPTED_RATE, "accepted/s");
		note_count(l, e, F_COMPLETED_RATE, "completed/s");
		note_count(l, e, F_REFUSED, "refused");
	}
	note_owner(l, e, 0, again || one_of_many(l->t, e));
}

static void socket_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int state = (unsigned int)event_get(e, F_SOCKET_STATE);
	unsigned int at = t->note_at;

	table_color_on(l, phase_color(state));
	put_state_name(l, state);
	table_color_off(l, phase_color(state));
	if (t->compact)
		at = l->col + 2;
	if (event_has(e, F_ACCEPT_QUEUE)) {
		char text[128];

		queues_text(t, e, text);
		table_note(l, at, true, queue_full(e) ? RED : PLAIN, text);
	}
	note_owner(l, e, at, state == TCP_STATE_LISTEN);
	note_mptcp(l, e, at, false);
	table_note(l, at, false, DIM, "there before us");
	if (state == TCP_STATE_LISTEN)
		learn_listener(t, e);
}

static void lost_line(struct line *l, const struct event *e)
{
	const char *where = event_text(e, F_WHERE);
	char text[200], buf[64], *p;

	p = stpcpy(text, "LOST ");
	p = stpcpy(text_u64(p, event_get(e, F_COUNT)), " facts");
	if (where)
		p = stpcpy(stpcpy(stpcpy(p, " ("), phrase(where, buf, 40)), ")");
	if (event_has(e, F_TOTAL))
		p = stpcpy(text_u64(stpcpy(p, ", "), e->v[F_TOTAL].u), " in all");
	stpcpy(p, ": lines are missing here");
	table_note(l, TIME_COLUMNS + 1, true, LOUD, text);
}

static void verify_line(struct line *l, const struct event *e)
{
	const char *what = event_text(e, F_DIFFERENCE);
	char text[NOTE_MAX];

	text_clean(text, sizeof(text), what ? what : "the tracker and the kernel differ", 300,
		   l->t->base.options.utf8);
	table_note(l, l->t->state_at, true, RED, text);
}

void table_row(struct line *l, const struct event *e)
{
	static void (*const lines[EVENT_TYPE_COUNT])(struct line *, const struct event *) = {
		[EVENT_SOCKET] = socket_line,	      [EVENT_STATE] = state_line,
		[EVENT_ACCEPT] = accept_line,	      [EVENT_ACCEPT_ERROR] = accept_error_line,
		[EVENT_RETRANSMIT] = retransmit_line, [EVENT_DROP] = drop_line,
		[EVENT_RESET] = reset_line,	      [EVENT_CLOSE] = close_line,
		[EVENT_LISTENER] = listener_line,     [EVENT_VERIFY] = verify_line,
	};
	const struct table *t = l->t;

	if (e->type == EVENT_LOST) {
		put_time(l, e);
		lost_line(l, e);
	} else if (lines[e->type]) {
		put_ends(l, e);
		table_pad_to(l, t->state_at);
		lines[e->type](l, e);
	}
	if (e->late)
		table_note(l, t->note_at, false, DIM, "late");
	while (l->p[-1] == ' ')
		l->p--;
	*l->p++ = '\n';
}
