// SPDX-License-Identifier: BSD-2-Clause
#include "event/owner.h"

#include <errno.h>

#include "tap.h"

static bool in_seven(const char *cgroup, uint32_t pid)
{
	return !strcmp(cgroup, "x.service") && pid == 7;
}

static void test_wanted(void)
{
	struct owner_filter f = {0};
	char err[200];

	ok(!owner_restricts(&f) && owner_wanted(&f, 0, NULL), "nothing asked for: all pass");
	ok(!owner_add_pids(&f, "7,8", err, sizeof(err)) && owner_restricts(&f), "two processes");
	ok(owner_wanted(&f, 8, NULL) && !owner_wanted(&f, 9, "x") && !owner_wanted(&f, 0, NULL),
	   "an owner that is not known is not it");
	ok(!owner_add_comm(&f, "nginx", err, sizeof(err)), "and a name");
	ok(owner_wanted(&f, 7, "nginx") && !owner_wanted(&f, 7, "redis") &&
		   !owner_wanted(&f, 9, "nginx") && !owner_wanted(&f, 7, NULL),
	   "both must hold");
	f = (struct owner_filter){.cgroup = "x.service"};
	ok(owner_restricts(&f) && !owner_wanted(&f, 7, "x"), "a cgroup that nobody can look up");
	f.in_cgroup = in_seven;
	ok(owner_wanted(&f, 7, "x") && !owner_wanted(&f, 8, "x") && !owner_wanted(&f, 0, "x"),
	   "a cgroup");
}

static void test_bad(void)
{
	struct owner_filter f = {0};
	char err[200];

	ok(owner_add_pids(&f, "4711,nginx", err, sizeof(err)) == -EINVAL && !f.pid_count,
	   "no number");
	is_str(err, "'nginx' is no process: give its number, as in 4711", "  is named");
	ok(owner_add_pids(&f, "0", err, sizeof(err)) == -EINVAL &&
		   owner_add_pids(&f, "", err, sizeof(err)) == -EINVAL &&
		   owner_add_pids(&f, "1,", err, sizeof(err)) == -EINVAL,
	   "0, nothing, an empty part");
	ok(owner_add_comm(&f, "sixteen-bytes-xx", err, sizeof(err)) == -EINVAL &&
		   owner_add_comm(&f, "", err, sizeof(err)) == -EINVAL && !f.comm_count,
	   "a name that no process can have");
}

static void test_cgroup(void)
{
	const char *v2 = "0::/system.slice/nginx.service/worker\n";
	const char *v1 = "12:cpu,cpuacct:/kubepods/pod1\n0::/\n";

	ok(owner_cgroup_matches(v2, "/system.slice/nginx.service") &&
		   owner_cgroup_matches(v2, "/system.slice/") &&
		   owner_cgroup_matches(v2, "/sys/fs/cgroup/system.slice") &&
		   owner_cgroup_matches(v2, "/"),
	   "a path stands for all below it");
	ok(!owner_cgroup_matches(v2, "/system.slice/nginx") &&
		   !owner_cgroup_matches(v2, "/nginx.service"),
	   "whole parts, from the root on");
	ok(owner_cgroup_matches(v2, "nginx.service") && owner_cgroup_matches(v2, "worker") &&
		   !owner_cgroup_matches(v2, "nginx") && !owner_cgroup_matches(v2, "orker"),
	   "a unit is one part");
	ok(owner_cgroup_matches(v1, "/kubepods") && owner_cgroup_matches(v1, "pod1") &&
		   !owner_cgroup_matches(v1, "pod2"),
	   "any hierarchy of cgroup v1");
	ok(!owner_cgroup_matches("", "/") && !owner_cgroup_matches("0:\n", "x"),
	   "no cgroup at all");
}

int main(void)
{
	test_wanted();
	test_bad();
	test_cgroup();
	return done();
}
