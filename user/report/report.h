/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - what a page says of a recording: events in, figures of each listener out. Pure, and
 * bounded: a longer recording makes no larger report.
 *
 *	struct report *r = report_new();
 *	report_event(r, e, &origin);	every event of the stream, the summary too
 *	report_waiting(r, &origin);	at the end, each connection that is still queued
 *	report_finish(r);
 */
#ifndef SOCKSTATE_REPORT_REPORT_H
#define SOCKSTATE_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"
#include "event/coverage.h"
#include "event/event.h"
#include "report/life.h"
#include "report/series.h"
#include "report/worst.h"

#define REPORT_LISTENERS_MAX 256
#define REPORT_LOOKS_MAX     24
#define REPORT_SENTENCE	     480

/* One `why` look. */
struct report_look {
	uint64_t t; /* ns */
	enum diagnosis diagnosis;
	char sentence[REPORT_SENTENCE];
};

struct report_listener {
	uint64_t cookie; /* 0 unknown */
	uint32_t netns;	 /* inode; 0 unknown */
	uint32_t pid;	 /* owner; 0 unknown */
	char comm[16];
	int family; /* 0: the address is not known */
	uint8_t addr[16];
	char zone[16]; /* of a link-local address; "": none, or not known */
	uint16_t port; /* host order */
	bool backlog_known;
	uint32_t backlog, queue_peak;
	uint64_t completed, accepts, never_accepted, reset_queued, accept_errors, synack_retrans;
	uint64_t refused;	  /* SYNs and ACKs */
	uint64_t clients_believe; /* of those: final ACKs whose client takes itself for connected */
	uint64_t given_up;	  /* half-open requests */
	uint64_t drops[DROP_REASON_COUNT]; /* by reason, with those given up */
	enum verdict verdict;		   /* the worst that held, in the order of the vocabulary */
	char advice[256];		   /* of that verdict */
	struct histogram *handshake, *wait; /* NULL: none was measured */
	struct series series;
	struct report_look looks[REPORT_LOOKS_MAX];
	size_t look_count;
	uint64_t looks_total;
};

/* Which end of a connection an event is about, by the caller's store. id 0: of no connection. */
struct report_origin {
	uint64_t id;
	uint64_t peer;	  /* the other end, where that is a socket of this machine; 0: it is not */
	uint64_t t_first; /* ns: of the first event of either end */
};

struct report_run {
	char kernel[64], version[32];
	uint64_t t_first, t_last; /* ns */
	int64_t boot_offset_ns;	  /* ns: wall clock = t + this */
	struct fact_list facts;
	uint64_t events;
	uint64_t connections, accepts, never_accepted, still_queued;
	bool accepts_known, never_accepted_known, still_queued_known;
	uint64_t drops[DROP_REASON_COUNT];
	uint64_t lost, lost_at[FACT_LOST_PLACES];
	uint64_t listeners_left; /* events of listeners beyond the bound */
};

enum report_role { REPORT_SERVER, REPORT_CLIENT, REPORT_ROLES };

struct report;

struct report *report_new(void); /* NULL when out of memory */
void report_free(struct report *r);
/* Returns 0 or -ENOMEM. */
int report_event(struct report *r, const struct event *e, const struct report_origin *origin);
/* A connection that waits for accept() when the recording ends. */
void report_waiting(struct report *r, const struct report_origin *origin);
/* Nothing more will come: all series reach as far as the recording. */
void report_finish(struct report *r);

const struct report_run *report_run(const struct report *r);
size_t report_listeners(const struct report *r);
/* In order: trouble first, then by connections. After report_finish(). */
const struct report_listener *report_listener(const struct report *r, size_t i);
/* How long sockets were in a state: NULL where none has left it. */
const struct histogram *report_state(const struct report *r, enum report_role role,
				     unsigned int state);
const struct worst *report_worst(const struct report *r);
/* Of a connection of which only the client was seen: whose port it called, if that is known. */
void report_find_listener(const struct report *r, struct life *life);
/* Where refused SYNs cannot be seen, none is no figure. */
bool report_refused_known(const struct report_run *run, uint64_t refused);
bool report_accepts_known(const struct report_run *run);
/* Refusals of all listeners, without the requests that were given up. */
uint64_t report_refused(const struct report *r);

#endif
