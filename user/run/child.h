/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - a command that runs while sockstate traces: started when tracing has begun, stopped
 * with it.
 *
 * A supervisor process is forked before privileges are given up. It keeps the rights to signal the
 * command, which sockstate then has no longer. Should sockstate die, the supervisor ends the
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
 * user: whose rights the command gets; NULL: of whom sudo was called by, else ours. Returns 0, or a
 * negative errno with one line in err.
 */
int child_prepare(struct child **out, char *const *argv, const char *user, bool stdout_to_stderr,
		  char *err, size_t err_size);
/* 0, or a negative errno: it could not be executed. */
int child_start(struct child *child);
/* Whether the command has ended; does not wait. */
bool child_ended(struct child *child);
/*
 * Passes the signal on to a command that still runs. One that has not ended after CHILD_GRACE_MS is
 * killed. Returns its exit status as a shell tells it: 128 + n after signal n.
 */
int child_stop(struct child *child, int signal);
/* Frees; a command that still runs is ended by the supervisor. NULL is fine. */
void child_free(struct child *child);

#define CHILD_GRACE_MS 5000

#endif
