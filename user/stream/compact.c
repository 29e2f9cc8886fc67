// SPDX-License-Identifier: BSD-2-Clause
#include "stream/compact.h"

#include <string.h>
#include <sys/socket.h>

/* A number of 64 bits in groups of seven. */
#define NUMBER_MAX 10
/* What the fields without texts may need at most. */
#define NUMBERS_MAX \
	(32 + FIELD_WORDS * 8 + FIELD_COUNT * NUMBER_MAX + 2 * TCP_STATE_COUNT * NUMBER_MAX)

_Static_assert(NUMBERS_MAX < COMPACT_MAX, "room for all numbers");

static uint8_t *put_number(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

static const uint8_t *get_number(const uint8_t *p, uint64_t *v)
{
	unsigned int shift = 0;

	*v = 0;
	do {
		*v |= (uint64_t)(*p & 0x7f) << shift;
		shift += 7;
	} while (*p++ & 0x80);
	return p;
}

/* Small numbers of either sign become small ones without. */
static uint64_t zigzag(int64_t i)
{
	return (uint64_t)i << 1 ^ (uint64_t)(i >> 63);
}

static int64_t unzigzag(uint64_t u)
{
	return (int64_t)(u >> 1 ^ -(u & 1));
}

static size_t addr_size(const struct event *e)
{
	return e->family == AF_INET6 ? 16 : 4;
}

/* NULL: the field is left out. */
static uint8_t *put_field(uint8_t *p, const uint8_t *end, const struct event *e, enum field f)
{
	const union field_value *v = &e->v[f];
	size_t len;

	switch (field_infos[f].kind) {
	case KIND_U64:
	case KIND_BOOL:
	case KIND_ENUM:
	case KIND_STATE:
		return put_number(p, v->u);
	case KIND_I64:
		return put_number(p, zigzag(v->i));
	case KIND_ADDR:
		if (!v->addr)
			return NULL;
		memcpy(p, v->addr, addr_size(e));
		return p + addr_size(e);
	case KIND_TEXT:
		len = v->text ? strlen(v->text) + 1 : 0;
		if (!len || len + NUMBERS_MAX > (size_t)(end - p))
			return NULL;
		memcpy(p, v->text, len);
		return p + len;
	case KIND_STATES:
		for (int i = 0; v->states && i < TCP_STATE_COUNT; i++)
			p = put_number(p, v->states[i]);
		return v->states ? p : NULL;
	default:
		return NULL;
	}
}

uint32_t compact_event(uint8_t *to, const struct event *e)
{
	const uint8_t *end = to + COMPACT_MAX;
	uint64_t present[FIELD_WORDS];
	uint8_t *p, *bits;

	p = put_number(to, e->t);
	*p++ = (uint8_t)e->type;
	*p++ = (uint8_t)e->family;
	*p++ = e->late;
	bits = p;
	p += sizeof(present);
	memcpy(present, e->present, sizeof(present));
	for (int word = 0; word < FIELD_WORDS; word++) {
		for (uint64_t left = e->present[word]; left; left &= left - 1) {
			int bit = __builtin_ctzll(left);
			uint8_t *after = put_field(p, end, e, (enum field)(word * 64 + bit));

			if (after)
				p = after;
			else
				present[word] &= ~(UINT64_C(1) << bit);
		}
	}
	memcpy(bits, present, sizeof(present));
	return (uint32_t)(p - to);
}

static const uint8_t *get_field(const uint8_t *p, struct event *e, enum field f,
				struct compact_room *room)
{
	union field_value *v = &e->v[f];
	uint64_t *states;

	switch (field_infos[f].kind) {
	case KIND_I64:
		p = get_number(p, &v->u);
		v->i = unzigzag(v->u);
		return p;
	case KIND_ADDR:
		v->addr = p;
		return p + addr_size(e);
	case KIND_TEXT:
		v->text = (const char *)p;
		return p + strlen(v->text) + 1;
	case KIND_STATES:
		states = room->states[f == F_STATES];
		for (int i = 0; i < TCP_STATE_COUNT; i++)
			p = get_number(p, &states[i]);
		v->states = states;
		return p;
	default:
		return get_number(p, &v->u);
	}
}

uint32_t compact_expand(const uint8_t *from, struct event *e, struct compact_room *room)
{
	const uint8_t *p = get_number(from, &e->t);

	e->type = (enum event_type) * p++;
	e->family = *p++;
	e->late = *p++;
	e->thinned = false;
	memcpy(e->present, p, sizeof(e->present));
	p += sizeof(e->present);
	for (int word = 0; word < FIELD_WORDS; word++)
		for (uint64_t left = e->present[word]; left; left &= left - 1)
			p = get_field(p, e, (enum field)(word * 64 + __builtin_ctzll(left)), room);
	return (uint32_t)(p - from);
}
