// SPDX-License-Identifier: BSD-2-Clause
#include "export/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "event/vocabulary.h"
#include "export/metric.h"
#include "listener/durations.h"

#define BUCKETS 4096u /* a power of two */

_Static_assert(DIAGNOSIS_UNKNOWN < 32, "bits of series.diagnoses");

struct entry {
	struct series s;
	struct entry *next; /* in its bucket */
};

struct series_set {
	size_t max;
	struct entry *bucket[BUCKETS];
	struct entry **list;
	size_t count, room;
	struct series **shown; /* of this round */
	size_t shown_count;
	struct series other; /* of all addresses beyond the bound */
	size_t shared;
	uint64_t round;
	bool no_memory;
};

struct series_set *series_new(size_t max)
{
	struct series_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	set->max = max;
	metric_label(set->other.labels, sizeof(set->other.labels), "address", "other");
	metric_label(set->other.labels, sizeof(set->other.labels), "port", "0");
	return set;
}

void series_free(struct series_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		free(set->list[i]);
	free(set->list);
	free(set->shown);
	free(set);
}

static bool is_of(const struct series *s, const struct listener_identity *id)
{
	return s->netns == id->netns && s->port == id->port && s->family == id->family &&
	       !memcmp(s->addr, id->addr, id->family == AF_INET ? 4 : 16);
}

static struct entry **slot_of(struct series_set *set, const struct listener_identity *id)
{
	uint64_t hash = hash_more(hash_more(0, id->netns), (uint64_t)id->port);
	struct entry **p;

	hash = hash_more(hash, id->addr[0] | (uint64_t)id->addr[3] << 8 |
				       (uint64_t)(id->family == AF_INET ? 0 : id->addr[15]) << 16);
	p = &set->bucket[hash & (BUCKETS - 1)];
	while (*p && !is_of(&(*p)->s, id))
		p = &(*p)->next;
	return p;
}

