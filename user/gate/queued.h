/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queued.h - the connections that wait for accept() now, by cookie. The gate also judges
 * connections that are never accepted. The number is bounded by the kernel's accept queues. Pure.
 */
#ifndef SOCKSTATE_GATE_QUEUED_H
#define SOCKSTATE_GATE_QUEUED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate_connection;
struct queued;

struct queued *queued_new(void); /* NULL when out of memory */
void queued_free(struct queued *q);
/*
 * c->t: when the wait began. A connection without a cookie is not kept. listener is an opaque
 * pointer for the caller. Returns 0 or -ENOMEM.
 */
int queued_add(struct queued *q, const struct gate_connection *c, void *listener);
/* Removes the connection with that cookie and stores it in *c. False: there is none. */
bool queued_take(struct queued *q, uint64_t cookie, struct gate_connection *c);
size_t queued_count(const struct queued *q);
void queued_each(const struct queued *q,
		 void (*fn)(void *ctx, const struct gate_connection *c, void *listener), void *ctx);

#endif
