// SPDX-License-Identifier: BSD-2-Clause
/*
 * The stalls of the server that keep a thread from running: by others on its CPU, by a child, by a
 * page that does not come, by a signal, by a debugger.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/stall.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

#define SPINNERS 3 /* beside a pinned one: it has a quarter of the CPU */

int stall_spin(struct stall *s)
{
	lab_say(s->say, "computes");
	while (lab_now_ns() < s->end)
		;
	return 0;
}

/* Only one of its CPUs, which others want as well. */
int stall_pinned(struct stall *s)
{
	pid_t spinners[SPINNERS];
	cpu_set_t all, one;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof(all), &all))
		return -errno;
	while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return -errno;
	lab_say(s->say, "computes  on CPU %d, beside %d others", cpu, SPINNERS);
	for (int i = 0; i < SPINNERS; i++) {
		spinners[i] = stall_helper();
		if (!spinners[i]) {
			close(s->listener);
			_exit(stall_spin(s));
		}
	}
	while (lab_now_ns() < s->end)
		;
	for (int i = 0; i < SPINNERS; i++) {
		if (spinners[i] > 0)
			waitpid(spinners[i], NULL, 0);
	}
	return sched_setaffinity(0, sizeof(all), &all) ? -errno : 0;
}

/* The parent of vfork() sleeps uninterruptibly until the child has called exec() or has ended. */
int stall_vfork(struct stall *s)
{
	pid_t parent = getpid(), pid;

	lab_say(s->say, "vfork()  whose child does not exec()");
	pid = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(s->listener);
		stall_wait(s->end);
		_exit(0);
	}
	return waitpid(pid, NULL, 0) < 0 ? -errno : 0;
}

struct fault {
	const struct stall *s;
	int userfault;
	struct uffdio_zeropage page;
};

static void *give_page(void *arg)
{
	struct fault *f = arg;

	stall_wait(f->s->end);
	if (ioctl(f->userfault, UFFDIO_ZEROPAGE, &f->page))
		lab_fail(f->s->say, errno, "cannot end the stall");
	return NULL;
}

/* A page of memory that does not come, as one of a mapped file on a disk that does not answer. */
int stall_fault(struct stall *s)
{
	struct fault f = {.s = s, .userfault = (int)syscall(SYS_userfaultfd, O_CLOEXEC)};
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register all = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	pthread_t thread;
	void *page;

	if (f.userfault < 0 || ioctl(f.userfault, UFFDIO_API, &api))
		return -errno;
	page = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -errno;
	all.range = f.page.range = (struct uffdio_range){.start = (uintptr_t)page, .len = size};
	if (ioctl(f.userfault, UFFDIO_REGISTER, &all))
		return -errno;
	if (pthread_create(&thread, NULL, give_page, &f))
		return -EAGAIN;
	lab_say(s->say, "madvise()  of a page that nobody brings");
	if (madvise(page, size, MADV_POPULATE_READ))
		return -errno;
	pthread_join(thread, NULL);
	munmap(page, size);
	close(f.userfault);
	return 0;
}

int stall_stop(struct stall *s)
{
	pid_t pid = stall_helper();

	if (pid < 0)
		return -errno;
	if (!pid) {
		close(s->listener);
		stall_beside(s, getppid());
		kill(getppid(), SIGCONT);
		_exit(0);
	}
	lab_say(s->say, "raise(SIGSTOP)");
	raise(SIGSTOP);
	waitpid(pid, NULL, 0);
	return 0;
}

static void trace_parent(const struct stall *s, int ready)
{
	pid_t parent = getppid();
	char byte;

	if (read(ready, &byte, 1) != 1 || ptrace(PTRACE_ATTACH, parent, NULL, NULL) ||
	    waitpid(parent, NULL, __WALL) < 0)
		_exit(1);
	stall_beside(s, parent);
	ptrace(PTRACE_DETACH, parent, NULL, NULL);
	_exit(0);
}

int stall_trace(struct stall *s)
{
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		return -errno;
	pid = stall_helper();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(s->listener);
		trace_parent(s, ready[0]);
	}
	prctl(PR_SET_PTRACER, pid);
	lab_say(s->say, "is traced by process %d", (int)pid);
	if (write(ready[1], "", 1) != 1)
		return -errno;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}
