// SPDX-License-Identifier: BSD-2-Clause
/*
 * sandbox_try NEED[,NEED...] CALL - enters the sandbox of a run with these needs, makes one call.
 * Prints "CALL: done", or the name of the error. A call that is forbidden ends this process with
 * SIGSYS. With "landlock" or "landlock=/proc" for the needs: Landlock alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/out.h"
#include "kernel/landlock.h"
#include "kernel/sandbox.h"

#define LARGE (8 * 1024 * 1024)

static long bpf(int command)
{
	union bpf_attr attr = {0};

	attr.map_fd = (unsigned int)-1;
	return syscall(SYS_bpf, command, &attr, sizeof(attr));
}

static long map_lookup(void)
{
	return bpf(BPF_MAP_LOOKUP_ELEM);
}

static long map_batch(void)
{
	return bpf(BPF_MAP_LOOKUP_BATCH);
}

static long map_delete(void)
{
	return bpf(BPF_MAP_DELETE_ELEM);
}

static long iter_create(void)
{
	return bpf(BPF_ITER_CREATE);
}

static long map_create(void)
{
	return bpf(BPF_MAP_CREATE);
}

static long map_update(void)
{
	return bpf(BPF_MAP_UPDATE_ELEM);
}

static long prog_load(void)
{
	return bpf(BPF_PROG_LOAD);
}

static long open_read(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long open_write(void)
{
	return open("/dev/null", O_WRONLY);
}

static long open_proc(void)
{
	return open("/proc/self/cgroup", O_RDONLY);
}

static long create(void)
{
	return open("sandbox_made", O_WRONLY | O_CREAT, 0600);
}

static long new_file(void)
{
	char name[32];

	sprintf(name, "sandbox_new.%d", getpid());
	return out_create_new(name, 0600) < 0 ? -1 : 0;
}

static long new_elsewhere(void)
{
	char name[64];

	sprintf(name, "/var/tmp/sandbox_new.%d", getpid());
	return out_create_new(name, 0600) < 0 ? -1 : unlink(name);
}

static long remove_file(void)
{
	return unlink("sandbox_victim");
}

static long remove_above(void)
{
	return unlink("../sandbox_victim");
}

static long make_directory(void)
{
	return mkdir("sandbox_made", 0700);
}

static long execute(void)
{
	char *const argv[] = {"true", NULL};

	return execv("/bin/true", argv);
}

static long fork_process(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid;
}

static void *nothing(void *ctx)
{
	return ctx;
}

static long start_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, nothing, NULL);
	return errno ? -1 : 0;
}

static long open_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long read_parent(void)
{
	char byte;
	struct iovec ours = {&byte, 1}, theirs = {&byte, 1};

	return process_vm_readv(getppid(), &ours, 1, &theirs, 1, 0);
}

static long signal_parent(void)
{
	return kill(getppid(), SIGCONT);
}

static long map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			       MAP_FAILED
		       ? -1
		       : 0;
}

static char page[8192] __attribute__((aligned(4096)));

static long make_code(void)
{
	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long type_for_user(void)
{
	return ioctl(0, TIOCSTI, "x");
}

static long become_root(void)
{
	return setuid(0);
}

static long find_file(void)
{
	struct stat st;

	return stat("/etc/passwd", &st);
}

static long undo(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long receive(void)
{
	char byte;

	return recv(-1, &byte, 1, 0);
}

static long send_byte(void)
{
	return sendto(-1, "x", 1, 0, NULL, 0);
}

static long wait_for_child(void)
{
	return waitpid(-1, NULL, WNOHANG);
}

static long abort_now(void)
{
	abort();
}

static int order(const void *a, const void *b)
{
	return *(const unsigned char *)a - *(const unsigned char *)b;
}

/* What the C library does in ordinary work: none of it may need another call. */
static long ordinary_work(void)
{
	char *small = malloc(100), *large = malloc(LARGE), text[64];
	struct timespec now;
	struct stat st;

	if (!small || !large || clock_gettime(CLOCK_REALTIME, &now))
		return -1;
	memset(large, 1, LARGE);
	large = realloc(large, 2 * LARGE);
	if (!large)
		return -1;
	qsort(large, LARGE, 1, order);
	free(large);
	free(small);
	nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
	poll(NULL, 0, 1);
	isatty(STDERR_FILENO);
	snprintf(text, sizeof(text), "%s %.3f", strerror(ENOENT), 1.5);
	fprintf(stderr, "%s", "");
	return fstat(STDOUT_FILENO, &st);
}

static const struct {
	const char *name;
	long (*make)(void);
} calls[] = {
	{"ordinary_work", ordinary_work},
	{"abort", abort_now},
	{"map_lookup", map_lookup},
	{"map_batch", map_batch},
	{"map_delete", map_delete},
	{"iter_create", iter_create},
	{"receive", receive},
	{"send", send_byte},
	{"wait", wait_for_child},
	{"open_read", open_read},
	{"open_write", open_write},
	{"open_proc", open_proc},
	{"create", create},
	{"new_file", new_file},
	{"new_elsewhere", new_elsewhere},
	{"remove_file", remove_file},
	{"remove_above", remove_above},
	{"make_directory", make_directory},
	{"execute", execute},
	{"fork", fork_process},
	{"thread", start_thread},
	{"socket", open_socket},
	{"ptrace", trace_parent},
	{"read_parent", read_parent},
	{"signal_parent", signal_parent},
	{"map_code", map_code},
	{"make_code", make_code},
	{"type_for_user", type_for_user},
	{"become_root", become_root},
	{"find_file", find_file},
	{"undo", undo},
	{"map_create", map_create},
	{"map_update", map_update},
	{"prog_load", prog_load},
};

static const struct {
	const char *name;
	unsigned int need;
} needs[] = {
	{"replay", 0},
	{"rings", SANDBOX_RINGS},
	{"counts", SANDBOX_COUNTS},
	{"walks", SANDBOX_WALKS},
	{"netlink", SANDBOX_NETLINK},
	{"child", SANDBOX_CHILD},
	{"cgroups", SANDBOX_CGROUPS},
	{"owners", SANDBOX_OWNERS},
	{"terminal", SANDBOX_TERMINAL},
	{"replace", SANDBOX_REPLACE},
	{"create", SANDBOX_CREATE},
	{"written", SANDBOX_WRITTEN},
};

static unsigned int need_of(const char *name)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (!strcmp(needs[i].name, name))
			return needs[i].need;
	}
	fprintf(stderr, "no need is called %s\n", name);
	exit(2);
}

static void enter(char *list)
{
	struct sandbox done;
	unsigned int all = 0;
	const char *readable[] = {NULL, NULL};
	char text[256];

	if (!strncmp(list, "landlock", 8)) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (list[8])
			readable[0] = list + 9;
		if (landlock_enter(&(struct landlock_exceptions){.readable = readable}) < 0)
			exit(77);
		return;
	}
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
		all |= need_of(name);
	sandbox_enter(&done, all, &(struct sandbox_dirs){.replaced = ".", .written = {"."}});
	sandbox_describe(text, sizeof(text), &done);
	fprintf(stderr, "%s\n", text);
	if (!done.calls)
		exit(77);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "calls")) {
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			puts(calls[i].name);
		return 0;
	}
	if (argc != 3)
		return 2;
	enter(argv[1]);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, argv[2]))
			continue;
		errno = 0;
		if (calls[i].make() >= 0)
			printf("%s: done\n", argv[2]);
		else
			printf("%s: %s\n", argv[2], strerrorname_np(errno));
		return 0;
	}
	return 2;
}
