// SPDX-License-Identifier: BSD-2-Clause
#include "listing/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "event/tcp.h"

/* On a busy server a connection passes through the queue, CLOSE_WAIT and unread data sooner. */
#define PASSING_NS (100 * NS_MS)

int listing_add(struct listing *l, const struct listing_row *row)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 256;
		struct listing_row *rows = realloc(l->rows, room * sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		l->rows = rows;
		l->room = room;
	}
	l->rows[l->count++] = *row;
	l->by_state[listing_row_state(row)]++;
	return 0;
}

void listing_clear(struct listing *l)
{
	l->count = 0;
	memset(l->by_state, 0, sizeof(l->by_state));
}

void listing_free(struct listing *l)
{
	free(l->rows);
	*l = (struct listing){0};
}

/* ---- the listener's part ---- */

static const struct listing_row *find_listener(const struct listing_row *listeners, size_t count,
					       uint64_t cookie)
{
	for (size_t i = 0; i < count; i++) {
		if (listeners[i].s.cookie == cookie)
			return &listeners[i];
	}
	return NULL;
}

static void take_from(struct listing_row *row, const struct listing_row *listener)
{
	row->has_queue = true;
	row->accept_queue = listener->accept_queue;
	row->backlog = listener->backlog;
	row->syn_queue = listener->syn_queue;
	if (row->pid)
		return;
	row->pid = listener->pid;
	memcpy(row->comm, listener->comm, sizeof(row->comm));
}

static int listeners_first(const void *a, const void *b)
{
	const struct listing_row *x = a, *y = b;

	return (y->kind == LISTING_LISTENER) - (x->kind == LISTING_LISTENER);
}

static void join(struct listing *l)
{
	const struct listing_row *last = NULL;
	size_t listeners = 0;

	qsort(l->rows, l->count, sizeof(*l->rows), listeners_first);
	while (listeners < l->count && l->rows[listeners].kind == LISTING_LISTENER)
		listeners++;
	for (size_t i = listeners; i < l->count; i++) {
		struct listing_row *row = &l->rows[i];

		if (!row->listener)
			continue;
		if (!last || last->s.cookie != row->listener) /* mostly many of one listener */
			last = find_listener(l->rows, listeners, row->listener);
		if (last)
			take_from(row, last);
	}
}

/* ---- the choice ---- */

static bool wanted(const struct listing_row *row, const struct listing_wants *wants)
{
	const uint32_t all = ~(UINT32_C(1) << TCP_STATE_TIME_WAIT);
	const uint32_t states = wants->states ? wants->states : all;

	if (!(states >> listing_row_state(row) & 1))
		return false;
	if (wants->owner && !owner_wanted(wants->owner, row->pid, row->pid ? row->comm : NULL))
		return false;
	if (wants->min_wait_ns && (row->kind != LISTING_QUEUED || row->in.is == LISTING_UNKNOWN ||
				   row->in.ns < wants->min_wait_ns))
		return false;
	return !wants->min_idle_ns ||
	       (row->idle.is != LISTING_UNKNOWN && row->idle.ns >= wants->min_idle_ns);
}

static void choose(struct listing *l, const struct listing_wants *wants)
{
	bool narrow = wants->owner || wants->min_wait_ns || wants->min_idle_ns;
	size_t kept = 0;

	l->many_netns = false;
	if (narrow)
		memset(l->by_state, 0, sizeof(l->by_state));
	for (size_t i = 0; i < l->count; i++) {
		if (!wanted(&l->rows[i], wants))
			continue;
		l->rows[kept] = l->rows[i];
		if (l->rows[kept].s.netns != l->rows[0].s.netns)
			l->many_netns = true;
		if (narrow)
			l->by_state[listing_row_state(&l->rows[kept])]++;
		kept++;
	}
	l->count = kept;
}

/* ---- the order ---- */

enum rank {
	RANK_QUEUED,
	RANK_CLOSE_WAIT,
	RANK_LYING,
	RANK_OTHER,
	RANK_LISTENER,
	RANK_TIME_WAIT,
};

static bool stays(const struct listing_row *row)
{
	return row->in.is == LISTING_UNKNOWN || row->in.ns >= PASSING_NS;
}

static enum rank rank_of(const struct listing_row *row)
{
	if (row->kind == LISTING_LISTENER)
		return RANK_LISTENER;
	if (row->s.state == TCP_STATE_TIME_WAIT)
		return RANK_TIME_WAIT;
	if (row->kind == LISTING_QUEUED && stays(row))
		return RANK_QUEUED;
	if (row->s.state == TCP_STATE_CLOSE_WAIT && stays(row))
		return RANK_CLOSE_WAIT;
	if ((row->unread || row->unsent) && row->idle.ns >= PASSING_NS)
		return RANK_LYING;
	return RANK_OTHER;
}

/* What the rows of a rank are compared by: the more, the worse. */
static uint64_t weight_of(const struct listing_row *row, enum rank rank)
{
	switch (rank) {
	case RANK_LYING:
	case RANK_OTHER:
		return row->idle.is != LISTING_UNKNOWN ? row->idle.ns : row->in.ns;
	case RANK_LISTENER:
		return row->accept_queue;
	default:
		return row->in.ns;
	}
}

static int worst_first(const void *a, const void *b)
{
	const struct listing_row *x = a, *y = b;
	enum rank rank_x = rank_of(x), rank_y = rank_of(y);
	uint64_t weight_x, weight_y;

	if (rank_x != rank_y)
		return rank_x < rank_y ? -1 : 1;
	weight_x = weight_of(x, rank_x);
	weight_y = weight_of(y, rank_y);
	if (weight_x != weight_y)
		return weight_x > weight_y ? -1 : 1;
	if (x->s.lport != y->s.lport)
		return x->s.lport < y->s.lport ? -1 : 1;
	return x->s.cookie < y->s.cookie ? -1 : x->s.cookie > y->s.cookie;
}

void listing_finish(struct listing *l, const struct listing_wants *wants)
{
	if (l->count)
		join(l);
	choose(l, wants);
	if (l->count)
		qsort(l->rows, l->count, sizeof(*l->rows), worst_first);
}
