// SPDX-License-Identifier: GPL-2.0-only
/*
 * close.bpf.c - how a connection ends: a RST is sent or received, TIME_WAIT.
 *
 *	a RST is sent or received
 *		exact	tp_btf/tcp_send_reset (with the reason since 6.10), tcp_receive_reset
 *	TIME_WAIT begins
 *		exact	fexit/inet_twsk_alloc
 *		else	FIN_WAIT2 or CLOSING -> CLOSE with the peer's FIN (state.bpf.c)
 *	the peer's FIN comes late
 *		exact	fentry and fexit/tcp_timewait_state_process; each segment to a timewait
 *			socket: 20 ns
 *		else	not seen
 *	TIME_WAIT ends
 *		exact	fentry/tcp_twsk_destructor
 *		else	not seen
 *
 * Costs are from user/fact/hooks.c: the time of a run, without the 20 to 40 ns that running any
 * program takes. A hook without a cost runs only for the facts that it sends, 100 to 400 ns each.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "reset.bpf.h"
#include "segment.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"
#include "steered.bpf.h"

/* ---- RST ---- */

/* A RST ended the connection of this socket. */
static __always_inline void send_reset_of_sock(struct sock *sk, __u32 reason, __u32 flags)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct fact_reset *f;

	if (!tp || !wanted(tp))
		return;
	if (is_owned(sk))
		flags |= FACT_F_OWNED;
	f = fact_reserve(FACT_RESET, sizeof(*f), flags);
	if (!f)
		return;
	sock_fill(&f->s, &sk->__sk_common, netns_of(tp), bpf_get_socket_cookie(sk), local_port(tp),
		  sk->__sk_common.skc_state);
	f->reason = reason;
	f->pid = flags & FACT_F_OWNED ? owner_pid() : 0;
	fact_submit(f, sizeof(*f));
}

/*
 * The RST answers a segment that belongs to no connection, so the segment tells whom it goes to.
 * listener: the one that got it; NULL: none.
 */
static __always_inline void send_reset_of_segment(const struct tcp_sock *listener,
						  const struct sk_buff *skb, __u32 reason)
{
	struct fact_reset *f;
	struct segment t;

	if (!segment_read(&t, skb) ||
	    (listener ? !segment_of_wanted(listener, skb, &t) : !segment_wanted(skb, &t)))
		return;
	f = fact_reserve(FACT_RESET, sizeof(*f), FACT_F_SENT);
	if (!f)
		return;
	f->s.sk = 0;
	f->s.cookie = 0;
	f->s.netns = segment_netns(skb);
	f->s.state = TCP_CLOSE;
	segment_ends(&f->s, skb, &t);
	f->reason = reason;
	f->pid = 0;
	fact_submit(f, sizeof(*f));
}

/* A timewait socket answers a segment. It has the ends and the cookie of its connection. */
static __always_inline void send_reset_of_timewait(const struct sock *sk, __u32 reason)
{
	const struct sock_common *c = &sk->__sk_common;
	struct fact_reset *f;

	if (!common_wanted(c))
		return;
	f = fact_reserve(FACT_RESET, sizeof(*f), FACT_F_SENT);
	if (!f)
		return;
	sock_fill(&f->s, c, BPF_CORE_READ(c, skc_net.net, ns.inum), c->skc_cookie.counter,
		  c->skc_num, TCP_TIME_WAIT);
	f->reason = reason;
	f->pid = 0;
	fact_submit(f, sizeof(*f));
}

SEC("tp_btf/tcp_receive_reset")
int reset_received(__u64 *ctx)
{
	send_reset_of_sock((struct sock *)ctx[0], FACT_RESET_UNKNOWN, 0);
	return 0;
}

