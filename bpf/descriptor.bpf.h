/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptor.bpf.h - the TCP socket behind a file descriptor of the current task. Takes 200 ns.
 *
 * There are two versions. The plain one follows pointers of the task that the verifier trusts. For
 * each such place the verifier compares the names of all kernel types, which adds a millisecond to
 * the start-up. The _probe version reads by guarded copies, takes 40 ns more per run and adds
 * nothing to the start-up: hooks that run rarely use it.
 */
#ifndef SOCKSTATE_DESCRIPTOR_BPF_H
#define SOCKSTATE_DESCRIPTOR_BPF_H

#include "sock.bpf.h"

#define S_IFMT	 0170000
#define S_IFSOCK 0140000

static __always_inline bool is_socket_file(const struct file *file)
{
	return (file->f_inode->i_mode & S_IFMT) == S_IFSOCK;
}

static __always_inline struct file *file_in(struct file **files, __u32 max, __u32 fd)
{
	struct file *file = NULL;

	if (fd < max)
		bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	return file;
}

static __always_inline struct file *file_of_descriptor(__u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = task->files->fdt;

	return file_in(table->fd, table->max_fds, fd);
}

static __always_inline struct file *file_of_descriptor_probe(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);

	return file_in(BPF_CORE_READ(table, fd), BPF_CORE_READ(table, max_fds), fd);
}

/*
 * Returns the TCP socket of a file and copies it to k. Returns NULL for everything else. Of an
 * MPTCP socket it is the first subflow.
 */
static __always_inline const struct sock *tcp_of_file(struct file *file, struct common *k)
{
	struct socket *socket = NULL;
	struct inode *inode = NULL;
	struct sock *sk;

	if (!file)
		return NULL;
	PAIR_READ(&socket, private_data, &inode, f_inode, file);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	sk = BPF_CORE_READ(socket, sk);
	return sk ? tcp_behind(sk, k) : NULL;
}

static __always_inline const struct sock *tcp_of_descriptor_probe(__u32 fd, struct common *k)
{
	return tcp_of_file(file_of_descriptor_probe(fd), k);
}

/* Returns the address as a number, because a global function cannot return a pointer. */
__weak __noinline __u64 tcp_address_of_descriptor(__u32 fd, struct common *k)
{
	return k ? (__u64)tcp_of_file(file_of_descriptor(fd), k) : 0;
}

static __always_inline const struct sock *tcp_of_descriptor(__u32 fd, struct common *k)
{
	return (const struct sock *)tcp_address_of_descriptor(fd, k);
}

/* For walks over open files, whose pointers the verifier trusts. Returns as tcp_of_file(). */
static __always_inline const struct sock *tcp_of_open_file(struct file *file, struct common *k)
{
	struct socket *socket;

	if (!is_socket_file(file))
		return NULL;
	socket = bpf_sock_from_file(file);
	return socket && socket->sk ? tcp_behind(socket->sk, k) : NULL;
}

#endif
