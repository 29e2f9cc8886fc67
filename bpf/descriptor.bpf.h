/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptor.bpf.h - from a file descriptor of the current task to its TCP socket: some 200 ns.
 *
 * To follow a pointer of the task that it trusts, the verifier searches the names of all types of
 * the kernel, a millisecond of start-up for each place. Guarded copies ask no such thing, and take
 * 40 ns more: for whatever is rare.
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
 * NULL where it is no TCP socket (nor MPTCP, of which the first subflow is given). k: a copy of it.
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

/* Returns an address: a function that the verifier reads once may not return a pointer. */
__weak __noinline __u64 tcp_address_of_descriptor(__u32 fd, struct common *k)
{
	return k ? (__u64)tcp_of_file(file_of_descriptor(fd), k) : 0;
}

static __always_inline const struct sock *tcp_of_descriptor(__u32 fd, struct common *k)
{
	return (const struct sock *)tcp_address_of_descriptor(fd, k);
}

/*
 * For walks over open files, whose files the verifier trusts: the TCP socket behind one, and a copy
 * of it in k; or NULL.
 */
static __always_inline const struct sock *tcp_of_open_file(struct file *file, struct common *k)
{
	struct socket *socket;

	if (!is_socket_file(file))
		return NULL;
	socket = bpf_sock_from_file(file);
	return socket && socket->sk ? tcp_behind(socket->sk, k) : NULL;
}

#endif
