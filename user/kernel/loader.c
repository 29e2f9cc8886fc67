// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/loader.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/btf.h"
#include "base/errnos.h"
#include "kernel/libbpf_log.h"
#include "kernel/lockdown.h"
#include "kernel/look.h"
#include "kernel/programs.h"

/* Each pass marks at least one hook or program as refused, or is the last one. */
#define PASSES_MAX (HOOK_COUNT + 32)

#define TRACEFS_UNKNOWN (-EAGAIN)

/* ---- what is to be loaded ---- */

static bool has_hook(const struct loader_object *object, enum hook_id id)
{
	for (size_t i = 0; object->hooks && i < object->hook_count; i++) {
		if (object->hooks[i] == id)
			return true;
	}
	return !object->hooks;
}

static void refuse_hooks(struct loader *l, const struct kernel_options *options,
			 const struct kernel *k)
{
	hooks_init(&l->hooks, options->name_syn_drops, options->syscall_fallback,
		   options->force_absent);
	kernel_refuse(k, &l->hooks);
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (!has_hook(l->object, id))
			hooks_refuse(&l->hooks, id, "%s", l->object->without);
	}
}

static void choose(struct loader *l)
{
	hooks_choose(&l->hooks);
	/* This hook is part of every choice. */
	l->hooks.chosen[HOOK_STATE] = has_hook(l->object, HOOK_STATE);
}

static void leave_out_optional(const struct loader *l)
{
	for (size_t i = 0; l->object->optional && l->object->optional[i]; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(l->obj, l->object->optional[i]);

		if (program && l->refused_optional & 1u << i)
			bpf_program__set_autoload(program, false);
	}
}

/* ---- load ---- */

static int open_and_load(struct loader *l, struct kernel *k)
{
	/* 4: how long the verifier took. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_level = l->verbose ? 4 : 0);
	const struct loader_object *object = l->object;
	char path[KERNEL_PATH_MAX];
	size_t folded;
	int rc = kernel_extract_path(k, path);

	libbpf_log_clear();
	if (rc)
		return rc;
	opts.btf_custom_path = path;
	rc = object->open(l->ctx, &opts, &l->obj);
	if (!rc)
		rc = kernel_extract(k, l->obj);
	if (rc)
		return rc;
	programs_choose(l->obj, &l->hooks);
	leave_out_optional(l);
	rc = programs_zeroes(l->obj);
	if (!rc && object->prepare)
		rc = object->prepare(l->ctx, &l->hooks, k->types);
	if (rc)
		return rc;
	libbpf_log_clear(); /* messages from opening do not explain a failure to load */
	programs_fold(l->obj);
	rc = object->load ? object->load(l->ctx) : bpf_object__load(l->obj);
	folded = programs_fold_end();
	if (!rc && l->verbose)
		fprintf(stderr, "%zu loads of settings are constants\n", folded);
	return rc;
}

static void unload(struct loader *l)
{
	for (size_t i = 0; i < l->iterator_count; i++)
		bpf_link__destroy(l->iterators[i]);
	l->iterator_count = 0;
	for (size_t i = 0; i < LOADER_PROGRAMS_MAX; i++) {
		bpf_link__destroy(l->links[i]);
		l->links[i] = NULL;
	}
	l->attached_count = 0;
	l->object->close(l->ctx);
	l->obj = NULL;
}

/* Marks what the kernel refused to load as refused. False: the object cannot do without it. */
static bool blame(struct loader *l, int rc)
{
	const char *program = libbpf_log_complaint()->program;
	enum hook_id id = hooks_of_program(program);

	if (!program[0] || id == HOOK_STATE)
		return false;
	if (id < HOOK_COUNT) {
		hooks_refuse(&l->hooks, id, "%s refused: %s", program, errno_name(-rc));
		return true;
	}
	for (size_t i = 0; l->object->optional && l->object->optional[i]; i++) {
		if (!strcmp(l->object->optional[i], program)) {
			l->refused_optional |= 1u << i;
			return true;
		}
	}
	return false;
}

