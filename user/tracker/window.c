// SPDX-License-Identifier: BSD-2-Clause
/* What a listener did: its counts, and the window of its next verdict. */
#include <errno.h>
#include <stdlib.h>

#include "listener/durations.h"
#include "tracker/listeners.h"

static void add(struct histogram **h, uint64_t value)
{
	if (!*h)
		*h = calloc(1, sizeof(**h));
	if (*h)
		histogram_add(*h, value);
}

static struct listener_since *since(struct listener *l)
{
	if (!l->since)
		l->since = calloc(1, sizeof(*l->since));
	return l->since;
}

void listener_completed(struct listener *l, const uint64_t *handshake_ns, bool syncookie)
{
	l->completed++;
	l->window.completed++;
	l->window.syncookies += syncookie;
	if (!handshake_ns)
		return;
	add(&l->handshake, *handshake_ns);
	if (since(l))
		durations_add(&l->since->handshake, *handshake_ns);
}

void listener_completed_elsewhere(struct listener *counted, struct listener *l)
{
	if (counted && counted->completed)
		counted->completed--;
	if (counted && counted->window.completed)
		counted->window.completed--;
	if (counted && counted->line_completed > counted->completed)
		counted->line_completed = counted->completed; /* no rate below zero */
	l->completed++;
	l->window.completed++;
}

void listener_accepted(struct listener *l, uint64_t t, const uint64_t *wait_ns)
{
	l->accepted++;
	l->window.accepted++;
	l->t_accept = t;
	if (!wait_ns)
		return;
	add(&l->accept_wait, *wait_ns);
	durations_add(&l->window.waits, *wait_ns);
	if (since(l))
		durations_add(&l->since->accept_wait, *wait_ns);
}

void listener_accept_unseen(struct listener *l, uint64_t t, bool unseen)
{
	if (!unseen) {
		l->unseen--;
		l->window.accepted -= !!l->window.accepted;
		return;
	}
	if (!l->unseen)
		l->unseen_t = t;
	l->unseen++;
	l->window.accepted++;
	l->t_accept = t;
}

void listener_refused(struct listener *l, uint64_t count, uint64_t waited_ns, bool slow)
{
	l->refused += count;
	l->window.refused += count;
	if (!slow)
		return;
	l->window.refused_slow += count;
	if (waited_ns > l->window.refused_wait)
		l->window.refused_wait = waited_ns;
}

bool listener_error(struct listener *l, int err)
{
	if (err == EMFILE || err == ENFILE)
		l->window.fd_errors++;
	for (int i = 0; i < LISTENER_ERRNOS; i++) {
		struct listener_error *e = &l->errors[i];

		if (e->err && e->err != err)
			continue;
		e->err = err;
		e->unreported++;
		return true;
	}
	return false;
}

/* So many accepts may be on their way to be reported; more are not looked through. */
#define EXCESS_MAX 64

/*
 * The oldest connection that still waits. Where the kernel's queue is shorter than ours the first
 * of ours have been taken, and their accept() is not reported yet, or no hook sees it.
 */
static const struct conn *oldest_in_kernel(struct conn_table *conns, const struct listener *l)
{
	const struct conn *c = conn_get(conns, l->queue_oldest);
	uint32_t excess =
		l->queues_known && l->queued > l->accept_queue ? l->queued - l->accept_queue : 0;

	if (excess > EXCESS_MAX)
		return NULL;
	for (; c && excess; excess--)
		c = conn_get(conns, c->queue_newer);
	return c;
}

uint64_t listener_oldest_wait(struct conn_table *conns, const struct listener *l, uint64_t t,
			      bool *at_least)
{
	const struct conn *oldest = oldest_in_kernel(conns, l);
	/*
	 * One older than the tracer has waited at least since it was found, or since the kernel's
	 * own figures say.
	 */
	uint64_t since = !oldest		 ? 0
			 : oldest->t_established ? oldest->t_established
						 : oldest->t_last;
	/*
	 * Where some accepts are not seen the oldest is known to wait only until the kernel's
	 * figures were last read.
	 */
	uint64_t until = l->accept_unseen && l->figures_t < t ? l->figures_t : t;
	bool empty = l->queues_known && !l->accept_queue; /* an accept() was not seen */

	if (at_least)
		*at_least = oldest && conn_is(oldest, CONN_PREEXISTING) &&
			    (!oldest->t_established || conn_is(oldest, CONN_WAIT_AT_LEAST));
	return empty || !since || until <= since ? 0 : until - since;
}

void listener_window_close(struct conn_table *conns, struct listener *l, uint64_t t,
			   struct verdict_input *in)
{
	bool at_least;
	uint64_t oldest = listener_oldest_wait(conns, l, t, &at_least);

	*in = (struct verdict_input){
		.accept_queue = l->accept_queue,
		.backlog = l->backlog,
		.syn_queue = l->syn_queue,
		.syn_young = l->syn_young,
		.somaxconn = l->somaxconn,
		.defers = l->defers,
		.backlog_asked = l->asked_known ? l->backlog_asked : 0,
		.refused = l->window.refused,
		.refused_slow = l->window.refused_slow,
		.refused_wait_ns = l->window.refused_wait,
		.shrank = l->window.shrank,
		.completed = l->window.completed,
		.accepted = l->window.accepted,
		.fd_errors = l->window.fd_errors,
		.syncookies = l->window.syncookies,
		.cookies_sent = l->flood.sent,
		.cookies_completed = l->flood.completed,
		.wait_p50_ns = durations_median(&l->window.waits),
		.oldest_wait_ns = oldest,
		.oldest_at_least = at_least,
		.since_accept_ns = t - (l->t_accept ? l->t_accept : l->t_known),
	};
	l->window = (struct listener_window){.start = t};
}
