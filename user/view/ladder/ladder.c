// SPDX-License-Identifier: BSD-2-Clause
/*
 * Joins the events of both ends of a connection and draws it.
 *
 * The two ends are two sockets, perhaps of two network namespaces: they belong together when their
 * ends are each other's and the initial sequence numbers agree. An active open may not know its
 * local port before it is established; until then it is kept by its cookie.
 *
 * One connection is drawn as it happens, the live one; others meanwhile are kept and drawn when
 * they end and the live one rests. Connections that were there before the tracer are kept too, from
 * what they were found in. All of it is bounded: LADDERS connections of LADDER_STEPS steps; the
 * rest is counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "event/filter.h"
#include "event/tcp.h"
#include "view/impl.h"
#include "view/ladder/draw.h"

#define LADDERS 64
/* Before this the other end's account of a segment may still be on its way. */
#define HOLD_NS (100 * NS_MS)
/* A resting live one is interrupted, or gives its place, after this. */
#define REST_NS NS_S

struct ladder_view {
	struct view base;
	struct ladder *list; /* the oldest first */
	unsigned int count;
	struct ladder *live;
	bool below; /* the last row is a ladder's */
	bool server_ever;
	bool clients_only;     /* --side */
	uint8_t listens[8192]; /* bit by port: a server has been seen there */
	uint64_t not_drawn;
};

static bool within(uint64_t t, uint64_t ns, uint64_t now)
{
	return t + ns >= now;
}

static bool listens(const struct ladder_view *v, uint64_t port)
{
	return v->listens[port / 8 & 8191] >> port % 8 & 1;
}

static void learn_listens(struct ladder_view *v, uint64_t port)
{
	v->listens[port / 8 & 8191] |= (uint8_t)(1u << port % 8);
}

/* An event's ends turned so that the client comes first. */
struct ends {
	int side;
	const uint8_t *addr[2];
	uint16_t port[2];
	uint64_t cookie, netns;
	bool isn_known;
	uint32_t isn[2];
};

static bool read_ends(const struct event *e, int local, struct ends *x)
{
	x->side = local;
	if (!event_has(e, F_LADDR) || !event_has(e, F_RADDR) ||
	    (e->family != AF_INET && e->family != AF_INET6) || !e->v[F_LADDR].addr ||
	    !e->v[F_RADDR].addr)
		return false;
	x->addr[local] = e->v[F_LADDR].addr;
	x->addr[!local] = e->v[F_RADDR].addr;
	x->port[local] = (uint16_t)event_get(e, F_LPORT);
	x->port[!local] = (uint16_t)event_get(e, F_RPORT);
	x->cookie = event_get(e, F_COOKIE);
	x->netns = event_get(e, F_NETNS);
	x->isn_known = event_has(e, F_CLIENT_ISN) && event_has(e, F_SERVER_ISN);
	x->isn[CLIENT] = (uint32_t)event_get(e, F_CLIENT_ISN);
	x->isn[SERVER] = (uint32_t)event_get(e, F_SERVER_ISN);
	return true;
}

static bool differ(uint64_t a, uint64_t b)
{
	return a && b && a != b;
}

static bool same_isn(const struct ladder *c, const struct ends *x)
{
	return !c->isn_known || !x->isn_known || (c->isn[0] == x->isn[0] && c->isn[1] == x->isn[1]);
}

static bool same_addrs(const struct ladder *c, int family, const uint8_t *const addr[2])
{
	size_t n = family == AF_INET ? 4 : 16;

	return c->family == family && !memcmp(c->addr[0], addr[0], n) &&
	       !memcmp(c->addr[1], addr[1], n);
}

static bool same_ends(const struct ladder *c, int family, const uint8_t *const addr[2],
		      const uint16_t port[2])
{
	return port[0] && port[1] && c->port[0] == port[0] && c->port[1] == port[1] &&
	       same_addrs(c, family, addr);
}

