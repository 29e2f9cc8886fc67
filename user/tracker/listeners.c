// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "base/units.h"
#include "fact/lookup.h"

#define HASH_BITS 10
#define DEAD_MAX  1024u /* listeners that are gone but stand in the summary */

struct listeners {
	struct listener **list; /* by id - 1; NULL: free */
	uint32_t used, size, count;
	uint32_t first_free; /* ids below are taken */
	struct listener *by_cookie[1 << HASH_BITS], *by_sk[1 << HASH_BITS];
	struct listener *by_port[1 << HASH_BITS]; /* those that are alive */
	struct listener *dead_oldest, *dead_newest;
	uint32_t dead;
};

struct listeners *listeners_new(void)
{
	return calloc(1, sizeof(struct listeners));
}

static void destroy(struct listener *l)
{
	if (!l)
		return;
	free(l->handshake);
	free(l->accept_wait);
	free(l->since);
	free(l);
}

void listeners_free(struct listeners *ls)
{
	if (!ls)
		return;
	for (uint32_t i = 0; i < ls->used; i++)
		destroy(ls->list[i]);
	free(ls->list);
	free(ls);
}

struct listener *listener_get(struct listeners *ls, uint32_t id)
{
	return id && id <= ls->used ? ls->list[id - 1] : NULL;
}

static struct listener **cookie_slot(struct listeners *ls, uint64_t cookie)
{
	return &ls->by_cookie[hash_u64(cookie, HASH_BITS)];
}

static struct listener **sk_slot(struct listeners *ls, uint64_t sk)
{
	return &ls->by_sk[hash_u64(sk, HASH_BITS)];
}

static struct listener **port_slot(struct listeners *ls, uint32_t netns, uint16_t port)
{
	return &ls->by_port[hash_u64((uint64_t)netns << 16 | port, HASH_BITS)];
}

struct listener *listener_by_cookie(struct listeners *ls, uint64_t cookie)
{
	struct listener *l = cookie ? *cookie_slot(ls, cookie) : NULL;

	while (l && l->cookie != cookie)
		l = l->next_cookie;
	return l;
}

struct listener *listener_by_queues(struct listeners *ls, const struct fact_queues *q)
{
	struct listener *l = listener_by_cookie(ls, q->cookie);

	if (l || !q->sk)
		return l;
	for (l = *sk_slot(ls, q->sk); l; l = l->next_sk)
		if (l->sk == q->sk && l->alive && (!q->cookie || !l->cookie))
			return l;
	return NULL;
}

struct listener *listener_without_cookie(struct listeners *ls, uint32_t netns, uint16_t port)
{
	struct listener *found = NULL;

	for (struct listener *l = *port_slot(ls, netns, port); l; l = l->next_port) {
		if (l->cookie || l->netns != netns || l->port != port)
			continue;
		if (found)
			return NULL;
		found = l;
	}
	return found;
}

static struct lookup look_up(struct listeners *ls, const struct fact_sock *s)
{
	struct lookup lookup = {0};

	for (struct listener *l = *port_slot(ls, s->netns, s->lport); l; l = l->next_port)
		lookup_offer(&lookup,
			     &(struct lookup_listener){.netns = l->netns,
						       .port = l->port,
						       .family = (uint16_t)l->family,
						       .addr = l->addr_known ? l->addr : NULL},
			     s, l);
	return lookup;
}

struct listener *listener_by_port(struct listeners *ls, const struct fact_sock *s)
{
	struct lookup lookup = look_up(ls, s);

	return lookup_only(&lookup);
}

bool listener_at_port(struct listeners *ls, const struct fact_sock *s)
{
	return look_up(ls, s).count > 0;
}

static void unlink_keys(struct listeners *ls, struct listener *l)
{
	for (struct listener **p = cookie_slot(ls, l->cookie); l->cookie && *p;
	     p = &(*p)->next_cookie)
		if (*p == l) {
			*p = l->next_cookie;
			break;
		}
	for (struct listener **p = sk_slot(ls, l->sk); l->sk && *p; p = &(*p)->next_sk)
		if (*p == l) {
			*p = l->next_sk;
			break;
		}
}

