/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * looker.h - takes a look at a listener by itself when something is wrong with it: its verdict
 * turns, clients are refused, or a connection has waited for long.
 *
 * Knows nothing of where the looks go: they are handed over as facts (FACT_LOOK).
 *
 *	rc = looker_new(&looker, 0, feed, ctx);
 *	looker_event(looker, e);			each event of the run
 *	looker_load(&looker, kernel);			before rights are given up
 *	looker_due(looker, now);			some ten times a second
 */
#ifndef SOCKSTATE_LOOKER_H
#define SOCKSTATE_LOOKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/record.h"
#include "event/event.h"
#include "kernel/source.h"

struct looker;

/*
 * wait_ns: --why-after; 0: without. -ENOMEM. Every function takes NULL for a looker: no looks.
 */
int looker_new(struct looker **out, uint64_t wait_ns, record_fn fn, void *ctx);
/*
 * Loads the programs that look, which takes as long as a start without them. Where the kernel
 * refuses them *w is freed and NULL: tracing goes on without.
 */
void looker_load(struct looker **w, const struct kernel_options *kernel);
void looker_event(struct looker *w, const struct event *e);
/* --why-after; 0: the verdict decides, and nobody has to tell who waits. */
uint64_t looker_wait_ns(const struct looker *w);
/* Who waits for that long is about to be told anew. */
void looker_waits_begin(struct looker *w);
/* A waiting_fn (listener/figures.h) for those who do; ctx is the looker. */
void looker_waits(void *ctx, uint64_t cookie, uint32_t netns, uint16_t port);
/* A look that somebody asks for. False: there are no looks, or too many are due. */
bool looker_ask(struct looker *w, uint64_t cookie, uint32_t netns, uint16_t port);
/* Takes the look that is due. */
void looker_due(struct looker *w, uint64_t now);
void looker_free(struct looker *w);

#endif
