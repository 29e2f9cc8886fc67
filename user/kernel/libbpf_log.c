// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Global, because libbpf calls its print function without a context. */
static bool log_verbose;
static struct libbpf_complaint last;

bool libbpf_log_parse(const char *line, struct libbpf_complaint *c)
{
	static const char before[] = "prog '";
	const char *at = strstr(line, before);
	const char *name = at ? at + sizeof(before) - 1 : NULL;
	size_t len = name ? strcspn(name, "'\n") : 0;

	if (!len || name[len] != '\'' || len >= sizeof(c->program))
		return false;
	snprintf(c->program, sizeof(c->program), "%.*s", (int)len, name);
	snprintf(c->line, sizeof(c->line), "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

__attribute__((format(printf, 2, 0))) static int on_libbpf(enum libbpf_print_level level,
							   const char *format, va_list args)
{
	char line[1024];

	if (level == LIBBPF_DEBUG && !log_verbose)
		return 0;
	vsnprintf(line, sizeof(line), format, args);
	if (log_verbose)
		fputs(line, stderr);
	if (level == LIBBPF_WARN)
		libbpf_log_parse(line, &last);
	return 0;
}

void libbpf_log_take(bool verbose)
{
	log_verbose = verbose;
	libbpf_set_print(on_libbpf);
}

void libbpf_log_clear(void)
{
	last = (struct libbpf_complaint){0};
}

const struct libbpf_complaint *libbpf_log_complaint(void)
{
	return &last;
}
