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
/*
 * INET_ULP_INFO_NAME of linux/tcp.h: the attribute with the name of an upper layer protocol
 * ("mptcp", "tls").
 */
#define ULP_INFO_NAME 1

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

/* ---- rows ---- */

/*
 * Copies the payload of an attribute, filled with zeroes or cut to size: an older kernel sends a
 * shorter struct, a newer one a longer struct.
 */
static void copy_payload(void *to, size_t size, const struct rtattr *a)
{
	size_t have = RTA_PAYLOAD(a);

	memset(to, 0, size);
	memcpy(to, RTA_DATA(a), have < size ? have : size);
}

static bool is_mptcp(const struct rtattr *ulp)
{
	int left = (int)RTA_PAYLOAD(ulp);

	for (const struct rtattr *a = RTA_DATA(ulp); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if ((a->rta_type & NLA_TYPE_MASK) == ULP_INFO_NAME)
			return RTA_PAYLOAD(a) >= 6 && !memcmp(RTA_DATA(a), "mptcp", 6);
	return false;
}

static bool is_mapped(const __be32 a[4])
{
	return !a[0] && !a[1] && a[2] == htonl(0xffff);
}

static void set_ends(struct fact_sock *s, const struct inet_diag_msg *m)
{
	static const __be32 any[4];
	const __be32 *src = m->id.idiag_src, *dst = m->id.idiag_dst;

	s->lport = ntohs(m->id.idiag_sport);
	s->rport = ntohs(m->id.idiag_dport);
	s->family = m->idiag_family;
	if (s->family == AF_INET) {
		memcpy(s->laddr, src, 4);
		memcpy(s->raddr, dst, 4);
	} else if (is_mapped(src) && (is_mapped(dst) || !memcmp(dst, any, sizeof(any)))) {
		s->family = AF_INET;
		memcpy(s->laddr, &src[3], 4);
		memcpy(s->raddr, &dst[3], 4);
	} else {
		memcpy(s->laddr, src, 16);
		memcpy(s->raddr, dst, 16);
	}
}

/*
 * What the state alone says about the FINs of both ends. In FIN_WAIT1, CLOSING and LAST_ACK the own
 * FIN may not have been sent yet.
 */
static uint32_t fin_flags(unsigned int state)
{
	static const uint32_t flags[TCP_STATE_COUNT] = {
		[TCP_STATE_CLOSE_WAIT] = FACT_F_PEER_FIN,
		[TCP_STATE_LAST_ACK] = FACT_F_PEER_FIN,
		[TCP_STATE_CLOSING] = FACT_F_PEER_FIN,
		[TCP_STATE_FIN_WAIT2] = FACT_F_FIN_SENT,
		[TCP_STATE_TIME_WAIT] = FACT_F_PEER_FIN | FACT_F_FIN_SENT,
	};

	return state < TCP_STATE_COUNT ? flags[state] : 0;
}

static void set_figures(struct fact_existing *e, const struct tcp_info *info)
{
	e->retrans = info->tcpi_total_retrans;
	e->srtt_us = info->tcpi_rtt;
	e->bytes_in = info->tcpi_bytes_received;
	if (e->h.flags & FACT_F_PEER_FIN && e->bytes_in)
		/* the kernel counts the FIN's place in sequence space (tcp_rcv_nxt_update) */
		e->bytes_in--;
	e->bytes_out = info->tcpi_bytes_sent - info->tcpi_bytes_retrans;
}

static bool has_data(unsigned int state)
{
	return state != TCP_STATE_LISTEN && state != TCP_STATE_SYN_SENT &&
	       state != TCP_STATE_TIME_WAIT;
}

/* The kernel counts a FIN as a byte, and the program reads it last of all. */
static uint32_t without_fin(uint32_t bytes, bool fin)
{
	return fin && bytes ? bytes - 1 : bytes;
}

static bool own_fin_unacked(unsigned int state)
{
	return state == TCP_STATE_FIN_WAIT1 || state == TCP_STATE_CLOSING ||
	       state == TCP_STATE_LAST_ACK;
}

/* For full sockets: a timewait socket or a request has no queues. */
static void set_listing(struct sockdiag_row *row, const struct inet_diag_msg *m,
			const struct tcp_info *info)
{
	const struct fact_existing *e = &row->e;

	row->figures = (struct listing_figures){
		.has_bytes = true,
		.unread = without_fin(m->idiag_rqueue, e->h.flags & FACT_F_PEER_FIN),
		.unsent = without_fin(m->idiag_wqueue, own_fin_unacked(e->s.state)),
		.has_times = true,
		.data_in_ms = info->tcpi_last_data_recv,
		.data_out_ms = info->tcpi_last_data_sent,
		.ack_in_ms = info->tcpi_last_ack_recv,
	};
}

static void read_row(struct sockdiag_row *row, uint32_t netns, const struct nlmsghdr *nh)
{
	const struct inet_diag_msg *m = NLMSG_DATA(nh);
	struct fact_existing *e = &row->e;
	int left = (int)(nh->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	uint32_t meminfo[SK_MEMINFO_VARS];
	bool full = false, has_info = false;
	struct tcp_info info;

	memset(row, 0, sizeof(*row));
	e->h.t = clock_now_ns();
	e->h.size = sizeof(*e);
	e->h.kind = FACT_EXISTING;
	e->s.cookie = (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0];
	e->s.netns = netns;
	e->s.state = m->idiag_state == TCP_STATE_NEW_SYN_RECV ? TCP_STATE_SYN_RECV : m->idiag_state;
	set_ends(&e->s, m);
	e->fd = -1;
	e->inode = m->idiag_inode;
	e->h.flags = fin_flags(e->s.state) | (e->inode ? FACT_F_HAS_SOCKET : 0);
	row->ifindex = m->id.idiag_if;
	row->timewait = m->idiag_timer == 3;
	row->ends_ms = m->idiag_expires;

	for (const struct rtattr *a = (const void *)(m + 1); RTA_OK(a, left);
	     a = RTA_NEXT(a, left)) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case INET_DIAG_SHUTDOWN: /* only full sockets have it */
			full = true;
			break;
		case INET_DIAG_INFO:
			copy_payload(&info, sizeof(info), a);
			has_info = true;
			break;
		case INET_DIAG_SKMEMINFO:
			copy_payload(meminfo, sizeof(meminfo), a);
			if (e->s.state == TCP_STATE_LISTEN)
				e->q.drops = meminfo[SK_MEMINFO_DROPS];
			break;
		case INET_DIAG_SKV6ONLY:
			row->v6only = RTA_PAYLOAD(a) >= 1 && *(const uint8_t *)RTA_DATA(a);
			break;
		case INET_DIAG_ULP_INFO:
			if (is_mptcp(a))
				e->h.flags |= FACT_F_MPTCP;
			break;
		}
	}
	if (e->s.state == TCP_STATE_LISTEN) {
		e->q.cookie = e->s.cookie;
		e->q.accept_queue = m->idiag_rqueue;
		e->q.backlog = m->idiag_wqueue;
	} else if (e->s.state == TCP_STATE_SYN_RECV && !full) {
		row->request = true;
		e->retrans = m->idiag_retrans; /* of the SYN-ACK */
	} else if (has_info) {
		set_figures(e, &info);
	}
	if (row->request || row->timewait) {
		row->figures.has_timer = true;
		row->figures.timer_ms = m->idiag_expires;
	} else if (has_info && has_data(e->s.state)) {
		set_listing(row, m, &info);
	}
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

static void dump_row(struct dump *d, const struct nlmsghdr *nh)
{
	struct sockdiag_row row;

	if (d->err || nh->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
		/*
		 * After an error of fn the rest is read and discarded, so that the next dump finds
		 * an empty socket.
		 */
		return;
	read_row(&row, d->ns->inode, nh);
	row.looked = d->looked;
	if (d->f && !passes(d->f, &row))
		return;
	d->err = d->fn(d->ctx, &row);
	d->rows++;
}

/* Returns 1 if this was the last batch, 0 if more will come, or a negative errno. */
static int dump_batch(struct dump *d, ssize_t bytes)
{
	const struct nlmsghdr *nh = (const void *)d->sd->buffer;

	for (size_t left = (size_t)bytes; NLMSG_OK(nh, left); nh = NLMSG_NEXT(nh, left)) {
		if (nh->nlmsg_seq != d->sd->seq)
			continue; /* left over from a dump that failed */
		if (nh->nlmsg_flags & NLM_F_DUMP_INTR)
			d->interrupted = true;
		if (nh->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(nh);

			if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
				return -EBADMSG;
			return e->error ? e->error : 1;
		}
		if (nh->nlmsg_type == NLMSG_DONE) {
			int err = 0;

			if (nh->nlmsg_len >= NLMSG_LENGTH(sizeof(err)))
				memcpy(&err, NLMSG_DATA(nh), sizeof(err));
			return err < 0 ? err : 1;
		}
		if (nh->nlmsg_type == TCPDIAG_GETSOCK)
			dump_row(d, nh);
	}
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
		err = dump_batch(d, n);
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
