/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fact.h - what crosses from the kernel to user space: facts.
 *
 * A fact is what one hook saw at one instant. It never guesses: what the hook could not see is zero
 * and has a flag or a documented meaning of zero. The same bytes stand in a recording.
 *
 * Conventions: native byte order; times are CLOCK_MONOTONIC nanoseconds; ports are host order;
 * addresses are network order bytes, IPv4 in the first four, the rest zero (a v4-mapped peer on a
 * dual-stack socket is sent as AF_INET); sequence numbers are host order and absolute;
 * states are the kernel's numbers (include/net/tcp_states.h). Every record is a multiple of eight
 * bytes, has no hidden padding, and every byte is written before it is sent.
 *
 * Usable alone on both sides: it needs only the fixed-width types of <linux/types.h>.
 */
#ifndef SOCKSTATE_FACT_H
#define SOCKSTATE_FACT_H

#include <linux/types.h>

/* Raised when a record changes in a way that an older reader would misread. */
#define FACT_VERSION 1

enum fact_kind {
	FACT_NONE,
	FACT_STATE,	  /* struct fact_state: a transition that carries nothing more */
	FACT_LISTEN,	  /* struct fact_listen: CLOSE -> LISTEN, or listen() called again */
	FACT_CONNECT,	  /* struct fact_connect: CLOSE -> SYN_SENT, in the caller of connect() */
	FACT_ESTABLISHED, /* struct fact_established: SYN_SENT or SYN_RECV -> ESTABLISHED */
	/* struct fact_closed: anything -> CLOSE (also the hand-over to TIME_WAIT) */
	FACT_CLOSED,
	FACT_SYN, /* struct fact_syn: a request was made for a SYN */
	/* struct fact_syn: the SYN-ACK of a request, or our SYN, goes out again */
	FACT_RETRANSMIT,
	FACT_EXPIRED,	   /* struct fact_syn: a request was given up */
	FACT_DROP,	   /* struct fact_drop: the listener refused a segment */
	FACT_ENQUEUE,	   /* struct fact_enqueue: a child entered the accept queue */
	FACT_ACCEPT,	   /* struct fact_accept: accept() returned (a connection, or an error) */
	FACT_RESET,	   /* struct fact_reset: a RST left or came */
	FACT_TIMEWAIT,	   /* struct fact_timewait: a timewait socket begins */
	FACT_TIMEWAIT_END, /* struct fact_timewait: a timewait socket ends */
	/* Made in user space, so that a recording replays exactly. */
	FACT_EXISTING,	   /* struct fact_existing: a socket found in the kernel's tables */
	FACT_EXISTING_END, /* struct fact_hdr: the walk of the tables is over */
	FACT_LOST,	   /* struct fact_lost: facts are missing here */
	FACT_TICK,	   /* struct fact_hdr: time has passed; nothing earlier will come */
	FACT_KINDS
};

/* flags of struct fact_hdr */
enum fact_flag {
	/* the socket was locked by the current task: pid/tid are a user of it, where not 0 */
	FACT_F_OWNED = 1 << 0,
	FACT_F_SYNCOOKIE = 1 << 1, /* the connection came from a SYN cookie */
	FACT_F_FASTOPEN = 1 << 2,  /* the child was made at the SYN (TCP Fast Open) */
	/* FACT_SYN was stamped as the SYN-ACK left, not as the SYN came */
	FACT_F_SYNACK = 1 << 3,
	FACT_F_PEER_FIN = 1 << 4, /* the peer's FIN has been received (SOCK_DONE) */
	FACT_F_SENT = 1 << 5,	  /* FACT_RESET: we sent it */
	FACT_F_IO_URING = 1 << 6, /* FACT_ACCEPT came through io_uring */
	/*
	 * FACT_LISTEN: listen() on a socket that listens already; FACT_EXISTING: looked up again
	 * after a loss, CLOSE: gone
	 */
	FACT_F_AGAIN = 1 << 7,
	FACT_F_TCP_FUNCTIONS = 1 << 8, /* stamped by fentry/fexit, not by a tracepoint */
	/* sent by the second program: the first was hidden by recursion */
	FACT_F_RECOVERED = 1 << 9,
	FACT_F_MPTCP = 1 << 10,	      /* the socket is an MPTCP subflow */
	FACT_F_SEGMENT_SYN = 1 << 11, /* FACT_DROP: the refused segment was a SYN (else an ACK) */
	/* FACT_DROP: the client's final ACK was valid, it believes it is connected */
	FACT_F_ACKED = 1 << 12,
	FACT_F_HAS_SOCKET = 1 << 13,  /* a file descriptor holds the socket (sk_socket is set) */
	FACT_F_FIN_SENT = 1 << 14,    /* our FIN has been sent */
	FACT_F_UNREACHABLE = 1 << 15, /* FACT_EXPIRED: by an ICMP error, not by its timer */
};

