/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interfaces.h - the names of network interfaces, from facts: the zones of link-local addresses
 * (RFC 4007). Bounded: of two interfaces for which there is one place here the later one is known.
 * Pure.
 */
#ifndef SOCKSTATE_INTERFACES_H
#define SOCKSTATE_INTERFACES_H

#include <stdint.h>

#include "event/event.h"
#include "fact.h"

struct interfaces {
	struct {
		uint32_t netns, ifindex; /* 0: free */
		char name[sizeof(((struct fact_interface *)0)->name)];
	} list[FACT_INTERFACES];
};

void interfaces_learn(struct interfaces *in, const struct fact_interface *f);
/* NULL: not known. Borrowed until the next interfaces_learn(). */
const char *interfaces_find(const struct interfaces *in, uint32_t netns, uint32_t ifindex);
/*
 * Adds the name of an interface to a line, if one of the line's addresses is link-local and the
 * name is known. The line borrows until the next interfaces_learn().
 */
void interfaces_put(const struct interfaces *in, uint32_t netns, uint32_t ifindex, struct event *e);

#endif
