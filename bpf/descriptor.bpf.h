/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptor.bpf.h - from a file descriptor of the current task to its TCP socket: some 200 ns.
 */
#ifndef SOCKSTATE_DESCRIPTOR_BPF_H
#define SOCKSTATE_DESCRIPTOR_BPF_H

#include "sock.bpf.h"

#define S_IFMT	 0170000
#define S_IFSOCK 0140000

static __always_inline struct file *file_of_descriptor(__u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = task->files->fdt;
	struct file **files = table->fd;
	struct file *file = NULL;

	if (fd >= table->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	return file;
}

/* NULL where fd is no TCP socket (nor MPTCP, of which the first subflow is given). */
static __always_inline const struct sock *tcp_of_descriptor(__u32 fd)
{
	struct file *file = file_of_descriptor(fd);
	struct socket *socket;
	struct sock *sk;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk ? tcp_behind(sk) : NULL;
}

#endif
