// SPDX-License-Identifier: BSD-2-Clause
#include "event/coverage.h"

#include <string.h>

#include "tap.h"

int main(void)
{
	struct fact_list facts;
	char text[COVERAGE_UNSEEN_MAX];

	for (int i = 0; i < KNOW_COUNT; i++)
		facts.fact[i].is = i % 2 ? FACT_IS_EXACT : FACT_IS_DERIVED;
	coverage_unseen(&facts, text);
	is_str(text, "", "all is seen");
	facts.fact[KNOW_TIME_WAIT_END].is = FACT_IS_ABSENT;
	coverage_unseen(&facts, text);
	is_str(text, "the end of TIME_WAIT is not visible", "one thing is not");
	facts.fact[KNOW_SYN_DROP].is = FACT_IS_ABSENT;
	coverage_unseen(&facts, text);
	is_str(text, "names of refused clients and the end of TIME_WAIT are not visible", "two");
	facts.fact[KNOW_TIME_WAIT_END].is = FACT_IS_EXACT;
	coverage_unseen(&facts, text);
	is_str(text, "names of refused clients are not visible", "several of one kind");
	for (int i = 0; i < KNOW_COUNT; i++)
		facts.fact[i].is = FACT_IS_ABSENT;
	coverage_unseen(&facts, text);
	ok(strlen(text) < sizeof(text), "everything fits");
	return done();
}
