// SPDX-License-Identifier: BSD-2-Clause
/*
 * events.c - the line of each type of event: the cells of the line, and the notes behind them.
 */
#include "base/units.h"
#include "view/table/cells.h"
#include "view/words.h"

/* From here on a wait in the accept queue is worth words. */
#define WAIT_WORTH_WORDS_NS (10 * NS_MS)

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
	if (event_has(e, F_REASON))
		table_note(l, at, true, YELLOW, words_of_cause(event_enum(e, F_REASON)));
	table_note_its_owner(l, e, at, true);
	table_note_mptcp(l, e, at, listens);
	if (listens)
		table_learn_its_listener(t, e);
}

/* NAT is between both ends of it, which are on this machine. */
static void note_translated(struct line *l, const struct event *e)
{
	char text[TEXT_END_MAX + sizeof("NAT:  at the other end")], end[TEXT_END_MAX];

	if (!event_has(e, F_TRANSLATED))
		return;
	text_end(end, e->family, e->v[F_TRANSLATED].end->addr, e->v[F_TRANSLATED].end->port);
	stpcpy(stpcpy(stpcpy(text, "NAT: "), end), " at the other end");
	table_note(l, l->t->note_at, true, YELLOW, text);
}

static void state_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int old_state = (unsigned int)event_get(e, F_OLD),
		     new_state = (unsigned int)event_get(e, F_NEW);
	const char *color = table_phase_color(new_state);
	unsigned int reason = event_enum(e, F_REASON), at = t->note_at;
	char text[160];

	table_color_on(l, color);
	table_put_transition(l, old_state, new_state);
	table_color_off(l, color);

	if (new_state == TCP_STATE_LISTEN || new_state == TCP_STATE_SYN_SENT) {
		begin_line(l, e);
		return;
	}
	if (event_has(e, F_IN_OLD_NS))
		table_lasted(l, e, F_IN_OLD_NS);
	else if (new_state == TCP_STATE_ESTABLISHED)
		table_lasted(l, e, event_has(e, F_HANDSHAKE_NS) ? F_HANDSHAKE_NS : F_CONNECT_NS);
	table_note_queues(l, e, new_state == TCP_STATE_SYN_RECV);
	if (reason)
		table_note(l, at, true, RED,
			   t->compact ? words_of_cause_brief(reason) : words_of_cause(reason));
	if (event_get(e, F_SYNCOOKIE))
		table_note(l, at, true, YELLOW, "by SYN cookie: begin unknown");
	if (event_get(e, F_FASTOPEN))
		table_note(l, at, true, YELLOW, "fast open");
	if (event_get(e, F_DEFER_ACCEPT) && event_get(e, F_HANDSHAKE_NS) >= WAIT_WORTH_WORDS_NS)
		table_note(l, at, true, YELLOW, "the listener defers (TCP_DEFER_ACCEPT)");
	if (event_get(e, F_SYNACK_RETRANS)) {
		char *p = text_u64(stpcpy(text, "SYN-ACK sent again "), e->v[F_SYNACK_RETRANS].u);

		stpcpy(p, t->base.options.utf8 ? "×" : "x");
		table_note(l, at, true, YELLOW, text);
	}
	note_translated(l, e);
	table_note_its_owner(l, e, at, old_state == TCP_STATE_LISTEN && table_one_of_many(t, e));
	table_note_mptcp(l, e, at, new_state == TCP_STATE_ESTABLISHED);
	if (event_get(e, F_RAW))
		table_note(l, at, false, DIM, "raw");
	if (old_state == TCP_STATE_LISTEN && new_state == TCP_STATE_CLOSE)
		table_listener_ended(t, e);
}

/* By --slow and --stuck. */
static const char *wait_color(const struct table *t, uint64_t wait_ns)
{
	const struct view_options *o = &t->base.options;

	if (o->stuck_ns && wait_ns >= o->stuck_ns)
		return RED;
	return o->slow_ns && wait_ns >= o->slow_ns ? YELLOW : PLAIN;
}

/* Whether a line has said of this listener that connections are complete before accept(). */
static bool *told_of(struct table *t, const struct event *e)
{
	return &t->told_complete_before[event_get(e, F_LISTENER) % TABLE_LISTENERS];
}

