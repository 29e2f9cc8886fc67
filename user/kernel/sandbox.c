// SPDX-License-Identifier: BSD-2-Clause
/*
 * sandbox.c - the list of system calls, and entering. The only file that knows libseccomp; a build
 * without it (SECCOMP=0) has Landlock alone.
 */
#include "kernel/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/out.h"
#include "kernel/landlock.h"

/* The checks of sanitizers make calls of their own. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#ifdef HAVE_LIBSECCOMP

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

#define NO_ARG -1

/* A call that is allowed where its argument, of 32 bits, has this value under the mask. */
struct allowed {
	unsigned int needs; /* any of them; 0: always */
	int call;
	int arg; /* NO_ARG: whatever the arguments are */
	uint32_t mask, value;
};

#define CALL(needs, name)                           \
	{                                           \
		needs, SCMP_SYS(name), NO_ARG, 0, 0 \
	}
#define CALL_IF(needs, name, arg, value)                      \
	{                                                     \
		needs, SCMP_SYS(name), arg, UINT32_MAX, value \
	}
#define CALL_MASK(needs, name, arg, mask, value)        \
	{                                               \
		needs, SCMP_SYS(name), arg, mask, value \
	}

#define NEW_NAMESPACES                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)
#define READ_ONLY (O_ACCMODE | O_CREAT | O_TRUNC)

static const struct allowed allowed[] = {
	/* what is open already */
	CALL(0, read),
	CALL(0, readv),
	CALL(0, write),
	CALL(0, writev),
	CALL(0, lseek),
	CALL(0, close),
	CALL(0, poll),
	CALL(0, ppoll),
	CALL(0, fstat),
	CALL_MASK(0, newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH), /* fstat() of glibc */
	CALL_MASK(0, statx, 2, AT_EMPTY_PATH, AT_EMPTY_PATH),
	CALL_IF(0, ioctl, 1, TCGETS), /* isatty() */
#ifdef TCGETS2
	CALL_IF(0, ioctl, 1, TCGETS2), /* so does glibc 2.42 */
#endif
	CALL_IF(0, ioctl, 1, TIOCGWINSZ),

	/* memory, from which nothing is executed */
	CALL(0, brk),
	CALL(0, munmap),
	CALL(0, mremap),
	CALL(0, madvise),
	CALL_MASK(0, mmap, 2, PROT_EXEC, 0),
	CALL_MASK(0, mprotect, 2, PROT_EXEC, 0),
	CALL(0, sysinfo), /* qsort() asks how much there is */

	/* time; the clock's own calls where the vDSO has none */
	CALL(0, clock_gettime),
	CALL(0, gettimeofday),
	CALL(0, time),
	CALL(0, nanosleep),
	CALL(0, clock_nanosleep),
	CALL(0, restart_syscall), /* a sleep or poll after SIGSTOP and SIGCONT */

	/* signals, locks and the end; abort() asks for its own numbers */
	CALL(0, rt_sigreturn),
	CALL(0, rt_sigprocmask),
	CALL(0, getpid),
	CALL(0, gettid),
	CALL(0, futex),
	CALL(0, getrandom),
	CALL(0, exit),
	CALL(0, exit_group),

	/* of the programs in the kernel, what is loaded is read: nothing can be loaded */
	CALL_IF(SANDBOX_RINGS | SANDBOX_COUNTS, bpf, 0, BPF_MAP_LOOKUP_ELEM),
	CALL_IF(SANDBOX_RINGS | SANDBOX_COUNTS, bpf, 0, BPF_OBJ_GET_INFO_BY_FD),
	CALL_IF(SANDBOX_COUNTS, bpf, 0, BPF_MAP_LOOKUP_BATCH),
	CALL_IF(SANDBOX_COUNTS, bpf, 0, BPF_MAP_DELETE_ELEM),
	CALL_IF(SANDBOX_WALKS, bpf, 0, BPF_ITER_CREATE),
	CALL(SANDBOX_RINGS | SANDBOX_HTTP, epoll_wait),
	CALL(SANDBOX_RINGS | SANDBOX_HTTP, epoll_pwait),
	/* libbpf, when it detaches a program from a system call's tracepoint */
	CALL_IF(SANDBOX_RINGS | SANDBOX_COUNTS, ioctl, 1, PERF_EVENT_IOC_DISABLE),

	CALL(SANDBOX_NETLINK | SANDBOX_HTTP, sendto),
	CALL(SANDBOX_NETLINK | SANDBOX_HTTP, recvfrom),
	/* libmicrohttpd; nothing can be connected or bound */
	CALL(SANDBOX_HTTP, accept4),
	CALL(SANDBOX_HTTP, epoll_ctl),
	CALL(SANDBOX_HTTP, sendmsg),
	CALL(SANDBOX_HTTP, shutdown),
	CALL(SANDBOX_HTTP, setsockopt),
	CALL(SANDBOX_HTTP, getsockopt),
	CALL_IF(SANDBOX_HTTP, fcntl, 1, F_GETFL),
	CALL_IF(SANDBOX_HTTP, fcntl, 1, F_SETFL),
	CALL(SANDBOX_HTTP, getrusage),
	CALL(SANDBOX_HTTP, pread64),
	CALL(SANDBOX_CHILD, wait4),

	/* only reading: Landlock says where */
	CALL_MASK(SANDBOX_CGROUPS | SANDBOX_OWNERS | SANDBOX_TERMINAL, openat, 2, READ_ONLY,
		  O_RDONLY),
	CALL_MASK(SANDBOX_CREATE | SANDBOX_WRITTEN, openat, 2, ~(uint32_t)O_LARGEFILE, OUT_NEW),
	CALL(SANDBOX_OWNERS, getdents64),
	CALL(SANDBOX_OWNERS, readlinkat),

	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCSETS),
	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCSETSW),
	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCSETSF),
	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCFLSH),
