/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * owners.h - which lines belong to the owners that are asked for. Learns of listeners, for the
 * lines of clients that one refused, and of cgroups, whose look-up takes long. Pure, but for what
 * owner_filter.in_cgroup asks.
 */
#ifndef SOCKSTATE_STREAM_OWNERS_H
#define SOCKSTATE_STREAM_OWNERS_H

#include <stdbool.h>

#include "event/event.h"
#include "event/owner.h"

struct owners;

/* NULL when out of memory. */
struct owners *owners_new(const struct owner_filter *filter);
void owners_free(struct owners *o);
/* Lines that are about no socket always pass. */
bool owners_pass(struct owners *o, const struct event *e);

#endif
