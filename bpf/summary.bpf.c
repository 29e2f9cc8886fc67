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
 *	accept() fails
 *		exact	fexit/__sys_accept4; each call: 5 ns
 *		else	sys_exit_accept, sys_exit_accept4 as above
 *	a RST is sent or received
 *		exact	tp_btf/tcp_send_reset, tp_btf/tcp_receive_reset
 *	a SYN cookie is sent
 *		exact	fentry/cookie_v4_init_sequence, fentry/cookie_v6_init_sequence
 *		else	not counted: it would take a program at each packet that is sent
 *	a segment is discarded
 *		exact	fexit/tcp_check_req
 *		else	tp_btf/kfree_skb; each packet dropped: 5 ns
 *
 * Nothing is kept for a connection except, while it waits for accept(), when the wait began. A
 * child's listener is the one at its local port, which is found in one or two loads. Where several
 * listeners share a port (SO_REUSEPORT, or one for each address), the hooks above name the right
 * one; what happens to the connection after accept() is then counted for the first of them. A child
 * that has another port than its listener (TPROXY) is kept with its listener until it ends.
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
#include "brings.bpf.h"
#include "descriptor.bpf.h"
#include "reset.bpf.h"
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
	const struct brought *steered;
	struct summary_stats *s;
	struct summary_port *port;
	struct tcp_sock *tp;
	bool ends = new == TCP_CLOSE;
	__u64 cookie;
	__u32 netns;
	__u16 lport;

	/* The tracepoint also fires for MPTCP sockets, which are no tcp_sock. */
	if (sk->sk_protocol != IPPROTO_TCP || old == new)
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp)
		return;
	if (!wanted(tp)) {
		/* Its listener, which sk_data_ready names, may be wanted. */
		if (can_bring() && setting_ready && old == TCP_SYN_RECV && new == TCP_ESTABLISHED)
			cpu->turned_away = (__u64)sk;
		return;
	}
	cookie = sk->__sk_common.skc_cookie.counter;
	if (new == TCP_LISTEN || (old == TCP_LISTEN && new == TCP_CLOSE)) {
		listener_changed(sk, new);
		if (ends)
			brought_end(cookie, true);
		return;
	}
	if (paused)
		return;
	netns = netns_of(tp);
	lport = local_port(tp);
	port = port_find(port_key(netns, lport));
	/* Of a child that is made now the cookie may still be its listener's. */
	steered = old == TCP_LISTEN ? NULL : brought_get(cookie);
	if (steered || (port && port->key < SUMMARY_PORT_ONE))
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
	if (steered)
		s = stats_of(steered->listener);
	add(s ? &s->entered[new] : &cpu->entered[new]);
	if (steered && ends) {
		cpu->steered_ended = cookie;
		cpu->steered_listener = steered->listener;
		brought_end(cookie, true);
	}
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

static __always_inline bool has_port_of(const struct sock *child, const struct sock *listener)
{
	return child->__sk_common.skc_num == listener->__sk_common.skc_num;
}

/*
 * The cookie of the listener, which brings itself along if its child is wanted and it is not. 0: it
 * is not wanted, or has no cookie.
 */
static __always_inline __u64 wanted_cookie(struct sock *listener, bool child_wanted)
{
	__u64 cookie;

	if (common_wanted(&listener->__sk_common))
		return listener_cookie(listener);
	if (!can_bring() || !child_wanted)
		return 0;
	cookie = bpf_get_socket_cookie(listener);
	if (!brought_add(cookie, 0)) {
		count_lost(SUMMARY_LOST_LISTENER);
		return 0;
	}
	return listener_cookie(listener);
}

/*
 * To which listener the segments to a port went lately where nobody listens: of a SYN that is
 * answered with a cookie nothing names the listener.
 */
struct steered_port {
	__u32 netns; /* inode */
	__u32 port;  /* host order */
};

struct steered_to {
	__u64 cookie; /* of the listener */
	__u64 port;   /* its own, host order */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct steered_port);
	__type(value, struct steered_to);
} steered_ports SEC(".maps");

/* Keeps a child that has another port than its listener. cookie: the listener's. */
static __always_inline void child_steered(struct sock *listener, struct sock *child, __u64 cookie)
{
	const struct sock_common *c = &child->__sk_common;
	struct steered_port key = {.netns = BPF_CORE_READ(c, skc_net.net, ns.inum),
				   .port = c->skc_num};
	struct steered_to to = {.cookie = cookie, .port = listener->__sk_common.skc_num};

	if (key.port != to.port)
		bpf_map_update_elem(&steered_ports, &key, &to, 0);
	if (!brought_add(bpf_get_socket_cookie(child), cookie))
		count_lost(SUMMARY_LOST_WAITING);
}

