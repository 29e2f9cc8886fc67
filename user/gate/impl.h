/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * impl.h - what a gate has counted: gate.c adds to it, judge.c reads it. For these two only.
 */
#ifndef SOCKSTATE_GATE_IMPL_H
#define SOCKSTATE_GATE_IMPL_H

#include "base/histogram.h"
#include "gate/gate.h"

/* What one rule has counted at one listener. */
struct cell {
	uint64_t count;	  /* what the rule counts; for times: how many are above the limit */
	uint64_t pending; /* connections that still wait, less than the limit so far */
	struct gate_connection worst[GATE_WORST];
};

/* Times that a rule can limit, in the order of enum gate_measure. */
enum timed { TIMED_WAIT, TIMED_HANDSHAKE, TIMED_COUNT };

struct watched {
	struct gate_listener is;
	struct histogram *times[TIMED_COUNT]; /* NULL: none was measured */
	uint64_t queue_peak, backlog;
	bool queue_known, backlog_known;
	uint32_t verdicts; /* bits 1 << enum verdict that were seen */
	struct cell cells[GATE_RULES_MAX];
};

struct gate {
	struct gate_config config;
	struct fact_list facts;
	struct watched **list;
	size_t count, room;
	struct queued *queued; /* connections that wait for accept() now */
	uint64_t lost;
	uint64_t t_first, t_last; /* ns: of the first and the latest event */
	bool overflow;		  /* more listeners than LISTENERS_MAX */
};

#endif
