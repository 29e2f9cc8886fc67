// SPDX-License-Identifier: BSD-2-Clause
/*
 * For hidden.t: "NAME 1" for each loaded BPF program that has a private stack (bpf/again.bpf.h),
 * "NAME 0" for each that has none. The kernel does not tell; its machine code does. On x86-64 a
 * private stack begins with
 *	movabs $stack, %r9; add %gs:cpu_offset, %r9
 * (emit_priv_frame_ptr, arch/x86/net/bpf_jit_comp.c).
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CODE_MAX (1 << 20)

static int has_private_stack(const unsigned char *code, size_t size)
{
	for (size_t i = 0; i + 14 < size; i++) {
		if (!memcmp(code + i, "\x49\xb9", 2) &&
		    !memcmp(code + i + 10, "\x65\x4c\x03\x0c\x25", 5))
			return 1;
	}
	return 0;
}

int main(void)
{
	static unsigned char code[CODE_MAX];
	__u32 id = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info info = {.jited_prog_insns = (__u64)(unsigned long)code,
					     .jited_prog_len = sizeof(code)};
		__u32 size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		/* Without an address the kernel keeps its code to itself (kptr_restrict). */
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.jited_prog_insns)
			printf("%s %d\n", info.name,
			       has_private_stack(code, info.jited_prog_len < CODE_MAX
							       ? info.jited_prog_len
							       : CODE_MAX));
		close(fd);
	}
	return 0;
}
