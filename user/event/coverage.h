/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * coverage.h - what a run can know: for each fact whether it is exact, derived or absent, and why.
 *
 * Owns the names (they stand in the meta line) and the struct that tells them. user/fact/hooks.c
 * fills it by trying; the tracker, the meta line and `sockstate doctor` read it. Nothing else
 * decides about tiers.
 */
#ifndef SOCKSTATE_FACTS_H
#define SOCKSTATE_FACTS_H

#include <stdbool.h>

/* FACT(id, name, meaning) */
#define FACT_NAMES(FACT)                                                                  \
	FACT(SYN_RECV_BEGIN, "syn_recv_begin", "when the SYN made a connection request")  \
	FACT(HANDSHAKE, "handshake", "how long the handshake took")                       \
	FACT(SYN_DROP, "syn_drop", "whose SYNs the listener refused")                     \
	FACT(ACK_DROP, "ack_drop", "which final ACKs the listener refused")               \
	FACT(REQUEST_EXPIRED, "request_expired", "when a half-open request was given up") \
	FACT(ENQUEUE, "enqueue", "when a connection entered the accept queue, and whose") \
	FACT(ACCEPT, "accept", "when accept() took a connection")                         \
	FACT(ACCEPT_CALL, "accept_call", "when accept() was called, and its errors")      \
	FACT(ACCEPT_IO_URING, "accept_io_uring", "accepts through io_uring")              \
	FACT(RELISTEN, "relisten", "listen() called again")                               \
	FACT(RESET_REASON, "reset_reason", "why a RST was sent")                          \
	FACT(TIME_WAIT_BEGIN, "time_wait_begin", "when TIME_WAIT begins")                 \
	FACT(TIME_WAIT_END, "time_wait_end", "when TIME_WAIT ends")

enum fact_name {
#define FACT(id, name, meaning) KNOW_##id,
	FACT_NAMES(FACT)
#undef FACT
		KNOW_COUNT
};

enum fact_is {
	FACT_IS_ABSENT,
	FACT_IS_DERIVED,
	FACT_IS_EXACT,
};

#define FACT_WHY_MAX 160

struct fact_knowledge {
	enum fact_is is;
	char why[FACT_WHY_MAX]; /* "" only where exact */
	char by[64];		/* the hook that serves it, for doctor; "" none */
};

struct fact_list {
	struct fact_knowledge fact[KNOW_COUNT];
};

const char *fact_name(enum fact_name name);
const char *fact_meaning(enum fact_name name);
/* "absent", "derived" or "exact" */
const char *fact_is_name(enum fact_is is);

/* Why SYN_DROP is absent where the kernel's counter of a listener tells how many were refused. */
#define FACT_WHY_SYNS_COUNTED "counted, but named only with --name-syn-drops"
/* Whether it is known how many SYNs were refused, if not whose they were. */
bool coverage_syns_counted(const struct fact_list *facts);

#define COVERAGE_UNSEEN_MAX 400
/*
 * What this run does not see, for a person: "names of refused clients and the end of TIME_WAIT are
 * not visible". "" where every fact is exact or derived.
 */
void coverage_unseen(const struct fact_list *facts, char out[COVERAGE_UNSEEN_MAX]);

#endif
