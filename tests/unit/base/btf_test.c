// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>

#include "base/btf.h"
#include "tap.h"

/*
 * A kernel's types in small:
 *
 *	1 int   2 struct inner { int x; }   3 struct outer { struct inner in; struct other *p; }
 *	4 pointer to 5   5 struct other { int y; }   6 enum reason { NONE, NO_SOCKET }
 *	7 typedef btf_trace_thing -> 8 -> 9   8 pointer to 9   9 function (data, a, b)
 *	10 function thing   11 enum64 wide { HUGE }   12 a second struct inner, without members
 */
static const char strings[] = "\0int\0inner\0x\0outer\0in\0p\0other\0y\0reason\0NONE\0NO_SOCKET\0"
			      "btf_trace_thing\0thing\0wide\0HUGE";

static uint32_t name(const char *text)
{
	for (size_t i = 1; i < sizeof(strings); i += strlen(strings + i) + 1)
		if (!strcmp(strings + i, text))
			return (uint32_t)i;
	return 0;
}

#define INFO(kind, vlen) ((uint32_t)(kind) << 24 | (vlen))

static size_t make(uint8_t *out)
{
	const uint32_t types[] = {
		name("int"),
		INFO(BTF_KIND_INT, 0),
		4,
		32, /* 1 */
		name("inner"),
		INFO(BTF_KIND_STRUCT, 1),
		4,
		name("x"),
		1,
		0, /* 2 */
		name("outer"),
		INFO(BTF_KIND_STRUCT, 2),
		16,
		name("in"),
		2,
		0,
		name("p"),
		4,
		64,
		0,
		INFO(BTF_KIND_PTR, 0),
		5, /* 4 */
		name("other"),
		INFO(BTF_KIND_STRUCT, 1),
		4,
		name("y"),
		1,
		0, /* 5 */
		name("reason"),
		INFO(BTF_KIND_ENUM, 2),
		4,
		name("NONE"),
		0,
		name("NO_SOCKET"),
		1,
		name("btf_trace_thing"),
		INFO(BTF_KIND_TYPEDEF, 0),
		8, /* 7 */
		0,
		INFO(BTF_KIND_PTR, 0),
		9, /* 8 */
		0,
		INFO(BTF_KIND_FUNC_PROTO, 3),
		0,
		0,
		4,
		0,
		1,
		0,
		1, /* 9 */
		name("thing"),
		INFO(BTF_KIND_FUNC, 0),
		9, /* 10 */
		name("wide"),
		INFO(19, 1),
		8,
		name("HUGE"),
		0,
		1, /* 11 */
		name("inner"),
		INFO(BTF_KIND_STRUCT, 0),
		0, /* 12 */
	};
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_len = sizeof(types),
		.str_off = sizeof(types),
		.str_len = sizeof(strings),
	};

	memcpy(out, &h, sizeof(h));
	memcpy(out + sizeof(h), types, sizeof(types));
	memcpy(out + sizeof(h) + sizeof(types), strings, sizeof(strings));
	return sizeof(h) + sizeof(types) + sizeof(strings);
}

/* Everything that can be asked; the answers do not matter. */
static void ask(const struct kernel_types *k)
{
	static const char *const names[] = {"outer", "reason", "wide", "btf_trace_thing", "thing"};
	size_t size = 0;
	void *out = NULL;

	for (int thing = KERNEL_FUNCTION; thing <= KERNEL_TYPEDEF; thing++)
		kernel_types_find(k, (enum kernel_thing)thing, "inner");
	kernel_types_tracepoint_args(k, "thing");
	kernel_types_has(k, KERNEL_ENUM, "reason", "NO_SOCKET");
	kernel_types_has(k, KERNEL_ENUM, "wide", "HUGE");
	if (!kernel_types_extract(k, names, 5, &out, &size))
		free(out);
}

