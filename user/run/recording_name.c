// SPDX-License-Identifier: BSD-2-Clause
#include "run/recording_name.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define END "Z.rec"

void recording_name(char name[RECORDING_NAME], const char *begin, int64_t wall_ns)
{
	struct text_clock clock = {0};
	char stamp[TEXT_RFC3339 + 1], *to = name + sprintf(name, "%s", begin);

	*text_rfc3339(&clock, stamp, wall_ns) = '\0';
	for (const char *p = stamp; *p && *p != '.'; p++) {
		if (*p != '-' && *p != ':')
			*to++ = *p;
	}
	strcpy(to, END);
}

bool is_recording_name(const char *begin, const char *name)
{
	size_t len = strlen(name), end = strlen(END);

	return len < RECORDING_NAME && len > strlen(begin) + end &&
	       !strncmp(name, begin, strlen(begin)) && !strcmp(name + len - end, END);
}
