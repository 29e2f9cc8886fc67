// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/file_walk.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/filter.h"
#include "existing.h"
#include "existing.skel.h"
#include "kernel/loader.h"
#include "kernel/privilege.h"
#include "kernel/programs.h"

struct file_walk {
	struct loader loader;
	struct existing_bpf *skel;
	const struct bpf_link *files;
};

static int open_object(void *ctx, const struct bpf_object_open_opts *opts, struct bpf_object **obj)
{
	struct file_walk *w = ctx;

	w->skel = existing_bpf__open_opts(opts);
	if (!w->skel)
		return -errno;
	*obj = w->skel->obj;
	return 0;
}

static int prepare_object(void *ctx, const struct hooks *h, const struct kernel_types *types)
{
	const struct file_walk *w = ctx;

	(void)h;
	(void)types;
	bpf_program__set_autoload(w->skel->progs.listening_files, false);
	programs_bring(w->skel->maps.brought, NULL);
	return 0;
}

static int load_object(void *ctx)
{
	struct file_walk *w = ctx;

	return existing_bpf__load(w->skel);
}

static void close_object(void *ctx)
{
	struct file_walk *w = ctx;

	existing_bpf__destroy(w->skel);
	w->skel = NULL;
}

/* A walk hooks nothing. */
static const enum hook_id no_hooks[1];

static const struct loader_object walk_object = {
	.hooks = no_hooks,
	.hook_count = 0,
	.without = "a list traces nothing",
	.open = open_object,
	.prepare = prepare_object,
	.load = load_object,
	.close = close_object,
};

int file_walk_open(struct file_walk **out, bool verbose, char *err, size_t err_size)
{
	const struct kernel_options options = {.verbose = verbose};
	struct file_walk *w;
	int rc = privilege_check(err, err_size);

	if (rc)
		return rc;
	w = calloc(1, sizeof(*w));
	if (!w) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	rc = loader_open(&w->loader, &walk_object, w, &options, NULL, err, err_size);
	if (rc)
		goto fail;
	w->files = loader_iterate(&w->loader, w->skel->progs.existing_files, NULL);
	if (!w->files) {
		rc = -errno;
		snprintf(err, err_size, "the kernel does not let us walk over files: %s",
			 strerror(-rc));
		goto fail;
	}
	*out = w;
	return 0;
fail:
	file_walk_free(w);
	return rc;
}

int file_walk_owners(void *walk, record_fn fn, void *fn_ctx)
{
	const struct file_walk *w = walk;

	return programs_walk(w->files, fn, fn_ctx);
}

void file_walk_free(struct file_walk *walk)
{
	if (!walk)
		return;
	loader_close(&walk->loader);
	free(walk);
}
