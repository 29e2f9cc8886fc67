// SPDX-License-Identifier: GPL-2.0-only
/*
 * summary.bpf.c - --summary: counts and histograms for each listener, kept here; nothing is sent.
 *
 *			exact					tracepoints
 *	transitions	tp_btf/inet_sock_set_state		the same
 *	SYN-ACK again	tp_btf/tcp_retransmit_synack		the same
 *	whose child	fentry/inet_csk_complete_hashdance,	tp_btf/sk_data_ready of a listener
 *			fentry/inet_csk_reqsk_queue_add
 *	taken		fexit/inet_csk_accept, and		sys_exit_accept, sys_exit_accept4,
 *			fentry/fd_install for calls that	tp_btf/io_uring_complete
 *			are older than the tracer
 *	counted besides	fexit/tcp_check_req			tp_btf/kfree_skb with reason TCP_LISTEN_OVERFLOW
 *
 * Nothing is kept for each connection but, while it waits for accept(), since when. A child's
 * listener is the one at its local port: one load or two. Only where several share the port
 * (SO_REUSEPORT, one for each address) the hooks above tell which it is; what happens to the
 * connection after accept() is then counted at the first of them. Refusals are the kernel's own
 * count at the listener, which the walk at the end of this file reads, less what that counts
 * besides.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "again.bpf.h"
#include "descriptor.bpf.h"
#include "segment.bpf.h"
#include "sock.bpf.h"
#include "summary.h"

char LICENSE[] SEC("license") = "GPL";

#define IORING_OP_ACCEPT 13

#define BPF_NOEXIST 1

/* sk_data_ready is attached: a child on a shared port waits for it to be told its listener. */
const volatile bool setting_ready = false;
/* Hooks of the queue itself are attached: they tell the listener, and since when a child waits. */
const volatile bool setting_enqueue = false;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct summary_cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SUMMARY_LISTENERS);
	__type(key, __u64);
	__type(value, struct summary_listener);
} listeners SEC(".maps");

/* 2.2 KiB a CPU for each listener that has had a connection: not allocated before that. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SUMMARY_LISTENERS + 1);
	__type(key, __u64);
	__type(value, struct summary_stats);
} stats SEC(".maps");

/*
 * Requests whose SYN-ACK went out again: when it did so first. The answered ones are taken out,
 * others pushed out.
 */
struct request {
	__u32 netns;
	__u32 isn; /* ours */
	__u16 lport, rport;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct request);
	__type(value, __u64);
} repeated SEC(".maps");

struct summary_port ports[SUMMARY_PORTS] = {};
struct summary_waiting waiting[SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS] = {};
static struct summary_stats no_stats;

static __always_inline struct summary_cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

/* Interrupts count too. */
static __always_inline void add(__u64 *n)
{
	__sync_fetch_and_add(n, 1);
}

/* ---- durations ---- */

static __always_inline __u32 duration_index(__u64 ns)
{
	__u64 v = ns >> SUMMARY_UNIT_BITS, rest = v;
	__u32 log = 0, index;

	if (v < 1 << SUMMARY_SUB_BITS)
		return v;
#pragma unroll
	for (int bits = 32; bits; bits /= 2) {
		if (rest >> bits) {
			rest >>= bits;
			log += bits;
		}
	}
	log -= SUMMARY_SUB_BITS;
	index = ((log + 1) << SUMMARY_SUB_BITS) +
		(__u32)((v >> log) & ((1 << SUMMARY_SUB_BITS) - 1));
	return index < SUMMARY_BUCKETS ? index : SUMMARY_BUCKETS - 1;
}

static __always_inline void duration_add(struct summary_durations *d, __u64 ns)
{
	__u32 i = duration_index(ns);

	__sync_fetch_and_add(&d->bucket[i & (SUMMARY_BUCKETS - 1)], 1);
	if (ns > d->max)
		d->max = ns;
}

/* ---- listeners and their ports ---- */

static __always_inline __u64 port_key(__u32 netns, __u16 port)
{
	return (__u64)netns << 16 | port;
}

