// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * existing.bpf.c - who holds the sockets that were there before us: a walk over all open files of all processes, in all
 * namespaces, that no other way allows without reading /proc file by file. 110 ns a file.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "descriptor.bpf.h"
#include "existing.h"

SEC("iter/task_file")
int existing_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct existing_file out;
	const struct sock *sk;
	struct socket *socket;

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = tcp_behind(socket->sk);
	if (!sk)
		return 0;
	__builtin_memset(&out, 0, sizeof(out));
	out.sk = (__u64)sk;
	out.cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	out.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	out.fd = ctx->fd;
	out.task.pid = task->tgid;
	out.task.tid = task->pid;
	BPF_CORE_READ_STR_INTO(&out.task.comm, task, comm);
	bpf_seq_write(ctx->meta->seq, &out, sizeof(out));
	return 0;
}
