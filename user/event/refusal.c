// SPDX-License-Identifier: BSD-2-Clause
#include "event/refusal.h"

const char *drop_reason_name(enum drop_reason reason)
{
	static const char *const reason_names[DROP_REASON_COUNT] = {
		[DROP_UNKNOWN] = "unknown",
		[DROP_ACCEPT_QUEUE_FULL] = "accept_queue_full",
		[DROP_SYN_QUEUE_FULL] = "syn_queue_full",
		[DROP_COOKIE_INVALID] = "cookie_invalid",
		[DROP_LISTENER_CLOSED] = "listener_closed",
		[DROP_OTHER] = "other",
		[DROP_REQUEST_EXPIRED] = "request_expired",
		[DROP_CLIENT_UNREACHABLE] = "client_unreachable",
	};

	return (unsigned int)reason < DROP_REASON_COUNT ? reason_names[reason] : "unknown";
}
