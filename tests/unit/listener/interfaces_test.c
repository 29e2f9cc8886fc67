// SPDX-License-Identifier: BSD-2-Clause
/*
 * Interfaces: a name belongs to a number in one network namespace, and to link-local addresses.
 */
#include <stdio.h>
#include <sys/socket.h>

#include "listener/interfaces.h"
#include "tap.h"

static struct interfaces in;
static struct event line;

static void learn(uint32_t netns, uint32_t ifindex, const char *name)
{
	struct fact_interface f = {.netns = netns, .ifindex = ifindex};

	snprintf(f.name, sizeof(f.name), "%s", name);
	interfaces_learn(&in, &f);
}

/* The name on a line with these ends, "" if there is none. */
static const char *of(uint32_t netns, uint32_t ifindex, const uint8_t *laddr, const uint8_t *raddr)
{
	const char *text;

	event_init(&line, EVENT_STATE, 1);
	line.family = AF_INET6;
	event_field(&line, F_LADDR)->addr = laddr;
	event_field(&line, F_RADDR)->addr = raddr;
	interfaces_put(&in, netns, ifindex, &line);
	text = event_text(&line, F_IFNAME);
	return text ? text : "";
}

int main(void)
{
	static const uint8_t local[16] = {0xfe, 0x80, [15] = 1}, last[16] = {0xfe, 0xbf, [15] = 1},
			     behind[16] = {0xfe, 0xc0, [15] = 1}, global[16] = {0x20, 1, [15] = 1};

	learn(1, 2, "eth0");
	learn(2, 2, "eth1");
	is_str(of(1, 2, local, local), "eth0", "the name");
	is_str(of(2, 2, local, local), "eth1", "in another namespace it is another");
	is_str(of(3, 2, local, local), "", "where it was not told, there is none");
	is_str(of(1, 3, local, local), "", "of another number neither");
	is_str(of(1, 0, local, local), "", "nor of a socket that is bound to none");
	is_str(of(1, 2, last, global), "eth0", "one link-local end is enough");
	is_str(of(1, 2, behind, global), "", "fe80::/10 ends before fec0::");
	learn(1, 2, "renamed");
	is_str(of(1, 2, local, local), "renamed", "told again, it is the new one");
	return done();
}
