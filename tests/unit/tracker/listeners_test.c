// SPDX-License-Identifier: BSD-2-Clause
#include "base/units.h"
#include "tracker/listeners.h"

#include <errno.h>
#include <sys/socket.h>

#include "tap.h"

#define MS UINT64_C(1000000)

static struct fact_queues figures(uint64_t cookie, uint32_t accept_queue, uint32_t backlog,
				  uint32_t syn_queue, uint32_t drops)
{
	return (struct fact_queues){.sk = 0x1000 + cookie,
				    .cookie = cookie,
				    .accept_queue = accept_queue,
				    .backlog = backlog,
				    .syn_queue = syn_queue,
				    .drops = drops};
}

static void finds(void)
{
	struct listeners *ls = listeners_new();
	struct listener *a = listener_add(ls, 1, 0x1001, 1, 80, 5),
			*b = listener_add(ls, 0, 0x1002, 1, 81, 5);
	struct fact_sock s = {.netns = 1, .lport = 80, .family = AF_INET, .laddr = {10, 0, 0, 1}};
	struct fact_queues q = {.sk = 0x1002};

	ok(listener_by_cookie(ls, 1) == a && !listener_by_cookie(ls, 0) &&
		   !listener_by_cookie(ls, 2),
	   "by cookie; 0 is none");
	ok(listener_by_queues(ls, &q) == b, "by address where no cookie is known");
	q.cookie = 2;
	ok(listener_by_queues(ls, &q) == b, "which may come with a cookie now");
	listener_learn(ls, b, 2, 0x1002);
	ok(listener_by_cookie(ls, 2) == b, "that is learnt");
	q.cookie = 3;
	ok(!listener_by_queues(ls, &q), "another cookie at that address: another socket");
	q = (struct fact_queues){0};
	ok(!listener_by_queues(ls, &q), "nothing named, nothing found");
	listener_learn(ls, b, 2, 0x1003);
	q.sk = 0x1002;
	ok(!listener_by_queues(ls, &q), "an address can change");
	ok(listener_by_port(ls, &s) == a && listener_at_port(ls, &s), "by port");
	s.netns = 2;
	ok(!listener_by_port(ls, &s) && !listener_at_port(ls, &s), "not in another namespace");
	s.netns = 1;
	a->addr_known = true;
	a->family = s.family;
	a->addr[0] = 10;
	ok(!listener_by_port(ls, &s), "not on another address");
	a->addr[3] = 1;
	ok(listener_by_port(ls, &s) == a, "on its address");
	struct listener *any6 = listener_add(ls, 4, 0, 1, 80, 5);

	any6->addr_known = true;
	any6->family = AF_INET6;
	ok(listener_by_port(ls, &s) == a,
	   "the exact address before the wildcard of the other family");
	a->addr[0] = a->addr[3] = 0;
	ok(listener_by_port(ls, &s) == a, "the wildcard of its family before the other's");
	any6->addr_known = false;
	ok(!listener_by_port(ls, &s) && listener_at_port(ls, &s),
	   "of two it is not known which, but one");
	listener_died(ls, a);
	ok(!listener_by_cookie(ls, 1) && listener_by_port(ls, &s)->cookie == 4,
	   "one that did nothing is forgotten");
	ok(listener_add(ls, 5, 0, 1, 82, 5)->id == 1 && listeners_count(ls) == 3,
	   "its number is given out again");
	listeners_free(ls);
	listeners_free(NULL);
}

static void finds_among_many(void)
{
	enum { MANY = 5000 };
	struct listeners *ls = listeners_new();
	struct listener *l[MANY];
	unsigned int wrong = 0;

	for (int i = 0; i < MANY; i++) {
		l[i] = listener_add(ls, (uint64_t)i + 1, 0, 1, (uint16_t)(1000 + i), 5);
		l[i]->refs = i % 2;
	}
	for (int i = 0; i < MANY; i += 3)
		listener_died(ls, l[i]);
	for (int i = 0; i < MANY; i++) {
		struct fact_sock s = {.netns = 1, .lport = (uint16_t)(1000 + i)};

		wrong += listener_by_port(ls, &s) != (i % 3 ? l[i] : NULL);
	}
	ok(!wrong, "of many, each that lives is found by its port");
	listeners_free(ls);
}

