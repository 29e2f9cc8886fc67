// SPDX-License-Identifier: BSD-2-Clause
/*
 * The tracker's stories: tests/unit/tracker/stories/NAME.story, one situation each
 * (story.h tells how to read them).
 *
 *	tracker_test			all of them
 *	tracker_test --print FILE	a story as the tracker makes it now: to write a
 *					new one with, and then to read it critically
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "fact/decode.h"
#include "fact/fact_text.h"
#include "tap.h"
#include "tracker/story.h"
#include "tracker/tracker.h"

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (!file || !text || fread(text, 1, (1 << 20) - 1, file) == 0) {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* The first line that differs, with its number. */
static void show_difference(const char *got, const char *want)
{
	for (int number = 1;; number++) {
		size_t g = strcspn(got, "\n"), w = strcspn(want, "\n");

		if (g != w || strncmp(got, want, g) != 0) {
			printf("# line %d\n# got:  %.*s\n# want: %.*s\n", number, (int)g, got,
			       (int)w, want);
			return;
		}
		if (!got[g] || !want[w])
			return;
		got += g + 1;
		want += w + 1;
	}
}

static void check_story(const char *directory, const char *name)
{
	char path[1024], *want, *got;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	want = read_file(path);
	if (!ok(want, "%s can be read", path))
		return;
	got = retell(want);
	if (!ok(!strcmp(got, want), "%s", name))
		show_difference(got, want);
	free(got);
	free(want);
}

/* ---- a crowd ---- */

#define CROWD 10000u

struct crowd {
	uint64_t lines[EVENT_TYPE_COUNT];
	uint64_t wrong;
	uint64_t connections, accepted, still_queued;
};

/* Each connection has numbers of its own: whatever is mixed up shows. */
static void check_crowd(void *ctx, const struct event *e)
{
	struct crowd *c = ctx;
	uint64_t cookie = event_get(e, F_COOKIE), i = cookie - 100;

	c->lines[e->type]++;
	c->connections = event_get(e, F_CONNECTIONS);
	c->accepted = event_get(e, F_ACCEPTED_COUNT);
	c->still_queued = event_get(e, F_STILL_QUEUED);
	if (e->type == EVENT_SUMMARY || event_get(e, F_NEW) == TCP_STATE_SYN_RECV)
		return; /* no cookie yet */
	c->wrong += e->type == EVENT_VERIFY || e->type == EVENT_LOST || e->late;
	if (event_enum(e, F_ROLE) == ROLE_LISTENER)
		return;
	c->wrong += event_get(e, F_NETNS) != 1 + i % 2 || event_get(e, F_RPORT) != 1024 + i / 2 ||
		    event_get(e, F_LISTENER) != 1 + i % 2;
	if (event_has(e, F_CLIENT_ISN))
		c->wrong += event_get(e, F_CLIENT_ISN) != i || event_get(e, F_SERVER_ISN) != 2 * i;
	if (event_get(e, F_NEW) == TCP_STATE_ESTABLISHED || e->type == EVENT_CLOSE)
		c->wrong += event_get(e, F_HANDSHAKE_NS) != CROWD * 10;
	if (e->type == EVENT_CLOSE)
		c->wrong += event_get(e, F_ACCEPT_WAIT_NS) != CROWD * 10 ||
			    event_get(e, F_BYTES_IN) != i ||
			    event_enum(e, F_END) != CLOSE_FIN_PASSIVE ||
			    event_get(e, F_LIFE_NS) != CROWD * 50;
}

__attribute__((format(printf, 2, 3))) static void feed(struct tracker *t, const char *format, ...)
{
	char line[256];
	union any_fact f;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (fact_read(line, &f))
		abort();
	tracker_fact(t, &f.h);
}

