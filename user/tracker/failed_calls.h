/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failed_calls.h - listen() that failed, and accept() on a socket that does not listen: it was shut
 * down, or its listen() had failed.
 *
 * A program may call again at once, for ever. So of each socket and error one line is emitted at
 * once, then one a second with the number of failures. Remembers the latest FAILED_CALLS_MAX; none
 * is left out of the numbers, but for sockets that have neither a cookie nor a port.
 */
#ifndef SOCKSTATE_FAILED_CALLS_H
#define SOCKSTATE_FAILED_CALLS_H

#include "tracker/impl.h"

#define FAILED_CALLS_MAX 16

struct failed_call {
	enum event_type type; /* EVENT_ACCEPT_ERROR or EVENT_LISTEN_ERROR */
	struct fact_sock s;   /* the socket that it was called on */
	struct fact_task task;
	int err; /* positive errno */
	bool asked_known;
	uint32_t backlog_asked;
};

struct failed_calls *failed_calls_new(void);

void failed_call(struct tracker *t, uint64_t at, const struct failed_call *call);
/* Emits what has waited since `before` (ns) or longer, at `now`. */
void failed_calls_flush(struct tracker *t, uint64_t before, uint64_t now);

#endif
