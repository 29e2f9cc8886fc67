// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/raw.h"

void raw_emit(struct tracker *t, const struct fact_hdr *h, const struct fact_sock *s,
	      unsigned int old_state, unsigned int new_state)
{
	struct event *e;

	if (!t->config.raw)
		return;
	e = line_begin(&t->lines, EVENT_STATE, h->t);
	event_set(e, F_OLD, old_state);
	event_set(e, F_NEW, new_state);
	event_set(e, F_RAW, true);
	line_ends(&t->lines, s);
	line_emit(&t->lines);
}
