/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * brings.bpf.h - whether a listener that is wanted brings a connection whose own ends are not
 * (brought.bpf.h), for the stream and for --summary. The rule is that of narrow.c: the listener's
 * port, or its address, stands for the connection's.
 */
#ifndef SOCKSTATE_BRINGS_BPF_H
#define SOCKSTATE_BRINGS_BPF_H

#include "sock.bpf.h"

/* port: the listener's, host order. ends: those of a connection, with its peer's port. */
static __always_inline bool port_brings(__u16 port, const struct fact_sock *ends)
{
	return ports_wanted(port, ends->rport) && ends_wanted(ends, false) &&
	       (!setting_hosts || host_wanted(ends));
}

/* Its own address is asked for, or that of its listener. */
static __always_inline bool laddr_brings(const struct sock_common *listener,
					 const struct fact_sock *ends)
{
	struct fact_sock l;

	if (!setting_laddrs || laddr_wanted(ends))
		return true;
	ends_load(&l, listener);
	return laddr_wanted(&l);
}

/* The ends of c are not wanted: whether its listener is. */
static __always_inline bool listener_brings(const struct sock_common *listener,
					    const struct sock_common *c)
{
	struct fact_sock ends;

	if (listener->skc_num == c->skc_num && !setting_laddrs)
		return false;
	if (setting_netns && c->skc_net.net->ns.inum != setting_netns)
		return false;
	ends_load(&ends, c);
	ends.rport = bpf_ntohs(c->skc_dport);
	return port_brings(listener->skc_num, &ends) && laddr_brings(listener, &ends);
}

#endif
