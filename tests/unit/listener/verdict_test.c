// SPDX-License-Identifier: BSD-2-Clause
#include "listener/verdict.h"

#include "tap.h"

#define MS UINT64_C(1000000)

static const struct {
	const char *name;
	struct verdict_input in;
	enum verdict want;
	const char *advice; /* a piece of it; NULL: none is given */
} cases[] = {
	{"nothing happens", {.backlog = 128}, VERDICT_OK, NULL},
	{"a queue that is being emptied",
	 {.accept_queue = 90, .backlog = 128, .accepted = 500, .wait_p50_ns = 20 * MS},
	 VERDICT_OK,
	 NULL},
	{"EMFILE",
	 {.fd_errors = 1,
	  .accept_queue = 9,
	  .oldest_wait_ns = 60000 * MS,
	  .since_accept_ns = 60000 * MS},
	 VERDICT_OUT_OF_FDS,
	 "RLIMIT_NOFILE"},
	{"nobody accepts, for 5 s",
	 {.accept_queue = 3, .oldest_wait_ns = 5000 * MS, .since_accept_ns = 5000 * MS},
	 VERDICT_APP_STUCK,
	 "3 connections wait, the oldest for 5.0 s"},
	{"nobody accepts, for less",
	 {.accept_queue = 3, .oldest_wait_ns = 4999 * MS, .since_accept_ns = 9000 * MS},
	 VERDICT_APP_SLOW,
	 "has waited 5.0 s"},
	{"the oldest is old, but others are taken",
	 {.accept_queue = 3,
	  .accepted = 1,
	  .oldest_wait_ns = 9000 * MS,
	  .since_accept_ns = 9000 * MS},
	 VERDICT_APP_SLOW,
	 "the program calls it too late"},
	{"idle for long, then one waits a moment",
	 {.accept_queue = 1, .oldest_wait_ns = 2 * MS, .since_accept_ns = 90000 * MS},
	 VERDICT_OK,
	 NULL},
	{"half-open requests, unanswered",
	 {.syn_queue = 16, .syn_young = 8, .backlog = 128},
	 VERDICT_SYN_FLOOD,
	 "16 half-open requests, 8 of them unanswered"},
	{"SYN cookies, and nobody comes back",
	 {.syn_queue = 5,
	  .syn_young = 5,
	  .backlog = 4,
	  .cookies_sent = 395,
	  .cookies_completed = 3},
	 VERDICT_SYN_FLOOD,
	 "395 SYNs were answered with SYN cookies, and 3 handshakes completed"},
	{"SYN cookies in a burst of clients",
	 {.syn_queue = 5,
	  .syn_young = 5,
	  .backlog = 4,
	  .cookies_sent = 395,
	  .cookies_completed = 198},
	 VERDICT_OK,
	 NULL},
	{"half-open requests, fresh",
	 {.syn_queue = 16, .syn_young = 9, .backlog = 128},
	 VERDICT_OK,
	 NULL},
	{"half-open requests, few", {.syn_queue = 15, .backlog = 128}, VERDICT_OK, NULL},
	{"half-open requests, but clients do answer",
	 {.syn_queue = 16, .completed = 16, .backlog = 128},
	 VERDICT_OK,
	 NULL},
	{"half-open requests of clients that have answered, and send nothing yet",
	 {.syn_queue = 16, .syn_young = 8, .backlog = 128, .defers = true},
	 VERDICT_OK,
	 NULL},
	{"cookies are sent",
	 {.syn_queue = 16, .syn_young = 16, .syncookies = 1, .backlog = 16},
	 VERDICT_SYN_FLOOD,
	 "tcp_syncookies"},
	{"refused in a burst",
	 {.refused = 4, .backlog = 8, .somaxconn = 4096, .accepted = 9, .wait_p50_ns = MS},
	 VERDICT_BACKLOG_TOO_SMALL,
	 "4 refused in bursts although the program accepts quickly: raise the backlog of listen() above 8"},
	{"refused at somaxconn, asked for more",
	 {.refused = 4, .backlog = 128, .somaxconn = 128, .backlog_asked = 511, .accepted = 1},
	 VERDICT_BACKLOG_CAPPED,
	 "net.core.somaxconn"},
	{"refused at somaxconn, asked for just that",
	 {.refused = 4, .backlog = 128, .somaxconn = 128, .backlog_asked = 128, .accepted = 1},
	 VERDICT_BACKLOG_TOO_SMALL,
	 "above 128"},
	{"refused at somaxconn, asked for nobody knows what",
	 {.refused = 4, .backlog = 128, .somaxconn = 128, .accepted = 1},
	 VERDICT_BACKLOG_CAPPED,
	 "128"},
	{"refused, nothing else known",
	 {.refused = 4, .backlog = 128, .accepted = 1},
	 VERDICT_BACKLOG_TOO_SMALL,
	 "above 128"},
	{"refused, and nobody has accepted yet: it is too early to say why",
	 {.accept_queue = 3, .refused = 2, .backlog = 2, .oldest_wait_ns = 4 * MS},
	 VERDICT_OK,
	 NULL},
	{"refused, accept() is not shown, but the queue becomes shorter",
	 {.refused = 2, .backlog = 2, .shrank = true},
	 VERDICT_BACKLOG_TOO_SMALL,
	 "above 2"},
	{"refused while the program paused, quick afterwards",
	 {.refused = 44,
	  .refused_slow = 44,
	  .refused_wait_ns = 3000 * MS,
	  .backlog = 4,
	  .accepted = 30,
	  .wait_p50_ns = MS},
	 VERDICT_APP_SLOW,
	 "had waited 3.0 s for accept() when 44 were refused: accept() came too late"},
	{"refused in bursts, one of them late",
	 {.refused = 9, .refused_slow = 1, .backlog = 4, .accepted = 30, .wait_p50_ns = MS},
	 VERDICT_BACKLOG_TOO_SMALL,
	 "9 refused in bursts"},
	{"nobody accepts one",
	 {.accept_queue = 1,
	  .oldest_wait_ns = 6000 * MS,
	  .since_accept_ns = 6000 * MS,
	  .oldest_at_least = true},
	 VERDICT_APP_STUCK,
	 "no accept() while 1 connection waits, for at least 6.0 s"},
	{"refused because the program is slow",
	 {.refused = 4, .backlog = 8, .wait_p50_ns = 100 * MS},
	 VERDICT_APP_SLOW,
	 "100 ms for accept() and others are refused"},
	{"slow",
	 {.wait_p50_ns = 100 * MS, .accepted = 1},
	 VERDICT_APP_SLOW,
	 "a longer queue only hides it"},
	{"slow, whoever took them was quick",
	 {.accept_queue = 3, .wait_p50_ns = MS, .oldest_wait_ns = 2350 * MS, .accepted = 1},
	 VERDICT_APP_SLOW,
	 "the oldest connection has waited 2.4 s for accept()"},
	{"not yet slow", {.wait_p50_ns = 99 * MS, .accepted = 1}, VERDICT_OK, NULL},
};

