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

#include "cookie.bpf.h"
#include "interface_send.bpf.h"
#include "request.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"
#include "steered.bpf.h"

/* From one device of a stack to the next. A SYN that comes again has another answer later. */
#define SAME_PACKET_NS 100000ULL

/* The functions that make cookies are hooked: they are counted there. */
const volatile bool setting_cookie_made = false;

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
	enum kin kin;

	if (!cpu)
		return 0;
	cpu->syn_served = true;
	/* Not hashed: another CPU was faster with another SYN of the same connection. */
	if (!tp || !(hashed & 0xff))
		return 0;
	kin = kin_of(listener, &req->__req_common);
	if (kin == KIN_UNWANTED)
		return 0;
	if (req->__req_common.skc_bound_dev_if)
		interface_send(cpu, req);
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
	if (kin == KIN_BROUGHT)
		request_note(&req->__req_common, f->server_isn);
	fact_submit(f, sizeof(*f));
	return 0;
}

/*
 * A packet without a socket that this machine made: a SYN-ACK is the answer to a SYN for which no
 * request is kept (tcp_make_synack). All others are rare, for forwarded ones came in by a device.
 */
static __noinline int cookie_leaves(const struct sk_buff *skb)
{
	struct segment t;
	struct cpu *cpu;
	__u64 now;

	if (setting_cookie_made || LOAD(sk_buff, skb, skb_iif) ||
	    (LOAD(sk_buff, skb, protocol) != bpf_htons(ETH_P_IP) &&
	     LOAD(sk_buff, skb, protocol) != bpf_htons(ETH_P_IPV6)))
		return 0;
	if (!segment_read(&t, skb) ||
	    (t.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != (TCP_FLAG_SYN | TCP_FLAG_ACK))
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	/* It passes here again on the next device (bond, VLAN), at once. */
	now = bpf_ktime_get_ns();
	if (cpu->cookie_skb == (__u64)skb && cpu->cookie_ack == t.ack &&
	    now - cpu->cookie_t < SAME_PACKET_NS)
		return 0;
	cpu->cookie_skb = (__u64)skb;
	cpu->cookie_ack = t.ack;
	cpu->cookie_t = now;
	cookie_sent(skb, t.source);
	return 0;
}

static __noinline int request_leaves(const struct sock *sk)
{
	struct cpu *cpu = this_cpu();
	enum kin kin;

	if (!cpu)
		return 0;
	kin = kin_of_request(&sk->__sk_common);
	/* A packet passes here again on the next device (bond, VLAN): request_send() sends once. */
	if (kin != KIN_UNWANTED && is_first_synack(sk))
		request_send(cpu, sk, kin);
	return 0;
}

/* This hook sees every packet that leaves. The first test rejects nearly all of them. */
SEC("tp_btf/net_dev_queue")
int synack_leaves(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	const struct sock *sk;

	/* The pointer that the verifier would trust takes it a millisecond: descriptor.bpf.h. */
	sk = setting_cast ? LOAD(sk_buff, skb, sk) : skb->sk;
	if (!sk)
		return cookie_leaves(skb);
	return sk->__sk_common.skc_state == TCP_NEW_SYN_RECV ? request_leaves(sk) : 0;
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

	if (!tp || (listens ? kin_of(sk, &req->__req_common) == KIN_UNWANTED
			    : !common_wanted(&req->__req_common)))
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
		request_send_expired(req, FACT_F_TCP_FUNCTIONS, false);
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
		request_send_expired(req, FACT_F_TCP_FUNCTIONS | FACT_F_UNREACHABLE, true);
	return 0;
}
