// SPDX-License-Identifier: BSD-2-Clause
#include "run/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int library_load(void *calls, const char *const *files, size_t file_count,
		 const struct library_call *call, size_t call_count)
{
	void *library = NULL;

	for (size_t i = 0; !library && i < file_count; i++)
		library = dlopen(files[i], RTLD_NOW);
	if (!library)
		return -ENOENT;
	for (size_t i = 0; i < call_count; i++) {
		void *function = dlsym(library, call[i].name);

		if (!function)
			return -ENOSYS;
		memcpy((char *)calls + call[i].offset, &function, sizeof(function));
	}
	return 0;
}
