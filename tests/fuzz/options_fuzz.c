// SPDX-License-Identifier: BSD-2-Clause
/* Command lines: the input is cut into words at zero bytes. */
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

#define WORDS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 2] = {(char *)"sockstate"};
	char *copy = malloc(size + 1);
	struct options o = {.count = 4711};
	uint64_t value;
	char err[512];
	int argc = 1;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	copy[size] = '\0';
	options_duration(copy, 1000000000, &value);
	options_size(copy, &value);
	for (size_t at = 0; at < size && argc <= WORDS_MAX; at += strlen(copy + at) + 1)
		argv[argc++] = copy + at;

	err[0] = '\0';
	if (options_parse(&o, argc, argv, err, sizeof(err))) {
		/* Untouched, and the error is a line. */
		if (o.count != 4711 || !err[0])
			abort();
	} else {
		for (unsigned int i = 0; i < o.filter.port_ranges; i++) {
			if (o.filter.ports[i].first == 0 ||
			    o.filter.ports[i].first > o.filter.ports[i].last)
				abort();
		}
		if (o.output > OUTPUT_SUMMARY || o.color > COLOR_NEVER ||
		    (!o.filter.ipv4 && !o.filter.ipv6))
			abort();
	}
	free(copy);
	return 0;
}