/* tcp_send_reset(sk, skb, reason), see reset.bpf.h. */
SEC("tp_btf/tcp_send_reset")
int reset_sent(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	struct sk_buff *skb = (struct sk_buff *)ctx[1];
	__u8 state = sk ? sk->__sk_common.skc_state : TCP_CLOSE;
	__u32 reason = reset_reason(ctx, state);

	if (sk && state == TCP_TIME_WAIT)
		send_reset_of_timewait(sk, reason);
	else if (sk && state != TCP_LISTEN && state != TCP_NEW_SYN_RECV)
		send_reset_of_sock(sk, reason, FACT_F_SENT);
	else if (skb)
		send_reset_of_segment(state == TCP_LISTEN ? bpf_skc_to_tcp_sock(sk) : NULL, skb,
				      reason);
	return 0;
}

/* ---- TIME_WAIT ---- */

/*
 * inet_twsk_alloc(sk, dr, state) returns the timewait socket. Its own fields are not complete yet,
 * so the ends and the cookie, which are the same, are read from sk.
 */
SEC("fexit/inet_twsk_alloc")
int timewait_begin(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int substate = ctx[2];
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct fact_timewait *f;
	struct brought *brought;
	__u64 tw = 0;

	/*
	 * tw is NULL if there are too many timewait sockets: the kernel then closes the connection
	 * at once.
	 */
	if (!tp || bpf_get_func_ret(ctx, &tw) || !tw || !wanted(tp))
		return 0;
	f = fact_reserve(FACT_TIMEWAIT, sizeof(*f), FACT_F_TCP_FUNCTIONS);
	if (!f)
		return 0;
	sock_fill(&f->s, &sk->__sk_common, netns_of(tp), bpf_get_socket_cookie(sk), local_port(tp),
		  substate);
	f->s.sk = tw;
	brought = brought_find(f->s.cookie);
	if (brought)
		brought->timewait = true;
	fact_submit(f, sizeof(*f));
	return 0;
}

static __always_inline void send_timewait(enum fact_kind kind, struct inet_timewait_sock *tw)
{
	const struct sock_common *c = &tw->__tw_common;
	struct fact_timewait *f;

	if (!common_wanted(c))
		return;
	f = fact_reserve(kind, sizeof(*f), FACT_F_TCP_FUNCTIONS);
	if (!f)
		return;
	sock_fill(&f->s, c, c->skc_net.net->ns.inum, c->skc_cookie.counter,
		  bpf_ntohs(BPF_CORE_READ(tw, tw_sport)), BPF_CORE_READ(tw, tw_substate));
	fact_submit(f, sizeof(*f));
}

/*
 * The FIN_WAIT2 of an orphaned socket is already a timewait socket. When the peer's FIN comes, its
 * substate becomes TIME_WAIT: compare it at the entry and at the exit.
 */
SEC("fentry/tcp_timewait_state_process")
int timewait_segment(__u64 *ctx)
{
	struct inet_timewait_sock *tw = (struct inet_timewait_sock *)ctx[0];
	struct cpu *cpu = this_cpu();

	if (cpu)
		cpu->tw = tw->tw_substate == TCP_FIN_WAIT2 ? (__u64)tw : 0;
	return 0;
}

SEC("fexit/tcp_timewait_state_process")
int timewait_real(__u64 *ctx)
{
	struct inet_timewait_sock *tw = (struct inet_timewait_sock *)ctx[0];
	struct cpu *cpu = this_cpu();

	if (!cpu || cpu->tw != (__u64)tw)
		return 0;
	cpu->tw = 0;
	if (tw->tw_substate == TCP_TIME_WAIT)
		send_timewait(FACT_TIMEWAIT, tw);
	return 0;
}

/* Its timer, a new SYN with the same ends, a RST or the end of the namespace ended it. */
SEC("fentry/tcp_twsk_destructor")
int timewait_end(__u64 *ctx)
{
	struct inet_timewait_sock *tw = (struct inet_timewait_sock *)ctx[0];

	send_timewait(FACT_TIMEWAIT_END, tw);
	brought_end(tw->__tw_common.skc_cookie.counter, true);
	return 0;
}
