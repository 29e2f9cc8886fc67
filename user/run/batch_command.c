// SPDX-License-Identifier: BSD-2-Clause
#include "run/batch_command.h"

#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NODE_NAME 64

static void name_batch(const struct spool_batch *batch)
{
	char host[NODE_NAME + 1] = "", name[NODE_NAME + 32];

	gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%s-%" PRIu64, host, batch->number);
	setenv("SOCKSTATE_BATCH", name, 1);
}

int batch_command(pid_t *pid, char *const *argv, const struct spool_batch *batch, int input)
{
	static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t usual;
	int rc;

	name_batch(batch);
	sigemptyset(&usual);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&usual, ours[i]);
	rc = posix_spawn_file_actions_init(&files);
	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	rc = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}
