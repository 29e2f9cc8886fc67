// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fold.h"
#include "base/value.h"

/* ---- loading ---- */

static const struct kernel_types *known;

/* ---- bpf_rdonly_cast(), see bpf/load.bpf.h ---- */

static uint32_t cast_id; /* of the function in the kernel's types; 0: it cannot be called */

/*
 * Whether a program may call the function: there are kernels that have it and do not translate
 * such calls into machine code.
 */
static bool may_cast(uint32_t function, uint32_t type)
{
	const struct bpf_insn body[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = (int)type},
		{.code = BPF_JMP | BPF_CALL,
		 .src_reg = BPF_PSEUDO_KFUNC_CALL,
		 .imm = (int)function},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int program = bpf_prog_load(BPF_PROG_TYPE_TRACEPOINT, "try_cast", "GPL", body,
				    sizeof(body) / sizeof(body[0]), NULL);

	if (program < 0)
		return false;
	close(program);
	return true;
}

bool programs_casts(uint32_t types[CAST_TYPE_COUNT])
{
#define CAST_TYPE_NAME(name) #name,
	static const char *const names[CAST_TYPE_COUNT] = {CAST_TYPES(CAST_TYPE_NAME)};

	for (unsigned int i = 0; i < CAST_TYPE_COUNT; i++)
		types[i] = kernel_types_find(known, KERNEL_STRUCT, names[i]);
	return cast_id;
}

static void learn_cast(void)
{
	uint32_t function = kernel_types_find(known, KERNEL_FUNCTION, "bpf_rdonly_cast");
	uint32_t type = kernel_types_find(known, KERNEL_STRUCT, "list_head");

	cast_id = function && type && may_cast(function, type) ? function : 0;
}

/* ---- the settings, see bpf/settings.bpf.h ---- */

static bool is_section(const struct bpf_map *map, const char *section)
{
	const char *name = bpf_map__name(map);
	size_t length = strlen(name), end = strlen(section);

	return bpf_map__is_internal(map) && length >= end && !strcmp(name + length - end, section);
}

static struct fold_data settings; /* bytes NULL: there are none; map 0: not known yet */
static size_t folded;

void programs_fold(const struct bpf_object *obj)
{
	struct bpf_map *map;

	settings = (struct fold_data){0};
	folded = 0;
	bpf_object__for_each_map(map, obj)
	{
		if (is_section(map, ".rodata"))
			settings.bytes = bpf_map__initial_value(map, &settings.size);
	}
}

size_t programs_fold_end(void)
{
	settings = (struct fold_data){0};
	return folded;
}

/* The map that no program writes to and that holds the settings. */
static bool is_settings(int map)
{
	struct bpf_map_info info = {0};
	__u32 size = sizeof(info), key = 0;
	uint8_t *value;
	bool same;

	if (bpf_obj_get_info_by_fd(map, &info, &size) || !(info.map_flags & BPF_F_RDONLY_PROG) ||
	    info.value_size != settings.size)
		return false;
	value = malloc(settings.size);
	same = value && !bpf_map_lookup_elem(map, &key, value) &&
	       !memcmp(value, settings.bytes, settings.size);
	free(value);
	return same;
}

/* libbpf 1.4 and 1.5 do not tell the descriptor of a map while they load programs. */
static int find_settings(const struct bpf_insn *insn, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (insn[i].code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    insn[i].src_reg == BPF_PSEUDO_MAP_VALUE && is_settings(insn[i].imm))
			return insn[i].imm;
	}
	return 0;
}

static void put_settings(struct bpf_insn *insn, size_t count)
{
	if (!settings.bytes)
		return;
	if (!settings.map)
		settings.map = find_settings(insn, count);
	if (settings.map)
		folded += fold_loads(insn, count, &settings);
}

/* libbpf loads the instructions that it shows. */
static void put_constants(const struct bpf_program *program)
{
	struct bpf_insn *insn = (struct bpf_insn *)bpf_program__insns(program);
	size_t count = bpf_program__insn_cnt(program);

	put_settings(insn, count);
	for (size_t i = 0; cast_id && i < count; i++) {
		if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg &&
		    insn[i].imm == CAST_CALL) {
			insn[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
			insn[i].imm = (int)cast_id;
		}
	}
}

