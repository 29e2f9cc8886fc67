// SPDX-License-Identifier: GPL-2.0-only
/*
 * accept.bpf.c - the accept queue: a connection is queued, accept() is called, accepts it, or
 * fails.
 *
 *	a connection is queued
 *		exact	fexit/inet_csk_complete_hashdance, fexit/inet_csk_reqsk_queue_add
 *		else	tp_btf/sk_data_ready (6.3 and later); each arrival of data: 5 ns
 *	accept() is called
 *		exact	fentry/inet_csk_accept; each call: 60 ns
 *		else	sys_enter_accept, sys_enter_accept4; every system call of every
 *			process: 35 ns, each accept(): 300 ns
 *	it accepts a connection
 *		exact	fexit/inet_csk_accept; for the descriptor fentry/fd_install; each
 *			new descriptor: 5 ns
 *		else	sys_exit_accept, sys_exit_accept4; costs are included above
 *	io_uring accepts one
 *		exact	fentry and fexit/io_accept besides
 *		else	tp_btf/io_uring_complete; each completion: 50 ns
 *		called	tp_btf/io_uring_submit_req; each submission: 5 ns, each accept: 160 ns
 *	accept() fails
 *		exact	fexit/__sys_accept4; each call: 5 ns
 *		else	sys_exit_accept, sys_exit_accept4
 *
 * If tracefs is out of reach, and with it the tracepoints of system calls, tp_btf/sys_enter and
 * sys_exit serve on request (--syscall-fallback); every system call of every process: 270 ns.
 *
 * Costs are from user/fact/hooks.c: the time of a run, without the 20 to 40 ns that running any
 * program takes. A hook without a cost runs only for the facts that it sends, 100 to 400 ns each.
 *
 * Longer than 500 lines: each exact hook stands beside its fallback.
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
#include "steered.bpf.h"

/* ---- queued: exact ---- */

static __always_inline void send_enqueue(struct sock *listener, struct sock *child, __u32 flags)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(listener);
	const struct sock_common *c = &child->__sk_common;
	struct fact_enqueue *f;
	enum kin kin;

	if (!tp)
		return;
	kin = kin_of(listener, c);
	if (kin == KIN_UNWANTED ||
	    (kin == KIN_BROUGHT && !child_bring(bpf_get_socket_cookie(child), 0)))
		return;
	f = fact_reserve(FACT_ENQUEUE, sizeof(*f), flags | FACT_F_TCP_FUNCTIONS);
	if (!f)
		return;
	queues_fill(&f->q, tp);
	f->child = (__u64)child;
	/* generates one for a child that had no request */
	f->child_cookie = bpf_get_socket_cookie(child);
	f->netns = netns_of(tp);
	f->lport = listener->__sk_common.skc_num;
	f->rport = bpf_ntohs(c->skc_dport);
	fact_submit(f, sizeof(*f));
}

/*
 * inet_csk_complete_hashdance(listener, child, req, own_req) queues the child of a request. It
 * returns the child, or NULL if another CPU was faster or the listener has been closed.
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
	/*
	 * If the compiler did not inline inet_csk_reqsk_queue_add(), the program below has sent it.
	 */
	if (cpu->queued == queued)
		cpu->queued = 0;
	else
		send_enqueue(listener, child, 0);
	return 0;
}

/*
 * inet_csk_reqsk_queue_add(listener, req, child) queues the child of a SYN cookie or of a fast
 * open. Within inet_csk_complete_hashdance() the compiler mostly inlines it, and then this does not
 * run.
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

/* ---- queued: by tracepoint ---- */

/*
 * The kernel wakes the listener for a subflow that joins an MPTCP connection too, in
 * tcp_child_process(), and does not queue it.
 */
static __always_inline bool joins_mptcp(const struct sock *child)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)child;
	const struct mptcp_subflow_context *subflow = NULL;

	if (!bpf_core_field_exists(tp->is_mptcp) || !bpf_core_field_exists(subflow->mp_join) ||
	    !BPF_CORE_READ(tp, is_mptcp))
		return false;
	subflow = BPF_CORE_READ(tp, inet_conn.icsk_ulp_data);
	return subflow && BPF_CORE_READ_BITFIELD_PROBED(subflow, mp_join);
}

