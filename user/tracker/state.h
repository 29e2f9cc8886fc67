/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.h - inside the tracker: its state, and the handlers of facts by phase of a connection's
 * life.
 *
 * Not for use outside tracker.c and life*.c. The files, in the order of a life: life_listen (the
 * listener), life_request (half open), life_open (ESTABLISHED and the way into the queue),
 * life_accept, life_close; life_existing (what was there before us); life (what they share).
 */
#ifndef SOCKSTATE_LIFE_H
#define SOCKSTATE_LIFE_H

#include "base/units.h"
#include "event/tcp.h"
#include "tracker/conn.h"
#include "tracker/lines.h"
#include "tracker/listeners.h"
#include "tracker/names.h"
#include "tracker/tracker.h"

/* How long a line may wait for a fact that completes it. */
#define ACCEPT_WAIT  (100 * NS_MS) /* what left the queue, for its accept() to return */
#define ENQUEUE_WAIT (2 * NS_MS)   /* ESTABLISHED of an unknown request, for its listener */
#define RESET_WAIT \
	(100 *     \
	 NS_MS) /* the last line of an aborted connection, for the RST that follows its CLOSE */
#define ERROR_EVERY   NS_S /* repeated accept() errors are told once in this time */
#define VERDICT_EVERY NS_S /* length of a verdict's window */

#define PENDING_MAX    16
#define ABORTED_MAX    256
#define CLOSED_MAX     65536
#define EARLY_MAX      64
#define RESET_REQUESTS 16

struct pending {
	struct fact_established f;
	bool used;
};

struct aborted {
	conn_id id;
	uint64_t cookie, t;
};

/* The ends of a request that our RST ended: its segment is refused right after. */
struct reset_request {
	struct fact_sock s;
	uint64_t t;
};

struct tracker {
	struct tracker_config config;
	struct lines lines;
	struct names *names;
	struct conn_table *conns;
	struct listeners *listeners;

	/* ns: the first fact of all: what began earlier is older than the tracer */
	uint64_t t_first;
	uint64_t t_now; /* ns: the latest stamp seen */
	bool walked;	/* the tables of existing sockets have been read */

	struct pending pending[PENDING_MAX];
	unsigned int pending_count;
	struct aborted aborted[ABORTED_MAX]; /* a ring, oldest first */
	unsigned int aborted_head, aborted_count;
	/* cookies of sockets that ended lately, by cookie % CLOSED_MAX */
	uint64_t closed[CLOSED_MAX];
	/* the latest, from next_reset on the oldest */
	struct reset_request reset_requests[RESET_REQUESTS];
	unsigned int next_reset;
	/* children queued before their first transition, by address */
	struct fact_enqueue early[EARLY_MAX];

	uint64_t t_verdict;
	uint64_t connections, accepted, never_accepted, lost;
	uint64_t evicted, evicted_told;
	uint64_t drops[DROP_REASON_COUNT];
};

/* ---- tracker/state.c: what all phases share ---- */

bool life_exact(const struct tracker *t, enum fact_name name);
bool life_absent(const struct tracker *t, enum fact_name name);
struct listener *life_listener(struct tracker *t, const struct conn *c);

/* c belongs to l (NULL: to none that we know), and leaves the queue of another. */
void life_attach(struct tracker *t, struct conn *c, struct listener *l);

/*
 * c waits for accept() at l. Where accept() cannot be seen nobody knows for how long: then it only
 * belongs to l.
 */
void life_enqueue(struct tracker *t, struct listener *l, struct conn *c);

/*
 * c has left the accept queue without an accept() that was seen. One that has ended is told and
 * gone.
 */
void life_taken_unseen(struct tracker *t, struct conn *c, uint64_t at);

/* The owner as a fact names it; as a pid alone (FACT_F_OWNED); as the listener's until accept(). */
void life_own(struct tracker *t, struct conn *c, const struct fact_task *task);
void life_own_pid(struct tracker *t, struct conn *c, const struct fact_hdr *h, uint32_t pid);
void life_own_as(struct conn *c, const struct listener *l);

/*
 * A new entry, counted as a connection; the least recently touched makes room, counted. NULL: no
 * memory, counted too.
 */
struct conn *life_add(struct tracker *t, const struct fact_sock *s, bool request);
/* By cookie, else by ends. */
struct conn *life_find(struct tracker *t, const struct fact_sock *s);
/* A request becomes a connection: the bound of connections holds for it too. */
void life_promote(struct tracker *t, struct conn *c);
/* A connection whose earlier life nobody saw, in that state. */
struct conn *life_adopt(struct tracker *t, const struct fact_sock *s, unsigned int state);
void life_remember_ended(struct tracker *t, uint64_t cookie);
/* Whether that socket ended a moment ago: a fact about it is a repetition. */
bool life_ended_lately(const struct tracker *t, uint64_t cookie);

