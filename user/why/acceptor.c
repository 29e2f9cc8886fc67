// SPDX-License-Identifier: BSD-2-Clause
#include "why/acceptor.h"

/* Looks of older recordings hold sockets that are only bound to the port, too. */
static bool serves(const struct why_other *o, const struct why_listener *listener)
{
	return o->flags & WHY_OTHER_SERVES && o->on.s.rport && o->on.s.lport == listener->s.lport &&
	       o->on.s.netns == listener->s.netns;
}

bool acceptor_seen(const struct look *look, const struct why_listener *listener)
{
	for (size_t i = 0; i < look->others.count; i++) {
		if (serves(&look->others.at[i], listener))
			return true;
	}
	return false;
}

bool acceptor_serves(const struct look *look, const struct why_listener *listener, uint32_t pid)
{
	for (size_t i = 0; i < look->others.count; i++) {
		const struct why_other *o = &look->others.at[i];

		if (o->task.pid == pid && serves(o, listener))
			return true;
	}
	return false;
}

const struct why_other *acceptor_former(const struct look *look,
					const struct why_listener *listener)
{
	for (size_t i = 0; i < look->others.count; i++) {
		const struct why_other *o = &look->others.at[i];

		if (serves(o, listener) && !look_holds(look, listener->s.sk, o->task.pid) &&
		    !(o->parent && look_holds(look, listener->s.sk, o->parent)))
			return o;
	}
	return NULL;
}

uint32_t acceptor_heir(const struct look *look, const struct why_listener *listener, uint32_t pid)
{
	for (size_t i = 0; i < look->threads.count; i++) {
		const struct why_thread *t = &look->threads.at[i];

		if (t->parent == pid && look_holds(look, listener->s.sk, t->task.pid))
			return t->task.pid;
	}
	return 0;
}
