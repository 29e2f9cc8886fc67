// SPDX-License-Identifier: GPL-2.0-only
/*
 * listen.bpf.c - the backlog given to listen(), and listen() on a socket that is listening already.
 *
 * The first listen() of a socket and the end of listening are transitions (state.bpf.c). A later
 * listen() only changes the limit. One that fails leaves the socket in CLOSE, for want of a port
 * after two transitions.
 *
 *	the backlog as given
 *		exact	fentry/__sys_listen
 *		else	sys_enter_listen
 *	listen() again, or failed
 *		exact	fentry and fexit/inet_listen
 *		else	sys_enter_listen, sys_exit_listen; nothing more: the tracepoints of
 *			system calls are paid for by accept()
 *
 * Without either, the next fact that reads the listener's queues has the new limit.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "call.bpf.h"
#include "descriptor.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"

/* err: 0 if it listens again. */
static __always_inline void send_listen_call(const struct sock *sk, struct call *call, __u16 err,
					     __u32 flags)
{
	struct fact_listen *f;
	struct common k;

	common_copy(&k, &sk->__sk_common);
	if (!wanted_copy(&k, sk))
		return;
	f = fact_reserve(FACT_LISTEN, sizeof(*f),
			 flags | (err ? 0 : FACT_F_AGAIN) | FACT_F_OWNED | FACT_F_HAS_SOCKET);
	if (!f)
		return;
	sock_fill_copy(&f->s, &k, sk, COMMON(&k, skc_num));
	queues_copy(&f->q, f->s.cookie, sk);
	task_fill(&f->task);
	f->old = f->new = COMMON(&k, skc_state);
	f->err = err;
	f->somaxconn = BPF_CORE_READ(sk, __sk_common.skc_net.net, core.sysctl_somaxconn);
	f->asked_known = call->asked_known;
	f->backlog_asked = call->asked_known ? call->asked : 0;
	fact_submit(f, sizeof(*f));
}

/* k: a copy of sk; not read if sk is NULL. */
static __always_inline void listen_enter(const struct sock *sk, struct call *call,
					 const struct common *k)
{
	call->socket = (__u64)sk;
	call->again = sk && COMMON(k, skc_state) == TCP_LISTEN;
}

static __always_inline void listen_exit(struct call *call, long ret, __u32 flags)
{
	if (call->socket && (ret < 0 || call->again))
		send_listen_call((const struct sock *)call->socket, call, -ret, flags);
	call->socket = 0;
	call->again = false;
	call->asked_known = false;
}

/* ---- exact ---- */

SEC("fentry/__sys_listen")
int listen_asked(__u64 *ctx)
{
	struct call *call;

	if ((int)ctx[0] == -1 && is_self()) {
		seen_listen = 1;
		return 0;
	}
	call = call_get();
	if (!call)
		return 0;
	call->asked = ctx[1];
	call->asked_known = true;
	return 0;
}

SEC("fentry/inet_listen")
int listen_begin(__u64 *ctx)
{
	struct socket *sock = (struct socket *)ctx[0];
	struct call *call = call_get();
	struct common k;

	if (call)
		listen_enter(tcp_behind(sock->sk, &k), call, &k);
	return 0;
}

SEC("fexit/inet_listen")
int listen_end(__u64 *ctx)
{
	struct call *call = call_find();

	if (call)
		listen_exit(call, (int)ctx[2], FACT_F_TCP_FUNCTIONS);
	return 0;
}

/* ---- by tracepoint ---- */

SEC("tp/syscalls/sys_enter_listen")
int sys_enter_listen(struct trace_event_raw_sys_enter *ctx)
{
	struct call *call = call_get();
	struct common k;

	if (!call)
		return 0;
	call->asked = ctx->args[1];
	call->asked_known = true;
	listen_enter(tcp_copy_of_descriptor(ctx->args[0], &k), call, &k);
	return 0;
}

SEC("tp/syscalls/sys_exit_listen")
int sys_exit_listen(struct trace_event_raw_sys_exit *ctx)
{
	struct call *call = call_find();

	if (call)
		listen_exit(call, ctx->ret, 0);
	return 0;
}
