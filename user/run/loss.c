// SPDX-License-Identifier: BSD-2-Clause
#include "run/loss.h"

#include "cli/exit.h"
#include "event/vocabulary.h"
#include "run/run.h"

/* What a person can do about full rings; what is done already is not offered. */
static const char *ring_remedy(const struct trace_options *o)
{
	if (o->replay)
		return "it was lost when the recording was made";
	if (!o->select.only && !o->select.notable && !o->select.sample)
		return "make --ring-size larger, or print less: --notable, --only accept,drop, "
		       "--sample 1/10 or --port; --summary counts in the kernel and loses nothing";
	return "make --ring-size larger, or trace fewer sockets: --port, --netns or --side; "
	       "--summary counts in the kernel and loses nothing";
}

static const char *remedy(enum fact_lost_where where, const struct trace_options *o)
{
	switch (where) {
	case FACT_LOST_RING:
		return ring_remedy(o);
	case FACT_LOST_MAP:
		return "a map in the kernel is full: trace fewer sockets with --port or --netns";
	case FACT_LOST_EVICTED:
		return "more connections are open than are kept: make --max-connections or "
		       "--max-requests larger";
	case FACT_LOST_DECODE:
		return "records are damaged, or of a newer version of sockstate";
	default:
		return "the kernel skips a program that runs on the same CPU already, and no option "
		       "changes that; what it left wrong is put right from the kernel's tables";
	}
}

void loss_complain(enum fact_lost_where where, const struct trace_options *options)
{
	run_complain("facts are being lost (%s): %s",
		     vocabulary_name(&vocabulary_lost_place, where), remedy(where, options));
}

int loss_exit_code(int code, uint64_t lost, const struct trace_options *options)
{
	return code == EXIT_CLEAN && lost && options->select.strict ? EXIT_LOST : code;
}
