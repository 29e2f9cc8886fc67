// SPDX-License-Identifier: BSD-2-Clause
/*
 * What becomes of requests: tried again or not, when, in which order, and counted.
 */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "otlp/delivery.h"
#include "tap.h"

static void add(struct delivery *d, enum otlp_signal signal, size_t size, uint64_t items)
{
	delivery_add(d, signal, calloc(1, size), size, items);
}

static uint64_t counted(const struct delivery *d, enum delivery_fate fate)
{
	return delivery_counts(d)->of[OTLP_METRICS][fate];
}

static bool answer(struct delivery *d, unsigned int status, uint64_t retry_after_s, uint64_t now)
{
	return delivery_answered(
		d, OTLP_METRICS,
		&(struct delivery_answer){.status = status, .retry_after_s = retry_after_s}, now);
}

static void test_taken(void)
{
	struct delivery *d = delivery_new(1);

	ok(delivery_empty(d) && delivery_wait(d, 0) == UINT64_MAX, "nothing to do");
	add(d, OTLP_METRICS, 10, 5);
	add(d, OTLP_METRICS, 20, 6);
	add(d, OTLP_LOGS, 30, 7);
	ok(delivery_due(d, OTLP_METRICS, 0)->items == 5, "the first one first");
	ok(!delivery_due(d, OTLP_METRICS, 0), "one at a time");
	ok(delivery_due(d, OTLP_LOGS, 0)->items == 7, "but of each signal");
	ok(!answer(d, 200, 0, 0) && counted(d, DELIVERY_TAKEN) == 5, "taken");
	ok(delivery_due(d, OTLP_METRICS, 0)->items == 6, "then the next, at once");
	delivery_answered(d, OTLP_METRICS, &(struct delivery_answer){.status = 200, .rejected = 2},
			  0);
	ok(counted(d, DELIVERY_TAKEN) == 9 && counted(d, DELIVERY_REJECTED) == 2,
	   "a partial success is not sent again");
	add(d, OTLP_METRICS, 10, 5);
	delivery_due(d, OTLP_METRICS, 0);
	delivery_answered(d, OTLP_METRICS,
			  &(struct delivery_answer){.status = 200, .rejected = UINT64_MAX}, 0);
	ok(counted(d, DELIVERY_REJECTED) == 7 && counted(d, DELIVERY_TAKEN) == 9,
	   "no more are rejected than were sent");
	delivery_give_up(d);
	ok(delivery_counts(d)->of[OTLP_LOGS][DELIVERY_LEFT] == 7 && delivery_empty(d),
	   "what is under way at the end is left");
	ok(delivery_undelivered(delivery_counts(d), OTLP_METRICS) == 7 &&
		   delivery_undelivered(delivery_counts(d), OTLP_LOGS) == 7,
	   "undelivered in all");
	delivery_free(d);
}

static void test_statuses(void)
{
	static const unsigned int again[] = {0, 429, 502, 503, 504},
				  never[] = {301, 400, 401, 404, 413, 500, 501, 505};
	struct delivery *d = delivery_new(1);
	uint64_t now = 0;

	add(d, OTLP_METRICS, 10, 1);
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		now += NS_DAY;
		ok(delivery_due(d, OTLP_METRICS, now) && answer(d, again[i], 0, now),
		   "status %u: again", again[i]);
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		now += NS_DAY;
		ok(delivery_due(d, OTLP_METRICS, now) && !answer(d, never[i], 9, now) &&
			   counted(d, DELIVERY_REFUSED) == i + 1,
		   "status %u: refused", never[i]);
		add(d, OTLP_METRICS, 10, 1);
	}
	delivery_due(d, OTLP_METRICS, now);
	ok(!delivery_answered(d, OTLP_METRICS, &(struct delivery_answer){.too_long = true}, now),
	   "an answer that is too long: not again");
	delivery_free(d);
}

