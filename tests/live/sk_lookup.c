// SPDX-License-Identifier: BSD-2-Clause
/*
 * sk_lookup PID FD PORT - steers the connections to a port of this network namespace to the
 * listener that is descriptor FD of process PID, by a program of the kind sk_lookup, until its
 * input ends. Prints "steers" when it does.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int complain(const char *what)
{
	fprintf(stderr, "sk_lookup: %s: %s\n", what, strerror(errno));
	return 1;
}

static int listener_of(pid_t pid, int fd)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);

	return process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
}

/* If the port is the one, the socket in the map is assigned. */
static int load(int map, unsigned short port)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1},
		{.code = BPF_LDX | BPF_MEM | BPF_W,
		 .dst_reg = 2,
		 .src_reg = 6,
		 .off = offsetof(struct bpf_sk_lookup, local_port)},
		{.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 2, .off = 14, .imm = port},
		/* r0 = bpf_map_lookup_elem(map, &(u32){0}) */
		{.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4},
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = 1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = map},
		{0},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem},
		{.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 7, .imm = 0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 7, .src_reg = 0},
		/* bpf_sk_assign(ctx, sk, 0); bpf_sk_release(sk) */
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 6},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 7},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_sk_assign},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 7},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_sk_release},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = SK_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	static char log[65536];
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_SK_LOOKUP, .log_buf = log,
		    .log_size = sizeof(log), .log_level = 1);
	int program =
		bpf_prog_load(BPF_PROG_TYPE_SK_LOOKUP, "steer", "GPL", insns, COUNT(insns), &opts);

	if (program < 0)
		fprintf(stderr, "%s", log);
	return program;
}

int main(int argc, char **argv)
{
	int listener, map, program, netns;
	__u64 value;
	char c;

	if (argc != 4) {
		fprintf(stderr, "usage: sk_lookup PID FD PORT\n");
		return 2;
	}
	listener = listener_of(atoi(argv[1]), atoi(argv[2]));
	if (listener < 0)
		return complain("the listener");
	map = bpf_map_create(BPF_MAP_TYPE_SOCKMAP, "listeners", 4, 8, 1, NULL);
	value = (__u64)listener;
	if (map < 0 || bpf_map_update_elem(map, &(__u32){0}, &value, BPF_ANY))
		return complain("its map");
	program = load(map, (unsigned short)atoi(argv[3]));
	netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (program < 0 || netns < 0 || bpf_link_create(program, netns, BPF_SK_LOOKUP, NULL) < 0)
		return complain("the program");
	puts("steers");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}
