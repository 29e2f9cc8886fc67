// SPDX-License-Identifier: BSD-2-Clause
#include "stream/narrow.h"

#include <sys/socket.h>

#include "tap.h"

static const uint8_t here[16] = {10, 0, 0, 9};

/* The listener 7, on 10.0.0.9:80; and the connection 70. */
static bool knows(const void *ctx, const struct fact_queues *q, struct lookup_listener *l)
{
	*l = (struct lookup_listener){.netns = 1, .port = 80, .family = AF_INET, .addr = here};
	return q->cookie == *(const uint64_t *)ctx;
}

static bool knows_connection(const void *ctx, const struct fact_sock *s)
{
	return s->cookie == *(const uint64_t *)ctx * 10;
}

static const uint64_t known = 7;

static bool passes(const struct filter *f, const void *fact)
{
	return narrow_passes(f, fact, &(struct narrow_known){knows, knows_connection, &known});
}

static struct fact_state on_socket(uint8_t family, uint16_t lport, uint16_t rport)
{
	return (struct fact_state){
		.h = {.kind = FACT_STATE},
		.s = {.netns = 1, .family = family, .lport = lport, .rport = rport},
	};
}

int main(void)
{
	struct filter all, four, port, net;
	char err[256];
	struct fact_state f = on_socket(AF_INET, 80, 4000);
	struct fact_enqueue queued = {.h = {.kind = FACT_ENQUEUE},
				      .netns = 1,
				      .lport = 80,
				      .rport = 4000,
				      .q = {.sk = 1, .cookie = 7}};
	struct fact_accept failed = {.h = {.kind = FACT_ACCEPT}, .q = {.sk = 1, .cookie = 7}};
	struct fact_syn steered = {
		.h = {.kind = FACT_SYN},
		.s = {.netns = 1,
		      .family = AF_INET,
		      .lport = 81,
		      .rport = 4000,
		      .laddr = {192, 0, 2, 1}},
		.q = {.sk = 1, .cookie = 7},
	};
	struct fact_state later = on_socket(AF_INET, 81, 4000);
	struct filter all_netns2;
	bool general = true;

	filter_init(&all);
	four = port = net = all;
	four.ipv6 = false;
	all_netns2 = all;
	all_netns2.netns = 2;
	port.ports[0] = (struct port_range){80, 80};
	port.port_ranges = 1;

	for (int kind = 1; kind < FACT_KINDS; kind++) {
		f.h.kind = (uint8_t)kind;
		if (kind == FACT_TICK || kind == FACT_LOST || kind == FACT_EXISTING_END)
			general = general && passes(&port, &f) && passes(&four, &f);
	}
	ok(general, "what is about the recording itself passes");
	f = on_socket(AF_INET, 80, 4000);
	ok(passes(&port, &f) && passes(&four, &f), "a connection of that port and family");
	f.s.lport = 81;
	ok(!passes(&port, &f) && passes(&four, &f), "of another port");
	f.s.rport = 80;
	ok(passes(&port, &f), "of another port, to this one");
	f.s.family = AF_INET6;
	ok(passes(&port, &f) && !passes(&four, &f), "of the other family");
	f = on_socket(AF_INET6, 80, 0);
	ok(passes(&four, &f), "a listener on any IPv6 address takes IPv4, too");
	f.s.laddr[15] = 1;
	ok(!passes(&four, &f), "one on an address of its own does not");

	ok(passes(&four, &queued) && passes(&port, &queued), "queued at a listener that passed");
	queued.q.cookie = 8;
	ok(!passes(&four, &queued) && passes(&port, &queued),
	   "at one that did not: the family is not known, the port is");
	queued.lport = 81;
	ok(!passes(&port, &queued), "another port");
	ok(passes(&port, &failed), "accept() failed at a listener that passed");
	failed.q.cookie = 8;
	ok(!passes(&port, &failed) && !passes(&all, &failed), "at one that did not");
	failed.q.sk = 0;
	ok(passes(&port, &failed), "at one that was not named");
	failed.s.cookie = 9;
	ok(!passes(&port, &failed), "of a socket that does not listen and has no port");

	ok(!filter_add_laddrs(&net, "10.0.0.0/8", err, sizeof(err)), "an address of our end");
	f = on_socket(AF_INET, 80, 4000);
	ok(!passes(&net, &f), "a connection at another address");
	f.s.laddr[0] = 10;
	ok(passes(&net, &f), "at this one");
	queued.q.cookie = 8;
	ok(!passes(&net, &queued),
	   "queued at a listener that did not pass: the address is not known");
	queued.q.cookie = 7;
	ok(passes(&net, &queued), "at one that did");

	/* TPROXY: the connection has another port, and another address, than its listener. */
	ok(passes(&port, &steered), "a connection of another port: its listener is asked for");
	steered.q.cookie = 8;
	ok(!passes(&port, &steered), "its listener is not");
	steered.q.cookie = 7;
	net.laddrs = 0;
	filter_add_laddrs(&net, "10.1.0.0/16", err, sizeof(err));
	ok(!passes(&net, &steered), "the listener's address is none of those");
	filter_add_laddrs(&net, "10.0.0.9", err, sizeof(err));
	ok(passes(&net, &steered), "it is");
	filter_add_rports(&net, "4001", NULL, err, sizeof(err));
	ok(!passes(&net, &steered), "its peer's port is not asked for");
	ok(!passes(&all_netns2, &steered), "of another namespace");
	later.s.lport = 81;
	ok(!passes(&port, &later), "a later fact of such a connection, that did not pass");
	later.s.cookie = 70;
	ok(passes(&port, &later), "of one that did");
	queued.lport = 81;
	queued.child_cookie = 70;
	ok(passes(&port, &queued), "and it is queued");
	return done();
}
