// SPDX-License-Identifier: BSD-2-Clause
/* accept() took a connection, or failed. */
#include <errno.h>

#include "tracker/accept_queue.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

static void accept_failed(struct tracker *t, const struct fact_accept *f, struct listener *l)
{
	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	if (f->err == EAGAIN || !l)
		return;
	listener_error(l, f->err);
	if (!l->error_t || f->h.t >= l->error_t + ERROR_EVERY)
		figures_emit_accept_errors(t, l, f->h.t, &f->task);
}

static struct conn *accepted_conn(struct tracker *t, const struct fact_accept *f)
{
	bool guess = f->h.flags & FACT_F_IO_URING && !(f->h.flags & FACT_F_TCP_FUNCTIONS);
	struct conn *c = identity_find(t, &f->s);

	if (!c && !ended_lately(t, f->s.cookie))
		c = identity_fast_open(t, &f->s);
	if (guess && !(c && conn_is(c, CONN_WAS_QUEUED)))
		return NULL; /* some number that io_uring returned, which is also a descriptor */
	/*
	 * Established before tracing began, and not seen in the tables: it can be followed from
	 * here.
	 */
	if (!c && !ended_lately(t, f->s.cookie))
		c = identity_adopt(t, &f->s, f->s.state);
	return c;
}

/* true, false, or not known (-1): whether the handshake was complete before accept() was called. */
static int completed_before(const struct tracker *t, const struct conn *c,
			    const struct fact_accept *f)
{
	if (f->h.flags & FACT_F_IO_URING && !f->called)
		return -1;
	if (c->state == TCP_STATE_SYN_RECV)
		return false;  /* fast open: accepted before ESTABLISHED */
	if (!c->t_established) /* complete before tracing began, if its fact was not lost */
		return conn_is(c, CONN_PREEXISTING) && f->called >= t->t_first ? true : -1;
	if (f->called)
		return c->t_established <= f->called;
	/* Called before tracing began, completed since. */
	return tracker_absent(t, KNOW_ACCEPT_CALL) ? -1 : false;
}

void tracker_on_accept(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_accept *f = (const struct fact_accept *)h;
	struct listener *l;
	uint64_t wait = 0;
	struct event *e;
	struct conn *c;
	int before;

	open_flush_pending(t, h->t);
	l = figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (f->err) {
		accept_failed(t, f, l);
		return;
	}
	c = accepted_conn(t, f);
	if (!c || conn_is(c, CONN_ACCEPTED) || c->role == ROLE_CLIENT)
		return; /* told twice, or no accept at all */
	if (!l)
		l = listener_of(t, c);
	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	conn_learn_cookie(t->conns, c, f->s.cookie);
	if (!conn_is(c, CONN_QUEUED) && l && !f->q.sk && l->accept_queue)
		l->accept_queue--;
	if (conn_is(c, CONN_QUEUED)) {
		struct listener *queued_at = listener_of(t, c);

		listener_dequeue(t->listeners, t->conns, c);
		if (!f->q.sk && queued_at && queued_at->accept_queue)
			queued_at->accept_queue--;
	}
	if (l)
		listener_attach(t->listeners, c, l);
	c->flags |= CONN_ACCEPTED;
	c->flags &= ~(uint32_t)CONN_LISTENER_GONE; /* it had migrated to another */
	c->role = ROLE_SERVER;
	owner_from_task(t, c, &f->task);
	t->accepted++;
	if (c->t_established && h->t >= c->t_established) {
		wait = h->t - c->t_established;
		c->accept_wait = wait;
		c->flags |= CONN_WAIT_KNOWN;
	}
	if (l) {
		listener_accepted(l, h->t, conn_is(c, CONN_WAIT_KNOWN) ? &wait : NULL);
		if (!l->pid) {
			l->pid = c->pid;
			l->name = c->name;
		}
	}
	conn_touch(t->conns, c);

	e = line_begin(&t->lines, EVENT_ACCEPT, h->t);
	line_conn(&t->lines, c, l);
	line_task(&t->lines, &f->task);
	event_set(e, F_SOCKET_STATE, conn_is(c, CONN_CLOSED) ? TCP_STATE_CLOSE : c->state);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	if (conn_is(c, CONN_WAIT_KNOWN))
		event_set(e, F_ACCEPT_WAIT_NS, wait);
	if (f->called && h->t >= f->called)
		event_set(e, F_CALL_NS, h->t - f->called);
	before = completed_before(t, c, f);
	if (before >= 0)
		event_set(e, F_COMPLETED_BEFORE_ACCEPT, (uint64_t)before);
	if (l && l->queues_known)
		event_set(e, F_ACCEPT_QUEUE, l->accept_queue);
	if (l && l->limit_known)
		event_set(e, F_BACKLOG, l->backlog);
	if (h->flags & FACT_F_IO_URING)
		event_set_text(e, F_VIA, "io_uring");
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	line_emit(&t->lines);
	if (conn_is(c, CONN_CLOSED)) /* it died in the queue */
		state_end(t, c, h->t, c->t_state);
}
