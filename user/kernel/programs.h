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
#include "settings.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

#ifdef SYS_accept
#define PROGRAMS_NR_ACCEPT SYS_accept
#else
#define PROGRAMS_NR_ACCEPT -1
#endif

/*
 * Writes the settings of bpf/settings.bpf.h that all objects have, from a struct filter and a
 * struct kernel_types. It is a macro because each skeleton has its own type for its read-only data.
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
		for (unsigned int i_ = 0; i_ < (f)->lport_ranges; i_++) {              \
			(settings)->setting_first_lport[i_] = (f)->lports[i_].first;   \
			(settings)->setting_last_lport[i_] = (f)->lports[i_].last;     \
		}                                                                      \
		(settings)->setting_lport_ranges = (f)->lport_ranges;                  \
		for (unsigned int i_ = 0; i_ < (f)->rport_ranges; i_++) {              \
			(settings)->setting_first_rport[i_] = (f)->rports[i_].first;   \
			(settings)->setting_last_rport[i_] = (f)->rports[i_].last;     \
		}                                                                      \
		(settings)->setting_rport_ranges = (f)->rport_ranges;                  \
		for (unsigned int i_ = 0; i_ < (f)->laddrs; i_++)                      \
			(settings)->setting_laddr[i_] = (f)->laddr[i_];                \
		(settings)->setting_laddrs = (f)->laddrs;                              \
		for (unsigned int i_ = 0; i_ < (f)->hosts; i_++)                       \
			(settings)->setting_host[i_] = (f)->host[i_];                  \
		(settings)->setting_hosts = (f)->hosts;                                \
		(settings)->setting_netns = (f)->netns;                                \
		(settings)->setting_ipv4 = (f)->ipv4;                                  \
		(settings)->setting_ipv6 = (f)->ipv6;                                  \
		(settings)->setting_io_uring_cqe =                                     \
			kernel_types_tracepoint_args(types, "io_uring_complete") == 3; \
		(settings)->setting_cast = programs_casts((settings)->setting_types);  \
		(settings)->setting_nr_accept = PROGRAMS_NR_ACCEPT;                    \
		(settings)->setting_nr_accept4 = SYS_accept4;                          \
	} while (0)

/*
 * Call before an object is opened: from then on attach targets are looked up in these types. libbpf
 * would read and parse all kernel types for that, which is a fifth of the start-up time. The types
 * must be kept until the last load.
 */
void programs_know(const struct kernel_types *types);
/*
 * Whether bpf/load.bpf.h may use plain loads; the numbers of the types that it names. After
 * programs_know().
 */
bool programs_casts(uint32_t types[CAST_TYPE_COUNT]);

/*
 * From now on, programs are loaded with the settings of this object as constants (base/fold.h).
 * Call when they are final, before loading.
 */
void programs_fold(const struct bpf_object *obj);
/* Ends that, before the object goes. Returns how many loads of settings have become constants. */
size_t programs_fold_end(void);

/* Marks which of the object's programs are loaded. */
void programs_choose(const struct bpf_object *obj, const struct hooks *h);

/*
 * Makes the map of the object's variables that begin as zero. libbpf would copy all those zeros, up
 * to 1.3 MB, into a map that the kernel has just zeroed. Call before loading. Returns 0 or a
 * negative errno.
 */
int programs_zeroes(struct bpf_object *obj);

struct bpf_map;

/*
 * Leaves no more than its head of the table of what a listener brings (bpf/brought.bpf.h) where the
 * filter cannot bring anything, or (NULL) the programs do not. Call before loading.
 */
void programs_bring(struct bpf_map *brought, const struct filter *f);

/*
 * Returns a descriptor of a tracefs directory for programs_attach(), or a negative errno. tracefs
 * need not be mounted.
 */
int programs_tracefs(void);
/*
 * target: as in struct hook_program. tracefs: the result of programs_tracefs(), also if that was an
 * error. Returns NULL with errno if the kernel refuses.
 */
struct bpf_link *programs_attach(const struct bpf_program *program, enum hook_kind kind,
				 const char *target, int tracefs);

/*
 * Runs an iterator to its end. fn gets each record that the program writes, which begins with a
 * struct fact_hdr, until it returns a value other than 0. Returns 0, the value of fn, or a negative
 * errno. fn may be NULL for a program that writes nothing.
 */
int programs_walk(const struct bpf_link *link, record_fn fn, void *ctx);
/* The same for a program that is attached for this one time. */
int programs_walk_once(const struct bpf_program *program, record_fn fn, void *ctx);

/* How often the program did not run because it was running already on that CPU. */
uint64_t programs_missed(int program);

#endif