struct fact_hdr {
	__u64 t;     /* ns, CLOCK_MONOTONIC, at the hook */
	__u16 size;  /* of the whole record, bytes */
	__u8 kind;   /* enum fact_kind */
	__u8 cpu;    /* low byte of the CPU number: facts of one CPU are in order */
	__u32 flags; /* enum fact_flag */
};

/* Which socket. sk is a hint only: the kernel reuses addresses at once. */
struct fact_sock {
	__u64 sk;     /* address of the struct sock, request_sock or timewait_sock; 0 unknown */
	__u64 cookie; /* socket cookie, as `ss -e` prints it; 0: none was generated yet */
	__u32 netns;  /* inode of the network namespace */
	__u16 lport;  /* host order */
	__u16 rport;  /* host order */
	__u16 family; /* AF_INET or AF_INET6 */
	__u16 state;  /* kernel state at the hook, after the transition where there is one */
	__u32 pad;
	__u8 laddr[16]; /* network order */
	__u8 raddr[16]; /* network order */
};

/* The listener's two queues, read at the hook. */
struct fact_queues {
	__u64 sk;	    /* address of the listening socket; 0: not known at this hook */
	__u64 cookie;	    /* 0: none generated yet */
	__u32 accept_queue; /* sk_ack_backlog: complete connections waiting for accept() */
	__u32 backlog;	    /* sk_max_ack_backlog: the limit; the queue holds one more */
	__u32 syn_queue;    /* icsk_accept_queue.qlen: half-open requests */
	__u32 syn_young;    /* icsk_accept_queue.young: those whose SYN-ACK was sent once */
	__u32 drops;	    /* sk_drops since the socket was made */
	/* rx_opt.ts_recent_stamp: jiffies when a SYN cookie was last sent; 0 never */
	__u32 cookie_stamp;
};

struct fact_task {
	__u32 pid; /* thread group id in the initial pid namespace; 0 unknown */
	__u32 tid; /* thread id */
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
	__u16 pad;
	__u32 somaxconn;     /* net.core.somaxconn of the namespace */
	__u32 backlog_asked; /* what listen() was given; only with asked_known */
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
	__u32 remote_isn; /* the peer's */
	/* the kernel's first RTT sample; wrong for retransmitted or cookie handshakes */
	__u32 srtt_us;
	__u32 retrans; /* SYN or SYN-ACK retransmits */
	/* the child's copy of its listener's queue, before it was queued itself */
	__u32 accept_queue;
	__u32 backlog; /* the child's copy of the limit */
};

struct fact_closed {
	struct fact_hdr h;
	struct fact_sock s;
	__u8 old, new;
	__u16 err;	 /* sk_err: an errno, ETIMEDOUT, ECONNRESET, ... */
	__u32 pid;	 /* valid with FACT_F_OWNED */
	__u64 bytes_in;	 /* payload received, without SYN and FIN */
	__u64 bytes_out; /* payload sent, each byte once */
	__u32 retrans;	 /* segments sent again in all its life */
	__u32 srtt_us;	 /* smoothed round trip time; 0 no sample */
};

/* A request_sock, or (FACT_RETRANSMIT with s.state SYN_SENT) our own SYN. */
struct fact_syn {
	struct fact_hdr h;
	struct fact_sock s;   /* the server's view: laddr:lport is the listener's end */
	struct fact_queues q; /* of the listener, this request included */
	__u32 client_isn;
	__u32 server_isn;
	__u32 attempt; /* FACT_RETRANSMIT: 1 for the first one again */
	__u32 pad;
};

