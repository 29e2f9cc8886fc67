// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes recordings that no machine has to be driven to: a server under load for as many connections
 * as asked for, and one whose every text is hostile.
 *
 *	make_recording FILE COUNT [hostile]	FILE may be a FIFO
 *
 * The server is simulated: one thread, 70 us a connection, and a pause now and then, so that the
 * queue fills and clients are refused. Arrivals come from a fixed sequence: the same bytes each
 * time.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/record.h"
#include "base/units.h"
#include "event/tcp.h"
#include "fact/recording.h"

#define BACKLOG	   128
#define SERVICE_NS (70 * NS_US)
#define ARRIVAL_NS (76 * NS_US) /* on average: 13,000 a second */
#define PAUSE_AT   100000	/* connections between two pauses of the server */
#define PAUSE_NS   (40 * NS_MS)
#define LISTENER   1
#define SERVER_SK  0x1000

struct run {
	struct recording_writer *out;
	uint64_t random;
	const char *comm;
	uint64_t waiting[BACKLOG + 1]; /* numbers of connections, as a ring */
	uint64_t since[BACKLOG + 1];   /* ns */
	unsigned int first, queued;
	uint64_t free_at; /* ns: when the server calls accept() next */
	uint64_t accepts;
	uint32_t drops;
};

static void put(struct run *r, void *fact, enum fact_kind kind, size_t size, uint64_t t)
{
	struct fact_hdr *h = fact;

	h->t = t;
	h->size = (uint16_t)size;
	h->kind = (uint8_t)kind;
	recording_write(r->out, fact, size);
}
#define PUT(r, fact, kind, t) put(r, &(fact), kind, sizeof(fact), t)

static struct fact_sock sock_of(uint64_t n, unsigned int state)
{
	struct fact_sock s = {.sk = 0x100000 + n * 64,
			      .cookie = 100 + n,
			      .netns = 1,
			      .lport = 9502,
			      .rport = (uint16_t)(1024 + n % 60000),
			      .family = AF_INET,
			      .state = (uint16_t)state,
			      .laddr = {10, 0, 0, 1},
			      .raddr = {10, 1, (uint8_t)(n / 60000 % 250), 2}};

	return s;
}

static struct fact_queues queues_of(const struct run *r, uint32_t syns)
{
	return (struct fact_queues){.sk = SERVER_SK,
				    .cookie = LISTENER,
				    .accept_queue = r->queued,
				    .backlog = BACKLOG,
				    .syn_queue = syns,
				    .syn_young = syns,
				    .drops = r->drops};
}

static struct fact_task task_of(const struct run *r)
{
	struct fact_task task = {.pid = 4711, .tid = 4712};

	snprintf(task.comm, sizeof(task.comm), "%s", r->comm);
	return task;
}

static void put_listen(struct run *r, uint64_t t)
{
	struct fact_listen f = {.q = queues_of(r, 0),
				.task = task_of(r),
				.old = TCP_STATE_CLOSE,
				.new = TCP_STATE_LISTEN,
				.somaxconn = 4096,
				.backlog_asked = BACKLOG,
				.asked_known = 1};

	f.h.flags = FACT_F_OWNED;
	f.s = sock_of(0, TCP_STATE_LISTEN);
	f.s.sk = SERVER_SK;
	f.s.cookie = LISTENER;
	f.s.rport = 0;
	memset(f.s.raddr, 0, sizeof(f.s.raddr));
	PUT(r, f, FACT_LISTEN, t);
}

static void put_tick(struct run *r, uint64_t t)
{
	struct fact_hdr f = {0};

	PUT(r, f, FACT_TICK, t);
}

/* The client closes first, some milliseconds after it was accepted. */
static void put_end(struct run *r, uint64_t n, uint64_t t)
{
	struct fact_state state = {.old = TCP_STATE_ESTABLISHED, .new = TCP_STATE_CLOSE_WAIT};
	struct fact_closed closed = {.old = TCP_STATE_LAST_ACK,
				     .new = TCP_STATE_CLOSE,
				     .bytes_in = 120,
				     .bytes_out = 4096};

	state.h.flags = FACT_F_PEER_FIN;
	state.s = sock_of(n, TCP_STATE_CLOSE_WAIT);
	PUT(r, state, FACT_STATE, t);
	state.old = TCP_STATE_CLOSE_WAIT;
	state.new = TCP_STATE_LAST_ACK;
	state.s.state = TCP_STATE_LAST_ACK;
	PUT(r, state, FACT_STATE, t + 20 * NS_US);
	closed.h.flags = FACT_F_PEER_FIN | FACT_F_FIN_SENT;
	closed.s = sock_of(n, TCP_STATE_CLOSE);
	PUT(r, closed, FACT_CLOSED, t + 40 * NS_US);
}

