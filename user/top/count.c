// SPDX-License-Identifier: BSD-2-Clause
/*
 * count.c - what the counters in the kernel say of a listener: its queue, how many came, were
 * accepted and refused, and how long they waited. Nothing of single connections.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "listener/durations.h"
#include "top/model_impl.h"

void model_counts_only(struct model *m, bool only)
{
	for (size_t i = 0; i < m->count && !only; i++)
		m->list[i]->resumed = true;
	m->counts_only = only;
}

static void learn_who(struct model_listener *l, const struct listener_identity *id)
{
	l->netns = id->netns;
	l->port = id->port;
	if (!l->family && id->addr) {
		l->family = id->family;
		memcpy(l->addr, id->addr, id->family == AF_INET ? 4 : 16);
	}
	if (id->ifname)
		snprintf(l->zone, sizeof(l->zone), "%s", id->ifname);
	if (!id->pid)
		return;
	l->pid = id->pid;
	snprintf(l->comm, sizeof(l->comm), "%s", id->comm ? id->comm : "");
}

static void learn_state(struct model_listener *l, const struct listener_figures *f)
{
	l->queue_known = true;
	l->accept_queue = f->queues.accept;
	l->syn_queue = f->queues.syn;
	l->backlog = f->queues.backlog;
	l->judged = true;
	l->verdict = f->verdict;
	snprintf(l->advice, sizeof(l->advice), "%s", f->advice ? f->advice : "");
}

static void learn_waits(struct entry *entry, uint64_t second, const struct summary_stats *stats)
{
	struct waits *waits = model_waits(entry);
	struct durations since;

	if (!waits)
		return;
	durations_since(&since, &stats->accept_wait, &entry->counted->wait);
	durations_merge(model_waits_at(waits, second), &since);
	histogram_merge(&waits->all, &since);
	durations_since(&since, &stats->handshake, &entry->counted->handshake);
	histogram_merge(&waits->handshake, &since);
}

static void learn_second(struct entry *entry, uint64_t t, const struct tally_row *row)
{
	const struct listener_figures *f = &row->figures;
	struct model_second *second = model_second_at(&entry->l, t);
	const uint64_t refused = f->refused - entry->counted->refused;

	entry->l.completed += f->completed_since;
	entry->l.accepted += f->accepted_since;
	entry->l.refused += refused;
	if (row->recent_peak > entry->l.peak)
		entry->l.peak = row->recent_peak;
	if (!second)
		return;
	second->arrivals += (uint32_t)f->completed_since;
	second->accepts += (uint32_t)f->accepted_since;
	second->refused += (uint32_t)refused;
	if (row->recent_peak > second->peak)
		second->peak = row->recent_peak;
}

void model_count(struct model *m, uint64_t t, const struct tally_row *row, bool first)
{
	const struct listener_figures *f = &row->figures;
	struct entry *entry = model_find(m, f->identity.cookie);

	if (!entry && row->listens)
		entry = model_add(m, f->identity.cookie);
	if (entry && !entry->counted)
		entry->counted = calloc(1, sizeof(*entry->counted));
	if (!entry || !entry->counted)
		return;
	if (!first) {
		learn_second(entry, t - 1, row);
		learn_waits(entry, (t - 1) / NS_S, row->stats);
	}
	entry->counted->refused = f->refused;
	entry->counted->wait = row->stats->accept_wait;
	entry->counted->handshake = row->stats->handshake;
	learn_who(&entry->l, &f->identity);
	learn_state(&entry->l, f);
	entry->l.gone = !row->listens;
	if (entry->l.gone)
		entry->l.accept_queue = entry->l.syn_queue = 0;
}
