// SPDX-License-Identifier: BSD-2-Clause
#include "run/notice.h"

#include <string.h>

#include "base/text.h"

/* A person reads along: the form is for people, and the heading is wanted. */
static bool is_read_by_people(const struct trace_options *options, const struct run_place *place)
{
	return !place->guest && place->view.header &&
	       (options->output == OUTPUT_TABLE || options->output == OUTPUT_LADDER);
}

/* Rights, and not the kernel, keep system calls from being traced: user/kernel/loader.c says so. */
static bool lacks_rights(const struct fact_list *facts)
{
	return facts->fact[KNOW_ACCEPT].is == FACT_IS_ABSENT &&
	       strstr(facts->fact[KNOW_ACCEPT].why, "only root");
}

void notice_unseen(const struct trace_options *options, const struct run_place *place,
		   const struct fact_list *facts)
{
	char unseen[COVERAGE_UNSEEN_MAX];

	if (!is_read_by_people(options, place))
		return;
	coverage_unseen(facts, unseen);
	if (!*unseen)
		return;
	if (lacks_rights(facts))
		run_complain(
			"without root, %s; --syscall-fallback sees accept() (sockstate doctor)",
			unseen);
	else
		run_complain("this kernel: %s (sockstate doctor)", unseen);
}
