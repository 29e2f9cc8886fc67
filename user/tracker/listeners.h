/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listeners.h - the table of listening sockets: their two queues, who waits in the accept queue,
 * what they did since the last verdict.
 *
 * Owns the table of listeners, the accept queue's order (oldest first), the counts behind the
 * verdict and the summary. Prints nothing. Pure.
 */
#ifndef SOCKSTATE_LISTENERS_H
#define SOCKSTATE_LISTENERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "buckets.h"
#include "fact.h"
#include "listener/verdict.h"
#include "tracker/conn.h"

#define LISTENER_ERRNOS 8

struct listener_error {
	int err; /* positive errno; 0: free */
	uint64_t unreported;
};

/* Since the last verdict. */
struct listener_window {
	uint64_t start; /* ns */
	uint64_t refused, completed, accepted, fd_errors, syncookies;
	uint64_t refused_slow, refused_wait; /* as in struct verdict_input */
	bool shrank;			     /* the accept queue became shorter */
	struct durations waits; /* for accept(), of the connections that were accepted */
};

/* Durations since the last line of a listener with rates. */
struct listener_since {
	struct durations handshake, accept_wait;
};

struct listener {
	uint32_t id;
	uint64_t cookie, sk;
	uint32_t netns;
	uint32_t ifindex; /* as in struct fact_sock */
	int family;
	bool addr_known;
	uint8_t addr[16];
	uint16_t port;
	bool alive, preexisting;
	uint64_t t_state;   /* ns: in LISTEN since; 0 unknown */
	uint32_t pid, name; /* owner: who accepted last, else who holds it; 0 unknown */
	/* walks over open files: when one met the owner, and who else holds the socket */
	uint64_t owner_t, heir_t; /* ns; 0 never */
	uint32_t heir, heir_name; /* the latest of the others; 0 none */
	uint32_t opener;	  /* pid of the process that called listen(); 0 unknown */

	bool queues_known; /* accept_queue, backlog and drops are the kernel's */
	bool syn_known;	   /* syn_queue and syn_young are */
	uint32_t accept_queue, backlog, syn_queue, syn_young, drops;
	bool limit_known;      /* backlog alone is the kernel's */
	uint32_t syn_limit;    /* of the SYN queue, and one more; 0: not known */
	uint64_t cookies_sent; /* SYN cookies at its port since it began, or the tracer did */
	bool cookies_known;
	uint64_t cookies_before; /* at its port, when it began */
	struct {
		uint64_t sent, completed;     /* between the last two walks */
		uint64_t completed_before, t; /* ns: at the last of them */
	} flood;
	uint32_t cookie_stamp;
	uint32_t somaxconn;	/* 0 unknown */
	uint32_t backlog_asked; /* with asked_known */
	bool asked_known, drops_known;
	bool defers;		    /* TCP_DEFER_ACCEPT, at its latest request */
	uint64_t named_drops;	    /* refusals that facts named since `drops` was read */
	bool accept_full, syn_full; /* at the latest figures, or those before */
	uint32_t peak;
	uint32_t low, high; /* of the accept queue, since the last tracker_walk() */

	conn_id queue_oldest, queue_newest; /* known connections in the accept queue */
	uint32_t queued;
	uint64_t excess_t;   /* ns: `queued` is above the kernel's length since; 0: is not */
	uint64_t doubted_t;  /* ns: since when the oldest waits that was in doubt */
	uint64_t figures_t;  /* ns: when the kernel's figures were last read */
	bool accept_unseen;  /* some of its accepts were not seen */
	uint32_t connecting; /* clients of this machine in SYN_SENT to it */
	uint32_t refs;	     /* connections that point here */

	uint64_t t_known, t_accept;	       /* ns: first seen; last accept, 0 none yet */
	uint64_t completed, accepted, refused; /* while tracing */
	uint64_t unseen;   /* left the queue, and no accept() was seen; not counted in accepted */
	uint64_t unseen_t; /* ns: when the first of them left; 0: none, or it is reported */
	uint64_t departed; /* accepted after the client's FIN or RST */
	struct histogram *handshake, *accept_wait; /* NULL: nothing yet */
	struct listener_window window;
	uint64_t line_t, line_completed, line_accepted; /* at the last line, for rates */
	struct listener_since *since; /* what was counted since then; NULL: nothing yet */
	uint64_t error_t;	      /* ns: errors were last reported; 0 never */
	enum verdict verdict;
	struct listener_error errors[LISTENER_ERRNOS];
	struct listener *next_cookie, *next_sk, *next_port, *next_dead;
};

