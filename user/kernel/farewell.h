/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * farewell.h - detaching without waiting for it.
 *
 * The last close of a tracepoint's link waits for every CPU to have left the program
 * (tracepoint_synchronize_unregister()): some 70 ms each, one after the other, while the shell
 * waits for this process. Descriptors that are on their way through a socket which nobody can read
 * any more are closed by a thread of the kernel (net/unix/garbage.c; since Linux 6.10, before that
 * by who closes the socket). So a copy of each is sent to a socket that is on its way itself: when
 * this process ends, in whatever way, its own close is never the last one. The sender is closed
 * after the receiver, for descriptors are closed in their order, and that has the kernel look.
 */
#ifndef SOCKSTATE_FAREWELL_H
#define SOCKSTATE_FAREWELL_H

#include <stddef.h>

/* As many as farewell_open() takes: SCM_MAX_FD of the kernel is 253, one is its own. */
#define FAREWELL_MAX 252

/* Negative: there is none. */
struct farewell {
	int receiver, sender;
};

/*
 * Keeps copies of the descriptors until farewell_close(), or the end of the process, and for the
 * moment longer that the kernel takes. Negative errno: they are closed as any other.
 */
int farewell_open(struct farewell *f, const int *fds, size_t count);
void farewell_close(struct farewell *f);

#endif
