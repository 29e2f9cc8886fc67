/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * summary_listeners.bpf.h - the listeners of --summary: who they are, which one serves a port, and
 * the counters of each.
 *
 * A listener's key is its socket cookie. A port's entry names the first listener there and how many
 * share the port; so a transition finds its listener in one or two loads. The counters of a
 * listener are made when its first connection comes. Where its owner runs is too large for the
 * stack, so it is written into a map of its own.
 */
#ifndef SOCKSTATE_SUMMARY_LISTENERS_BPF_H
#define SOCKSTATE_SUMMARY_LISTENERS_BPF_H

#include "interface.bpf.h"
#include "place.bpf.h"
#include "sock.bpf.h"
#include "summary.h"

#define BPF_NOEXIST 1

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct summary_cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SUMMARY_LISTENERS);
	__type(key, __u64); /* cookie */
	__type(value, struct summary_listener);
} listeners SEC(".maps");

/*
 * One entry takes 2.2 KiB on each CPU, so the kernel allocates it when it is added. The entry with
 * the key 0 counts for the listeners that found no room.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SUMMARY_LISTENERS + 1);
	__type(key, __u64); /* cookie */
	__type(value, struct summary_stats);
} stats SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SUMMARY_LISTENERS);
	__type(key, __u64); /* cookie */
	__type(value, struct summary_place);
} places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SUMMARY_RARE_MAX);
	__type(key, struct summary_rare);
	__type(value, __u64);
} rare SEC(".maps");

static struct summary_place no_place;

struct summary_port ports[SUMMARY_PORTS] = {};
/*
 * A bit for all ports with the same lowest bits, in whatever namespace: one of them is in ports[].
 * Half of all transitions are of clients, with another port each time. To look for it in the table
 * takes a cache miss, and these few bits stay in the cache. A bit stays when its port is given up.
 */
#define PORT_BITS 4096 /* a power of two */

__u64 ports_used[PORT_BITS / 64] = {};
static struct summary_stats no_stats;

/* NULL never happens; the verifier wants the test. */
static __always_inline struct summary_cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

/* Atomic, because an interrupt on this CPU may count the same thing. */
static __always_inline void add(__u64 *n)
{
	__sync_fetch_and_add(n, 1);
}

static __always_inline void count_lost(enum summary_count which)
{
	struct summary_cpu *cpu = this_cpu();

	if (cpu)
		add(&cpu->count[which]);
}

/* A function of its own, because many programs call it. */
__noinline int rare_add(__u64 cookie, __u32 kind, __u32 number, __u64 n)
{
	struct summary_rare key = {.cookie = cookie, .kind = kind, .number = number};
	__u64 *count, zero = 0;

	count = bpf_map_lookup_elem(&rare, &key);
	if (!count) {
		struct summary_listener *l = bpf_map_lookup_elem(&listeners, &cookie);

		if (l) /* user space has something to read of it */
			l->used = 1;
		/* Another CPU may be faster to add it. */
		bpf_map_update_elem(&rare, &key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&rare, &key);
	}
	if (count)
		__sync_fetch_and_add(count, n);
	else
		count_lost(SUMMARY_LOST_RARE);
	return 0;
}

/* ---- durations ---- */

static __always_inline void duration_add(struct durations *d, __u64 ns)
{
	__u32 i = bucket_index(DURATIONS_SCHEME, ns);

	/* The verifier needs the mask, and the compiler would drop it: it knows the bound of i. */
	barrier_var(i);
	__sync_fetch_and_add(&d->bucket[i & (DURATIONS_BUCKETS - 1)], 1);
	__sync_fetch_and_add(&d->sum, ns);
	if (ns > d->max)
		d->max = ns;
}

/* ---- ports ---- */

static __always_inline __u64 port_key(__u32 netns, __u16 port)
{
	return (__u64)netns << 16 | port;
}

/* Where the search for a port begins: multiplicative hashing, the upper bits of the product. */
static __always_inline __u32 port_place(__u64 key)
{
	_Static_assert(SUMMARY_PORTS == 1 << (64 - 51), "the shift leaves an index of ports[]");
	return key * 0x9e3779b97f4a7c15ULL >> 51;
}

static __always_inline __u64 *port_word(__u64 key)
{
	return &ports_used[(key & (PORT_BITS - 1)) / 64];
}

static __always_inline __u64 port_bit(__u64 key)
{
	return 1ULL << (key & 63);
}

/*
 * Index of the port's entry, or SUMMARY_PORTS if nobody has listened there. Functions marked
 * __noinline are global: the verifier checks each once and not again at every call. Such a function
 * can take and return only numbers, hence an index and not a pointer.
 */
