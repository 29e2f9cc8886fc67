// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rules against events made by hand: one listener at port 80, its connections numbered from 1.
 */
#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "event/tcp.h"
#include "gate/gate.h"
#include "gate/report.h"
#include "tap.h"

#define LISTENER 7
#define PORT	 80
#define NETNS	 1

struct world {
	struct gate *gate;
	struct fact_list facts;
	uint64_t t;
};

static const uint8_t here[4] = {10, 0, 0, 1}, there[4] = {10, 0, 0, 2};

static struct event meta(struct world *w)
{
	struct event e;

	event_init(&e, EVENT_META, ++w->t);
	event_field(&e, F_FACTS)->facts = &w->facts;
	return e;
}

/* A gate with these rules ("max-wait max=1s; max-refused 0") where every fact is exact. */
static struct world watch(const char *rules, const char *ports)
{
	struct gate_config config = {0};
	struct world w = {.t = 1000 * NS_S};
	struct event e;
	char text[256], err[256], *save = NULL;

	gate_rules_init(&config.rules);
	filter_init(&config.filter);
	if (ports)
		filter_add_ports(&config.filter, ports, err, sizeof(err));
	snprintf(text, sizeof(text), "%s", rules);
	for (char *line = strtok_r(text, ";", &save); line; line = strtok_r(NULL, ";", &save))
		if (gate_rules_add_line(&config.rules, line, err, sizeof(err)))
			printf("Bail out! %s\n", err);
	for (int i = 0; i < KNOW_COUNT; i++)
		w.facts.fact[i].is = FACT_IS_EXACT;
	w.gate = gate_new(&config);
	e = meta(&w);
	gate_event(w.gate, &e);
	return w;
}

static struct event of_listener(struct world *w, enum event_type type)
{
	struct event e;

	event_init(&e, type, ++w->t);
	e.family = AF_INET;
	event_set(&e, F_COOKIE, LISTENER);
	event_set(&e, F_NETNS, NETNS);
	event_set(&e, F_LPORT, PORT);
	event_field(&e, F_LADDR)->addr = here;
	event_set(&e, F_BACKLOG, 9);
	return e;
}

static struct event of_connection(struct world *w, enum event_type type, unsigned int number)
{
	struct event e;

	event_init(&e, type, ++w->t);
	e.family = AF_INET;
	event_set(&e, F_COOKIE, 1000 + number);
	event_set(&e, F_LISTENER, LISTENER);
	event_set(&e, F_NETNS, NETNS);
	event_set(&e, F_LPORT, PORT);
	event_field(&e, F_LADDR)->addr = here;
	event_field(&e, F_RADDR)->addr = there;
	event_set(&e, F_RPORT, 40000 + number);
	return e;
}

static void establish(struct world *w, unsigned int number, uint64_t handshake)
{
	struct event e = of_connection(w, EVENT_STATE, number);

	event_set(&e, F_NEW, TCP_STATE_ESTABLISHED);
	event_set(&e, F_QUEUED, true);
	event_set(&e, F_HANDSHAKE_NS, handshake);
	gate_event(w->gate, &e);
}

static void accept_after(struct world *w, unsigned int number, uint64_t wait)
{
	struct event e = of_connection(w, EVENT_ACCEPT, number);

	event_set(&e, F_ACCEPT_WAIT_NS, wait);
	gate_event(w->gate, &e);
}

static void transition(struct world *w, unsigned int number, unsigned int to)
{
	struct event e = of_connection(w, EVENT_STATE, number);

	event_set(&e, F_NEW, to);
	gate_event(w->gate, &e);
}

static void close_line(struct world *w, unsigned int number, bool accepted)
{
	struct event e = of_connection(w, EVENT_CLOSE, number);

	event_set(&e, F_ACCEPTED, accepted);
	gate_event(w->gate, &e);
}

static void lose(struct world *w, uint64_t count)
{
	struct event e;

	event_init(&e, EVENT_LOST, ++w->t);
	event_set(&e, F_COUNT, count);
	gate_event(w->gate, &e);
}

static void end(struct world *w)
{
	struct event e;

	event_init(&e, EVENT_SUMMARY, ++w->t);
	gate_event(w->gate, &e);
}

/*
 * n connections accepted after a millisecond, then one each after the waits given in milliseconds.
 */
static void connections(struct world *w, unsigned int n, const unsigned int *waits, size_t nr)
{
	for (unsigned int i = 0; i < n + nr; i++) {
		establish(w, i + 1, 100 * NS_US);
		accept_after(w, i + 1, (i < n ? 1 : waits[i - n]) * NS_MS);
	}
}

