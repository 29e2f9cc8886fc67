// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a line costs: CPU time of the JSON view and of the table for a typical mix of events,
 * formatted and written.
 *
 *	views_bench [FILE [CONNECTIONS]]	FILE is /dev/null unless given
 */
#include <stdio.h>
#include <time.h>

#include "../unit/event/sample_events.h"

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * SEC + (uint64_t)ts.tv_nsec;
}

#define EVENTS_MAX 16
static struct event mix[EVENTS_MAX];
static unsigned int mix_count;

/* A view that keeps what it is told. */
static void keep(struct view *v, const struct event *e)
{
	(void)v;
	if (mix_count < EVENTS_MAX)
		mix[mix_count++] = *e;
}

#include "view/impl.h"

static void run(const char *name, struct view *v, unsigned int connections)
{
	uint64_t begin = cpu_ns(), lines = 0, t = 0;

	for (unsigned int i = 0; i < connections; i++) {
		for (unsigned int j = 0; j < mix_count; j++) {
			mix[j].t = STORY_T0 + t;
			t += 3317;
			mix[j].v[F_CLIENT_ISN].u = (uint32_t)(i * 2654435761u);
			view_event(v, &mix[j]);
			lines++;
		}
		if (i % 100 == 0)
			view_flush(v);
	}
	view_flush(v);
	printf("%-8s %6.1f ns a line (%llu lines)\n", name,
	       (double)(cpu_ns() - begin) / (double)lines, (unsigned long long)lines);
}

int main(int argc, char **argv)
{
	static const struct view_ops keep_ops = {.event = keep};
	const char *path = argc > 1 ? argv[1] : "/dev/null";
	unsigned int connections = argc > 2 ? (unsigned int)atoi(argv[2]) : 80000;
	struct view_options options = {
		.utf8 = true, .header = true, .boot_offset_ns = STORY_OFFSET};
	struct view keeper = {.ops = &keep_ops};
	struct story s = {.v = &keeper};
	struct view *v;

	options.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (options.fd < 0) {
		perror(path);
		return 1;
	}
	story_handshake(&s, 0, 51234, 1);
	story_accept(&s, 60 * US, 51234, 7 * US, 4 * US);
	story_close(&s, MS, 51234, MS);
	for (int round = 0; round < 3; round++) {
		v = view_json_new(&options);
		run("json", v, connections);
		view_free(v);
		v = view_table_new(&options);
		run("table", v, connections);
		view_free(v);
		options.columns = 80;
		v = view_table_new(&options);
		run("table 80", v, connections);
		view_free(v);
		options.columns = 0;
	}
	return 0;
}
