// SPDX-License-Identifier: GPL-2.0-only
/*
 * why.bpf.c - three walks that tell why nobody accepts. User space makes them in this order.
 *
 *	why_listeners		over open files: listeners, who holds them, who waits for them
 *	why_threads		over threads: what those of the holders do
 *	why_others		over open files: who has the other end of what they wait for
 *
 * They run in the reader's context and never in the server's. Each finds in maps what the walk
 * before it has marked, so nothing is written about processes that hold no listener. All lists of
 * the kernel are read by guarded copies: they may change under the reader, and what is read is
 * checked in user space against a second look. All loops are bounded, and a record says where one
 * stopped.
 *
 * Longer than 500 lines: the three walks share what they mark and how they read.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "descriptor.bpf.h"
#include "why.h"

#define S_IFIFO	    0010000
#define S_IFDIR	    0040000
#define AF_UNIX	    1
#define FMODE_READ  1
#define FMODE_WRITE 2

#define TASK_RUNNING	   0
#define TASK_FROZEN	   0x8000
#define EXIT_ANY	   0x30 /* EXIT_DEAD | EXIT_ZOMBIE */
#define TS_COMPAT	   2
#define RLIMIT_NOFILE	   7
#define JOBCTL_TRAP_FREEZE (1UL << 23)
#define PF_NOT_USER	   0x00204010 /* PF_KTHREAD | PF_USER_WORKER | PF_IO_WORKER */
#define RUNTIME_INF	   (~0ULL)

char LICENSE[] SEC("license") = "GPL";

/* By number of a system call: its first argument is a descriptor. */
const volatile __u8 setting_takes_fd[WHY_CALLS_MAX] = {};
const volatile __u32 setting_cpus_online = 0, setting_cpus_possible = 0;

/* Raised by user space before each look: marks of earlier ones do not count. */
__u32 look_number = 0;
/* Of listeners only these; 0: all that the settings want. */
__u32 only_netns = 0;
__u32 only_port = 0;
/* Files and threads that the walks came across, for the limits of what was seen. */
__u64 files_seen = 0, threads_seen = 0;
__u64 marks_lost = 0; /* a map was full */

struct mark {
	__u32 look;
	__u32 count; /* processes: threads that were described */
	/* listeners: the descriptor that wrote the record; processes: the thread that came last */
	__u64 who;
};

#define MARKS(name, entries, key_type)                \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_HASH);      \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__uint(max_entries, entries);         \
		__type(key, key_type);                \
		__type(value, struct mark);           \
	} name SEC(".maps")

/* At most so many in one look. Those of earlier looks go when there is no room. */
#define MARKS_MAX 16384

MARKS(listeners, MARKS_MAX, __u64); /* by address of the struct sock */
MARKS(processes, MARKS_MAX, __u32); /* that hold a listener, by number */
MARKS(threads, MARKS_MAX, __u32);   /* that wait for a listener */
MARKS(others, MARKS_MAX, __u64);  /* where a thread or a watcher leads: keys of struct why_other */
MARKS(pollers, MARKS_MAX, __u32); /* processes with a thread in poll() or select() */

__u32 cleared = 0; /* the look that took the marks of earlier ones away */

/*
 * The look that last marked a process or a thread with such a number, in the lower bits. Most of a
 * machine's threads are not marked, and a look in a map for each would take as long as the walk.
 */
#define HINTS 4096
__u8 process_hints[HINTS] = {}, thread_hints[HINTS] = {};

