// SPDX-License-Identifier: BSD-2-Clause
/*
 * Answers of a receiver of OTLP, which is a stranger: in memory of exactly their length. Behind a
 * first byte of 1, lists of headers as the environment has them.
 */
#include <stdlib.h>
#include <string.h>

#include "otlp/answer.h"
#include "otlp/pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_pairs(const uint8_t *data, size_t size)
{
	struct otlp_pairs p = {0};
	char *text = calloc(1, size + 1);

	if (size)
		memcpy(text, data, size);
	if (otlp_pairs_read(&p, text) && p.count)
		abort();
	for (size_t i = 0; i < p.count; i++) {
		if (!strchr(p.pair[i], '='))
			abort();
		if (otlp_is_header(p.pair[i]) && strpbrk(p.pair[i], "\r\n"))
			abort();
	}
	otlp_pairs_free(&p);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct otlp_answer a;
	char *bytes;

	if (size && data[0] == 1) {
		read_pairs(data + 1, size - 1);
		return 0;
	}
	bytes = malloc(size ? size : 1);
	if (size)
		memcpy(bytes, data, size);
	otlp_answer_read(&a, bytes, size);
	for (const char *p = a.message; *p; p++)
		if ((unsigned char)*p < ' ')
			abort();
	free(bytes);
	return 0;
}
