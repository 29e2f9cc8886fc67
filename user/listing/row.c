// SPDX-License-Identifier: BSD-2-Clause
#include "listing/row.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "base/value.h"
#include "event/tcp.h"
#include "event/vocabulary.h"

/* TCP_TIMEWAIT_LEN, include/net/tcp.h */
#define TIME_WAIT_MS 60000
/* TCP_TIMEOUT_INIT, include/net/tcp.h: when a SYN-ACK is sent again for the first time */
#define FIRST_TIMEOUT_MS 1000

static struct listing_time ago(uint64_t ms, enum listing_basis is)
{
	return (struct listing_time){.ns = ms * NS_MS, .is = is};
}

static uint64_t latest(const struct listing_figures *f)
{
	return f->data_in_ms < f->data_out_ms ? f->data_in_ms : f->data_out_ms;
}

/* None is older than the connection: tcp_create_openreq_child(), tcp_finish_connect(). */
static uint64_t earliest(const struct listing_figures *f)
{
	uint64_t ms = f->data_in_ms > f->data_out_ms ? f->data_in_ms : f->data_out_ms;

	return ms > f->ack_in_ms ? ms : f->ack_in_ms;
}

/*
 * How long a connection has been in its state. In the accept queue nobody sends data, so the time
 * of the last data sent is the one that tcp_rcv_state_process() set when the handshake was
 * complete. With Fast Open the connection was in the queue before that.
 *
 * A FIN acknowledges, so in CLOSE_WAIT the last ACK came with it or later.
 */
static struct listing_time time_in_state(const struct listing_row *row,
					 const struct listing_figures *f)
{
	if (!f->has_times)
		return ago(0, LISTING_UNKNOWN);
	if (row->kind == LISTING_QUEUED)
		return ago(f->data_out_ms,
			   row->s.state == TCP_STATE_SYN_RECV ? LISTING_AT_LEAST : LISTING_EXACT);
	switch (row->s.state) {
	case TCP_STATE_CLOSE_WAIT:
	case TCP_STATE_FIN_WAIT2:
		return ago(f->ack_in_ms, LISTING_AT_LEAST);
	case TCP_STATE_ESTABLISHED:
		return ago(earliest(f), LISTING_AT_LEAST);
	default:
		return ago(0, LISTING_UNKNOWN);
	}
}

/*
 * The timer of a request runs from the SYN; each time that the SYN-ACK is sent again it starts
 * anew, so then nothing is known.
 */
static struct listing_time time_of_request(const struct fact_existing *e,
					   const struct listing_figures *f)
{
	if (!f->has_timer || e->retrans || f->timer_ms > FIRST_TIMEOUT_MS)
		return ago(0, LISTING_UNKNOWN);
	return ago(FIRST_TIMEOUT_MS - f->timer_ms, LISTING_EXACT);
}

/* How long FIN_WAIT2 lasts is a setting of the namespace, which is not known here. */
static struct listing_time time_of_timewait(const struct fact_existing *e,
					    const struct listing_figures *f)
{
	if (!f->has_timer || e->s.state != TCP_STATE_TIME_WAIT || f->timer_ms > TIME_WAIT_MS)
		return ago(0, LISTING_UNKNOWN);
	return ago(TIME_WAIT_MS - f->timer_ms, LISTING_EXACT);
}

static void set_times(struct listing_row *row, const struct fact_existing *e,
		      const struct listing_figures *f)
{
	switch (row->kind) {
	case LISTING_REQUEST:
		row->in = time_of_request(e, f);
		break;
	case LISTING_TIMEWAIT:
		row->in = time_of_timewait(e, f);
		break;
	case LISTING_LISTENER:
		break;
	case LISTING_QUEUED:
	case LISTING_CONNECTION:
		row->in = time_in_state(row, f);
		if (f->has_times)
			row->idle = ago(latest(f), LISTING_EXACT);
		break;
	}
}

void listing_row_make(struct listing_row *row, const struct fact_existing *e,
		      const struct listing_figures *f, enum listing_kind kind)
{
	*row = (struct listing_row){
		.t = e->h.t,
		.s = e->s,
		.kind = kind,
		.listener = e->listener_cookie,
		.pid = e->task.pid,
		.fd = e->task.pid ? e->fd : -1,
		.retrans = e->retrans,
		.mptcp = e->h.flags & FACT_F_MPTCP,
		.has_bytes = f->has_bytes,
		.unread = f->unread,
		.unsent = f->unsent,
	};
	memcpy(row->comm, e->task.comm, sizeof(e->task.comm));
	if (kind == LISTING_LISTENER) {
		row->has_queue = true;
		row->accept_queue = e->q.accept_queue;
		row->backlog = e->q.backlog;
		row->syn_queue = e->q.syn_queue;
		row->drops = e->q.drops;
	}
	set_times(row, e, f);
}

/* ---- states ---- */

unsigned int listing_row_state(const struct listing_row *row)
{
	return row->kind == LISTING_QUEUED ? LISTING_STATE_QUEUED : row->s.state;
}

enum listing_end listing_row_end(const struct listing_row *row)
{
	if (row->kind != LISTING_QUEUED)
		return LISTING_ALIVE;
	if (row->s.state == TCP_STATE_CLOSE)
		return LISTING_RST;
	return row->s.state == TCP_STATE_CLOSE_WAIT ? LISTING_FIN : LISTING_ALIVE;
}

const char *listing_state_name(unsigned int state)
{
	return state == LISTING_STATE_QUEUED ? "QUEUED" : tcp_state_name(state);
}

