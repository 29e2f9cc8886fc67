/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapped_rings.h - the rings (bpf/ring.h) in the memory that we share with the programs: how many
 * there are, how large, and waiting for what they bring. Their records are read by rings.h.
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
	unsigned int count; /* one for each number of a CPU that is there now */
	size_t bytes;	    /* of each */
	size_t wake_bytes;  /* a program that has written so much rings the bell: a power of two */
	uint64_t since;	    /* ns: no record is older */

	struct mapping ends, chunks;
	struct rings *rings;
	struct ring_buffer *bell;
	uint64_t complete; /* ns: all that is older has been handed over */
	bool caught_up;	   /* the last poll read all that was there */
	bool stopped;	   /* or stopped at a record in the making */
};

/*
 * All zero but what can be told before the programs are loaded. total: bytes of all rings, 0: as
 * many as are fit.
 */
void mapped_rings_plan(struct mapped_rings *m, size_t total, int possible_cpus);
/* The maps of an object that is not loaded yet. 0 or a negative errno, as of the next. */
int mapped_rings_size(const struct mapped_rings *m, struct bpf_map *ends, struct bpf_map *chunks);
/* Of a loaded one. */
int mapped_rings_open(struct mapped_rings *m, const struct bpf_map *ends,
		      const struct bpf_map *chunks, const struct bpf_map *bell);
void mapped_rings_close(struct mapped_rings *m);

/* source_kernel_poll(), source_kernel_poll_ahead() */
int mapped_rings_poll(struct mapped_rings *m, int timeout_ms, record_fn fn, void *ctx);
int mapped_rings_poll_ahead(struct mapped_rings *m, record_fn fn, void *ctx);

#endif
