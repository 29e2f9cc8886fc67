// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/delivery.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/units.h"

/* Between two attempts: doubled after each, and up to a quarter more or less of it. */
#define WAIT_FIRST NS_S
#define WAIT_MOST  (60 * NS_S)
/* A receiver that asks for more is asked again anyway. */
#define RETRY_AFTER_MOST_S 3600u

struct queue {
	struct delivery_request *first, *last;
	size_t bytes;
	bool under_way; /* the first */
	uint64_t due;	/* ns, of the first */
	uint64_t wait;	/* ns, the last one; 0: it was delivered */
};

struct delivery {
	struct queue queue[OTLP_SIGNAL_COUNT];
	struct delivery_counts counts;
	uint64_t random;
};

const char *delivery_fate_name(enum delivery_fate fate)
{
	static const char *const names[DELIVERY_FATE_COUNT] = {"taken", "rejected", "refused",
							       "overflow", "left"};

	return names[fate];
}

uint64_t delivery_undelivered(const struct delivery_counts *c, enum otlp_signal signal)
{
	uint64_t sum = 0;

	for (unsigned int fate = DELIVERY_TAKEN + 1; fate < DELIVERY_FATE_COUNT; fate++)
		sum += c->of[signal][fate];
	return sum;
}

struct delivery *delivery_new(uint64_t seed)
{
	struct delivery *d = calloc(1, sizeof(*d));

	if (d)
		d->random = seed;
	return d;
}

static void remove_after(struct queue *q, struct delivery_request **link)
{
	struct delivery_request *gone = *link, *p;

	q->bytes -= gone->size;
	*link = gone->next;
	free(gone->bytes);
	free(gone);
	for (p = q->first; p && p->next; p = p->next)
		;
	q->last = p;
}

void delivery_free(struct delivery *d)
{
	if (!d)
		return;
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++)
		while (d->queue[s].first)
			remove_after(&d->queue[s], &d->queue[s].first);
	free(d);
}

/* The oldest that is not under way. False: there is none. */
static bool drop_oldest(struct delivery *d, enum otlp_signal signal)
{
	struct queue *q = &d->queue[signal];
	struct delivery_request **link = q->under_way ? &q->first->next : &q->first;

	if (!*link)
		return false;
	d->counts.of[signal][DELIVERY_OVERFLOW] += (*link)->items;
	remove_after(q, link);
	return true;
}

bool delivery_has_room(const struct delivery *d, size_t size)
{
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++) {
		const struct queue *q = &d->queue[s];

		if (q->bytes + size > DELIVERY_BYTES_MAX && !q->wait)
			return false;
	}
	return true;
}

void delivery_overflow(struct delivery *d, enum otlp_signal signal, uint64_t items)
{
	d->counts.of[signal][DELIVERY_OVERFLOW] += items;
}

void delivery_add(struct delivery *d, enum otlp_signal signal, char *bytes, size_t size,
		  uint64_t items)
{
	struct delivery_request *r = calloc(1, sizeof(*r));
	struct queue *q = &d->queue[signal];

	while (q->bytes + size > DELIVERY_BYTES_MAX && drop_oldest(d, signal))
		;
	if (!r || q->bytes + size > DELIVERY_BYTES_MAX) {
		delivery_overflow(d, signal, items);
		free(bytes);
		free(r);
		return;
	}
	*r = (struct delivery_request){.bytes = bytes, .size = size, .items = items};
	*(q->last ? &q->last->next : &q->first) = r;
	q->last = r;
	q->bytes += size;
}

const struct delivery_request *delivery_due(struct delivery *d, enum otlp_signal signal,
					    uint64_t now)
{
	struct queue *q = &d->queue[signal];

	if (!q->first || q->under_way || now < q->due)
		return NULL;
	q->under_way = true;
	return q->first;
}

static bool is_retried(const struct delivery_answer *a)
{
	switch (a->status) {
	case 0: /* no connection, or no answer in time */
	case 429:
	case 502:
	case 503:
	case 504:
		return !a->too_long;
	default:
		return false;
	}
}

static void wait_longer(struct delivery *d, struct queue *q, uint64_t retry_after_s, uint64_t now)
{
	uint64_t wait;

	q->wait = !q->wait ? WAIT_FIRST : q->wait < WAIT_MOST / 2 ? 2 * q->wait : WAIT_MOST;
	d->random = hash_mix(d->random + HASH_GOLDEN);
	wait = q->wait - q->wait / 4 + d->random % (q->wait / 2);
	if (retry_after_s > RETRY_AFTER_MOST_S)
		retry_after_s = RETRY_AFTER_MOST_S;
	if (retry_after_s) /* a little later than asked for, so that many do not come at once */
		wait = retry_after_s * NS_S + d->random % NS_S;
	q->due = now + wait;
}

bool delivery_answered(struct delivery *d, enum otlp_signal signal, const struct delivery_answer *a,
		       uint64_t now)
{
	struct queue *q = &d->queue[signal];
	uint64_t *of = d->counts.of[signal];
	uint64_t items = q->first->items, rejected = a->rejected < items ? a->rejected : items;

	q->under_way = false;
	if (is_retried(a)) {
		wait_longer(d, q, a->retry_after_s, now);
		return true;
	}
	if (a->status / 100 == 2 && !a->too_long) {
		of[DELIVERY_REJECTED] += rejected;
		of[DELIVERY_TAKEN] += items - rejected;
	} else {
		of[DELIVERY_REFUSED] += items;
	}
	remove_after(q, &q->first);
	q->due = q->wait = 0;
	return false;
}

uint64_t delivery_wait(const struct delivery *d, uint64_t now)
{
	uint64_t wait = UINT64_MAX;

	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++) {
		const struct queue *q = &d->queue[s];
		uint64_t left = q->due > now ? q->due - now : 0;

		if (q->first && !q->under_way && left < wait)
			wait = left;
	}
	return wait;
}

bool delivery_empty(const struct delivery *d)
{
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++)
		if (d->queue[s].first)
			return false;
	return true;
}

void delivery_give_up(struct delivery *d)
{
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++) {
		struct queue *q = &d->queue[s];

		for (; q->first; remove_after(q, &q->first))
			d->counts.of[s][DELIVERY_LEFT] += q->first->items;
		q->under_way = false;
	}
}

const struct delivery_counts *delivery_counts(const struct delivery *d)
{
	return &d->counts;
}
