// SPDX-License-Identifier: BSD-2-Clause
/*
 * ref.c - runs one program of ref.bpf.c, or tells what the programs of other processes have cost.
 *
 *	ref PROGRAM [PORT]	of ref.bpf.c, until SIGINT or SIGTERM; "attached" and "first" are told
 *				on standard output as they happen, and at the end what was seen
 *	ref watch	commands on standard input, an answer each:
 *			on		the kernel measures all programs until this one ends
 *			off		no more
 *			programs PID	a JSON array of that process's programs: name, run_cnt,
 *					run_time_ns, recursion_misses
 *			maps PID	a JSON array: name, id, whether it can be mapped, bytes
 *
 * The measuring is asked for by BPF_ENABLE_STATS, which ends with the descriptor: no setting of the
 * machine changes.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "ref.skel.h"

#define LOOK_MS	   20
#define IDS_MAX	   256
#define RING_BYTES (8U << 20)

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

/* ---- a reference ---- */

/* The first part of struct record in ref.bpf.c. */
struct ends {
	__u64 t, sk, cookie, in_old;
	__u32 pid, netns;
	__u16 lport, rport;
};

struct seen {
	unsigned long long count;
	unsigned int port; /* the first of eight that the load listens on: only that is counted */
};

static bool is_ours(const struct seen *seen, unsigned int port)
{
	return port >= seen->port && port < seen->port + 8;
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct seen *seen = ctx;
	const struct ends *r = data;

	if (size < sizeof(*r) || !(is_ours(seen, r->lport) || is_ours(seen, r->rport)))
		return 0;
	if (!seen->count++) {
		puts("first");
		fflush(stdout);
	}
	return 0;
}

/* A ring for each CPU, together as large as the one. */
static int add_rings(struct ref *skel, struct ring_buffer **ring, void *ctx)
{
	int cpus = libbpf_num_possible_cpus();
	__u32 bytes = RING_BYTES;

	for (int n = cpus; n > 1; n = (n + 1) / 2)
		bytes /= 2;
	for (__u32 i = 0; i < (__u32)cpus; i++) {
		int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "cpu_ring", 0, 0, bytes, NULL);

		if (fd < 0 || bpf_map_update_elem(bpf_map__fd(skel->maps.cpu_rings), &i, &fd, 0))
			return -1;
		if (!*ring)
			*ring = ring_buffer__new(fd, on_record, ctx, NULL);
		else if (ring_buffer__add(*ring, fd, on_record, ctx))
			return -1;
	}
	return 0;
}

static int reference(const char *name, unsigned int port)

{
	struct sigaction action = {.sa_handler = on_signal};
	struct seen seen = {.port = port};
	struct bpf_program *p, *chosen = NULL;
	struct ring_buffer *ring = NULL;
	struct bpf_prog_info info = {0};
	__u32 info_size = sizeof(info);
	struct bpf_link *link;
	struct ref *skel;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	libbpf_set_print(quiet);
	skel = ref__open();
	if (!skel)
		return 1;
	bpf_object__for_each_program(p, skel->obj)
	{
		bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), name));
		if (!strcmp(bpf_program__name(p), name))
			chosen = p;
	}
	if (!chosen) {
		fprintf(stderr, "ref: no program '%s'\n", name);
		return 2;
	}
	if (strcmp(name, "ringh"))
		bpf_map__set_max_entries(skel->maps.since, 1);
	if (strncmp(name, "ring", 4) || !strcmp(name, "ringc"))
		bpf_map__set_max_entries(skel->maps.ring, 4096);
	if (ref__load(skel))
		return 1;
	link = bpf_program__attach(chosen);
	if (!link)
		return 1;
	if (!strcmp(name, "ringc") && add_rings(skel, &ring, &seen))
		return 1;
	if (!strncmp(name, "ring", 4) && !ring)
		ring = ring_buffer__new(bpf_map__fd(skel->maps.ring), on_record, &seen, NULL);
	puts("attached");
	fflush(stdout);
	while (!stop) {
		struct epoll_event event;

		if (!ring) {
			usleep(LOOK_MS * 1000);
			continue;
		}
		/* The timer: ring_buffer__poll() alone would not look without a wake-up. */
		epoll_wait(ring_buffer__epoll_fd(ring), &event, 1, LOOK_MS);
		ring_buffer__consume(ring);
	}
	if (ring)
		ring_buffer__consume(ring);
	bpf_obj_get_info_by_fd(bpf_program__fd(chosen), &info, &info_size);
	printf("{\"seen\":%llu,\"dropped\":%llu,\"recursion_misses\":%llu}\n", seen.count,
	       (unsigned long long)skel->bss->dropped, (unsigned long long)info.recursion_misses);
	ring_buffer__free(ring);
	bpf_link__destroy(link);
	ref__destroy(skel);
	return 0;
}

