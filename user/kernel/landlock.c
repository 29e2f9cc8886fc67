// SPDX-License-Identifier: BSD-2-Clause
/*
 * landlock.c - by its system calls: glibc has no functions for them, and the headers of many
 * distributions are older than the kernels they run on.
 */
#include "kernel/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* include/uapi/asm-generic/unistd.h: the same on every architecture */
#define CALL_CREATE   444
#define CALL_ADD_RULE 445
#define CALL_RESTRICT 446

/* include/uapi/linux/landlock.h */
#define CREATE_VERSION	      1
#define RULE_PATH_BENEATH     1
#define ACCESS_FS_WRITE_FILE  (1 << 1)
#define ACCESS_FS_READ_FILE   (1 << 2)
#define ACCESS_FS_REMOVE_FILE (1 << 5)
#define ACCESS_FS_MAKE_REG    (1 << 8)

/* What each version of the interface can forbid; an older kernel refuses bits it does not know. */
struct ruleset {
	__u64 fs;
	__u64 net;    /* version 4 */
	__u64 scoped; /* version 6 */
};

struct path_beneath {
	__u64 access;
	__s32 dir;
} __attribute__((packed));

#define NET_BIND_TCP	1
#define NET_CONNECT_TCP 2

static struct ruleset everything(int version, bool connects)
{
	/* EXECUTE to MAKE_SYM; then REFER, TRUNCATE, IOCTL_DEV */
	int bits = 13 + (version >= 2) + (version >= 3) + (version >= 5);

	return (struct ruleset){
		.fs = (1u << bits) - 1,
		.net = version < 4 ? 0
		       : connects  ? NET_BIND_TCP
				   : NET_BIND_TCP | NET_CONNECT_TCP,
		.scoped = version >= 6 ? 3 : 0, /* ABSTRACT_UNIX_SOCKET, SIGNAL */
	};
}

static size_t ruleset_size(int version)
{
	return version >= 6   ? sizeof(struct ruleset)
	       : version >= 4 ? offsetof(struct ruleset, scoped)
			      : offsetof(struct ruleset, net);
}

static int allow(int rules, const char *path, __u64 access)
{
	struct path_beneath rule = {.access = access};
	int rc;

	rule.dir = open(path, O_PATH | O_CLOEXEC);
	if (rule.dir < 0)
		return errno == ENOENT ? 0 : -errno; /* nothing is there to be allowed */
	rc = syscall(CALL_ADD_RULE, rules, RULE_PATH_BENEATH, &rule, 0) ? -errno : 0;
	close(rule.dir);
	return rc;
}

static int allow_all(int rules, const char *const *paths, __u64 access)
{
	int rc = 0;

	for (; !rc && paths && *paths; paths++)
		rc = allow(rules, *paths, access);
	return rc;
}

int landlock_enter(const struct landlock_exceptions *e)
{
	int version = (int)syscall(CALL_CREATE, NULL, 0, CREATE_VERSION);
	struct ruleset all;
	int rules, rc;

	if (version < 0)
		return -errno;
	all = everything(version, e->connects);
	rules = (int)syscall(CALL_CREATE, &all, ruleset_size(version), 0);
	if (rules < 0)
		return -errno;
	rc = allow_all(rules, e->readable, ACCESS_FS_READ_FILE);
	if (!rc && e->replaced)
		rc = allow(rules, e->replaced, ACCESS_FS_REMOVE_FILE | ACCESS_FS_MAKE_REG);
	if (!rc)
		rc = allow_all(rules, e->created, ACCESS_FS_WRITE_FILE | ACCESS_FS_MAKE_REG);
	if (!rc)
		rc = allow_all(rules, e->written,
			       ACCESS_FS_WRITE_FILE | ACCESS_FS_MAKE_REG | ACCESS_FS_REMOVE_FILE);
	if (!rc && syscall(CALL_RESTRICT, rules, 0))
		rc = -errno;
	close(rules);
	return rc ? rc : version;
}
