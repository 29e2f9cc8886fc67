// SPDX-License-Identifier: GPL-2.0-only
/*
 * existing.bpf.c - two walks over the open files of all processes (iter/task_file).
 *
 *	existing_files		which process holds which socket, once when tracing begins
 *	listening_files		the queues of all listeners now
 *
 * There is no tracepoint or function to hook instead: these sockets do nothing while they are
 * looked at. sock_diag lists the sockets of one network namespace only, and whoever enters a
 * namespace keeps it alive; this walk sees all of them. 110 ns for each open file.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "descriptor.bpf.h"
#include "existing.h"

/* bpf/state.bpf.c has one too; `sockstate list` loads this file by itself. */
static char gpl[] SEC("license") __attribute__((used)) = "GPL";

SEC("iter/task_file")
int existing_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct existing_file out;
	const struct sock *sk;
	struct common k;

	walker_pid = current_pid();
	if (!task || !file)
		return 0;
	sk = tcp_of_open_file(file, &k);
	if (!sk)
		return 0;
	__builtin_memset(&out, 0, sizeof(out));
	out.sk = (__u64)sk;
	out.cookie = COMMON(&k, skc_cookie.counter);
	out.netns = netns_of_copy(&k);
	out.fd = ctx->fd;
	holder_fill(&out.task, task);
	bpf_seq_write(ctx->meta->seq, &out, sizeof(out));
	return 0;
}

/*
 * Writes a FACT_EXISTING for each descriptor of a listener, with all figures of both queues; and
 * for each of a connection in CLOSE_WAIT: who has not closed it?
 */
SEC("iter/task_file")
int listening_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct fact_existing out;
	const struct sock *sk;
	struct common k;
	bool listens;

	if (!task || !file)
		return 0;
	sk = tcp_of_open_file(file, &k);
	if (!sk)
		return 0;
	listens = COMMON(&k, skc_state) == TCP_LISTEN;
	if ((!listens && COMMON(&k, skc_state) != TCP_CLOSE_WAIT) || !wanted_copy(&k, sk))
		return 0;
	__builtin_memset(&out, 0, sizeof(out));
	out.h.t = bpf_ktime_get_ns();
	out.h.size = sizeof(out);
	out.h.kind = FACT_EXISTING;
	sock_fill_copy(&out.s, &k, sk, COMMON(&k, skc_num));
	if (listens)
		queues_copy(&out.q, out.s.cookie, sk);
	holder_fill(&out.task, task);
	out.fd = ctx->fd;
	out.inode = file->f_inode->i_ino;
	bpf_seq_write(ctx->meta->seq, &out, sizeof(out));
	return 0;
}
