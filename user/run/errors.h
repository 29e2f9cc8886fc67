/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * errors.h - what is written to standard error while the whole screen is taken: kept, and printed
 * afterwards.
 */
#ifndef SOCKSTATE_ERRORS_H
#define SOCKSTATE_ERRORS_H

#include <stddef.h>

#define ERRORS_KEPT 8192 /* bytes, the latest */

struct kept_errors {
	int saved, pipe; /* -1: it is no terminal, and stays as it is */
	char text[ERRORS_KEPT];
	size_t len, last_line;
};

void errors_keep(struct kept_errors *s);
/* The last line of it; "": none. Never waits. */
const char *errors_latest(struct kept_errors *s);
void errors_print(struct kept_errors *s);

#endif
