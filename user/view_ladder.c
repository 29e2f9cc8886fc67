// SPDX-License-Identifier: BSD-2-Clause
/*
 * Joins the events of both ends of a connection and draws it.
 *
 * The two ends are two sockets, perhaps of two network namespaces: they belong together when their ends are each
 * other's and the initial sequence numbers agree. An active open may not know its local port before it is
 * established; until then it is kept by its cookie.
 *
 * The first connection is drawn as it happens; others meanwhile are kept and drawn when they end and the live one
 * rests. All of it is bounded: LADDERS connections of LADDER_STEPS steps; the rest is counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ladder_draw.h"
#include "tcp.h"
#include "view_base.h"

#define LADDERS 64
/* Before this the two ends of a handshake may still be on their way. */
#define HANDSHAKE_HOLD_NS UINT64_C(100000000)
/* The other end of a closed connection is awaited, and a resting live one interrupted, after this. */
#define REST_NS UINT64_C(1000000000)

struct ladder_view {
	struct view base;
	struct ladder *list; /* the oldest first */
	unsigned int count;
	struct ladder *live;
	bool server_ever;
	uint64_t not_drawn;
};

/* An event's ends turned so that the client comes first. */
struct ends {
	int side;
	const uint8_t *addr[2];
	uint16_t port[2];
	uint64_t cookie, netns;
	bool isn_known;
	uint32_t isn[2];
};

