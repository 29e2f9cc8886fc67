/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event.h - what a person or jq reads: one event is one line of the stream.
 *
 * Owns: the types of lines, the catalogue of fields (fields.def) and the struct that carries them
 * from the tracker to the views. Knows nothing of BPF, of sockets' lives, or of how a field is
 * printed.
 *
 *	struct event e;
 *	event_init(&e, EVENT_STATE, t_ns);
 *	event_set(&e, F_OLD, TCP_SYN_RECV);
 *	event_set_enum(&e, F_BASIS, BASIS_SYN);
 *	if (event_has(&e, F_OLD)) ...
 *
 * A field that is unknown or does not apply is not set: there is no value for "unknown".
 * Pointers in an event are borrowed: valid until the function that was given the event returns.
 */
#ifndef SOCKSTATE_EVENT_H
#define SOCKSTATE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/vocabulary.h"

/* EVENT(id, name, meaning) */
#define EVENT_TYPES(EVENT)                                                                      \
	EVENT(META, "meta", "first line: what this run is and what it can know")                \
	EVENT(SOCKET, "socket", "a socket that was there before tracing began")                 \
	EVENT(STATE, "state", "one transition")                                                 \
	EVENT(ACCEPT, "accept", "accept() handed a connection to the program")                  \
	EVENT(ACCEPT_ERROR, "accept_error", "accept() failed; EAGAIN is not an error")          \
	EVENT(LISTEN_ERROR, "listen_error", "listen() failed")                                  \
	EVENT(RETRANSMIT, "retransmit", "a SYN or SYN-ACK was sent again")                      \
	EVENT(DROP, "drop", "the listener refused something")                                   \
	EVENT(RESET, "reset", "a RST was sent or received")                                     \
	EVENT(CLOSE, "close", "last line of a socket's life")                                   \
	EVENT(LISTENER, "listener", "a listener's queues, rates and verdict")                   \
	EVENT(WHY, "why", "what the program behind a listener does instead of accept()")        \
	EVENT(VERIFY, "verify", "a difference between the tracker and the kernel's own tables") \
	EVENT(LOST, "lost", "facts are missing")                                                \
	EVENT(SUMMARY, "summary", "last line: what was seen")

/* The number of the contract: `schema` of the meta line. */
#define EVENT_SCHEMA 2

enum event_type {
#define EVENT(id, name, meaning) EVENT_##id,
	EVENT_TYPES(EVENT)
#undef EVENT
		EVENT_TYPE_COUNT
};

/* Sets of types: where a field stands. */
enum event_types {
	NOWHERE = 0,
#define EVENT(id, name, meaning) ON_##id = 1 << EVENT_##id,
	EVENT_TYPES(EVENT)
#undef EVENT
	/* a connection, half open or whole, as its socket or a segment names it */
	ON_CONNECTION = ON_SOCKET | ON_STATE | ON_ACCEPT | ON_RETRANSMIT | ON_DROP | ON_RESET |
			ON_CLOSE | ON_VERIFY,
	ON_ANY_SOCKET = ON_CONNECTION | ON_ACCEPT_ERROR | ON_LISTEN_ERROR | ON_LISTENER | ON_WHY,
};

enum field {
#define FIELD(id, ...) F_##id,
#include "event/fields.def"
	FIELD_COUNT
};

enum field_kind {
	KIND_U64,    /* v.u */
	KIND_I64,    /* v.i */
	KIND_BOOL,   /* v.u, 0 or 1 */
	KIND_ENUM,   /* v.u, number of a word in the field's vocabulary */
	KIND_STATE,  /* v.u, kernel state number; names in tcp.h */
	KIND_TIME,   /* v.i, ns since 1970, UTC */
	KIND_TEXT,   /* v.text, any bytes, NUL terminated */
	KIND_ADDR,   /* v.addr, network order; 4 or 16 bytes by event.family */
	KIND_END,    /* v.end */
	KIND_STATES, /* v.states, uint64_t[TCP_STATE_COUNT] ns, 0: never been there */
	KIND_FACTS,  /* v.facts, struct fact_list in event/coverage.h */
	KIND_FILTER, /* v.filter, struct filter in filter.h */
	KIND_ARGV,   /* v.argv, NULL terminated */
	/* v.drops, uint64_t[DROP_REASON_COUNT], by enum fact_drop_reason and expiry: tracker.h */
	KIND_DROPS,
	KIND_DIAGNOSES, /* v.why, struct why_report in why_report.h; so are the next three */
	KIND_HOLDERS,
	KIND_WATCHERS,
	KIND_THREADS,
	KIND_QUANTILES, /* v.spread, struct spread in totals.h: what it has of the time since */
	KIND_SPREAD,	/* v.spread, and of the whole run */
	KIND_LISTENERS, /* v.listeners, struct listener_summaries in tracker.h */
};

