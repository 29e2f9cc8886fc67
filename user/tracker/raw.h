/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * raw.h - with --raw: transitions as the kernel's tracepoint fired.
 */
#ifndef SOCKSTATE_RAW_H
#define SOCKSTATE_RAW_H

#include "tracker/impl.h"

void raw_emit(struct tracker *t, const struct fact_hdr *h, const struct fact_sock *s,
	      unsigned int old_state, unsigned int new_state);

#endif
