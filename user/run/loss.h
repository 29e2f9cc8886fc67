/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loss.h - a loss is named on standard error when it first occurs, with the remedy that fits: who
 * reads the lines through a filter does not see the `lost` line.
 */
#ifndef SOCKSTATE_RUN_LOSS_H
#define SOCKSTATE_RUN_LOSS_H

#include "cli/trace.h"
#include "fact.h"

/* Complains. where: of the loss. */
void loss_complain(enum fact_lost_where where, const struct trace_options *options);
/* code, or what a loss makes of it with --strict. */
int loss_exit_code(int code, uint64_t lost, const struct trace_options *options);

#endif
