// SPDX-License-Identifier: BSD-2-Clause
#include "fact/decode.h"

#include <sys/socket.h>

#include "event/tcp.h"
#include "tap.h"

union record {
	struct fact_hdr h;
	struct fact_state state;
	struct fact_listen listen;
	struct fact_connect connect;
	struct fact_established established;
	struct fact_closed closed;
	struct fact_syn syn;
	struct fact_drop drop;
	struct fact_accept accept;
	struct fact_reset reset;
	struct fact_timewait timewait;
	struct fact_existing existing;
	struct fact_lost lost;
	unsigned char bytes[512];
};

/* A sound record of that kind: zeroes, and an IPv4 socket where there is one. */
static union record sound(unsigned int kind)
{
	union record r = {0};

	if (kind != FACT_ENQUEUE && kind != FACT_EXISTING_END && kind != FACT_LOST &&
	    kind != FACT_TICK)
		r.state.s.family = AF_INET;
	r.h = (struct fact_hdr){.t = 7, .size = (__u16)fact_size(kind), .kind = (__u8)kind};
	return r;
}

static bool accepted(const union record *r)
{
	return fact_decode(r, r->h.size) == &r->h;
}

static void test_kinds(void)
{
	union record r;

	ok(fact_size(FACT_NONE) == 0 && fact_size(FACT_KINDS) == 0 && fact_size(255) == 0,
	   "unknown kinds have no size");
	ok(fact_size(FACT_EXPIRED) == sizeof(struct fact_syn) &&
		   fact_size(FACT_TICK) == sizeof(struct fact_hdr),
	   "known kinds have theirs");
	for (unsigned int kind = FACT_NONE + 1; kind < FACT_KINDS; kind++) {
		r = sound(kind);
		ok(fact_size(kind) >= sizeof(r.h) && fact_size(kind) % 8 == 0 && accepted(&r),
		   "kind %u is read", kind);
		ok(!fact_decode(&r, r.h.size - 1u) && !fact_decode(&r, r.h.size + 8u),
		   "  not a byte short, nor longer");
		r.h.size += 8;
		ok(!accepted(&r) && !fact_decode(&r, r.h.size - 8u),
		   "  nor with another size in its head");
	}
	r = sound(FACT_TICK);
	for (unsigned int kind = FACT_KINDS; kind < 256; kind++) {
		r.h.kind = (__u8)kind;
		if (accepted(&r))
			ok(false, "kind %u is refused", kind);
	}
	r.h.kind = FACT_NONE;
	r.h.size = 0;
	ok(!fact_decode(&r, 0) && !fact_decode(&r, 16) && !fact_decode(&r, 8),
	   "nothing is no record");
}

#define REFUSED(kind, assignment)                                     \
	do {                                                          \
		union record r = sound(kind);                         \
		ok(accepted(&r), #kind " is sound");                  \
		r.assignment;                                         \
		ok(!accepted(&r), "  and refused with " #assignment); \
	} while (0)

static void test_fields(void)
{
	REFUSED(FACT_STATE, state.s.family = 0);
	REFUSED(FACT_STATE, state.s.family = AF_UNIX);
	REFUSED(FACT_STATE, state.s.state = TCP_STATE_COUNT);
	REFUSED(FACT_STATE, state.s.state = 0xffff);
	REFUSED(FACT_STATE, state.old = TCP_STATE_COUNT);
	REFUSED(FACT_STATE, state.new = 255);
	REFUSED(FACT_LISTEN, listen.new = TCP_STATE_COUNT);
	REFUSED(FACT_LISTEN, listen.s.family = 1);
	REFUSED(FACT_CONNECT, connect.old = TCP_STATE_COUNT);
	REFUSED(FACT_ESTABLISHED, established.old = TCP_STATE_COUNT);
	REFUSED(FACT_ESTABLISHED, established.s.family = 3);
	REFUSED(FACT_CLOSED, closed.new = TCP_STATE_COUNT);
	REFUSED(FACT_CLOSED, closed.err = 4096);
	REFUSED(FACT_SYN, syn.s.family = 0);
	REFUSED(FACT_RETRANSMIT, syn.s.state = TCP_STATE_COUNT);
	REFUSED(FACT_DROP, drop.reason = FACT_DROP_REASONS);
	REFUSED(FACT_DROP, drop.s.family = 0);
	REFUSED(FACT_ACCEPT, accept.err = -1);
	REFUSED(FACT_ACCEPT, accept.err = 4096);
	REFUSED(FACT_ACCEPT, accept.fd = -2);
	REFUSED(FACT_RESET, reset.reason = FACT_RESET_REASONS);
	REFUSED(FACT_TIMEWAIT, timewait.s.state = TCP_STATE_COUNT);
	REFUSED(FACT_TIMEWAIT_END, timewait.s.family = 0);
	REFUSED(FACT_EXISTING, existing.fd = -2);
	REFUSED(FACT_EXISTING, existing.s.state = TCP_STATE_COUNT);
	REFUSED(FACT_LOST, lost.where = FACT_LOST_PLACES);
}

static void test_text(void)
{
	union record r = sound(FACT_ACCEPT);

	memset(r.accept.task.comm, 'a', 15);
	ok(accepted(&r), "a name of 15 bytes");
	memset(r.accept.task.comm, 0xff, 16);
	ok(!accepted(&r), "a name without an end is refused: accept");
	r = sound(FACT_LISTEN);
	memset(r.listen.task.comm, 'a', 16);
	ok(!accepted(&r), "listen");
	r = sound(FACT_CONNECT);
	memset(r.connect.task.comm, 'a', 16);
	ok(!accepted(&r), "connect");
	r = sound(FACT_EXISTING);
	memset(r.existing.task.comm, 'a', 16);
	ok(!accepted(&r), "existing");

	r = sound(FACT_ACCEPT);
	r.accept.s.family = AF_UNSPEC;
	r.accept.err = 24;
	ok(accepted(&r), "an accept() that failed has no socket");
	r.accept.s.sk = 1;
	ok(!accepted(&r), "a socket has a family");
}

int main(void)
{
	test_kinds();
	test_fields();
	test_text();
	return done();
}
