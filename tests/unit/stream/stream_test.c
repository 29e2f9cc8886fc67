// SPDX-License-Identifier: BSD-2-Clause
#include "stream/configure.h"
#include "stream/stream.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event/tcp.h"
#include "tap.h"

/* A stream that prints JSON into memory. */
struct bench {
	struct stream *stream;
	struct view *view;
	int fd;
	char text[16384];
};

static struct bench bench_open_side(enum filter_side side, uint64_t count,
				    const struct filter *only)
{
	static const char *const argv[] = {"sockstate", NULL};
	const struct trace_options options = {
		.output = OUTPUT_JSON,
		.count = count,
		.sockets.filter = {.ipv4 = true, .ipv6 = true, .side = side}};
	struct bench b = {.fd = memfd_create("out", 0)};
	struct stream_config config;

	stream_config_init(&config, &options);
	config.meta = (struct stream_meta){.version = "0", .kernel = "6.1.0", .argv = argv};
	config.only = only;
	b.view = stream_view_new(&options, &(struct view_options){.fd = b.fd});
	b.stream = stream_new(&config, b.view);
	return b;
}

static struct bench bench_open(uint64_t count, const struct filter *only)
{
	return bench_open_side(SIDE_BOTH, count, only);
}

static const char *bench_text(struct bench *b)
{
	ssize_t got;

	view_flush(b->view);
	got = pread(b->fd, b->text, sizeof(b->text) - 1, 0);
	b->text[got > 0 ? got : 0] = '\0';
	return b->text;
}

static void bench_close(struct bench *b)
{
	stream_free(b->stream);
	view_free(b->view);
	close(b->fd);
}

static void tick(struct bench *b, uint64_t t)
{
	const struct fact_hdr h = {.t = t, .size = sizeof(h), .kind = FACT_TICK};

	stream_record(b->stream, &h, sizeof(h));
}

static struct fact_connect connect_fact(uint64_t t, uint64_t cookie, uint16_t port)
{
	return (struct fact_connect){
		.h = {.t = t, .size = sizeof(struct fact_connect), .kind = FACT_CONNECT},
		.s = {.cookie = cookie,
		      .lport = (uint16_t)(40000 + cookie),
		      .rport = port,
		      .family = AF_INET,
		      .state = TCP_STATE_SYN_SENT},
		.old = TCP_STATE_CLOSE,
		.new = TCP_STATE_SYN_SENT,
	};
}

static void connecting(struct bench *b, uint64_t t, uint64_t cookie, uint16_t port)
{
	const struct fact_connect f = connect_fact(t, cookie, port);

	stream_record(b->stream, &f, sizeof(f));
}

static void connecting_sorted(struct bench *b, uint64_t t, uint64_t cookie)
{
	const struct fact_connect f = connect_fact(t, cookie, 80);

	stream_record_sorted(b->stream, &f, sizeof(f));
}

static unsigned int lines(const char *text, const char *what)
{
	unsigned int n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text += strlen(what);
	}
	return n;
}

static void test_order(void)
{
	struct bench b = bench_open(0, NULL);
	const char *text;

	tick(&b, 100);
	ok(lines(bench_text(&b), "\n") == 1 && strstr(b.text, "\"type\":\"meta\"") &&
		   strstr(b.text, "\"t_ns\":100,"),
	   "the first tick brings the meta line, at its time");
	connecting(&b, 300, 3, 80);
	connecting(&b, 200, 2, 80);
	ok(lines(bench_text(&b), "\n") == 1 && stream_waiting(b.stream) == 2,
	   "facts are held back");
	tick(&b, 250);
	ok(strstr(bench_text(&b), "\"cookie\":2") && !strstr(b.text, "\"cookie\":3"),
	   "a tick lets go of what is older");
	stream_finish(b.stream);
	text = strstr(bench_text(&b), "\"cookie\":3");
	ok(text && strstr(text, "\"type\":\"summary\""),
	   "the end lets go of the rest, the summary is last");
	ok(strstr(b.text, "\"t_ns\":300,\"seq\":3"), "and bears the time of the last fact");
	bench_close(&b);
}

