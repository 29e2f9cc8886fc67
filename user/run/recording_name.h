/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recording_name.h - names of recordings that sockstate chooses itself: BEGIN-DATE.rec.
 */
#ifndef SOCKSTATE_RUN_RECORDING_NAME_H
#define SOCKSTATE_RUN_RECORDING_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define RECORDING_NAME 64

/* "sockstate-20261129T004439Z.rec"; begin: "sockstate-"; wall_ns since 1970. */
void recording_name(char name[RECORDING_NAME], const char *begin, int64_t wall_ns);
bool is_recording_name(const char *begin, const char *name);

#endif
