// SPDX-License-Identifier: BSD-2-Clause
/* The close: FIN by FIN, by RST, by timeout, through TIME_WAIT. */
#include <errno.h>
#include <stdlib.h>

#include "tracker/accept_queue.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/raw.h"
#include "tracker/refuse.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

#define ABORTED_MAX 256

/* A connection in CLOSE whose close line waits for the RST. */
struct aborted_conn {
	conn_id id;
	uint64_t cookie, t;
};

/* A ring; from `head` on the oldest. */
struct aborted {
	struct aborted_conn conn[ABORTED_MAX];
	unsigned int head, count;
};

struct aborted *aborted_new(void)
{
	return calloc(1, sizeof(struct aborted));
}

static const char *reset_reason_name(unsigned int reason)
{
	static const char *const reason_names[FACT_RESET_REASONS] = {
		[FACT_RESET_NO_SOCKET] = "no_socket",
		[FACT_RESET_STATE] = "state",
		[FACT_RESET_ABORT_ON_CLOSE] = "abort_on_close",
		[FACT_RESET_ABORT_ON_LINGER] = "abort_on_linger",
		[FACT_RESET_ABORT_ON_MEMORY] = "abort_on_memory",
		[FACT_RESET_DISCONNECT] = "disconnect",
		[FACT_RESET_TIMEOUT] = "timeout",
		[FACT_RESET_OTHER] = "other",
	};

	return reason < FACT_RESET_REASONS ? reason_names[reason] : NULL;
}

void tracker_on_state(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_state *f = (const struct fact_state *)h;
	struct conn *c;

	raw_emit(t, h, &f->s, f->old, f->new);
	if (f->old == TCP_STATE_LISTEN || f->old == f->new)
		return; /* the artefact of the tracepoint, sent for --raw alone */
	open_flush_pending(t, h->t);
	c = conn_by_cookie(t->conns, f->s.cookie);
	if (!c && ended_lately(t, f->s.cookie))
		return; /* told twice: the second program and the first */
	if (!c)
		c = identity_fast_open(t, &f->s);
	if (!c)
		c = identity_adopt(t, &f->s, f->old);
	if (!c || c->state == f->new)
		return; /* told twice */
	if (h->flags & FACT_F_HAS_SOCKET && conn_is(c, CONN_QUEUED) && !conn_is(c, CONN_CLOSED))
		accept_queue_accepted_unseen(t, c, h->t);
	conn_learn_ends(t->conns, c, &f->s);
	owner_from_pid(t, c, h, f->pid);
	if (h->flags & FACT_F_PEER_FIN)
		c->flags |= CONN_PEER_FIN;
	conn_touch(t->conns, c);
	state_emit(t, state_enter(t, c, h->t, f->old, f->new));
}

static void finish_aborted(struct tracker *t, const struct aborted_conn *a, uint64_t at)
{
	struct conn *c = conn_get(t->conns, a->id);

	if (!c || c->cookie != a->cookie || !conn_is(c, CONN_CLOSED) || conn_is(c, CONN_QUEUED))
		return;
	state_end(t, c, at, c->t_state);
}

/* The RST of an aborted connection is sent just after its CLOSE: the last line waits for it. */
static void wait_for_reset(struct tracker *t, struct conn *c, uint64_t at)
{
	if (t->aborted->count == ABORTED_MAX) {
		finish_aborted(t, &t->aborted->conn[t->aborted->head], at);
		t->aborted->head = (t->aborted->head + 1) % ABORTED_MAX;
		t->aborted->count--;
	}
	t->aborted->conn[(t->aborted->head + t->aborted->count++) % ABORTED_MAX] =
		(struct aborted_conn){.id = conn_id_of(t->conns, c), .cookie = c->cookie, .t = at};
}

void close_flush_aborted(struct tracker *t, uint64_t at, uint64_t now)
{
	while (t->aborted->count && t->aborted->conn[t->aborted->head].t <= at) {
		finish_aborted(t, &t->aborted->conn[t->aborted->head], now);
		t->aborted->head = (t->aborted->head + 1) % ABORTED_MAX;
		t->aborted->count--;
	}
}

