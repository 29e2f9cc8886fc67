/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.h - the run on this kernel, shared by the files that make it up: live.c (from opening to the
 * last line), feed.c (from the rings to the
 * output) and live_verify.c (comparing with the kernel's tables).
 */
#ifndef SOCKSTATE_LIVE_H
#define SOCKSTATE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"
#include "fact/recording.h"
#include "kernel/source.h"
#include "run/looker.h"
#include "run/machine.h"
#include "run/run.h"
#include "stream/advice.h"
#include "stream/overload.h"
#include "stream/stream.h"
#include "verify/verify.h"

/* A tick (FACT_TICK) is due after so long; so are the chores of the loop. */
#define TICK_NS (100 * NS_MS)
/* Between two comparisons with the kernel's tables. */
#define VERIFY_NS NS_S
/* While the kernel's tables are listed, the rings are emptied once in so many sockets. */
#define DRAIN_SOCKETS 256

struct live {
	const struct trace_options *options;
	const struct run_place *place;
	struct source_kernel *source;
	struct recording_writer *recording;
	struct stream *stream;
	struct view *view;
	struct run_window window;   /* of the view */
	struct verify *verify;	    /* NULL: neither --verify nor a loss to make good */
	struct recording_info info; /* of this run; its facts are what the kernel lets us see */
	struct machine machine;
	bool skipping; /* what the rings hold is thrown away: somebody counts instead */
	uint64_t next_skip;
	struct overload overload;
	uint64_t overload_t;  /* ns: the last look at it; 0: not yet */
	uint64_t read;	      /* facts since then */
	uint64_t lost_before; /* in the rings, until then */
	unsigned int left;    /* percent of a ring, see feed.c */
	uint64_t cpu;	      /* ns of this thread, until then */
	struct advice advice;
	char advice_text[ADVICE_MAX];
	bool loss;			 /* not made good yet */
	bool loss_named;		 /* on standard error */
	bool thinning_named;		 /* there, too */
	unsigned int repair;		 /* looks to come that put right what it left wrong */
	uint64_t repaired;		 /* when that was done last */
	uint64_t lost[FACT_LOST_PLACES]; /* already told */
	uint64_t last_tick;		 /* nothing earlier will come */
	uint64_t last_chores;
	uint64_t deadline;			 /* UINT64_MAX: none */
	uint64_t next_listeners, listeners_free; /* in turn; and where something is in doubt */
	uint64_t next_verify;			 /* 0: never */
	bool anything;		 /* a socket that passes the filter existed, or listens since */
	uint64_t existing, rows; /* of the tables, told so far */
	struct looker *looker;	 /* NULL: no looks at what programs do */
	int recording_error;
	int nowhere; /* descriptor of /dev/null, where standard output is the recording; else 0 */
	int write_error; /* of standard output */
};

/* ---- feed.c ---- */

/* A record_fn; ctx is struct live. The record may be older than others before it. */
int live_feed(void *ctx, const void *bytes, size_t size);
/* Nothing earlier than t (ns) will come. */
void live_tick(struct live *l, uint64_t t);
/* Reports what was lost since the last time, and has a loss made good. */
void live_lost(struct live *l, uint64_t t);
/* Reports facts that were still in the rings when the run ended. */
void live_unread(struct live *l, uint64_t count);
/* Writes what the view holds. */
void live_flush(struct live *l);
/* Empties the rings without printing anything. */
void live_collect(struct live *l);
/*
 * From the rings to the output: what they hold, some thousands of records, and a tick for up to
 * when that is all. Returns as source_kernel_poll().
 */
int live_drain(struct live *l, int timeout_ms);
/*
 * From now on what the rings hold is thrown away once a second, and counted as lost; or it is read
 * again, and what the tracker has missed is put right from the kernel's tables.
 */
void live_skip(struct live *l, bool on);
/* Whether the tracker can be trusted: nothing is thrown away, and no loss is to be made good. */
bool live_settled(const struct live *l);
/* Reads the queues of all listeners, and says when the next time is. */
void live_listeners(struct live *l, uint64_t now);

/* ---- live_verify.c ---- */

/* For --verify. -ENOMEM. */
int live_verify_begin(struct live *l);
/*
 * Remembers which namespaces can be listed again later; those that nobody will ask for may go. To
 * be called after the sockets in TIME_WAIT have been listed.
 */
void live_verify_namespaces(struct live *l);
/* One comparison, or one of the rounds that make a loss good. */
void live_verify_due(struct live *l);
/* The last comparison of --verify: what still differs is reported. */
void live_verify_final(struct live *l);

#endif
