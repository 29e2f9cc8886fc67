// SPDX-License-Identifier: BSD-2-Clause
#include "event/event.h"

#include <stddef.h>

#include "base/text.h"
#include "event/tcp.h"

const struct field_info field_infos[FIELD_COUNT] = {
#define FIELD(id, key, kind, always, sometimes, meaning) \
	[F_##id] = {key, KIND_##kind, NULL, always, sometimes, meaning},
#define WORD_FIELD(id, key, vocabulary, always, sometimes, meaning) \
	[F_##id] = {key, KIND_ENUM, &vocabulary_##vocabulary, always, sometimes, meaning},
#include "event/fields.def"
};

const char *event_word(const struct event *e, enum field f)
{
	return event_has(e, f) ? vocabulary_name(field_infos[f].vocabulary, event_enum(e, f))
			       : NULL;
}

static const struct {
	const char *name, *meaning;
} types[EVENT_TYPE_COUNT] = {
#define EVENT(id, name, meaning) [EVENT_##id] = {name, meaning},
	EVENT_TYPES(EVENT)
#undef EVENT
};

const char *event_type_name(enum event_type type)
{
	return (unsigned int)type < EVENT_TYPE_COUNT ? types[type].name : "unknown";
}

const char *event_type_meaning(enum event_type type)
{
	return (unsigned int)type < EVENT_TYPE_COUNT ? types[type].meaning : "unknown";
}

bool event_is_link_local(const struct event *e, enum field addr)
{
	return event_has(e, addr) && e->v[addr].addr &&
	       text_is_link_local(e->family, e->v[addr].addr);
}

bool event_is_listeners(const struct event *e)
{
	switch (e->type) {
	case EVENT_LISTENER:
	case EVENT_ACCEPT_ERROR:
	case EVENT_LISTEN_ERROR:
	case EVENT_WHY:
		return true;
	case EVENT_STATE:
		return event_get(e, F_NEW) == TCP_STATE_LISTEN;
	case EVENT_SOCKET:
		return event_get(e, F_SOCKET_STATE) == TCP_STATE_LISTEN;
	case EVENT_DROP: /* of nobody by name */
		return !event_has(e, F_RPORT);
	default:
		return false;
	}
}
