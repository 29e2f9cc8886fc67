// SPDX-License-Identifier: BSD-2-Clause
#include "run/setup.h"
#include "kernel/privilege.h"
#include "run/run.h"

struct kernel_options setup_kernel_options(const struct trace_options *options)
{
	return (struct kernel_options){
		.filter = options->sockets.filter,
		.ring_bytes = options->limits.ring_bytes,
		.raw = options->raw,
		.name_syn_drops = options->hooks.name_syn_drops,
		.syscall_fallback = options->hooks.syscall_fallback,
		.verbose = options->common.verbose,
		.force_absent = options->tests.force_absent,
	};
}

int setup_rights(char *err, size_t err_size)
{
	int rc = privilege_check(err, err_size);

	privilege_protect();
	return rc;
}

static void enter(const struct opt_common *common, unsigned int needs, const char *replaced)
{
	struct sandbox done;
	char text[256];

	if (common->no_sandbox)
		return;
	sandbox_enter(&done, needs, replaced);
	if (!common->verbose)
		return;
	sandbox_describe(text, sizeof(text), &done);
	run_complain("sandbox: %s", text);
}

void setup_sandbox(const struct opt_common *common, unsigned int needs)
{
	enter(common, needs, NULL);
}

int setup_confine(const struct opt_tests *tests, const struct opt_common *common,
		  unsigned int needs, char *err, size_t err_size)
{
	int rc = tests->keep_privileges ? 0 : privilege_drop(err, err_size);

	if (!rc)
		enter(common, needs, NULL);
	return rc;
}

int setup_confine_guest(const struct trace_options *options, const struct run_place *place,
			unsigned int needs, char *err, size_t err_size)
{
	const struct run_guest none = {0}, *guest = place->guest ? place->guest : &none;
	int rc = options->tests.keep_privileges ? 0 : privilege_drop(err, err_size);

	if (!rc)
		enter(&options->common, needs | guest->needs, guest->replaced);
	return rc;
}
