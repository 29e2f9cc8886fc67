/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * btf.h - answers questions from a kernel's type information (BTF): whether a function or a
 * tracepoint exists, what an enum holds. Makes an extract with only the types that our programs
 * read. Pure: bytes in, answers and bytes out.
 *
 * It exists for the start-up time: libbpf would look through all 130000 types of a kernel once for
 * each type that our programs read.
 *
 *	struct kernel_types *k;
 *	err = kernel_types_new(&k, bytes, size);	the bytes stay the caller's, and must stay
 *	id = kernel_types_find(k, KERNEL_FUNCTION, "inet_listen");
 *	err = kernel_types_extract(k, names, count, &small, &small_size);
 *	kernel_types_free(k);
 */
#ifndef SOCKSTATE_BTF_H
#define SOCKSTATE_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_types;

enum kernel_thing {
	KERNEL_FUNCTION,
	KERNEL_TRACEPOINT, /* given without the prefix "btf_trace_" */
	KERNEL_STRUCT,	   /* or a union */
	KERNEL_ENUM,
	KERNEL_TYPEDEF,
};

/* Returns -EBADMSG if the bytes are damaged, or are no BTF of this machine's byte order. */
int kernel_types_new(struct kernel_types **out, const void *bytes, size_t size);
void kernel_types_free(struct kernel_types *k);

/* The id of the first type of that kind and name; 0: none. */
uint32_t kernel_types_find(const struct kernel_types *k, enum kernel_thing thing, const char *name);
/* How many arguments a tracepoint passes to its programs; -1: there is no such tracepoint. */
int kernel_types_tracepoint_args(const struct kernel_types *k, const char *name);
/* Whether a struct or an enum of that name has this field or enumerator. */
bool kernel_types_has(const struct kernel_types *k, enum kernel_thing thing, const char *name,
		      const char *part);

/*
 * Makes BTF of the named structs, unions, enums and typedefs, and of the types that they hold by
 * value. What they point to becomes void. A name that does not exist is left out. The caller frees
 * *out.
 */
int kernel_types_extract(const struct kernel_types *k, const char *const *names, size_t count,
			 void **out, size_t *out_size);

#endif