struct listeners;

struct listeners *listeners_new(void);
void listeners_free(struct listeners *ls);

struct listener *listener_get(struct listeners *ls, uint32_t id);
struct listener *listener_by_cookie(struct listeners *ls, uint64_t cookie);
/* By cookie, else by address of the living one. NULL: not known. */
struct listener *listener_by_queues(struct listeners *ls, const struct fact_queues *q);
/* The only living one at that port whose cookie is not known yet. NULL: none, or several. */
struct listener *listener_without_cookie(struct listeners *ls, uint32_t netns, uint16_t port);
/*
 * The living one that the kernel would choose for a segment to these ends (fact/lookup.h). NULL:
 * none, or several fit equally well.
 */
struct listener *listener_by_port(struct listeners *ls, const struct fact_sock *s);
/* A new one, alive. NULL: no memory. */
struct listener *listener_add(struct listeners *ls, uint64_t cookie, uint64_t sk, uint32_t netns,
			      uint16_t port, uint64_t t);
void listener_learn(struct listeners *ls, struct listener *l, uint64_t cookie, uint64_t sk);
/*
 * l listens no more. It is freed if it did nothing and no connection points to it, else kept for
 * the summary (bounded).
 */
void listener_died(struct listeners *ls, struct listener *l);
/* c belongs to l (NULL: to none) from now on; keeps the count of references. */
void listener_attach(struct listeners *ls, struct conn *c, struct listener *l);

/* Whether a living one fits these ends, even if it is one of several. */
bool listener_at_port(struct listeners *ls, const struct fact_sock *s);

/*
 * Takes over the kernel's figures as a hook read them at t (ns). Returns how many refusals the
 * kernel has counted beyond those that facts named.
 */
uint64_t listener_update(struct listener *l, uint64_t t, const struct fact_queues *q);

/* The length of the accept queue and its limit, from a child's copy: the child is counted. */
void listener_grew(struct listener *l, uint32_t accept_queue, uint32_t backlog);

/* c joins, and leaves, the accept queue of its listener: oldest first. Sets c->stage. */
void listener_enqueue(struct listeners *ls, struct conn_table *t, struct listener *l,
		      struct conn *c);
void listener_dequeue(struct listeners *ls, struct conn_table *t, struct conn *c);

void listener_completed(struct listener *l, const uint64_t *handshake_ns, bool syncookie);
/* A handshake that was counted at `counted` (NULL: at none) belongs to l. */
void listener_completed_elsewhere(struct listener *counted, struct listener *l);
void listener_accepted(struct listener *l, uint64_t t, const uint64_t *wait_ns);
/* An accept() that no hook saw, and (false) one that was seen after all. */
void listener_accept_unseen(struct listener *l, uint64_t t, bool unseen);
/*
 * waited_ns: how long the oldest connection in the queue had waited then, 0 none; slow: too long.
 */
void listener_refused(struct listener *l, uint64_t count, uint64_t waited_ns, bool slow);
/*
 * How long the oldest connection in the queue has waited at t (ns). at_least, if not NULL: whether
 * it may be longer. 0: none waits, as far as is known.
 */
uint64_t listener_oldest_wait(struct conn_table *conns, const struct listener *l, uint64_t t,
			      bool *at_least);
/* Counts an accept() error that is to be reported. False: there are too many kinds to hold. */
bool listener_error(struct listener *l, int err);

/* Fills `in` with the figures of the window that ends at t (ns), and begins the next. */
void listener_window_close(struct conn_table *conns, struct listener *l, uint64_t t,
			   struct verdict_input *in);

void listeners_each(struct listeners *ls, void (*fn)(void *ctx, struct listener *l), void *ctx);
uint32_t listeners_count(const struct listeners *ls);

#endif
