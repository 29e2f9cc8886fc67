/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.h - the listeners of a summary, one row each, and the order in which they are shown. Pure.
 */
#ifndef SOCKSTATE_SUMMARY_ROWS_H
#define SOCKSTATE_SUMMARY_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "event/totals.h"
#include "event/why_report.h"

#define ADVICE_BYTES 256

struct row {
	uint64_t cookie;
	int family;
	uint8_t addr[16];
	char zone[16]; /* of a link-local address; "": none, or not known */
	uint16_t port;
	uint64_t netns, pid; /* 0: not known */
	char comm[32];
	bool queues, gone; /* queues: a listener line had its queues */
	uint64_t accept_queue, backlog, syn_queue;
	uint64_t completed, accepted, drops;
	uint64_t completed_rate, accepted_rate;
	struct quantiles handshake, accept_wait;
	bool judged;
	enum verdict verdict;
	char advice[ADVICE_BYTES];
	enum diagnosis diagnosis; /* of the last look; sentence "": there was none */
	char sentence[WHY_SENTENCE_MAX];
};

/* All zero: no rows. The owner frees list. */
struct rows {
	struct row *list;
	size_t count, room;
	bool waiting; /* there are listener lines that are not drawn yet */
};

/* Learns from a listener line. */
void rows_learn_listener(struct rows *all, const struct event *e);
/* Learns from a look. It stands until the verdict is OK again, as the advice does. */
void rows_learn_why(struct rows *all, const struct event *e);
/* Learns from a summary, which has a listener that has closed, too. */
void rows_learn_summary(struct rows *all, const struct event *e);
/* Sorts those in trouble first, then the busiest; closed listeners last. */
void rows_sort(struct rows *all);
/* Whether they are in more than one network namespace. */
bool rows_in_several(const struct rows *all);

#endif
