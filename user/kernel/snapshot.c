// SPDX-License-Identifier: BSD-2-Clause
/*
 * snapshot.c - the sockets that exist already, as facts: the rows of sock_diag joined with their
 * owners.
 *
 * The rows are read first, because listing a socket gives it a cookie, and rows and owners are
 * joined by the cookie. The facts are then handed over in an order that the tracker can use at
 * once: listeners, half-open requests, the rest.
 *
 * Longer than 500 lines: rows, owners and their joining have one reason to change, the tables of
 * the kernel.
 */
#include "kernel/snapshot.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/units.h"
#include "event/tcp.h"
#include "existing.h"
#include "fact.h"
#include "fact/lookup.h"
#include "kernel/clock.h"
#include "kernel/sockdiag.h"
#include "kernel/stream_source.h"

/* After this many file descriptors a walk of /proc stops looking for more owners. */
#define PROC_LINKS_MAX 1000000

struct rows {
	struct sockdiag_row *row;
	size_t count, room;
	size_t listeners; /* row[0] to row[listeners - 1] are listeners */
	uint32_t *bucket; /* hash of row numbers + 1, 0 free; by cookie or by inode */
	size_t buckets;	  /* a power of two */
	const struct snapshot_from *from;
	size_t steps; /* rows read, owners found, rows told */
};

static void step(struct rows *r)
{
	if (++r->steps % SNAPSHOT_ROWS == 0 && r->from->meanwhile)
		r->from->meanwhile(r->from->ctx);
}

static void rows_free(struct rows *r)
{
	free(r->row);
	free(r->bucket);
}

static int rows_add(void *ctx, const struct sockdiag_row *row)
{
	struct rows *r = ctx;

	step(r);
	if (r->count == r->room) {
		size_t room = r->room ? r->room * 2 : 1024;
		struct sockdiag_row *list = realloc(r->row, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		r->row = list;
		r->room = room;
	}
	r->row[r->count++] = *row;
	return 0;
}

static uint64_t row_cookie(const struct sockdiag_row *row)
{
	return row->e.s.cookie;
}

static uint64_t row_inode(const struct sockdiag_row *row)
{
	return row->e.inode;
}

static size_t spread(uint64_t key)
{
	return hash_u64(key, 32);
}

/* If a socket has two rows, the later one is found. Rows with key 0 are not found. */
static int rows_index(struct rows *r, uint64_t (*key)(const struct sockdiag_row *))
{
	size_t buckets = 64;

	while (buckets < r->count * 2)
		buckets *= 2;
	free(r->bucket);
	r->bucket = calloc(buckets, sizeof(*r->bucket));
	if (!r->bucket)
		return -ENOMEM;
	r->buckets = buckets;
	for (size_t i = 0; i < r->count; i++) {
		uint64_t k = key(&r->row[i]);
		size_t b = spread(k) & (buckets - 1);

		if (!k)
			continue;
		while (r->bucket[b] && key(&r->row[r->bucket[b] - 1]) != k)
			b = (b + 1) & (buckets - 1);
		r->bucket[b] = (uint32_t)i + 1;
	}
	return 0;
}

static struct sockdiag_row *rows_find(const struct rows *r,
				      uint64_t (*key)(const struct sockdiag_row *), uint64_t k)
{
	if (!k)
		return NULL;
	for (size_t b = spread(k) & (r->buckets - 1); r->bucket[b]; b = (b + 1) & (r->buckets - 1))
		if (key(&r->row[r->bucket[b] - 1]) == k)
			return &r->row[r->bucket[b] - 1];
	return NULL;
}

/* ---- owners ---- */

/* The first process is kept: it has the lowest pid, so for a forking server it is the parent. */
static void own(struct sockdiag_row *row, uint64_t sk, int fd, const struct fact_task *task)
{
	if (row->e.task.pid)
		return;
	row->e.task = *task;
	row->e.fd = fd;
	row->e.s.sk = sk;
	if (row->e.s.state == TCP_STATE_LISTEN)
		row->e.q.sk = sk;
}

struct owners {
	const struct snapshot_from *from;
	struct rows *rows;
	uint64_t t; /* ns, no row was read before it */
};

/* What is handed over before all rows is as old as the first: their lines have it. */
static int before_rows(const struct owners *o, struct fact_hdr *f)
{
	f->t = o->t;
	return o->from->place ? o->from->place(o->from->place_ctx, f, f->size) : 0;
}

static int on_place(const struct owners *o, const struct fact_place *part)
{
	struct fact_place f = *part;

	return before_rows(o, &f.h);
}

static int on_interface(const struct owners *o, const struct fact_interface *name)
{
	struct fact_interface f = *name;

	return before_rows(o, &f.h);
}

static int on_owner(void *ctx, const void *bytes, size_t size)
{
	const struct owners *o = ctx;
	const struct fact_hdr *h = bytes;
	const struct existing_file *f = bytes;
	struct sockdiag_row *row;

	if (h->kind == FACT_PLACE && size == sizeof(struct fact_place))
		return on_place(o, bytes);
	if (h->kind == FACT_INTERFACE && size == sizeof(struct fact_interface))
		return on_interface(o, bytes);
	if (h->kind != FACT_NONE || size != sizeof(*f))
		return 0;
	step(o->rows);
	row = rows_find(o->rows, row_cookie, f->cookie);
	if (row && row->e.s.netns == f->netns)
		own(row, f->sk, f->fd, &f->task);
	return 0;
}

static void read_comm(const char *pid, char comm[16])
{
	char path[64];
	ssize_t n;
	int fd;

	memset(comm, 0, 16);
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, comm, 16);
	close(fd);
	if (n > 0)
		comm[n - 1] = '\0'; /* the newline */
}

