/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descriptor.bpf.h - the TCP socket behind a file descriptor of the current task. Takes 30 ns, and
 * 150 ns where LOAD() is a guarded copy.
 *
 * The pointers of the task, which the verifier would trust, are not used: for each such place it
 * compares the names of all kernel types, which adds a millisecond to the start-up.
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

static __always_inline struct file *file_of_task(const void *task, __u32 fd)
{
	const struct fdtable *table = LOAD(files_struct, LOAD(task_struct, task, files), fdt);

	if (fd >= LOAD(fdtable, table, max_fds))
		return NULL;
	return load_pointer(&LOAD(fdtable, table, fd)[fd]);
}

static __always_inline struct file *file_of_descriptor(__u32 fd)
{
	return file_of_task((const void *)bpf_get_current_task(), fd);
}

/* The TCP socket of a file, of an MPTCP socket the first subflow; NULL for everything else. */
static __always_inline const struct sock *tcp_of_file(const struct file *file)
{
	const struct sock *sk;

	if (!file || (LOAD(inode, LOAD(file, file, f_inode), i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	sk = LOAD(socket, LOAD(file, file, private_data), sk);
	return sk ? tcp_of_sock(sk) : NULL;
}

/* The address is written, because a global function cannot return a pointer. */
__weak __noinline int find_tcp_of_descriptor(__u32 fd, __u64 *address)
{
	if (address)
		*address = (__u64)tcp_of_file(file_of_descriptor(fd));
	return 0;
}

/* The TCP socket behind a descriptor; NULL for everything else. */
static __always_inline const struct sock *tcp_of_descriptor(__u32 fd)
{
	__u64 address = 0;

	find_tcp_of_descriptor(fd, &address);
	return (const struct sock *)address;
}

/* The same, and copies it to k. */
static __always_inline const struct sock *tcp_copy_of_descriptor(__u32 fd, struct common *k)
{
	const struct sock *sk = tcp_of_descriptor(fd);

	if (sk)
		common_copy(k, &sk->__sk_common);
	return sk;
}

/* For walks over open files, whose pointers the verifier trusts. Copies the socket to k. */
static __always_inline const struct sock *tcp_of_open_file(struct file *file, struct common *k)
{
	struct socket *socket;

	if (!is_socket_file(file))
		return NULL;
	socket = bpf_sock_from_file(file);
	return socket && socket->sk ? tcp_behind(socket->sk, k) : NULL;
}

#endif