static void link_keys(struct listeners *ls, struct listener *l)
{
	if (l->cookie) {
		l->next_cookie = *cookie_slot(ls, l->cookie);
		*cookie_slot(ls, l->cookie) = l;
	}
	if (l->sk) {
		l->next_sk = *sk_slot(ls, l->sk);
		*sk_slot(ls, l->sk) = l;
	}
}

static void link_port(struct listeners *ls, struct listener *l)
{
	struct listener **slot = port_slot(ls, l->netns, l->port);

	l->next_port = *slot;
	*slot = l;
}

static void unlink_port(struct listeners *ls, struct listener *l)
{
	struct listener **p = port_slot(ls, l->netns, l->port);

	while (*p != l)
		p = &(*p)->next_port;
	*p = l->next_port;
}

void listener_learn(struct listeners *ls, struct listener *l, uint64_t cookie, uint64_t sk)
{
	if ((!cookie || l->cookie == cookie) && (!sk || l->sk == sk))
		return;
	unlink_keys(ls, l);
	if (cookie)
		l->cookie = cookie;
	if (sk)
		l->sk = sk;
	link_keys(ls, l);
}

struct listener *listener_add(struct listeners *ls, uint64_t cookie, uint64_t sk, uint32_t netns,
			      uint16_t port, uint64_t t)
{
	struct listener *l = calloc(1, sizeof(*l));
	uint32_t id = ls->first_free;

	if (!l)
		return NULL;
	while (id < ls->used && ls->list[id])
		id++;
	if (id == ls->size) {
		uint32_t size = ls->size ? ls->size * 2 : 64;
		struct listener **list = realloc(ls->list, size * sizeof(*list));

		if (!list) {
			free(l);
			return NULL;
		}
		ls->list = list;
		ls->size = size;
	}
	if (id == ls->used)
		ls->used++;
	ls->list[id] = l;
	ls->first_free = id + 1;
	ls->count++;
	l->id = id + 1;
	l->cookie = cookie;
	l->sk = sk;
	l->netns = netns;
	l->port = port;
	l->alive = true;
	l->t_known = l->window.start = l->line_t = t;
	link_keys(ls, l);
	link_port(ls, l);
	return l;
}

static void forget(struct listeners *ls, struct listener *l)
{
	unlink_keys(ls, l);
	ls->list[l->id - 1] = NULL;
	if (l->id - 1 < ls->first_free)
		ls->first_free = l->id - 1;
	ls->count--;
	destroy(l);
}

static void trim_dead(struct listeners *ls)
{
	struct listener *l;

	/* One that connections still point to goes to the end of the list, for a later try. */
	for (uint32_t tries = ls->dead; ls->dead > DEAD_MAX && tries; tries--) {
		l = ls->dead_oldest;
		ls->dead_oldest = l->next_dead;
		l->next_dead = NULL;
		if (!l->refs) {
			ls->dead--;
			forget(ls, l);
			continue;
		}
		ls->dead_newest->next_dead = l;
		ls->dead_newest = l;
		if (!ls->dead_oldest)
			ls->dead_oldest = l;
		return;
	}
}

void listener_died(struct listeners *ls, struct listener *l)
{
	if (!l->alive)
		return;
	l->alive = false;
	unlink_port(ls, l);
	if (!l->refs && !l->completed && !l->accepted && !l->refused) {
		forget(ls, l);
		return;
	}
	if (ls->dead_newest)
		ls->dead_newest->next_dead = l;
	else
		ls->dead_oldest = l;
	ls->dead_newest = l;
	ls->dead++;
	trim_dead(ls);
}

void listener_attach(struct listeners *ls, struct conn *c, struct listener *l)
{
	struct listener *old = listener_get(ls, c->listener);

	if (old == l)
		return;
	if (old)
		old->refs--;
	if (l)
		l->refs++;
	c->listener = l ? l->id : 0;
}

