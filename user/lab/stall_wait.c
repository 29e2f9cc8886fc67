// SPDX-License-Identifier: BSD-2-Clause
/* What the stalls of the server share: how to wait for their end. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "lab/stall.h"

struct timespec stall_rest(uint64_t end)
{
	uint64_t now = lab_now_ns();
	uint64_t left = end == LAB_NEVER ? LAB_MS_MAX * NS_MS : end > now ? end - now : 0;

	return (struct timespec){.tv_sec = (time_t)(left / NS_S), .tv_nsec = (long)(left % NS_S)};
}

void stall_wait(uint64_t end)
{
	struct timespec left = stall_rest(end);

	nanosleep(&left, NULL);
}

pid_t stall_helper(void)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

/* A signal waits that a process which does not run cannot take. */
static bool asked_to_end(pid_t pid)
{
	const unsigned long long ends =
		1ULL << (SIGINT - 1) | 1ULL << (SIGTERM - 1) | 1ULL << (SIGKILL - 1);
	unsigned long long pending = 0;
	char line[128];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)pid);
	file = fopen(line, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "ShdPnd: %llx", &pending) == 1)
			break;
	}
	if (file)
		fclose(file);
	return pending & ends;
}

/* In a child, while its parent does not run. */
void stall_beside(const struct stall *s, pid_t parent)
{
	while (lab_now_ns() < s->end && getppid() == parent && !asked_to_end(parent)) {
		uint64_t next = lab_now_ns() + STALL_POLL_MS * NS_MS;

		stall_wait(next < s->end ? next : s->end);
	}
}
