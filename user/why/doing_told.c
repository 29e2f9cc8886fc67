// SPDX-License-Identifier: BSD-2-Clause
/*
 * doing_told.c - what a thread does, as people and machines read it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/tcp.h"
#include "why/doing.h"

const char *doing_cgroup(const struct doing *d)
{
	if (d->what == DOING_FROZEN && d->now->freezer_group[0])
		return d->now->freezer_group;
	if (d->throttled_ns && d->now->quota_group[0])
		return d->now->quota_group;
	return d->now->cgroup_name;
}

/* These calls return at once, but for a vfork(). */
static bool begins_child(const struct doing *d)
{
	static const char *const names[] = {"vfork", "clone", "clone3"};

	for (size_t i = 0; d->call && i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(d->call->name, names[i]))
			return true;
	}
	return false;
}

static const char *state_word(const struct doing *d)
{
	const struct why_thread *t = d->now;

	if (t->state & STATE_EXIT)
		return "dead";
	if (t->state & STATE_TRACED)
		return "traced";
	if (t->state & STATE_STOPPED)
		return "stopped";
	if (d->what == DOING_FROZEN)
		return "frozen";
	if (t->state & STATE_UNINTERRUPTIBLE)
		return t->state & STATE_NOLOAD ? "idle" : "uninterruptible";
	if (t->state & STATE_INTERRUPTIBLE)
		return "sleeping";
	return t->flags & WHY_THREAD_ON_CPU ? "running" : "runnable";
}

static const char *anon_kind(const char *name)
{
	static const struct {
		const char *name, *kind;
	} kinds[] = {
		{"[eventfd]", "eventfd"},	   {"[timerfd]", "timer"},
		{"[signalfd]", "signalfd"},	   {"[eventpoll]", "epoll instance"},
		{"inotify", "directory watch"},	   {"[io_uring]", "io_uring"},
		{"[fanotify]", "directory watch"}, {"[pidfd]", "process"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(name, kinds[i].name))
			return kinds[i].kind;
	}
	return "anonymous file";
}

static void report_ends(struct why_on *out, const struct fact_sock *s, bool tcp)
{
	out->ends = true;
	out->family = s->family;
	memcpy(out->laddr, s->laddr, sizeof(out->laddr));
	memcpy(out->raddr, s->raddr, sizeof(out->raddr));
	out->lport = s->lport;
	out->rport = s->rport;
	out->state = tcp ? tcp_state_name(s->state) : NULL;
}

static void report_object(struct why_on *out, const struct look *look, const struct why_object *on,
			  uint32_t pid)
{
	const struct why_other *peer = look_peer(look, on, pid);
	const char *path = look_path(look, on);

	switch ((enum why_object_kind)on->kind) {
	case WHY_OBJECT_NONE:
		return;
	case WHY_OBJECT_TCP:
	case WHY_OBJECT_INET:
		out->kind = "socket";
		report_ends(out, &on->s, on->kind == WHY_OBJECT_TCP);
		break;
	case WHY_OBJECT_UNIX:
		out->kind = "unix socket";
		break;
	case WHY_OBJECT_SOCKET:
		out->kind = "socket of another family";
		break;
	case WHY_OBJECT_PIPE:
		out->kind = "pipe";
		break;
	case WHY_OBJECT_FILE:
		out->kind = "file";
		snprintf(out->path, sizeof(out->path), "%s", path ? path : on->name);
		break;
	case WHY_OBJECT_ANON:
		out->kind = anon_kind(on->name);
		break;
	}
	if (peer) {
		out->peer.pid = peer->task.pid;
		memcpy(out->peer.comm, peer->task.comm, sizeof(out->peer.comm));
	}
}

static bool may_run_on(const struct why_thread *t, unsigned int cpu)
{
	return cpu < WHY_CPU_WORDS * 64 && t->cpus[cpu / 64] >> cpu % 64 & 1;
}

/* As /proc/PID/status lists them; nothing where the record or the text has no room for all. */
static void list_cpus(char *out, size_t size, const struct why_thread *t)
{
	unsigned int count = 0;
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int first = 0; first < WHY_CPU_WORDS * 64; first++) {
		unsigned int last = first;

		if (!may_run_on(t, first))
			continue;
		while (may_run_on(t, last + 1))
			last++;
		count += last - first + 1;
		if (len < size)
			len += (size_t)snprintf(out + len, size - len, "%s%u", len ? "," : "",
						first);
		if (len < size && last > first)
			len += (size_t)snprintf(out + len, size - len, "-%u", last);
		first = last;
	}
	if (len >= size || count != t->cpus_allowed)
		out[0] = '\0';
}

void doing_report(const struct doing *d, const struct look *look, struct why_thread_report *out)
{
	const struct why_thread *t = d->now;
	const struct why_other *other;

	memset(out, 0, sizeof(*out));
	out->pid = t->task.pid;
	out->tid = t->task.tid;
	memcpy(out->comm, t->task.comm, sizeof(out->comm));
	memcpy(out->process, t->process, sizeof(out->process));
	out->state = state_word(d);
	out->fd = -1;
	if (d->what == DOING_DEAD)
		return; /* its registers are of its last system call */
	out->syscall = d->call ? d->call->name : NULL;
	out->fd = d->call && d->call->takes_fd ? (int32_t)t->args[0] : -1;
	out->watches = d->watches;
	out->since_known = d->same && d->since_ns;
	out->since_ns = d->since_ns;
	out->share_known = d->before;
	out->cpu_permille = d->between_ns ? (uint32_t)(d->ran_ns * 1000 / d->between_ns) : 0;
	out->run_delay_ns = d->waited_ns;
	out->tracer.pid = t->tracer;
	memcpy(out->tracer.comm, t->tracer_comm, sizeof(out->tracer.comm));
	out->nice = t->nice;
	out->cpus_allowed = t->cpus_allowed;
	out->cpus_online = look->cpus_online;
	list_cpus(out->cpus, sizeof(out->cpus), t);
	out->frames = t->frames;
	memcpy(out->frame, t->frame, sizeof(out->frame));
	if (out->fd >= 0)
		report_object(&out->on, look, &t->on, t->task.pid);
	other = d->call && d->call->kind == CALL_EVENTS && !out->on.kind ? doing_polled(d, look)
									 : NULL;
	if (other) {
		out->fd = other->fd;
		report_object(&out->on, look, &other->on, t->task.pid);
	}
	if (d->what == DOING_LOCK && d->call && d->call->kind == CALL_LOCK)
		out->on.kind = "futex";
}

