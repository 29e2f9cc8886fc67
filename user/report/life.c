// SPDX-License-Identifier: BSD-2-Clause
#include "report/life.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"

void life_init(struct life *l)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
}

static enum life_side side_of(const struct event *e)
{
	if (event_has(e, F_ROLE))
		return event_enum(e, F_ROLE) == ROLE_CLIENT ? LIFE_CLIENT : LIFE_SERVER;
	return event_enum(e, F_WHAT) == RESENT_SYN ? LIFE_CLIENT : LIFE_SERVER;
}

static void learn_ends(struct life *l, const struct event *e, enum life_side side)
{
	const size_t size = e->family == AF_INET6 ? 16 : 4;

	if (!event_has(e, F_LADDR) || !event_has(e, F_RADDR) || !event_get(e, F_LPORT) ||
	    !event_get(e, F_RPORT))
		return;
	l->family = e->family;
	memcpy(l->addr[side], e->v[F_LADDR].addr, size);
	memcpy(l->addr[!side], e->v[F_RADDR].addr, size);
	l->port[side] = (uint16_t)event_get(e, F_LPORT);
	l->port[!side] = (uint16_t)event_get(e, F_RPORT);
	if (event_has(e, F_IFNAME))
		snprintf(l->zone[side], sizeof(l->zone[side]), "%s", event_text(e, F_IFNAME));
	if (event_has(e, F_NETNS))
		l->netns = (uint32_t)event_get(e, F_NETNS);
}

static void learn_owner(struct life_owner *o, const struct event *e)
{
	const char *comm = event_text(e, F_COMM);

	if (!event_has(e, F_PID))
		return;
	o->pid = (uint32_t)event_get(e, F_PID);
	snprintf(o->comm, sizeof(o->comm), "%s", comm ? comm : "");
}

static void on_established(struct life *l, const struct event *e, enum life_side side)
{
	if (side == LIFE_CLIENT) {
		l->client_established = true;
		l->connect_known = event_has(e, F_CONNECT_NS);
		l->connect_ns = event_get(e, F_CONNECT_NS);
		if (l->established)
			return;
	} else {
		l->handshake_known = event_has(e, F_HANDSHAKE_NS);
		l->handshake_ns = event_get(e, F_HANDSHAKE_NS);
		l->syncookie = event_get(e, F_SYNCOOKIE);
		l->fastopen |= event_get(e, F_FASTOPEN);
		l->queued |= event_get(e, F_QUEUED);
		l->place_known = event_has(e, F_ACCEPT_QUEUE) && event_has(e, F_BACKLOG);
		l->queue = (uint32_t)event_get(e, F_ACCEPT_QUEUE);
		l->backlog = (uint32_t)event_get(e, F_BACKLOG);
		if (event_has(e, F_BASIS))
			l->basis = event_enum(e, F_BASIS);
	}
	l->established = true;
	l->t_established = e->t;
}

static void on_state(struct life *l, const struct event *e, enum life_side side)
{
	switch (event_get(e, F_NEW)) {
	case TCP_STATE_SYN_RECV:
		l->syn_seen |= side == LIFE_SERVER;
		l->simultaneous |= side == LIFE_CLIENT;
		if (event_has(e, F_BASIS))
			l->basis = event_enum(e, F_BASIS);
		break;
	case TCP_STATE_SYN_SENT:
		l->syn_seen = true;
		break;
	case TCP_STATE_ESTABLISHED:
		on_established(l, e, side);
		break;
	case TCP_STATE_CLOSE:
		if (side == LIFE_SERVER && l->queued && !l->accepted) {
			l->reset_queued = true;
			l->t_reset_queued = e->t;
		}
		break;
	default:
		break;
	}
}

static void on_accept(struct life *l, const struct event *e)
{
	l->accepted = true;
	l->t_accepted = e->t;
	l->wait_known = event_wait_measured(e);
	l->wait_ns = event_get(e, F_ACCEPT_WAIT_NS);
	l->called_late = event_get(e, F_COMPLETED_BEFORE_ACCEPT);
	l->io_uring = event_enum(e, F_VIA) == VIA_IO_URING;
	l->fastopen |= event_get(e, F_FASTOPEN);
	if (event_has(e, F_FD))
		l->fd = (int32_t)e->v[F_FD].i;
	learn_owner(&l->acceptor, e);
}

