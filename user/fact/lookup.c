// SPDX-License-Identifier: BSD-2-Clause
#include "fact/lookup.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

static bool is_wildcard(const uint8_t *addr)
{
	static const uint8_t wildcard[16];

	return !memcmp(addr, wildcard, sizeof(wildcard));
}

enum lookup_fit lookup_fit(const struct lookup_listener *l, const struct fact_sock *s)
{
	if (l->port != s->lport || l->netns != s->netns)
		return LOOKUP_NONE;
	if (!l->addr)
		return LOOKUP_ANY;
	if (l->family == s->family) {
		if (!memcmp(l->addr, s->laddr, sizeof(s->laddr)))
			return LOOKUP_EXACT;
		return is_wildcard(l->addr) ? LOOKUP_ANY : LOOKUP_NONE;
	}
	if (l->family == AF_INET6 && s->family == AF_INET && !l->v6only && is_wildcard(l->addr))
		return LOOKUP_DUAL;
	return LOOKUP_NONE;
}

void lookup_offer(struct lookup *lookup, const struct lookup_listener *l, const struct fact_sock *s,
		  void *listener)
{
	enum lookup_fit fit = lookup_fit(l, s);

	if (fit == LOOKUP_NONE)
		return;
	lookup->device |= l->device;
	if (fit > lookup->best) {
		lookup->best = fit;
		lookup->first = listener;
		lookup->count = 1;
	} else if (fit == lookup->best) {
		lookup->count++;
	}
}

void *lookup_only(const struct lookup *lookup)
{
	return lookup->count == 1 && !lookup->device ? lookup->first : NULL;
}