/*
 * Finds the sockets of one process by its links /proc/<pid>/fd/<n> -> "socket:[inode]". Returns the
 * number of links that were read.
 */
static size_t walk_process(const struct rows *r, const char *pid)
{
	struct fact_task task = {.pid = (uint32_t)strtoul(pid, NULL, 10)};
	const struct dirent *d;
	char path[64], link[64];
	size_t links = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		struct sockdiag_row *row;
		unsigned long inode;
		ssize_t n;

		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		links++;
		n = readlinkat(dirfd(dir), d->d_name, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) != 1)
			continue;
		row = rows_find(r, row_inode, inode);
		if (!row)
			continue;
		if (!task.tid) {
			task.tid = task.pid;
			read_comm(pid, task.comm);
		}
		own(row, 0, (int)strtol(d->d_name, NULL, 10), &task);
	}
	closedir(dir);
	return links;
}

/* For kernels that refuse the walk over the file tables (existing_files). */
static void owners_from_proc(const struct rows *r)
{
	DIR *dir = opendir("/proc");
	const struct dirent *d;
	size_t links = 0;

	if (!dir)
		return;
	while (links < PROC_LINKS_MAX && (d = readdir(dir)))
		if (isdigit((unsigned char)d->d_name[0]))
			links += walk_process(r, d->d_name);
	closedir(dir);
}

static int find_owners(const struct snapshot_from *from, struct rows *r, uint64_t t)
{
	struct owners o = {.from = from, .rows = r, .t = t};
	int err = rows_index(r, row_cookie);

	if (err)
		return err;
	if (from->owners && !from->owners(from->ctx, on_owner, &o))
		return 0;
	err = rows_index(r, row_inode);
	if (!err)
		owners_from_proc(r);
	return err;
}

/* ---- which listener a child or a request belongs to ---- */

static int by_port(const void *a, const void *b)
{
	const struct fact_sock *x = &((const struct sockdiag_row *)a)->e.s,
			       *y = &((const struct sockdiag_row *)b)->e.s;

	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	return x->lport < y->lport ? -1 : x->lport > y->lport;
}

/*
 * The listener that s belongs to. NULL if there is none, or if several are possible (SO_REUSEPORT,
 * SO_BINDTODEVICE).
 */
static struct sockdiag_row *listener_of(const struct rows *r, const struct fact_sock *s)
{
	struct lookup lookup = {0};
	size_t low = 0, high = r->listeners;

	while (low < high) { /* finds the first listener of that port: they are sorted */
		size_t mid = low + (high - low) / 2;
		const struct fact_sock *l = &r->row[mid].e.s;

		if (l->netns < s->netns || (l->netns == s->netns && l->lport < s->lport))
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < r->listeners; low++) {
		struct sockdiag_row *row = &r->row[low];
		const struct fact_sock *l = &row->e.s;

		if (l->netns != s->netns || l->lport != s->lport)
			break;
		lookup_offer(&lookup,
			     &(struct lookup_listener){.netns = l->netns,
						       .port = l->lport,
						       .family = l->family,
						       .addr = l->laddr,
						       .v6only = row->v6only,
						       .device = row->e.s.ifindex},
			     s, row);
	}
	return lookup_only(&lookup);
}

