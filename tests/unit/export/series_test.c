// SPDX-License-Identifier: BSD-2-Clause
/*
 * Series: which listeners share one, what is summed, what a new scrape may not forget.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "export/series.h"
#include "tap.h"

static struct tally *tally;
static uint64_t now;

static struct summary_reading at(uint64_t cookie, uint16_t port, uint32_t queue)
{
	struct summary_reading r = {
		.cookie = cookie,
		.listener = {.sk = 1,
			     .netns = 7,
			     .port = port,
			     .family = AF_INET,
			     .addr = {127, 0, 0, 1},
			     .task = {.pid = 42, .comm = "web"},
			     .q = {.sk = 1, .accept_queue = queue, .backlog = 9}},
	};

	return r;
}

static void begin(void)
{
	struct verdict_limits limits;

	verdict_limits_init(&limits);
	now = 100 * NS_S;
	tally = tally_new(&limits, now);
}

/* Where the owner of the listener runs, as the kernel side tells it. */
static void place_of(uint64_t cookie, const char *name, const char *hostname)
{
	struct summary_place place = {0};

	strncpy(place.group[0], name, sizeof(place.group[0]) - 1);
	strncpy(place.hostname, hostname, sizeof(place.hostname) - 1);
	tally_place(tally, cookie, &place);
}

static void round_of(struct series_set *set, const struct summary_reading *r,
		     const struct summary_stats *stats, size_t count)
{
	now += NS_S;
	tally_begin(tally, now);
	for (size_t i = 0; i < count; i++)
		tally_listener(tally, &r[i], stats ? &stats[i] : NULL);
	series_read(set, tally);
}

static void test_members(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r[3] = {at(1, 80, 2), at(2, 80, 3), at(3, 81, 0)};
	struct summary_stats stats[3] = {{.completed = 10, .accepted = 8},
					 {.completed = 5, .accepted = 5},
					 {.completed = 1}};
	const struct series *s;

	begin();
	round_of(set, r, stats, 3);
	ok(series_count(set) == 2, "two addresses, two series");
	s = series_get(set, 0);
	ok(s->listeners == 2 && s->queue == 5 && s->limit == 20,
	   "queues and limits of SO_REUSEPORT members are summed");
	ok(s->fullest == 3 * (SERIES_WHOLE / 10), "how full the fullest of them is stays visible");
	ok(s->completed == 15 && s->accepted == 13, "and so are counts");
	is_str(s->labels,
	       "address=\"127.0.0.1\",port=\"80\",family=\"ipv4\",comm=\"web\",netns=\"7\"",
	       "the labels");
	/* One closes, one takes its place. */
	r[0].listener.q.drops = 4;
	r[1].listener.q.drops = 2;
	round_of(set, r, stats, 3);
	ok(series_get(set, 0)->drops == 6, "drops of all members");
	r[0].listener.q.sk = 0;
	r[0].listener.drops = 4;
	round_of(set, r, stats, 3);
	s = series_get(set, 0);
	ok(s->listeners == 1 && s->limit == 10 && s->completed == 15 && s->drops == 6,
	   "what a closed listener counted stays");
	r[0] = at(4, 80, 0);
	stats[0] = (struct summary_stats){.completed = 3};
	round_of(set, r, stats, 3);
	ok(series_get(set, 0)->completed == 18, "its successor goes on counting");
	tally_free(tally);
	series_free(set);
}

static void test_restart(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 0);
	struct summary_stats stats = {.completed = 10};

	begin();
	round_of(set, &r, &stats, 1);
	r.listener.q.sk = 0;
	round_of(set, &r, &stats, 1);
	ok(series_count(set) == 0, "without a listener there is no series");
	for (int i = 0; i < 2 * SERIES_ROUNDS; i++)
		round_of(set, NULL, NULL, 0);
	r = at(2, 80, 0);
	stats.completed = 1;
	round_of(set, &r, &stats, 1);
	ok(series_get(set, 0)->completed == 11,
	   "a service that comes back goes on counting at once");
	round_of(set, &r, &stats, 1);
	ok(series_get(set, 0)->completed == 11, "and not in the round after that");
	tally_free(tally);
	series_free(set);
}