static void on_refusal(struct life *l, const struct event *e, bool syn)
{
	unsigned int reason = event_enum(e, F_DROP_REASON);

	l->believes |= event_get(e, F_CLIENT_BELIEVES);
	if (reason == DROP_REQUEST_EXPIRED || reason == DROP_CLIENT_UNREACHABLE) {
		l->given_up = reason;
		return;
	}
	if (drop_is_discard(reason))
		return;
	if (!l->refused_syns && !l->refused_acks) {
		l->t_refused_first = e->t;
		l->refused_at_known = event_has(e, F_ACCEPT_QUEUE) && event_has(e, F_BACKLOG);
		l->refused_queue = (uint32_t)event_get(e, F_ACCEPT_QUEUE);
		l->refused_backlog = (uint32_t)event_get(e, F_BACKLOG);
	}
	l->t_refused_last = e->t;
	l->drop_reason = reason;
	l->refused_syns += syn;
	l->refused_acks += !syn;
}

static void on_retransmit(struct life *l, const struct event *e)
{
	bool syn = event_enum(e, F_WHAT) == RESENT_SYN;

	l->syn_resent += syn;
	l->synack_resent += !syn;
	l->believes |= event_get(e, F_CLIENT_BELIEVES);
	/* The listener was full when the SYN before this one came, and no event named it. */
	if (syn && event_has(e, F_DROP_REASON) && l->refused_syns < l->syn_resent)
		on_refusal(l, e, true);
}

/* The server's end knows more of how a connection ended than the client's. */
static void on_close(struct life *l, const struct event *e, enum life_side side)
{
	if (side == LIFE_CLIENT) {
		l->client_closed = true;
		l->t_client_closed = e->t;
	}
	if (l->closed && side == LIFE_CLIENT)
		return;
	l->closed = true;
	l->t_closed = e->t;
	l->close_reason = event_enum(e, F_END);
	l->close_role = event_enum(e, F_ROLE);
	l->bytes_known = event_has(e, F_BYTES_IN) && event_has(e, F_BYTES_OUT);
	l->bytes_in = event_get(e, F_BYTES_IN);
	l->bytes_out = event_get(e, F_BYTES_OUT);
	l->life_known = event_has(e, F_LIFE_NS);
	l->life_ns = event_get(e, F_LIFE_NS);
	l->accepted_known |= event_has(e, F_ACCEPTED);
	l->preexisting |= event_get(e, F_PREEXISTING);
}

void life_event(struct life *l, const struct event *e)
{
	enum life_side side = side_of(e);
	bool socket = event_has(e, F_ROLE) || e->type != EVENT_RESET;

	if (event_has(e, F_RAW))
		return;
	if (!l->t_first)
		l->t_first = e->t;
	if (e->t > l->t_last)
		l->t_last = e->t;
	learn_ends(l, e, side);
	if (socket) {
		l->seen[side] = true;
		if (e->type != EVENT_ACCEPT && !l->accepted)
			learn_owner(&l->owner[side], e);
	}
	switch (e->type) {
	case EVENT_SOCKET:
		l->preexisting = true;
		l->queued |= event_get(e, F_QUEUED);
		l->established |= event_get(e, F_SOCKET_STATE) == TCP_STATE_ESTABLISHED;
		break;
	case EVENT_STATE:
		on_state(l, e, side);
		break;
	case EVENT_ACCEPT:
		on_accept(l, e);
		break;
	case EVENT_DROP:
		on_refusal(l, e, event_enum(e, F_SEGMENT) != SEGMENT_ACK);
		break;
	case EVENT_RETRANSMIT:
		on_retransmit(l, e);
		break;
	case EVENT_RESET:
		if (event_has(e, F_RESET_REASON))
			l->reset_reason = event_enum(e, F_RESET_REASON);
		break;
	case EVENT_CLOSE:
		on_close(l, e, side);
		break;
	default:
		break;
	}
}

size_t life_end(const struct life *l, enum life_side side, char out[TEXT_END_MAX])
{
	/* Where one end alone was seen, both are called as that one does. */
	return text_end_in(out, l->family, l->family ? l->addr[side] : NULL,
			   l->port[side] ? l->port[side] : -1,
			   l->zone[side][0] ? l->zone[side] : l->zone[!side]);
}
