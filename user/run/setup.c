// SPDX-License-Identifier: BSD-2-Clause
#include "run/setup.h"

#include <unistd.h>

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

static void enter(const struct opt_common *common, unsigned int needs,
		  const struct sandbox_dirs *dirs)
{
	struct sandbox done = {0};
	char text[256];

	if (!common->no_sandbox)
		sandbox_enter(&done, needs, dirs);
	if (!done.landlock && needs & SANDBOX_WRITTEN && !geteuid())
		run_complain("Landlock is not there: this run keeps root's user, and can write "
			     "root's files; an ordinary user with CAP_BPF and CAP_PERFMON cannot");
	if (common->no_sandbox || !common->verbose)
		return;
	sandbox_describe(text, sizeof(text), &done);
	run_complain("sandbox: %s", text);
}

void setup_sandbox(const struct opt_common *common, unsigned int needs)
{
	enter(common, needs, NULL);
}

static int confine(const struct opt_tests *tests, const struct opt_common *common,
		   unsigned int needs, const char *replaced, const char *const *written, char *err,
		   size_t err_size)
{
	struct sandbox_dirs dirs = {.replaced = replaced};
	size_t count = 0;
	int rc;

	for (size_t i = 0; written && i < SANDBOX_DIRS; i++) {
		if (written[i])
			dirs.written[count++] = written[i];
	}
	rc = tests->keep_privileges ? 0 : privilege_drop(count, err, err_size);
	if (!rc)
		enter(common, needs | (count ? SANDBOX_WRITTEN : 0), &dirs);
	return rc;
}

int setup_confine(const struct opt_tests *tests, const struct opt_common *common,
		  unsigned int needs, char *err, size_t err_size)
{
	return confine(tests, common, needs, NULL, NULL, err, err_size);
}

int setup_confine_writing(const struct opt_tests *tests, const struct opt_common *common,
			  unsigned int needs, const char *const dirs[SANDBOX_DIRS], char *err,
			  size_t err_size)
{
	return confine(tests, common, needs, NULL, dirs, err, err_size);
}

int setup_confine_guest(const struct trace_options *options, const struct run_place *place,
			unsigned int needs, char *err, size_t err_size)
{
	const struct run_guest none = {0}, *guest = place->guest ? place->guest : &none;

	return confine(&options->tests, &options->common, needs | guest->needs, guest->replaced,
		       guest->written, err, err_size);
}
