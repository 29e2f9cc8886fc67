// SPDX-License-Identifier: BSD-2-Clause
#include "event/vocabulary.h"
#include "listener/durations.h"
#include "listener/tally.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"
#include "view/view.h"

#define S  UINT64_C(1000000000)
#define MS UINT64_C(1000000)

/* What was seen. */
static struct {
	struct event listener[8], summary;
	uint64_t states[TCP_STATE_COUNT], drops[DROP_REASON_COUNT];
	struct listener_summary of[8];
	size_t listeners, of_count, lost;
	uint64_t lost_count, lost_total;
	char verdict[8][24];
} seen;

static void keep(void *ctx, const struct event *e)
{
	struct view *v = ctx;

	if (v)
		view_event(v, e);
	if (e->type == EVENT_LISTENER && seen.listeners < 8) {
		snprintf(seen.verdict[seen.listeners], 24, "%s", event_word(e, F_VERDICT));
		seen.listener[seen.listeners++] = *e;
	} else if (e->type == EVENT_LOST) {
		seen.lost++;
		seen.lost_count = event_get(e, F_COUNT);
		seen.lost_total = event_get(e, F_TOTAL);
	} else if (e->type == EVENT_SUMMARY) {
		const struct listener_summaries *all = e->v[F_LISTENERS].listeners;

		seen.summary = *e;
		seen.of_count = all->count;
		for (size_t i = 0; i < all->count && i < 8; i++)
			seen.of[i] = all->list[i];
		memcpy(seen.states, e->v[F_TRANSITIONS].states, sizeof(seen.states));
		memcpy(seen.drops, e->v[F_DROPS].drops, sizeof(seen.drops));
	}
}

static void clear(void)
{
	memset(&seen, 0, sizeof(seen));
}

static struct summary_reading listening(uint64_t cookie, uint16_t port, uint32_t queue,
					uint32_t backlog, uint32_t drops)
{
	return (struct summary_reading){
		.cookie = cookie,
		.listener =
			{.sk = 1,
			 .netns = 7,
			 .port = port,
			 .family = AF_INET,
			 .addr = {127, 0, 0, 1},
			 .drops_before = 5,
			 .drops = drops,
			 .task = {.pid = 42, .tid = 42, .comm = "web"},
			 .q = {.sk = 1, .accept_queue = queue, .backlog = backlog, .drops = drops}},
	};
}

