/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - which machine this is, which boot of it, and which run of ours: what the meta line
 * says so that lines of many machines can be told apart.
 */
#ifndef SOCKSTATE_MACHINE_H
#define SOCKSTATE_MACHINE_H

#include "stream/stream.h"

#define UUID_TEXT 40

/* A text is empty where it is not known. */
struct machine {
	char host[65];
	char kernel[65];
	char boot_id[UUID_TEXT];
	char run_id[UUID_TEXT];
};

void machine_read(struct machine *m);
/* Borrows from m. */
void machine_put(struct stream_meta *meta, const struct machine *m);

#endif
