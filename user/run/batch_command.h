/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * batch_command.h - starts the command of `sockstate ship` with a batch on its standard input, and
 * the name of the batch in its environment (SOCKSTATE_BATCH).
 */
#ifndef SOCKSTATE_RUN_BATCH_COMMAND_H
#define SOCKSTATE_RUN_BATCH_COMMAND_H

#include <sys/types.h>

#include "run/spool.h"

/* Its signals are as usual, and those of the terminal do not reach it. An errno, or 0. */
int batch_command(pid_t *pid, char *const *argv, const struct spool_batch *batch, int input);

#endif