/* Whether the child is queued: as the newest, or, if another CPU was faster, among the first. */
static __always_inline bool is_queued(const struct tcp_sock *tp, const struct sock *child)
{
	const struct request_sock *req =
		BPF_CORE_READ(tp, inet_conn.icsk_accept_queue.rskq_accept_tail);

	if (req && BPF_CORE_READ(req, sk) == child)
		return true;
	req = BPF_CORE_READ(tp, inet_conn.icsk_accept_queue.rskq_accept_head);
	for (int i = 0; i < QUEUE_SEARCH && req; i++) {
		if (BPF_CORE_READ(req, sk) == child)
			return true;
		req = BPF_CORE_READ(req, dl_next);
	}
	return false;
}

/* The child that this CPU has noted has another port than the listener: whether it is its. */
static __always_inline bool steered_to(struct sock *listener, const struct tcp_sock *tp,
				       const struct sock *child)
{
	if (!child || !is_queued(tp, child))
		return false;
	if (can_bring() && !common_wanted(&listener->__sk_common))
		listener_bring(listener, bpf_get_socket_cookie(listener));
	return true;
}

/*
 * The kernel tells a listener that there is something to accept right after the child's last
 * transition, on the same CPU. So the child is the one that state.bpf.c has noted. This also fires
 * for every socket that gets data; therefore the state is tested first.
 */
static __noinline int child_queued(struct sock *listener)
{
	const struct sock *child;
	struct fact_enqueue *f;
	struct tcp_sock *tp;
	struct cpu *cpu;
	__u32 flags = 0;
	__u64 cookie;
	__u16 rport;

	tp = bpf_skc_to_tcp_sock(listener);
	cpu = this_cpu();
	if (!tp || !cpu)
		return 0;
	child = (const struct sock *)cpu->child;
	cookie = cpu->child_cookie;
	rport = cpu->child_rport;
	cpu->child = 0;
	if (cpu->child_netns != netns_of(tp) ||
	    (cpu->child_lport != listener->__sk_common.skc_num && !steered_to(listener, tp, child)))
		child = NULL;
	/* SYN_RECV: it has not had its transition to ESTABLISHED, so it is a fast open. */
	if (child && !rport && BPF_CORE_READ(child, __sk_common.skc_state) == TCP_SYN_RECV) {
		flags = FACT_F_FASTOPEN;
		cookie = BPF_CORE_READ(child, __sk_common.skc_cookie.counter);
		rport = bpf_ntohs(BPF_CORE_READ(child, __sk_common.skc_dport));
	}
	if (child && joins_mptcp(child))
		return 0;
	if (!child)
		rport = cookie = 0;
	/* The child is not known: it is older than the tracer, or the filter does not want it. */
	if (!child && (ends_restricted() || !common_wanted(&listener->__sk_common)))
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

SEC("tp_btf/sk_data_ready")
int listener_ready(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];

	return is_tcp_listener(listener) ? child_queued(listener) : 0;
}

/* ---- accepted: what all hooks send ---- */

/*
 * sk: the accepted socket, which the filter wants. k: a copy of it. call: NULL if no thread is in
 * an accept() of which the begin was seen. called: 0 if that time is not known.
 */
static __always_inline void send_wanted_accept(const struct sock *sk, const struct common *k,
					       const struct call *call, __u64 called, int fd,
					       __u32 flags)
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
	f->called = called;
	f->fd = fd;
	f->err = 0;
	fact_submit(f, sizeof(*f));
}

static __always_inline void send_accept(const struct sock *sk, const struct common *k,
					const struct call *call, int fd, __u32 flags)
{
	if (wanted_copy(k, sk))
		send_wanted_accept(sk, k, call, call ? call->called : 0, fd, flags);
}

/*
 * accept() failed on this socket, which may be no listener. There is no accepted socket, so the
 * fact has the local end and no socket address.
 */
static __always_inline void send_accept_error(const struct sock *listener, const struct common *k,
					      __u64 called, int err, __u32 flags)
{
	__u8 state = COMMON(k, skc_state);
	struct fact_accept *f;

	/* By now the descriptor may be that of a connection, which accept() was not given. */
	if ((state != TCP_LISTEN && state != TCP_CLOSE) || !wanted_copy(k, listener))
		return;
	f = fact_reserve(FACT_ACCEPT, sizeof(*f), flags | FACT_F_OWNED);
	if (!f)
		return;
	sock_fill_copy(&f->s, k, NULL, COMMON(k, skc_num));
	if (COMMON(k, skc_state) == TCP_LISTEN) {
		f->s.cookie = 0;
		queues_copy(&f->q, COMMON(k, skc_cookie.counter), listener);
	} else {
		queues_none(&f->q);
	}
	task_fill(&f->task);
	f->called = called;
	f->fd = -1;
	f->err = err;
	fact_submit(f, sizeof(*f));
}

/* ---- accepted: exact ---- */