static void accept_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	bool waited = event_get(e, F_ACCEPT_WAIT_NS) >= WAIT_WORTH_WORDS_NS;
	bool before = event_get(e, F_COMPLETED_BEFORE_ACCEPT);
	const char *color = waited && before ? YELLOW : GREEN;
	const char *urgent = wait_color(t, event_get(e, F_ACCEPT_WAIT_NS));
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
		const char *owner = table_owner_of(t, e)->text;
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
	table_pad_to(l, t->lasted_at);
	table_color_on(l, urgent);
	table_lasted(l, e, F_ACCEPT_WAIT_NS);
	table_color_off(l, urgent);
	table_note_queues(l, e, false);
	if (!told)
		table_note_its_owner(l, e, t->note_at, true);
	note_translated(l, e);
	if (event_has(e, F_WAIT_BASIS))
		table_note(l, t->note_at, false, DIM, "at least: it existed before");
	if (event_get(e, F_FASTOPEN))
		table_note(l, t->note_at, half_open, YELLOW,
			   half_open ? "fast open: still in SYN_RECV" : "fast open");
	table_note_mptcp(l, e, t->note_at, true);
	/* A server that polls calls accept() when one is there: that is no news after the first. */
	if (before && (waited || !*told_of(t, e)))
		table_note(l, t->note_at, waited, waited ? YELLOW : DIM,
			   "complete before accept() was called");
	if (before)
		*told_of(t, e) = true;
	if (event_has(e, F_SOCKET_STATE) && e->v[F_SOCKET_STATE].u == TCP_STATE_CLOSE)
		table_note(l, t->note_at, true, RED, "reset while queued");
	if (event_has(e, F_SOCKET_STATE) && e->v[F_SOCKET_STATE].u == TCP_STATE_CLOSE_WAIT)
		table_note(l, t->note_at, true, YELLOW, "the client's FIN came before");
	if (event_enum(e, F_VIA) == VIA_IO_URING)
		table_note(l, t->note_at, true, DIM, "by io_uring");
}

/* Of accept() or listen(). */
static void failed_call_line(struct line *l, const struct event *e)
{
	const char *call = e->type == EVENT_LISTEN_ERROR ? "listen()" : "accept()";
	const char *name = event_text(e, F_ERRNO);
	char text[128], clean[48];

	text_clean(clean, sizeof(clean), name ? name : "?", 24, false);
	stpcpy(stpcpy(stpcpy(text, call), " failed: "), clean);
	table_note(l, l->t->state_at, true, RED, text);
	if (event_get(e, F_COUNT) > 1) {
		char *p = stpcpy(text, l->t->base.options.utf8 ? "×" : "x");

		*text_u64(p, e->v[F_COUNT].u) = '\0';
		table_note(l, 0, true, RED, text);
	}
	if (e->type == EVENT_ACCEPT_ERROR && event_has(e, F_SOCKET_STATE) &&
	    event_get(e, F_SOCKET_STATE) != TCP_STATE_LISTEN)
		table_note(l, 0, true, DIM, "the socket does not listen");
	table_note_its_owner(l, e, 0, table_one_of_many(l->t, e));
}

static void retransmit_line(struct line *l, const struct event *e)
{
	bool reason = event_has(e, F_DROP_REASON);
	char text[160], *p;

	p = stpcpy(text, event_enum(e, F_WHAT) == RESENT_SYN ? "SYN" : "SYN-ACK");
	p = stpcpy(p, " sent again");
	if (event_has(e, F_ATTEMPT))
		p = stpcpy(text_u64(stpcpy(p, " ("), e->v[F_ATTEMPT].u), ")");
	if (reason)
		p = stpcpy(stpcpy(p, ": "), words_of_drop(event_enum(e, F_DROP_REASON)));
	*p = '\0';
	table_note(l, l->t->state_at, true, reason ? RED : YELLOW, text);
	table_note_its_owner(l, e, 0, false);
}

