// SPDX-License-Identifier: BSD-2-Clause
#include "stream/moment.h"

#include "event/vocabulary.h"

static bool is_bad(const struct bad_moment *m, const struct event *e)
{
	switch (e->type) {
	case EVENT_DROP:
	case EVENT_ACCEPT_ERROR:
		return true;
	case EVENT_LISTENER:
		return event_has(e, F_VERDICT) && event_enum(e, F_VERDICT) != VERDICT_OK;
	case EVENT_ACCEPT:
		return event_has(e, F_ACCEPT_WAIT_NS) &&
		       event_get(e, F_ACCEPT_WAIT_NS) >= m->slow_ns;
	case EVENT_CLOSE:
		return event_enum(e, F_END) == CLOSE_NEVER_ACCEPTED;
	default:
		return false;
	}
}

void bad_moment_event(struct bad_moment *m, const struct event *e, uint64_t now)
{
	if (m->due || !is_bad(m, e))
		return;
	m->due = now + MOMENT_AFTER_NS;
	if (m->kept && m->due < m->kept + MOMENT_EVERY_NS)
		m->due = m->kept + MOMENT_EVERY_NS;
}

bool bad_moment_due(struct bad_moment *m, uint64_t now)
{
	if (!m->due || now < m->due)
		return false;
	m->due = 0;
	m->kept = now;
	return true;
}

bool bad_moment_left(const struct bad_moment *m)
{
	return m->due;
}
