// SPDX-License-Identifier: GPL-2.0-only
/*
 * summary.bpf.c - the programs of --summary: counts and histograms for each listener are kept in
 * the kernel, and nothing is sent.
 *
 *	transitions
 *		exact	tp_btf/inet_sock_set_state
 *	a SYN-ACK is sent again
 *		exact	tp_btf/tcp_retransmit_synack
 *	the listener of a child
 *		exact	fentry/inet_csk_complete_hashdance, fentry/inet_csk_reqsk_queue_add
 *		else	tp_btf/sk_data_ready; each arrival of data: 5 ns
 *	accept() accepts
 *		exact	fexit/inet_csk_accept, fentry/fd_install; each new descriptor: 5 ns
 *		else	sys_exit_accept, sys_exit_accept4; every system call of every process:
 *			35 ns; tp_btf/io_uring_complete; each completion: 50 ns
 *	a segment is discarded
 *		exact	fexit/tcp_check_req
 *		else	tp_btf/kfree_skb; each packet dropped: 5 ns
 *
 * Nothing is kept for a connection except, while it waits for accept(), when the wait began. A
 * child's listener is the one at its local port, which is found in one or two loads. Where several
 * listeners share a port (SO_REUSEPORT, or one for each address), the hooks above name the right
 * one; what happens to the connection after accept() is then counted for the first of them.
 *
 * Refusals are not hooked: the kernel counts them at the listener (sk_drops), and user space reads
 * that through the walk at the end of this file. The kernel counts discarded segments in the same
 * number, so these are counted here and subtracted.
 *
 * Longer than 500 lines: each exact hook stands beside its fallback.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "accept.bpf.h"
#include "again.bpf.h"
#include "descriptor.bpf.h"
#include "segment.bpf.h"
#include "sock.bpf.h"
#include "summary_handshake.bpf.h"
#include "summary_listeners.bpf.h"
#include "summary_waiting.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * User space sets it while it reads the events of the stream instead: then nothing is counted but
 * discarded segments, because sk_drops goes on, and listeners are registered still.
 */
bool paused = false;

/* ---- transitions ---- */

static __always_inline void listener_changed(struct sock *sk, int new)
{
	struct fact_task task = {};
	__u64 cookie = bpf_get_socket_cookie(sk);

	if (new == TCP_LISTEN) {
		task_fill(&task);
		listener_begins(sk, cookie, bpf_ktime_get_ns(), &task,
				task.pid ? bpf_get_current_task() : 0);
	} else {
		listener_ends(sk, cookie);
	}
}

static __always_inline void state_changed(struct summary_cpu *cpu, struct sock *sk, int old,
					  int new)
{
	struct summary_stats *s;
	struct summary_port *port;
	struct tcp_sock *tp;
	__u32 netns;
	__u16 lport;

	/* The tracepoint also fires for MPTCP sockets, which are no tcp_sock. */
	if (sk->sk_protocol != IPPROTO_TCP || old == new)
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || !wanted(tp))
		return;
	if (new == TCP_LISTEN || (old == TCP_LISTEN && new == TCP_CLOSE)) {
		listener_changed(sk, new);
		return;
	}
	if (paused)
		return;
	netns = netns_of(tp);
	lport = local_port(tp);
	port = port_find(port_key(netns, lport));
	if (port && port->key < SUMMARY_PORT_ONE)
		port = NULL;
	if (old == TCP_LISTEN) {
		cpu->born = (__u64)sk;
	} else if (old == TCP_SYN_RECV && new == TCP_ESTABLISHED) {
		cpu->born = 0;
		established(cpu, sk, tp, netns, lport, port);
	} else if (new == TCP_CLOSE && (old == TCP_FIN_WAIT2 || old == TCP_CLOSING) &&
		   sk->__sk_common.skc_flags &(
			   1UL << bpf_core_enum_value(enum sock_flags, SOCK_DONE))) {
		/* SOCK_DONE: the peer's FIN has come. A timewait socket takes over. */
		new = TCP_TIME_WAIT;
	}
	new &= SUMMARY_STATES - 1;
	s = port ? stats_of(port->cookie) : NULL;
	add(s ? &s->entered[new] : &cpu->entered[new]);
}

SEC("tp_btf/inet_sock_set_state")
int set_state(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int old = ctx[1], new = ctx[2];
	struct summary_cpu *cpu = this_cpu();
	bool owned = is_owned(sk);

	no_private_stack(ctx);
	if (!cpu)
		return 0;
	token_begin(&cpu->tokens, owned);
	state_changed(cpu, sk, old, new);
	token_leave(&cpu->tokens, owned, (__u64)sk, old << 8 | new);
	return 0;
}

