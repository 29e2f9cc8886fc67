// SPDX-License-Identifier: GPL-2.0-only
/*
 * handshake.bpf.c - the half-open phase, which no transition shows: a request is made, its SYN-ACK
 * is sent again, it is given up; our own SYN is sent again. Refused requests are in refuse.bpf.c.
 *
 *	a request is made
 *		exact	fexit/inet_csk_reqsk_queue_hash_add
 *		else	tp_btf/net_dev_queue, when the SYN-ACK leaves, some 30 us later; each
 *			packet sent: 5 ns, each SYN-ACK: 300 ns
 *	a SYN-ACK is sent again
 *		exact	tp_btf/tcp_retransmit_synack
 *	our SYN is sent again
 *		exact	tp_btf/tcp_retransmit_skb; each segment sent again: 5 ns
 *	a request is given up
 *		exact	fentry and fexit/reqsk_timer_handler, fentry/tcp_req_err
 *		else	the tracker concludes it from a SYN-ACK that is not sent again
 *
 * Costs are from user/fact/hooks.c: the time of a run, without the 20 to 40 ns that running any
 * program takes. A hook without a cost runs only for the facts that it sends, 100 to 400 ns each.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "send.bpf.h"
#include "sock.bpf.h"

/* A first SYN-ACK leaves at once. The shortest retransmission timeout is longer than this. */
#define FIRST_SYNACK_NS 100000000ULL

/* ---- a request is made ---- */

SEC("fexit/inet_csk_reqsk_queue_hash_add")
int syn_begin(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct request_sock *req = (struct request_sock *)ctx[1];
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(listener);
	struct cpu *cpu = this_cpu();
	__u64 hashed = ctx[3];
	struct fact_syn *f;

	if (!cpu)
		return 0;
	cpu->syn_served = true;
	/* Not hashed: another CPU was faster with another SYN of the same connection. */
	if (!tp || !(hashed & 0xff) || !common_wanted(&req->__req_common))
		return 0;
	f = fact_reserve(FACT_SYN, sizeof(*f),
			 FACT_F_TCP_FUNCTIONS | (is_deferring(listener) ? FACT_F_DEFERS : 0));
	if (!f)
		return 0;
	sock_fill(&f->s, &req->__req_common, netns_of(tp), bpf_get_socket_cookie(req),
		  req->__req_common.skc_num, TCP_NEW_SYN_RECV);
	queues_fill(&f->q, tp);
	f->client_isn = BPF_CORE_READ((struct tcp_request_sock *)req, rcv_isn);
	f->server_isn = BPF_CORE_READ((struct tcp_request_sock *)req, snt_isn);
	f->attempt = 0;
	f->pad = 0;
	fact_submit(f, sizeof(*f));
	return 0;
}

/* This hook sees every packet that leaves. The first test rejects nearly all of them. */
SEC("tp_btf/net_dev_queue")
int synack_leaves(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct sock *sk = skb->sk;
	const struct sock_common *c;
	const struct tcp_request_sock *req;
	const struct sock *listener;
	__u32 client_isn, server_isn;
	struct fact_syn *f;
	struct common k;
	struct cpu *cpu;

	if (!sk || sk->__sk_common.skc_state != TCP_NEW_SYN_RECV)
		return 0;
	c = &sk->__sk_common;
	req = (const struct tcp_request_sock *)sk;
	cpu = this_cpu();
	if (!cpu || !common_wanted(c) || BPF_CORE_READ(req, req.req.num_retrans))
		return 0;
	if (bpf_ktime_get_ns() - BPF_CORE_READ(req, snt_synack) * 1000 > FIRST_SYNACK_NS)
		return 0;
	/* A packet passes here again on the next device (bond, VLAN): send it once. */
	PAIR_READ(&client_isn, rcv_isn, &server_isn, snt_isn, req);
	if (cpu->synack_req == (__u64)sk && cpu->synack_isn == server_isn)
		return 0;
	cpu->synack_req = (__u64)sk;
	cpu->synack_isn = server_isn;
	listener = BPF_CORE_READ(c, skc_listener);
	f = fact_reserve(FACT_SYN, sizeof(*f),
			 FACT_F_SYNACK | (is_deferring(listener) ? FACT_F_DEFERS : 0));
	if (!f)
		return 0;
	/*
	 * By guarded copies: few packets come here, and the program loads faster
	 * (descriptor.bpf.h).
	 */
	common_copy(&k, c);
	sock_fill_copy(&f->s, &k, sk, COMMON(&k, skc_num));
	queues_probe(&f->q, listener);
	f->client_isn = client_isn;
	f->server_isn = server_isn;
	f->attempt = 0;
	f->pad = 0;
	fact_submit(f, sizeof(*f));
	return 0;
}

/* ---- sent again ---- */

