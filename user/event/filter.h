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

struct owner_filter;

struct filter {
	struct port_range ports[FILTER_RANGES_MAX];
	unsigned int port_ranges; /* 0: every port */
	/* --lport and --rport: of that end */
	struct port_range lports[FILTER_SIDE_RANGES_MAX], rports[FILTER_SIDE_RANGES_MAX];
	unsigned int lport_ranges, rport_ranges;  /* 0: every port */
	struct net_prefix laddr[FILTER_NETS_MAX]; /* of the local end */
	struct net_prefix host[FILTER_NETS_MAX];  /* of either end */
	unsigned int laddrs, hosts;		  /* 0: every address */
	enum filter_side side;
	bool ipv4, ipv6;		  /* both true: no restriction */
	const struct owner_filter *owner; /* for the meta line: what is applied later; NULL: none */
	uint32_t netns;			  /* inode of the only network namespace; 0: all */
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

/* --lport and --rport. The same rules; at most FILTER_SIDE_RANGES_MAX parts each. */
int filter_add_lports(struct filter *f, const char *text, port_by_name_fn port_by_name, char *err,
		      size_t err_size);
int filter_add_rports(struct filter *f, const char *text, port_by_name_fn port_by_name, char *err,
		      size_t err_size);
/*
 * "10.0.0.0/8", "192.0.2.1", "2001:db8::/32", or several of them with commas between them, added to
 * laddr or to host. Bits behind the prefix are an error. f is untouched on error.
 */
int filter_add_laddrs(struct filter *f, const char *text, char *err, size_t err_size);
int filter_add_hosts(struct filter *f, const char *text, char *err, size_t err_size);
/* "10.0.0.0/8", "192.0.2.1": at most NET_PREFIX_MAX bytes with the NUL. */
#define NET_PREFIX_MAX 50
void net_prefix_text(char text[NET_PREFIX_MAX], const struct net_prefix *net);
/* Nothing is restricted. */
bool filter_is_open(const struct filter *f);
/*
 * The filter asks for ends that a connection may not have, though its listener has them: the port,
 * or the local address.
 */
bool filter_brings(const struct filter *f);
/* Whether ports were asked for (--port), and this is one of them. */
bool filter_asks_for_port(const struct filter *f, uint16_t port);

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
/*
 * Whether a socket with these addresses (as in struct fact_sock) passes laddr and host. A listener
 * passes if a connection of it may: it has no peer yet, and on the wildcard any local address.
 */
bool filter_match_nets(const struct filter *f, int family, const uint8_t laddr[16],
		       const uint8_t raddr[16], bool listener);
/* Whether sockets of that network namespace pass. */
static inline bool filter_netns(const struct filter *f, uint32_t netns)
{
	return !f->netns || f->netns == netns;
}

#endif