/* A label that is empty is the same as none. */
static void make_place_labels(struct series *s)
{
	const struct {
		const char *name, *value;
	} labels[] = {
		{"hostname", s->place.hostname}, {"unit", s->place.unit},
		{"pod_uid", s->place.pod_uid},	 {"container_id", s->place.container_id},
		{"cgroup", s->place.cgroup},
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (labels[i].value[0])
			metric_label(s->labels, sizeof(s->labels), labels[i].name, labels[i].value);
}

static void make_labels(struct series *s)
{
	char text[TEXT_ADDR_MAX];

	s->labels[0] = '\0';
	*text_addr(text, s->family, s->addr) = '\0';
	metric_label(s->labels, sizeof(s->labels), "address", text);
	snprintf(text, sizeof(text), "%u", s->port);
	metric_label(s->labels, sizeof(s->labels), "port", text);
	metric_label(s->labels, sizeof(s->labels), "family",
		     s->family == AF_INET ? "ipv4" : "ipv6");
	metric_label(s->labels, sizeof(s->labels), "comm", s->comm);
	snprintf(text, sizeof(text), "%u", s->netns);
	metric_label(s->labels, sizeof(s->labels), "netns", text);
	make_place_labels(s);
}

static struct entry *entry_add(struct series_set *set, struct entry **slot,
			       const struct listener_identity *id)
{
	struct entry *e;

	if (set->count == set->room) {
		size_t room = set->room ? set->room * 2 : 64;
		struct entry **list = realloc(set->list, room * sizeof(*list));

		if (!list)
			return NULL;
		set->list = list;
		set->room = room;
	}
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->s.netns = id->netns;
	e->s.family = id->family;
	e->s.port = id->port;
	memcpy(e->s.addr, id->addr, id->family == AF_INET ? 4 : 16);
	e->s.round = set->round;
	set->list[set->count++] = *slot = e;
	return e;
}

/* The listeners of a series keep their name and place until the first of them has another. */
static void learn_owner(struct series *s, const struct tally_row *row)
{
	const struct listener_identity *id = &row->figures.identity;
	bool known = id->comm && id->comm[0];

	if (s->labels[0] && (!known || (!strncmp(s->comm, id->comm, sizeof(s->comm)) &&
					!memcmp(&s->place, row->place, sizeof(s->place)))))
		return;
	if (known)
		snprintf(s->comm, sizeof(s->comm), "%s", id->comm);
	s->place = *row->place;
	make_labels(s);
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A shorter backlog than before leaves a queue that is longer than its limit. */
static uint64_t share_of(uint64_t queue, uint64_t limit)
{
	uint64_t share = queue * SERIES_WHOLE / limit;

	return share > UINT32_MAX ? UINT32_MAX : share;
}

static void add_row(struct series *s, const struct tally_row *row)
{
	const struct listener_figures *f = &row->figures;
	uint64_t limit = (uint64_t)f->queues.backlog + 1;

	s->completed += f->completed;
	s->accepted += f->accepted;
	s->synack_retrans += row->stats->synack_retrans;
	s->drops += row->drops;
	for (unsigned int i = 0; i < DROP_REASON_COUNT; i++)
		s->refused[i] += row->refused[i];
	rare_merge(&s->rare, row->rare);
	durations_merge(&s->handshake, &row->stats->handshake);
	durations_merge(&s->accept_wait, &row->stats->accept_wait);
	if (!row->listens)
		return;
	s->listeners++;
	s->queue += f->queues.accept;
	s->limit += limit;
	s->syn_limit += f->queues.syn_limit;
	s->syn_queue += f->queues.syn;
	s->round_peak += row->recent_peak;
	s->fullest = greater(s->fullest, share_of(f->queues.accept, limit));
	s->round_fullest = greater(s->round_fullest, share_of(row->recent_peak, limit));
	s->verdicts |= 1u << f->verdict;
	if (row->diagnosis < DIAGNOSIS_UNKNOWN)
		s->diagnoses |= 1u << row->diagnosis;
	s->oldest_ns = greater(s->oldest_ns, row->oldest_ns);
}

/* Every listening address gets its series before anything is summed. */
static void on_address(void *ctx, const struct tally_row *row)
{
	struct series_set *set = ctx;
	const struct listener_identity *id = &row->figures.identity;
	struct entry **slot = slot_of(set, id);
	struct entry *e = *slot;

	if (!row->listens || (!e && set->count >= set->max))
		return;
	if (!e)
		e = entry_add(set, slot, id);
	if (!e) {
		set->no_memory = true;
		return;
	}
	if (e->s.round != set->round || !e->s.labels[0])
		learn_owner(&e->s, row);
	e->s.round = set->round;
}

static void on_row(void *ctx, const struct tally_row *row)
{
	struct series_set *set = ctx;
	struct entry *e = *slot_of(set, &row->figures.identity);

	if (e) {
		add_row(&e->s, row);
	} else if (row->listens) {
		set->shared++;
		add_row(&set->other, row);
	}
}

/* Everything but who it is and what is kept from round to round. */
static void begin_round(struct series *s)
{
	struct series kept = *s;

	memset(s, 0, sizeof(*s));
	s->netns = kept.netns;
	s->family = kept.family;
	memcpy(s->addr, kept.addr, sizeof(s->addr));
	s->port = kept.port;
	memcpy(s->comm, kept.comm, sizeof(s->comm));
	s->place = kept.place;
	memcpy(s->labels, kept.labels, sizeof(s->labels));
	memcpy(s->peak, kept.peak, sizeof(s->peak));
	memcpy(s->fullest_peak, kept.fullest_peak, sizeof(s->fullest_peak));
	s->round = kept.round;
}

static void end_round(struct series_set *set, struct series *s)
{
	s->peak[set->round % SERIES_ROUNDS] = (uint32_t)s->round_peak;
	s->fullest_peak[set->round % SERIES_ROUNDS] = (uint32_t)s->round_fullest;
	if (s->listeners || rare_get(&s->rare, SUMMARY_NEVER_ACCEPTED, 0))
		set->shown[set->shown_count++] = s;
}

/* A series without a listener for as long as peaks are kept is forgotten. */
static void forget_closed(struct series_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		struct entry *e = set->list[i];
		const struct listener_identity id = {.netns = e->s.netns,
						     .family = e->s.family,
						     .addr = e->s.addr,
						     .port = e->s.port};

		if (e->s.round + SERIES_ROUNDS > set->round) {
			set->list[kept++] = e;
			continue;
		}
		*slot_of(set, &id) = e->next;
		free(e);
	}
	set->count = kept;
}

int series_read(struct series_set *set, const struct tally *t)
{
	struct series **shown;

	set->round++;
	forget_closed(set);
	set->no_memory = false;
	set->shared = 0;
	set->shown_count = 0;
	for (size_t i = 0; i < set->count; i++)
		begin_round(&set->list[i]->s);
	begin_round(&set->other);
	tally_walk(t, on_address, set);
	tally_walk(t, on_row, set);
	shown = realloc(set->shown, (set->count + 1) * sizeof(*shown));
	if (!shown)
		return -ENOMEM;
	set->shown = shown;
	if (set->no_memory)
		return -ENOMEM;
	for (size_t i = 0; i < set->count; i++)
		end_round(set, &set->list[i]->s);
	end_round(set, &set->other);
	return 0;
}

size_t series_count(const struct series_set *set)
{
	return set->shown_count;
}

const struct series *series_get(const struct series_set *set, size_t i)
{
	return set->shown[i];
}

static uint64_t greatest(const uint32_t of_round[SERIES_ROUNDS])
{
	uint64_t peak = 0;

	for (unsigned int i = 0; i < SERIES_ROUNDS; i++)
		peak = greater(peak, of_round[i]);
	return peak;
}

uint64_t series_peak(const struct series *s)
{
	return greatest(s->peak);
}

uint64_t series_fullest_peak(const struct series *s)
{
	return greatest(s->fullest_peak);
}

size_t series_shared(const struct series_set *set)
{
	return set->shared;
}
