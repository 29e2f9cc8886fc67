// SPDX-License-Identifier: BSD-2-Clause
#include "report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "report/listener.h"

struct report {
	struct report_run run;
	struct listener_set listeners;
	struct histogram *states[REPORT_ROLES][TCP_STATE_COUNT];
	struct worst worst;
};

struct report *report_new(void)
{
	return calloc(1, sizeof(struct report));
}

void report_free(struct report *r)
{
	if (!r)
		return;
	for (int role = 0; role < REPORT_ROLES; role++)
		for (unsigned int state = 0; state < TCP_STATE_COUNT; state++)
			free(r->states[role][state]);
	listener_set_free(&r->listeners);
	free(r);
}

/* ---- the run as a whole ---- */

static void on_meta(struct report_run *run, const struct event *e)
{
	snprintf(run->kernel, sizeof(run->kernel), "%s", event_text(e, F_KERNEL));
	snprintf(run->version, sizeof(run->version), "%s", event_text(e, F_VERSION));
	run->boot_offset_ns = (int64_t)event_get(e, F_BOOT_OFFSET_NS);
	run->facts = *e->v[F_FACTS].facts;
}

static void on_summary(struct report_run *run, const struct event *e)
{
	run->connections = event_get(e, F_CONNECTIONS);
	run->accepts_known = event_has(e, F_ACCEPTED_COUNT);
	run->accepts = event_get(e, F_ACCEPTED_COUNT);
	run->never_accepted_known = event_has(e, F_NEVER_ACCEPTED);
	run->never_accepted = event_get(e, F_NEVER_ACCEPTED);
	run->still_queued_known = event_has(e, F_STILL_QUEUED);
	run->still_queued = event_get(e, F_STILL_QUEUED);
	if (event_has(e, F_DROPS))
		memcpy(run->drops, e->v[F_DROPS].drops, sizeof(run->drops));
}

static void on_lost(struct report_run *run, const struct event *e)
{
	unsigned int place = event_enum(e, F_WHERE);

	run->lost += event_get(e, F_COUNT);
	if (place < FACT_LOST_PLACES)
		run->lost_at[place] += event_get(e, F_COUNT);
}

/* ---- states ---- */

static int note_state(struct report *r, const struct event *e)
{
	enum report_role role =
		event_enum(e, F_ROLE) == ROLE_CLIENT ? REPORT_CLIENT : REPORT_SERVER;
	unsigned int state = (unsigned int)event_get(e, F_OLD);
	struct histogram **h;

	if (event_has(e, F_RAW) || !event_has(e, F_IN_OLD_NS) || state >= TCP_STATE_COUNT ||
	    state == TCP_STATE_LISTEN || state == TCP_STATE_CLOSE ||
	    (role == REPORT_SERVER && event_enum(e, F_ROLE) != ROLE_SERVER))
		return 0;
	h = &r->states[role][state];
	if (!*h)
		*h = calloc(1, sizeof(**h));
	if (!*h)
		return -ENOMEM;
	histogram_add(*h, event_get(e, F_IN_OLD_NS));
	return 0;
}

/* ---- the worst ---- */

static bool gives_up(const struct event *e)
{
	unsigned int reason = event_enum(e, F_DROP_REASON);

	return reason == DROP_REQUEST_EXPIRED || reason == DROP_CLIENT_UNREACHABLE;
}

/* What e says of how its connection fared; WORST_KIND_COUNT: nothing. */
static enum worst_kind fared(const struct report *r, const struct event *e)
{
	bool server = event_enum(e, F_ROLE) == ROLE_SERVER;

	switch (e->type) {
	case EVENT_ACCEPT:
		return WORST_ACCEPTED;
	case EVENT_STATE:
		if (event_has(e, F_RAW) || event_get(e, F_NEW) != TCP_STATE_ESTABLISHED)
			break;
		return !server || !report_accepts_known(&r->run) ? WORST_ESTABLISHED
								 : WORST_KIND_COUNT;
	case EVENT_DROP:
		if (drop_is_discard(event_enum(e, F_DROP_REASON)))
			return WORST_KIND_COUNT;
		return !gives_up(e) || event_get(e, F_CLIENT_BELIEVES) ? WORST_REFUSED
								       : WORST_HALF_OPEN;
	case EVENT_RETRANSMIT:
		return event_has(e, F_DROP_REASON) ? WORST_REFUSED : WORST_KIND_COUNT;
	case EVENT_CLOSE:
		if (server && report_accepts_known(&r->run) && event_has(e, F_ACCEPTED) &&
		    !event_get(e, F_ACCEPTED))
			return listener_was_established(e) ? WORST_NEVER_ACCEPTED : WORST_HALF_OPEN;
		if (event_enum(e, F_ROLE) == ROLE_CLIENT && !event_has(e, F_CONNECT_NS) &&
		    !event_has(e, F_PREEXISTING))
			return WORST_NOT_CONNECTED;
		break;
	default:
		break;
	}
	return WORST_KIND_COUNT;
}