SEC("fentry/inet_csk_accept")
int accept_begin(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	bool other_port = (setting_lport_ranges && !lport_wanted(listener->__sk_common.skc_num)) ||
			  (setting_port_ranges && !setting_remote_port &&
			   !port_wanted(listener->__sk_common.skc_num));
	struct call *call;

	if (other_port && !brought_find(listener->__sk_common.skc_cookie.counter))
		return 0;
	call = call_get();
	if (!call)
		return 0;
	call->seen = true;
	call->child = 0;
	/* io_uring calls this each time a connection may be there: the submission is the call. */
	call->called = call->io_uring ? call->submitted : bpf_ktime_get_ns();
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

/*
 * True for a file with one reference: it has just been created, and is no dup() or passed
 * descriptor.
 */
static __always_inline bool file_is_new(const struct file *file)
{
	if (bpf_core_field_exists(file->f_ref))
		return file->f_ref.refcnt.counter == 0;
	return file->f_count.counter == 1;
}

/*
 * fd_install(fd, file) is the last step of accept(), of one that was called before the tracer was
 * attached, and of io_uring's. It runs for every new descriptor of every process; all but sockets
 * fail the first test.
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
		return 0; /* The thread has accepted nothing: this is a socket() or a dup(). */
	socket = bpf_sock_from_file(file);
	sk = socket ? tcp_behind(socket->sk, &k) : NULL;
	if (!sk)
		return 0;
	if (call && call->seen) {
		/* Another socket: the kernel gave the accepted one up, as after EFAULT. */
		if (call->child == (__u64)sk)
			send_accept(sk, &k, call, ctx[0], FACT_F_TCP_FUNCTIONS);
		call->child = 0;
		call->called = 0;
		return 0;
	}
	/* A socket that socket() has just made has no peer and no port. */
	if (file_is_new(file) && local_port_copy(&k, sk) && COMMON(&k, skc_dport))
		send_accept(sk, &k, NULL, ctx[0], FACT_F_TCP_FUNCTIONS);
	return 0;
}

/*
 * Errors such as EMFILE come before the kernel looks at the queue. A failing accept(-1) of our own
 * is the self-test.
 */
SEC("fexit/__sys_accept4")
int accept_failed(__u64 *ctx)
{
	const struct sock *listener;
	struct common k = {};
	int fd = ctx[0];
	int ret = ctx[4];

	if (!is_accept_failure(ret))
		return 0;
	if (fd == -1 && is_self()) {
		seen_accept = 1;
		return 0;
	}
	listener = tcp_copy_of_descriptor(fd, &k);
	if (listener)
		send_accept_error(listener, &k, 0, -ret, FACT_F_TCP_FUNCTIONS);
	return 0;
}

/*
 * When each accept was submitted that io_uring holds, by the address of its request. A multishot
 * accept is not called for each connection, so it is not kept. An entry stays behind if the
 * completion was not seen; the next accept at that address takes it. In a full map there is no room
 * for another time, and the accept has none.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u64);
} submissions SEC(".maps");

#define IORING_ACCEPT_MULTISHOT 1

SEC("tp_btf/io_uring_submit_req")
int io_submitted(__u64 *ctx)
{
	const struct io_kiocb *req = (const struct io_kiocb *)ctx[0];
	const struct io_accept *accept = (const struct io_accept *)&req->cmd;
	__u64 key = (__u64)req, now;

	if (req->opcode != IORING_OP_ACCEPT || !bpf_core_field_exists(accept->iou_flags))
		return 0;
	now = bpf_ktime_get_ns();
	if (BPF_CORE_READ(accept, iou_flags) & IORING_ACCEPT_MULTISHOT)
		bpf_map_delete_elem(&submissions, &key);
	else
		bpf_map_update_elem(&submissions, &key, &now, BPF_ANY);
	return 0;
}

static __always_inline __u64 submission_of(__u64 req)
{
	const __u64 *submitted = bpf_map_lookup_elem(&submissions, &req);

	return submitted ? *submitted : 0;
}

SEC("fentry/io_accept")
int io_accept_begin(__u64 *ctx)
{
	struct call *call = call_get();

	if (!call)
		return 0;
	call->io_uring = true;
	call->submitted = submission_of(ctx[0]);
	return 0;
}

SEC("fexit/io_accept")
int io_accept_end(__u64 *ctx)
{
	struct call *call = call_find();
	const struct sock *child;
	struct common k = {};
	__u64 req = ctx[0];

	/* IOU_OK: the request is complete. */
	if ((int)ctx[2] == 0)
		bpf_map_delete_elem(&submissions, &req);
	if (!call)
		return 0;
	/* io_uring put the socket into a fixed file slot, which has no descriptor. */
	child = (const struct sock *)call->child;
	if (child) {
		common_copy(&k, &child->__sk_common);
		send_accept(child, &k, call, -1, FACT_F_TCP_FUNCTIONS);
	}
	call->child = 0;
	call->io_uring = false;
	return 0;
}

