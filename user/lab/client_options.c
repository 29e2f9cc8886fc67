// SPDX-License-Identifier: BSD-2-Clause
/* The options of the client, and those that contradict each other. */
#include "lab/client.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNT_MAX	  1000000
#define PARALLEL_MAX	  4096
#define SEND_MAX	  (64u << 20)
#define FLOOD_MAX	  65535 /* SYNs */
#define FLOOD_RATE_MAX	  20000 /* SYNs per second */
#define FLOOD_SECONDS_MAX 60	/* a flood ends by itself after this time at the latest */

static const char *const closes[] = {"fin", "rst", "never", "shutdown", NULL};
static const char *const stamps[] = {"relative", "wall", "ns", NULL};

#define S struct client_cfg
static const struct arg where_args[] = {
	LAB_TEXT(
		addr, "addr", "ADDR",
		"numeric address, also fe80::1%eth0 [127.0.0.1; with the TUN peer a free 198.18.N.1]"),
	LAB_NUM(port, "port", "PORT", 1, 65535, "port"),
	LAB_TEXT(bind_addr, "bind", "ADDR", "own address; of the TUN peer: one beside ADDR"),
	LAB_NUM(bind_port, "bind-port", "PORT", 1, 65535,
		"own port of the first connection, the next has the next"),
};

static const struct arg many_args[] = {
	LAB_NUM(count, "count", "N", 1, COUNT_MAX, "connections, or runs of a script"),
	LAB_MS(every_ms, "every", "MS", "start one each MS; else as fast as can be"),
	LAB_NUM(parallel, "parallel", "N", 1, PARALLEL_MAX,
		"at most N at a time; 1 makes them one after another"),
	LAB_MS(timeout_ms, "timeout", "MS", "give up a connect() after MS"),
	LAB_FLAG(keep_going, "keep-going",
		 "a failed connection is no failure: start the others, status 0"),
	LAB_NUM(duration_s, "duration", "S", 1, 86400, "end after S seconds, whatever is left"),
};

static const struct arg what_args[] = {
	LAB_NUM(send, "send", "BYTES", 0, SEND_MAX, "write BYTES, \"hello\\r\\n\" over and over"),
	LAB_NUM(read, "read", "[BYTES]", 1, UINT32_MAX,
		"wait for the reply: any, or BYTES at least"),
	LAB_FLAG(read_eof, "read-eof", "read until the server closes"),
	LAB_MS(hold_ms, "hold", "MS", "wait; 'forever' until SIGINT or SIGTERM"),
	LAB_CHOICE(close, "close", "fin|rst|never|shutdown", closes,
		   "how it ends: close(), close() with SO_LINGER 0, not before a signal, or "
		   "shutdown(SHUT_WR), read to the end, close()"),
	LAB_FLAG(fastopen, "fastopen",
		 "sendto(MSG_FASTOPEN); the first fetches the cookie, so use --parallel 1"),
	LAB_FLAG(mptcp, "mptcp", "Multipath TCP"),
	LAB_FLAG(simultaneous, "simultaneous",
		 "connect a socket to itself: a simultaneous open, no server needed"),
};

static const struct arg peer_args[] = {
	LAB_FLAG(half_open, "half-open", "--count SYNs whose SYN-ACKs nobody answers"),
	LAB_NUM(flood, "flood", "N", 1, FLOOD_MAX, "N such SYNs from 200 addresses"),
	LAB_NUM(rate, "rate", "R", 1, FLOOD_RATE_MAX,
		"SYNs per second of a flood, which may last 60 s"),
	LAB_TEXT(script, "raw", "SCRIPT", "segments step by step, see below"),
	LAB_FLAG(tun, "tun", "only make the peer and hold it: connections to it find silence"),
	LAB_FLAG(any_netns, "any-netns", "allow this where an outside device is up"),
};