struct scratch {
	union {
		struct why_listener listener;
		struct why_watcher watcher;
		struct why_thread thread;
		struct why_other other;
	};
	struct common k;
	__u64 words[64];
	__u64 stack[WHY_FRAMES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch SEC(".maps");

static __always_inline struct scratch *scratch_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

static long clear_mark(void *map, const void *key, struct mark *mark, void *ctx)
{
	if (mark->look != look_number)
		bpf_map_delete_elem(map, key);
	return 0;
}

/* True: there may be room now. Once in a look, for all marks are of this one then. */
__weak __noinline int clear_marks(void)
{
	if (cleared == look_number)
		return false;
	cleared = look_number;
	bpf_for_each_map_elem(&listeners, clear_mark, NULL, 0);
	bpf_for_each_map_elem(&processes, clear_mark, NULL, 0);
	bpf_for_each_map_elem(&threads, clear_mark, NULL, 0);
	bpf_for_each_map_elem(&others, clear_mark, NULL, 0);
	bpf_for_each_map_elem(&pollers, clear_mark, NULL, 0);
	return true;
}

static __always_inline void set_mark(void *map, const void *key, __u64 who)
{
	struct mark *old = bpf_map_lookup_elem(map, key);
	struct mark mark = {.look = look_number, .who = who};

	if (old) {
		if (old->look != look_number)
			*old = mark;
	} else if (bpf_map_update_elem(map, key, &mark, BPF_ANY) &&
		   (!clear_marks() || bpf_map_update_elem(map, key, &mark, BPF_ANY))) {
		marks_lost++;
	}
}

static __always_inline struct mark *find_mark(void *map, const void *key)
{
	struct mark *mark = bpf_map_lookup_elem(map, key);

	return mark && mark->look == look_number ? mark : NULL;
}

static __always_inline void set_hint(__u8 *hints, __u32 number)
{
	hints[number & (HINTS - 1)] = (__u8)look_number;
}

static __always_inline struct mark *find_hinted(const __u8 *hints, void *map, __u32 number)
{
	if (hints[number & (HINTS - 1)] != (__u8)look_number)
		return NULL;
	return find_mark(map, &number);
}

static __always_inline void mark_thread(__u32 tid)
{
	set_mark(&threads, &tid, 0);
	set_hint(thread_hints, tid);
}

#define HEADER(out, what)                       \
	do {                                    \
		(out)->h.size = sizeof(*(out)); \
		(out)->h.kind = (what);         \
		(out)->h.pad = 0;               \
	} while (0)

static __always_inline void task_probe(struct fact_task *out, const struct task_struct *task)
{
	out->pid = BPF_CORE_READ(task, tgid);
	out->tid = BPF_CORE_READ(task, pid);
	BPF_CORE_READ_STR_INTO(&out->comm, task, comm);
}

static __always_inline const struct list_head *list_in(const void *base, __u32 offset)
{
	return base + offset;
}

static __always_inline const struct list_head *list_next(const struct list_head *at)
{
	return BPF_CORE_READ(at, next);
}

static __always_inline bool list_empty(const struct list_head *head)
{
	return list_next(head) == head;
}

/* ---- objects behind descriptors ---- */

/*
 * Both ends of a TCP connection on this machine have the same key: the two ports. User space
 * compares the addresses. Bit 63 is set in every kernel address, so it is clear here.
 */
static __always_inline __u64 key_of_ports(__u16 one, __u16 other)
{
	return (__u64)one << 16 | other;
}

/* Marks the port of a listener, for why_others. */
static __always_inline __u64 key_of_server(__u16 port)
{
	return WHY_KEY_SERVER | port;
}

static __always_inline void object_of_socket(struct why_object *on, const struct file *file,
					     struct common *k)
{
	const struct socket *socket = BPF_CORE_READ(file, private_data);
	const struct sock *sk = BPF_CORE_READ(socket, sk);
	const struct sock *tcp;
	__u16 family;

	on->kind = WHY_OBJECT_SOCKET;
	if (!sk)
		return;
	on->protocol = BPF_CORE_READ(sk, sk_protocol);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family == AF_UNIX) {
		on->kind = WHY_OBJECT_UNIX;
		on->key = (__u64)BPF_CORE_READ((const struct unix_sock *)sk, peer);
		return;
	}
	tcp = tcp_behind(sk, k);
	if (tcp) {
		on->kind = WHY_OBJECT_TCP;
		sock_fill_copy(&on->s, k, tcp, COMMON(k, skc_num));
		on->key = key_of_ports(on->s.rport, on->s.lport);
	} else if (family == AF_INET || family == AF_INET6) {
		on->kind = WHY_OBJECT_INET;
		sock_fill_copy(&on->s, k, sk, COMMON(k, skc_num));
	} else {
		on->protocol = family;
	}
}

/* Of an anonymous file: whether its private data are an epoll instance, which names its file. */
static __always_inline __u64 epoll_of(const struct file *file)
{
	const struct eventpoll *ep = BPF_CORE_READ(file, private_data);

	return ep && BPF_CORE_READ(ep, file) == file ? (__u64)ep : 0;
}

static __always_inline void object_fill(struct why_object *on, const struct file *file,
					struct common *k)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	const unsigned char *name = BPF_CORE_READ(file, f_path.dentry, d_name.name);

	on->mode = BPF_CORE_READ(inode, i_mode);
	on->file = (__u64)file;
	on->inode = BPF_CORE_READ(inode, i_ino);
	bpf_probe_read_kernel_str(on->name, sizeof(on->name), name);
	switch (on->mode & S_IFMT) {
	case S_IFSOCK:
		object_of_socket(on, file, k);
		break;
	case S_IFIFO:
		on->kind = WHY_OBJECT_PIPE;
		on->key = (__u64)inode;
		break;
	case 0:
		on->kind = WHY_OBJECT_ANON;
		on->epoll = epoll_of(file);
		on->key = on->epoll ? (__u64)file : 0;
		break;
	default:
		on->kind = WHY_OBJECT_FILE;
		on->key = (__u64)file;
		/* Anonymous files have a mode too since 6.17. */
		on->epoll = epoll_of(file);
	}
}

