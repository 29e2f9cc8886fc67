/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures.h - what is known of a listener at one moment, and the lines made of it: `listener` and
 * `summary`.
 *
 * The only author of these lines. The tracker fills the structs from facts, tally.c from the
 * counters of --summary. The functions fill an event that the caller has begun. Pure.
 *
 * A number that is not known is absent from the line. Unless a flag beside it says so, 0 or NULL
 * means not known. Pointers are borrowed until the event has been emitted.
 */
#ifndef SOCKSTATE_LISTENER_FIGURES_H
#define SOCKSTATE_LISTENER_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "event/totals.h"
#include "event/vocabulary.h"

struct listener_identity {
	uint64_t cookie;
	uint32_t netns;
	int family;	     /* AF_INET or AF_INET6 */
	const uint8_t *addr; /* network order; known with family */
	const char *ifname;  /* the interface that it is bound to */
	uint16_t port;	     /* host order */
	uint32_t pid;	     /* the owner */
	const char *comm;
};

struct listener_queues {
	bool accept_known, syn_known, backlog_known;
	uint32_t accept, syn; /* connections that wait, half-open requests */
	uint32_t backlog;
	bool syn_limit_known;
	uint32_t syn_limit; /* see the field syn_queue_limit */
};

/* What the programs of --summary count besides. */
struct listener_counters {
	uint64_t synack_retrans;     /* SYN-ACKs that were sent again */
	const uint64_t *transitions; /* by enum tcp_state: how often a socket entered it */
};

struct listener_figures {
	struct listener_identity identity;
	struct listener_queues queues;
	uint32_t peak; /* of the accept queue, while tracing; 0 is measured */
	uint32_t somaxconn;
	uint64_t cookies_sent; /* 0: none, or not known */
	bool drops_known;
	uint32_t drops; /* the kernel's own counter, with what came before tracing */

	/* while tracing; 0 is measured */
	uint64_t completed, refused;
	bool closed; /* it listens no more */
	bool accepts_known;
	uint64_t accepted, unseen, departed; /* as in struct listener_summary */
	enum verdict verdict;
	const char *advice; /* "": none */

	/* since the line before */
	uint64_t since_ns; /* how long that is; 0: the line has no rates */
	uint64_t completed_since, accepted_since;
	const struct spread *handshake, *accept_wait; /* NULL: not known */
	uint64_t oldest_wait_ns;		      /* 0: nobody waits, or not known since when */
	bool oldest_at_least;

	const struct listener_counters *counters; /* NULL: a run without --summary */
};

/* Told of a listener at which a connection has waited for long. */
typedef void (*waiting_fn)(void *ctx, uint64_t cookie, uint32_t netns, uint16_t port);

void listener_identity_put(const struct listener_identity *id, struct event *e);
void listener_queues_put(const struct listener_queues *q, struct event *e);
/* All of a `listener` line. */
void listener_figures_put(const struct listener_figures *f, struct event *e);

/* The listener's part of the `summary` line; the caller adds the quantiles. */
struct listener_summary listener_figures_summary(const struct listener_figures *f);

/* A whole run. 0 is measured. */
struct run_totals {
	uint64_t doubtful;	    /* connections that may have been counted before */
	uint64_t connections;	    /* that began during the run */
	uint64_t never_established; /* of these, as far as clients are seen */
	bool before_known;
	uint64_t before;    /* that existed before the run */
	bool accepts_known; /* accepted and still_queued are */
	uint64_t accepted, still_queued;
	uint64_t unseen, departed; /* of accepted */
	uint64_t stuck, stuck_ns;  /* as in struct listener_summary */
	uint32_t stuck_pid;	   /* 0 unknown */
	const char *stuck_comm;	   /* NULL unknown */
	bool never_accepted_known;
	uint64_t never_accepted;
	const uint64_t *drops; /* refusals, by enum drop_reason */
	uint64_t lost;
	const struct listener_summaries *listeners; /* NULL: out of memory */
	const struct listener_counters *counters;   /* NULL: a run without --summary */
};

/* All of a `summary` line. */
void run_totals_put(const struct run_totals *totals, struct event *e);

#endif
