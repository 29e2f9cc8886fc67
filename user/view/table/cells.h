/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cells.h - cells and notes that lines of several types share. For the files of the table alone.
 */
#ifndef SOCKSTATE_TABLE_CELLS_H
#define SOCKSTATE_TABLE_CELLS_H

#include "view/table/table.h"

/* "lab[4711]", "pid 4711", "lab" or "". Valid until the next call. */
/*
 * "lab[4711]", "pid 4711", "lab" or "". Most calls are for an owner that is in the table already.
 * Valid until the next call. comm: NULL for none; pid: TABLE_NO_PID for none.
 */
const struct table_owner *table_owner(struct table *t, const char *comm, uint64_t pid);
const struct table_owner *table_owner_of(struct table *t, const struct event *e);
/* The accept queue holds one connection more than the backlog. */
bool table_queue_full(const struct event *e);
/* "acc 1/2": connections waiting of the limit. Returns the end of the text. */
char *table_put_accept_queue(char *p, const struct event *e);
void table_queues_text(const struct table *t, const struct event *e, char *out);
void table_note_queues(struct line *l, const struct event *e, bool syn_side);
/* A note of the owner that the event names; table_note() says what `at` and `must` mean. */
void table_note_its_owner(struct line *l, const struct event *e, unsigned int at, bool must);
/* The line is about a listener, and others listen, or listened, at the same ends. */
bool table_one_of_many(struct table *t, const struct event *e);
/* Remembers the listener that the event is about, with the owner that it names. */
void table_learn_its_listener(struct table *t, const struct event *e);
/* The duration in field f (ns), in its column. Nothing where the event does not have f. */
void table_lasted(struct line *l, const struct event *e, enum field f);
const char *table_phase_color(unsigned int state);
void table_put_time(struct line *l, const struct event *e);
/* TIME PORT↔PEER, up to the STATE column. */
void table_put_ends(struct line *l, const struct event *e);
void table_put_state_name(struct line *l, unsigned int state);
void table_put_transition(struct line *l, unsigned int from, unsigned int to);
void table_note_mptcp(struct line *l, const struct event *e, unsigned int at, bool must);

/* ---- the line of a connection that ended: view/table/close.c ---- */

void table_close_line(struct line *l, const struct event *e);

#endif
