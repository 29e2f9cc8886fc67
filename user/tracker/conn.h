/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn.h - the table of connections and half-open requests: found by cookie and by ends, bounded,
 * the least recently touched first to go.
 *
 * Owns memory and indices; knows nothing of what TCP means. Links are numbers (conn_id), half the
 * size of pointers: 100,000 connections must fit into some 20 megabytes. Pure.
 */
#ifndef SOCKSTATE_CONN_H
#define SOCKSTATE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/vocabulary.h"
#include "fact.h"

typedef uint32_t conn_id; /* 0: none */

/* Where a server's connection stands with its listener's accept queue. */
enum accept_stage {
	STAGE_NONE,   /* not known to have been in one: half open, a client, or too old */
	STAGE_QUEUED, /* waits in its listener's queue (linked there) */
	STAGE_LEFT,   /* was queued; where it is now is not known */
	/*
	 * its listener closed before accept(): the kernel resets it, or another listener takes it
	 */
	STAGE_FLUSHED,
	STAGE_ACCEPT_UNSEEN, /* was queued, and taken by an accept() that no hook saw */
	STAGE_ACCEPTED,
};

/*
 * What ended a connection before, or instead of, its FINs. Where two are seen the later in this
 * list is kept: the more it explains.
 */
enum end_cause {
	END_NONE,
	END_ABORTED, /* tcp_abort(): where a RST is due, that is what is told */
	END_RST_SENT,
	END_RST_RECEIVED,
	END_REFUSED,	     /* a RST answered our SYN */
	END_REFUSED_BY_ICMP, /* ICMP port unreachable did */
	END_UNREACHABLE,     /* an ICMP error, or no way to the peer when it timed out */
	END_TIMED_OUT,
	END_CLOSED_CONNECTING, /* its owner closed it in SYN_SENT */
	END_NO_LOCAL_PORT,     /* connect() found no local port */
	END_NO_SYN,	       /* connect() failed before it sent a SYN, or that waited for data */
	END_REPAIR,	       /* TCP_REPAIR took it away: no segment was sent */
};

enum conn_flag {
	CONN_REQUEST = 1 << 0, /* half open: no socket yet */
	CONN_PREEXISTING = 1 << 1,
	CONN_PAST_UNKNOWN = 1 << 2, /* its earlier life was not seen */
	CONN_LISTED = 1 << 3,	    /* its socket line (what existed before us) was emitted */
	CONN_PEER_TRACED = 1 << 4,  /* its other end is in this table too */
	/* how it opened */
	CONN_SYNCOOKIE = 1 << 5,
	CONN_FASTOPEN = 1 << 6,
	CONN_MPTCP = 1 << 7,
	CONN_FROM_SYNACK = 1 << 8, /* t_begin is when the SYN-ACK left, not when the SYN came */
	CONN_FROM_RTT = 1 << 9,	   /* t_begin is derived from the kernel's RTT sample */
	/* the final ACK was refused: the client believes it is connected */
	CONN_ACK_REFUSED = 1 << 10,
	/* how it closes */
	CONN_CLOSED = 1 << 11,	    /* in CLOSE, its close line not emitted yet */
	CONN_TIMEWAIT = 1 << 12,    /* a timewait socket was made for it, in TIME_WAIT */
	CONN_ORPHAN_FW2 = 1 << 13,  /* a timewait socket was made for it, in FIN_WAIT2 */
	CONN_HANDED_OVER = 1 << 14, /* that timewait socket carries it on */
	/* what is measured */
	CONN_WAIT_KNOWN = 1 << 15,     /* accept_wait */
	CONN_WAIT_AT_LEAST = 1 << 23,  /* older than the tracer: t_established is the latest */
	CONN_TRANSLATED = 1 << 24,     /* NAT between its ends, see translated.h */
	CONN_TOTALS = 1 << 16,	       /* bytes, retrans and srtt */
	CONN_DOUBTFUL = 1 << 21,       /* it may have been counted before it was evicted, or lost */
	CONN_UNSEEN_COUNTED = 1 << 20, /* its accept is counted as one that no hook saw */
	CONN_DEFERS = 1 << 22,	       /* its listener has TCP_DEFER_ACCEPT */
	CONN_OWNER_ACTED = 1 << 19,    /* the owner locked it, or a walk met it */
	CONN_THINNED = 1 << 25,	       /* it began while tracker_thin() was on */
	/* conn.c's own */
	CONN_IN_COOKIES = 1 << 17, /* linked under its cookie */
	CONN_IN_ENDS = 1 << 18,	   /* linked under its ends */
};

/* Where time is spent; states that exclude each other share a slot. */
enum conn_slot {
	SLOT_SYN_SENT,
	SLOT_SYN_RECV,
	SLOT_ESTABLISHED,
	SLOT_FIRST,  /* FIN_WAIT1 or CLOSE_WAIT */
	SLOT_SECOND, /* FIN_WAIT2, CLOSING or LAST_ACK */
	SLOT_TIME_WAIT,
	SLOT_COUNT
};