__noinline __u32 port_index(__u64 key)
{
	__u32 place = port_place(key);

	if (!(*port_word(key) & port_bit(key)))
		return SUMMARY_PORTS;
#pragma clang loop unroll(disable)
	for (int i = 0; i < SUMMARY_PORT_PROBES; i++) {
		__u32 at = (place + i) & (SUMMARY_PORTS - 1);
		__u64 found = ports[at].key;

		if ((found & SUMMARY_PORT_MASK) == key)
			return at;
		if (!found)
			break;
	}
	return SUMMARY_PORTS;
}

static __always_inline struct summary_port *port_find(__u64 key)
{
	__u32 at = port_index(key);

	return at < SUMMARY_PORTS ? &ports[at & (SUMMARY_PORTS - 1)] : NULL;
}

/*
 * Counts one more listener at the port. Returns false if the table has no place for the port. A
 * function of its own, for its stack.
 */
__noinline bool port_add(__u64 key, __u64 cookie)
{
	struct summary_port *p = port_find(key);
	__u32 place = port_place(key);

	__sync_fetch_and_or(port_word(key), port_bit(key));
	if (p) {
		if (__sync_fetch_and_add(&p->key, SUMMARY_PORT_ONE) < SUMMARY_PORT_ONE)
			p->cookie = cookie;
		return true;
	}
	for (int i = 0; i < SUMMARY_PORT_PROBES; i++) {
		__u64 old;

		p = &ports[(place + i) & (SUMMARY_PORTS - 1)];
		old = p->key;
		/*
		 * Occupied while somebody listens there; another CPU may take a free place first.
		 */
		if (old >= SUMMARY_PORT_ONE ||
		    __sync_val_compare_and_swap(&p->key, old, key | SUMMARY_PORT_ONE) != old)
			continue;
		p->cookie = cookie;
		return true;
	}
	return false;
}

/* Counts one listener less at the port. */
static __always_inline void port_drop(__u64 key, __u64 cookie)
{
	struct summary_port *p = port_find(key);

	if (!p || p->key < SUMMARY_PORT_ONE)
		return;
	/*
	 * Which listener remains is not known here: port_learn() finds out at its next connection.
	 */
	if (p->cookie == cookie)
		p->cookie = 0;
	__sync_fetch_and_add(&p->key, -SUMMARY_PORT_ONE);
}

/*
 * Remembers the listener as the port's first if the port has none. So a port whose first listener
 * has gone learns the remaining one.
 */
static __always_inline void port_learn(struct sock *listener, __u64 cookie)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(listener);
	struct summary_port *p =
		tp ? port_find(port_key(netns_of(tp), listener->__sk_common.skc_num)) : NULL;

	if (p && !p->cookie)
		p->cookie = cookie;
}

/* ---- where an owner runs ---- */

/*
 * Notes where the task runs, as the place of the listener's owner. A function of its own, for its
 * stack; such a function can take only numbers, hence the address.
 */
__noinline int place_note(__u64 address, __u64 cookie)
{
	const struct task_struct *task = (const struct task_struct *)address;
	const struct css_set *set = BPF_CORE_READ(task, cgroups);
	const struct nsproxy *spaces = BPF_CORE_READ(task, nsproxy);
	const struct kernfs_node *kn = BPF_CORE_READ(set, dfl_cgrp, kn);
	struct summary_place *place;

	bpf_map_update_elem(&places, &cookie, &no_place, 0);
	place = bpf_map_lookup_elem(&places, &cookie);
	if (!place) /* no room: it is not known where the owner runs */
		return 0;
	for (int i = 0; i < SUMMARY_GROUPS; i++) {
		const struct kernfs_node *parent = kn ? parent_of(kn) : NULL;

		/* The root has no parent, and no name. */
		if (!parent)
			break;
		bpf_probe_read_kernel_str(place->group[i], SUMMARY_GROUP_NAME,
					  BPF_CORE_READ(kn, name));
		kn = parent;
	}
	place->cut = kn && parent_of(kn);
	if (spaces)
		BPF_CORE_READ_STR_INTO(&place->hostname, spaces, uts_ns, name.nodename);
	return 0;
}

/*
 * Notes the interface that a listener with a link-local address is bound to. A function of its own,
 * for its stack; it can take only numbers, and the verifier does not take the socket for one.
 */
__noinline int zone_note(__u64 cookie)
{
	struct summary_listener *l = bpf_map_lookup_elem(&listeners, &cookie);
	const struct net_device *dev = l ? zone_of((const struct sock_common *)l->sk) : NULL;

	if (dev)
		BPF_CORE_READ_STR_INTO(&l->ifname, dev, name);
	return 0;
}

