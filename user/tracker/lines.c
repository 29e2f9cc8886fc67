// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/lines.h"

#include "base/errnos.h"
#include <string.h>
#include <sys/socket.h>

struct event *line_begin(struct lines *ls, enum event_type type, uint64_t t)
{
	event_init(&ls->e, type, t);
	ls->silent = ls->unwanted >> type & 1;
	ls->ifindex = 0;
	return &ls->e;
}

void line_emit(struct lines *ls)
{
	if (ls->raw && ls->e.type == EVENT_STATE && !event_has(&ls->e, F_RAW))
		return;
	/* Of a process that may hold no listener any more another may have the pid by now. */
	if (!ls->silent && event_has(&ls->e, F_PID) && event_enum(&ls->e, F_ROLE) != ROLE_CLIENT)
		places_put(ls->places, (uint32_t)event_get(&ls->e, F_PID), &ls->e);
	if (!ls->silent)
		interfaces_put(ls->interfaces, (uint32_t)event_get(&ls->e, F_NETNS), ls->ifindex,
			       &ls->e);
	ls->e.late = ls->e.t < ls->last_t;
	if (!ls->e.late)
		ls->last_t = ls->e.t;
	if (!ls->silent)
		ls->emit(ls->ctx, &ls->e);
}

void line_as_fired(struct lines *ls)
{
	if (!ls->raw)
		return;
	event_set(&ls->e, F_RAW, true);
}

static void owner(struct lines *ls, uint32_t pid, uint32_t name)
{
	const char *comm = names_text(ls->names, name);

	if (pid)
		event_set(&ls->e, F_PID, pid);
	if (comm)
		event_set_text(&ls->e, F_COMM, comm);
}

static void family(struct event *e, int af)
{
	e->family = af;
	event_set_enum(e, F_FAMILY, family_of(af));
}

void line_conn(struct lines *ls, const struct conn *c, const struct listener *l)
{
	struct event *e = &ls->e;

	if (ls->silent)
		return;
	e->thinned = conn_is(c, CONN_THINNED);
	if (c->role)
		event_set_enum(e, F_ROLE, c->role);
	if (c->role_basis)
		event_set_enum(e, F_ROLE_BASIS, c->role_basis);
	if (c->cookie)
		event_set(e, F_COOKIE, c->cookie);
	if (l && l->cookie && c->role == ROLE_SERVER)
		event_set(e, F_LISTENER, l->cookie);
	if (c->netns)
		event_set(e, F_NETNS, c->netns);
	ls->ifindex = c->ifindex;
	family(e, c->family);
	event_field(e, F_LADDR)->addr = c->laddr;
	event_field(e, F_RADDR)->addr = c->raddr;
	if (c->lport)
		event_set(e, F_LPORT, c->lport);
	if (c->rport)
		event_set(e, F_RPORT, c->rport);
	owner(ls, c->pid, c->name);
	if (conn_is(c, CONN_MPTCP))
		event_set(e, F_MPTCP, true);
}

struct listener_identity line_identity_of(const struct lines *ls, const struct listener *l)
{
	return (struct listener_identity){
		.cookie = l->cookie,
		.netns = l->netns,
		.family = l->addr_known ? l->family : 0,
		.addr = l->addr,
		.ifname = interfaces_find(ls->interfaces, l->netns, l->ifindex),
		.port = l->port,
		.pid = l->pid,
		.comm = names_text(ls->names, l->name),
	};
}

struct listener_queues line_queues_of(const struct listener *l)
{
	return (struct listener_queues){
		.accept_known = l->queues_known,
		.accept = l->accept_queue,
		.syn_known = l->syn_known,
		.syn = l->syn_queue,
		.backlog_known = l->limit_known,
		.backlog = l->backlog,
		.syn_limit_known = l->syn_limit,
		.syn_limit = l->syn_limit ? l->syn_limit - 1 : 0,
	};
}

void line_listener(struct lines *ls, const struct listener *l)
{
	struct listener_identity identity = line_identity_of(ls, l);

	ls->ifindex = l->ifindex;
	listener_identity_put(&identity, &ls->e);
}

void line_ends(struct lines *ls, const struct fact_sock *s)
{
	struct event *e = &ls->e;

	if (s->cookie)
		event_set(e, F_COOKIE, s->cookie);
	if (s->netns)
		event_set(e, F_NETNS, s->netns);
	ls->ifindex = s->ifindex;
	if (!s->lport && !s->rport)
		return;
	family(e, s->family);
	event_field(e, F_LADDR)->addr = s->laddr;
	if (s->lport)
		event_set(e, F_LPORT, s->lport);
	if (s->rport) {
		event_field(e, F_RADDR)->addr = s->raddr;
		event_set(e, F_RPORT, s->rport);
	}
}

