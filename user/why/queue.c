// SPDX-License-Identifier: BSD-2-Clause
#include "why/queue.h"

#include <stddef.h>

#include "base/units.h"

/* Looks that are closer together do not tell the frequency of the kernel's clock. */
#define SPAN_MIN (50 * NS_MS)

/* CONFIG_HZ has one of these values; 0: not known. */
static unsigned int frequency(const struct why_listener *was, const struct why_listener *is)
{
	static const unsigned int values[] = {100, 250, 300, 1000};
	uint64_t span = is->t - was->t, ticks = is->jiffies - was->jiffies;
	unsigned int best = 0;
	uint64_t least = UINT64_MAX;

	if (is->t < was->t || span < SPAN_MIN || is->jiffies < was->jiffies)
		return 0;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint64_t expected = span * values[i] / NS_S;
		uint64_t off = expected > ticks ? expected - ticks : ticks - expected;

		if (off < least) {
			least = off;
			best = values[i];
		}
	}
	return least <= 2 + ticks / 10 ? best : 0;
}

static void compare_members(struct queue_change *out, const struct why_listener *was,
			    const struct why_listener *is)
{
	if (!was->queued)
		return;
	for (unsigned int i = 0; is->queued && i < was->queued; i++) {
		if (was->queue[i].child != is->queue[0].child ||
		    was->queue[i].since != is->queue[0].since)
			continue;
		out->accepts = i;
		out->stands = i == 0;
		return;
	}
	/* All that were there have gone, and perhaps some that came later. */
	out->accepts = was->queued;
	out->at_least = true;
}

void queue_compare(struct queue_change *out, const struct why_listener *was,
		   const struct why_listener *is)
{
	unsigned int hz;

	*out = (struct queue_change){0};
	if (!was)
		return;
	compare_members(out, was, is);
	hz = frequency(was, is);
	if (hz && is->queued) {
		uint32_t ticks = (uint32_t)is->jiffies - is->queue[0].since;

		out->oldest_known = true;
		out->oldest_ns = (uint64_t)ticks * NS_S / hz;
	}
}
