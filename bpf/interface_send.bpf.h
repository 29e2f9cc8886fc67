/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interface_send.bpf.h - sends the name of an interface, unless user space has been told.
 */
#ifndef SOCKSTATE_INTERFACE_SEND_BPF_H
#define SOCKSTATE_INTERFACE_SEND_BPF_H

#include "interface.bpf.h"
#include "send.bpf.h"

/* Of cpu->bound. A function of its own, because few sockets need it; it cannot take a pointer. */
__weak __noinline int interface_of_bound(void)
{
	struct fact_interface next = {}, *f;
	struct cpu *cpu = this_cpu();

	if (!cpu || !interface_fill(&next, (const struct sock_common *)cpu->bound))
		return 0;
	f = fact_reserve(FACT_INTERFACE, sizeof(*f), 0);
	if (!f)
		return 0;
	f->netns = next.netns;
	f->ifindex = next.ifindex;
	__builtin_memcpy(f->name, next.name, sizeof(f->name));
	fact_submit(f, sizeof(*f));
	interface_is_told(&next);
	return 0;
}

/* Of a socket or a request that is bound to one. */
static __always_inline void interface_send(struct cpu *cpu, const void *sk)
{
	*(volatile __u64 *)&cpu->bound = (__u64)sk;
	interface_of_bound();
}

#endif