static struct gate_finding finding(const struct world *w, size_t rule)
{
	struct gate_finding f = {0};

	if (gate_listeners(w->gate))
		gate_judge(w->gate, 0, rule, &f);
	return f;
}

static enum gate_verdict result(struct world *w)
{
	enum gate_verdict r = gate_result(w->gate);

	gate_free(w->gate);
	w->gate = NULL;
	return r;
}

static void test_waits(void)
{
	const unsigned int one[] = {60}, two[] = {60, 70};
	uint64_t cookies[3];
	struct gate_finding f;
	struct world w;

	w = watch("max-wait p99=50ms", "80");
	connections(&w, 99, one, 1);
	ok(result(&w) == GATE_HELD, "p99: one of a hundred may be slow");
	w = watch("max-wait p99=50ms", "80");
	connections(&w, 98, two, 2);
	f = finding(&w, 0);
	ok(f.worst[0].value == 70 * NS_MS && f.worst[0].port == 40100 &&
		   f.worst[0].cookie == 1100 && f.worst[1].cookie == 1099,
	   "the worst connection is named");
	ok(f.samples == 100 && f.measured >= 60 * NS_MS && f.measured <= 62 * NS_MS,
	   "the percentile is measured");
	cookies[0] = 0;
	ok(gate_worst(w.gate, cookies, 3) == 3 && cookies[0] == 1100 && cookies[1] == 1099 &&
		   gate_is_worst(w.gate, 1099) && !gate_is_worst(w.gate, 1050),
	   "so are the worst three");
	ok(result(&w) == GATE_BROKEN, "p99: two of a hundred may not");
	w = watch("max-wait max=60ms", "80");
	connections(&w, 3, one, 1);
	ok(result(&w) == GATE_HELD, "the limit itself is allowed");
	w = watch("max-wait max=59ms", "80");
	connections(&w, 3, one, 1);
	ok(result(&w) == GATE_BROKEN, "above it is not");
	w = watch("max-handshake p50=99us", "80");
	connections(&w, 3, NULL, 0);
	ok(result(&w) == GATE_BROKEN, "handshakes are measured");
}

static void test_still_queued(void)
{
	struct gate_finding f;
	struct world w;

	w = watch("max-wait max=1s", "80");
	connections(&w, 3, NULL, 0);
	establish(&w, 50, NS_US);
	w.t += 2 * NS_S;
	end(&w);
	f = finding(&w, 0);
	ok(f.worst[0].cookie == 1050 && f.worst[0].value > 2 * NS_S,
	   "one that still waits is the worst");
	ok(result(&w) == GATE_BROKEN, "and breaks the rule though nobody took it");
	w = watch("max-wait max=5s", "80");
	establish(&w, 50, NS_US);
	w.t += 2 * NS_S;
	end(&w);
	f = finding(&w, 0);
	ok(f.samples == 0 && f.verdict == GATE_UNKNOWN && f.pending == 1,
	   "below the limit nothing is known yet");
	gate_free(w.gate);
	w = watch("max-wait p50=5s", "80");
	connections(&w, 2, NULL, 0);
	establish(&w, 50, NS_US);
	end(&w);
	ok(result(&w) == GATE_HELD, "whatever becomes of one of three, p50 holds");
	w = watch("max-wait p99=5s", "80");
	connections(&w, 0, NULL, 0);
	establish(&w, 50, NS_US);
	transition(&w, 50, TCP_STATE_CLOSE);
	end(&w);
	ok(result(&w) == GATE_UNKNOWN, "no wait was measured: nothing is held");
}

