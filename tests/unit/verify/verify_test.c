// SPDX-License-Identifier: BSD-2-Clause
#include "verify/verify.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "fact/decode.h"
#include "tap.h"

#define SECOND UINT64_C(1000000000)
#define NETNS  4026531833u

struct told {
	int count;
	uint64_t cookie, state, t, lport, rport, queue;
	bool has_cookie, has_rport;
	char text[200];
};

static void see(void *ctx, const struct event *e)
{
	struct told *told = ctx;

	told->count++;
	told->cookie = event_get(e, F_COOKIE);
	told->has_cookie = event_has(e, F_COOKIE);
	told->state = event_get(e, F_SOCKET_STATE);
	told->lport = event_get(e, F_LPORT);
	told->rport = event_get(e, F_RPORT);
	told->has_rport = event_has(e, F_RPORT);
	told->queue = event_get(e, F_ACCEPT_QUEUE);
	told->t = e->t;
	snprintf(told->text, sizeof(told->text), "%s",
		 event_text(e, F_DIFFERENCE) ? event_text(e, F_DIFFERENCE) : "");
	if (e->type != EVENT_VERIFY || event_get(e, F_NETNS) != NETNS || e->family != AF_INET)
		told->count += 1000;
}

static struct verify_config knows_all(void)
{
	struct verify_config c = {0};

	filter_init(&c.filter);
	for (int i = 0; i < KNOW_COUNT; i++)
		c.facts.fact[i].is = FACT_IS_EXACT;
	return c;
}

static struct fact_existing row(uint64_t t, uint64_t cookie, unsigned int state, uint16_t lport,
				uint16_t rport)
{
	struct fact_existing f = {.h = {.t = t, .size = sizeof(f), .kind = FACT_EXISTING}};

	f.s.cookie = cookie;
	f.s.netns = NETNS;
	f.s.family = AF_INET;
	f.s.state = (__u16)state;
	f.s.lport = lport;
	f.s.rport = rport;
	f.s.laddr[0] = 127;
	f.s.laddr[3] = 1;
	if (rport)
		memcpy(f.s.raddr, f.s.laddr, 4);
	f.inode = state == TCP_STATE_SYN_RECV || state == TCP_STATE_TIME_WAIT ? 0 : 77;
	return f;
}

static struct tracker_socket sock(const struct fact_existing *f, uint64_t since)
{
	struct tracker_socket s = {
		.cookie = f->s.cookie,
		.netns = f->s.netns,
		.family = f->s.family,
		.lport = f->s.lport,
		.rport = f->s.rport,
		.state = f->s.state,
		.listener = f->s.state == TCP_STATE_LISTEN,
		.accept_queue = f->q.accept_queue,
		.queue_low = f->q.accept_queue,
		.queue_high = f->q.accept_queue,
		.backlog = f->q.backlog,
		.since = since,
	};

	memcpy(s.laddr, f->s.laddr, 16);
	memcpy(s.raddr, f->s.raddr, 16);
	return s;
}

/* A round at t with at most one socket on each side and bystanders that agree. */
static int round_of(struct verify *v, uint64_t t, const struct fact_existing *f,
		    const struct tracker_socket *s, bool final)
{
	struct fact_existing same = row(t, 9000, TCP_STATE_ESTABLISHED, 7, 8);
	struct tracker_socket same_too = sock(&same, SECOND);

	verify_begin(v, t);
	verify_kernel_socket(v, &same);
	if (f)
		verify_kernel_socket(v, f);
	verify_tracker_socket(v, &same_too);
	if (s)
		verify_tracker_socket(v, s);
	return verify_end(v, t + 5, final);
}

/* The same sight twice; how many differences are told. */
static int twice(const struct verify_config *config, const struct fact_existing *f,
		 const struct tracker_socket *s, struct told *told)
{
	struct verify *v = verify_new(config, see, told);
	int n;

	*told = (struct told){0};
	n = round_of(v, 10 * SECOND, f, s, false);
	n += 100 * (n != 0);
	n += round_of(v, 11 * SECOND, f, s, false);
	verify_free(v);
	return n;
}

static void test_agreement(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_LISTEN, 80, 0);
	struct tracker_socket s;
	struct told told;

	f.q.accept_queue = 3;
	f.q.backlog = 128;
	s = sock(&f, SECOND);
	ok(twice(&config, &f, &s, &told) == 0 && told.count == 0,
	   "equal listeners are no difference");
	ok(twice(&config, NULL, NULL, &told) == 0, "nothing and nothing are no difference");
	verify_free(NULL);
}

