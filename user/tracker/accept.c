// SPDX-License-Identifier: BSD-2-Clause
/* accept() returned a connection, or failed. */
#include <errno.h>

#include "tracker/accept_queue.h"
#include "tracker/failed_calls.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/translated.h"

static void accept_failed(struct tracker *t, const struct fact_accept *f, struct listener *l)
{
	if (f->err == EAGAIN)
		return;
	if (!l) {
		failed_call(t, f->h.t,
			    &(struct failed_call){.type = EVENT_ACCEPT_ERROR,
						  .s = f->s,
						  .task = f->task,
						  .err = f->err});
		return;
	}
	listener_error(l, f->err);
	if (!l->error_t || f->h.t >= l->error_t + ERROR_EVERY)
		figures_emit_accept_errors(t, l, f->h.t, &f->task);
}

/* NULL: a duplicate, or no accept at all. */
static struct conn *accepted_conn(struct tracker *t, const struct fact_accept *f)
{
	/*
	 * io_uring completed with a number that is also a descriptor: an accept only if that socket
	 * was known to be queued.
	 */
	bool guess = f->h.flags & FACT_F_IO_URING && !(f->h.flags & FACT_F_TCP_FUNCTIONS);
	struct conn *c = identity_find(t, &f->s);

	if (!c)
		c = conn_of_fact(t, &f->s, guess ? 0 : f->s.state);
	if (!c || c->stage == STAGE_ACCEPTED || c->role == ROLE_CLIENT)
		return NULL;
	return guess && c->stage == STAGE_NONE ? NULL : c;
}

/* Whether the handshake was complete before accept() was called: true, false, or -1 (not known). */
static int completed_before(const struct tracker *t, const struct conn *c,
			    const struct fact_accept *f)
{
	if (f->h.flags & FACT_F_IO_URING && !f->called)
		return -1;
	if (c->state == TCP_STATE_SYN_RECV)
		return false; /* a fast open */
	/* If its ESTABLISHED was not lost it is older than the tracer, and so than the call. */
	if (!c->t_established || conn_is(c, CONN_WAIT_AT_LEAST))
		return conn_is(c, CONN_PREEXISTING) && f->called >= t->t_first ? true : -1;
	if (f->called)
		return c->t_established <= f->called;
	/* The call is older than the tracer, ESTABLISHED is not. */
	return tracker_absent(t, KNOW_ACCEPT_CALL) ? -1 : false;
}

/* From its begin: a wait of which only the end was seen is no part of a distribution. */
static bool wait_measured(const struct conn *c)
{
	return conn_is(c, CONN_WAIT_KNOWN) && !conn_is(c, CONN_WAIT_AT_LEAST);
}

static void learn_accepted(struct tracker *t, struct conn *c, struct listener *l,
			   const struct fact_accept *f)
{
	conn_learn_cookie(t->conns, c, f->s.cookie);
	accept_queue_accepted(t, c, l, f->q.sk);
	conn_has_role(c, ROLE_SERVER);
	owner_from_task(t, c, &f->task);
	t->accepted++;
	if (c->t_established && f->h.t >= c->t_established) {
		c->accept_wait = f->h.t - c->t_established;
		c->flags |= CONN_WAIT_KNOWN;
	}
	if (conn_is(c, CONN_CLOSED) || c->state == TCP_STATE_CLOSE_WAIT) {
		t->departed++;
		if (l)
			l->departed++;
	}
	if (l)
		listener_accepted(l, f->h.t, wait_measured(c) ? &c->accept_wait : NULL);
	if (l)
		owner_of_listener(t, l, &f->task);
	conn_touch(t->conns, c);
}

static void accept_line(struct tracker *t, const struct conn *c, const struct listener *l,
			const struct fact_accept *f)
{
	struct event *e = line_begin(&t->lines, EVENT_ACCEPT, f->h.t);
	int before = completed_before(t, c, f);

	line_conn(&t->lines, c, l);
	line_task(&t->lines, &f->task);
	event_set(e, F_SOCKET_STATE, conn_is(c, CONN_CLOSED) ? TCP_STATE_CLOSE : c->state);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	if (conn_is(c, CONN_WAIT_KNOWN))
		line_wait(&t->lines, c, c->accept_wait);
	if (f->called && f->h.t >= f->called)
		event_set(e, F_CALL_NS, f->h.t - f->called);
	if (before >= 0)
		event_set(e, F_COMPLETED_BEFORE_ACCEPT, (uint64_t)before);
	/* The SYN queue is none of accept()'s business. */
	if (l && l->queues_known)
		event_set(e, F_ACCEPT_QUEUE, l->accept_queue);
	if (l && l->limit_known)
		event_set(e, F_BACKLOG, l->backlog);
	if (f->h.flags & FACT_F_IO_URING)
		event_set_enum(e, F_VIA, VIA_IO_URING);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	translated_line(t, c);
	line_emit(&t->lines);
}

void tracker_on_accept(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_accept *f = (const struct fact_accept *)h;
	struct listener *l;
	struct conn *c;

	l = figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (f->err) {
		accept_failed(t, f, l);
		return;
	}
	c = accepted_conn(t, f);
	if (!c)
		return;
	if (!l)
		l = listener_of(t, c);
	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	learn_accepted(t, c, l, f);
	accept_line(t, c, l, f);
	if (conn_is(c, CONN_CLOSED)) /* it ended while queued: no other fact will come */
		state_end(t, c, h->t, c->t_state);
}

void tracker_on_process(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_process *f = (const struct fact_process *)h;
	uint32_t name = names_id(t->names, f->task.comm);

	if (!f->parent)
		names_learn(t->names, f->task.pid, name);
	else
		names_forked(t->names, f->parent, h->t);
}
