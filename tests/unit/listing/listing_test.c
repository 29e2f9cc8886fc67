// SPDX-License-Identifier: BSD-2-Clause
#include "listing/listing.h"

#include <errno.h>

#include "base/units.h"
#include "rows.h"
#include "tap.h"

static struct listing_row made(unsigned int state, const struct listing_figures *f,
			       enum listing_kind kind)
{
	const struct fact_existing e = row_socket(state, 7, 80, 4000);
	struct listing_row row;

	listing_row_make(&row, &e, f, kind);
	return row;
}

static void is_time(const struct listing_time *time, enum listing_basis basis, uint64_t ms,
		    const char *name)
{
	ok(time->is == basis && (basis == LISTING_UNKNOWN || time->ns == ms * NS_MS), "%s", name);
}

static void test_times(void)
{
	struct listing_figures f = row_figures(8000, 9000, 7000, 0);
	struct fact_existing request = row_socket(TCP_STATE_SYN_RECV, 7, 80, 4000);
	struct listing_row row = made(TCP_STATE_ESTABLISHED, &f, LISTING_QUEUED);

	is_time(&row.in, LISTING_EXACT, 9000, "queued: since the handshake was complete");
	row = made(TCP_STATE_CLOSE_WAIT, &f, LISTING_QUEUED);
	is_time(&row.in, LISTING_EXACT, 9000, "  also where the client has closed since");
	ok(listing_row_end(&row) == LISTING_FIN, "  and its FIN is told");
	row = made(TCP_STATE_CLOSE, &f, LISTING_QUEUED);
	ok(listing_row_end(&row) == LISTING_RST, "  or its RST");
	row = made(TCP_STATE_SYN_RECV, &f, LISTING_QUEUED);
	is_time(&row.in, LISTING_AT_LEAST, 9000, "queued at a SYN with data: at least");
	row = made(TCP_STATE_CLOSE_WAIT, &f, LISTING_CONNECTION);
	ok(listing_row_end(&row) == LISTING_ALIVE, "  of those that wait for accept()");
	is_time(&row.in, LISTING_AT_LEAST, 7000,
		"CLOSE_WAIT: the FIN came with the last ACK or earlier");
	is_time(&row.idle, LISTING_EXACT, 8000, "idle since the later of the two directions");
	row = made(TCP_STATE_ESTABLISHED, &f, LISTING_CONNECTION);
	is_time(&row.in, LISTING_AT_LEAST, 9000, "ESTABLISHED: no younger than what passed first");
	row = made(TCP_STATE_FIN_WAIT1, &f, LISTING_CONNECTION);
	is_time(&row.in, LISTING_UNKNOWN, 0, "FIN_WAIT1: not known");
	f = (struct listing_figures){0};
	row = made(TCP_STATE_ESTABLISHED, &f, LISTING_CONNECTION);
	ok(row.in.is == LISTING_UNKNOWN && row.idle.is == LISTING_UNKNOWN && !row.has_bytes,
	   "without tcp_info nothing is known");

	f = (struct listing_figures){.has_timer = true, .timer_ms = 750};
	listing_row_make(&row, &request, &f, LISTING_REQUEST);
	is_time(&row.in, LISTING_EXACT, 250, "half open: as long as its first timer has run");
	request.retrans = 1;
	listing_row_make(&row, &request, &f, LISTING_REQUEST);
	is_time(&row.in, LISTING_UNKNOWN, 0, "  not known once the SYN-ACK was sent again");
	f.timer_ms = 59000;
	row = made(TCP_STATE_TIME_WAIT, &f, LISTING_TIMEWAIT);
	is_time(&row.in, LISTING_EXACT, 1000, "TIME_WAIT: what is missing of 60 s");
	row = made(TCP_STATE_FIN_WAIT2, &f, LISTING_TIMEWAIT);
	is_time(&row.in, LISTING_UNKNOWN, 0, "an orphan's FIN_WAIT2: its length is a setting");
}

