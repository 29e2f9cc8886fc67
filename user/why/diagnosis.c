// SPDX-License-Identifier: BSD-2-Clause
/*
 * diagnosis.c - from two looks to a name and a sentence.
 *
 * Longer than 500 lines: the rules stand in the order in which they are tried, each with its
 * sentence.
 */
#include "why/diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "why/acceptor.h"
#include "why/doing.h"
#include "why/queue.h"
#include "why/watch.h"

/* A queue whose oldest connection waits for less is no trouble: it may have come a moment ago. */
#define PATIENCE_NS (100 * NS_MS)
/*
 * Percent of the time between the looks from which on throttling, or the lack of a CPU, is a cause.
 */
#define SHARE_OF_CAUSE	20
#define THREADS_WEIGHED WHY_THREADS_MAX

struct case_of {
	struct why_report *out;
	const struct look *before, *now;
	const struct why_listener *was, *is; /* was: NULL where there is no first look */
	const struct why_history *history;
	struct queue_change queue;
	struct watch watch;
	struct doing *threads; /* by weight */
	size_t thread_count;
	size_t blocked; /* of the threads: those that something keeps from accept() */
};

/* ---- the sentence ---- */

static void say(struct case_of *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct case_of *c, const char *format, ...)
{
	size_t len = strlen(c->out->sentence);
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->out->sentence + len, sizeof(c->out->sentence) - len, format, ap);
	va_end(ap);
}

static void conclude(struct case_of *c, enum diagnosis diagnosis)
{
	c->out->diagnosis = diagnosis;
}

static void also(struct case_of *c, enum diagnosis diagnosis)
{
	if (c->out->also_count < WHY_ALSO_MAX)
		c->out->also[c->out->also_count++] = diagnosis;
}

/* "python3[12]", with the thread's number where it is not the first one. */
static void say_thread(struct case_of *c, const struct doing *d)
{
	const struct why_thread *t = d->now;

	if (t->task.pid == t->task.tid)
		say(c, "%s[%u]", t->process, t->task.pid);
	else
		say(c, "%s[%u] thread %u", t->process, t->task.pid, t->task.tid);
}

static void say_duration(struct case_of *c, uint64_t ns)
{
	char text[TEXT_DURATION_MAX];

	text_duration(text, ns, true);
	say(c, " for %s", text);
}

static void say_doing(struct case_of *c, const struct doing *d)
{
	struct why_thread_report r;
	char words[420];

	doing_report(d, c->now, &r);
	doing_words(d, &r, words, sizeof(words));
	say_thread(c, d);
	say(c, " %s", words);
	if (r.since_known) {
		say_duration(c, r.since_ns);
		c->out->since_known = true;
		c->out->since_ns = r.since_ns;
	}
	if (r.on.peer.pid)
		say(c, " (%s[%u] has the other end)", r.on.peer.comm, r.on.peer.pid);
}

/* Where it waited for one. */
static void say_cpus(struct case_of *c, const struct doing *d)
{
	struct why_thread_report r;
	char cpus[WHY_CPUS_MAX + 32];

	doing_report(d, c->now, &r);
	why_cpus_text(&r, cpus, sizeof(cpus));
	if (cpus[0] && doing_percent(d->waited_ns, d->between_ns) >= SHARE_OF_CAUSE)
		say(c, "; it is allowed on %s", cpus);
}

/* ---- threads ---- */

static int heavier(const void *a, const void *b)
{
	int x = doing_weight(a), y = doing_weight(b);
	const struct doing *d = a, *e = b;

	if (x != y)
		return x > y ? -1 : 1;
	return d->now->task.tid < e->now->task.tid ? -1 : d->now->task.tid > e->now->task.tid;
}

