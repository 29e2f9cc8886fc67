// SPDX-License-Identifier: BSD-2-Clause
/*
 * rows.c - what the summary remembers of each listener.
 */
#include "view/summary/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct row *row_of(struct rows *all, uint64_t cookie, uint16_t port)
{
	struct row *row;

	for (size_t i = 0; i < all->count; i++) {
		if (all->list[i].cookie == cookie && all->list[i].port == port)
			return &all->list[i];
	}
	if (all->count == all->room) {
		size_t room = all->room ? all->room * 2 : 16;
		struct row *list = realloc(all->list, room * sizeof(*list));

		if (!list)
			return NULL;
		all->list = list;
		all->room = room;
	}
	row = &all->list[all->count++];
	memset(row, 0, sizeof(*row));
	row->cookie = cookie;
	row->port = port;
	return row;
}

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

void rows_learn_listener(struct rows *all, const struct event *e)
{
	struct row *row;

	all->waiting = true;
	row = row_of(all, event_get(e, F_COOKIE), (uint16_t)event_get(e, F_LPORT));
	if (!row)
		return;
	if (event_has(e, F_LADDR) && e->v[F_LADDR].addr) {
		row->family = e->family;
		memcpy(row->addr, e->v[F_LADDR].addr, e->family == AF_INET ? 4 : 16);
	}
	if (event_has(e, F_IFNAME))
		copy_text(row->zone, sizeof(row->zone), event_text(e, F_IFNAME));
	row->netns = event_get(e, F_NETNS);
	row->pid = event_get(e, F_PID);
	copy_text(row->comm, sizeof(row->comm), event_text(e, F_COMM));
	row->queues = event_has(e, F_ACCEPT_QUEUE);
	row->accept_queue = event_get(e, F_ACCEPT_QUEUE);
	row->backlog = event_get(e, F_BACKLOG);
	row->syn_queue = event_get(e, F_SYN_QUEUE);
	row->completed = event_get(e, F_COMPLETED);
	row->accepted = event_get(e, F_ACCEPTED_COUNT);
	row->drops = event_get(e, F_REFUSED);
	row->completed_rate = event_get(e, F_COMPLETED_RATE);
	row->accepted_rate = event_get(e, F_ACCEPTED_RATE);
	row->judged = event_has(e, F_VERDICT);
	row->verdict = event_enum(e, F_VERDICT);
	copy_text(row->advice, sizeof(row->advice), event_text(e, F_ADVICE));
	if (row->judged && row->verdict == VERDICT_OK)
		row->sentence[0] = '\0';
	row->gone = false;
}

void rows_learn_why(struct rows *all, const struct event *e)
{
	struct row *row = row_of(all, event_get(e, F_COOKIE), (uint16_t)event_get(e, F_LPORT));

	if (!row)
		return;
	row->diagnosis = event_enum(e, F_DIAGNOSIS);
	copy_text(row->sentence, sizeof(row->sentence), event_text(e, F_SENTENCE));
}

void rows_learn_summary(struct rows *all, const struct event *e)
{
	const struct listener_summaries *summaries =
		event_has(e, F_LISTENERS) ? e->v[F_LISTENERS].listeners : NULL;

	for (size_t i = 0; summaries && i < summaries->count; i++) {
		const struct listener_summary *l = &summaries->list[i];
		struct row *row = row_of(all, l->cookie, l->port);

		if (!row)
			return;
		row->family = l->family;
		memcpy(row->addr, l->addr, sizeof(row->addr));
		if (l->ifname)
			copy_text(row->zone, sizeof(row->zone), l->ifname);
		if (l->pid || l->comm) {
			row->pid = l->pid;
			copy_text(row->comm, sizeof(row->comm), l->comm);
		}
		row->completed = l->completed;
		row->accepted = l->accepted;
		row->drops = l->drops;
		row->handshake = l->handshake;
		row->accept_wait = l->accept_wait;
		row->gone = l->closed;
		if (row->gone)
			row->completed_rate = row->accepted_rate = 0;
	}
}

bool rows_in_several(const struct rows *all)
{
	for (size_t i = 1; i < all->count; i++) {
		if (all->list[i].netns != all->list[0].netns)
			return true;
	}
	return false;
}

static bool in_trouble(const struct row *row)
{
	return row->judged && row->verdict != VERDICT_OK;
}

static int worse(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->gone != y->gone)
		return x->gone ? 1 : -1;
	if (in_trouble(x) != in_trouble(y))
		return in_trouble(x) ? -1 : 1;
	if (x->completed_rate != y->completed_rate)
		return x->completed_rate > y->completed_rate ? -1 : 1;
	if (x->completed != y->completed)
		return x->completed > y->completed ? -1 : 1;
	return x->port < y->port ? -1 : x->port > y->port;
}

void rows_sort(struct rows *all)
{
	if (all->count)
		qsort(all->list, all->count, sizeof(*all->list), worse);
}
