// SPDX-License-Identifier: BSD-2-Clause
/*
 * The life of a socket, told from facts. Read it from top to bottom as a connection lives:
 * request (SYN) - established - queued - accepted - closing - closed; then listeners, loss and time.
 */
#include "tracker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "errnos.h"
#include "lines.h"
#include "listeners.h"
#include "names.h"
#include "tcp.h"

#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

/* How long a line may wait for a fact that completes it. */
#define ENQUEUE_WAIT (2 * MS)	/* ESTABLISHED of an unknown request, for its listener */
#define RESET_WAIT (100 * MS)	/* the last line of an aborted connection, for the RST that follows its CLOSE */
#define ERROR_EVERY SECOND	/* repeated accept() errors are told once in this time */
#define VERDICT_EVERY SECOND	/* length of a verdict's window */

#define PENDING_MAX 16
#define ABORTED_MAX 256
#define CLOSED_MAX 4096 /* cookies of connections that ended lately */

struct pending {
	struct fact_established f;
	bool used;
};

struct aborted {
	conn_id id;
	uint64_t cookie, t;
};

struct tracker {
	struct tracker_config config;
	struct lines lines;
	struct names *names;
	struct conn_table *conns;
	struct listeners *listeners;

	uint64_t t_first; /* ns: the first fact of all: what began earlier is older than the tracer */
	uint64_t t_now;	  /* ns: the latest stamp seen */
	bool walked;	  /* the tables of existing sockets have been read */

	struct pending pending[PENDING_MAX];
	unsigned int pending_count;
	struct aborted aborted[ABORTED_MAX]; /* a ring, oldest first */
	unsigned int aborted_head, aborted_count;
	uint64_t closed[CLOSED_MAX];

	uint64_t t_verdict;
	uint64_t connections, accepted, never_accepted, lost;
	uint64_t evicted, evicted_told;
	uint64_t drops[DROP_REASON_COUNT];
};

const char *drop_reason_name(enum drop_reason reason)
{
	static const char *const reason_names[DROP_REASON_COUNT] = {
		[DROP_UNKNOWN] = "unknown",
		[DROP_ACCEPT_QUEUE_FULL] = "accept_queue_full",
		[DROP_SYN_QUEUE_FULL] = "syn_queue_full",
		[DROP_COOKIE_INVALID] = "cookie_invalid",
		[DROP_LISTENER_CLOSED] = "listener_closed",
		[DROP_OTHER] = "other",
		[DROP_REQUEST_EXPIRED] = "request_expired",
	};

	return (unsigned int)reason < DROP_REASON_COUNT ? reason_names[reason] : "unknown";
}

static const char *reset_reason_name(unsigned int reason)
{
	static const char *const reason_names[FACT_RESET_REASONS] = {
		[FACT_RESET_NO_SOCKET] = "no_socket",
		[FACT_RESET_STATE] = "state",
		[FACT_RESET_ABORT_ON_CLOSE] = "abort_on_close",
		[FACT_RESET_ABORT_ON_LINGER] = "abort_on_linger",
		[FACT_RESET_ABORT_ON_MEMORY] = "abort_on_memory",
		[FACT_RESET_DISCONNECT] = "disconnect",
		[FACT_RESET_TIMEOUT] = "timeout",
		[FACT_RESET_OTHER] = "other",
	};

	return reason < FACT_RESET_REASONS ? reason_names[reason] : NULL;
}

void tracker_config_init(struct tracker_config *config)
{
	memset(config, 0, sizeof(*config));
	filter_init(&config->filter);
	verdict_limits_init(&config->verdict);
	config->max_connections = 1000000;
	config->max_requests = 65536;
}

struct tracker *tracker_new(const struct tracker_config *config, event_fn emit, void *ctx)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->config = *config;
	t->names = names_new();
	t->conns = conn_table_new(config->max_connections, config->max_requests);
	t->listeners = listeners_new();
	t->lines.emit = emit;
	t->lines.ctx = ctx;
	t->lines.side = config->filter.side;
	t->lines.names = t->names;
	if (t->names && t->conns && t->listeners)
		return t;
	tracker_free(t);
	return NULL;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	conn_table_free(t->conns);
	listeners_free(t->listeners);
	names_free(t->names);
	free(t);
}

static bool exact(const struct tracker *t, enum fact_name name)
{
	return t->config.facts.fact[name].is == FACT_IS_EXACT;
}

static bool absent(const struct tracker *t, enum fact_name name)
{
	return t->config.facts.fact[name].is == FACT_IS_ABSENT;
}

static struct listener *listener_of(struct tracker *t, const struct conn *c)
{
	return listener_get(t->listeners, c->listener);
}

/* ---- owners ---- */

static void own(struct tracker *t, struct conn *c, const struct fact_task *task)
{
	if (!task->pid)
		return;
	c->pid = task->pid;
	c->name = names_id(t->names, task->comm);
	names_learn(t->names, c->pid, c->name);
}

/* A fact that carries a pid alone: a user of the socket. Its name, if we have heard it. */
static void own_pid(struct tracker *t, struct conn *c, const struct fact_hdr *h, uint32_t pid)
{
	if (!(h->flags & FACT_F_OWNED) || !pid || c->pid == pid)
		return;
	c->pid = pid;
	c->name = names_of_pid(t->names, pid);
}

static void own_as(struct conn *c, const struct listener *l)
{
	if (!l || conn_is(c, CONN_ACCEPTED) || !l->pid)
		return;
	c->pid = l->pid;
	c->name = l->name;
}

/* ---- memory, bounded ---- */

static void forget(struct tracker *t, struct conn *c)
{
	listener_dequeue(t->listeners, t->conns, c);
	listener_attach(t->listeners, c, NULL);
	conn_remove(t->conns, c);
}

static struct conn *add(struct tracker *t, const struct fact_sock *s, bool request)
{
	struct conn *c;

	while (conn_full(t->conns, request) && (c = conn_oldest(t->conns, request))) {
		t->evicted++;
		forget(t, c);
	}
	c = conn_add(t->conns, s, request);
	if (!c)
		t->evicted++;
	return c;
}

static struct conn *find(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c = conn_by_cookie(t->conns, s->cookie);

	if (c || !s->lport || !s->rport)
		return c;
	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (!c->cookie || !s->cookie)
			return c;
	return NULL;
}

/* ---- states ---- */

static bool spent_in_state(const struct conn *c, uint64_t t, uint64_t *ns)
{
	if (!c->t_state || t < c->t_state)
		return false;
	*ns = t - c->t_state;
	return true;
}

static void enter(struct conn *c, unsigned int state, uint64_t t)
{
	int slot = slot_of_state(c->state);
	uint64_t ns;

	if (slot >= 0 && spent_in_state(c, t, &ns)) {
		c->spent[slot] = ns;
		c->timed |= (uint16_t)(1u << c->state);
	}
	c->state = (uint8_t)state;
	c->visited |= (uint16_t)(1u << state);
	c->t_state = t;
}

static void tell_gap(struct tracker *t, uint64_t at, const struct conn *c, const char *what, unsigned int from,
		     unsigned int to)
{
	struct event *e = line_begin(&t->lines, EVENT_VERIFY, at);
	char text[96];

	snprintf(text, sizeof(text), "%s: %s to %s", what, tcp_state_name(from), tcp_state_name(to));
	line_conn(&t->lines, c, listener_of(t, c));
	event_set_text(e, F_DIFFERENCE, text);
	line_tell(&t->lines);
}

