/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h - what is wrong with a listener, and what to do about it: rules over numbers. Pure.
 *
 * The rules are tried in the order of enum verdict from the worst; the first that holds is the
 * verdict.
 */
#ifndef SOCKSTATE_VERDICT_H
#define SOCKSTATE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/vocabulary.h"

/* Thresholds; the defaults stand in verdict_limits_init(). */
struct verdict_limits {
	/* accept wait (p50 of the window) from which the program counts as slow: 100 ms */
	uint64_t slow_ns;
	uint64_t stuck_ns;  /* oldest connection waits this long with no accept in that time: 5 s */
	uint32_t flood_min; /* SYN queue length from which a flood is considered: 16 */
	/* share of requests whose SYN-ACK went out more than once: 50 */
	uint32_t flood_old_percent;
};
void verdict_limits_init(struct verdict_limits *limits);

/* What a listener did in the window since the last verdict. */
struct verdict_input {
	uint32_t accept_queue, backlog, syn_queue, syn_young;
	uint32_t somaxconn;	/* 0 unknown */
	uint32_t backlog_asked; /* 0 unknown */
	/* TCP_DEFER_ACCEPT: clients that have answered, and send nothing yet, stay half open */
	bool defers;
	uint64_t refused; /* drops in the window: SYNs and final ACKs */
	/* those of them that came when a connection had waited slow_ns or longer already */
	uint64_t refused_slow;
	uint64_t refused_wait_ns; /* the longest such wait; 0 none */
	/*
	 * the queue was seen to become shorter: something takes connections, also where the filter
	 * or this kernel does not show its accept() calls
	 */
	bool shrank;
	uint64_t completed;  /* handshakes completed in the window */
	uint64_t accepted;   /* in the window */
	uint64_t fd_errors;  /* EMFILE and ENFILE in the window */
	uint64_t syncookies; /* completed from cookies, or known to be sent, in the window */
	/* between two walks over the listeners, and what completed meanwhile; 0: not known */
	uint64_t cookies_sent, cookies_completed;
	uint64_t wait_p50_ns; /* of connections accepted in the window; 0 none */
	/* how long the oldest queued connection has been waiting; 0 none */
	uint64_t oldest_wait_ns;
	bool oldest_at_least;	  /* it has waited longer: it is older than the tracer */
	uint64_t since_accept_ns; /* since the last accept, or since the listener is known */
};

enum verdict verdict_judge(const struct verdict_input *in, const struct verdict_limits *limits);
/*
 * Some were refused, and whether the program takes connections quickly is not known yet: it took
 * none of those that wait, and none has waited long. The caller keeps `refused` for the next
 * window.
 */
bool verdict_undecided(const struct verdict_input *in, const struct verdict_limits *limits);
/* One sentence for a tired engineer, with the numbers in it. Always NUL terminated. */
void verdict_advice(enum verdict v, const struct verdict_input *in, char *out, size_t size);

#endif