static void test_sorted(void)
{
	struct bench b = bench_open(0, NULL);

	connecting_sorted(&b, 50, 1);
	ok(stream_waiting(b.stream) == 1, "before the meta line all is held back");
	tick(&b, 100);
	connecting_sorted(&b, 200, 2);
	ok(strstr(bench_text(&b), "\"cookie\":2") && stream_waiting(b.stream) == 0,
	   "what comes in order is told at once");
	connecting(&b, 300, 3, 80);
	connecting_sorted(&b, 250, 4);
	ok(!strstr(bench_text(&b), "\"cookie\":4") && stream_waiting(b.stream) == 2,
	   "unless something waits, which may be older");
	tick(&b, 400);
	ok(strstr(bench_text(&b), "\"cookie\":3") > strstr(b.text, "\"cookie\":4"),
	   "they come in the order of their stamps");
	stream_record_sorted(b.stream, "bad", 3);
	tick(&b, 500);
	ok(lines(bench_text(&b), "\"lost_at\":\"decode\"") == 1, "what cannot be read is counted");
	stream_finish(b.stream);
	bench_close(&b);
}

static void test_rejects(void)
{
	struct bench b = bench_open(0, NULL);

	stream_record(b.stream, "bad", 3);
	stream_record(b.stream, "", 0);
	ok(lines(bench_text(&b), "\n") == 1, "what cannot be read prints nothing at once");
	tick(&b, 100);
	ok(lines(bench_text(&b), "\"type\":\"lost\"") == 1 &&
		   strstr(b.text, "\"count\":2,\"lost_at\":\"decode\""),
	   "the next tick tells that two records are lost");
	tick(&b, 200);
	ok(lines(bench_text(&b), "\"type\":\"lost\"") == 1, "once");
	stream_finish(b.stream);
	bench_close(&b);
}

static void test_count(void)
{
	struct bench b = bench_open(2, NULL);

	tick(&b, 1);
	for (uint64_t i = 1; i <= 5; i++)
		connecting(&b, i * 10, i, 80);
	ok(!stream_done(b.stream), "not done before anything is printed");
	tick(&b, 100);
	ok(stream_done(b.stream), "done after --count lines");
	stream_finish(b.stream);
	ok(lines(bench_text(&b), "\"type\":\"state\"") == 2 && lines(b.text, "\n") == 4,
	   "two lines, meta and summary");
	bench_close(&b);
}

static void test_only(void)
{
	struct filter only;
	struct bench b;
	char err[200];

	filter_init(&only);
	filter_add_ports(&only, "443", err, sizeof(err));
	b = bench_open(0, &only);
	tick(&b, 1);
	connecting(&b, 10, 1, 80);
	connecting(&b, 20, 2, 443);
	tick(&b, 30);
	ok(strstr(bench_text(&b), "\"cookie\":2") && !strstr(b.text, "\"cookie\":1,"),
	   "facts outside of the filter are passed over");
	bench_close(&b);
}

static void listening(struct bench *b, uint64_t t, uint64_t cookie, uint16_t family, bool any)
{
	struct fact_listen f = {
		.h = {.t = t, .size = sizeof(f), .kind = FACT_LISTEN},
		.s = {.sk = cookie,
		      .cookie = cookie,
		      .netns = 1,
		      .lport = 9502,
		      .family = family,
		      .state = TCP_STATE_LISTEN},
		.q = {.sk = cookie, .cookie = cookie, .backlog = 5},
		.old = TCP_STATE_CLOSE,
		.new = TCP_STATE_LISTEN,
	};

	f.s.laddr[15] = !any;
	stream_record(b->stream, &f, sizeof(f));
}

static void queued(struct bench *b, uint64_t t, uint64_t listener)
{
	const struct fact_enqueue f = {
		.h = {.t = t, .size = sizeof(f), .kind = FACT_ENQUEUE},
		.q = {.sk = listener,
		      .cookie = listener,
		      .accept_queue = 1,
		      .backlog = 5,
		      .drops = 7},
		.netns = 1,
		.lport = 9502,
	};

	stream_record(b->stream, &f, sizeof(f));
}

/* What lines and summary of a stream know of three listeners, of which only some were asked for. */
static void test_family(bool ipv6, bool other, bool specific, bool dual, const char *what)
{
	const struct filter only = {.ipv4 = !ipv6, .ipv6 = ipv6};
	struct bench b = bench_open(0, &only);

	tick(&b, 1);
	listening(&b, 10, 1, AF_INET, true);
	listening(&b, 20, 2, AF_INET6, false);
	listening(&b, 30, 3, AF_INET6, true);
	queued(&b, 40, 1);
	queued(&b, 41, 2);
	queued(&b, 42, 3);
	stream_finish(b.stream);
	bench_text(&b);
	ok(other == (lines(b.text, "\"cookie\":1,") > 1) &&
		   specific == (lines(b.text, "\"cookie\":2,") > 1) &&
		   dual == (lines(b.text, "\"cookie\":3,") > 1) &&
		   lines(b.text, "\"cookie\":") == 2u * (other + specific + dual),
	   "%s", what);
	bench_close(&b);
}