static void gather_threads(struct case_of *c)
{
	c->threads = calloc(c->now->threads.count + 1, sizeof(*c->threads));
	for (size_t i = 0; c->threads && i < c->now->threads.count; i++) {
		const struct why_thread *t = &c->now->threads.at[i];
		bool watches = watch_names(&c->watch, t->task.tid);
		struct doing *d = &c->threads[c->thread_count];

		if (!watches && !look_holds(c->now, c->is->s.sk, t->task.pid))
			continue;
		doing_fill(d, c->now, t,
			   c->before ? look_thread(c->before, t->task.pid, t->task.tid) : NULL,
			   watches);
		d->did_watch = c->was && watch_named(c->before, c->was->s.sk, t->task.tid);
		d->accepted = c->history && c->history->acceptor_tid == t->task.tid &&
			      c->history->acceptor_pid == t->task.pid;
		c->blocked += doing_keeps_from_accept(d->what);
		c->thread_count++;
	}
	if (c->threads)
		qsort(c->threads, c->thread_count, sizeof(*c->threads), heavier);
}

/* Whether something shows which thread is the one that should accept. */
static bool acceptor_known(const struct case_of *c)
{
	const struct doing *first = c->threads;

	return first->accepted || first->watches || first->did_watch || c->blocked <= 1;
}

/* All threads of the processes that hold it are in this state, but those that do not count. */
static bool all_are(const struct case_of *c, enum doing_what what)
{
	size_t count = 0;

	for (size_t i = 0; i < c->thread_count; i++) {
		enum doing_what w = c->threads[i].what;

		if (w == DOING_DEAD || w == DOING_KERNEL)
			continue;
		if (w != what)
			return false;
		count++;
	}
	return count;
}

/* ---- one question after the other; true: it is answered ---- */

static bool is_held_still(struct case_of *c)
{
	static const struct {
		enum doing_what what;
		enum diagnosis diagnosis;
	} rules[] = {
		{DOING_TRACED, DIAGNOSIS_TRACED},
		{DOING_STOPPED, DIAGNOSIS_STOPPED},
		{DOING_FROZEN, DIAGNOSIS_FROZEN},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!all_are(c, rules[i].what))
			continue;
		conclude(c, rules[i].diagnosis);
		say_doing(c, &c->threads[0]);
		say(c, ": it cannot accept");
		return true;
	}
	return false;
}

/* A look comes after the verdict that asked for it, and may find another state of things. */
static void keeps_up(struct case_of *c)
{
	conclude(c, DIAGNOSIS_KEEPS_UP);
	if (c->history && c->history->trouble)
		say(c, "now it keeps up: ");
}

static void say_trouble(struct case_of *c)
{
	static const char *const said[VERDICT_COUNT] = {
		[VERDICT_OK] = "nothing was wrong",
		[VERDICT_OUT_OF_FDS] = "it was out of file descriptors",
		[VERDICT_APP_STUCK] = "it did not call accept()",
		[VERDICT_SYN_FLOOD] = "clients did not complete the handshake",
		[VERDICT_BACKLOG_CAPPED] = "its accept queue was too short",
		[VERDICT_BACKLOG_TOO_SMALL] = "its accept queue was too short",
		[VERDICT_APP_SLOW] = "it called accept() late",
	};
	const struct why_history *h = c->history;
	char text[TEXT_DURATION_MAX];

	if (!h || !h->trouble || h->trouble_t > c->is->t)
		return;
	text_duration(text, c->is->t - h->trouble_t, true);
	say(c, "; %s earlier %s", text, said[h->trouble]);
}

static bool is_quiet(struct case_of *c)
{
	if (c->is->q.accept_queue)
		return false;
	keeps_up(c);
	if (c->queue.accepts) {
		say(c, "the queue is empty and it accepted %s%llu in the time",
		    c->queue.at_least ? "at least " : "", (unsigned long long)c->queue.accepts);
	} else {
		say(c, "nothing waits for accept(); ");
		watch_say(&c->watch, c->out->sentence, sizeof(c->out->sentence));
	}
	say_trouble(c);
	return true;
}

static bool is_new(struct case_of *c)
{
	if (!c->queue.oldest_known || c->queue.oldest_ns >= PATIENCE_NS)
		return false;
	keeps_up(c);
	say(c, "no connection waits for longer than %u ms",
	    (unsigned int)(c->queue.oldest_ns / NS_MS) + 1);
	say_trouble(c);
	return true;
}