static void counts_refusals(void)
{
	uint64_t at = 0;
	struct listeners *ls = listeners_new();
	struct listener *l = listener_add(ls, 1, 0x1001, 1, 80, 5);
	struct fact_queues q = figures(1, 0, 2, 0, 10);

	ok(listener_update(l, at += NS_S, &q) == 0 && l->drops == 10,
	   "what was refused before us is not told");
	q.drops = 13;
	ok(listener_update(l, at += NS_S, &q) == 3, "what the counter adds is");
	l->named_drops = 2;
	q.drops = 16;
	ok(listener_update(l, at += NS_S, &q) == 1, "but for what was told one by one");
	l->named_drops = 1;
	ok(listener_update(l, at += NS_S, &q) == 0 && l->named_drops == 1,
	   "told before the counter has it");
	q.drops = 17;
	ok(listener_update(l, at += NS_S, &q) == 0 && l->named_drops == 0, "then it has it");
	q.drops = 15;
	ok(listener_update(l, at += NS_S, &q) == 0 && l->drops == 17,
	   "an older reading changes nothing");
	q = figures(1, 3, 2, 0, 17);
	listener_update(l, at += NS_S, &q);
	ok(l->accept_full && !l->syn_full && l->peak == 3,
	   "the accept queue holds one more than its limit: full");
	q.accept_queue = 1;
	listener_update(l, at += NS_S, &q);
	ok(l->accept_full, "it was, between this reading and the one before");
	q.syn_queue = 3;
	listener_update(l, at += NS_S, &q);
	ok(!l->accept_full && l->syn_full, "now the SYN queue is");
	q.sk = 0;
	q.syn_queue = 0;
	listener_update(l, at += NS_S, &q);
	ok(l->syn_queue == 3, "the kernel's tables do not tell the SYN queue");
	listeners_free(ls);
}

static void queues(void)
{
	struct listeners *ls = listeners_new();
	struct conn_table *t = conn_table_new(10, 10);
	struct listener *l = listener_add(ls, 1, 0, 1, 80, 5),
			*m = listener_add(ls, 2, 0, 1, 80, 5);
	struct conn *c[3];
	struct verdict_input in;

	for (uint16_t i = 0; i < 3; i++) {
		struct fact_sock s = {
			.cookie = 10 + i, .netns = 1, .lport = 80, .rport = (uint16_t)(4000 + i)};

		c[i] = conn_add(t, &s, false);
		c[i]->t_established = 100 + i;
		listener_enqueue(ls, t, l, c[i]);
	}
	listener_enqueue(ls, t, l, c[0]);
	ok(l->queued == 3 && l->refs == 3 && conn_get(t, l->queue_oldest) == c[0],
	   "in order, each once");
	listener_dequeue(ls, t, c[1]);
	listener_dequeue(ls, t, c[1]);
	ok(l->queued == 2 && c[0]->queue_newer == l->queue_newest, "one leaves from the middle");
	listener_window_close(t, l, 200, &in);
	ok(in.oldest_wait_ns == 100, "the oldest has been waiting");
	listener_dequeue(ls, t, c[0]);
	listener_window_close(t, l, 200, &in);
	ok(in.oldest_wait_ns == 98, "then the next");
	c[2]->t_established = 0;
	c[2]->t_last = 150;
	listener_window_close(t, l, 200, &in);
	ok(in.oldest_wait_ns == 50, "one older than us at least since it was found");
	listener_dequeue(ls, t, c[2]);
	listener_window_close(t, l, 200, &in);
	ok(in.oldest_wait_ns == 0 && !l->queue_oldest && !l->queue_newest, "nobody");
	listener_attach(ls, c[0], m);
	ok(l->refs == 2 && m->refs == 1, "one goes to another listener");
	listener_died(ls, l);
	listener_died(ls, l);
	ok(listener_by_cookie(ls, 1) == l && !l->alive, "one that is pointed to stays, dead");
	listener_attach(ls, c[1], NULL);
	ok(l->refs == 1 && !c[1]->listener, "nobody's");
	conn_table_free(t);
	listeners_free(ls);
}

