/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * accept.bpf.h - what the hooks around the accept queue test first, for the stream (accept.bpf.c)
 * and for --summary (summary.bpf.c).
 *
 * All of these hooks also run for work that has nothing to do with an accept queue, so the tests
 * come before everything else.
 */
#ifndef SOCKSTATE_ACCEPT_BPF_H
#define SOCKSTATE_ACCEPT_BPF_H

#include "sock.bpf.h"

#define IORING_OP_ACCEPT 13

/* So many of an accept queue are looked through for a child that is not the newest. */
#define QUEUE_SEARCH 16

#define EAGAIN	    11
#define ERESTARTSYS 512 /* This number and above are the kernel's own: the call is restarted. */

/* Of the sockets that sk_data_ready reports: a TCP listener has a new child. */
static __always_inline bool is_tcp_listener(const struct sock *sk)
{
	return sk->__sk_common.skc_state == TCP_LISTEN && sk->sk_protocol == IPPROTO_TCP;
}

/* Of the system calls that sys_enter reports. */
static __always_inline bool is_accept_call(int nr)
{
	return nr == setting_nr_accept || nr == setting_nr_accept4;
}

/* Of what accept() returns. */
static __always_inline bool is_accept_failure(long ret)
{
	return ret < 0 && ret != -EAGAIN && ret > -ERESTARTSYS;
}

/*
 * Whether an io_uring completion may be that of an accept; fd is its result: a descriptor, or a
 * negative errno. certain: it is one for sure. A multishot accept completes without its request
 * (NULL), and the number may be the result of any operation. Newer kernels pass the completion
 * itself as the third argument (setting_io_uring_cqe); older ones pass its parts, and the result is
 * the fourth.
 */
static __always_inline bool uring_completed(__u64 *ctx, int *fd, bool *certain)
{
	const struct io_kiocb *req = (const struct io_kiocb *)ctx[1];

	if (setting_io_uring_cqe)
		*fd = ((const struct io_uring_cqe *)ctx[2])->res;
	else
		*fd = ctx[3];
	*certain = req;
	return !req || BPF_CORE_READ(req, opcode) == IORING_OP_ACCEPT;
}

#endif
