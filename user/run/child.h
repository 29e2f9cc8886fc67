/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - a command that runs while sockstate traces. It is started when tracing has begun, and
 * stopped when tracing ends.
 *
 * A supervisor process is forked before privileges are given up. It keeps the right to signal the
 * command; sockstate itself gives that right up. If sockstate dies, the supervisor ends the
 * command.
 *
 *	child_prepare(&child, argv, user, stdout_to_stderr, err, sizeof(err));
 *	... attach, give up privileges ...
 *	child_start(child);
 *	while (!child_ended(child)) ...
 *	status = child_stop(child, SIGTERM);
 */
#ifndef SOCKSTATE_CHILD_H
#define SOCKSTATE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

struct child;

/*
 * user: the command runs as this user. NULL: as the user who called sudo; without sudo, as the user
 * of sockstate. Returns 0, or a negative errno with one line in err.
 */
int child_prepare(struct child **out, char *const *argv, const char *user, bool stdout_to_stderr,
		  char *err, size_t err_size);
/* Returns 0, or a negative errno if the command could not be executed. */
int child_start(struct child *child);
/* Whether the command has ended; does not wait. */
bool child_ended(struct child *child);
/*
 * Sends the signal to the command if it still runs, and kills it if it has not ended after
 * CHILD_GRACE_MS. Returns its exit status as a shell does: 128 + n after signal n.
 */
int child_stop(struct child *child, int signal);
/* Frees the child. If the command still runs, the supervisor ends it. NULL is fine. */
void child_free(struct child *child);

#define CHILD_GRACE_MS 5000

#endif
