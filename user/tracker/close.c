// SPDX-License-Identifier: BSD-2-Clause
/* The close: by FINs, by RST, by timeout; TIME_WAIT. */
#include <errno.h>
#include <stdlib.h>

#include "tracker/accept_queue.h"
#include "tracker/connecting.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/refuse.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

/*
 * A child that a descriptor holds was accepted, also one of a closed listener. So was one that
 * sends a FIN: for a child that nobody took the kernel sends RST (inet_csk_listen_stop()).
 */
static bool accepted_meanwhile(const struct conn *c, const struct fact_hdr *h, uint32_t to)
{
	if (c->role != ROLE_SERVER || c->stage == STAGE_ACCEPTED || c->stage == STAGE_ACCEPT_UNSEEN)
		return false;
	return h->flags & FACT_F_HAS_SOCKET || to == TCP_STATE_FIN_WAIT1 ||
	       to == TCP_STATE_LAST_ACK;
}

/* ---- FINs ---- */

void tracker_on_state(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_state *f = (const struct fact_state *)h;
	struct conn *c;

	/*
	 * The tracepoint reports LISTEN to SYN_RECV of the child when the final ACK has come. Sent
	 * for --raw alone.
	 */
	if (f->old == TCP_STATE_LISTEN || f->old == f->new)
		return;
	c = conn_of_fact(t, &f->s, f->old);
	if (!c || c->state == f->new)
		return;
	if (accepted_meanwhile(c, h, f->new) && !conn_is(c, CONN_CLOSED))
		accept_queue_accepted_unseen(t, c);
	conn_learn_ends(t->conns, c, &f->s);
	owner_from_pid(t, c, h, f->pid);
	owner_doubt(t, c);
	conn_touch(t->conns, c);
	if (c->state == TCP_STATE_SYN_SENT)
		connecting_end(t, c);
	state_enter(t, c, h->t, f->old, f->new);
	line_emit(&t->lines);
}

/* ---- close lines that wait for the RST ---- */

#define ABORTED_MAX 256

/* In CLOSE without a FIN: the RST is sent just after, and belongs before the close line. */
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

/* Ends the oldest, unless its RST or its accept() has done so. */
static void end_oldest(struct tracker *t, uint64_t at)
{
	struct aborted *r = t->aborted;
	const struct aborted_conn *a = &r->conn[r->head];
	struct conn *c = conn_get(t->conns, a->id);

	r->head = (r->head + 1) % ABORTED_MAX;
	r->count--;
	if (c && c->cookie == a->cookie && conn_is(c, CONN_CLOSED) && c->stage != STAGE_QUEUED)
		state_end(t, c, at, c->t_state);
}

static void wait_for_reset(struct tracker *t, struct conn *c, uint64_t at)
{
	struct aborted *r = t->aborted;

	if (r->count == ABORTED_MAX)
		end_oldest(t, at);
	r->conn[(r->head + r->count++) % ABORTED_MAX] =
		(struct aborted_conn){.id = conn_id_of(t->conns, c), .cookie = c->cookie, .t = at};
}

void close_flush_aborted(struct tracker *t, uint64_t at, uint64_t now)
{
	struct aborted *r = t->aborted;

	while (r->count && r->conn[r->head].t <= at)
		end_oldest(t, now);
}

/* ---- CLOSE ---- */

/*
 * sk_err is an ICMP error, or the lack of a route to the peer (icmp_err_convert,
 * icmpv6_err_convert): it ends SYN_SENT at once, later states when they time out (sk_err_soft,
 * tcp_write_err). Where both FINs have passed it ended nothing: with IP_RECVERR an error that was
 * overcome may still stand in sk_err.
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

/* Where both FINs have passed the error was overcome. */
static uint8_t error_of(const struct fact_closed *f)
{
	bool overcome = f->h.flags & FACT_F_PEER_FIN && f->h.flags & FACT_F_FIN_SENT;

	return overcome || f->err > UINT8_MAX ? 0 : (uint8_t)f->err;
}

static enum end_cause cause_of(const struct fact_closed *f)
{
	if (f->h.flags & FACT_F_REPAIR)
		return END_REPAIR;
	/* By tcp_abort() alone: tcp_disconnect() sets this error after the transition. */
	if (f->err == ECONNABORTED && f->h.flags & FACT_F_OWNED)
		return END_ABORTED;
	if (f->err == ETIMEDOUT)
		return END_TIMED_OUT;
	if (is_unreachable(f))
		return END_UNREACHABLE;
	if (f->err == ECONNREFUSED)
		return f->h.flags & FACT_F_UNREACHABLE ? END_REFUSED_BY_ICMP : END_REFUSED;
	return f->err == ECONNRESET || f->err == EPIPE ? END_RST_RECEIVED : END_NONE;
}

