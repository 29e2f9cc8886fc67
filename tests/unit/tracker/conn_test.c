// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/conn.h"

#include <sys/socket.h>

#include "tap.h"

static struct fact_sock sock(uint64_t cookie, uint32_t netns, uint16_t lport, uint16_t rport)
{
	return (struct fact_sock){.cookie = cookie,
				  .netns = netns,
				  .lport = lport,
				  .rport = rport,
				  .family = AF_INET,
				  .laddr = {10, 0, 0, 1},
				  .raddr = {10, 0, 0, 2}};
}

static struct conn *add(struct conn_table *t, uint64_t cookie, uint32_t netns, uint16_t lport,
			uint16_t rport, bool request)
{
	struct fact_sock s = sock(cookie, netns, lport, rport);

	return conn_add(t, &s, request);
}

static void finds(void)
{
	struct conn_table *t = conn_table_new(10, 10);
	struct fact_sock s = sock(7, 1, 80, 4000), other = sock(0, 2, 80, 4000),
			 unknown = sock(0, 1, 80, 0);
	struct conn *old = conn_add(t, &s, false), *c;

	ok(conn_by_cookie(t, 7) == old && !conn_by_cookie(t, 8) && !conn_by_cookie(t, 0),
	   "by cookie; 0 is none");
	ok(conn_by_ends(t, &s) == old && !conn_by_ends(t, &other),
	   "by ends, in its namespace only");
	c = add(t, 8, 1, 80, 4000, false);
	ok(conn_by_ends(t, &s) == c && conn_by_ends_next(t, &s, c) == old &&
		   !conn_by_ends_next(t, &s, old),
	   "ends used again: the newest first, then the older");
	ok(conn_get(t, conn_id_of(t, c)) == c && conn_get(t, conn_id_of(t, old)) == old &&
		   !conn_get(t, 0),
	   "ids name entries, 0 none");
	conn_remove(t, old);
	ok(!conn_by_cookie(t, 7) && conn_by_ends(t, &s) == c && conn_count(t, false) == 1,
	   "what is removed is not found");
	ok(!conn_is(old, CONN_CLOSED) && !old->cookie,
	   "and does not look alive to who kept its id");
	old = conn_add(t, &unknown, false);
	ok(!conn_by_ends(t, &unknown), "without both ports there are no ends");
	conn_learn_cookie(t, old, 0);
	conn_learn_cookie(t, old, 9);
	conn_learn_cookie(t, old, 9);
	s = sock(9, 1, 80, 4001);
	conn_learn_ends(t, old, &unknown);
	conn_learn_ends(t, old, &s);
	conn_learn_ends(t, old, &s);
	ok(conn_by_cookie(t, 9) == old && conn_by_ends(t, &s) == old && old->rport == 4001,
	   "what is learnt later is found");
	conn_learn_cookie(t, old, 10);
	ok(!conn_by_cookie(t, 9) && conn_by_cookie(t, 10) == old, "a cookie can change");
	conn_table_free(t);
}

static void other_end(void)
{
	struct conn_table *t = conn_table_new(10, 10);
	struct conn *a = add(t, 1, 1, 80, 4000, false), *b;
	struct fact_sock s = sock(2, 2, 4000, 80);

	memcpy(s.laddr, a->raddr, sizeof(s.laddr));
	memcpy(s.raddr, a->laddr, sizeof(s.raddr));
	b = conn_add(t, &s, false);
	ok(!conn_other_end(t, a), "of unknown numbers in another namespace: not sure, so none");
	b->netns = 1;
	ok(conn_other_end(t, a) == b && conn_other_end(t, b) == a,
	   "of unknown numbers in the same: the other end");
	a->isns_known = b->isns_known = true;
	a->client_isn = b->client_isn = 5;
	a->server_isn = 6;
	ok(!conn_other_end(t, a), "other numbers: another connection");
	b->server_isn = 6;
	b->netns = 2;
	ok(conn_other_end(t, a) == b, "the same numbers: the other end, whatever its namespace");
	b->isns_known = false;
	ok(!conn_other_end(t, a), "numbers known of one only: not sure");
	conn_table_free(t);
}

static int each_count;
static uint64_t each_first;

static void remove_even(void *ctx, struct conn *c)
{
	if (!each_count++)
		each_first = c->cookie;
	if (c->cookie % 2 == 0)
		conn_remove(ctx, c);
}

static void ages(void)
{
	struct conn_table *t = conn_table_new(3, 2);
	struct conn *a = add(t, 1, 1, 80, 1, false), *b = add(t, 2, 1, 80, 2, false),
		    *r = add(t, 3, 1, 80, 3, true);

	ok(!conn_full(t, false) && !conn_full(t, true), "not full");
	add(t, 4, 1, 80, 4, true);
	ok(conn_full(t, true) && !conn_full(t, false), "requests have a bound of their own");
	ok(conn_oldest(t, false) == a && conn_oldest(t, true) == r, "the oldest of each");
	conn_touch(t, a);
	conn_touch(t, a);
	ok(conn_oldest(t, false) == b, "the least recently touched");
	conn_promote(t, r);
	ok(conn_count(t, true) == 1 && conn_count(t, false) == 3 && conn_full(t, false) &&
		   !conn_is(r, CONN_REQUEST),
	   "a request becomes a connection");
	ok(conn_by_cookie(t, 3) == r, "and is found as before");
	conn_each(t, false, remove_even, t);
	ok(each_count == 3 && each_first == 2 && conn_count(t, false) == 2,
	   "each of a kind, oldest first; may be removed");
	conn_table_free(t);
	conn_table_free(NULL);
}

static void many(void)
{
	enum { N = 50000 };
	struct conn_table *t = conn_table_new(N, N);
	int wrong = 0;

	for (uint32_t i = 1; i <= N; i++) {
		struct conn *c = add(t, i, i % 5, (uint16_t)(i % 3 ? 80 : 443), (uint16_t)i, i % 2);

		wrong += !c;
		if (i % 7 == 0)
			conn_remove(t, c);
	}
	for (uint32_t i = 1; i <= N; i++) {
		struct fact_sock s = sock(i, i % 5, (uint16_t)(i % 3 ? 80 : 443), (uint16_t)i);
		struct conn *c = conn_by_cookie(t, i);

		wrong += i % 7 ? !c || conn_by_ends(t, &s) != c : !!c;
	}
	ok(!wrong, "%d entries while the table grows: all are found, none that was removed", N);
	ok(sizeof(struct conn) <= 230, "an entry is small: %zu bytes", sizeof(struct conn));
	conn_table_free(t);
}

int main(void)
{
	finds();
	other_end();
	ages();
	many();
	return done();
}
