// SPDX-License-Identifier: BSD-2-Clause
#include "report/series.h"

#include <string.h>

#include "base/units.h"

void series_init(struct series *s, uint64_t t0)
{
	memset(s, 0, sizeof(*s));
	s->t0 = t0;
	s->width = NS_MS;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void join(struct series_bin *to, const struct series_bin *first,
		 const struct series_bin *second)
{
	*to = (struct series_bin){
		.queue_known = first->queue_known || second->queue_known,
		.verdicts = first->verdicts | second->verdicts,
		.queue = larger(first->queue, second->queue),
		.syns = larger(first->syns, second->syns),
		.limit = second->limit ? second->limit : first->limit,
		.completed = first->completed + second->completed,
		.accepts = first->accepts + second->accepts,
		.refused = first->refused + second->refused,
	};
}

static void double_width(struct series *s)
{
	const struct series_bin none = {0};

	for (unsigned int i = 0; i < s->used; i += 2)
		join(&s->bin[i / 2], &s->bin[i], i + 1 < s->used ? &s->bin[i + 1] : &none);
	s->used = (s->used + 1) / 2;
	s->width *= 2;
}

struct series_bin *series_at(struct series *s, uint64_t t)
{
	uint64_t since = t > s->t0 ? t - s->t0 : 0;

	while (since / s->width >= SERIES_BINS)
		double_width(s);
	while (s->used <= since / s->width)
		s->bin[s->used++] = s->now;
	return &s->bin[since / s->width];
}

void series_queue(struct series *s, uint64_t t, uint32_t length)
{
	struct series_bin *b = series_at(s, t);

	b->queue = larger(b->queue, length);
	b->queue_known = s->now.queue_known = true;
	s->now.queue = length;
}

void series_syns(struct series *s, uint64_t t, uint32_t length)
{
	struct series_bin *b = series_at(s, t);

	b->syns = larger(b->syns, length);
	s->now.syns = length;
}

void series_limit(struct series *s, uint64_t t, uint32_t limit)
{
	series_at(s, t)->limit = limit;
	s->now.limit = limit;
}

void series_verdict(struct series *s, uint64_t t, unsigned int verdict)
{
	series_at(s, t)->verdicts |= (uint16_t)(1u << verdict);
	s->now.verdicts = (uint16_t)(1u << verdict);
}
