// SPDX-License-Identifier: BSD-2-Clause
#include "why/calls.h"

#include <string.h>
#include <sys/syscall.h>

/* clang-format off: an initializer in braces passes for a block. */
#define FD(name, kind)                        \
	{                                     \
		SYS_##name, #name, kind, true \
	}
#define NO_FD(name, kind)                      \
	{                                      \
		SYS_##name, #name, kind, false \
	}
/* clang-format on */

/* The older half of these does not exist on architectures that came late. */
static const struct call calls[] = {
#ifdef SYS_accept
	FD(accept, CALL_ACCEPT),
#endif
	FD(accept4, CALL_ACCEPT),
#ifdef SYS_epoll_wait
	FD(epoll_wait, CALL_EVENTS),
#endif
	FD(epoll_pwait, CALL_EVENTS),
#ifdef SYS_epoll_pwait2
	FD(epoll_pwait2, CALL_EVENTS),
#endif
#ifdef SYS_poll
	NO_FD(poll, CALL_EVENTS),
#endif
	NO_FD(ppoll, CALL_EVENTS),
#ifdef SYS_select
	NO_FD(select, CALL_EVENTS),
#endif
	NO_FD(pselect6, CALL_EVENTS),
#ifdef SYS_io_uring_enter
	FD(io_uring_enter, CALL_EVENTS),
#endif
	NO_FD(io_getevents, CALL_EVENTS),
	FD(read, CALL_IO),
	FD(readv, CALL_IO),
	FD(pread64, CALL_IO),
	FD(preadv, CALL_IO),
	FD(preadv2, CALL_IO),
	FD(write, CALL_IO),
	FD(writev, CALL_IO),
	FD(pwrite64, CALL_IO),
	FD(pwritev, CALL_IO),
	FD(pwritev2, CALL_IO),
	FD(recvfrom, CALL_IO),
	FD(recvmsg, CALL_IO),
	FD(recvmmsg, CALL_IO),
	FD(sendto, CALL_IO),
	FD(sendmsg, CALL_IO),
	FD(sendmmsg, CALL_IO),
	FD(connect, CALL_CONNECT),
	FD(sendfile, CALL_IO),
	FD(splice, CALL_IO),
	FD(tee, CALL_IO),
	FD(vmsplice, CALL_IO),
	FD(fsync, CALL_IO),
	FD(fdatasync, CALL_IO),
	FD(sync_file_range, CALL_IO),
	FD(ftruncate, CALL_IO),
	FD(fallocate, CALL_IO),
	FD(getdents64, CALL_IO),
	FD(lseek, CALL_IO),
	FD(ioctl, CALL_IO),
	FD(fstat, CALL_IO),
	FD(close, CALL_IO),
	FD(shutdown, CALL_IO),
	FD(syncfs, CALL_IO),
	FD(flock, CALL_FILE_LOCK),
	FD(fcntl, CALL_FILE_LOCK),
#ifdef SYS_open
	NO_FD(open, CALL_PATH),
	NO_FD(stat, CALL_PATH),
	NO_FD(lstat, CALL_PATH),
	NO_FD(unlink, CALL_PATH),
	NO_FD(rename, CALL_PATH),
	NO_FD(mkdir, CALL_PATH),
	NO_FD(access, CALL_PATH),
#endif
	NO_FD(openat, CALL_PATH),
#ifdef SYS_openat2
	NO_FD(openat2, CALL_PATH),
#endif
#ifdef SYS_newfstatat
	NO_FD(newfstatat, CALL_PATH),
#endif
	NO_FD(statx, CALL_PATH),
	NO_FD(unlinkat, CALL_PATH),
	NO_FD(mkdirat, CALL_PATH),
	NO_FD(renameat2, CALL_PATH),
	NO_FD(faccessat, CALL_PATH),
	NO_FD(statfs, CALL_PATH),
	NO_FD(truncate, CALL_PATH),
	NO_FD(execve, CALL_PATH),
	NO_FD(sync, CALL_PATH),
	NO_FD(msync, CALL_PATH),
	NO_FD(mount, CALL_PATH),
	NO_FD(umount2, CALL_PATH),
	NO_FD(futex, CALL_LOCK),
#ifdef SYS_futex_waitv
	NO_FD(futex_waitv, CALL_LOCK),
#endif
#ifdef SYS_futex_wait
	NO_FD(futex_wait, CALL_LOCK),
#endif
	NO_FD(semop, CALL_LOCK),
	NO_FD(semtimedop, CALL_LOCK),
	NO_FD(nanosleep, CALL_SLEEP),
	NO_FD(clock_nanosleep, CALL_SLEEP),
#ifdef SYS_pause
	NO_FD(pause, CALL_SIGNALS),
#endif
	NO_FD(rt_sigsuspend, CALL_SIGNALS),
	NO_FD(rt_sigtimedwait, CALL_SIGNALS),
	NO_FD(wait4, CALL_CHILD),
	NO_FD(waitid, CALL_CHILD),
#ifdef SYS_vfork
	NO_FD(vfork, CALL_CHILD),
#endif
	NO_FD(clone, CALL_CHILD),
#ifdef SYS_clone3
	NO_FD(clone3, CALL_CHILD),
#endif
	NO_FD(msgrcv, CALL_OTHER),
	NO_FD(msgsnd, CALL_OTHER),
	FD(mq_timedreceive, CALL_IO),
	FD(mq_timedsend, CALL_IO),
	NO_FD(mmap, CALL_OTHER),
	NO_FD(munmap, CALL_OTHER),
	NO_FD(madvise, CALL_OTHER),
};

const struct call *call_at(size_t i)
{
	return i < sizeof(calls) / sizeof(calls[0]) ? &calls[i] : NULL;
}

const struct call *call_find(int number)
{
	const struct call *call;

	for (size_t i = 0; (call = call_at(i)); i++) {
		if (call->number == number)
			return call;
	}
	return NULL;
}

enum call_kind call_kind_of_frame(const char *frame)
{
	static const struct {
		const char *begin;
		enum call_kind kind;
	} signs[] = {
		{"hrtimer_nanosleep", CALL_SLEEP}, {"do_nanosleep", CALL_SLEEP},
		{"futex_wait", CALL_LOCK},	   {"__futex_wait", CALL_LOCK},
		{"do_poll", CALL_EVENTS},	   {"do_sys_poll", CALL_EVENTS},
		{"do_select", CALL_EVENTS},	   {"ep_poll", CALL_EVENTS},
		{"do_epoll_wait", CALL_EVENTS},
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (!strncmp(frame, signs[i].begin, strlen(signs[i].begin)))
			return signs[i].kind;
	}
	return CALL_OTHER;
}
