// SPDX-License-Identifier: BSD-2-Clause
/*
 * stream_source.c - the programs of the stream: their description for the loader (loader.h), their
 * rings, and the counts of facts that they could not send.
 */
#include "kernel/stream_source.h"
#include "kernel/look.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/btf.h"
#include "counts.h"
#include "existing.h"
#include "fact/hooks.h"
#include "kernel/loader.h"
#include "kernel/mapped_rings.h"
#include "kernel/programs.h"
#include "kernel/self_test.h"
#include "kernel/sockdiag.h"
#include "sockstate.skel.h"

struct source_kernel {
	struct filter filter;
	bool raw;
	struct loader loader;
	struct sockstate_bpf *skel;
	struct mapped_rings rings;
	const struct bpf_link *listening_walk; /* NULL where the kernel refuses it */
	int cpus;
	__u64 *by_cpu; /* buffer: one count for each CPU */
	struct sockdiag *sockdiag;
};

/* ---- the object of programs ---- */

static void set_settings(struct source_kernel *s, const struct kernel_types *types)
{
	struct sockstate_bpf__rodata *settings = s->skel->rodata;
	struct stat pidns;

	PROGRAMS_SET(settings, &s->filter, types);
	settings->setting_raw = s->raw;
	settings->setting_rings = s->rings.count;
	settings->setting_ring_bytes = s->rings.bytes;
	settings->setting_wake_bytes = s->rings.wake_bytes;
	if (!stat("/proc/self/ns/pid", &pidns)) {
		settings->setting_pidns_dev = pidns.st_dev;
		settings->setting_pidns_ino = pidns.st_ino;
		settings->setting_self = (uint32_t)getpid();
	}
}

static int open_object(void *ctx, const struct bpf_object_open_opts *opts, struct bpf_object **obj)
{
	struct source_kernel *s = ctx;

	s->skel = sockstate_bpf__open_opts(opts);
	if (!s->skel)
		return -errno;
	*obj = s->skel->obj;
	return 0;
}

static int prepare_object(void *ctx, const struct hooks *h, const struct kernel_types *types)
{
	struct source_kernel *s = ctx;

	set_settings(s, types);
	s->skel->rodata->setting_cookie_made =
		h->chosen[HOOK_COOKIE_MADE_V4] && h->chosen[HOOK_COOKIE_MADE_V6];
	s->skel->rodata->setting_dropped_sock =
		kernel_types_tracepoint_args(types, "kfree_skb") == 4;
	programs_bring(s->skel->maps.brought, &s->filter);
	return mapped_rings_size(&s->rings, s->skel->maps.ring_ends, s->skel->maps.ring_chunks);
}

static int load_object(void *ctx)
{
	struct source_kernel *s = ctx;

	return sockstate_bpf__load(s->skel);
}

static void test_object(void *ctx, struct loader *l)
{
	struct source_kernel *s = ctx;

	self_test(&l->hooks, s->skel->bss);
	loader_detach(l, HOOK_SYN_FREED, 2); /* the program that only the self-test needs */
}

static void close_object(void *ctx)
{
	struct source_kernel *s = ctx;

	sockstate_bpf__destroy(s->skel);
	s->skel = NULL;
}

/*
 * Without these walks, owners are read from /proc, and the queues of a listener are known only when
 * they change.
 */
static const char *const optional_programs[] = {"existing_files", "listening_files", NULL};

static const struct loader_object stream_object = {
	.optional = optional_programs,
	.open = open_object,
	.prepare = prepare_object,
	.load = load_object,
	.test = test_object,
	.close = close_object,
};

/* ---- the source ---- */

static int open_parts(struct source_kernel *s, const struct kernel_options *options,
		      struct fact_list *facts, char *err, size_t err_size)
{
	int rc;