/* ---- where programs attach ---- */

/* The prefix of a section's name, and the prefix that kernel types have for such a place. */
static const struct place {
	const char *section;
	enum bpf_attach_type attach;
	enum kernel_thing thing;
	const char *prefix;
} places[] = {
	{"tp_btf/", BPF_TRACE_RAW_TP, KERNEL_TRACEPOINT, ""},
	{"fentry/", BPF_TRACE_FENTRY, KERNEL_FUNCTION, ""},
	{"fexit/", BPF_TRACE_FEXIT, KERNEL_FUNCTION, ""},
	{"iter/", BPF_TRACE_ITER, KERNEL_FUNCTION, "bpf_iter_"},
};

static int tie(struct bpf_program *program, struct bpf_prog_load_opts *opts, long cookie)
{
	const struct place *place = &places[cookie];
	char name[128];
	uint32_t id;

	put_constants(program);
	snprintf(name, sizeof(name), "%s%s", place->prefix,
		 bpf_program__section_name(program) + strlen(place->section));
	id = kernel_types_find(known, place->thing, name);
	if (!id)
		return -ESRCH;
	opts->attach_btf_id = id;
	return bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
}

static int tie_syscall(struct bpf_program *program, struct bpf_prog_load_opts *opts, long cookie)
{
	(void)opts;
	(void)cookie;
	put_constants(program);
	return 0;
}

/*
 * libbpf reads and parses the kernel's BTF for programs of type TRACING. They are therefore
 * registered as RAW_TRACEPOINT, and get their type just before they are loaded.
 */
void programs_know(const struct kernel_types *types)
{
	static bool registered;

	LIBBPF_OPTS(libbpf_prog_handler_opts, of_syscalls, .prog_prepare_load_fn = tie_syscall);

	known = types;
	learn_cast();
	if (!registered)
		libbpf_register_prog_handler("tp/", BPF_PROG_TYPE_TRACEPOINT, 0, &of_syscalls);
	for (size_t i = 0; !registered && i < sizeof(places) / sizeof(places[0]); i++) {
		LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = (long)i,
			    .prog_prepare_load_fn = tie);

		libbpf_register_prog_handler(places[i].section, BPF_PROG_TYPE_RAW_TRACEPOINT,
					     places[i].attach, &opts);
	}
	registered = true;
}

void programs_choose(const struct bpf_object *obj, const struct hooks *h)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, obj)
	{
		enum hook_id id = hooks_of_program(bpf_program__name(program));

		if (id < HOOK_COUNT)
			bpf_program__set_autoload(program, h->chosen[id]);
	}
}

/*
 * Maps the kernel's map where the skeleton has its variables. libbpf before 1.5 does so when it
 * loads; later ones only for maps that they have made themselves.
 */
static int show_map(struct bpf_map *map, int fd)
{
	size_t size, page = (size_t)sysconf(_SC_PAGESIZE);
	void *variables = (void *)bpf_map__initial_value(map, &size);

	if (!variables)
		return -EINVAL;
	size = (size + page - 1) / page * page;
	return mmap(variables, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
			       MAP_FAILED
		       ? -errno
		       : 0;
}

int programs_zeroes(struct bpf_object *obj)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct bpf_map *map;
	int fd, rc;

	bpf_object__for_each_map(map, obj)
	{
		if (!is_section(map, ".bss"))
			continue;
		opts.map_flags = bpf_map__map_flags(map);
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, bpf_map__name(map), bpf_map__key_size(map),
				    bpf_map__value_size(map), bpf_map__max_entries(map), &opts);
		if (fd < 0)
			return fd;
		rc = bpf_map__reuse_fd(map, fd);
		if (!rc)
			rc = show_map(map, fd);
		close(fd); /* the map has a duplicate */
		if (rc)
			return rc;
	}
	return 0;
}

void programs_bring(struct bpf_map *brought, const struct filter *f)
{
	if (!f || !filter_brings(f))
		bpf_map__set_max_entries(brought, 1);
}