/* If no program may be loaded, libbpf names none, or the first one, which is that of HOOK_STATE. */
static void say_load_failure(int rc, char *err, size_t err_size)
{
	const struct libbpf_complaint *c = libbpf_log_complaint();
	char text[LOCKDOWN_MAX];
	const char *mode = lockdown_mode(text);

	if (mode && !strcmp(mode, "confidentiality"))
		/* The verifier then knows no bpf_probe_read_kernel(): EINVAL. */
		snprintf(err, err_size,
			 "the kernel is locked down (confidentiality), which lets no "
			 "program read its memory: lockdown=integrity allows tracing");
	else if (rc == -EPERM && (!c->program[0] || hooks_of_program(c->program) == HOOK_STATE))
		snprintf(
			err, err_size,
			"the kernel refuses to load tracing programs: capabilities of a container or user namespace "
			"do not count, kernel lockdown or a security module may forbid it too");
	else if (rc == -EFBIG)
		snprintf(err, err_size,
			 "the limit on the size of files is too low for the kernel's types (ulimit "
			 "-f): raise it to 64 MiB");
	else
		snprintf(err, err_size, "the kernel did not load the programs: %s%s%s",
			 strerror(-rc), c->line[0] ? "; " : "", c->line);
}

/* ---- attach ---- */

static struct bpf_link **link_of(struct loader *l, enum hook_id id, size_t i)
{
	return &l->links[(size_t)id * HOOK_PROGRAMS_MAX + i];
}

/* Remembers a program once, even if it is attached to two places. */
static void remember_attached(struct loader *l, int program, bool counts)
{
	for (size_t i = 0; i < l->attached_count; i++) {
		if (l->attached[i].fd == program)
			return;
	}
	l->attached[l->attached_count].fd = program;
	l->attached[l->attached_count++].counts = counts;
}

/* Attaches the hook's programs. The object for --summary has fewer of them than the stream's. */
static int attach_hook(struct loader *l, enum hook_id id)
{
	const struct hook *hook = hook_get(id);

	if (hook->kind == HOOK_SYSCALL && l->tracefs == TRACEFS_UNKNOWN)
		l->tracefs = programs_tracefs();
	for (size_t i = 0; i < HOOK_PROGRAMS_MAX && hook->programs[i].name; i++) {
		const struct bpf_program *program =
			bpf_object__find_program_by_name(l->obj, hook->programs[i].name);
		struct bpf_link *link;

		if (!program)
			continue;
		link = programs_attach(program, hook->kind, hook->programs[i].target, l->tracefs);
		if (!link)
			return -errno;
		*link_of(l, id, i) = link;
		remember_attached(l, bpf_program__fd(program),
				  !hook->programs[i].mostly_unrelated && id != HOOK_STATE);
	}
	return 0;
}

void loader_detach(struct loader *l, enum hook_id id, size_t i)
{
	struct bpf_link **link = link_of(l, id, i);

	bpf_link__destroy(*link);
	*link = NULL;
}

static void detach_hook(struct loader *l, enum hook_id id)
{
	for (size_t i = 0; i < HOOK_PROGRAMS_MAX; i++)
		loader_detach(l, id, i);
}

static void refuse_attach(struct loader *l, enum hook_id id, int rc)
{
	const struct hook *hook = hook_get(id);

	detach_hook(l, id);
	if (hook->kind == HOOK_SYSCALL && (rc == -EACCES || rc == -EPERM))
		hooks_refuse(&l->hooks, id,
			     "system call tracepoints refused: %s, only root has them",
			     errno_name(-rc));
	else
		hooks_refuse(&l->hooks, id, "%s refused: %s", hook->programs[0].target,
			     errno_name(-rc));
}

/*
 * Chooses again after the kernel refused to attach some hooks, and detaches the hooks that the new
 * choice does not have. False: the new choice needs another pass, with the object loaded anew.
 */