static void drop_line(struct line *l, const struct event *e)
{
	unsigned int reason = event_enum(e, F_DROP_REASON);
	char text[160], *p;

	if (reason == DROP_REQUEST_EXPIRED) {
		table_note(l, l->t->state_at, true, RED, "request expired: no final ACK");
	} else if (reason == DROP_CLIENT_UNREACHABLE) {
		table_note(l, l->t->state_at, true, RED, "request given up: client unreachable");
	} else {
		p = text;
		if (event_get(e, F_COUNT) > 1)
			*(p = text_u64(p, e->v[F_COUNT].u)) = ' ', p++;
		p = stpcpy(p, words_of_segment(event_enum(e, F_SEGMENT)));
		p = stpcpy(p, event_get(e, F_COUNT) > 1 ? "s" : "");
		p = stpcpy(p, drop_is_discard(reason) ? " discarded" : " refused");
		if (event_has(e, F_DROP_REASON))
			p = stpcpy(stpcpy(p, ": "), words_of_drop(reason));
		if (reason == DROP_SYN_QUEUE_FULL && event_has(e, F_SYN_QUEUE)) {
			*p++ = ' ';
			p = text_u64(p, e->v[F_SYN_QUEUE].u);
		} else if (drop_is_refusal(reason) && table_queue_full(e)) {
			/* One more than the backlog. Figures of later would say nothing. */
			*p++ = ' ';
			p = stpcpy(table_put_accept_queue(p, e), "+1");
		}
		*p = '\0';
		table_note(l, l->t->state_at, true, RED, text);
	}
	if (event_get(e, F_CLIENT_BELIEVES))
		table_note(l, 0, true, RED, "the client believes it is connected");
	table_note_its_owner(l, e, 0, table_one_of_many(l->t, e));
}

static void reset_line(struct line *l, const struct event *e)
{
	unsigned int reason = event_enum(e, F_RESET_REASON), dir = event_enum(e, F_DIR);
	const char *why = words_of_reset(reason);
	/* its listener, which is not known, may have: it aborts its queue */
	bool stopped = event_enum(e, F_ROLE) == ROLE_SERVER && !event_has(e, F_LISTENER);
	char text[160], *p;

	p = stpcpy(text, dir == DIRECTION_SENT ? "RST sent" : dir ? "RST received" : "RST");
	if (*why)
		stpcpy(stpcpy(p, ": "), why);
	table_note(l, l->t->state_at, true, RED, text);
	table_note_its_owner(l, e, 0, false);
	if (reason == FACT_RESET_STATE) /* not by FIN */
		table_note(l, 0, true, DIM,
			   stopped ? "by SO_LINGER 0 or listener closed"
				   : "by SO_LINGER 0, ss -K or disconnect");
}

static void note_count(struct line *l, const struct event *e, enum field f, const char *what)
{
	char text[NOTE_MAX], *p;

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
	const char *owner = table_owner_of(l->t, e)->text;
	char text[NOTE_MAX], *p = text;

	if (!t->limit || l->col + 2 + text_columns(owner) <= t->limit)
		table_note(l, t->state_at, false, PLAIN, owner);
	else if (*owner && table_one_of_many(l->t, e))
		p = stpcpy(stpcpy(p, owner), ": ");
	text_clean(p, sizeof(text) - (size_t)(p - text), advice, 400, t->base.options.utf8);
	table_note(l, t->state_at, true, PLAIN, text);
}

static void listener_line(struct line *l, const struct event *e)
{
	const char *advice = event_text(e, F_ADVICE);
	bool judged = event_has(e, F_VERDICT), again = note_new_limit(l, e);
	bool fine = judged && event_enum(e, F_VERDICT) == VERDICT_OK;
	char text[128];

	table_learn_its_listener(l->t, e);
	table_queues_text(l->t, e, text);
	table_note(l, l->t->state_at, !again, table_queue_full(e) ? RED : PLAIN, text);
	if (judged && !(again && fine))
		table_note(l, l->t->state_at, true, fine ? GREEN : RED,
			   words_of_verdict(event_enum(e, F_VERDICT)));
	note_count(l, e, F_ACCEPTS_UNSEEN,
		   "accepted unseen (io_uring into fixed files, a 32-bit program, or the kernel)");
	if (judged && !fine && advice) {
		note_advice(l, e, advice);
		return;
	}
	/* Back to normal: the figures of the trouble are no news, those of an interval are. */
	if (!again && (!fine || event_has(e, F_ACCEPTED_RATE))) {
		if (event_has(e, F_ACCEPT_QUEUE_PEAK)) {
			*text_u64(stpcpy(text, "peak "), e->v[F_ACCEPT_QUEUE_PEAK].u) = '\0';
			table_note(l, l->t->state_at, false, DIM, text);
		}
		note_count(l, e, F_ACCEPTED_RATE, "accepted/s");
		note_count(l, e, F_COMPLETED_RATE, "completed/s");
		note_count(l, e, F_REFUSED, "refused");
	}
	table_note_its_owner(l, e, 0, again || table_one_of_many(l->t, e));
}

