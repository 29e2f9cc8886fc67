// SPDX-License-Identifier: BSD-2-Clause
#include "stream/notable.h"

#include <stdlib.h>

#include "event/tcp.h"
#include "event/vocabulary.h"
#include "stream/story.h"

struct notable {
	struct notable_config config;
	struct stories *stories;
	event_fn print;
	void *ctx;
	struct story *wait_oldest, *wait_newest; /* in the accept queue, the oldest first */
	uint64_t unprinted, printed;
};

/* ---- who waits for accept() ---- */

static void wait_end(struct notable *n, struct story *s)
{
	if (!s->waiting_since)
		return;
	*(s->wait_older ? &s->wait_older->wait_newer : &n->wait_oldest) = s->wait_newer;
	*(s->wait_newer ? &s->wait_newer->wait_older : &n->wait_newest) = s->wait_older;
	s->wait_older = s->wait_newer = NULL;
	s->waiting_since = 0;
}

static void wait_begin(struct notable *n, struct story *s, uint64_t t)
{
	if (s->waiting_since || !n->config.accepts_seen)
		return;
	s->waiting_since = t ? t : 1;
	s->wait_older = n->wait_newest;
	*(n->wait_newest ? &n->wait_newest->wait_newer : &n->wait_oldest) = s;
	n->wait_newest = s;
}

/* ---- what is worth it ---- */

static bool enters(const struct event *e, unsigned int state)
{
	return e->type == EVENT_STATE && event_get(e, F_NEW) == state;
}

static bool ended_in_error(const struct event *e)
{
	switch ((enum close_reason)event_enum(e, F_END)) {
	case CLOSE_TIMEOUT:
	case CLOSE_UNREACHABLE:
	case CLOSE_REFUSED:
	case CLOSE_NEVER_ACCEPTED:
	case CLOSE_ABORTED:
		return true;
	default:
		return event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED);
	}
}

static bool is_notable(const struct notable *n, const struct story *s, const struct event *e)
{
	const struct notable_config *c = &n->config;

	if (event_has(e, F_ACCEPT_WAIT_NS) && e->v[F_ACCEPT_WAIT_NS].u >= c->slow_ns)
		return true;
	if (event_get(e, F_HANDSHAKE_NS) >= c->slow_handshake_ns ||
	    event_get(e, F_CONNECT_NS) >= c->slow_handshake_ns)
		return true;
	if (event_get(e, F_SYNACK_RETRANS))
		return true;
	switch (e->type) {
	case EVENT_RETRANSMIT:
	case EVENT_DROP:
		return true;
	case EVENT_RESET:
	case EVENT_STATE: /* reset or closed while it was queued */
		return s && s->waiting_since &&
		       (e->type == EVENT_RESET || enters(e, TCP_STATE_CLOSE));
	case EVENT_CLOSE:
		return ended_in_error(e);
	default:
		return false;
	}
}

/* ---- printing ---- */

static void print_story(struct notable *n, struct story *s)
{
	struct story *peer = story_peer(s);

	if (peer && peer->told)
		peer = NULL;
	s->told = true;
	n->printed += s->socket;
	if (peer) {
		peer->told = true;
		n->printed += peer->socket;
	}
	story_print(s, peer, n->print, n->ctx);
	story_empty(n->stories, s);
	if (peer)
		story_empty(n->stories, peer);
}

void notable_tick(struct notable *n, uint64_t now)
{
	struct story *s;

	while ((s = n->wait_oldest) && now >= s->waiting_since &&
	       now - s->waiting_since >= n->config.slow_ns) {
		wait_end(n, s);
		if (!s->told)
			print_story(n, s);
	}
}

/* ---- events ---- */

static void on_forget(void *ctx, struct story *s)
{
	struct notable *n = ctx;

	wait_end(n, s);
	n->unprinted += s->socket && !s->told;
}

/* The end of a connection that is not known: it was in TIME_WAIT, and has been let go. */
static bool is_epilogue(const struct event *e)
{
	return e->type == EVENT_CLOSE || enters(e, TCP_STATE_CLOSE) ||
	       enters(e, TCP_STATE_TIME_WAIT) ||
	       (e->type == EVENT_SOCKET && event_get(e, F_SOCKET_STATE) == TCP_STATE_TIME_WAIT);
}

