/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fact.h - facts: the records that the programs send to user space.
 *
 * A fact is what one hook saw at one instant. It contains no guesses: a field that the hook could
 * not read is zero, and a flag or the field's comment says what zero means. A recording holds the
 * same bytes.
 *
 * Conventions: numbers are in native byte order. Times are CLOCK_MONOTONIC in nanoseconds. Ports
 * are in host order. Addresses are bytes in network order; an IPv4 address takes the first four,
 * and the others are zero. The v4-mapped peer of a dual-stack socket is sent as AF_INET. Sequence
 * numbers are in host order and absolute. States are the kernel's numbers
 * (include/net/tcp_states.h). The size of every record is a multiple of eight bytes, there is no
 * hidden padding, and every byte is written before a record is sent.
 *
 * Both sides include this header; it needs nothing but the fixed-width types of <linux/types.h>.
 */
#ifndef SOCKSTATE_FACT_H
#define SOCKSTATE_FACT_H

#include <linux/types.h>

/* Increased when a record changes in a way that an older reader would misread. */
#define FACT_VERSION 1

enum fact_kind {
	FACT_NONE,
	FACT_STATE, /* struct fact_state: a transition without more details */
	/* struct fact_listen: CLOSE -> LISTEN, or listen() called again, or failed */
	FACT_LISTEN,
	FACT_CONNECT,	  /* struct fact_connect: CLOSE -> SYN_SENT, in the caller of connect() */
	FACT_ESTABLISHED, /* struct fact_established: SYN_SENT or SYN_RECV -> ESTABLISHED */
	/* struct fact_closed: anything -> CLOSE (also the hand-over to TIME_WAIT) */
	FACT_CLOSED,
	FACT_SYN, /* struct fact_syn: the kernel made a request for a SYN */
	/* struct fact_syn: a SYN-ACK or our own SYN is sent again */
	FACT_RETRANSMIT,
	FACT_EXPIRED,	   /* struct fact_syn: the kernel gave a request up */
	FACT_DROP,	   /* struct fact_drop: the listener refused a segment */
	FACT_ENQUEUE,	   /* struct fact_enqueue: a child entered the accept queue */
	FACT_ACCEPT,	   /* struct fact_accept: accept() returned (a connection, or an error) */
	FACT_RESET,	   /* struct fact_reset: a RST was sent or received */
	FACT_TIMEWAIT,	   /* struct fact_timewait: a timewait socket begins */
	FACT_TIMEWAIT_END, /* struct fact_timewait: a timewait socket ends */
	/*
	 * The following are made in user space, so that a replay needs no kernel; but hooks send
	 * FACT_EXISTING too, for a listener that only its connections bring (steered.bpf.h).
	 */
	FACT_EXISTING,	   /* struct fact_existing: a socket found in the kernel's tables */
	FACT_EXISTING_END, /* struct fact_hdr: the tables have been read */
	FACT_LOST,	   /* struct fact_lost: facts are missing here */
	FACT_TICK,	   /* struct fact_hdr: all facts that are older have been delivered */
	FACT_LOOK,	   /* struct fact_look, and behind it a record of bpf/why.h */
	FACT_PROCESS,	   /* struct fact_process: the name of a process, or it has been forked */
	FACT_PLACE,	   /* struct fact_place: where a process runs, in parts */
	FACT_INTERFACE,	   /* struct fact_interface: the name of a network interface */
	FACT_KINDS
};