static void test_empty(void)
{
	struct bench b = bench_open(0, NULL);

	stream_finish(b.stream);
	ok(lines(bench_text(&b), "\n") == 2 && strstr(b.text, "meta") && strstr(b.text, "summary"),
	   "a stream of nothing has a meta line and a summary");
	bench_close(&b);
	stream_free(NULL);
}

/* Connections of before are told on, those that begin meanwhile are counted, later ones told. */
static void test_thin(void)
{
	struct bench b = bench_open(0, NULL);
	const char *text;

	tick(&b, 100);
	connecting(&b, 200, 1, 80);
	tick(&b, 300);
	stream_thin(b.stream, true);
	stream_thin(b.stream, true);
	connecting(&b, 400, 2, 80);
	connecting(&b, 500, 3, 80);
	connecting(&b, 2000000, 1, 80); /* the same socket again: another connection */
	tick(&b, 3000000);
	stream_thin(b.stream, false);
	connecting(&b, 4000000, 4, 80);
	tick(&b, 5000000);
	stream_finish(b.stream);
	text = bench_text(&b);
	ok(lines(text, "\"new\":\"SYN_SENT\"") == 2 && strstr(text, "\"cookie\":4,") &&
		   !strstr(text, "\"cookie\":2,") && !strstr(text, "\"cookie\":3,"),
	   "thinned: what begins is not told, what begins later is");
	ok(lines(text, "\"type\":\"close\"") == 1, "what began before is told to its end");
	ok(lines(text, "\"overload\":\"thin\",\"still_exact\":\"connections that begin") == 1 &&
		   lines(text, "\"overload\":\"over\",\"still_exact\":\"connections that") == 1,
	   "each turn is told once, with what is still exact");
	ok(lines(text, "\"unprinted\":3,") + lines(text, "\"unprinted\":3}") == 2,
	   "and how many sockets were not printed, also in the summary");
	ok(stream_loss(b.stream).total == 0, "nothing is lost by it");
	bench_close(&b);
}

/* Those of the other side would not have been printed in any case. */
static void test_thin_side(void)
{
	struct bench b = bench_open_side(SIDE_SERVER, 0, NULL);

	tick(&b, 100);
	stream_thin(b.stream, true);
	connecting(&b, 200, 1, 80);
	tick(&b, 3000000);
	stream_finish(b.stream);
	ok(strstr(bench_text(&b), "\"type\":\"summary\"") && !strstr(b.text, "\"unprinted\":1"),
	   "what was not asked for is not counted");
	bench_close(&b);
}

/* Where options choose, count or compare the lines, or nobody can be too slow, each is printed. */
static void test_may_thin(void)
{
	const struct {
		struct trace_options options;
		enum overload_word word;
	} cases[] = {
		{{.output = OUTPUT_TABLE}, OVERLOAD_THINS},
		{{.output = OUTPUT_LADDER}, OVERLOAD_THINS},
		{{.record = "file"}, OVERLOAD_THINS},
		{{.select.strict = true}, OVERLOAD_THINS},
		{{.overload = OVERLOAD_POLICY_SUMMARY}, OVERLOAD_COUNTS},
		{{.overload = OVERLOAD_POLICY_KEEP}, OVERLOAD_NONE},
		{{.output = OUTPUT_SUMMARY}, OVERLOAD_NONE},
		{{.replay = "file"}, OVERLOAD_NONE},
		{{.verify = true}, OVERLOAD_NONE},
		{{.count = 10}, OVERLOAD_NONE},
		{{.raw = true}, OVERLOAD_NONE},
		{{.select.notable = true}, OVERLOAD_NONE},
		{{.select.only = 1}, OVERLOAD_NONE},
		{{.select.min_wait_ns = 1}, OVERLOAD_NONE},
		{{.select.min_age_ns = 1}, OVERLOAD_NONE},
		{{.select.sample = 10}, OVERLOAD_NONE},
	};
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream_config config;

		stream_config_init(&config, &cases[i].options);
		wrong += config.overload != cases[i].word;
	}
	ok(!wrong, "what may be thinned, and what is not");
}

int main(void)
{
	test_order();
	test_sorted();
	test_rejects();
	test_count();
	test_only();
	test_family(true, false, true, true,
		    "-6 of a recording: listeners on IPv6, and what came to their queues");
	test_family(false, true, false, true, "-4 of a recording: those that serve IPv4");
	test_empty();
	test_thin();
	test_thin_side();
	test_may_thin();
	return done();
}
