/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux.h - the kernel types that the programs in bpf/ read, by name only.
 *
 * Written by hand: where a field lies is found at load time (CO-RE), so only names and kinds of fields matter here,
 * and one file serves every architecture. Each field says what it is read for. Fields that not every kernel has are
 * marked [kernels]; programs ask bpf_core_field_exists() before they read them. See README.md beside it;
 * tests/live/vmlinux.t holds it against a kernel's own type information.
 */
#ifndef SOCKSTATE_VMLINUX_H
#define SOCKSTATE_VMLINUX_H

#include <linux/types.h>
#include <linux/bpf.h>

#ifndef __cplusplus
typedef _Bool bool;
#define true 1
#define false 0
#endif
#define NULL ((void *)0)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* ---- numbers in boxes ---- */

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__s64 counter;
} atomic64_t;

/* As atomic64_t on 64-bit kernels, and named so in BTF. */
typedef atomic64_t atomic_long_t;

/* ---- network namespace ---- */

struct ns_common {
	unsigned int inum; /* the namespace's name to user space */
};

struct netns_core {
	int sysctl_somaxconn; /* the cap on listen()'s backlog */
};

struct netns_ipv4 {
	__u8 sysctl_tcp_syncookies;
	int sysctl_max_syn_backlog; /* net.ipv4.tcp_max_syn_backlog */
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct net {
	struct ns_common ns;
	struct hlist_head *dev_index_head; /* its interfaces by number, in 256 lists */
	struct netns_core core;
	struct netns_ipv4 ipv4;
	__u64 net_cookie; /* [5.12] unique, in a cache line that is not written to */
};

typedef struct {
	struct net *net;
} possible_net_t;

/* ---- sockets: what full sockets, requests and timewait sockets share ---- */

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__be32 u6_addr32[4];
	} in6_u;
};

struct hlist_nulls_node {
	struct hlist_nulls_node **pprev; /* 0: not hashed; a request that was given up */
};

struct sock_common {
	union {
		struct {
			__be32 skc_daddr;
			__be32 skc_rcv_saddr;
		};
	};
	union {
		struct {
			__be16 skc_dport;
			__u16 skc_num; /* host order; 0 once the port is given back */
		};
	};
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned char skc_ipv6only : 1; /* a listener on [::] that takes no IPv4 */
	int skc_bound_dev_if; /* a request's: where the SYN came in, if an end is link-local */
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;	 /* [CONFIG_IPV6] also v4-mapped */
	struct in6_addr skc_v6_rcv_saddr; /* [CONFIG_IPV6] */
	atomic64_t skc_cookie;
	union {
		unsigned long skc_flags;    /* full sockets: SOCK_DONE, the peer's FIN came */
		struct sock *skc_listener;  /* requests: their listener */
	};
	union {
		struct hlist_nulls_node skc_nulls_node;
	};
};

typedef struct {
	int owned; /* 1: a process holds the socket, and it is current */
} socket_lock_t;

struct socket;

struct list_head {
	struct list_head *next;
};

struct wait_queue_head {
	struct list_head head;
};

struct wait_queue_entry {
	void *private; /* the thread that waits, or what its function wants */
	void *func;    /* called to wake it: its name tells what waits */
	struct list_head entry;
};

struct socket_wq {
	struct wait_queue_head wait;
};

struct sock_reuseport {
	unsigned int synq_overflow_ts; /* jiffies: when one of the group last sent a SYN cookie */
};

typedef struct {
	__u32 val;
} kuid_t;

struct sock {
	struct sock_common __sk_common;
	struct socket_wq *sk_wq; /* who waits for something to happen to the socket */
	struct sock_reuseport *sk_reuseport_cb;
	kuid_t sk_uid;
	socket_lock_t sk_lock;
	atomic_t sk_drops; /* a listener's refusals */
	int sk_err;
	__u32 sk_ack_backlog;	  /* accept queue */
	__u32 sk_max_ack_backlog; /* its limit */
	__u16 sk_protocol;
	__u8 sk_shutdown;
	struct socket *sk_socket; /* set while a file holds the socket */
};

struct inet_sock {
	struct sock sk;
	__be16 inet_sport; /* stays when skc_num is given back */
};

struct request_sock;

struct request_sock_queue {
	atomic_t qlen;	/* half open */
	atomic_t young; /* of these: SYN-ACK sent once */
	__u8 rskq_defer_accept; /* TCP_DEFER_ACCEPT, in SYN-ACKs sent again; 0: not set */
	struct request_sock *rskq_accept_head; /* the accept queue, the oldest first */
	struct request_sock *rskq_accept_tail; /* its newest */
};

