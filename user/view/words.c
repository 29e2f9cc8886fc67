// SPDX-License-Identifier: BSD-2-Clause
#include "view/words.h"

#include <string.h>

#include "base/text.h"

const char *phrase(const char *name, char *buf, size_t size)
{
	static const char *const known[][2] = {
		{"rst_received", "RST received"},
		{"rst_sent", "RST sent"},
		{"timeout", "timed out"},
		{"unreachable", "peer unreachable"},
		{"listener_closed", "listener closed"},
		{"accept_queue_full", "accept queue full"},
		{"syn_queue_full", "SYN queue full"},
		{"cookie_invalid", "SYN cookie invalid"},
		{"request_expired", "no final ACK"},
		{"client_unreachable", "client unreachable (ICMP)"},
	};
	char *p = buf;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(name, known[i][0]))
			return known[i][1];
	text_clean(buf, size, name, 60, false);
	for (; *p; p++)
		if (*p == '_')
			*p = ' ';
	return buf;
}