/* ---- a listener ---- */

struct queue_walk {
	struct why_listener *out;
	const struct request_sock *req;
};

static long on_queued(__u32 i, struct queue_walk *walk)
{
	const struct request_sock *req = walk->req;
	struct why_listener *out = walk->out;
	const struct sock *child;

	if (!req)
		return 1;
	if (i < WHY_QUEUED_MAX) {
		__u16 port;

		child = BPF_CORE_READ(req, sk);
		port = BPF_CORE_READ(child, __sk_common.skc_dport);
		out->queue[i].child = (__u64)child ^ (__u64)port << 48;
		out->queue[i].since = BPF_CORE_READ((const struct tcp_sock *)child, lsndtime);
		out->queued = i + 1;
	}
	walk->req = BPF_CORE_READ(req, dl_next);
	return 0;
}

static __always_inline void queue_read(struct why_listener *out, const struct sock *sk)
{
	struct queue_walk walk = {.out = out};

	walk.req = BPF_CORE_READ((const struct inet_connection_sock *)sk,
				 icsk_accept_queue.rskq_accept_head);
	bpf_loop(WHY_QUEUED_MAX, on_queued, &walk, 0);
	if (walk.req)
		out->flags |= WHY_LISTENER_QUEUE_CUT;
}

static __always_inline void listener_fill(struct why_listener *out, const struct sock *sk,
					  const struct common *k)
{
	__builtin_memset(out, 0, sizeof(*out));
	HEADER(out, WHY_LISTENER);
	out->t = bpf_ktime_get_ns();
	out->jiffies = bpf_jiffies64();
	out->group = (__u64)BPF_CORE_READ(sk, sk_reuseport_cb);
	out->uid = BPF_CORE_READ(sk, sk_uid.val);
	if (out->group)
		out->flags |= WHY_LISTENER_REUSEPORT;
	sock_fill_copy(&out->s, k, sk, COMMON(k, skc_num));
	queues_copy(&out->q, out->s.cookie, sk);
	queue_read(out, sk);
}

/* ---- who waits for it ---- */

struct sleeper_walk {
	struct why_watcher *out;
	const struct list_head *at, *head;
};

/* One thread in epoll_wait(). */
static long on_sleeper(__u32 i, struct sleeper_walk *walk)
{
	const struct wait_queue_entry *wait;
	const struct task_struct *task;
	__u32 tid;

	if (!walk->at || walk->at == walk->head)
		return 1;
	wait = (const void *)walk->at - bpf_core_field_offset(struct wait_queue_entry, entry);
	task = BPF_CORE_READ(wait, private);
	tid = BPF_CORE_READ(task, pid);
	if (i < WHY_SLEEPERS_MAX) {
		walk->out->sleeper[i] = tid;
		mark_thread(tid);
	}
	walk->out->sleepers++;
	walk->at = list_next(walk->at);
	return 0;
}

static __always_inline void epoll_fill(struct why_watcher *out, const struct wait_queue_entry *wait)
{
	const struct eppoll_entry *entry =
		(const void *)wait - bpf_core_field_offset(struct eppoll_entry, wait);
	const struct epitem *item = BPF_CORE_READ(entry, base);
	const struct eventpoll *ep = BPF_CORE_READ(item, ep);
	struct sleeper_walk walk = {.out = out};

	out->epoll = (__u64)ep;
	out->epoll_file = (__u64)BPF_CORE_READ(ep, file);
	out->events = BPF_CORE_READ(item, event.events);
	out->fd = BPF_CORE_READ(item, ffd.fd);
	if (!list_empty(list_in(ep, bpf_core_field_offset(struct eventpoll, rdllist))))
		out->flags |= WHY_WATCHER_READY;
	if (!list_empty(list_in(item, bpf_core_field_offset(struct epitem, rdllink))))
		out->flags |= WHY_WATCHER_LISTED;
	if (!list_empty(list_in(ep, bpf_core_field_offset(struct eventpoll, poll_wait.head))))
		out->flags |= WHY_WATCHER_NESTED;
	walk.head = list_in(ep, bpf_core_field_offset(struct eventpoll, wq.head));
	walk.at = list_next(walk.head);
	bpf_loop(WHY_WAITERS_WALK, on_sleeper, &walk, 0);
	if (walk.at && walk.at != walk.head)
		out->flags |= WHY_WATCHER_SLEEP_CUT;
	set_mark(&others, &out->epoll_file, 0);
}

