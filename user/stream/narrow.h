/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * narrow.h - which facts of a recording concern the sockets that a replay asks for: --replay with a
 * filter of its own. A live run needs none of this, because its programs filter. Pure.
 */
#ifndef SOCKSTATE_STREAM_NARROW_H
#define SOCKSTATE_STREAM_NARROW_H

#include <stdbool.h>

#include "event/filter.h"
#include "fact.h"

/* Whether the listener that a fact names was in an earlier fact that passed. */
typedef bool (*narrow_knows_fn)(const void *ctx, const struct fact_queues *q);

/*
 * Some facts name a listener but not its address. They pass if `knows` says so; facts must
 * therefore come in the order of time.
 */
bool narrow_passes(const struct filter *f, const struct fact_hdr *fact, narrow_knows_fn knows,
		   const void *ctx);

#endif
