// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/raw.h"

#include <stddef.h>

#include "tracker/handlers.h"

/* Where the facts of transitions keep the old state; the new one follows it. 0: no transition. */
static const size_t states_offset[FACT_KINDS] = {
	[FACT_STATE] = offsetof(struct fact_state, old),
	[FACT_CONNECT] = offsetof(struct fact_connect, old),
	[FACT_ESTABLISHED] = offsetof(struct fact_established, old),
	[FACT_CLOSED] = offsetof(struct fact_closed, old),
};

void raw_emit(struct tracker *t, const struct fact_hdr *h)
{
	size_t offset = h->kind < FACT_KINDS ? states_offset[h->kind] : 0;
	const uint8_t *states = (const uint8_t *)h + offset;
	struct event *e;

	if (h->kind == FACT_LISTEN && ((const struct fact_listen *)h)->err)
		return; /* no transition */
	if (!offset || open_is_duplicate(t, h))
		return;
	e = line_begin(&t->lines, EVENT_STATE, h->t);
	event_set(e, F_OLD, states[0]);
	event_set(e, F_NEW, states[1]);
	/* In each of these facts the socket follows the header. */
	line_ends(&t->lines, &((const struct fact_state *)h)->s);
	line_as_fired(&t->lines);
	line_emit(&t->lines);
}