	s->cpus = kernel_cpus(err, err_size);
	if (s->cpus < 0)
		return s->cpus;
	s->by_cpu = calloc((size_t)s->cpus, sizeof(*s->by_cpu));
	if (!s->by_cpu) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	mapped_rings_plan(&s->rings, options->ring_bytes, s->cpus);
	rc = loader_open(&s->loader, &stream_object, s, options, facts, err, err_size);
	if (rc)
		return rc;
	rc = mapped_rings_open(&s->rings, s->skel->maps.ring_ends, s->skel->maps.ring_chunks,
			       s->skel->maps.bell);
	if (rc) {
		snprintf(err, err_size, "cannot map %u rings of %zu bytes: %s", s->rings.count,
			 s->rings.bytes, strerror(-rc));
		return rc;
	}
	s->listening_walk = loader_iterate(&s->loader, s->skel->progs.listening_files, NULL);
	return 0;
}

int source_kernel_open(struct source_kernel **out, const struct kernel_options *options,
		       struct fact_list *facts, char *err, size_t err_size)
{
	struct source_kernel *s = calloc(1, sizeof(*s));
	int rc;

	if (!s) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	s->filter = options->filter;
	s->raw = options->raw;
	rc = open_parts(s, options, facts, err, err_size);
	if (rc) {
		source_kernel_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void source_kernel_free(struct source_kernel *s)
{
	if (!s)
		return;
	mapped_rings_close(&s->rings);
	loader_close(&s->loader);
	sockdiag_free(s->sockdiag);
	free(s->by_cpu);
	free(s);
}

int source_kernel_wait(const struct source_kernel *s, int timeout_ms)
{
	return mapped_rings_wait(&s->rings, timeout_ms);
}

bool source_kernel_were_full(const struct source_kernel *s)
{
	return mapped_rings_were_full(&s->rings);
}

unsigned int source_kernel_fill(const struct source_kernel *s)
{
	return mapped_rings_fill(&s->rings);
}

int source_kernel_poll(struct source_kernel *s, record_fn fn, void *ctx)
{
	return mapped_rings_poll(&s->rings, fn, ctx);
}

int source_kernel_poll_ahead(struct source_kernel *s, record_fn fn, void *ctx)
{
	return mapped_rings_poll_ahead(&s->rings, fn, ctx);
}

uint64_t source_kernel_complete_until(const struct source_kernel *s)
{
	return s->rings.complete;
}

/* ---- what did not arrive ---- */

uint64_t source_kernel_abandon(struct source_kernel *s, uint64_t until)
{
	return mapped_rings_abandon(&s->rings, until);
}

/* The sum of a count over all CPUs. */
static int read_count(const struct source_kernel *s, enum count which, uint64_t *sum)
{
	__u32 key = which;
	int rc = bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.counts), &key, s->by_cpu);

	if (rc)
		return rc;
	*sum = 0;
	for (int i = 0; i < s->cpus; i++)
		*sum += s->by_cpu[i];
	return 0;
}

int source_kernel_lost(struct source_kernel *s, uint64_t lost[FACT_LOST_PLACES])
{
	uint64_t ring, map, recovered, missed;
	int rc = read_count(s, COUNT_LOST_RING, &ring);

	if (!rc)
		rc = read_count(s, COUNT_LOST_MAP, &map);
	if (!rc)
		rc = read_count(s, COUNT_RECOVERED, &recovered);
	if (rc)
		return rc;
	/* Transitions that the first program missed and the second did not make up for. */
	missed = programs_missed(bpf_program__fd(s->skel->progs.set_state));
	missed = missed > recovered ? missed - recovered : 0;
	missed += loader_missed(&s->loader);
	memset(lost, 0, FACT_LOST_PLACES * sizeof(lost[0]));
	lost[FACT_LOST_RING] = ring;
	lost[FACT_LOST_MAP] = map;
	lost[FACT_LOST_RECURSION] = missed;
	return 0;
}

/* ---- for kernel/snapshot.c ---- */

int source_kernel_owners(struct source_kernel *s, record_fn fn, void *ctx)
{
	return programs_walk_once(s->skel->progs.existing_files, fn, ctx);
}

int source_kernel_walk_listeners(struct source_kernel *s, record_fn fn, void *ctx)
{
	if (!s->listening_walk)
		return -EOPNOTSUPP;
	return programs_walk(s->listening_walk, fn, ctx);
}

struct sockdiag **source_kernel_sockdiag(struct source_kernel *s)
{
	return &s->sockdiag;
}

const struct filter *source_kernel_filter(const struct source_kernel *s)
{
	return &s->filter;
}