/* Every phase of all of them before the next: each pair has the same ends, in two namespaces. */
static void check_crowd_story(bool full)
{
	static const char *const phases[] = {
		"%s syn 10.0.0.1:9502<10.0.0.2:%u ns=%u isn=%u/%u q=%u:0/9/1",
		"%s est #%u sk=%u 10.0.0.1:9502<10.0.0.2:%u ns=%u isn=%u/%u copy=0/9",
		"%s accept #%u 10.0.0.1:9502<10.0.0.2:%u ns=%u by=%u/srv called=%s fd=5",
		"%s state #%u 10.0.0.1:9502<10.0.0.2:%u ns=%u ESTABLISHED>CLOSE_WAIT +peer_fin",
		"%s state #%u 10.0.0.1:9502<10.0.0.2:%u ns=%u CLOSE_WAIT>LAST_ACK",
		"%s closed #%u 10.0.0.1:9502<10.0.0.2:%u ns=%u LAST_ACK>CLOSE in=%u",
	};
	struct tracker_config config;
	struct crowd crowd = {0};
	struct tracker *t;

	tracker_config_init(&config);
	know_tier(&config.facts, full);
	t = tracker_new(&config, check_crowd, &crowd);
	feed(t, "1 listen #1 0.0.0.0:9502 q=1:0/9/0 ns=1");
	feed(t, "1 listen #2 0.0.0.0:9502 q=2:0/9/0 ns=2");
	for (unsigned int phase = 0; phase < 6; phase++)
		for (unsigned int i = 0; i < CROWD; i++) {
			unsigned int ns = 1 + i % 2, port = 1024 + i / 2, cookie = 100 + i;
			uint64_t at = 2000000000 + (phase * (uint64_t)CROWD + i) * 10;
			char when[32];

			snprintf(when, sizeof(when), "%" PRIu64 ".%09" PRIu64, at / 1000000000,
				 at % 1000000000);
			if (phase == 0) {
				feed(t, phases[0], when, port, ns, i, 2 * i, ns);
			} else if (phase == 1) {
				if (full)
					feed(t, "%s enqueue sk=%u q=%u:1/9/0", when, cookie * 64,
					     ns);
				feed(t, phases[1], when, cookie, cookie * 64, port, ns, i, 2 * i);
				if (!full)
					feed(t, "%s enqueue #%u sk=%u q=%u:1/9/0", when, cookie,
					     cookie * 64, ns);
			} else if (phase == 2) {
				feed(t, phases[2], when, cookie, port, ns, 50 + ns, when);
			} else {
				feed(t, phases[phase], when, cookie, port, ns, i);
			}
		}
	tracker_finish(t, 3000000000);
	ok(crowd.wrong == 0, "%u interleaved connections in two namespaces: none is mixed up (%s)",
	   CROWD, full ? "all hooks" : "tracepoints");
	ok(crowd.lines[EVENT_CLOSE] == CROWD && crowd.lines[EVENT_ACCEPT] == CROWD &&
		   crowd.lines[EVENT_STATE] == 5 * CROWD + 2 && crowd.connections == CROWD &&
		   crowd.accepted == CROWD && !crowd.still_queued,
	   "each of them has all its lines, and is counted once");
	tracker_free(t);
}

/* ---- noise: facts that are good one by one, and make no sense together ---- */

static uint64_t random_state;

static unsigned int below(unsigned int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(random_state >> 33) % n;
}

struct noise {
	uint64_t lines, wrong;
};

/* Nothing underflows: no duration of years, no count beyond the facts. */
static void check_noise(void *ctx, const struct event *e)
{
	static const enum field counts[] = {F_CONNECTIONS,  F_ACCEPTED_COUNT, F_NEVER_ACCEPTED,
					    F_STILL_QUEUED, F_LOST,	      F_COUNT,
					    F_COMPLETED,    F_COMPLETED_RATE, F_ACCEPTED_RATE};
	static const enum field durations[] = {F_IN_OLD_NS,	 F_HANDSHAKE_NS, F_CONNECT_NS,
					       F_ACCEPT_WAIT_NS, F_LIFE_NS,	 F_CALL_NS};
	struct noise *n = ctx;

	n->lines++;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		n->wrong += event_get(e, counts[i]) > 1000000;
	for (size_t i = 0; i < sizeof(durations) / sizeof(*durations); i++)
		n->wrong += event_get(e, durations[i]) > UINT64_C(1) << 50;
}

/* Few sockets, few listeners, so that everything meets everything. */
static void random_words(struct words *w, uint64_t t)
{
	static const uint64_t errs[] = {0, 0, ETIMEDOUT, ECONNRESET, ECONNREFUSED, EMFILE, EAGAIN};
	static const uint8_t moves[][2] = {{1, 4}, {1, 8}, {4, 5}, {8, 9}, {4, 11},
					   {2, 3}, {1, 7}, {9, 7}, {5, 7}};
	const uint8_t *move = moves[below(9)];

	*w = (struct words){
		.s = {.cookie = below(12),
		      .sk = below(16) * 2048,
		      .netns = 1 + below(2),
		      .family = AF_INET,
		      .lport = (uint16_t)(below(8) ? 80 + below(3) : 0),
		      .rport = (uint16_t)(below(8) ? 4000 + below(6) : 0),
		      .state = (uint16_t)below(TCP_STATE_COUNT),
		      .laddr = {10},
		      .raddr = {10}},
		.q = {.sk = below(4) * 4096,
		      .cookie = below(4),
		      .accept_queue = below(4),
		      .backlog = below(3),
		      .syn_queue = below(4),
		      .drops = below(300),
		      .cookie_stamp = below(2)},
		.task = {.pid = below(3), .tid = 1, .comm = "noise"},
		.old = below(3) ? move[0] : below(TCP_STATE_COUNT),
		.new = move[1],
		.flags = below(1 << 15),
		.client_isn = below(3),
		.server_isn = below(3),
		.copy_queue = below(3),
		.count = 1,
		.called = below(2) ? t - below(1000) : 0,
		.of = below(4),
		.err = errs[below(7)],
		.inode = below(2),
		.srtt = below(100000),
		.retrans = below(2),
		.drop_reason = below(FACT_DROP_REASONS),
		.reset_reason = below(FACT_RESET_REASONS),
		.where = below(FACT_LOST_PLACES),
		.attempt = below(300),
	};
}

