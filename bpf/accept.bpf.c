// SPDX-License-Identifier: GPL-2.0-only
/*
 * accept.bpf.c - into the accept queue and out of it: enqueue, accept() called, accept() done,
 * accept() failed.
 *
 *			exact					tracepoints
 *	enqueue		fexit/inet_csk_complete_hashdance,	tp_btf/sk_data_ready of a listener (6.3 and later)
 *			fexit/inet_csk_reqsk_queue_add
 *	called		fentry/inet_csk_accept			sys_enter_accept, sys_enter_accept4
 *	taken		fexit/inet_csk_accept, and		sys_exit_accept, sys_exit_accept4;
 *			fentry/fd_install for the descriptor	tp_btf/io_uring_complete
 *	failed		fexit/__sys_accept4			sys_exit_accept, sys_exit_accept4
 *
 * Where even the tracepoints of system calls are out of reach, tp_btf/sys_enter and sys_exit can
 * do, on request: they run at every system call of every process.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "accept.bpf.h"
#include "call.bpf.h"
#include "descriptor.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"

#define EAGAIN	    11
#define ERESTARTSYS 512 /* and above: the kernel's own, the call goes on */

/* ---- into the queue: exact ---- */

static __always_inline void send_enqueue(struct sock *listener, struct sock *child, __u32 flags)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(listener);
	const struct sock_common *c = &child->__sk_common;
	struct fact_enqueue *f;

	if (!tp || !common_wanted(c))
		return;
	f = fact_reserve(FACT_ENQUEUE, sizeof(*f), flags | FACT_F_TCP_FUNCTIONS);
	if (!f)
		return;
	queues_fill(&f->q, tp);
	f->child = (__u64)child;
	/* made here for those that had no request */
	f->child_cookie = bpf_get_socket_cookie(child);
	f->netns = netns_of(tp);
	f->lport = c->skc_num;
	f->rport = bpf_ntohs(c->skc_dport);
	fact_submit(f, sizeof(*f));
}

/*
 * The usual way, from a request. Returns the child, or NULL where another CPU was faster or the
 * listener has gone.
 */
SEC("fexit/inet_csk_complete_hashdance")
int enqueue(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct sock *child = (struct sock *)ctx[1];
	struct cpu *cpu = this_cpu();
	__u64 queued = 0;

	if (!cpu || bpf_get_func_ret(ctx, &queued) || !queued)
		return 0;
	/* Where the compiler made a call of it, the function below has reported it. */
	if (cpu->queued == queued)
		cpu->queued = 0;
	else
		send_enqueue(listener, child, 0);
	return 0;
}

/*
 * The children of cookies and of fast opens; mostly a copy within the function above, which then
 * calls nothing.
 */
SEC("fexit/inet_csk_reqsk_queue_add")
int enqueue_unrequested(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct sock *child = (struct sock *)ctx[2];
	struct cpu *cpu = this_cpu();
	__u64 queued = 0;
	__u32 flags = 0;

	if (!cpu || bpf_get_func_ret(ctx, &queued) || !queued)
		return 0;
	cpu->syn_served = true;
	cpu->queued = queued;
	if (cpu->in_cookie) {
		cpu->cookie_child = queued;
		flags = FACT_F_SYNCOOKIE;
	} else if (BPF_CORE_READ((struct tcp_request_sock *)ctx[1], tfo_listener)) {
		flags = FACT_F_FASTOPEN;
	}
	send_enqueue(listener, child, flags);
	return 0;
}

/* ---- into the queue: by tracepoint ---- */

/*
 * A listener is told that there is something to accept, on the CPU and right after the child's last
 * transition (state.bpf.c): that child is it. Sees all sockets that get data, so the state is
 * tested first.
 */
