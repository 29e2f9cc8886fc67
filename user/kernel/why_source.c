// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/why_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "kernel/clock.h"
#include "kernel/loader.h"
#include "kernel/programs.h"
#include "why.h"
#include "why.skel.h"
#include "why/calls.h"

/*
 * Larger than the buffer that an iterator fills (eight pages of 4 KiB), so a read is whole records.
 */
#define READ_MAX 65536

struct why_source {
	struct filter filter;
	struct loader loader;
	struct why_bpf *skel;
	const struct bpf_link *walks[WHY_WALKS];
	char *room; /* READ_MAX bytes */
	struct why_seen seen;
};

static int open_object(void *ctx, const struct bpf_object_open_opts *opts, struct bpf_object **obj)
{
	struct why_source *s = ctx;

	s->skel = why_bpf__open_opts(opts);
	if (!s->skel)
		return -errno;
	*obj = s->skel->obj;
	return 0;
}

static int prepare_object(void *ctx, const struct hooks *h, const struct kernel_types *types)
{
	struct why_source *s = ctx;
	struct why_bpf__rodata *settings = s->skel->rodata;
	int possible = libbpf_num_possible_cpus();
	const struct call *call;

	(void)h;
	PROGRAMS_SET(settings, &s->filter, types);
	programs_bring(s->skel->maps.brought, NULL);
	settings->setting_cpus_online = (uint32_t)get_nprocs();
	settings->setting_cpus_possible = possible > 0 ? (uint32_t)possible : 0;
	for (size_t i = 0; (call = call_at(i)); i++) {
		if (call->number >= 0 && call->number < WHY_CALLS_MAX)
			settings->setting_takes_fd[call->number] = call->takes_fd;
	}
	return 0;
}

static int load_object(void *ctx)
{
	struct why_source *s = ctx;

	return why_bpf__load(s->skel);
}

static void close_object(void *ctx)
{
	struct why_source *s = ctx;

	why_bpf__destroy(s->skel);
	s->skel = NULL;
}

static const enum hook_id no_hook[] = {HOOK_STATE};

static const struct loader_object why_object = {
	.hooks = no_hook,
	.hook_count = 0,
	.without = "a look attaches to no hook",
	.open = open_object,
	.prepare = prepare_object,
	.load = load_object,
	.close = close_object,
};

static const struct {
	const char *hook, *meaning;
} walks[WHY_WALKS] = {
	[WHY_WALK_LISTENERS] = {"iter/task_file", "who holds a listener, and who watches it"},
	[WHY_WALK_THREADS] = {"iter/task", "what the threads of those processes do"},
	[WHY_WALK_OTHERS] = {"iter/task_file", "who has the other end of what they wait for"},
};

const char *why_walk_hook(enum why_walk walk)
{
	return walks[walk].hook;
}

const char *why_walk_meaning(enum why_walk walk)
{
	return walks[walk].meaning;
}

static int attach(struct why_source *s, char *err, size_t err_size)
{
	const struct bpf_program *const programs[WHY_WALKS] = {
		[WHY_WALK_LISTENERS] = s->skel->progs.why_listeners,
		[WHY_WALK_THREADS] = s->skel->progs.why_threads,
		[WHY_WALK_OTHERS] = s->skel->progs.why_others,
	};

	for (enum why_walk i = 0; i < WHY_WALKS; i++) {
		s->walks[i] = loader_iterate(&s->loader, programs[i], NULL);
		if (!s->walks[i]) {
			int rc = -errno;

			snprintf(err, err_size, "the kernel refuses %s, which tells %s: %s",
				 walks[i].hook, walks[i].meaning, strerror(-rc));
			return rc;
		}
	}
	return 0;
}

int why_source_open(struct why_source **out, const struct kernel_options *options, char *err,
		    size_t err_size)
{
	struct why_source *s = calloc(1, sizeof(*s));
	int rc = -ENOMEM;

	if (s)
		s->room = malloc(READ_MAX);
	if (!s || !s->room) {
		snprintf(err, err_size, "out of memory");
		goto fail;
	}
	s->filter = options->filter;
	rc = loader_open(&s->loader, &why_object, s, options, NULL, err, err_size);
	if (rc)
		goto fail;
	rc = attach(s, err, err_size);
	if (rc)
		goto fail;
	*out = s;
	return 0;
fail:
	why_source_free(s);
	return rc;
}

static int hand_over(const char *bytes, size_t size, record_fn fn, void *ctx)
{
	struct why_hdr h;
	int rc = 0;

	for (size_t at = 0; !rc && at + sizeof(h) <= size; at += h.size) {
		memcpy(&h, bytes + at, sizeof(h));
		if (h.size < sizeof(h) || h.size > size - at)
			return -EBADMSG;
		rc = fn(ctx, bytes + at, h.size);
	}
	return rc;
}

static int walk(struct why_source *s, enum why_walk which, record_fn fn, void *ctx)
{
	int iter = bpf_iter_create(bpf_link__fd(s->walks[which])), rc = 0;
	uint64_t begin = clock_cpu_ns();
	ssize_t n;

	if (iter < 0)
		return -errno;
	while (!rc && (n = read(iter, s->room, READ_MAX)) != 0) {
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		rc = n < 0 ? -errno : hand_over(s->room, (size_t)n, fn, ctx);
	}
	close(iter);
	s->seen.cpu_ns[which] = clock_cpu_ns() - begin;
	return rc;
}

int why_source_look(struct why_source *s, uint32_t netns, uint16_t port, bool others, record_fn fn,
		    void *ctx)
{
	struct why_bpf__bss *bss = s->skel->bss;
	uint64_t begin = clock_now_ns();
	int rc;

	bss->look_number++;
	bss->only_netns = netns;
	bss->only_port = port;
	bss->files_seen = bss->threads_seen = bss->marks_lost = 0;
	s->seen = (struct why_seen){0};
	rc = walk(s, WHY_WALK_LISTENERS, fn, ctx);
	if (!rc)
		rc = walk(s, WHY_WALK_THREADS, fn, ctx);
	if (!rc && others)
		rc = walk(s, WHY_WALK_OTHERS, fn, ctx);
	s->seen.files = bss->files_seen;
	s->seen.threads = bss->threads_seen;
	s->seen.marks_lost = bss->marks_lost;
	s->seen.took_ns = clock_now_ns() - begin;
	return rc;
}

struct why_seen why_source_seen(const struct why_source *s)
{
	return s->seen;
}

void why_source_free(struct why_source *s)
{
	if (!s)
		return;
	loader_close(&s->loader);
	free(s->room);
	free(s);
}
