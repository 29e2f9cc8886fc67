/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.h - the steps of one connection: made of events, kept in the order of time. Pure.
 */
#ifndef SOCKSTATE_LADDER_STEP_H
#define SOCKSTATE_LADDER_STEP_H

#include "view/ladder/draw.h"

/* The name of the process or its pid, clean; "" where the event has neither. */
void ladder_owner(const struct event *e, bool utf8, char out[32]);
/* Whether a refused, discarded or repeated segment is a SYN. */
bool ladder_segment_is_syn(const struct event *e);
/* side: enum ladder_side, whose event it is. */
struct step ladder_make_step(const struct event *e, int side, bool utf8);
/* Merges a RST that the other end has reported already; what does not fit is counted in c->more. */
void ladder_add_step(struct ladder *c, const struct step *s);
/*
 * The RST by which the server ended a request, or NULL. If it was sent because the ACK was refused,
 * the event of that refusal comes after it.
 */
const struct step *ladder_unexplained_reset(const struct ladder *c);
/* Whether there is such a transition. */
bool ladder_has(const struct ladder *c, enum ladder_side side, unsigned int to);
/* A simultaneous open: both ends connect, there is no server (RFC 9293 3.5). */
bool ladder_simultaneous(const struct ladder *c);

/*
 * When it came into the accept queue, in which it is still; 0: it does not wait. One that existed
 * before came then at the latest: *before is set, and else left alone.
 */
uint64_t ladder_waits_since(const struct ladder *c, bool *before);

#endif
