// SPDX-License-Identifier: BSD-2-Clause
#include "event/coverage.h"

#include <stdbool.h>
#include <string.h>

static const struct {
	const char *name, *meaning;
} names[KNOW_COUNT] = {
#define FACT(id, name, meaning) [KNOW_##id] = {name, meaning},
	FACT_NAMES(FACT)
#undef FACT
};

const char *fact_name(enum fact_name name)
{
	return (unsigned int)name < KNOW_COUNT ? names[name].name : "unknown";
}

const char *fact_meaning(enum fact_name name)
{
	return (unsigned int)name < KNOW_COUNT ? names[name].meaning : "unknown";
}

const char *fact_is_name(enum fact_is is)
{
	static const char *const is_names[] = {"absent", "derived", "exact"};

	return (unsigned int)is < 3 ? is_names[is] : "unknown";
}

/* What a run without the fact does not see. */
static const struct {
	const char *words;
	bool plural;
} unseen[KNOW_COUNT] = {
	[KNOW_SYN_RECV_BEGIN] = {"the begin of handshakes", false},
	[KNOW_HANDSHAKE] = {"the duration of handshakes", false},
	[KNOW_SYN_DROP] = {"names of refused clients", true},
	[KNOW_ACK_DROP] = {"refused ACKs", true},
	[KNOW_REQUEST_EXPIRED] = {"the end of half-open requests", false},
	[KNOW_ENQUEUE] = {"entries into the accept queue", true},
	[KNOW_ACCEPT] = {"accept()", false},
	[KNOW_ACCEPT_CALL] = {"errors of accept()", true},
	[KNOW_ACCEPT_IO_URING] = {"accepts through io_uring", true},
	[KNOW_RELISTEN] = {"repeated listen()", false},
	[KNOW_RESET_REASON] = {"reasons of RSTs", true},
	[KNOW_TIME_WAIT_BEGIN] = {"the begin of TIME_WAIT", false},
	[KNOW_TIME_WAIT_END] = {"the end of TIME_WAIT", false},
};

void coverage_unseen(const struct fact_list *facts, char out[COVERAGE_UNSEEN_MAX])
{
	unsigned int count = 0, named = 0;
	bool plural = false;
	char *p = out;

	*p = '\0';
	for (enum fact_name name = 0; name < KNOW_COUNT; name++) {
		count += facts->fact[name].is == FACT_IS_ABSENT;
		plural |= facts->fact[name].is == FACT_IS_ABSENT && unseen[name].plural;
	}
	for (enum fact_name name = 0; name < KNOW_COUNT; name++) {
		if (facts->fact[name].is != FACT_IS_ABSENT)
			continue;
		if (named++)
			p = stpcpy(p, named == count ? " and " : ", ");
		p = stpcpy(p, unseen[name].words);
	}
	if (count)
		stpcpy(p, count > 1 || plural ? " are not visible" : " is not visible");
}

bool coverage_syns_counted(const struct fact_list *facts)
{
	const struct fact_knowledge *drop = &facts->fact[KNOW_SYN_DROP];

	return drop->is != FACT_IS_ABSENT || strstr(drop->why, FACT_WHY_SYNS_COUNTED);
}