static void test_states(void)
{
	uint32_t mask = 0;
	char err[200];

	ok(!listing_states_parse("queued,CLOSE_WAIT,close-wait,syn-recv", &mask, err,
				 sizeof(err)) &&
		   mask == (1u << LISTING_STATE_QUEUED | 1u << TCP_STATE_CLOSE_WAIT |
			    1u << TCP_STATE_SYN_RECV),
	   "states in our spelling and in that of ss");
	mask = 1;
	ok(!listing_states_parse("listening,estab", &mask, err, sizeof(err)) &&
		   mask == (1u | 1u << TCP_STATE_LISTEN | 1u << TCP_STATE_ESTABLISHED),
	   "short names; states add");
	ok(listing_states_parse("LISTEN,CLOSED", &mask, err, sizeof(err)) == -EINVAL,
	   "CLOSED is none");
	is_str(err,
	       "'CLOSED' is no state: give for example QUEUED, CLOSE_WAIT or ESTABLISHED,LISTEN",
	       "  and is named");
	ok(mask == (1u | 1u << TCP_STATE_LISTEN | 1u << TCP_STATE_ESTABLISHED), "  mask untouched");
	ok(listing_states_parse("", &mask, err, sizeof(err)) == -EINVAL, "an empty list");
	ok(listing_states_parse("LISTEN,", &mask, err, sizeof(err)) == -EINVAL, "an empty part");
}

static void add(struct listing *l, struct fact_existing *e, struct listing_figures f,
		enum listing_kind kind)
{
	struct listing_row row;

	listing_row_make(&row, e, &f, kind);
	listing_add(l, &row);
}

/*
 * Two that are queued, a listener, CLOSE_WAIT, data that lies, a busy and an idle one, TIME_WAIT.
 */
static void fill(struct listing *l)
{
	struct fact_existing e = row_socket(TCP_STATE_ESTABLISHED, 1, 80, 4001);

	add(l, &e, row_figures(2, 3, 2, 100), LISTING_CONNECTION); /* busy */
	e = row_socket(TCP_STATE_TIME_WAIT, 2, 80, 4002);
	add(l, &e, (struct listing_figures){.has_timer = true, .timer_ms = 1000}, LISTING_TIMEWAIT);
	e = row_socket(TCP_STATE_ESTABLISHED, 3, 80, 4003);
	e.listener_cookie = 9;
	add(l, &e, row_figures(100, 200, 100, 7), LISTING_QUEUED);
	e = row_socket(TCP_STATE_ESTABLISHED, 4, 80, 4004);
	add(l, &e, row_figures(8000, 9000, 8000, 0), LISTING_CONNECTION); /* idle */
	e = row_socket(TCP_STATE_CLOSE_WAIT, 5, 80, 4005);
	add(l, &e, row_figures(900, 800, 700, 0), LISTING_CONNECTION);
	e = row_socket(TCP_STATE_LISTEN, 9, 80, 0);
	row_owner(&e, 812, "java", 5);
	e.q = (struct fact_queues){.cookie = 9, .accept_queue = 2, .backlog = 1, .syn_queue = 4};
	add(l, &e, (struct listing_figures){0}, LISTING_LISTENER);
	e = row_socket(TCP_STATE_CLOSE_WAIT, 6, 80, 4006);
	e.listener_cookie = 9;
	add(l, &e, row_figures(2500, 3000, 2000, 7), LISTING_QUEUED);
	e = row_socket(TCP_STATE_ESTABLISHED, 7, 80, 4007);
	add(l, &e, row_figures(500, 700, 500, 90), LISTING_CONNECTION); /* unread */
}

static void is_order(const struct listing *l, const char *want, const char *name)
{
	char got[200] = "";

	for (size_t i = 0; i < l->count; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%llu", i ? " " : "",
			 (unsigned long long)l->rows[i].s.cookie);
	is_str(got, want, name);
}

