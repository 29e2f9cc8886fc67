/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * landlock.h - no file can be opened, made or removed any more, and no TCP port bound or connected
 * to. What is open stays usable.
 */
#ifndef SOCKSTATE_LANDLOCK_H
#define SOCKSTATE_LANDLOCK_H

/*
 * What is excepted. readable: directories below which files can still be read; replaced: a
 * directory in which files can still be renamed and removed; created: directories in which new
 * files can still be made. Lists end with NULL; each may be NULL. Wants no_new_privs. Returns the
 * version of the kernel's Landlock, or a negative errno: -ENOSYS or -EOPNOTSUPP where it has none.
 */
int landlock_enter(const char *const *readable, const char *replaced, const char *const *created);

#endif
