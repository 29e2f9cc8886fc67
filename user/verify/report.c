// SPDX-License-Identifier: BSD-2-Clause
/* A finding as the line that people read, and as the fact that corrects the tracker. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "event/tcp.h"
#include "verify/parts.h"

#define TEXT_MAX 160

static bool is_queue(enum difference what)
{
	return what == QUEUE_SHORTER || what == QUEUE_LONGER;
}

/* It concerns a listener's numbers, not a socket's state. */
static bool is_of_listener(enum difference what)
{
	return is_queue(what) || what == BACKLOG_DIFFERS;
}

uint64_t finding_hash(const struct finding *f)
{
	return hash_more(ends_hash(&f->ends), f->what);
}

/* Queue lengths change between two rounds: which side has the longer queue is compared. */
bool finding_same(const struct finding *a, const struct finding *b)
{
	return a->what == b->what && a->ends.cookie == b->ends.cookie &&
	       ends_equal(&a->ends, &b->ends) && a->since == b->since &&
	       (is_queue(a->what) || (a->tracker == b->tracker && a->kernel == b->kernel));
}

static void describe(const struct finding *f, char *text, size_t size)
{
	const char *tracker = tcp_state_name(f->tracker), *kernel = tcp_state_name(f->kernel);

	switch (f->what) {
	case UNKNOWN_SOCKET:
		snprintf(text, size, "the kernel has it in %s, the tracker does not know it",
			 kernel);
		break;
	case GONE_SOCKET:
		snprintf(text, size, "the tracker has it in %s, the kernel does not list it",
			 tracker);
		break;
	case STATE_DIFFERS:
		snprintf(text, size, "state: the tracker says %s, the kernel %s", tracker, kernel);
		break;
	case QUEUE_SHORTER:
		snprintf(text, size, "accept queue: the tracker counts at least %u, the kernel %u",
			 f->tracker, f->kernel);
		break;
	case QUEUE_LONGER:
		snprintf(text, size, "accept queue: the tracker counts at most %u, the kernel %u",
			 f->tracker, f->kernel);
		break;
	case BACKLOG_DIFFERS:
		snprintf(text, size, "backlog: the tracker has %u, the kernel %u", f->tracker,
			 f->kernel);
		break;
	}
}

/* The state that the line shows: the kernel's, where it lists the socket. */
static uint32_t shown_state(const struct finding *f)
{
	if (is_of_listener(f->what))
		return TCP_STATE_LISTEN;
	return f->what == GONE_SOCKET ? f->tracker : f->kernel;
}

void finding_emit(const struct finding *f, uint64_t t, event_fn emit, void *ctx)
{
	uint32_t state = shown_state(f);
	char text[TEXT_MAX];
	struct event e;

	describe(f, text, sizeof(text));
	event_init(&e, EVENT_VERIFY, t);
	e.family = f->ends.family;
	event_set(&e, F_SOCKET_STATE, state);
	if (state == TCP_STATE_LISTEN)
		event_set_enum(&e, F_ROLE, ROLE_LISTENER);
	if (f->ends.cookie)
		event_set(&e, F_COOKIE, f->ends.cookie);
	event_set(&e, F_NETNS, f->ends.netns);
	event_set_enum(&e, F_FAMILY, family_of(f->ends.family));
	event_field(&e, F_LADDR)->addr = f->ends.laddr;
	event_set(&e, F_LPORT, f->ends.lport);
	if (state != TCP_STATE_LISTEN) {
		event_field(&e, F_RADDR)->addr = f->ends.raddr;
		event_set(&e, F_RPORT, f->ends.rport);
	}
	if (is_queue(f->what))
		event_set(&e, F_ACCEPT_QUEUE, f->kernel);
	if (f->what == BACKLOG_DIFFERS)
		event_set(&e, F_BACKLOG, f->kernel);
	event_set_text(&e, F_DIFFERENCE, text);
	emit(ctx, &e);
}

bool finding_fact(const struct finding *f, uint64_t t, struct fact_existing *fact)
{
	if (is_of_listener(f->what))
		return false;
	*fact = (struct fact_existing){
		.h = {.t = t, .size = sizeof(*fact), .kind = FACT_EXISTING, .flags = FACT_F_AGAIN},
		.s = {.cookie = f->ends.cookie,
		      .netns = f->ends.netns,
		      .family = (uint8_t)f->ends.family,
		      .lport = f->ends.lport,
		      .rport = f->ends.rport},
		.fd = -1,
		.inode = f->inode,
	};
	fact->s.state = f->what == GONE_SOCKET ? TCP_STATE_CLOSE : (uint8_t)f->kernel;
	memcpy(fact->s.laddr, f->ends.laddr, 16);
	memcpy(fact->s.raddr, f->ends.raddr, 16);
	if (f->ends.cookie && !f->ends.rport)
		fact->q.cookie = f->ends.cookie;
	return true;
}