struct conn {
	uint64_t cookie;	/* 0 unknown */
	uint64_t t_begin;	/* ns: SYN received or sent; 0 unknown */
	uint64_t t_state;	/* ns: when the state was entered; 0 unknown */
	uint64_t t_established; /* ns; 0: not yet, or unknown */
	/* ns: requests: when the SYN-ACK last went out; accepted: when a walk met the owner */
	uint64_t t_last;
	union {
		uint64_t accept_wait; /* ns: ESTABLISHED to accept(), with CONN_WAIT_KNOWN */
		/* clients: refusals of the listener at the other end when our SYN was last sent */
		uint64_t refused_before;
	};
	uint64_t spent[SLOT_COUNT];
	uint64_t bytes_in, bytes_out;
	uint32_t retrans, srtt_us;
	uint8_t laddr[16], raddr[16]; /* network order, as in struct fact_sock */
	uint32_t netns;
	uint32_t ifindex; /* as in struct fact_sock */
	uint32_t client_isn, server_isn;
	uint32_t pid, name; /* the owner; 0 unknown */
	uint32_t listener;  /* listener_id in listeners.h; 0 unknown */
	uint32_t flags;
	uint16_t lport, rport; /* host order */
	uint16_t visited;      /* bit per kernel state: been there */
	uint16_t timed;	       /* bit per kernel state: spent[] is known */
	uint8_t family, state;
	uint8_t role : 4;
	uint8_t role_basis : 4; /* enum role_basis */
	uint8_t synack_retrans;
	uint8_t isns_known;
	uint8_t stage;	   /* enum accept_stage */
	uint8_t end_cause; /* enum end_cause */
	uint8_t err;	   /* errno that ended it; 0 not known, or none */
	/* links, all owned by conn.c and listeners.c */
	conn_id next_cookie, next_ends;
	conn_id lru_older, lru_newer;
	conn_id queue_older, queue_newer;
};

struct conn_table;

struct conn_table *conn_table_new(size_t max_connections, size_t max_requests);
void conn_table_free(struct conn_table *t);

static inline bool conn_is(const struct conn *c, uint32_t flag)
{
	return c->flags & flag;
}

static inline void conn_ended_by(struct conn *c, enum end_cause cause)
{
	if (cause > c->end_cause)
		c->end_cause = (uint8_t)cause;
}

/* Its role was seen, and not inferred. */
static inline void conn_has_role(struct conn *c, enum role role)
{
	c->role = role;
	c->role_basis = ROLE_SEEN;
}

/*
 * Whether it is known if accept() took c. Of one older than the tracer that is known only if it was
 * seen in the queue, or seen to open.
 */
static inline bool conn_accept_known(const struct conn *c)
{
	if (c->stage == STAGE_ACCEPT_UNSEEN)
		return false;
	return c->stage != STAGE_NONE || conn_is(c, CONN_REQUEST) || c->t_established ||
	       !conn_is(c, CONN_PREEXISTING | CONN_PAST_UNKNOWN);
}

struct conn *conn_get(struct conn_table *t, conn_id id);
conn_id conn_id_of(struct conn_table *t, const struct conn *c);

/*
 * A new entry with the ends and the cookie of s, all else zero. NULL: no memory. The bound is the
 * caller's to keep: see conn_full() and conn_oldest().
 */
struct conn *conn_add(struct conn_table *t, const struct fact_sock *s, bool request);
/* The table of that kind is full: the next conn_add would exceed its bound. */
bool conn_full(const struct conn_table *t, bool request);
/* The least recently touched of that kind, NULL if there is none. */
struct conn *conn_oldest(struct conn_table *t, bool request);
void conn_remove(struct conn_table *t, struct conn *c);

struct conn *conn_by_cookie(struct conn_table *t, uint64_t cookie);
/* The newest with these ends, in that namespace. */
struct conn *conn_by_ends(struct conn_table *t, const struct fact_sock *s);
/* The next older one with these ends (after NULL: the newest): ports are used again. */
struct conn *conn_by_ends_next(struct conn_table *t, const struct fact_sock *s,
			       const struct conn *after);
/*
 * The other end of the same connection, where both are on this machine: reversed ends and the same
 * initial sequence numbers. Where the numbers are not known it must be in the same namespace.
 */
struct conn *conn_other_end(struct conn_table *t, const struct conn *c);
/* What was not known when the entry was made: its cookie, its local port. */
void conn_learn_cookie(struct conn_table *t, struct conn *c, uint64_t cookie);
void conn_learn_ends(struct conn_table *t, struct conn *c, const struct fact_sock *s);
/* A request becomes a connection, and the most recently touched. */
void conn_promote(struct conn_table *t, struct conn *c);
void conn_touch(struct conn_table *t, struct conn *c);

size_t conn_count(const struct conn_table *t, bool request);
/* Every entry of that kind, the least recently touched first; fn may remove the one it is given. */
void conn_each(struct conn_table *t, bool request, void (*fn)(void *ctx, struct conn *c),
	       void *ctx);

#endif