static __always_inline __u32 port_place(__u64 key)
{
	return key * 0x9e3779b97f4a7c15ULL >> 51; /* SUMMARY_PORTS */
}

/*
 * The place of a port, or SUMMARY_PORTS: nobody listened there. This and other functions without
 * `inline` are such that the verifier reads once for each program, and not wherever they are
 * called; they may take and return numbers only.
 */
__noinline __u32 port_index(__u64 key)
{
	__u32 place = port_place(key);

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

static __always_inline bool port_add(__u64 key, __u64 cookie)
{
	struct summary_port *p = port_find(key);
	__u32 place = port_place(key);

	if (p) {
		if (__sync_fetch_and_add(&p->key, SUMMARY_PORT_ONE) < SUMMARY_PORT_ONE)
			p->cookie = cookie;
		return true;
	}
	for (int i = 0; i < SUMMARY_PORT_PROBES; i++) {
		__u64 old;

		p = &ports[(place + i) & (SUMMARY_PORTS - 1)];
		old = p->key;
		if (old >= SUMMARY_PORT_ONE ||
		    __sync_val_compare_and_swap(&p->key, old, key | SUMMARY_PORT_ONE) != old)
			continue;
		p->cookie = cookie;
		return true;
	}
	return false;
}

static __always_inline void port_drop(__u64 key, __u64 cookie)
{
	struct summary_port *p = port_find(key);

	if (!p || p->key < SUMMARY_PORT_ONE)
		return;
	/* Who remains is told by the next connection. */
	if (p->cookie == cookie)
		p->cookie = 0;
	__sync_fetch_and_add(&p->key, -SUMMARY_PORT_ONE);
}

static __always_inline void count_lost(enum summary_count which)
{
	struct summary_cpu *cpu = this_cpu();

	if (cpu)
		add(&cpu->count[which]);
}

/*
 * It listens, or is found to. sk may be any pointer to it; the listener with the cookie 0 is not
 * one.
 */
static __always_inline void listener_begins(const struct sock *sk, __u64 cookie, __u64 since,
					    const struct fact_task *task)
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
	key = port_key(l.netns, l.port);
	if (known) { /* it stopped, and begins again */
		known->sk = l.sk;
	} else if (bpf_map_update_elem(&listeners, &cookie, &l, BPF_NOEXIST)) {
		/* Two hooks at once, or no room. */
		if (!bpf_map_lookup_elem(&listeners, &cookie))
			count_lost(SUMMARY_LOST_LISTENER);
		return;
	}
	if (!port_add(key, cookie))
		count_lost(SUMMARY_LOST_LISTENER);
}

static __always_inline void listener_ends(struct sock *sk, __u64 cookie)
{
	struct summary_listener *l = bpf_map_lookup_elem(&listeners, &cookie);

	if (!l || !l->sk)
		return;
	port_drop(port_key(l->netns, l->port), cookie);
	l->sk = 0;
	l->drops = sk->sk_drops.counter;
	if (!l->used && l->drops == l->drops_before)
		bpf_map_delete_elem(&listeners, &cookie);
}

/* Of the listener with that cookie; of nobody where it has none yet and there is no room. */
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

/* ---- who waits in an accept queue, since when ---- */

/* The lower half of the address: the verifier lets nobody count with a whole one. */
static __always_inline __u32 waiting_set(__u64 sk)
{
	/* SUMMARY_WAITING_SETS */
	return (((__u32)sk >> 6) * 0x9e3779b1U >> 19) * SUMMARY_WAITING_WAYS;
}

static __always_inline struct summary_waiting *waiting_place(__u32 set, int way)
{
	return &waiting[(set + way) & (SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS - 1)];
}

#define NOT_WAITING (~0U)

/* NOT_WAITING also for a socket that is none. */
static __always_inline __u32 waiting_search(__u64 sk)
{
	__u32 set = waiting_set(sk);

#pragma clang loop unroll(disable)
	for (int i = 0; sk && i < SUMMARY_WAITING_WAYS; i++) {
		if (waiting_place(set, i)->sk == sk)
			return set + i;
	}
	return NOT_WAITING;
}

