// SPDX-License-Identifier: BSD-2-Clause
#include "why/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Of each kind; more than a look can write, so that a damaged recording cannot take all memory. */
#define RECORDS_MAX 262144
#define INDEX_BITS  6 /* of an index that begins; twice as many places as records at least */

/* ---- an index, so that many threads are not compared with as many ---- */

static void index_clear(struct look_index *index)
{
	if (index->at)
		memset(index->at, 0, sizeof(*index->at) << index->bits);
}

static size_t index_begin(const struct look_index *index, uint64_t key)
{
	return index->at ? hash_u64(key, index->bits) : 0;
}

static void index_put(struct look_index *index, uint64_t key, size_t record)
{
	size_t mask = ((size_t)1 << index->bits) - 1, i = index_begin(index, key);

	while (index->at[i & mask])
		i++;
	index->at[i & mask] = (uint32_t)record + 1;
}

/* The next record from place i on that may have the key; SIZE_MAX: there is no more. */
static size_t index_next(const struct look_index *index, size_t *i)
{
	size_t mask = ((size_t)1 << index->bits) - 1;
	uint32_t found = index->at ? index->at[(*i)++ & mask] : 0;

	return found ? found - 1 : SIZE_MAX;
}

static uint64_t key_of_thread(uint32_t tid)
{
	return tid;
}

static uint64_t key_of_holder(uint64_t sk, uint32_t pid)
{
	return sk ^ (uint64_t)pid << 40;
}

static uint64_t thread_key(const struct look *look, size_t i)
{
	return key_of_thread(look->threads.at[i].task.tid);
}

static uint64_t holder_key(const struct look *look, size_t i)
{
	return key_of_holder(look->holders.at[i].sk, look->holders.at[i].task.pid);
}

/* Puts the last of count records; a table that is half full is made anew. */
static int index_add(struct look_index *index, const struct look *look, size_t count,
		     uint64_t (*key)(const struct look *look, size_t i))
{
	unsigned int bits = index->bits ? index->bits : INDEX_BITS;
	uint32_t *at;

	if (index->at && count * 2 <= (size_t)1 << bits) {
		index_put(index, key(look, count - 1), count - 1);
		return 0;
	}
	while (count * 2 > (size_t)1 << bits)
		bits++;
	at = calloc((size_t)1 << bits, sizeof(*at));
	if (!at)
		return -ENOMEM;
	free(index->at);
	*index = (struct look_index){.at = at, .bits = bits};
	for (size_t i = 0; i < count; i++)
		index_put(index, key(look, i), i);
	return 0;
}

/* ---- a look ---- */

struct look *look_new(void)
{
	return calloc(1, sizeof(struct look));
}

void look_free(struct look *look)
{
	if (!look)
		return;
	free(look->listeners.at);
	free(look->holders.at);
	free(look->watchers.at);
	free(look->threads.at);
	free(look->others.at);
	free(look->thread_index.at);
	free(look->holder_index.at);
	free(look);
}

void look_clear(struct look *look)
{
	look->listeners.count = look->holders.count = look->watchers.count = 0;
	look->threads.count = look->others.count = 0;
	look->clock_known = false;
	look->cpus_online = 0;
	index_clear(&look->thread_index);
	index_clear(&look->holder_index);
}

static int grow(void **at, size_t *room, size_t count, size_t size)
{
	size_t more = *room ? *room * 2 : 16;
	void *list;

	if (count < *room)
		return 0;
	if (count >= RECORDS_MAX)
		return -ENOMEM;
	list = realloc(*at, more * size);
	if (!list)
		return -ENOMEM;
	*at = list;
	*room = more;
	return 0;
}

/* ---- records ---- */

#define APPEND(list, bytes)                                                            \
	(grow((void **)&(list)->at, &(list)->room, (list)->count, sizeof(*(list)->at)) \
		 ? -ENOMEM                                                             \
		 : (memcpy(&(list)->at[(list)->count++], bytes, sizeof(*(list)->at)), 0))
#define LAST(list)     (&(list)->at[(list)->count - 1])
#define END_TEXT(text) ((text)[sizeof(text) - 1] = '\0')

/*
 * Whatever a file may hold: texts end, and counts are within their arrays. A record that is refused
 * is not kept.
 */
