/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * landlock.h - no file can be opened, made or removed any more, and no TCP port bound or connected
 * to. What is open stays usable.
 */
#ifndef SOCKSTATE_LANDLOCK_H
#define SOCKSTATE_LANDLOCK_H

/*
 * readable: a directory below which files can still be read; NULL: none. Wants no_new_privs.
 * Returns the version of the kernel's Landlock, or a negative errno: -ENOSYS or -EOPNOTSUPP where
 * it has none.
 */
int landlock_enter(const char *readable);

#endif