/* The second program of again.bpf.h: runs where recursion hid the first. */
SEC("tp_btf/inet_sock_set_state")
int set_state_missed(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int old = ctx[1], new = ctx[2];
	struct summary_cpu *cpu = this_cpu();

	if (!cpu || token_take(&cpu->tokens, is_owned(sk), (__u64)sk, old << 8 | new))
		return 0;
	add(&cpu->count[SUMMARY_RECOVERED]);
	bpf_tail_call(ctx, &first, 0);
	return 0;
}

/* ---- the listener of a child ---- */

/*
 * Notes a child before the kernel queues it. Once queued, another CPU can accept it at once, even
 * before its transition to ESTABLISHED. A child that the kernel does not queue in the end does no
 * harm: its place is used again.
 */
static __always_inline int child_queues(struct sock *listener, struct sock *child)
{
	struct summary_cpu *cpu = this_cpu();
	__u64 cookie;

	if (paused || !cpu || !common_wanted(&listener->__sk_common))
		return 0;
	cookie = listener_cookie(listener);
	if (!cookie)
		return 0;
	port_learn(listener, cookie);
	cpu->queued = (__u64)child;
	cpu->queued_cookie = cookie;
	waiting_add((__u64)child, bpf_ktime_get_ns(), cookie);
	return 0;
}

/*
 * inet_csk_complete_hashdance(listener, child, req, own_req). own_req is false if another CPU was
 * faster to make a child of the same request: this one is not queued.
 */
SEC("fentry/inet_csk_complete_hashdance")
int enqueue(__u64 *ctx)
{
	bool own = ctx[3] & 0xff;

	return own ? child_queues((struct sock *)ctx[0], (struct sock *)ctx[1]) : 0;
}

/*
 * inet_csk_reqsk_queue_add(listener, req, child): the child of a SYN cookie, which is about to
 * become ESTABLISHED, or of a fast open, which may be accepted before that.
 */
SEC("fentry/inet_csk_reqsk_queue_add")
int enqueue_unrequested(__u64 *ctx)
{
	return child_queues((struct sock *)ctx[0], (struct sock *)ctx[2]);
}

/*
 * Without fentry. Fires for every socket that gets data. For a listener it fires right after the
 * child's transition, on the same CPU: so the pending child belongs to this listener.
 */
SEC("tp_btf/sk_data_ready")
int listener_ready(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct summary_cpu *cpu;
	__u64 cookie;
	__u32 at;

	if (paused || !is_tcp_listener(listener))
		return 0;
	cpu = this_cpu();
	if (!cpu || !(cpu->pending || cpu->born) || !common_wanted(&listener->__sk_common))
		return 0;
	cookie = listener_cookie(listener);
	if (!cookie)
		return 0;
	port_learn(listener, cookie);
	if (cpu->born) {
		waiting_add(cpu->born, bpf_ktime_get_ns(), cookie);
		cpu->born = 0;
	} else if (cpu->pending_port == listener->__sk_common.skc_num) {
		at = waiting_index(cpu->pending);
		if (at != NOT_WAITING)
			waiting_place(at, 0)->cookie = cookie;
		cpu->pending = 0;
		completed(cookie, bpf_ktime_get_ns(), cpu->pending_ns, cpu->pending_queue);
	}
	return 0;
}

/* ---- accepted ---- */

/*
 * Counts an accepted connection. at: its place, from waiting_index(). cookie: the listener's, 0 if
 * the hook does not tell.
 */
__noinline int taken(__u32 at, __u64 cookie)
{
	struct summary_waiting *w = at == NOT_WAITING ? NULL : waiting_place(at, 0);
	__u64 now = bpf_ktime_get_ns(), since = w ? w->t : now;
	struct summary_stats *s;

	if (w) {
		cookie = cookie ? cookie : w->cookie;
		w->sk = 0;
	}
	s = stats_of(cookie);
	if (!s)
		return 0;
	add(&s->accepted);
	if (w)
		duration_add(&s->accept_wait, now > since ? now - since : 0);
	return 0;
}

SEC("fexit/inet_csk_accept")
int accept_taken(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	__u64 child = 0;

	if (paused || bpf_get_func_ret(ctx, &child) || !child ||
	    !common_wanted(&listener->__sk_common))
		return 0;
	taken(waiting_index(child), listener_cookie(listener));
	return 0;
}

/*
 * An accept() that was entered before the tracer was attached returns without the fexit program
 * above. Its connection is still in the table of those that wait when it gets its descriptor. Runs
 * for every new descriptor of every process; all but sockets fail the first test.
 */