/* flags of struct fact_hdr */
enum fact_flag {
	/* the current task had the socket locked: pid and tid, where not 0, name a user of it */
	FACT_F_OWNED = 1 << 0,
	FACT_F_SYNCOOKIE = 1 << 1, /* the connection came from a SYN cookie */
	FACT_F_FASTOPEN = 1 << 2,  /* the child was made at the SYN (TCP Fast Open) */
	/*
	 * FACT_SYN: the time is when the SYN-ACK left, or was to leave, and not when the SYN came.
	 * FACT_DROP: the segment was our SYN-ACK
	 */
	FACT_F_SYNACK = 1 << 3,
	FACT_F_PEER_FIN = 1 << 4, /* the peer's FIN has been received (SOCK_DONE) */
	FACT_F_SENT = 1 << 5,	  /* FACT_RESET: we sent it */
	FACT_F_IO_URING = 1 << 6, /* FACT_ACCEPT came through io_uring */
	/*
	 * FACT_LISTEN: listen() on a socket that was listening already. FACT_EXISTING: looked up
	 * again after a loss; with state CLOSE the socket is gone
	 */
	FACT_F_AGAIN = 1 << 7,
	/* the time was taken by fentry or fexit, and not by a tracepoint */
	FACT_F_TCP_FUNCTIONS = 1 << 8,
	/* sent by the second program of again.bpf.h, because recursion hid the first */
	FACT_F_RECOVERED = 1 << 9,
	FACT_F_MPTCP = 1 << 10, /* the socket is an MPTCP subflow */
	/* FACT_DROP: the refused segment was a SYN; otherwise it was an ACK */
	FACT_F_SEGMENT_SYN = 1 << 11,
	/* FACT_DROP: the client's final ACK was valid, so the client believes it is connected */
	FACT_F_ACKED = 1 << 12,
	FACT_F_HAS_SOCKET = 1 << 13, /* a file descriptor holds the socket (sk_socket is set) */
	FACT_F_FIN_SENT = 1 << 14,   /* our FIN has been sent */
	/*
	 * FACT_EXPIRED: an ICMP error ended the request, and not its timer. FACT_CLOSED: it ended
	 * connect(), for no segment has arrived
	 */
	FACT_F_UNREACHABLE = 1 << 15,
	/* FACT_RESET: a RST that arrived for a request, and was dropped; pid is its number */
	FACT_F_SEGMENT = 1 << 17,
	FACT_F_NO_SYN = 1 << 18, /* FACT_CLOSED from SYN_SENT: no SYN had been sent */
	FACT_F_REPAIR = 1 << 16, /* TCP_REPAIR set the state: no segment has passed */
	/* FACT_SYN: the listener has TCP_DEFER_ACCEPT, an ACK without data is put aside */
	FACT_F_DEFERS = 1 << 19,
	FACT_F_QUEUED_SINCE = 1 << 20, /* FACT_EXISTING: queued_since, in place of bytes_out */
	/*
	 * FACT_RETRANSMIT or FACT_DROP of a SYN-ACK: the client's SYN came again for it. The
	 * listener's counter moves for that SYN in a moment, and nobody is refused
	 */
	FACT_F_SYN_CAME = 1 << 21,
	/* FACT_DROP of a SYN-ACK that the request's timer sent: the kernel gives the request up */
	FACT_F_GIVEN_UP = 1 << 23,
	/* FACT_EXISTING, looked up again: nothing was lost, and a line has told what differs */
	FACT_F_TOLD = 1 << 22,
};

struct fact_hdr {
	__u64 t;     /* ns, CLOCK_MONOTONIC, at the hook */
	__u16 size;  /* bytes of the whole record */
	__u8 kind;   /* enum fact_kind */
	__u8 cpu;    /* low byte of the CPU number; the facts of one CPU are in order */
	__u32 flags; /* enum fact_flag */
};

/* Which socket. The address alone is only a hint, because the kernel reuses it at once. */
struct fact_sock {
	__u64 sk;     /* address of the struct sock, request_sock or timewait_sock; 0: not known */
	__u64 cookie; /* socket cookie, as `ss -e` prints it; 0: the socket has none yet */
	__u32 netns;  /* inode of the network namespace */
	__u16 lport;  /* host order */
	__u16 rport;  /* host order */
	__u16 family; /* AF_INET or AF_INET6 */
	__u16 state;  /* kernel state at the hook; of a transition, the new one */
	/*
	 * The network interface that it is bound to (skc_bound_dev_if), or that a segment came in
	 * by (skb_iif); 0: none, or not known
	 */
	__u32 ifindex;
	__u8 laddr[16]; /* network order */
	__u8 raddr[16]; /* network order */
};

/* The two queues of a listener, as the hook read them. */
struct fact_queues {
	__u64 sk;	    /* address of the listening socket; 0: this hook does not know it */
	__u64 cookie;	    /* 0: the listener has none yet */
	__u32 accept_queue; /* sk_ack_backlog: complete connections waiting for accept() */
	__u32 backlog;	    /* sk_max_ack_backlog: the limit; the queue holds one connection more */
	__u32 syn_queue;    /* icsk_accept_queue.qlen: half-open requests */
	__u32 syn_young;    /* icsk_accept_queue.young: requests whose SYN-ACK was not sent again */
	__u32 drops;	    /* sk_drops: refused and discarded segments since the socket was made */
	/*
	 * When it last sent a SYN cookie (rx_opt.ts_recent_stamp), or one of its SO_REUSEPORT group
	 * did (synq_overflow_ts): tcp_synq_overflow(). Jiffies; 0: never
	 */
	__u32 cookie_stamp;
};

struct fact_task {
	__u32 pid; /* process (thread group) in the initial pid namespace; 0: not known */
	__u32 tid; /* thread in the initial pid namespace */
	char comm[16];
};

