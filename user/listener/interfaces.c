// SPDX-License-Identifier: BSD-2-Clause
#include "listener/interfaces.h"

#include <string.h>

void interfaces_learn(struct interfaces *in, const struct fact_interface *f)
{
	const size_t i = FACT_INTERFACE_PLACE(f->netns, f->ifindex);

	in->list[i].netns = f->netns;
	in->list[i].ifindex = f->ifindex;
	memcpy(in->list[i].name, f->name, sizeof(in->list[i].name) - 1);
}

const char *interfaces_find(const struct interfaces *in, uint32_t netns, uint32_t ifindex)
{
	const size_t i = FACT_INTERFACE_PLACE(netns, ifindex);

	return ifindex && in->list[i].ifindex == ifindex && in->list[i].netns == netns
		       ? in->list[i].name
		       : NULL;
}

void interfaces_put(const struct interfaces *in, uint32_t netns, uint32_t ifindex, struct event *e)
{
	const char *name;

	if (!ifindex || (!event_is_link_local(e, F_LADDR) && !event_is_link_local(e, F_RADDR)))
		return;
	name = interfaces_find(in, netns, ifindex);
	if (name)
		event_set_text(e, F_IFNAME, name);
}