static bool read_ends(const struct event *e, struct ends *x)
{
	const char *role = event_text(e, F_ROLE);
	int local;

	if (role && role[0] == 'l')
		return false;
	x->side = role && role[0] == 'c' ? CLIENT : SERVER;
	local = x->side;
	if (!event_has(e, F_LADDR) || !event_has(e, F_RADDR) || (e->family != AF_INET && e->family != AF_INET6) ||
	    !e->v[F_LADDR].addr || !e->v[F_RADDR].addr)
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

static bool same_ends(const struct ladder *c, int family, const uint8_t *const addr[2], const uint16_t port[2])
{
	size_t n = family == AF_INET ? 4 : 16;

	return c->family == family && port[0] && port[1] && c->port[0] == port[0] && c->port[1] == port[1] &&
	       !memcmp(c->addr[0], addr[0], n) && !memcmp(c->addr[1], addr[1], n);
}

static struct ladder *find(const struct ladder_view *v, const struct event *e, const struct ends *x)
{
	struct ladder *best = NULL;

	for (struct ladder *c = v->list; c; c = c->next) {
		if (x->cookie && c->cookie[x->side] == x->cookie && !differ(c->netns[x->side], x->netns) && same_isn(c, x))
			return c;
		if (!same_ends(c, e->family, x->addr, x->port) || !same_isn(c, x) || c->done[x->side] ||
		    differ(c->cookie[x->side], x->cookie) || differ(c->netns[x->side], x->netns))
			continue;
		if (!best || (c->isn_known && x->isn_known) || !best->isn_known)
			best = c; /* the youngest, or one whose numbers agree */
	}
	return best;
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

	ladder_draw(&pen, c);
	if (c->drawn && !c->headed)
		ladder_head(&pen, c, true);
	if (c->drawn)
		ladder_foot(&pen, c);
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
	return e->type == EVENT_STATE && !event_get(e, F_RAW) &&
	       (to == TCP_STATE_SYN_SENT || to == TCP_STATE_SYN_RECV || to == TCP_STATE_ESTABLISHED);
}

static bool make_room(struct ladder_view *v, uint64_t now)
{
	struct ladder *idle = NULL;

	if (v->count < LADDERS)
		return true;
	for (struct ladder *c = v->list; c; c = c->next)
		if (c != v->live && c->last_t + REST_NS < now && (!idle || c->last_t < idle->last_t))
			idle = c;
	if (!idle)
		return false;
	interrupt_live(v);
	finish_ladder(v, idle);
	return true;
}

static struct ladder *begin(struct ladder_view *v, const struct event *e, const struct ends *x)
{
	struct ladder *c = NULL, **at = &v->list;

	if (make_room(v, e->t))
		c = calloc(1, sizeof(*c));
	if (!c) {
		unsigned int to = (unsigned int)event_get(e, F_NEW);

		/* Once a connection: at the end that most runs see. */
		if (e->type == EVENT_STATE && to == TCP_STATE_ESTABLISHED && (x->side == SERVER || !v->server_ever))
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
	if (!v->live)
		v->live = c;
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
static void learn(struct ladder_view *v, struct ladder *c, const struct event *e, const struct ends *x)
{
	char name[32];

	c->seen[x->side] = true;
	if (x->side == SERVER)
		v->server_ever = true;
	for (int i = 0; i < 2; i++)
		if (x->port[i])
			c->port[i] = x->port[i];
	if (x->cookie)
		c->cookie[x->side] = x->cookie;
	if (x->netns)
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
	const char *segment = event_text(e, F_SEGMENT), *what = event_text(e, F_WHAT), *dir = event_text(e, F_DIR);
	enum field wait = e->type == EVENT_ACCEPT ? F_ACCEPT_WAIT_NS :
			  e->type == EVENT_CLOSE  ? F_LIFE_NS :
			  side == CLIENT	  ? F_CONNECT_NS :
						    F_HANDSHAKE_NS;
	struct step s = {
		.t = e->t,
		.type = (uint8_t)e->type,
		.side = (uint8_t)side,
		.from = (uint8_t)event_get(e, F_OLD),
		.to = (uint8_t)event_get(e, F_NEW),
		.syn = (segment && !strcmp(segment, "syn")) || (what && !strcmp(what, "syn")),
		.sent = dir && !strcmp(dir, "sent"),
		.believes = event_get(e, F_CLIENT_BELIEVES),
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

static void add_step(struct ladder *c, const struct step *s)
{
	unsigned int at = c->count;

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
	while (at > 0 && c->steps[at - 1].t > s->t)
		at--;
	memmove(c->steps + at + 1, c->steps + at, (c->count - at) * sizeof(*s));
	c->steps[at] = *s;
	c->count++;
	if (at < c->drawn)
		c->drawn++; /* too late for the picture */
}

/* An active open has learnt its port: perhaps the server's end is known already. */
static struct ladder *join(struct ladder_view *v, struct ladder *c)
{
	const uint8_t *const addr[2] = {c->addr[0], c->addr[1]};

	for (struct ladder *o = v->list; o; o = o->next) {
		bool isn_differ = o->isn_known && c->isn_known && (o->isn[0] != c->isn[0] || o->isn[1] != c->isn[1]);

		if (o == c || o->seen[CLIENT] || c->seen[SERVER] || isn_differ || o->done[SERVER] ||
		    !same_ends(o, c->family, addr, c->port))
			continue;
		for (unsigned int i = 0; i < c->count; i++)
			add_step(o, &c->steps[i]);
		o->seen[CLIENT] = true;
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

static bool finished(const struct ladder *c, uint64_t now)
{
	bool all = true, any = false, told = true;

	for (int i = 0; i < 2; i++) {
		if (!c->seen[i])
			continue;
		any |= c->done[i];
		all &= c->done[i];
		if (i == SERVER || !c->seen[SERVER])
			told &= c->closed[i];
	}
	return any && ((all && told) || c->last_t + REST_NS < now);
}

/* The handshake's two ends come within microseconds: drawn too early, a row would be at the wrong place. */
static bool held(const struct ladder *c, uint64_t now)
{
	if (c->drawn || c->steps[0].t + HANDSHAKE_HOLD_NS < now)
		return false;
	for (unsigned int i = 0; i < c->count; i++) {
		const struct step *s = &c->steps[i];

		if (s->type != EVENT_STATE || (s->to != TCP_STATE_SYN_SENT && s->to != TCP_STATE_SYN_RECV &&
					       !(s->side == CLIENT && s->to == TCP_STATE_ESTABLISHED && c->seen[SERVER])))
			return false;
	}
	return true;
}

static void progress(struct ladder_view *v, uint64_t now)
{
	struct pen pen = {&v->base.out, &v->base.options};
	struct ladder *c, *next;

	if (v->live && v->live->count && !held(v->live, now))
		ladder_draw(&pen, v->live);
	if (v->live && finished(v->live, now))
		finish_ladder(v, v->live);
	for (c = v->list; c; c = next) {
		next = c->next;
		if (c == v->live || !finished(c, now))
			continue;
		if (v->live && v->live->last_t + REST_NS > now)
			continue; /* let the live one go on */
		interrupt_live(v);
		finish_ladder(v, c);
	}
}

static void connection_event(struct ladder_view *v, const struct event *e)
{
	struct ends x;
	struct ladder *c;
	struct step s;
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (event_get(e, F_RAW) || !read_ends(e, &x))
		return;
	c = find(v, e, &x);
	if (!c && begins(e))
		c = begin(v, e, &x);
	if (!c)
		return;
	learn(v, c, e, &x);
	if (x.side == CLIENT && c->port[CLIENT] && !c->seen[SERVER])
		c = join(v, c);
	s = make_step(v, e, x.side);
	add_step(c, &s);
	if (e->t > c->last_t)
		c->last_t = e->t;
	if (e->type == EVENT_CLOSE || (e->type == EVENT_STATE && (to == TCP_STATE_CLOSE || to == TCP_STATE_TIME_WAIT)))
		c->done[x.side] = true;
	if (e->type == EVENT_CLOSE || (e->type == EVENT_STATE && to == TCP_STATE_TIME_WAIT))
		c->closed[x.side] = true;
}

static void listen_line(struct ladder_view *v, const struct event *e)
{
	struct text_clock clock = {0};
	char stamp[16], end[TEXT_END_MAX], name[32];

	*text_time_of_day(&clock, stamp, (int64_t)e->t + v->base.options.boot_offset_ns,
			  v->base.options.utc_offset_s) = '\0';
	text_end(end, e->family, event_has(e, F_LADDR) ? e->v[F_LADDR].addr : NULL,
		 event_has(e, F_LPORT) ? (int)e->v[F_LPORT].u : -1);
	name_of(e, v->base.options.utf8, name);
	interrupt_live(v);
	out_format(&v->base.out, "%s %s listens on %s", stamp, *name ? name : "a program", end);
	if (event_has(e, F_BACKLOG))
		out_format(&v->base.out, ", backlog %llu", (unsigned long long)e->v[F_BACKLOG].u);
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
	case EVENT_ACCEPT:
	case EVENT_RETRANSMIT:
	case EVENT_DROP:
	case EVENT_RESET:
	case EVENT_CLOSE:
		connection_event(v, e);
		break;
	case EVENT_LOST:
		interrupt_live(v);
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
		out_format(&view->out, "\n%llu more connections not drawn\n", (unsigned long long)v->not_drawn);
	v->not_drawn = 0;
}

static void ladder_free(struct view *view)
{
	struct ladder_view *v = (struct ladder_view *)view;

	while (v->list)
		unlink_ladder(v, v->list);
}

static const struct view_ops ladder_ops = {.event = ladder_event, .finish = ladder_finish, .free = ladder_free};

struct view *view_ladder_new(const struct view_options *options)
{
	return view_alloc(sizeof(struct ladder_view), &ladder_ops, options);
}