static void test_questions(const uint8_t *btf, size_t size)
{
	struct kernel_types *k = NULL;

	ok(kernel_types_new(&k, btf, size) == 0, "reads");
	if (!k)
		return;
	ok(kernel_types_find(k, KERNEL_STRUCT, "outer") == 3, "a struct");
	ok(kernel_types_find(k, KERNEL_STRUCT, "inner") == 2, "the first of two of that name");
	ok(kernel_types_find(k, KERNEL_FUNCTION, "thing") == 10, "a function");
	ok(kernel_types_find(k, KERNEL_TRACEPOINT, "thing") == 7, "a tracepoint");
	ok(kernel_types_find(k, KERNEL_ENUM, "reason") == 6, "an enum");
	ok(kernel_types_find(k, KERNEL_ENUM, "wide") == 11, "an enum of 64 bits");
	ok(kernel_types_find(k, KERNEL_FUNCTION, "outer") == 0, "a struct is no function");
	ok(kernel_types_find(k, KERNEL_STRUCT, "nothing") == 0, "a name that is not there");
	ok(kernel_types_tracepoint_args(k, "thing") == 2, "a tracepoint's own arguments");
	ok(kernel_types_tracepoint_args(k, "nothing") == -1, "of none");
	ok(kernel_types_has(k, KERNEL_ENUM, "reason", "NO_SOCKET"), "an enumerator");
	ok(!kernel_types_has(k, KERNEL_ENUM, "reason", "HUGE"), "of another enum");
	ok(kernel_types_has(k, KERNEL_ENUM, "wide", "HUGE"), "of 64 bits");
	ok(!kernel_types_has(k, KERNEL_ENUM, "nothing", "NONE"), "of no enum");
	ok(kernel_types_has(k, KERNEL_STRUCT, "outer", "in"), "a field of a struct");
	ok(!kernel_types_has(k, KERNEL_STRUCT, "outer", "x"), "of another struct");
	kernel_types_free(k);
}

static void test_extract(const uint8_t *btf, size_t size)
{
	static const char *const names[] = {"outer", "nothing", "reason"};
	struct kernel_types *k = NULL, *small = NULL;
	size_t out_size = 0;
	void *out = NULL;

	kernel_types_new(&k, btf, size);
	ok(kernel_types_extract(k, names, 3, &out, &out_size) == 0 && out_size < size,
	   "an extract is smaller");
	ok(kernel_types_new(&small, out, out_size) == 0, "and is BTF");
	ok(kernel_types_find(small, KERNEL_STRUCT, "outer") == 1, "it has what was asked for");
	ok(kernel_types_find(small, KERNEL_STRUCT, "inner") != 0, "and what that holds");
	ok(kernel_types_find(small, KERNEL_STRUCT, "other") == 0, "not what it points to");
	ok(kernel_types_has(small, KERNEL_ENUM, "reason", "NO_SOCKET"),
	   "enumerators keep their names");
	kernel_types_free(small);
	free(out);
	out = NULL;
	ok(kernel_types_extract(k, names + 1, 1, &out, &out_size) == -ENOENT && !out,
	   "of nothing there is no extract");
	kernel_types_free(k);
}

/* In memory of just that size, so that a sanitizer sees what reads beyond it. */
static int read_and_ask(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct kernel_types *k = NULL;
	int rc;

	memcpy(copy, bytes, size);
	rc = kernel_types_new(&k, copy, size);
	if (!rc)
		ask(k);
	kernel_types_free(k);
	free(copy);
	return rc;
}

static void test_damage(uint8_t *btf, size_t size)
{
	unsigned int accepted = 0, strange = 0;

	for (size_t cut = 0; cut < size; cut++)
		accepted += read_and_ask(btf, cut) != -EBADMSG;
	ok(!accepted, "whatever is cut off is noticed");
	for (size_t at = 0; at < size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			int rc;

			btf[at] ^= (uint8_t)(1 << bit);
			rc = read_and_ask(btf, size);
			strange += rc && rc != -EBADMSG;
			btf[at] ^= (uint8_t)(1 << bit);
		}
	}
	ok(!strange, "a flipped bit is noticed or does no harm");

	/* A longer header is allowed, but not one behind which the types are not aligned. */
	for (uint32_t longer = 1; longer <= 4; longer++) {
		struct btf_header *h = (struct btf_header *)btf;
		uint8_t *body = btf + sizeof(*h);

		memmove(body + 1, body, size - sizeof(*h));
		h->hdr_len++;
		size++;
		ok(read_and_ask(btf, size) == (longer % 4 ? -EBADMSG : 0), "a header %u longer",
		   longer);
	}
	kernel_types_free(NULL);
}

int main(void)
{
	uint8_t btf[1024];
	size_t size = make(btf);

	test_questions(btf, size);
	test_extract(btf, size);
	test_damage(btf, size);
	return done();
}
