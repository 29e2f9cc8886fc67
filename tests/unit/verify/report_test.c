// SPDX-License-Identifier: BSD-2-Clause
#include "verify/parts.h"

#include "event/tcp.h"
#include "tap.h"

static const struct finding connection = {
	.ends = {.cookie = 5,
		 .netns = 2,
		 .lport = 80,
		 .rport = 4000,
		 .family = AF_INET,
		 .laddr = {127, 0, 0, 1},
		 .raddr = {127, 0, 0, 2}},
	.what = STATE_DIFFERS,
	.inode = 77,
	.since = 10,
	.tracker = TCP_STATE_ESTABLISHED,
	.kernel = TCP_STATE_CLOSE_WAIT,
};

static struct {
	struct event e;
	char text[160];
	int lines;
} seen;

static void keep(void *ctx, const struct event *e)
{
	(void)ctx;
	seen.e = *e;
	snprintf(seen.text, sizeof(seen.text), "%s", event_text(e, F_DIFFERENCE));
	seen.lines++;
}

static void emit(const struct finding *f)
{
	memset(&seen, 0, sizeof(seen));
	finding_emit(f, 99, keep, NULL);
}

static void check_lines(void)
{
	struct finding f = connection;

	emit(&f);
	ok(seen.lines == 1 && seen.e.type == EVENT_VERIFY && seen.e.t == 99 &&
		   event_get(&seen.e, F_SOCKET_STATE) == TCP_STATE_CLOSE_WAIT &&
		   event_get(&seen.e, F_COOKIE) == 5 && event_get(&seen.e, F_RPORT) == 4000,
	   "a line with the kernel's state and both ends");
	is_str(seen.text, "state: the tracker says ESTABLISHED, the kernel CLOSE_WAIT", "in words");
	f.what = GONE_SOCKET;
	emit(&f);
	ok(event_get(&seen.e, F_SOCKET_STATE) == TCP_STATE_ESTABLISHED,
	   "the tracker's state where the kernel has none");
	f.what = QUEUE_LONGER;
	f.tracker = 3;
	f.kernel = 7;
	emit(&f);
	ok(event_get(&seen.e, F_ACCEPT_QUEUE) == 7 && event_has(&seen.e, F_ROLE) &&
		   !event_has(&seen.e, F_RPORT) && !event_has(&seen.e, F_BACKLOG),
	   "a queue: the listener's line");
	is_str(seen.text, "accept queue: the tracker counts at most 3, the kernel 7", "in words");
	f.what = BACKLOG_DIFFERS;
	emit(&f);
	ok(event_get(&seen.e, F_BACKLOG) == 7 && !event_has(&seen.e, F_ACCEPT_QUEUE), "a limit");
}

static void check_same(void)
{
	struct finding a = connection, b = connection;

	b.inode = 0;
	b.reported = true;
	ok(finding_same(&a, &b) && finding_hash(&a) == finding_hash(&b),
	   "the same again: same socket, same answers");
	b.kernel = TCP_STATE_LAST_ACK;
	ok(!finding_same(&a, &b), "the kernel answers otherwise");
	b = a;
	b.since++;
	ok(!finding_same(&a, &b), "the tracker has entered a state meanwhile");
	a.what = b.what = QUEUE_SHORTER;
	b = a;
	b.kernel++;
	ok(finding_same(&a, &b), "a queue is still shorter, by another length");
	b.what = QUEUE_LONGER;
	ok(!finding_same(&a, &b), "now it is longer");
}

static void check_facts(void)
{
	struct finding f = connection;
	struct fact_existing fact;

	ok(finding_fact(&f, 99, &fact) && fact.h.t == 99 && fact.h.flags == FACT_F_AGAIN &&
		   fact.s.state == TCP_STATE_CLOSE_WAIT && fact.s.rport == 4000 &&
		   fact.inode == 77 && !fact.q.cookie,
	   "what the kernel has of a connection");
	f.what = GONE_SOCKET;
	ok(finding_fact(&f, 99, &fact) && fact.s.state == TCP_STATE_CLOSE,
	   "nothing: the socket is closed");
	f.what = UNKNOWN_SOCKET;
	f.kernel = TCP_STATE_LISTEN;
	f.ends.rport = 0;
	ok(finding_fact(&f, 99, &fact) && fact.q.cookie == 5, "a listener has queues");
	f.what = QUEUE_LONGER;
	ok(!finding_fact(&f, 99, &fact), "a queue's length is not corrected");
}

int main(void)
{
	check_lines();
	check_same();
	check_facts();
	return done();
}