static bool is_out_of_fds(struct case_of *c)
{
	for (size_t i = 0; i < c->thread_count; i++) {
		const struct why_thread *t = c->threads[i].now;

		if (!(t->flags & WHY_THREAD_STACK) || !t->fd_limit || t->fds < t->fd_limit ||
		    t->flags & WHY_THREAD_EXTRA)
			continue;
		conclude(c, DIAGNOSIS_OUT_OF_FDS);
		say(c,
		    "%s[%u] has %u descriptors open and may have %llu (RLIMIT_NOFILE): accept() "
		    "fails with EMFILE",
		    t->process, t->task.pid, t->fds, (unsigned long long)t->fd_limit);
		return true;
	}
	return false;
}

/* Percent that the quota took, of the time between the looks. */
static unsigned int throttled_percent(const struct case_of *c)
{
	unsigned int most = 0;

	for (size_t i = 0; i < c->thread_count; i++) {
		const struct doing *d = &c->threads[i];
		unsigned int share = doing_percent(d->throttled_ns, d->between_ns);

		if (share > most)
			most = share;
	}
	return most;
}

static bool is_held_back(struct case_of *c)
{
	const struct doing *first = c->threads;
	unsigned int share = throttled_percent(c);

	if (first->what == DOING_HELD_BACK) {
		conclude(c, DIAGNOSIS_THROTTLED);
		say_doing(c, first);
		return true;
	}
	if (share >= SHARE_OF_CAUSE && first->what != DOING_PEER && first->what != DOING_SLEEP) {
		conclude(c, DIAGNOSIS_THROTTLED);
		say(c,
		    "the CPU quota of its cgroup %s (%llu ms in %llu ms) held it back for %u%% "
		    "of the time",
		    first->now->quota_group, (unsigned long long)(first->now->quota_ns / NS_MS),
		    (unsigned long long)(first->now->period_ns / NS_MS), share);
		if (share > 100)
			say(c, ", summed over CPUs");
		return true;
	}
	return false;
}

/*
 * One accept() between the looks does not tell how long it is to the next one. Of several that may
 * be more, all but one have a whole pause before them.
 */
static void say_pace(struct case_of *c)
{
	uint64_t accepts = c->queue.accepts;
	char each[TEXT_DURATION_MAX];

	if (accepts == 1) {
		text_duration(each, c->out->look_ns, true);
		say(c, "it accepts, but took one connection%s in %s",
		    c->queue.at_least ? " or more" : "", each);
		return;
	}
	text_duration(each, c->out->look_ns / (c->queue.at_least ? accepts - 1 : accepts), true);
	say(c, "it accepts, but needs %s%s between two accepts",
	    c->queue.at_least ? "at most " : "", each);
}

/* It accepts, but connections wait for long. */
static bool is_slow(struct case_of *c)
{
	const struct doing *first = c->threads;

	if (!c->queue.accepts)
		return false;
	conclude(c, DIAGNOSIS_SLOW_PER_ACCEPT);
	say_pace(c);
	if (doing_keeps_from_accept(first->what) || first->what == DOING_LOCK) {
		say(c, ": ");
		say_doing(c, first);
	} else if (first->before) {
		say(c, ": ");
		say_thread(c, first);
		say(c, " used %u%% of a CPU and waited for one %u%% of the time, else it slept",
		    doing_percent(first->ran_ns, first->between_ns),
		    doing_percent(first->waited_ns, first->between_ns));
		say_cpus(c, first);
	}
	return true;
}

static bool is_epoll_at_fault(struct case_of *c)
{
	const struct watch *w = &c->watch;

	if (w->epolls && !w->armed && !w->others) {
		conclude(c, DIAGNOSIS_DISARMED);
		say(c, "epoll watches it, but not for connections: ");
		say(c, w->oneshot
			       ? "EPOLLONESHOT is spent and was not armed again"
			       : "it was paused (no EPOLLIN), as some servers do at their limit of "
				 "connections");
		return true;
	}
	if (w->armed && w->armed == w->edge && w->sleepers && !w->ready && !w->others &&
	    c->queue.stands) {
		conclude(c, DIAGNOSIS_EDGE_MISSED);
		say(c,
		    "epoll is edge-triggered, its thread sleeps in epoll_wait(), and %u wait: the "
		    "last loop stopped before accept() returned EAGAIN",
		    c->is->q.accept_queue);
		return true;
	}
	return false;
}