#ifdef TCSETS2
	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCSETS2),
	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCSETSW2),
	CALL_IF(SANDBOX_TERMINAL, ioctl, 1, TCSETSF2),
#endif
	CALL(SANDBOX_TERMINAL, access),
	CALL(SANDBOX_TERMINAL, faccessat),
	CALL(SANDBOX_TERMINAL, faccessat2),
	CALL(SANDBOX_TERMINAL | SANDBOX_WRITTEN, newfstatat),
	CALL(SANDBOX_TERMINAL, rt_sigaction),
	CALL_IF(SANDBOX_TERMINAL, kill, 0, 0), /* all of the job stops */
	CALL(SANDBOX_TERMINAL, pipe2),
	CALL(SANDBOX_TERMINAL, eventfd2),
	CALL(SANDBOX_TERMINAL, dup2),
	CALL(SANDBOX_TERMINAL, dup3),
	CALL(SANDBOX_TERMINAL, fcntl),
	CALL_MASK(SANDBOX_TERMINAL, clone, 0, CLONE_THREAD, CLONE_THREAD),
	CALL(SANDBOX_TERMINAL, set_robust_list),
	CALL(SANDBOX_TERMINAL, rseq),

	CALL(SANDBOX_REPLACE | SANDBOX_WRITTEN, rename),
	CALL(SANDBOX_REPLACE | SANDBOX_WRITTEN, renameat),
	CALL(SANDBOX_REPLACE | SANDBOX_WRITTEN, renameat2),
	CALL(SANDBOX_REPLACE | SANDBOX_WRITTEN, unlink),
	CALL(SANDBOX_REPLACE | SANDBOX_WRITTEN, unlinkat),

	/* libcurl, OpenSSL; getaddrinfo() in a thread, which loads modules of nsswitch.conf */
	CALL_IF(SANDBOX_SENDS, socket, 0, AF_INET),
	CALL_IF(SANDBOX_SENDS, socket, 0, AF_INET6),
	CALL_IF(SANDBOX_SENDS, socket, 0, AF_NETLINK), /* getaddrinfo() */
	CALL(SANDBOX_SENDS, connect),
	CALL(SANDBOX_SENDS, bind), /* Landlock says no to TCP; getaddrinfo() asks by netlink */
	CALL(SANDBOX_SENDS, getsockname),
	CALL(SANDBOX_SENDS, getpeername),
	CALL(SANDBOX_SENDS, setsockopt),
	CALL(SANDBOX_SENDS, getsockopt),
	CALL(SANDBOX_SENDS, shutdown),
	CALL(SANDBOX_SENDS, sendto),
	CALL(SANDBOX_SENDS, recvfrom),
	CALL(SANDBOX_SENDS, sendmsg),
	CALL(SANDBOX_SENDS, sendmmsg),
	CALL(SANDBOX_SENDS, recvmsg),
	CALL_IF(SANDBOX_SENDS, ioctl, 1, FIONBIO),
	CALL_IF(SANDBOX_SENDS, ioctl, 1, FIONREAD),
	CALL(SANDBOX_SENDS, fcntl),
	CALL(SANDBOX_SENDS, pipe2),
	CALL(SANDBOX_SENDS, eventfd2),
	CALL(SANDBOX_SENDS, socketpair),
	CALL(SANDBOX_SENDS, select),
	CALL(SANDBOX_SENDS, pselect6),
	CALL_MASK(SANDBOX_SENDS, openat, 2, READ_ONLY, O_RDONLY),
	CALL_MASK(SANDBOX_SENDS, open, 1, READ_ONLY, O_RDONLY),
	CALL(SANDBOX_SENDS, newfstatat),
	CALL(SANDBOX_SENDS, stat),
	CALL(SANDBOX_SENDS, statx),
	CALL(SANDBOX_SENDS, access),
	CALL(SANDBOX_SENDS, faccessat),
	CALL(SANDBOX_SENDS, faccessat2),
	CALL(SANDBOX_SENDS, readlink),
	CALL(SANDBOX_SENDS, pread64),
	CALL(SANDBOX_SENDS, mmap),
	CALL(SANDBOX_SENDS, mprotect),
	CALL(SANDBOX_SENDS, uname),
	CALL(SANDBOX_SENDS, getuid),
	CALL(SANDBOX_SENDS, geteuid),
	CALL(SANDBOX_SENDS, getgid),
	CALL(SANDBOX_SENDS, getegid),
	CALL(SANDBOX_SENDS, getppid),
	CALL(SANDBOX_SENDS, prlimit64),
	CALL(SANDBOX_SENDS, sched_getaffinity),
	CALL(SANDBOX_SENDS, sched_yield),
	CALL(SANDBOX_SENDS, rt_sigaction),
	CALL(SANDBOX_SENDS, sigaltstack),
	CALL_MASK(SANDBOX_SENDS, clone, 0, CLONE_THREAD, CLONE_THREAD),
	CALL(SANDBOX_SENDS, set_robust_list),
	CALL(SANDBOX_SENDS, rseq),

	/* fork(); namespaces are not its business, and what else is here only forbids more */
	CALL_MASK(SANDBOX_KEEPS, clone, 0, NEW_NAMESPACES, 0),
	CALL(SANDBOX_KEEPS, fork),
	CALL(SANDBOX_KEEPS, wait4),
	CALL(SANDBOX_KEEPS, prctl),
	CALL(SANDBOX_KEEPS, seccomp),
	CALL(SANDBOX_KEEPS, landlock_create_ruleset),
	CALL(SANDBOX_KEEPS, landlock_add_rule),
	CALL(SANDBOX_KEEPS, landlock_restrict_self),
};

