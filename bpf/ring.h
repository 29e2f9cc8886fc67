/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ring.h - the memory between the programs and the reader: a ring for each CPU, mapped into both.
 *
 * A program takes room by moving `head`, looks at the clock, writes its fact there, and the fact's
 * size last: a record whose size is not zero is complete. The reader takes records in their order,
 * puts zeroes where they were, and moves `tail`. There is no lock, and no cache line that two CPUs
 * write, apart from the records themselves; but a program that is interrupted with a record in the
 * making holds back what follows in its ring until it goes on.
 *
 * A ring is cut into chunks, since the verifier wants to see that a record lies within one value of
 * a map. A record belongs to the chunk that it begins in; what reaches beyond its end lies in the
 * slack behind it.
 */
#ifndef SOCKSTATE_RING_H
#define SOCKSTATE_RING_H

#include <linux/types.h>

#define RING_CHUNK 4096
#define RING_SLACK 192 /* no record is longer */

/*
 * How far each side has come: bytes since the beginning, never wrapped. Each has a cache line of
 * its own.
 */
struct ring_ends {
	__u64 head; /* given to programs of this CPU */
	__u64 pad[7];
	__u64 tail; /* done with by the reader */
	__u64 pad2[7];
};

#endif
