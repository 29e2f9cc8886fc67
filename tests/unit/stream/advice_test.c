// SPDX-License-Identifier: BSD-2-Clause
#include "stream/advice.h"

#include <string.h>

#include "base/units.h"
#include "tap.h"

static char text[ADVICE_MAX];

/* One second, of which so many percent were spent on a CPU. */
static void look(struct advice *a, uint64_t read, uint64_t lost, unsigned int left, uint64_t cpu)
{
	const struct overload_evidence e = {read / 10, lost, left};

	advice_look(a, &e, read, NS_S, cpu * NS_S / 100);
}

static bool says(const struct advice *a, const char *words)
{
	return advice_text(a, text, sizeof(text)) && !strcmp(text, words);
}

int main(void)
{
	struct advice a = {0};

	look(&a, 400000, 0, 90, 99);
	ok(!advice_text(&a, text, sizeof(text)), "nothing is lost: no advice");
	look(&a, 1000, 300, 0, 4);
	look(&a, 1000, 700, 24, 8);
	ok(says(&a, "up to 700 facts at once had no room, while sockstate used 6 % of a CPU: make "
		    "--ring-size larger"),
	   "bursts that it has read at once: larger rings");
	look(&a, 2000, 9000, 99, 20);
	look(&a, 4000, 5000, 25, 30);
	ok(says(&a, "10000 facts a second came and 3000 were read, with 25 % of a CPU: read the "
		    "lines faster or leave sockstate more CPU time, or print less (--notable, "
		    "--only accept,drop)"),
	   "a reader that waits: fewer lines");
	a = (struct advice){0};
	look(&a, 200000, 100000, 100, 99);
	ok(says(&a, "300000 facts a second came and 200000 were read, with 99 % of a CPU: trace "
		    "fewer sockets (--port, --netns, --side), or count them in the kernel "
		    "(--summary)"),
	   "a reader that computes: fewer facts");
	return done();
}
