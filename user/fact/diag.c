// SPDX-License-Identifier: BSD-2-Clause
#include "fact/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"

/*
 * INET_ULP_INFO_NAME of linux/tcp.h: the attribute with the name of an upper layer protocol
 * ("mptcp", "tls").
 */
#define ULP_INFO_NAME 1

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
	e->h.size = sizeof(*e);
	e->h.kind = FACT_EXISTING;
	e->s.cookie = (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0];
	e->s.netns = netns;
	e->s.state = m->idiag_state == TCP_STATE_NEW_SYN_RECV ? TCP_STATE_SYN_RECV : m->idiag_state;
	set_ends(&e->s, m);
	e->fd = -1;
	e->inode = m->idiag_inode;
	e->h.flags = fin_flags(e->s.state) | (e->inode ? FACT_F_HAS_SOCKET : 0);
	e->s.ifindex = m->id.idiag_if;
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

/* What other code may take for granted. */
static bool is_tcp(const struct fact_sock *s)
{
	return (s->family == AF_INET || s->family == AF_INET6) && s->state < TCP_STATE_COUNT;
}

/* 0: go on; 1: the end; or a negative errno. */
static int read_message(const struct nlmsghdr *nh, uint32_t netns,
			int (*fn)(void *ctx, struct sockdiag_row *row), void *ctx)
{
	struct sockdiag_row row;
	struct nlmsgerr error;
	int err = 0;

	switch (nh->nlmsg_type) {
	case NLMSG_ERROR:
		if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(error)))
			return -EBADMSG;
		memcpy(&error, NLMSG_DATA(nh), sizeof(error));
		return error.error < 0 ? error.error : 1;
	case NLMSG_DONE:
		if (nh->nlmsg_len >= NLMSG_LENGTH(sizeof(err)))
			memcpy(&err, NLMSG_DATA(nh), sizeof(err));
		return err < 0 ? err : 1;
	case TCPDIAG_GETSOCK:
		if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			return 0;
		read_row(&row, netns, nh);
		return is_tcp(&row.e.s) ? fn(ctx, &row) : 0;
	default:
		return 0;
	}
}

int diag_batch(const void *bytes, size_t size, uint32_t seq, uint32_t netns,
	       int (*fn)(void *ctx, struct sockdiag_row *row), void *ctx, bool *interrupted)
{
	/* Signed: NLMSG_NEXT() takes off the aligned length, which can be more than is left. */
	int left = size < INT32_MAX ? (int)size : INT32_MAX;

	for (const struct nlmsghdr *nh = bytes; left > 0 && NLMSG_OK(nh, (unsigned int)left);
	     nh = NLMSG_NEXT(nh, left)) {
		int rc;

		if (nh->nlmsg_seq != seq)
			continue; /* left over from a dump that failed */
		if (nh->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		rc = read_message(nh, netns, fn, ctx);
		if (rc)
			return rc;
	}
	return 0;
}
