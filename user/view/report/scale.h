/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scale.h - round numbers for an axis. Pure.
 */
#ifndef SOCKSTATE_VIEW_REPORT_SCALE_H
#define SOCKSTATE_VIEW_REPORT_SCALE_H

#include <stdint.h>

/* The smallest of 1, 2, 5, 10, 20, ... with which `max` is reached in at most n steps. */
uint64_t scale_step(uint64_t max, unsigned int n);
/* The same for a time in ns, with steps of a clock above a second: 10 s, 30 s, 1 min, 5 min ... */
uint64_t scale_time_step(uint64_t max_ns, unsigned int n);

#endif
