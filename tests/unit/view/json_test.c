// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include <errno.h>
#include <signal.h>

#include "event/filter.h"
#include "event/owner.h"
#include "event/sample_events.h"
#include "tap.h"

static int fd;
static struct story s;
static char *text;

static void open_view(void)
{
	struct view_options o = {.fd = fd, .boot_offset_ns = STORY_OFFSET, .utc_offset_s = 3600};

	s.v = view_json_new(&o);
}

static const char *result(void)
{
	free(text);
	view_finish(s.v);
	text = story_text(s.v, fd);
	view_free(s.v);
	return text;
}

static void check_lines(void)
{
	static uint64_t states[TCP_STATE_COUNT];
	struct event *e;

	open_view();
	story_meta(&s);
	is_str(result(),
	       "{\"type\":\"meta\",\"ts\":\"2026-11-22T10:31:29.000000000Z\",\"t_ns\":999000000000,\"seq\":0,\"schema\":1,"
	       "\"version\":\"0.1.0\",\"kernel\":\"6.18.44\",\"boot_offset_ns\":1795342490000000000,"
	       "\"filter\":{\"ports\":[\"9502\"],\"side\":\"both\",\"family\":[\"ipv4\",\"ipv6\"]},"
	       "\"argv\":[\"sockstate\",\"--port\",\"9502\"],\"facts\":{"
	       "\"syn_recv_begin\":{\"is\":\"derived\",\"why\":\"fentry refused: \\\"EPERM\\\"\"},"
	       "\"handshake\":{\"is\":\"exact\"},\"syn_drop\":{\"is\":\"exact\"},\"ack_drop\":{\"is\":\"exact\"},"
	       "\"request_expired\":{\"is\":\"exact\"},\"enqueue\":{\"is\":\"exact\"},\"accept\":{\"is\":\"exact\"},"
	       "\"accept_call\":{\"is\":\"exact\"},\"accept_io_uring\":{\"is\":\"exact\"},\"relisten\":{\"is\":\"exact\"},"
	       "\"reset_reason\":{\"is\":\"exact\"},\"time_wait_begin\":{\"is\":\"exact\"},"
	       "\"time_wait_end\":{\"is\":\"absent\",\"why\":\"no hook\"}}}\n",
	       "meta has all its keys");

	open_view();
	story_handshake(&s, 0, 51234, 1);
	is_str(result(),
	       "{\"type\":\"state\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":0,"
	       "\"old\":\"CLOSE\",\"new\":\"SYN_SENT\",\"role\":\"client\",\"cookie\":53234,\"netns\":4026531840,"
	       "\"family\":\"ipv4\",\"laddr\":\"127.0.0.1\",\"raddr\":\"127.0.0.1\",\"rport\":9502,\"pid\":4712,"
	       "\"comm\":\"nc\"}\n"
	       "{\"type\":\"state\",\"ts\":\"2026-11-22T10:31:30.000012000Z\",\"t_ns\":1000000012000,\"seq\":1,"
	       "\"old\":\"LISTEN\",\"new\":\"SYN_RECV\",\"role\":\"server\",\"cookie\":52234,\"listener\":1,"
	       "\"netns\":4026531840,\"family\":\"ipv4\",\"laddr\":\"127.0.0.1\",\"lport\":9502,"
	       "\"raddr\":\"127.0.0.1\",\"rport\":51234,\"pid\":4711,\"comm\":\"lab\",\"basis\":\"syn\","
	       "\"client_isn\":653072494,\"server_isn\":230177331,\"accept_queue\":0,\"backlog\":2,\"syn_queue\":1}\n"
	       "{\"type\":\"state\",\"ts\":\"2026-11-22T10:31:30.000038000Z\",\"t_ns\":1000000038000,\"seq\":2,"
	       "\"old\":\"SYN_SENT\",\"new\":\"ESTABLISHED\",\"role\":\"client\",\"cookie\":53234,"
	       "\"netns\":4026531840,\"family\":\"ipv4\",\"laddr\":\"127.0.0.1\",\"lport\":51234,"
	       "\"raddr\":\"127.0.0.1\",\"rport\":9502,\"pid\":4712,\"comm\":\"nc\",\"in_old_ns\":38000,"
	       "\"client_isn\":653072494,\"server_isn\":230177331,\"connect_ns\":38000}\n"
	       "{\"type\":\"state\",\"ts\":\"2026-11-22T10:31:30.000053000Z\",\"t_ns\":1000000053000,\"seq\":3,"
	       "\"old\":\"SYN_RECV\",\"new\":\"ESTABLISHED\",\"role\":\"server\",\"cookie\":52234,\"listener\":1,"
	       "\"netns\":4026531840,\"family\":\"ipv4\",\"laddr\":\"127.0.0.1\",\"lport\":9502,"
	       "\"raddr\":\"127.0.0.1\",\"rport\":51234,\"pid\":4711,\"comm\":\"lab\",\"in_old_ns\":41000,"
	       "\"basis\":\"syn\",\"client_isn\":653072494,\"server_isn\":230177331,\"handshake_ns\":41000,"
	       "\"synack_retrans\":0,\"queued\":true,\"accept_queue\":1,\"backlog\":2,\"syn_queue\":0}\n",
	       "a handshake, what is unknown is absent");

	open_view();
	at(&s, EVENT_LOST, 1000, 's', 51234);
	event_init(&s.e, EVENT_LOST, s.e.t);
	tell(&s);
	e = at(&s, EVENT_CLOSE, 0, 's', 51234);
	for (int f = F_ROLE; f <= F_COMM; f++)
		e->present[f / 64] &= ~(UINT64_C(1) << f % 64);
	states[TCP_STATE_SYN_RECV] = 41000;
	states[TCP_STATE_ESTABLISHED] = UINT64_MAX;
	states[TCP_STATE_CLOSE_WAIT] = 1;
	event_field(e, F_STATES)->states = states;
	event_set(e, F_ACCEPTED, 0);
	event_field(e, F_FD)->i = INT64_MIN;
	tell(&s);
	is_str(result(),
	       "{\"type\":\"lost\",\"ts\":\"2026-11-22T10:31:30.000001000Z\",\"t_ns\":1000000001000,\"seq\":0}\n"
	       "{\"type\":\"close\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":1,"
	       "\"fd\":-9223372036854775808,\"accepted\":false,"
	       "\"states_ns\":{\"SYN_RECV\":41000,\"ESTABLISHED\":18446744073709551615,\"CLOSE_WAIT\":1},"
	       "\"late\":true}\n",
	       "states in the order of a life; false; late is last");

	open_view();
	story_summary(&s, 0);
	is_str(result(),
	       "{\"type\":\"summary\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":0,"
	       "\"accepts\":1,\"connections\":5,\"never_accepted\":0,\"still_queued\":3,"
	       "\"drops_by_reason\":{\"accept_queue_full\":3},\"lost\":12,\"listeners\":[{\"cookie\":1,\"netns\":4026531840,"
	       "\"family\":\"ipv4\",\"laddr\":\"127.0.0.1\",\"lport\":9502,\"pid\":4711,\"comm\":\"lab\",\"completed\":4,\"accepts\":1,"
	       "\"drops\":3,\"handshake\":{\"count\":4,\"p50_ns\":41000,\"p90_ns\":44000,\"p99_ns\":44000,\"max_ns\":44000},"
	       "\"accept_wait\":{\"count\":1,\"p50_ns\":2000000000,\"p90_ns\":2000000000,\"p99_ns\":2000000000,"
	       "\"max_ns\":2000000000}}]}\n",
	       "summary with drops by reason and percentiles");
}

