/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures.h - what the kernel says of a listener (its queues, limit and counter of refusals), and
 * what follows from it.
 */
#ifndef SOCKSTATE_TRACKER_FIGURES_H
#define SOCKSTATE_TRACKER_FIGURES_H

#include "listener/figures.h"
#include "tracker/impl.h"

/* The listener that a hook names, with its figures of that moment. NULL: the hook named none. */
struct listener *figures_observe(struct tracker *t, const struct fact_hdr *h,
				 const struct fact_queues *q, uint32_t netns, uint16_t port);
/* New figures of a known listener. Emits refusals that no fact named, and a changed limit. */
void figures_refresh(struct tracker *t, struct listener *l, uint64_t at,
		     const struct fact_queues *q);
/* Which queue of l was full at the latest figures; DROP_UNKNOWN: none. */
enum drop_reason figures_full_queue(const struct listener *l);
void figures_count_refusal(struct tracker *t, enum drop_reason reason, struct listener *l,
			   uint64_t count);
/* The listener's own counter rose by `count` more than facts named one by one. */
void figures_unnamed_refusals(struct tracker *t, struct listener *l, uint64_t at, uint64_t count);
/* A request leaves its listener's count of requests, until the kernel's own count is read again. */
void figures_uncount_request(struct tracker *t, const struct conn *c);
/* Emits the errors of accept() that are due; task: who called last, or NULL. */
void figures_emit_accept_errors(struct tracker *t, struct listener *l, uint64_t at,
				const struct fact_task *task);
/* All that is known of l now. */
struct listener_figures figures_of(const struct tracker *t, const struct listener *l);
/* Makes its `listener` line; the caller emits it. */
void figures_line(struct tracker *t, const struct listener *l, uint64_t at);

#endif