static void test_order(void)
{
	struct listing_wants wants = {0};
	struct listing l = {0};

	fill(&l);
	listing_finish(&l, &wants);
	is_order(&l, "6 3 5 7 4 1 9",
		 "the longest wait, CLOSE_WAIT, unread, idle, busy, listeners");
	ok(l.by_state[TCP_STATE_TIME_WAIT] == 1 && l.by_state[LISTING_STATE_QUEUED] == 2,
	   "what is not listed is counted; queued is a state");
	ok(l.rows[0].pid == 812 && !strcmp(l.rows[0].comm, "java") && l.rows[0].fd == -1,
	   "who should take a queued connection is the listener's owner");
	ok(l.rows[0].has_queue && l.rows[0].accept_queue == 2 && l.rows[0].backlog == 1,
	   "  and it has the listener's queue");
	ok(!l.rows[2].pid, "nobody is blamed for a connection without owner");
	ok(!l.many_netns, "one network namespace");

	struct fact_existing e = row_socket(TCP_STATE_CLOSE_WAIT, 20, 80, 4020);

	listing_clear(&l);
	fill(&l);
	add(&l, &e, row_figures(12, 20, 12, 0), LISTING_CONNECTION);
	e = row_socket(TCP_STATE_ESTABLISHED, 21, 80, 4021);
	add(&l, &e, row_figures(5, 16, 5, 0), LISTING_QUEUED);
	listing_finish(&l, &wants);
	is_order(&l, "6 3 5 7 4 20 21 1 9",
		 "what a busy server is about to take or to close does not stand above what stays");

	listing_clear(&l);
	fill(&l);
	wants.min_wait_ns = NS_S;
	listing_finish(&l, &wants);
	is_order(&l, "6", "--min-wait: what has been queued so long");
	ok(l.by_state[LISTING_STATE_QUEUED] == 1 && !l.by_state[TCP_STATE_LISTEN],
	   "  and nothing else is counted");

	listing_clear(&l);
	fill(&l);
	wants = (struct listing_wants){
		.owner = &(struct owner_filter){.pids = {813}, .pid_count = 1}};
	listing_finish(&l, &wants);
	is_order(&l, "", "--pid of a process that has none");
	ok(!l.by_state[LISTING_STATE_QUEUED] && !l.by_state[TCP_STATE_TIME_WAIT],
	   "  the sockets of others are not counted");

	listing_clear(&l);
	fill(&l);
	wants = (struct listing_wants){.states =
					       1u << TCP_STATE_TIME_WAIT | 1u << TCP_STATE_LISTEN};
	l.rows[1].s.netns++;
	listing_finish(&l, &wants);
	is_order(&l, "9 2", "--state: these, TIME_WAIT too");
	ok(l.by_state[LISTING_STATE_QUEUED] == 2, "  the other states are counted");
	ok(l.many_netns, "a second network namespace is seen");

	listing_clear(&l);
	fill(&l);
	wants = (struct listing_wants){.min_idle_ns = 600 * NS_MS};
	listing_finish(&l, &wants);
	is_order(&l, "6 5 4", "--min-idle: without data for so long");

	listing_clear(&l);
	listing_finish(&l, &wants);
	ok(l.count == 0, "nothing is a list too");
	listing_free(&l);
}

static void test_event(void)
{
	struct listing l = {0};
	struct listing_wants wants = {0};
	struct event e;

	fill(&l);
	listing_finish(&l, &wants);
	listing_row_event(&l.rows[0], &e);
	ok(e.type == EVENT_SOCKET && event_get(&e, F_QUEUED) && event_get(&e, F_COOKIE) == 6 &&
		   event_get(&e, F_LISTENER) == 9,
	   "a queued connection is a socket line with its listener");
	ok(event_get(&e, F_ACCEPT_WAIT_NS) == 3 * NS_S && !event_has(&e, F_WAIT_BASIS) &&
		   !event_has(&e, F_IN_STATE_NS),
	   "  its wait is exact");
	ok(event_get(&e, F_UNREAD_BYTES) == 7 && event_get(&e, F_SYN_QUEUE) == 4,
	   "  bytes, queues");
	is_str(event_word(&e, F_ROLE), "server", "  and it is a server's");
	listing_row_event(&l.rows[2], &e);
	ok(event_get(&e, F_IN_STATE_NS) == 700 * NS_MS &&
		   !strcmp(event_word(&e, F_IN_STATE_BASIS), "at_least"),
	   "CLOSE_WAIT: a lower bound is marked");
	ok(!event_has(&e, F_PID) && !event_has(&e, F_COMM) && !event_has(&e, F_FD) &&
		   !event_has(&e, F_ROLE) && !event_has(&e, F_ACCEPT_QUEUE),
	   "what is not known is absent");
	listing_row_event(&l.rows[6], &e);
	ok(!strcmp(event_word(&e, F_ROLE), "listener") && !event_has(&e, F_RPORT) &&
		   event_has(&e, F_DROPS_TOTAL),
	   "a listener has no peer");
	listing_free(&l);
}

int main(void)
{
	test_times();
	test_states();
	test_order();
	test_event();
	return done();
}
