// SPDX-License-Identifier: BSD-2-Clause
#include "stream/owners.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/units.h"
#include "event/vocabulary.h"

#define SLOT_BITS 10
/* Processes move between cgroups rarely, and numbers come back later. */
#define CGROUP_KNOWN_NS NS_S

struct owners {
	struct owner_filter filter;
	struct {
		uint64_t cookie; /* 0: none */
		bool wanted;
	} listeners[1 << SLOT_BITS];
	struct {
		uint32_t pid; /* 0: none */
		bool wanted;
		uint64_t until; /* ns */
	} processes[1 << SLOT_BITS];
};

struct owners *owners_new(const struct owner_filter *filter)
{
	struct owners *o = calloc(1, sizeof(*o));

	if (o)
		o->filter = *filter;
	return o;
}

void owners_free(struct owners *o)
{
	free(o);
}

static bool in_cgroup(struct owners *o, uint32_t pid, uint64_t now)
{
	size_t i = hash_u64(pid, SLOT_BITS);

	if (o->processes[i].pid != pid || now >= o->processes[i].until) {
		o->processes[i].pid = pid;
		o->processes[i].until = now + CGROUP_KNOWN_NS;
		o->processes[i].wanted =
			o->filter.in_cgroup && o->filter.in_cgroup(o->filter.cgroup, pid);
	}
	return o->processes[i].wanted;
}

static bool wanted(struct owners *o, const struct event *e)
{
	struct owner_filter by_name = o->filter;
	uint32_t pid = (uint32_t)event_get(e, F_PID);

	by_name.cgroup = NULL;
	return owner_wanted(&by_name, pid, event_text(e, F_COMM)) &&
	       (!o->filter.cgroup || in_cgroup(o, pid, e->t));
}

/* What is known of a listener stays, also while a line of it does not name its owner. */
static bool listener_passes(struct owners *o, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	size_t i = hash_u64(cookie, SLOT_BITS);
	bool known = cookie && o->listeners[i].cookie == cookie;

	if (!event_has(e, F_PID))
		return known && o->listeners[i].wanted;
	o->listeners[i].cookie = cookie;
	o->listeners[i].wanted = wanted(o, e);
	return o->listeners[i].wanted;
}

bool owners_pass(struct owners *o, const struct event *e)
{
	uint64_t listener;
	size_t i;

	if (e->type == EVENT_META || e->type == EVENT_LOST || e->type == EVENT_SUMMARY)
		return true;
	if (event_enum(e, F_ROLE) == ROLE_LISTENER)
		return listener_passes(o, e);
	if (event_has(e, F_PID))
		return wanted(o, e);
	/* Until accept(), and where it was refused, a connection is its listener's. */
	listener = event_get(e, F_LISTENER);
	i = hash_u64(listener, SLOT_BITS);
	return listener && o->listeners[i].cookie == listener && o->listeners[i].wanted;
}