/* What may still be told of an end that is done: it begins nothing. */
static bool is_epilogue(const struct event *e)
{
	const char *segment = event_text(e, F_SEGMENT);

	return e->type == EVENT_CLOSE || e->type == EVENT_RESET ||
	       (e->type == EVENT_DROP && segment && !strcmp(segment, "ack"));
}

static struct ladder *find(const struct ladder_view *v, const struct event *e, const struct ends *x)
{
	struct ladder *best = NULL, *ended = NULL;

	for (struct ladder *c = v->list; c; c = c->next) {
		if (x->cookie && c->cookie[x->side] == x->cookie &&
		    !differ(c->netns[x->side], x->netns) && same_isn(c, x))
			return c;
		if (!same_ends(c, e->family, x->addr, x->port) || !same_isn(c, x) ||
		    differ(c->cookie[x->side], x->cookie) || differ(c->netns[x->side], x->netns))
			continue;
		if (c->done[x->side])
			ended = c;
		else if (!best || (c->isn_known && x->isn_known) || !best->isn_known)
			best = c; /* the youngest, or one whose numbers agree */
	}
	return best || !is_epilogue(e) ? best : ended;
}

/*
 * The connect() that a RST without a socket answers: its own port is not known yet. NULL: none, or
 * more than one.
 */
