// SPDX-License-Identifier: GPL-2.0-only
/*
 * state.bpf.c - every transition of a TCP socket: tp_btf/inet_sock_set_state.
 *
 * All kernels have this hook, and nothing stands in for it. Each transition takes 120 ns, 15 ns if
 * the filter rejects the socket.
 *
 * It does not see half-open requests (handshake.bpf.c): both LISTEN -> SYN_RECV and SYN_RECV ->
 * ESTABLISHED of a child fire when the final ACK has come. The first of them is sent only with
 * --raw. Before the second one the child can still have its listener's cookie and no peer (seen on
 * 6.1 and 6.12).
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "again.bpf.h"
#include "call.bpf.h"
#include "interface_send.bpf.h"
#include "place_send.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"
#include "steered.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * What all facts of this file have in common. It is gathered before the program branches, so that
 * the verifier checks it once.
 */
struct change {
	__u64 *ctx;
	struct tcp_sock *tp;
	struct sock *sk;
	struct fact_sock s;
	__u32 flags;
	__u32 owner;
};

/*
 * The states are read from the context wherever they are tested. Of a value that was read once the
 * verifier remembers the outcome of each test, and follows all that comes behind it once for each
 * outcome: three times the work.
 */
static __always_inline __u8 argument(const struct change *c, int number)
{
	volatile __u64 *ctx = c->ctx;

	/*
	 * The verifier lets a program read the context at an offset, and not through an address in
	 * it, which the compiler would keep.
	 */
	barrier_var(ctx);
	return ctx[number];
}

static __always_inline __u8 old_state(const struct change *c)
{
	return argument(c, 1);
}

static __always_inline __u8 new_state(const struct change *c)
{
	return argument(c, 2);
}

/* Where the caller runs comes first: the line of this fact says it. */
static __always_inline void send_listen(const struct change *c)
{
	struct fact_listen *f;
	struct call *call;

	if (!is_kernel_thread())
		place_send();
	f = fact_reserve(FACT_LISTEN, sizeof(*f), c->flags);
	if (!f)
		return;
	f->s = c->s;
	queues_fill(&f->q, c->tp);
	f->q.sk = (__u64)c->sk;
	f->q.cookie = f->s.cookie;
	task_fill(&f->task);
	f->old = old_state(c);
	f->new = new_state(c);
	f->err = 0;
	f->somaxconn = sock_of(c->tp)->__sk_common.skc_net.net->core.sysctl_somaxconn;
	call = call_find();
	f->asked_known = call && call->asked_known;
	f->backlog_asked = f->asked_known ? call->asked : 0;
	fact_submit(f, sizeof(*f));
}

static __always_inline void send_connect(const struct change *c)
{
	struct fact_connect *f = fact_reserve(FACT_CONNECT, sizeof(*f), c->flags);

	if (!f)
		return;
	f->s = c->s;
	task_fill(&f->task);
	f->old = old_state(c);
	f->new = new_state(c);
	f->pad = 0;
	f->pad2 = 0;
	fact_submit(f, sizeof(*f));
}

static __always_inline __u32 child_isn(const struct tcp_sock *tp)
{
	return tp->snd_una - (__u32)tp->bytes_acked - 1;
}

/*
 * Our initial sequence number. It is exact even if the ACK or the SYN carried data, because snd_una
 * and bytes_acked grow together. A client's bytes_acked counts its own SYN, and a child's does not.
 * A socket in SYN_RECV with a descriptor has called connect() and met the peer's SYN: it is a
 * client.
 */
static __always_inline __u32 local_isn(const struct change *c)
{
	bool client = old_state(c) == TCP_SYN_SENT ||
		      (c->tp->bytes_acked == 1 && sock_of(c->tp)->sk_socket);

	return child_isn(c->tp) + client;
}

