/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * units.h - nanoseconds in larger units of time. Durations are unsigned: cast where they are not.
 */
#ifndef SOCKSTATE_UNITS_H
#define SOCKSTATE_UNITS_H

#include <stdint.h>

#define NS_US	UINT64_C(1000)
#define NS_MS	UINT64_C(1000000)
#define NS_S	UINT64_C(1000000000)
#define NS_MIN	(60 * NS_S)
#define NS_HOUR (60 * NS_MIN)
#define NS_DAY	(24 * NS_HOUR)

#endif
