// SPDX-License-Identifier: BSD-2-Clause
#include "fact/recent.h"

#include <stdlib.h>
#include <string.h>

#define PARTS	   16
#define PART_NS	   (RECENT_NS / 4)
#define PART_BYTES (RECENT_BYTES / 4)
#define ROOM_FIRST 65536

/* Records, each behind its size in two bytes. */
struct part {
	uint64_t begin; /* ns */
	char *bytes;
	size_t len, room;
};

/* Where a process ran when the oldest part began: the parts of its place, as they came. */
struct spot {
	uint32_t pid;
	unsigned int known; /* bits: which of the parts have come */
	struct fact_place part[FACT_PLACE_HOST + 1];
};

struct recent {
	struct spot *spot[FACT_PLACES];		     /* direct mapped by pid; NULL: nobody yet */
	struct fact_interface zone[FACT_INTERFACES]; /* direct mapped; ifindex 0: none yet */
	struct part part[PARTS];		     /* the oldest first */
	size_t count;
	struct part look;   /* as it is being taken */
	struct part during; /* what happens meanwhile: it goes behind the look */
	bool looking;
};

struct recent *recent_new(void)
{
	return calloc(1, sizeof(struct recent));
}

static void keep_interface(struct recent *r, const void *bytes)
{
	struct fact_interface f;

	memcpy(&f, bytes, sizeof(f));
	if (f.h.kind == FACT_INTERFACE)
		r->zone[FACT_INTERFACE_PLACE(f.netns, f.ifindex)] = f;
}

/* What is told once only. Without memory a place is not known. */
static void keep(struct recent *r, const void *bytes, size_t size)
{
	struct fact_place f;
	struct spot **spot;

	if (size == sizeof(struct fact_interface))
		keep_interface(r, bytes);
	if (size != sizeof(f))
		return;
	memcpy(&f, bytes, sizeof(f));
	if (f.h.kind != FACT_PLACE || f.part > FACT_PLACE_HOST)
		return;
	spot = &r->spot[f.pid % FACT_PLACES];
	if (!*spot)
		*spot = calloc(1, sizeof(**spot));
	if (!*spot)
		return;
	if ((*spot)->pid != f.pid) {
		(*spot)->pid = f.pid;
		(*spot)->known = 0;
	}
	if (!f.part || (f.part == FACT_PLACE_HOST && !f.groups))
		(*spot)->known = 0; /* it is told anew */
	(*spot)->part[f.part] = f;
	(*spot)->known |= 1u << f.part;
}

static void keep_all(struct recent *r, const struct part *p)
{
	uint16_t size;

	for (size_t at = 0; at < p->len; at += sizeof(size) + size) {
		memcpy(&size, p->bytes + at, sizeof(size));
		keep(r, p->bytes + at + sizeof(size), size);
	}
}

static void forget_first(struct recent *r)
{
	keep_all(r, &r->part[0]);
	free(r->part[0].bytes);
	memmove(&r->part[0], &r->part[1], --r->count * sizeof(r->part[0]));
}

void recent_free(struct recent *r)
{
	if (!r)
		return;
	while (r->count)
		forget_first(r);
	free(r->look.bytes);
	free(r->during.bytes);
	for (size_t i = 0; i < FACT_PLACES; i++)
		free(r->spot[i]);
	free(r);
}

/* False when out of memory. */
static bool add(struct part *p, const void *bytes, size_t size)
{
	const uint16_t head = (uint16_t)size;
	size_t want = p->len + sizeof(head) + size;

	if (size < sizeof(struct fact_hdr) || size > UINT16_MAX)
		return true;
	if (want > p->room) {
		size_t room = p->room ? p->room : ROOM_FIRST;
		char *grown;

		while (room < want)
			room += room / 2;
		grown = realloc(p->bytes, room);
		if (!grown)
			return false;
		p->bytes = grown;
		p->room = room;
	}
	memcpy(p->bytes + p->len, &head, sizeof(head));
	memcpy(p->bytes + p->len + sizeof(head), bytes, size);
	p->len = want;
	return true;
}

static size_t total(const struct recent *r)
{
	size_t sum = 0;

	for (size_t i = 0; i < r->count; i++)
		sum += r->part[i].len;
	return sum;
}

/* What would remain without the oldest part is long enough, or all that there is room for. */
static void make_room(struct recent *r, uint64_t now)
{
	while (r->count > 1 && (r->count == PARTS || total(r) > RECENT_BYTES ||
				now - r->part[1].begin >= RECENT_NS))
		forget_first(r);
}

bool recent_look_due(const struct recent *r, uint64_t now)
{
	const struct part *last = r->count ? &r->part[r->count - 1] : NULL;

	return !last || now - last->begin >= PART_NS || last->len >= PART_BYTES;
}