static void test_unknown(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_ESTABLISHED, 80, 999);
	struct told told = {0};
	struct verify *v = verify_new(&config, see, &told);

	ok(round_of(v, 10 * SECOND, &f, NULL, false) == 0,
	   "one look does not tell an unknown socket");
	ok(round_of(v, 11 * SECOND, &f, NULL, false) == 1, "the second does");
	is_str(told.text, "the kernel has it in ESTABLISHED, the tracker does not know it",
	       "its text");
	ok(told.cookie == 5 && told.state == TCP_STATE_ESTABLISHED && told.lport == 80 &&
		   told.rport == 999 && told.t == 11 * SECOND + 5,
	   "its cookie, state, ends and stamp");
	ok(round_of(v, 12 * SECOND, &f, NULL, false) == 0 && verify_differences(v) == 1,
	   "it is told once");
	round_of(v, 13 * SECOND, NULL, NULL, false);
	round_of(v, 14 * SECOND, &f, NULL, false);
	ok(round_of(v, 15 * SECOND, &f, NULL, false) == 1 && verify_differences(v) == 2,
	   "and again when it comes back");
	verify_free(v);

	v = verify_new(&config, see, &told);
	round_of(v, 10 * SECOND, &f, NULL, false);
	f.s.state = TCP_STATE_CLOSE_WAIT;
	ok(round_of(v, 11 * SECOND, &f, NULL, false) == 0,
	   "a socket that moved between two looks is not told");
	ok(round_of(v, 12 * SECOND, NULL, NULL, true) == 0, "nor at the end when it has gone");
	verify_free(v);
}

static void test_listed_twice(void)
{
	struct verify_config config = knows_all();
	struct fact_existing old = row(10 * SECOND, 5, TCP_STATE_SYN_RECV, 80, 999), new = old;
	struct tracker_socket s;
	struct told told = {0};
	struct verify *v = verify_new(&config, see, &told);
	int n = 0;

	new.s.state = TCP_STATE_ESTABLISHED;
	new.inode = 4;
	s = sock(&new, SECOND);
	for (int i = 0; i < 2; i++) {
		verify_begin(v, 10 * SECOND);
		verify_kernel_socket(v, &old);
		verify_kernel_socket(v, &new);
		verify_tracker_socket(v, &s);
		n += verify_end(v, 10 * SECOND, false);
	}
	ok(n == 0, "of a socket that was listed twice the later row counts");
	for (int i = 0; i < 2; i++) {
		verify_begin(v, 10 * SECOND);
		verify_kernel_socket(v, &old);
		verify_kernel_socket(v, &new);
		n += verify_end(v, 10 * SECOND, false);
	}
	ok(n == 1 && told.state == TCP_STATE_ESTABLISHED,
	   "also where the tracker does not know it");
	verify_free(v);
}

static void test_gone(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_ESTABLISHED, 80, 999);
	struct tracker_socket s = sock(&f, 2 * SECOND);
	struct told told = {0};
	struct verify *v;

	ok(twice(&config, NULL, &s, &told) == 1, "a socket that only the tracker has is told");
	is_str(told.text, "the tracker has it in ESTABLISHED, the kernel does not list it",
	       "its text");
	s.since = 12 * SECOND;
	ok(twice(&config, NULL, &s, &told) == 0, "not when its state is younger than the snapshot");
	s.since = 0;
	ok(twice(&config, NULL, &s, &told) == 1, "but when its age is unknown");

	v = verify_new(&config, see, &told);
	s.since = 2 * SECOND;
	round_of(v, 10 * SECOND, NULL, &s, false);
	s.since = 3 * SECOND;
	ok(round_of(v, 11 * SECOND, NULL, &s, false) == 0, "not when a fact came in between");
	verify_free(v);

	v = verify_new(&config, see, &told);
	s.since = 10 * SECOND - 1;
	ok(round_of(v, 10 * SECOND, NULL, &s, true) == 0,
	   "the last look does not tell what is young");
	verify_free(v);
	v = verify_new(&config, see, &told);
	s.since = SECOND;
	ok(round_of(v, 10 * SECOND, NULL, &s, true) == 1, "but what has been at rest");
	verify_free(v);
	v = verify_new(&config, see, &told);
	ok(round_of(v, 10 * SECOND, &f, NULL, true) == 0,
	   "nor what the tracker may have ended since");
	verify_free(v);

	s.state = TCP_STATE_CLOSE;
	ok(twice(&config, NULL, &s, &told) == 0, "CLOSE is never listed");
}