static void check_rounds(void)
{
	struct verdict_limits limits;
	struct summary_stats busy = {.completed = 100, .accepted = 90, .peak = 3},
			     quiet = {.completed = 2}, nobody = {0};
	struct summary_reading a = listening(1, 80, 3, 128, 5), b = listening(2, 81, 2, 1, 5);
	struct tally *t;

	verdict_limits_init(&limits);
	t = tally_new(&limits, 10 * S);
	busy.entered[TCP_STATE_ESTABLISHED] = 100;
	nobody.entered[TCP_STATE_ESTABLISHED] = 11;
	for (int i = 0; i < 90; i++)
		durations_add(&busy.accept_wait, 1 * MS);

	tally_begin(t, 12 * S);
	tally_listener(t, &b, &quiet);
	tally_listener(t, &a, &busy);
	tally_nobody(t, &nobody);
	tally_emit_listeners(t, keep, NULL);
	ok(seen.listeners == 2 && event_get(&seen.listener[0], F_COOKIE) == 1,
	   "the busiest comes first");
	ok(event_get(&seen.listener[0], F_COMPLETED) == 100 &&
		   event_get(&seen.listener[0], F_COMPLETED_RATE) == 50 &&
		   event_get(&seen.listener[0], F_ACCEPTED_RATE) == 45,
	   "counts, and rates of the round");
	ok(event_get(&seen.listener[1], F_ACCEPT_QUEUE_PEAK) == 2,
	   "a queue seen now is a peak too");
	ok(!event_has(&seen.listener[0], F_SOMAXCONN), "what is not known is absent");
	is_str(seen.verdict[0], "ok", "verdict of one that keeps up");

	clear();
	busy.completed = 110;
	b.listener.q.drops = 9;
	tally_begin(t, 13 * S);
	tally_listener(t, &a, &busy);
	tally_listener(t, &b, &quiet);
	tally_emit_listeners(t, keep, NULL);
	ok(event_get(&seen.listener[0], F_COMPLETED_RATE) == 10,
	   "the next round counts from the last");
	ok(event_get(&seen.listener[1], F_DROPS_TOTAL) == 9, "drops_total is the kernel's");
	is_str(seen.verdict[1], "app_slow", "refused, and connections wait: app_slow");

	clear();
	tally_begin(t, 19 * S);
	tally_listener(t, &a, &busy);
	b.listener.q.sk = b.listener.sk = 0;
	b.listener.drops = 10;
	tally_listener(t, &b, &quiet);
	tally_emit_listeners(t, keep, NULL);
	ok(seen.listeners == 1, "one that listens no more has no line");
	tally_emit_summary(t, keep, NULL);
	ok(event_get(&seen.summary, F_CONNECTIONS) == 112 &&
		   event_get(&seen.summary, F_ACCEPTED_COUNT) == 90 &&
		   event_get(&seen.summary, F_STILL_QUEUED) == 3,
	   "the summary: connections, accepted, still queued");
	ok(seen.of_count == 2 && seen.of[1].cookie == 2 && seen.of[1].drops == 5 &&
		   seen.of[1].completed == 2,
	   "the one that has gone stands in it, with the drops of its last moment");
	ok(seen.drops[DROP_ACCEPT_QUEUE_FULL] == 5 && seen.drops[DROP_UNKNOWN] == 0,
	   "refused with a full queue: named so");
	ok(seen.states[TCP_STATE_ESTABLISHED] == 111, "transitions of all, clients included");
	ok(seen.of[0].accept_wait.count == 90 && seen.of[1].accept_wait.count == 0,
	   "percentiles where something was measured");

	clear();
	tally_begin(t, 20 * S);
	tally_listener(t, &a, &busy);
	tally_emit_listeners(t, keep, NULL);
	tally_emit_summary(t, keep, NULL);
	ok(seen.listeners == 1 && seen.of_count == 2,
	   "and it stays when the kernel tells of it no more");

	clear();
	tally_emit_lost(t, FACT_LOST_MAP, 0, keep, NULL);
	ok(seen.lost == 0, "nothing lost: no line");
	tally_emit_lost(t, FACT_LOST_MAP, 3, keep, NULL);
	tally_emit_lost(t, FACT_LOST_RECURSION, 2, keep, NULL);
	tally_emit_lost(t, FACT_LOST_MAP, 4, keep, NULL);
	ok(seen.lost == 3 && seen.lost_count == 1 && seen.lost_total == 6,
	   "lost: what is new, and the total");
	tally_free(t);
}

/*
 * The kernel's counter has more than refusals: what was discarded is read a moment later than it.
 */
