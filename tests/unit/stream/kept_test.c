// SPDX-License-Identifier: BSD-2-Clause
#include "stream/kept.h"

#include "event/tcp.h"
#include "tap.h"

int main(void)
{
	struct kept *k = kept_new();
	struct fact_listen listen = {
		.h = {.kind = FACT_LISTEN, .t = 1},
		.s = {.cookie = 7, .lport = 8080, .state = TCP_STATE_LISTEN},
		.q = {.sk = 70, .cookie = 7, .backlog = 3},
		.task = {.pid = 50},
	};
	struct fact_existing walked = {
		.h = {.kind = FACT_EXISTING},
		.s = {.cookie = 8, .lport = 8081, .state = TCP_STATE_LISTEN},
	};
	struct fact_existing got;
	struct fact_queues seven = {.cookie = 7}, eight = {.cookie = 8}, none = {.sk = 70};

	ok(!kept_take(k, &seven, 5, &got), "nothing is kept");
	kept_fact(k, &listen.h);
	kept_fact(k, &walked.h);
	ok(!kept_take(k, &none, 5, &got), "a hook names it without a cookie");
	ok(kept_take(k, &seven, 5, &got) && got.h.kind == FACT_EXISTING && got.h.t == 5 &&
		   got.h.size == sizeof(got),
	   "one that called listen()");
	ok(got.s.lport == 8080 && got.q.backlog == 3 && got.task.pid == 50 && got.fd == -1,
	   "where it listens, its queues, its owner");
	ok(!kept_take(k, &seven, 6, &got), "once");
	ok(kept_take(k, &eight, 5, &got) && got.s.lport == 8081, "one that a walk found");
	walked.s.state = TCP_STATE_ESTABLISHED;
	kept_fact(k, &walked.h);
	listen.err = 98;
	kept_fact(k, &listen.h);
	ok(!kept_take(k, &eight, 5, &got) && !kept_take(k, &seven, 5, &got),
	   "neither a connection nor a listen() that failed");
	kept_free(k);
	return done();
}
