// SPDX-License-Identifier: BSD-2-Clause
/* Answers of sock_diag that the kernel does not give, or not today. */
#include "fact/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "tap.h"

#define SEQ 5

struct batch {
	_Alignas(8) char bytes[1024];
	size_t size;
};

static void add(struct batch *b, uint16_t type, uint16_t flags, uint32_t seq, const void *payload,
		size_t size)
{
	struct nlmsghdr nh = {.nlmsg_len = (uint32_t)NLMSG_LENGTH(size),
			      .nlmsg_type = type,
			      .nlmsg_flags = flags,
			      .nlmsg_seq = seq};

	memcpy(b->bytes + b->size, &nh, sizeof(nh));
	memcpy(b->bytes + b->size + sizeof(nh), payload, size);
	b->size += NLMSG_SPACE(size);
}

static struct inet_diag_msg listener(void)
{
	return (struct inet_diag_msg){.idiag_family = AF_INET,
				      .idiag_state = TCP_STATE_LISTEN,
				      .idiag_rqueue = 3,
				      .idiag_wqueue = 8,
				      .id = {.idiag_sport = htons(80), .idiag_cookie = {9, 0}}};
}

struct rows {
	unsigned int count;
	struct sockdiag_row last;
	int answer;
};

static int on_row(void *ctx, struct sockdiag_row *row)
{
	struct rows *r = ctx;

	r->count++;
	r->last = *row;
	return r->answer;
}

static int take(const struct batch *b, struct rows *rows, bool *interrupted)
{
	return diag_batch(b->bytes, b->size, SEQ, 7, on_row, rows, interrupted);
}

static void test_rows(void)
{
	struct inet_diag_msg m = listener();
	struct rows rows = {0};
	struct batch b = {0};
	bool interrupted = false;
	int end = 0;

	add(&b, TCPDIAG_GETSOCK, NLM_F_DUMP_INTR, SEQ - 1, &m, sizeof(m));
	ok(take(&b, &rows, &interrupted) == 0 && !rows.count && !interrupted,
	   "an older dump's messages are passed over");
	add(&b, TCPDIAG_GETSOCK, NLM_F_DUMP_INTR, SEQ, &m, sizeof(m));
	ok(take(&b, &rows, &interrupted) == 0 && rows.count == 1 && interrupted, "a row");
	ok(rows.last.e.q.accept_queue == 3 && rows.last.e.q.backlog == 8 &&
		   rows.last.e.s.lport == 80 && rows.last.e.s.cookie == 9 &&
		   rows.last.e.s.netns == 7,
	   "with what the message says");
	add(&b, NLMSG_DONE, 0, SEQ, &end, sizeof(end));
	ok(take(&b, &rows, &interrupted) == 1, "and the end");
	rows.answer = -EIO;
	ok(take(&b, &rows, &interrupted) == -EIO, "what the receiver answers ends the batch");
}

static void test_errors(void)
{
	struct nlmsgerr refused = {.error = -ENOENT};
	struct rows rows = {0};
	struct batch b = {0}, cut = {0}, positive = {0};
	bool interrupted;

	add(&b, NLMSG_ERROR, 0, SEQ, &refused, sizeof(refused));
	ok(take(&b, &rows, &interrupted) == -ENOENT, "an error of the kernel");
	add(&cut, NLMSG_ERROR, 0, SEQ, &refused, 2);
	ok(take(&cut, &rows, &interrupted) == -EBADMSG, "an error that is cut");
	refused.error = 2;
	add(&positive, NLMSG_ERROR, 0, SEQ, &refused, sizeof(refused));
	ok(take(&positive, &rows, &interrupted) == 1, "an error that is none ends the dump");
}

static void test_foreign(void)
{
	struct inet_diag_msg state = listener(), family = listener();
	struct rows rows = {0};
	struct batch b = {0};
	bool interrupted;

	state.idiag_state = TCP_STATE_COUNT;
	family.idiag_family = AF_UNIX;
	add(&b, TCPDIAG_GETSOCK, 0, SEQ, &state, sizeof(state));
	add(&b, TCPDIAG_GETSOCK, 0, SEQ, &family, sizeof(family));
	add(&b, TCPDIAG_GETSOCK, 0, SEQ, &family, 8);
	ok(take(&b, &rows, &interrupted) == 0 && !rows.count,
	   "a state that TCP does not have, another family, a message that is cut: no row");
}

/* NLMSG_NEXT() takes off more than is left where the last length is not a multiple of 4. */
static void test_last_length(void)
{
	struct inet_diag_msg m = listener();
	struct rows rows = {0};
	struct batch b = {0};
	bool interrupted;
	size_t size;

	add(&b, NLMSG_NOOP, 0, SEQ, "x", 1);
	size = NLMSG_LENGTH(1);
	add(&b, TCPDIAG_GETSOCK, 0, SEQ, &m, sizeof(m));
	b.size = size;
	ok(take(&b, &rows, &interrupted) == 0 && !rows.count,
	   "what lies behind the last message is not read");
}

int main(void)
{
	test_rows();
	test_errors();
	test_foreign();
	test_last_length();
	return done();
}