/* ---- attaching ---- */

/*
 * Uses the mounted tracefs if there is one at its usual place. Otherwise makes a mount that is not
 * visible to anybody and that vanishes when its descriptor is closed.
 */
int programs_tracefs(void)
{
	int fd, config;

	fd = open("/sys/kernel/tracing/events", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return open("/sys/kernel/tracing", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	config = (int)syscall(SYS_fsopen, "tracefs", 1 /* FSOPEN_CLOEXEC */);
	if (config < 0)
		return -errno;
	if (syscall(SYS_fsconfig, config, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0))
		fd = -errno;
	else
		fd = (int)syscall(SYS_fsmount, config, 1 /* FSMOUNT_CLOEXEC */, 0);
	if (fd < 0 && errno)
		fd = -errno;
	close(config);
	return fd;
}

static int tracepoint_id(int tracefs, const char *name)
{
	char path[128], text[16] = "";
	const char *end;
	uint64_t id;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "events/syscalls/%s/id", name);
	fd = openat(tracefs, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0 || value_digits(text, &id, &end) || *end != '\n' || id > INT_MAX)
		return -EIO;
	return (int)id;
}

/*
 * perf_event_open() wants the number of a CPU. The program runs on all CPUs.
 */
static struct bpf_link *attach_syscall(const struct bpf_program *program, const char *name,
				       int tracefs)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr)};
	struct bpf_link *link;
	int id = tracepoint_id(tracefs, name);
	int fd;

	if (id < 0) {
		errno = -id;
		return NULL;
	}
	attr.config = (__u64)id;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(program, fd);
	if (!link)
		close(fd);
	return link;
}

struct bpf_link *programs_attach(const struct bpf_program *program, enum hook_kind kind,
				 const char *target, int tracefs)
{
	if (kind != HOOK_SYSCALL)
		return bpf_program__attach_trace(program);
	if (tracefs >= 0)
		return attach_syscall(program, target, tracefs);
	errno = -tracefs;
	return NULL;
}

/* ---- reading ---- */

/* Bytes that programs_walk() reads at once: many, because each read is a system call. */
#define WALK_BYTES 16384

/* Bytes of the record at `bytes`; 0: not all of it has been read. */
static size_t record_size(const char *bytes, size_t left)
{
	struct fact_hdr h;

	if (left < sizeof(h))
		return 0;
	memcpy(&h, bytes, sizeof(h));
	return h.size <= left ? h.size : 0;
}

/* Sets *have to the bytes of a record that a read has cut, and moves them to the begin. */
static int hand_over(char *records, size_t *have, record_fn fn, void *ctx)
{
	size_t at = 0, size;
	int rc = 0;

	while (!rc && (size = record_size(records + at, *have - at))) {
		rc = fn(ctx, records + at, size);
		at += size;
	}
	*have -= at;
	memmove(records, records + at, *have);
	return rc;
}

static int read_records(int iter, char *records, record_fn fn, void *ctx)
{
	size_t have = 0;
	ssize_t n;
	int rc = 0;

	while (!rc && (n = read(iter, records + have, WALK_BYTES - have)) != 0) {
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue; /* a million files, and none of ours: MAX_ITER_OBJECTS */
		if (n < 0)
			return -errno;
		have += (size_t)n;
		if (fn)
			rc = hand_over(records, &have, fn, ctx);
	}
	return rc;
}

int programs_walk(const struct bpf_link *link, record_fn fn, void *ctx)
{
	char *records = malloc(WALK_BYTES);
	int iter, rc;

	if (!records)
		return -ENOMEM;
	iter = bpf_iter_create(bpf_link__fd(link));
	rc = iter < 0 ? -errno : read_records(iter, records, fn, ctx);
	if (iter >= 0)
		close(iter);
	free(records);
	return rc;
}

int programs_walk_once(const struct bpf_program *program, record_fn fn, void *ctx)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	int rc;

	if (!link)
		return -errno;
	rc = programs_walk(link, fn, ctx);
	bpf_link__destroy(link);
	return rc;
}

uint64_t programs_missed(int program)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.recursion_misses;
}
