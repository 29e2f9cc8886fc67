/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines.h - from what the tracker knows of a socket to the fields of an event.
 *
 * Owns the one event being made and the rule that lines come in the order of their stamps (else
 * `late`). Decides nothing about TCP. Pure.
 */
#ifndef SOCKSTATE_LINES_H
#define SOCKSTATE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "event/filter.h"
#include "event/tcp.h"
#include "listener/figures.h"
#include "listener/interfaces.h"
#include "listener/places.h"
#include "tracker/conn.h"
#include "tracker/listeners.h"
#include "tracker/names.h"

struct lines {
	struct event e;
	event_fn emit;
	void *ctx;
	uint64_t last_t; /* ns: of the last line */
	const struct names *names;
	const struct places *places;
	const struct interfaces *interfaces;
	uint32_t ifindex;  /* of the line being made; 0: none */
	bool raw;	   /* of transitions only those as the kernel's tracepoint fired (--raw) */
	uint32_t unwanted; /* bits 1 << enum event_type: nobody reads them */
	bool silent;	   /* the line being made is unwanted: it is not described */
	uint64_t states[TCP_STATE_COUNT];
};

/* Begins a line. The caller fills the returned event, then emits it. */
struct event *line_begin(struct lines *ls, enum event_type type, uint64_t t);
/* Emits the line, unless nobody reads it; with --raw no transition but those as fired. */
void line_emit(struct lines *ls);
/* With --raw this line is what the kernel's tracepoint fired; else no effect. */
void line_as_fired(struct lines *ls);

/* Identity and owner. l: its listener, or NULL. */
void line_conn(struct lines *ls, const struct conn *c, const struct listener *l);
void line_listener(struct lines *ls, const struct listener *l);
/* The same as parts of a listener's figures. */
struct listener_identity line_identity_of(const struct lines *ls, const struct listener *l);
struct listener_queues line_queues_of(const struct listener *l);
/* The ends alone, of a segment that belongs to no known socket. Ports that are 0 are left out. */
void line_ends(struct lines *ls, const struct fact_sock *s);
/* Role and listener of a client that l (or NULL) refused, and of which nothing else is known. */
void line_refused(struct lines *ls, const struct listener *l);
void line_task(struct lines *ls, const struct fact_task *task);
/* accept_queue, backlog and syn_queue as far as they are known. */
void line_queues(struct lines *ls, const struct listener *l);
/* client_isn and server_isn */
void line_isns(struct lines *ls, const struct conn *c);
/* ns that c waited for accept(); where only the end of the wait was seen: at least. */
void line_wait(struct lines *ls, const struct conn *c, uint64_t ns);
/* The error that ended it, where there is one. */
void line_errno(struct lines *ls, const struct conn *c);
/* The totals of the close line: life, states, waits, bytes. t: ns, when c ended; 0 unknown. */
void line_life(struct lines *ls, const struct conn *c, uint64_t t);

/* Which of conn.spent[] keeps the time in that state; -1: a connection is never in it. */
int slot_of_state(unsigned int state);

#endif