static void check_edges(void)
{
	static const struct filter ranges = {.ports = {{80, 80}, {9500, 9510}},
					     .port_ranges = 2,
					     .side = SIDE_SERVER,
					     .ipv6 = true};
	static const struct filter every = {.ipv4 = true, .ipv6 = true};
	static const uint64_t none[DROP_REASON_COUNT + TCP_STATE_COUNT];
	static const struct listener_summary quiet = {.port = 80};
	static const struct listener_summaries one = {1, &quiet}, no = {0, NULL};
	static const char *const empty[] = {NULL};
	static const uint8_t longest[16] = {0xfd, 0,	0x11, 0x11, 0x22, 0x22, 0x33, 0x33,
					    0x44, 0x44, 0x55, 0x55, 0x66, 0x66, 0x77, 0x77};
	struct event *e = &s.e;

	open_view();
	event_init(e, EVENT_SOCKET, STORY_T0);
	e->family = AF_INET6;
	event_field(e, F_LADDR)->addr = longest;
	event_field(e, F_RADDR)->addr = NULL;
	event_set_text(e, F_COMM, "\x1b[31m\"\\\xff\n");
	event_set_enum(e, F_REASON, CAUSE_NONE);
	event_set_enum(e, F_VERDICT, 99);
	event_set_text(e, F_DIFFERENCE, NULL);
	event_set(e, F_SOCKET_STATE, 99);
	tell(&s);
	event_init(e, EVENT_META, STORY_T0);
	event_field(e, F_FILTER)->filter = &ranges;
	event_field(e, F_ARGV)->argv = empty;
	event_field(e, F_FACTS)->facts = NULL;
	tell(&s);
	event_init(e, EVENT_SUMMARY, STORY_T0);
	event_field(e, F_FILTER)->filter = &every;
	event_field(e, F_DROPS)->drops = none;
	event_field(e, F_STATES)->states = none;
	event_field(e, F_LISTENERS)->listeners = &no;
	tell(&s);
	event_init(e, EVENT_SUMMARY, STORY_T0);
	event_field(e, F_LISTENERS)->listeners = &one;
	tell(&s);
	event_init(e, EVENT_TYPE_COUNT, STORY_T0);
	tell(&s);
	event_init(e, EVENT_LOST, UINT64_MAX);
	e->family = 0;
	event_field(e, F_LADDR)->addr = longest;
	tell(&s);
	is_str(result(),
	       "{\"type\":\"socket\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":0,"
	       "\"state\":\"STATE_?\",\"laddr\":\"fd00:1111:2222:3333:4444:5555:6666:7777\","
	       "\"comm\":\"\\u001b[31m\\\"\\\\\xef\xbf\xbd\\n\"}\n"
	       "{\"type\":\"meta\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":1,"
	       "\"filter\":{\"ports\":[\"80\",\"9500-9510\"],\"side\":\"server\",\"family\":[\"ipv6\"]},\"argv\":[]}\n"
	       "{\"type\":\"summary\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":2,"
	       "\"states_ns\":{},\"filter\":{\"ports\":[],\"side\":\"both\",\"family\":[\"ipv4\",\"ipv6\"]},\"drops_by_reason\":{},"
	       "\"listeners\":[]}\n"
	       "{\"type\":\"summary\",\"ts\":\"2026-11-22T10:31:30.000000000Z\",\"t_ns\":1000000000000,\"seq\":3,"
	       "\"listeners\":[{\"lport\":80,\"completed\":0,\"accepts\":0,\"drops\":0}]}\n"
	       "{\"type\":\"lost\",\"ts\":\"2026-11-22T10:14:49.999999999Z\",\"t_ns\":18446744073709551615,\"seq\":4}\n",
	       "hostile names, the longest address, no pointers, empty objects, a type that is none");
}