SEC("tp_btf/tcp_retransmit_synack")
int synack_again(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	struct request_sock *req = (struct request_sock *)ctx[1];
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	bool listens = sk->__sk_common.skc_state == TCP_LISTEN;
	struct fact_syn *f;

	if (!tp || !common_wanted(&req->__req_common))
		return 0;
	f = fact_reserve(FACT_RETRANSMIT, sizeof(*f),
			 listens && syn_came(req) ? FACT_F_SYN_CAME : 0);
	if (!f)
		return 0;
	if (listens) {
		sock_fill(&f->s, &req->__req_common, netns_of(tp), bpf_get_socket_cookie(req),
			  req->__req_common.skc_num, TCP_NEW_SYN_RECV);
		queues_fill(&f->q, tp);
	} else { /* A fast open: the child exists already, and the kernel sends from it. */
		sock_fill(&f->s, &sk->__sk_common, netns_of(tp), bpf_get_socket_cookie(sk),
			  local_port(tp), TCP_SYN_RECV);
		queues_none(&f->q);
	}
	f->client_isn = BPF_CORE_READ((struct tcp_request_sock *)req, rcv_isn);
	f->server_isn = BPF_CORE_READ((struct tcp_request_sock *)req, snt_isn);
	f->attempt = req->num_retrans + 1; /* the kernel counts it after this hook */
	f->pad = 0;
	fact_submit(f, sizeof(*f));
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int syn_again(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	struct tcp_sock *tp;
	struct fact_syn *f;

	if (sk->__sk_common.skc_state != TCP_SYN_SENT || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || !wanted(tp))
		return 0;
	f = fact_reserve(FACT_RETRANSMIT, sizeof(*f), 0);
	if (!f)
		return 0;
	sock_fill(&f->s, &sk->__sk_common, netns_of(tp), bpf_get_socket_cookie(sk), local_port(tp),
		  TCP_SYN_SENT);
	queues_none(&f->q);
	f->client_isn = tp->snd_una;
	f->server_isn = 0;
	f->attempt = tp->total_retrans; /* the kernel has counted it before this hook */
	f->pad = 0;
	fact_submit(f, sizeof(*f));
	return 0;
}

/* ---- given up ---- */

static __always_inline const struct request_sock *request_of_timer(__u64 timer)
{
	return (const struct request_sock *)(timer -
					     bpf_core_field_offset(struct request_sock, rsk_timer));
}

static __always_inline void send_expired(const struct request_sock *req, __u32 flags)
{
	struct fact_syn *f;
	struct common k;

	common_copy(&k, &req->__req_common);
	if (!common_wanted_copy(&k))
		return;
	f = fact_reserve(FACT_EXPIRED, sizeof(*f), FACT_F_TCP_FUNCTIONS | flags);
	if (!f)
		return;
	sock_fill_copy(&f->s, &k, req, COMMON(&k, skc_num));
	queues_probe(&f->q, BPF_CORE_READ(req, __req_common.skc_listener));
	if (flags & FACT_F_UNREACHABLE) /* the kernel still counts this request */
		f->q.syn_queue -= !!f->q.syn_queue;
	f->client_isn = BPF_CORE_READ((const struct tcp_request_sock *)req, rcv_isn);
	f->server_isn = BPF_CORE_READ((const struct tcp_request_sock *)req, snt_isn);
	f->attempt = BPF_CORE_READ(req, num_retrans);
	f->pad = 0;
	fact_submit(f, sizeof(*f));
}

/* A request that is half open at the entry and not at the exit was given up by the timer. */
SEC("fentry/reqsk_timer_handler")
int request_timer(__u64 *ctx)
{
	const struct request_sock *req = request_of_timer(ctx[0]);
	struct cpu *cpu = this_cpu();

	if (cpu)
		cpu->timer_req = request_hashed(req) ? (__u64)req : 0;
	return 0;
}

SEC("fexit/reqsk_timer_handler")
int request_expired(__u64 *ctx)
{
	const struct request_sock *req = request_of_timer(ctx[0]);
	struct cpu *cpu = this_cpu();

	if (!cpu || cpu->timer_req != (__u64)req)
		return 0;
	cpu->timer_req = 0;
	if (!request_hashed(req))
		send_expired(req, 0);
	return 0;
}

/*
 * tcp_req_err(sk, seq, abort): an ICMP error for a request. abort: the error is final. A router
 * reports it, or the kernel itself if nobody answers for the client's link address. The kernel
 * ignores an error that does not quote our SYN-ACK, and so does this.
 */
SEC("fentry/tcp_req_err")
int request_unreachable(__u64 *ctx)
{
	const struct request_sock *req = (const struct request_sock *)ctx[0];
	bool ends = ctx[2] & 0xff;

	if (ends && request_hashed(req) &&
	    (__u32)ctx[1] == BPF_CORE_READ((const struct tcp_request_sock *)req, snt_isn))
		send_expired(req, FACT_F_UNREACHABLE);
	return 0;
}
