/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place_send.bpf.h - sends where a process runs, unless user space has been told.
 */
#ifndef SOCKSTATE_PLACE_SEND_BPF_H
#define SOCKSTATE_PLACE_SEND_BPF_H

#include "place.bpf.h"
#include "send.bpf.h"

/* NULL: the ring is full. What has been sent then is a place without an end, which nobody uses. */
static __always_inline struct fact_place *place_part(__u32 pid, __u8 part)
{
	struct fact_place *f = fact_reserve(FACT_PLACE, sizeof(*f), 0);

	if (!f)
		return NULL;
	f->pid = pid;
	f->part = part;
	f->groups = f->cut = f->pad = 0;
	__builtin_memset(f->name, 0, sizeof(f->name));
	return f;
}

/* Of the current process. A function of its own, so that the verifier checks it once. */
__weak __noinline int place_send(void)
{
	const struct task_struct *task = (const struct task_struct *)bpf_get_current_task();
	const struct kernfs_node *kn = group_of(task), *parent;
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	const struct nsproxy *spaces = BPF_CORE_READ(task, nsproxy);
	__u64 mark = place_mark(task, pid);
	struct fact_place *f;
	__u8 groups = 0;

	if (*place_told(pid) == mark)
		return 0;
	for (int i = 0; i < FACT_PLACE_GROUPS; i++) {
		parent = kn ? parent_of(kn) : NULL;
		if (!parent) /* the root, which has no name */
			break;
		f = place_part(pid, i);
		if (!f)
			return 0;
		bpf_probe_read_kernel_str(f->name, sizeof(f->name), BPF_CORE_READ(kn, name));
		fact_submit(f, sizeof(*f));
		groups++;
		kn = parent;
	}
	f = place_part(pid, FACT_PLACE_HOST);
	if (!f)
		return 0;
	f->groups = groups;
	f->cut = kn && parent_of(kn);
	if (spaces)
		BPF_CORE_READ_STR_INTO(&f->name, spaces, uts_ns, name.nodename);
	fact_submit(f, sizeof(*f));
	*place_told(pid) = mark;
	return 0;
}

#endif