/* ---- accepted: by the tracepoints of the system calls ---- */

/*
 * At the entry only the time and the number are noted. The sockets are looked up at the exit, and
 * only if there is a connection or an error to send.
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

/* The TCP socket behind the descriptor that accept() was given. */
static __always_inline const struct sock *socket_of_call(const struct call *call)
{
	return call->listener_fd >= 0 ? tcp_of_descriptor(call->listener_fd) : NULL;
}

/* NULL if it is no listener: another thread can have put another file there in the meantime. */
static __always_inline const struct sock *listener_of_call(const struct call *call)
{
	const struct sock *listener = socket_of_call(call);

	if (!listener || LOAD(sock, listener, __sk_common.skc_state) != TCP_LISTEN)
		return NULL;
	return listener;
}

static __always_inline int accept_exit(long ret)
{
	/* initialised, because older verifiers demand that of what is passed to a function */
	struct common k = {};
	const struct sock *listener, *sk;
	struct call *call;

	if (ret < 0 && !is_accept_failure(ret))
		return 0;
	call = call_find();
	if (call && !call->called)
		call = NULL;
	if (ret < 0) {
		listener = call ? socket_of_call(call) : NULL;
		if (listener) {
			common_copy(&k, &listener->__sk_common);
			send_accept_error(listener, &k, call->called, -ret, 0);
		}
	} else {
		sk = tcp_copy_of_descriptor(ret, &k);
		if (sk && wanted_copy(&k, sk)) {
			listener = call ? listener_of_call(call) : NULL;
			if (listener)
				queues_probe(&call->q, listener);
			else if (call)
				call->q.sk = 0;
			send_wanted_accept(sk, &k, call, call ? call->called : 0, ret, 0);
		}
	}
	if (call)
		call->called = 0;
	return 0;
}

/* Both programs are attached twice: to accept and to accept4. */
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

/* ---- accepted: by all system calls, on request ---- */

SEC("tp_btf/sys_enter")
int any_enter(__u64 *ctx)
{
	struct call *call;

	if (!is_accept_call(ctx[1]))
		return 0;
	/*
	 * The descriptor is in a register that differs between architectures, so the listener stays
	 * unknown.
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
	sk = ret >= 0 ? tcp_copy_of_descriptor(ret, &k) : NULL;
	if (sk)
		send_accept(sk, &k, call, ret, 0);
	call->called = 0;
	return 0;
}

/*
 * sched_process_fork(parent, child): a thread that accepts has forked a process. That one shares
 * the connections which were accepted until now, and the parent often closes its own copies.
 */
SEC("tp_btf/sched_process_fork")
int process_forked(__u64 *ctx)
{
	const struct task_struct *child = (const struct task_struct *)ctx[1];
	struct fact_process *f;
	__u32 pid = BPF_CORE_READ(child, tgid);

	if (pid == current_pid() || !call_find())
		return 0;
	f = fact_reserve(FACT_PROCESS, sizeof(*f), 0);
	if (!f)
		return 0;
	holder_fill(&f->task, child);
	f->parent = current_pid();
	f->pad = 0;
	fact_submit(f, sizeof(*f));
	return 0;
}

/* ---- accepted: io_uring, by its tracepoint ---- */

/*
 * accept.bpf.h tells which completions may be accepts. Of a multishot accept only a number is
 * known, and the socket behind it may have been accepted long ago: the tracker knows which sockets
 * it has seen accepted.
 */
SEC("tp_btf/io_uring_complete")
int io_uring_completed(__u64 *ctx)
{
	__u64 req = ctx[1], submitted = 0;
	const struct sock *sk;
	struct common k = {};
	bool certain;
	int fd;

	if (!uring_completed(ctx, &fd, &certain))
		return 0;
	if (certain) {
		submitted = submission_of(req);
		bpf_map_delete_elem(&submissions, &req);
	}
	if (fd < 0)
		return 0;
	sk = tcp_copy_of_descriptor(fd, &k);
	if (!sk || !COMMON(&k, skc_dport) || COMMON(&k, skc_state) == TCP_SYN_SENT)
		return 0;
	if (wanted_copy(&k, sk))
		send_wanted_accept(sk, &k, NULL, submitted, fd, FACT_F_IO_URING);
	return 0;
}
