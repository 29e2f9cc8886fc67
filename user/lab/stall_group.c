// SPDX-License-Identifier: BSD-2-Clause
/*
 * The stalls of the server by a cgroup of its own: a CPU quota, memory.high, the freezer. The
 * cgroup is made below the root of the hierarchy, and a child removes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/stall.h"

#define HIGH_BYTES  (8UL << 20)
#define TOUCH_BYTES (128UL << 20)
#define TRIES	    100 /* to remove the cgroup of a process that is about to end */

struct group {
	char root[PATH_MAX], dir[PATH_MAX];
};

static int group_write(const char *dir, const char *file, const char *text)
{
	char path[PATH_MAX + NAME_MAX];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

static int group_move(const char *dir, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	return group_write(dir, "cgroup.procs", text);
}

static bool group_has(const char *dir, const char *file)
{
	char path[PATH_MAX + NAME_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return !access(path, W_OK);
}

/* In the first hierarchy whose cgroups have this file. */
static int group_make(struct group *g, const char *file)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	int rc = -EOPNOTSUPP;

	while (mounts && rc && (m = getmntent(mounts))) {
		if (strcmp(m->mnt_type, "cgroup2") && strcmp(m->mnt_type, "cgroup"))
			continue;
		if (snprintf(g->dir, sizeof(g->dir), "%s/sockstate-lab-%d", m->mnt_dir,
			     (int)getpid()) >= (int)sizeof(g->dir))
			continue;
		snprintf(g->root, sizeof(g->root), "%s", m->mnt_dir);
		if (mkdir(g->dir, 0755))
			continue;
		if (group_has(g->dir, file))
			rc = 0;
		else
			rmdir(g->dir);
	}
	if (mounts)
		endmntent(mounts);
	return rc;
}

/* A child, which Ctrl-C must not end before it has removed the cgroup. */
static void group_watch(const struct stall *s, const struct group *g, pid_t parent)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	close(s->listener);
	stall_beside(s, parent);
	group_write(g->dir, "cgroup.freeze", "0");
	group_write(g->dir, "freezer.state", "THAWED");
	group_move(g->root, parent);
	for (int i = 0; i < TRIES && rmdir(g->dir) && errno == EBUSY; i++)
		stall_wait(lab_now_ns() + STALL_POLL_MS * NS_MS);
	_exit(0);
}

/* Returns the child that removes the cgroup, or a negative errno. */
static pid_t group_enter(const struct stall *s, const struct group *g)
{
	pid_t parent = getpid(), pid = fork();
	int rc;

	if (pid < 0) {
		rc = -errno;
		rmdir(g->dir);
		return rc;
	}
	if (!pid)
		group_watch(s, g, parent);
	rc = group_move(g->dir, parent);
	return rc ? rc : pid;
}

static int refused(const struct stall *s, const char *file)
{
	lab_say_always(s->say,
		       "no cgroup with %s can be made here: it needs root, and in cgroup v2 "
		       "the controller in cgroup.subtree_control",
		       file);
	return -EOPNOTSUPP;
}

int stall_quota(struct stall *s)
{
	struct group g;
	int v2 = !group_make(&g, "cpu.max"), rc;

	if (!v2 && group_make(&g, "cpu.cfs_quota_us"))
		return refused(s, "cpu.max");
	rc = v2 ? group_write(g.dir, "cpu.max", "3000 100000")
		: group_write(g.dir, "cpu.cfs_quota_us", "3000");
	if (!rc)
		rc = group_enter(s, &g);
	if (rc < 0)
		return rc;
	lab_say(s->say, "computes  with 3 %% of a CPU, by %s", g.dir);
	while (lab_now_ns() < s->end)
		;
	return waitpid(rc, NULL, 0) < 0 ? -errno : 0;
}

/* More than memory.high allows: each new page is paid for with a sleep. */
int stall_memory(struct stall *s)
{
	char high[24], *pages;
	struct group g;
	int rc;

	if (group_make(&g, "memory.high"))
		return refused(s, "memory.high");
	snprintf(high, sizeof(high), "%lu", HIGH_BYTES);
	rc = group_write(g.dir, "memory.high", high);
	if (!rc)
		rc = group_enter(s, &g);
	if (rc < 0)
		return rc;
	pages = mmap(NULL, TOUCH_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return -errno;
	lab_say(s->say, "wants %lu MiB  of %lu, by %s", TOUCH_BYTES >> 20, HIGH_BYTES >> 20, g.dir);
	for (size_t at = 0; lab_now_ns() < s->end; at += 4096) {
		if (at == TOUCH_BYTES) {
			madvise(pages, TOUCH_BYTES, MADV_DONTNEED);
			at = 0;
		}
		pages[at] = 1;
	}
	munmap(pages, TOUCH_BYTES);
	return waitpid(rc, NULL, 0) < 0 ? -errno : 0;
}

int stall_freeze(struct stall *s)
{
	struct group g;
	int v2 = !group_make(&g, "cgroup.freeze"), rc;

	if (!v2 && group_make(&g, "freezer.state"))
		return refused(s, "cgroup.freeze");
	rc = group_enter(s, &g);
	if (rc < 0)
		return rc;
	lab_say(s->say, "is frozen  by %s", g.dir);
	if (v2)
		group_write(g.dir, "cgroup.freeze", "1");
	else
		group_write(g.dir, "freezer.state", "FROZEN");
	return waitpid(rc, NULL, 0) < 0 ? -errno : 0;
}
