/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * btf.h - what a kernel's type information (BTF) holds of what we need: functions, tracepoints,
 * names of reasons; and an extract with nothing but the types that our programs read.
 *
 * Pure: bytes in, answers and bytes out. It exists for the start-up time: libbpf would look through
 * all 130000 types of a kernel once for each type that our programs read.
 *
 *	struct kernel_types *k;
 *	err = kernel_types_new(&k, bytes, size);		bytes stay the caller's, and must stay
 *	id = kernel_types_find(k, KERNEL_FUNCTION, "inet_listen");
 *	err = kernel_types_extract(k, names, count, &small, &small_size);
 *	kernel_types_free(k);
 */
#ifndef SOCKSTATE_KERNEL_TYPES_H
#define SOCKSTATE_KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_types;

enum kernel_thing {
	KERNEL_FUNCTION,
	KERNEL_TRACEPOINT, /* without the prefix "btf_trace_" */
	KERNEL_STRUCT,	   /* or union */
	KERNEL_ENUM,
	KERNEL_TYPEDEF,
};

/* -EBADMSG where the bytes are no BTF of this machine's byte order, or damaged. */
int kernel_types_new(struct kernel_types **out, const void *bytes, size_t size);
void kernel_types_free(struct kernel_types *k);

/* The id of the first one of that name, 0 none. */
uint32_t kernel_types_find(const struct kernel_types *k, enum kernel_thing thing, const char *name);
/* How many arguments a tracepoint passes to its programs; -1 none of that name. */
int kernel_types_tracepoint_args(const struct kernel_types *k, const char *name);
bool kernel_types_enum_has(const struct kernel_types *k, const char *name, const char *enumerator);

/*
 * BTF of the named structs, unions, enums and typedefs, and of all that they hold by value; what
 * they point to is void. A name that is not there is left out. *out is to be freed.
 */
int kernel_types_extract(const struct kernel_types *k, const char *const *names, size_t count,
			 void **out, size_t *out_size);

#endif
