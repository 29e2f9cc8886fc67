// SPDX-License-Identifier: BSD-2-Clause
#include "report/worst.h"

#include <string.h>

static enum worst_rank rank_of(enum worst_kind kind)
{
	if (kind == WORST_HALF_OPEN)
		return RANK_HALF_OPEN;
	return kind >= WORST_REFUSED ? RANK_UNSERVED : RANK_SERVED;
}

static void forget(struct worst *w, unsigned int rank, uint64_t id)
{
	struct worst_entry *list = w->list[rank];

	for (size_t i = 0; i < w->count[rank]; i++) {
		if (list[i].id != id)
			continue;
		w->count[rank]--;
		memmove(&list[i], &list[i + 1], (w->count[rank] - i) * sizeof(*list));
		return;
	}
}

void worst_forget(struct worst *w, uint64_t id)
{
	for (unsigned int rank = 0; rank < RANK_COUNT; rank++)
		forget(w, rank, id);
}

void worst_note(struct worst *w, const struct worst_entry *e)
{
	enum worst_rank rank = rank_of(e->kind);
	struct worst_entry *list = w->list[rank];
	size_t at;

	worst_forget(w, e->id);
	if (w->count[rank] == WORST_KEPT && list[WORST_KEPT - 1].ns >= e->ns)
		return;
	if (w->count[rank] == WORST_KEPT)
		w->count[rank]--;
	for (at = w->count[rank]; at > 0 && list[at - 1].ns < e->ns; at--)
		list[at] = list[at - 1];
	list[at] = *e;
	w->count[rank]++;
}

bool worst_has(const struct worst *w, uint64_t id)
{
	for (unsigned int rank = 0; rank < RANK_COUNT; rank++)
		for (size_t i = 0; i < w->count[rank]; i++)
			if (w->list[rank][i].id == id)
				return true;
	return false;
}

size_t worst_choose(const struct worst *w, struct worst_entry *out, size_t max,
		    bool (*is_twin)(void *ctx, uint64_t id, uint64_t other), void *ctx)
{
	size_t served = w->count[RANK_SERVED], count = 0;
	/* What the served leave free goes to the others. */
	const size_t room[RANK_COUNT] = {
		[RANK_UNSERVED] = max - (served < max / 2 ? served : max / 2),
		[RANK_SERVED] = max,
		[RANK_HALF_OPEN] = max,
	};

	for (unsigned int rank = 0; rank < RANK_COUNT; rank++)
		for (size_t i = 0; i < w->count[rank] && count < room[rank]; i++) {
			bool twin = false;

			for (size_t k = 0; k < count && !twin; k++)
				twin = is_twin(ctx, w->list[rank][i].id, out[k].id);
			if (!twin)
				out[count++] = w->list[rank][i];
		}
	return count;
}