SEC("fentry/fd_install")
int accept_installed(__u64 *ctx)
{
	struct file *file = (struct file *)ctx[1];
	struct socket *socket;
	__u32 at;

	if (paused || !is_socket_file(file))
		return 0;
	socket = bpf_sock_from_file(file);
	at = socket ? waiting_search((__u64)socket->sk) : NOT_WAITING;
	if (at != NOT_WAITING)
		taken(at, 0);
	return 0;
}

/*
 * The place of the socket behind a descriptor that accept() has just returned. It is known to be a
 * socket, so this takes half the reads of tcp_of_descriptor_probe().
 */
static __always_inline __u32 waiting_of_descriptor(__u32 fd)
{
	struct file *file = file_of_descriptor(fd);
	struct socket *socket;

	if (!file)
		return NOT_WAITING;
	socket = BPF_CORE_READ(file, private_data);
	return waiting_index((__u64)BPF_CORE_READ(socket, sk));
}

/*
 * certain: fd was returned by an accept. Otherwise it is only a number, and counts as accepted if
 * the socket behind it was waiting.
 */
static __always_inline int descriptor_taken(int fd, bool certain)
{
	__u32 at = certain ? waiting_of_descriptor(fd) : NOT_WAITING;
	const struct sock *sk;
	struct summary_port *port;
	struct common k;
	__u64 cookie = 0;

	if (at != NOT_WAITING && waiting_place(at, 0)->cookie) {
		taken(at, 0);
		return 0;
	}
	sk = tcp_of_descriptor_probe(fd, &k);
	if (!sk)
		return 0;
	at = waiting_index((__u64)sk);
	if (at == NOT_WAITING && (!certain || !wanted_copy(&k, sk)))
		return 0;
	if (at == NOT_WAITING || !waiting_place(at, 0)->cookie) {
		port = port_find(port_key(netns_of_copy(&k), local_port_copy(&k, sk)));
		cookie = port && port->key >= SUMMARY_PORT_ONE ? port->cookie : 0;
	}
	taken(at, cookie);
	return 0;
}

/* Attached twice: to sys_exit_accept and to sys_exit_accept4. */
SEC("tp/syscalls/sys_exit_accept")
int sys_exit_accept(struct trace_event_raw_sys_exit *ctx)
{
	return paused || ctx->ret < 0 ? 0 : descriptor_taken(ctx->ret, true);
}

/*
 * On request only, where tracefs is out of reach: runs at every system call of every process.
 * sys_exit does not tell which call has ended, so sys_enter notes that a thread is in accept().
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, bool);
} in_accept SEC(".maps");

SEC("tp_btf/sys_enter")
int any_enter(__u64 *ctx)
{
	bool *in;

	if (!is_accept_call(ctx[1]))
		return 0;
	in = bpf_task_storage_get(&in_accept, bpf_get_current_task_btf(), NULL,
				  BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (in)
		*in = true;
	return 0;
}

SEC("tp_btf/sys_exit")
int any_exit(__u64 *ctx)
{
	bool *in = bpf_task_storage_get(&in_accept, bpf_get_current_task_btf(), NULL, 0);
	long ret = ctx[1];

	if (!in || !*in)
		return 0;
	*in = false;
	return paused || ret < 0 ? 0 : descriptor_taken(ret, true);
}

SEC("tp_btf/io_uring_complete")
int io_uring_completed(__u64 *ctx)
{
	bool certain;
	int fd;

	if (paused || !uring_completed(ctx, &fd, &certain) || fd < 0)
		return 0;
	return descriptor_taken(fd, certain);
}

/* ---- SYN-ACKs sent again ---- */

/* fexit/tcp_check_req is chosen, and sees every segment to a request */
const volatile bool setting_ack_refused = false;

SEC("tp_btf/tcp_retransmit_synack")
int synack_again(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct request_sock *req = (struct request_sock *)ctx[1];
	const struct sock_common *c = &req->__req_common;
	struct summary_stats *s;
	struct request r;
	__u64 first, cookie;

	if (paused || !common_wanted(c))
		return 0;
	cookie = listener_cookie(listener);
	s = stats_of(cookie);
	if (s)
		add(&s->synack_retrans);
	if (s && !setting_ack_refused && listener->__sk_common.skc_state == TCP_LISTEN &&
	    syn_came(req) && bpf_map_lookup_elem(&listeners, &cookie))
		add(&s->discarded);
	r.netns = BPF_CORE_READ(c, skc_net.net, ns.inum);
	r.isn = BPF_CORE_READ((struct tcp_request_sock *)req, snt_isn);
	r.lport = c->skc_num;
	r.rport = bpf_ntohs(c->skc_dport);
	first = BPF_CORE_READ((struct tcp_request_sock *)req, snt_synack);
	bpf_map_update_elem(&repeated, &r, &first, 0);
	return 0;
}

/* ---- segments that the listener's counter holds beside refusals ---- */

