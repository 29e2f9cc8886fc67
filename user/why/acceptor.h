/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acceptor.h - who has connections that came from a listener: a process that accepted them, or got
 * them from one that did. Pure.
 */
#ifndef SOCKSTATE_WHY_ACCEPTOR_H
#define SOCKSTATE_WHY_ACCEPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "why/look.h"

/* Anybody on this machine. */
bool acceptor_seen(const struct look *look, const struct why_listener *listener);
/* This process. */
bool acceptor_serves(const struct look *look, const struct why_listener *listener, uint32_t pid);
/*
 * A process that has connections of it and does not hold it; NULL: there is none. A child of a
 * holder is none: a server that forks for each connection has such children.
 */
const struct why_other *acceptor_former(const struct look *look,
					const struct why_listener *listener);
/* A holder that this process has made; 0: there is none. */
uint32_t acceptor_heir(const struct look *look, const struct why_listener *listener, uint32_t pid);

#endif
