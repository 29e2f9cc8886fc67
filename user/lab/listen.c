// SPDX-License-Identifier: BSD-2-Clause
/* The listening socket: its options, bind() and listen(). */
#include "lab/server.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

static int set_option(const struct lab_say *say, int fd, int level, int opt, int value,
		      const char *name)
{
	if (setsockopt(fd, level, opt, &value, sizeof(value)))
		return lab_fail(say, errno, "setsockopt(%s, %d)", name, value);
	return 0;
}

/* The TCP_FASTOPEN option is silently idle without this bit. */
static void check_fastopen_sysctl(const struct lab_say *say)
{
	FILE *file = fopen("/proc/sys/net/ipv4/tcp_fastopen", "re");
	unsigned int value = 2;

	if (!file)
		return;
	if (fscanf(file, "%u", &value) == 1 && !(value & 2))
		fprintf(stderr,
			"sockstate-lab %s: --fastopen: net.ipv4.tcp_fastopen is %u, "
			"servers need bit 2 (sysctl net.ipv4.tcp_fastopen=3)\n",
			say->command, value);
	fclose(file);
}

/* A socket bound as asked. *port is updated when the kernel chose. */
int listener_bind(const struct server_cfg *cfg, const struct lab_say *say, uint16_t *port,
		  bool reuse_port, int *out)
{
	int fd, err = 0, proto = cfg->mptcp ? IPPROTO_MPTCP : 0;
	char text[LAB_ADDR_TEXT];
	union lab_addr addr;
	socklen_t len;

	lab_addr_parse(cfg->addr, *port, &addr);
	fd = socket(addr.sa.sa_family, SOCK_STREAM, proto);
	if (fd < 0)
		return lab_fail(say, errno, cfg->mptcp ? "socket(IPPROTO_MPTCP)" : "socket()");
	lab_say(say, "socket(%s) = %d", cfg->mptcp ? "IPPROTO_MPTCP" : "", fd);
	err = set_option(say, fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
	if (!err && reuse_port)
		err = set_option(say, fd, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
	if (!err && addr.sa.sa_family == AF_INET6)
		err = set_option(say, fd, IPPROTO_IPV6, IPV6_V6ONLY, cfg->v6only, "IPV6_V6ONLY");
	if (!err && cfg->freebind)
		err = set_option(say, fd, IPPROTO_IP, IP_FREEBIND, 1, "IP_FREEBIND");
	if (!err && cfg->defer_accept_s)
		err = set_option(say, fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, (int)cfg->defer_accept_s,
				 "TCP_DEFER_ACCEPT");
	if (!err && cfg->fastopen) {
		check_fastopen_sysctl(say);
		err = set_option(say, fd, IPPROTO_TCP, TCP_FASTOPEN, (int)cfg->fastopen,
				 "TCP_FASTOPEN");
	}
	if (!err && bind(fd, &addr.sa, lab_addr_len(&addr)))
		err = lab_fail(say, errno, "bind(%s)", lab_addr_text(&addr, text));
	if (err)
		goto out;
	lab_say(say, "bind(%d, %s)", fd, lab_addr_text(&addr, text));
	len = sizeof(addr);
	getsockname(fd, &addr.sa, &len);
	*port = lab_addr_port(&addr);
	*out = fd;
	return 0;
out:
	close(fd);
	return err;
}

int listener_open(const struct server_cfg *cfg, const struct lab_say *say, uint16_t *port,
		  bool reuse_port, int *out)
{
	char text[LAB_ADDR_TEXT];
	union lab_addr addr;
	int fd, err;

	err = listener_bind(cfg, say, port, reuse_port, &fd);
	if (err)
		return err;
	if (listen(fd, (int)cfg->backlog)) {
		err = lab_fail(say, errno, "listen(%d, %" PRIu64 ")", fd, cfg->backlog);
		close(fd);
		return err;
	}
	lab_say(say, "listen(%d, %" PRIu64 ")", fd, cfg->backlog);
	lab_addr_parse(cfg->addr, *port, &addr);
	lab_say(say, "listening on %s", lab_addr_text(&addr, text));
	*out = fd;
	return 0;
}

void server_ready(const struct server_cfg *cfg, uint16_t port)
{
	if (!cfg->ready_fd)
		return;
	dprintf((int)cfg->ready_fd, "%u\n", port);
	close((int)cfg->ready_fd);
}
