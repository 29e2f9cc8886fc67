// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ref.bpf.c - the least that a tracer can be: what the figures of `make bench` are measured
 * against.
 *
 *	noop		called at each transition, does nothing
 *	filter_miss	reads the port and turns away
 *	ringb		a record of 128 bytes into a ring, the reader woken once in 256 KiB
 *	ringh		the same, and a hash by socket that knows how long each state lasted
 *	rings		the same with socket storage in place of the hash
 *	ringc		ringb with a ring for each CPU
 *	pkt_noop	called at each packet that leaves, does nothing
 *	ready_noop	called where data arrives at a socket, does nothing
 *	walk_threads	called for each thread, walk_files for each open file: do nothing
 *
 * Written as such programs usually are; nothing here is shared with the programs that are measured.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define RING_BYTES  (8 << 20)
#define WAKE_BYTES  (256 << 10)
#define SOCKETS_MAX 262144
#define CPUS_MAX    64
#define CLOSE	    7

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u16 wanted_port = 1;

struct record {
	__u64 t, sk, cookie, in_old;
	__u32 pid, netns;
	__u16 lport, rport, family;
	__u8 old, new;
	__u8 laddr[16], raddr[16];
	char comm[16];
	__u64 rest[4];
};
_Static_assert(sizeof(struct record) == 128, "the reference record is 128 bytes");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SOCKETS_MAX);
	__type(key, __u64);
	__type(value, __u64);
} since SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} stored SEC(".maps");

struct cpu_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* User space puts one in for each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, CPUS_MAX);
	__type(key, __u32);
	__array(values, struct cpu_ring);
} cpu_rings SEC(".maps");

enum durations {
	NO_DURATIONS,
	IN_HASH,
	IN_STORAGE,
};

__u64 dropped = 0;

SEC("tp_btf/inet_sock_set_state")
int noop(__u64 *ctx)
{
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int filter_miss(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	__u16 port = sk->__sk_common.skc_num;

	return port == wanted_port || sk->__sk_common.skc_dport == bpf_htons(wanted_port);
}

/* Returns how long the state that ends now has lasted. */
static __always_inline __u64 hashed(__u64 key, __u64 now, bool last)
{
	__u64 *then = bpf_map_lookup_elem(&since, &key);
	__u64 lasted = then ? now - *then : 0;

	if (last)
		bpf_map_delete_elem(&since, &key);
	else if (then)
		*then = now;
	else
		bpf_map_update_elem(&since, &key, &now, BPF_ANY);
	return lasted;
}

static __always_inline __u64 stored_at(struct sock *sk, __u64 now)
{
	__u64 *then = bpf_sk_storage_get(&stored, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	__u64 lasted = then && *then ? now - *then : 0;

	if (then)
		*then = now;
	return lasted;
}

static __always_inline int record(__u64 *ctx, void *to, enum durations durations)

{
	struct sock *sk = (struct sock *)ctx[0];
	struct sock_common *c = &sk->__sk_common;
	__u64 key = (__u64)sk, now = bpf_ktime_get_ns();
	struct record *r;
	long wake;
	struct tcp_sock *tp;

	if (sk->sk_protocol != 6)
		return 0;
	r = bpf_ringbuf_reserve(to, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&dropped, 1);
		return 0;
	}
	r->in_old = 0;
	if (durations == IN_HASH)
		r->in_old = hashed(key, now, ctx[2] == CLOSE);
	if (durations == IN_STORAGE)
		r->in_old = stored_at(sk, now);
	r->t = now;
	r->sk = key;
	r->cookie = c->skc_cookie.counter;
	r->pid = bpf_get_current_pid_tgid() >> 32;
	r->netns = c->skc_net.net->ns.inum;
	/* skc_num is 0 already where an accepted socket closes. */
	tp = bpf_skc_to_tcp_sock(sk);
	r->lport = tp ? bpf_ntohs(tp->inet_conn.icsk_inet.inet_sport) : 0;
	r->rport = bpf_ntohs(c->skc_dport);
	r->family = c->skc_family;
	r->old = ctx[1];
	r->new = ctx[2];
	__builtin_memset(r->laddr, 0, sizeof(r->laddr));
	__builtin_memset(r->raddr, 0, sizeof(r->raddr));
	if (c->skc_family == 2) {
		*(__be32 *)r->laddr = c->skc_rcv_saddr;
		*(__be32 *)r->raddr = c->skc_daddr;
	} else {
		bpf_core_read(r->laddr, sizeof(r->laddr), &c->skc_v6_rcv_saddr);
		bpf_core_read(r->raddr, sizeof(r->raddr), &c->skc_v6_daddr);
	}
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	__builtin_memset(r->rest, 0, sizeof(r->rest));
	wake = bpf_ringbuf_query(to, BPF_RB_AVAIL_DATA) >= WAKE_BYTES ? BPF_RB_FORCE_WAKEUP
								      : BPF_RB_NO_WAKEUP;
	bpf_ringbuf_submit(r, wake);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int ringb(__u64 *ctx)
{
	return record(ctx, &ring, NO_DURATIONS);
}

SEC("tp_btf/inet_sock_set_state")
int ringh(__u64 *ctx)
{
	return record(ctx, &ring, IN_HASH);
}

SEC("tp_btf/inet_sock_set_state")
int rings(__u64 *ctx)
{
	return record(ctx, &ring, IN_STORAGE);
}

SEC("tp_btf/inet_sock_set_state")
int ringc(__u64 *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *own = bpf_map_lookup_elem(&cpu_rings, &cpu);

	return own ? record(ctx, own, NO_DURATIONS) : 0;
}

SEC("tp_btf/net_dev_queue")
int pkt_noop(__u64 *ctx)
{
	return 0;
}

SEC("tp_btf/sk_data_ready")
int ready_noop(__u64 *ctx)
{
	return 0;
}

SEC("iter/task")
int walk_threads(struct bpf_iter__task *ctx)
{
	return 0;
}

SEC("iter/task_file")
int walk_files(struct bpf_iter__task_file *ctx)
{
	return 0;
}