/* Every field at once, texts that grow sixfold, more than the buffer holds at first. */
static void check_large(void)
{
	static char hostile[40000];
	struct event *e = &s.e;
	size_t lines = 0, texts = 0;
	bool whole = true;

	memset(hostile, 1, sizeof(hostile) - 1);
	open_view();
	for (int i = 0; i < 20; i++) {
		event_init(e, EVENT_LISTENER, STORY_T0);
		for (int f = 0; f < FIELD_COUNT; f++)
			if (field_infos[f].kind == KIND_TEXT)
				event_set_text(e, (enum field)f, hostile);
			else if (field_infos[f].kind < KIND_TEXT)
				event_set(e, (enum field)f, UINT64_MAX);
		tell(&s);
	}
	for (int f = 0; f < FIELD_COUNT; f++)
		texts += field_infos[f].kind == KIND_TEXT;
	for (const char *p = result(); *p; lines++) {
		size_t n = strcspn(p, "\n");

		whole &= n > texts * 6 * (sizeof(hostile) - 1) &&
			 !strncmp(p, "{\"type\":\"listener\",", 19) && p[n - 1] == '}' &&
			 p[n] == '\n';
		p += n + 1;
	}
	ok(whole && lines == 20, "lines of megabytes are whole");
}

static void check_errors(void)
{
	int p[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(p))
		exit(1);
	close(p[0]);
	s.v = view_json_new(&(struct view_options){.fd = p[1]});
	story_tell(&s);
	ok(view_pending(s.v) > 1000, "text waits for the flush");
	ok(view_flush(s.v) == -EPIPE && view_flush(s.v) == -EPIPE,
	   "a reader that has gone is told, and ever after");
	is_u64(view_pending(s.v), 0, "nothing waits for nobody");
	view_free(s.v);
	view_free(NULL);
	close(p[1]);
}