/*
 * Makes a transition of c and begins its line. The caller adds what this transition knows, then
 * tells it (life_told). NULL: the line is not wanted (--raw). A gap or an illegal transition is
 * reported, never smoothed over.
 */
struct event *life_move(struct tracker *t, struct conn *c, uint64_t at, unsigned int old_state,
			unsigned int new_state);
void life_told(struct tracker *t, struct event *e);
/* With --raw: the transition as the kernel's tracepoint fired. */
void life_tell_raw(struct tracker *t, const struct fact_hdr *h, const struct fact_sock *s,
		   unsigned int old_state, unsigned int new_state);

/* Why c is in CLOSE, NULL unknown. */
const char *life_close_reason(const struct conn *c);
/*
 * The last line of c, at `at`; c ended at `ended` (0: not yet, the stream ends first). c is gone
 * afterwards.
 */
void life_tell_close(struct tracker *t, struct conn *c, uint64_t at, uint64_t ended);
/* The RST of an aborted connection is sent just after its CLOSE: the last line waits for it. */
void life_wait_for_reset(struct tracker *t, struct conn *c, uint64_t at);
/* Those that have waited since `at` or longer are told at `now`. */
void life_finish_aborted(struct tracker *t, uint64_t at, uint64_t now);

/* ---- tracker/listen.c ---- */

/* The listener that a hook names, with its figures of that moment. NULL: the hook named none. */
struct listener *life_observe(struct tracker *t, const struct fact_hdr *h,
			      const struct fact_queues *q, uint32_t netns, uint16_t port);
/* Which of its queues was full when it was looked at last; DROP_UNKNOWN: none. */
enum drop_reason life_full_queue(const struct listener *l);
void life_count_drop(struct tracker *t, enum drop_reason reason, struct listener *l,
		     uint64_t count);
/* The listener's own counter rose by `count` more than was told one by one. */
void life_unnamed_drops(struct tracker *t, struct listener *l, uint64_t at, uint64_t count);
void life_on_listen(struct tracker *t, const struct fact_hdr *h);
void life_listener_closed(struct tracker *t, const struct fact_closed *f);
/* It has closed, nobody saw when. */
void life_listener_lost(struct tracker *t, struct listener *l, uint64_t at);
/* The figures of a listener that is known: tells refusals that nobody named, and a new limit. */
void life_refresh(struct tracker *t, struct listener *l, uint64_t at, const struct fact_queues *q);
/* Closes the window of a listener (ctx: the tracker): verdict, and its line where one is due. */
void life_judge(void *ctx, struct listener *l);

/* ---- tracker/request.c ---- */

struct conn *life_find_request(struct tracker *t, const struct fact_sock *s);
/* A request that is no more; given_up: why, DROP_UNKNOWN where nobody gave it up. */
void life_end_request(struct tracker *t, struct conn *c, uint64_t at, enum drop_reason given_up);
/* It leaves its listener's count of requests, until the kernel's own count is read again. */
void life_uncount_request(struct tracker *t, const struct conn *c);
/* Ends a request (ctx: the tracker) whose SYN-ACK should have gone out again long ago. */
void life_expire(void *ctx, struct conn *c);
void life_on_syn(struct tracker *t, const struct fact_hdr *h);
void life_on_retransmit(struct tracker *t, const struct fact_hdr *h);
void life_on_expired(struct tracker *t, const struct fact_hdr *h);
void life_on_drop(struct tracker *t, const struct fact_hdr *h);

/* ---- tracker/open.c ---- */

void life_on_connect(struct tracker *t, const struct fact_hdr *h);
void life_on_established(struct tracker *t, const struct fact_hdr *h);
/*
 * The child of a fast open, which was queued at its SYN, before any fact told its ends. NULL: s is
 * none.
 */
struct conn *life_fast_open(struct tracker *t, const struct fact_sock *s);
void life_on_enqueue(struct tracker *t, const struct fact_hdr *h);
/* Connections that wait for their listener since `at` or longer go on without. */
void life_flush_pending(struct tracker *t, uint64_t at);

/* ---- tracker/accept.c ---- */

void life_on_accept(struct tracker *t, const struct fact_hdr *h);
/* The errors of accept() that have not been told yet; task: who called last, or NULL. */
void life_accept_errors(struct tracker *t, struct listener *l, uint64_t at,
			const struct fact_task *task);

/* ---- tracker/close.c ---- */

void life_on_state(struct tracker *t, const struct fact_hdr *h);
void life_on_closed(struct tracker *t, const struct fact_hdr *h);
void life_on_reset(struct tracker *t, const struct fact_hdr *h);
void life_on_timewait(struct tracker *t, const struct fact_hdr *h);
void life_on_timewait_end(struct tracker *t, const struct fact_hdr *h);

/* ---- tracker/existing.c ---- */

void life_on_existing(struct tracker *t, const struct fact_hdr *h);
void life_on_existing_end(struct tracker *t, const struct fact_hdr *h);

#endif