/*
 * Begins the line of a transition of c, and makes it. The caller adds what this transition knows, then tells the line.
 * NULL: the line is not wanted (--raw).
 */
static struct event *move(struct tracker *t, struct conn *c, uint64_t at, unsigned int old_state, unsigned int new_state)
{
	struct event *e = NULL;
	uint64_t ns;
	bool timed = c->state == old_state && spent_in_state(c, at, &ns);

	if (c->state && c->state != old_state && old_state != TCP_STATE_LISTEN) {
		tell_gap(t, at, c, "a transition is missing", c->state,
			 old_state);
		c->t_state = 0;
		c->t_begin = 0;
	}
	if (!tcp_transition_legal(old_state, new_state))
		tell_gap(t, at, c, "not a legal transition", old_state, new_state);
	if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, at);
		event_set(e, F_OLD, old_state);
		event_set(e, F_NEW, new_state);
		if (timed)
			event_set(e, F_IN_OLD_NS, ns);
	}
	enter(c, new_state, at);
	if (e)
		line_conn(&t->lines, c, listener_of(t, c));
	return e;
}

static void told(struct tracker *t, struct event *e)
{
	if (e)
		line_tell(&t->lines);
}

static void tell_raw(struct tracker *t, const struct fact_hdr *h, const struct fact_sock *s, unsigned int old_state,
		     unsigned int new_state)
{
	struct event *e;

	if (!t->config.raw)
		return;
	e = line_begin(&t->lines, EVENT_STATE, h->t);
	event_set(e, F_OLD, old_state);
	event_set(e, F_NEW, new_state);
	event_set(e, F_RAW, true);
	line_ends(&t->lines, s);
	line_tell(&t->lines);
}

/* ---- the end of a life ---- */

static const char *end_of(const struct conn *c)
{
	bool listening_ended = conn_is(c, CONN_LISTENER_GONE) && !conn_is(c, CONN_ACCEPTED);

	if (listening_ended)
		return "never_accepted";
	if (conn_is(c, CONN_TIMED_OUT))
		return "timeout";
	if (conn_is(c, CONN_REFUSED))
		return "refused";
	if (conn_is(c, CONN_RST_RECEIVED))
		return "rst_received";
	if (conn_is(c, CONN_RST_SENT))
		return "rst_sent";
	if (c->visited >> TCP_STATE_CLOSING & 1)
		return "fin_simultaneous";
	if (c->visited >> TCP_STATE_FIN_WAIT1 & 1)
		return "fin_active";
	if (c->visited >> TCP_STATE_CLOSE_WAIT & 1 || c->visited >> TCP_STATE_LAST_ACK & 1)
		return "fin_passive";
	return "unknown";
}

/* The last line of c at `at`; c ended at `ended` (0: not yet, the stream ends first). c is gone afterwards. */
static void tell_close(struct tracker *t, struct conn *c, uint64_t at, uint64_t ended)
{
	struct event *e = line_begin(&t->lines, EVENT_CLOSE, at);
	bool never = c->role == ROLE_SERVER && !conn_is(c, CONN_ACCEPTED) && !conn_is(c, CONN_PREEXISTING) &&
		     c->visited >> TCP_STATE_ESTABLISHED & 1;

	if (never)
		t->never_accepted++;
	event_set_text(e, F_END, end_of(c));
	line_conn(&t->lines, c, listener_of(t, c));
	line_isns(&t->lines, c);
	line_life(&t->lines, c, ended);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (conn_is(c, CONN_PREEXISTING))
		event_set(e, F_PREEXISTING, true);
	line_tell(&t->lines);
	if (c->cookie)
		t->closed[c->cookie % CLOSED_MAX] = c->cookie;
	forget(t, c);
}

static void finish_aborted(struct tracker *t, const struct aborted *a, uint64_t at)
{
	struct conn *c = conn_get(t->conns, a->id);

	if (!c || c->cookie != a->cookie || !conn_is(c, CONN_CLOSED) || conn_is(c, CONN_QUEUED))
		return;
	tell_close(t, c, at, c->t_state);
}

/* The RST of an aborted connection is sent just after its CLOSE: the last line waits for it. */
static void wait_for_reset(struct tracker *t, struct conn *c, uint64_t at)
{
	if (t->aborted_count == ABORTED_MAX) {
		finish_aborted(t, &t->aborted[t->aborted_head], at);
		t->aborted_head = (t->aborted_head + 1) % ABORTED_MAX;
		t->aborted_count--;
	}
	t->aborted[(t->aborted_head + t->aborted_count++) % ABORTED_MAX] =
		(struct aborted){.id = conn_id_of(t->conns, c), .cookie = c->cookie, .t = at};
}

static void finish_aborted_before(struct tracker *t, uint64_t at, uint64_t now)
{
	while (t->aborted_count && t->aborted[t->aborted_head].t <= at) {
		finish_aborted(t, &t->aborted[t->aborted_head], now);
		t->aborted_head = (t->aborted_head + 1) % ABORTED_MAX;
		t->aborted_count--;
	}
}

/* ---- refusals ---- */

static void count_drop(struct tracker *t, enum drop_reason reason, struct listener *l, uint64_t count)
{
	t->drops[reason] += count;
	if (l)
		listener_refused(l, count);
}

/*
 * The listener's own counter has risen by more than was told one by one: SYNs were refused that no hook saw.
 * Which queue was full follows from its figures; the clients stay unnamed.
 */
static void tell_unnamed_drops(struct tracker *t, struct listener *l, uint64_t at, uint64_t count)
{
	enum drop_reason reason = DROP_UNKNOWN;
	struct event *e;

	if (!count)
		return;
	if (l->accept_queue > l->backlog)
		reason = DROP_ACCEPT_QUEUE_FULL;
	else if (l->backlog && l->syn_queue >= l->backlog)
		reason = DROP_SYN_QUEUE_FULL;
	count_drop(t, reason, l, count);
	e = line_begin(&t->lines, EVENT_DROP, at);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	event_set(e, F_COUNT, count);
	if (exact(t, KNOW_ACK_DROP))
		event_set_text(e, F_SEGMENT, "syn");
	if (reason != DROP_UNKNOWN)
		event_set_text(e, F_REASON, drop_reason_name(reason));
	event_set(e, F_DROPS_TOTAL, l->drops);
	line_tell(&t->lines);
}

/* The listener that a hook names, with its figures of that moment. NULL: the hook named none. */
static struct listener *observe(struct tracker *t, const struct fact_hdr *h, const struct fact_queues *q,
				uint32_t netns, uint16_t port)
{
	struct listener *l;

	if (!q->sk && !q->cookie)
		return NULL;
	l = listener_by_queues(t->listeners, q);
	if (!l)
		l = listener_add(t->listeners, q->cookie, q->sk, netns, port, h->t);
	if (!l)
		return NULL;
	listener_learn(t->listeners, l, q->cookie, q->sk);
	tell_unnamed_drops(t, l, h->t, listener_update(l, q));
	return l;
}

/* ---- the request: SYN, SYN-ACK again, expiry ---- */

