/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * settings.h - sizes of the settings that user space writes into the programs before it loads them.
 *
 * Both sides include this header: user/event/filter.h, which parses the settings, and
 * bpf/settings.bpf.h, which has room for them.
 */
#ifndef SOCKSTATE_SETTINGS_H
#define SOCKSTATE_SETTINGS_H

#include <linux/types.h>

/*
 * Kernel types whose objects are read at addresses that the verifier does not trust (load.bpf.h).
 */
/* clang-format off */
#define CAST_TYPES(X)                                                                \
	X(fdtable) X(file) X(files_struct) X(inode) X(list_head) X(net) X(request_sock) \
	X(sk_buff) X(sock) X(socket) X(task_struct) X(tcp_request_sock) X(tcp_sock)
/* clang-format on */

#define CAST_TYPE_ENUM(name) TYPE_##name,
enum cast_type { CAST_TYPES(CAST_TYPE_ENUM) CAST_TYPE_COUNT };

/* Stands for bpf_rdonly_cast() until the programs are loaded. No kernel has so many helpers. */
#define CAST_CALL 0xca57

/* Port ranges that a filter can hold. port_wanted() of bpf/sock.bpf.h loops over them. */
#define FILTER_RANGES_MAX 32
/* Ranges of --lport and of --rport, and prefixes of --laddr and of --host. */
#define FILTER_SIDE_RANGES_MAX 8
#define FILTER_NETS_MAX	       8

/*
 * A network, 10.0.0.0/8 for example. addr and mask are in network order, as in struct fact_sock: an
 * IPv4 address takes the first four bytes. addr has no bits where mask has none.
 */
struct net_prefix {
	__u64 addr[2];
	__u64 mask[2];
	__u32 family; /* AF_INET or AF_INET6 */
	__u32 bits;   /* length of the prefix */
};

#endif