struct fact_state {
	struct fact_hdr h;
	struct fact_sock s;
	__u8 old, new; /* kernel states */
	__u16 pad;
	__u32 pid; /* valid with FACT_F_OWNED */
};

struct fact_listen {
	struct fact_hdr h;
	struct fact_sock s;
	struct fact_queues q;
	struct fact_task task; /* the caller of listen() */
	__u8 old, new;
	__u16 err;	 /* listen() failed with this errno, and q says nothing; 0: it did not */
	__u32 somaxconn; /* net.core.somaxconn of the namespace */
	__u32 backlog_asked; /* the backlog given to listen(); only valid if asked_known is 1 */
	__u32 asked_known;
};

struct fact_connect {
	struct fact_hdr h;
	struct fact_sock s;
	struct fact_task task; /* the caller of connect() */
	__u8 old, new;
	__u16 pad;
	__u32 pad2;
};

struct fact_established {
	struct fact_hdr h;
	struct fact_sock s;
	__u8 old, new;
	__u16 pad;
	__u32 pid;	  /* valid with FACT_F_OWNED */
	__u32 local_isn;  /* our initial sequence number */
	__u32 remote_isn; /* the peer's initial sequence number */
	/* us, the kernel's first RTT sample; wrong after a retransmitted or SYN cookie handshake */
	__u32 srtt_us;
	__u32 retrans; /* how often the SYN or SYN-ACK was sent again */
	/* length of the listener's accept queue, copied to the child before it was queued */
	__u32 accept_queue;
	__u32 backlog; /* limit of the listener's accept queue, copied to the child */
};

struct fact_closed {
	struct fact_hdr h;
	struct fact_sock s;
	__u8 old, new;
	__u16 err;	 /* sk_err: an errno such as ETIMEDOUT or ECONNRESET; 0: none */
	__u32 pid;	 /* valid with FACT_F_OWNED */
	__u64 bytes_in;	 /* bytes of payload received, without SYN and FIN */
	__u64 bytes_out; /* bytes of payload sent, each counted once */
	__u32 retrans;	 /* segments sent again since the socket was made */
	__u32 srtt_us;	 /* us, smoothed round trip time; 0: no sample */
};

/* A request (request_sock). FACT_RETRANSMIT with s.state SYN_SENT: our own SYN. */
struct fact_syn {
	struct fact_hdr h;
	struct fact_sock s;   /* seen from the server: laddr and lport are the listener's */
	struct fact_queues q; /* the listener's, with this request counted */
	__u32 client_isn;
	__u32 server_isn;
	__u32 attempt; /* FACT_RETRANSMIT: 1 when it is sent again for the first time */
	__u32 pad;
};

enum fact_drop_reason {
	FACT_DROP_UNKNOWN,
	FACT_DROP_ACCEPT_QUEUE_FULL,
	FACT_DROP_SYN_QUEUE_FULL,
	FACT_DROP_COOKIE_INVALID,
	FACT_DROP_LISTENER_CLOSED,
	FACT_DROP_OTHER, /* refused, and the kernel does not tell why */
	/* discarded at the listener, which its counter counts: its queues have no part in it */
	FACT_DROP_SIGNATURE, /* TCP-MD5 or TCP-AO: missing, unexpected or wrong */
	FACT_DROP_FILTER,    /* by its socket filter (SO_ATTACH_FILTER) */
	FACT_DROP_POLICY,    /* by an IPsec policy */
	FACT_DROP_TTL,	     /* below its IP_MINTTL */
	/* a SYN for it, or its SYN-ACK, by a packet filter; its counter does not count it */
	FACT_DROP_NETFILTER,
	/* a SYN for a connection that exists (s); no listener's counter counts it */
	FACT_DROP_CONNECTION,
	FACT_DROP_REASONS
};

/* The kernel's own name of why a segment was discarded, enum skb_drop_reason. */
enum fact_discard {
	FACT_DISCARD_UNKNOWN,
	FACT_DISCARD_TCP_MD5NOTFOUND,
	FACT_DISCARD_TCP_MD5UNEXPECTED,
	FACT_DISCARD_TCP_MD5FAILURE,
	FACT_DISCARD_TCP_AUTH_HDR,
	FACT_DISCARD_TCP_AONOTFOUND,
	FACT_DISCARD_TCP_AOUNEXPECTED,
	FACT_DISCARD_TCP_AOKEYNOTFOUND,
	FACT_DISCARD_TCP_AOFAILURE,
	FACT_DISCARD_SOCKET_FILTER,
	FACT_DISCARD_XFRM_POLICY,
	FACT_DISCARD_TCP_MINTTL,
	FACT_DISCARD_NETFILTER_DROP,
	FACT_DISCARD_TCP_INVALID_SYN,
	FACT_DISCARDS
};