/* The same for an address that is a number to the verifier, and not a pointer. */
__noinline __u32 waiting_index(__u64 sk)
{
	return waiting_search(sk);
}

/*
 * One that is never accepted stays until a child at the same address takes its place, or user space
 * clears up behind its listener, or the set is full: then the oldest goes.
 */
static __always_inline void waiting_add(__u64 sk, __u64 t, __u64 cookie)
{
	__u32 at = waiting_search(sk), set = waiting_set(sk);
	struct summary_waiting *w = waiting_place(at, 0);
	struct summary_waiting *oldest;

	if (at == NOT_WAITING) {
		oldest = waiting_place(set, 0);
#pragma unroll
		for (int i = 0; i < SUMMARY_WAITING_WAYS; i++) {
			w = waiting_place(set, i);
			if (!w->sk && !__sync_val_compare_and_swap(&w->sk, 0, sk))
				goto mine;
			if (w->t < oldest->t)
				oldest = w;
		}
		count_lost(SUMMARY_LOST_WAITING);
		w = oldest;
		w->sk = sk;
	}
mine:
	w->t = t;
	w->cookie = cookie;
}

/* ---- handshakes ---- */

/* queue: how long it is now, and with QUEUE_FILLED: no SYN finds room any more. */
#define QUEUE_FILLED (1ULL << 63)

__noinline int completed(__u64 cookie, __u64 handshake_ns, __u64 queue)
{
	struct summary_stats *s = stats_of(cookie);

	if (!s)
		return 0;
	add(&s->completed);
	if (handshake_ns)
		duration_add(&s->handshake, handshake_ns);
	if (queue & QUEUE_FILLED)
		add(&s->filled);
	queue &= ~QUEUE_FILLED;
	if (queue > s->peak)
		s->peak = queue;
	return 0;
}

/* Nobody has told the listener of the last one: the first of its port has it. */
static __always_inline void pending_flush(struct summary_cpu *cpu)
{
	if (!cpu->pending)
		return;
	cpu->pending = 0;
	completed(cpu->pending_cookie, cpu->pending_ns, cpu->pending_queue);
}

/*
 * How long the handshake took, from the first SYN-ACK to the final ACK: the kernel's own first
 * round trip sample, made of just these two moments. 0 not known. After a SYN-ACK was sent again
 * there is no sample, or one of another pair: then the request's stamp is used. A sample of whole
 * milliseconds was made of TCP timestamps, as those of SYN cookies are, and is wrong by up to 64
 * ms: passed over.
 */
static __always_inline __u64 handshake_ns(const struct tcp_sock *tp, __u32 netns, __u16 lport,
					  __u64 now)
{
	__u32 us = tp->srtt_us >> 3;
	struct request r;
	__u64 *first, ns;

	if (!tp->total_retrans)
		return us % 1000 ? us * 1000ULL : 0;
	r.netns = netns;
	r.isn = tp->snd_una - (__u32)tp->bytes_acked - 1;
	r.lport = lport;
	r.rport = bpf_ntohs(tp->inet_conn.icsk_inet.sk.__sk_common.skc_dport);
	first = bpf_map_lookup_elem(&repeated, &r);
	if (!first)
		return 0;
	ns = now - *first * 1000;
	bpf_map_delete_elem(&repeated, &r);
	return ns;
}

