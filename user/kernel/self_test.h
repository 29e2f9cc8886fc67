/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * self_test.h - do the hooks that are attached see anything? A function may be there and yet never
 * be called, where the compiler made copies of it; and the place where the kernel frees a SYN is
 * learnt from a SYN to ourselves.
 */
#ifndef SOCKSTATE_SELF_TEST_H
#define SOCKSTATE_SELF_TEST_H

struct hooks;
struct sockstate_bpf__bss;

/*
 * Once all that was chosen is attached. Refuses the hooks that saw nothing; detaching them is the
 * caller's.
 */
void self_test(struct hooks *h, struct sockstate_bpf__bss *bss);

#endif
