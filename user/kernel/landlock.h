/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * landlock.h - no file can be opened, made or removed any more, and no TCP port bound or connected
 * to. What is open stays usable.
 */
#ifndef SOCKSTATE_LANDLOCK_H
#define SOCKSTATE_LANDLOCK_H

#include <stdbool.h>

/* What is excepted. Lists end with NULL; each may be NULL. */
struct landlock_exceptions {
	const char *const *readable; /* directories below which files can still be read, or files */
	const char *replaced;	     /* a directory in which files can be renamed and removed */
	const char *const *created;  /* directories in which new files can be made */
	const char *const *written;  /* in which files can be made, renamed and removed */
	bool connects;		     /* TCP ports can be connected to */
};

/*
 * Wants no_new_privs. Returns the version of the kernel's Landlock, or a negative errno: -ENOSYS or
 * -EOPNOTSUPP where it has none.
 */
int landlock_enter(const struct landlock_exceptions *e);

#endif
