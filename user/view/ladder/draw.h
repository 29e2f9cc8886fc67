/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * draw.h - one connection drawn as a ladder, client left, server right. For the files of the ladder
 * alone.
 *
 * view/ladder/draw.c decides which rows a step takes, view/ladder/row.c how a row looks,
 * view/ladder/frame.c draws what stands above and below the rows. Which steps belong to a
 * connection is decided in view/ladder/ladder.c.
 */
#ifndef SOCKSTATE_LADDER_DRAW_H
#define SOCKSTATE_LADDER_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/text.h"
#include "event/event.h"
#include "view/view.h"

#define LADDER_COLUMNS 80
#define LADDER_STEPS   48 /* kept of one connection; further steps are counted */

enum ladder_side { CLIENT, SERVER };

/* The part of an event that drawing needs. */
struct step {
	uint64_t t;
	uint8_t type;	  /* enum event_type */
	uint8_t side;	  /* enum ladder_side: whose event it is */
	uint8_t from, to; /* STATE; ACCEPT and SOCKET: to is the state it was in */
	bool syn;	  /* DROP and RETRANSMIT: a SYN (else the ACK, the SYN-ACK) */
	bool sent;	  /* RESET: we sent it */
	bool paired;	  /* RESET: the other end has reported it too */
	bool queued;	  /* waits for accept() */
	bool fastopen, defers, io_uring;
	bool synack; /* EVENT_DROP: our SYN-ACK */
	bool believes, syncookie, before_accept, unaccepted;
	bool has_wait, has_syn_queue, has_accept_queue, has_backlog, has_fd, has_bytes;
	uint32_t syn_queue, accept_queue, backlog, attempt;
	int32_t fd;
	uint64_t wait_ns;   /* connect, handshake, accept wait or life */
	uint64_t waited_ns; /* SOCKET that is queued: for accept(), at least; 0: not known */
	uint64_t call_ns;
	uint64_t bytes_in, bytes_out;
	/*
	 * Why, by type: STATE an enum cause, RESET an enum fact_reset_reason, DROP and RETRANSMIT
	 * an enum drop_reason. 0 not known. WHY: an enum diagnosis.
	 */
	uint8_t reason;
	char owner[32]; /* ACCEPT: who took it, clean */
};

struct ladder {
	struct ladder *next;
	int family;
	uint8_t addr[2][16];	     /* by enum ladder_side */
	uint16_t port[2];	     /* 0 not known yet */
	char zone[2][TEXT_ZONE_MAX]; /* of link-local addresses, as that end calls it; "": none */
	bool nat;		     /* addresses are translated between the ends: */
	uint8_t called_addr[2][16];  /* addr and port as the client has them */
	uint16_t called_port[2];
	uint64_t cookie[2], netns[2];
	uint64_t listener; /* cookie of the one that made the server's end; 0: not known */
	bool seen[2];	   /* there was an event of this end */
	bool socket[2];	   /* has had a state */
	bool done[2], closed[2];
	bool roles_known; /* which end is the client */
	/* Two sockets of this machine connect to each other: the second has the server's place. */
	bool both_connect;
	bool isn_known; /* both */
	bool syn_known; /* the client's alone, from a refused SYN */
	uint32_t isn[2];
	char owner[2][32]; /* clean; "" unknown */
	uint64_t last_t;
	unsigned int count, more;
	struct step steps[LADDER_STEPS];
	/* drawing */
	unsigned int drawn; /* steps */
	uint64_t zero;	    /* ns: time 0 of the rows */
	bool headed, ack_drawn;
	uint64_t drawn_t;
};

struct ladder_sink;

struct pen {
	struct out *out;
	const struct view_options *options;
	const struct ladder_sink *sink; /* NULL: text goes to out */
};

void ladder_head(struct pen *pen, struct ladder *c, bool again);
/* A drop that is the end of its request: no segment was refused. */
bool ladder_gives_up(const struct step *s);
/* The end that receives the RST. */
enum ladder_side ladder_receiver(const struct step *s);
/* Draws those of the first `end` steps that are not drawn yet, with the heading first. */
void ladder_draw(struct pen *pen, struct ladder *c, unsigned int end);
/* Draws what the connection carried and how it ended. */
void ladder_foot(struct pen *pen, struct ladder *c);

#endif
