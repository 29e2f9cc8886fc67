/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connecting.h - clients in SYN_SENT whose listener is in the same namespace: was it the listener
 * that refused their SYN?
 */
#ifndef SOCKSTATE_TRACKER_CONNECTING_H
#define SOCKSTATE_TRACKER_CONNECTING_H

#include "tracker/impl.h"

/* c enters, and leaves, SYN_SENT. */
void connecting_begin(struct tracker *t, struct conn *c);
void connecting_end(struct tracker *t, const struct conn *c);
/*
 * The SYN of c goes out again. The listener that refused the one before, though no hook saw that;
 * else NULL. That a queue is full is no evidence: the SYN may have been lost on its way. The
 * listener's own counter is, if it rose since that SYN by at least as many as wait for an answer.
 * If it rose by fewer, some of them were refused, and which ones is not known.
 */
struct listener *connecting_refused(struct tracker *t, struct conn *c);

#endif