static __always_inline bool name_begins(const char *name, __u64 eight)
{
	return *(const __u64 *)name == eight;
}

/* The first eight letters of a function's name. */
#define EIGHT(a, b, c, d, e, f, g, h)                                                            \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)
#define NAME_EPOLL EIGHT('e', 'p', '_', 'p', 'o', 'l', 'l', '_')
#define NAME_POLL  EIGHT('p', 'o', 'l', 'l', 'w', 'a', 'k', 'e')
#define NAME_URING EIGHT('i', 'o', '_', 'p', 'o', 'l', 'l', '_')
#define NAME_AIO   EIGHT('a', 'i', 'o', '_', 'p', 'o', 'l', 'l')

/* private of an entry that poll() made. */
static __always_inline const struct task_struct *task_of_poll(const struct wait_queue_entry *wait)
{
	const struct poll_wqueues *poll = BPF_CORE_READ(wait, private);

	return BPF_CORE_READ(poll, polling_task);
}

static __always_inline void wake_name(char name[WHY_NAME], const struct wait_queue_entry *wait)
{
	__u64 func = (__u64)BPF_CORE_READ(wait, func);

	bpf_snprintf(name, WHY_NAME, "%ps", &func, sizeof(func));
}

static __always_inline void watcher_fill(struct why_watcher *out,
					 const struct wait_queue_entry *wait, __u64 sk)
{
	const struct task_struct *task = NULL;

	__builtin_memset(out, 0, sizeof(*out));
	HEADER(out, WHY_WATCHER);
	out->sk = sk;
	wake_name(out->wake, wait);
	if (name_begins(out->wake, NAME_EPOLL))
		epoll_fill(out, wait);
	else if (name_begins(out->wake, NAME_POLL))
		task = task_of_poll(wait);
	else if (!name_begins(out->wake, NAME_URING) && !name_begins(out->wake, NAME_AIO))
		task = BPF_CORE_READ(wait, private);
	if (task) {
		task_probe(&out->task, task);
		mark_thread(out->task.tid);
	}
}

struct waiter_walk {
	const struct list_head *at, *head;
	__u32 seen;
};

static long on_waiter(__u32 i, struct waiter_walk *walk)
{
	if (!walk->at || walk->at == walk->head)
		return 1;
	walk->seen = i + 1;
	walk->at = list_next(walk->at);
	return 0;
}

/*
 * Counts all entries. User space is told how many there are; the first of them are then described,
 * by waiters_write().
 */
static __always_inline void waiters_count(struct why_listener *out, const struct sock *sk)
{
	const struct socket_wq *wq = BPF_CORE_READ(sk, sk_wq);
	struct waiter_walk walk = {
		.head = list_in(wq, bpf_core_field_offset(struct socket_wq, wait.head)),
	};

	if (!wq)
		return;
	walk.at = list_next(walk.head);
	bpf_loop(WHY_WAITERS_WALK, on_waiter, &walk, 0);
	out->waiters = walk.seen;
	if (walk.seen > WHY_WATCHERS_MAX)
		out->flags |= WHY_LISTENER_WAITERS_CUT;
}

struct description {
	struct seq_file *seq;
	struct why_watcher *out;
	const struct list_head *at, *head;
	__u64 sk;
};

static long on_described(__u32 i, struct description *d)
{
	if (!d->at || d->at == d->head)
		return 1;
	watcher_fill(d->out,
		     (const void *)d->at - bpf_core_field_offset(struct wait_queue_entry, entry),
		     d->sk);
	bpf_seq_write(d->seq, d->out, sizeof(*d->out));
	d->at = list_next(d->at);
	return 0;
}

/* bpf_loop(), as the verifier would go through a loop as often as it may run. */
static __always_inline void waiters_write(struct seq_file *seq, struct why_watcher *out,
					  const struct sock *sk)
{
	const struct socket_wq *wq = BPF_CORE_READ(sk, sk_wq);
	struct description d = {.seq = seq, .out = out, .sk = (__u64)sk};

	if (!wq)
		return;
	d.head = list_in(wq, bpf_core_field_offset(struct socket_wq, wait.head));
	d.at = list_next(d.head);
	bpf_loop(WHY_WATCHERS_MAX, on_described, &d, 0);
}

static __always_inline bool listener_wanted(const struct common *k, const struct sock *sk)
{
	if (COMMON(k, skc_state) != TCP_LISTEN || !wanted_copy(k, sk))
		return false;
	if (only_port && COMMON(k, skc_num) != only_port)
		return false;
	return !only_netns || netns_of_copy(k) == only_netns;
}

