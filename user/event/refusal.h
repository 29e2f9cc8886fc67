/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refusal.h - why a listener refused a segment or gave a request up: the closed list and its names.
 */
#ifndef SOCKSTATE_REFUSAL_H
#define SOCKSTATE_REFUSAL_H

#include "fact.h"

/* Refusals by reason, as the drops object of the summary names them. */
enum drop_reason {
	DROP_UNKNOWN = FACT_DROP_UNKNOWN,
	DROP_ACCEPT_QUEUE_FULL = FACT_DROP_ACCEPT_QUEUE_FULL,
	DROP_SYN_QUEUE_FULL = FACT_DROP_SYN_QUEUE_FULL,
	DROP_COOKIE_INVALID = FACT_DROP_COOKIE_INVALID,
	DROP_LISTENER_CLOSED = FACT_DROP_LISTENER_CLOSED,
	DROP_OTHER = FACT_DROP_OTHER,
	DROP_REQUEST_EXPIRED = FACT_DROP_REASONS,
	DROP_CLIENT_UNREACHABLE,
	DROP_REASON_COUNT
};
const char *drop_reason_name(enum drop_reason reason);

#endif
