/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * library.h - the functions of a library that is loaded and not linked: it brings a dozen others
 * along, which nobody pays for, or has in a process with rights, who does not ask for them.
 */
#ifndef SOCKSTATE_RUN_LIBRARY_H
#define SOCKSTATE_RUN_LIBRARY_H

#include <stddef.h>

struct library_call {
	const char *name; /* of the function */
	size_t offset;	  /* of the pointer to it, in the struct that library_load() fills */
};

/* A row of such a table; calls is the type of the struct, and its fields lack the prefix. */
#define LIBRARY_CALL(prefix, calls, field) {prefix #field, offsetof(calls, field)},

/*
 * Loads the first of the files that exists, for as long as the process lives, and fills the struct
 * at calls. Returns 0, -ENOENT if there is none of them, -ENOSYS if it lacks a function.
 */
int library_load(void *calls, const char *const *files, size_t file_count,
		 const struct library_call *call, size_t call_count);

#endif