/* ---- listeners ---- */

/*
 * Registers a listener that calls listen() (since: when) or that a walk or a connection found
 * (since: 0). owner: the address of its task, 0 if it is not known. A socket with the cookie 0 is
 * ignored. sk may be a pointer that the verifier does not trust: it is read by guarded copies.
 */
static __always_inline void listener_begins(const struct sock *sk, __u64 cookie, __u64 since,
					    const struct fact_task *task, __u64 owner)
{
	struct summary_listener *known = bpf_map_lookup_elem(&listeners, &cookie);
	struct summary_listener l = {.sk = (__u64)sk, .since = since};
	struct fact_sock ends = {};
	struct common k;
	__u64 key;

	if (!cookie || (known && known->sk))
		return;
	common_copy(&k, &sk->__sk_common);
	l.netns = netns_of_copy(&k);
	l.port = COMMON(&k, skc_num);
	ends_copy(&ends, &k);
	l.family = ends.family;
	__builtin_memcpy(l.addr, ends.laddr, sizeof(l.addr));
	l.task = *task;
	l.drops_before = l.drops = BPF_CORE_READ(sk, sk_drops.counter);
	l.somaxconn = BPF_CORE_READ(sk, __sk_common.skc_net.net, core.sysctl_somaxconn);
	l.defers = is_deferring(sk);
	queues_copy(&l.q, cookie, sk);
	l.syn_limit = syn_queue_limit(sk, l.q.backlog);
	key = port_key(l.netns, l.port);
	if (known) { /* it stopped listening, and begins again */
		known->q = l.q;
		known->syn_limit = l.syn_limit;
		known->sk = l.sk;
	} else if (bpf_map_update_elem(&listeners, &cookie, &l, BPF_NOEXIST)) {
		/* Either another hook was faster, which is fine, or the map is full. */
		if (!bpf_map_lookup_elem(&listeners, &cookie))
			count_lost(SUMMARY_LOST_LISTENER);
		return;
	}
	if (!port_add(key, cookie))
		count_lost(SUMMARY_LOST_LISTENER);
	if (COMMON(&k, skc_bound_dev_if))
		zone_note(cookie);
	if (owner)
		place_note(owner, cookie);
}

/* Keeps what user space has yet to read of the listener; forgets one that did nothing. */
static __always_inline void listener_ends(struct sock *sk, __u64 cookie)
{
	struct summary_listener *l = bpf_map_lookup_elem(&listeners, &cookie);

	if (!l || !l->sk)
		return;
	port_drop(port_key(l->netns, l->port), cookie);
	/*
	 * The kernel empties the queue after this transition. A socket that has left its group
	 * (SO_REUSEPORT) by now cannot hand its connections to another one (tcp_migrate_req).
	 */
	if (sk->sk_ack_backlog && !sk->sk_reuseport_cb)
		rare_add(cookie, SUMMARY_NEVER_ACCEPTED, 0, sk->sk_ack_backlog);
	l->sk = 0;
	l->drops = sk->sk_drops.counter;
	if (!l->used && l->drops == l->drops_before) {
		bpf_map_delete_elem(&listeners, &cookie);
		bpf_map_delete_elem(&places, &cookie);
	}
}

/*
 * The cookie of a listener that has a child, or 0 if it has no cookie yet. Registers the listener
 * if it is unknown: no file holds it, so the walk over files did not find it.
 */
static __always_inline __u64 listener_cookie(const struct sock *listener)
{
	struct fact_task nobody = {};
	__u64 cookie = listener->__sk_common.skc_cookie.counter;

	if (!cookie)
		return 0;
	if (!bpf_map_lookup_elem(&listeners, &cookie))
		listener_begins(listener, cookie, 0, &nobody, 0);
	return cookie;
}

/*
 * The listener's counters on this CPU. Makes them at the first call. An unknown listener, or one
 * for which there is no room, shares the counters of the cookie 0.
 */
static __always_inline struct summary_stats *stats_of(__u64 cookie)
{
	struct summary_stats *s = bpf_map_lookup_elem(&stats, &cookie);
	struct summary_listener *l;

	if (s)
		return s;
	l = bpf_map_lookup_elem(&listeners, &cookie);
	if (l) {
		bpf_map_update_elem(&stats, &cookie, &no_stats, BPF_NOEXIST);
		s = bpf_map_lookup_elem(&stats, &cookie);
		if (s) {
			l->used = true;
			return s;
		}
		count_lost(SUMMARY_LOST_LISTENER);
	}
	cookie = 0;
	return bpf_map_lookup_elem(&stats, &cookie);
}

#endif
