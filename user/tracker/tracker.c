// SPDX-License-Identifier: BSD-2-Clause
/* Facts in, events out: which handler serves which fact; loss, time, and the end of the stream. */
#include "tracker/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "tracker/accept_queue.h"
#include "tracker/failed_calls.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/raw.h"
#include "tracker/refuse.h"
#include "tracker/state.h"
#include "tracker/tracked.h"
#include "tracker/translated.h"
#include "tracker/whole_run.h"

void tracker_config_init(struct tracker_config *config)
{
	memset(config, 0, sizeof(*config));
	filter_init(&config->filter);
	verdict_limits_init(&config->verdict);
	config->max_connections = 1000000;
	config->max_requests = 65536;
}

struct tracker *tracker_new(const struct tracker_config *config, event_fn emit, void *ctx)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->config = *config;
	t->names = names_new();
	t->places = places_new();
	t->conns = conn_table_new(config->max_connections, config->max_requests);
	t->listeners = listeners_new();
	t->ended = ended_new();
	t->early = early_new();
	t->reset_requests = reset_requests_new();
	t->child = child_new();
	t->held = held_new();
	t->handshakes = handshakes_new();
	t->aborted = aborted_new();
	t->failed_calls = failed_calls_new();
	t->lines.emit = emit;
	t->lines.ctx = ctx;
	t->lines.names = t->names;
	t->lines.places = t->places;
	t->lines.interfaces = &t->interfaces;
	t->lines.raw = config->raw;
	t->lines.unwanted = config->unwanted;
	if (t->names && t->places && t->conns && t->listeners && t->ended && t->early &&
	    t->reset_requests && t->child && t->held && t->handshakes && t->aborted &&
	    t->failed_calls)
		return t;
	tracker_free(t);
	return NULL;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	conn_table_free(t->conns);
	listeners_free(t->listeners);
	names_free(t->names);
	places_free(t->places);
	free(t->ended);
	free(t->early);
	free(t->reset_requests);
	free(t->child);
	held_free(t->held);
	free(t->handshakes);
	free(t->aborted);
	free(t->failed_calls);
	free(t);
}

/* ---- loss ---- */

static void emit_lost(struct tracker *t, uint64_t at, uint64_t count, enum fact_lost_where where)
{
	struct event *e = line_begin(&t->lines, EVENT_LOST, at);

	t->lost += count;
	event_set(e, F_COUNT, count);
	event_set_enum(e, F_WHERE, where);
	event_set(e, F_TOTAL, t->lost);
	line_emit(&t->lines);
}

static void on_lost(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_lost *f = (const struct fact_lost *)h;

	emit_lost(t, h->t, f->count, (enum fact_lost_where)f->where);
}

static void emit_evicted(struct tracker *t, uint64_t at)
{
	if (t->evicted == t->evicted_emitted)
		return;
	emit_lost(t, at, t->evicted - t->evicted_emitted, FACT_LOST_EVICTED);
	t->evicted_emitted = t->evicted;
}

/* ---- time ---- */

static void on_place(struct tracker *t, const struct fact_hdr *h)
{
	places_learn(t->places, (const struct fact_place *)h);
}

void tracker_place(const struct tracker *t, uint32_t pid, struct event *e)
{
	places_put(t->places, pid, e);
}

static void on_interface(struct tracker *t, const struct fact_hdr *h)
{
	interfaces_learn(&t->interfaces, (const struct fact_interface *)h);
}

static void on_tick(struct tracker *t, const struct fact_hdr *h)
{
	close_flush_aborted(t, h->t > RESET_WAIT ? h->t - RESET_WAIT : 0, h->t);
	failed_calls_flush(t, h->t > ERROR_EVERY ? h->t - ERROR_EVERY : 0, h->t);
	emit_evicted(t, h->t);
	if (h->t < t->t_verdict + VERDICT_EVERY)
		return;
	t->t_verdict = h->t;
	if (conn_count(t->conns, true))
		conn_each(t->conns, true, request_expire, t);
	listeners_each(t->listeners, listen_judge, t);
}

