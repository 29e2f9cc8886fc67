/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rings.h - reads the rings that the programs write, one for each CPU (bpf/ring.h), in the order of
 * time. Pure: memory in, records out.
 */
#ifndef SOCKSTATE_RINGS_H
#define SOCKSTATE_RINGS_H

#include <stddef.h>
#include <stdint.h>

#include "fact.h"
#include "ring.h"

struct rings;

/*
 * Bytes of each of count rings, a power of two and RING_CHUNK at least, where all together are to
 * have total; 0 is 8 MiB, and 512 KiB for each where they are many. 100 KiB are some 900 facts.
 */
size_t rings_share(size_t total, unsigned int count);
/* Bytes that all chunks take, with their slack. */
size_t rings_memory(size_t ring_bytes, unsigned int count);

/*
 * Memory is the caller's: count ends, and rings_memory() of chunks, all zero at since (ns). NULL
 * when out of memory.
 */
struct rings *rings_new(struct ring_ends *ends, unsigned char *chunks, size_t ring_bytes,
			unsigned int count, uint64_t since);
void rings_free(struct rings *r);

/*
 * Hands over the records of all rings in the order of their stamps, at most max, and none of *until
 * (ns) or later, which is to be a time before the call. A record is valid during the call of fn; a
 * negative errno of fn ends it.
 *
 * Returns how many, or that errno, or -EPROTO where a ring holds what no program writes. *until:
 * everything older has been handed over by now. That is earlier than asked for where max was
 * reached, and where a record is in the making: its program may have been interrupted for long, and
 * it is no older than what stands before it in its ring.
 */
int rings_read(struct rings *r, uint64_t *until, int max,
	       int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx);
/*
 * Where rings_read() has just stopped at a record in the making, and that takes too long: what else
 * is complete and older than until, ring by ring, so that the others do not run over. Older ones
 * will follow.
 */
int rings_read_ahead(struct rings *r, uint64_t until, int max,
		     int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx);

#endif
