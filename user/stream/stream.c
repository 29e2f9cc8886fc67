// SPDX-License-Identifier: BSD-2-Clause
#include "stream/stream.h"

#include <stdlib.h>

#include "fact/decode.h"
#include "fact/order.h"
#include "stream/kept.h"
#include "stream/looks.h"
#include "stream/narrow.h"
#include "stream/notable.h"
#include "stream/owners.h"

/*
 * Facts that are held back, most of them while the initial socket list is read. An unused slot
 * costs address space only.
 */
#define ORDER_CAPACITY 32768

/* Of --notable: some 60,000 connections. */
#define STORIES_MAX_BYTES (64u << 20)

struct stream {
	struct stream_config config;
	struct view *view;
	struct order *order;
	struct tracker *tracker;
	uint64_t old_time_waits; /* counted, and not printed */
	struct owners *owners;	 /* NULL: whoever owns a socket */
	struct kept *kept;	 /* NULL: nothing is left out here */
	struct looks *looks;
	struct notable *notable; /* NULL: every line that is selected is printed */
	struct notable *thinned; /* connections that began in an overload; NULL: they are counted */
	uint64_t counted;	 /* without such stories, sockets */
	bool thin;
	uint64_t latest;   /* t of the last tick, or of a later fact */
	uint64_t rejected; /* records that decode refused since the last tick */
	uint64_t left;	   /* of config.count */
	bool started, done;
	const char *advice; /* NULL: none */
	struct stream_loss loss;
};

static void print_event(void *ctx, const struct event *e)
{
	struct stream *s = ctx;

	if (s->done && e->type != EVENT_SUMMARY)
		return;
	if (!s->config.brief || select_is_brief(e))
		view_event(s->view, e);
	if (s->config.count && select_counts(e) && --s->left == 0)
		s->done = true;
}

/* Of those that began in an overload. */
static uint64_t unprinted(const struct stream *s)
{
	return s->thinned ? notable_counts(s->thinned).unprinted : s->counted;
}

static void put_unprinted(const struct stream *s, struct event *e)
{
	struct notable_counts counts = {.unprinted = unprinted(s)};

	if (!s->notable && !s->thinned && !s->counted)
		return;
	if (s->thinned)
		counts.forgotten = notable_counts(s->thinned).forgotten;
	if (s->notable)
		counts = notable_counts(s->notable);
	event_set(e, F_UNPRINTED, counts.unprinted);
	if (counts.forgotten)
		event_set(e, F_FORGOTTEN, counts.forgotten);
}

static void print_summary(struct stream *s, const struct event *e)
{
	struct event more = *e;

	put_unprinted(s, &more);
	if (s->advice)
		event_set_text(&more, F_ADVICE, s->advice);
	print_event(s, &more);
}

/* Of a connection that began in an overload; what is told of listeners does not bear the mark. */
static void thinned_event(struct stream *s, const struct event *e)
{
	if (!s->thinned)
		s->counted += notable_is_begin(e);
	else if (e->type != EVENT_VERIFY)
		notable_event(s->thinned, e);
}

static void on_event(void *ctx, const struct event *e)
{
	struct stream *s = ctx;

	if (e->type == EVENT_LOST && !event_has(e, F_OVERLOAD))
		s->loss = (struct stream_loss){event_get(e, F_TOTAL), event_enum(e, F_WHERE)};
	looks_event(s->looks, e);
	if (s->config.notice)
		s->config.notice(s->config.notice_ctx, e);
	if (s->done && e->type != EVENT_SUMMARY)
		return;
	if (select_only_counts(&s->config.select, e)) {
		s->old_time_waits++;
		return;
	}
	if (!select_passes(&s->config.select, e) || (s->owners && !owners_pass(s->owners, e)))
		return;
	if (e->type == EVENT_SUMMARY)
		print_summary(s, e);
	else if (s->notable)
		notable_event(s->notable, e);
	else if (e->thinned)
		thinned_event(s, e);
	else
		print_event(s, e);
}

/* NULL when out of memory. whole: of what did not begin here nothing is printed. */
static struct notable *new_notable(struct stream *s, bool whole)
{
	const struct fact_list *facts = &s->config.tracker.facts;
	const struct notable_config config = {
		.slow_ns = s->config.tracker.verdict.slow_ns,
		.slow_handshake_ns = s->config.slow_handshake_ns,
		.accepts_seen = facts->fact[KNOW_ACCEPT].is != FACT_IS_ABSENT &&
				facts->fact[KNOW_ACCEPT_IO_URING].is != FACT_IS_ABSENT,
		.max_bytes = STORIES_MAX_BYTES,
		.whole = whole,
	};