SEC("tp_btf/sk_data_ready")
int listener_ready(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	const struct sock *child;
	struct fact_enqueue *f;
	struct tcp_sock *tp;
	struct cpu *cpu;
	__u32 flags = 0;
	__u64 cookie;
	__u16 rport;

	if (!is_tcp_listener(listener))
		return 0;
	tp = bpf_skc_to_tcp_sock(listener);
	cpu = this_cpu();
	if (!tp || !cpu)
		return 0;
	child = (const struct sock *)cpu->child;
	cookie = cpu->child_cookie;
	rport = cpu->child_rport;
	cpu->child = 0;
	if (cpu->child_lport != listener->__sk_common.skc_num || cpu->child_netns != netns_of(tp))
		child = NULL;
	/* Still before its transition to ESTABLISHED: a fast open. */
	if (child && !rport && BPF_CORE_READ(child, __sk_common.skc_state) == TCP_SYN_RECV) {
		flags = FACT_F_FASTOPEN;
		cookie = BPF_CORE_READ(child, __sk_common.skc_cookie.counter);
		rport = bpf_ntohs(BPF_CORE_READ(child, __sk_common.skc_dport));
	}
	if (!child)
		rport = cookie = 0;
	/* The child is unknown because it was older than us, or because it was turned away. */
	if (!child && (family_restricted() || !common_wanted(&listener->__sk_common)))
		return 0;
	f = fact_reserve(FACT_ENQUEUE, sizeof(*f), flags);
	if (!f)
		return 0;
	queues_fill(&f->q, tp);
	f->child = (__u64)child;
	f->child_cookie = cookie;
	f->netns = netns_of(tp);
	f->lport = listener->__sk_common.skc_num;
	f->rport = rport;
	fact_submit(f, sizeof(*f));
	return 0;
}

/* ---- out of the queue: what all ways send ---- */

/*
 * sk is the accepted socket, and wanted; k a copy of it; call may be NULL: accept() was called
 * before we were there.
 */
static __always_inline void send_wanted_accept(const struct sock *sk, const struct common *k,
					       const struct call *call, int fd, __u32 flags)
{
	struct fact_accept *f;

	if (call && call->io_uring)
		flags |= FACT_F_IO_URING;
	f = fact_reserve(FACT_ACCEPT, sizeof(*f),
			 flags | FACT_F_OWNED | (fd >= 0 ? FACT_F_HAS_SOCKET : 0));
	if (!f)
		return;
	sock_fill_copy(&f->s, k, sk, local_port_copy(k, sk));
	if (call && call->q.sk)
		f->q = call->q;
	else
		queues_none(&f->q);
	task_fill(&f->task);
	f->called = call ? call->called : 0;
	f->fd = fd;
	f->err = 0;
	fact_submit(f, sizeof(*f));
}

static __always_inline void send_accept(const struct sock *sk, const struct common *k,
					const struct call *call, int fd, __u32 flags)
{
	if (wanted_copy(k, sk))
		send_wanted_accept(sk, k, call, fd, flags);
}

/* accept() failed on this listener. It has no socket to name, but its place: the listener's end. */
static __always_inline void send_accept_error(const struct sock *listener, const struct common *k,
					      __u64 called, int err, __u32 flags)
{
	struct fact_accept *f;

	if (COMMON(k, skc_state) != TCP_LISTEN || !wanted_copy(k, listener))
		return;
	f = fact_reserve(FACT_ACCEPT, sizeof(*f), flags | FACT_F_OWNED);
	if (!f)
		return;
	sock_fill_copy(&f->s, k, NULL, COMMON(k, skc_num));
	f->s.cookie = 0;
	queues_copy(&f->q, COMMON(k, skc_cookie.counter), listener);
	task_fill(&f->task);
	f->called = called;
	f->fd = -1;
	f->err = err;
	fact_submit(f, sizeof(*f));
}

static __always_inline bool is_failure(long ret)
{
	return ret < 0 && ret != -EAGAIN && ret > -ERESTARTSYS;
}

/* ---- out of the queue: exact ---- */

