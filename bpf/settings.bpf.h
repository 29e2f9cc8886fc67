/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * settings.bpf.h - settings that user space writes before it loads the programs.
 *
 * They are read-only data, which the verifier knows: it cuts the branch of a setting that is off.
 * The load of the setting would remain; user/base/fold.h puts the number in its place. So a setting
 * costs nothing.
 */
#ifndef SOCKSTATE_SETTINGS_BPF_H
#define SOCKSTATE_SETTINGS_BPF_H

#include "ring.h"
#include "settings.h"

/* port ranges, inclusive, host order */
const volatile __u16 setting_first_port[FILTER_RANGES_MAX] __weak = {};
const volatile __u16 setting_last_port[FILTER_RANGES_MAX] __weak = {};
const volatile __u32 setting_port_ranges __weak = 0; /* 0: every port */
/* true: a socket is wanted if its local port is in a range */
const volatile bool setting_local_port __weak = true;
/* true: a socket is wanted if its remote port is in a range */
const volatile bool setting_remote_port __weak = true;
/* --lport and --rport: ranges that the port of that end must be in; a count of 0: every port */
const volatile __u16 setting_first_lport[FILTER_SIDE_RANGES_MAX] __weak = {};
const volatile __u16 setting_last_lport[FILTER_SIDE_RANGES_MAX] __weak = {};
const volatile __u32 setting_lport_ranges __weak = 0;
const volatile __u16 setting_first_rport[FILTER_SIDE_RANGES_MAX] __weak = {};
const volatile __u16 setting_last_rport[FILTER_SIDE_RANGES_MAX] __weak = {};
const volatile __u32 setting_rport_ranges __weak = 0;
/* --laddr, of the local end, and --host, of either; a count of 0: every address */
const volatile struct net_prefix setting_laddr[FILTER_NETS_MAX] __weak = {};
const volatile __u32 setting_laddrs __weak = 0;
const volatile struct net_prefix setting_host[FILTER_NETS_MAX] __weak = {};
const volatile __u32 setting_hosts __weak = 0;
/* inode of the only wanted network namespace; 0: all */
const volatile __u32 setting_netns __weak = 0;
const volatile bool setting_ipv4 __weak = true;
const volatile bool setting_ipv6 __weak = true;
/* send every transition that the kernel makes (--raw) */
const volatile bool setting_raw __weak = false;

/* Both are powers of two. A CPU wakes the reader each time it has written so many bytes. */
const volatile __u64 setting_wake_bytes __weak = 256 * 1024;
const volatile __u64 setting_ring_bytes __weak = RING_CHUNK; /* bytes of each ring */
const volatile __u32 setting_rings __weak = 1;
/*
 * Our own process, by its number in the pid namespace of setting_pidns_*: the self-tests answer to
 * no other.
 */
const volatile __u32 setting_self __weak = 0;
const volatile __u64 setting_pidns_dev __weak = 0;
const volatile __u64 setting_pidns_ino __weak = 0;

/* the third argument of io_uring_complete is the completion itself, and not one of its parts */
const volatile bool setting_io_uring_cqe __weak = false;

/* The kernel has bpf_rdonly_cast(), and these are the numbers of the types in its BTF. */
const volatile bool setting_cast __weak = false;
const volatile __u32 setting_types[CAST_TYPE_COUNT] __weak = {};

/* Numbers of the system calls, for the hooks that see all system calls; -1: does not exist. */
const volatile __s32 setting_nr_accept __weak = -1;
const volatile __s32 setting_nr_accept4 __weak = -1;

#endif