static void test_waits(void)
{
	static const unsigned int seconds[] = {1, 2, 4, 8, 16, 32, 60, 60};
	struct delivery *d = delivery_new(7);
	uint64_t now = NS_S, other = 0;

	add(d, OTLP_METRICS, 10, 1);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		uint64_t wait, want = seconds[i] * NS_S;

		delivery_due(d, OTLP_METRICS, now);
		answer(d, 503, 0, now);
		wait = delivery_wait(d, now);
		ok(wait >= want - want / 4 && wait <= want + want / 4 && wait != other,
		   "wait %zu is some %u s", i, seconds[i]);
		ok(!delivery_due(d, OTLP_METRICS, now + wait - 1), "and not less");
		now += wait;
		other = wait;
	}
	delivery_due(d, OTLP_METRICS, now);
	answer(d, 429, 7, now);
	ok(delivery_wait(d, now) >= 7 * NS_S && delivery_wait(d, now) < 8 * NS_S, "Retry-After");
	now += 8 * NS_S;
	delivery_due(d, OTLP_METRICS, now);
	answer(d, 429, UINT64_MAX, now);
	ok(delivery_wait(d, now) < 3602 * NS_S, "not for ever");
	now += 3602 * NS_S;
	delivery_due(d, OTLP_METRICS, now);
	answer(d, 200, 0, now);
	add(d, OTLP_METRICS, 10, 1);
	ok(delivery_due(d, OTLP_METRICS, now), "then at once");
	answer(d, 503, 0, now);
	ok(delivery_wait(d, now) < 2 * NS_S, "and waits begin anew");
	delivery_free(d);
}

static void test_bounds(void)
{
	struct delivery *d = delivery_new(1);
	size_t quarter = DELIVERY_BYTES_MAX / 4;

	for (uint64_t i = 1; i <= 4; i++)
		add(d, OTLP_METRICS, quarter, i);
	delivery_due(d, OTLP_METRICS, 0);
	add(d, OTLP_METRICS, quarter, 5);
	ok(counted(d, DELIVERY_OVERFLOW) == 2, "full: the oldest goes that is not under way");
	add(d, OTLP_LOGS, quarter, 1);
	ok(counted(d, DELIVERY_OVERFLOW) == 2, "each signal has room of its own");
	answer(d, 200, 0, 0);
	ok(delivery_due(d, OTLP_METRICS, 0)->items == 3, "the next one");
	add(d, OTLP_METRICS, DELIVERY_BYTES_MAX, 100);
	ok(counted(d, DELIVERY_OVERFLOW) == 2 + 4 + 5 + 100, "what never fits is lost itself");
	add(d, OTLP_METRICS, quarter, 6);
	answer(d, 200, 0, 0);
	ok(delivery_due(d, OTLP_METRICS, 0)->items == 6, "and it goes on");
	delivery_free(d);
	delivery_free(NULL);
}

/* A round of metrics that is larger than the bound: it waits where it is. */
static void test_room(void)
{
	struct delivery *d = delivery_new(1);
	size_t size = OTLP_REQUEST_BYTES;
	unsigned int sent = 0;

	for (unsigned int come = 0; come < 40;) {
		if (delivery_has_room(d, size)) {
			add(d, OTLP_METRICS, size, 1);
			come++;
		} else {
			delivery_due(d, OTLP_METRICS, 0);
			answer(d, 200, 0, 0);
			sent++;
		}
	}
	ok(!counted(d, DELIVERY_OVERFLOW) && sent == 40 - DELIVERY_BYTES_MAX / size,
	   "what waits for room is not lost");
	ok(!delivery_has_room(d, size), "full");
	delivery_due(d, OTLP_METRICS, 0);
	ok(!delivery_has_room(d, size), "and so while a request is under way");
	answer(d, 503, 0, 0);
	ok(delivery_has_room(d, size), "a receiver that is away: newer ones come, the oldest go");
	delivery_free(d);
}

int main(void)
{
	test_taken();
	test_statuses();
	test_waits();
	test_bounds();
	test_room();
	return done();
}