/* A request that is no more. how: why its line says so, NULL unknown. */
static void end_request(struct tracker *t, struct conn *c, uint64_t at, bool expired)
{
	struct listener *l = listener_of(t, c);
	struct event *e = move(t, c, at, TCP_STATE_SYN_RECV, TCP_STATE_CLOSE);

	if (e && expired)
		event_set_text(e, F_REASON, drop_reason_name(DROP_REQUEST_EXPIRED));
	told(t, e);
	if (l && l->syn_queue)
		l->syn_queue--;
	if (expired) {
		c->flags |= CONN_TIMED_OUT;
		count_drop(t, DROP_REQUEST_EXPIRED, NULL, 1);
		e = line_begin(&t->lines, EVENT_DROP, at);
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
		line_queues(&t->lines, l);
		event_set_text(e, F_REASON, drop_reason_name(DROP_REQUEST_EXPIRED));
		event_set(e, F_SYNACK_RETRANS, c->synack_retrans);
		line_tell(&t->lines);
	}
	tell_close(t, c, at, at);
}

static struct conn *find_request(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c;

	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (conn_is(c, CONN_REQUEST))
			return c;
	return NULL;
}

static void on_syn(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct listener *l = observe(t, h, &f->q, f->s.netns, f->s.lport);
	bool fastopen = h->flags & FACT_F_FASTOPEN;
	struct conn *c = find_request(t, &f->s);
	struct event *e;

	if (c && c->isns_known && c->server_isn == f->server_isn)
		return; /* the same SYN-ACK on its way through another device */
	if (c)
		end_request(t, c, h->t, false);
	if (fastopen && find(t, &f->s))
		return;
	c = add(t, &f->s, !fastopen);
	if (!c)
		return;
	t->connections++;
	c->role = ROLE_SERVER;
	c->t_begin = c->t_last = h->t;
	c->client_isn = f->client_isn;
	c->server_isn = f->server_isn;
	c->isns_known = true;
	if (fastopen)
		c->flags |= CONN_FASTOPEN;
	if (h->flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	listener_attach(t->listeners, c, l);
	own_as(c, l);
	e = move(t, c, h->t, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV);
	if (!e)
		return;
	event_set_text(e, F_BASIS, h->flags & FACT_F_SYNACK ? "synack" : "syn");
	line_isns(&t->lines, c);
	line_queues(&t->lines, l);
	if (fastopen)
		event_set(e, F_FASTOPEN, true);
	line_tell(&t->lines);
}

static void on_retransmit(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	bool ours = f->s.state == TCP_STATE_SYN_SENT;
	struct listener *l = ours ? NULL : observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = ours ? find(t, &f->s) : find_request(t, &f->s);
	uint32_t attempt = f->attempt;
	struct event *e;

	if (!c && !ours) {
		/* Older than the tracer: its begin is not known. */
		c = add(t, &f->s, true);
		if (!c)
			return;
		c->role = ROLE_SERVER;
		c->state = TCP_STATE_SYN_RECV;
		c->flags |= CONN_PREEXISTING;
		listener_attach(t->listeners, c, l);
		own_as(c, l);
	}
	if (c) {
		c->t_last = h->t;
		if (c->synack_retrans < UINT8_MAX)
			c->synack_retrans++;
		if (attempt < c->synack_retrans)
			attempt = c->synack_retrans;
		if (!c->isns_known && f->server_isn) {
			c->client_isn = f->client_isn;
			c->server_isn = f->server_isn;
			c->isns_known = true;
		}
		conn_touch(t->conns, c);
	}
	e = line_begin(&t->lines, EVENT_RETRANSMIT, h->t);
	if (c)
		line_conn(&t->lines, c, listener_of(t, c));
	else
		line_ends(&t->lines, &f->s);
	event_set_text(e, F_WHAT, ours ? "syn" : "synack");
	event_set(e, F_ATTEMPT, attempt);
	if (c && !ours) {
		line_isns(&t->lines, c);
		if (conn_is(c, CONN_ACK_REFUSED))
			event_set(e, F_CLIENT_BELIEVES, true);
	}
	line_queues(&t->lines, l);
	line_tell(&t->lines);
}

static void on_expired(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct conn *c = find_request(t, &f->s);

	observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (c)
		end_request(t, c, h->t, true);
}

static void on_drop(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_drop *f = (const struct fact_drop *)h;
	bool syn = h->flags & FACT_F_SEGMENT_SYN;
	struct conn *c = syn ? NULL : find_request(t, &f->s);
	struct listener *l = NULL;
	struct event *e;

	if (f->q.sk) {
		l = listener_by_queues(t->listeners, &f->q);
		if (l)
			l->named_drops++; /* the counter that comes with this fact has it already */
		l = observe(t, h, &f->q, f->s.netns, f->s.lport);
	} else {
		l = c && c->listener ? listener_of(t, c) : listener_by_port(t->listeners, &f->s);
		if (l)
			l->named_drops++;
	}
	count_drop(t, (enum drop_reason)f->reason, l, 1);
	if (c && f->reason == FACT_DROP_ACCEPT_QUEUE_FULL)
		c->flags |= CONN_ACK_REFUSED;
	e = line_begin(&t->lines, EVENT_DROP, h->t);
	if (c) {
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
	} else {
		line_ends(&t->lines, &f->s);
		event_set_text(e, F_ROLE, "server");
		if (l && l->cookie)
			event_set(e, F_LISTENER, l->cookie);
	}
	event_set_text(e, F_SEGMENT, syn ? "syn" : "ack");
	if (f->reason != FACT_DROP_UNKNOWN)
		event_set_text(e, F_REASON, drop_reason_name((enum drop_reason)f->reason));
	if (!syn && (h->flags & FACT_F_ACKED || f->reason == FACT_DROP_ACCEPT_QUEUE_FULL))
		event_set(e, F_CLIENT_BELIEVES, true);
	line_queues(&t->lines, l);
	if (l && l->drops_known)
		event_set(e, F_DROPS_TOTAL, l->drops);
	line_tell(&t->lines);
}

/* ---- the listener ---- */

static void on_listen(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_listen *f = (const struct fact_listen *)h;
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	bool again = h->flags & FACT_F_AGAIN;
	struct event *e;

	if (l && !l->alive) /* it listens again after a shutdown: another life */
		l = NULL;
	if (!l)
		l = listener_add(t->listeners, f->s.cookie, f->s.sk, f->s.netns, f->s.lport, h->t);
	if (!l)
		return;
	listener_learn(t->listeners, l, f->s.cookie, f->s.sk);
	l->family = f->s.family;
	memcpy(l->addr, f->s.laddr, sizeof(l->addr));
	l->addr_known = true;
	if (f->task.pid) {
		l->pid = f->task.pid;
		l->name = names_id(t->names, f->task.comm);
		names_learn(t->names, l->pid, l->name);
	}
	l->somaxconn = f->somaxconn;
	l->asked_known = f->asked_known;
	l->backlog_asked = f->backlog_asked;
	tell_unnamed_drops(t, l, h->t, listener_update(l, &f->q));
	if (again) {
		e = line_begin(&t->lines, EVENT_LISTENER, h->t);
	} else {
		l->t_state = h->t;
		tell_raw(t, h, &f->s, f->old, f->new);
		if (t->config.raw)
			return;
		e = line_begin(&t->lines, EVENT_STATE, h->t);
		event_set(e, F_OLD, f->old);
		event_set(e, F_NEW, f->new);
	}
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	if (l->asked_known)
		event_set(e, F_BACKLOG_ASKED, l->backlog_asked);
	if (l->somaxconn)
		event_set(e, F_SOMAXCONN, l->somaxconn);
	if (h->flags & FACT_F_MPTCP)
		event_set(e, F_MPTCP, true);
	line_tell(&t->lines);
}

/* Corpses that nobody will take out any more. Living children are closed one by one and have facts of their own. */
static void bury(struct tracker *t, struct listener *l, uint64_t at)
{
	struct conn *c, *next;

	for (c = conn_get(t->conns, l->queue_oldest); c; c = next) {
		next = conn_get(t->conns, c->queue_newer);
		c->flags |= CONN_LISTENER_GONE;
		if (!conn_is(c, CONN_CLOSED))
			continue;
		listener_dequeue(t->listeners, t->conns, c);
		tell_close(t, c, at, c->t_state);
	}
}

static void on_listener_closed(struct tracker *t, const struct fact_closed *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	struct event *e;
	uint64_t at = f->h.t;

	tell_raw(t, &f->h, &f->s, f->old, f->new);
	if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, at);
		event_set(e, F_OLD, f->old);
		event_set(e, F_NEW, f->new);
		if (l && l->t_state)
			event_set(e, F_IN_OLD_NS, at - l->t_state);
		if (l) {
			line_listener(&t->lines, l);
			line_queues(&t->lines, l);
		} else {
			event_set_text(e, F_ROLE, "listener");
			line_ends(&t->lines, &f->s);
		}
		line_tell(&t->lines);
	}
	if (!l)
		return;
	bury(t, l, at);
	listener_died(t->listeners, l);
}

