/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * count_source.h - the programs of --summary, which count in the kernel, and what they counted.
 *
 * The work in user space depends on the number of listeners, not of connections: once an interval
 * one walk over the listeners, and one read of the counters of each.
 */
#ifndef SOCKSTATE_SUMMARY_SOURCE_H
#define SOCKSTATE_SUMMARY_SOURCE_H

#include "event/coverage.h"
#include "fact.h"
#include "kernel/source.h"

struct summary_source;
struct tally;

/*
 * Loads and attaches what the kernel allows, by trying, and fills facts. ring_bytes, raw and
 * name_syn_drops mean nothing here.
 */
int summary_source_open(struct summary_source **out, const struct kernel_options *options,
			struct fact_list *facts, char *err, size_t err_size);
/* Reads all counters into the tally. lost: as in source_kernel_lost(). */
int summary_source_read(struct summary_source *s, struct tally *tally,
			uint64_t lost[FACT_LOST_PLACES]);
/* Whether this kernel lets us see each SYN cookie that is sent. */
bool summary_source_counts_cookies(const struct summary_source *s);
/*
 * Nothing is counted from now on, or it is again. Listeners are registered all the time, and
 * sk_drops goes on. Connections that are in a queue at that time have no wait.
 */
void summary_source_pause(struct summary_source *s, bool pause);
void summary_source_free(struct summary_source *s);

#endif
