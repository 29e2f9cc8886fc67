// SPDX-License-Identifier: BSD-2-Clause
#include "event/vocabulary.h"

#define WORD(id, name, meaning) [id] = {name, meaning, sizeof(name) - 1},

#define VOCABULARY(name, list)                                  \
	static const struct word name##_words[] = {list(WORD)}; \
	const struct vocabulary vocabulary_##name = {           \
		name##_words, sizeof(name##_words) / sizeof(name##_words[0])};

VOCABULARY(role, ROLES)
VOCABULARY(family, FAMILIES)
VOCABULARY(resent_segment, RESENT_SEGMENTS)
VOCABULARY(direction, DIRECTIONS)
VOCABULARY(segment, SEGMENTS)
VOCABULARY(basis, BASES)
VOCABULARY(bound, BOUNDS)
VOCABULARY(role_basis, ROLE_BASES)
VOCABULARY(via, VIAS)
VOCABULARY(cause, CAUSES)
VOCABULARY(close_reason, CLOSE_REASONS)
VOCABULARY(drop_reason, DROP_REASONS)
VOCABULARY(reset_reason, RESET_REASONS)
VOCABULARY(lost_place, LOST_PLACES)
VOCABULARY(verdict, VERDICTS)
VOCABULARY(diagnosis, DIAGNOSES)
VOCABULARY(overload, OVERLOADS)

/* The kernel side sends these numbers. */
_Static_assert((int)DROP_UNKNOWN == FACT_DROP_UNKNOWN &&
		       (int)DROP_ACCEPT_QUEUE_FULL == FACT_DROP_ACCEPT_QUEUE_FULL &&
		       (int)DROP_SYN_QUEUE_FULL == FACT_DROP_SYN_QUEUE_FULL &&
		       (int)DROP_COOKIE_INVALID == FACT_DROP_COOKIE_INVALID &&
		       (int)DROP_LISTENER_CLOSED == FACT_DROP_LISTENER_CLOSED &&
		       (int)DROP_OTHER == FACT_DROP_OTHER &&
		       (int)DROP_SIGNATURE == FACT_DROP_SIGNATURE &&
		       (int)DROP_FILTER == FACT_DROP_FILTER &&
		       (int)DROP_POLICY == FACT_DROP_POLICY && (int)DROP_TTL == FACT_DROP_TTL &&
		       (int)DROP_NETFILTER == FACT_DROP_NETFILTER &&
		       (int)DROP_CONNECTION == FACT_DROP_CONNECTION &&
		       (int)DROP_REQUEST_EXPIRED == FACT_DROP_REASONS,
	       "enum drop_reason goes on where enum fact_drop_reason ends");
_Static_assert(sizeof(lost_place_words) / sizeof(lost_place_words[0]) == FACT_LOST_PLACES,
	       "every place where facts are lost has a word");
_Static_assert(sizeof(reset_reason_words) / sizeof(reset_reason_words[0]) == RESET_REASON_COUNT,
	       "every reason of a RST has a word");
