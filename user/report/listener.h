/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listener.h - the listeners of a report: which one an event is about, and what it adds. For the
 * files of report/ alone.
 */
#ifndef SOCKSTATE_REPORT_LISTENER_H
#define SOCKSTATE_REPORT_LISTENER_H

#include "report/report.h"

struct listener_set {
	struct report_listener **list;
	size_t count, room;
	struct report_listener *latest; /* found last: most events are about the same */
	bool full;			/* the bound was met */
};

void listener_set_free(struct listener_set *set);
/*
 * The listener of e; a new one begins its series at t0. NULL: e is about none, or *rc is -ENOMEM,
 * or set->full.
 */
struct report_listener *listener_of(struct listener_set *set, const struct event *e, uint64_t t0,
				    int *rc);
/* Adds e. Returns 0 or -ENOMEM. */
int listener_event(struct report_listener *l, const struct event *e);
/* Of a close line: a connection, and not a request that came to nothing. */
bool listener_was_established(const struct event *e);
/* Trouble first, then by connections. */
void listener_set_sort(struct listener_set *set);

#endif
