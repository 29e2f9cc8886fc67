// SPDX-License-Identifier: BSD-2-Clause
#include "stream/select.h"

#include <string.h>

#include "base/hash.h"
#include "event/tcp.h"
#include "event/vocabulary.h"

#define BIT(type) (UINT32_C(1) << EVENT_##type)

#define ALWAYS (BIT(META) | BIT(LOST) | BIT(SUMMARY))
#define CONNECTION \
	(BIT(SOCKET) | BIT(STATE) | BIT(ACCEPT) | BIT(RETRANSMIT) | BIT(RESET) | BIT(CLOSE))

static bool is_one_of(const struct event *e, uint32_t types)
{
	return types >> e->type & 1;
}

static bool is_of_side(const struct event *e, enum filter_side side)
{
	enum role role = event_enum(e, F_ROLE);

	if (side == SIDE_SERVER)
		return role != ROLE_CLIENT;
	if (side == SIDE_CLIENT)
		return role != ROLE_SERVER && role != ROLE_LISTENER;
	return true;
}

/* Both ends of a connection on this machine are sampled apart: each has a cookie of its own. */
static bool is_sampled(const struct event *e, uint64_t one_in)
{
	uint64_t key = event_get(e, F_COOKIE);

	if (!key) { /* a client that was refused has no socket here: its ends stand for it */
		if (!event_has(e, F_RPORT) || !event_has(e, F_RADDR))
			return true;
		memcpy(&key, e->v[F_RADDR].addr, 4);
		key = hash_more(key, event_get(e, F_RPORT) << 16 | event_get(e, F_LPORT));
	}
	return hash_mix(key) % one_in == 0;
}

static bool reaches(const struct event *e, enum field f, uint64_t threshold)
{
	return !threshold || (event_has(e, f) && e->v[f].u >= threshold);
}

bool select_only_counts(const struct selection *s, const struct event *e)
{
	return s->count_time_wait && e->type == EVENT_SOCKET &&
	       event_get(e, F_SOCKET_STATE) == TCP_STATE_TIME_WAIT;
}

bool select_passes(const struct selection *s, const struct event *e)
{
	if (is_one_of(e, ALWAYS))
		return true;
	if (s->only && !is_one_of(e, s->only))
		return false;
	if (s->side != SIDE_BOTH && !event_has(e, F_RAW) && !is_of_side(e, s->side))
		return false;
	if (event_enum(e, F_ROLE) == ROLE_LISTENER)
		return true;
	if (is_one_of(e, CONNECTION) && (!reaches(e, F_ACCEPT_WAIT_NS, s->min_wait_ns) ||
					 !reaches(e, F_LIFE_NS, s->min_age_ns)))
		return false;
	return s->sample <= 1 || is_sampled(e, s->sample);
}

uint32_t select_unwanted(const struct selection *s)
{
	uint32_t read = s->only | ALWAYS;

	if (!s->only)
		return 0;
	/* Counted (select_only_counts()); looker_event() learns from these who is in trouble. */
	read |= BIT(SOCKET) | BIT(LISTENER) | BIT(DROP);
	if (s->only & BIT(WHY)) /* looks_event() learns from these whose program to look at */
		read |= BIT(STATE) | BIT(ACCEPT);
	return ~read;
}

bool select_is_brief(const struct event *e)
{
	return is_one_of(e, BIT(LISTENER) | BIT(WHY) | BIT(LOST) | BIT(VERIFY) | BIT(SUMMARY));
}

bool select_counts(const struct event *e)
{
	return is_one_of(e, BIT(STATE) | BIT(ACCEPT));
}
