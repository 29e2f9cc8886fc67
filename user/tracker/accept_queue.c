// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/accept_queue.h"

#include "tracker/state.h"
#include "tracker/tracked.h"

void accept_queue_attach(struct tracker *t, struct conn *c, struct listener *l)
{
	if (listener_of(t, c) != l)
		listener_dequeue(t->listeners, t->conns, c);
	listener_attach(t->listeners, c, l);
}

void accept_queue_add(struct tracker *t, struct listener *l, struct conn *c)
{
	if (c->stage == STAGE_QUEUED || c->stage == STAGE_ACCEPTED ||
	    c->stage == STAGE_ACCEPT_UNSEEN)
		return;
	if (!l->alive) {
		listener_attach(t->listeners, c, l);
		c->stage = STAGE_FLUSHED;
	} else if (tracker_absent(t, KNOW_ACCEPT)) {
		listener_attach(t->listeners, c, l);
		c->stage = STAGE_ACCEPT_UNSEEN;
	} else {
		listener_enqueue(t->listeners, t->conns, l, c);
	}
}

void accept_queue_accepted(struct tracker *t, struct conn *c, struct listener *l, bool length_known)
{
	struct listener *left = c->stage == STAGE_QUEUED ? listener_of(t, c) : l;

	listener_dequeue(t->listeners, t->conns, c);
	if (!length_known && left && left->accept_queue)
		left->accept_queue--;
	if (l)
		listener_attach(t->listeners, c, l);
	c->stage = STAGE_ACCEPTED;
	if (conn_is(c, CONN_UNSEEN_COUNTED) && listener_of(t, c)) {
		c->flags &= ~(uint32_t)CONN_UNSEEN_COUNTED;
		listener_accept_unseen(listener_of(t, c), 0, false);
		t->unseen--;
	}
}

/*
 * Either its accept() is about to return, or the fact of it was lost, or no hook sees that
 * accept(): the kernel's own (NFS), a 32-bit program's where only tracepoints are used, io_uring's
 * into fixed files.
 */
void accept_queue_accepted_unseen(struct tracker *t, struct conn *c)
{
	struct listener *l = listener_of(t, c);

	if (c->stage == STAGE_QUEUED && l)
		l->accept_unseen = true;
	listener_dequeue(t->listeners, t->conns, c);
	c->stage = STAGE_ACCEPT_UNSEEN;
}

/* The queue has become shorter: c has been taken out of it. */
static void taken_unseen(struct tracker *t, struct conn *c, uint64_t at)
{
	accept_queue_accepted_unseen(t, c);
	tracked_count_unseen(t, c, at);
	if (conn_is(c, CONN_CLOSED))
		state_end(t, c, at, c->t_state);
}

/*
 * The kernel's queue has been shorter than ours for longer than an accept() takes to be reported:
 * the oldest of ours were accepted, unseen.
 */
void accept_queue_reconcile(struct tracker *t, struct listener *l, uint64_t at,
			    uint32_t accept_queue)
{
	struct conn *c;

	if (l->queued <= accept_queue) {
		l->excess_t = 0;
		return;
	}
	if (!l->excess_t)
		l->excess_t = at;
	if (at < l->excess_t + ACCEPT_WAIT)
		return;
	for (uint32_t more = l->queued - accept_queue; more; more--) {
		c = conn_get(t->conns, l->queue_oldest);
		if (!c || (c->t_established ? c->t_established : c->t_last) + ACCEPT_WAIT > at)
			return;
		taken_unseen(t, c, at);
	}
}

void accept_queue_settle(struct tracker *t, struct listener *l)
{
	uint32_t more =
		l->queues_known && l->queued > l->accept_queue ? l->queued - l->accept_queue : 0;

	for (; more && l->queue_oldest; more--)
		taken_unseen(t, conn_get(t->conns, l->queue_oldest), t->t_now);
}

/*
 * A connection that was reset while queued keeps its place until accept() returns it. Now no
 * accept() can: its close line is due. The kernel closes the living ones next, one by one, and each
 * has facts of its own (inet_csk_listen_stop).
 */
void accept_queue_flush(struct tracker *t, struct listener *l, uint64_t at)
{
	struct conn *c, *next;

	for (c = conn_get(t->conns, l->queue_oldest); c; c = next) {
		next = conn_get(t->conns, c->queue_newer);
		listener_dequeue(t->listeners, t->conns, c);
		if (conn_is(c, CONN_CLOSED))
			state_end(t, c, at, c->t_state);
		else
			c->stage = STAGE_FLUSHED;
	}
}
