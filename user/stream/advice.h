/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * advice.h - what a run that lost facts in its rings may do about it, from what was measured when
 * it lost them. Without a loss there is none. Pure: no clock.
 *
 *	struct advice a = {0};
 *	advice_look(&a, &evidence, ns, cpu_ns);
 *	if (advice_text(&a, text, sizeof(text))) ...
 */
#ifndef SOCKSTATE_STREAM_ADVICE_H
#define SOCKSTATE_STREAM_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/overload.h"

#define ADVICE_MAX 256

/* All 0 to begin with. */
struct advice {
	uint64_t ns, cpu_ns, read, lost; /* of looks at which the reader was behind */
	uint64_t burst_ns, burst_cpu_ns; /* of those at which it had caught up all the same */
	uint64_t burst_lost, burst_most;
};

/* A look at the rings; read: facts in ns, of which the reader used the CPU for cpu_ns. */
void advice_look(struct advice *a, const struct overload_evidence *e, uint64_t read, uint64_t ns,
		 uint64_t cpu_ns);
/* One line. False: there is none. */
bool advice_text(const struct advice *a, char *text, size_t size);

#endif