struct inet_connection_sock {
	struct inet_sock icsk_inet;
	struct request_sock_queue icsk_accept_queue;
	void *icsk_ulp_data; /* of an MPTCP subflow: its mptcp_subflow_context */
};

struct tcp_options_received {
	int ts_recent_stamp; /* listeners: jiffies when a SYN cookie was last sent */
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u64 bytes_received; /* a FIN counts as one */
	__u64 bytes_acked;    /* our SYN counts as one when we are the client */
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u32 rcv_nxt;
	__u32 snd_una;
	__u32 srtt_us; /* eighths of a microsecond */
	__u32 total_retrans;
	__u32 lsndtime; /* jiffies; of a child that sent nothing: when it was made */
	struct tcp_options_received rx_opt;
	bool is_mptcp; /* [CONFIG_MPTCP] */
	__u32 segs_out; /* segments that were sent */
	__u32 segs_in; /* segments that arrived for this socket */
	unsigned char repair : 1; /* TCP_REPAIR: states are set, no segment passes */
};

/* What a descriptor of an MPTCP socket leads to; its first subflow is the TCP socket. */
struct mptcp_sock {
	struct sock *first; /* [CONFIG_MPTCP] */
};

struct mptcp_subflow_context {
	unsigned int mp_join : 1; /* it joins a connection [CONFIG_MPTCP] */
};

/* ---- requests and timewait sockets ---- */

struct timer_list {
	struct hlist_node entry; /* pprev is NULL if the timer does not run (timer_pending) */
};

struct request_sock {
	struct sock_common __req_common;
	__u8 num_retrans; /* SYN-ACKs sent again */
	struct request_sock *dl_next; /* the next in the accept queue */
	struct sock *sk;	      /* its child, once the handshake is complete */
	struct timer_list rsk_timer;
};

struct inet_request_sock {
	struct request_sock req;
	__u16 acked : 1; /* the client's final ACK came and found no room */
};

struct tcp_request_sock {
	struct inet_request_sock req;
	__u64 snt_synack;  /* us, CLOCK_MONOTONIC, of the first SYN-ACK */
	bool tfo_listener; /* the request of a fast open child */
	__u32 rcv_isn;
	__u32 snt_isn;
};

struct inet_timewait_sock {
	struct sock_common __tw_common;
	unsigned char tw_substate; /* TIME_WAIT, or FIN_WAIT2 of an orphan */
	__be16 tw_sport;
};

/* ---- packets ---- */

struct net_device {
	possible_net_t nd_net;
	char name[16];
	int ifindex;
	struct hlist_node index_hlist; /* in net.dev_index_head */
};

struct dst_entry {
	struct net_device *dev;
};

struct rtable {
	struct dst_entry dst;
	__u16 rt_type; /* RTN_LOCAL: to this host */
};

struct rt6_info {
	struct dst_entry dst;
	__u32 rt6i_flags; /* RTF_LOCAL: to this host [CONFIG_IPV6] */
};

struct sk_buff {
	struct net_device *dev; /* taken away on the way up to TCP; then the route tells the namespace */
	unsigned long _skb_refdst; /* struct dst_entry, lowest bit a flag */
	struct sock *sk;
	unsigned int len;
	unsigned int data_len;
	int skb_iif; /* the device that it came in by; 0: this machine made it */
	__be16 protocol;
	__u16 transport_header; /* offsets from head */
	__u16 network_header;
	__u16 mac_header; /* ~0: it has not reached a device */
	unsigned int end; /* offset from head, of struct skb_shared_info */
	unsigned char *head;
	unsigned char *data;
};

struct skb_shared_info {
	unsigned short gso_segs; /* segments in one packet; 0: one */
};

/* ---- files and tasks: from a descriptor to a socket ---- */

struct inode {
	unsigned short i_mode;
	unsigned long i_ino; /* the number that /proc/PID/fd and ss -e show */
};

typedef struct {
	atomic_long_t refcnt; /* references beyond the first */
} file_ref_t;		      /* [6.13 and later] */

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct inode *f_inode;
	struct path f_path;
	unsigned int f_mode;   /* open for reading, for writing */
	void *private_data;    /* struct socket of a socket */
	atomic_long_t f_count; /* [before 6.13] references */
	file_ref_t f_ref;      /* [6.13 and later] */
};

