// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/scale.h"

#include <stddef.h>

#include "base/units.h"

uint64_t scale_step(uint64_t max, unsigned int n)
{
	static const unsigned int more[] = {2, 5, 10};
	uint64_t unit = 1;

	if (max <= n)
		return 1;
	while (unit < UINT64_MAX / 10) {
		for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
			if ((max + unit * more[i] - 1) / (unit * more[i]) <= n)
				return unit * more[i];
		unit *= 10;
	}
	return unit;
}

uint64_t scale_time_step(uint64_t max_ns, unsigned int n)
{
	static const uint64_t clock[] = {
		NS_S,	 2 * NS_S,    5 * NS_S,	   10 * NS_S,	15 * NS_S,    30 * NS_S,
		NS_MIN,	 2 * NS_MIN,  5 * NS_MIN,  10 * NS_MIN, 15 * NS_MIN,  30 * NS_MIN,
		NS_HOUR, 2 * NS_HOUR, 3 * NS_HOUR, 6 * NS_HOUR, 12 * NS_HOUR,
	};
	uint64_t step = scale_step(max_ns, n);

	if (step < NS_S)
		return step;
	for (size_t i = 0; i < sizeof(clock) / sizeof(clock[0]); i++)
		if (max_ns / clock[i] <= n)
			return clock[i];
	return NS_DAY * scale_step(max_ns / NS_DAY, n);
}
