/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapped_rings.h - the rings (bpf/ring.h) in memory that the BPF programs and sockstate share:
 * their number, their size, and the wait for new records. rings.h reads the records.
 */
#ifndef SOCKSTATE_MAPPED_RINGS_H
#define SOCKSTATE_MAPPED_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/source.h"

struct bpf_map;
struct ring_buffer;

struct mapping {
	void *at; /* NULL: none */
	size_t bytes;
};

struct mapped_rings {
	unsigned int count; /* of rings: one for each CPU up to the highest online now */
	size_t bytes;	    /* of each */
	size_t wake_bytes;  /* a program wakes the reader after writing this; a power of two */
	uint64_t since;	    /* ns: no record is older */

	struct mapping ends, chunks;
	struct rings *rings;
	struct ring_buffer *bell;
	uint64_t complete; /* ns: all older records have been handed over */
	bool caught_up;	   /* the last poll read all records that were there */
	bool stopped;	   /* the last poll stopped at an incomplete record */
};

/*
 * Sets what is known before the programs are loaded, and zeroes the rest. total: bytes of all rings
 * together; 0: a size that fits this machine.
 */
void mapped_rings_plan(struct mapped_rings *m, size_t total, int possible_cpus);
/* Sets the sizes of the maps before the object is loaded. Returns 0 or a negative errno. */
int mapped_rings_size(const struct mapped_rings *m, struct bpf_map *ends, struct bpf_map *chunks);
/* Maps the rings of a loaded object. Returns 0 or a negative errno. */
int mapped_rings_open(struct mapped_rings *m, const struct bpf_map *ends,
		      const struct bpf_map *chunks, const struct bpf_map *bell);
void mapped_rings_close(struct mapped_rings *m);

/* As the functions of source_kernel with these names. */
int mapped_rings_wait(const struct mapped_rings *m, int timeout_ms);
bool mapped_rings_were_full(const struct mapped_rings *m);
/* How full the fullest ring is now, in percent. */
unsigned int mapped_rings_fill(const struct mapped_rings *m);
int mapped_rings_poll(struct mapped_rings *m, record_fn fn, void *ctx);
int mapped_rings_poll_ahead(struct mapped_rings *m, record_fn fn, void *ctx);
uint64_t mapped_rings_abandon(struct mapped_rings *m, uint64_t until);

#endif