	return notable_new(&config, print_event, s);
}

void stream_meta_event(struct event *e, uint64_t t, const struct stream_meta *meta,
		       const struct filter *filter, const struct fact_list *facts)
{
	event_init(e, EVENT_META, t);
	event_set(e, F_SCHEMA, EVENT_SCHEMA);
	event_set_text(e, F_VERSION, meta->version);
	event_set_text(e, F_KERNEL, meta->kernel);
	event_set(e, F_BOOT_OFFSET_NS, (uint64_t)meta->boot_offset_ns);
	event_field(e, F_BOOT_TIME)->i = meta->boot_offset_ns;
	if (meta->host)
		event_set_text(e, F_HOST, meta->host);
	if (meta->boot_id)
		event_set_text(e, F_BOOT_ID, meta->boot_id);
	if (meta->run_id)
		event_set_text(e, F_RUN_ID, meta->run_id);
	event_field(e, F_FILTER)->filter = filter;
	event_field(e, F_ARGV)->argv = meta->argv;
	event_field(e, F_FACTS)->facts = facts;
}

static void start(struct stream *s, uint64_t t)
{
	struct event e;

	stream_meta_event(&e, t, &s->config.meta, &s->config.tracker.filter,
			  &s->config.tracker.facts);
	if (stream_may_thin(s))
		event_set_enum(&e, F_OVERLOAD, s->config.overload);
	s->started = true;
	on_event(s, &e);
}

struct stream *stream_new(const struct stream_config *config, struct view *view)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->config = *config;
	s->view = view;
	s->left = config->count;
	s->order = order_new(ORDER_CAPACITY);
	s->looks = looks_new();
	s->config.tracker.unwanted = select_unwanted(&config->select);
	s->tracker = tracker_new(&s->config.tracker, on_event, s);
	s->notable = config->notable ? new_notable(s, false) : NULL;
	if (owner_restricts(&config->owner))
		s->config.tracker.filter.owner = &s->config.owner;
	if (owner_restricts(&config->owner))
		s->owners = owners_new(&config->owner);
	if (config->only)
		s->kept = kept_new();
	if ((config->only && !s->kept) || !s->looks || !s->order || !s->tracker ||
	    (config->notable && !s->notable) || (owner_restricts(&config->owner) && !s->owners)) {
		stream_free(s);
		return NULL;
	}
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	tracker_free(s->tracker);
	notable_free(s->notable);
	notable_free(s->thinned);
	owners_free(s->owners);
	kept_free(s->kept);
	looks_free(s->looks);
	order_free(s->order);
	free(s);
}

static bool knows_listener(const void *ctx, const struct fact_queues *q, struct lookup_listener *l)
{
	return tracker_has_listener(ctx, q, l);
}

static bool knows_connection(const void *ctx, const struct fact_sock *s)
{
	return tracker_has_connection(ctx, s);
}

static bool is_of_interest(const struct stream *s, const struct fact_hdr *fact)
{
	const struct narrow_known known = {knows_listener, knows_connection, s->tracker};

	return !s->config.only || narrow_passes(s->config.only, fact, &known);
}

/* The listener that a connection brings is told before it. */
static void bring_listener(struct stream *s, const struct fact_hdr *fact)
{
	const struct fact_queues *q = s->kept ? narrow_queues(fact) : NULL;
	struct fact_existing listener;

	if (q && kept_take(s->kept, q, fact->t, &listener))
		tracker_fact(s->tracker, &listener.h);
}

/* A look does not tell where the owner runs. A cgroup that holds a thread back is named instead. */
static void on_why(void *ctx, const struct event *e)
{
	const struct stream *s = ctx;
	enum diagnosis d = event_enum(e, F_DIAGNOSIS);
	struct event more = *e;

	tracker_place(s->tracker, (uint32_t)event_get(e, F_PID), &more);
	if (event_has(e, F_CGROUP) && (d == DIAGNOSIS_THROTTLED || d == DIAGNOSIS_FROZEN))
		event_set_text(&more, F_CGROUP, event_text(e, F_CGROUP));
	on_event(ctx, &more);
}