/* The connections of the port that a process has may be of this member of the group. */
static bool has_watched_member(const struct case_of *c, uint32_t pid)
{
	for (size_t i = 0; c->is->group && i < c->now->listeners.count; i++) {
		const struct why_listener *l = &c->now->listeners.at[i];

		if (l->s.sk != c->is->s.sk && l->group == c->is->group && l->waiters &&
		    look_holds(c->now, l->s.sk, pid))
			return true;
	}
	return false;
}

/*
 * A process whose first thread is an event loop, which has connections of the listener and no
 * longer waits for more: it took the listener out of the loop.
 */
static bool is_paused(struct case_of *c)
{
	if (c->watch.total || c->blocked)
		return false;
	for (size_t i = 0; i < c->thread_count; i++) {
		const struct doing *d = &c->threads[i];
		const struct fact_task *task = &d->now->task;

		if (d->what != DOING_EVENTS || !d->call || task->pid != task->tid ||
		    !acceptor_serves(c->now, c->is, task->pid) || has_watched_member(c, task->pid))
			continue;
		conclude(c, DIAGNOSIS_DISARMED);
		say_thread(c, d);
		say(c,
		    " has connections of this port and its event loop is in %s(), but without the "
		    "listener: it was paused, as some servers do at their limit of connections",
		    d->call->name);
		return true;
	}
	return false;
}

/* A child has inherited it from the process that accepted and has let go of it. */
static bool is_left_to_child(struct case_of *c)
{
	const struct why_other *former = acceptor_former(c->now, c->is);
	uint32_t heir = former ? acceptor_heir(c->now, c->is, former->task.pid) : 0;

	if (c->watch.total || !heir || acceptor_serves(c->now, c->is, heir))
		return false;
	conclude(c, DIAGNOSIS_NOT_THE_ACCEPTOR);
	say(c,
	    "%s[%u] has connections of this port but no longer the listener; only its child has "
	    "it and does not accept: ",
	    former->task.comm, former->task.pid);
	say_doing(c, &c->threads[0]);
	return true;
}

static enum diagnosis name_of(const struct doing *d)
{
	switch (d->what) {
	case DOING_PEER:
		return DIAGNOSIS_BLOCKED_ON_PEER;
	case DOING_FILE:
		return DIAGNOSIS_BLOCKED_ON_FILE;
	case DOING_LOCK:
		return DIAGNOSIS_BLOCKED_ON_LOCK;
	case DOING_CHILD:
		return DIAGNOSIS_BLOCKED_ON_CHILD;
	case DOING_SLEEP:
		return DIAGNOSIS_SLEEPING;
	case DOING_RUN:
		return DIAGNOSIS_BUSY;
	case DOING_READY:
		return DIAGNOSIS_STARVED;
	case DOING_DEEP:
		return DIAGNOSIS_UNINTERRUPTIBLE;
	case DOING_HELD_BACK:
		return DIAGNOSIS_THROTTLED;
	case DOING_STOPPED:
		return DIAGNOSIS_STOPPED;
	case DOING_TRACED:
		return DIAGNOSIS_TRACED;
	case DOING_FROZEN:
		return DIAGNOSIS_FROZEN;
	case DOING_UNKNOWN:
	case DOING_DEAD:
	case DOING_KERNEL:
	case DOING_SIGNALS:
	case DOING_EVENTS:
	case DOING_ACCEPT:
		break;
	}
	return DIAGNOSIS_UNKNOWN;
}

/* Nothing shows that anybody ever accepted: perhaps its service never began. */
static bool never_accepted(const struct case_of *c)
{
	return !c->watch.total && !(c->was && c->was->waiters) && !c->queue.accepts &&
	       !(c->history && c->history->accepts) && !acceptor_seen(c->now, c->is);
}