static void test_counts(void)
{
	struct gate_finding f;
	struct event e;
	struct world w;

	w = watch("max-refused 1; max-refused 2; max-queue 3; max-queue 30%; max-accept-errors 0",
		  "80");
	connections(&w, 1, NULL, 0);
	e = of_listener(&w, EVENT_DROP);
	event_set(&e, F_COUNT, 2);
	gate_event(w.gate, &e);
	f = finding(&w, 0);
	ok(f.verdict == GATE_BROKEN && f.measured == 2, "refusals that nobody is named for count");
	ok(finding(&w, 1).verdict == GATE_HELD, "as many as allowed");
	e = of_connection(&w, EVENT_DROP, 9);
	event_set(&e, F_COUNT, 1);
	event_set_enum(&e, F_DROP_REASON, DROP_REQUEST_EXPIRED);
	gate_event(w.gate, &e);
	ok(finding(&w, 0).measured == 2, "a request that was given up is no refusal");
	event_set_enum(&e, F_DROP_REASON, DROP_ACCEPT_QUEUE_FULL);
	event_set_enum(&e, F_SEGMENT, SEGMENT_ACK);
	gate_event(w.gate, &e);
	f = finding(&w, 1);
	ok(f.verdict == GATE_BROKEN && f.measured == 3, "a refused ACK is one");
	e = of_listener(&w, EVENT_LISTENER);
	event_set(&e, F_ACCEPT_QUEUE_PEAK, 4);
	gate_event(w.gate, &e);
	f = finding(&w, 2);
	ok(f.verdict == GATE_BROKEN && f.measured == 4, "the longest queue");
	f = finding(&w, 3);
	ok(f.verdict == GATE_BROKEN && f.limit == 3, "30%% of a queue that holds ten");
	e = of_listener(&w, EVENT_ACCEPT_ERROR);
	event_set(&e, F_COUNT, 5);
	gate_event(w.gate, &e);
	f = finding(&w, 4);
	ok(f.verdict == GATE_BROKEN && f.measured == 5, "accept() errors");
	gate_free(w.gate);
}

static void test_deaths(void)
{
	struct world w =
		watch("max-dead-in-queue 0; max-never-accepted 0; max-synack-retrans 0", "80");
	struct event e;

	connections(&w, 1, NULL, 0);
	transition(&w, 1, TCP_STATE_CLOSE);
	close_line(&w, 1, true);
	ok(finding(&w, 0).verdict == GATE_HELD && finding(&w, 1).verdict == GATE_HELD,
	   "a close after accept() breaks nothing");
	establish(&w, 2, NS_US);
	transition(&w, 2, TCP_STATE_CLOSE);
	ok(finding(&w, 0).verdict == GATE_BROKEN, "reset while queued");
	close_line(&w, 2, false);
	ok(finding(&w, 1).verdict == GATE_BROKEN, "never accepted");
	e = of_connection(&w, EVENT_RETRANSMIT, 3);
	event_set(&e, F_ATTEMPT, 1);
	gate_event(w.gate, &e);
	ok(finding(&w, 2).verdict == GATE_BROKEN, "a SYN-ACK sent again");
	gate_free(w.gate);
}

static void test_verdicts(void)
{
	struct world w = watch("no-verdict app_stuck; no-verdict syn_flood", "80");
	struct event e;

	connections(&w, 1, NULL, 0);
	e = of_listener(&w, EVENT_LISTENER);
	event_set_enum(&e, F_VERDICT, VERDICT_APP_STUCK);
	gate_event(w.gate, &e);
	e = of_listener(&w, EVENT_LISTENER);
	event_set_enum(&e, F_VERDICT, VERDICT_OK);
	gate_event(w.gate, &e);
	ok(finding(&w, 0).verdict == GATE_BROKEN, "a verdict that passed is remembered");
	ok(finding(&w, 1).verdict == GATE_HELD, "another one was not seen");
	gate_free(w.gate);
}

static void test_evidence(void)
{
	const unsigned int slow[] = {60, 60};
	struct gate_finding f;
	struct world w;

	w = watch("max-wait p99=50ms", "80");
	connections(&w, 1000, NULL, 0);
	lose(&w, 5);
	ok(result(&w) == GATE_HELD, "five lost of a thousand cannot break p99");
	w = watch("max-wait p99=50ms", "80");
	connections(&w, 100, NULL, 0);
	lose(&w, 5);
	f = finding(&w, 0);
	ok(f.verdict == GATE_UNKNOWN && f.lost == 5, "five lost of a hundred can");
	ok(result(&w) == GATE_UNKNOWN, "then nothing is said");
	w = watch("max-wait max=50ms", "80");
	connections(&w, 100, slow, 2);
	lose(&w, 5);
	ok(result(&w) == GATE_BROKEN, "what is broken is broken with a loss, too");
	w = watch("max-refused 3", "80");
	connections(&w, 1, NULL, 0);
	lose(&w, 3);
	ok(gate_result(w.gate) == GATE_HELD, "three lost facts cannot be four refusals");
	lose(&w, 1);
	ok(result(&w) == GATE_UNKNOWN, "four can");

	w = watch("max-wait max=1s; max-refused 0", "80");
	w.facts.fact[KNOW_ACCEPT] = (struct fact_knowledge){.why = "EPERM"};
	connections(&w, 0, NULL, 0);
	establish(&w, 1, NS_US);
	f = (struct gate_finding){0};
	{
		struct event e = meta(&w);

		gate_event(w.gate, &e);
	}
	f = finding(&w, 0);
	ok(f.verdict == GATE_UNKNOWN && f.missing == KNOW_ACCEPT, "accept() cannot be seen");
	ok(finding(&w, 1).verdict == GATE_HELD, "refusals can");
	ok(result(&w) == GATE_UNKNOWN, "a rule without its fact is not held");
}