/* A complete connection without a file waits for accept(). */
static bool is_queued(const struct sockdiag_row *row)
{
	const struct fact_existing *e = &row->e;

	return !e->inode && !e->task.pid && !row->timewait && !row->request &&
	       (e->s.state == TCP_STATE_ESTABLISHED || e->s.state == TCP_STATE_CLOSE_WAIT ||
		e->s.state == TCP_STATE_SYN_RECV);
}

/* The kernel's jiffies are 10 ms at most: so much later than it says can it have been. */
#define JIFFY_NS (10 * NS_MS)

/*
 * A connection that waits for accept() has sent no data, so the time of the last data sent is when
 * its handshake was complete (tcp_rcv_state_process()). e.h.t is when its row was read, and not
 * before it was made.
 */
static void find_queued_since(struct sockdiag_row *row)
{
	struct fact_existing *e = &row->e;
	uint64_t age = (uint64_t)row->figures.data_out_ms * NS_MS;

	if (!row->figures.has_times || age <= JIFFY_NS || age - JIFFY_NS >= e->h.t)
		return;
	e->h.flags |= FACT_F_QUEUED_SINCE;
	e->queued_since = e->h.t - (age - JIFFY_NS);
}

static void find_listeners(struct rows *r)
{
	for (size_t i = r->listeners; i < r->count; i++) {
		struct sockdiag_row *row = &r->row[i], *listener;

		row->queued = is_queued(row);
		if (row->queued)
			find_queued_since(row);
		if (!row->request && !row->queued)
			continue;
		listener = listener_of(r, &row->e.s);
		if (!listener)
			continue;
		row->e.listener_cookie = listener->e.s.cookie;
		if (row->request) {
			listener->e.q.syn_queue++;
			listener->e.q.syn_young += !row->e.retrans;
		}
	}
}

/* ---- the walk ---- */

enum scope {
	LISTENERS, /* requests are read too: they are counted in the SYN queues, not handed over */
	EVERYTHING,
	WITH_OWNERS, /* all sockets that can have an owner: all but those in TIME_WAIT */
	LISTED,	     /* everything, with owners */
};

static int read_tables(struct sockdiag *sd, const struct filter *f, enum scope scope,
		       struct rows *r)
{
	static const uint32_t others[] = {
		[LISTENERS] = SOCKDIAG_SYN_RECV,
		[EVERYTHING] = SOCKDIAG_ALL & ~SOCKDIAG_LISTEN,
		[WITH_OWNERS] = SOCKDIAG_ALL & ~SOCKDIAG_LISTEN & ~SOCKDIAG_TIME_WAIT,
		[LISTED] = SOCKDIAG_ALL & ~SOCKDIAG_LISTEN,
	};
	int err = sockdiag_dump(sd, f, SOCKDIAG_LISTEN, rows_add, r);

	if (err < 0)
		return err;
	r->listeners = r->count;
	if (r->listeners)
		qsort(r->row, r->listeners, sizeof(*r->row), by_port);
	err = sockdiag_dump(sd, f, others[scope], rows_add, r);
	return err < 0 ? err : 0;
}

/* Moves the requests behind the listeners: a listener must come before its connections. */
static void requests_first(struct rows *r)
{
	size_t to = r->listeners;

	for (size_t i = r->listeners; i < r->count; i++) {
		struct sockdiag_row row = r->row[i];

		if (!row.request)
			continue;
		r->row[i] = r->row[to];
		r->row[to++] = row;
	}
}

static int tell_rows(struct rows *r, sockdiag_fn fn, void *ctx)
{
	int err;

	for (size_t i = 0; i < r->count; i++) {
		step(r);
		err = fn(ctx, &r->row[i]);
		if (err)
			return err;
	}
	return (int)r->count;
}

static int walk_rows(const struct snapshot_from *from, enum scope scope, sockdiag_fn fn, void *ctx)
{
	struct rows r = {.from = from};
	uint64_t begin = clock_now_ns();
	int err = 0;

	if (!*from->sockdiag)
		err = sockdiag_open(from->sockdiag);
	if (!err)
		err = read_tables(*from->sockdiag, from->filter, scope, &r);
	if (!err && (scope == WITH_OWNERS || scope == LISTED))
		err = find_owners(from, &r, begin);
	if (!err) {
		find_listeners(&r);
		if (scope == LISTENERS)
			r.count = r.listeners;
		requests_first(&r);
		err = tell_rows(&r, fn, ctx);
	}
	rows_free(&r);
	return err;
}