static void note_worst(struct report *r, const struct event *e, const struct report_origin *origin)
{
	struct worst_entry entry = {.id = origin->id, .kind = fared(r, e)};

	if (!origin->id || entry.kind == WORST_KIND_COUNT)
		return;
	/* Of two ends the server's knows more: what the client's said before is superseded. */
	if (origin->peer && event_enum(e, F_ROLE) == ROLE_CLIENT)
		return;
	if (origin->peer)
		worst_forget(&r->worst, origin->peer);
	entry.ns = e->t > origin->t_first ? e->t - origin->t_first : 0;
	worst_note(&r->worst, &entry);
}

void report_waiting(struct report *r, const struct report_origin *origin)
{
	struct worst_entry entry = {
		.id = origin->id,
		.ns = r->run.t_last > origin->t_first ? r->run.t_last - origin->t_first : 0,
		.kind = WORST_WAITING,
	};

	worst_note(&r->worst, &entry);
}

/* ---- events ---- */

static int about_listener(struct report *r, const struct event *e)
{
	int rc = 0;
	struct report_listener *l;

	if (event_has(e, F_RAW) || event_enum(e, F_ROLE) == ROLE_CLIENT)
		return 0;
	l = listener_of(&r->listeners, e, r->run.t_first, &rc);
	if (!l) {
		r->run.listeners_left += r->listeners.full;
		return rc;
	}
	return listener_event(l, e);
}

int report_event(struct report *r, const struct event *e, const struct report_origin *origin)
{
	struct report_run *run = &r->run;
	int rc;

	run->events++;
	if (!run->t_first)
		run->t_first = e->t;
	if (e->t > run->t_last)
		run->t_last = e->t;
	switch (e->type) {
	case EVENT_META:
		on_meta(run, e);
		return 0;
	case EVENT_SUMMARY:
		on_summary(run, e);
		return 0;
	case EVENT_LOST:
		on_lost(run, e);
		return 0;
	case EVENT_VERIFY:
		return 0;
	default:
		break;
	}
	rc = about_listener(r, e);
	if (!rc && e->type == EVENT_STATE)
		rc = note_state(r, e);
	note_worst(r, e, origin);
	return rc;
}

void report_finish(struct report *r)
{
	for (size_t i = 0; i < r->listeners.count; i++)
		series_at(&r->listeners.list[i]->series, r->run.t_last);
	listener_set_sort(&r->listeners);
}

/* ---- what was found ---- */

bool report_accepts_known(const struct report_run *run)
{
	return run->facts.fact[KNOW_ACCEPT].is != FACT_IS_ABSENT;
}

bool report_refused_known(const struct report_run *run, uint64_t refused)
{
	return refused || coverage_syns_counted(&run->facts);
}

const struct report_run *report_run(const struct report *r)
{
	return &r->run;
}

size_t report_listeners(const struct report *r)
{
	return r->listeners.count;
}

const struct report_listener *report_listener(const struct report *r, size_t i)
{
	return r->listeners.list[i];
}

const struct histogram *report_state(const struct report *r, enum report_role role,
				     unsigned int state)
{
	return r->states[role][state];
}

const struct worst *report_worst(const struct report *r)
{
	return &r->worst;
}

uint64_t report_refused(const struct report *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->listeners.count; i++)
		n += r->listeners.list[i]->refused;
	return n;
}

/* ---- who listens ---- */

static bool is_any(const struct report_listener *l)
{
	static const uint8_t zero[16];

	return !memcmp(l->addr, zero, l->family == AF_INET6 ? 16 : 4);
}

/* A listener on :: may take IPv4 too, and whether it does is not recorded. */
static bool would_take(const struct report_listener *l, const struct life *life)
{
	if (l->port != life->port[LIFE_SERVER] || l->netns != life->netns || !l->family)
		return false;
	if (is_any(l))
		return true;
	return l->family == life->family &&
	       !memcmp(l->addr, life->addr[LIFE_SERVER], l->family == AF_INET6 ? 16 : 4);
}

void report_find_listener(const struct report *r, struct life *life)
{
	const struct report_listener *l;

	if (life->seen[LIFE_SERVER] || !life->family || !life->netns)
		return;
	for (size_t i = 0; i < r->listeners.count && !life->listener_known; i++) {
		l = r->listeners.list[i];
		if (!would_take(l, life))
			continue;
		life->listener_known = true;
		life->owner[LIFE_SERVER].pid = l->pid;
		memcpy(life->owner[LIFE_SERVER].comm, l->comm, sizeof(l->comm));
	}
}
