// SPDX-License-Identifier: BSD-2-Clause
#include "stream/kept.h"

#include <stdlib.h>

#include "base/hash.h"
#include "event/tcp.h"

#define SLOT_BITS 10

struct kept {
	struct fact_existing listener[1 << SLOT_BITS]; /* by cookie; s.cookie 0: none */
};

struct kept *kept_new(void)
{
	return calloc(1, sizeof(struct kept));
}

void kept_free(struct kept *k)
{
	free(k);
}

static void keep(struct kept *k, const struct fact_sock *s, const struct fact_queues *q,
		 const struct fact_task *task)
{
	if (!s->cookie)
		return;
	k->listener[hash_u64(s->cookie, SLOT_BITS)] = (struct fact_existing){
		.h = {.size = sizeof(struct fact_existing), .kind = FACT_EXISTING},
		.s = *s,
		.q = *q,
		.task = *task,
		.fd = -1,
	};
}

void kept_fact(struct kept *k, const struct fact_hdr *fact)
{
	const struct fact_existing *existing = (const struct fact_existing *)fact;
	const struct fact_listen *listen = (const struct fact_listen *)fact;

	if (fact->kind == FACT_LISTEN && !listen->err)
		keep(k, &listen->s, &listen->q, &listen->task);
	else if (fact->kind == FACT_EXISTING && existing->s.state == TCP_STATE_LISTEN)
		keep(k, &existing->s, &existing->q, &existing->task);
}

bool kept_take(struct kept *k, const struct fact_queues *q, uint64_t t, struct fact_existing *out)
{
	struct fact_existing *l = &k->listener[hash_u64(q->cookie, SLOT_BITS)];

	if (!q->cookie || l->s.cookie != q->cookie)
		return false;
	*out = *l;
	out->h.t = t;
	l->s.cookie = 0;
	return true;
}