struct socket {
	struct sock *sk;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *open_fds; /* a bit for each */
};

struct files_struct {
	struct fdtable *fdt;
};

struct rlimit {
	unsigned long rlim_cur;
};

struct signal_struct {
	int nr_threads;
	struct rlimit rlim[16];
};

struct sched_entity {
	__u64 sum_exec_runtime;
	__u64 prev_sum_exec_runtime; /* the same when it last got a CPU */
};

struct sched_info { /* [CONFIG_SCHED_INFO] */
	unsigned long long run_delay;	 /* runnable, without a CPU */
	unsigned long long last_arrival; /* scheduler clock: when it last got a CPU */
	unsigned long long last_queued;	 /* since when it waits for a CPU; 0: it does not */
};

struct cfs_bandwidth { /* [CONFIG_CFS_BANDWIDTH] */
	__s64 period;
	__u64 quota; /* ~0: none */
	int nr_throttled;
	__u64 throttled_time; /* ns, of all CPUs together */
};

struct kernfs_node {
	__u64 id;
	const char *name;
	struct kernfs_node *parent;   /* [until 6.14] */
	struct kernfs_node *__parent; /* [6.15 and later] */
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct task_group {
	struct cgroup_subsys_state css; /* [CONFIG_CGROUP_SCHED] */
	struct task_group *parent;
	struct cfs_bandwidth cfs_bandwidth; /* [CONFIG_CFS_BANDWIDTH] */
};

/* Values here mean nothing, the running kernel's are used. */
enum cgroup_subsys_id {
	freezer_cgrp_id = 6, /* [CONFIG_CGROUP_FREEZER] */
};

struct css_set {
	struct cgroup_subsys_state *subsys[16]; /* by enum cgroup_subsys_id */
	struct cgroup *dfl_cgrp;
};

/* ---- what a host is called ---- */

struct new_utsname {
	char nodename[65];
};

struct uts_namespace {
	struct new_utsname name;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
};

struct thread_info {
	__u32 status; /* [x86] TS_COMPAT */
};

struct pt_regs {
	unsigned long orig_ax; /* [x86] */
	unsigned long di;      /* [x86] */
	unsigned long si;      /* [x86] */
	unsigned long dx;      /* [x86] */
	__u64 regs[31];	       /* [arm64] */
	__u64 orig_x0;	       /* [arm64] */
	__s32 syscallno;       /* [arm64] */
};

struct cpumask {
	unsigned long bits[1];
};

struct task_struct {
	struct thread_info thread_info;
	int pid;
	int tgid;
	char comm[16];
	struct files_struct *files;
	struct signal_struct *signal;
	unsigned int __state;
	int exit_state;
	int on_cpu; /* [a byte in 7.3]: read with its size */
	unsigned int flags;
	unsigned int ptrace;
	unsigned long jobctl;
	unsigned int frozen : 1; /* by a cgroup, or asleep where it counts as frozen */
	unsigned int policy;
	int static_prio; /* 120 + nice */
	int nr_cpus_allowed;
	struct cpumask cpus_mask; /* a bit for each CPU, as wide as the kernel was built for */
	int recent_used_cpu;
	int wake_cpu; /* the CPU that it last ran on */
	struct task_struct *real_parent;
	struct task_struct *parent; /* who traces it, where it is traced */
	struct task_struct *group_leader;
	unsigned long nvcsw; /* it went to sleep */
	unsigned long nivcsw; /* the CPU was taken from it */
	struct sched_entity se;
	struct sched_info sched_info;
	struct task_group *sched_task_group; /* [CONFIG_CGROUP_SCHED] */
	struct css_set *cgroups;
	struct nsproxy *nsproxy; /* NULL: it is about to end */
};

/* ---- what waits for files ---- */

struct epoll_event {
	__u32 events;
};

struct epoll_filefd { /* [epoll_key in 7.3]: the name of a member's type does not matter */
	int fd;
};

struct epitem {
	struct list_head rdllink; /* on the ready list, or empty */
	struct epoll_filefd ffd;
	struct eventpoll *ep;
	struct epoll_event event;
};

struct eppoll_entry {
	struct epitem *base;
	struct wait_queue_entry wait;
};

struct eventpoll {
	struct wait_queue_head wq;	  /* threads in epoll_wait() */
	struct wait_queue_head poll_wait; /* who watches the instance itself */
	struct list_head rdllist;	  /* ready and not read yet */
	struct file *file;
};

struct poll_wqueues {
	struct task_struct *polling_task;
};

struct unix_sock {
	struct sock sk;
	struct sock *peer;
};

struct pipe_inode_info {
	struct wait_queue_head rd_wait;
	struct wait_queue_head wr_wait;
};

/* ---- contexts of programs ---- */

struct trace_event_raw_sys_enter {
	long id;
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	long id;
	long ret;
};

/* Behind the file stands what the opcode needs: this and that are its struct, such as io_accept. */
struct io_cmd_data {
	struct file *file; /* [CONFIG_IO_URING] */
};

struct io_kiocb {
	struct io_cmd_data cmd; /* [CONFIG_IO_URING] */
	__u8 opcode;		/* [CONFIG_IO_URING] */
};

struct io_accept {
	int iou_flags; /* [6.10 and later] */
};

struct io_uring_cqe {
	__s32 res; /* [CONFIG_IO_URING] */
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 seq_num; /* 0: the first object of a walk */
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* ---- names of numbers that shift between kernels: taken from the running one ---- */

enum sock_flags {
	SOCK_DONE = 1,
};

enum skb_drop_reason { /* values here mean nothing, the running kernel's are used */
	SKB_DROP_REASON_SOCKET_FILTER = 5,
	SKB_DROP_REASON_NETFILTER_DROP = 12,
	SKB_DROP_REASON_XFRM_POLICY = 18,
	SKB_DROP_REASON_TCP_AUTH_HDR = 21, /* [6.8] */
	SKB_DROP_REASON_TCP_MD5NOTFOUND = 22,
	SKB_DROP_REASON_TCP_MD5UNEXPECTED = 23,
	SKB_DROP_REASON_TCP_MD5FAILURE = 24,
	SKB_DROP_REASON_TCP_AONOTFOUND = 25, /* [6.8] */
	SKB_DROP_REASON_TCP_AOUNEXPECTED = 26, /* [6.8] */
	SKB_DROP_REASON_TCP_AOKEYNOTFOUND = 27, /* [6.8] */
	SKB_DROP_REASON_TCP_AOFAILURE = 28, /* [6.8] */
	SKB_DROP_REASON_TCP_INVALID_SYN = 38,
	SKB_DROP_REASON_TCP_LISTEN_OVERFLOW = 40, /* [6.18] */
	SKB_DROP_REASON_TCP_MINTTL = 97, /* [6.3] */
};

enum sk_rst_reason { /* [6.10 and later] */
	SK_RST_REASON_NOT_SPECIFIED = 0,
	SK_RST_REASON_NO_SOCKET = 1,
	SK_RST_REASON_TCP_INVALID_ACK_SEQUENCE = 2,
	SK_RST_REASON_TCP_RFC7323_PAWS = 3,
	SK_RST_REASON_TCP_TOO_OLD_ACK = 4,
	SK_RST_REASON_TCP_ACK_UNSENT_DATA = 5,
	SK_RST_REASON_TCP_FLAGS = 6,
	SK_RST_REASON_TCP_OLD_ACK = 7,
	SK_RST_REASON_TCP_ABORT_ON_DATA = 8,
	SK_RST_REASON_TCP_TIMEWAIT_SOCKET = 9,
	SK_RST_REASON_INVALID_SYN = 10,
	SK_RST_REASON_TCP_ABORT_ON_CLOSE = 11,
	SK_RST_REASON_TCP_ABORT_ON_LINGER = 12,
	SK_RST_REASON_TCP_ABORT_ON_MEMORY = 13,
	SK_RST_REASON_TCP_STATE = 14,
	SK_RST_REASON_TCP_KEEPALIVE_TIMEOUT = 15,
	SK_RST_REASON_TCP_DISCONNECT_WITH_DATA = 16,
	SK_RST_REASON_MPTCP_RST_EUNSPEC = 17,
	SK_RST_REASON_MPTCP_RST_EMPTCP = 18,
	SK_RST_REASON_MPTCP_RST_ERESOURCE = 19,
	SK_RST_REASON_MPTCP_RST_EPROHIBIT = 20,
	SK_RST_REASON_MPTCP_RST_EWQ2BIG = 21,
	SK_RST_REASON_MPTCP_RST_EBADPERF = 22,
	SK_RST_REASON_MPTCP_RST_EMIDDLEBOX = 23,
	SK_RST_REASON_ERROR = 24,
};

#endif