static void test_state(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_FIN_WAIT1, 80, 999);
	struct tracker_socket s = sock(&f, 2 * SECOND);
	struct told told;

	s.state = TCP_STATE_ESTABLISHED;
	ok(twice(&config, &f, &s, &told) == 1, "two states are a difference");
	is_str(told.text, "state: the tracker says ESTABLISHED, the kernel FIN_WAIT1", "its text");
	s.since = 10 * SECOND + 1;
	ok(twice(&config, &f, &s, &told) == 0, "not when the tracker moved after the row was read");
	s.since = SECOND;
	s.cookie = 0;
	ok(twice(&config, &f, &s, &told) == 1 && told.cookie == 5,
	   "a socket without cookie is found by its ends");
	s.cookie = 6;
	ok(twice(&config, &f, &s, &told) == 2,
	   "another cookie with the same ends is another socket");
}

static void test_time_wait(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_TIME_WAIT, 80, 999);
	struct tracker_socket s = sock(&f, SECOND);
	struct told told;

	ok(twice(&config, &f, NULL, &told) == 1,
	   "an unknown TIME_WAIT is told where its end is exact");
	ok(twice(&config, NULL, &s, &told) == 1, "so is one that has ended");
	s.state = TCP_STATE_FIN_WAIT2;
	ok(twice(&config, &f, &s, &told) == 0,
	   "a FIN that a timewait socket got is not seen by any hook");
	s.state = TCP_STATE_TIME_WAIT;
	f.s.state = TCP_STATE_FIN_WAIT2;
	f.inode = 0;
	ok(twice(&config, &f, &s, &told) == 1, "a TIME_WAIT that is FIN_WAIT2 is told");
	s.state = TCP_STATE_CLOSE;
	ok(twice(&config, &f, &s, &told) == 1, "so is a CLOSE that is FIN_WAIT2");

	config.facts.fact[KNOW_TIME_WAIT_END].is = FACT_IS_DERIVED;
	config.facts.fact[KNOW_TIME_WAIT_BEGIN].is = FACT_IS_DERIVED;
	ok(twice(&config, &f, &s, &told) == 0, "not where begin and end are derived");
	ok(twice(&config, &f, NULL, &told) == 0, "nor an orphan in FIN_WAIT2");
	s.state = TCP_STATE_TIME_WAIT;
	ok(twice(&config, &f, &s, &told) == 0, "nor TIME_WAIT against FIN_WAIT2");
	ok(twice(&config, NULL, &s, &told) == 0, "nor one that only the tracker has");
	f.inode = 8;
	ok(twice(&config, &f, NULL, &told) == 1,
	   "but a FIN_WAIT2 that a file holds is known to everybody");
}

static void count_fix(void *ctx, const struct fact_existing *f)
{
	*(int *)ctx += f->s.state == TCP_STATE_SYN_RECV;
}

static void test_requests(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_SYN_RECV, 80, 999);
	struct tracker_socket s = sock(&f, SECOND);
	struct told told;
	struct verify *v;
	int taken_over = 0;

	s.cookie = 0;
	ok(twice(&config, &f, &s, &told) == 0, "a request without cookie is matched by its ends");
	ok(twice(&config, &f, NULL, &told) == 1, "an unknown request is told");
	ok(twice(&config, NULL, &s, &told) == 1 && !told.has_cookie,
	   "and one that has gone, without inventing a cookie");
	config.facts.fact[KNOW_REQUEST_EXPIRED].is = FACT_IS_DERIVED;
	ok(twice(&config, NULL, &s, &told) == 0, "not where expiry is derived");
	config.facts.fact[KNOW_SYN_RECV_BEGIN].is = FACT_IS_DERIVED;
	ok(twice(&config, &f, NULL, &told) == 0,
	   "nor an unknown one where it is told by its SYN-ACK: that may be waiting");
	v = verify_new(&config, see, &told);
	verify_set_fix(v, count_fix, &taken_over, false);
	round_of(v, 10 * SECOND, &f, NULL, false);
	round_of(v, 11 * SECOND, &f, NULL, false);
	ok(taken_over == 1 && verify_differences(v) == 0, "but the tracker takes it over");
	verify_free(v);
	config.facts.fact[KNOW_SYN_RECV_BEGIN].is = FACT_IS_ABSENT;
	ok(twice(&config, &f, NULL, &told) == 0, "nor an unknown one where its begin is absent");
}