SEC("fentry/inet_csk_accept")
int accept_begin(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct call *call;

	if (setting_port_ranges && !ports_wanted(listener->__sk_common.skc_num, 0) &&
	    !setting_remote_port)
		return 0;
	call = call_get();
	if (!call)
		return 0;
	call->seen = true;
	call->child = 0;
	/*
	 * io_uring asks again each time that a connection may be there: that is no call that waits.
	 */
	call->called = call->io_uring ? 0 : bpf_ktime_get_ns();
	return 0;
}

SEC("fexit/inet_csk_accept")
int accept_taken(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct call *call = call_find();
	__u64 child = 0;
	struct tcp_sock *tp;

	if (!call || !call->seen || bpf_get_func_ret(ctx, &child) || !child)
		return 0;
	tp = bpf_skc_to_tcp_sock(listener);
	if (tp)
		queues_fill(&call->q, tp);
	call->child = child;
	return 0;
}

/* Is this a file that nobody but its maker knows yet, so not a copy of a descriptor? */
static __always_inline bool file_is_new(const struct file *file)
{
	if (bpf_core_field_exists(file->f_ref))
		return file->f_ref.refcnt.counter == 0;
	return file->f_count.counter == 1;
}

/*
 * A new descriptor: the last step of accept(), also of one that was called before we were there,
 * and of io_uring's. Sees all descriptors of all processes; all but sockets leave at the first
 * test.
 */
SEC("fentry/fd_install")
int accept_installed(__u64 *ctx)
{
	struct file *file = (struct file *)ctx[1];
	const struct sock *sk;
	struct socket *socket;
	struct common k = {};
	struct call *call;

	if (!is_socket_file(file))
		return 0;
	call = call_find();
	if (call && call->seen && !call->child)
		return 0; /* a socket() or a dup() */
	socket = bpf_sock_from_file(file);
	sk = socket ? tcp_behind(socket->sk, &k) : NULL;
	if (!sk)
		return 0;
	if (call && call->seen) {
		/* Not this one: what was taken from the queue was given back, as after EFAULT. */
		if (call->child == (__u64)sk)
			send_accept(sk, &k, call, ctx[0], FACT_F_TCP_FUNCTIONS);
		call->child = 0;
		call->called = 0;
		return 0;
	}
	/* A socket of socket() has neither a peer nor a port of its own. */
	if (file_is_new(file) && local_port_copy(&k, sk) && COMMON(&k, skc_dport))
		send_accept(sk, &k, NULL, ctx[0], FACT_F_TCP_FUNCTIONS);
	return 0;
}

/* EMFILE and the like come before the queue is looked at. */
SEC("fexit/__sys_accept4")
int accept_failed(__u64 *ctx)
{
	const struct sock *listener;
	struct common k = {};
	int fd = ctx[0];
	int ret = ctx[4];

	if (!is_failure(ret))
		return 0;
	if (fd == -1 && is_self()) {
		seen_accept = 1;
		return 0;
	}
	listener = tcp_of_descriptor_probe(fd, &k);
	if (listener)
		send_accept_error(listener, &k, 0, -ret, FACT_F_TCP_FUNCTIONS);
	return 0;
}

SEC("fentry/io_accept")
int io_accept_begin(__u64 *ctx)
{
	struct call *call = call_get();

	if (call)
		call->io_uring = true;
	return 0;
}

SEC("fexit/io_accept")
int io_accept_end(__u64 *ctx)
{
	struct call *call = call_find();
	const struct sock *child;
	struct common k = {};

	if (!call)
		return 0;
	/* Into a fixed slot of the ring, which has no descriptor. */
	child = (const struct sock *)call->child;
	if (child) {
		common_copy(&k, &child->__sk_common);
		send_accept(child, &k, call, -1, FACT_F_TCP_FUNCTIONS);
	}
	call->child = 0;
	call->io_uring = false;
	return 0;
}

/* ---- out of the queue: by the tracepoints of the system calls ---- */

/*
 * What accept() was given and what it returned is looked up at its end, and of connections that
 * nobody asked for only the latter.
 */