/*
 * SYN_SENT ends without an error in the process that holds the socket: it closed it, or its
 * connect() failed before it sent a SYN. Without a local port that was in __inet_hash_connect().
 */
static enum end_cause cause_while_connecting(const struct fact_closed *f)
{
	if (f->old != TCP_STATE_SYN_SENT || f->err || !(f->h.flags & FACT_F_OWNED))
		return END_NONE;
	if (!f->s.lport)
		return END_NO_LOCAL_PORT;
	return f->h.flags & FACT_F_NO_SYN ? END_NO_SYN : END_CLOSED_CONNECTING;
}

/*
 * ECONNABORTED is of tcp_abort(): another process ended the connection (ss -K, a BPF program). It
 * locks the socket, and need not hold it.
 */
static void learn_who_closed(struct tracker *t, struct conn *c, const struct fact_closed *f)
{
	if (f->err != ECONNABORTED)
		owner_from_pid(t, c, &f->h, f->pid);
	owner_doubt(t, c);
}

static void learn_totals(struct tracker *t, struct conn *c, const struct fact_closed *f)
{
	conn_learn_ends(t->conns, c, &f->s);
	conn_touch(t->conns, c);
	learn_who_closed(t, c, f);
	c->bytes_in = f->bytes_in;
	c->bytes_out = f->bytes_out;
	c->retrans = f->retrans;
	c->srtt_us = f->srtt_us;
	c->flags |= CONN_TOTALS;
	conn_ended_by(c, cause_of(f));
	conn_ended_by(c, cause_while_connecting(f));
	/* __inet_hash_connect() returns this error, and leaves none at the socket. */
	c->err = c->end_cause == END_NO_LOCAL_PORT ? EADDRNOTAVAIL : error_of(f);
}

/* What the kernel reports as CLOSE is the hand-over to a timewait socket in TIME_WAIT. */
static bool enters_time_wait(const struct tracker *t, const struct conn *c,
			     const struct fact_closed *f)
{
	if (c->end_cause == END_RST_RECEIVED || c->end_cause == END_RST_SENT ||
	    c->end_cause == END_TIMED_OUT || c->end_cause == END_ABORTED ||
	    conn_is(c, CONN_ORPHAN_FW2))
		return false;
	/*
	 * Where the kernel has too many timewait sockets it makes none, and the socket is closed.
	 */
	if (tracker_exact(t, KNOW_TIME_WAIT_BEGIN) &&
	    !conn_is(c, CONN_TIMEWAIT | CONN_PAST_UNKNOWN))
		return false;
	if (f->old == TCP_STATE_CLOSING)
		return true;
	return f->old == TCP_STATE_FIN_WAIT2 && f->h.flags & FACT_F_PEER_FIN;
}

/* What the kernel reports as CLOSE is the hand-over to a timewait socket in FIN_WAIT2. */
static bool stays_in_fin_wait2(const struct tracker *t, const struct conn *c,
			       const struct fact_closed *f)
{
	return conn_is(c, CONN_ORPHAN_FW2) && f->old == TCP_STATE_FIN_WAIT2 &&
	       !tracker_absent(t, KNOW_TIME_WAIT_END);
}

/* The owner, or the end of its listener, closes c without a FIN: a RST goes out next. */
static bool sends_reset(const struct conn *c, const struct fact_closed *f)
{
	if (c->end_cause)
		return false;
	if (f->old == TCP_STATE_FIN_WAIT2)
		return f->h.flags & FACT_F_OWNED;
	return f->old == TCP_STATE_ESTABLISHED || f->old == TCP_STATE_CLOSE_WAIT ||
	       f->old == TCP_STATE_SYN_RECV || f->old == TCP_STATE_FIN_WAIT1;
}

static void closed_line(struct tracker *t, struct event *e, const struct conn *c)
{
	enum cause why = state_cause(c);

	if (why)
		event_set_enum(e, F_REASON, why);
	line_errno(&t->lines, c);
	line_emit(&t->lines);
}

/* In CLOSE. The close line follows now, or when the fact that completes it has come. */
static void finish_closed(struct tracker *t, struct conn *c, const struct fact_closed *f)
{
	bool resets = sends_reset(c, f);

	closed_line(t, state_enter(t, c, f->h.t, f->old, f->new), c);
	c->flags |= CONN_CLOSED;
	if (c->stage == STAGE_QUEUED)
		return; /* it keeps its place in the queue until accept() or the listener's end */
	/* Taken by an accept() that has not been seen: that may be about to return. */
	if (resets || (c->stage == STAGE_ACCEPT_UNSEEN && !tracker_absent(t, KNOW_ACCEPT)))
		wait_for_reset(t, c, f->h.t);
	else
		state_end(t, c, f->h.t, f->h.t);
}