/* ---- walks ---- */

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The walks of a look over files, threads and files again, with programs that do nothing. */
static int walk(void)
{
	struct ref *skel;
	struct bpf_link *links[3];
	struct bpf_program *p;
	double begin;
	char byte;

	libbpf_set_print(quiet);
	skel = ref__open();
	if (!skel)
		return 1;
	bpf_object__for_each_program(p, skel->obj)
		bpf_program__set_autoload(p, !strncmp(bpf_program__name(p), "walk_", 5));
	bpf_map__set_max_entries(skel->maps.since, 1);
	bpf_map__set_max_entries(skel->maps.ring, 4096);
	if (ref__load(skel))
		return 1;
	for (int i = 0; i < 3; i++) {
		links[i] = bpf_program__attach_iter(
			i == 1 ? skel->progs.walk_threads : skel->progs.walk_files, NULL);
		if (!links[i])
			return 1;
	}
	begin = cpu_ms();
	for (int i = 0; i < 3; i++) {
		int fd = bpf_iter_create(bpf_link__fd(links[i]));

		while (fd >= 0 && read(fd, &byte, 1) > 0)
			;
		close(fd);
	}
	printf("%.3f\n", cpu_ms() - begin);
	for (int i = 0; i < 3; i++)
		bpf_link__destroy(links[i]);
	ref__destroy(skel);
	return 0;
}

/* ---- watching others ---- */

/* The numbers behind key in the descriptors of a process, each once. */
static unsigned int ids_of(const char *pid, const char *key, unsigned int *ids)
{
	char path[300], line[200];
	unsigned int count = 0;
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fdinfo", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%.20s/fdinfo/%.200s", pid, entry->d_name);
		f = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		while (f && fgets(line, sizeof(line), f)) {
			unsigned int id = 0, i;

			if (strncmp(line, key, strlen(key)) ||
			    sscanf(line + strlen(key), ": %u", &id) != 1 || count == IDS_MAX)
				continue;
			for (i = 0; i < count && ids[i] != id; i++)
				;
			if (i == count)
				ids[count++] = id;
		}
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	return count;
}

static void tell_programs(const char *pid)
{
	unsigned int ids[IDS_MAX], count = ids_of(pid, "prog_id", ids);
	const char *comma = "";

	printf("[");
	for (unsigned int i = 0; i < count; i++) {
		int fd = bpf_prog_get_fd_by_id(ids[i]);
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size)) {
			printf("%s{\"name\":\"%s\",\"id\":%u,\"run_cnt\":%llu,\"run_time_ns\":%llu,\"recursion_misses\":%llu}",
			       comma, info.name, ids[i], (unsigned long long)info.run_cnt,
			       (unsigned long long)info.run_time_ns,
			       (unsigned long long)info.recursion_misses);
			comma = ",";
		}
		close(fd);
	}
	printf("]\n");
}

static unsigned long long memory_of(int fd)
{
	unsigned long long bytes = 0;
	char path[64], line[200];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "memlock: %llu", &bytes);
	if (f)
		fclose(f);
	return bytes;
}

static void tell_maps(const char *pid)
{
	unsigned int ids[IDS_MAX], count = ids_of(pid, "map_id", ids);
	const char *comma = "";

	printf("[");
	for (unsigned int i = 0; i < count; i++) {
		int fd = bpf_map_get_fd_by_id(ids[i]);
		struct bpf_map_info info = {0};
		__u32 size = sizeof(info);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size)) {
			printf("%s{\"name\":\"%s\",\"id\":%u,\"mapped\":%s,\"bytes\":%llu}", comma,
			       info.name, ids[i],
			       info.type == BPF_MAP_TYPE_RINGBUF || info.map_flags & BPF_F_MMAPABLE
				       ? "true"
				       : "false",
			       memory_of(fd));
			comma = ",";
		}
		close(fd);
	}
	printf("]\n");
}

static int watch(void)
{
	int stats = -1;
	char line[100];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "on")) {
			if (stats < 0)
				stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
			printf("%s\n", stats < 0 ? strerror(errno) : "ok");
		} else if (!strcmp(line, "off")) {
			if (stats >= 0)
				close(stats);
			stats = -1;
			printf("ok\n");
		} else if (!strncmp(line, "programs ", 9)) {
			tell_programs(line + 9);
		} else if (!strncmp(line, "maps ", 5)) {
			tell_maps(line + 5);
		} else {
			printf("unknown\n");
		}
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: ref PROGRAM [PORT] | walk | watch\n");
		return 2;
	}
	if (!strcmp(argv[1], "walk"))
		return walk();
	return strcmp(argv[1], "watch")
		       ? reference(argv[1], argc > 2 ? (unsigned int)atoi(argv[2]) : 7460)
		       : watch();
}