static bool enters_time_wait(const struct tracker *t, const struct conn *c,
			     const struct fact_closed *f)
{
	if (conn_is(c, CONN_RST_RECEIVED | CONN_RST_SENT | CONN_TIMED_OUT | CONN_ORPHAN_FW2))
		return false;
	/* There may be too many timewait sockets: then it is simply closed. */
	if (tracker_exact(t, KNOW_TIME_WAIT_BEGIN) &&
	    !conn_is(c, CONN_TIMEWAIT | CONN_PAST_UNKNOWN))
		return false;
	if (f->old == TCP_STATE_CLOSING)
		return true;
	return f->old == TCP_STATE_FIN_WAIT2 && f->h.flags & FACT_F_PEER_FIN;
}

/*
 * Its end is the answer to an error of ICMP, or of the way to the peer (icmp_err_convert,
 * icmpv6_err_convert): of SYN_SENT at once, else when it timed out (sk_err_soft, tcp_write_err).
 * Not where both FINs have passed: with IP_RECVERR an error that was got over may still stand in
 * sk_err.
 */
static bool is_unreachable(const struct fact_closed *f)
{
	static const int errors[] = {EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENONET,
				     EACCES,	   ENOPROTOOPT, EPROTO,	   EOPNOTSUPP};

	if (f->h.flags & FACT_F_PEER_FIN && f->h.flags & FACT_F_FIN_SENT)
		return false;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (f->err == errors[i])
			return true;
	}
	return false;
}

void tracker_on_closed(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_closed *f = (const struct fact_closed *)h;
	struct conn *c;
	struct event *e;
	const char *why;
	bool aborts;

	if (f->old == TCP_STATE_LISTEN) {
		listen_closed(t, f);
		return;
	}
	raw_emit(t, h, &f->s, f->old, f->new);
	open_flush_pending(t, h->t);
	c = conn_by_cookie(t->conns, f->s.cookie);
	if (!c && ended_lately(t, f->s.cookie))
		return; /* told twice */
	if (!c)
		c = identity_fast_open(t, &f->s);
	if (!c && f->old == TCP_STATE_SYN_RECV)
		/*
		 * a child that came to nothing: two ACKs on two CPUs. Its request has a life of its
		 * own
		 */
		return;
	if (!c)
		c = identity_adopt(t, &f->s, f->old);
	if (!c || conn_is(c, CONN_CLOSED | CONN_HANDED_OVER | CONN_REQUEST))
		return;
	if (h->flags & FACT_F_HAS_SOCKET && conn_is(c, CONN_QUEUED))
		accept_queue_accepted_unseen(t, c, h->t);
	conn_learn_ends(t->conns, c, &f->s);
	conn_touch(t->conns, c);
	owner_from_pid(t, c, h, f->pid);
	c->bytes_in = f->bytes_in;
	c->bytes_out = f->bytes_out;
	c->retrans = f->retrans;
	c->srtt_us = f->srtt_us;
	c->flags |= CONN_TOTALS;
	if (f->err == ETIMEDOUT)
		c->flags |= CONN_TIMED_OUT;
	else if (is_unreachable(f))
		c->flags |= CONN_UNREACHABLE;
	else if (f->err == ECONNREFUSED)
		c->flags |= CONN_REFUSED;
	else if (f->err == ECONNRESET || f->err == EPIPE)
		c->flags |= CONN_RST_RECEIVED;

	if (enters_time_wait(t, c, f)) {
		c->flags |= CONN_HANDED_OVER;
		state_emit(t, state_enter(t, c, h->t, f->old, TCP_STATE_TIME_WAIT));
		/* Where the end of TIME_WAIT is not to be seen, the story ends at its begin. */
		if (tracker_absent(t, KNOW_TIME_WAIT_END))
			state_end(t, c, h->t, h->t);
		return;
	}
	if (conn_is(c, CONN_ORPHAN_FW2) && f->old == TCP_STATE_FIN_WAIT2 &&
	    !tracker_absent(t, KNOW_TIME_WAIT_END)) {
		/* a timewait socket carries FIN_WAIT2 on: no transition */
		c->flags |= CONN_HANDED_OVER;
		return;
	}

	/* The owner, or the listener's end, closes without a FIN: a RST goes out next. */
	aborts = !(c->flags & (CONN_RST_RECEIVED | CONN_TIMED_OUT | CONN_UNREACHABLE |
			       CONN_REFUSED | CONN_RST_SENT)) &&
		 (f->old == TCP_STATE_ESTABLISHED || f->old == TCP_STATE_CLOSE_WAIT ||
		  f->old == TCP_STATE_SYN_RECV || f->old == TCP_STATE_FIN_WAIT1 ||
		  f->old == TCP_STATE_FIN_WAIT2);
	if (f->old == TCP_STATE_FIN_WAIT2 && !(h->flags & FACT_F_OWNED))
		aborts = false;
	why = state_close_reason(c);
	e = state_enter(t, c, h->t, f->old, f->new);
	if (e && why)
		event_set_text(e, F_REASON, why);
	state_emit(t, e);
	c->flags |= CONN_CLOSED;
	if (conn_is(c, CONN_LISTENER_GONE))
		listener_dequeue(t->listeners, t->conns, c);
	if (conn_is(c, CONN_QUEUED))
		return; /* a corpse: accept() will hand it out, or the listener's end buries it */
	if (aborts || (conn_is(c, CONN_ACCEPT_UNSEEN) && !conn_is(c, CONN_ACCEPTED) &&
		       !tracker_absent(t, KNOW_ACCEPT)))
		wait_for_reset(t, c, h->t); /* or for its accept() to return */
	else
		state_end(t, c, h->t, h->t);
}