void tracker_on_closed(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_closed *f = (const struct fact_closed *)h;
	struct conn *c;

	if (f->old == TCP_STATE_LISTEN) {
		listen_closed(t, f);
		return;
	}
	/*
	 * An unknown child in SYN_RECV came to nothing: two CPUs made one of the same ACK. Its
	 * request goes on.
	 */
	c = conn_of_fact(t, &f->s, f->old == TCP_STATE_SYN_RECV ? 0 : f->old);
	if (!c || conn_is(c, CONN_CLOSED | CONN_HANDED_OVER | CONN_REQUEST))
		return;
	if (accepted_meanwhile(c, h, f->new))
		accept_queue_accepted_unseen(t, c);
	if (c->state == TCP_STATE_SYN_SENT)
		connecting_end(t, c);
	learn_totals(t, c, f);
	if (enters_time_wait(t, c, f)) {
		c->flags |= CONN_HANDED_OVER;
		state_enter(t, c, h->t, f->old, TCP_STATE_TIME_WAIT);
		line_emit(&t->lines);
		/* Where the end of TIME_WAIT cannot be seen its begin is the last that is known. */
		if (tracker_absent(t, KNOW_TIME_WAIT_END))
			state_end(t, c, h->t, h->t);
	} else if (stays_in_fin_wait2(t, c, f)) {
		c->flags |= CONN_HANDED_OVER;
	} else {
		finish_closed(t, c, f);
	}
}

/* ---- RST ---- */

/* NULL: none, or one that we have no number for. */
static const char *kernel_reset_reason(unsigned int reason)
{
	static const char *const names[FACT_RESET_REASONS] = {
		[FACT_RESET_NO_SOCKET] = "NO_SOCKET",
		[FACT_RESET_STATE] = "TCP_STATE",
		[FACT_RESET_ABORT_ON_CLOSE] = "TCP_ABORT_ON_CLOSE",
		[FACT_RESET_ABORT_ON_LINGER] = "TCP_ABORT_ON_LINGER",
		[FACT_RESET_ABORT_ON_MEMORY] = "TCP_ABORT_ON_MEMORY",
		[FACT_RESET_DISCONNECT] = "TCP_DISCONNECT_WITH_DATA",
		[FACT_RESET_TIMEOUT] = "TCP_KEEPALIVE_TIMEOUT",
		[FACT_RESET_NO_CONNECTION] = "TCP_FLAGS",
		[FACT_RESET_FLAGS] = "TCP_FLAGS",
		[FACT_RESET_TIME_WAIT_SEGMENT] = "TCP_TIMEWAIT_SOCKET",
		[FACT_RESET_ABORT_ON_DATA] = "TCP_ABORT_ON_DATA",
		[FACT_RESET_INVALID_SYN] = "INVALID_SYN",
		[FACT_RESET_INVALID_ACK] = "TCP_INVALID_ACK_SEQUENCE",
		[FACT_RESET_PAWS] = "TCP_RFC7323_PAWS",
		[FACT_RESET_TOO_OLD_ACK] = "TCP_TOO_OLD_ACK",
		[FACT_RESET_UNSENT_ACK] = "TCP_ACK_UNSENT_DATA",
		[FACT_RESET_OLD_ACK] = "TCP_OLD_ACK",
		[FACT_RESET_ERROR] = "ERROR",
	};

	return reason < FACT_RESET_REASONS ? names[reason] : NULL;
}

/*
 * The listener's end resets what waits in its queue (inet_child_forget()), for a reason that other
 * aborts have, too; older kernels give none.
 */
static unsigned int reset_reason_of(const struct fact_reset *f, const struct conn *c)
{
	bool flushed = c && c->stage == STAGE_FLUSHED && f->h.flags & FACT_F_SENT;

	return flushed && (f->reason == FACT_RESET_STATE || f->reason == FACT_RESET_UNKNOWN)
		       ? (unsigned int)RESET_LISTENER_CLOSED
		       : f->reason;
}

/* Of a timewait socket, whose connection has been told to its end. */
static void line_ended(struct tracker *t, struct event *e, const struct fact_sock *s)
{
	struct ended_conn was;

	if (s->state != TCP_STATE_TIME_WAIT || !ended_was(t, s->cookie, &was))
		return;
	if (was.role)
		event_set_enum(e, F_ROLE, was.role);
	if (was.role_basis)
		event_set_enum(e, F_ROLE_BASIS, was.role_basis);
	if (was.listener)
		event_set(e, F_LISTENER, was.listener);
}

