/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ring.h - the memory that facts cross in: a ring for each CPU, mapped into the programs and the
 * reader.
 *
 * A program takes room by moving `head`, reads the clock, and writes its fact. It writes the size
 * of the fact last: a record whose size is not zero is complete. The reader takes the records in
 * order, overwrites them with zeros and moves `tail`. There is no lock, and apart from the records
 * themselves no cache line that two CPUs write. In return, an incomplete record, whose
 * program was interrupted, holds back what follows in its ring.
 *
 * A ring consists of chunks, because the verifier has to see that a record lies within one value of
 * a map. A record belongs to the chunk that it begins in. What reaches beyond the end of the chunk
 * lies in the slack behind it.
 */
#ifndef SOCKSTATE_RING_H
#define SOCKSTATE_RING_H

#include <linux/types.h>

#define RING_CHUNK 4096
#define RING_SLACK 192 /* bytes; no record is longer */

/*
 * How far each side has come, in bytes since the beginning; never wrapped. Each has a cache line of
 * its own.
 */
struct ring_ends {
	__u64 head; /* room taken by programs of this CPU */
	__u64 pad[7];
	__u64 tail; /* read by user space */
	__u64 pad2[7];
};

#endif
