// SPDX-License-Identifier: BSD-2-Clause
/* Command lines: the input is cut into words at zero bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "cli/command.h"

#define WORDS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 2] = {(char *)"sockstate"};
	char *copy = malloc(size + 1);
	struct command_line line = {.options.trace.count = 4711};
	const struct command_context context = {0};
	const struct opt_sockets *sockets;
	uint64_t value;
	char err[512];
	int argc = 1;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	copy[size] = '\0';
	value_duration(copy, 1000000000, &value);
	value_size(copy, &value);
	for (size_t at = 0; at < size && argc <= WORDS_MAX; at += strlen(copy + at) + 1)
		argv[argc++] = copy + at;

	err[0] = '\0';
	if (command_parse(&line, argc, argv, &context, err, sizeof(err))) {
		/* Untouched, and the error is a line. */
		if (line.options.trace.count != 4711 || !err[0])
			abort();
		return free(copy), 0;
	}
	if (line.id >= COMMAND_COUNT)
		abort();
	sockets = command_group(&line, &group_sockets);
	for (unsigned int i = 0; sockets && i < sockets->filter.port_ranges; i++) {
		if (sockets->filter.ports[i].first == 0 ||
		    sockets->filter.ports[i].first > sockets->filter.ports[i].last)
			abort();
	}
	if (sockets && !sockets->filter.ipv4 && !sockets->filter.ipv6)
		abort();
	if (line.id == COMMAND_TRACE && (line.options.trace.output >= OUTPUT_COUNT ||
					 line.options.trace.color.when > COLOR_NEVER))
		abort();
	free(copy);
	return 0;
}
