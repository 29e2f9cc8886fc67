// SPDX-License-Identifier: BSD-2-Clause
/*
 * cells.c - the cells that lines of several types share: time, ends, state, owner and queues.
 */
#include "view/table/cells.h"
#include "view/words.h"

#define NAME_COLUMNS 15

static void make_owner(struct table_owner *o, const char *comm, uint64_t pid, bool utf8)
{
	char *p = o->text;

	text_clean(p, sizeof(o->text) - TEXT_U64_MAX - 4, comm, NAME_COLUMNS, utf8);
	p += strlen(p);
	if (pid != TABLE_NO_PID)
		p = text_u64(stpcpy(p, *comm ? "[" : "pid "), pid);
	if (pid != TABLE_NO_PID && *comm)
		*p++ = ']';
	*p = '\0';
	o->len = (uint8_t)(p - o->text);
	o->columns = (uint8_t)text_columns(o->text);
}

const struct table_owner *table_owner_of(struct table *t, const struct event *e)
{
	return table_owner(t, event_text(e, F_COMM),
			   event_has(e, F_PID) ? e->v[F_PID].u : TABLE_NO_PID);
}

const struct table_owner *table_owner(struct table *t, const char *comm, uint64_t pid)
{
	struct table_owner *o = &t->owners[pid % TABLE_OWNERS];
	size_t n;

	if (!comm)
		comm = "";
	if (o->known && o->pid == pid && !strcmp(o->comm, comm))
		return o;
	n = strlen(comm);
	o->known = n < sizeof(o->comm);
	o->pid = pid;
	if (o->known)
		memcpy(o->comm, comm, n + 1);
	make_owner(o, comm, pid, t->base.options.utf8);
	return o;
}

bool table_queue_full(const struct event *e)
{
	return event_has(e, F_ACCEPT_QUEUE) && event_has(e, F_BACKLOG) &&
	       e->v[F_ACCEPT_QUEUE].u > e->v[F_BACKLOG].u;
}

/* "acc 1/2": connections waiting of the limit. */
char *table_put_accept_queue(char *p, const struct event *e)
{
	p = text_u64(p, e->v[F_ACCEPT_QUEUE].u);
	if (event_has(e, F_BACKLOG)) {
		*p++ = '/';
		p = text_u64(p, e->v[F_BACKLOG].u);
	}
	return p;
}

void table_queues_text(const struct table *t, const struct event *e, char *out)
{
	char *p = out;

	if (event_has(e, F_SYN_QUEUE)) {
		p = text_u64(stpcpy(p, "syn "), e->v[F_SYN_QUEUE].u);
		if (event_has(e, F_ACCEPT_QUEUE))
			p = stpcpy(p, table_dot(t));
	}
	if (event_has(e, F_ACCEPT_QUEUE))
		p = table_put_accept_queue(stpcpy(p, "acc "), e);
	*p = '\0';
}

/*
 * Writes both queues if there is room. In the compact form only the queue that the line is about,
 * and never with a digit cut off.
 */
void table_note_queues(struct line *l, const struct event *e, bool syn_side)
{
	const struct table *t = l->t;
	const char *color = table_queue_full(e) ? RED : DIM;
	unsigned int room = t->limit - t->note_at;
	char text[128], *p;

	if (!t->compact) {
		table_queues_text(t, e, text);
		table_note(l, t->note_at, false, color, text);
		return;
	}
	if (syn_side && event_has(e, F_SYN_QUEUE)) {
		*text_u64(stpcpy(text, "syn "), e->v[F_SYN_QUEUE].u) = '\0';
		table_note(l, t->note_at, true, DIM, text);
		return;
	}
	if (!event_has(e, F_ACCEPT_QUEUE))
		return;
	p = stpcpy(text, "acc ");
	*table_put_accept_queue(p, e) = '\0';
	if (strlen(text) <= room)
		table_note(l, t->note_at, true, color, text);
	else if (strlen(p) <= room)
		table_note(l, t->note_at, true, color, p);
	else
		table_note(l, t->note_at, true, color, text);
}

void table_note_its_owner(struct line *l, const struct event *e, unsigned int at, bool must)
{
	table_note_owner(l, at, must, table_owner_of(l->t, e));
}

/* A line about a listener: others may listen at the same ends. */
bool table_one_of_many(struct table *t, const struct event *e)
{
	const struct table_listener *known =
		event_enum(e, F_ROLE) == ROLE_LISTENER ? table_listener_of(t, e) : NULL;

	return known && known->one_of_many;
}

void table_learn_its_listener(struct table *t, const struct event *e)
{
	table_learn_listener(t, e, table_owner_of(t, e)->text);
}

void table_lasted(struct line *l, const struct event *e, enum field f)
{
	if (!event_has(e, f))
		return;
	table_pad_to(l, l->t->lasted_at);
	if (l->end - l->p < 32)
		return;
	l->p = text_duration_right(l->p, e->v[f].u, TEXT_DURATION_COLUMNS, l->t->base.options.utf8);
	l->col += TEXT_DURATION_COLUMNS;
}