/* What was asked for by options of their own, and where it is applied. */
static void check_more_filters(void)
{
	static const struct owner_filter owner = {.pids = {7, 8},
						  .pid_count = 2,
						  .comms = {"nginx"},
						  .comm_count = 1,
						  .cgroup = "x.service"};
	static struct filter f;
	struct event event, *e = &event;
	char err[100];

	filter_init(&f);
	filter_add_lports(&f, "80,90-91", NULL, err, sizeof(err));
	filter_add_rports(&f, "443", NULL, err, sizeof(err));
	filter_add_laddrs(&f, "::1", err, sizeof(err));
	filter_add_hosts(&f, "10.0.0.0/8,192.0.2.1", err, sizeof(err));
	f.owner = &owner;
	open_view();
	event_init(e, EVENT_META, STORY_T0);
	event_field(e, F_FILTER)->filter = &f;
	view_event(s.v, e);
	ok(strstr(result(),
		  "\"family\":[\"ipv4\",\"ipv6\"],\"lports\":[\"80\",\"90-91\"],\"rports\":[\"443\"],"
		  "\"laddrs\":[\"::1\"],\"hosts\":[\"10.0.0.0/8\",\"192.0.2.1\"],"
		  "\"owner\":{\"applied\":\"tracker\",\"pids\":[7,8],\"comms\":[\"nginx\"],"
		  "\"cgroup\":\"x.service\"}}"),
	   "filters by one end, and by owner with the place where it is applied");
}

/* Parts that stood on an earlier line are copied: not where a text has changed in its place. */
static void check_repeated_parts(void)
{
	static char cgroup[600] = "/a.slice", comm[] = "one", control[] = "x\"y";
	static uint8_t addr[16] = {10, 0, 0, 1};
	struct event *e = at(&s, EVENT_ACCEPT, 0, 's', 51234);
	char *first;

	open_view();
	event_set(e, F_TID, 5);
	event_set_text(e, F_COMM, comm);
	event_set_text(e, F_CGROUP, cgroup);
	event_set_text(e, F_HOSTNAME, control);
	event_field(e, F_LADDR)->addr = addr;
	for (int i = 0; i < 2; i++)
		tell(&s);
	memcpy(comm, "two", 4);
	tell(&s);
	memcpy(cgroup, "/b", 2);
	addr[3] = 2;
	tell(&s);
	event_set(e, F_TID, 6);
	memset(cgroup + 1, 'c', sizeof(cgroup) - 2); /* longer than what is kept */
	tell(&s);
	tell(&s);
	first = strdup(result());
	open_view();
	for (int i = 0; i < 6; i++) { /* each line by a view that has seen no other */
		char want[1200], seq[32];
		const char *line = first;

		for (int j = 0; j < i; j++)
			line = strchr(line, '\n') + 1;
		snprintf(seq, sizeof(seq), "\"seq\":%d,", i);
		snprintf(want, sizeof(want), "\"laddr\":\"10.0.0.%d\",", i < 3 ? 1 : 2);
		if (!strstr(line, seq) || !strstr(line, want) ||
		    strcspn(line, "\n") < (i < 4 ? 200u : 700u))
			break;
		snprintf(want, sizeof(want), "\"tid\":%d,\"comm\":\"%s\",\"cgroup\":\"%.3s",
			 i < 4 ? 5 : 6, i < 2 ? "one" : "two",
			 i < 3	 ? "/a."
			 : i < 4 ? "/b."
				 : "/cc");
		ok(strstr(line, want) && strstr(line, want) < line + strcspn(line, "\n") &&
			   strstr(line, "\"hostname\":\"x\\\"y\""),
		   "line %d has the texts of its own event", i);
	}
	result();
	free(first);
}

int main(void)
{
	fd = story_fd();
	check_lines();
	check_edges();
	check_large();
	check_errors();
	check_more_filters();
	check_repeated_parts();
	free(text);
	return done();
}
