// SPDX-License-Identifier: BSD-2-Clause
#include "why/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of each kind; more than a look can write, so that a damaged recording cannot take all memory. */
#define RECORDS_MAX 262144

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
	free(look);
}

void look_clear(struct look *look)
{
	look->listeners.count = look->holders.count = look->watchers.count = 0;
	look->threads.count = look->others.count = 0;
	look->clock_known = false;
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

#define APPEND(list, bytes, size)                                                        \
	((size) != sizeof(*(list)->at) ? -EBADMSG                                        \
	 : grow((void **)&(list)->at, &(list)->room, (list)->count, sizeof(*(list)->at)) \
		 ? -ENOMEM                                                               \
		 : (memcpy(&(list)->at[(list)->count++], bytes, size), 0))

/* Texts end, and counts are within their arrays, whatever a file may hold. */
static int check_thread(struct why_thread *t)
{
	t->task.comm[sizeof(t->task.comm) - 1] = '\0';
	t->process[sizeof(t->process) - 1] = '\0';
	t->cgroup_name[sizeof(t->cgroup_name) - 1] = '\0';
	t->on.name[sizeof(t->on.name) - 1] = '\0';
	for (size_t i = 0; i < WHY_FRAMES; i++)
		t->frame[i][WHY_FRAME - 1] = '\0';
	return t->frames <= WHY_FRAMES ? 0 : -EBADMSG;
}

static int take_clock(struct look *look, const void *bytes, size_t size)
{
	struct why_clock clock;

	if (size != sizeof(clock))
		return -EBADMSG;
	memcpy(&clock, bytes, sizeof(clock));
	look->clock_known = clock.arrived_at;
	look->clock_offset = (int64_t)(clock.t - clock.arrived_at);
	return 0;
}

int look_record(void *ctx, const void *bytes, size_t size)
{
	struct look *look = ctx;
	struct why_hdr h;
	int rc;

	if (size < sizeof(h))
		return -EBADMSG;
	memcpy(&h, bytes, sizeof(h));
	if (h.size != size)
		return -EBADMSG;
	switch ((enum why_kind)h.kind) {
	case WHY_LISTENER:
		rc = APPEND(&look->listeners, bytes, size);
		if (!rc && look->listeners.at[look->listeners.count - 1].queued > WHY_QUEUED_MAX)
			return -EBADMSG;
		return rc;
	case WHY_HOLDER:
		rc = APPEND(&look->holders, bytes, size);
		if (!rc)
			look->holders.at[look->holders.count - 1].task.comm[15] = '\0';
		return rc;
	case WHY_WATCHER:
		rc = APPEND(&look->watchers, bytes, size);
		if (!rc) {
			look->watchers.at[look->watchers.count - 1].task.comm[15] = '\0';
			look->watchers.at[look->watchers.count - 1].wake[WHY_NAME - 1] = '\0';
		}
		return rc;
	case WHY_THREAD:
		rc = APPEND(&look->threads, bytes, size);
		return rc ? rc : check_thread(&look->threads.at[look->threads.count - 1]);
	case WHY_OTHER:
		rc = APPEND(&look->others, bytes, size);
		if (!rc) {
			look->others.at[look->others.count - 1].task.comm[15] = '\0';
			look->others.at[look->others.count - 1].path[WHY_PATH - 1] = '\0';
		}
		return rc;
	case WHY_CLOCK:
		return take_clock(look, bytes, size);
	case WHY_NONE:
	case WHY_KINDS:
		break;
	}
	return -EBADMSG;
}

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
	for (size_t i = 0; i < look->threads.count; i++) {
		if (look->threads.at[i].task.tid == tid && look->threads.at[i].task.pid == pid)
			return &look->threads.at[i];
	}
	return NULL;
}

const struct why_holder *look_holds(const struct look *look, uint64_t sk, uint32_t pid)
{
	for (size_t i = 0; i < look->holders.count; i++) {
		if (look->holders.at[i].sk == sk && look->holders.at[i].task.pid == pid)
			return &look->holders.at[i];
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