static int allow(scmp_filter_ctx filter, int call, int arg, uint32_t mask, uint32_t value)
{
	const struct scmp_arg_cmp compare =
		SCMP_CMP((unsigned int)arg, SCMP_CMP_MASKED_EQ, mask, value);
	int rc = arg == NO_ARG ? seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 0, NULL)
			       : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &compare);

	return rc == -EDOM ? 0 : rc; /* this architecture has no such call */
}

static int add_rules(scmp_filter_ctx filter, unsigned int needs, unsigned int *count)
{
	/* abort() signals itself. */
	int rc = allow(filter, SCMP_SYS(tgkill), 0, UINT32_MAX, (uint32_t)getpid());

	/* Its flags are out of sight: glibc then starts a thread by clone(). */
	if (!rc && needs & (SANDBOX_TERMINAL | SANDBOX_SENDS))
		rc = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0,
					    NULL);
	*count = 1;
	for (size_t i = 0; !rc && i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		const struct allowed *a = &allowed[i];

		if (a->needs && !(a->needs & needs))
			continue;
		rc = allow(filter, a->call, a->arg, a->mask, a->value);
		++*count;
	}
	return rc;
}

/* Returns 0 or a negative errno. */
static int limit_calls(unsigned int needs, unsigned int *count)
{
	scmp_filter_ctx filter =
		seccomp_init(needs & SANDBOX_SENDS ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	int rc;

	if (!filter)
		return -ENOMEM;
	/* Of another architecture (int 0x80, x32) the numbers mean other calls. */
	rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!rc)
		rc = add_rules(filter, needs, count);
	if (!rc)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	/* libseccomp's word for an error of the kernel's */
	return rc == -ECANCELED && errno ? -errno : rc;
}