const char *table_phase_color(unsigned int state)
{
	static const char *const colors[TCP_STATE_COUNT] = {
		[TCP_STATE_ESTABLISHED] = GREEN, [TCP_STATE_SYN_SENT] = YELLOW,
		[TCP_STATE_SYN_RECV] = YELLOW,	 [TCP_STATE_FIN_WAIT1] = DIM,
		[TCP_STATE_FIN_WAIT2] = DIM,	 [TCP_STATE_TIME_WAIT] = DIM,
		[TCP_STATE_CLOSE] = DIM,	 [TCP_STATE_CLOSE_WAIT] = DIM,
		[TCP_STATE_LAST_ACK] = DIM,	 [TCP_STATE_CLOSING] = DIM,
	};

	return state < TCP_STATE_COUNT ? colors[state] : PLAIN;
}

void table_put_time(struct line *l, const struct event *e)
{
	struct table *t = l->t;

	table_color_on(l, DIM);
	l->p = text_time_of_day(&t->clock, l->p, (int64_t)e->t + t->base.options.boot_offset_ns,
				t->base.options.utc_offset_s);
	l->col += TIME_COLUMNS;
	table_color_off(l, DIM);
}

static void put_peer(struct line *l, const struct event *e, bool listener)
{
	struct table *t = l->t;
	const uint8_t *addr = NULL;
	char text[TEXT_END_MAX];
	size_t n;

	if (listener) {
		if (!event_has(e, F_LADDR) || !e->v[F_LADDR].addr)
			return;
		n = (size_t)(text_addr(text, e->family, e->v[F_LADDR].addr) - text);
		text[n] = '\0';
		if (event_is_link_local(e, F_LADDR) && event_has(e, F_IFNAME))
			n += text_zone(text + n, event_text(e, F_IFNAME));
	} else {
		if (event_has(e, F_RADDR))
			addr = e->v[F_RADDR].addr;
		if (!addr && !event_has(e, F_RPORT))
			return;
		n = text_end_in(text, e->family, addr,
				event_has(e, F_RPORT) ? (int)e->v[F_RPORT].u : -1,
				event_text(e, F_IFNAME));
	}
	table_put_end(l, text, n, t->peer_columns);
}

/* With --raw an event has no role, but the states of a transition show that it is a listener's. */
static bool is_listeners(const struct event *e)
{
	return e->type == EVENT_STATE && !event_has(e, F_RPORT) &&
	       (event_get(e, F_NEW) == TCP_STATE_LISTEN ||
		(event_get(e, F_OLD) == TCP_STATE_LISTEN &&
		 event_get(e, F_NEW) == TCP_STATE_CLOSE));
}

/* TIME PORT↔PEER, up to the STATE column. */
void table_put_ends(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	enum role role = event_enum(e, F_ROLE);
	const char *sign = "   ";
	char port[TABLE_CELL];
	size_t n = 0;

	table_put_time(l, e);
	if (!role && !event_has(e, F_LPORT) && !event_has(e, F_RPORT))
		return;
	if (t->netns_column && event_has(e, F_NETNS)) {
		n = (size_t)(text_u64(port, e->v[F_NETNS].u) - port);
		table_pad_to(l, TIME_COLUMNS + 1 +
					(n < NETNS_COLUMNS ? NETNS_COLUMNS - (unsigned int)n : 0));
		table_put_cell(l, port, n, (unsigned int)n);
		n = 0;
	}
	if (event_has(e, F_LPORT))
		n = (size_t)(text_u64(port, e->v[F_LPORT].u & 0xffff) - port);
	table_pad_to(l, t->ends_at + PORT_COLUMNS - (unsigned int)n);
	table_put_cell(l, port, n, (unsigned int)n);
	if (role)
		sign = role == ROLE_SERVER   ? t->incoming
		       : role == ROLE_CLIENT ? t->outgoing
					     : t->listening;
	else if (e->type == EVENT_DROP)
		sign = t->incoming;
	else if (is_listeners(e))
		sign = t->listening;
	table_pad_to(l, l->col + t->ends_gap);
	memcpy(l->p, sign, sizeof(t->incoming));
	l->p += *sign == ' ' ? 1 : t->sign_bytes;
	l->col++;
	table_pad_to(l, l->col + t->ends_gap);
	put_peer(l, e, sign == t->listening);
	table_pad_to(l, t->state_at);
}

void table_put_state_name(struct line *l, unsigned int state)
{
	const char *name = tcp_state_name(state);
	size_t n = strlen(name);

	table_put(l, name, n, (unsigned int)n);
}

void table_put_transition(struct line *l, unsigned int from, unsigned int to)
{
	struct table *t = l->t;
	struct transition *cell;

	if (from >= TCP_STATE_COUNT || to >= TCP_STATE_COUNT) {
		table_put_state_name(l, from);
		table_put(l, t->into, strlen(t->into), text_columns(t->into));
		table_put_state_name(l, to);
		return;
	}
	cell = &t->transitions[from][to];
	if (!cell->len) {
		char *end = stpcpy(stpcpy(stpcpy(cell->text, tcp_state_name(from)), t->into),
				   tcp_state_name(to));

		cell->len = (uint8_t)(end - cell->text);
		cell->columns = (uint8_t)text_columns(cell->text);
	}
	memcpy(l->p, cell->text, TRANSITION_BYTES);
	l->p += cell->len;
	l->col += cell->columns;
}

void table_note_mptcp(struct line *l, const struct event *e, unsigned int at, bool must)
{
	if (event_get(e, F_MPTCP))
		table_note(l, at, must, DIM, "mptcp");
}