static __always_inline void send_established(struct cpu *cpu, const struct change *c)
{
	struct fact_established *f;
	__u32 flags = c->flags;

	if (cpu->cookie_child == (__u64)c->sk && old_state(c) == TCP_SYN_RECV) {
		cpu->cookie_child = 0;
		flags |= FACT_F_SYNCOOKIE;
	}
	f = fact_reserve(FACT_ESTABLISHED, sizeof(*f), flags);
	if (!f)
		return;
	f->s = c->s;
	f->old = old_state(c);
	f->new = new_state(c);
	f->pad = 0;
	f->pid = c->owner;
	f->local_isn = local_isn(c);
	f->remote_isn = c->tp->rcv_nxt - 1 - (__u32)c->tp->bytes_received;
	f->srtt_us = c->tp->srtt_us >> 3;
	f->retrans = c->tp->total_retrans;
	f->accept_queue = old_state(c) == TCP_SYN_RECV ? c->sk->sk_ack_backlog : 0;
	f->backlog = old_state(c) == TCP_SYN_RECV ? c->sk->sk_max_ack_backlog : 0;
	if (old_state(c) == TCP_SYN_RECV) {
		cpu->child = (__u64)c->sk;
		cpu->child_cookie = f->s.cookie;
		cpu->child_lport = f->s.lport;
		cpu->child_rport = f->s.rport;
		cpu->child_netns = f->s.netns;
	}
	fact_submit(f, sizeof(*f));
}

static __always_inline void send_closed(const struct change *c)
{
	struct fact_closed *f;
	__u32 flags = c->flags;
	bool fin = false;

	if (old_state(c) != TCP_LISTEN) {
		fin = c->sk->__sk_common.skc_flags &
		      (1UL << bpf_core_enum_value(enum sock_flags, SOCK_DONE));
		flags |= fin ? FACT_F_PEER_FIN : 0;
		/*
		 * The state tells whether our FIN was sent. sk_shutdown does not: after shutdown()
		 * or close() a RST can be sent instead.
		 */
		if (old_state(c) == TCP_FIN_WAIT1 || old_state(c) == TCP_FIN_WAIT2 ||
		    old_state(c) == TCP_CLOSING || old_state(c) == TCP_LAST_ACK)
			flags |= FACT_F_FIN_SENT;
	}
	/* ECONNREFUSED without a segment that could have been a RST: ICMP port unreachable. */
	if (old_state(c) == TCP_SYN_SENT && c->sk->sk_err && !c->tp->segs_in)
		flags |= FACT_F_UNREACHABLE;
	/* connect() failed on its way, or TCP_FASTOPEN_CONNECT waited for data to send. */
	if (old_state(c) == TCP_SYN_SENT && !c->tp->segs_out)
		flags |= FACT_F_NO_SYN;
	f = fact_reserve(FACT_CLOSED, sizeof(*f), flags);
	if (!f)
		return;
	f->s = c->s;
	f->old = old_state(c);
	f->new = new_state(c);
	f->err = c->sk->sk_err;
	f->pid = c->owner;
	f->bytes_in = c->tp->bytes_received - (fin && c->tp->bytes_received ? 1 : 0);
	f->bytes_out = c->tp->bytes_sent - c->tp->bytes_retrans;
	f->retrans = c->tp->total_retrans;
	f->srtt_us = c->tp->srtt_us >> 3;
	fact_submit(f, sizeof(*f));
}

static __always_inline void send_state(const struct change *c)
{
	struct fact_state *f = fact_reserve(FACT_STATE, sizeof(*f), c->flags);

	if (!f)
		return;
	f->s = c->s;
	f->old = old_state(c);
	f->new = new_state(c);
	f->pad = 0;
	f->pid = c->owner;
	fact_submit(f, sizeof(*f));
}

/* A fast open's child is queued in SYN_RECV, before the transition that tells more about it. */
static __always_inline void remember_child(struct cpu *cpu, const struct change *c)
{
	cpu->child = (__u64)c->sk;
	cpu->child_cookie = 0;
	cpu->child_lport = c->s.lport;
	cpu->child_rport = 0;
	cpu->child_netns = netns_of(c->tp);
}

/* The facts below have the owner's pid alone; its name is sent once. */
static __always_inline void send_name(struct cpu *cpu, __u32 pid)
{
	__u32 *named = &cpu->named[pid % NAMED];
	struct fact_process *f;

	if (*named == pid)
		return;
	f = fact_reserve(FACT_PROCESS, sizeof(*f), 0);
	if (!f)
		return;
	task_fill(&f->task);
	f->parent = 0;
	f->pad = 0;
	fact_submit(f, sizeof(*f));
	*named = pid;
}

/* The child of a steered request: it is kept from now on, if no hook has kept it already. */
static __always_inline bool is_steered_child(const struct change *c)
{
	return can_bring() && bringing && new_state(c) == TCP_ESTABLISHED &&
	       request_was_steered(&sock_of(c->tp)->__sk_common, child_isn(c->tp)) &&
	       child_bring(bpf_get_socket_cookie(c->sk), 0);
}

