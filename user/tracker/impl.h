/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * impl.h - inside the tracker: its state, and what every file of it asks.
 *
 * Not for use outside this folder. Each fact has a handler (handlers.h), in the file of its phase
 * of a connection's life: listen.c, request.c, refuse.c, open.c, accept.c, close.c, existing.c.
 * The handlers share, from the bottom up: tracked.h (which connections are held), state.h (states
 * and the last line), accept_queue.h, figures.h (what the kernel says of a listener), identity.h
 * (which connection a fact is about). A pointer to a struct that is not defined here is the memory
 * of one file alone.
 */
#ifndef SOCKSTATE_TRACKER_IMPL_H
#define SOCKSTATE_TRACKER_IMPL_H

#include "base/units.h"
#include "event/tcp.h"
#include "tracker/conn.h"
#include "tracker/held.h"
#include "tracker/lines.h"
#include "tracker/listeners.h"
#include "tracker/names.h"
#include "tracker/tracker.h"

/* Ports whose count of SYN cookies is remembered after their listener. */
#define PORT_COOKIES_MAX 256
/* How long a line may wait for a fact that completes it. */
#define ACCEPT_WAIT  (100 * NS_MS) /* for accept() to return a connection that left the queue */
#define UNSEEN_WAIT  (1 * NS_S)	   /* for the same, until it is told that it was not seen */
#define ENQUEUE_WAIT (2 * NS_MS)   /* ESTABLISHED of an unknown request, for its listener */
#define RESET_WAIT   (100 * NS_MS) /* the close line of an aborted connection, for its RST */
/* How often. */
#define ERROR_EVERY   NS_S /* accept() errors of one listener are reported */
#define VERDICT_EVERY NS_S /* the window of a verdict */

struct tracker {
	struct tracker_config config;
	struct lines lines;
	struct names *names;
	struct places *places; /* where owners of listeners run */
	struct interfaces interfaces;
	struct conn_table *conns;
	struct listeners *listeners;

	struct ended *ended;		       /* tracked.c */
	struct early_children *early;	       /* identity.c */
	struct handshakes *handshakes;	       /* translated.c */
	struct reset_requests *reset_requests; /* refuse.c */
	struct child *child;		       /* open.c */
	struct held *held;		       /* tracker.c */
	struct aborted *aborted;	       /* close.c */
	struct failed_calls *failed_calls;     /* failed_calls.c */

	uint64_t t_first;  /* ns: the first fact; what began earlier is older than the tracer */
	uint64_t t_now;	   /* ns: the latest stamp seen */
	bool enqueue_seen; /* a hook sees who joins an accept queue */
	bool walked;	   /* the kernel's tables of existing sockets have been read */

	uint64_t t_verdict; /* ns: when verdicts were last given */
	/* counts of the whole run */
	uint64_t connections, connections_before, accepted, never_accepted, lost;
	uint64_t never_established;
	bool thin;	   /* connections that begin are marked */
	uint64_t doubtful; /* connections that may have been counted before */
	struct port_cookies {
		uint32_t netns;
		uint16_t port;
		uint64_t sent; /* SYN cookies since the tracer began, at the last walk */
	} port_cookies[PORT_COOKIES_MAX];
	uint64_t unseen, departed; /* accepts: that no hook saw, after the client's FIN or RST */
	uint64_t evicted, evicted_emitted;
	uint64_t drops[DROP_REASON_COUNT];
};

static inline bool tracker_exact(const struct tracker *t, enum fact_name name)
{
	return t->config.facts.fact[name].is == FACT_IS_EXACT;
}

static inline bool tracker_absent(const struct tracker *t, enum fact_name name)
{
	return t->config.facts.fact[name].is == FACT_IS_ABSENT;
}

/* NULL: not known. */
static inline struct listener *listener_of(const struct tracker *t, const struct conn *c)
{
	return listener_get(t->listeners, c->listener);
}

#endif