static void check_refusals(void)
{
	static const struct {
		uint32_t counter;
		uint64_t discarded, refused;
		const char *name;
	} rounds[] = {
		{5, 0, 0, "what was counted before we came is not ours"},
		{7, 1, 1, "a final ACK counts twice, and is refused once"},
		{8, 12, 1, "discarded segments that are not in the counter yet take nothing away"},
		{20, 12, 3, "and are made up for"},
	};
	struct summary_reading r = listening(1, 80, 2, 1, 5);
	struct summary_stats one = {.completed = 2}, sum;
	struct verdict_limits limits;
	struct tally *t;

	verdict_limits_init(&limits);
	t = tally_new(&limits, 0);
	for (size_t i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
		clear();
		r.listener.q.drops = rounds[i].counter;
		one.discarded = rounds[i].discarded;
		sum = (struct summary_stats){0};
		tally_sum(&sum, &one);
		tally_begin(t, (i + 1) * S);
		tally_listener(t, &r, &sum);
		tally_emit_listeners(t, keep, NULL);
		ok(event_get(&seen.listener[0], F_REFUSED) == rounds[i].refused &&
			   event_has(&seen.listener[0], F_REFUSED),
		   "%s", rounds[i].name);
	}
	clear();
	r.listener.q.accept_queue = 0;
	tally_begin(t, 6 * S);
	tally_listener(t, &r, &sum); /* the queue is empty now, and was full before */
	r.listener.q.drops += 9;
	tally_begin(t, 7 * S);
	tally_listener(t, &r, &sum);
	tally_emit_listeners(t, keep, NULL);
	ok(event_get(&seen.listener[0], F_REFUSED) == 3,
	   "with room in the queues nobody is refused: the counter moves for a RST, too");
	is_str(seen.verdict[0], "ok", "and nothing is advised");
	clear();
	r.listener.q.drops += 2;
	sum.filled++;
	tally_begin(t, 8 * S);
	tally_listener(t, &r, &sum);
	tally_emit_listeners(t, keep, NULL);
	ok(event_get(&seen.listener[0], F_REFUSED) == 5,
	   "unless it was full in between: what came before is not made up for");
	tally_emit_summary(t, keep, NULL);
	ok(seen.drops[DROP_ACCEPT_QUEUE_FULL] == 5 && seen.of[0].drops == 5 &&
		   !seen.drops[DROP_UNKNOWN],
	   "the summary has the refusals alone");
	tally_free(t);
}

/* More come and go than are kept: the totals stay. */
static void check_bound(void)
{
	struct verdict_limits limits;
	struct summary_stats one = {.completed = 1};
	struct tally *t;

	verdict_limits_init(&limits);
	t = tally_new(&limits, 0);
	clear();
	for (uint64_t i = 1; i <= 5000; i++) {
		struct summary_reading r = listening(i, 80, 0, 1, 5);

		r.listener.q.sk = r.listener.sk = 0;
		tally_begin(t, i * S);
		tally_listener(t, &r, &one);
	}
	tally_emit_summary(t, keep, NULL);
	ok(event_get(&seen.summary, F_CONNECTIONS) == 5000,
	   "5000 listeners came and went: the total is theirs");
	ok(seen.of_count <= 1100, "the memory is that of about a thousand");
	tally_free(t);
}

static const char *file_text(int fd)
{
	static char text[8192];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		return "";
	return text;
}

static bool fits_in(const char *text, unsigned int columns)
{
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (strncmp(text, "      ", 6) == 0 && n > columns)
			return false;
	}
	return true;
}

/*
 * Many listeners with advice, on the smallest terminal: what scrolls away could not be drawn over.
 */
static void check_screen(void)
{
	char path[] = "/tmp/tally_test.XXXXXX";
	int fd = mkstemp(path);
	struct view_options options = {.fd = fd, .header = true, .terminal = true, .columns = 80};
	struct view *v = view_summary_new(&options);
	struct verdict_limits limits;
	struct tally *t;
	struct summary_stats nobody = {0};
	unsigned int up = 0;
	const char *text;

	unlink(path);
	for (unsigned int state = TCP_STATE_ESTABLISHED; state <= TCP_STATE_CLOSING; state++)
		nobody.entered[state] = 1000000;
	verdict_limits_init(&limits);
	t = tally_new(&limits, 0);
	for (uint64_t round = 1; round <= 3; round++) {
		tally_begin(t, round * S);
		for (uint64_t i = 1; i <= 30; i++) {
			struct summary_reading r =
				listening(i, (uint16_t)(80 + i), 3, 2, (uint32_t)(5 + round));

			tally_listener(t, &r, NULL);
		}
		tally_nobody(t, &nobody);
		tally_emit_listeners(t, keep, v);
		tally_emit_summary(t, keep, v);
		view_flush(v);
		text = file_text(fd);
	}
	sscanf(text, "\033[%uA", &up);
	ok(strstr(text, " more") && up > 12 && up <= 24,
	   "30 listeners with advice take %u rows, at most the 24 of a terminal", up);
	view_free(v);
	tally_free(t);
	close(fd);
}