static __always_inline bool is_in_repair(const struct tcp_sock *tp)
{
	return BPF_CORE_READ_BITFIELD(tp, repair);
}

static __always_inline bool is_early_child(const struct change *c)
{
	return old_state(c) == TCP_LISTEN && new_state(c) == TCP_SYN_RECV;
}

static __always_inline void state_changed(struct cpu *cpu, __u64 *ctx, __u32 flags)
{
	struct sock *sk = (struct sock *)ctx[0];
	struct change c = {.ctx = ctx, .sk = sk, .flags = flags};

	/*
	 * The tracepoint also fires for MPTCP sockets, which are no tcp_sock, and for FIN_WAIT1 ->
	 * FIN_WAIT1 and the like, which change nothing.
	 */
	if (sk->sk_protocol != IPPROTO_TCP || (old_state(&c) == new_state(&c) && !setting_raw))
		return;
	c.tp = bpf_skc_to_tcp_sock(sk);
	if (!c.tp || (!wanted(c.tp) && !is_steered_child(&c)))
		return;
	/* A socket that connects again still has its last port in inet_sport. */
	c.s.lport = new_state(&c) == TCP_SYN_SENT ? sock_of(c.tp)->__sk_common.skc_num
						  : local_port(c.tp);
	if (is_early_child(&c)) {
		remember_child(cpu, &c);
		if (!setting_raw)
			return;
	}
	if (sock_of(c.tp)->sk_socket) {
		c.flags |= FACT_F_HAS_SOCKET;
		if (is_in_repair(c.tp))
			c.flags |= FACT_F_REPAIR;
	}
	if (is_owned(sk)) {
		c.flags |= FACT_F_OWNED;
		c.owner = owner_pid();
		if (c.owner && new_state(&c) != TCP_LISTEN && new_state(&c) != TCP_SYN_SENT)
			send_name(cpu, c.owner);
	}
	if (bpf_core_field_exists(c.tp->is_mptcp) && c.tp->is_mptcp)
		c.flags |= FACT_F_MPTCP;
	/*
	 * bpf_get_socket_cookie() gives a socket without a cookie one for life. It must not run for
	 * a child that still has its listener's cookie.
	 */
	sock_fill(&c.s, &sk->__sk_common, netns_of(c.tp),
		  setting_raw && is_early_child(&c) ? 0 : cookie_of(sk), c.s.lport, new_state(&c));
	if (c.s.ifindex)
		interface_send(cpu, sk);

	if (setting_raw && old_state(&c) == new_state(&c))
		send_state(&c);
	else if (new_state(&c) == TCP_LISTEN)
		send_listen(&c);
	else if (new_state(&c) == TCP_SYN_SENT)
		send_connect(&c);
	else if (new_state(&c) == TCP_ESTABLISHED)
		send_established(cpu, &c);
	else if (new_state(&c) == TCP_CLOSE)
		send_closed(&c);
	else
		send_state(&c);
	/* Its own RST comes behind its CLOSE: it is kept until the next one. */
	if (new_state(&c) == TCP_CLOSE && brought_find(c.s.cookie)) {
		brought_end(cpu->brought_closed, false);
		cpu->brought_closed = c.s.cookie;
	}
}

SEC("tp_btf/inet_sock_set_state")
int set_state(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int old = ctx[1], new = ctx[2];
	struct cpu *cpu = this_cpu();
	bool owned = is_owned(sk);
	__u32 flags;

	no_private_stack(ctx);
	if (!cpu)
		return 0;
	token_begin(&cpu->tokens, owned);
	flags = cpu->flags;
	cpu->flags = 0;
	state_changed(cpu, ctx, flags);
	token_leave(&cpu->tokens, is_owned(sk), (__u64)sk, old << 8 | new);
	return 0;
}

/* The second program of again.bpf.h: runs where recursion hid the first. */
SEC("tp_btf/inet_sock_set_state")
int set_state_missed(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int old = ctx[1], new = ctx[2];
	struct cpu *cpu = this_cpu();

	if (!cpu || token_take(&cpu->tokens, is_owned(sk), (__u64)sk, old << 8 | new))
		return 0;
	count(COUNT_RECOVERED);
	cpu->flags = FACT_F_RECOVERED;
	bpf_tail_call(ctx, &first, 0);
	return 0;
}