static const struct arg says_args[] = {
	LAB_TEXT(name, "name", "COMM", "process name (PR_SET_NAME)"),
	LAB_CHOICE(stamps, "stamps", "relative|wall|ns", stamps,
		   "time shown; ns is raw CLOCK_MONOTONIC"),
	LAB_FLAG(quiet, "quiet", "tell the tally and errors only"),
};

static const struct arg help_args[] = {LAB_HELP};
#undef S

static const struct arg_group groups[] = {
	{.title = "Where it connects", ARG_ROWS(where_args)},
	{.title = "How many, and when", ARG_ROWS(many_args)},
	{.title = "What a connection does, in this order", ARG_ROWS(what_args)},
	{.title = "The TUN peer, a host made of this program behind a TUN device of its own",
	 .about = "The server must listen on 0.0.0.0, on ::, or on the peer's target (--freebind).",
	 ARG_ROWS(peer_args)},
	{.title = "What it tells", ARG_ROWS(says_args)},
	{.title = "Other", ARG_ROWS(help_args)},
};

static const struct arg_use uses[] = {
	{.group = &groups[0]}, {.group = &groups[1]}, {.group = &groups[2]},
	{.group = &groups[3]}, {.group = &groups[4]}, {.group = &groups[5]},
};

static const struct client_cfg defaults = {
	.port = 9502,
	.count = 1,
	.parallel = 1024,
	.rate = 1000,
	.send = sizeof(CLIENT_HELLO) - 1,
	.close = CLOSE_FIN,
	.stamps = LAB_STAMPS_WALL,
};

const struct command lab_client_command = {
	.name = "client",
	.usage = "[OPTION]...",
	.summary = "makes TCP connections of every kind and narrates them",
	.more = "A client that closes with a reply unread sends RST, as kernels do: add --read.",
	.args = {.program = "sockstate-lab client",
		 .size = sizeof(struct client_cfg),
		 .defaults = &defaults,
		 ARG_USES(uses)},
};

int client_check(const struct client_cfg *cfg, bool peer)
{
	int kinds = cfg->half_open + !!cfg->flood + !!cfg->script + cfg->tun;
	uint64_t first = cfg->bind_port ? cfg->bind_port : PEER_PORT + PEER_PORTS;
	union lab_addr addr;

	if (cfg->addr && lab_addr_parse(cfg->addr, 0, &addr))
		return lab_usage_error("client", "--addr: '%s' is not a numeric address",
				       cfg->addr);
	if (cfg->bind_addr && lab_addr_parse(cfg->bind_addr, 0, &addr))
		return lab_usage_error("client", "--bind: '%s' is not a numeric address",
				       cfg->bind_addr);
	if (kinds > 1)
		return lab_usage_error("client", "--half-open, --flood, --raw, --tun: choose one");
	if (peer && (cfg->simultaneous || cfg->fastopen || cfg->mptcp))
		return lab_usage_error("client", "the TUN peer has no kernel: not with "
						 "--simultaneous, --fastopen or --mptcp");
	if (peer && cfg->count > PEER_COUNT_MAX)
		return lab_usage_error("client", "--count: the TUN peer does %d at most",
				       PEER_COUNT_MAX);
	if (peer && first + cfg->count > 65536)
		return lab_usage_error("client", "--bind-port: %" PRIu64 " leaves too few ports",
				       first);
	if (!peer && cfg->bind_port + cfg->count > 65536 && cfg->bind_port)
		return lab_usage_error("client", "--bind-port: %" PRIu64 " leaves too few ports",
				       cfg->bind_port);
	if (cfg->flood > cfg->rate * FLOOD_SECONDS_MAX)
		return lab_usage_error("client",
				       "--flood: %" PRIu64 " at --rate %" PRIu64
				       " lasts longer than %d s",
				       cfg->flood, cfg->rate, FLOOD_SECONDS_MAX);
	if (cfg->fastopen && !cfg->send)
		return lab_usage_error("client", "--fastopen: needs data to --send");
	return 0;
}
