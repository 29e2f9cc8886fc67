/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * self_test.h - tests whether the attached hooks see anything. A function can exist and never be
 * called, because the compiler inlined it. The test also learns at which address the kernel frees a
 * SYN, by a SYN to this process.
 */
#ifndef SOCKSTATE_SELF_TEST_H
#define SOCKSTATE_SELF_TEST_H

struct hooks;
struct sockstate_bpf__bss;

/*
 * Call when all chosen hooks are attached. Refuses the hooks that saw nothing; the caller detaches
 * them.
 */
void self_test(struct hooks *h, struct sockstate_bpf__bss *bss);

#endif