static bool is_kept_from_it(struct case_of *c)
{
	const struct doing *first = c->threads;

	if (!c->thread_count)
		return false;
	/* Who sleeps in accept() or in epoll_wait() on it is kept by nothing that was seen. */
	if (first->watches && !doing_keeps_from_accept(first->what))
		return false;
	if (!doing_keeps_from_accept(first->what) && first->what != DOING_LOCK)
		return false;
	conclude(c, name_of(first));
	say_doing(c, first);
	if (!acceptor_known(c))
		say(c, "; which of its %zu blocked threads should accept is not known", c->blocked);
	if (never_accepted(c)) {
		say(c, "; nobody waits for it, and nobody has a connection that came from it");
		also(c, DIAGNOSIS_NOBODY_WATCHES);
	} else if (acceptor_known(c) && !c->watch.total) {
		say(c, "; nobody is in accept()");
	} else if (c->watch.epolls && !c->watch.sleepers) {
		say(c, "; nobody is in epoll_wait()");
	}
	return true;
}

static bool is_watched_by_nobody(struct case_of *c)
{
	const struct why_other *former = acceptor_former(c->now, c->is);
	bool gone = c->history && c->history->acceptor_pid &&
		    !look_holds(c->now, c->is->s.sk, c->history->acceptor_pid);

	if (c->watch.total && !(c->watch.epolls == c->watch.total && !c->watch.sleepers))
		return false;
	if (!c->watch.total && (former || gone)) {
		conclude(c, DIAGNOSIS_NOT_THE_ACCEPTOR);
		if (former)
			say(c, "%s[%u] has connections of this port but no longer the listener; ",
			    former->task.comm, former->task.pid);
		else
			say(c, "process %u, which accepted, no longer holds the listener; ",
			    c->history->acceptor_pid);
		say(c, "who holds it does not accept");
	} else {
		conclude(c, DIAGNOSIS_NOBODY_WATCHES);
		say(c, c->watch.total
			       ? "epoll watches it, but nobody calls epoll_wait()"
			       : "nobody waits for it, in accept(), epoll, poll or io_uring");
	}
	if (c->thread_count) {
		say(c, ": ");
		say_doing(c, &c->threads[0]);
	}
	return true;
}

static void is_unknown(struct case_of *c)
{
	conclude(c, DIAGNOSIS_UNKNOWN);
	if (c->was && !c->queue.stands)
		say(c, "connections wait, and the two looks do not agree on more");
	else
		say(c, "connections wait; ");
	if (!c->was || c->queue.stands)
		watch_say(&c->watch, c->out->sentence, sizeof(c->out->sentence));
}

/* Others of the same SO_REUSEPORT group that have nothing to do. */
static size_t idle_members(const struct case_of *c)
{
	size_t idle = 0;

	for (size_t i = 0; c->is->group && i < c->now->listeners.count; i++) {
		const struct why_listener *l = &c->now->listeners.at[i];

		if (l->s.sk != c->is->s.sk && l->group == c->is->group && !l->q.accept_queue)
			idle++;
	}
	return idle;
}

static void look_at_group(struct case_of *c)
{
	size_t idle = idle_members(c);
	enum diagnosis name = c->out->diagnosis;

	if (!idle || !diagnosis_is_trouble(name))
		return;
	say(c, "; %zu other%s of its SO_REUSEPORT group %s idle", idle, text_s(idle),
	    idle == 1 ? "is" : "are");
	if (name == DIAGNOSIS_NOBODY_WATCHES || name == DIAGNOSIS_NOT_THE_ACCEPTOR ||
	    name == DIAGNOSIS_UNKNOWN) {
		conclude(c, DIAGNOSIS_WRONG_MEMBER);
		also(c, name);
	} else {
		also(c, DIAGNOSIS_WRONG_MEMBER);
	}
}

static void decide(struct case_of *c)
{
	if (!c->threads) {
		is_unknown(c);
		return;
	}
	if (is_held_still(c) || is_quiet(c) || is_new(c) || is_out_of_fds(c))
		return;
	if (c->thread_count && is_held_back(c))
		return;
	if (c->thread_count && is_slow(c))
		return;
	if (is_epoll_at_fault(c) || is_paused(c) || is_left_to_child(c) || is_kept_from_it(c) ||
	    is_watched_by_nobody(c))
		return;
	is_unknown(c);
}

/* ---- the report ---- */

