/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place.bpf.h - where a process runs, read from its cgroups and its UTS namespace, and which
 * processes user space has been told of.
 *
 * The kernel makes another css_set for a process that moves to another cgroup, and another nsproxy
 * for one that changes a namespace. So their addresses tell whether a place is still the one that
 * was told.
 */
#ifndef SOCKSTATE_PLACE_BPF_H
#define SOCKSTATE_PLACE_BPF_H

#include "fact.h"

static __always_inline const struct kernfs_node *parent_of(const struct kernfs_node *kn)
{
	if (bpf_core_field_exists(kn->__parent))
		return BPF_CORE_READ(kn, __parent);
	return BPF_CORE_READ(kn, parent);
}

static __always_inline const struct kernfs_node *group_of(const struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
}

/* Each process in the place of its pid; a later one takes the place of an earlier. */
__u64 places_told[FACT_PLACES] __weak = {};

static __always_inline __u64 *place_told(__u32 pid)
{
	return &places_told[pid & (FACT_PLACES - 1)];
}

/* Never 0. */
static __always_inline __u64 place_mark(const struct task_struct *task, __u32 pid)
{
	__u64 set = (__u64)BPF_CORE_READ(task, cgroups);
	__u64 spaces = (__u64)BPF_CORE_READ(task, nsproxy);

	return ((set * 0x9e3779b97f4a7c15ULL) ^ spaces ^ (__u64)pid << 40) | 1;
}

#endif
