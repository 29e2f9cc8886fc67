/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * looks.h - looks at a listener (why/look.h) on their way through the stream: they come as facts,
 * so that a recording keeps them, and become one event of the type why for each pair. Pure.
 */
#ifndef SOCKSTATE_STREAM_LOOKS_H
#define SOCKSTATE_STREAM_LOOKS_H

#include "event/event.h"
#include "fact.h"

struct looks;

/* NULL when out of memory. */
struct looks *looks_new(void);
void looks_free(struct looks *l);
/* Learns from what is told who called listen() and who accepts. */
void looks_event(struct looks *l, const struct event *e);
/*
 * A FACT_LOOK. The event that it completes waits for looks_due(). -EBADMSG for what is no record of
 * a look, -ENOMEM where it is not kept.
 */
int looks_fact(struct looks *l, const struct fact_look *fact);
/* Tells the event that waits, if it is no later than t. */
void looks_due(struct looks *l, uint64_t t, event_fn fn, void *ctx);

#endif
