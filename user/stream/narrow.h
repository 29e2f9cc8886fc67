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
#include "fact/lookup.h"

/* What was in earlier facts that passed. */
struct narrow_known {
	/* The listener that a fact names, if it was; l is filled then. */
	bool (*listener)(const void *ctx, const struct fact_queues *q, struct lookup_listener *l);
	/* Whether the connection was, or its request. */
	bool (*connection)(const void *ctx, const struct fact_sock *s);
	const void *ctx;
};

/*
 * Some facts name a listener but not its address, and a connection need not have its listener's
 * port (bpf/brought.bpf.h). They pass if `known` says so; facts must therefore come in the order of
 * time.
 */
bool narrow_passes(const struct filter *f, const struct fact_hdr *fact,
		   const struct narrow_known *known);
/* The queues of the listener that a fact of a connection may name; NULL: its kind has none. */
const struct fact_queues *narrow_queues(const struct fact_hdr *fact);

#endif