static __always_inline int accept_enter(int fd)
{
	struct call *call = call_get();

	if (!call)
		return 0;
	call->seen = true;
	call->called = bpf_ktime_get_ns();
	call->listener_fd = fd;
	return 0;
}

/*
 * Behind the descriptor that accept() was given. Another thread may have put another file there in
 * the meantime.
 */
static __always_inline const struct sock *listener_of_call(const struct call *call,
							   struct common *k)
{
	const struct sock *listener =
		call->listener_fd >= 0 ? tcp_of_descriptor(call->listener_fd, k) : NULL;

	return listener && COMMON(k, skc_state) == TCP_LISTEN ? listener : NULL;
}

static __always_inline int accept_exit(long ret)
{
	struct common k = {}; /* initialised, as old verifiers want what is given to a function */
	const struct sock *listener, *sk;
	struct call *call;

	if (ret < 0 && !is_failure(ret))
		return 0;
	call = call_find();
	if (call && !call->called)
		call = NULL;
	if (ret < 0) {
		listener = call ? listener_of_call(call, &k) : NULL;
		if (listener)
			send_accept_error(listener, &k, call->called, -ret, 0);
	} else {
		sk = tcp_of_descriptor(ret, &k);
		if (sk && wanted_copy(&k, sk)) {
			struct common of_listener = {};

			listener = call ? listener_of_call(call, &of_listener) : NULL;
			if (listener)
				queues_copy(&call->q, COMMON(&of_listener, skc_cookie.counter),
					    listener);
			else if (call)
				call->q.sk = 0;
			send_wanted_accept(sk, &k, call, ret, 0);
		}
	}
	if (call)
		call->called = 0;
	return 0;
}

/* Both are attached to accept and to accept4. */
SEC("tp/syscalls/sys_enter_accept")
int sys_enter_accept(struct trace_event_raw_sys_enter *ctx)
{
	return accept_enter(ctx->args[0]);
}

SEC("tp/syscalls/sys_exit_accept")
int sys_exit_accept(struct trace_event_raw_sys_exit *ctx)
{
	return accept_exit(ctx->ret);
}

/* ---- out of the queue: every system call of every process, on request ---- */

SEC("tp_btf/sys_enter")
int any_enter(__u64 *ctx)
{
	struct call *call;

	if (!is_accept_call(ctx[1]))
		return 0;
	/*
	 * Its arguments lie in registers that have another name on each architecture: the listener
	 * stays unknown.
	 */
	call = call_get();
	if (call) {
		call->seen = true;
		call->called = bpf_ktime_get_ns();
		call->listener_fd = -1;
		call->q.sk = 0;
	}
	return 0;
}

SEC("tp_btf/sys_exit")
int any_exit(__u64 *ctx)
{
	struct call *call = call_find();
	long ret = ctx[1];
	const struct sock *sk;
	struct common k = {};

	if (!call || !call->called)
		return 0;
	sk = ret >= 0 ? tcp_of_descriptor_probe(ret, &k) : NULL;
	if (sk)
		send_accept(sk, &k, call, ret, 0);
	call->called = 0;
	return 0;
}

/* ---- out of the queue: io_uring, by its tracepoint ---- */

/*
 * A completion tells its result, and of a single accept also that it was one. A multishot accept
 * tells nothing but a number that may be a descriptor: then a TCP socket that has it may have been
 * accepted just now, or long ago. The reader knows which sockets it has seen accepted.
 */
SEC("tp_btf/io_uring_complete")
int io_uring_completed(__u64 *ctx)
{
	const struct sock *sk;
	struct common k = {};
	bool certain;
	int fd;

	if (!uring_accepted(ctx, &fd, &certain))
		return 0;
	sk = tcp_of_descriptor_probe(fd, &k);
	if (!sk || !COMMON(&k, skc_dport) || COMMON(&k, skc_state) == TCP_SYN_SENT)
		return 0;
	send_accept(sk, &k, NULL, fd, FACT_F_IO_URING);
	return 0;
}