static int take_listener(struct look *look, const struct why_listener *l)
{
	return l->queued <= WHY_QUEUED_MAX ? APPEND(&look->listeners, l) : -EBADMSG;
}

static int take_holder(struct look *look, const struct why_holder *h)
{
	int rc = APPEND(&look->holders, h);

	if (rc)
		return rc;
	END_TEXT(LAST(&look->holders)->task.comm);
	return index_add(&look->holder_index, look, look->holders.count, holder_key);
}

static int take_watcher(struct look *look, const struct why_watcher *w)
{
	int rc = APPEND(&look->watchers, w);

	if (rc)
		return rc;
	END_TEXT(LAST(&look->watchers)->task.comm);
	END_TEXT(LAST(&look->watchers)->wake);
	return 0;
}

static int take_thread(struct look *look, const struct why_thread *thread)
{
	struct why_thread *t;
	int rc = thread->frames <= WHY_FRAMES ? APPEND(&look->threads, thread) : -EBADMSG;

	if (rc)
		return rc;
	t = LAST(&look->threads);
	END_TEXT(t->task.comm);
	END_TEXT(t->process);
	END_TEXT(t->cgroup_name);
	END_TEXT(t->quota_group);
	END_TEXT(t->freezer_group);
	END_TEXT(t->on.name);
	END_TEXT(t->tracer_comm);
	for (size_t i = 0; i < WHY_FRAMES; i++)
		END_TEXT(t->frame[i]);
	return index_add(&look->thread_index, look, look->threads.count, thread_key);
}

static int take_other(struct look *look, const struct why_other *o)
{
	int rc = APPEND(&look->others, o);

	if (rc)
		return rc;
	END_TEXT(LAST(&look->others)->task.comm);
	END_TEXT(LAST(&look->others)->on.name);
	END_TEXT(LAST(&look->others)->path);
	return 0;
}

static int take_clock(struct look *look, const struct why_clock *clock)
{
	look->clock_known = clock->arrived_at;
	look->clock_offset = (int64_t)(clock->t - clock->arrived_at);
	look->cpus_online = clock->cpus_online;
	return 0;
}

size_t look_record_size(unsigned int kind)
{
	static const size_t sizes[WHY_KINDS] = {
		[WHY_LISTENER] = sizeof(struct why_listener),
		[WHY_HOLDER] = sizeof(struct why_holder),
		[WHY_WATCHER] = sizeof(struct why_watcher),
		[WHY_THREAD] = sizeof(struct why_thread),
		[WHY_CLOCK] = sizeof(struct why_clock),
		[WHY_OTHER] = sizeof(struct why_other),
	};

	return kind < WHY_KINDS ? sizes[kind] : 0;
}

/* Of recordings that were made before anything was added to its end, in steps of 8 bytes. */
static size_t first_size(unsigned int kind)
{
	switch (kind) {
	case WHY_THREAD:
		return offsetof(struct why_thread, cpus);
	case WHY_CLOCK:
		return offsetof(struct why_clock, cpus_online);
	default:
		return look_record_size(kind);
	}
}

int look_record(void *ctx, const void *bytes, size_t size)
{
	union {
		struct why_hdr h;
		struct why_listener listener;
		struct why_holder holder;
		struct why_watcher watcher;
		struct why_thread thread;
		struct why_clock clock;
		struct why_other other;
	} record; /* aligned, which the bytes need not be */

	if (size < sizeof(record.h) || size > sizeof(record))
		return -EBADMSG;
	memset(&record, 0, sizeof(record));
	memcpy(&record, bytes, size);
	if (record.h.size != size || size > look_record_size(record.h.kind) ||
	    size < first_size(record.h.kind) || size % 8)
		return -EBADMSG;
	switch ((enum why_kind)record.h.kind) {
	case WHY_LISTENER:
		return take_listener(ctx, &record.listener);
	case WHY_HOLDER:
		return take_holder(ctx, &record.holder);
	case WHY_WATCHER:
		return take_watcher(ctx, &record.watcher);
	case WHY_THREAD:
		return take_thread(ctx, &record.thread);
	case WHY_CLOCK:
		return take_clock(ctx, &record.clock);
	case WHY_OTHER:
		return take_other(ctx, &record.other);
	case WHY_NONE:
	case WHY_KINDS:
		break;
	}
	return -EBADMSG;
}

