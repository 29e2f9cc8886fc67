// SPDX-License-Identifier: BSD-2-Clause
#include "run/run.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "event/describe.h"

#define COMPLAINT_MAX 4096

/* A message may hold a file name or what stands in a foreign recording: no controls go out. */
void run_complain(const char *fmt, ...)
{
	char text[COMPLAINT_MAX], clean[COMPLAINT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(clean, sizeof(clean), text, COMPLAINT_MAX, true);
	fprintf(stderr, "sockstate: %s\n", clean);
}

int run_flush(struct view *view)
{
	int rc = view_flush(view);

	if (rc && rc != -EPIPE)
		run_complain("cannot write to standard output: %s", strerror(-rc));
	return rc;
}

void run_flush_pending(struct view *view, int *error)
{
	if (view_pending(view) && !*error)
		*error = run_flush(view);
}

bool run_reader_gone(const struct run_place *place)
{
	struct pollfd out = {.fd = place->view.fd};

	/* No event is asked for: what remains is that the other end of a pipe has been closed. */
	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int run_fields(const struct fields_options *options)
{
	if (options->json_schema)
		fields_print_json_schema(stdout);
	else if (options->sql)
		fields_print_sql(stdout, (enum sql_dialect)(options->sql - 1));
	else
		fields_print_markdown(stdout);
	return EXIT_CLEAN;
}
