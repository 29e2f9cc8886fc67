// SPDX-License-Identifier: BSD-2-Clause
#include "report/listener.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"

void listener_set_free(struct listener_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->list[i]->handshake);
		free(set->list[i]->wait);
		free(set->list[i]);
	}
	free(set->list);
}

/* ---- which listener ---- */

static bool same_place(const struct report_listener *l, const struct event *e)
{
	return l->port == event_get(e, F_LPORT) && l->netns == event_get(e, F_NETNS);
}

static bool is_it(const struct report_listener *l, const struct event *e, uint64_t cookie)
{
	return cookie && l->cookie ? cookie == l->cookie : same_place(l, e);
}

static struct report_listener *add(struct listener_set *set, const struct event *e, uint64_t cookie,
				   uint64_t t0, int *rc)
{
	struct report_listener *l;

	if (set->count == REPORT_LISTENERS_MAX) {
		set->full = true;
		return NULL;
	}
	if (set->count == set->room) {
		size_t room = set->room ? 2 * set->room : 8;
		struct report_listener **list = realloc(set->list, room * sizeof(*list));

		if (!list) {
			*rc = -ENOMEM;
			return NULL;
		}
		set->list = list;
		set->room = room;
	}
	l = calloc(1, sizeof(*l));
	if (!l) {
		*rc = -ENOMEM;
		return NULL;
	}
	l->cookie = cookie;
	l->netns = (uint32_t)event_get(e, F_NETNS);
	l->port = (uint16_t)event_get(e, F_LPORT);
	series_init(&l->series, t0);
	set->list[set->count++] = l;
	return l;
}

/* What a listener's own line tells of it. */
static void describe(struct report_listener *l, const struct event *e)
{
	const char *comm = event_text(e, F_COMM);

	if (event_has(e, F_COOKIE))
		l->cookie = event_get(e, F_COOKIE);
	if (event_has(e, F_LADDR)) {
		l->family = e->family;
		memcpy(l->addr, e->v[F_LADDR].addr, e->family == AF_INET6 ? 16 : 4);
	}
	if (event_has(e, F_IFNAME))
		snprintf(l->zone, sizeof(l->zone), "%s", event_text(e, F_IFNAME));
	if (e->type == EVENT_ACCEPT_ERROR || !event_has(e, F_PID))
		return; /* the thread that called */
	l->pid = (uint32_t)event_get(e, F_PID);
	if (comm)
		snprintf(l->comm, sizeof(l->comm), "%s", comm);
}

struct report_listener *listener_of(struct listener_set *set, const struct event *e, uint64_t t0,
				    int *rc)
{
	bool own = event_is_listeners(e);
	uint64_t cookie = event_get(e, own ? F_COOKIE : F_LISTENER);
	struct report_listener *l = set->latest;

	if (!own && !cookie && event_enum(e, F_ROLE) != ROLE_SERVER)
		return NULL;
	if (!l || !is_it(l, e, cookie)) {
		l = NULL;
		for (size_t i = 0; i < set->count && !l; i++)
			if (is_it(set->list[i], e, cookie))
				l = set->list[i];
		if (!l)
			l = add(set, e, cookie, t0, rc);
	}
	if (!l)
		return NULL;
	set->latest = l;
	if (own)
		describe(l, e);
	return l;
}

/* ---- what an event adds ---- */

static int add_time(struct histogram **h, uint64_t ns)
{
	if (!*h)
		*h = calloc(1, sizeof(**h));
	if (!*h)
		return -ENOMEM;
	histogram_add(*h, ns);
	return 0;
}

static void note_queues(struct report_listener *l, const struct event *e)
{
	uint32_t length = (uint32_t)event_get(e, F_ACCEPT_QUEUE);

	if (event_has(e, F_BACKLOG) &&
	    (!l->backlog_known || l->backlog != event_get(e, F_BACKLOG))) {
		l->backlog = (uint32_t)event_get(e, F_BACKLOG);
		l->backlog_known = true;
		series_limit(&l->series, e->t, l->backlog + 1);
	}
	if (event_has(e, F_SYN_QUEUE))
		series_syns(&l->series, e->t, (uint32_t)event_get(e, F_SYN_QUEUE));
	if (!event_has(e, F_ACCEPT_QUEUE))
		return;
	series_queue(&l->series, e->t, length);
	if (e->type == EVENT_LISTENER && event_get(e, F_ACCEPT_QUEUE_PEAK) > length)
		length = (uint32_t)event_get(e, F_ACCEPT_QUEUE_PEAK);
	if (length > l->queue_peak)
		l->queue_peak = length;
}

