// SPDX-License-Identifier: BSD-2-Clause
/*
 * privilege.c - may this process trace, and how to become one that may do nothing.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/privilege.h"

#define NOBODY 65534

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

#define CAPABILITY_WORDS 2

static int capabilities_read(struct __user_cap_data_struct data[CAPABILITY_WORDS])
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

	return syscall(SYS_capget, &header, data) ? -errno : 0;
}

static bool effective(const struct __user_cap_data_struct data[CAPABILITY_WORDS],
		      unsigned int capability)
{
	return data[capability / 32].effective >> (capability % 32) & 1;
}

bool privilege_has(unsigned int capability)
{
	struct __user_cap_data_struct data[CAPABILITY_WORDS] = {0};

	return !capabilities_read(data) && effective(data, capability);
}

/* The file that setcap is to be given. */
static void own_path(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);

	if (len > 0)
		path[len] = '\0';
	else
		snprintf(path, size, "$(which sockstate)");
}

int privilege_check(char *err, size_t err_size)
{
	char path[256];
	struct __user_cap_data_struct data[CAPABILITY_WORDS] = {0};
	int rc = capabilities_read(data);
	bool bpf, perfmon;

	if (rc) {
		snprintf(err, err_size, "cannot read our capabilities: %s", strerror(-rc));
		return rc;
	}
	/* CAP_SYS_ADMIN holds both. */
	bpf = effective(data, CAP_BPF) || effective(data, CAP_SYS_ADMIN);
	perfmon = effective(data, CAP_PERFMON) || effective(data, CAP_SYS_ADMIN);
	if (bpf && perfmon)
		return 0;
	own_path(path, sizeof(path));
	snprintf(
		err, err_size,
		"tracing needs %s: run it as root (sudo sockstate), or give the program both capabilities once "
		"(setcap cap_bpf,cap_perfmon=ep %s)",
		bpf	  ? "CAP_PERFMON"
		: perfmon ? "CAP_BPF"
			  : "CAP_BPF and CAP_PERFMON",
		path);
	return -EPERM;
}

/* Whom sudo runs us for; nobody where that is not told or is root again. */
static unsigned int id_from(const char *variable)
{
	const char *text = getenv(variable);
	char *end;
	unsigned long id;

	if (!text || !*text)
		return NOBODY;
	errno = 0;
	id = strtoul(text, &end, 10);
	return *end || errno || id == 0 || id >= (unsigned int)-1 ? NOBODY : (unsigned int)id;
}

/* Root there is an ordinary user outside, and need not have other ids to become. */
static bool in_user_namespace(void)
{
	unsigned int inside, outside, count = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");
	int saved = errno;

	if (map) {
		if (fscanf(map, "%u %u %u", &inside, &outside, &count) != 3)
			count = UINT_MAX;
		fclose(map);
	}
	errno = saved;
	return map && count != UINT_MAX;
}

/*
 * The file mode creation and all else stay; only the identity goes. A container may hold CAP_BPF
 * and CAP_PERFMON without CAP_SETUID: then uid 0 stays, which without capabilities owns files and
 * no more.
 */
static int become_ordinary(void)
{
	unsigned int uid = id_from("SUDO_UID");
	unsigned int gid = uid == NOBODY ? NOBODY : id_from("SUDO_GID");

	if (!privilege_has(CAP_SETUID) || !privilege_has(CAP_SETGID))
		return 0;
	if (!setgroups(0, NULL) && !setresgid(gid, gid, gid) && !setresuid(uid, uid, uid))
		return 0;
	return in_user_namespace() ? 0 : -errno;
}

void privilege_protect(void)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/*
 * Nothing that is executed later can gain a capability. Without CAP_SETPCAP the set stays, and
 * no_new_privs alone has to do.
 */
static void empty_bounding_set(void)
{
	for (unsigned int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
	     capability++)
		prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

int privilege_drop(bool keep_user, char *err, size_t err_size)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[CAPABILITY_WORDS] = {0};
	int rc = 0;

	empty_bounding_set();
	if (!keep_user && geteuid() == 0)
		rc = become_ordinary();
	if (!rc && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		rc = -errno;
	if (!rc && syscall(SYS_capset, &header, none))
		rc = -errno;
	if (!rc && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		rc = -errno;
	privilege_protect(); /* setresuid() sets it anew, from fs.suid_dumpable */
	if (rc)
		snprintf(err, err_size,
			 "cannot give up our privileges: %s (--keep-privileges goes on with them)",
			 strerror(-rc));
	return rc;
}
