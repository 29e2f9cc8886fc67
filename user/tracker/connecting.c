// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/connecting.h"

#include <string.h>

#include "tracker/figures.h"

/* The listener of this namespace that the SYN of c goes to. */
static struct listener *listener_called(struct tracker *t, const struct conn *c)
{
	struct fact_sock theirs = {
		.netns = c->netns, .family = c->family, .lport = c->rport, .rport = c->lport};

	memcpy(theirs.laddr, c->raddr, sizeof(theirs.laddr));
	memcpy(theirs.raddr, c->laddr, sizeof(theirs.raddr));
	return listener_by_port(t->listeners, &theirs);
}

void connecting_begin(struct tracker *t, struct conn *c)
{
	struct listener *l = listener_called(t, c);

	if (!l)
		return;
	l->connecting++;
	c->refused_before = l->refused;
}

void connecting_end(struct tracker *t, const struct conn *c)
{
	struct listener *l = listener_called(t, c);

	if (l && l->connecting)
		l->connecting--;
}

struct listener *connecting_refused(struct tracker *t, struct conn *c)
{
	struct listener *l = listener_called(t, c);
	uint64_t before = c->refused_before;

	if (!l)
		return NULL;
	c->refused_before = l->refused;
	if (!l->connecting || l->refused - before < l->connecting)
		return NULL;
	return figures_full_queue(l) == DROP_UNKNOWN ? NULL : l;
}
