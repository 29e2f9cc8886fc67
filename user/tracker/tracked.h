/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tracked.h - which connections and requests are held, within the bounds of memory, and which
 * ended lately.
 *
 * Counts what had to be given up. Emits nothing.
 */
#ifndef SOCKSTATE_TRACKED_H
#define SOCKSTATE_TRACKED_H

#include "tracker/impl.h"

/*
 * A new entry, counted as a connection. Where there is no room the least recently touched entry is
 * evicted, and counted. NULL: no memory, counted as well.
 */
struct conn *tracked_add(struct tracker *t, const struct fact_sock *s, bool request);
/* A request becomes a connection: the bound of connections holds for it too. */
void tracked_promote(struct tracker *t, struct conn *c);
/* c is older than the tracer: it is not counted with those that it saw begin. */
void tracked_existed_before(struct tracker *t, struct conn *c);
/* The other end of c is held too: the two are one connection, and count as one. */
void tracked_count_once(struct tracker *t, struct conn *c);
/* c is not new: facts were lost, or it was evicted. It may have been counted then. */
void tracked_adopted(struct tracker *t, struct conn *c);
/* Facts of c were lost, the one that would have joined it with its other end among them perhaps. */
void tracked_meet_peer(struct tracker *t, struct conn *c);
/*
 * No hook saw the accept() of c, and none is on its way to be reported any more: c ends, or the
 * stream does.
 */
void tracked_count_unseen(struct tracker *t, struct conn *c, uint64_t at);
/* c is gone afterwards. Its listener and its place in the accept queue are left. */
void tracked_forget(struct tracker *t, struct conn *c);

struct ended_conn {
	enum role role;
	enum role_basis role_basis;
	uint64_t listener; /* cookie; 0: none, or not known */
};

/* The memory of sockets that ended: NULL when out of memory, freed with free(). */
struct ended *ended_new(void);
/* c: what it was; NULL: a listener. */
void ended_remember(struct tracker *t, uint64_t cookie, const struct conn *c);
/* True: that socket ended a moment ago, so a fact about it is a duplicate. */
bool ended_lately(const struct tracker *t, uint64_t cookie);
/* What it was: a timewait socket goes on where its end cannot be seen. False: not known. */
bool ended_was(const struct tracker *t, uint64_t cookie, struct ended_conn *was);

#endif
