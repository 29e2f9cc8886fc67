/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parts.h - inside verify: what its files share.
 *
 * Not for use outside this folder. verify.c has the rounds and the rules, index.c the look-up by
 * hash, report.c turns a finding into a line or into a fact that corrects the tracker.
 */
#ifndef SOCKSTATE_VERIFY_PARTS_H
#define SOCKSTATE_VERIFY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "fact.h"

enum difference {
	UNKNOWN_SOCKET, /* the kernel has it, the tracker does not know it */
	GONE_SOCKET,	/* the tracker has it, the kernel does not list it */
	STATE_DIFFERS,
	/* the kernel's accept queue is shorter than the tracker's was at any time of the round */
	QUEUE_SHORTER,
	QUEUE_LONGER, /* the same, longer */
	BACKLOG_DIFFERS,
};

/* Which socket. Addresses in network order, ports in host order. */
struct ends {
	uint64_t cookie; /* 0 unknown */
	uint32_t netns;
	uint16_t lport, rport;
	uint16_t family;
	uint8_t laddr[16], raddr[16];
};

/* A difference between the tracker and the kernel, as one round found it. */
struct finding {
	struct ends ends;
	enum difference what;
	uint32_t inode;		  /* of the file that holds the socket, by the kernel; 0: none */
	uint64_t since;		  /* ns: the tracker's state began; 0 unknown */
	uint32_t tracker, kernel; /* two states, lengths or limits */
	bool reported;
};

/* ---- index.c ---- */

/* Finds entries of a list by hash. Open addressing: a slot holds the entry's number + 1, or 0. */
struct index {
	uint32_t *slot;
	size_t size; /* a power of two; 0: not built */
};

/* Makes room for one more entry of `size` bytes in *list, which has `count`. 0 or -ENOMEM. */
int list_grow(void *list, size_t count, size_t *room, size_t size);

/* Empties the index and makes room for count entries. 0 or -ENOMEM. */
int index_reset(struct index *x, size_t count);
void index_add(struct index *x, uint64_t hash, size_t number);
/*
 * The numbers of entries that may have a hash, one a call: *at begins as the hash. Returns the
 * number + 1, and 0 after the last.
 */
uint32_t index_next(const struct index *x, uint64_t *at);
void index_free(struct index *x);

/* Both leave out the cookie, because one side may not know it. */
uint64_t ends_hash(const struct ends *e);
bool ends_equal(const struct ends *a, const struct ends *b);

/* ---- report.c ---- */

/* Whether two rounds found the same: the same socket, the same two answers. */
bool finding_same(const struct finding *a, const struct finding *b);
uint64_t finding_hash(const struct finding *f);
/* The `verify` line of a finding. t: ns, its stamp. */
void finding_emit(const struct finding *f, uint64_t t, event_fn emit, void *ctx);
/*
 * What the kernel has, as the fact that corrects the tracker. False: queues and limits have no such
 * fact.
 */
bool finding_fact(const struct finding *f, uint64_t t, struct fact_existing *fact);

#endif
