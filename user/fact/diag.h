/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diag.h - an answer of NETLINK_SOCK_DIAG, byte by byte checked: messages in, rows out. Pure, so
 * that it can be fed with anything. kernel/sockdiag.h asks the questions.
 */
#ifndef SOCKSTATE_DIAG_H
#define SOCKSTATE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"
#include "listing/figures.h"

/*
 * One socket. e.task is empty, e.fd is -1, e.s.sk and e.listener_cookie are 0: netlink does not
 * have them.
 */
struct sockdiag_row {
	struct fact_existing e;
	bool request;	  /* a request_sock: half open, no socket yet */
	bool timewait;	  /* a timewait sock; its state may still be FIN_WAIT2 */
	uint32_t ends_ms; /* timewait: the time that was left when the kernel made the row */
	/*
	 * ns: the kernel made the row at this time or later. e.h.t may be much later, if the reader
	 * of the rows was delayed.
	 */
	uint64_t looked;
	bool v6only; /* listeners: IPV6_V6ONLY */
	bool queued; /* in an accept queue, as kernel/snapshot.c finds; a dump leaves it false */
	struct listing_figures figures;
};

/*
 * Reads the messages of one recv() that have this sequence number; others are left over from a dump
 * that failed. Bytes: aligned to 4. Hands over each row that has a family and a state of TCP,
 * without its times, with fn, and ends with what fn returns if that is not 0.
 *
 * Returns 1 if this was the last batch, 0 if more will come, or a negative errno. *interrupted is
 * set if the kernel says that its tables changed during the walk.
 */
int diag_batch(const void *bytes, size_t size, uint32_t seq, uint32_t netns,
	       int (*fn)(void *ctx, struct sockdiag_row *row), void *ctx, bool *interrupted);

#endif
