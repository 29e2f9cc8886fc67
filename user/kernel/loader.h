/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loader.h - loads one object of BPF programs and attaches them, hook by hook, by trying.
 *
 * A pass chooses hooks (fact/hooks.h), opens the object, loads it and attaches the programs of the
 * chosen hooks. When the kernel refuses a program, its hook is marked as refused and another pass
 * is made, since another hook may serve the same fact. One policy for all objects: the program that
 * libbpf named is left out, and no other. Nothing follows from the version of the kernel.
 *
 * The loader itself is the same for all objects. What is special about one object is in its struct
 * loader_object.
 *
 *	rc = loader_open(&s->loader, &object, s, &options, facts, err, err_size);
 *	...
 *	loader_close(&s->loader);
 */
#ifndef SOCKSTATE_LOADER_H
#define SOCKSTATE_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/coverage.h"
#include "fact/hooks.h"
#include "kernel/farewell.h"
#include "kernel/source.h"

struct bpf_iter_attach_opts;
struct bpf_link;
struct bpf_object;
struct bpf_object_open_opts;
struct bpf_program;
struct kernel_types;
struct loader;

#define LOADER_PROGRAMS_MAX  (HOOK_COUNT * HOOK_PROGRAMS_MAX)
#define LOADER_ITERATORS_MAX 8

/*
 * An object of programs. Each function gets the ctx of loader_open(); all but open and close may be
 * NULL.
 */
struct loader_object {
	/* The hooks that the object has programs for. NULL: all; a count of 0: none of them. */
	const enum hook_id *hooks;
	size_t hook_count;
	/* Why the other hooks are not there, for `doctor`. */
	const char *without;
	/*
	 * Programs that belong to no hook and that the object can do without: names, then NULL.
	 * NULL: there are none.
	 */
	const char *const *optional;
	/*
	 * True: prepare() makes settings from the choice of hooks, so the object is loaded again
	 * whenever the choice changes. False: it is loaded again only if the new choice has a hook
	 * whose programs are not loaded yet.
	 */
	bool settings_follow_choice;

	/* Opens the object; a negative errno and *obj untouched where that fails. */
	int (*open)(void *ctx, const struct bpf_object_open_opts *opts, struct bpf_object **obj);
	/* Settings and sizes, between open and load. */
	int (*prepare)(void *ctx, const struct hooks *h, const struct kernel_types *types);
	/*
	 * NULL: bpf_object__load(). A skeleton has a function of its own, which also maps its data.
	 */
	int (*load)(void *ctx);
	/* Called when all is attached; calls hooks_refuse() for the hooks that see nothing. */
	void (*test)(void *ctx, struct loader *l);
	/* Destroys the object; also after an open that failed. */
	void (*close)(void *ctx);
};

struct loader {
	const struct loader_object *object;
	void *ctx;
	struct bpf_object *obj; /* the object's; NULL between passes */
	bool verbose;
	struct hooks hooks;
	unsigned int refused_optional; /* bit i: object->optional[i] */
	struct bpf_link *links[LOADER_PROGRAMS_MAX];
	struct {
		int fd;
		bool counts; /* a missed run of this program is a lost fact */
	} attached[LOADER_PROGRAMS_MAX];
	size_t attached_count;
	struct bpf_link *iterators[LOADER_ITERATORS_MAX];
	size_t iterator_count;
	struct farewell farewell; /* of all links */
	int tracefs; /* -EAGAIN: not opened yet; else the result of programs_tracefs() */
};

/*
 * Loads and attaches. facts, if not NULL, is filled with what the hooks give. On an error l is
 * closed. -EPERM, -EACCES and -ENOENT mean the same as in source_kernel_open().
 */
int loader_open(struct loader *l, const struct loader_object *object, void *ctx,
		const struct kernel_options *options, struct fact_list *facts, char *err,
		size_t err_size);
/* A zeroed l is fine. */
void loader_close(struct loader *l);

/* Detaches the i-th program of a hook. */
void loader_detach(struct loader *l, enum hook_id id, size_t i);

/*
 * Attaches an iterator for as long as l is open. programs_walk() then runs it as often as wanted,
 * without the rights that attaching takes. NULL and errno where the kernel refuses.
 */
const struct bpf_link *loader_iterate(struct loader *l, const struct bpf_program *program,
				      const struct bpf_iter_attach_opts *opts);

/*
 * How many facts were lost because a program did not run: the kernel does not run a program on a
 * CPU where it is running already. Without those of HOOK_STATE, which has a second program.
 */
uint64_t loader_missed(const struct loader *l);

#endif
