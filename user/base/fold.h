/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fold.h - puts constants into BPF programs in place of loads from their read-only data. Pure:
 * instructions in, instructions out.
 *
 * The verifier knows what such a load gives, and cuts branches by it, but leaves the load itself in
 * the program. Every program then begins with a cache miss: the settings of our programs lie in a
 * map that nothing else keeps in the cache, and that takes 30 ns for each packet.
 */
#ifndef SOCKSTATE_FOLD_H
#define SOCKSTATE_FOLD_H

#include <stddef.h>
#include <stdint.h>

struct bpf_insn;

/* Read-only data as the kernel will have it: final when the programs are loaded. */
struct fold_data {
	int map; /* descriptor of its map, which the instructions refer to */
	const uint8_t *bytes;
	size_t size;
};

/*
 * Folds what is loaded from a constant place into a number of up to 31 bits (of any 32 bits, where
 * 32 are loaded). count: instructions, with those of the program's functions. Other loads stay.
 * Returns how many were folded; no instruction is added or removed. Without memory none is.
 */
size_t fold_loads(struct bpf_insn *insn, size_t count, const struct fold_data *data);

#endif
