// SPDX-License-Identifier: BSD-2-Clause
/* Type information of a kernel: every question, and an extract, which has to be readable again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct kernel_types *k)
{
	for (int thing = KERNEL_FUNCTION; thing <= KERNEL_TYPEDEF; thing++)
		kernel_types_find(k, (enum kernel_thing)thing, "a");
	kernel_types_tracepoint_args(k, "a");
	kernel_types_has(k, KERNEL_ENUM, "a", "b");
	kernel_types_has(k, KERNEL_STRUCT, "a", "b");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"a", "b", "btf_trace_a"};
	struct kernel_types *k = NULL, *again = NULL;
	size_t out_size = 0;
	void *out = NULL;

	if (kernel_types_new(&k, data, size))
		return 0;
	ask(k);
	if (!kernel_types_extract(k, names, 3, &out, &out_size)) {
		if (kernel_types_new(&again, out, out_size))
			abort();
		ask(again);
		kernel_types_free(again);
		free(out);
	}
	kernel_types_free(k);
	return 0;
}