/* ---- ESTABLISHED ---- */

static void tell_established(struct tracker *t, const struct fact_established *f, struct conn *c)
{
	struct listener *l = listener_of(t, c);
	uint64_t at = f->h.t;
	bool server = c->role == ROLE_SERVER;
	bool timed = c->t_begin && at >= c->t_begin;
	const char *basis = NULL;
	struct event *e;

	if (server && conn_is(c, CONN_REQUEST))
		conn_promote(t->conns, c);
	if (server && !timed && !conn_is(c, CONN_SYNCOOKIE | CONN_FASTOPEN) && !f->retrans && f->srtt_us) {
		/* A request older than the tracer: the kernel measured SYN-ACK to ACK itself. */
		if (conn_is(c, CONN_PREEXISTING)) {
			c->t_begin = c->t_state = at - (uint64_t)f->srtt_us * 1000;
			timed = true;
			basis = "rtt";
		}
	}
	e = move(t, c, at, f->old, f->new);
	c->t_established = at;
	if (f->h.flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	if (server && l) {
		uint64_t handshake = timed ? at - c->t_begin : 0;

		listener_completed(l, timed ? &handshake : NULL, conn_is(c, CONN_SYNCOOKIE));
	}
	if (!e)
		return;
	line_isns(&t->lines, c);
	if (!server) {
		if (timed)
			event_set(e, F_CONNECT_NS, at - c->t_begin);
		line_tell(&t->lines);
		return;
	}
	if (timed) {
		event_set(e, F_HANDSHAKE_NS, at - c->t_begin);
		event_set_text(e, F_BASIS, basis ? basis : f->h.flags & FACT_F_SYNACK ? "synack" : "syn");
	}
	event_set(e, F_SYNACK_RETRANS, f->retrans);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (conn_is(c, CONN_QUEUED))
		event_set(e, F_QUEUED, true);
	if (l && l->queues_known)
		event_set(e, F_SYN_QUEUE, l->syn_queue);
	if (conn_is(c, CONN_QUEUED) && !conn_is(c, CONN_FASTOPEN)) {
		event_set(e, F_ACCEPT_QUEUE, f->accept_queue + 1);
		event_set(e, F_BACKLOG, f->backlog);
	} else {
		line_queues(&t->lines, l);
	}
	line_tell(&t->lines);
}

static void queue(struct tracker *t, struct conn *c, struct listener *l)
{
	if (l && !conn_is(c, CONN_ACCEPTED | CONN_QUEUED))
		listener_enqueue(t->listeners, t->conns, l, c);
}

/* A passive open: its request is known, or (q: what the enqueue told) its listener is all we have. */
static void passive_established(struct tracker *t, const struct fact_established *f, struct conn *c,
				const struct fact_enqueue *q)
{
	struct listener *l = q ? listener_by_queues(t->listeners, &q->q) : NULL;
	bool known = c;

	if (!c) {
		c = add(t, &f->s, false);
		if (!c)
			return;
		t->connections++;
		c->state = TCP_STATE_SYN_RECV;
		c->visited = 1u << TCP_STATE_SYN_RECV;
	}
	c->role = ROLE_SERVER;
	conn_learn_cookie(t->conns, c, f->s.cookie);
	if (!c->isns_known) {
		c->client_isn = f->remote_isn;
		c->server_isn = f->local_isn;
		c->isns_known = true;
	}
	if (l)
		listener_attach(t->listeners, c, l);
	else if (!c->listener)
		listener_attach(t->listeners, c, listener_by_port(t->listeners, &f->s));
	l = listener_of(t, c);
	if (!known) {
		bool cookie = f->h.flags & FACT_F_SYNCOOKIE || (q && q->h.flags & FACT_F_SYNCOOKIE) ||
			      (q && q->q.cookie_stamp && !absent(t, KNOW_SYN_RECV_BEGIN));
		uint64_t rtt = (uint64_t)f->srtt_us * 1000;

		if (f->h.t < t->t_first + rtt)
			c->flags |= CONN_PREEXISTING; /* the request was, at least */
		else if (cookie)
			c->flags |= CONN_SYNCOOKIE;
	}
	if ((f->h.flags | (q ? q->h.flags : 0)) & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	own_as(c, l);
	own_pid(t, c, &f->h, f->pid);
	queue(t, c, l);
	if (l && known && !conn_is(c, CONN_FASTOPEN) && l->syn_queue && !exact(t, KNOW_ENQUEUE))
		l->syn_queue--;
	if (l && f->accept_queue + 1 > l->peak && conn_is(c, CONN_QUEUED))
		l->peak = f->accept_queue + 1;
	if (l && !l->limit_known) {
		l->backlog = f->backlog;
		l->limit_known = true;
	}
	if (l && conn_is(c, CONN_QUEUED))
		l->accept_queue = f->accept_queue + 1;
	tell_established(t, f, c);
}

static void active_established(struct tracker *t, const struct fact_established *f)
{
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (!c) {
		c = add(t, &f->s, false);
		if (!c)
			return;
		t->connections++;
		c->state = f->old;
		c->flags |= CONN_PREEXISTING;
	}
	conn_learn_ends(t->conns, c, &f->s);
	c->role = ROLE_CLIENT;
	c->client_isn = f->local_isn;
	c->server_isn = f->remote_isn;
	c->isns_known = true;
	own_pid(t, c, &f->h, f->pid);
	if (!conn_is(c, CONN_PEER_TRACED) && conn_other_end(t->conns, c)) {
		c->flags |= CONN_PEER_TRACED;
		t->connections--; /* one connection, both ends traced */
	}
	tell_established(t, f, c);
}

static void flush_pending(struct tracker *t, struct pending *p, const struct fact_enqueue *q)
{
	p->used = false;
	t->pending_count--;
	passive_established(t, &p->f, NULL, q);
}

static void flush_pending_before(struct tracker *t, uint64_t at)
{
	for (int i = 0; t->pending_count && i < PENDING_MAX; i++)
		if (t->pending[i].used && t->pending[i].f.h.t <= at)
			flush_pending(t, &t->pending[i], NULL);
}

static struct conn *matching_request(struct tracker *t, const struct fact_established *f)
{
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c)
		return c;
	for (c = conn_by_ends(t->conns, &f->s); c; c = conn_by_ends_next(t->conns, &f->s, c))
		if ((conn_is(c, CONN_REQUEST) || c->state == TCP_STATE_SYN_RECV) &&
		    (!c->isns_known || c->server_isn == f->local_isn))
			return c;
	return NULL;
}

static void on_established(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_established *f = (const struct fact_established *)h;
	struct conn *c;

	tell_raw(t, h, &f->s, f->old, f->new);
	if (f->old == TCP_STATE_SYN_SENT) {
		active_established(t, f);
		return;
	}
	c = matching_request(t, f);
	if (c && c->role == ROLE_CLIENT) { /* simultaneous open: SYN_SENT, SYN_RECV, ESTABLISHED */
		conn_learn_ends(t->conns, c, &f->s);
		c->client_isn = f->local_isn;
		c->server_isn = f->remote_isn;
		c->isns_known = true;
		own_pid(t, c, h, f->pid);
		tell_established(t, f, c);
		return;
	}
	if (c && c->state == TCP_STATE_ESTABLISHED)
		return; /* told twice: the second program and the first */
	if (!c && !absent(t, KNOW_ENQUEUE)) {
		for (int i = 0; i < PENDING_MAX; i++) {
			if (t->pending[i].used)
				continue;
			t->pending[i] = (struct pending){.f = *f, .used = true};
			t->pending_count++;
			return;
		}
	}
	passive_established(t, f, c, NULL);
}

static void on_enqueue(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_enqueue *f = (const struct fact_enqueue *)h;
	struct listener *l = observe(t, h, &f->q, f->netns, f->lport);
	struct conn *c;

	for (int i = 0; t->pending_count && i < PENDING_MAX; i++) {
		struct pending *p = &t->pending[i];

		if (p->used && ((f->child && p->f.s.sk == f->child) ||
				(f->child_cookie && p->f.s.cookie == f->child_cookie))) {
			flush_pending(t, p, f);
			return;
		}
	}
	c = conn_by_cookie(t->conns, f->child_cookie);
	if (!c || !l)
		return;
	if (h->flags & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	if (h->flags & FACT_F_FASTOPEN)
		c->flags |= CONN_FASTOPEN;
	if (c->listener != l->id && conn_is(c, CONN_QUEUED)) { /* SO_REUSEPORT, or the request migrated */
		listener_dequeue(t->listeners, t->conns, c);
		listener_enqueue(t->listeners, t->conns, l, c);
	}
	listener_attach(t->listeners, c, l);
	own_as(c, l);
	queue(t, c, l);
}

/* ---- accept ---- */

static void tell_accept_errors(struct tracker *t, struct listener *l, uint64_t at, const struct fact_task *task)
{
	for (int i = 0; i < LISTENER_ERRNOS; i++) {
		struct listener_error *err = &l->errors[i];
		struct event *e;

		if (!err->untold)
			continue;
		e = line_begin(&t->lines, EVENT_ACCEPT_ERROR, at);
		line_listener(&t->lines, l);
		if (task)
			line_task(&t->lines, task);
		event_set_text(e, F_ERRNO, errno_name(err->err));
		event_set(e, F_COUNT, err->untold);
		line_queues(&t->lines, l);
		line_tell(&t->lines);
		err->untold = 0;
	}
	l->error_t = at;
}

static void accept_failed(struct tracker *t, const struct fact_accept *f, struct listener *l)
{
	if (f->err == EAGAIN || !l)
		return;
	listener_error(l, f->err);
	if (!l->error_t || f->h.t >= l->error_t + ERROR_EVERY)
		tell_accept_errors(t, l, f->h.t, &f->task);
}

static struct conn *accepted_conn(struct tracker *t, const struct fact_accept *f)
{
	struct conn *c = find(t, &f->s);

	if (c || (f->s.cookie && t->closed[f->s.cookie % CLOSED_MAX] == f->s.cookie))
		return c;
	/* Established before tracing began, and not seen in the tables: it can be followed from here. */
	c = add(t, &f->s, false);
	if (!c)
		return NULL;
	t->connections++;
	c->state = (uint8_t)f->s.state;
	c->flags |= CONN_PREEXISTING;
	c->visited = (uint16_t)(1u << c->state);
	return c;
}

/* true, false, or not known (-1): whether the handshake was complete before accept() was called. */
static int completed_before(const struct tracker *t, const struct conn *c, const struct fact_accept *f)
{
	if (f->h.flags & FACT_F_IO_URING && !f->called)
		return -1;
	if (c->state == TCP_STATE_SYN_RECV)
		return false; /* fast open: accepted before ESTABLISHED */
	if (!c->t_established) /* complete before tracing began */
		return f->called >= t->t_first ? true : -1;
	if (f->called)
		return c->t_established <= f->called;
	/* Called before tracing began, completed since. */
	return absent(t, KNOW_ACCEPT_CALL) ? -1 : false;
}

static void on_accept(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_accept *f = (const struct fact_accept *)h;
	struct listener *l = observe(t, h, &f->q, f->s.netns, f->s.lport);
	uint64_t wait = 0;
	struct event *e;
	struct conn *c;
	int before;

	flush_pending_before(t, h->t);
	if (f->err) {
		accept_failed(t, f, l);
		return;
	}
	c = accepted_conn(t, f);
	if (!c || conn_is(c, CONN_ACCEPTED))
		return; /* its descriptor was passed on or duplicated */
	if (!l)
		l = listener_of(t, c);
	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	conn_learn_cookie(t->conns, c, f->s.cookie);
	if (!conn_is(c, CONN_QUEUED) && l && !f->q.sk && l->accept_queue)
		l->accept_queue--;
	if (conn_is(c, CONN_QUEUED)) {
		struct listener *queued_at = listener_of(t, c);

		listener_dequeue(t->listeners, t->conns, c);
		if (!f->q.sk && queued_at && queued_at->accept_queue)
			queued_at->accept_queue--;
	}
	if (l)
		listener_attach(t->listeners, c, l);
	c->flags |= CONN_ACCEPTED;
	c->role = ROLE_SERVER;
	own(t, c, &f->task);
	t->accepted++;
	if (c->t_established && h->t >= c->t_established) {
		wait = h->t - c->t_established;
		c->accept_wait = wait;
		c->flags |= CONN_WAIT_KNOWN;
	}
	if (l) {
		listener_accepted(l, h->t, conn_is(c, CONN_WAIT_KNOWN) ? &wait : NULL);
		if (!l->pid) {
			l->pid = c->pid;
			l->name = c->name;
		}
	}
	conn_touch(t->conns, c);

	e = line_begin(&t->lines, EVENT_ACCEPT, h->t);
	line_conn(&t->lines, c, l);
	line_task(&t->lines, &f->task);
	event_set(e, F_SOCKET_STATE, conn_is(c, CONN_CLOSED) ? TCP_STATE_CLOSE : c->state);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	if (conn_is(c, CONN_WAIT_KNOWN))
		event_set(e, F_ACCEPT_WAIT_NS, wait);
	if (f->called && h->t >= f->called)
		event_set(e, F_CALL_NS, h->t - f->called);
	before = completed_before(t, c, f);
	if (before >= 0)
		event_set(e, F_COMPLETED_BEFORE_ACCEPT, (uint64_t)before);
	if (l && l->queues_known)
		event_set(e, F_ACCEPT_QUEUE, l->accept_queue);
	if (l && l->limit_known)
		event_set(e, F_BACKLOG, l->backlog);
	if (h->flags & FACT_F_IO_URING)
		event_set_text(e, F_VIA, "io_uring");
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	line_tell(&t->lines);
	if (conn_is(c, CONN_CLOSED)) /* it died in the queue */
		tell_close(t, c, h->t, c->t_state);
}

/* ---- the client, and what is common to both ends ---- */

static void on_connect(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_connect *f = (const struct fact_connect *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	tell_raw(t, h, &f->s, f->old, f->new);
	if (c) /* the same socket connects again */
		tell_close(t, c, h->t, c->t_state);
	c = add(t, &f->s, false);
	if (!c)
		return;
	t->connections++;
	c->role = ROLE_CLIENT;
	c->state = TCP_STATE_CLOSE;
	c->t_begin = h->t;
	if (h->flags & FACT_F_OWNED)
		own(t, c, &f->task);
	told(t, move(t, c, h->t, f->old, f->new));
}

/* A connection whose earlier life we have not seen. */
static struct conn *adopt(struct tracker *t, const struct fact_sock *s, unsigned int state)
{
	struct conn *c = add(t, s, false);

	if (!c)
		return NULL;
	t->connections++;
	c->state = (uint8_t)state;
	c->visited = (uint16_t)(1u << state);
	c->flags |= CONN_PREEXISTING;
	if (listener_by_port(t->listeners, s)) {
		c->role = ROLE_SERVER;
		listener_attach(t->listeners, c, listener_by_port(t->listeners, s));
	}
	return c;
}

static void on_state(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_state *f = (const struct fact_state *)h;
	struct conn *c;

	tell_raw(t, h, &f->s, f->old, f->new);
	if (f->old == TCP_STATE_LISTEN || f->old == f->new)
		return; /* the artefact of the tracepoint, sent for --raw alone */
	flush_pending_before(t, h->t);
	c = conn_by_cookie(t->conns, f->s.cookie);
	if (!c)
		c = adopt(t, &f->s, f->old);
	if (!c || (c->state == f->new && f->old != f->new))
		return; /* told twice: the second program and the first */
	conn_learn_ends(t->conns, c, &f->s);
	own_pid(t, c, h, f->pid);
	if (h->flags & FACT_F_PEER_FIN)
		c->flags |= CONN_PEER_FIN;
	conn_touch(t->conns, c);
	told(t, move(t, c, h->t, f->old, f->new));
}

static bool enters_time_wait(const struct conn *c, const struct fact_closed *f)
{
	if (conn_is(c, CONN_RST_RECEIVED | CONN_RST_SENT | CONN_ORPHAN_FW2) || f->err)
		return false;
	if (f->old == TCP_STATE_CLOSING)
		return true;
	return f->old == TCP_STATE_FIN_WAIT2 && f->h.flags & FACT_F_PEER_FIN;
}

static const char *close_reason(const struct conn *c)
{
	if (conn_is(c, CONN_TIMED_OUT))
		return "timeout";
	if (conn_is(c, CONN_RST_RECEIVED | CONN_REFUSED))
		return "rst_received";
	if (conn_is(c, CONN_LISTENER_GONE))
		return "listener_closed";
	if (conn_is(c, CONN_RST_SENT))
		return "rst_sent";
	return NULL;
}

static void on_closed(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_closed *f = (const struct fact_closed *)h;
	struct conn *c;
	struct event *e;
	const char *why;
	bool aborts;

	if (f->old == TCP_STATE_LISTEN) {
		on_listener_closed(t, f);
		return;
	}
	tell_raw(t, h, &f->s, f->old, f->new);
	flush_pending_before(t, h->t);
	c = conn_by_cookie(t->conns, f->s.cookie);
	if (!c && f->old == TCP_STATE_SYN_RECV)
		c = find(t, &f->s);
	if (!c && f->s.cookie && t->closed[f->s.cookie % CLOSED_MAX] == f->s.cookie)
		return; /* told twice */
	if (!c)
		c = adopt(t, &f->s, f->old);
	if (!c || conn_is(c, CONN_CLOSED) || c->state == TCP_STATE_TIME_WAIT)
		return;
	conn_learn_ends(t->conns, c, &f->s);
	conn_touch(t->conns, c);
	own_pid(t, c, h, f->pid);
	c->bytes_in = f->bytes_in;
	c->bytes_out = f->bytes_out;
	c->retrans = f->retrans;
	c->srtt_us = f->srtt_us;
	c->flags |= CONN_TOTALS;
	if (f->err == ETIMEDOUT)
		c->flags |= CONN_TIMED_OUT;
	else if (f->err == ECONNREFUSED)
		c->flags |= CONN_REFUSED;
	else if (f->err == ECONNRESET || f->err == EPIPE)
		c->flags |= CONN_RST_RECEIVED;

	if (enters_time_wait(c, f)) {
		told(t, move(t, c, h->t, f->old, TCP_STATE_TIME_WAIT));
		/* Where the end of TIME_WAIT is not to be seen, the story ends at its begin. */
		if (absent(t, KNOW_TIME_WAIT_END))
			tell_close(t, c, h->t, h->t);
		return;
	}
	if (conn_is(c, CONN_ORPHAN_FW2) && f->old == TCP_STATE_FIN_WAIT2 && !absent(t, KNOW_TIME_WAIT_END))
		return; /* a timewait socket carries FIN_WAIT2 on: no transition */

	/* The owner, or the listener's end, closes without a FIN: a RST goes out next. */
	aborts = !(c->flags & (CONN_RST_RECEIVED | CONN_TIMED_OUT | CONN_REFUSED | CONN_RST_SENT)) &&
		 (f->old == TCP_STATE_ESTABLISHED || f->old == TCP_STATE_CLOSE_WAIT || f->old == TCP_STATE_SYN_RECV ||
		  f->old == TCP_STATE_FIN_WAIT1 || f->old == TCP_STATE_FIN_WAIT2);
	if (f->old == TCP_STATE_FIN_WAIT2 && !(h->flags & FACT_F_OWNED))
		aborts = false;
	why = close_reason(c);
	e = move(t, c, h->t, f->old, f->new);
	if (e && why)
		event_set_text(e, F_REASON, why);
	told(t, e);
	c->flags |= CONN_CLOSED;
	if (conn_is(c, CONN_LISTENER_GONE))
		listener_dequeue(t->listeners, t->conns, c);
	if (conn_is(c, CONN_QUEUED))
		return; /* a corpse: accept() will hand it out, or the listener's end buries it */
	if (aborts)
		wait_for_reset(t, c, h->t);
	else
		tell_close(t, c, h->t, h->t);
}

static void on_reset(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_reset *f = (const struct fact_reset *)h;
	bool sent = h->flags & FACT_F_SENT;
	const char *reason = reset_reason_name(f->reason);
	struct listener *l = f->s.cookie ? listener_by_cookie(t->listeners, f->s.cookie) : NULL;
	struct conn *c = l ? find_request(t, &f->s) : find(t, &f->s);
	struct event *e;

	if (!c && !f->s.lport && !f->s.rport)
		return;
	e = line_begin(&t->lines, EVENT_RESET, h->t);
	if (c) {
		c->flags |= sent ? CONN_RST_SENT : CONN_RST_RECEIVED;
		line_conn(&t->lines, c, listener_of(t, c));
	} else {
		line_ends(&t->lines, &f->s);
	}
	event_set_text(e, F_DIR, sent ? "sent" : "received");
	if (reason)
		event_set_text(e, F_REASON, reason);
	line_tell(&t->lines);
	if (c && conn_is(c, CONN_CLOSED) && !conn_is(c, CONN_QUEUED))
		tell_close(t, c, h->t, c->t_state);
	else if (c && conn_is(c, CONN_REQUEST))
		end_request(t, c, h->t, false);
}

/* ---- TIME_WAIT ---- */

static void on_timewait(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_timewait *f = (const struct fact_timewait *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c && f->s.state == TCP_STATE_FIN_WAIT2)
		c->flags |= CONN_ORPHAN_FW2;
}

static void on_timewait_end(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_timewait *f = (const struct fact_timewait *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (!c && !f->s.cookie)
		c = conn_by_ends(t->conns, &f->s);
	if (!c)
		c = adopt(t, &f->s, f->s.state);
	if (!c || (c->state != TCP_STATE_TIME_WAIT && c->state != TCP_STATE_FIN_WAIT2))
		return;
	if (c->state == TCP_STATE_FIN_WAIT2 && f->s.state == TCP_STATE_TIME_WAIT) {
		/* The FIN came while the timewait socket carried FIN_WAIT2: when, no hook told. */
		struct event *e = move(t, c, h->t, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT);

		told(t, e);
		c->t_state = 0;
	}
	told(t, move(t, c, h->t, c->state, TCP_STATE_CLOSE));
	tell_close(t, c, h->t, h->t);
}

/* ---- what was there before us ---- */

static void existing_listener(struct tracker *t, const struct fact_existing *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	bool is_new = !l;
	uint32_t syn_young;
	struct event *e;

	if (l && !l->alive)
		return;
	if (is_new)
		l = listener_add(t->listeners, f->s.cookie, f->s.sk, f->s.netns, f->s.lport, f->h.t);
	if (!l)
		return;
	listener_learn(t->listeners, l, f->s.cookie, f->s.sk);
	l->family = f->s.family;
	memcpy(l->addr, f->s.laddr, sizeof(l->addr));
	l->addr_known = true;
	if (!l->pid && f->task.pid) {
		l->pid = f->task.pid;
		l->name = names_id(t->names, f->task.comm);
		names_learn(t->names, l->pid, l->name);
	}
	syn_young = l->syn_young; /* sock_diag does not tell it */
	tell_unnamed_drops(t, l, f->h.t, listener_update(l, &f->q));
	if (!f->q.syn_young)
		l->syn_young = syn_young < l->syn_queue ? syn_young : l->syn_queue;
	if (!is_new || t->walked)
		return;
	l->preexisting = true;
	e = line_begin(&t->lines, EVENT_SOCKET, f->h.t);
	event_set(e, F_SOCKET_STATE, TCP_STATE_LISTEN);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	event_set(e, F_DROPS_TOTAL, l->drops);
	event_set(e, F_PREEXISTING, true);
	line_tell(&t->lines);
}

static void existing_conn(struct tracker *t, const struct fact_existing *f)
{
	struct conn *c = find(t, &f->s);
	struct listener *l;
	struct event *e;
	bool request = f->s.state == TCP_STATE_SYN_RECV && !f->inode;

	if (c) {
		conn_learn_cookie(t->conns, c, f->s.cookie);
		if (!c->pid)
			own(t, c, &f->task);
		return;
	}
	/* After the first walk whatever is unknown is a race of the table with the stream, not a socket older than us. */
	if (t->walked || (f->s.cookie && t->closed[f->s.cookie % CLOSED_MAX] == f->s.cookie))
		return;
	c = add(t, &f->s, request);
	if (!c)
		return;
	t->connections++;
	c->state = (uint8_t)f->s.state;
	c->visited = (uint16_t)(1u << c->state);
	c->flags |= CONN_PREEXISTING;
	c->t_last = f->h.t;
	own(t, c, &f->task);
	l = listener_by_cookie(t->listeners, f->listener_cookie);
	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	if (l) {
		c->role = ROLE_SERVER;
		listener_attach(t->listeners, c, l);
		if (f->inode) {
			c->flags |= CONN_ACCEPTED;
		} else if (c->state == TCP_STATE_ESTABLISHED || c->state == TCP_STATE_CLOSE_WAIT) {
			listener_enqueue(t->listeners, t->conns, l, c);
			own_as(c, l);
		} else if (request) {
			own_as(c, l);
		}
	}
	e = line_begin(&t->lines, EVENT_SOCKET, f->h.t);
	event_set(e, F_SOCKET_STATE, c->state);
	line_conn(&t->lines, c, l);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	if (conn_is(c, CONN_QUEUED))
		event_set(e, F_QUEUED, true);
	event_set(e, F_PREEXISTING, true);
	line_tell(&t->lines);
}

static void on_existing(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_existing *f = (const struct fact_existing *)h;

	if (f->s.state == TCP_STATE_LISTEN)
		existing_listener(t, f);
	else
		existing_conn(t, f);
}

static void on_existing_end(struct tracker *t, const struct fact_hdr *h)
{
	(void)h;
	t->walked = true;
}

/* ---- loss ---- */

static void tell_lost(struct tracker *t, uint64_t at, uint64_t count, enum fact_lost_where where)
{
	static const char *const places[FACT_LOST_PLACES] = {
		[FACT_LOST_RING] = "ringbuf",	    [FACT_LOST_RECURSION] = "recursion", [FACT_LOST_MAP] = "map_full",
		[FACT_LOST_DECODE] = "decode", [FACT_LOST_EVICTED] = "evicted",
	};
	struct event *e = line_begin(&t->lines, EVENT_LOST, at);

	t->lost += count;
	event_set(e, F_COUNT, count);
	event_set_text(e, F_WHERE, places[where]);
	event_set(e, F_TOTAL, t->lost);
	line_tell(&t->lines);
}

static void on_lost(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_lost *f = (const struct fact_lost *)h;

	tell_lost(t, h->t, f->count, (enum fact_lost_where)f->where);
}

static void tell_evicted(struct tracker *t, uint64_t at)
{
	if (t->evicted == t->evicted_told)
		return;
	tell_lost(t, at, t->evicted - t->evicted_told, FACT_LOST_EVICTED);
	t->evicted_told = t->evicted;
}

/* ---- time ---- */

static uint64_t rate(uint64_t count, uint64_t ns)
{
	return ns ? (uint64_t)((double)count * 1e9 / (double)ns + 0.5) : 0;
}

static void judge(void *ctx, struct listener *l)
{
	struct tracker *t = ctx;
	uint64_t at = t->t_now, since = at - l->line_t;
	struct verdict_input in;
	enum verdict before = l->verdict;
	char advice[256];
	struct event *e;
	bool due;

	if (!l->alive)
		return;
	if (l->error_t && at >= l->error_t + ERROR_EVERY)
		tell_accept_errors(t, l, at, NULL);
	listener_window_close(t->conns, l, at, &in);
	l->verdict = verdict_judge(&in, &t->config.verdict);
	due = t->config.interval_ns && since >= t->config.interval_ns;
	if (l->verdict == before && !due)
		return;
	e = line_begin(&t->lines, EVENT_LISTENER, at);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	event_set(e, F_ACCEPT_QUEUE_PEAK, l->peak);
	if (l->drops_known)
		event_set(e, F_DROPS_TOTAL, l->drops);
	event_set(e, F_COMPLETED, l->completed);
	event_set(e, F_ACCEPTED_COUNT, l->accepted);
	event_set(e, F_COMPLETED_RATE, rate(l->completed - l->line_completed, since));
	event_set(e, F_ACCEPTED_RATE, rate(l->accepted - l->line_accepted, since));
	event_set_text(e, F_VERDICT, verdict_name(l->verdict));
	verdict_advice(l->verdict, &in, advice, sizeof(advice));
	if (advice[0])
		event_set_text(e, F_ADVICE, advice);
	line_tell(&t->lines);
	l->line_t = at;
	l->line_completed = l->completed;
	l->line_accepted = l->accepted;
}

/*
 * A request that should have sent its SYN-ACK again long ago is gone. Where the kernel tells of every expiry, it went another
 * way (the client's RST); elsewhere this is how expiry is derived: the timer doubles from one second (RFC 6298 5.5).
 */
static void expire(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;
	unsigned int doublings = c->synack_retrans < 7 ? c->synack_retrans : 7;
	uint64_t overdue = (SECOND << doublings) * 2 + SECOND / 2;

	if (!conn_is(c, CONN_REQUEST) || !c->t_last || t->t_now < c->t_last + overdue)
		return;
	end_request(t, c, t->t_now, !exact(t, KNOW_REQUEST_EXPIRED));
}

static void on_tick(struct tracker *t, const struct fact_hdr *h)
{
	flush_pending_before(t, h->t > ENQUEUE_WAIT ? h->t - ENQUEUE_WAIT : 0);
	finish_aborted_before(t, h->t > RESET_WAIT ? h->t - RESET_WAIT : 0, h->t);
	tell_evicted(t, h->t);
	if (h->t < t->t_verdict + VERDICT_EVERY)
		return;
	t->t_verdict = h->t;
	if (conn_count(t->conns, true))
		conn_each(t->conns, true, expire, t);
	listeners_each(t->listeners, judge, t);
}

void tracker_fact(struct tracker *t, const struct fact_hdr *fact)
{
	static void (*const handlers[FACT_KINDS])(struct tracker *t, const struct fact_hdr *h) = {
		[FACT_STATE] = on_state,
		[FACT_LISTEN] = on_listen,
		[FACT_CONNECT] = on_connect,
		[FACT_ESTABLISHED] = on_established,
		[FACT_CLOSED] = on_closed,
		[FACT_SYN] = on_syn,
		[FACT_RETRANSMIT] = on_retransmit,
		[FACT_EXPIRED] = on_expired,
		[FACT_DROP] = on_drop,
		[FACT_ENQUEUE] = on_enqueue,
		[FACT_ACCEPT] = on_accept,
		[FACT_RESET] = on_reset,
		[FACT_TIMEWAIT] = on_timewait,
		[FACT_TIMEWAIT_END] = on_timewait_end,
		[FACT_EXISTING] = on_existing,
		[FACT_EXISTING_END] = on_existing_end,
		[FACT_LOST] = on_lost,
		[FACT_TICK] = on_tick,
	};

	if (!t->t_first)
		t->t_first = t->t_verdict = fact->t;
	if (fact->t > t->t_now)
		t->t_now = fact->t;
	if (t->pending_count)
		flush_pending_before(t, fact->t > ENQUEUE_WAIT ? fact->t - ENQUEUE_WAIT : 0);
	if (fact->kind < FACT_KINDS && handlers[fact->kind])
		handlers[fact->kind](t, fact);
}

/* ---- the end of the stream ---- */

static void close_at_end(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;

	if (conn_is(c, CONN_CLOSED))
		tell_close(t, c, t->t_now, c->t_state);
	else if (c->state == TCP_STATE_TIME_WAIT)
		tell_close(t, c, t->t_now, 0);
}

static void quantiles_of(const struct histogram *h, struct quantiles *q)
{
	*q = (struct quantiles){0};
	if (!h)
		return;
	q->count = h->count;
	q->p50 = histogram_quantile(h, 50);
	q->p90 = histogram_quantile(h, 90);
	q->p99 = histogram_quantile(h, 99);
	q->max = h->max;
}

struct gathering {
	struct listener_summary *list;
	size_t count;
	uint64_t still_queued;
};

static void gather(void *ctx, struct listener *l)
{
	struct gathering *g = ctx;
	struct listener_summary *s = &g->list[g->count++];

	*s = (struct listener_summary){
		.cookie = l->cookie,
		.netns = l->netns,
		.family = l->addr_known ? l->family : 0,
		.port = l->port,
		.completed = l->completed,
		.accepted = l->accepted,
		.drops = l->refused,
	};
	memcpy(s->addr, l->addr, sizeof(s->addr));
	quantiles_of(l->handshake, &s->handshake);
	quantiles_of(l->accept_wait, &s->accept_wait);
	if (l->alive)
		g->still_queued += l->queued;
}

void tracker_finish(struct tracker *t, uint64_t now)
{
	struct gathering g = {.list = calloc(listeners_count(t->listeners) + 1, sizeof(*g.list))};
	struct listener_summaries summaries;
	struct event *e;

	if (now > t->t_now)
		t->t_now = now;
	flush_pending_before(t, UINT64_MAX);
	finish_aborted_before(t, UINT64_MAX, t->t_now);
	if (g.list)
		listeners_each(t->listeners, gather, &g);
	conn_each(t->conns, false, close_at_end, t);
	tell_evicted(t, t->t_now);
	summaries = (struct listener_summaries){.count = g.count, .list = g.list};
	e = line_begin(&t->lines, EVENT_SUMMARY, t->t_now);
	event_set(e, F_CONNECTIONS, t->connections);
	event_set(e, F_ACCEPTED_COUNT, t->accepted);
	event_set(e, F_NEVER_ACCEPTED, t->never_accepted);
	event_set(e, F_STILL_QUEUED, g.still_queued);
	event_field(e, F_DROPS)->drops = t->drops;
	event_set(e, F_LOST, t->lost);
	event_field(e, F_LISTENERS)->listeners = &summaries;
	line_tell(&t->lines);
	free(g.list);
}

/* ---- a look from outside ---- */

struct walk {
	void (*fn)(void *ctx, const struct tracker_socket *s);
	void *ctx;
};

static void walk_conn(void *ctx, struct conn *c)
{
	const struct walk *w = ctx;
	struct tracker_socket s = {
		.cookie = c->cookie,
		.netns = c->netns,
		.family = c->family,
		.lport = c->lport,
		.rport = c->rport,
		.state = c->state,
		.queued = conn_is(c, CONN_QUEUED),
		.since = c->t_state,
	};

	memcpy(s.laddr, c->laddr, sizeof(s.laddr));
	memcpy(s.raddr, c->raddr, sizeof(s.raddr));
	w->fn(w->ctx, &s);
}

static void walk_listener(void *ctx, struct listener *l)
{
	const struct walk *w = ctx;
	struct tracker_socket s = {
		.cookie = l->cookie,
		.netns = l->netns,
		.family = l->family,
		.lport = l->port,
		.state = TCP_STATE_LISTEN,
		.listener = true,
		.accept_queue = l->accept_queue,
		.backlog = l->backlog,
		.since = l->t_state,
	};

	memcpy(s.laddr, l->addr, sizeof(s.laddr));
	if (l->alive)
		w->fn(w->ctx, &s);
}

void tracker_walk(const struct tracker *t, void (*fn)(void *ctx, const struct tracker_socket *s), void *ctx)
{
	struct walk w = {fn, ctx};

	listeners_each(t->listeners, walk_listener, &w);
	conn_each(t->conns, true, walk_conn, &w);
	conn_each(t->conns, false, walk_conn, &w);
}