static __always_inline void established(struct summary_cpu *cpu, struct sock *sk,
					struct tcp_sock *tp, __u32 netns, __u16 lport,
					struct summary_port *port)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 ns = handshake_ns(tp, netns, lport, now);
	__u64 queue = sk->sk_ack_backlog + 1;
	__u64 cookie = port ? port->cookie : 0;
	bool accepted = sk->sk_socket;

	if (queue > sk->sk_max_ack_backlog)
		queue |= QUEUE_FILLED;
	if (cpu->queued == (__u64)sk) {
		cookie = cpu->queued_cookie;
		cpu->queued = 0;
	} else if (accepted) {
		/* A fast open, or no child at all: a connect() that met its peer half way. */
		if (!port)
			return;
	} else if (setting_ready && (!cookie || port->key >= 2 * SUMMARY_PORT_ONE)) {
		pending_flush(cpu);
		cpu->pending_cookie = cookie;
		cpu->pending_ns = ns;
		cpu->pending_queue = queue;
		cpu->pending_port = lport;
		cpu->pending = (__u64)sk;
		waiting_add((__u64)sk, now, cookie);
		return;
	}
	if (!accepted && !setting_enqueue)
		waiting_add((__u64)sk, now, cookie);
	completed(cookie, ns, queue);
}

/* ---- transitions ---- */

static __always_inline void listener_changed(struct sock *sk, int new)
{
	struct fact_task task = {};
	__u64 cookie = bpf_get_socket_cookie(sk);

	if (new == TCP_LISTEN) {
		task_fill(&task);
		listener_begins(sk, cookie, bpf_ktime_get_ns(), &task);
	} else {
		listener_ends(sk, cookie);
	}
}

static __always_inline void state_changed(struct summary_cpu *cpu, struct sock *sk, int old,
					  int new)
{
	struct summary_stats *s;
	struct summary_port *port;
	struct tcp_sock *tp;
	__u32 netns;
	__u16 lport;

	/* MPTCP sockets pass here too, and are no tcp_sock. */
	if (sk->sk_protocol != IPPROTO_TCP || old == new)
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || !wanted(tp))
		return;
	if (new == TCP_LISTEN || (old == TCP_LISTEN && new == TCP_CLOSE)) {
		listener_changed(sk, new);
		return;
	}
	netns = netns_of(tp);
	lport = local_port(tp);
	port = port_find(port_key(netns, lport));
	if (port && port->key < SUMMARY_PORT_ONE)
		port = NULL;
	if (old == TCP_LISTEN) {
		cpu->born = (__u64)sk;
	} else if (old == TCP_SYN_RECV && new == TCP_ESTABLISHED) {
		cpu->born = 0;
		established(cpu, sk, tp, netns, lport, port);
	} else if (new == TCP_CLOSE && (old == TCP_FIN_WAIT2 || old == TCP_CLOSING) &&
		   sk->__sk_common.skc_flags &(
			   1UL << bpf_core_enum_value(enum sock_flags, SOCK_DONE))) {
		/* Both FINs have gone: a timewait socket takes over. */
		new = TCP_TIME_WAIT;
	}
	new &= SUMMARY_STATES - 1;
	s = port ? stats_of(port->cookie) : NULL;
	add(s ? &s->entered[new] : &cpu->entered[new]);
}

SEC("tp_btf/inet_sock_set_state")
int set_state(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int old = ctx[1], new = ctx[2];
	struct summary_cpu *cpu = this_cpu();

	no_private_stack(ctx);
	if (!cpu)
		return 0;
	state_changed(cpu, sk, old, new);
	cpu->token_sk = (__u64)sk;
	cpu->token_states = old << 8 | new;
	return 0;
}

/* Of what again.bpf.h tells, the second. */
SEC("tp_btf/inet_sock_set_state")
int set_state_missed(__u64 *ctx)
{
	int old = ctx[1], new = ctx[2];
	struct summary_cpu *cpu = this_cpu();

	if (!cpu || (cpu->token_sk == ctx[0] && cpu->token_states == (__u64)(old << 8 | new)))
		return 0;
	add(&cpu->count[SUMMARY_RECOVERED]);
	bpf_tail_call(ctx, &first, 0);
	return 0;
}

/* ---- whose child ---- */

/* A listener that has children and is in no table was found by no walk: no file holds it. */
static __always_inline __u64 listener_cookie(const struct sock *listener)
{
	struct fact_task nobody = {};
	__u64 cookie = listener->__sk_common.skc_cookie.counter;

	if (!cookie)
		return 0;
	if (!bpf_map_lookup_elem(&listeners, &cookie))
		listener_begins(listener, cookie, 0, &nobody);
	return cookie;
}

