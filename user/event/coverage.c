// SPDX-License-Identifier: BSD-2-Clause
#include "event/coverage.h"

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
