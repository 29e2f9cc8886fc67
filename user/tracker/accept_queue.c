// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/accept_queue.h"

#include "tracker/state.h"

void accept_queue_attach(struct tracker *t, struct conn *c, struct listener *l)
{
	if (listener_of(t, c) != l)
		listener_dequeue(t->listeners, t->conns, c);
	listener_attach(t->listeners, c, l);
}

void accept_queue_add(struct tracker *t, struct listener *l, struct conn *c)
{
	if (!tracker_absent(t, KNOW_ACCEPT)) {
		listener_enqueue(t->listeners, t->conns, l, c);
		return;
	}
	listener_attach(t->listeners, c, l);
	c->flags |= CONN_ACCEPT_UNSEEN;
}

/*
 * Somebody has it: its accept() is about to return, or its fact was lost, or it is one that no hook
 * sees, as those of the kernel itself (NFS), of 32-bit programs by tracepoint, and of io_uring into
 * fixed files.
 */
void accept_queue_accepted_unseen(struct tracker *t, struct conn *c, uint64_t at)
{
	struct listener *l = listener_of(t, c);

	if (l)
		l->accept_unseen = true;
	listener_dequeue(t->listeners, t->conns, c);
	c->flags |= CONN_ACCEPT_UNSEEN;
	c->flags &= ~(uint32_t)CONN_LISTENER_GONE;
	if (conn_is(c, CONN_CLOSED))
		state_end(t, c, at, c->t_state);
}

/*
 * More wait, as we have it, than the kernel says, and not for a moment: the oldest have been taken,
 * unseen.
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
		accept_queue_accepted_unseen(t, c, at);
	}
}

/*
 * Corpses that nobody will take out any more: they ended as they did. Living children are closed
 * one by one and have facts of their own.
 */
void accept_queue_flush(struct tracker *t, struct listener *l, uint64_t at)
{
	struct conn *c, *next;

	for (c = conn_get(t->conns, l->queue_oldest); c; c = next) {
		next = conn_get(t->conns, c->queue_newer);
		if (!conn_is(c, CONN_CLOSED)) {
			c->flags |= CONN_LISTENER_GONE;
			continue;
		}
		listener_dequeue(t->listeners, t->conns, c);
		state_end(t, c, at, c->t_state);
	}
}
