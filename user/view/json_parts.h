/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_parts.h - parts of a JSON line that stand as they stood on an earlier line: the states of a
 * transition, where a connection's listener is, its owner and where that runs. They are copied.
 *
 * Owns the texts and what they were made of. Knows nothing of how a field is written.
 *
 *	struct json_part *part = json_part_of(parts, PART_OWNER, e);
 *	if (part && part->len)
 *		copy part->text
 *	else
 *		write the fields of json_part_fields[PART_OWNER], then json_part_keep()
 */
#ifndef SOCKSTATE_JSON_PARTS_H
#define SOCKSTATE_JSON_PARTS_H

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "event/event.h"

#define JSON_PART_MAX 512 /* bytes of text; what is longer is written anew each time */
#define PART_TEXTS    384 /* bytes of the texts that it was made of */
#define PART_BITS     6

enum json_part_kind { PART_STATES, PART_PLACE, PART_OWNER, JSON_PART_KINDS };

struct json_part {
	uint64_t fields; /* bits of event.present[0] */
	uint64_t word[4];
	uint16_t len; /* of text; 0: none */
	char texts[PART_TEXTS];
	char text[JSON_PART_MAX];
};

struct json_parts {
	struct json_part at[JSON_PART_KINDS][1 << PART_BITS];
};

#define PART_BIT(field) (UINT64_C(1) << F_##field)

/* Each part is a run of the catalogue. */
static const uint64_t json_part_fields[JSON_PART_KINDS] = {
	[PART_STATES] = PART_BIT(SOCKET_STATE) | PART_BIT(OLD) | PART_BIT(NEW) | PART_BIT(ROLE),
	[PART_PLACE] = PART_BIT(LISTENER) | PART_BIT(NETNS) | PART_BIT(FAMILY) | PART_BIT(LADDR),
	[PART_OWNER] = PART_BIT(PID) | PART_BIT(TID) | PART_BIT(COMM) | PART_BIT(CGROUP) |
		       PART_BIT(UNIT) | PART_BIT(CONTAINER_ID) | PART_BIT(POD_UID) |
		       PART_BIT(HOSTNAME),
};
#define PART_OWNER_TEXTS (json_part_fields[PART_OWNER] & ~(PART_BIT(PID) | PART_BIT(TID)))
_Static_assert(F_HOSTNAME < 64, "the fields of all parts stand in the first word");
_Static_assert(F_ROLE == F_SOCKET_STATE + 3 && F_LADDR == F_LISTENER + 3 && F_HOSTNAME == F_PID + 7,
	       "a part has no gaps");

static inline uint64_t json_part_value(const struct event *e, uint64_t fields, enum field f)
{
	return fields >> f & 1 ? e->v[f].u : 0;
}

/* What a part is made of, but for texts. False: it is not kept. */
static inline bool json_part_words(enum json_part_kind kind, const struct event *e, uint64_t fields,
				   uint64_t word[4])
{
	word[0] = word[1] = word[2] = word[3] = 0;
	switch (kind) {
	case PART_STATES:
		word[0] = json_part_value(e, fields, F_OLD) << 16 |
			  json_part_value(e, fields, F_NEW) << 32 |
			  json_part_value(e, fields, F_SOCKET_STATE) << 48 |
			  json_part_value(e, fields, F_ROLE);
		return true;
	case PART_PLACE:
		word[0] = json_part_value(e, fields, F_LISTENER);
		word[1] = json_part_value(e, fields, F_NETNS) |
			  (uint64_t)(unsigned int)e->family << 32 |
			  json_part_value(e, fields, F_FAMILY) << 48;
		if (!(fields & PART_BIT(LADDR)) || !e->v[F_LADDR].addr)
			return false;
		memcpy(&word[2], e->v[F_LADDR].addr, e->family == AF_INET ? 4 : 16);
		return e->family == AF_INET || e->family == AF_INET6;
	default:
		word[0] = json_part_value(e, fields, F_PID);
		word[1] = json_part_value(e, fields, F_TID);
		return true;
	}
}

static inline bool json_part_texts(const struct json_part *part, const struct event *e)
{
	const char *at = part->texts;

	for (uint64_t bits = part->fields & PART_OWNER_TEXTS; bits; bits &= bits - 1) {
		const char *text = e->v[__builtin_ctzll(bits)].text;

		if (!text || strcmp(text, at) != 0)
			return false;
		at += strlen(at) + 1;
	}
	return true;
}

/*
 * Where that part of e is kept, or was: len is 0 where it has to be written anew and given to
 * json_part_keep(). NULL: it is not kept. e has some field of it.
 */
static inline struct json_part *json_part_of(struct json_parts *parts, enum json_part_kind kind,
					     const struct event *e)
{
	uint64_t fields = e->present[0] & json_part_fields[kind], word[4], hash;
	struct json_part *part;

	if (!json_part_words(kind, e, fields, word))
		return NULL;
	hash = (word[0] ^ word[1] ^ word[2] ^ word[3]) + fields;
	part = &parts->at[kind][hash_u64(hash, PART_BITS)];
	if (part->fields == fields && part->word[0] == word[0] && part->word[1] == word[1] &&
	    part->word[2] == word[2] && part->word[3] == word[3] &&
	    (kind != PART_OWNER || json_part_texts(part, e)))
		return part;
	part->fields = fields;
	memcpy(part->word, word, sizeof(part->word));
	part->len = 0;
	return part;
}

/* text: what was written of e for that part, len bytes. */
void json_part_keep(struct json_part *part, enum json_part_kind kind, const struct event *e,
		    const char *text, size_t len);

#endif