/*
 * Notes a child before the kernel queues it. Once queued, another CPU can accept it at once, even
 * before its transition to ESTABLISHED. A child that the kernel does not queue in the end does no
 * harm: its place is used again.
 */
static __always_inline int child_queues(struct sock *listener, struct sock *child)
{
	const struct sock_common *c = &child->__sk_common;
	struct summary_cpu *cpu = this_cpu();
	bool steered = !has_port_of(child, listener);
	__u64 cookie;

	if (paused || !cpu)
		return 0;
	cookie = wanted_cookie(listener, steered && common_wanted(c));
	if (!cookie)
		return 0;
	port_learn(listener, cookie);
	if ((steered || setting_laddrs) &&
	    (common_wanted(c) ? steered : listener_brings(&listener->__sk_common, c)))
		child_steered(listener, child, cookie);
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
 * The child at this address in the accept queue; 0: the newest. NULL: it is not there. It is the
 * newest itself, unless another CPU has queued one since: then it is looked for among the first.
 * This CPU has it locked if it made its transition.
 */
static __always_inline struct sock *queued_child(struct tcp_sock *tp, __u64 address)
{
	struct request_sock *req = tp->inet_conn.icsk_accept_queue.rskq_accept_tail;

	if (req && (!address || (__u64)req->sk == address))
		return req->sk;
	req = tp->inet_conn.icsk_accept_queue.rskq_accept_head;
	for (int i = 0; i < QUEUE_SEARCH && req; i++) {
		if ((__u64)req->sk == address)
			return req->sk;
		req = req->dl_next;
	}
	return NULL;
}

/* If it has another port than its listener; else NULL. */
static __always_inline struct sock *steered_child(struct sock *listener, struct tcp_sock *tp,
						  __u64 address)
{
	struct sock *child = queued_child(tp, address);

	return child && !has_port_of(child, listener) ? child : NULL;
}

/*
 * A child that the filter turned away, but its listener is wanted: counts what it missed. address:
 * the child's, as a number, which the verifier lets be hashed.
 */
static __always_inline void turned_back(struct sock *listener, struct sock *child, __u64 address,
					__u64 cookie)
{
	const struct sock_common *c = &child->__sk_common;
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(child);
	__u64 now = bpf_ktime_get_ns(), queue = listener->sk_ack_backlog;
	struct summary_stats *s;

	if (!tp || !listener_brings(&listener->__sk_common, c))
		return;
	child_steered(listener, child, cookie);
	waiting_add(address, now, cookie);
	if (queue > listener->sk_max_ack_backlog)
		queue |= QUEUE_FILLED;
	completed(cookie, now, handshake_ns(tp, netns_of(tp), c->skc_num, now), queue);
	s = stats_of(cookie);
	if (!s)
		return;
	add(&s->entered[TCP_SYN_RECV]);
	add(&s->entered[TCP_ESTABLISHED]);
}

/*
 * Without fentry. Fires for every socket that gets data. For a listener it fires right after the
 * child's transition, on the same CPU: so the pending child belongs to this listener.
 */
SEC("tp_btf/sk_data_ready")
int listener_ready(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0], *steered;
	struct summary_cpu *cpu;
	struct tcp_sock *tp;
	__u64 cookie, away;
	__u32 at;

	if (paused || !is_tcp_listener(listener))
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	away = cpu->turned_away;
	cpu->turned_away = 0;
	if (bringing && !(cpu->pending || cpu->born || away))
		return 0;
	tp = bpf_skc_to_tcp_sock(listener);
	steered = tp ? steered_child(listener, tp, cpu->pending ? cpu->pending : away) : NULL;
	if (!(cpu->pending || cpu->born || away)) {
		/* Counted for a listener on its own port. From the next one on it is pending. */
		if (steered)
			bringing = true;
		return 0;
	}
	cookie = wanted_cookie(listener, steered && cpu->pending);
	if (!cookie)
		return 0;
	port_learn(listener, cookie);
	if (cpu->born) {
		waiting_add(cpu->born, bpf_ktime_get_ns(), cookie);
		cpu->born = 0;
	} else if (!cpu->pending) {
		if (steered)
			turned_back(listener, steered, away, cookie);
	} else if (steered || cpu->pending_port == listener->__sk_common.skc_num) {
		if (steered)
			child_steered(listener, steered, cookie);
		at = waiting_index(cpu->pending);
		if (at != NOT_WAITING)
			waiting_place(at, 0)->cookie = cookie;
		cpu->pending = 0;
		completed(cookie, bpf_ktime_get_ns(), cpu->pending_ns, cpu->pending_queue);
	}
	return 0;
}

/* ---- accepted ---- */