SEC("iter/task_file")
int why_listeners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct scratch *room = scratch_get();
	struct why_holder holder;
	const struct sock *sk;
	struct mark *mark;
	__u64 key, who, port;
	__u32 pid;

	if (!task || !file || !room)
		return 0;
	files_seen++;
	sk = tcp_of_open_file(file, &room->k);
	if (!sk || !listener_wanted(&room->k, sk))
		return 0;
	pid = task->tgid;
	key = (__u64)sk;
	/*
	 * A walk is taken up again at the same descriptor when the reader's buffer was full, and
	 * what was written of it is thrown away.
	 */
	who = (__u64)pid << 32 | ctx->fd;
	set_mark(&listeners, &key, who);
	set_mark(&processes, &pid, 0);
	set_hint(process_hints, pid);
	port = key_of_server(COMMON(&room->k, skc_num));
	set_mark(&others, &port, 0);
	mark = find_mark(&listeners, &key);
	if (mark && mark->who == who) {
		listener_fill(&room->listener, sk, &room->k);
		waiters_count(&room->listener, sk);
		bpf_seq_write(ctx->meta->seq, &room->listener, sizeof(room->listener));
		waiters_write(ctx->meta->seq, &room->watcher, sk);
	}
	__builtin_memset(&holder, 0, sizeof(holder));
	HEADER(&holder, WHY_HOLDER);
	holder.sk = key;
	holder.fd = ctx->fd;
	holder_fill(&holder.task, task);
	bpf_seq_write(ctx->meta->seq, &holder, sizeof(holder));
	return 0;
}

/* ---- what a thread does ---- */

static __always_inline void call_fill(struct why_thread *out, struct task_struct *task)
{
	const struct pt_regs *regs = (const struct pt_regs *)bpf_task_pt_regs(task);

	if (!regs)
		return;
	if (bpf_core_field_exists(regs->orig_ax)) {
		out->call = (__s32)BPF_CORE_READ(regs, orig_ax);
		out->args[0] = BPF_CORE_READ(regs, di);
		out->args[1] = BPF_CORE_READ(regs, si);
		out->args[2] = BPF_CORE_READ(regs, dx);
		if (bpf_core_field_exists(task->thread_info.status) &&
		    BPF_CORE_READ(task, thread_info.status) & TS_COMPAT)
			out->flags |= WHY_THREAD_COMPAT;
	} else if (bpf_core_field_exists(regs->syscallno)) {
		out->call = BPF_CORE_READ(regs, syscallno);
		out->args[0] = BPF_CORE_READ(regs, orig_x0);
		out->args[1] = BPF_CORE_READ(regs, regs[1]);
		out->args[2] = BPF_CORE_READ(regs, regs[2]);
	} else {
		return;
	}
	if (out->call >= 0)
		out->flags |= WHY_THREAD_CALL;
}

static __always_inline void target_fill(struct why_thread *out, struct task_struct *task,
					struct common *k)
{
	struct file *file;

	if (!(out->flags & WHY_THREAD_CALL) || out->flags & WHY_THREAD_COMPAT)
		return;
	if ((__u32)out->call >= WHY_CALLS_MAX || !setting_takes_fd[out->call & (WHY_CALLS_MAX - 1)])
		return;
	file = file_of_task(task, (__u32)out->args[0]);
	if (!file)
		return;
	object_fill(&out->on, file, k);
	if (out->on.key)
		set_mark(&others, &out->on.key, 0);
}

static __always_inline void cpus_fill(struct why_thread *out, const struct task_struct *task)
{
	__u32 size = bpf_core_field_size(task->cpus_mask);

	out->cpus_allowed = BPF_CORE_READ(task, nr_cpus_allowed);
	bpf_core_read(out->cpus, size < sizeof(out->cpus) ? size : sizeof(out->cpus),
		      &task->cpus_mask);
	/* Bits behind the last CPU that there can be are of init's mask, which has all of them. */
	for (__u32 i = 0, first = 0; i < WHY_CPU_WORDS; i++, first += 64) {
		if (setting_cpus_possible <= first)
			out->cpus[i] = 0;
		else if (setting_cpus_possible < first + 64)
			out->cpus[i] &= (1ULL << (setting_cpus_possible - first)) - 1;
	}
}