static struct ladder *find_refused(const struct ladder_view *v, const struct event *e,
				   const struct ends *x)
{
	struct ladder *found = NULL;

	for (struct ladder *c = v->list; c; c = c->next) {
		if (c->port[CLIENT] || c->port[SERVER] != x->port[SERVER] ||
		    !same_addrs(c, e->family, x->addr) || !within(c->last_t, HOLD_NS, e->t))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

/*
 * Turns the ends of e and looks for their ladder: *c, or NULL. Of one whose role nobody knows the
 * ladder may.
 */
static bool place(const struct ladder_view *v, const struct event *e, struct ends *x,
		  struct ladder **c)
{
	const char *role = event_text(e, F_ROLE);
	uint64_t lport = event_get(e, F_LPORT), rport = event_get(e, F_RPORT);
	bool above = lport > rport;

	*c = NULL;
	if (role && role[0] == 'l')
		return false;
	if (role) {
		if (!read_ends(e, role[0] == 'c' ? CLIENT : SERVER, x))
			return false;
		*c = find(v, e, x);
		return true;
	}
	for (int side = CLIENT; side <= SERVER && !*c; side++) {
		if (!read_ends(e, side, x))
			return false;
		*c = find(v, e, x);
	}
	if (!*c && e->type == EVENT_RESET) /* x has it at the server's end now */
		*c = find_refused(v, e, x);
	if (*c)
		return true;
	if (listens(v, lport) != listens(v, rport))
		above = listens(v, rport);
	return read_ends(e, above ? CLIENT : SERVER, x); /* servers have the lower ports */
}

static void unlink_ladder(struct ladder_view *v, struct ladder *c)
{
	struct ladder **at = &v->list;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	v->count--;
	if (v->live == c)
		v->live = NULL;
	free(c);
}

static void finish_ladder(struct ladder_view *v, struct ladder *c)
{
	struct pen pen = {&v->base.out, &v->base.options};

	ladder_draw(&pen, c, c->count);
	if (c->drawn && !c->headed)
		ladder_head(&pen, c, true);
	if (c->drawn)
		ladder_foot(&pen, c);
	v->below |= c->drawn;
	unlink_ladder(v, c);
}

/* Another picture has come between: the live one begins again with a heading. */
static void interrupt_live(struct ladder_view *v)
{
	if (v->live)
		v->live->headed = false;
}

/* Does this event begin something worth a ladder? */
static bool begins(const struct event *e)
{
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (e->type == EVENT_DROP)
		return true;
	if (e->type == EVENT_SOCKET) /* what is in TIME_WAIT has no story left */
		return event_get(e, F_SOCKET_STATE) != TCP_STATE_TIME_WAIT;
	if (e->type == EVENT_ACCEPT) /* fast open */
		return event_get(e, F_SOCKET_STATE) == TCP_STATE_SYN_RECV;
	return e->type == EVENT_STATE && !event_get(e, F_RAW) &&
	       (to == TCP_STATE_SYN_SENT || to == TCP_STATE_SYN_RECV ||
		to == TCP_STATE_ESTABLISHED);
}

/* It existed before, and nothing has happened since. */
static bool untouched(const struct ladder *c)
{
	return c->count && c->steps[c->count - 1].type == EVENT_SOCKET;
}

static bool make_room(struct ladder_view *v, uint64_t now)
{
	struct ladder *idle = NULL;

	if (v->count < LADDERS)
		return true;
	for (struct ladder *c = v->list; c; c = c->next) {
		if (untouched(c)) {
			v->not_drawn++;
			unlink_ladder(v, c);
			return true;
		}
		if (c != v->live && c->last_t + REST_NS < now &&
		    (!idle || c->last_t < idle->last_t))
			idle = c;
	}
	if (!idle)
		return false;
	interrupt_live(v);
	finish_ladder(v, idle);
	return true;
}

static struct ladder *begin(struct ladder_view *v, const struct event *e, const struct ends *x)
{
	struct ladder *c = NULL, **at = &v->list;

	if (e->type == EVENT_SOCKET ? v->count < LADDERS : make_room(v, e->t))
		c = calloc(1, sizeof(*c));
	if (!c) {
		unsigned int to = (unsigned int)event_get(e, F_NEW);

		/* Once a connection: at the end that most runs see. */
		if ((e->type == EVENT_SOCKET ||
		     (e->type == EVENT_STATE && to == TCP_STATE_ESTABLISHED)) &&
		    (x->side == SERVER || !v->server_ever))
			v->not_drawn++;
		return NULL;
	}
	c->family = e->family;
	for (int i = 0; i < 2; i++)
		memcpy(c->addr[i], x->addr[i], e->family == AF_INET ? 4 : 16);
	while (*at)
		at = &(*at)->next;
	*at = c;
	v->count++;
	return c;
}

static void name_of(const struct event *e, bool utf8, char out[32])
{
	const char *comm = event_text(e, F_COMM);
	char name[24] = "";

	if (comm)
		text_clean(name, sizeof(name), comm, 10, utf8);
	if (event_has(e, F_PID))
		snprintf(out, 32, *name ? "%s[%u]" : "%spid %u", name, (unsigned int)e->v[F_PID].u);
	else
		snprintf(out, 32, "%s", name);
}

/* What is now known of the connection as a whole. */
static void learn(struct ladder_view *v, struct ladder *c, const struct event *e,
		  const struct ends *x)
{
	/* a RST may be sent where there is none */
	bool socket = event_has(e, F_ROLE) || e->type != EVENT_RESET;
	char name[32];

	c->seen[x->side] |= socket;
	c->socket[x->side] |=
		e->type == EVENT_STATE || e->type == EVENT_SOCKET || e->type == EVENT_ACCEPT;
	c->roles_known |= event_has(e, F_ROLE);
	if (x->side == SERVER && socket) {
		v->server_ever = true;
		if (event_has(e, F_ROLE))
			learn_listens(v, x->port[SERVER]);
	}
	for (int i = 0; i < 2; i++)
		if (x->port[i])
			c->port[i] = x->port[i];
	if (x->cookie)
		c->cookie[x->side] = x->cookie;
	if (x->netns && socket)
		c->netns[x->side] = x->netns;
	if (x->isn_known) {
		c->isn_known = true;
		c->isn[0] = x->isn[0];
		c->isn[1] = x->isn[1];
	} else if (!c->isn_known && event_has(e, F_CLIENT_ISN)) {
		c->syn_known = true;
		c->isn[CLIENT] = x->isn[CLIENT];
	}
	name_of(e, v->base.options.utf8, name);
	if (*name && (e->type != EVENT_ACCEPT || !*c->owner[x->side]))
		memcpy(c->owner[x->side], name, sizeof(name));
	if (e->t > c->last_t)
		c->last_t = e->t;
}

static uint32_t small(const struct event *e, enum field f)
{
	uint64_t v = event_get(e, f);

	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void copy_reason(char out[24], const char *reason)
{
	text_clean(out, 24, reason ? reason : "", 23, false);
	for (; *out; out++)
		if (*out == '_')
			*out = ' ';
}

static struct step make_step(const struct ladder_view *v, const struct event *e, int side)
{
	const char *segment = event_text(e, F_SEGMENT), *what = event_text(e, F_WHAT),
		   *dir = event_text(e, F_DIR);
	enum field wait = e->type == EVENT_ACCEPT  ? F_ACCEPT_WAIT_NS
			  : e->type == EVENT_CLOSE ? F_LIFE_NS
			  : side == CLIENT	   ? F_CONNECT_NS
						   : F_HANDSHAKE_NS;
	struct step s = {
		.t = e->t,
		.type = (uint8_t)e->type,
		.side = (uint8_t)side,
		.from = (uint8_t)event_get(e, F_OLD),
		.to = (uint8_t)event_get(e, e->type == EVENT_STATE ? F_NEW : F_SOCKET_STATE),
		.syn = (segment && !strcmp(segment, "syn")) || (what && !strcmp(what, "syn")),
		.sent = dir && !strcmp(dir, "sent"),
		.believes = event_get(e, F_CLIENT_BELIEVES),
		.queued = event_get(e, F_QUEUED),
		.fastopen = event_get(e, F_FASTOPEN),
		.io_uring = event_has(e, F_VIA),
		.syncookie = event_get(e, F_SYNCOOKIE),
		.before_accept = event_get(e, F_COMPLETED_BEFORE_ACCEPT),
		.unaccepted = event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED),
		.has_wait = event_has(e, wait),
		.has_syn_queue = event_has(e, F_SYN_QUEUE),
		.has_accept_queue = event_has(e, F_ACCEPT_QUEUE),
		.has_backlog = event_has(e, F_BACKLOG),
		.has_fd = event_has(e, F_FD),
		.has_bytes = event_has(e, F_BYTES_IN) && event_has(e, F_BYTES_OUT),
		.syn_queue = small(e, F_SYN_QUEUE),
		.accept_queue = small(e, F_ACCEPT_QUEUE),
		.backlog = small(e, F_BACKLOG),
		.attempt = small(e, F_ATTEMPT),
		.fd = event_has(e, F_FD) ? (int32_t)e->v[F_FD].i : -1,
		.wait_ns = event_get(e, wait),
		.call_ns = event_get(e, F_CALL_NS),
		.bytes_in = event_get(e, F_BYTES_IN),
		.bytes_out = event_get(e, F_BYTES_OUT),
	};

	if (s.call_ns > s.t)
		s.call_ns = 0;
	copy_reason(s.reason, event_text(e, F_REASON));
	if (e->type == EVENT_ACCEPT)
		name_of(e, v->base.options.utf8, s.owner);
	return s;
}

/* The account of the other end of a RST that has been told: it may know the reason. */
static bool pair_reset(struct ladder *c, const struct step *s)
{
	for (unsigned int i = 0; i < c->count; i++) {
		struct step *o = &c->steps[i];

		if (o->type != EVENT_RESET || o->side == s->side || o->sent == s->sent || o->paired)
			continue;
		o->paired = true;
		if (!*o->reason)
			memcpy(o->reason, s->reason, sizeof(o->reason));
		return true;
	}
	return false;
}

/*
 * The RST by which the server ended a request, or NULL. That it refused the ACK, if that is why,
 * the kernel tells afterwards.
 */
static const struct step *unexplained_reset(const struct ladder *c)
{
	const struct step *reset = NULL;
	bool ended = false;

	for (const struct step *s = c->steps; s < c->steps + c->count; s++) {
		if (s->type == EVENT_DROP)
			return NULL;
		if (s->type == EVENT_RESET && s->side == SERVER && s->sent)
			reset = s;
		ended |= s->type == EVENT_STATE && s->side == SERVER &&
			 s->from == TCP_STATE_SYN_RECV && s->to == TCP_STATE_CLOSE;
	}
	return ended ? reset : NULL;
}

static void add_step(struct ladder *c, const struct step *s)
{
	const struct step *reset = s->type == EVENT_DROP && !s->syn ? unexplained_reset(c) : NULL;
	uint64_t t = s->t;
	unsigned int at = c->count;

	if (s->type == EVENT_RESET && pair_reset(c, s))
		return;
	if (reset)
		t = reset->t; /* by then it was refused */
	if (c->count == LADDER_STEPS) {
		if (s->type != EVENT_CLOSE) {
			c->more++;
			return;
		}
		at = --c->count; /* how it ended is worth more than what came before */
		if (c->drawn > c->count)
			c->drawn = c->count;
		else
			c->more++;
	}
	while (at > 0 && (c->steps[at - 1].t > t || (reset && c->steps[at - 1].t == t)))
		at--;
	memmove(c->steps + at + 1, c->steps + at, (c->count - at) * sizeof(*s));
	c->steps[at] = *s;
	c->steps[at].t = t;
	c->count++;
	if (at < c->drawn)
		c->drawn++; /* too late for the picture */
}

/* An active open has learnt its port: perhaps the server's end is known already. */
static struct ladder *join(struct ladder_view *v, struct ladder *c)
{
	const uint8_t *const addr[2] = {c->addr[0], c->addr[1]};

	for (struct ladder *o = v->list; o; o = o->next) {
		bool isn_differ = o->isn_known && c->isn_known &&
				  (o->isn[0] != c->isn[0] || o->isn[1] != c->isn[1]);

		if (o == c || o->seen[CLIENT] || c->seen[SERVER] || isn_differ || o->done[SERVER] ||
		    !same_ends(o, c->family, addr, c->port))
			continue;
		for (unsigned int i = 0; i < c->count; i++)
			add_step(o, &c->steps[i]);
		o->seen[CLIENT] = o->socket[CLIENT] = o->roles_known = true;
		o->cookie[CLIENT] = c->cookie[CLIENT];
		o->netns[CLIENT] = c->netns[CLIENT];
		memcpy(o->owner[CLIENT], c->owner[CLIENT], sizeof(o->owner[CLIENT]));
		if (c->isn_known) {
			o->isn_known = true;
			memcpy(o->isn, c->isn, sizeof(o->isn));
		}
		if (v->live == c)
			v->live = o;
		unlink_ladder(v, c);
		return o;
	}
	return c;
}

/* A RST has two ends: the sender's knows the reason, the receiver's what it led to. */
static bool incomplete(const struct ladder *c, const struct step *s)
{
	enum ladder_side to = ladder_receiver(s);

	if (s->type != EVENT_RESET)
		return false;
	return (c->seen[to] && !c->done[to]) ||
	       (c->seen[!to] && (s->sent ? !c->done[!to] : !s->paired)) ||
	       s == unexplained_reset(c);
}

/*
 * The ends of a handshake come within microseconds: drawn too early a row would be at the wrong
 * place, and a heading would not know its ports and names. What began a fast open is told when it
 * is complete.
 */
static bool held(const struct ladder_view *v, const struct ladder *c, uint64_t now)
{
	bool server = c->seen[SERVER] || (!v->clients_only && listens(v, c->port[SERVER]));
	uint64_t hold = HOLD_NS;
	bool opening = true;

	for (unsigned int i = 0; i < c->count; i++) {
		const struct step *s = &c->steps[i];

		if (s->type == EVENT_ACCEPT && s->to == TCP_STATE_SYN_RECV)
			hold = REST_NS;
		else
			opening &=
				s->type == EVENT_STATE &&
				(s->to == TCP_STATE_SYN_SENT || s->to == TCP_STATE_SYN_RECV ||
				 (s->to == TCP_STATE_ESTABLISHED && s->side == CLIENT && server));
	}
	return (opening || !c->port[CLIENT]) && within(c->steps[0].t, hold, now);
}

/* How many of its steps may be drawn. */
static unsigned int ready(const struct ladder_view *v, const struct ladder *c, uint64_t now)
{
	unsigned int n = c->drawn;

	if (!n && c->count && held(v, c, now))
		return 0;
	while (n < c->count &&
	       !(incomplete(c, &c->steps[n]) && within(c->steps[n].t, HOLD_NS, now)))
		n++;
	return n;
}

static bool finished(const struct ladder_view *v, const struct ladder *c, uint64_t now)
{
	bool all = true, any = false;

	if (ready(v, c, now) < c->count)
		return false;
	for (int i = 0; i < 2; i++) {
		if (!c->socket[i])
			continue;
		any = true;
		all &= c->done[i] && (c->closed[i] || (i == CLIENT && c->socket[SERVER]));
	}
	return any && all;
}

/* One that is half closed may stay so for long. */
static bool gives_place(const struct ladder *live, uint64_t now)
{
	return !live ||
	       ((live->done[CLIENT] || live->done[SERVER]) && !within(live->last_t, REST_NS, now));
}

static void progress(struct ladder_view *v, uint64_t now)
{
	struct pen pen = {&v->base.out, &v->base.options};
	struct ladder *c, *next;

	if (v->live) {
		ladder_draw(&pen, v->live, ready(v, v->live, now));
		v->below |= v->live->headed;
	}
	if (v->live && finished(v, v->live, now))
		finish_ladder(v, v->live);
	for (c = v->list; c; c = next) {
		next = c->next;
		if (c == v->live || !finished(v, c, now))
			continue;
		if (v->live && v->live->last_t + REST_NS > now)
			continue; /* let the live one go on */
		interrupt_live(v);
		finish_ladder(v, c);
	}
}

/*
 * The SYN that nobody told of when it came (fast open, or before the tracer): how long ago it was
 * is known now.
 */
static void add_syn(struct ladder *c, const struct step *established)
{
	struct step s = {
		.type = EVENT_STATE,
		.side = SERVER,
		.from = TCP_STATE_LISTEN,
		.to = TCP_STATE_SYN_RECV,
	};

	if (established->side != SERVER || !established->has_wait ||
	    established->wait_ns >= established->t || ladder_has(c, SERVER, TCP_STATE_SYN_RECV))
		return;
	s.t = established->t - established->wait_ns;
	add_step(c, &s);
}

static void connection_event(struct ladder_view *v, const struct event *e)
{
	struct ends x;
	struct ladder *c;
	struct step s;
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (event_get(e, F_RAW) || !place(v, e, &x, &c))
		return;
	if (!c && begins(e))
		c = begin(v, e, &x);
	if (!c)
		return;
	learn(v, c, e, &x);
	if (x.side == CLIENT && c->port[CLIENT] && !c->seen[SERVER])
		c = join(v, c);
	s = make_step(v, e, x.side);
	if (e->type != EVENT_STATE || !ladder_gives_up(&s)) /* its drop says so too, and more */
		add_step(c, &s);
	if (e->type == EVENT_STATE && to == TCP_STATE_ESTABLISHED)
		add_syn(c, &s);
	if (v->live != c && e->type != EVENT_SOCKET && gives_place(v->live, e->t)) {
		interrupt_live(v);
		v->live = c;
	}
	if (e->t > c->last_t)
		c->last_t = e->t;
	if (e->type == EVENT_CLOSE ||
	    (e->type == EVENT_STATE && (to == TCP_STATE_CLOSE || to == TCP_STATE_TIME_WAIT)))
		c->done[x.side] = true;
	if (e->type == EVENT_CLOSE || (e->type == EVENT_STATE && to == TCP_STATE_TIME_WAIT))
		c->closed[x.side] = true;
}

/* A line between the ladders. */
static void begin_note(struct ladder_view *v)
{
	if (v->below)
		out_text(&v->base.out, "\n");
	v->below = false;
	interrupt_live(v);
}

static void listen_line(struct ladder_view *v, const struct event *e)
{
	static const char existed[] = ", existed before",
			  existed_below[] = ",\n             existed before";
	struct text_clock clock = {0};
	char stamp[16], end[TEXT_END_MAX], name[32];
	size_t begin;

	*text_time_of_day(&clock, stamp, (int64_t)e->t + v->base.options.boot_offset_ns,
			  v->base.options.utc_offset_s) = '\0';
	text_end(end, e->family, event_has(e, F_LADDR) ? e->v[F_LADDR].addr : NULL,
		 event_has(e, F_LPORT) ? (int)e->v[F_LPORT].u : -1);
	name_of(e, v->base.options.utf8, name);
	learn_listens(v, event_get(e, F_LPORT));
	begin_note(v);
	begin = v->base.out.len;
	out_format(&v->base.out, "%s %s listens on %s", stamp, *name ? name : "a program", end);
	if (event_has(e, F_BACKLOG))
		out_format(&v->base.out, ", backlog %llu", (unsigned long long)e->v[F_BACKLOG].u);
	if (e->type == EVENT_SOCKET) {
		bool fits = v->base.out.len - begin + strlen(existed) <= LADDER_COLUMNS;

		out_text(&v->base.out, fits ? existed : existed_below);
	}
	out_text(&v->base.out, "\n");
}

static void ladder_event(struct view *view, const struct event *e)
{
	struct ladder_view *v = (struct ladder_view *)view;

	switch (e->type) {
	case EVENT_STATE:
		if (event_get(e, F_NEW) == TCP_STATE_LISTEN && !event_get(e, F_RAW)) {
			listen_line(v, e);
			break;
		}
		connection_event(v, e);
		break;
	case EVENT_META:
		if (event_has(e, F_FILTER))
			v->clients_only = e->v[F_FILTER].filter->side == SIDE_CLIENT;
		return;
	case EVENT_SOCKET:
		if (event_get(e, F_SOCKET_STATE) == TCP_STATE_LISTEN) {
			listen_line(v, e);
			break;
		}
		connection_event(v, e);
		break;
	case EVENT_ACCEPT:
	case EVENT_RETRANSMIT:
	case EVENT_DROP:
	case EVENT_RESET:
	case EVENT_CLOSE:
		connection_event(v, e);
		break;
	case EVENT_LOST:
		begin_note(v);
		out_format(&view->out, "LOST %llu facts: a ladder may miss steps\n",
			   (unsigned long long)event_get(e, F_COUNT));
		break;
	case EVENT_SUMMARY:
		return; /* its time may lie far behind the last step; finish draws what is left */
	default:
		break;
	}
	progress(v, e->t);
}

static void ladder_finish(struct view *view)
{
	struct ladder_view *v = (struct ladder_view *)view;

	if (v->live) /* the one that is on the screen already */
		finish_ladder(v, v->live);
	while (v->list)
		finish_ladder(v, v->list);
	if (v->not_drawn)
		out_format(&view->out, "\n%llu more connections not drawn\n",
			   (unsigned long long)v->not_drawn);
	v->not_drawn = 0;
}

static void ladder_free(struct view *view)
{
	struct ladder_view *v = (struct ladder_view *)view;

	while (v->list)
		unlink_ladder(v, v->list);
}

static const struct view_ops ladder_ops = {
	.event = ladder_event, .finish = ladder_finish, .free = ladder_free};

struct view *view_ladder_new(const struct view_options *options)
{
	return view_alloc(sizeof(struct ladder_view), &ladder_ops, options);
}