/* A listener that its connections brought is not held by anybody known: who accepts has it. */
static __always_inline void owner_learn(__u64 cookie)
{
	struct summary_listener *l = bpf_map_lookup_elem(&listeners, &cookie);

	if (!l || l->task.pid)
		return;
	task_fill(&l->task);
	if (l->task.pid)
		place_note(bpf_get_current_task(), cookie);
}

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
	if (bringing)
		owner_learn(cookie);
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
 * socket, so this takes half the reads of tcp_copy_of_descriptor().
 */
static __always_inline __u32 waiting_of_descriptor(__u32 fd)
{
	const struct file *file = file_of_descriptor(fd);
	const struct socket *socket;

	if (!file)
		return NOT_WAITING;
	socket = LOAD(file, file, private_data);
	/* A guarded copy is a number, which a global function takes; a plain load is a pointer. */
	return waiting_index((__u64)BPF_CORE_READ(socket, sk));
}

/*
 * certain: fd was returned by an accept. Otherwise it is only a number, and counts as accepted if
 * the socket behind it was waiting.
 */
static __always_inline int descriptor_taken(int fd, bool certain)
{
	__u32 at = certain ? waiting_of_descriptor(fd) : NOT_WAITING;
	const struct brought *steered;
	const struct sock *sk;
	struct summary_port *port;
	struct common k;
	__u64 cookie = 0;

	if (at != NOT_WAITING && waiting_place(at, 0)->cookie) {
		taken(at, 0);
		return 0;
	}
	sk = tcp_copy_of_descriptor(fd, &k);
	if (!sk)
		return 0;
	at = waiting_index((__u64)sk);
	if (at == NOT_WAITING && (!certain || !wanted_copy(&k, sk)))
		return 0;
	steered = brought_get(COMMON(&k, skc_cookie.counter));
	if (steered) {
		cookie = steered->listener;
	} else if (at == NOT_WAITING || !waiting_place(at, 0)->cookie) {
		port = port_find(port_key(netns_of_copy(&k), local_port_copy(&k, sk)));
		cookie = port && port->key >= SUMMARY_PORT_ONE ? port->cookie : 0;
	}
	taken(at, cookie);
	return 0;
}

/* The first argument of the system call that this thread is in; -1: not known. */
static __always_inline int call_descriptor(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct pt_regs *regs = (const struct pt_regs *)bpf_task_pt_regs(task);

	if (bpf_core_field_exists(regs->orig_ax))
		return (int)BPF_CORE_READ(regs, di);
	if (bpf_core_field_exists(regs->orig_x0))
		return (int)BPF_CORE_READ(regs, orig_x0);
	return -1;
}

/* accept() on this descriptor failed. What is no listener by now is left out. */
static __always_inline int accept_error(int fd, int err)
{
	const struct sock *listener;
	struct common k;

	listener = fd < 0 ? NULL : tcp_copy_of_descriptor(fd, &k);
	if (listener && COMMON(&k, skc_state) == TCP_LISTEN && wanted_copy(&k, listener))
		rare_add(COMMON(&k, skc_cookie.counter), SUMMARY_ACCEPT_ERROR, err, 1);
	return 0;
}

/* Errors such as EMFILE come before the kernel looks at the queue. */
SEC("fexit/__sys_accept4")
int accept_failed(__u64 *ctx)
{
	int ret = ctx[4];

	return paused || !is_accept_failure(ret) ? 0 : accept_error(ctx[0], -ret);
}

/* The system call accept() has returned that. */
static __always_inline int accept_returned(long ret)
{
	if (paused)
		return 0;
	if (ret >= 0)
		return descriptor_taken(ret, true);
	return is_accept_failure(ret) ? accept_error(call_descriptor(), -ret) : 0;
}

/* Attached twice: to sys_exit_accept and to sys_exit_accept4. */
SEC("tp/syscalls/sys_exit_accept")
int sys_exit_accept(struct trace_event_raw_sys_exit *ctx)
{
	return accept_returned(ctx->ret);
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
	return accept_returned(ret);
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

/* ---- resets ---- */

/* The listener of a local port; 0: nobody listens there. */
static __always_inline __u64 listener_at(__u32 netns, __u16 lport)
{
	struct summary_port *port = port_find(port_key(netns, lport));

	return port && port->key >= SUMMARY_PORT_ONE ? port->cookie : 0;
}

/*
 * The listener of a connection that has another port; 0: it is not known, or has the same. It goes
 * to CLOSE before a RST of its own is sent (tcp_disconnect(), __tcp_close()), on the same CPU.
 */
static __always_inline __u64 steering_listener(__u64 cookie)
{
	const struct brought *steered = brought_get(cookie);
	const struct summary_cpu *cpu;

	if (steered)
		return steered->listener;
	cpu = bringing && cookie ? this_cpu() : NULL;
	return cpu && cpu->steered_ended == cookie ? cpu->steered_listener : 0;
}

static __always_inline void reset_of_sock(struct sock *sk, __u32 kind, __u32 reason)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	__u64 listener;

	if (!tp)
		return;
	listener = steering_listener(sk->__sk_common.skc_cookie.counter);
	if (listener)
		rare_add(listener, kind, reason, 1);
	else if (wanted(tp))
		rare_add(listener_at(netns_of(tp), local_port(tp)), kind, reason, 1);
}

