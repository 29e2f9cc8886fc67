// SPDX-License-Identifier: BSD-2-Clause
#include "stream/advice.h"

#include <stdio.h>

#include "base/text.h"
#include "base/units.h"

/* A reader that uses more of a CPU than this is not kept waiting by its output. */
#define CPU_BOUND_PERCENT 70

void advice_look(struct advice *a, const struct overload_evidence *e, uint64_t read, uint64_t ns,
		 uint64_t cpu_ns)
{
	if (!e->lost)
		return;
	if (overload_is_behind(e)) {
		a->ns += ns;
		a->cpu_ns += cpu_ns;
		a->read += read;
		a->lost += e->lost;
		return;
	}
	a->burst_ns += ns;
	a->burst_cpu_ns += cpu_ns;
	a->burst_lost += e->lost;
	if (e->lost > a->burst_most)
		a->burst_most = e->lost;
}

static uint64_t share(uint64_t part, uint64_t all, uint64_t of)
{
	return all ? (uint64_t)((double)part * (double)of / (double)all + 0.5) : 0;
}

bool advice_text(const struct advice *a, char *text, size_t size)
{
	uint64_t percent = share(a->cpu_ns, a->ns, 100);

	if (!a->lost && !a->burst_lost)
		return false;
	if (a->burst_lost >= a->lost)
		snprintf(text, size,
			 "up to %llu fact%s at once had no room, while sockstate used %llu %% of a "
			 "CPU: make --ring-size larger",
			 (unsigned long long)a->burst_most, text_s(a->burst_most),
			 (unsigned long long)share(a->burst_cpu_ns, a->burst_ns, 100));
	else
		snprintf(text, size,
			 "%llu facts a second came and %llu were read, with %llu %% of a CPU: %s",
			 (unsigned long long)share(a->read + a->lost, a->ns, NS_S),
			 (unsigned long long)share(a->read, a->ns, NS_S),
			 (unsigned long long)percent,
			 percent >= CPU_BOUND_PERCENT
				 ? "trace fewer sockets (--port, --netns, --side), or count them "
				   "in the kernel (--summary)"
				 : "read the lines faster or leave sockstate more CPU time, or "
				   "print less (--notable, --only accept,drop)");
	return true;
}
