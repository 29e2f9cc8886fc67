// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/self_test.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/errnos.h"
#include "fact/hooks.h"
#include "settings.h"
#include "sockstate.skel.h"

static void test_functions(struct hooks *h, const struct sockstate_bpf__bss *seen)
{
	if (h->chosen[HOOK_ACCEPT_FAILED]) {
		syscall(SYS_accept4, -1, NULL, NULL, 0);
		if (!seen->seen_accept)
			hooks_refuse(h, HOOK_ACCEPT_FAILED,
				     "__sys_accept4 is never called in this kernel");
	}
	if (h->chosen[HOOK_LISTEN_ASKED]) {
		syscall(SYS_listen, -1, 0);
		if (!seen->seen_listen)
			hooks_refuse(h, HOOK_LISTEN_ASKED,
				     "__sys_listen is never called in this kernel");
	}
}

/* Makes a connection to this process, in a network namespace that exists only for this test. */
static int connect_to_self(struct sockstate_bpf__bss *learner)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	socklen_t size = sizeof(addr);
	struct stat ns;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc = 0;

	if (listener < 0 || client < 0 || ioctl(listener, SIOCSIFFLAGS, &up) ||
	    bind(listener, (struct sockaddr *)&addr, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&addr, &size))
		rc = -errno;
	if (!rc && stat("/proc/thread-self/ns/net", &ns))
		rc = -errno;
	if (!rc) {
		learner->self_netns = (uint32_t)ns.st_ino;
		__atomic_store_n(&learner->self_port, addr.sin_port, __ATOMIC_RELEASE);
	}
	if (!rc && connect(client, (struct sockaddr *)&addr, size) && errno != EINPROGRESS)
		rc = -errno;
	/* Mostly the SYN has been processed by now, but ksoftirqd may still have to do it. */
	for (int ms = 0;
	     !rc && !__atomic_load_n(&learner->seen_syn_freed, __ATOMIC_RELAXED) && ms < 200; ms++)
		usleep(1000);
	if (listener >= 0)
		close(listener);
	if (client >= 0)
		close(client);
	return rc;
}

static void learn_where_syns_are_freed(struct hooks *h, struct sockstate_bpf__bss *learner)
{
	int home, rc;

	if (!h->chosen[HOOK_SYN_FREED])
		return;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	rc = home < 0 || unshare(CLONE_NEWNET) ? -errno : connect_to_self(learner);
	if (home >= 0) {
		setns(home, CLONE_NEWNET);
		close(home);
	}
	if (!learner->seen_syn_freed)
		hooks_refuse(h, HOOK_SYN_FREED, "where SYNs are freed could not be learnt: %s",
			     rc ? errno_name(-rc) : "not seen");
}

void self_test(struct hooks *h, struct sockstate_bpf__bss *bss)
{
	test_functions(h, bss);
	learn_where_syns_are_freed(h, bss);
}
