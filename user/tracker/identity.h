/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identity.h - which connection a fact is about, and who owns that connection.
 *
 * A cookie names a socket for its whole life; a request has none on most kernels, and is known by
 * its ends. A hook that a recursion hides has a second program (again.bpf.h), so that the same fact
 * may come twice: the second is a duplicate, and changes nothing.
 */
#ifndef SOCKSTATE_IDENTITY_H
#define SOCKSTATE_IDENTITY_H

#include "tracker/impl.h"

/*
 * The connection of a fact, by its socket's cookie. If that is not known: a child of a fast open
 * becomes a connection; a connection with these ends that had no cookie gets it; else the socket is
 * adopted in adopt_state (0: it is not). NULL: not known, a duplicate of a fact of a socket that
 * has ended, or no memory.
 */
struct conn *conn_of_fact(struct tracker *t, const struct fact_sock *s, unsigned int adopt_state);

/* By cookie, else by ends: one of the two has no cookie. */
struct conn *identity_find(struct tracker *t, const struct fact_sock *s);
/* The request with these ends. */
struct conn *identity_find_request(struct tracker *t, const struct fact_sock *s);
/* What becomes ESTABLISHED: by cookie, else the request with these ends and sequence numbers. */
struct conn *identity_match_request(struct tracker *t, const struct fact_established *f);
/* A new connection in that state, whose earlier life was not seen. */
struct conn *identity_adopt(struct tracker *t, const struct fact_sock *s, unsigned int state);
/*
 * The role of c, with the ends of s, whose opening was not seen: by its state, where that is
 * SYN_SENT; by its listener l (NULL: not known) or one at its port; else by the role of its other
 * end; else by the ports that were asked for. Else it stays unknown.
 */
void identity_infer_role(struct tracker *t, struct conn *c, const struct fact_sock *s,
			 const struct listener *l);
/* A new request whose SYN was not seen; l may be NULL. */
struct conn *identity_adopt_request(struct tracker *t, const struct fact_sock *s,
				    struct listener *l);

/*
 * Children that were queued before a fact named their ends: known by address until then. A fast
 * open's child is queued at its SYN; the enqueue of any child may be stamped before its
 * ESTABLISHED.
 */
struct early_children *early_new(void);
void early_remember(struct tracker *t, const struct fact_enqueue *f);
/* Copies the enqueue of that socket to q and forgets it. False: there is none. */
bool early_take(struct tracker *t, const struct fact_sock *s, uint64_t at, struct fact_enqueue *q);
/* The child of a fast open becomes a connection. NULL: s is no such child. */
struct conn *identity_fast_open(struct tracker *t, const struct fact_sock *s);

/* The owner as a fact names it. */
void owner_from_task(struct tracker *t, struct conn *c, const struct fact_task *task);
/* The owner as a pid alone, if the fact comes from a user of the socket (FACT_F_OWNED). */
void owner_from_pid(struct tracker *t, struct conn *c, const struct fact_hdr *h, uint32_t pid);
/*
 * What became of c names nobody. Its owner accepted it and has forked since: that one may have
 * closed its copy, so nobody is named until the owner acts, or a walk over open files meets it.
 */
void owner_doubt(struct tracker *t, struct conn *c);
/* A walk over open files, at `at`, met a descriptor of c in that process. */
void owner_holds(struct tracker *t, struct conn *c, uint64_t at, const struct fact_task *task);
/* The owner of a listener as a fact names it: it accepts, or it called listen(). */
void owner_of_listener(struct tracker *t, struct listener *l, const struct fact_task *task);
/* A walk over open files, at `at`, met a descriptor of l in that process. */
void owner_holds_listener(struct tracker *t, struct listener *l, uint64_t at,
			  const struct fact_task *task);
/* Walks no longer meet the owner of l, and meet another process: that one has it now. */
void owner_inherit_listener(struct listener *l);
/* Until accept(): the owner of the listener, which may be NULL. */
void owner_from_listener(struct conn *c, const struct listener *l);

#endif