static void handle(struct tracker *t, const struct fact_hdr *fact)
{
	static void (*const handlers[FACT_KINDS])(struct tracker * t, const struct fact_hdr *h) = {
		[FACT_STATE] = tracker_on_state,
		[FACT_LISTEN] = tracker_on_listen,
		[FACT_CONNECT] = tracker_on_connect,
		[FACT_ESTABLISHED] = tracker_on_established,
		[FACT_CLOSED] = tracker_on_closed,
		[FACT_SYN] = tracker_on_syn,
		[FACT_RETRANSMIT] = tracker_on_retransmit,
		[FACT_EXPIRED] = tracker_on_expired,
		[FACT_DROP] = tracker_on_drop,
		[FACT_ENQUEUE] = tracker_on_enqueue,
		[FACT_ACCEPT] = tracker_on_accept,
		[FACT_RESET] = tracker_on_reset,
		[FACT_TIMEWAIT] = tracker_on_timewait,
		[FACT_TIMEWAIT_END] = tracker_on_timewait_end,
		[FACT_EXISTING] = tracker_on_existing,
		[FACT_EXISTING_END] = tracker_on_existing_end,
		[FACT_LOST] = on_lost,
		[FACT_TICK] = on_tick,
		[FACT_PROCESS] = tracker_on_process,
		[FACT_PLACE] = on_place,
		[FACT_INTERFACE] = on_interface,
	};

	if (!t->t_first)
		t->t_first = t->t_verdict = fact->t;
	if (fact->t > t->t_now)
		t->t_now = fact->t;
	if (t->config.raw)
		raw_emit(t, fact);
	if (fact->kind < FACT_KINDS && handlers[fact->kind])
		handlers[fact->kind](t, fact);
}

/* ---- facts behind a child that waits for its enqueue ---- */

/* Whether a held fact ends the wait. The enqueue is taken out of its turn. */
static bool ends_wait(struct tracker *t)
{
	for (unsigned int i = 0; i < held_count(t->held); i++) {
		const struct fact_hdr *fact = held_at(t->held, i);
		enum open_end end = fact ? open_ends_by(t, fact) : OPEN_WAITS;

		if (end == OPEN_WAITS)
			continue;
		if (end == OPEN_QUEUED) {
			handle(t, fact);
			held_take(t->held, i);
		} else {
			open_give_up(t);
		}
		return true;
	}
	return false;
}

/* Handles what was held, until the next child has to wait. */
static void go_on(struct tracker *t)
{
	while (!open_waits(t) || ends_wait(t)) {
		if (!held_count(t->held))
			return;
		if (held_at(t->held, 0))
			handle(t, held_at(t->held, 0));
		held_next(t->held);
	}
}

void tracker_fact(struct tracker *t, const struct fact_hdr *fact)
{
	while (open_waits(t)) {
		enum open_end end = open_ends_by(t, fact);

		if (end == OPEN_QUEUED)
			break;
		if (end == OPEN_WAITS && held_add(t->held, fact))
			return;
		open_give_up(t);
		go_on(t);
	}
	handle(t, fact);
	go_on(t);
}

/* ---- the end of the stream ---- */

static void close_at_end(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;

	if (conn_is(c, CONN_CLOSED))
		state_end(t, c, t->t_now, c->t_state);
	/* Not one that was in TIME_WAIT before the tracer: nothing of its life was seen. */
	else if (c->state == TCP_STATE_TIME_WAIT &&
		 (!conn_is(c, CONN_PREEXISTING) || conn_is(c, CONN_HANDED_OVER)))
		state_end(t, c, t->t_now, 0);
}

static void settle_conn(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;

	if (!conn_is(c, CONN_PAST_UNKNOWN))
		tracked_count_unseen(t, c, t->t_now);
}

static void settle(void *ctx, struct listener *l)
{
	if (l->alive)
		accept_queue_settle(ctx, l);
}

static void emit_errors(void *ctx, struct listener *l)
{
	struct tracker *t = ctx;

	if (l->alive)
		figures_emit_accept_errors(t, l, t->t_now, NULL);
}

void tracker_finish(struct tracker *t, uint64_t now)
{
	struct whole_run run;

	if (now > t->t_now)
		t->t_now = now;
	while (open_waits(t)) {
		open_give_up(t);
		go_on(t);
	}
	close_flush_aborted(t, UINT64_MAX, t->t_now);
	listeners_each(t->listeners, settle, t);
	conn_each(t->conns, false, settle_conn, t);
	listeners_each(t->listeners, emit_errors, t);
	failed_calls_flush(t, UINT64_MAX, t->t_now);
	whole_run_look(&run, t);
	conn_each(t->conns, false, close_at_end, t);
	emit_evicted(t, t->t_now);
	whole_run_emit(&run, t);
}

/* ---- a look from outside ---- */

struct walk {
	void (*fn)(void *ctx, const struct tracker_socket *s);
	void *ctx;
	struct tracker *t;
};