/* ---- questions ---- */

const struct why_listener *look_same_listener(const struct look *look,
					      const struct why_listener *listener)
{
	for (size_t i = 0; i < look->listeners.count; i++) {
		const struct why_listener *l = &look->listeners.at[i];

		if (l->s.sk != listener->s.sk || l->s.lport != listener->s.lport ||
		    l->s.netns != listener->s.netns)
			continue;
		if (!l->s.cookie || !listener->s.cookie || l->s.cookie == listener->s.cookie)
			return l;
	}
	return NULL;
}

const struct why_thread *look_thread(const struct look *look, uint32_t pid, uint32_t tid)
{
	size_t i = index_begin(&look->thread_index, key_of_thread(tid)), found;

	while ((found = index_next(&look->thread_index, &i)) != SIZE_MAX) {
		const struct why_thread *t = &look->threads.at[found];

		if (t->task.tid == tid && t->task.pid == pid)
			return t;
	}
	return NULL;
}

const struct why_holder *look_holds(const struct look *look, uint64_t sk, uint32_t pid)
{
	size_t i = index_begin(&look->holder_index, key_of_holder(sk, pid)), found;

	while ((found = index_next(&look->holder_index, &i)) != SIZE_MAX) {
		const struct why_holder *h = &look->holders.at[found];

		if (h->sk == sk && h->task.pid == pid)
			return h;
	}
	return NULL;
}

static bool is_other_end(const struct why_object *on, const struct why_other *other)
{
	if (!on->key || other->key != on->key)
		return false;
	if (on->kind != WHY_OBJECT_TCP)
		return true;
	return other->on.s.family == on->s.family &&
	       !memcmp(other->on.s.laddr, on->s.raddr, sizeof(on->s.raddr)) &&
	       !memcmp(other->on.s.raddr, on->s.laddr, sizeof(on->s.laddr)) &&
	       other->on.s.lport == on->s.rport && other->on.s.rport == on->s.lport;
}

/* A pipe's end that can also be read by this very descriptor is no other end. */
static bool serves_as_peer(const struct why_object *on, const struct why_other *other, bool reads)
{
	if (!is_other_end(on, other))
		return false;
	if (on->kind != WHY_OBJECT_PIPE)
		return true;
	return other->flags & (reads ? WHY_OTHER_WRITER : WHY_OTHER_READER);
}

/*
 * Which end of a pipe the thread has: that of its own descriptor, which the walk came across too.
 */
static bool reads_pipe(const struct look *look, const struct why_object *on, uint32_t pid)
{
	for (size_t i = 0; i < look->others.count; i++) {
		const struct why_other *o = &look->others.at[i];

		if (o->task.pid == pid && o->on.file == on->file)
			return o->flags & WHY_OTHER_READER;
	}
	return false;
}

const struct why_other *look_peer(const struct look *look, const struct why_object *on,
				  uint32_t pid)
{
	bool reads = on->kind == WHY_OBJECT_PIPE && reads_pipe(look, on, pid);
	const struct why_other *own = NULL;

	if (on->kind == WHY_OBJECT_FILE || on->kind == WHY_OBJECT_ANON)
		return NULL;
	for (size_t i = 0; i < look->others.count; i++) {
		const struct why_other *o = &look->others.at[i];

		if (!serves_as_peer(on, o, reads))
			continue;
		if (o->task.pid != pid)
			return o;
		own = own ? own : o;
	}
	return own;
}

const char *look_path(const struct look *look, const struct why_object *on)
{
	for (size_t i = 0; i < look->others.count; i++) {
		if (look->others.at[i].on.file == on->file && look->others.at[i].path[0])
			return look->others.at[i].path;
	}
	return NULL;
}

const struct why_other *look_epoll(const struct look *look, uint64_t epoll_file, uint32_t pid)
{
	const struct why_other *any = NULL;

	for (size_t i = 0; i < look->others.count; i++) {
		const struct why_other *o = &look->others.at[i];

		if (o->on.file != epoll_file)
			continue;
		if (!pid || o->task.pid == pid)
			return o;
		any = any ? any : o;
	}
	return any;
}
