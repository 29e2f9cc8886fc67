/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * why.h - what one look at listeners and at the threads that hold them writes.
 *
 * A look is up to three walks (bpf/why.bpf.c). Each writes records of several kinds, which begin
 * with a struct why_hdr. A record says what was read at one instant and guesses nothing: a field
 * that could not be read is zero. Conventions are those of fact.h. user/why/look.c joins the
 * records. What is added to a record is added at its end: recordings are older than the program.
 */
#ifndef SOCKSTATE_WHY_H
#define SOCKSTATE_WHY_H

#include "fact.h"

#define WHY_QUEUED_MAX	 32    /* connections of an accept queue that are named */
#define WHY_WATCHERS_MAX 32    /* entries of a listener's wait queue that are described */
#define WHY_SLEEPERS_MAX 8     /* threads in epoll_wait() on one instance that are named */
#define WHY_WAITERS_WALK 16384 /* entries of a wait queue that are looked at */
#define WHY_FRAMES	 8
#define WHY_FRAME	 48
#define WHY_NAME	 32
#define WHY_PATH	 256
/* Threads of one process that are described, and of these the ones with a kernel stack. */
#define WHY_THREADS_MAX 1024
#define WHY_STACKS_MAX	64
#define WHY_CALLS_MAX	1024 /* system calls with a number below are known */
#define WHY_KEY_SERVER	(1ULL << 62)
#define WHY_GROUP_NAME	64
#define WHY_GROUPS_MAX	8 /* cgroups from a thread's own up to the root */
#define WHY_CPU_WORDS	4 /* of 64 CPUs each, that are told by number */

enum why_kind {
	WHY_NONE,
	WHY_LISTENER, /* struct why_listener: once a look */
	WHY_HOLDER,   /* struct why_holder: for each descriptor of a listener */
	WHY_WATCHER,  /* struct why_watcher: an entry of a listener's wait queue */
	WHY_THREAD,   /* struct why_thread: a thread of a process that holds a listener */
	WHY_CLOCK,    /* struct why_clock: the reader itself, once a walk over threads */
	WHY_OTHER,    /* struct why_other: who else has what a thread waits for */
	WHY_KINDS
};

struct why_hdr {
	__u16 size; /* bytes of the whole record */
	__u16 kind; /* enum why_kind */
	__u32 pad;
};

enum why_listener_flag {
	WHY_LISTENER_MPTCP = 1 << 0,
	WHY_LISTENER_REUSEPORT = 1 << 1,   /* member of a SO_REUSEPORT group */
	WHY_LISTENER_WAITERS_CUT = 1 << 2, /* its wait queue is longer than was looked at */
	WHY_LISTENER_QUEUE_CUT = 1 << 3,   /* its accept queue is longer than was looked at */
};

struct why_queued {
	__u64 child; /* address of the queued socket, with its remote port in the upper bits */
	__u32 since; /* jiffies when its handshake was complete (tcp_sock.lsndtime) */
	__u32 pad;
};

struct why_listener {
	struct why_hdr h;
	__u64 t;       /* ns, CLOCK_MONOTONIC */
	__u64 jiffies; /* the same instant */
	__u64 group;   /* address of the SO_REUSEPORT group; 0: none */
	struct fact_sock s;
	struct fact_queues q;
	__u32 flags;   /* enum why_listener_flag */
	__u32 waiters; /* entries of its wait queue */
	__u32 queued;  /* entries of queue[] that are valid, the oldest first */
	__u32 uid;     /* sk_uid: who made the socket */
	struct why_queued queue[WHY_QUEUED_MAX];
};

struct why_holder {
	struct why_hdr h;
	__u64 sk;
	struct fact_task task;
	__s32 fd;
	__u32 pad;
};

enum why_watcher_flag {
	WHY_WATCHER_READY = 1 << 0,  /* epoll: the instance has something that was not read yet */
	WHY_WATCHER_LISTED = 1 << 1, /* epoll: this very entry is on the ready list */
	WHY_WATCHER_SLEEP_CUT = 1 << 2, /* epoll: more threads sleep on it than were looked at */
	WHY_WATCHER_NESTED = 1 << 3,	/* epoll: the instance itself is watched by something */
};

struct why_watcher {
	struct why_hdr h;
	__u64 sk;	       /* the listener */
	char wake[WHY_NAME];   /* name of the function that the kernel calls to wake it */
	struct fact_task task; /* accept, poll: the thread; else 0 */
	__u64 epoll;	       /* address of the epoll instance; 0: none */
	__u64 epoll_file;      /* address of its file, which WHY_OTHER is keyed by */
	__u32 events;	       /* as given to epoll_ctl(), with what has been taken away since */
	__s32 fd;	       /* the descriptor that was given to epoll_ctl() */
	__u32 flags;	       /* enum why_watcher_flag */
	__u32 sleepers;	       /* threads in epoll_wait() on it */
	__u32 sleeper[WHY_SLEEPERS_MAX]; /* their thread numbers */
};

