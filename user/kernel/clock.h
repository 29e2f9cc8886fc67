/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.h - the two clocks: CLOCK_MONOTONIC, in which facts are stamped, and the wall clock.
 * Only the kernel side may read a clock; the core takes time from facts.
 */
#ifndef SOCKSTATE_CLOCK_H
#define SOCKSTATE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in ns, as the initial time namespace has it: the clock of bpf_ktime_get_ns(). */
uint64_t clock_now_ns(void);
/* Time that this thread has had on a CPU, in ns. */
uint64_t clock_cpu_ns(void);
/* CLOCK_REALTIME - CLOCK_MONOTONIC in ns: wall clock = t + this. */
int64_t clock_boot_offset_ns(void);
/* Seconds that local time is ahead of UTC now. */
int32_t clock_utc_offset_s(void);

#endif