static int on_state(struct report_listener *l, const struct event *e)
{
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (to == TCP_STATE_CLOSE && event_get(e, F_QUEUED))
		l->reset_queued++;
	if (to != TCP_STATE_ESTABLISHED)
		return 0;
	l->completed++;
	series_at(&l->series, e->t)->completed++;
	return event_has(e, F_HANDSHAKE_NS) ? add_time(&l->handshake, event_get(e, F_HANDSHAKE_NS))
					    : 0;
}

static void on_drop(struct report_listener *l, const struct event *e)
{
	uint64_t n = event_get(e, F_COUNT);
	unsigned int reason = event_enum(e, F_DROP_REASON);

	if (reason < DROP_REASON_COUNT)
		l->drops[reason] += n;
	if (event_get(e, F_CLIENT_BELIEVES))
		l->clients_believe += n;
	if (reason == DROP_REQUEST_EXPIRED || reason == DROP_CLIENT_UNREACHABLE) {
		l->given_up += n;
		return;
	}
	if (drop_is_discard(reason))
		return;
	l->refused += n;
	series_at(&l->series, e->t)->refused += (uint32_t)n;
}

static void on_verdict(struct report_listener *l, const struct event *e)
{
	const char *advice = event_text(e, F_ADVICE);
	unsigned int verdict = event_enum(e, F_VERDICT);

	series_verdict(&l->series, e->t, verdict);
	/* The vocabulary begins with "ok", and then goes from the worst on. */
	if (verdict == VERDICT_OK || (l->verdict != VERDICT_OK && l->verdict <= verdict))
		return;
	l->verdict = verdict;
	snprintf(l->advice, sizeof(l->advice), "%s", advice ? advice : "");
}

/* Of many looks the first half and the latest ones are kept. */
static void on_look(struct report_listener *l, const struct event *e)
{
	const char *sentence = event_text(e, F_SENTENCE);
	struct report_look *look;

	l->looks_total++;
	if (l->look_count == REPORT_LOOKS_MAX) {
		size_t half = REPORT_LOOKS_MAX / 2;

		memmove(&l->looks[half], &l->looks[half + 1],
			(REPORT_LOOKS_MAX - half - 1) * sizeof(*l->looks));
		l->look_count--;
	}
	look = &l->looks[l->look_count++];
	look->t = e->t;
	look->diagnosis = event_enum(e, F_DIAGNOSIS);
	snprintf(look->sentence, sizeof(look->sentence), "%s", sentence ? sentence : "");
}

bool listener_was_established(const struct event *e)
{
	return event_has(e, F_PREEXISTING) ||
	       (event_has(e, F_STATES) && e->v[F_STATES].states[TCP_STATE_ESTABLISHED]);
}

int listener_event(struct report_listener *l, const struct event *e)
{
	note_queues(l, e);
	switch (e->type) {
	case EVENT_STATE:
		return on_state(l, e);
	case EVENT_ACCEPT:
		l->accepts++;
		series_at(&l->series, e->t)->accepts++;
		return event_wait_measured(e) ? add_time(&l->wait, event_get(e, F_ACCEPT_WAIT_NS))
					      : 0;
	case EVENT_CLOSE:
		l->never_accepted += event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED) &&
				     listener_was_established(e);
		break;
	case EVENT_DROP:
		on_drop(l, e);
		break;
	case EVENT_ACCEPT_ERROR:
		l->accept_errors += event_get(e, F_COUNT);
		break;
	case EVENT_RETRANSMIT:
		l->synack_retrans += event_enum(e, F_WHAT) == RESENT_SYNACK;
		break;
	case EVENT_LISTENER:
		on_verdict(l, e);
		break;
	case EVENT_WHY:
		on_look(l, e);
		break;
	default:
		break;
	}
	return 0;
}

/* ---- order ---- */

/* How many got less than they asked for. */
static uint64_t trouble(const struct report_listener *l)
{
	return l->refused + l->never_accepted + l->accept_errors;
}

static int by_trouble(const void *a, const void *b)
{
	const struct report_listener *x = *(struct report_listener *const *)a;
	const struct report_listener *y = *(struct report_listener *const *)b;
	bool x_ill = x->verdict != VERDICT_OK, y_ill = y->verdict != VERDICT_OK;

	if (x_ill != y_ill)
		return x_ill ? -1 : 1;
	if (trouble(x) != trouble(y))
		return trouble(x) > trouble(y) ? -1 : 1;
	if (x->completed != y->completed)
		return x->completed > y->completed ? -1 : 1;
	return x->port - y->port;
}

void listener_set_sort(struct listener_set *set)
{
	if (set->count)
		qsort(set->list, set->count, sizeof(struct report_listener *), by_trouble);
}
