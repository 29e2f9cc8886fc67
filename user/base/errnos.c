// SPDX-License-Identifier: BSD-2-Clause
#define _GNU_SOURCE /* strerrorname_np */
#include "base/errnos.h"

#include <stdio.h>
#include <string.h>

#define KERNEL_ENOTSUPP 524 /* the kernel's own; libc has no name for it */

const char *errno_name(int err)
{
	static char number[24];
	const char *name = strerrorname_np(err);

	if (name)
		return name;
	if (err == KERNEL_ENOTSUPP)
		return "ENOTSUPP";
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}