static __always_inline void schedule_fill(struct why_thread *out, const struct task_struct *task)
{
	__u64 ran = BPF_CORE_READ(task, se.sum_exec_runtime);
	__u32 on_cpu = 0;

	out->state = BPF_CORE_READ(task, __state) | BPF_CORE_READ(task, exit_state);
	/* An int until 7.2, then a byte with other bytes beside it. */
	bpf_core_read(&on_cpu, bpf_core_field_size(task->on_cpu), &task->on_cpu);
	if (on_cpu)
		out->flags |= WHY_THREAD_ON_CPU;
	out->nice = BPF_CORE_READ(task, static_prio) - 120;
	out->policy = BPF_CORE_READ(task, policy);
	out->cpu = BPF_CORE_READ(task, wake_cpu);
	cpus_fill(out, task);
	out->switches = BPF_CORE_READ(task, nvcsw) + BPF_CORE_READ(task, nivcsw);
	out->ran_ns = ran;
	if (bpf_core_field_exists(task->sched_info.run_delay)) {
		out->delay_ns = BPF_CORE_READ(task, sched_info.run_delay);
		out->queued_at = BPF_CORE_READ(task, sched_info.last_queued);
		out->stopped_at = BPF_CORE_READ(task, sched_info.last_arrival);
		if (out->stopped_at)
			out->stopped_at += ran - BPF_CORE_READ(task, se.prev_sum_exec_runtime);
	}
}

/* The one of its cgroups that was throttled longest; a quota binds all that is below it. */
static __always_inline void group_name(char name[WHY_GROUP_NAME], const struct cgroup *group)
{
	const char *text = BPF_CORE_READ(group, kn, name);

	bpf_probe_read_kernel_str(name, WHY_GROUP_NAME, text);
}

static __always_inline void quota_fill(struct why_thread *out, const struct task_struct *task)
{
	const struct task_group *group;

	if (!bpf_core_type_exists(struct cfs_bandwidth) ||
	    !bpf_core_field_exists(((struct task_group *)0)->cfs_bandwidth))
		return;
	out->flags |= WHY_THREAD_QUOTA;
	group = BPF_CORE_READ(task, sched_task_group);
	for (int i = 0; i < WHY_GROUPS_MAX; i++) {
		__u64 quota, throttled;

		if (!group)
			break;
		quota = BPF_CORE_READ(group, cfs_bandwidth.quota);
		throttled = BPF_CORE_READ(group, cfs_bandwidth.throttled_time);
		if (quota != RUNTIME_INF && quota &&
		    (!out->quota_ns || throttled > out->throttled_ns)) {
			out->quota_ns = quota;
			out->period_ns = BPF_CORE_READ(group, cfs_bandwidth.period);
			out->throttled_ns = throttled;
			out->throttled = BPF_CORE_READ(group, cfs_bandwidth.nr_throttled);
			group_name(out->quota_group, BPF_CORE_READ(group, css.cgroup));
		}
		group = BPF_CORE_READ(group, parent);
	}
}

static __always_inline void cgroup_fill(struct why_thread *out, const struct task_struct *task)
{
	const struct css_set *set = BPF_CORE_READ(task, cgroups);
	const struct cgroup *group = BPF_CORE_READ(set, dfl_cgrp);
	const struct cgroup_subsys_state *css = NULL;

	out->cgroup = BPF_CORE_READ(group, kn, id);
	group_name(out->cgroup_name, group);
	if (!(out->state & TASK_FROZEN) ||
	    !bpf_core_enum_value_exists(enum cgroup_subsys_id, freezer_cgrp_id))
		return;
	bpf_probe_read_kernel(&css, sizeof(css),
			      (const void *)set + bpf_core_field_offset(struct css_set, subsys) +
				      bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id) *
					      sizeof(css));
	if (css)
		group_name(out->freezer_group, BPF_CORE_READ(css, cgroup));
}

struct bit_walk {
	const unsigned long *bits;
	__u64 *words;
	__u64 limit; /* words */
	__u32 count;
};