/* Only a program that has accepted it sends a FIN: its accept() came before the hook was there. */
static bool is_accepted(const struct event *e)
{
	return e->type == EVENT_ACCEPT || enters(e, TCP_STATE_FIN_WAIT1) ||
	       enters(e, TCP_STATE_LAST_ACK);
}

static void follow_queue(struct notable *n, struct story *s, const struct event *e)
{
	if (event_get(e, F_QUEUED))
		wait_begin(n, s, e->t);
	else if (is_accepted(e) || e->type == EVENT_CLOSE || enters(e, TCP_STATE_CLOSE))
		wait_end(n, s);
}

/*
 * Its story is complete. It is kept as long as its peer's may still turn out to be notable. In
 * TIME_WAIT nothing notable happens any more; a story that was printed waits for its close line.
 */
static void end_story(struct notable *n, struct story *s, const struct event *e)
{
	struct story *peer = s->peer;

	if (e->type != EVENT_CLOSE && (s->told || !enters(e, TCP_STATE_TIME_WAIT)))
		return;
	s->over = true;
	if (peer && peer->socket && !peer->over && !s->told)
		return;
	if (peer && (peer->over || !peer->socket))
		story_free(n->stories, peer);
	story_free(n->stories, s);
}

bool notable_is_begin(const struct event *e)
{
	unsigned int old = (unsigned int)event_get(e, F_OLD);

	return e->type == EVENT_STATE &&
	       (old == TCP_STATE_CLOSE || old == TCP_STATE_LISTEN || event_get(e, F_SYNCOOKIE));
}

static void on_connection(struct notable *n, const struct event *e)
{
	struct story *s = stories_of(n->stories, e);

	if (!s && n->config.whole && !notable_is_begin(e))
		return;
	if (!s && is_epilogue(e)) {
		if (is_notable(n, NULL, e))
			n->print(n->ctx, e);
		return;
	}
	if (!s)
		s = stories_begin(n->stories, e);
	if (!s) { /* without memory nothing is held back */
		if (!n->config.whole)
			n->print(n->ctx, e);
		return;
	}
	if (!s->told && ((story_peer(s) && s->peer->told) || is_notable(n, s, e)))
		print_story(n, s);
	if (s->told)
		n->print(n->ctx, e);
	else
		story_add(n->stories, s, e);
	follow_queue(n, s, e);
	end_story(n, s, e);
}

/* A line of a listener, or of the whole run. */
static bool is_of_connection(const struct event *e)
{
	switch (e->type) {
	case EVENT_SOCKET:
	case EVENT_STATE:
	case EVENT_ACCEPT:
	case EVENT_RETRANSMIT:
	case EVENT_DROP:
	case EVENT_RESET:
	case EVENT_CLOSE:
		return event_enum(e, F_ROLE) != ROLE_LISTENER && event_has(e, F_RPORT);
	default:
		return false;
	}
}

void notable_event(struct notable *n, const struct event *e)
{
	if (e->type == EVENT_LISTENER || e->type == EVENT_STATE || e->type == EVENT_ACCEPT)
		notable_tick(n, e->t);
	if (is_of_connection(e))
		on_connection(n, e);
	else
		n->print(n->ctx, e);
}

struct notable *notable_new(const struct notable_config *config, event_fn print, void *ctx)
{
	struct notable *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	*n = (struct notable){.config = *config, .print = print, .ctx = ctx};
	n->stories = stories_new(config->max_bytes, on_forget, n);
	if (n->stories)
		return n;
	free(n);
	return NULL;
}

void notable_free(struct notable *n)
{
	if (!n)
		return;
	stories_free(n->stories);
	free(n);
}

uint64_t notable_forgotten(const struct notable *n)
{
	return stories_forgotten(n->stories);
}

struct notable_counts notable_counts(const struct notable *n)
{
	return (struct notable_counts){
		.unprinted = n->unprinted + stories_untold(n->stories),
		.forgotten = notable_forgotten(n),
		.printed = n->printed,
	};
}
