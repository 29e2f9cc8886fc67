/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.bpf.h - reads a field of a kernel object whose address the verifier does not trust.
 *
 * The kernel's bpf_rdonly_cast() (6.2 and later) makes of any address a pointer to a type, through
 * which plain loads are allowed. The verifier removes the call, and a load takes a nanosecond; a
 * bad address reads as 0. Without it, LOAD() is a guarded copy, which takes 12 ns.
 *
 * libbpf would parse all types of the kernel to find that function. So the programs call a helper
 * of a number that does not exist, user/kernel/programs.c puts the function's number there, and the
 * types' numbers are settings.
 */
#ifndef SOCKSTATE_LOAD_BPF_H
#define SOCKSTATE_LOAD_BPF_H

#include "settings.bpf.h"

static void *(*const cast)(const void *address, __u32 type) = (void *)CAST_CALL;

/*
 * A field of the struct at an address. Its offset is relocated once for both ways: each relocation
 * takes 5 us of the start-up.
 */
#define LOAD(type, address, field)                                                             \
	({                                                                                     \
		const void *at_ = (const void *)(address);                                     \
		__u32 offset_ = bpf_core_field_offset(struct type, field);                     \
		typeof(((struct type *)0)->field) value_;                                      \
                                                                                               \
		if (setting_cast)                                                              \
			value_ = *(typeof(value_) *)(cast(at_, setting_types[TYPE_##type]) +   \
						     offset_);                                 \
		else                                                                           \
			bpf_probe_read_kernel((void *)&value_, sizeof(value_), at_ + offset_); \
		value_;                                                                        \
	})

/* What the pointer at address p points to. Every pointer can be read as the one of a list. */
static __always_inline void *load_pointer(const void *p)
{
	return LOAD(list_head, p, next);
}

#endif
