// SPDX-License-Identifier: BSD-2-Clause
#include "run/run.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "event/describe.h"

void run_complain(const char *fmt, ...)
{
	va_list ap;

	fputs("sockstate: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int run_flush(struct view *view)
{
	int rc = view_flush(view);

	if (rc && rc != -EPIPE)
		run_complain("cannot write to standard output: %s", strerror(-rc));
	return rc;
}

bool run_reader_gone(const struct run_place *place)
{
	struct pollfd out = {.fd = place->view.fd};

	/* No event is asked for: what remains is that the other end of a pipe has been closed. */
	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int run_fields(void)
{
	fields_print_markdown(stdout);
	return EXIT_CLEAN;
}
