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
 * Gives up every capability and, where we are root, the user id (to SUDO_UID, else nobody);
 * no_new_privs.
 */
int privilege_drop(char *err, size_t err_size);

#endif