void line_refused(struct lines *ls, const struct listener *l)
{
	event_set_enum(&ls->e, F_ROLE, ROLE_SERVER);
	if (!l)
		return;
	if (l->cookie)
		event_set(&ls->e, F_LISTENER, l->cookie);
	owner(ls, l->pid, l->name);
}

void line_task(struct lines *ls, const struct fact_task *task)
{
	if (!task->pid)
		return;
	event_set(&ls->e, F_PID, task->pid);
	if (task->tid)
		event_set(&ls->e, F_TID, task->tid);
	if (task->comm[0])
		event_set_text(&ls->e, F_COMM, task->comm);
}

void line_queues(struct lines *ls, const struct listener *l)
{
	struct listener_queues queues;

	if (!l || ls->silent)
		return;
	queues = line_queues_of(l);
	listener_queues_put(&queues, &ls->e);
}

void line_isns(struct lines *ls, const struct conn *c)
{
	if (!c->isns_known)
		return;
	event_set(&ls->e, F_CLIENT_ISN, c->client_isn);
	event_set(&ls->e, F_SERVER_ISN, c->server_isn);
}

void line_errno(struct lines *ls, const struct conn *c)
{
	if (c->err)
		event_set_text(&ls->e, F_ERRNO, errno_name(c->err));
}

void line_wait(struct lines *ls, const struct conn *c, uint64_t ns)
{
	event_set(&ls->e, F_ACCEPT_WAIT_NS, ns);
	if (conn_is(c, CONN_WAIT_AT_LEAST))
		event_set_enum(&ls->e, F_WAIT_BASIS, BOUND_AT_LEAST);
}

int slot_of_state(unsigned int state)
{
	switch (state) {
	case TCP_STATE_SYN_SENT:
		return SLOT_SYN_SENT;
	case TCP_STATE_SYN_RECV:
		return SLOT_SYN_RECV;
	case TCP_STATE_ESTABLISHED:
		return SLOT_ESTABLISHED;
	case TCP_STATE_FIN_WAIT1:
	case TCP_STATE_CLOSE_WAIT:
		return SLOT_FIRST;
	case TCP_STATE_FIN_WAIT2:
	case TCP_STATE_CLOSING:
	case TCP_STATE_LAST_ACK:
		return SLOT_SECOND;
	case TCP_STATE_TIME_WAIT:
		return SLOT_TIME_WAIT;
	default:
		return -1;
	}
}

/* In a simultaneous open SYN_RECV comes in between. */
static uint64_t connected_after(const struct conn *c)
{
	return c->spent[SLOT_SYN_SENT] +
	       (c->timed >> TCP_STATE_SYN_RECV & 1 ? c->spent[SLOT_SYN_RECV] : 0);
}

void line_life(struct lines *ls, const struct conn *c, uint64_t t)
{
	struct event *e = &ls->e;
	bool any = false;

	if (ls->silent)
		return;
	if (c->t_begin && t >= c->t_begin)
		event_set(e, F_LIFE_NS, t - c->t_begin);
	for (unsigned int s = 0; s < TCP_STATE_COUNT; s++) {
		int slot = slot_of_state(s);
		bool known = slot >= 0 && c->timed >> s & 1;

		ls->states[s] = known ? c->spent[slot] : 0;
		any |= known;
	}
	if (any)
		event_field(e, F_STATES)->states = ls->states;
	if (c->role == ROLE_SERVER && c->timed >> TCP_STATE_SYN_RECV & 1 &&
	    c->visited >> TCP_STATE_ESTABLISHED & 1)
		event_set(e, F_HANDSHAKE_NS, c->spent[SLOT_SYN_RECV]);
	if (c->role == ROLE_CLIENT && c->timed >> TCP_STATE_SYN_SENT & 1 &&
	    c->visited >> TCP_STATE_ESTABLISHED & 1)
		event_set(e, F_CONNECT_NS, connected_after(c));
	if (conn_is(c, CONN_WAIT_KNOWN))
		line_wait(ls, c, c->accept_wait);
	if (c->role == ROLE_SERVER && conn_accept_known(c))
		event_set(e, F_ACCEPTED, c->stage == STAGE_ACCEPTED);
	if (!conn_is(c, CONN_TOTALS))
		return;
	event_set(e, F_BYTES_IN, c->bytes_in);
	event_set(e, F_BYTES_OUT, c->bytes_out);
	event_set(e, F_RETRANS, c->retrans);
	if (c->srtt_us && !conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SRTT_NS, (uint64_t)c->srtt_us * 1000);
}