static void report_listener(struct case_of *c)
{
	struct why_report *out = c->out;
	const struct why_listener *l = c->is;

	out->t = l->t;
	out->cookie = l->s.cookie;
	out->netns = l->s.netns;
	out->family = l->s.family;
	memcpy(out->laddr, l->s.laddr, sizeof(out->laddr));
	out->lport = l->s.lport;
	out->accept_queue = l->q.accept_queue;
	out->backlog = l->q.backlog;
	out->syn_queue = l->q.syn_queue;
	out->drops = l->q.drops;
	out->look_ns = c->was ? l->t - c->was->t : 0;
	out->oldest_known = c->queue.oldest_known;
	out->oldest_wait_ns = c->queue.oldest_ns;
	out->accepts_known = c->was;
	out->accepts_at_least = c->queue.at_least;
	out->accepts = c->queue.accepts;
}

static void report_holders(struct case_of *c)
{
	struct why_report *out = c->out;

	for (size_t i = 0; i < c->now->holders.count; i++) {
		const struct why_holder *h = &c->now->holders.at[i];
		struct why_holder_report *to = &out->holders[out->holder_count];

		if (h->sk != c->is->s.sk || out->holders_total++ >= WHY_SHOWN_MAX)
			continue;
		to->who.pid = h->task.pid;
		memcpy(to->who.comm, h->task.comm, sizeof(to->who.comm));
		to->fd = h->fd;
		if (c->history && c->history->listened_pid) {
			to->listened_known = true;
			to->listened = c->history->listened_pid == h->task.pid;
		}
		if (c->history && c->history->acceptor_pid == h->task.pid) {
			to->accepts_known = true;
			to->accepts = c->history->accepts;
		}
		out->holder_count++;
	}
}

struct process_size {
	uint32_t pid, threads;
};

static int by_pid(const void *a, const void *b)
{
	const struct process_size *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Also those that were too many to be described. */
static uint64_t count_threads(const struct case_of *c)
{
	struct process_size *sizes = calloc(c->thread_count + 1, sizeof(*sizes));
	uint64_t total = 0;

	if (!sizes)
		return c->thread_count;
	for (size_t i = 0; i < c->thread_count; i++)
		sizes[i] = (struct process_size){.pid = c->threads[i].now->task.pid,
						 .threads = c->threads[i].now->process_threads};
	qsort(sizes, c->thread_count, sizeof(*sizes), by_pid);
	for (size_t i = 0; i < c->thread_count; i++)
		total += i && sizes[i].pid == sizes[i - 1].pid ? 0 : sizes[i].threads;
	free(sizes);
	return total;
}

static void report_threads(struct case_of *c)
{
	struct why_report *out = c->out;

	out->threads_total = count_threads(c);
	out->threads_seen = c->thread_count;
	for (size_t i = 0; i < c->thread_count; i++) {
		const struct doing *d = &c->threads[i];

		if (i < WHY_SHOWN_MAX)
			doing_report(d, c->now, &out->threads[out->thread_count++]);
		if (d->before && d->now->flags & WHY_THREAD_QUOTA && d->now->quota_ns) {
			out->throttled_known = true;
			if (d->throttled_ns > out->throttled_ns)
				out->throttled_ns = d->throttled_ns;
		}
		if (!out->fd_limit && d->now->flags & WHY_THREAD_STACK) {
			out->fds = d->now->fds;
			out->fd_limit = d->now->fd_limit;
		}
	}
	if (c->thread_count)
		memcpy(out->cgroup, doing_cgroup(&c->threads[0]), sizeof(out->cgroup));
}

void diagnose(struct why_report *out, const struct look *before, const struct look *now,
	      const struct why_listener *listener, const struct why_history *history)
{
	struct case_of c = {.out = out, .now = now, .is = listener, .history = history};

	memset(out, 0, sizeof(*out));
	c.was = before ? look_same_listener(before, listener) : NULL;
	c.before = c.was ? before : NULL;
	queue_compare(&c.queue, c.was, c.is);
	watch_gather(&c.watch, now, listener);
	report_listener(&c);
	gather_threads(&c);
	decide(&c);
	look_at_group(&c);
	report_holders(&c);
	watch_report(&c.watch, now, out);
	report_threads(&c);
	watch_done(&c.watch);
	free(c.threads);
}
