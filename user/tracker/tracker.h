/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tracker.h - the life of a socket: facts in, events out.
 *
 * Pure: no kernel, no clock but the facts' stamps, no output but the event function. Facts must
 * come in the order of their stamps (order.h); a fact out of order still works, its event carries
 * `late`.
 *
 *	struct tracker *t = tracker_new(&config, print, view);
 *	tracker_fact(t, &fact->h);
 *	...
 *	tracker_finish(t, now_ns);
 *	tracker_free(t);
 */
#ifndef SOCKSTATE_TRACKER_H
#define SOCKSTATE_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/coverage.h"
#include "event/event.h"
#include "event/filter.h"
#include "event/totals.h"
#include "event/vocabulary.h"
#include "fact.h"
#include "fact/lookup.h"
#include "listener/figures.h"
#include "listener/verdict.h"

struct tracker_config {
	struct filter filter;
	struct fact_list facts;
	struct verdict_limits verdict; /* thresholds, documented in verdict.h */
	/* between listener lines; 0: only when the limit or the verdict changes */
	uint64_t interval_ns;
	size_t max_connections; /* bound of the table of connections */
	size_t max_requests;	/* bound of the table of half-open requests */
	bool raw;		/* transitions as the kernel's tracepoint fired them */
	/* bits 1 << enum event_type: lines that nobody reads are neither described nor emitted */
	uint32_t unwanted;
};
void tracker_config_init(struct tracker_config *config);

struct tracker;

/* Returns NULL when out of memory. The config is copied. */
struct tracker *tracker_new(const struct tracker_config *config, event_fn emit, void *ctx);
void tracker_free(struct tracker *t);

/*
 * Takes one checked fact (decode.h). Never fails: what cannot be kept is evicted, counted, and
 * reported as `lost`.
 */
void tracker_fact(struct tracker *t, const struct fact_hdr *fact);

/*
 * The stream ends at now (ns, CLOCK_MONOTONIC). Emits what is pending, and the summary as the last
 * event.
 */
void tracker_finish(struct tracker *t, uint64_t now);

/*
 * From now on, or no longer: the events of each connection that begins bear the mark `thinned`, as
 * long as it lives. What is done about them is the stream's.
 */
void tracker_thin(struct tracker *t, bool on);

/* For verify/, run/top_rows.c and tests: a socket that, as far as the tracker knows, exists. */
struct tracker_socket {
	uint64_t cookie; /* 0 unknown */
	uint32_t netns;
	int family;
	uint8_t laddr[16], raddr[16];
	uint16_t lport, rport;
	unsigned int state; /* enum tcp_state; a half-open request is SYN_RECV */
	bool listener;
	uint32_t accept_queue;		/* listeners: the latest known length */
	uint32_t queue_low, queue_high; /* its extremes since the last walk */
	uint32_t backlog;
	uint64_t since; /* ns: when the state was entered; 0 unknown */
	/* of connections */
	bool request, timewait;
	bool queued; /* in the accept queue, since queued_since (ns; 0 unknown) */
	uint64_t queued_since;
	uint64_t of_listener; /* cookie; 0 unknown */
	uint32_t pid;	      /* the owner; 0 unknown */
	const char *comm;     /* borrowed; NULL unknown */
	uint32_t synack_retrans;
};
/* Whether it knows the listener that a hook names; what of it is known, the address borrowed. */
bool tracker_has_listener(const struct tracker *t, const struct fact_queues *q,
			  struct lookup_listener *known);
/* Whether it knows the connection, or its request. */
bool tracker_has_connection(const struct tracker *t, const struct fact_sock *s);
/* Adds where pid runs to a line, if it is known. The line borrows until the next fact. */
void tracker_place(const struct tracker *t, uint32_t pid, struct event *e);
/* The listeners whose oldest connection has waited for accept() for that long. */
void tracker_waiting(struct tracker *t, uint64_t wait_ns, waiting_fn fn, void *ctx);
/*
 * Whether a connection seems to wait although the length of its queue was not read since: an
 * accept() that no hook saw may have taken it. Asked for in time: long before the wait is slow.
 */
bool tracker_wants_figures(struct tracker *t);
void tracker_walk(struct tracker *t, void (*fn)(void *ctx, const struct tracker_socket *s),
		  void *ctx);

#endif
