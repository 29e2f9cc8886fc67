// SPDX-License-Identifier: BSD-2-Clause
#include "run/notice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* ---- whose sockets ---- */

/* The inode of the initial pid namespace (PROC_PID_INIT_INO), whose numbers --pid takes. */
#define INITIAL_PIDS 0xEFFFFFFCU

/* In a namespace of our own, processes have other numbers, and /proc has not all of them. */
static bool sees_all_processes(void)
{
	struct stat ns;

	return !stat("/proc/self/ns/pid", &ns) && ns.st_ino == INITIAL_PIDS;
}

bool notice_pid_gone(uint32_t pid)
{
	return sees_all_processes() && (pid > INT_MAX || (kill((pid_t)pid, 0) && errno == ESRCH));
}

static void read_comm(uint32_t pid, char comm[32])
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, comm, 31);
	comm[n > 0 ? n : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* Whether some process is one of those; also if nobody can tell. */
static bool some_process(const struct owner_filter *wanted)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool found = !proc || !sees_all_processes();
	char comm[32];

	while (!found && (entry = readdir(proc))) {
		uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);

		if (!pid)
			continue;
		read_comm(pid, comm);
		found = owner_wanted(wanted, pid, comm);
	}
	if (proc)
		closedir(proc);
	return found;
}

void notice_owner(const struct owner_filter *owner, const char *more)
{
	const struct owner_filter in_cgroup = {.cgroup = owner->cgroup,
					       .in_cgroup = owner->in_cgroup};

	for (unsigned int i = 0; i < owner->pid_count; i++)
		if (notice_pid_gone(owner->pids[i]))
			run_complain("no process %u%s", owner->pids[i], more);
	for (unsigned int i = 0; i < owner->comm_count; i++) {
		const struct owner_filter called = {.comms = {owner->comms[i]}, .comm_count = 1};

		if (!some_process(&called))
			run_complain("no process is called '%s'%s", owner->comms[i], more);
	}
	if (owner->cgroup && !some_process(&in_cgroup))
		run_complain("no process in the cgroup '%s'%s", owner->cgroup, more);
}
