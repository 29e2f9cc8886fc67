/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox.h - what this process may still do once everything is open and attached: the system calls
 * of a list (seccomp) and no files (Landlock). A call that is not in the list ends the process with
 * SIGSYS.
 *
 *	struct sandbox done;
 *	sandbox_enter(&done, SANDBOX_RINGS | SANDBOX_NETLINK, NULL);
 */
#ifndef SOCKSTATE_SANDBOX_H
#define SOCKSTATE_SANDBOX_H

#include <stddef.h>

/*
 * What a run needs beside memory, time, and reading and writing what is open. A run that reads a
 * recording needs nothing.
 */
enum sandbox_need {
	SANDBOX_RINGS = 1 << 0,	  /* waiting for the rings; reading maps and counters of programs */
	SANDBOX_COUNTS = 1 << 1,  /* reading maps in batches, and removing their entries */
	SANDBOX_WALKS = 1 << 2,	  /* iterators that are attached */
	SANDBOX_NETLINK = 1 << 3, /* sockets of sock_diag that are open */
	SANDBOX_CHILD = 1 << 4,	  /* waiting for a process */
	SANDBOX_CGROUPS = 1 << 5, /* /proc/PID/cgroup, and what else everybody may read in /proc */
	/*
	 * Links in /proc/PID/fd: the owners of sockets, where the kernel refuses the walk over open
	 * files. Landlock would forbid them (hook_ptrace_access_check()) and is left out.
	 */
	SANDBOX_OWNERS = 1 << 6,
	SANDBOX_HTTP = 1 << 7, /* connections of a socket that listens already */
	/* A full screen of ncurses: modes of the terminal, its description, a thread, signals */
	SANDBOX_TERMINAL = 1 << 8,
	SANDBOX_REPLACE = 1 << 9, /* renaming and removing files */
	SANDBOX_CREATE = 1 << 10, /* out_create_new() in the working directory and /tmp */
	/* Making files as out_create_new() does, renaming and removing them */
	SANDBOX_WRITTEN = 1 << 11,
	/*
	 * Names of hosts, TLS and connections, as libcurl and what it loads make them: files of the
	 * system are read. What is not in the list fails with EPERM and does not end the process,
	 * for those libraries are not ours, and this process has nothing but what it sends.
	 */
	SANDBOX_SENDS = 1 << 12,
	SANDBOX_KEEPS = 1 << 13, /* with SANDBOX_SENDS, no Landlock: starting those that send */
};

#define SANDBOX_DIRS 2

/* Directories, for the needs of the same name. */
struct sandbox_dirs {
	const char *replaced;
	const char *written[SANDBOX_DIRS + 1]; /* up to a NULL */
	const char *certificates;	       /* SANDBOX_SENDS: a file besides; NULL: none */
};

struct sandbox {
	unsigned int calls; /* rules of the list; 0: every call is allowed */
	int landlock;	    /* the version of its interface; 0: files can be opened */
	char why_calls[64]; /* why every call is allowed */
	char why_files[64]; /* why files can be opened */
};

/*
 * For the rest of this process and of those that it starts. What this kernel or this build lacks is
 * left out, and told in *done. dirs: NULL: none.
 */
void sandbox_enter(struct sandbox *done, unsigned int needs, const struct sandbox_dirs *dirs);
/* In a few words, for people. */
void sandbox_describe(char *text, size_t size, const struct sandbox *done);

#endif
