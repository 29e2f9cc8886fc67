// SPDX-License-Identifier: BSD-2-Clause
#include "event/why_report.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "event/event.h"

bool why_on_tells(const struct why_on *on)
{
	static const char *const dull[] = {"futex", "epoll instance", "socket"};

	if (!on->kind)
		return false;
	for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++) {
		if (!strcmp(on->kind, dull[i]))
			return on->peer.pid || (on->ends && on->rport);
	}
	return true;
}

void why_cpus_text(const struct why_thread_report *t, char *out, size_t size)
{
	out[0] = '\0';
	if (!t->cpus_allowed || t->cpus_allowed >= t->cpus_online)
		return;
	if (t->cpus[0])
		snprintf(out, size, "CPU%s %s only", text_s(t->cpus_allowed), t->cpus);
	else
		snprintf(out, size, "%u of %u CPUs only", t->cpus_allowed, t->cpus_online);
}

static bool holds(const struct why_report *r, uint32_t pid)
{
	for (size_t i = 0; i < r->holder_count; i++) {
		if (r->holders[i].who.pid == pid)
			return true;
	}
	return false;
}

uint32_t why_report_pid(const struct why_report *r, const char **comm)
{
	if (r->thread_count && holds(r, r->threads[0].pid)) {
		*comm = r->threads[0].process;
		return r->threads[0].pid;
	}
	*comm = r->holder_count ? r->holders[0].who.comm : "";
	return r->holder_count ? r->holders[0].who.pid : 0;
}

static void set_known(struct event *e, enum field f, bool known, uint64_t value)
{
	if (known)
		event_set(e, f, value);
}

static void set_listener(struct event *e, const struct why_report *r)
{
	const char *comm;
	uint32_t pid = why_report_pid(r, &comm);

	e->family = r->family;
	event_set_enum(e, F_ROLE, ROLE_LISTENER);
	set_known(e, F_COOKIE, r->cookie, r->cookie);
	event_set(e, F_NETNS, r->netns);
	event_set_enum(e, F_FAMILY, family_of(r->family));
	event_field(e, F_LADDR)->addr = r->laddr;
	event_set(e, F_LPORT, r->lport);
	if (pid) {
		event_set(e, F_PID, pid);
		event_set_text(e, F_COMM, comm);
	}
	event_set(e, F_ACCEPT_QUEUE, r->accept_queue);
	event_set(e, F_BACKLOG, r->backlog);
	event_set(e, F_SYN_QUEUE, r->syn_queue);
	event_set(e, F_DROPS_TOTAL, r->drops);
}

void why_report_event(struct event *e, const struct why_report *r)
{
	event_init(e, EVENT_WHY, r->t);
	set_listener(e, r);
	event_set_enum(e, F_DIAGNOSIS, r->diagnosis);
	if (r->also_count)
		event_field(e, F_ALSO)->why = r;
	event_set_text(e, F_SENTENCE, r->sentence);
	set_known(e, F_SINCE_NS, r->since_known, r->since_ns);
	set_known(e, F_LOOK_NS, r->look_ns, r->look_ns);
	set_known(e, F_OLDEST_WAIT_NS, r->oldest_known, r->oldest_wait_ns);
	set_known(e, F_ACCEPTS_BETWEEN, r->accepts_known, r->accepts);
	set_known(e, F_AT_LEAST, r->accepts_at_least, true);
	set_known(e, F_THROTTLED_NS, r->throttled_known, r->throttled_ns);
	if (r->cgroup[0])
		event_set_text(e, F_CGROUP, r->cgroup);
	set_known(e, F_FDS, r->fd_limit, r->fds);
	set_known(e, F_FD_LIMIT, r->fd_limit, r->fd_limit);
	event_field(e, F_HOLDERS)->why = r;
	event_set(e, F_HOLDERS_TOTAL, r->holders_total);
	event_field(e, F_WATCHERS)->why = r;
	event_set(e, F_WATCHERS_TOTAL, r->watchers_total);
	event_field(e, F_THREADS)->why = r;
	event_set(e, F_THREADS_TOTAL, r->threads_total);
	set_known(e, F_WATCHERS_SEEN, r->watchers_seen < r->watchers_total, r->watchers_seen);
	set_known(e, F_THREADS_SEEN, r->threads_seen < r->threads_total, r->threads_seen);
}