#else

static int limit_calls(unsigned int needs, unsigned int *count)
{
	(void)needs;
	(void)count;
	return -ENOSYS;
}

#endif

static void enter_landlock(struct sandbox *done, unsigned int needs,
			   const struct sandbox_dirs *dirs)
{
	static const char *const created[] = {".", "/tmp", NULL};
	/* what libraries, names and certificates are read from */
	static const char *const system[] = {"/etc", "/usr", "/lib", "/lib64", "/run", "/var/lib"};
	const char *readable[12] = {NULL};
	size_t count = 0;
	int rc;

	if (needs & SANDBOX_CGROUPS)
		readable[count++] = "/proc";
	if (needs & SANDBOX_TERMINAL) { /* terminfo(5) */
		readable[count++] = "/usr/share/terminfo";
		readable[count++] = "/lib/terminfo";
		readable[count++] = "/etc/terminfo";
	}
	for (size_t i = 0; needs & SANDBOX_SENDS && i < sizeof(system) / sizeof(system[0]); i++)
		readable[count++] = system[i];
	if (dirs && needs & SANDBOX_SENDS)
		readable[count++] = dirs->certificates;
	rc = landlock_enter(&(struct landlock_exceptions){
		.readable = readable,
		.replaced = dirs && needs & SANDBOX_REPLACE ? dirs->replaced : NULL,
		.created = needs & SANDBOX_CREATE ? created : NULL,
		.written = dirs && needs & SANDBOX_WRITTEN ? dirs->written : NULL,
		.connects = needs & SANDBOX_SENDS,
	});

	if (rc > 0)
		done->landlock = rc;
	else
		snprintf(done->why_files, sizeof(done->why_files), "%s",
			 rc == -ENOSYS || rc == -EOPNOTSUPP ? "this kernel has no Landlock"
							    : strerror(-rc));
}

static void enter_seccomp(struct sandbox *done, unsigned int needs)
{
	unsigned int count = 0;
	int rc = limit_calls(needs, &count);

	if (!rc)
		done->calls = count;
	else
		snprintf(done->why_calls, sizeof(done->why_calls), "%s",
#ifdef HAVE_LIBSECCOMP
			 rc == -ENOSYS || rc == -EINVAL ? "this kernel has no seccomp filters"
							: strerror(-rc)
#else
			 "built without libseccomp"
#endif
		);
}

void sandbox_enter(struct sandbox *done, unsigned int needs, const struct sandbox_dirs *dirs)
{
	*done = (struct sandbox){0};
	if (SANITIZED) {
		snprintf(done->why_calls, sizeof(done->why_calls), "built with sanitizers");
		snprintf(done->why_files, sizeof(done->why_files), "built with sanitizers");
		return;
	}
	/* Both want it: what is executed later must not gain rights that we gave up. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* A process that is ended by SIGSYS would leave its memory in a file. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	if (needs & SANDBOX_OWNERS)
		snprintf(done->why_files, sizeof(done->why_files), "owners are read from /proc");
	else if (needs & SANDBOX_KEEPS)
		snprintf(done->why_files, sizeof(done->why_files), "libraries are loaded");
	else
		enter_landlock(done, needs, dirs);
	/* Last: its list has none of the calls above. */
	enter_seccomp(done, needs);
}

void sandbox_describe(char *text, size_t size, const struct sandbox *done)
{
	char calls[96], files[96];

	if (done->calls)
		snprintf(calls, sizeof(calls), "system calls of a list (seccomp, %u rules)",
			 done->calls);
	else
		snprintf(calls, sizeof(calls), "all system calls: %s", done->why_calls);
	if (done->landlock)
		snprintf(files, sizeof(files), "no files (Landlock %d)", done->landlock);
	else
		snprintf(files, sizeof(files), "files not limited: %s", done->why_files);
	snprintf(text, size, "%s, %s", calls, files);
}
