/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refuse.h - who was refused, by which queue.
 */
#ifndef SOCKSTATE_REFUSE_H
#define SOCKSTATE_REFUSE_H

#include "tracker/impl.h"

struct reset_requests *reset_requests_new(void);
/* Our RST ended the request with these ends: its segment is dropped right after. */
void refuse_remember_reset(struct tracker *t, const struct fact_sock *s, uint64_t at);

#endif