static void test_queues(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_LISTEN, 80, 0), twin;
	struct tracker_socket s;
	struct told told = {0};
	struct verify *v;
	int n = 0;

	f.q.accept_queue = 3;
	f.q.backlog = 128;
	s = sock(&f, SECOND);
	s.queue_low = s.queue_high = 2;
	ok(twice(&config, &f, &s, &told) == 1, "another length is told");
	is_str(told.text, "accept queue: the tracker counts at most 2, the kernel 3", "its text");
	ok(told.queue == 3 && told.state == TCP_STATE_LISTEN && !told.has_rport, "its fields");
	config.facts.fact[KNOW_ENQUEUE].is = FACT_IS_ABSENT;
	ok(twice(&config, &f, &s, &told) == 0, "not where enqueue is absent");
	config = knows_all();

	s.queue_low = s.queue_high = 4;
	ok(twice(&config, &f, &s, &told) == 1, "so is a shorter one");
	is_str(told.text, "accept queue: the tracker counts at least 4, the kernel 3", "its text");
	s.queue_low = 0;
	ok(twice(&config, &f, &s, &told) == 0,
	   "a length that the queue has had since the last look is none");

	/* A busy listener: other numbers each time. */
	v = verify_new(&config, see, &told);
	s.queue_low = 5;
	s.queue_high = 9;
	ok(round_of(v, 10 * SECOND, &f, &s, false) == 0, "one look at a busy queue proves nothing");
	f.q.accept_queue = 4;
	s.queue_low = 6;
	ok(round_of(v, 11 * SECOND, &f, &s, false) == 1,
	   "below all that was counted in both looks is told, be it another length");
	f.q.accept_queue = 3;
	ok(round_of(v, 12 * SECOND, &f, &s, false) == 0, "once");
	f.q.accept_queue = 10;
	ok(round_of(v, 13 * SECOND, &f, &s, false) == 0,
	   "on the other side it is another difference, seen once");
	f.q.accept_queue = 9;
	ok(round_of(v, 14 * SECOND, &f, &s, false) == 0 &&
		   round_of(v, 15 * SECOND, &f, &s, false) == 0,
	   "and none within");
	verify_free(v);

	f.q.accept_queue = 3;
	s = sock(&f, SECOND);
	s.backlog = 5;
	ok(twice(&config, &f, &s, &told) == 1, "another limit is told");
	is_str(told.text, "backlog: the tracker has 5, the kernel 128", "its text");
	config.facts.fact[KNOW_RELISTEN].is = FACT_IS_ABSENT;
	ok(twice(&config, &f, &s, &told) == 0, "not where a second listen() is not seen");

	/* SO_REUSEPORT: two listeners with the same ends, known without cookies */
	twin = f;
	twin.s.cookie = 6;
	s = sock(&f, SECOND);
	s.cookie = 0;
	v = verify_new(&config, see, &told);
	for (int i = 0; i < 2; i++) {
		verify_begin(v, 10 * SECOND);
		verify_kernel_socket(v, &f);
		verify_kernel_socket(v, &twin);
		verify_tracker_socket(v, &s);
		verify_tracker_socket(v, &s);
		n += verify_end(v, 10 * SECOND, false);
	}
	ok(n == 0, "twins are matched one to one");
	verify_free(v);
}

static void test_scope(void)
{
	struct verify_config config = knows_all();
	struct fact_existing f = row(10 * SECOND, 5, TCP_STATE_ESTABLISHED, 80, 999), l;
	struct tracker_socket s = sock(&f, SECOND);
	struct told told = {0};
	struct verify *v;
	char err[80];
	int n = 0;

	filter_add_ports(&config.filter, "443", err, sizeof(err));
	ok(twice(&config, &f, NULL, &told) == 0, "what the filter passes over need not be known");
	config = knows_all();
	config.filter.side = SIDE_SERVER;
	ok(twice(&config, &f, NULL, &told) == 0, "nor a client's socket on the server's side");
	l = row(10 * SECOND, 1, TCP_STATE_LISTEN, 80, 0);
	v = verify_new(&config, see, &told);
	for (int i = 0; i < 2; i++) {
		struct tracker_socket known = sock(&l, SECOND);

		verify_begin(v, 10 * SECOND);
		verify_kernel_socket(v, &l);
		verify_kernel_socket(v, &f);
		verify_tracker_socket(v, &known);
		n += verify_end(v, 10 * SECOND, false);
	}
	ok(n == 1, "but one whose port is listened on");
	verify_free(v);

	l.s.laddr[3] ^= 1;
	v = verify_new(&config, see, &told);
	n = 0;
	for (int i = 0; i < 2; i++) {
		struct tracker_socket known = sock(&l, SECOND);

		verify_begin(v, 10 * SECOND);
		verify_kernel_socket(v, &l);
		verify_kernel_socket(v, &f);
		verify_tracker_socket(v, &known);
		n += verify_end(v, 10 * SECOND, false);
	}
	ok(n == 0, "nor one whose port is listened on at another address");
	verify_free(v);

	config = knows_all();
	v = verify_new(&config, see, &told);
	ok(!verify_namespace(v, 1), "names a namespace");
	n = 0;
	for (int i = 0; i < 2; i++) {
		verify_begin(v, 10 * SECOND);
		verify_tracker_socket(v, &s);
		n += verify_end(v, 10 * SECOND, true);
	}
	ok(n == 0, "sockets of namespaces that are not listed are not missed");
	verify_free(v);
}

