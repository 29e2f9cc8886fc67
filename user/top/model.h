/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h - what the full-screen view knows of each listener: learned from events, second by
 * second. Pure: time comes from the events and from model_tick().
 *
 * Owns the figures of listeners with their last two minutes, the waits of the last ten seconds
 * beside those since the start, the clients that were refused and those that were accepted last.
 * Knows nothing of a screen, of keys, or of single connections that are open: those are the rows of
 * a listing.
 *
 *	struct model *m = model_new();
 *	model_event(m, e);		for each
 *	model_tick(m, now_ns);
 *	model_take(m, &frame);		a copy to draw, which stays as it is
 */
#ifndef SOCKSTATE_TOP_MODEL_H
#define SOCKSTATE_TOP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "event/event.h"
#include "event/totals.h"
#include "listener/tally.h"

#define MODEL_SECONDS 120 /* of history */
#define MODEL_RECENT  10  /* seconds that "recent" stands for */
#define MODEL_LATEST  16  /* refusals, accepts that are remembered one by one */

/* What happened in one second. */
struct model_second {
	uint32_t peak; /* the longest accept queue that was seen */
	uint32_t arrivals, accepts, refused;
};

struct model_peer {
	int family;
	uint8_t addr[16];
	uint16_t port; /* 0: the peer is not known */
};

struct model_accept {
	uint64_t t; /* ns */
	struct model_peer peer;
	bool wait_known;
	uint64_t wait_ns;
	uint32_t pid;
	char comm[17];
	int64_t fd; /* -1: not known */
};

struct model_refusal {
	uint64_t t;	/* ns */
	uint64_t count; /* of clients, where they are not known one by one */
	struct model_peer peer;
	unsigned int reason, segment; /* enum drop_reason, enum segment */
	bool believes;		      /* the client takes itself for connected */
};

/* A listener as it is drawn. Plain: it can be copied. */
struct model_listener {
	uint64_t cookie;
	uint32_t netns;
	int family;
	char zone[TEXT_ZONE_MAX]; /* of a link-local address; "": none */
	uint8_t addr[16];
	uint16_t port;
	uint32_t pid; /* the owner; 0: not known */
	char comm[17];
	bool gone; /* it listens no more */

	bool queue_known;
	uint32_t accept_queue, backlog, syn_queue;
	uint32_t peak; /* of the accept queue, since the start */
	uint64_t completed, accepted, refused;
	bool judged;
	enum verdict verdict;
	char advice[256];
	bool looked; /* there was a look at the program */
	uint64_t look_t;
	enum diagnosis diagnosis;
	char sentence[480];

	/* The newest is second[newest % MODEL_SECONDS]. */
	uint64_t newest; /* s, CLOCK_MONOTONIC */
	uint32_t seconds_known;
	struct model_second second[MODEL_SECONDS];

	/* The newest is at [count - 1 % MODEL_LATEST]. */
	struct model_accept accepts[MODEL_LATEST];
	struct model_refusal refusals[MODEL_LATEST];
	uint64_t accepts_count, refusals_count;

	/* Filled in by model_take(). */
	struct quantiles recent, wait,
		handshake;	 /* recent: waits of the last MODEL_RECENT seconds */
	uint64_t oldest_wait_ns; /* of what is in the queue, as the rows say; 0: none is known */
	uint32_t refused_recently;
};

/* A moment, to be drawn. All zero: none. */
struct frame {
	uint64_t t;	 /* ns */
	uint64_t events; /* that the model had seen */
	struct model_listener *list;
	size_t count, room;
	uint64_t lost;
	bool counts_only; /* the figures come from counters: see model_count() */
};

struct model;

struct model *model_new(void);
void model_free(struct model *m);
/* What cannot be kept, for lack of memory, is left out. */
void model_event(struct model *m, const struct event *e);
/* Nothing earlier than t (ns) will come. */
void model_tick(struct model *m, uint64_t t);
/*
 * Where events come faster than they can be read: from here on only losses and looks are learned
 * from events, all else from model_count(); or from events again. What has been counted meanwhile
 * stays in the totals.
 */
void model_counts_only(struct model *m, bool only);
/*
 * A listener as the counters in the kernel (bpf/summary.h) have it. t: ns, the end of the second
 * that they are about. first: they are compared with nothing, and only the next ones tell what
 * happened.
 */
void model_count(struct model *m, uint64_t t, const struct tally_row *row, bool first);
/* As the rows of a look say. cookie: of the listener. */
void model_oldest_wait(struct model *m, uint64_t cookie, uint64_t wait_ns);
uint64_t model_now(const struct model *m);
uint64_t model_events(const struct model *m);

/* 0 or -ENOMEM; then the frame is as it was. */
int model_take(struct model *m, struct frame *frame);
void frame_free(struct frame *frame);
const struct model_listener *frame_listener(const struct frame *frame, uint64_t cookie);

/* The second that ended so many seconds ago; ago 0: the one under way. NULL: not known. */
const struct model_second *model_second_ago(const struct model_listener *l, unsigned int ago);

#endif
