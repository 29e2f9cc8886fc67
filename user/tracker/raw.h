/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * raw.h - --raw: the transition of a fact as the kernel's tracepoint fired.
 *
 * Made from the fact alone, before its handler sees it. The handlers make their own state lines all
 * the same; lines.c lets those of raw.c through instead. CLOSE to LISTEN is the exception: listen.c
 * makes that line, because it knows the listener's limits.
 */
#ifndef SOCKSTATE_RAW_H
#define SOCKSTATE_RAW_H

#include "tracker/impl.h"

void raw_emit(struct tracker *t, const struct fact_hdr *h);

#endif
