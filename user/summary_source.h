/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * summary_source.h - --summary: the programs that count in the kernel, and the run that reads what they counted.
 *
 * What user space does grows with the listeners, not with the connections: once an interval one walk over the listeners
 * and one look at the counters of each.
 */
#ifndef SOCKSTATE_SUMMARY_SOURCE_H
#define SOCKSTATE_SUMMARY_SOURCE_H

#include "run.h"

int run_summary(const struct options *options, const struct run_place *place);

#endif