int main(void)
{
	struct verdict_limits limits;
	char advice[256], small[8];

	verdict_limits_init(&limits);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum verdict v = verdict_judge(&cases[i].in, &limits);

		is_str(verdict_name(v), verdict_name(cases[i].want), cases[i].name);
		verdict_advice(v, &cases[i].in, advice, sizeof(advice));
		if (!ok(cases[i].advice ? strstr(advice, cases[i].advice) != NULL : !*advice,
			"%s: advice", cases[i].name))
			tap_comment("got", advice);
	}
	ok(verdict_undecided(&(struct verdict_input){.refused = 2, .accept_queue = 1}, &limits) &&
		   !verdict_undecided(&(struct verdict_input){.refused = 2}, &limits) &&
		   !verdict_undecided(&(struct verdict_input){.accept_queue = 2}, &limits),
	   "undecided: refused, none accepted");
	limits.slow_ns = 2000 * MS;
	is_str(verdict_name(
		       verdict_judge(&(struct verdict_input){.wait_p50_ns = 1000 * MS}, &limits)),
	       "ok", "thresholds can be set");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].want != VERDICT_APP_SLOW)
			continue;
		verdict_advice(VERDICT_APP_SLOW, &cases[i].in, advice, sizeof(advice));
		ok(!strstr(advice, "bottleneck") && !strstr(advice, "paused"),
		   "%s: why accept() comes late is not guessed", cases[i].name);
	}
	verdict_advice(VERDICT_APP_STUCK, &cases[0].in, small, sizeof(small));
	ok(strlen(small) == 7, "advice fits where it must");
	is_str(verdict_name((enum verdict)99), "unknown", "a verdict out of range has a name");
	return done();
}
