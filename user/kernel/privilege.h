/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privilege.h - what this process may do, and how it gives that up.
 */
#ifndef SOCKSTATE_PRIVILEGE_H
#define SOCKSTATE_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * 0 if this process may load and attach tracing programs, else -EPERM with the missing capability
 * and the remedy in err.
 */
int privilege_check(char *err, size_t err_size);
/* Whether we have it, and it counts. */
bool privilege_has(unsigned int capability);
/*
 * Keeps other processes of the same user out of this one: no ptrace(), no pidfd_getfd(), nothing of
 * /proc/PID/mem, no core dump (prctl(2), PR_SET_DUMPABLE). To be called before any map exists.
 */
void privilege_protect(void);
/*
 * Gives up every capability, also for whatever is executed later, and, where we are root and may,
 * the user id (to SUDO_UID, else nobody); no_new_privs. keep_user: files are still to be made, so
 * the user stays, and without capabilities is one like others.
 */
int privilege_drop(bool keep_user, char *err, size_t err_size);

#endif
