// SPDX-License-Identifier: BSD-2-Clause
/*
 * The TUN peer: a network device whose far side is this program. No kernel stands behind the
 * peer's addresses, so nothing answers a SYN-ACK with RST unless a script says so. Device,
 * addresses and route go away with the process.
 */
#include "lab/lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define PACKET_MAX    65536
#define SEND_MAX      2048 /* bytes of a packet that a script sends */
#define ROUTE_WAIT_NS (3 * NS_S)
#define OWN_PREFIX    "lab" /* of device names */

struct in6_ifreq_kernel { /* <linux/ipv6.h> clashes with <netinet/in.h> */
	struct in6_addr addr;
	uint32_t prefix_len;
	int ifindex;
};

/*
 * A device of the outside world that is up. The kernel could forward segments of the peer to it.
 * Whether a namespace is the machine's own cannot be seen from inside a container; this can.
 */
static bool find_outside(char name[IF_NAMESIZE])
{
	struct if_nameindex *list = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found = false;

	for (struct if_nameindex *at = list; at && at->if_index && !found; at++) {
		struct ifreq ifr = {0};

		snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%.*s", IF_NAMESIZE - 1, at->if_name);
		if (!strncmp(at->if_name, OWN_PREFIX, strlen(OWN_PREFIX)) ||
		    ioctl(fd, SIOCGIFFLAGS, &ifr))
			continue;
		found = ifr.ifr_flags & IFF_UP && !(ifr.ifr_flags & IFF_LOOPBACK);
		if (found)
			memcpy(name, ifr.ifr_name, IF_NAMESIZE);
	}
	if_freenameindex(list);
	if (fd >= 0)
		close(fd);
	return found;
}

/* bind() would not tell: in a namespace without addresses it takes any. */
static bool addr_is_local(const union lab_addr *addr)
{
	struct ifaddrs *list, *at;
	bool local = false;

	if (getifaddrs(&list))
		return false;
	for (at = list; at && !local; at = at->ifa_next) {
		union lab_addr own = {0};

		if (!at->ifa_addr || at->ifa_addr->sa_family != addr->sa.sa_family)
			continue;
		memcpy(&own, at->ifa_addr,
		       addr->sa.sa_family == AF_INET ? sizeof(own.v4) : sizeof(own.v6));
		lab_addr_set_port(&own, lab_addr_port(addr));
		local = lab_addr_equal(&own, addr);
	}
	freeifaddrs(list);
	return local;
}

/* 198.18.0.0/15 and 2001:2::/48 are set aside for tests of networks (RFC 2544, RFC 5180). */
static int pick_host(int family, union lab_addr *host)
{
	char text[INET6_ADDRSTRLEN];

	for (int net = 0; net < 256; net++) {
		snprintf(text, sizeof(text), family == AF_INET ? "198.18.%d.1" : "2001:2:0:%x::1",
			 net);
		if (!lab_addr_parse(text, 0, host) && !addr_is_local(host))
			return 0;
	}
	return -EADDRINUSE;
}

void lab_addr_add(union lab_addr *addr, uint32_t n)
{
	uint32_t last;

	if (addr->sa.sa_family == AF_INET) {
		addr->v4.sin_addr.s_addr = htonl(ntohl(addr->v4.sin_addr.s_addr) + n);
		return;
	}
	memcpy(&last, &addr->v6.sin6_addr.s6_addr[12], sizeof(last));
	last = htonl(ntohl(last) + n);
	memcpy(&addr->v6.sin6_addr.s6_addr[12], &last, sizeof(last));
}

/* The device has a /24 or a /64. A peer outside of it would not get the answers. */
static bool same_net(const union lab_addr *a, const union lab_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return !memcmp(&a->v4.sin_addr, &b->v4.sin_addr, 3);
	return !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, 8);
}

