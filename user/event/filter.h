/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter.h - which sockets are traced, parsed once from the command line into a plain struct.
 *
 * Applied in the kernel (ports, side by port, family); the tracker applies what the kernel cannot
 * know (the role of a connection when no port is given). Pure.
 */
#ifndef SOCKSTATE_FILTER_H
#define SOCKSTATE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

enum filter_side {
	SIDE_BOTH,
	SIDE_SERVER, /* with ports: the local port matches; and the role is listener or server */
	SIDE_CLIENT, /* with ports: the remote port matches; and the role is client */
};

struct port_range {
	uint16_t first, last; /* inclusive, host order */
};

struct filter {
	struct port_range ports[FILTER_RANGES_MAX];
	unsigned int port_ranges; /* 0: every port */
	enum filter_side side;
	bool ipv4, ipv6; /* both true: no restriction */
	uint32_t netns;	 /* inode of the only network namespace; 0: all */
};

void filter_init(struct filter *f);

/* The port of a TCP service by name, "http" for example; 0: there is no such service. */
typedef uint16_t (*port_by_name_fn)(const char *name);

/*
 * "9502", "80,443", "9500-9510,80" added to f. Returns 0, or -EINVAL with one line in err that
 * names the part that is wrong (port 0, 65536, 80x, an empty part, a range the wrong way round,
 * more than FILTER_RANGES_MAX parts). f is untouched on error.
 */
int filter_add_ports(struct filter *f, const char *text, char *err, size_t err_size);
/* The same, and a part may be the name of a service, unless port_by_name is NULL. */
int filter_add_named_ports(struct filter *f, const char *text, port_by_name_fn port_by_name,
			   char *err, size_t err_size);

/*
 * Whether a socket with these ends passes ports, side-by-port and family (AF_*). A port of 0 is not
 * known yet.
 */
bool filter_match(const struct filter *f, int family, uint16_t lport, uint16_t rport);
/*
 * The same for one that listens. On IPv6 it serves IPv4 too, unless v6only (IPV6_V6ONLY): then it
 * passes with either.
 */
bool filter_match_listener(const struct filter *f, int family, bool v6only, uint16_t port);
/* Whether sockets of that network namespace pass. */
static inline bool filter_netns(const struct filter *f, uint32_t netns)
{
	return !f->netns || f->netns == netns;
}

#endif
