/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn.h - the table of connections and half-open requests: found by cookie and by ends, bounded,
 * the least recently touched first to go.
 *
 * Owns memory and indices; knows nothing of what TCP means. Entries are named by number (conn_id),
 * because a connection is kept small: 50,000 of them must fit into a few megabytes. Pure.
 */
#ifndef SOCKSTATE_CONN_H
#define SOCKSTATE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"

typedef uint32_t conn_id; /* 0: none */

enum conn_role {
	ROLE_UNKNOWN,
	ROLE_SERVER,
	ROLE_CLIENT,
};

enum conn_flag {
	CONN_REQUEST = 1 << 0, /* half open: no socket yet */
	CONN_QUEUED = 1 << 1,  /* in its listener's accept queue */
	CONN_ACCEPTED = 1 << 2,
	CONN_PREEXISTING = 1 << 3,
	CONN_RST_RECEIVED = 1 << 4,
	CONN_RST_SENT = 1 << 5,
	CONN_SYNCOOKIE = 1 << 6,
	CONN_FASTOPEN = 1 << 7,
	CONN_MPTCP = 1 << 8,
	CONN_CLOSED = 1 << 9, /* in CLOSE, its last line not told yet */
	CONN_PEER_FIN = 1 << 10,
	/* the final ACK was refused: the client believes it is connected */
	CONN_ACK_REFUSED = 1 << 11,
	CONN_WAIT_KNOWN = 1 << 12,    /* accept_wait is measured */
	CONN_LISTENER_GONE = 1 << 13, /* its listener closed while it was queued */
	CONN_TIMED_OUT = 1 << 14,
	CONN_ORPHAN_FW2 = 1 << 15,   /* handed to a timewait socket in FIN_WAIT2 */
	CONN_REFUSED = 1 << 16,	     /* connect() answered by RST */
	CONN_TOTALS = 1 << 17,	     /* bytes, retrans and srtt are measured */
	CONN_PEER_TRACED = 1 << 18,  /* its other end is in this table too */
	CONN_IN_COOKIES = 1 << 19,   /* linked under its cookie */
	CONN_IN_ENDS = 1 << 20,	     /* linked under its ends */
	CONN_FROM_SYNACK = 1 << 21,  /* t_begin is when the SYN-ACK left, not when the SYN came */
	CONN_FROM_RTT = 1 << 22,     /* t_begin is derived from the kernel's RTT sample */
	CONN_WAS_QUEUED = 1 << 23,   /* has been in an accept queue that we know */
	CONN_PAST_UNKNOWN = 1 << 24, /* its earlier life was not seen */
	CONN_HANDED_OVER = 1 << 25,  /* a timewait socket carries it on */
	CONN_TIMEWAIT = 1 << 26,     /* that timewait socket is one of TIME_WAIT */
	/*
	 * has been in an accept queue, and accept() was not seen: not by anybody here, or not this
	 * one
	 */
	CONN_ACCEPT_UNSEEN = 1 << 27,
	CONN_LISTED = 1 << 28, /* found in the tables of what exists, and told so */
	/* an ICMP error ended it, or its peer was not reachable when it timed out */
	CONN_UNREACHABLE = 1 << 29,
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
	uint64_t t_established; /* 0: not yet, or unknown */
	uint64_t t_last;	/* requests: when the SYN-ACK last went out */
	uint64_t accept_wait;	/* ns, with CONN_WAIT_KNOWN */
	uint64_t spent[SLOT_COUNT];
	uint64_t bytes_in, bytes_out;
	uint32_t retrans, srtt_us;
	uint8_t laddr[16], raddr[16];
	uint32_t netns;
	uint32_t client_isn, server_isn;
	uint32_t pid, name; /* the owner; 0 unknown */
	uint32_t listener;  /* listener_id in listeners.h; 0 unknown */
	uint32_t flags;
	uint16_t lport, rport;
	uint16_t visited; /* bit per kernel state: been there */
	uint16_t timed;	  /* bit per kernel state: spent[] is known */
	uint8_t family, state, role;
	uint8_t synack_retrans;
	uint8_t isns_known;
	uint8_t pad[3];
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

/* Whether accept() took it is known: of one older than us only if we have seen it waiting. */
static inline bool conn_accept_known(const struct conn *c)
{
	if (conn_is(c, CONN_ACCEPT_UNSEEN))
		return conn_is(c, CONN_ACCEPTED);
	return conn_is(c, CONN_ACCEPTED | CONN_WAS_QUEUED | CONN_REQUEST) || c->t_established ||
	       !conn_is(c, CONN_PREEXISTING | CONN_PAST_UNKNOWN);
}

struct conn *conn_get(struct conn_table *t, conn_id id);
conn_id conn_id_of(struct conn_table *t, const struct conn *c);

/*
 * Zeroed but for the ends and the cookie of s, linked under what is known. NULL: no memory. The
 * caller evicts first, see conn_oldest.
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
/*
 * The newest with these ends that comes after `after` in age (NULL: the first). For tuples that
 * were used again.
 */
struct conn *conn_by_ends_next(struct conn_table *t, const struct fact_sock *s,
			       const struct conn *after);
/*
 * The other end: reversed ends and the same initial sequence numbers, whatever its namespace (of
 * unknown numbers: in it).
 */
struct conn *conn_other_end(struct conn_table *t, const struct conn *c);
/* Learns what was not known when the entry was made: cookie, local port. */
void conn_learn_cookie(struct conn_table *t, struct conn *c, uint64_t cookie);
void conn_learn_ends(struct conn_table *t, struct conn *c, const struct fact_sock *s);
/* It is a connection from now on, and the most recently touched. */
void conn_promote(struct conn_table *t, struct conn *c);
void conn_touch(struct conn_table *t, struct conn *c);

size_t conn_count(const struct conn_table *t, bool request);
/* Every entry of that kind, the least recently touched first; fn may remove the one it is given. */
void conn_each(struct conn_table *t, bool request, void (*fn)(void *ctx, struct conn *c),
	       void *ctx);

#endif