struct fact_drop {
	struct fact_hdr h;
	struct fact_sock s;   /* laddr and lport are the listener's, raddr and rport the client's */
	struct fact_queues q; /* q.sk 0: the hook saw only the segment */
	__u8 reason;	      /* enum fact_drop_reason */
	__u8 discard;	      /* enum fact_discard; 0 in older recordings */
	/* TCP segments in the refused packet (GRO); 0, in older recordings, means 1 */
	__u16 segments;
	/* sequence number of the first segment; where that is our SYN-ACK, of the client's SYN */
	__u32 client_seq;
};

struct fact_enqueue {
	struct fact_hdr h;
	struct fact_queues q; /* the listener's, after the child was queued */
	__u64 child;	      /* address of the child; 0: this hook does not know it */
	__u64 child_cookie;
	__u32 netns;
	__u16 lport; /* the listener's, host order */
	__u16 rport; /* the peer's, host order; 0: not known */
};

struct fact_accept {
	struct fact_hdr h;
	/*
	 * The accepted socket. If accept() failed, s.sk is 0 and this is the socket that it was
	 * called on; the cookie is in q, but for one that does not listen (s.state)
	 */
	struct fact_sock s;
	/* the listener's, after the connection was taken; q.sk 0: not known */
	struct fact_queues q;
	struct fact_task task;
	/*
	 * ns, when the call was entered, or the accept of io_uring submitted; 0: before tracing
	 * began, or a multishot accept
	 */
	__u64 called;
	__s32 fd;  /* the new descriptor; -1: not known */
	__s32 err; /* 0 or a positive errno */
};

/*
 * Why a RST was sent. The numbers are ours, because those of the kernel's enum sk_rst_reason change
 * between versions.
 */
enum fact_reset_reason {
	FACT_RESET_UNKNOWN,
	FACT_RESET_NO_SOCKET,
	/*
	 * TCP_STATE: an abort (SO_LINGER 0 in tcp_disconnect(), a listener that closes, ss -K), or
	 * a segment that does not fit the state
	 */
	FACT_RESET_STATE,
	FACT_RESET_ABORT_ON_CLOSE,  /* close() with unread data */
	FACT_RESET_ABORT_ON_LINGER, /* TCP_LINGER2 was negative */
	FACT_RESET_ABORT_ON_MEMORY,
	FACT_RESET_DISCONNECT,
	FACT_RESET_TIMEOUT, /* the keepalive or orphan timer */
	FACT_RESET_OTHER,
	FACT_RESET_NO_CONNECTION, /* TCP_FLAGS at a listener: no request or child has these ends */
	FACT_RESET_FLAGS,
	FACT_RESET_TIME_WAIT_SEGMENT,
	FACT_RESET_ABORT_ON_DATA, /* data after close() */
	FACT_RESET_INVALID_SYN,	  /* also tcp_abort_on_overflow, see tcp_check_req() */
	FACT_RESET_INVALID_ACK,
	FACT_RESET_PAWS,
	FACT_RESET_TOO_OLD_ACK,
	FACT_RESET_UNSENT_ACK,
	FACT_RESET_OLD_ACK,
	FACT_RESET_MPTCP,
	FACT_RESET_ERROR,
	FACT_RESET_REASONS
};

struct fact_reset {
	struct fact_hdr h;
	/*
	 * s.sk 0: there is no socket; the ends are those of the segment, seen from here.
	 * s.state TIME_WAIT: a timewait socket, whose connection may have been told to its end
	 */
	struct fact_sock s;
	__u32 reason; /* enum fact_reset_reason */
	/* valid with FACT_F_OWNED; with FACT_F_SEGMENT the sequence number of the RST */
	__u32 pid;
};

struct fact_timewait {
	struct fact_hdr h;
	struct fact_sock s; /* s.state: the substate, TIME_WAIT or FIN_WAIT2 */
};

struct fact_existing {
	struct fact_hdr h;
	struct fact_sock s;
	struct fact_queues q;  /* a listener's own queues; q.sk is 0 for all other sockets */
	struct fact_task task; /* a process that holds the socket; pid 0: none was found */
	__s32 fd;	       /* its descriptor in that process; -1: not known */
	/*
	 * inode of the file; 0: no file holds the socket (half open, in the accept queue, or
	 * orphaned)
	 */
	__u32 inode;
	__u32 retrans;
	union {
		__u32 srtt_us;
		/* a listener's syn_queue_limit, and one more; 0: not known */
		__u32 syn_limit;
	};
	union {
		__u64 bytes_in;
		__u64 cookies_sent; /* at a listener's port, since we trace; 0: none, or unknown */
	};
	union {
		__u64 bytes_out;
		/*
		 * ns, CLOCK_MONOTONIC: it entered the accept queue at this time or before. Nobody
		 * has sent anything through it yet.
		 */
		__u64 queued_since;
	};
	__u64 listener_cookie; /* of a request or a child in the accept queue; 0: not known */
};