static void words_object(const struct why_on *on, char *out, size_t size)
{
	char end[TEXT_END_MAX];

	out[0] = '\0';
	if (!on->kind)
		return;
	if (on->ends && on->rport) {
		text_end(end, on->family, on->raddr, on->rport);
		snprintf(out, size, " on %s%s%s%s", end, on->state ? " (" : "",
			 on->state ? on->state : "", on->state ? ")" : "");
	} else if (on->path[0]) {
		snprintf(out, size, " on %s", on->path);
	} else if (why_on_tells(on)) {
		snprintf(out, size, " on %s %s", strchr("aeiou", on->kind[0]) ? "an" : "a",
			 on->kind);
	}
}

/*
 * What keeps a thread that could run from a CPU. Where it may run on one only, others had that one
 * while it waited; of several, one may have been idle.
 */
static const char *starved_by(const struct doing *d, const struct why_thread_report *r, char *out,
			      size_t size)
{
	char cpus[WHY_CPUS_MAX + 32], nice[24] = "";

	why_cpus_text(r, cpus, sizeof(cpus));
	if (r->nice > 0)
		snprintf(nice, sizeof(nice), "nice %d%s", r->nice, cpus[0] ? ", " : "");
	out[0] = '\0';
	if (nice[0] || cpus[0])
		snprintf(out, size, " (%s%s%s%s)", nice, cpus[0] ? "allowed on " : "", cpus,
			 cpus[0] && r->cpus_allowed == 1 && !d->throttled_ns
				 ? ", which was busy with others"
				 : "");
	return out;
}

void doing_words(const struct doing *d, const struct why_thread_report *r, char *out, size_t size)
{
	char on[400], by[160], call[48] = "";
	unsigned int share = doing_percent(d->ran_ns, d->between_ns);
	unsigned int waits = doing_percent(d->waited_ns, d->between_ns);

	words_object(&r->on, on, sizeof(on));
	if (r->syscall)
		snprintf(call, sizeof(call), " in %s()", r->syscall);
	switch (d->what) {
	case DOING_STOPPED:
		snprintf(out, size, "is stopped by a signal");
		break;
	case DOING_TRACED:
		if (r->tracer.comm[0])
			snprintf(out, size, "is stopped by its tracer %s[%u]", r->tracer.comm,
				 r->tracer.pid);
		else
			snprintf(out, size, "is stopped by a debugger (process %u)", r->tracer.pid);
		break;
	case DOING_FROZEN:
		snprintf(out, size, "is frozen by its cgroup %s", doing_cgroup(d));
		break;
	case DOING_ACCEPT:
		snprintf(out, size, "sleeps%s", call);
		break;
	case DOING_HELD_BACK:
		snprintf(out, size, "is held back by memory.high of its cgroup %s",
			 d->now->cgroup_name);
		break;
	case DOING_DEEP:
		snprintf(out, size, "is in an uninterruptible sleep%s%s%s%s", call,
			 d->now->frames ? ", in the kernel's " : "",
			 d->now->frames ? d->now->frame[0] : "", on);
		break;
	case DOING_FILE:
	case DOING_PEER:
		snprintf(out, size, "is blocked%s%s", call, on);
		break;
	case DOING_CHILD:
		if (d->call && d->call->number >= 0 && (int32_t)d->now->args[0] > 0 &&
		    !strcmp(d->call->name, "wait4"))
			snprintf(out, size, "waits for its child %d to end, in wait4()",
				 (int32_t)d->now->args[0]);
		else if (begins_child(d))
			snprintf(out, size, "waits for its child to call exec(),%s", call);
		else
			snprintf(out, size, "waits for a child%s", call);
		break;
	case DOING_RUN:
		if (d->before)
			snprintf(out, size, "is running, %u%% of a CPU", share);
		else
			snprintf(out, size, "is running");
		break;
	case DOING_READY:
		if (d->before)
			snprintf(out, size,
				 "is ready to run, but had no CPU for %u%% of the time%s",
				 waits > 100 ? 100 : waits, starved_by(d, r, by, sizeof(by)));
		else
			snprintf(out, size, "is ready to run, but has no CPU");
		break;
	case DOING_SLEEP:
		snprintf(out, size, "sleeps%s", call);
		break;
	case DOING_LOCK:
		snprintf(out, size, "waits for a lock%s%s", call, on);
		break;
	case DOING_EVENTS:
		snprintf(out, size, "waits for events%s%s", call, on);
		break;
	case DOING_SIGNALS:
		snprintf(out, size, "waits for a signal%s", call);
		break;
	case DOING_KERNEL:
		snprintf(out, size, "is a worker of the kernel");
		break;
	case DOING_DEAD:
		snprintf(out, size, "has exited");
		break;
	case DOING_UNKNOWN:
		snprintf(out, size, "is asleep%s%s%s%s", call,
			 d->now->frames ? ", in the kernel's " : "",
			 d->now->frames ? d->now->frame[0] : "", on);
		break;
	}
}
