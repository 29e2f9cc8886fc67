/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handlers.h - what the files of a connection's phases offer to tracker.c and to each other.
 */
#ifndef SOCKSTATE_HANDLERS_H
#define SOCKSTATE_HANDLERS_H

#include "tracker/impl.h"

/* ---- listen.c ---- */

void tracker_on_listen(struct tracker *t, const struct fact_hdr *h);
void listen_closed(struct tracker *t, const struct fact_closed *f);
/* l has closed; nobody saw when. */
void listen_lost(struct tracker *t, struct listener *l, uint64_t at);
/* Closes the window of a listener (ctx: the tracker): its verdict, and its line if one is due. */
void listen_judge(void *ctx, struct listener *l);

/* ---- request.c ---- */

void tracker_on_syn(struct tracker *t, const struct fact_hdr *h);
void tracker_on_retransmit(struct tracker *t, const struct fact_hdr *h);
void tracker_on_expired(struct tracker *t, const struct fact_hdr *h);
/* A request that is no more; given_up: why, DROP_UNKNOWN if nobody gave it up. */
void request_end(struct tracker *t, struct conn *c, uint64_t at, enum drop_reason given_up);
/* Ends a request (ctx: the tracker) whose SYN-ACK should have gone out again long ago. */
void request_expire(void *ctx, struct conn *c);

/* ---- refuse.c ---- */

void tracker_on_drop(struct tracker *t, const struct fact_hdr *h);

/* ---- open.c ---- */

/* h is the fact of a connect() that its first program has already sent. */
bool open_is_duplicate(struct tracker *t, const struct fact_hdr *h);
void tracker_on_connect(struct tracker *t, const struct fact_hdr *h);
void tracker_on_established(struct tracker *t, const struct fact_hdr *h);
void tracker_on_enqueue(struct tracker *t, const struct fact_hdr *h);
struct child *child_new(void);
/* A child waits for its enqueue: no handler is called but for what ends that. */
bool open_waits(const struct tracker *t);
enum open_end { OPEN_WAITS, OPEN_QUEUED, OPEN_GIVEN_UP };
/* Whether h ends that: it is the enqueue, or that cannot come any more. */
enum open_end open_ends_by(const struct tracker *t, const struct fact_hdr *h);
/* If a child waits, it goes on without a listener. */
void open_give_up(struct tracker *t);

/* ---- accept.c ---- */

void tracker_on_accept(struct tracker *t, const struct fact_hdr *h);

void tracker_on_process(struct tracker *t, const struct fact_hdr *h);

/* ---- close.c ---- */

void tracker_on_state(struct tracker *t, const struct fact_hdr *h);
void tracker_on_closed(struct tracker *t, const struct fact_hdr *h);
void tracker_on_reset(struct tracker *t, const struct fact_hdr *h);
void tracker_on_timewait(struct tracker *t, const struct fact_hdr *h);
void tracker_on_timewait_end(struct tracker *t, const struct fact_hdr *h);
struct aborted *aborted_new(void);
/* Close lines that have waited for their RST since `at` or longer are emitted at `now`. */
void close_flush_aborted(struct tracker *t, uint64_t at, uint64_t now);

/* ---- existing.c ---- */

void tracker_on_existing(struct tracker *t, const struct fact_hdr *h);
void tracker_on_existing_end(struct tracker *t, const struct fact_hdr *h);

#endif