static void accept_one(struct run *r)
{
	uint64_t n = r->waiting[r->first], since = r->since[r->first];
	uint64_t t = r->free_at > since ? r->free_at : since + 5 * NS_US;
	struct fact_accept f = {.task = task_of(r), .called = t - 2 * NS_US, .fd = 7};

	r->first = (r->first + 1) % (BACKLOG + 1);
	r->queued--;
	f.s = sock_of(n, TCP_STATE_ESTABLISHED);
	f.q = queues_of(r, 0);
	PUT(r, f, FACT_ACCEPT, t);
	r->free_at = t + SERVICE_NS + (++r->accepts % PAUSE_AT ? 0 : PAUSE_NS);
	put_end(r, n, t + 50 * NS_US);
}

/* All that the server does before t. */
static void serve_until(struct run *r, uint64_t t)
{
	while (r->queued && r->free_at < t && r->since[r->first] + 5 * NS_US < t)
		accept_one(r);
}

static void arrive(struct run *r, uint64_t n, uint64_t t)
{
	struct fact_syn syn = {.client_isn = (uint32_t)n, .server_isn = (uint32_t)(n * 7)};
	struct fact_enqueue enqueue = {
		.child = 0x100000 + n * 64, .child_cookie = 100 + n, .netns = 1, .lport = 9502};
	struct fact_established est = {.old = TCP_STATE_SYN_RECV,
				       .new = TCP_STATE_ESTABLISHED,
				       .local_isn = syn.server_isn,
				       .remote_isn = syn.client_isn,
				       .srtt_us = 30,
				       .backlog = BACKLOG};
	struct fact_drop drop = {.reason = FACT_DROP_ACCEPT_QUEUE_FULL, .segments = 1};
	unsigned int last = (r->first + r->queued) % (BACKLOG + 1);

	if (r->queued > BACKLOG) {
		r->drops++;
		drop.h.flags = FACT_F_SEGMENT_SYN;
		drop.s = sock_of(n, TCP_STATE_LISTEN);
		drop.s.sk = drop.s.cookie = 0;
		drop.q = queues_of(r, 0);
		PUT(r, drop, FACT_DROP, t);
		return;
	}
	syn.s = sock_of(n, TCP_STATE_NEW_SYN_RECV);
	syn.q = queues_of(r, 1);
	PUT(r, syn, FACT_SYN, t);
	est.accept_queue = r->queued;
	r->waiting[last] = n;
	r->since[last] = t + 30 * NS_US + r->random % (40 * NS_US);
	r->queued++;
	enqueue.q = queues_of(r, 0);
	enqueue.rport = sock_of(n, 0).rport;
	PUT(r, enqueue, FACT_ENQUEUE, r->since[last]);
	est.s = sock_of(n, TCP_STATE_ESTABLISHED);
	PUT(r, est, FACT_ESTABLISHED, r->since[last]);
}

static void fill(struct recording_info *info, bool hostile)
{
	info->raw = RECORDING_RAW_NO;
	info->fact_version = FACT_VERSION;
	info->boot_offset_ns = (int64_t)(UINT64_C(1795000000) * NS_S);
	filter_init(&info->filter);
	snprintf(info->kernel, sizeof(info->kernel), "%s",
		 hostile ? "\"'><script>alert(1)</script>\xe2\x80\xae" : "6.12.0");
	snprintf(info->version, sizeof(info->version), "%s", hostile ? "</style><b>" : "0.1.0");
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		info->facts.fact[i].is =
			hostile && i == KNOW_TIME_WAIT_END ? FACT_IS_ABSENT : FACT_IS_EXACT;
		snprintf(info->facts.fact[i].why, sizeof(info->facts.fact[i].why), "%s",
			 hostile ? "<img src=http://192.0.2.1/x onerror=alert(1)>\x1b[31m\xff"
				 : "");
	}
}

int main(int argc, char **argv)
{
	bool hostile = argc > 3 && !strcmp(argv[3], "hostile");
	struct run r = {.random = 1, .comm = hostile ? "</script>\xe2\x80\xae\x07\"'" : "shop"};
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0, t = NS_S, tick = t;
	struct recording_info info = {0};
	char err[ERR_MAX];

	if (argc < 3) {
		fprintf(stderr, "usage: make_recording FILE COUNT [hostile]\n");
		return 2;
	}
	fill(&info, hostile);
	if (recording_create(&r.out, argv[1], &info, err, sizeof(err))) {
		fprintf(stderr, "make_recording: %s\n", err);
		return 1;
	}
	put_tick(&r, t - 1);
	put_listen(&r, t);
	for (uint64_t n = 0; n < count; n++) {
		r.random = r.random * UINT64_C(6364136223846793005) + 1442695040888963407;
		t += (r.random >> 33) % (2 * ARRIVAL_NS);
		serve_until(&r, t);
		if (t > tick + 10 * NS_MS) {
			tick = t;
			put_tick(&r, t - NS_MS);
		}
		arrive(&r, n, t);
	}
	serve_until(&r, t + NS_S);
	put_tick(&r, t + NS_S);
	return recording_close(r.out) ? 1 : 0;
}
