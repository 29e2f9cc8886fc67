// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fact/diag.h"
#include "kernel/clock.h"
#include "kernel/namespaces.h"
#include "kernel/source.h"

/* The kernel fills at most 32 KiB per read, however large the buffer. */
#define BUFFER_BYTES (64 * 1024)
#define ATTEMPTS     4
/*
 * The state bit of half-open requests. The bit that ss calls BOUND_INACTIVE (1 << 13, Linux 6.8) is
 * never asked for.
 */
#define NEW_SYN_RECV (1u << TCP_STATE_NEW_SYN_RECV)
struct sockdiag {
	struct namespaces ns;
	uint32_t seq;
	char *buffer;
	int (*between)(void *ctx); /* see sockdiag_between(); may be NULL */
	void *between_ctx;
};

int sockdiag_open(struct sockdiag **out)
{
	struct sockdiag *sd = calloc(1, sizeof(*sd));
	int err;

	if (!sd)
		return -ENOMEM;
	sd->buffer = malloc(BUFFER_BYTES);
	err = sd->buffer ? namespaces_open(&sd->ns) : -ENOMEM;
	if (err) {
		sockdiag_free(sd);
		return err;
	}
	*out = sd;
	return 0;
}

void sockdiag_free(struct sockdiag *sd)
{
	if (!sd)
		return;
	namespaces_close(&sd->ns);
	free(sd->buffer);
	free(sd);
}

size_t sockdiag_namespaces(const struct sockdiag *sd)
{
	return sd->ns.count;
}

uint32_t sockdiag_namespace(const struct sockdiag *sd, size_t i)
{
	return i < sd->ns.count ? sd->ns.list[i].inode : 0;
}

bool sockdiag_covers(const struct sockdiag *sd, uint32_t netns)
{
	for (size_t i = 0; i < sd->ns.count; i++)
		if (sd->ns.list[i].inode == netns)
			return true;
	return false;
}

size_t sockdiag_refused(const struct sockdiag *sd, int *err)
{
	if (err)
		*err = sd->ns.refused_err;
	return sd->ns.refused;
}

bool sockdiag_own_only(const struct sockdiag *sd)
{
	return sd->ns.own_only;
}

void sockdiag_keep_own(struct sockdiag *sd)
{
	namespaces_keep_own(&sd->ns);
}

/* ---- the dump ---- */

struct dump {
	struct sockdiag *sd;
	const struct namespace *ns;
	const struct filter *f;
	sockdiag_fn fn;
	void *ctx;
	uint64_t looked; /* sockdiag_row.looked of the current batch of rows */
	int rows;
	int err; /* what fn returned */
	bool interrupted;
};

/*
 * Sends the older of the two requests (TCPDIAG_GETSOCK, not SOCK_DIAG_BY_FAMILY), because only that
 * one lists IPv4 and IPv6 in one walk. All namespaces share one table of connections, so every walk
 * passes every socket of the machine.
 */
static int dump_request(struct dump *d, uint32_t states, uint8_t ext)
{
	struct {
		struct nlmsghdr nh;
		struct inet_diag_req r;
	} q = {
		.nh =
			{
				.nlmsg_len = sizeof(q),
				.nlmsg_type = TCPDIAG_GETSOCK,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
				.nlmsg_seq = ++d->sd->seq,
			},
		.r =
			{
				.idiag_ext = ext,
				.idiag_states = states,
			},
	};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	for (;;) {
		if (sendto(d->ns->fd, &q, sizeof(q), 0, (const struct sockaddr *)&kernel,
			   sizeof(kernel)) >= 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

static bool passes(const struct filter *f, const struct sockdiag_row *row)
{
	const struct fact_sock *s = &row->e.s;

	if (!filter_netns(f, s->netns) ||
	    !filter_match_nets(f, s->family, s->laddr, s->raddr, s->state == TCP_STATE_LISTEN))
		return false;
	if (s->state == TCP_STATE_LISTEN)
		return filter_match_listener(f, s->family, row->v6only, s->lport);
	return filter_match(f, s->family, s->lport, s->rport);
}

static int on_row(void *ctx, struct sockdiag_row *row)
{
	struct dump *d = ctx;

	row->looked = d->looked;
	row->e.h.t = clock_now_ns();
	/*
	 * After an error of fn the rest is read and discarded, so that the next dump finds an empty
	 * socket.
	 */
	if (d->err || (d->f && !passes(d->f, row)))
		return 0;
	d->err = d->fn(d->ctx, row);
	d->rows++;
	return 0;
}

static int dump_once(struct dump *d, uint32_t states, uint8_t ext)
{
	int err;

	/*
	 * The kernel fills a batch when the reader takes the batch before it (netlink_dump), and
	 * the first one when it gets the request.
	 */
	d->looked = clock_now_ns();
	err = dump_request(d, states, ext);
	while (!err) {
		uint64_t next_looked = clock_now_ns();
		/* MSG_TRUNC: the true length, so that a cut message cannot pass for a whole one. */
		ssize_t n = recv(d->ns->fd, d->sd->buffer, BUFFER_BYTES, MSG_TRUNC);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		}
		if (n > BUFFER_BYTES)
			return -EMSGSIZE;
		err = diag_batch(d->sd->buffer, (size_t)n, d->sd->seq, d->ns->inode, on_row, d,
				 &d->interrupted);
		d->looked = next_looked;
		if (d->sd->between) {
			int stop = d->sd->between(d->sd->between_ctx);

			d->err = d->err ? d->err : stop;
		}
	}
	return err < 0 ? err : 0;
}

static int dump_namespace(struct dump *d, uint32_t states, uint8_t ext)
{
	int err;

	for (int i = 0; i < ATTEMPTS; i++) {
		d->interrupted = false;
		err = dump_once(d, states, ext);
		if (d->err)
			return d->err;
		if (err == -ENOBUFS || err == -EBUSY)
			/*
			 * Messages of the kernel were lost, or a failed dump is still being
			 * ended.
			 */
			continue;
		if (err || !d->interrupted)
			return err;
	}
	return err ? err : -EAGAIN;
}

void sockdiag_between(struct sockdiag *sd, int (*fn)(void *ctx), void *ctx)
{
	sd->between = fn;
	sd->between_ctx = ctx;
}

int sockdiag_dump(struct sockdiag *sd, const struct filter *f, uint32_t states, sockdiag_fn fn,
		  void *ctx)
{
	struct dump d = {.sd = sd, .f = f, .fn = fn, .ctx = ctx};
	uint8_t ext = 0;
	int err;

	/* tcp_info costs a tenth more per row; meminfo matters for the drops of listeners only */
	if (states & ~SOCKDIAG_LISTEN)
		ext |= 1 << (INET_DIAG_INFO - 1);
	if (states & SOCKDIAG_SYN_RECV)
		states |= NEW_SYN_RECV; /* newer kernels do it themselves */
	if (states & SOCKDIAG_LISTEN)
		ext |= 1 << (INET_DIAG_SKMEMINFO - 1);

	for (size_t i = 0; i < sd->ns.count; i++) {
		d.ns = &sd->ns.list[i];
		err = dump_namespace(&d, states, ext);
		if (err)
			return err;
	}
	return d.rows;
}