static void test_peak(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 0);
	struct summary_stats stats = {.completed = 1};
	uint32_t time = (uint32_t)((100 * NS_S + NS_S) >> SUMMARY_TIME_BITS);

	begin();
	stats.recent[time % SUMMARY_TIMES] = (struct summary_peak){.time = time, .peak = 7};
	round_of(set, &r, &stats, 1);
	ok(series_peak(series_get(set, 0)) == 7, "a peak between two readings is seen");
	for (int i = 0; i < 30; i++)
		round_of(set, &r, &stats, 1);
	ok(series_peak(series_get(set, 0)) == 7, "by every scraper for a minute");
	ok(series_fullest_peak(series_get(set, 0)) == 7 * (SERIES_WHOLE / 10) &&
		   series_get(set, 0)->fullest == 0,
	   "and so is how full the queue was");
	for (int i = 0; i < SERIES_ROUNDS; i++)
		round_of(set, &r, &stats, 1);
	ok(series_peak(series_get(set, 0)) == 0 && series_fullest_peak(series_get(set, 0)) == 0,
	   "and then no longer");
	tally_free(tally);
	series_free(set);
}

/* A backlog that was made shorter, and one of 0. */
static void test_fuller_than_full(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 1000);

	begin();
	r.listener.q.backlog = 0;
	round_of(set, &r, NULL, 1);
	ok(series_get(set, 0)->fullest == UINT32_MAX, "a queue beyond its limit is more than full");
	r.listener.q.accept_queue = 1;
	round_of(set, &r, NULL, 1);
	ok(series_get(set, 0)->fullest == SERIES_WHOLE, "one connection fills a backlog of 0");
	tally_free(tally);
	series_free(set);
}

static void test_bound(void)
{
	struct series_set *set = series_new(2);
	struct summary_reading r[4] = {at(1, 80, 1), at(2, 81, 1), at(3, 82, 1), at(4, 83, 1)};
	struct summary_stats stats[4] = {
		{.completed = 1}, {.completed = 2}, {.completed = 3}, {.completed = 4}};
	const struct series *other;

	begin();
	round_of(set, r, stats, 4);
	ok(series_count(set) == 3 && series_shared(set) == 2,
	   "beyond the bound they share a series");
	other = series_get(set, 2);
	ok(other->completed == 7 && other->queue == 2 && other->listeners == 2,
	   "which has what all of them did");
	is_str(other->labels, "address=\"other\",port=\"0\"", "and says that it is no address");
	round_of(set, r, stats, 4);
	ok(series_get(set, 2)->completed == 7, "it is made anew in each round");
	tally_free(tally);
	series_free(set);
}

static void test_names(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 0);

	begin();
	memcpy(r.listener.task.comm, "a\"b\x01", 5);
	round_of(set, &r, NULL, 1);
	ok(strstr(series_get(set, 0)->labels, "comm=\"a\\\"b?\""), "a hostile name is escaped");
	tally_free(tally);
	series_free(set);
}

static void test_place(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 0);

	begin();
	round_of(set, &r, NULL, 1);
	ok(tally_wants_place(tally, 1), "the place of a new listener is asked for");
	place_of(1, "web.service", "node1");
	ok(!tally_wants_place(tally, 1), "once");
	round_of(set, &r, NULL, 1);
	ok(strstr(series_get(set, 0)->labels,
		  ",hostname=\"node1\",unit=\"web.service\",cgroup=\"/web.service\""),
	   "it is in the labels, and what is not known is not");
	/* The same address and program, another container: as with the network of the host. */
	r.listener.q.sk = 0;
	round_of(set, &r, NULL, 1);
	r = at(2, 80, 0);
	now += NS_S;
	tally_begin(tally, now);
	tally_listener(tally, &r, NULL);
	place_of(2, "other.service", "node1");
	series_read(set, tally);
	ok(strstr(series_get(set, 0)->labels, "unit=\"other.service\""), "the labels follow it");
	tally_free(tally);
	series_free(set);
}

