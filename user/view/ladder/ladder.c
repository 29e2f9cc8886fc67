// SPDX-License-Identifier: BSD-2-Clause
/*
 * ladder.c - joins the events of both ends of a connection, and decides what is drawn when.
 *
 * The ends of a connection are two sockets, perhaps in two network namespaces. They belong together
 * if the address and port of one are the peer of the other, and if their initial sequence numbers
 * agree. An active open may not know its local port before it is established; until then its cookie
 * identifies it.
 *
 * One connection, the live one, is drawn as it happens. The events of other connections are kept
 * meanwhile. Such a connection is drawn when it has ended and the live one is idle. Connections
 * that are older than the tracer are kept too, and begin with the state in which they were found.
 * At most LADDERS connections of LADDER_STEPS steps are kept; the rest is counted. While the live
 * one is idle, a note says how many are open and not drawn (notes.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/units.h"
#include "event/filter.h"
#include "event/tcp.h"
#include "view/impl.h"
#include "view/ladder/draw.h"
#include "view/ladder/match.h"
#include "view/ladder/notes.h"
#include "view/ladder/step.h"
#include "view/words.h"

#define LADDERS 64
/* After this time without an event, another connection may interrupt or replace the live one. */
#define REST_NS NS_S

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

static struct pen pen_of(struct ladder_view *v)
{
	return (struct pen){&v->base.out, &v->base.options, v->sink.row ? &v->sink : NULL};
}

static void finish_ladder(struct ladder_view *v, struct ladder *c)
{
	struct pen pen = pen_of(v);

	ladder_draw(&pen, c, c->count);
	if (c->drawn && !c->headed)
		ladder_head(&pen, c, true);
	if (c->drawn)
		ladder_foot(&pen, c);
	v->below |= c->drawn;
	unlink_ladder(v, c);
}

/* Something else was printed: the live connection continues with a new heading. */
static void interrupt_live(struct ladder_view *v)
{
	if (v->live)
		v->live->headed = false;
}

/* Whether a ladder begins with this event. */
static bool begins(const struct event *e)
{
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (e->type == EVENT_DROP)
		return true;
	if (e->type == EVENT_SOCKET) /* nothing more happens to a connection in TIME_WAIT */
		return event_get(e, F_SOCKET_STATE) != TCP_STATE_TIME_WAIT;
	if (e->type == EVENT_ACCEPT) /* fast open */
		return event_get(e, F_SOCKET_STATE) == TCP_STATE_SYN_RECV;
	return e->type == EVENT_STATE && !event_get(e, F_RAW) &&
	       (to == TCP_STATE_SYN_SENT || to == TCP_STATE_SYN_RECV ||
		to == TCP_STATE_ESTABLISHED);
}

/* The connection is older than the tracer, and nothing has happened to it since. */
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

/* Adds what the event says of the connection as a whole. */
static void learn(struct ladder_view *v, struct ladder *c, const struct event *e,
		  const struct ends *x)
{
	/* A RST may be sent without a socket. */
	bool socket = event_has(e, F_ROLE) || e->type != EVENT_RESET;
	char name[32];

	c->seen[x->side] |= socket;
	c->socket[x->side] |=
		e->type == EVENT_STATE || e->type == EVENT_SOCKET || e->type == EVENT_ACCEPT;
	c->roles_known |= event_has(e, F_ROLE);
	if (x->side == SERVER && socket && !c->both_connect) {
		v->server_ever = true;
		if (event_has(e, F_ROLE))
			ladder_learn_listens(v, x->port[SERVER]);
	}
	for (int i = 0; i < 2; i++)
		if (x->port[i])
			c->port[i] = x->port[i];
	if (x->cookie)
		c->cookie[x->side] = x->cookie;
	if (x->side == SERVER && event_get(e, F_LISTENER))
		c->listener = event_get(e, F_LISTENER);
	if (x->netns && socket)
		c->netns[x->side] = x->netns;
	if (x->isn_known) {
		c->isn_known = true;
		c->isn[0] = x->isn[0];
		c->isn[1] = x->isn[1];
	} else if (!c->isn_known && event_has(e, F_CLIENT_ISN) && !c->both_connect) {
		c->syn_known = true;
		c->isn[CLIENT] = x->isn[CLIENT];
	}
	ladder_owner(e, v->base.options.utf8, name);
	if (*name && (e->type != EVENT_ACCEPT || !*c->owner[x->side]))
		memcpy(c->owner[x->side], name, sizeof(name));
	if (x->zone)
		snprintf(c->zone[x->side], sizeof(c->zone[0]), "%s", x->zone);
	if (e->t > c->last_t)
		c->last_t = e->t;
}

