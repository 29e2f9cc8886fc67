/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * owner.h - whose sockets are asked for: by process, by name, by cgroup. Pure.
 *
 * Values of one kind are alternatives; of several kinds all must hold.
 */
#ifndef SOCKSTATE_OWNER_H
#define SOCKSTATE_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OWNERS_MAX 16

struct owner_filter {
	uint32_t pids[OWNERS_MAX];
	const char *comms[OWNERS_MAX]; /* borrowed */
	unsigned int pid_count, comm_count;
	const char *cgroup; /* a path or a unit, borrowed; NULL: any */
	/* Whether the process is in that cgroup now. NULL: nobody can tell, so none is. */
	bool (*in_cgroup)(const char *cgroup, uint32_t pid);
};

bool owner_restricts(const struct owner_filter *f);
/* pid 0 or comm NULL: not known, which matches nothing. */
bool owner_wanted(const struct owner_filter *f, uint32_t pid, const char *comm);
/* "100,200" added to f. Returns 0, or -EINVAL with one line in err; then f is untouched. */
int owner_add_pids(struct owner_filter *f, const char *text, char *err, size_t err_size);
int owner_add_comm(struct owner_filter *f, const char *comm, char *err, size_t err_size);
/*
 * text: /proc/PID/cgroup. wanted: "/system.slice", with or without /sys/fs/cgroup before it, which
 * stands for all below it too; or a part of the path, "nginx.service".
 */
bool owner_cgroup_matches(const char *text, const char *wanted);

#endif
