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
 * c waits for accept() at l, unless it was there before or accept() took it. Where accept() cannot
 * be seen c only belongs to l: how long it waits would not be known. If l has closed c is flushed.
 */
void accept_queue_add(struct tracker *t, struct listener *l, struct conn *c);
/*
 * accept() returned c from the queue of l (NULL: unknown). length_known: the fact brought the
 * length of the queue after that; else it is one less than before.
 */
void accept_queue_accepted(struct tracker *t, struct conn *c, struct listener *l,
			   bool length_known);
/* c has left the accept queue, and no accept() was seen to return it. */
void accept_queue_accepted_unseen(struct tracker *t, struct conn *c);
/*
 * The kernel's length of the queue of l. If ours is longer, accepts were not seen; of connections
 * that had ended as well the close lines are emitted.
 */
void accept_queue_reconcile(struct tracker *t, struct listener *l, uint64_t at,
			    uint32_t accept_queue);
/* At the end of the stream: nothing is on its way to be reported any more. */
void accept_queue_settle(struct tracker *t, struct listener *l);
/*
 * l is closed. Connections that had ended while queued can no longer be accepted: their close lines
 * are emitted.
 */
void accept_queue_flush(struct tracker *t, struct listener *l, uint64_t at);

#endif
