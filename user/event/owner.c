// SPDX-License-Identifier: BSD-2-Clause
#include "event/owner.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/value.h"

#define CGROUP_MOUNT "/sys/fs/cgroup"

bool owner_restricts(const struct owner_filter *f)
{
	return f->pid_count || f->comm_count || f->cgroup;
}

static bool has_pid(const struct owner_filter *f, uint32_t pid)
{
	for (unsigned int i = 0; i < f->pid_count; i++) {
		if (f->pids[i] == pid)
			return true;
	}
	return !f->pid_count;
}

static bool has_comm(const struct owner_filter *f, const char *comm)
{
	for (unsigned int i = 0; comm && i < f->comm_count; i++) {
		if (!strcmp(f->comms[i], comm))
			return true;
	}
	return !f->comm_count;
}

bool owner_wanted(const struct owner_filter *f, uint32_t pid, const char *comm)
{
	return has_pid(f, pid) && has_comm(f, comm) &&
	       (!f->cgroup || (pid && f->in_cgroup && f->in_cgroup(f->cgroup, pid)));
}

int owner_add_pids(struct owner_filter *f, const char *text, char *err, size_t err_size)
{
	struct owner_filter added = *f;

	if (*text && value_list_whole(text, err, err_size))
		return -EINVAL;
	for (;;) {
		const char *end;
		uint64_t pid;

		if (value_digits(text, &pid, &end) || !pid || pid > INT32_MAX ||
		    (*end && *end != ',')) {
			snprintf(err, err_size,
				 "'%.40s' is no process: give its number, as in 4711", text);
			return -EINVAL;
		}
		if (added.pid_count == OWNERS_MAX) {
			snprintf(err, err_size, "more than %d processes: use --comm or --cgroup",
				 OWNERS_MAX);
			return -EINVAL;
		}
		added.pids[added.pid_count++] = (uint32_t)pid;
		if (!*end)
			break;
		text = end + 1;
	}
	*f = added;
	return 0;
}

int owner_add_comm(struct owner_filter *f, const char *comm, char *err, size_t err_size)
{
	if (!*comm || strlen(comm) > 15) {
		snprintf(err, err_size,
			 "'%.40s' is no name of a process: the kernel keeps 15 bytes of it, see "
			 "/proc/PID/comm",
			 comm);
		return -EINVAL;
	}
	if (f->comm_count == OWNERS_MAX) {
		snprintf(err, err_size, "more than %d names: use --cgroup", OWNERS_MAX);
		return -EINVAL;
	}
	f->comms[f->comm_count++] = comm;
	return 0;
}

/* path: len bytes of one line, behind its second colon. */
static bool path_matches(const char *path, size_t len, const char *wanted)
{
	size_t n = strlen(wanted);

	if (*wanted == '/') {
		while (n && wanted[n - 1] == '/')
			n--;
		return len >= n && !memcmp(path, wanted, n) && (len == n || path[n] == '/');
	}
	for (size_t at = 0; at + n < len; at++) {
		if (path[at] == '/' && !memcmp(path + at + 1, wanted, n) &&
		    (at + 1 + n == len || path[at + 1 + n] == '/'))
			return true;
	}
	return false;
}

bool owner_cgroup_matches(const char *text, const char *wanted)
{
	if (!strncmp(wanted, CGROUP_MOUNT "/", sizeof(CGROUP_MOUNT)))
		wanted += sizeof(CGROUP_MOUNT) - 1;
	while (*text) {
		size_t len = strcspn(text, "\n");
		const char *path = memchr(text, ':', len);

		path = path ? memchr(path + 1, ':', len - (size_t)(path + 1 - text)) : NULL;
		if (path && path_matches(path + 1, len - (size_t)(path + 1 - text), wanted))
			return true;
		text += len + (text[len] == '\n');
	}
	return false;
}