int snapshot_list(const struct snapshot_from *from, sockdiag_fn fn, void *ctx)
{
	return walk_rows(from, from->no_time_wait ? WITH_OWNERS : LISTED, fn, ctx);
}

/* ---- of a source ---- */

struct records {
	record_fn fn;
	void *ctx;
};

static int tell_record(void *ctx, const struct sockdiag_row *row)
{
	const struct records *to = ctx;

	return to->fn(to->ctx, &row->e, sizeof(row->e));
}

static int owners_of_source(void *ctx, record_fn fn, void *fn_ctx)
{
	return source_kernel_owners(ctx, fn, fn_ctx);
}

static int walk(struct source_kernel *s, enum scope scope, record_fn fn, void *ctx)
{
	const struct snapshot_from from = {.sockdiag = source_kernel_sockdiag(s),
					   .filter = source_kernel_filter(s),
					   .owners = owners_of_source,
					   .ctx = s,
					   .place = fn,
					   .place_ctx = ctx};
	struct records to = {fn, ctx};

	return walk_rows(&from, scope, tell_record, &to);
}

int source_kernel_existing(struct source_kernel *s, record_fn fn, void *ctx)
{
	return walk(s, WITH_OWNERS, fn, ctx);
}

/* ---- those in TIME_WAIT ---- */

/* TCP_TIMEWAIT_LEN, include/net/tcp.h */
#define TIME_WAIT_MS 60000
/* ends_ms is a difference of two jiffies, of 10 ms at most. */
#define JIFFIES_NS (20 * NS_MS)

struct time_waits {
	uint64_t taken;
	record_fn fn;
	void *ctx;
};

static int tell_time_wait(void *ctx, const struct sockdiag_row *row)
{
	const struct time_waits *to = ctx;
	uint64_t age =
		row->ends_ms < TIME_WAIT_MS ? (uint64_t)(TIME_WAIT_MS - row->ends_ms) * NS_MS : 0;

	/*
	 * This TIME_WAIT began after the initial socket list was read. Its facts have been handed
	 * over, and the tracker may have forgotten it since.
	 */
	if (row->looked > to->taken + JIFFIES_NS + age)
		return 0;
	return to->fn(to->ctx, &row->e, sizeof(row->e));
}

int source_kernel_time_waits(struct source_kernel *s, uint64_t taken, record_fn fn,
			     int (*between)(void *ctx), void *ctx)
{
	struct sockdiag *sd = *source_kernel_sockdiag(s);
	struct time_waits to = {.taken = taken, .fn = fn, .ctx = ctx};
	struct fact_hdr end = {.size = sizeof(end), .kind = FACT_EXISTING_END};
	int err;

	if (!sd)
		return -ENOTCONN;
	sockdiag_between(sd, between, ctx);
	err = sockdiag_dump(sd, source_kernel_filter(s), SOCKDIAG_TIME_WAIT, tell_time_wait, &to);
	sockdiag_between(sd, NULL, NULL);
	end.t = clock_now_ns();
	fn(ctx, &end, sizeof(end));
	return err;
}

/*
 * Without owners: reading them needs privileges that have been dropped by then, and --verify does
 * not compare owners.
 */
int source_kernel_snapshot(struct source_kernel *s, record_fn fn, void *ctx)
{
	return walk(s, EVERYTHING, fn, ctx);
}

int source_kernel_listeners(struct source_kernel *s, record_fn fn, void *ctx)
{
	int rc = source_kernel_walk_listeners(s, fn, ctx);

	return rc == -EOPNOTSUPP ? walk(s, LISTENERS, fn, ctx) : rc;
}

/* ---- the namespaces ---- */

int source_kernel_namespaces(struct source_kernel *s, void (*fn)(void *ctx, uint32_t netns),
			     void *ctx, int *err)
{
	const struct sockdiag *sd = *source_kernel_sockdiag(s);

	if (!sd)
		return -ENOTCONN;
	for (size_t i = 0; i < sockdiag_namespaces(sd); i++)
		fn(ctx, sockdiag_namespace(sd, i));
	return (int)sockdiag_refused(sd, err);
}

bool source_kernel_own_namespace_only(struct source_kernel *s)
{
	const struct sockdiag *sd = *source_kernel_sockdiag(s);

	return sd && sockdiag_own_only(sd);
}

void source_kernel_keep_own_namespace(struct source_kernel *s)
{
	struct sockdiag *sd = *source_kernel_sockdiag(s);

	if (sd)
		sockdiag_keep_own(sd);
}
