// SPDX-License-Identifier: BSD-2-Clause
#include "listener/figures.h"

#include <sys/socket.h>

#include "event/tcp.h"
#include "tap.h"

#define S UINT64_C(1000000000)

static const uint8_t addr[16] = {127, 0, 0, 1};

/* How many fields the line has. */
static int fields(const struct event *e)
{
	int n = 0;

	for (int f = 0; f < FIELD_COUNT; f++)
		n += event_has(e, (enum field)f);
	return n;
}

static struct event line_of(const struct listener_figures *f)
{
	struct event e;

	event_init(&e, EVENT_LISTENER, 5);
	listener_figures_put(f, &e);
	return e;
}

static void check_unknown(void)
{
	struct event e = line_of(&(struct listener_figures){0});

	ok(event_enum(&e, F_ROLE) == ROLE_LISTENER && event_has(&e, F_ACCEPT_QUEUE_PEAK) &&
		   event_has(&e, F_REFUSED) && event_has(&e, F_COMPLETED) &&
		   event_has(&e, F_VERDICT),
	   "what was counted while tracing is known, 0 too");
	ok(fields(&e) == 5, "all else is absent");
}

static void check_known(void)
{
	static const uint64_t transitions[TCP_STATE_COUNT] = {[TCP_STATE_ESTABLISHED] = 7};
	const struct listener_counters counters = {.synack_retrans = 3, .transitions = transitions};
	struct listener_figures f = {
		.identity = {.cookie = 1,
			     .netns = 2,
			     .family = AF_INET6,
			     .addr = addr,
			     .port = 80,
			     .pid = 42,
			     .comm = "web"},
		.queues = {.accept_known = true,
			   .syn_known = true,
			   .backlog_known = true,
			   .backlog = 128},
		.peak = 4,
		.somaxconn = 4096,
		.drops_known = true,
		.drops = 9,
		.completed = 100,
		.refused = 2,
		.accepts_known = true,
		.accepted = 90,
		.verdict = VERDICT_APP_SLOW,
		.advice = "hurry",
		.since_ns = 2 * S,
		.completed_since = 11,
		.accepted_since = 10,
	};
	struct event e = line_of(&f);

	ok(event_get(&e, F_COOKIE) == 1 && event_get(&e, F_NETNS) == 2 && e.family == AF_INET6 &&
		   event_enum(&e, F_FAMILY) == FAMILY_IPV6 && e.v[F_LADDR].addr == addr &&
		   event_get(&e, F_LPORT) == 80 && event_get(&e, F_PID) == 42,
	   "who");
	is_str(event_text(&e, F_COMM), "web", "whose");
	ok(event_has(&e, F_ACCEPT_QUEUE) && event_has(&e, F_SYN_QUEUE) &&
		   event_get(&e, F_BACKLOG) == 128 && event_get(&e, F_ACCEPT_QUEUE_LIMIT) == 129,
	   "queues that are known to be empty are 0; the queue holds one more than the backlog");
	ok(event_get(&e, F_COMPLETED_RATE) == 6 && event_get(&e, F_ACCEPTED_RATE) == 5,
	   "rates a second, rounded");
	ok(event_get(&e, F_DROPS_TOTAL) == 9 && event_get(&e, F_SOMAXCONN) == 4096 &&
		   event_get(&e, F_ACCEPTED_COUNT) == 90,
	   "counts");
	is_str(event_text(&e, F_ADVICE), "hurry", "advice");
	ok(!event_has(&e, F_BASIS) && !event_has(&e, F_TRANSITIONS), "no counters of --summary");

	f.counters = &counters;
	f.advice = "";
	f.since_ns = 0;
	f.accepts_known = false;
	e = line_of(&f);
	ok(event_get(&e, F_SYNACK_RETRANS) == 3 &&
		   e.v[F_TRANSITIONS].states[TCP_STATE_ESTABLISHED] == 7 &&
		   event_enum(&e, F_BASIS) == BASIS_RTT,
	   "with them");
	ok(!event_has(&e, F_ADVICE) && !event_has(&e, F_COMPLETED_RATE) &&
		   !event_has(&e, F_ACCEPTED_COUNT) && !event_has(&e, F_ACCEPTED_RATE),
	   "no advice, no time passed, accepts cannot be seen");
	f.since_ns = S;
	e = line_of(&f);
	ok(event_has(&e, F_COMPLETED_RATE) && !event_has(&e, F_ACCEPTED_RATE),
	   "a rate of accepts that cannot be seen is absent");
}

static void check_summary(void)
{
	static const uint64_t drops[DROP_REASON_COUNT];
	struct listener_figures f = {.identity = {.cookie = 1, .family = AF_INET, .addr = addr},
				     .completed = 3,
				     .refused = 2};
	struct listener_summary s = listener_figures_summary(&f);
	struct listener_summaries all = {.count = 1, .list = &s};
	struct run_totals totals = {.connections = 3, .drops = drops, .lost = 1};
	struct event e;

	ok(s.cookie == 1 && s.completed == 3 && s.drops == 2 && s.accept_unseen &&
		   !memcmp(s.addr, addr, 16),
	   "a listener's part of the summary");
	f.identity.family = 0;
	ok(listener_figures_summary(&f).addr[0] == 0, "whose address is not known");
	event_init(&e, EVENT_SUMMARY, 5);
	run_totals_put(&totals, &e);
	ok(fields(&e) == 3 && event_get(&e, F_CONNECTIONS) == 3 && event_get(&e, F_LOST) == 1 &&
		   e.v[F_DROPS].drops == drops,
	   "a run: what is not known is absent");
	totals.accepts_known = totals.never_accepted_known = true;
	totals.listeners = &all;
	run_totals_put(&totals, &e);
	ok(fields(&e) == 7 && event_has(&e, F_STILL_QUEUED) && event_has(&e, F_NEVER_ACCEPTED) &&
		   e.v[F_LISTENERS].listeners == &all,
	   "and what is known, 0 too");
}

int main(void)
{
	check_unknown();
	check_known();
	check_summary();
	return done();
}