struct field_info {
	const char *key;
	enum field_kind kind;
	const struct vocabulary *vocabulary; /* of KIND_ENUM; else NULL */
	unsigned int always, sometimes;	     /* enum event_types */
	const char *meaning;
};

struct fact_list;
struct filter;
struct listener_summaries;
struct spread;
struct why_report;

struct event_end {
	const uint8_t *addr; /* as KIND_ADDR */
	uint16_t port;	     /* host order */
};

union field_value {
	uint64_t u;
	int64_t i;
	const char *text;
	const uint8_t *addr;
	const uint64_t *states;
	const struct fact_list *facts;
	const struct filter *filter;
	const char *const *argv;
	const uint64_t *drops;
	const struct listener_summaries *listeners;
	const struct spread *spread;
	const struct why_report *why;
	const struct event_end *end;
};

#define FIELD_WORDS ((FIELD_COUNT + 63) / 64)

struct event {
	uint64_t t; /* ns, CLOCK_MONOTONIC: when it happened; key t_ns */
	enum event_type type;
	int family;   /* AF_INET or AF_INET6, of F_LADDR and F_RADDR */
	bool late;    /* the tracker has made a line with a later t before */
	bool thinned; /* of a connection that began while the stream was thinned (stream.h) */
	uint64_t present[FIELD_WORDS];
	union field_value v[FIELD_COUNT]; /* undefined where not present */
};

/* Where events go. Borrowed for the length of the call. */
typedef void (*event_fn)(void *ctx, const struct event *e);

extern const struct field_info field_infos[FIELD_COUNT];
/* "state" for EVENT_STATE; "unknown" for a number out of range. */
const char *event_type_name(enum event_type type);
const char *event_type_meaning(enum event_type type);

static inline void event_init(struct event *e, enum event_type type, uint64_t t)
{
	e->t = t;
	e->type = type;
	e->family = 0;
	e->late = false;
	e->thinned = false;
	for (int i = 0; i < FIELD_WORDS; i++)
		e->present[i] = 0;
}

static inline bool event_has(const struct event *e, enum field f)
{
	return e->present[f / 64] >> (f % 64) & 1;
}

static inline union field_value *event_field(struct event *e, enum field f)
{
	e->present[f / 64] |= UINT64_C(1) << (f % 64);
	return &e->v[f];
}

static inline void event_set(struct event *e, enum field f, uint64_t value)
{
	event_field(e, f)->u = value;
}

/* The number of a word in the vocabulary of f. */
static inline void event_set_enum(struct event *e, enum field f, unsigned int number)
{
	event_field(e, f)->u = number;
}

static inline void event_set_text(struct event *e, enum field f, const char *text)
{
	event_field(e, f)->text = text;
}

/* The value, or 0 where the field is not set. */
static inline uint64_t event_get(const struct event *e, enum field f)
{
	return event_has(e, f) ? e->v[f].u : 0;
}

/* Whether the field is an address of fe80::/10 (RFC 4291), which has a zone. */
bool event_is_link_local(const struct event *e, enum field addr);

/*
 * Whether accept_wait_ns is the whole wait: where only its end was seen it is a bound, and no
 * figure of a distribution.
 */
static inline bool event_wait_measured(const struct event *e)
{
	return event_has(e, F_ACCEPT_WAIT_NS) && !event_has(e, F_WAIT_BASIS);
}

/* The text, or NULL where the field is not set. */
static inline const char *event_text(const struct event *e, enum field f)
{
	return event_has(e, f) ? e->v[f].text : NULL;
}

/* The number of its word, or 0 where the field is not set. */
static inline unsigned int event_enum(const struct event *e, enum field f)
{
	return (unsigned int)event_get(e, f);
}

/* The name of its word, or NULL where the field is not set. */
const char *event_word(const struct event *e, enum field f);

/* Whether it is about a listener itself, and not about one of its connections by name. */
bool event_is_listeners(const struct event *e);

#endif