static void walk_conn(void *ctx, struct conn *c)
{
	const struct walk *w = ctx;
	const struct listener *l = c->listener ? listener_get(w->t->listeners, c->listener) : NULL;
	struct tracker_socket s = {
		.cookie = c->cookie,
		.netns = c->netns,
		.family = c->family,
		.lport = c->lport,
		.rport = c->rport,
		.state = c->state,
		.since = c->t_state,
		.request = conn_is(c, CONN_REQUEST),
		.timewait = conn_is(c, CONN_TIMEWAIT | CONN_ORPHAN_FW2),
		.queued = c->stage == STAGE_QUEUED,
		.queued_since = c->t_established,
		.of_listener = l ? l->cookie : 0,
		.pid = c->pid,
		.comm = c->pid ? names_text(w->t->names, c->name) : NULL,
		.synack_retrans = c->synack_retrans,
	};

	memcpy(s.laddr, c->laddr, sizeof(s.laddr));
	memcpy(s.raddr, c->raddr, sizeof(s.raddr));
	w->fn(w->ctx, &s);
}

static void walk_listener(void *ctx, struct listener *l)
{
	const struct walk *w = ctx;
	struct tracker_socket s = {
		.cookie = l->cookie,
		.netns = l->netns,
		.family = l->family,
		.lport = l->port,
		.state = TCP_STATE_LISTEN,
		.listener = true,
		.accept_queue = l->accept_queue,
		.queue_low = l->low,
		.queue_high = l->high,
		.backlog = l->backlog,
		.since = l->t_state,
	};

	memcpy(s.laddr, l->addr, sizeof(s.laddr));
	l->low = l->high = l->accept_queue;
	if (l->alive)
		w->fn(w->ctx, &s);
}

bool tracker_has_listener(const struct tracker *t, const struct fact_queues *q,
			  struct lookup_listener *known)
{
	const struct listener *l = listener_by_queues(t->listeners, q);

	if (!l)
		return false;
	*known = (struct lookup_listener){.netns = l->netns,
					  .port = l->port,
					  .family = (uint16_t)l->family,
					  .addr = l->addr_known ? l->addr : NULL};
	return true;
}

bool tracker_has_connection(const struct tracker *t, const struct fact_sock *s)
{
	return conn_by_cookie(t->conns, s->cookie) ||
	       (s->lport && s->rport && conn_by_ends(t->conns, s));
}

struct waiting {
	const struct tracker *tracker;
	uint64_t wait_ns;
	waiting_fn fn;
	void *ctx;
};

static void tell_waiting(void *ctx, struct listener *l)
{
	const struct waiting *w = ctx;
	const struct tracker *t = w->tracker;

	if (l->alive && l->cookie &&
	    listener_oldest_wait(t->conns, l, t->t_now, NULL) >= w->wait_ns)
		w->fn(w->ctx, l->cookie, l->netns, l->port);
}

void tracker_waiting(struct tracker *t, uint64_t wait_ns, waiting_fn fn, void *ctx)
{
	struct waiting w = {t, wait_ns, fn, ctx};

	listeners_each(t->listeners, tell_waiting, &w);
}

struct doubt {
	const struct tracker *tracker;
	uint64_t wait_ns;
	bool any;
};

static void doubt(void *ctx, struct listener *l)
{
	struct doubt *d = ctx;
	const struct tracker *t = d->tracker;
	uint64_t waited = l->alive ? listener_oldest_wait(t->conns, l, t->t_now, NULL) : 0;

	/* Once for each that is the oldest: a walk may not find its listener. */
	if (waited >= d->wait_ns && l->figures_t < t->t_now - waited + d->wait_ns &&
	    l->doubted_t != t->t_now - waited) {
		l->doubted_t = t->t_now - waited;
		d->any = true;
	}
}

bool tracker_wants_figures(struct tracker *t)
{
	struct doubt d = {t, t->config.verdict.slow_ns / 100, false};

	if (tracker_exact(t, KNOW_ACCEPT))
		return false; /* no accept() is unseen */
	listeners_each(t->listeners, doubt, &d);
	return d.any;
}

void tracker_walk(struct tracker *t, void (*fn)(void *ctx, const struct tracker_socket *s),
		  void *ctx)
{
	struct walk w = {fn, ctx, t};

	listeners_each(t->listeners, walk_listener, &w);
	conn_each(t->conns, true, walk_conn, &w);
	conn_each(t->conns, false, walk_conn, &w);
}