/* A connection that was in the accept queue before tracing began. */
static void note_waiting(struct line *l, const struct event *e, unsigned int at)
{
	bool compact = l->t->compact; /* there is room for this, or for the listener's owner */
	uint64_t wait = event_get(e, F_ACCEPT_WAIT_NS);
	char text[64], *p = stpcpy(text, compact ? "waited " : "has waited ");

	p = stpcpy(p, event_has(e, F_WAIT_BASIS) ? "at least " : "");
	p += text_duration(p, wait, l->t->base.options.utf8);
	strcpy(p, compact ? "" : " for accept()");
	table_note(l, at, false, wait_color(l->t, wait), text);
}

static void socket_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	unsigned int state = (unsigned int)event_get(e, F_SOCKET_STATE);
	unsigned int at = t->note_at;

	table_color_on(l, table_phase_color(state));
	table_put_state_name(l, state);
	table_color_off(l, table_phase_color(state));
	if (t->compact)
		at = l->col + 2;
	if (event_has(e, F_ACCEPT_QUEUE)) {
		char text[128];

		table_queues_text(t, e, text);
		table_note(l, at, true, table_queue_full(e) ? RED : PLAIN, text);
	}
	if (event_has(e, F_ACCEPT_WAIT_NS))
		note_waiting(l, e, at);
	table_note_its_owner(l, e, at, state == TCP_STATE_LISTEN);
	table_note_mptcp(l, e, at, false);
	table_note(l, at, false, DIM, "existed before");
	if (state == TCP_STATE_LISTEN)
		table_learn_its_listener(t, e);
}

static void lost_line(struct line *l, const struct event *e)
{
	char text[200], *p;

	if (event_has(e, F_OVERLOAD)) {
		words_of_overload(text, sizeof(text), e);
		table_note(l, TIME_COLUMNS + 1, true, YELLOW, text);
		return;
	}
	p = stpcpy(text, "LOST ");
	p = stpcpy(text_u64(p, event_get(e, F_COUNT)), " facts");
	if (event_has(e, F_WHERE))
		p = stpcpy(stpcpy(stpcpy(p, " ("), words_of_lost(event_enum(e, F_WHERE))), ")");
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

/* What the program does instead: in the same form as a verdict and its advice. */
static void why_line(struct line *l, const struct event *e)
{
	const char *sentence = event_text(e, F_SENTENCE);
	char text[NOTE_MAX];
	bool fine = event_enum(e, F_DIAGNOSIS) == DIAGNOSIS_KEEPS_UP;

	table_learn_its_listener(l->t, e);
	table_note(l, l->t->state_at, false, DIM, "why");
	table_note(l, l->t->state_at, true, fine ? GREEN : RED,
		   words_of_diagnosis(event_enum(e, F_DIAGNOSIS)));
	if (!sentence)
		return;
	text_clean(text, sizeof(text), sentence, 400, l->t->base.options.utf8);
	table_note(l, l->t->state_at, true, PLAIN, text);
}

void table_row(struct line *l, const struct event *e)
{
	static void (*const lines[EVENT_TYPE_COUNT])(struct line *, const struct event *) = {
		[EVENT_SOCKET] = socket_line,
		[EVENT_STATE] = state_line,
		[EVENT_ACCEPT] = accept_line,
		[EVENT_ACCEPT_ERROR] = failed_call_line,
		[EVENT_LISTEN_ERROR] = failed_call_line,
		[EVENT_RETRANSMIT] = retransmit_line,
		[EVENT_DROP] = drop_line,
		[EVENT_RESET] = reset_line,
		[EVENT_CLOSE] = table_close_line,
		[EVENT_LISTENER] = listener_line,
		[EVENT_VERIFY] = verify_line,
		[EVENT_WHY] = why_line,
	};
	const struct table *t = l->t;

	if (e->type == EVENT_LOST) {
		table_put_time(l, e);
		lost_line(l, e);
	} else if (lines[e->type]) {
		table_put_ends(l, e);
		table_pad_to(l, t->state_at);
		lines[e->type](l, e);
	}
	if (e->late)
		table_note(l, t->note_at, false, DIM, "late");
	while (l->p[-1] == ' ')
		l->p--;
	*l->p++ = '\n';
}