/*
 * tcp_v4_rcv() discards a segment that belongs to a request and makes no child
 * (discard_and_relse), and counts it in the listener's sk_drops: a final ACK that finds the queue
 * full (the kernel has counted it as refused before that), a repeated SYN, an ACK that waits for
 * data. For an unknown listener nothing is counted: its drops_before will include the segment.
 */
static __always_inline void discarded(const struct sock *listener, const struct sk_buff *skb)
{
	__u64 cookie = listener->__sk_common.skc_cookie.counter;
	struct summary_stats *s;

	if (!bpf_map_lookup_elem(&listeners, &cookie))
		return;
	s = stats_of(cookie);
	if (s)
		__sync_fetch_and_add(&s->discarded, segment_count(skb));
}

/*
 * tcp_check_req(listener, skb, req, fastopen, req_stolen) returns the child. req_stolen: another
 * CPU was faster to make the child, and the kernel looks the segment up again instead of discarding
 * it. A fast open's child passes here too.
 */
SEC("fexit/tcp_check_req")
int ack_done(__u64 *ctx)
{
	const struct sock *listener = (const struct sock *)ctx[0];
	bool fastopen = ctx[3] & 0xff, stolen = false;
	__u64 child = 0;

	if (bpf_get_func_ret(ctx, &child) || child || fastopen ||
	    listener->__sk_common.skc_state != TCP_LISTEN)
		return 0;
	bpf_probe_read_kernel(&stolen, sizeof(stolen), (const void *)ctx[4]);
	if (!stolen)
		discarded(listener, (const struct sk_buff *)ctx[1]);
	return 0;
}

/* Without fexit: sees only the final ACKs among these segments; synack_again sees the SYNs. */
SEC("tp_btf/kfree_skb")
int ack_dropped(__u64 *ctx)
{
	const struct sk_buff *skb = (const struct sk_buff *)ctx[0];
	const struct sock *listener;
	struct segment t;

	if (!is_listen_overflow(ctx[2]))
		return 0;
	listener = (const struct sock *)ctx[3];
	if (listener && listener->__sk_common.skc_state == TCP_LISTEN && segment_read(&t, skb) &&
	    !(t.flags & TCP_FLAG_SYN))
		discarded(listener, skb);
	return 0;
}

/* ---- walks ---- */

/* A function of its own, for its stack. */
__noinline __u64 wanted_listener(__u64 address)
{
	const struct sock *sk = (const struct sock *)address;
	struct common k;

	sk = sk ? tcp_behind(sk, &k) : NULL;
	return sk && COMMON(&k, skc_state) == TCP_LISTEN && wanted_copy(&k, sk) ? (__u64)sk : 0;
}

/* The address of the listener behind a file, if it is wanted; else 0. */
static __always_inline __u64 listener_of_file(struct file *file)
{
	struct socket *socket;

	if (!is_socket_file(file))
		return 0;
	socket = bpf_sock_from_file(file);
	return socket ? wanted_listener((__u64)BPF_CORE_READ(socket, sk)) : 0;
}

/* Once at the start: the listeners that are older than the tracer. 110 ns for each open file. */

SEC("iter/task_file")
int find_listeners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct fact_task holder = {};
	const struct sock *sk;

	if (!task || !file)
		return 0;
	sk = (const struct sock *)listener_of_file(file);
	if (!sk)
		return 0;
	holder_fill(&holder, task);
	/* Read by guarded copies, so that the verifier sees numbers. */
	listener_begins(sk, BPF_CORE_READ(sk, __sk_common.skc_cookie.counter), 0, &holder,
			(__u64)BPF_CORE_READ(task, group_leader));
	return 0;
}

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_iter__bpf_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
};
#pragma clang attribute pop

static long read_queues(struct bpf_map *map, const __u64 *cookie, struct summary_listener *l,
			void *ctx)
{
	(void)map;
	(void)ctx;
	if (l->sk)
		queues_probe(&l->q, (const struct sock *)l->sk);
	/* Another socket has the address: the end of this listener was missed. */
	if (!l->sk || l->q.cookie != *cookie)
		queues_none(&l->q);
	return 0;
}

/*
 * At each interval: brings the queues of all known listeners up to date; user space then reads the
 * map. An iterator is the one kind of program that runs on request and without rights. Of those,
 * the walk over all maps is short: nothing is done but at the first one. iter/bpf_map_elem would
 * fit better, but some kernels refuse to load it.
 */
SEC("iter/bpf_map")
int read_listeners(struct bpf_iter__bpf_map *ctx)
{
	if (ctx->map && !ctx->meta->seq_num)
		bpf_for_each_map_elem(&listeners, read_queues, NULL, 0);
	return 0;
}