/* A port's only listener is known by its port; the one that remained of several is learnt here. */
static __always_inline void port_learn(struct sock *listener, __u64 cookie)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(listener);
	struct summary_port *p =
		tp ? port_find(port_key(netns_of(tp), listener->__sk_common.skc_num)) : NULL;

	if (p && !p->cookie)
		p->cookie = cookie;
}

/*
 * Before it is in the queue: after that another CPU may take it at once, even before its
 * transition. One that is not queued in the end does no harm.
 */
static __always_inline int child_queues(struct sock *listener, struct sock *child)
{
	struct summary_cpu *cpu = this_cpu();
	__u64 cookie;

	if (!cpu || !common_wanted(&listener->__sk_common))
		return 0;
	cookie = listener_cookie(listener);
	if (!cookie)
		return 0;
	port_learn(listener, cookie);
	cpu->queued = (__u64)child;
	cpu->queued_cookie = cookie;
	waiting_add((__u64)child, bpf_ktime_get_ns(), cookie);
	return 0;
}

/* Not ours: another CPU made a child of the same request, and was faster. */
SEC("fentry/inet_csk_complete_hashdance")
int enqueue(__u64 *ctx)
{
	bool ours = ctx[3] & 0xff;

	return ours ? child_queues((struct sock *)ctx[0], (struct sock *)ctx[1]) : 0;
}

/*
 * A cookie's child, which will soon be established, or a fast open's, which may be accepted before.
 */
SEC("fentry/inet_csk_reqsk_queue_add")
int enqueue_unrequested(__u64 *ctx)
{
	return child_queues((struct sock *)ctx[0], (struct sock *)ctx[2]);
}

/*
 * Fires for each socket that gets data; for a listener right after its child's transition, on the
 * same CPU.
 */
SEC("tp_btf/sk_data_ready")
int listener_ready(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct summary_cpu *cpu;
	__u64 cookie;
	__u32 at;

	if (listener->__sk_common.skc_state != TCP_LISTEN || listener->sk_protocol != IPPROTO_TCP)
		return 0;
	cpu = this_cpu();
	if (!cpu || !(cpu->pending || cpu->born) || !common_wanted(&listener->__sk_common))
		return 0;
	cookie = listener_cookie(listener);
	if (!cookie)
		return 0;
	port_learn(listener, cookie);
	if (cpu->born) {
		waiting_add(cpu->born, bpf_ktime_get_ns(), cookie);
		cpu->born = 0;
	} else if (cpu->pending_port == listener->__sk_common.skc_num) {
		at = waiting_index(cpu->pending);
		if (at != NOT_WAITING)
			waiting_place(at, 0)->cookie = cookie;
		cpu->pending = 0;
		completed(cookie, cpu->pending_ns, cpu->pending_queue);
	}
	return 0;
}

/* ---- taken ---- */

/*
 * at: where it waited, of waiting_index(). cookie: of its listener, 0 where the hook does not tell.
 */
__noinline int taken(__u32 at, __u64 cookie)
{
	struct summary_waiting *w = at == NOT_WAITING ? NULL : waiting_place(at, 0);
	__u64 now = bpf_ktime_get_ns(), since = w ? w->t : now;
	struct summary_stats *s;

	if (w) {
		cookie = cookie ? cookie : w->cookie;
		w->sk = 0;
	}
	s = stats_of(cookie);
	if (!s)
		return 0;
	add(&s->accepted);
	if (w)
		duration_add(&s->accept_wait, now > since ? now - since : 0);
	return 0;
}

SEC("fexit/inet_csk_accept")
int accept_taken(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	__u64 child = 0;

	if (bpf_get_func_ret(ctx, &child) || !child || !common_wanted(&listener->__sk_common))
		return 0;
	taken(waiting_index(child), listener_cookie(listener));
	return 0;
}

