/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * request.bpf.h - sends that a request was made, as its SYN-ACK shows it, and that it was given up.
 */
#ifndef SOCKSTATE_REQUEST_BPF_H
#define SOCKSTATE_REQUEST_BPF_H

#include "interface_send.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"
#include "steered.bpf.h"

/* A first SYN-ACK leaves at once. The shortest retransmission timeout is longer than this. */
#define FIRST_SYNACK_NS 100000000ULL

/* sk: a request whose SYN-ACK is being sent. */
static __always_inline bool is_first_synack(const struct sock *sk)
{
	return !LOAD(request_sock, sk, num_retrans) &&
	       bpf_ktime_get_ns() - LOAD(tcp_request_sock, sk, snt_synack) * 1000 <=
		       FIRST_SYNACK_NS;
}

/* A request whose first SYN-ACK is being sent. Its packet may pass more than once: told once. */
static __always_inline void request_send(struct cpu *cpu, const struct sock *sk, enum kin kin)
{
	const struct sock_common *c = &sk->__sk_common;
	__u32 server_isn = LOAD(tcp_request_sock, sk, snt_isn);
	const struct sock *listener;
	struct fact_syn *f;
	struct common k;

	if (cpu->synack_req == (__u64)sk && cpu->synack_isn == server_isn)
		return;
	cpu->synack_req = (__u64)sk;
	cpu->synack_isn = server_isn;
	if (kin == KIN_BROUGHT)
		request_note(c, server_isn);
	if (LOAD(sock, sk, __sk_common.skc_bound_dev_if))
		interface_send(cpu, sk);
	listener = LOAD(sock, sk, __sk_common.skc_listener);
	f = fact_reserve(FACT_SYN, sizeof(*f),
			 FACT_F_SYNACK | (is_deferring(listener) ? FACT_F_DEFERS : 0));
	if (!f)
		return;
	common_copy(&k, c);
	sock_fill_copy(&f->s, &k, sk, COMMON(&k, skc_num));
	queues_probe(&f->q, listener);
	f->client_isn = LOAD(tcp_request_sock, sk, rcv_isn);
	f->server_isn = server_isn;
	f->attempt = 0;
	f->pad = 0;
	fact_submit(f, sizeof(*f));
}

/* counted: its listener still counts this request. */
static __always_inline void request_send_expired(const struct request_sock *req, __u32 flags,
						 bool counted)
{
	struct fact_syn *f;
	struct common k;

	common_copy(&k, &req->__req_common);
	if (!request_copy_wanted(&k))
		return;
	f = fact_reserve(FACT_EXPIRED, sizeof(*f), flags);
	if (!f)
		return;
	sock_fill_copy(&f->s, &k, req, COMMON(&k, skc_num));
	queues_probe(&f->q, LOAD(sock, req, __sk_common.skc_listener));
	if (counted)
		f->q.syn_queue -= !!f->q.syn_queue;
	f->client_isn = LOAD(tcp_request_sock, req, rcv_isn);
	f->server_isn = LOAD(tcp_request_sock, req, snt_isn);
	f->attempt = LOAD(request_sock, req, num_retrans);
	f->pad = 0;
	fact_submit(f, sizeof(*f));
}

#endif
