// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/namespaces.h"
#include "kernel/privilege.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* Of a read from a netlink socket. */
#define TIMEOUT_S 10

/* Adds the namespace that the calling thread is in. */
static int add_current(struct namespaces *n, uint32_t inode)
{
	struct timeval timeout = {.tv_sec = TIMEOUT_S};
	int fd;

	if (n->count == n->room) {
		size_t room = n->room ? n->room * 2 : 8;
		struct namespace *ns = realloc(n->list, room * sizeof(*ns));

		if (!ns)
			return -ENOMEM;
		n->list = ns;
		n->room = room;
	}
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0)
		return -errno;
	/*
	 * The kernel answers within the reader's own system call. The limit only keeps a kernel bug
	 * from blocking for ever.
	 */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	n->list[n->count++] = (struct namespace){.inode = inode, .fd = fd};
	return 0;
}

static void refuse(struct namespaces *n, int err)
{
	n->refused++;
	n->refused_err = err;
}

/*
 * Enters the namespace that path names, unless it is known already. A namespace that cannot be
 * entered is counted. The only error is a failure to return to the own namespace.
 */
static int add_path(struct namespaces *n, const char *path, int own_fd, uint32_t **seen,
		    size_t *seen_count)
{
	uint32_t *list, inode;
	struct stat st;
	int fd, err;

	if (stat(path, &st))
		return 0; /* the process has gone */
	inode = (uint32_t)st.st_ino;
	for (size_t i = *seen_count; i-- > 0;) /* mostly the last one again */
		if ((*seen)[i] == inode)
			return 0;
	list = realloc(*seen, (*seen_count + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	*seen = list;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT && errno != ESRCH) {
			list[(*seen_count)++] = inode;
			refuse(n, errno);
		}
		return 0;
	}
	/* The process may have moved between stat() and open(). */
	if (fstat(fd, &st) || (uint32_t)st.st_ino != inode) {
		close(fd);
		return 0;
	}
	list[(*seen_count)++] = inode;
	if (setns(fd, CLONE_NEWNET)) {
		refuse(n, errno);
		close(fd);
		return 0;
	}
	close(fd);
	err = add_current(n, inode);
	if (setns(own_fd, CLONE_NEWNET))
		/* The caller's thread is still in a foreign namespace, so it must not go on. */
		return -errno;
	if (err == -ENOMEM)
		return err;
	if (err)
		refuse(n, -err);
	return 0;
}

static bool is_number(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

static int add_processes(struct namespaces *n, int own_fd, uint32_t **seen, size_t *seen_count)
{
	DIR *dir = opendir("/proc");
	const struct dirent *d;
	char path[64];
	int err = 0;

	if (!dir)
		return 0;
	while (!err && (d = readdir(dir))) {
		if (!is_number(d->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", d->d_name);
		err = add_path(n, path, own_fd, seen, seen_count);
	}
	closedir(dir);
	return err;
}

/* "\040" and the like, as the kernel writes blanks into /proc/self/mountinfo. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* Namespaces mounted on a file: /run/netns of ip-netns(8), /run/docker/netns, ... */
static int add_mounts(struct namespaces *n, int own_fd, uint32_t **seen, size_t *seen_count)
{
	FILE *in = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *save, *root, *point;
	size_t size = 0;
	int err = 0;

	if (!in)
		return 0;
	while (!err && getline(&line, &size, in) > 0) {
		/* id parent major:minor root mountpoint ... */
		if (!strtok_r(line, " ", &save) || !strtok_r(NULL, " ", &save) ||
		    !strtok_r(NULL, " ", &save))
			continue;
		root = strtok_r(NULL, " ", &save);
		point = strtok_r(NULL, " ", &save);
		if (!root || !point || strncmp(root, "net:[", 5) != 0)
			continue;
		unescape(point);
		err = add_path(n, point, own_fd, seen, seen_count);
	}
	free(line);
	fclose(in);
	return err;
}

/* Our own first, then those of processes, then those that are mounted on a file. */
static int find(struct namespaces *n, int own_fd, uint32_t own, uint32_t **seen)
{
	size_t seen_count = 0;
	int err = add_current(n, own);

	if (err)
		return err;
	n->own_only = !privilege_has(CAP_SYS_ADMIN);
	if (n->own_only)
		return 0;
	*seen = malloc(sizeof(**seen));
	if (!*seen)
		return -ENOMEM;
	(*seen)[seen_count++] = own;
	err = add_processes(n, own_fd, seen, &seen_count);
	return err ? err : add_mounts(n, own_fd, seen, &seen_count);
}

int namespaces_open(struct namespaces *n)
{
	int own_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	uint32_t *seen = NULL;
	struct stat st;
	int err;

	*n = (struct namespaces){0};
	if (own_fd < 0 || fstat(own_fd, &st))
		err = -errno;
	else
		err = find(n, own_fd, (uint32_t)st.st_ino, &seen);
	free(seen);
	if (own_fd >= 0)
		close(own_fd);
	if (err)
		namespaces_close(n);
	return err;
}

void namespaces_close(struct namespaces *n)
{
	for (size_t i = 0; i < n->count; i++)
		close(n->list[i].fd);
	free(n->list);
	*n = (struct namespaces){0};
}

void namespaces_keep_own(struct namespaces *n)
{
	while (n->count > 1)
		close(n->list[--n->count].fd);
}