static void deliver(void *ctx, const struct fact_hdr *fact)
{
	struct stream *s = ctx;

	if (!is_of_interest(s, fact)) {
		kept_fact(s->kept, fact);
		return;
	}
	looks_due(s->looks, fact->t, on_why, s);
	if (fact->t > s->latest)
		s->latest = fact->t;
	if (!s->done) {
		bring_listener(s, fact);
		tracker_fact(s->tracker, fact);
	}
	if (fact->kind != FACT_TICK)
		return;
	if (s->notable)
		notable_tick(s->notable, fact->t);
	if (s->thinned)
		notable_tick(s->thinned, fact->t);
	if (!s->done)
		view_tick(s->view, fact->t);
}

static void emit_rejected(struct stream *s, uint64_t t)
{
	struct fact_lost lost = {
		.h = {.t = t, .size = sizeof(lost), .kind = FACT_LOST},
		.count = s->rejected,
		.where = FACT_LOST_DECODE,
	};

	if (!s->rejected)
		return;
	s->rejected = 0;
	deliver(s, &lost.h);
}

void stream_record(struct stream *s, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = fact_decode(bytes, size);

	if (!s->started)
		start(s, fact ? fact->t : 0);
	if (!fact) {
		s->rejected++;
	} else if (fact->kind == FACT_LOOK) {
		s->rejected += looks_fact(s->looks, (const struct fact_look *)fact) != 0;
	} else if (fact->kind == FACT_TICK) {
		order_release(s->order, fact->t, deliver, s);
		emit_rejected(s, fact->t);
		deliver(s, fact);
	} else {
		order_push(s->order, fact, deliver, s);
	}
}

void stream_record_sorted(struct stream *s, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = fact_decode(bytes, size);

	/* Facts that are held back may be older: this one has to queue behind them. */
	if (!fact || !s->started || fact->kind == FACT_TICK || fact->kind == FACT_LOOK ||
	    s->config.only || order_waiting(s->order))
		stream_record(s, bytes, size);
	else
		deliver(s, fact);
}

void stream_event(struct stream *s, const struct event *e)
{
	on_event(s, e);
}

/* ---- overload ---- */

static void tell_overload(struct stream *s, enum overload_word word)
{
	struct event e;

	event_init(&e, EVENT_LOST, s->latest);
	event_set(&e, F_COUNT, 0);
	event_set_enum(&e, F_WHERE, FACT_LOST_RING);
	event_set(&e, F_TOTAL, s->loss.total);
	event_set_enum(&e, F_OVERLOAD, word);
	event_set_text(&e, F_STILL_EXACT,
		       word == OVERLOAD_COUNTS
			       ? "counts, but for facts that lost lines count"
			       : "connections that begin from here on, and counts, but for facts "
				 "that lost lines count");
	event_set(&e, F_UNPRINTED, unprinted(s));
	on_event(s, &e);
}

bool stream_may_thin(const struct stream *s)
{
	return s->config.overload != OVERLOAD_NONE;
}

void stream_thin(struct stream *s, bool on)
{
	bool stories = s->config.overload == OVERLOAD_THINS;

	if (s->thin == on || !s->started || !stream_may_thin(s))
		return;
	if (on && stories && !s->thinned)
		s->thinned = new_notable(s, true);
	if (on && stories && !s->thinned)
		return;
	s->thin = on;
	tracker_thin(s->tracker, on);
	tell_overload(s, on ? s->config.overload : OVERLOAD_OVER);
}

void stream_advise(struct stream *s, const char *advice)
{
	s->advice = advice;
}

void stream_finish(struct stream *s)
{
	if (!s->started)
		start(s, 0);
	order_release(s->order, UINT64_MAX, deliver, s);
	emit_rejected(s, s->latest);
	looks_due(s->looks, UINT64_MAX, on_why, s);
	tracker_finish(s->tracker, s->latest);
	view_finish(s->view);
}

struct stream_loss stream_loss(const struct stream *s)
{
	return s->loss;
}

uint64_t stream_old_time_waits(const struct stream *s)
{
	return s->old_time_waits;
}

bool stream_done(const struct stream *s)
{
	return s->done;
}

size_t stream_waiting(const struct stream *s)
{
	return order_waiting(s->order);
}

struct tracker *stream_tracker(struct stream *s)
{
	return s->tracker;
}