static __always_inline __u32 bits_of(__u64 x)
{
	x -= x >> 1 & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + (x >> 2 & 0x3333333333333333ULL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return x * 0x0101010101010101ULL >> 56;
}

/* 64 words, that is 4096 descriptors. */
static long on_bits(__u32 i, struct bit_walk *walk)
{
	__u64 first = (__u64)i * 64, left = walk->limit - first;

	if (first >= walk->limit)
		return 1;
	if (left > 64)
		left = 64;
	if (bpf_probe_read_kernel(walk->words, (left * 8) & 1023, walk->bits + first))
		return 1;
	for (int w = 0; w < 64; w++) {
		if (w >= left)
			break;
		walk->count += bits_of(walk->words[w]);
	}
	return 0;
}

static __always_inline void descriptors_fill(struct why_thread *out, const struct task_struct *task,
					     __u64 *words)
{
	const struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct bit_walk walk = {.words = words};

	out->fd_limit = BPF_CORE_READ(task, signal, rlim[RLIMIT_NOFILE].rlim_cur);
	if (!table)
		return;
	walk.bits = BPF_CORE_READ(table, open_fds);
	walk.limit = (BPF_CORE_READ(table, max_fds) + 63) / 64;
	bpf_loop(256, on_bits, &walk, 0); /* a million descriptors */
	out->fds = walk.count;
}

static __always_inline void stack_fill(struct why_thread *out, struct task_struct *task,
				       __u64 *stack)
{
	long n = bpf_get_task_stack(task, stack, WHY_FRAMES * sizeof(__u64), 0);

	out->flags |= WHY_THREAD_STACK;
	for (int i = 0; i < WHY_FRAMES; i++) {
		if (n < (long)((i + 1) * sizeof(__u64)))
			break;
		bpf_snprintf(out->frame[i], WHY_FRAME, "%pB", &stack[i], sizeof(stack[i]));
		out->frames = i + 1;
	}
}

static __always_inline void clock_write(struct seq_file *seq, const struct task_struct *task)
{
	struct why_clock clock;

	__builtin_memset(&clock, 0, sizeof(clock));
	HEADER(&clock, WHY_CLOCK);
	clock.t = bpf_ktime_get_ns();
	clock.cpus_online = setting_cpus_online;
	if (bpf_core_field_exists(task->sched_info.last_arrival))
		clock.arrived_at = BPF_CORE_READ(task, sched_info.last_arrival);
	bpf_seq_write(seq, &clock, sizeof(clock));
}

static __always_inline void mark_poller(const struct why_thread *out)
{
	/*
	 * Which call it is, user space knows; which threads sleep in poll(), the wait queues of
	 * their files tell. So every process with a sleeping thread is looked through.
	 */
	if (out->state & 3)
		set_mark(&pollers, &out->task.pid, 0);
}

SEC("iter/task")
int why_threads(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	const struct task_struct *leader;
	struct scratch *room;
	struct why_thread *out;
	struct mark *process, *waits;
	__u32 pid, tid, nth = 0;

	if (!task)
		return 0;
	threads_seen++;
	pid = task->tgid;
	tid = task->pid;
	if (tid == (__u32)bpf_get_current_pid_tgid())
		clock_write(ctx->meta->seq, task);
	process = find_hinted(process_hints, &processes, pid);
	waits = find_hinted(thread_hints, &threads, tid);
	if (!process && !waits)
		return 0;
	room = scratch_get();
	if (!room)
		return 0;
	/* A walk is taken up again at the same thread when the reader's buffer was full. */
	if (process && process->who != tid) {
		process->who = tid;
		process->count++;
	}
	if (process)
		nth = process->count;
	if (nth > WHY_THREADS_MAX && !waits)
		return 0;
	out = &room->thread;
	__builtin_memset(out, 0, sizeof(*out));
	HEADER(out, WHY_THREAD);
	out->t = bpf_ktime_get_ns();
	holder_fill(&out->task, task);
	leader = BPF_CORE_READ(task, group_leader);
	BPF_CORE_READ_STR_INTO(&out->process, leader, comm);
	if (!process)
		out->flags |= WHY_THREAD_EXTRA;
	if (BPF_CORE_READ(leader, exit_state) & EXIT_ANY)
		out->flags |= WHY_THREAD_LEADER_DEAD;
	/* The parent of a vfork() counts as frozen while it sleeps, whatever its cgroup does. */
	if (BPF_CORE_READ_BITFIELD_PROBED(task, frozen) &&
	    BPF_CORE_READ(task, jobctl) & JOBCTL_TRAP_FREEZE)
		out->flags |= WHY_THREAD_FROZEN;
	if (BPF_CORE_READ(task, flags) & PF_NOT_USER)
		out->flags |= WHY_THREAD_KERNEL;
	if (BPF_CORE_READ(task, ptrace)) {
		out->tracer = BPF_CORE_READ(task, parent, tgid);
		BPF_CORE_READ_STR_INTO(&out->tracer_comm, task, parent, comm);
	}
	out->parent = BPF_CORE_READ(task, real_parent, tgid);
	out->process_threads = BPF_CORE_READ(task, signal, nr_threads);
	schedule_fill(out, task);
	quota_fill(out, task);
	cgroup_fill(out, task);
	if (!(out->flags & WHY_THREAD_ON_CPU)) {
		call_fill(out, task);
		target_fill(out, task, &room->k);
	}
	if (nth <= WHY_STACKS_MAX || waits) {
		descriptors_fill(out, task, room->words);
		if (!(out->flags & WHY_THREAD_ON_CPU))
			stack_fill(out, task, room->stack);
	}
	mark_poller(out);
	bpf_seq_write(ctx->meta->seq, out, sizeof(*out));
	return 0;
}

/* ---- who has the other end ---- */

/*
 * A connection of a listener's port: written for the first descriptor of each process, as the
 * process accepted it, or got it from one that did. A socket that is only bound to the port has
 * no peer: the masters of a SO_REUSEPORT group reserve their port so.
 */
static __always_inline bool serves(const struct why_object *on, __u64 who)
{
	__u64 key = key_of_server(on->s.lport);
	struct mark *mark = find_mark(&others, &key);

	if (on->kind != WHY_OBJECT_TCP || !mark || on->s.state == TCP_LISTEN || !on->s.rport)
		return false;
	if (mark->who >> 32 != who >> 32)
		mark->who = who;
	return mark->who == who;
}

/* A thread in poll() or select() that waits for something of this file; 0: none. */
static __always_inline __u32 poller_in(const struct list_head *head)
{
	const struct list_head *at = list_next(head);
	char name[WHY_NAME];

	for (int i = 0; i < 4; i++) {
		const struct wait_queue_entry *wait;

		if (!at || at == head)
			break;
		wait = (const void *)at - bpf_core_field_offset(struct wait_queue_entry, entry);
		wake_name(name, wait);
		if (name_begins(name, NAME_POLL))
			return BPF_CORE_READ(task_of_poll(wait), pid);
		at = list_next(at);
	}
	return 0;
}

static __always_inline __u32 poller_of(const struct why_object *on, const struct file *file)
{
	if (on->kind == WHY_OBJECT_PIPE) {
		const struct pipe_inode_info *pipe = BPF_CORE_READ(file, private_data);

		return poller_in(
			list_in(pipe, bpf_core_field_offset(struct pipe_inode_info, rd_wait.head)));
	}
	if (on->kind == WHY_OBJECT_TCP || on->kind == WHY_OBJECT_INET ||
	    on->kind == WHY_OBJECT_UNIX) {
		const struct socket *socket = BPF_CORE_READ(file, private_data);
		const struct socket_wq *wq = BPF_CORE_READ(socket, sk, sk_wq);

		return wq ? poller_in(
				    list_in(wq, bpf_core_field_offset(struct socket_wq, wait.head)))
			  : 0;
	}
	return 0;
}

/* The keys under which what a thread waits for may be found in this file. */
static __always_inline __u64 key_found(const struct why_object *on, const struct file *file,
				       const struct inode *inode)
{
	__u64 key = (__u64)file;

	if (find_mark(&others, &key))
		return key;
	if (on->kind == WHY_OBJECT_PIPE) {
		key = (__u64)inode;
	} else if (on->kind == WHY_OBJECT_UNIX) {
		const struct socket *socket = BPF_CORE_READ(file, private_data);

		key = (__u64)BPF_CORE_READ(socket, sk);
	} else if (on->kind == WHY_OBJECT_TCP) {
		key = key_of_ports(on->s.lport, on->s.rport);
	} else {
		return 0;
	}
	return find_mark(&others, &key) ? key : 0;
}

SEC("iter/task_file")
int why_others(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct scratch *room = scratch_get();
	struct why_other *out;
	__u32 pid;

	if (!task || !file || !room)
		return 0;
	out = &room->other;
	__builtin_memset(out, 0, sizeof(*out));
	HEADER(out, WHY_OTHER);
	object_fill(&out->on, file, &room->k);
	out->key = key_found(&out->on, file, BPF_CORE_READ(file, f_inode));
	pid = task->tgid;
	if (find_mark(&pollers, &pid))
		out->poller = poller_of(&out->on, file);
	if (serves(&out->on, (__u64)pid << 32 | ctx->fd))
		out->flags |= WHY_OTHER_SERVES;
	if (!out->key && !out->poller && !out->flags)
		return 0;
	if (out->poller)
		out->flags |= WHY_OTHER_POLLED;
	if (BPF_CORE_READ(file, f_mode) & FMODE_READ)
		out->flags |= WHY_OTHER_READER;
	if (BPF_CORE_READ(file, f_mode) & FMODE_WRITE)
		out->flags |= WHY_OTHER_WRITER;
	out->fd = ctx->fd;
	out->parent = BPF_CORE_READ(task, real_parent, tgid);
	holder_fill(&out->task, task);
	bpf_d_path(&file->f_path, out->path, sizeof(out->path));
	bpf_seq_write(ctx->meta->seq, out, sizeof(*out));
	return 0;
}
