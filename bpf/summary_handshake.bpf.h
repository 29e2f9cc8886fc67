/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * summary_handshake.bpf.h - a handshake is complete: how long it took, and which listener it is
 * counted for.
 *
 * The child's local port names the listener, unless several listeners share the port. Then the
 * connection is pending on its CPU until the next hook, which runs at once on the same CPU, names
 * the listener (sk_data_ready, in summary.bpf.c).
 */
#ifndef SOCKSTATE_SUMMARY_HANDSHAKE_BPF_H
#define SOCKSTATE_SUMMARY_HANDSHAKE_BPF_H

#include "summary_listeners.bpf.h"
#include "summary_waiting.bpf.h"

/* sk_data_ready is attached: it names the listener of a child on a shared port. */
const volatile bool setting_ready = false;
/*
 * The functions that queue a child are hooked: they name the listener and note when the wait began.
 */
const volatile bool setting_enqueue = false;

/*
 * When the SYN-ACK of a request went out first (us, as tcp_request_sock.snt_synack), for requests
 * whose SYN-ACK was sent again. The final ACK removes the entry; the map gives up the least
 * recently used ones.
 */
struct request {
	__u32 netns;	    /* inode */
	__u32 isn;	    /* our initial sequence number, host order */
	__u16 lport, rport; /* host order */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct request);
	__type(value, __u64);
} repeated SEC(".maps");

/* Set in the length of a queue that has become full: it refuses the next connection. */
#define QUEUE_FILLED (1ULL << 63)

static __always_inline void note_peak(struct summary_stats *s, __u64 now, __u32 queue)
{
	__u32 time = now >> SUMMARY_TIME_BITS;
	struct summary_peak *p = &s->recent[time & (SUMMARY_TIMES - 1)];

	if (p->time != time) {
		p->time = time;
		p->peak = queue;
	} else if (queue > p->peak) {
		p->peak = queue;
	}
	if (queue > s->peak)
		s->peak = queue;
}

/*
 * Counts a handshake. now: ns. handshake_ns: how long it took, 0 if not known. queue: length of the
 * accept queue with this connection, perhaps with QUEUE_FILLED.
 */
__noinline int completed(__u64 cookie, __u64 now, __u64 handshake_ns, __u64 queue)
{
	struct summary_stats *s = stats_of(cookie);

	if (!s)
		return 0;
	add(&s->completed);
	if (handshake_ns)
		duration_add(&s->handshake, handshake_ns);
	if (queue & QUEUE_FILLED)
		add(&s->filled);
	note_peak(s, now, queue & ~QUEUE_FILLED);
	return 0;
}

/* No hook has named the listener of the pending connection: the port's first one gets it. */
static __always_inline void pending_flush(struct summary_cpu *cpu)
{
	if (!cpu->pending)
		return;
	cpu->pending = 0;
	completed(cpu->pending_cookie, bpf_ktime_get_ns(), cpu->pending_ns, cpu->pending_queue);
}

/*
 * ns from the first SYN-ACK to the final ACK; 0 if not known.
 *
 * The kernel's first round trip sample (srtt_us, scaled by 8) is the time between just these two.
 * It is not used in two cases. After a SYN-ACK was sent again there is no sample, or one from
 * another pair of segments: then the stamp of the request is used. A sample of whole milliseconds
 * comes from TCP timestamps, as for SYN cookies, and can be wrong by 64 ms.
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

/* SYN_RECV -> ESTABLISHED. port: the entry of the local port, NULL if nobody listens there. */
static __always_inline void established(struct summary_cpu *cpu, struct sock *sk,
					struct tcp_sock *tp, __u32 netns, __u16 lport,
					struct summary_port *port)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 ns = handshake_ns(tp, netns, lport, now);
	__u64 queue = sk->sk_ack_backlog + 1; /* the child's copy is older than its own entry */
	__u64 cookie = port ? port->cookie : 0;
	bool accepted = sk->sk_socket;

	if (queue > sk->sk_max_ack_backlog)
		queue |= QUEUE_FILLED;
	if (cpu->queued == (__u64)sk) {
		cookie = cpu->queued_cookie;
		cpu->queued = 0;
	} else if (accepted) {
		/*
		 * A fast open was accepted before its handshake ended. Without a listener it is no
		 * child: both sides called connect() (simultaneous open).
		 */
		if (!port)
			return;
	} else if (setting_ready && (!cookie || bringing || port->key >= 2 * SUMMARY_PORT_ONE)) {
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
	completed(cookie, now, ns, queue);
}

#endif