enum fact_drop_reason {
	FACT_DROP_UNKNOWN,
	FACT_DROP_ACCEPT_QUEUE_FULL,
	FACT_DROP_SYN_QUEUE_FULL,
	FACT_DROP_COOKIE_INVALID,
	FACT_DROP_LISTENER_CLOSED,
	FACT_DROP_OTHER, /* refused for a reason that the kernel does not tell */
	FACT_DROP_REASONS
};

struct fact_drop {
	struct fact_hdr h;
	struct fact_sock s;   /* laddr:lport the listener's end, raddr:rport the client */
	struct fact_queues q; /* q.sk 0: only the segment was seen */
	__u16 reason;	      /* enum fact_drop_reason */
	/* how many the refused packet holds; 0 in older recordings, and means 1 */
	__u16 segments;
	__u32 client_seq; /* sequence number of the first */
};

struct fact_enqueue {
	struct fact_hdr h;
	struct fact_queues q; /* after the child was queued */
	__u64 child;	      /* address of the child; 0 not known at this hook */
	__u64 child_cookie;
	__u32 netns;
	__u16 lport; /* of the listener, host order */
	__u16 rport; /* of the child's peer; 0 not known */
};

struct fact_accept {
	struct fact_hdr h;
	struct fact_sock s;   /* the accepted socket; s.sk 0 where accept() failed */
	struct fact_queues q; /* of the listener afterwards; q.sk 0 not known */
	struct fact_task task;
	/* ns, when the call was entered; 0 before tracing began, or asked for by io_uring */
	__u64 called;
	__s32 fd;  /* -1 not known */
	__s32 err; /* 0 or a positive errno */
};

/*
 * Why a RST went: the kernel's enum sk_rst_reason shifts between versions, so names cross as ours.
 */
enum fact_reset_reason {
	FACT_RESET_UNKNOWN,
	FACT_RESET_NO_SOCKET,
	/*
	 * an abort: SO_LINGER 0 (tcp_disconnect), a listener that closes, ss -K; or no such segment
	 * fits
	 */
	FACT_RESET_STATE,
	FACT_RESET_ABORT_ON_CLOSE,  /* unread data at close() */
	FACT_RESET_ABORT_ON_LINGER, /* TCP_LINGER2 below 0 */
	FACT_RESET_ABORT_ON_MEMORY,
	FACT_RESET_DISCONNECT,
	FACT_RESET_TIMEOUT, /* keepalive or orphan timer */
	FACT_RESET_OTHER,
	FACT_RESET_REASONS
};

struct fact_reset {
	struct fact_hdr h;
	struct fact_sock s; /* s.sk 0: no socket, the segment's own ends seen from here */
	__u32 reason;	    /* enum fact_reset_reason */
	__u32 pid;	    /* valid with FACT_F_OWNED */
};

struct fact_timewait {
	struct fact_hdr h;
	struct fact_sock s; /* s.state: substate, TIME_WAIT or FIN_WAIT2 */
};

struct fact_existing {
	struct fact_hdr h;
	struct fact_sock s;
	struct fact_queues q;  /* listeners: its own; children and requests: q.sk 0 */
	struct fact_task task; /* the holder, where one was found */
	__s32 fd;	       /* in task.pid; -1 not known */
	/* 0: no file holds it (half open, in the accept queue, or orphaned) */
	__u32 inode;
	__u32 retrans;
	__u32 srtt_us;
	__u64 bytes_in, bytes_out;
	__u64 listener_cookie; /* of a child still queued or a request; 0 unknown */
};

enum fact_lost_where {
	FACT_LOST_RING,	     /* the ring of that CPU was full */
	FACT_LOST_RECURSION, /* a program was not run because it was running already on that CPU */
	FACT_LOST_MAP,	     /* a map in the kernel was full */
	FACT_LOST_DECODE,    /* a record could not be read */
	FACT_LOST_EVICTED,   /* user space gave up a connection to stay within its bound */
	FACT_LOST_PLACES
};

struct fact_lost {
	struct fact_hdr h;
	__u64 count;
	__u32 where; /* enum fact_lost_where */
	__u32 pad;
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

#endif
