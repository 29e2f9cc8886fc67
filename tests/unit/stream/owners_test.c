// SPDX-License-Identifier: BSD-2-Clause
#include "stream/owners.h"

#include "event/vocabulary.h"
#include "tap.h"

static unsigned int asked;

static bool in_cgroup(const char *cgroup, uint32_t pid)
{
	(void)cgroup;
	asked++;
	return pid == 7;
}

static bool passes(struct owners *o, enum event_type type, enum role role, uint64_t cookie,
		   uint64_t listener, uint32_t pid)
{
	struct event e;

	event_init(&e, type, 1);
	if (role)
		event_set_enum(&e, F_ROLE, role);
	if (cookie)
		event_set(&e, F_COOKIE, cookie);
	if (listener)
		event_set(&e, F_LISTENER, listener);
	if (pid) {
		event_set(&e, F_PID, pid);
		event_set_text(&e, F_COMM, pid == 7 ? "mine" : "decoy");
	}
	return owners_pass(o, &e);
}

int main(void)
{
	struct owner_filter f = {.comms = {"mine"}, .comm_count = 1};
	struct owners *o = owners_new(&f);

	ok(passes(o, EVENT_META, 0, 0, 0, 0) && passes(o, EVENT_LOST, 0, 0, 0, 0) &&
		   passes(o, EVENT_SUMMARY, 0, 0, 0, 0),
	   "what is about no socket passes");
	ok(passes(o, EVENT_ACCEPT, ROLE_SERVER, 1, 0, 7) &&
		   !passes(o, EVENT_ACCEPT, ROLE_SERVER, 2, 0, 8),
	   "the owner's, and not the decoy's");
	ok(!passes(o, EVENT_RESET, 0, 3, 0, 0), "a socket that is nobody's");
	ok(!passes(o, EVENT_DROP, ROLE_SERVER, 0, 50, 0),
	   "refused by a listener that is not known yet");
	ok(passes(o, EVENT_STATE, ROLE_LISTENER, 50, 0, 7) &&
		   !passes(o, EVENT_STATE, ROLE_LISTENER, 51, 0, 8),
	   "listeners");
	ok(passes(o, EVENT_DROP, ROLE_SERVER, 0, 50, 0) &&
		   !passes(o, EVENT_DROP, ROLE_SERVER, 0, 51, 0),
	   "refused by the owner's listener, by the decoy's");
	ok(passes(o, EVENT_LISTENER, ROLE_LISTENER, 50, 0, 0),
	   "a line of it that does not name the owner");
	owners_free(o);

	f = (struct owner_filter){.cgroup = "x.service", .in_cgroup = in_cgroup};
	o = owners_new(&f);
	for (int i = 0; i < 100; i++)
		passes(o, EVENT_STATE, ROLE_SERVER, 1, 0, 7);
	ok(passes(o, EVENT_STATE, ROLE_SERVER, 1, 0, 7) &&
		   !passes(o, EVENT_STATE, ROLE_SERVER, 1, 0, 8),
	   "a cgroup");
	is_u64(asked, 2, "is looked up once for each process");
	owners_free(o);
	return done();
}
