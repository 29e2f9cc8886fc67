// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/look.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/btf.h"
#include "base/errnos.h"
#include "fact/hooks.h"

#define TYPES_MAX 256 /* that our programs know by name */

int kernel_mounts(char *err, size_t err_size)
{
	static const struct {
		const char *path, *remedy;
	} needed[] = {
		{"/proc/self/fd", "/proc is not mounted here: mount -t proc proc /proc"},
		{"/sys/devices/system/cpu/possible",
		 "/sys is not mounted here: mount -t sysfs sysfs /sys"},
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (access(needed[i].path, F_OK)) {
			snprintf(err, err_size, "%s", needed[i].remedy);
			return -ENOENT;
		}
	}
	return 0;
}

int kernel_cpus(char *err, size_t err_size)
{
	int cpus = kernel_mounts(err, err_size);

	if (cpus)
		return cpus;
	cpus = libbpf_num_possible_cpus();
	if (cpus < 0)
		snprintf(err, err_size, "cannot count the processors: %s", strerror(-cpus));
	return cpus;
}

void kernel_done(struct kernel *k)
{
	kernel_types_free(k->types);
	if (k->mapped)
		munmap(k->btf, k->btf_size);
	else
		free(k->btf);
	if (k->extract >= 0)
		close(k->extract);
}

static int read_all(int fd, char *to, size_t size)
{
	while (size) {
		ssize_t n = read(fd, to, size);

		if (n <= 0)
			return n ? -errno : -EBADMSG;
		to += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Mapped where the kernel allows it (6.16 and later), else copied. */
static int kernel_read(struct kernel *k)
{
	int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st)) {
		rc = -errno;
		goto out;
	}
	k->btf_size = (size_t)st.st_size;
	k->btf = mmap(NULL, k->btf_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	k->mapped = k->btf != MAP_FAILED;
	if (k->mapped)
		goto out;
	k->btf = malloc(k->btf_size);
	rc = k->btf ? read_all(fd, k->btf, k->btf_size) : -ENOMEM;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

int kernel_look(struct kernel *k, char *err, size_t err_size)
{
	int rc;

	*k = (struct kernel){.extract = -1};
	rc = kernel_mounts(err, err_size);
	if (rc)
		return rc;
	rc = kernel_read(k);
	if (!rc)
		rc = kernel_types_new(&k->types, k->btf, k->btf_size);
	if (!rc)
		return 0;
	snprintf(err, err_size,
		 "this kernel does not describe its types (" KERNEL_BTF
		 ": %s): it must be built with "
		 "CONFIG_DEBUG_INFO_BTF=y",
		 strerror(-rc));
	return rc == -EACCES ? rc : -ENOENT;
}

static int write_all(int fd, const char *from, size_t size)
{
	while (size) {
		ssize_t n = write(fd, from, size);

		if (n < 0)
			return -errno;
		from += n;
		size -= (size_t)n;
	}
	return 0;
}

int kernel_extract_path(struct kernel *k, char path[KERNEL_PATH_MAX])
{
	if (k->extract < 0)
		k->extract = memfd_create("sockstate-types", MFD_CLOEXEC);
	if (k->extract < 0)
		return -errno;
	snprintf(path, KERNEL_PATH_MAX, "/proc/self/fd/%d", k->extract);
	return 0;
}

int kernel_extract(struct kernel *k, const struct bpf_object *obj)
{
	const struct btf *btf = bpf_object__btf(obj);
	const char *names[TYPES_MAX];
	size_t count = 0, size = 0;
	void *bytes = NULL;
	int rc;

	if (k->extracted)
		return 0;
	for (__u32 id = 1; btf && id < btf__type_cnt(btf) && count < TYPES_MAX; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if ((btf_is_composite(t) || btf_is_any_enum(t) || btf_is_typedef(t)) && t->name_off)
			names[count++] = btf__name_by_offset(btf, t->name_off);
	}
	rc = kernel_types_extract(k->types, names, count, &bytes, &size);
	if (!rc)
		rc = write_all(k->extract, bytes, size);
	k->extracted = !rc;
	free(bytes);
	return rc;
}

/*
 * What is not there need not be tried: libbpf gives up the whole load for one program without its
 * place.
 */
static void refuse_what_is_not_there(struct hooks *h, const struct kernel_types *types)
{
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		const struct hook *hook = hook_get(id);
		enum kernel_thing thing =
			hook->kind == HOOK_FUNCTION ? KERNEL_FUNCTION : KERNEL_TRACEPOINT;

		for (size_t i = 0;
		     hook->kind != HOOK_SYSCALL && i < HOOK_PROGRAMS_MAX && hook->programs[i].name;
		     i++) {
			if (!kernel_types_find(types, thing, hook->programs[i].target))
				hooks_refuse(h, id, "this kernel has no %s %s",
					     thing == KERNEL_FUNCTION ? "function" : "tracepoint",
					     hook->programs[i].target);
		}
	}
}

/*
 * ---- may functions be hooked at all? One small program tells, before twenty others are tried ----
 */

static int try_fentry(uint32_t type_id)
{
	const struct bpf_insn body[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = type_id);
	int program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "try_fentry", "GPL", body, 2, &opts);
	int link;

	if (program < 0)
		return program;
	link = bpf_raw_tracepoint_open(NULL, program);
	close(program);
	if (link < 0)
		return link;
	close(link);
	return 0;
}

static void refuse_fentry(struct hooks *h, const struct kernel_types *types)
{
	uint32_t type_id = kernel_types_find(types, KERNEL_FUNCTION, "inet_listen");
	char why[HOOK_WHY_MAX];
	int rc;

	if (h->refused[HOOK_SYN_BEGIN] || !type_id)
		return;
	rc = try_fentry(type_id);
	if (!rc)
		return;
	snprintf(why, sizeof(why), "fentry refused: %s", errno_name(-rc));
	hooks_refuse_kind(h, HOOK_FUNCTION, why);
}

/* Their places are there, but in this kernel do not say enough. */
static void refuse_what_is_not_told(struct hooks *h, const struct kernel_types *types)
{
	if (!kernel_types_has(types, KERNEL_ENUM, "skb_drop_reason",
			      "SKB_DROP_REASON_TCP_LISTEN_OVERFLOW"))
		hooks_refuse(h, HOOK_ACK_DROPPED, "this kernel does not name the drop");
	if (!kernel_types_has(types, KERNEL_ENUM, "skb_drop_reason",
			      "SKB_DROP_REASON_NETFILTER_DROP")) {
		hooks_refuse(h, HOOK_SYN_FILTERED, "this kernel does not name the drop");
		hooks_refuse(h, HOOK_DROPPED, "this kernel does not name the drop");
	}
	if (kernel_types_tracepoint_args(types, "consume_skb") < 2)
		hooks_refuse(h, HOOK_SYN_FREED,
			     "this kernel does not tell where a packet is freed");
	if (!kernel_types_has(types, KERNEL_STRUCT, "io_accept", "iou_flags"))
		hooks_refuse(h, HOOK_IO_SUBMIT,
			     "this kernel does not tell which accepts are multishot");
}

void kernel_refuse(const struct kernel *k, struct hooks *h)
{
	refuse_what_is_not_there(h, k->types);
	refuse_what_is_not_told(h, k->types);
	refuse_fentry(h, k->types);
}