static int give_address(const struct lab_tun *tun, const union lab_addr *addr)
{
	int fd = socket(addr->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	struct ifreq ifr = {0};

	if (fd < 0)
		return -errno;
	memcpy(ifr.ifr_name, tun->name, sizeof(ifr.ifr_name));
	if (addr->sa.sa_family == AF_INET) {
		struct sockaddr_in mask = {.sin_family = AF_INET};

		mask.sin_addr.s_addr = htonl(0xffffff00);
		memcpy(&ifr.ifr_addr, &addr->v4, sizeof(addr->v4));
		if (ioctl(fd, SIOCSIFADDR, &ifr))
			err = -errno;
		memcpy(&ifr.ifr_netmask, &mask, sizeof(mask));
		if (!err && ioctl(fd, SIOCSIFNETMASK, &ifr))
			err = -errno;
	} else {
		struct in6_ifreq_kernel req = {.prefix_len = 64};

		req.addr = addr->v6.sin6_addr;
		req.ifindex = (int)if_nametoindex(tun->name);
		if (ioctl(fd, SIOCSIFADDR, &req))
			err = -errno;
	}
	if (!err && ioctl(fd, SIOCGIFFLAGS, &ifr))
		err = -errno;
	ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
	if (!err && ioctl(fd, SIOCSIFFLAGS, &ifr))
		err = -errno;
	close(fd);
	return err;
}

/* A work queue makes an IPv6 address usable (addrconf_dad_work); the local route comes last. */
static int await_local_route(const union lab_addr *addr)
{
	static const struct timespec pause = {.tv_nsec = 1000000};
	uint64_t until = lab_now_ns() + ROUTE_WAIT_NS;
	char want[48], line[256];
	size_t n = 0;

	if (addr->sa.sa_family != AF_INET6)
		return 0;
	for (size_t i = 0; i < sizeof(addr->v6.sin6_addr); i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%02x",
				      addr->v6.sin6_addr.s6_addr[i]);
	snprintf(want + n, sizeof(want) - n, " 80 ");
	do {
		FILE *routes = fopen("/proc/net/ipv6_route", "re");
		bool found = false;

		if (!routes)
			return -errno;
		while (!found && fgets(line, sizeof(line), routes))
			found = !strncmp(line, want, strlen(want));
		fclose(routes);
		if (found)
			return 0;
		nanosleep(&pause, NULL);
	} while (lab_now_ns() < until);
	return -ETIMEDOUT;
}

static int open_device(struct lab_tun *tun)
{
	struct ifreq ifr = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int err;

	tun->fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (tun->fd < 0)
		return lab_fail(tun->say, errno, "open /dev/net/tun");
	memcpy(ifr.ifr_name, OWN_PREFIX "%d", sizeof(OWN_PREFIX "%d"));
	if (ioctl(tun->fd, TUNSETIFF, &ifr)) {
		err = errno;
		close(tun->fd);
		tun->fd = -1;
		return lab_fail(tun->say, err,
				"creating a TUN device needs CAP_NET_ADMIN in this "
				"network namespace");
	}
	memcpy(tun->name, ifr.ifr_name, sizeof(tun->name));
	return 0;
}

int lab_tun_open(struct lab_tun *tun, const struct lab_say *say, const char *target,
		 const char *peer, uint16_t port, bool any_netns)
{
	char text[LAB_ADDR_TEXT], text2[LAB_ADDR_TEXT];
	union lab_addr device; /* address of the TUN device */
	char outside[IF_NAMESIZE];
	int err;

	memset(tun, 0, sizeof(*tun));
	tun->say = say;
	tun->fd = -1;
	if (!any_netns && find_outside(outside))
		return lab_fail(say, 0,
				"%s is up in this network namespace; run in one of your "
				"own (unshare -n), or give --any-netns",
				outside);
	if (target && lab_addr_parse(target, 0, &tun->host))
		return lab_fail(say, 0, "--addr: '%s' is not a numeric address", target);
	if (target && tun->host.sa.sa_family == AF_INET &&
	    ntohl(tun->host.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET)
		return lab_fail(say, 0,
				"--addr: %s is reached by loopback only; leave --addr out "
				"and let the server listen on 0.0.0.0",
				target);
	if (target && !addr_is_local(&tun->host))
		device = tun->host;
	else if (pick_host(target ? tun->host.sa.sa_family : AF_INET, &device))
		return lab_fail(say, EADDRINUSE, "all of 198.18.N.1 are in use");
	if (!target)
		tun->host = device;
	tun->peer = device;
	lab_addr_add(&tun->peer, 1);
	if (peer && (lab_addr_parse(peer, 0, &tun->peer) || !same_net(&tun->peer, &device)))
		return lab_fail(say, 0, "--bind: '%s' is not in the network of %s", peer,
				lab_addr_text(&device, text));
	lab_addr_set_port(&tun->host, port);
	err = open_device(tun);
	if (err)
		return err;
	err = give_address(tun, &device);
	if (!err)
		err = await_local_route(&device);
	if (err) {
		lab_fail(say, -err, "giving %s to %s", lab_addr_text(&device, text), tun->name);
		lab_tun_close(tun);
		return err;
	}
	lab_say(say, "%s is up: peer %s, target %s", tun->name, lab_addr_text(&tun->peer, text),
		lab_addr_text(&tun->host, text2));
	return 0;
}

void lab_tun_close(struct lab_tun *tun)
{
	if (tun->fd >= 0)
		close(tun->fd);
	tun->fd = -1;
}

int lab_tun_send(const struct lab_tun *tun, const struct lab_seg *seg)
{
	uint8_t packet[SEND_MAX];
	int len = lab_seg_build(seg, packet, sizeof(packet));

	if (len < 0)
		return len;
	return write(tun->fd, packet, (size_t)len) < 0 ? -errno : 0;
}

int lab_tun_recv(const struct lab_tun *tun, struct lab_seg *seg, uint64_t until_ns)
{
	uint8_t packet[PACKET_MAX];
	sigset_t open_mask;

	/* SIGINT and SIGTERM are blocked but in ppoll(): none arrives between a test and a wait. */
	sigemptyset(&open_mask);
	for (;;) {
		struct pollfd pfd = {.fd = tun->fd, .events = POLLIN};
		struct timespec ts;
		uint64_t now;
		ssize_t n = read(tun->fd, packet, sizeof(packet));

		if (n > 0 && lab_seg_parse(packet, (size_t)n, seg))
			return 1;
		if (n >= 0)
			continue;
		if (errno != EAGAIN)
			return -errno;
		now = lab_now_ns();
		if (now >= until_ns)
			return 0;
		ts.tv_sec = (time_t)((until_ns - now) / NS_S);
		ts.tv_nsec = (long)((until_ns - now) % NS_S);
		if (until_ns == LAB_NEVER)
			ts.tv_sec = LAB_MS_MAX;
		if (ppoll(&pfd, 1, &ts, &open_mask) < 0)
			return -errno;
	}
}