/*
 * A call that was waiting already when we came returns through no hook of ours: its connection
 * still waits, to us, when it gets its descriptor. Sees all descriptors of all processes; all but
 * sockets leave at the first test.
 */
SEC("fentry/fd_install")
int accept_installed(__u64 *ctx)
{
	struct file *file = (struct file *)ctx[1];
	struct socket *socket;
	__u32 at;

	if ((file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	socket = bpf_sock_from_file(file);
	at = socket ? waiting_search((__u64)socket->sk) : NOT_WAITING;
	if (at != NOT_WAITING)
		taken(at, 0);
	return 0;
}

/*
 * What accept() has just returned is a socket: half as many reads as where that is to be found out.
 */
static __always_inline __u32 waiting_of_descriptor(__u32 fd)
{
	struct file *file = file_of_descriptor(fd);
	struct socket *socket;

	if (!file)
		return NOT_WAITING;
	socket = BPF_CORE_READ(file, private_data);
	return waiting_index((__u64)BPF_CORE_READ(socket, sk));
}

static __always_inline int descriptor_taken(int fd, bool certain)
{
	__u32 at = certain ? waiting_of_descriptor(fd) : NOT_WAITING;
	const struct sock *sk;
	struct summary_port *port;
	struct common k;
	__u64 cookie = 0;

	if (at != NOT_WAITING && waiting_place(at, 0)->cookie) {
		taken(at, 0);
		return 0;
	}
	sk = tcp_of_descriptor_probe(fd, &k);
	if (!sk)
		return 0;
	at = waiting_index((__u64)sk);
	if (at == NOT_WAITING && (!certain || !wanted_copy(&k, sk)))
		return 0;
	if (at == NOT_WAITING || !waiting_place(at, 0)->cookie) {
		port = port_find(port_key(netns_of_copy(&k), local_port_copy(&k, sk)));
		cookie = port && port->key >= SUMMARY_PORT_ONE ? port->cookie : 0;
	}
	taken(at, cookie);
	return 0;
}

/* Attached to accept and to accept4. */
SEC("tp/syscalls/sys_exit_accept")
int sys_exit_accept(struct trace_event_raw_sys_exit *ctx)
{
	return ctx->ret < 0 ? 0 : descriptor_taken(ctx->ret, true);
}

/* Every system call of every process, on request: the end of one does not tell which it was. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, bool);
} in_accept SEC(".maps");

SEC("tp_btf/sys_enter")
int any_enter(__u64 *ctx)
{
	int nr = ctx[1];
	bool *in;

	if (nr != setting_nr_accept && nr != setting_nr_accept4)
		return 0;
	in = bpf_task_storage_get(&in_accept, bpf_get_current_task_btf(), NULL,
				  BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (in)
		*in = true;
	return 0;
}

SEC("tp_btf/sys_exit")
int any_exit(__u64 *ctx)
{
	bool *in = bpf_task_storage_get(&in_accept, bpf_get_current_task_btf(), NULL, 0);
	long ret = ctx[1];

	if (!in || !*in)
		return 0;
	*in = false;
	return ret < 0 ? 0 : descriptor_taken(ret, true);
}

/* A multishot accept completes with a number that may be anything: only what waited is taken. */
SEC("tp_btf/io_uring_complete")
int io_uring_completed(__u64 *ctx)
{
	const struct io_kiocb *req = (const struct io_kiocb *)ctx[1];
	bool certain = req && BPF_CORE_READ(req, opcode) == IORING_OP_ACCEPT;
	int res;

	if (setting_io_uring_cqe)
		res = ((const struct io_uring_cqe *)ctx[2])->res;
	else
		res = ctx[3];
	if (res < 0 || (req && !certain))
		return 0;
	return descriptor_taken(res, certain);
}

/* ---- SYN-ACKs sent again ---- */

SEC("tp_btf/tcp_retransmit_synack")
int synack_again(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct request_sock *req = (struct request_sock *)ctx[1];
	const struct sock_common *c = &req->__req_common;
	struct summary_stats *s;
	struct request r;
	__u64 first;

	if (!common_wanted(c))
		return 0;
	s = stats_of(listener_cookie(listener));
	if (s)
		add(&s->synack_retrans);
	r.netns = BPF_CORE_READ(c, skc_net.net, ns.inum);
	r.isn = BPF_CORE_READ((struct tcp_request_sock *)req, snt_isn);
	r.lport = c->skc_num;
	r.rport = bpf_ntohs(c->skc_dport);
	first = BPF_CORE_READ((struct tcp_request_sock *)req, snt_synack);
	bpf_map_update_elem(&repeated, &r, &first, 0);
	return 0;
}

/* ---- what the listener's counter has beside refusals ---- */

/*
 * A segment to a request that makes no child is discarded, and counted as that (discard_and_relse
 * in tcp_v4_rcv): a final ACK that finds the queue full, which has been counted as refused by then,
 * a SYN that comes again, an ACK that waits for data. A listener that we have not met yet has it in
 * drops_before.
 */
static __always_inline void discarded(const struct sock *listener, const struct sk_buff *skb)
{
	__u64 cookie = listener->__sk_common.skc_cookie.counter;
	struct summary_stats *s;

	if (!bpf_map_lookup_elem(&listeners, &cookie))
		return;
	s = stats_of(cookie);
	if (s)
		__sync_fetch_and_add(&s->discarded, segment_count(skb));
}

/*
 * The child of a fast open passes here, too; a request that another CPU was faster with is looked
 * up again.
 */
SEC("fexit/tcp_check_req")
int ack_done(__u64 *ctx)
{
	const struct sock *listener = (const struct sock *)ctx[0];
	bool fastopen = ctx[3] & 0xff, stolen = false;
	__u64 child = 0;

	if (bpf_get_func_ret(ctx, &child) || child || fastopen ||
	    listener->__sk_common.skc_state != TCP_LISTEN)
		return 0;
	bpf_probe_read_kernel(&stolen, sizeof(stolen), (const void *)ctx[4]);
	if (!stolen)
		discarded(listener, (const struct sk_buff *)ctx[1]);
	return 0;
}

/* Without fexit: of those the final ACKs. */
SEC("tp_btf/kfree_skb")
int ack_dropped(__u64 *ctx)
{
	const struct sk_buff *skb = (const struct sk_buff *)ctx[0];
	const struct sock *listener;
	struct segment t;

	if (!is_listen_overflow(ctx[2]))
		return 0;
	listener = (const struct sock *)ctx[3];
	if (listener && listener->__sk_common.skc_state == TCP_LISTEN && segment_read(&t, skb) &&
	    !(t.flags & TCP_FLAG_SYN))
		discarded(listener, skb);
	return 0;
}

/* ---- walks: the listeners that were there before us, and all of them at each interval ---- */

SEC("iter/task_file")
int find_listeners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct fact_task holder = {};
	const struct sock *sk;
	struct socket *socket;
	struct common k;

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = tcp_behind(socket->sk, &k);
	if (!sk || COMMON(&k, skc_state) != TCP_LISTEN || !wanted_copy(&k, sk))
		return 0;
	holder.pid = task->tgid;
	holder.tid = task->pid;
	BPF_CORE_READ_STR_INTO(&holder.comm, task, comm);
	listener_begins(sk, COMMON(&k, skc_cookie.counter), 0, &holder);
	return 0;
}

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
	void *value;
};
#pragma clang attribute pop

SEC("iter/bpf_map_elem")
int read_listeners(struct bpf_iter__bpf_map_elem *ctx)
{
	const __u64 *cookie = ctx->key;
	const struct summary_listener *l = ctx->value;
	struct summary_reading r = {};

	if (!cookie || !l)
		return 0;
	r.cookie = *cookie;
	r.listener = *l;
	if (r.listener.sk)
		queues_probe(&r.q, (const struct sock *)r.listener.sk);
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
