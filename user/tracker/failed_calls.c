// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/failed_calls.h"

#include <stdlib.h>

#include "base/errnos.h"

struct entry {
	struct failed_call call;
	uint64_t emitted; /* ns: its latest line; 0: the entry is free */
	uint64_t count;	  /* of failures since then */
};

struct failed_calls {
	struct entry entries[FAILED_CALLS_MAX];
	unsigned int next; /* the place of the next new one */
};

struct failed_calls *failed_calls_new(void)
{
	return calloc(1, sizeof(struct failed_calls));
}

static void emit(struct tracker *t, uint64_t at, struct entry *entry)
{
	const struct failed_call *call = &entry->call;
	struct event *e = line_begin(&t->lines, call->type, at);

	event_set_enum(e, F_ROLE, ROLE_LISTENER); /* or meant to be one */
	event_set(e, F_SOCKET_STATE, call->s.state);
	line_ends(&t->lines, &call->s);
	line_task(&t->lines, &call->task);
	event_set_text(e, F_ERRNO, errno_name(call->err));
	event_set(e, F_COUNT, entry->count);
	if (call->asked_known)
		event_set(e, F_BACKLOG_ASKED, call->backlog_asked);
	line_emit(&t->lines);
	entry->emitted = at;
	entry->count = 0;
}

static bool is_same(const struct failed_call *a, const struct failed_call *b)
{
	return a->type == b->type && a->err == b->err && a->s.cookie == b->s.cookie &&
	       a->s.netns == b->s.netns && a->s.lport == b->s.lport && a->task.pid == b->task.pid;
}

/* What is in its place has been emitted. */
static struct entry *entry_of(struct tracker *t, uint64_t at, const struct failed_call *call)
{
	struct failed_calls *f = t->failed_calls;
	struct entry *entry;

	for (unsigned int i = 0; i < FAILED_CALLS_MAX; i++) {
		if (f->entries[i].emitted && is_same(&f->entries[i].call, call))
			return &f->entries[i];
	}
	entry = &f->entries[f->next++ % FAILED_CALLS_MAX];
	if (entry->count)
		emit(t, at, entry);
	*entry = (struct entry){.call = *call};
	return entry;
}

void failed_call(struct tracker *t, uint64_t at, const struct failed_call *call)
{
	struct entry *entry;

	if (!call->s.cookie && !call->s.lport) /* in old recordings: nobody's */
		return;
	entry = entry_of(t, at, call);
	entry->call = *call;
	entry->call.s.rport = 0; /* the error is the socket's, and nobody's at its other end */
	entry->count++;
	if (!entry->emitted || at >= entry->emitted + ERROR_EVERY)
		emit(t, at, entry);
}

void failed_calls_flush(struct tracker *t, uint64_t before, uint64_t now)
{
	struct failed_calls *f = t->failed_calls;

	for (unsigned int i = 0; i < FAILED_CALLS_MAX; i++) {
		if (f->entries[i].count && f->entries[i].emitted <= before)
			emit(t, now, &f->entries[i]);
	}
}
