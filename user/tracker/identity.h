/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identity.h - which connection is this fact about, and who owns it.
 */
#ifndef SOCKSTATE_IDENTITY_H
#define SOCKSTATE_IDENTITY_H

#include "tracker/impl.h"

/* By cookie, else by ends. */
struct conn *identity_find(struct tracker *t, const struct fact_sock *s);
/* The request with these ends. */
struct conn *identity_find_request(struct tracker *t, const struct fact_sock *s);
/* What becomes ESTABLISHED: by cookie, else the request with these ends and sequence numbers. */
struct conn *identity_match_request(struct tracker *t, const struct fact_established *f);
/* A new connection in that state, whose earlier life was not seen. */
struct conn *identity_adopt(struct tracker *t, const struct fact_sock *s, unsigned int state);

/*
 * Children that were queued before any fact named their ends: a fast open at its SYN, any child
 * whose enqueue is stamped before its ESTABLISHED. Known by address alone until then.
 */
struct early_children *early_new(void);
void early_remember(struct tracker *t, const struct fact_enqueue *f);
/* The enqueue of that socket is copied to q and forgotten; false: there is none. */
bool early_take(struct tracker *t, const struct fact_sock *s, uint64_t at, struct fact_enqueue *q);
/* s is such a child of a fast open: it becomes a connection. NULL: it is none. */
struct conn *identity_fast_open(struct tracker *t, const struct fact_sock *s);

/* The owner as a fact names it. */
void owner_from_task(struct tracker *t, struct conn *c, const struct fact_task *task);
/* The owner as a pid alone, if the fact comes from a user of the socket (FACT_F_OWNED). */
void owner_from_pid(struct tracker *t, struct conn *c, const struct fact_hdr *h, uint32_t pid);
/* Until accept() the owner of the listener (which may be NULL). */
void owner_from_listener(struct conn *c, const struct listener *l);

#endif
