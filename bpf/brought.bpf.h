/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * brought.bpf.h - sockets that the filter does not want by their own ends, but for the sake of
 * another.
 *
 * TPROXY and programs at sk_lookup steer: they give a listener segments to a port or an address
 * that is not its own. The connection keeps the ends of its segments. If the filter wants the
 * listener, it brings its connections; and a connection that the filter wants brings its listener.
 * Which listener a connection belongs to is known from the kernel (steered.bpf.h) only until the
 * connection is queued, so what was brought is kept here, by socket cookie, which a timewait socket
 * has from its connection.
 *
 * Nobody pays for this who has nothing steered: until something is brought, the test is one flag.
 */
#ifndef SOCKSTATE_BROUGHT_BPF_H
#define SOCKSTATE_BROUGHT_BPF_H

#include "settings.bpf.h"

/* At most so many at once, with 16 bytes each for the table and some 70 for each socket in it. */
#define BROUGHT_MAX 65536

struct brought {
	__u64 listener; /* cookie of the listener that brought the connection; 0: not kept */
	bool timewait;	/* a timewait socket has its cookie now, and will end after it */
	__u8 pad[7];
};

/* User space makes it small where the filter cannot bring anything. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BROUGHT_MAX);
	__type(key, __u64); /* cookie */
	__type(value, struct brought);
} brought __weak SEC(".maps");

/* Something has been brought. */
bool bringing __weak = false;

/* Without such a filter the ends of a connection do not matter. A constant for the verifier. */
static __always_inline bool can_bring(void)
{
	return setting_port_ranges || setting_lport_ranges || setting_rport_ranges ||
	       setting_laddrs;
}

/* NULL: it is not there. cookie 0: the socket has none. */
static __always_inline struct brought *brought_get(__u64 cookie)
{
	return bringing && cookie ? bpf_map_lookup_elem(&brought, &cookie) : NULL;
}

/* NULL: it has not been brought. */
static __always_inline struct brought *brought_find(__u64 cookie)
{
	return can_bring() ? brought_get(cookie) : NULL;
}

/* False: there is no room. */
static __always_inline bool brought_add(__u64 cookie, __u64 listener)
{
	struct brought b = {.listener = listener};

	bringing = true;
	return !bpf_map_update_elem(&brought, &cookie, &b, 0);
}

/* Its socket has ended. Only a timewait socket may live on with the cookie. */
static __always_inline void brought_end(__u64 cookie, bool timewait)
{
	struct brought *b = brought_get(cookie);

	if (b && (timewait || !b->timewait))
		bpf_map_delete_elem(&brought, &cookie);
}

#endif
