/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hash.h - the hash functions of all tables in memory. Pure.
 *
 * None of them resists an attacker who chooses the keys; no table's keys are chosen so: cookies,
 * inodes and addresses of sockets are the kernel's.
 */
#ifndef SOCKSTATE_HASH_H
#define SOCKSTATE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 2^64 divided by the golden ratio, made odd (Knuth's multiplicative hashing). */
#define HASH_GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/*
 * An index of `bits` bits (1 to 64) for a key of 64 bits. The upper bits of the product are used:
 * each depends on all bits of the key below it. One multiplication; for keys that are counted up,
 * as cookies are, or aligned, as pointers are.
 */
static inline uint64_t hash_u64(uint64_t key, unsigned int bits)
{
	return key * HASH_GOLDEN >> (64 - bits);
}

/* Takes one more word into the hash h; begin with 0 or with the first word. */
static inline uint64_t hash_more(uint64_t h, uint64_t word)
{
	h = (h ^ word) * HASH_GOLDEN;
	return h ^ h >> 29;
}

/* Every bit of x changes every bit of the result, so that any of them can be an index. */
static inline uint64_t hash_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 32;
}

/* FNV-1a of len bytes of text. */
static inline uint32_t hash_text(const char *text, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)text[i]) * 16777619u;
	return h;
}

#endif
