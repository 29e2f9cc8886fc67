/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * life.h - the life of one connection as one struct: what its events say, of both ends where both
 * are on this machine. For prose. Pure.
 */
#ifndef SOCKSTATE_REPORT_LIFE_H
#define SOCKSTATE_REPORT_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "event/event.h"

enum life_side { LIFE_CLIENT, LIFE_SERVER };

struct life_owner {
	uint32_t pid; /* 0 unknown */
	char comm[16];
};

struct life {
	int family; /* 0: no event has named both ends */
	uint8_t addr[2][16];
	char zone[2][16];	    /* of link-local addresses, as that end has it; "": not known */
	uint16_t port[2];	    /* host order; 0 not known */
	uint32_t netns;		    /* inode; 0 not known */
	bool seen[2];		    /* an event of that end */
	bool listener_known;	    /* whose port the client called is on this machine */
	struct life_owner owner[2]; /* who listens, and who connects */
	uint64_t t_first, t_last;   /* ns */
	bool preexisting;

	/* The handshake. */
	bool syn_seen;
	bool established; /* the server's end, or where that is not seen the client's */
	uint64_t t_established;
	bool handshake_known, connect_known;
	uint64_t handshake_ns, connect_ns;
	unsigned int basis; /* enum basis */
	bool syncookie, fastopen;
	bool simultaneous; /* both ends connected: there is no server (RFC 9293 3.5) */
	bool client_established;
	uint32_t syn_resent, synack_resent;

	/* Refusals. */
	uint32_t refused_syns, refused_acks;
	uint64_t t_refused_first, t_refused_last; /* ns */
	unsigned int drop_reason;		  /* of the latest */
	bool refused_at_known;
	uint32_t refused_queue, refused_backlog; /* at the first */
	bool believes;				 /* the client takes itself for connected */
	unsigned int given_up; /* enum drop_reason of the request's end; 0: none */

	/* The accept queue. */
	bool queued, place_known;
	uint32_t queue, backlog; /* when it was queued, itself included */
	bool accepted, wait_known, called_late, io_uring;
	uint64_t t_accepted, wait_ns;
	int32_t fd; /* -1 unknown */
	struct life_owner acceptor;
	bool reset_queued;
	uint64_t t_reset_queued;

	/* The end. */
	bool closed, client_closed;
	uint64_t t_closed, t_client_closed;
	unsigned int close_reason; /* enum close_reason, told by close_role */
	unsigned int close_role;   /* enum role */
	unsigned int reset_reason; /* enum fact_reset_reason; 0 unknown */
	bool accepted_known, bytes_known, life_known;
	uint64_t bytes_in, bytes_out, life_ns;
};

void life_init(struct life *l);
void life_event(struct life *l, const struct event *e);
/* The address and port of an end, with the zone of a link-local one; the length. */
size_t life_end(const struct life *l, enum life_side side, char out[TEXT_END_MAX]);

#endif
