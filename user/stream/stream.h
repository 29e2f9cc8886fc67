/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream.h - the way from records to printed lines: decode, order, tracker, view. The same for the
 * kernel and for a recording, so that a replay prints what the live run printed.
 *
 * Time enters only through records: a FACT_TICK says that nothing earlier will come, so the facts
 * held back until then are delivered. Every source begins with one. Pure: no clock, no output but
 * the view's.
 */
#ifndef SOCKSTATE_STREAM_H
#define SOCKSTATE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/filter.h"
#include "event/owner.h"
#include "stream/select.h"
#include "tracker/tracker.h"
#include "view/view.h"

/* What the `meta` line says of the run. Strings are borrowed. */
struct stream_meta {
	const char *version, *kernel;
	const char *host, *boot_id, *run_id; /* NULL: not known */
	const char *const *argv;	     /* NULL terminated */
	int64_t boot_offset_ns;
};

struct stream_config {
	struct tracker_config tracker;
	struct stream_meta meta;
	const struct filter *only;  /* facts that do not match are passed over; NULL: none */
	struct owner_filter owner;  /* whose lines are let through */
	struct selection select;    /* what is let through to the view */
	uint64_t count;		    /* state and accept lines after which it is done; 0: no limit */
	bool notable;		    /* only connections that turn out to be worth it */
	uint64_t slow_handshake_ns; /* with it */
	event_fn notice; /* also gets every event, before any is selected; NULL: nobody does */
	void *notice_ctx;
	bool brief;		     /* -o summary: only what sums up, and losses */
	enum overload_word overload; /* what stream_thin() may turn it to; OVERLOAD_NONE: nothing */
};

struct stream;

/* The line that every output begins with; all is borrowed. */
void stream_meta_event(struct event *e, uint64_t t, const struct stream_meta *meta,
		       const struct filter *filter, const struct fact_list *facts);
/* The config is copied, the view borrowed. NULL when out of memory. */
struct stream *stream_new(const struct stream_config *config, struct view *view);
void stream_free(struct stream *s);

/*
 * One record, not yet checked. One that cannot be decoded is counted, and reported as `lost` at the
 * next tick.
 */
void stream_record(struct stream *s, const void *bytes, size_t size);
/* The same, where no older fact will come: it need not be held back. */
void stream_record_sorted(struct stream *s, const void *bytes, size_t size);
/* A line that does not come from a fact: --verify. */
void stream_event(struct stream *s, const struct event *e);
/*
 * More comes than the reader sustains; or no longer. Each connection that begins meanwhile is told
 * whole, once it is notable, or is only counted; those that began before are told to their end. A
 * `lost` line says so. No effect without config.overload, and without memory.
 */
void stream_thin(struct stream *s, bool on);
bool stream_may_thin(const struct stream *s);
/* What the summary is to say of losses; borrowed. */
void stream_advise(struct stream *s, const char *advice);
/* The stream ends at its last tick: delivers what is held back, and emits the summary. */
void stream_finish(struct stream *s);

/* What a run has lost, as its `lost` lines said. */
struct stream_loss {
	uint64_t total;		    /* facts */
	enum fact_lost_where where; /* of the latest loss */
};
struct stream_loss stream_loss(const struct stream *s);

/* How many sockets were in TIME_WAIT before the tracer: counted, and not let through. */
uint64_t stream_old_time_waits(const struct stream *s);
/* Whether --count lines have been printed. */
bool stream_done(const struct stream *s);
/* How many facts are held back. */
size_t stream_waiting(const struct stream *s);
struct tracker *stream_tracker(struct stream *s);

#endif
