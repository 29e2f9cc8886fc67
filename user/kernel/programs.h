/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * programs.h - what the loader (loader.h) and the sources do with programs of any object: settings,
 * choice, attachment, walks, missed runs.
 */
#ifndef SOCKSTATE_PROGRAMS_H
#define SOCKSTATE_PROGRAMS_H

#include <stdint.h>
#include <sys/syscall.h>

#include "base/btf.h"
#include "event/filter.h"
#include "fact/hooks.h"
#include "kernel/source.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

#ifdef SYS_accept
#define PROGRAMS_NR_ACCEPT SYS_accept
#else
#define PROGRAMS_NR_ACCEPT -1
#endif

/*
 * Of bpf/settings.bpf.h those that both have, from a struct filter and struct kernel_types. A
 * macro, since each skeleton has a type of its own for its read-only data.
 */
#define PROGRAMS_SET(settings, f, types)                                               \
	do {                                                                           \
		_Static_assert(sizeof((settings)->setting_first_port) ==               \
				       FILTER_RANGES_MAX * sizeof(__u16),              \
			       "the programs have room for every range of a filter");  \
		for (unsigned int i_ = 0; i_ < (f)->port_ranges; i_++) {               \
			(settings)->setting_first_port[i_] = (f)->ports[i_].first;     \
			(settings)->setting_last_port[i_] = (f)->ports[i_].last;       \
		}                                                                      \
		(settings)->setting_port_ranges = (f)->port_ranges;                    \
		(settings)->setting_local_port = (f)->side != SIDE_CLIENT;             \
		(settings)->setting_remote_port = (f)->side != SIDE_SERVER;            \
		(settings)->setting_netns = (f)->netns;                                \
		(settings)->setting_ipv4 = (f)->ipv4;                                  \
		(settings)->setting_ipv6 = (f)->ipv6;                                  \
		(settings)->setting_io_uring_cqe =                                     \
			kernel_types_tracepoint_args(types, "io_uring_complete") == 3; \
		(settings)->setting_nr_accept = PROGRAMS_NR_ACCEPT;                    \
		(settings)->setting_nr_accept4 = SYS_accept4;                          \
	} while (0)

/*
 * Before an object is opened: from here on programs are tied to their places by these types. libbpf
 * would read and parse all of the kernel's types for that, a fifth of the start-up time. To be kept
 * until the last load.
 */
void programs_know(const struct kernel_types *types);

/* Which of an object's programs are to be loaded. */
void programs_choose(const struct bpf_object *obj, const struct hooks *h);

/*
 * A directory of tracefs that needs not be mounted, for programs_attach(); a descriptor or a
 * negative errno.
 */
int programs_tracefs(void);
/*
 * target as in struct hook_program, tracefs as it was returned, good or bad. NULL and errno where
 * the kernel refuses.
 */
struct bpf_link *programs_attach(const struct bpf_program *program, enum hook_kind kind,
				 const char *target, int tracefs);

/*
 * Runs an iterator to its end; fn, if there is one, gets each record of `size` bytes that its
 * program wrote, until it returns other than 0. 0, what fn returned, or a negative errno.
 */
int programs_walk(const struct bpf_link *link, size_t size, record_fn fn, void *ctx);
/* The same for a program that is attached for this one time. */
int programs_walk_once(const struct bpf_program *program, size_t size, record_fn fn, void *ctx);

/* How often it did not run because it would have interrupted itself. */
uint64_t programs_missed(int program);

#endif