static bool settle(struct loader *l)
{
	bool before[HOOK_COUNT];

	memcpy(before, l->hooks.chosen, sizeof(before));
	choose(l);
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (l->hooks.chosen[id] == before[id])
			continue;
		if (l->hooks.chosen[id] || l->object->settings_follow_choice)
			return false;
		detach_hook(l, id);
	}
	return true;
}

/* Attaches all chosen hooks. HOOK_STATE has no fallback: an error there is final. */
static int attach_chosen(struct loader *l)
{
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		int rc = l->hooks.chosen[id] ? attach_hook(l, id) : 0;

		if (rc && id == HOOK_STATE)
			return rc;
		if (rc)
			refuse_attach(l, id, rc);
	}
	if (l->object->test)
		l->object->test(l->ctx, l);
	return 0;
}

/* ---- the passes ---- */

static int load_and_attach(struct loader *l, struct kernel *k, char *err, size_t err_size)
{
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		int rc;

		choose(l);
		rc = open_and_load(l, k);
		if (rc) {
			unload(l);
			if (blame(l, rc))
				continue;
			say_load_failure(rc, err, err_size);
			return rc;
		}
		rc = attach_chosen(l);
		if (rc) {
			snprintf(err, err_size,
				 "the kernel did not attach to inet_sock_set_state: %s",
				 strerror(-rc));
			return rc;
		}
		if (settle(l))
			return 0;
		unload(l);
	}
	snprintf(err, err_size, "the kernel refuses a different hook each time");
	return -EAGAIN;
}

/* Now that no hook is given up any more. */
static void part_quickly(struct loader *l)
{
	int fds[LOADER_PROGRAMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < LOADER_PROGRAMS_MAX; i++) {
		if (l->links[i])
			fds[count++] = bpf_link__fd(l->links[i]);
	}
	if (count)
		farewell_open(&l->farewell, fds, count);
}

int loader_open(struct loader *l, const struct loader_object *object, void *ctx,
		const struct kernel_options *options, struct fact_list *facts, char *err,
		size_t err_size)
{
	struct kernel kernel;
	int rc;

	*l = (struct loader){.object = object,
			     .ctx = ctx,
			     .verbose = options->verbose,
			     .farewell = {-1, -1},
			     .tracefs = TRACEFS_UNKNOWN};
	libbpf_log_take(options->verbose);
	rc = kernel_look(&kernel, err, err_size);
	if (!rc) {
		programs_know(kernel.types);
		refuse_hooks(l, options, &kernel);
		rc = load_and_attach(l, &kernel, err, err_size);
	}
	if (!rc && facts)
		hooks_tell(&l->hooks, kernel_types_find(kernel.types, KERNEL_ENUM, "sk_rst_reason"),
			   facts);
	kernel_done(&kernel);
	if (rc)
		loader_close(l);
	else
		part_quickly(l);
	return rc;
}

void loader_close(struct loader *l)
{
	if (!l->object)
		return;
	unload(l);
	farewell_close(&l->farewell);
	if (l->tracefs >= 0)
		close(l->tracefs);
	*l = (struct loader){0};
}

/* ---- afterwards ---- */

const struct bpf_link *loader_iterate(struct loader *l, const struct bpf_program *program,
				      const struct bpf_iter_attach_opts *opts)
{
	struct bpf_link *link;

	if (l->iterator_count == LOADER_ITERATORS_MAX) {
		errno = E2BIG;
		return NULL;
	}
	link = bpf_program__attach_iter(program, opts);
	if (link)
		l->iterators[l->iterator_count++] = link;
	return link;
}

uint64_t loader_missed(const struct loader *l)
{
	uint64_t missed = 0;

	for (size_t i = 0; i < l->attached_count; i++) {
		if (l->attached[i].counts)
			missed += programs_missed(l->attached[i].fd);
	}
	return missed;
}