static void reset_line(struct tracker *t, const struct fact_reset *f, const struct conn *c)
{
	struct event *e = line_begin(&t->lines, EVENT_RESET, f->h.t);
	unsigned int reason = reset_reason_of(f, c);
	const char *kernel = kernel_reset_reason(f->reason);
	struct fact_sock ends = f->s;

	/* No line of a connection comes behind the one of its end. */
	if (ends.state == TCP_STATE_TIME_WAIT)
		ends.cookie = 0;
	if (c)
		line_conn(&t->lines, c, listener_of(t, c));
	else
		line_ends(&t->lines, &ends);
	if (!c)
		line_ended(t, e, &f->s);
	if (f->reason == FACT_RESET_NO_CONNECTION && !c)
		line_refused(&t->lines, listener_by_port(t->listeners, &f->s));
	event_set_enum(e, F_DIR, f->h.flags & FACT_F_SENT ? DIRECTION_SENT : DIRECTION_RECEIVED);
	if (vocabulary_word(&vocabulary_reset_reason, reason))
		event_set_enum(e, F_RESET_REASON, reason);
	if (kernel)
		event_set_text(e, F_KERNEL_REASON, kernel);
	line_emit(&t->lines);
}

/*
 * Of a RST that was dropped with its listener: only with the number that the request expects it
 * ends that one (tcp_check_req()). For a segment of a request the listener's counter moves, and
 * nobody was refused; for one without a request (tcp_rcv_state_process()) it does not.
 */
static bool ends_request(struct tracker *t, const struct fact_reset *f, const struct conn *c)
{
	struct listener *l = c && conn_is(c, CONN_REQUEST) ? listener_of(t, c) : NULL;

	if (l)
		l->named_drops++;
	return c && conn_is(c, CONN_REQUEST) && c->isns_known && f->pid == c->client_isn + 1;
}

void tracker_on_reset(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_reset *f = (const struct fact_reset *)h;
	bool sent = h->flags & FACT_F_SENT;
	struct conn *c = identity_find(t, &f->s);

	if (h->flags & FACT_F_SEGMENT && !ends_request(t, f, c))
		return;
	if (!c)
		c = identity_fast_open(t, &f->s);
	if (!c && ended_lately(t, f->s.cookie) && f->s.state != TCP_STATE_TIME_WAIT)
		return;
	if (!c && !f->s.lport && !f->s.rport)
		return;
	if (c) {
		conn_learn_ends(t->conns, c, &f->s);
		owner_doubt(t, c);
	}
	/* In TIME_WAIT a RST answers a segment from long ago, and ends nothing. */
	if (c && c->state != TCP_STATE_TIME_WAIT)
		conn_ended_by(c, sent ? END_RST_SENT : END_RST_RECEIVED);
	reset_line(t, f, c);
	if (c && conn_is(c, CONN_CLOSED) && c->stage != STAGE_QUEUED) {
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
	if (f->s.state == TCP_STATE_FIN_WAIT2) {
		c->flags |= CONN_ORPHAN_FW2;
	} else if (conn_is(c, CONN_HANDED_OVER) && c->state == TCP_STATE_FIN_WAIT2) {
		/* The peer's FIN has reached the timewait socket. */
		state_enter(t, c, h->t, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT);
		line_emit(&t->lines);
	} else {
		c->flags |= CONN_TIMEWAIT; /* the fact of its transition follows at once */
	}
}

/* A timewait socket: in TIME_WAIT, or an orphan in FIN_WAIT2. */
static bool is_timewait(const struct conn *c)
{
	return c->state == TCP_STATE_TIME_WAIT || c->state == TCP_STATE_FIN_WAIT2;
}

static struct conn *timewait_by_ends(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c = conn_by_ends(t->conns, s);

	while (c && !is_timewait(c))
		c = conn_by_ends_next(t->conns, s, c);
	return c;
}

void tracker_on_timewait_end(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_timewait *f = (const struct fact_timewait *)h;
	struct conn *c = f->s.cookie ? NULL : timewait_by_ends(t, &f->s);

	if (!c)
		c = conn_of_fact(t, &f->s, f->s.state);
	if (!c || !is_timewait(c))
		return;
	if (c->state == TCP_STATE_FIN_WAIT2 && f->s.state == TCP_STATE_TIME_WAIT) {
		/* The fact of the peer's FIN was lost: when it came is not known. */
		c->t_state = 0;
		state_enter(t, c, h->t, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT);
		line_emit(&t->lines);
		c->t_state = 0;
	}
	state_enter(t, c, h->t, c->state, TCP_STATE_CLOSE);
	line_emit(&t->lines);
	state_end(t, c, h->t, h->t);
}
