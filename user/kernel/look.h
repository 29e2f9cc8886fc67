/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look.h - what this kernel has, found out before any program of ours is loaded: its types, the
 * places that our hooks want, and whether it lets functions be hooked at all.
 */
#ifndef SOCKSTATE_KERNEL_LOOK_H
#define SOCKSTATE_KERNEL_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

struct bpf_object;
struct hooks;
struct kernel_types;

struct kernel {
	void *btf;
	size_t btf_size;
	bool mapped;
	struct kernel_types *types;
	int extract; /* a file in memory for the types that our programs read; -1 none */
	bool extracted;
};

#define KERNEL_PATH_MAX 32

/* -ENOENT, with the remedy in err, where /sys or /proc is not mounted: nothing works without. */
int kernel_mounts(char *err, size_t err_size);
/* How many CPUs this machine may have. Asks kernel_mounts() first. */
int kernel_cpus(char *err, size_t err_size);

/* k is to be done with also on error. -EACCES where we may not read the types, else -ENOENT. */
int kernel_look(struct kernel *k, char *err, size_t err_size);
void kernel_done(struct kernel *k);

/*
 * What is not there, or does not say enough in this kernel, need not be tried: those hooks are
 * refused.
 */
void kernel_refuse(const struct kernel *k, struct hooks *h);

/*
 * Those of the kernel's types that the programs' own BTF names, in a file for libbpf. It would else
 * look through all of the kernel's types for each of them (half of the start-up time), and, not
 * finding one, through those of modules (which takes CAP_SYS_ADMIN). The path is for opening the
 * programs, the file is written before they are loaded, once.
 */
int kernel_extract_path(struct kernel *k, char path[KERNEL_PATH_MAX]);
int kernel_extract(struct kernel *k, const struct bpf_object *obj);

#endif
