/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fact_text.h - facts written as text, for tests.
 *
 *	10.000 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
 *
 * A fact is: seconds, kind, then in any order
 *	#7		cookie			A:p<B:p		ends, local first; '<' or '>'
 *	OLD>NEW		states			+owned		a flag of enum fact_flag
 *	q=1:0/2/1	listener's cookie : accept queue / backlog / SYN queue, at its usual
 *			address; young= drops= stamp=
 *	isn=100/200	client's / server's	copy=0/2	a child's accept queue / backlog
 *	by=50:51/nc	pid:tid/comm		ns=2		namespace; 1 where not given
 *	part=0:a.slice	a part of a place	host=2:web-0	its end: parts, and the host's name
 *	sk=5		address of the socket or child			called=10.5	seconds
 * and the plain numbers and names in set_number() and set_word().
 */
#ifndef SOCKSTATE_FACT_TEXT_H
#define SOCKSTATE_FACT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"

union any_fact {
	struct fact_hdr h;
	struct fact_state state;
	struct fact_listen listen;
	struct fact_connect connect;
	struct fact_established established;
	struct fact_closed closed;
	struct fact_syn syn;
	struct fact_drop drop;
	struct fact_enqueue enqueue;
	struct fact_accept accept;
	struct fact_reset reset;
	struct fact_timewait timewait;
	struct fact_existing existing;
	struct fact_lost lost;
	struct fact_process process;
	struct fact_place place;
};

/* What the words of a line say, before the kind of fact is filled from it. */
struct words {
	struct fact_sock s;
	struct fact_queues q;
	struct fact_task task;
	unsigned int old, new, part, groups;
	char name[FACT_PLACE_NAME];
	uint32_t flags;
	uint64_t cpu, client_isn, server_isn, copy_queue, copy_backlog, count, called, of;
	uint64_t pid, srtt, retrans, err, in, out, fd, drop_reason, reset_reason, seq, attempt,
		asked, somaxconn, inode, where, segments, discard;
	bool asked_known, fd_known, isns_known;
};

/* Makes a fact of that kind, but for its header. */
void fact_fill(union any_fact *f, enum fact_kind kind, const struct words *w);
/* Returns NULL, or the word that is not understood. line is cut into pieces. */
const char *fact_read(char *line, union any_fact *f);
/* "10.25" seconds in ns. */
uint64_t fact_seconds(const char *s);

#endif