void tracker_on_reset(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_reset *f = (const struct fact_reset *)h;
	bool sent = h->flags & FACT_F_SENT;
	const char *reason = reset_reason_name(f->reason);
	struct conn *c = identity_find(t, &f->s);
	struct event *e;

	if (!c && (ended_lately(t, f->s.cookie) || (!f->s.lport && !f->s.rport)))
		return;
	e = line_begin(&t->lines, EVENT_RESET, h->t);
	if (c) {
		/* there it ends nothing: a segment from long ago */
		if (c->state != TCP_STATE_TIME_WAIT)
			c->flags |= sent ? CONN_RST_SENT : CONN_RST_RECEIVED;
		line_conn(&t->lines, c, listener_of(t, c));
	} else {
		line_ends(&t->lines, &f->s);
	}
	event_set_text(e, F_DIR, sent ? "sent" : "received");
	if (reason)
		event_set_text(e, F_REASON, reason);
	line_emit(&t->lines);
	if (c && conn_is(c, CONN_CLOSED) && !conn_is(c, CONN_QUEUED)) {
		state_end(t, c, h->t, c->t_state);
	} else if (c && conn_is(c, CONN_REQUEST)) {
		figures_uncount_request(t, c);
		request_end(t, c, h->t, DROP_UNKNOWN);
		if (sent)
			refuse_remember_reset(t, &f->s, h->t);
	}
}

/* ---- TIME_WAIT ---- */

void tracker_on_timewait(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_timewait *f = (const struct fact_timewait *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (!c)
		return;
	if (f->s.state == TCP_STATE_FIN_WAIT2)
		c->flags |= CONN_ORPHAN_FW2;
	/* the peer's FIN has come */
	else if (conn_is(c, CONN_HANDED_OVER) && c->state == TCP_STATE_FIN_WAIT2)
		state_emit(t, state_enter(t, c, h->t, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT));
	else
		c->flags |= CONN_TIMEWAIT; /* its transition follows at once */
}

/* A timewait socket: in TIME_WAIT, or an orphan in FIN_WAIT2. */
static bool is_timewait(const struct conn *c)
{
	return c->state == TCP_STATE_TIME_WAIT || c->state == TCP_STATE_FIN_WAIT2;
}

void tracker_on_timewait_end(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_timewait *f = (const struct fact_timewait *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (!c && ended_lately(t, f->s.cookie))
		return;
	if (!c && !f->s.cookie)
		for (c = conn_by_ends(t->conns, &f->s); c && !is_timewait(c);)
			c = conn_by_ends_next(t->conns, &f->s, c);
	if (!c)
		c = identity_adopt(t, &f->s, f->s.state);
	if (!c || !is_timewait(c))
		return;
	if (c->state == TCP_STATE_FIN_WAIT2 && f->s.state == TCP_STATE_TIME_WAIT) {
		/* The peer's FIN came, but its fact did not: when, is not known. */
		c->t_state = 0;
		state_emit(t, state_enter(t, c, h->t, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT));
		c->t_state = 0;
	}
	state_emit(t, state_enter(t, c, h->t, c->state, TCP_STATE_CLOSE));
	state_end(t, c, h->t, h->t);
}
