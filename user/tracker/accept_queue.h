/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * accept_queue.h - who waits for accept(): who joined a listener's accept queue, was taken out of
 * it, ended while it waited, or was closed together with its listener.
 */
#ifndef SOCKSTATE_ACCEPT_QUEUE_H
#define SOCKSTATE_ACCEPT_QUEUE_H

#include "tracker/impl.h"

/* c belongs to l (NULL: to no known one), and leaves the queue of another listener. */
void accept_queue_attach(struct tracker *t, struct conn *c, struct listener *l);
/*
 * c waits for accept() at l. Where accept() cannot be seen nobody knows for how long: then c only
 * belongs to l.
 */
void accept_queue_add(struct tracker *t, struct listener *l, struct conn *c);
/*
 * c has left the accept queue, and no accept() was seen to return it. If c has ended as well its
 * close line is emitted, and c is gone.
 */
void accept_queue_accepted_unseen(struct tracker *t, struct conn *c, uint64_t at);
/* The kernel's length of the queue of l: if it is less than ours, accepts were not seen. */
void accept_queue_reconcile(struct tracker *t, struct listener *l, uint64_t at,
			    uint32_t accept_queue);
/* l is closed: what ended while queued can no longer be accepted, its close lines are emitted. */
void accept_queue_flush(struct tracker *t, struct listener *l, uint64_t at);

#endif