static void test_many(void)
{
	struct verify_config config = knows_all();
	struct told told = {0};
	struct verify *v = verify_new(&config, see, &told);
	int n = 0;

	for (int i = 0; i < 3; i++) {
		verify_begin(v, 10 * SECOND);
		for (uint64_t c = 1; c <= 50000; c++) {
			struct fact_existing f = row(10 * SECOND, c, TCP_STATE_ESTABLISHED, 80,
						     (uint16_t)(10000 + c));

			verify_kernel_socket(v, &f);
		}
		for (uint64_t c = 1; c <= 60000; c++) {
			struct fact_existing f = row(10 * SECOND, c, TCP_STATE_ESTABLISHED, 80,
						     (uint16_t)(10000 + c));
			struct tracker_socket s = sock(&f, SECOND);

			if (c > 10 || c % 2)
				verify_tracker_socket(v, &s);
		}
		n += verify_end(v, 10 * SECOND, false);
	}
	ok(n == 10005 && told.count == 10005, "50,000 rows, 10,005 differences, each told once");
	verify_free(v);
}

struct fixes {
	unsigned int count, told, gone, listeners;
	uint64_t cookies;
};

static void fix(void *ctx, const struct fact_existing *f)
{
	struct fixes *x = ctx;

	x->count +=
		fact_decode(f, sizeof(*f)) && f->h.flags & FACT_F_AGAIN && f->h.t == 12 * SECOND;
	x->told += !!(f->h.flags & FACT_F_TOLD);
	x->gone += f->s.state == TCP_STATE_CLOSE;
	x->listeners += f->s.state == TCP_STATE_LISTEN && f->q.cookie == f->s.cookie;
	x->cookies += f->s.cookie;
}

/* After a loss: what differs twice is put right, not told. */
static void test_fix(void)
{
	struct verify_config config = knows_all();
	struct told told = {0};
	struct fixes fixes = {0};
	struct verify *v = verify_new(&config, see, &told);
	struct fact_existing listener = row(9 * SECOND, 1, TCP_STATE_LISTEN, 80, 0);
	struct fact_existing changed = row(9 * SECOND, 2, TCP_STATE_CLOSE_WAIT, 80, 1002);
	struct fact_existing same = row(9 * SECOND, 3, TCP_STATE_ESTABLISHED, 80, 1003);
	struct fact_existing gone = row(9 * SECOND, 4, TCP_STATE_ESTABLISHED, 80, 1004);

	verify_set_fix(v, fix, &fixes, true);
	for (int i = 0; i < 3; i++) {
		struct tracker_socket was = sock(&changed, SECOND), is = sock(&same, SECOND),
				      not_there = sock(&gone, SECOND);

		was.state = TCP_STATE_ESTABLISHED;
		verify_begin(v, 10 * SECOND);
		verify_kernel_socket(v, &listener);
		verify_kernel_socket(v, &changed);
		verify_kernel_socket(v, &same);
		verify_tracker_socket(v, &was);
		verify_tracker_socket(v, &is);
		verify_tracker_socket(v, &not_there);
		if (i == 2) /* as though it had not helped */
			verify_set_fix(v, fix, &fixes, false);
		verify_end(v, 12 * SECOND, false);
		if (i == 0)
			ok(!fixes.count && !told.count, "one look proves nothing");
		if (i == 1)
			ok(fixes.count == 3 && fixes.gone == 1 && fixes.listeners == 1 &&
				   fixes.cookies == 1 + 2 + 4 && !told.count && !fixes.told,
			   "in the second what differs is put right: unknown, changed, gone");
	}
	ok(fixes.count == 6 && told.count == 3 && fixes.told == 3 && verify_differences(v) == 3,
	   "without a loss it is told, and put right, as told already");
	verify_free(v);
}

int main(void)
{
	test_agreement();
	test_unknown();
	test_listed_twice();
	test_gone();
	test_state();
	test_time_wait();
	test_requests();
	test_queues();
	test_scope();
	test_many();
	test_fix();
	return done();
}
