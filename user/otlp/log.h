/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.h - events as log records of OTLP: one record a line of --json --notable, under
 * OpenTelemetry's names where it has any, else as sockstate.KEY. Pure.
 *
 * Of a listener there is a line each second; a record is made where its verdict has changed. What
 * sums up the run, and sockets that were there before it, are left out.
 */
#ifndef SOCKSTATE_OTLP_LOG_H
#define SOCKSTATE_OTLP_LOG_H

#include <stdbool.h>

#include "event/event.h"
#include "otlp/request.h"

/* Listeners that are unwell at once, and are told of; of further ones nothing is. */
#define OTLP_VERDICTS 1024

/* Zeroed: nothing is known. */
struct otlp_verdicts {
	struct {
		uint64_t cookie;
		unsigned int verdict;
	} of[OTLP_VERDICTS];
};

/* Whether the event is worth a record. */
bool otlp_log_wants(struct otlp_verdicts *v, const struct event *e);
/* boot_offset_ns: wall clock - e->t; seen_ns: since 1970, when it was read. */
void otlp_log(struct otlp_request *r, const struct event *e, int64_t boot_offset_ns,
	      uint64_t seen_ns);

#endif
