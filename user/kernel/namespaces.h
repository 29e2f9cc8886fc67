/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * namespaces.h - the network namespaces of this machine, with a NETLINK_SOCK_DIAG socket in each
 * that could be entered. What is found, and what is not: sockdiag_open().
 */
#ifndef SOCKSTATE_NAMESPACES_H
#define SOCKSTATE_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct namespace
{
	uint32_t inode;
	int fd; /* netlink socket */
};

struct namespaces {
	struct namespace *list; /* [0] is our own */
	size_t count, room;
	size_t refused;	 /* namespaces that could not be entered */
	int refused_err; /* why the last of them; a positive errno */
	bool own_only;	 /* without CAP_SYS_ADMIN: others were not looked for */
};

/* Returns 0 or a negative errno; then nothing is open. */
int namespaces_open(struct namespaces *n);
/* For zeroed ones too. */
void namespaces_close(struct namespaces *n);
void namespaces_keep_own(struct namespaces *n);

#endif
