/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rings.h - reads the rings of all CPUs (bpf/ring.h) in the order of time. Pure: memory in, records
 * out.
 */
#ifndef SOCKSTATE_RINGS_H
#define SOCKSTATE_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"
#include "ring.h"

struct rings;

/*
 * Bytes of one of `count` rings that have `total` bytes together: a power of two, at least
 * RING_CHUNK. total 0: 8 MiB, but at least 512 KiB for each ring. 100 KiB hold some 900 facts.
 */
size_t rings_share(size_t total, unsigned int count);
/* Bytes of all chunks with their slack. */
size_t rings_memory(size_t ring_bytes, unsigned int count);

/*
 * The caller owns the memory: `count` ends, and rings_memory() bytes of chunks. All of it is zero
 * at the time `since` (ns). Returns NULL when out of memory.
 */
struct rings *rings_new(struct ring_ends *ends, unsigned char *chunks, size_t ring_bytes,
			unsigned int count, uint64_t since);
void rings_free(struct rings *r);

/*
 * Calls fn with the records of all rings in the order of their stamps: at most `max`, and none with
 * a stamp of *until (ns) or later. *until must be a time before the call. A record is a copy that
 * no program can change, and valid during the call of fn. If fn returns a negative errno, the read
 * ends.
 *
 * Returns the number of records, or that errno, or -EPROTO if a ring holds what no program writes.
 * Afterwards all records older than *until have been delivered. *until is lowered if `max` was
 * reached, or if a record is incomplete. The program of an incomplete record can be interrupted for
 * long; the record is not older than the one before it in its ring.
 */
int rings_read(struct rings *r, uint64_t *until, int max,
	       int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx);
/*
 * For when rings_read() has stopped at an incomplete record, and it takes too long: delivers the
 * complete records older than `until`, ring by ring, so that the other rings do not fill. Older
 * records will follow.
 */
int rings_read_ahead(struct rings *r, uint64_t until, int max,
		     int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx);
/*
 * True if a program may have found a ring full since the last rings_read() began. What it could not
 * write is missing behind the records that are there now, so a caller can tell of the loss first.
 */
bool rings_were_full(const struct rings *r);
/* How full the fullest ring is now, in percent. */
unsigned int rings_fill(const struct rings *r);
/*
 * For the end of a run that has no time left: drops the records older than `until` and returns how
 * many they were. An incomplete record counts as one, and hides what is behind it in its ring.
 */
uint64_t rings_abandon(struct rings *r, uint64_t until);

#endif
