/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * moments.h - the worst moments of a recording, each by a criterion of its own: the longest wait
 * for accept(), the most refused in a second, the accept queue that was fullest. Pure.
 *
 *	moments_event(&moments, model, e);	after model_event(), for each from the first on
 *	kind = moments_next(&moments, -1);	the first that there is
 */
#ifndef SOCKSTATE_TOP_MOMENTS_H
#define SOCKSTATE_TOP_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "top/model.h"

enum moment_kind {
	MOMENT_WAIT,
	MOMENT_REFUSED,
	MOMENT_QUEUE,
	MOMENT_KINDS,
};

struct moment {
	uint64_t t;	/* ns: where a replay shows it; 0: there is none */
	uint64_t worst; /* ns of the wait; connections */
	uint64_t limit; /* of the queue: it is full from there on */
	uint64_t listener;
	int family;
	uint8_t addr[16];
	uint16_t port;
};

/* All zero: nothing has been seen. */
struct moments {
	struct moment of[MOMENT_KINDS];
	/* ns: since when the one of the longest wait waits, as far as is known; 0: no more */
	uint64_t since;
};

void moments_event(struct moments *moments, struct model *m, const struct event *e);
/* The one after `kind` that there is, round and round; -1: the first. -1: there is none. */
int moments_next(const struct moments *moments, int kind);
/* "2 of 3, most refused: 41 in a second at 127.0.0.1:9502" */
void moments_text(const struct moments *moments, int kind, char *text, size_t size);

#endif