/* Letters alone count: "close-wait", "CLOSE_WAIT" and "closewait" are the same. */
static bool same_name(const char *typed, size_t len, const char *name)
{
	for (size_t i = 0;; i++, name++) {
		while (i < len && (typed[i] == '-' || typed[i] == '_'))
			i++;
		while (*name == '_')
			name++;
		if (i >= len || !*name)
			return i >= len && !*name;
		if (toupper((unsigned char)typed[i]) != *name)
			return false;
	}
}

/* What a socket can be in; a request is SYN_RECV to people. */
static bool is_state(unsigned int state)
{
	return state != TCP_STATE_CLOSE && state != TCP_STATE_NEW_SYN_RECV;
}

const char *listing_state_word(size_t i)
{
	for (unsigned int state = TCP_STATE_ESTABLISHED; state < LISTING_STATES; state++) {
		if (is_state(state) && !i--)
			return listing_state_name(state);
	}
	return NULL;
}

static unsigned int state_by_name(const char *typed, size_t len)
{
	static const struct {
		const char *name;
		unsigned int state;
	} others[] = {
		{"ESTAB", TCP_STATE_ESTABLISHED},
		{"LISTENING", TCP_STATE_LISTEN},
		{"SYNRCV", TCP_STATE_SYN_RECV},
	};

	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (same_name(typed, len, others[i].name))
			return others[i].state;
	}
	for (unsigned int i = TCP_STATE_ESTABLISHED; i < LISTING_STATES; i++) {
		if (is_state(i) && same_name(typed, len, listing_state_name(i)))
			return i;
	}
	return 0;
}

int listing_states_parse(const char *text, uint32_t *mask, char *err, size_t err_size)
{
	uint32_t added = *mask;

	if (*text && value_list_whole(text, err, err_size))
		return -EINVAL;
	for (;;) {
		size_t len = strcspn(text, ",");
		unsigned int state = state_by_name(text, len);

		if (!state) {
			snprintf(err, err_size,
				 "'%.*s' is no state: give for example QUEUED, CLOSE_WAIT or "
				 "ESTABLISHED,LISTEN",
				 (int)(len < 40 ? len : 40), text);
			return -EINVAL;
		}
		added |= UINT32_C(1) << state;
		if (!text[len])
			break;
		text += len + 1;
	}
	*mask = added;
	return 0;
}

/* ---- the line ---- */

static enum role role_of(const struct listing_row *row)
{
	switch (row->kind) {
	case LISTING_LISTENER:
		return ROLE_LISTENER;
	case LISTING_QUEUED:
	case LISTING_REQUEST:
		return ROLE_SERVER;
	default:
		/* Which end opened it nobody has seen; SYN_SENT alone tells. */
		return row->s.state == TCP_STATE_SYN_SENT ? ROLE_CLIENT : ROLE_UNKNOWN;
	}
}

static void set_identity(const struct listing_row *row, struct event *e)
{
	enum role role = role_of(row);

	e->family = row->s.family;
	if (role != ROLE_UNKNOWN)
		event_set_enum(e, F_ROLE, role);
	if (row->s.cookie)
		event_set(e, F_COOKIE, row->s.cookie);
	if (row->listener)
		event_set(e, F_LISTENER, row->listener);
	event_set(e, F_NETNS, row->s.netns);
	event_set_enum(e, F_FAMILY, family_of(row->s.family));
	event_field(e, F_LADDR)->addr = row->s.laddr;
	event_set(e, F_LPORT, row->s.lport);
	if (row->kind != LISTING_LISTENER) {
		event_field(e, F_RADDR)->addr = row->s.raddr;
		event_set(e, F_RPORT, row->s.rport);
	}
	if (row->ifname && (event_is_link_local(e, F_LADDR) || event_is_link_local(e, F_RADDR)))
		event_set_text(e, F_IFNAME, row->ifname);
	if (row->pid) {
		event_set(e, F_PID, row->pid);
		event_set_text(e, F_COMM, row->comm);
	}
	if (row->fd >= 0)
		event_field(e, F_FD)->i = row->fd;
	if (row->mptcp)
		event_set(e, F_MPTCP, true);
}

static void set_time(struct event *e, enum field ns, enum field basis,
		     const struct listing_time *time)
{
	if (time->is == LISTING_UNKNOWN)
		return;
	event_set(e, ns, time->ns);
	if (time->is == LISTING_AT_LEAST)
		event_set_enum(e, basis, BOUND_AT_LEAST);
}

void listing_row_event(const struct listing_row *row, struct event *e)
{
	event_init(e, EVENT_SOCKET, row->t);
	event_set(e, F_SOCKET_STATE, row->s.state);
	set_identity(row, e);
	if (row->kind == LISTING_QUEUED) {
		event_set(e, F_QUEUED, true);
		set_time(e, F_ACCEPT_WAIT_NS, F_WAIT_BASIS, &row->in);
	} else {
		set_time(e, F_IN_STATE_NS, F_IN_STATE_BASIS, &row->in);
	}
	if (row->idle.is != LISTING_UNKNOWN)
		event_set(e, F_IDLE_NS, row->idle.ns);
	if (row->has_bytes) {
		event_set(e, F_UNREAD_BYTES, row->unread);
		event_set(e, F_UNACKED_BYTES, row->unsent);
	}
	if (row->has_queue) {
		event_set(e, F_ACCEPT_QUEUE, row->accept_queue);
		event_set(e, F_BACKLOG, row->backlog);
		event_set(e, F_SYN_QUEUE, row->syn_queue);
	}
	if (row->kind == LISTING_LISTENER)
		event_set(e, F_DROPS_TOTAL, row->drops);
	if (row->kind == LISTING_REQUEST)
		event_set(e, F_SYNACK_RETRANS, row->retrans);
	else if (row->has_bytes)
		event_set(e, F_RETRANS, row->retrans);
}