/* The client's addresses: those of o are the server's. */
static void keep_called(struct ladder *o, const struct ladder *c)
{
	o->nat = true;
	memcpy(o->called_addr, c->addr, sizeof(o->called_addr));
	memcpy(o->called_port, c->port, sizeof(o->called_port));
}

/* An active open has its local port now: joins it with the server's end, if that is known. */
static struct ladder *join(struct ladder_view *v, struct ladder *c)
{
	const uint8_t *const addr[2] = {c->addr[0], c->addr[1]};

	for (struct ladder *o = v->list; o; o = o->next) {
		bool isn_differ = o->isn_known && c->isn_known &&
				  (o->isn[0] != c->isn[0] || o->isn[1] != c->isn[1]);

		bool same = ladder_same_ends(o, c->family, addr, c->port);
		/* Addresses are translated between the ends; the numbers are not. */
		bool nat = !same && o->isn_known && c->isn_known && o->family == c->family;

		if (o == c || o->seen[CLIENT] || c->seen[SERVER] || isn_differ || o->done[SERVER] ||
		    !(same || nat))
			continue;
		if (nat)
			keep_called(o, c);
		for (unsigned int i = 0; i < c->count; i++)
			ladder_add_step(o, &c->steps[i]);
		o->seen[CLIENT] = o->socket[CLIENT] = o->roles_known = true;
		o->cookie[CLIENT] = c->cookie[CLIENT];
		o->netns[CLIENT] = c->netns[CLIENT];
		memcpy(o->zone[CLIENT], c->zone[CLIENT], sizeof(o->zone[CLIENT]));
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

/* A RST is seen at both ends. The sender knows the reason, the receiver knows the effect. */
static bool incomplete(const struct ladder *c, const struct step *s)
{
	enum ladder_side to = ladder_receiver(s);

	if (s->type != EVENT_RESET)
		return false;
	return (c->seen[to] && !c->done[to]) ||
	       (c->seen[!to] && (s->sent ? !c->done[!to] : !s->paired)) ||
	       s == ladder_unexplained_reset(c);
}

/*
 * Whether drawing must wait. The events of both ends of a handshake come within microseconds. If a
 * ladder were drawn before all of them, a row could be at the wrong place, and the heading could
 * lack ports and names. A fast open is drawn when its handshake is complete.
 */
static bool held(const struct ladder_view *v, const struct ladder *c, uint64_t now)
{
	bool server = c->seen[SERVER] || (!v->clients_only && ladder_listens(v, c->port[SERVER]));
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
	return (opening || !c->port[CLIENT]) && ladder_within(c->steps[0].t, hold, now);
}

/* How many steps of c may be drawn now. */
static unsigned int ready(const struct ladder_view *v, const struct ladder *c, uint64_t now)
{
	unsigned int n = c->drawn;

	if (!n && c->count && held(v, c, now))
		return 0;
	while (n < c->count &&
	       !(incomplete(c, &c->steps[n]) && ladder_within(c->steps[n].t, HOLD_NS, now)))
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

/* Whether the live connection may be replaced. A half-closed connection can stay so for long. */
static bool gives_place(const struct ladder *live, uint64_t now)
{
	return !live || ((live->done[CLIENT] || live->done[SERVER]) &&
			 !ladder_within(live->last_t, REST_NS, now));
}

static void progress(struct ladder_view *v, uint64_t now)
{
	struct pen pen = pen_of(v);
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
			continue; /* the live connection goes on */
		interrupt_live(v);
		finish_ladder(v, c);
	}
}

/*
 * Adds the SYN if there was no event when it came (fast open, or before the tracer). Its time is
 * known now.
 */
static void add_syn(struct ladder *c, const struct step *established)
{
	struct step s = {
		.type = EVENT_STATE,
		.side = SERVER,
		.from = TCP_STATE_LISTEN,
		.to = TCP_STATE_SYN_RECV,
	};

	if (established->side != SERVER || c->both_connect || !established->has_wait ||
	    established->wait_ns >= established->t || ladder_has(c, SERVER, TCP_STATE_SYN_RECV))
		return;
	s.t = established->t - established->wait_ns;
	ladder_add_step(c, &s);
}

static void connection_event(struct ladder_view *v, const struct event *e)
{
	struct ends x;
	struct ladder *c;
	struct step s;
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (event_get(e, F_RAW) || !ladder_place(v, e, &x, &c))
		return;
	if (!c && begins(e))
		c = begin(v, e, &x);
	if (!c)
		return;
	if (x.side == SERVER && event_enum(e, F_ROLE) == ROLE_CLIENT && !c->both_connect) {
		c->both_connect = true;
		c->headed = false; /* what is drawn already has nobody at that end */
	}
	learn(v, c, e, &x);
	if (x.side == CLIENT && c->port[CLIENT] && !c->seen[SERVER])
		c = join(v, c);
	s = ladder_make_step(e, x.side, v->base.options.utf8);
	if (e->type != EVENT_STATE || !ladder_gives_up(&s)) /* the drop line says more */
		ladder_add_step(c, &s);
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

static void ladder_event(struct view *view, const struct event *e)
{
	struct ladder_view *v = (struct ladder_view *)view;

	switch (e->type) {
	case EVENT_STATE:
		if (event_get(e, F_NEW) == TCP_STATE_LISTEN && !event_get(e, F_RAW)) {
			ladder_note_listens(v, e);
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
			ladder_note_listens(v, e);
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
		ladder_note_lost(v, e);
		break;
	case EVENT_LISTENER:
		ladder_note_verdict(v, e);
		break;
	case EVENT_VERIFY:
		ladder_note_verify(v, e);
		break;
	case EVENT_WHY:
		ladder_note_why(v, e);
		break;
	case EVENT_SUMMARY:
		ladder_keep_totals(v, e);
		return; /* its time may be long after the last step; finish draws what is left */
	default:
		break;
	}
	progress(v, e->t);
}

static void ladder_finish(struct view *view)
{
	struct ladder_view *v = (struct ladder_view *)view;

	if (v->live) /* this one is on the screen already */
		finish_ladder(v, v->live);
	while (v->list)
		finish_ladder(v, v->list);
	if (v->not_drawn)
		out_format(&view->out, "\n%llu more connection%s not drawn\n",
			   (unsigned long long)v->not_drawn, text_s(v->not_drawn));
	v->not_drawn = 0;
	ladder_note_totals(v);
}

/* Time goes on while nothing happens: what waited for that is drawn. */
static void ladder_tick(struct view *view, uint64_t t)
{
	struct ladder_view *v = (struct ladder_view *)view;

	progress(v, t);
	if (v->live && ladder_within(v->live->last_t, REST_NS, t))
		return;
	ladder_note_undrawn(v, t);
}

static void ladder_free(struct view *view)
{
	struct ladder_view *v = (struct ladder_view *)view;

	while (v->list)
		unlink_ladder(v, v->list);
}

static const struct view_ops ladder_ops = {
	.event = ladder_event,
	.tick = ladder_tick,
	.finish = ladder_finish,
	.free = ladder_free,
};

struct view *view_ladder_new(const struct view_options *options)
{
	return view_alloc(sizeof(struct ladder_view), &ladder_ops, options);
}

struct view *view_ladder_to(const struct view_options *options, const struct ladder_sink *sink)
{
	struct view *view = view_ladder_new(options);

	if (view)
		((struct ladder_view *)view)->sink = *sink;
	return view;
}