static void windows(void)
{
	struct listeners *ls = listeners_new();
	struct conn_table *t = conn_table_new(1, 1);
	struct listener *l = listener_add(ls, 1, 0, 1, 80, 5),
			*m = listener_add(ls, 2, 0, 1, 80, 5);
	const uint64_t waits[] = {MS, MS, 100 * MS, 0};
	struct verdict_input in;
	bool held = true;

	for (int i = 0; i < 4; i++) {
		listener_completed(l, &waits[i], i == 0);
		listener_accepted(l, 1000, &waits[i]);
	}
	listener_completed(l, NULL, false);
	listener_accepted(l, 1000, NULL);
	listener_refused(l, 2, 0, false);
	for (int i = 1; i <= LISTENER_ERRNOS + 1; i++)
		held = listener_error(l, i == 1 ? EMFILE : 100 + i);
	ok(!held, "more kinds of errors than can be held are not");
	ok(listener_error(l, EMFILE) && l->errors[0].unreported == 2, "but known ones are counted");
	l->asked_known = true;
	l->backlog_asked = 7;
	listener_window_close(t, l, 2000, &in);
	ok(in.completed == 5 && in.accepted == 5 && in.refused == 2 && in.fd_errors == 2 &&
		   in.syncookies == 1 && in.since_accept_ns == 1000 && in.backlog_asked == 7,
	   "a window's counts");
	ok(in.wait_p50_ns >= MS && in.wait_p50_ns < MS * 9 / 8,
	   "the wait that half of them had at most, less than an eighth too long");
	ok(l->handshake->count == 4 && l->accept_wait->count == 4 &&
		   l->accept_wait->max == 100 * MS,
	   "durations that are known");
	listener_window_close(t, l, 3000, &in);
	ok(!in.completed && !in.wait_p50_ns && l->completed == 5,
	   "the next window is empty, the totals stay");
	l->line_completed = 5;
	listener_completed_elsewhere(l, m);
	listener_completed_elsewhere(NULL, m);
	ok(l->completed == 4 && l->line_completed == 4 && m->completed == 2,
	   "a completion that was counted at the wrong one");
	listener_grew(m, 5, 9);
	listener_grew(m, 4, 10);
	ok(m->accept_queue == 4 && m->peak == 5 && m->backlog == 9,
	   "figures of a child's copy: the first limit stays");
	conn_table_free(t);
	listeners_free(ls);
}

/* Those that did something stay for the summary, but not for ever. */
static void bounded(void)
{
	struct listeners *ls = listeners_new();
	struct conn_table *t = conn_table_new(10, 1);
	struct fact_sock s = {.cookie = 1, .lport = 1, .rport = 1};
	struct conn *c = conn_add(t, &s, false);

	for (uint64_t i = 1; i <= 3000; i++) {
		struct listener *l = listener_add(ls, i, 0, 1, 80, 5);

		if (i == 1)
			listener_attach(ls, c, l);
		listener_refused(l, 1, 0, false);
		listener_died(ls, l);
	}
	ok(listeners_count(ls) <= 1026 && listener_by_cookie(ls, 3000), "the dead are bounded: %u",
	   listeners_count(ls));
	ok(listener_by_cookie(ls, 1), "one that is pointed to is not forgotten");
	listener_attach(ls, c, NULL);
	conn_table_free(t);
	listeners_free(ls);
}

int main(void)
{
	finds();
	finds_among_many();
	counts_refusals();
	queues();
	windows();
	bounded();
	return done();
}