enum fact_lost_where {
	FACT_LOST_RING,	     /* the ring of a CPU was full */
	FACT_LOST_RECURSION, /* a program did not run because it was running already on that CPU */
	FACT_LOST_MAP,	     /* a map in the kernel was full */
	FACT_LOST_DECODE,    /* decode.c rejected a record */
	FACT_LOST_EVICTED,   /* user space dropped a connection to stay within its limit */
	FACT_LOST_PLACES
};

struct fact_lost {
	struct fact_hdr h;
	__u64 count;
	__u32 where; /* enum fact_lost_where */
	__u32 pad;
};

enum fact_look_what {
	FACT_LOOK_FIRST = 1,
	FACT_LOOK_SECOND,
	FACT_LOOK_END, /* no record: both looks are complete */
};

#define FACT_LOOK_MAX 1024 /* bytes of a record in a FACT_LOOK */

/* A part of two looks at a listener. Unlike all other facts it has no fixed size. */
struct fact_look {
	struct fact_hdr h;
	__u32 what;   /* enum fact_look_what */
	__u32 size;   /* bytes of the record behind it */
	__u64 cookie; /* FACT_LOOK_END: the listener that was looked at */
};

/*
 * The name of a process whose pid stands alone in the facts that follow; or, with a parent, a
 * process that has just been forked by one that accepts connections, and shares them.
 */
struct fact_process {
	struct fact_hdr h;
	struct fact_task task;
	__u32 parent; /* process that forked it; 0: the fact is about its name */
	__u32 pad;
};

/*
 * Where a process runs: its cgroup, a fact for each part of the path from its own towards the root,
 * and the name of the host as the last one, which says how many parts there are.
 */
#define FACT_PLACE_GROUPS 6
#define FACT_PLACE_HOST	  FACT_PLACE_GROUPS
#define FACT_PLACE_NAME	  96
/* Of how many processes both sides remember it, each in the place of its pid; a power of two. */
#define FACT_PLACES 16384

struct fact_place {
	struct fact_hdr h;
	__u32 pid;
	__u8 part;   /* the part's number, 0 is the process's own cgroup; or FACT_PLACE_HOST */
	__u8 groups; /* FACT_PLACE_HOST: how many parts there are; 0: the root, or cgroup v1 */
	__u8 cut;    /* FACT_PLACE_HOST: 1: there are further cgroups towards the root */
	__u8 pad;
	/* in the unified hierarchy; FACT_PLACE_HOST: that of the process's UTS namespace */
	char name[FACT_PLACE_NAME];
};

/*
 * The name of a network interface that a socket with a link-local address is bound to (RFC 4007:
 * the zone of such an address). Comes before the first fact of such a socket.
 */
#define FACT_INTERFACES 256
/* Where both sides remember it; a later one takes the place of an earlier. */
#define FACT_INTERFACE_PLACE(netns, ifindex) (((netns)*31 + (ifindex)) % FACT_INTERFACES)

struct fact_interface {
	struct fact_hdr h;
	__u32 netns; /* inode of the network namespace */
	__u32 ifindex;
	char name[16]; /* ends with a zero byte */
};

#define FACT_SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type " changed size")
FACT_SIZE(fact_hdr, 16);
FACT_SIZE(fact_sock, 64);
FACT_SIZE(fact_queues, 40);
FACT_SIZE(fact_task, 24);
FACT_SIZE(fact_state, 88);
FACT_SIZE(fact_listen, 160);
FACT_SIZE(fact_connect, 112);
FACT_SIZE(fact_established, 112);
FACT_SIZE(fact_closed, 112);
FACT_SIZE(fact_syn, 136);
FACT_SIZE(fact_drop, 128);
FACT_SIZE(fact_enqueue, 80);
FACT_SIZE(fact_accept, 160);
FACT_SIZE(fact_reset, 88);
FACT_SIZE(fact_timewait, 80);
FACT_SIZE(fact_existing, 184);
FACT_SIZE(fact_lost, 32);
FACT_SIZE(fact_look, 32);
FACT_SIZE(fact_process, 48);
FACT_SIZE(fact_place, 120);
FACT_SIZE(fact_interface, 40);

#endif
