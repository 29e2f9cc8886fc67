/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kept.h - listeners that a filter of the stream leaves out, kept until a connection that passes
 * brings one (bpf/brought.bpf.h): facts of the connection name it, and not where it listens. Pure.
 */
#ifndef SOCKSTATE_STREAM_KEPT_H
#define SOCKSTATE_STREAM_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"

struct kept;

/* NULL when out of memory. */
struct kept *kept_new(void);
void kept_free(struct kept *k);
/* A fact that did not pass. Of two listeners in the same place the newer is kept. */
void kept_fact(struct kept *k, const struct fact_hdr *fact);
/* Takes out the listener that these queues name, as found at t (ns). False: it is not kept. */
bool kept_take(struct kept *k, const struct fact_queues *q, uint64_t t, struct fact_existing *out);

#endif
