// SPDX-License-Identifier: BSD-2-Clause
#include "listener/places.h"

#include <stdlib.h>
#include <string.h>

#include "listener/owner_place.h"

struct entry {
	uint32_t pid;
	unsigned int parts; /* bits: which of `next` have come */
	struct summary_place next;
	bool known;
	struct owner_place place;
};

struct places {
	struct entry *of[FACT_PLACES]; /* direct mapped by pid; NULL: nobody yet */
};

struct places *places_new(void)
{
	return calloc(1, sizeof(struct places));
}

void places_free(struct places *p)
{
	for (size_t i = 0; p && i < FACT_PLACES; i++)
		free(p->of[i]);
	free(p);
}

/* NULL: no memory. */
static struct entry *entry_of(struct places *p, uint32_t pid)
{
	struct entry **e = &p->of[pid % FACT_PLACES];

	if (!*e)
		*e = calloc(1, sizeof(**e));
	if (*e && (*e)->pid != pid)
		**e = (struct entry){.pid = pid};
	return *e;
}

/* The last part. A ring that was full may have swallowed others: then nothing new is known. */
static void complete(struct entry *e, const struct fact_place *host)
{
	if (e->parts != (1u << host->groups) - 1)
		return;
	memcpy(e->next.hostname, host->name, sizeof(e->next.hostname) - 1);
	e->next.cut = host->cut;
	owner_place_read(&e->place, &e->next);
	e->known = true;
}

void places_learn(struct places *p, const struct fact_place *part)
{
	struct entry *e = part->pid ? entry_of(p, part->pid) : NULL;

	if (!e)
		return;
	if (part->part == FACT_PLACE_HOST)
		complete(e, part);
	if (part->part == FACT_PLACE_HOST || part->part == 0) {
		memset(&e->next, 0, sizeof(e->next));
		e->parts = 0;
	}
	if (part->part == FACT_PLACE_HOST)
		return;
	memcpy(e->next.group[part->part], part->name, sizeof(e->next.group[0]));
	e->parts |= 1u << part->part;
}

void places_put(const struct places *p, uint32_t pid, struct event *e)
{
	const struct entry *entry = p->of[pid % FACT_PLACES];

	if (entry && pid && entry->pid == pid && entry->known)
		owner_place_put(&entry->place, e);
}
