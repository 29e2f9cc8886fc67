// SPDX-License-Identifier: BSD-2-Clause
#include "stream/overload.h"

/* A reader that leaves less than this in the rings has caught up: larger rings are the remedy. */
#define BEHIND_PERCENT 25
/* Behind in so many of the last ten looks: a reader that stood still for a moment is not. */
#define BEHIND_COUNT 3
#define LAST_LOOKS   0x3ffu
/* Facts that come are below this part of what was sustained: 3 / 4. */
#define CALM_OF	  4
#define CALM_PART 3
/* Three seconds, and up to a minute where each end was followed by another begin. */
#define CALM_FIRST 30u
#define CALM_MOST  600u
/* And so many times as long where as much comes as before, or more, and nothing is lost. */
#define QUIET_TIMES 20u
/* Another begin within ten seconds: it ended too early. */
#define SOON 100u

static enum overload_change begin(struct overload *o)
{
	bool soon = o->calm_wants && o->since < SOON;

	o->on = true;
	o->behind = 0;
	o->calm = o->quiet = 0;
	o->calm_wants = soon ? 2 * o->calm_wants : CALM_FIRST;
	if (o->calm_wants > CALM_MOST)
		o->calm_wants = CALM_MOST;
	return OVERLOAD_BEGINS;
}

bool overload_is_behind(const struct overload_evidence *e)
{
	return e->lost && e->left_percent >= BEHIND_PERCENT;
}

static enum overload_change while_off(struct overload *o, const struct overload_evidence *e)
{
	bool behind = overload_is_behind(e);

	o->since += o->since < SOON;
	if (!o->behind)
		o->sustained = 0; /* of another time, and perhaps of another load */
	o->behind = (o->behind << 1 | behind) & LAST_LOOKS;
	if (behind && e->read > o->sustained)
		o->sustained = e->read;
	return __builtin_popcount(o->behind) >= BEHIND_COUNT ? begin(o) : OVERLOAD_STAYS;
}

static enum overload_change while_on(struct overload *o, const struct overload_evidence *e)
{
	bool quiet = !e->lost && e->left_percent < BEHIND_PERCENT;
	bool calm = quiet && e->read * CALM_OF <= o->sustained * CALM_PART;

	o->calm = calm ? o->calm + 1 : 0;
	/* What was sustained is that of a reader which may have been slow for a while only. */
	o->quiet = quiet ? o->quiet + 1 : 0;
	if (o->calm < o->calm_wants && o->quiet < QUIET_TIMES * o->calm_wants)
		return OVERLOAD_STAYS;
	o->on = false;
	o->since = 0;
	return OVERLOAD_ENDS;
}

enum overload_change overload_look(struct overload *o, const struct overload_evidence *e)
{
	return o->on ? while_on(o, e) : while_off(o, e);
}
