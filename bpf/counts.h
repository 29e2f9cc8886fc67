/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * counts.h - counters of what the programs could not send: indexes of the map `counts`, which has a
 * value for each CPU.
 *
 * Private to the programs and user/kernel/stream_source.c.
 */
#ifndef SOCKSTATE_COUNTS_H
#define SOCKSTATE_COUNTS_H

enum count {
	COUNT_LOST_RING, /* facts that were dropped because the ring was full */
	/* accept() or listen() calls that were not followed because there was no memory */
	COUNT_LOST_MAP,
	COUNT_RECOVERED, /* transitions that the second program (again.bpf.h) recovered */
	COUNTS
};

#endif
