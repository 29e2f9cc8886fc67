/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * counts.h - the per-CPU counters of what the programs could not send, by index into the map
 * `counts`.
 *
 * Private to the programs and user/kernel/stream_source.c.
 */
#ifndef SOCKSTATE_COUNTS_H
#define SOCKSTATE_COUNTS_H

enum count {
	COUNT_LOST_RING, /* facts that found the ring full */
	COUNT_LOST_MAP,	 /* accept() or listen() calls for which there was no memory */
	COUNT_RECOVERED, /* transitions that only the second program saw */
	COUNTS
};

#endif