static void test_too_little(void)
{
	struct event e;
	struct world w;

	w = watch("max-wait max=1s", "80");
	ok(gate_result(w.gate) == GATE_TOO_LITTLE && gate_idle_port(w.gate) == 80,
	   "no listener, no connection");
	connections(&w, 1, NULL, 0);
	ok(result(&w) == GATE_HELD, "one is enough");
	w = watch("max-wait max=1s; min-connections 2", "80");
	connections(&w, 1, NULL, 0);
	ok(gate_result(w.gate) == GATE_TOO_LITTLE, "two are asked for");
	e = of_connection(&w, EVENT_DROP, 9);
	event_set(&e, F_COUNT, 1);
	event_set_enum(&e, F_SEGMENT, SEGMENT_SYN);
	gate_event(w.gate, &e);
	connections(&w, 2, NULL, 0);
	ok(result(&w) == GATE_HELD, "two are enough");
	w = watch("max-wait max=1s", "80,81");
	connections(&w, 1, NULL, 0);
	ok(gate_idle_port(w.gate) == 81 && result(&w) == GATE_TOO_LITTLE,
	   "each port that is asked for has to be seen");
	w = watch("max-wait max=1s", "81");
	connections(&w, 1, NULL, 0);
	ok(gate_listeners(w.gate) == 0 && result(&w) == GATE_TOO_LITTLE,
	   "a listener at another port does not count");
	w = watch("max-wait max=1s", NULL);
	connections(&w, 1, NULL, 0);
	ok(result(&w) == GATE_HELD, "no port: all listeners");
}

/* Many that wait, taken in an order that moves entries of the table. */
static void test_many_queued(void)
{
	struct world w = watch("max-wait max=1s; max-dead-in-queue 0", "80");

	for (unsigned int i = 0; i < 5000; i++)
		establish(&w, i, NS_US);
	for (unsigned int i = 0; i < 5000; i++)
		if (i % 7)
			accept_after(&w, i * 13 % 5000, NS_MS);
	for (unsigned int i = 0; i < 5000; i++)
		if (i % 7)
			transition(&w, i * 13 % 5000, TCP_STATE_CLOSE);
	ok(finding(&w, 1).measured == 0, "those that were taken do not wait any more");
	for (unsigned int i = 0; i < 5000; i += 7)
		transition(&w, i * 13 % 5000, TCP_STATE_CLOSE);
	ok(finding(&w, 1).measured == 715, "all others still do");
	gate_free(w.gate);
}

/* What the progress line says behind the time; frees the gate. */
static const char *progress(struct world *w, char out[256])
{
	const struct gate_report report = {.gate = w->gate, .utf8 = true};
	struct out o;

	out_init(&o, -1);
	gate_report_progress(&o, &report);
	snprintf(out, 256, "%.*s", (int)o.len, o.buf);
	out_free(&o);
	gate_free(w->gate);
	return strstr(out, "connections") ? strstr(out, "connections") : out;
}

static void test_progress(void)
{
	const unsigned int slow[] = {45, 60};
	char out[256];
	struct world w;

	w = watch("max-wait max=100ms; max-queue 10; max-refused 0", "80");
	connections(&w, 3, slow, 2);
	is_str(progress(&w, out), "connections", "nothing is near its limit");
	w = watch("max-refused 0; max-wait max=74ms", "80");
	connections(&w, 3, slow, 2);
	is_str(progress(&w, out), "connections · at risk: max-wait max=74ms: 60.0 ms",
	       "four fifths of a limit are a risk");
	w = watch("max-wait max=74ms; max-wait max=50ms", "80");
	connections(&w, 3, slow, 2);
	is_str(progress(&w, out),
	       "connections · max-wait max=50ms: 60.0 ms · at risk: max-wait max=74ms: 60.0 ms",
	       "a broken rule comes first");
}

int main(void)
{
	test_waits();
	test_still_queued();
	test_counts();
	test_deaths();
	test_verdicts();
	test_evidence();
	test_too_little();
	test_many_queued();
	test_progress();
	return done();
}
