/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row.h - an open socket as `sockstate list` shows it, and what one look at it proves. Pure.
 *
 * A row says how long a socket has been like this only where the kernel's own figures prove it. A
 * time that is a lower bound is marked as one; what is not known is not set.
 *
 *	listing_row_make(&row, &e, &figures, LISTING_QUEUED);
 *	listing_row_event(&row, &event);
 */
#ifndef SOCKSTATE_LISTING_ROW_H
#define SOCKSTATE_LISTING_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "event/tcp.h"
#include "fact.h"
#include "listing/figures.h"

enum listing_kind {
	LISTING_CONNECTION,
	LISTING_LISTENER,
	LISTING_QUEUED,	  /* complete, in the accept queue: no file holds it */
	LISTING_REQUEST,  /* half open: a request_sock, with SYN_RECV for its state */
	LISTING_TIMEWAIT, /* a timewait socket: TIME_WAIT or FIN_WAIT2 */
};

/* The kernel's states, and one that it has no name for. Bits 1 << state in a mask. */
#define LISTING_STATE_QUEUED TCP_STATE_COUNT
#define LISTING_STATES	     (TCP_STATE_COUNT + 1)

enum listing_basis {
	LISTING_UNKNOWN,
	LISTING_EXACT,	  /* but for the grain of jiffies */
	LISTING_AT_LEAST, /* so long, or longer */
};

/* What the client has done to a connection that waits for accept(). */
enum listing_end {
	LISTING_ALIVE, /* nothing that is known */
	LISTING_FIN,   /* it has closed its end */
	LISTING_RST,   /* it has reset it: accept() will return a dead connection */
};

struct listing_time {
	uint64_t ns;
	enum listing_basis is;
};

struct listing_row {
	uint64_t t; /* ns, CLOCK_MONOTONIC: when the row was read */
	struct fact_sock s;
	enum listing_kind kind;
	uint64_t listener;	/* cookie; 0: not known */
	struct listing_time in; /* time in the state, or in the accept queue */
	struct listing_time idle;
	uint64_t unread, unsent;
	bool has_bytes;
	/* of the listener: its own, or that of the one that a queued connection waits at */
	bool has_queue;
	uint32_t accept_queue, backlog, syn_queue, drops;
	uint32_t pid;	    /* 0: not known */
	int32_t fd;	    /* of the owner; -1: not known */
	const char *ifname; /* the interface that it is bound to; NULL: none, or not known */
	char comm[16 + 1];
	uint32_t retrans; /* segments sent again; of a request, its SYN-ACK */
	bool mptcp;
};

void listing_row_make(struct listing_row *row, const struct fact_existing *e,
		      const struct listing_figures *f, enum listing_kind kind);
/* The state, or LISTING_STATE_QUEUED. */
unsigned int listing_row_state(const struct listing_row *row);
enum listing_end listing_row_end(const struct listing_row *row);
const char *listing_state_name(unsigned int state);
/* The names that listing_states_parse() takes, in order; NULL behind the last. */
const char *listing_state_word(size_t i);
/*
 * Reads "queued,CLOSE_WAIT", in any case, and ss's close-wait, syn-recv and listening: adds 1 <<
 * state to *mask. Returns 0, or -EINVAL with one line in err; then *mask is untouched.
 */
int listing_states_parse(const char *text, uint32_t *mask, char *err, size_t err_size);
/* A `socket` line. e borrows from row. */
void listing_row_event(const struct listing_row *row, struct event *e);

#endif