/* A round with one listener, and what is known besides. */
static void round_with(struct series_set *set, const struct summary_reading *r,
		       const struct tally_besides *besides)
{
	now += NS_S;
	tally_begin(tally, now);
	tally_besides(tally, besides);
	tally_listener(tally, r, NULL);
	series_read(set, tally);
}

static void test_rare(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 0);
	struct rare_reading rare[] = {{{1, SUMMARY_ACCEPT_ERROR, EMFILE}, 4},
				      {{1, SUMMARY_NEVER_ACCEPTED, 0}, 0}};
	const struct tally_besides besides = {.rare = rare, .rare_count = 2};
	const struct series *s;

	begin();
	round_with(set, &r, &besides);
	s = series_get(set, 0);
	ok(rare_get(&s->rare, SUMMARY_ACCEPT_ERROR, EMFILE) == 4, "errors of accept()");
	ok(s->verdicts == 1u << VERDICT_OUT_OF_FDS, "of which the verdict knows");
	round_with(set, &r, &besides);
	s = series_get(set, 0);
	ok(s->verdicts == 1u << VERDICT_OK && rare_get(&s->rare, SUMMARY_ACCEPT_ERROR, EMFILE) == 4,
	   "until there are no further ones");
	rare[1].count = 3;
	r.listener.q.sk = 0;
	round_with(set, &r, &besides);
	ok(series_count(set) == 1 && !series_get(set, 0)->listeners &&
		   rare_get(&series_get(set, 0)->rare, SUMMARY_NEVER_ACCEPTED, 0) == 3,
	   "a listener that closed before it had accepted all of them stays");
	for (int i = 0; i < SERIES_ROUNDS; i++)
		round_of(set, NULL, NULL, 0);
	ok(series_count(set) == 0, "for a minute");
	tally_free(tally);
	series_free(set);
}

static void test_oldest(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 2);
	struct queued_wait waits[] = {{1, 102 * NS_S}, {1, 97 * NS_S}};
	struct tally_besides besides = {.waits = waits, .wait_count = 2};

	begin();
	round_with(set, &r, &besides);
	ok(series_get(set, 0)->oldest_ns == 4 * NS_S, "how long the oldest connection waits");
	besides.wait_count = 1;
	round_with(set, &r, &besides);
	round_with(set, &r, &besides);
	ok(series_get(set, 0)->oldest_ns == 2 * NS_S,
	   "not all of them are known: as long as nothing was accepted");
	tally_free(tally);
	series_free(set);
}

static void test_why(void)
{
	struct series_set *set = series_new(10);
	struct summary_reading r = at(1, 80, 2);
	const struct tally_besides none = {0};

	begin();
	tally_begin(tally, now);
	for (int i = 0; i < 10; i++)
		round_with(set, &r, &none);
	tally_why(tally, 1, DIAGNOSIS_SLEEPING);
	round_with(set, &r, &none);
	ok(series_get(set, 0)->diagnoses == 1u << DIAGNOSIS_SLEEPING, "what a look has found");
	r.listener.q.accept_queue = 0;
	round_with(set, &r, &none);
	ok(!series_get(set, 0)->diagnoses, "holds while something is wrong");
	r.listener.q.accept_queue = 2;
	for (int i = 0; i < 10; i++)
		round_with(set, &r, &none);
	ok(series_get(set, 0)->diagnoses, "which it is again");
	for (int i = 0; i < 30; i++)
		round_with(set, &r, &none);
	ok(!series_get(set, 0)->diagnoses, "and no look has said so for long");
	tally_free(tally);
	series_free(set);
}

int main(void)
{
	test_rare();
	test_oldest();
	test_why();
	test_place();
	test_members();
	test_restart();
	test_peak();
	test_fuller_than_full();
	test_bound();
	test_names();
	return done();
}