static void set_accept_queue(struct listener *l, uint32_t length)
{
	l->accept_queue = length;
	if (length > l->peak)
		l->peak = length;
	if (length < l->low)
		l->low = length;
	if (length > l->high)
		l->high = length;
}

/*
 * Of two CPUs that read a length at once the later stamp may bear the earlier reading: a queue that
 * is shorter only then has not become shorter.
 */
#define AT_ONCE_NS (NS_MS)

uint64_t listener_update(struct listener *l, uint64_t t, const struct fact_queues *q)
{
	uint64_t more = q->drops - l->drops; /* both 32 bits in the kernel's counter */
	uint64_t unreported = 0;

	if (l->drops_known && q->drops > l->drops)
		unreported = more > l->named_drops ? more - l->named_drops : 0;
	if (!l->drops_known || q->drops >= l->drops) {
		/* The counter now holds the refusals that were named before. */
		l->named_drops =
			l->drops_known && l->named_drops > more ? l->named_drops - more : 0;
		l->drops = q->drops;
		l->drops_known = true;
	}
	l->accept_full =
		(l->queues_known && l->accept_queue > l->backlog) || q->accept_queue > q->backlog;
	/*
	 * inet_csk_reqsk_queue_is_full() compares with >. Where cookies are sent nobody is refused
	 * then.
	 */
	l->syn_full = !q->cookie_stamp && !l->cookie_stamp &&
		      ((l->syn_known && l->backlog && l->syn_queue > l->backlog) ||
		       (q->sk && q->backlog && q->syn_queue > q->backlog));
	l->window.shrank |= l->queues_known && q->accept_queue < l->accept_queue &&
			    t >= l->figures_t + AT_ONCE_NS;
	l->figures_t = t;
	set_accept_queue(l, q->accept_queue);
	l->backlog = q->backlog;
	if (q->sk) { /* a row of the kernel's tables holds the accept queue alone */
		l->syn_queue = q->syn_queue;
		l->syn_young = q->syn_young;
		l->syn_known = true;
	}
	l->queues_known = l->limit_known = true;
	if (q->cookie_stamp)
		l->cookie_stamp = q->cookie_stamp;
	return unreported;
}

void listener_grew(struct listener *l, uint32_t accept_queue, uint32_t backlog)
{
	set_accept_queue(l, accept_queue);
	if (!l->limit_known)
		l->backlog = backlog;
	l->limit_known = true;
}

void listener_enqueue(struct listeners *ls, struct conn_table *t, struct listener *l,
		      struct conn *c)
{
	conn_id id = conn_id_of(t, c);

	if (c->stage == STAGE_QUEUED)
		return;
	listener_attach(ls, c, l);
	c->stage = STAGE_QUEUED;
	c->queue_older = l->queue_newest;
	c->queue_newer = 0;
	if (l->queue_newest)
		conn_get(t, l->queue_newest)->queue_newer = id;
	else
		l->queue_oldest = id;
	l->queue_newest = id;
	l->queued++;
}

void listener_dequeue(struct listeners *ls, struct conn_table *t, struct conn *c)
{
	struct listener *l = listener_get(ls, c->listener);

	if (c->stage != STAGE_QUEUED || !l)
		return;
	c->stage = STAGE_LEFT;
	if (c->queue_older)
		conn_get(t, c->queue_older)->queue_newer = c->queue_newer;
	else
		l->queue_oldest = c->queue_newer;
	if (c->queue_newer)
		conn_get(t, c->queue_newer)->queue_older = c->queue_older;
	else
		l->queue_newest = c->queue_older;
	c->queue_older = c->queue_newer = 0;
	l->queued--;
}

void listeners_each(struct listeners *ls, void (*fn)(void *ctx, struct listener *l), void *ctx)
{
	for (uint32_t i = 0; i < ls->used; i++)
		if (ls->list[i])
			fn(ctx, ls->list[i]);
}

uint32_t listeners_count(const struct listeners *ls)
{
	return ls->count;
}