static void add_header(struct part *p, uint64_t t, enum fact_kind kind)
{
	const struct fact_hdr h = {.t = t, .size = sizeof(h), .kind = (uint8_t)kind};

	add(p, &h, sizeof(h));
}

/* A part that lacks a record tells something else than what happened. */
static void forget_all(struct recent *r)
{
	while (r->count)
		forget_first(r);
}

/* Several records, as they stand in a part. */
static bool append(struct part *p, const struct part *from)
{
	char *grown;

	if (!from->len)
		return true;
	grown = realloc(p->bytes, p->len + from->len);
	if (!grown)
		return false;
	memcpy(grown + p->len, from->bytes, from->len);
	p->bytes = grown;
	p->len += from->len;
	p->room = p->len;
	return true;
}

void recent_look_begin(struct recent *r, uint64_t complete)
{
	free(r->look.bytes);
	r->look = (struct part){.begin = complete};
	r->during.len = 0;
	r->looking = true;
	add_header(&r->look, complete, FACT_TICK);
}

void recent_look_row(struct recent *r, const void *bytes, size_t size)
{
	if (r->looking && !add(&r->look, bytes, size))
		r->looking = false;
}

void recent_look_end(struct recent *r, uint64_t now, bool whole)
{
	struct part *last = r->count ? &r->part[r->count - 1] : NULL;

	if (r->looking && whole) {
		add_header(&r->look, now, FACT_EXISTING_END);
		make_room(r, now);
		r->part[r->count++] = r->look;
		last = &r->part[r->count - 1];
	} else {
		free(r->look.bytes);
	}
	if (!last || !append(last, &r->during)) {
		forget_all(r);
		keep_all(r, &r->during);
	}
	free(r->during.bytes);
	r->look = r->during = (struct part){0};
	r->looking = false;
}

void recent_record(struct recent *r, const void *bytes, size_t size)
{
	struct part *last = r->count ? &r->part[r->count - 1] : NULL;

	if (r->look.bytes)
		last = &r->during;
	if (!last) {
		keep(r, bytes, size);
		return;
	}
	if (!add(last, bytes, size)) {
		forget_all(r);
		r->looking = false;
	}
	while (r->count && total(r) > RECENT_BYTES)
		forget_first(r);
}

size_t recent_bytes(const struct recent *r)
{
	/* In a recording a record's head is two bytes longer, and the shortest has 18 here. */
	size_t sum = total(r) + total(r) / 9;

	for (size_t i = 0; i < FACT_INTERFACES; i++)
		sum += r->zone[i].ifindex ? sizeof(r->zone[i]) + 2 : 0;
	for (size_t i = 0; i < FACT_PLACES; i++)
		sum += r->spot[i] ? sizeof(r->spot[i]->part) + sizeof(r->spot[i]->part) / 9 : 0;
	return sum;
}

uint64_t recent_begin(const struct recent *r)
{
	return r->count ? r->part[0].begin : 0;
}

/* What comes before the end of the look is the look. */
static int write_part(const struct part *p, bool with_look, struct recording_writer *w)
{
	bool look = !with_look;
	struct fact_hdr h;
	uint16_t size;
	int rc = 0;

	for (size_t at = 0; !rc && at < p->len; at += sizeof(size) + size) {
		const char *bytes = p->bytes + at + sizeof(size);

		memcpy(&size, p->bytes + at, sizeof(size));
		memcpy(&h, bytes, sizeof(h));
		if (!look)
			rc = recording_write(w, bytes, size);
		look = look && h.kind != FACT_EXISTING_END;
	}
	return rc;
}

static int write_kept(const struct recent *r, struct recording_writer *w)
{
	int rc = 0;

	for (size_t i = 0; i < FACT_INTERFACES && !rc; i++) {
		if (r->zone[i].ifindex)
			rc = recording_write(w, &r->zone[i], sizeof(r->zone[i]));
	}

	for (size_t i = 0; i < FACT_PLACES; i++) {
		const struct spot *s = r->spot[i];

		for (unsigned int part = 0; !rc && s && part <= FACT_PLACE_HOST; part++) {
			if (s->known >> part & 1)
				rc = recording_write(w, &s->part[part], sizeof(s->part[part]));
		}
	}
	return rc;
}

/* Of later parts the look is left out: it follows from what came before. */
int recent_write(const struct recent *r, struct recording_writer *w)
{
	int rc = write_kept(r, w);

	for (size_t i = 0; !rc && i < r->count; i++)
		rc = write_part(&r->part[i], !i, w);
	return rc;
}
