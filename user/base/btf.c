// SPDX-License-Identifier: BSD-2-Clause
/*
 * btf.c - one format, read and written: its records are walked in one place.
 *
 * Longer than 500 lines: what finds a type and what copies it share the walk over the records.
 */
#include "base/btf.h"

#include <endian.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define TRACEPOINT_PREFIX "btf_trace_"

struct kernel_types {
	const uint8_t *types;
	uint32_t types_size;
	const char *strings;
	uint32_t strings_size;
	uint32_t count; /* with id 0, which is void */
	/*
	 * Byte offset in types of each type whose id is a multiple of MARKED. All offsets would be
	 * half a megabyte, which takes longer to write than a few steps take to walk.
	 */
	uint32_t *mark;
	/*
	 * Of each type's name, by its id; 0: none that is asked for. Small, because all of them are
	 * looked through for each name. Room for a whole number of blocks.
	 */
	uint16_t *print;
};

#define MARKED 8 /* a power of two */
#define BLOCK  64

/* ---- one type ---- */

static unsigned int kind_of(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

static const char *name_of(const struct kernel_types *k, uint32_t offset)
{
	return offset < k->strings_size ? k->strings + offset : "";
}

/* Kinds that the headers of older systems lack. */
#define KIND_DECL_TAG 17
#define KIND_TYPE_TAG 18
#define KIND_ENUM64   19

/*
 * Bytes that follow struct btf_type, some for each part. A table, because successive types are of
 * changing kinds, which no branch predictor can foresee.
 */
static const struct tail {
	uint8_t known, fixed, part;
} tails[BTF_INFO_KIND(UINT32_MAX) + 1] = {
	[BTF_KIND_INT] = {1, sizeof(uint32_t), 0},
	[BTF_KIND_PTR] = {1, 0, 0},
	[BTF_KIND_ARRAY] = {1, sizeof(struct btf_array), 0},
	[BTF_KIND_STRUCT] = {1, 0, sizeof(struct btf_member)},
	[BTF_KIND_UNION] = {1, 0, sizeof(struct btf_member)},
	[BTF_KIND_ENUM] = {1, 0, sizeof(struct btf_enum)},
	[BTF_KIND_FWD] = {1, 0, 0},
	[BTF_KIND_TYPEDEF] = {1, 0, 0},
	[BTF_KIND_VOLATILE] = {1, 0, 0},
	[BTF_KIND_CONST] = {1, 0, 0},
	[BTF_KIND_RESTRICT] = {1, 0, 0},
	[BTF_KIND_FUNC] = {1, 0, 0},
	[BTF_KIND_FUNC_PROTO] = {1, 0, sizeof(struct btf_param)},
	[BTF_KIND_VAR] = {1, sizeof(struct btf_var), 0},
	[BTF_KIND_DATASEC] = {1, 0, sizeof(struct btf_var_secinfo)},
	[BTF_KIND_FLOAT] = {1, 0, 0},
	[KIND_DECL_TAG] = {1, sizeof(uint32_t), 0},
	[KIND_TYPE_TAG] = {1, 0, 0},
	[KIND_ENUM64] = {1, 0, 12},
};

/* SIZE_MAX if the kind is not known. */
static size_t tail_size(const struct btf_type *t)
{
	const struct tail *tail = &tails[kind_of(t)];

	return tail->known ? tail->fixed + (size_t)BTF_INFO_VLEN(t->info) * tail->part : SIZE_MAX;
}

static const struct btf_type *after(const struct btf_type *t)
{
	return (const void *)((const uint8_t *)(t + 1) + tail_size(t));
}

static const struct btf_type *type_at(const struct kernel_types *k, uint32_t id)
{
	const struct btf_type *t = (const void *)(k->types + k->mark[id / MARKED]);

	/* id 0 has no bytes: the first mark is that of the type 1 */
	for (uint32_t at = id / MARKED ? id / MARKED * MARKED : 1; at < id; at++)
		t = after(t);
	return t;
}

static bool is_enum(unsigned int kind)
{
	return kind == BTF_KIND_ENUM || kind == KIND_ENUM64;
}

static bool is_struct(unsigned int kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* ---- all types: where they are, and their names ---- */

#define LOW_BITS  UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* The bytes before the first 0, of eight of which the first is the lowest. *ends: there is a 0. */
static uint64_t before_zero(uint64_t word, bool *ends)
{
	uint64_t zeros = (word - LOW_BITS) & ~word & HIGH_BITS;

	*ends = zeros;
	return zeros ? word & ((zeros & -zeros) - 1) : word;
}

/*
 * Of the first 16 bytes of a name, which tell most apart, and without its length: a kernel has more
 * than a megabyte of names. Never 0. room: bytes that may be read.
 */
static uint16_t print_of(const char *name, size_t room)
{
	uint64_t words[2] = {0};
	uint16_t print;
	bool ends;

	if (room >= sizeof(words))
		memcpy(words, name, sizeof(words));
	else
		memcpy(words, name, room);
	words[0] = before_zero(le64toh(words[0]), &ends);
	words[1] = ends ? 0 : before_zero(le64toh(words[1]), &ends);
	print = (uint16_t)hash_more(words[0], words[1]);
	return print ? print : 1;
}

static bool has_a_name_that_is_asked_for(unsigned int kind)
{
	return kind == BTF_KIND_FUNC || kind == BTF_KIND_TYPEDEF || is_struct(kind) ||
	       is_enum(kind);
}

static uint16_t print_at(const struct kernel_types *k, uint32_t offset)
{
	return offset < k->strings_size ? print_of(k->strings + offset, k->strings_size - offset)
					: print_of("", 1);
}

/* Counts the types and fills in both tables. Returns -EBADMSG if a type does not fit. */
static int walk(struct kernel_types *k)
{
	uint32_t id = 1;
	size_t at = 0;

	while (at < k->types_size) {
		const struct btf_type *t = (const void *)(k->types + at);
		size_t tail;

		if (k->types_size - at < sizeof(*t))
			return -EBADMSG;
		tail = tail_size(t);
		if (tail > k->types_size - at - sizeof(*t))
			return -EBADMSG;
		if (id % MARKED == 0)
			k->mark[id / MARKED] = (uint32_t)at;
		if (t->name_off && has_a_name_that_is_asked_for(kind_of(t)))
			k->print[id] = print_at(k, t->name_off);
		at += sizeof(*t) + tail;
		id++;
	}
	k->count = id;
	return 0;
}

int kernel_types_new(struct kernel_types **out, const void *bytes, size_t size)
{
	const struct btf_header *h = bytes;
	struct kernel_types *k;
	size_t body, most;
	int rc;

	if (size < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len < sizeof(*h) ||
	    h->hdr_len > size)
		return -EBADMSG;
	body = size - h->hdr_len;
	if (h->type_off > body || h->type_len > body - h->type_off || h->str_off > body ||
	    !h->str_len || h->str_len > body - h->str_off || (h->hdr_len + h->type_off) % 4)
		return -EBADMSG;
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->types = (const uint8_t *)bytes + h->hdr_len + h->type_off;
	k->types_size = h->type_len;
	k->strings = (const char *)bytes + h->hdr_len + h->str_off;
	k->strings_size = h->str_len;
	if (k->strings[k->strings_size - 1]) {
		rc = -EBADMSG;
		goto fail;
	}
	/* As many as there can be. What is not written takes no memory. */
	most = k->types_size / sizeof(struct btf_type) + 1;
	k->mark = calloc(most / MARKED + 1, sizeof(*k->mark));
	k->print = calloc(most + BLOCK, sizeof(*k->print));
	rc = k->mark && k->print ? walk(k) : -ENOMEM;
	if (rc)
		goto fail;
	*out = k;
	return 0;
fail:
	kernel_types_free(k);
	return rc;
}

void kernel_types_free(struct kernel_types *k)
{
	if (!k)
		return;
	free(k->mark);
	free(k->print);
	free(k);
}

/* ---- questions ---- */

static bool is_thing(unsigned int kind, enum kernel_thing thing)
{
	switch (thing) {
	case KERNEL_FUNCTION:
		return kind == BTF_KIND_FUNC;
	case KERNEL_STRUCT:
		return is_struct(kind);
	case KERNEL_ENUM:
		return is_enum(kind);
	case KERNEL_TRACEPOINT:
	case KERNEL_TYPEDEF:
		return kind == BTF_KIND_TYPEDEF;
	}
	return false;
}

/* Without a branch for each print, so that compilers compare many at once. */
static bool block_has(const uint16_t *block, uint16_t print)
{
	uint16_t has = 0;

	for (int i = 0; i < BLOCK; i++)
		has |= block[i] == print;
	return has;
}

static bool is_named(const struct kernel_types *k, uint32_t id, enum kernel_thing thing,
		     const char *name)
{
	const struct btf_type *t = type_at(k, id);

	return is_thing(kind_of(t), thing) && !strcmp(name_of(k, t->name_off), name);
}

uint32_t kernel_types_find(const struct kernel_types *k, enum kernel_thing thing, const char *name)
{
	char full[128] = TRACEPOINT_PREFIX;
	uint16_t print;

	if (thing == KERNEL_TRACEPOINT) {
		strncat(full, name, sizeof(full) - sizeof(TRACEPOINT_PREFIX));
		name = full;
	}
	print = print_of(name, strlen(name) + 1);
	for (uint32_t block = 0; block < k->count; block += BLOCK) {
		if (!block_has(k->print + block, print))
			continue;
		for (uint32_t id = block; id < block + BLOCK; id++) {
			if (k->print[id] == print && is_named(k, id, thing, name))
				return id;
		}
	}
	return 0;
}

/*
 * The type btf_trace_NAME is a typedef of a pointer to a function. The first argument of that
 * function is not the tracepoint's, but the data of whoever attached.
 */
int kernel_types_tracepoint_args(const struct kernel_types *k, const char *name)
{
	uint32_t id = kernel_types_find(k, KERNEL_TRACEPOINT, name);
	const struct btf_type *t;

	for (int steps = 0; id && id < k->count && steps < 4; steps++) {
		t = type_at(k, id);
		if (kind_of(t) == BTF_KIND_FUNC_PROTO)
			return (int)BTF_INFO_VLEN(t->info) - 1;
		id = t->type;
	}
	return -1;
}

/* Fields and enumerators alike begin with their name. */
bool kernel_types_has(const struct kernel_types *k, enum kernel_thing thing, const char *name,
		      const char *part)
{
	uint32_t id = kernel_types_find(k, thing, name);
	const struct btf_type *t;
	const uint8_t *value;
	size_t count, size;

	if (!id)
		return false;
	t = type_at(k, id);
	count = BTF_INFO_VLEN(t->info);
	size = count ? tail_size(t) / count : 0;
	value = (const uint8_t *)(t + 1);
	for (size_t i = 0; i < count; i++, value += size) {
		uint32_t name_off;

		memcpy(&name_off, value, sizeof(name_off));
		if (!strcmp(name_of(k, name_off), part))
			return true;
	}
	return false;
}

/* ---- an extract ---- */

struct bytes {
	uint8_t *data;
	size_t size, room;
};

struct extract {
	const struct kernel_types *k;
	uint32_t *new_id; /* by old id; 0: not taken yet */
	uint32_t *taken;  /* old ids, in the order of their new ones */
	uint32_t count;
	struct bytes types, strings;
	bool failed;
};

static void append(struct extract *x, struct bytes *b, const void *data, size_t size)
{
	if (x->failed)
		return;
	if (b->room - b->size < size) {
		size_t room = (b->room + size) * 2;
		uint8_t *grown = realloc(b->data, room);

		if (!grown) {
			x->failed = true;
			return;
		}
		b->data = grown;
		b->room = room;
	}
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

static uint32_t take_string(struct extract *x, uint32_t offset)
{
	const char *name = name_of(x->k, offset);
	uint32_t at = (uint32_t)x->strings.size;

	if (!*name)
		return 0;
	append(x, &x->strings, name, strlen(name) + 1);
	return at;
}

/* Returns the new id. write_type() writes the parts of the type when its turn comes. */
static uint32_t take_type(struct extract *x, uint32_t id)
{
	if (!id || id >= x->k->count)
		return 0;
	if (!x->new_id[id]) {
		x->taken[x->count] = id;
		x->new_id[id] = ++x->count;
	}
	return x->new_id[id];
}

/*
 * Members, enumerators and the like all begin with the offset of their name. In structs the type
 * follows.
 */
static void write_parts(struct extract *x, const struct btf_type *t, bool typed)
{
	size_t count = BTF_INFO_VLEN(t->info);
	size_t size = count ? tail_size(t) / count : 0;
	const uint8_t *part = (const uint8_t *)(t + 1);

	for (size_t i = 0; i < count; i++, part += size) {
		uint32_t copy[3];

		memcpy(copy, part, size < sizeof(copy) ? size : sizeof(copy));
		copy[0] = take_string(x, copy[0]);
		if (typed)
			copy[1] = take_type(x, copy[1]);
		append(x, &x->types, copy, size);
	}
}

static void write_type(struct extract *x, const struct btf_type *t)
{
	unsigned int kind = kind_of(t);
	struct btf_type head = *t;
	struct btf_array array;

	head.name_off = take_string(x, t->name_off);
	if (kind == BTF_KIND_PTR)
		head.type = 0;
	else if (kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
		 kind == BTF_KIND_RESTRICT || kind == KIND_TYPE_TAG)
		head.type = take_type(x, t->type);
	append(x, &x->types, &head, sizeof(head));
	if (is_struct(kind) || is_enum(kind)) {
		write_parts(x, t, is_struct(kind));
	} else if (kind == BTF_KIND_ARRAY) {
		memcpy(&array, t + 1, sizeof(array));
		array.type = take_type(x, array.type);
		array.index_type = take_type(x, array.index_type);
		append(x, &x->types, &array, sizeof(array));
	} else {
		append(x, &x->types, t + 1, tail_size(t));
	}
}

static bool is_among(const struct kernel_types *k, uint32_t id, const char *const *names,
		     size_t count)
{
	const struct btf_type *t = type_at(k, id);

	for (size_t i = 0; kind_of(t) != BTF_KIND_FUNC && i < count; i++) {
		if (!strcmp(name_of(k, t->name_off), names[i]))
			return true;
	}
	return false;
}

/* Of all names at once: the prints are looked through once. */
static void take_named(struct extract *x, const char *const *names, size_t count)
{
	uint64_t wanted[(UINT16_MAX + 1) / 64] = {0};

	for (size_t i = 0; i < count; i++) {
		uint16_t print = print_of(names[i], strlen(names[i]) + 1);

		wanted[print / 64] |= UINT64_C(1) << print % 64;
	}
	for (uint32_t id = 1; id < x->k->count; id++) {
		uint16_t print = x->k->print[id];

		if (wanted[print / 64] >> print % 64 & 1 && is_among(x->k, id, names, count))
			take_type(x, id);
	}
}

/* A struct holds no function by value, so write_type() can copy every kind that gets here whole. */
static int put_together(struct extract *x, void **out, size_t *out_size)
{
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_len = (uint32_t)x->types.size,
		.str_off = (uint32_t)x->types.size,
		.str_len = (uint32_t)x->strings.size,
	};
	struct bytes all = {0};

	append(x, &all, &h, sizeof(h));
	append(x, &all, x->types.data, x->types.size);
	append(x, &all, x->strings.data, x->strings.size);
	if (x->failed) {
		free(all.data);
		return -ENOMEM;
	}
	*out = all.data;
	*out_size = all.size;
	return 0;
}

int kernel_types_extract(const struct kernel_types *k, const char *const *names, size_t count,
			 void **out, size_t *out_size)
{
	struct extract x = {.k = k};
	int rc = -ENOMEM;

	x.new_id = calloc(k->count, sizeof(uint32_t));
	x.taken = malloc(k->count * sizeof(uint32_t));
	if (x.new_id && x.taken) {
		append(&x, &x.strings, "", 1);
		take_named(&x, names, count);
		for (uint32_t i = 0; i < x.count && !x.failed; i++)
			write_type(&x, type_at(k, x.taken[i]));
		if (!x.failed && x.types.size)
			rc = put_together(&x, out, out_size);
		else if (!x.failed)
			rc = -ENOENT;
	}
	free(x.new_id);
	free(x.taken);
	free(x.types.data);
	free(x.strings.data);
	return rc;
}