static void check_noise_story(void)
{
	struct noise noise = {0};

	for (unsigned int round = 0; round < 40; round++) {
		struct tracker_config config;
		uint64_t t = UINT64_C(1000000000);
		struct tracker *tracker;

		random_state = round;
		tracker_config_init(&config);
		know_tier(&config.facts, round % 2);
		config.facts.fact[below(KNOW_COUNT)].is = (enum fact_is)below(3);
		config.max_connections = 1 + below(20);
		config.max_requests = 1 + below(8);
		config.interval_ns = UINT64_C(2000000000);
		tracker = tracker_new(&config, check_noise, &noise);
		for (int i = 0; i < 3000; i++) {
			enum fact_kind kind = (enum fact_kind)(1 + below(FACT_KINDS - 1));
			struct words w;
			union any_fact f;

			if (kind == FACT_EXISTING_END && below(20))
				continue;
			t += below(4) ? below(3000) : below(2000000000);
			random_words(&w, t);
			memset(&f, 0, sizeof(f));
			fact_fill(&f, kind, &w);
			f.h = (struct fact_hdr){.t = below(30) ? t : t - below(5000000),
						.kind = (uint8_t)kind,
						.size = (uint16_t)fact_size(kind),
						.cpu = (uint8_t)below(4),
						.flags = w.flags};
			if (fact_decode(&f, f.h.size))
				tracker_fact(tracker, &f.h);
		}
		tracker_finish(tracker, t);
		tracker_free(tracker);
	}
	ok(noise.lines > 10000 && !noise.wrong,
	   "noise: nothing underflows, and nothing is touched that is not there");
}

/* ---- a look from outside ---- */

struct seen {
	int listeners, requests, established;
	uint32_t low, high;
};

static void see(void *ctx, const struct tracker_socket *s)
{
	struct seen *seen = ctx;

	seen->listeners += s->listener && s->backlog == 9 && s->accept_queue == 1;
	if (s->listener) {
		seen->low = s->queue_low;
		seen->high = s->queue_high;
	}
	seen->requests += s->state == TCP_STATE_SYN_RECV && s->since == 3000000000;
	seen->established +=
		s->state == TCP_STATE_ESTABLISHED && s->cookie == 7 && s->rport == 4000;
}

static void ignore(void *ctx, const struct event *e)
{
	(void)ctx;
	(void)e;
}

static void check_walk(void)
{
	struct tracker_config config;
	struct seen seen = {0};
	struct tracker *t;

	tracker_config_init(&config);
	know_tier(&config.facts, true);
	t = tracker_new(&config, ignore, NULL);
	feed(t, "1 listen #1 0.0.0.0:9502 q=1:0/9/0");
	feed(t, "1 listen #2 0.0.0.0:9503 q=2:0/9/0");
	feed(t, "2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/9/1");
	feed(t, "2.1 est #7 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=0/9");
	feed(t, "3 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 q=1:1/9/1");
	feed(t, "4 closed #2 LISTEN>CLOSE 0.0.0.0:9503");
	tracker_walk(t, see, &seen);
	ok(seen.listeners == 1 && seen.requests == 1 && seen.established == 1,
	   "a walk shows what is believed to exist, and nothing else");
	ok(seen.low == 0 && seen.high == 1, "the accept queue was empty and then not");
	tracker_walk(t, see, &seen);
	ok(seen.low == 1 && seen.high == 1, "the next walk begins with its length of now");
	feed(t, "4.1 est #8 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 copy=1/9");
	feed(t, "4.2 syn #9 10.0.0.1:9502<10.0.0.2:4002 isn=1/2 q=1:1/9/1");
	tracker_walk(t, see, &seen);
	ok(seen.low == 1 && seen.high == 2, "and tells what was between");
	tracker_free(t);
	is_str(drop_reason_name((enum drop_reason)99), "unknown",
	       "a reason out of range has a name");
}

static int is_story(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 6 && !strcmp(d->d_name + len - 6, ".story");
}

int main(int argc, char **argv)
{
	char directory[512] = __FILE__;
	struct dirent **list;
	int count;

	if (argc == 3 && !strcmp(argv[1], "--print")) {
		char *story = read_file(argv[2]), *text = story ? retell(story) : NULL;

		fputs(text ? text : "cannot read it\n", stdout);
		free(text);
		free(story);
		return !text;
	}
	strcpy(strrchr(directory, '/'), "/stories");
	count = scandir(directory, &list, is_story, alphasort);
	ok(count > 30, "%s holds the stories", directory);
	for (int i = 0; i < count; i++) {
		check_story(directory, list[i]->d_name);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	check_crowd_story(true);
	check_crowd_story(false);
	check_noise_story();
	check_walk();
	return done();
}