/*
 * A segment that a listener got, which need not be at its port: then the listener stands for it.
 * False: it is at the port.
 */
static __always_inline bool count_steered_segment(struct sock *listener, const struct sk_buff *skb,
						  __u32 kind, __u32 reason)
{
	const struct sock_common *l = &listener->__sk_common;
	struct fact_sock ends;
	struct segment t;

	if (!segment_read(&t, skb) || bpf_ntohs(t.dest) == l->skc_num)
		return false;
	segment_ends(&ends, skb, &t);
	if ((!setting_netns || segment_netns(skb) == setting_netns) &&
	    (segment_wanted(skb, &t) || (port_brings(l->skc_num, &ends) && laddr_brings(l, &ends))))
		rare_add(listener_cookie(listener), kind, reason, 1);
	return true;
}

/* A segment to the port of a listener, or to one where nobody listens. */
static __always_inline void count_segment(const struct sk_buff *skb, __u32 kind, __u32 reason)
{
	struct segment t;

	if (segment_read(&t, skb) && segment_wanted(skb, &t))
		rare_add(listener_at(segment_netns(skb), bpf_ntohs(t.dest)), kind, reason, 1);
}

SEC("tp_btf/tcp_receive_reset")
int reset_received(__u64 *ctx)
{
	if (!paused)
		reset_of_sock((struct sock *)ctx[0], SUMMARY_RESET_RECEIVED, 0);
	return 0;
}

SEC("tp_btf/tcp_send_reset")
int reset_sent(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	const struct sk_buff *skb = (const struct sk_buff *)ctx[1];
	__u8 state = sk ? sk->__sk_common.skc_state : TCP_CLOSE;
	__u32 reason = reset_reason(ctx, state);

	if (paused)
		return 0;
	if (sk && state != TCP_LISTEN && state != TCP_NEW_SYN_RECV && state != TCP_TIME_WAIT)
		reset_of_sock(sk, SUMMARY_RESET_SENT, reason);
	else if (skb && !(state == TCP_LISTEN &&
			  count_steered_segment(sk, skb, SUMMARY_RESET_SENT, reason)))
		count_segment(skb, SUMMARY_RESET_SENT, reason);
	return 0;
}

/* ---- SYN cookies ---- */

/* False: the port has a listener of its own, or none is known. */
static __always_inline bool count_steered_cookie(const struct sk_buff *skb)
{
	const struct steered_to *to;
	struct steered_port key;
	struct fact_sock ends;
	struct segment t;

	if (!bringing || !segment_read(&t, skb))
		return false;
	key.netns = segment_netns(skb);
	key.port = bpf_ntohs(t.dest);
	to = listener_at(key.netns, key.port) ? NULL : bpf_map_lookup_elem(&steered_ports, &key);
	if (!to)
		return false;
	segment_ends(&ends, skb, &t);
	if ((!setting_netns || key.netns == setting_netns) &&
	    (segment_wanted(skb, &t) || port_brings(to->port, &ends)))
		rare_add(to->cookie, SUMMARY_COOKIE_SENT, 0, 1);
	return true;
}

static __always_inline int cookie_made(const struct sk_buff *skb)
{
	if (!paused && !count_steered_cookie(skb))
		count_segment(skb, SUMMARY_COOKIE_SENT, 0);
	return 0;
}

/* cookie_v4_init_sequence(skb, mss): the answer to this SYN is a cookie. */
SEC("fentry/cookie_v4_init_sequence")
int cookie_made_v4(__u64 *ctx)
{
	return cookie_made((const struct sk_buff *)ctx[0]);
}

SEC("fentry/cookie_v6_init_sequence")
int cookie_made_v6(__u64 *ctx)
{
	return cookie_made((const struct sk_buff *)ctx[0]);
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

	if (paused ||
	    (!common_wanted(c) && !(can_bring() && common_wanted(&listener->__sk_common) &&
				    listener_brings(&listener->__sk_common, c))))
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

/* A function of its own, for its stack. At that time nothing has been brought yet. */
__noinline __u64 wanted_listener(__u64 address)
{
	const struct sock *sk = (const struct sock *)address;
	struct common k;

	sk = sk ? tcp_behind(sk, &k) : NULL;
	return sk && COMMON(&k, skc_state) == TCP_LISTEN && ends_of_copy_wanted(&k, sk) ? (__u64)sk
											: 0;
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
	if (l->sk) {
		queues_probe(&l->q, (const struct sock *)l->sk);
		l->syn_limit = syn_queue_limit((const struct sock *)l->sk, l->q.backlog);
	}
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
