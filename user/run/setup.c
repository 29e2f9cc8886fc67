// SPDX-License-Identifier: BSD-2-Clause
#include "run/setup.h"
#include "kernel/privilege.h"

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

int setup_drop_rights(const struct opt_tests *tests, char *err, size_t err_size)
{
	return tests->keep_privileges ? 0 : privilege_drop(err, err_size);
}
