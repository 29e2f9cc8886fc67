// SPDX-License-Identifier: BSD-2-Clause
/*
 * Prints what source_kernel_existing() and _time_waits() tell, one socket per line in its order,
 * for existing.t:
 *	netns state lport rport cookie(hex) inode queue backlog syn_queue syn_young pid comm fd
 *	listener(hex) sk?
 * "time" prints instead how many microseconds each walk took: existing, snapshot, listeners.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kernel/clock.h"
#include "kernel/snapshot.h"
#include "kernel/source.h"

static int print(void *ctx, const void *bytes, size_t size)
{
	const struct fact_existing *e = bytes;

	if (ctx)
		return 0;
	if (e->h.kind == FACT_EXISTING_END)
		puts("end");
	if (e->h.kind != FACT_EXISTING || size != sizeof(*e))
		return 0;
	printf("%u %u %u %u %llx %u %u %u %u %u %u %s %d %llx %s\n", e->s.netns, e->s.state,
	       e->s.lport, e->s.rport, (unsigned long long)e->s.cookie, e->inode, e->q.accept_queue,
	       e->q.backlog, e->q.syn_queue, e->q.syn_young, e->task.pid,
	       e->task.comm[0] ? e->task.comm : "-", e->fd, (unsigned long long)e->listener_cookie,
	       e->s.sk ? "sk" : "-");
	return 0;
}

static int all(struct source_kernel *s, record_fn fn, void *ctx)
{
	int n = source_kernel_existing(s, fn, ctx),
	    more = n < 0 ? n : source_kernel_time_waits(s, clock_now_ns(), fn, NULL, ctx);

	return more < 0 ? more : n + more;
}

int main(int argc, char **argv)
{
	static int (*const walks[])(struct source_kernel *, record_fn, void *) = {
		all, source_kernel_snapshot, source_kernel_listeners};
	struct kernel_options options = {.ring_bytes = 1 << 20};
	bool timed = argc > 1 && !strcmp(argv[1], "time");
	struct source_kernel *s;
	struct fact_list facts;
	char err[ERR_MAX] = "";
	int n;

	filter_init(&options.filter);
	n = source_kernel_open(&s, &options, &facts, err, sizeof(err));
	if (n) {
		fprintf(stderr, "%s\n", err);
		return 1;
	}
	for (int i = 0; i < (timed ? 3 : 1); i++) {
		struct timespec a, b;

		clock_gettime(CLOCK_MONOTONIC, &a);
		n = walks[i](s, print, timed ? &timed : NULL);
		clock_gettime(CLOCK_MONOTONIC, &b);
		if (n < 0) {
			fprintf(stderr, "walk: %s\n", strerror(-n));
			break;
		}
		if (timed)
			printf("%d %ld\n", n,
			       (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000);
	}
	source_kernel_free(s);
	return n < 0;
}
