// SPDX-License-Identifier: GPL-2.0-only
/*
 * existing.bpf.c - two walks over the open files of all processes (iter/task_file).
 *
 *	existing_files		which process holds which socket, once when tracing begins
 *	listening_files		the queues of all listeners now
 *
 * Both write where the holders of listeners run, each once (place.bpf.h).
 *
 * There is no tracepoint or function to hook instead: these sockets do nothing while they are
 * looked at. sock_diag lists the sockets of one network namespace only, and whoever enters a
 * namespace keeps it alive; this walk sees all of them. 110 ns for each open file.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "cookie.bpf.h"
#include "descriptor.bpf.h"
#include "existing.h"
#include "interface.bpf.h"
#include "place.bpf.h"

/* bpf/state.bpf.c has one too; `sockstate list` loads this file by itself. */
static char gpl[] SEC("license") __attribute__((used)) = "GPL";

/* ---- where a holder runs ---- */

/* Not on the stack, where a record of a socket is. One reader runs a walk at a time. */
static struct fact_place part;

static __always_inline long part_write(struct seq_file *seq, __u8 number)
{
	part.part = number;
	return bpf_seq_write(seq, &part, sizeof(part));
}

static __always_inline long places_write(struct seq_file *seq, const struct task_struct *task)
{
	const struct kernfs_node *kn = group_of(task), *parent;
	const struct nsproxy *spaces = BPF_CORE_READ(task, nsproxy);
	long err = 0;

	__builtin_memset(&part, 0, sizeof(part));
	part.h.t = bpf_ktime_get_ns();
	part.h.size = sizeof(part);
	part.h.kind = FACT_PLACE;
	part.pid = task->tgid;
	for (int i = 0; i < FACT_PLACE_GROUPS; i++) {
		parent = kn ? parent_of(kn) : NULL;
		if (!parent) /* the root, which has no name */
			break;
		__builtin_memset(part.name, 0, sizeof(part.name));
		bpf_probe_read_kernel_str(part.name, sizeof(part.name), BPF_CORE_READ(kn, name));
		err |= part_write(seq, i);
		part.groups++;
		kn = parent;
	}
	part.cut = kn && parent_of(kn);
	__builtin_memset(part.name, 0, sizeof(part.name));
	if (spaces)
		BPF_CORE_READ_STR_INTO(&part.name, spaces, uts_ns, name.nodename);
	return err | part_write(seq, FACT_PLACE_HOST);
}

/*
 * The holder's place, once. If the kernel's buffer has no room left, the kernel drops what was
 * written for this file and runs the program again for it.
 */
static __always_inline void place_write(struct seq_file *seq, const struct task_struct *task)
{
	__u64 mark = place_mark(task, task->tgid);

	if (*place_told(task->tgid) != mark && !places_write(seq, task))
		*place_told(task->tgid) = mark;
}

static struct fact_interface zone;

/*
 * Writes the name of the interface that a link-local socket is bound to, unless it has been told.
 * Returns whether it did; it is told when what comes behind it is written too (place_write()).
 */
static __always_inline bool interface_write(struct seq_file *seq, const struct sock *sk)
{
	__builtin_memset(&zone, 0, sizeof(zone));
	zone.h.t = bpf_ktime_get_ns();
	zone.h.size = sizeof(zone);
	zone.h.kind = FACT_INTERFACE;
	return interface_fill(&zone, &sk->__sk_common) && !bpf_seq_write(seq, &zone, sizeof(zone));
}

/* ---- the walks ---- */

SEC("iter/task_file")
int existing_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct existing_file out;
	const struct sock *sk;
	struct common k;
	bool zoned;

	walker_pid = current_pid();
	if (!task || !file)
		return 0;
	sk = tcp_of_open_file(file, &k);
	if (!sk)
		return 0;
	__builtin_memset(&out, 0, sizeof(out));
	out.h.size = sizeof(out);
	out.sk = (__u64)sk;
	out.cookie = COMMON(&k, skc_cookie.counter);
	out.netns = netns_of_copy(&k);
	out.fd = ctx->fd;
	holder_fill(&out.task, task);
	zoned = COMMON(&k, skc_bound_dev_if) && interface_write(ctx->meta->seq, sk);
	if (bpf_seq_write(ctx->meta->seq, &out, sizeof(out)))
		return 0;
	if (zoned)
		interface_is_told(&zone);
	if (COMMON(&k, skc_state) == TCP_LISTEN && wanted_copy(&k, sk))
		place_write(ctx->meta->seq, task);
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
	if (listens) {
		queues_copy(&out.q, out.s.cookie, sk);
		out.syn_limit = syn_queue_limit(sk, out.q.backlog) + 1;
		out.cookies_sent = cookies_sent_by(out.s.netns, out.s.lport);
	}
	holder_fill(&out.task, task);
	out.fd = ctx->fd;
	out.inode = file->f_inode->i_ino;
	if (!bpf_seq_write(ctx->meta->seq, &out, sizeof(out)) && listens)
		place_write(ctx->meta->seq, task);
	return 0;
}
