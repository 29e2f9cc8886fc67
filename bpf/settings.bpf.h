/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * settings.bpf.h - what user space decides before the programs are loaded.
 *
 * The verifier knows these values, so a setting that is off costs nothing: its branch is cut away.
 */
#ifndef SOCKSTATE_SETTINGS_BPF_H
#define SOCKSTATE_SETTINGS_BPF_H

#include "ring.h"
#include "settings.h"

/* ranges, inclusive, host order */
const volatile __u16 setting_first_port[FILTER_RANGES_MAX] __weak = {};
const volatile __u16 setting_last_port[FILTER_RANGES_MAX] __weak = {};
const volatile __u32 setting_port_ranges __weak = 0; /* 0: every port */
/* the local port may be the one that matches */
const volatile bool setting_local_port __weak = true;
const volatile bool setting_remote_port __weak = true; /* the remote port may */
/* inode of the only network namespace that is wanted; 0: all */
const volatile __u32 setting_netns __weak = 0;
const volatile bool setting_ipv4 __weak = true;
const volatile bool setting_ipv6 __weak = true;
const volatile bool setting_raw __weak = false; /* every transition as the kernel makes it */

/* Powers of two: the reader is woken once in so many bytes of a CPU. */
const volatile __u64 setting_wake_bytes __weak = 256 * 1024;
const volatile __u64 setting_ring_bytes __weak = RING_CHUNK; /* of each ring */
const volatile __u32 setting_rings __weak = 1;
/*
 * Our own process, in the pid namespace where it was asked for: self-tests are answered to it
 * alone.
 */
const volatile __u32 setting_self __weak = 0;
const volatile __u64 setting_pidns_dev __weak = 0;
const volatile __u64 setting_pidns_ino __weak = 0;

/* io_uring_complete: its third argument is the completion itself, not its parts */
const volatile bool setting_io_uring_cqe __weak = false;

/* Numbers of system calls, for the hooks that see them all. */
const volatile __s32 setting_nr_accept __weak = -1;
const volatile __s32 setting_nr_accept4 __weak = -1;

#endif
