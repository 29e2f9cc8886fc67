// SPDX-License-Identifier: BSD-2-Clause
#define _GNU_SOURCE /* strerrorname_np */
#include "errnos.h"

#include <stdio.h>
#include <string.h>

const char *errno_name(int err)
{
	static char number[24];
	const char *name = strerrorname_np(err);

	if (name)
		return name;
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}