enum why_thread_flag {
	WHY_THREAD_ON_CPU = 1 << 0,
	WHY_THREAD_LEADER_DEAD = 1 << 1, /* the process's first thread has exited */
	WHY_THREAD_FROZEN = 1 << 2,	 /* by its cgroup (v2) */
	WHY_THREAD_COMPAT = 1 << 3,	 /* a 32-bit system call: its number is not ours */
	WHY_THREAD_CALL = 1 << 4,	 /* call and args are valid */
	WHY_THREAD_STACK = 1 << 5,	 /* frame[] was asked for */
	WHY_THREAD_QUOTA = 1 << 6,	 /* throttled_* are known (CONFIG_CFS_BANDWIDTH) */
	WHY_THREAD_KERNEL = 1 << 7,	 /* PF_KTHREAD or PF_IO_WORKER or PF_USER_WORKER */
	WHY_THREAD_EXTRA = 1 << 8,	 /* not of a holder: it watches a listener from elsewhere */
};

enum why_object_kind {
	WHY_OBJECT_NONE, /* the call's first argument is no open descriptor */
	WHY_OBJECT_TCP,
	WHY_OBJECT_INET, /* another protocol over IP */
	WHY_OBJECT_UNIX,
	WHY_OBJECT_SOCKET, /* of another family */
	WHY_OBJECT_PIPE,
	WHY_OBJECT_FILE, /* regular file, directory, device */
	WHY_OBJECT_ANON, /* eventfd, timerfd and the like: name says which */
};

/* What the descriptor in the first argument of a system call leads to. */
struct why_object {
	__u16 kind;	     /* enum why_object_kind */
	__u16 mode;	     /* i_mode */
	__u32 protocol;	     /* sockets: sk_protocol; of WHY_OBJECT_SOCKET the family */
	__u64 file;	     /* address of the struct file */
	__u64 inode;	     /* its number */
	__u64 key;	     /* of its other end, for WHY_OTHER; 0: there is none to look for */
	__u64 epoll;	     /* address of the epoll instance; 0: it is none */
	char name[WHY_NAME]; /* last part of its path; of an unbound socket "" */
	struct fact_sock s;  /* WHY_OBJECT_TCP, _INET */
};

struct why_thread {
	struct why_hdr h;
	__u64 t; /* ns, CLOCK_MONOTONIC */
	struct fact_task task;
	char process[16]; /* name of the process's first thread */
	__u32 flags;	  /* enum why_thread_flag */
	__u32 state;	  /* task_struct.__state, with exit_state */
	__u32 tracer;	  /* process that traces it; 0: none */
	__u32 parent;	  /* the process's parent */
	__s32 nice;
	__u32 policy; /* SCHED_* */
	__u32 cpu;
	__u32 cpus_allowed;
	__u64 switches;	  /* nvcsw + nivcsw: how often it was taken from a CPU */
	__u64 ran_ns;	  /* se.sum_exec_runtime */
	__u64 delay_ns;	  /* sched_info.run_delay: runnable, waiting for a CPU */
	__u64 stopped_at; /* scheduler clock, ns, when it last ran */
	__u64 queued_at;  /* scheduler clock, ns, since when it waits for a CPU; 0: it does not */
	__s32 call;	  /* number of the system call */
	__u32 process_threads; /* of the process, with those that are not described */
	__u64 args[3];
	struct why_object on;
	/* Of its cgroup and those above it, the one that was throttled longest. */
	__u64 throttled_ns;
	__u64 throttled; /* periods */
	__u64 quota_ns, period_ns;
	__u64 cgroup; /* id in the unified hierarchy */
	char cgroup_name[WHY_GROUP_NAME];
	/* Other cgroups where the controllers have hierarchies of their own (cgroup v1). */
	char quota_group[WHY_GROUP_NAME];   /* that has quota_ns; "": none has */
	char freezer_group[WHY_GROUP_NAME]; /* of cgroup v1, that froze it; "": none did */
	/* Of the process: */
	__u64 fd_limit; /* RLIMIT_NOFILE */
	__u32 fds;	/* descriptors open; leader and threads with a stack only */
	__u32 frames;
	char frame[WHY_FRAMES][WHY_FRAME]; /* innermost first: "inet_csk_accept+0x1bb/0x210" */
	/* From here on recordings may lack it. */
	__u64 cpus[WHY_CPU_WORDS]; /* a bit for each CPU that it may run on */
	char tracer_comm[16];
};

struct why_clock {
	struct why_hdr h;
	__u64 t;	  /* ns, CLOCK_MONOTONIC */
	__u64 arrived_at; /* scheduler clock, ns, when the reader last got a CPU */
	/* From here on recordings may lack it. */
	__u32 cpus_online;
	__u32 pad;
};

enum why_other_flag {
	WHY_OTHER_POLLED = 1 << 0, /* thread `poller` waits for it in poll() or select() */
	WHY_OTHER_READER = 1 << 1, /* a pipe's: open for reading */
	WHY_OTHER_WRITER = 1 << 2,
	WHY_OTHER_SERVES = 1 << 3, /* a connection of a listener's port; one for each process */
};

struct why_other {
	struct why_hdr h;
	__u64 key;
	struct fact_task task;
	__s32 fd;
	__u32 flags;
	__u32 poller;
	__u32 parent; /* the process's parent; 0: not known */
	struct why_object on;
	char path[WHY_PATH];
};

#define WHY_SIZE(type, bytes) FACT_SIZE(type, bytes)
WHY_SIZE(why_hdr, 8);
WHY_SIZE(why_object, 136);
WHY_SIZE(why_listener, 664);
WHY_SIZE(why_holder, 48);
WHY_SIZE(why_watcher, 136);
WHY_SIZE(why_clock, 32);
WHY_SIZE(why_other, 448);
WHY_SIZE(why_thread, 976);

#endif