static void check_view(void)
{
	char path[] = "/tmp/tally_test.XXXXXX";
	int fd = mkstemp(path);
	struct view_options options = {.fd = fd, .header = true, .terminal = true, .columns = 80};
	struct view *v = view_summary_new(&options);
	struct verdict_limits limits;
	struct summary_stats stats = {.completed = 7, .accepted = 7};
	struct summary_reading a = listening(1, 9502, 0, 128, 5);
	struct tally *t;
	const char *text;
	bool fits = true;

	unlink(path);
	verdict_limits_init(&limits);
	t = tally_new(&limits, 0);
	for (int i = 0; i < 7; i++)
		durations_add(&stats.accept_wait, 41000);
	clear();
	tally_begin(t, S);
	tally_listener(t, &a, &stats);
	tally_emit_listeners(t, keep, v);
	ok(view_pending(v) == 0, "the table waits for the end of the round");
	tally_emit_summary(t, keep, v);
	view_flush(v);
	text = file_text(fd);
	ok(strstr(text, " 9502 0/128 ") != NULL, "80 columns: port and queue");
	ok(strstr(text, "40 us") != NULL || strstr(text, "41 us") != NULL,
	   "  percentiles, in ASCII");
	ok(strstr(text, "7 connections, 7 accepted") != NULL, "  totals");
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n\033");

		fits = fits && n <= 80;
		p += n;
		p += *p == '\033' ? 3 : *p == '\n';
	}
	ok(fits, "  no row is longer");
	tally_begin(t, 2 * S);
	tally_listener(t, &a, &stats);
	tally_emit_listeners(t, keep, v);
	tally_emit_summary(t, keep, v);
	view_flush(v);
	ok(!strncmp(file_text(fd), "\033[4A\r", 5), "the next one is drawn over it");
	view_free(v);

	options.terminal = false;
	v = view_summary_new(&options);
	tally_begin(t, 3 * S);
	tally_listener(t, &a, &stats);
	tally_emit_listeners(t, keep, v);
	tally_emit_summary(t, keep, v);
	view_flush(v);
	text = file_text(fd);
	ok(strstr(text, " 9502 0/128 ") != NULL && !strchr(text, '\033'),
	   "a width without a terminal: nothing is drawn over");
	view_free(v);
	for (options.columns = 44; options.columns <= 120; options.columns += 38) {
		v = view_summary_new(&options);
		a.listener.q.accept_queue = 3;
		a.listener.q.backlog = 2;
		a.listener.q.drops++;
		stats.completed++;
		stats.accepted++;
		tally_begin(t, 4 * S);
		tally_listener(t, &a, &stats);
		tally_emit_listeners(t, keep, v);
		tally_emit_summary(t, keep, v);
		view_flush(v);
		text = file_text(fd);
		ok(strstr(text, "\n      backlog too small: ") && strstr(text, "above 2\n") &&
			   fits_in(text, (unsigned int)options.columns),
		   "%d columns: the advice is there to its end, on as many rows as it takes",
		   options.columns);
		view_free(v);
	}
	a = listening(1, 9502, 0, 128, 5);
	options.columns = 0;
	v = view_summary_new(&options);
	tally_begin(t, 3 * S);
	tally_listener(t, &a, &stats);
	tally_emit_listeners(t, keep, v);
	tally_begin(t, 4 * S);
	tally_listener(t, &a, &stats);
	tally_emit_listeners(t, keep, v);
	view_flush(v);
	text = file_text(fd);
	ok(!strchr(text, '\033') && strstr(text, "9502 127.0.0.1"),
	   "no terminal: plain, with addresses; a round ends where the next begins");
	view_finish(v);
	view_flush(v);
	ok(file_text(fd)[0] == '\n',
	   "an empty line between two tables; the last round is not forgotten");
	view_free(v);
	tally_free(t);
	close(fd);
}

int main(void)
{
	check_rounds();
	check_refusals();
	check_bound();
	check_screen();
	check_view();
	return done();
}
