// SPDX-License-Identifier: BSD-2-Clause
/*
 * For why_bounds.t: ROUNDS looks of one source at a listener of this process, each while CHILDREN
 * new processes hold it, too. Prints how many processes the looks had no room for, in all.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/why_source.h"

static int count(void *ctx, const void *bytes, size_t size)
{
	(void)bytes, (void)size;
	++*(unsigned long *)ctx;
	return 0;
}

static int die(const char *what, const char *why)
{
	fprintf(stderr, "why_marks: %s: %s\n", what, why);
	return 1;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 0, children = argc > 2 ? atoi(argv[2]) : 0;
	struct sockaddr_in any = {.sin_family = AF_INET};
	struct kernel_options options = {0};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	unsigned long records = 0, lost = 0;
	socklen_t size = sizeof(any);
	struct why_source *source;
	char err[256];

	if (listener < 0 || bind(listener, (struct sockaddr *)&any, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&any, &size))
		return die("listener", strerror(errno));
	filter_init(&options.filter);
	if (why_source_open(&source, &options, err, sizeof(err)))
		return die("cannot look", err);
	for (int i = 0; i < rounds; i++) {
		pid_t group = 0;
		int rc;

		for (int k = 0; k < children; k++) {
			pid_t pid = fork();

			if (!pid) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				pause();
				_exit(0);
			}
			if (pid < 0)
				return die("fork", strerror(errno));
			setpgid(pid, group);
			group = group ? group : pid;
		}
		rc = why_source_look(source, 0, ntohs(any.sin_port), false, count, &records);
		if (rc)
			return die("look", strerror(-rc));
		lost += why_source_seen(source).marks_lost;
		kill(-group, SIGKILL);
		while (wait(NULL) > 0)
			;
	}
	why_source_free(source);
	printf("%lu lost, %s records\n", lost, records ? "some" : "no");
	return 0;
}
