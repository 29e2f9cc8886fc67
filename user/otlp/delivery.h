/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delivery.h - requests on their way to a receiver: which is due, what an answer means, when to try
 * again (opentelemetry-proto, docs/specification.md, "OTLP/HTTP Response"). Bounded memory; what is
 * not delivered is counted. Pure: the time is handed in.
 *
 * Of each signal one request is under way at a time, in the order in which they came. While the
 * receiver is away they gather; beyond the bound the oldest goes.
 */
#ifndef SOCKSTATE_OTLP_DELIVERY_H
#define SOCKSTATE_OTLP_DELIVERY_H

#include <stdbool.h>

#include "otlp/request.h"

/* Of one signal, in bytes of requests. */
#define DELIVERY_BYTES_MAX (16u << 20)

/* What became of data points and log records. */
enum delivery_fate {
	DELIVERY_TAKEN,	   /* by the receiver */
	DELIVERY_REJECTED, /* by a receiver that took the others (partial success) */
	DELIVERY_REFUSED,  /* with an answer after which it must not be sent again: 400 */
	DELIVERY_OVERFLOW, /* no room while the receiver was away or slow */
	DELIVERY_LEFT,	   /* not sent when the run ended */
	DELIVERY_FATE_COUNT,
};

/* "rejected" and so on, for a label. */
const char *delivery_fate_name(enum delivery_fate fate);

struct delivery_counts {
	uint64_t of[OTLP_SIGNAL_COUNT][DELIVERY_FATE_COUNT];
};

uint64_t delivery_undelivered(const struct delivery_counts *c, enum otlp_signal signal);

struct delivery_request {
	char *bytes;
	size_t size;
	uint64_t items;
	struct delivery_request *next;
};

struct delivery_answer {
	unsigned int status;	/* of HTTP; 0: none came */
	bool too_long;		/* it was not read to its end, and proves nothing */
	uint64_t retry_after_s; /* 0: not said */
	uint64_t rejected;	/* items of a partial success */
};

struct delivery;

/* seed: for the jitter. NULL when out of memory. */
struct delivery *delivery_new(uint64_t seed);
void delivery_free(struct delivery *d); /* accepts NULL */
/*
 * Whether a request of this size may come: there is room, or a receiver that is away makes the
 * oldest go. False: a receiver that takes requests will soon have made room.
 */
bool delivery_has_room(const struct delivery *d, size_t size);
/* Takes bytes, which malloc() gave. */
void delivery_add(struct delivery *d, enum otlp_signal signal, char *bytes, size_t size,
		  uint64_t items);
/* Counts what could not even be added. */
void delivery_overflow(struct delivery *d, enum otlp_signal signal, uint64_t items);
/* The request to send now (ns), which then is under way; NULL: none is. */
const struct delivery_request *delivery_due(struct delivery *d, enum otlp_signal signal,
					    uint64_t now);
/* The answer to it. True: it is tried again. */
bool delivery_answered(struct delivery *d, enum otlp_signal signal,
		       const struct delivery_answer *answer, uint64_t now);
/* ns until a request is due that is not under way; UINT64_MAX: none is. */
uint64_t delivery_wait(const struct delivery *d, uint64_t now);
bool delivery_empty(const struct delivery *d);
/* The run ends: nothing more is sent. */
void delivery_give_up(struct delivery *d);
const struct delivery_counts *delivery_counts(const struct delivery *d);

#endif
