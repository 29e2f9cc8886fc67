/* SPDX-License-Identifier: BSD-2-Clause */
/* client.h - the options of the client, for client_options.c and client.c. */
#ifndef LAB_CLIENT_H
#define LAB_CLIENT_H

#include "lab/lab.h"

#define CLIENT_HELLO "hello\r\n" /* what a connection sends, over and over */

#define PEER_PORT      20000 /* lowest port that the TUN peer may begin with */
#define PEER_PORTS     20000 /* how many there are: the choice varies, to avoid old tuples */
#define PEER_COUNT_MAX 20000 /* connections of a script or half open */

enum client_close { CLOSE_FIN = 1, CLOSE_RST, CLOSE_NEVER, CLOSE_SHUTDOWN };

struct client_cfg {
	const char *addr, *bind_addr, *name;
	uint64_t port, bind_port;
	uint64_t count, every_ms, parallel, timeout_ms, duration_s;
	bool keep_going;

	uint64_t send, read, hold_ms;
	bool read_eof, mptcp, fastopen, simultaneous;
	unsigned int close;

	bool tun, half_open, any_netns;
	uint64_t flood, rate;
	const char *script;

	unsigned int stamps;
	bool quiet;
	bool help;
};

/* 0, or -EINVAL after a complaint. peer: the far end is the TUN peer. */
int client_check(const struct client_cfg *cfg, bool peer);

#endif
