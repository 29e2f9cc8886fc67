// SPDX-License-Identifier: BSD-2-Clause
#include "view/json_parts.h"

/* False: they are too many bytes, or one is NULL. */
static bool keep_texts(struct json_part *part, const struct event *e)
{
	size_t used = 0;

	for (uint64_t bits = part->fields & PART_OWNER_TEXTS; bits; bits &= bits - 1) {
		const char *text = e->v[__builtin_ctzll(bits)].text;
		size_t size = text ? strlen(text) + 1 : 0;

		if (!size || size > sizeof(part->texts) - used)
			return false;
		memcpy(part->texts + used, text, size);
		used += size;
	}
	return true;
}

void json_part_keep(struct json_part *part, enum json_part_kind kind, const struct event *e,
		    const char *text, size_t len)
{
	part->len = 0;
	if (!len || len > sizeof(part->text) || (kind == PART_OWNER && !keep_texts(part, e))) {
		part->fields = 0; /* it matches nothing */
		return;
	}
	memcpy(part->text, text, len);
	part->len = (uint16_t)len;
}
