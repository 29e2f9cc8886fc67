/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify.h - `--verify`: the tracker's sockets against the kernel's own tables, difference by
 * difference. Pure.
 *
 * A round, in this order, so that the tracker is never older than the rows that it is compared
 * with:
 *
 *	verify_begin(v, now);
 *	source_kernel_snapshot(...);	every FACT_EXISTING record to verify_kernel_socket(); then
 *					drain the ring into the tracker, up to the snapshot's end
 *	tracker_walk(t, ...);		every socket to verify_tracker_socket()
 *	n = verify_end(v, now, false);
 *
 * A dump of the tables is not atomic, so one look proves little. A difference is reported only if
 *  - it is the same in two consecutive rounds: same socket, same two answers, and the tracker's
 *    `since` has not moved;
 *  - the tracker has not entered the state after the row was read;
 *  - a queue's length is outside of all that the tracker has counted since the round before, in two
 *    rounds on the same side.
 * A lasting difference is reported once. With a fix function it is also corrected then, so it lasts
 * no longer.
 *
 * Not differences, because the tracker cannot know better:
 *  - sockets that the filter or its side passes over, sockets of namespaces that are not listed,
 *    sockets in CLOSE (never listed: a connection reset in the accept queue, for one);
 *  - TIME_WAIT and FIN_WAIT2 without an owner, on one side only, where time_wait_end is not exact;
 *    TIME_WAIT against FIN_WAIT2 where time_wait_begin is not exact, and where a timewait socket
 *    got the FIN late (no hook sees that);
 *  - half-open requests that the kernel has and syn_recv_begin is absent, or that only the tracker
 *    has and request_expired is not exact;
 *  - queue lengths where enqueue or accept is absent, limits where relisten is not exact.
 */
#ifndef SOCKSTATE_VERIFY_H
#define SOCKSTATE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/coverage.h"
#include "event/event.h"
#include "event/filter.h"
#include "fact.h"
#include "tracker/tracker.h"

struct verify;

struct verify_config {
	struct filter filter;
	struct fact_list facts;
};

/* NULL when out of memory. The config is copied. Differences go to emit as EVENT_VERIFY. */
struct verify *verify_new(const struct verify_config *config, event_fn emit, void *ctx);
void verify_free(struct verify *v);

/*
 * Names a network namespace that the snapshot lists. If none is ever named, all count as listed.
 * Returns 0 or -ENOMEM.
 */
int verify_namespace(struct verify *v, uint32_t netns);

/* t: ns, CLOCK_MONOTONIC, before the snapshot is read. */
void verify_begin(struct verify *v, uint64_t t);
/*
 * All rows of the kernel, then all sockets of the tracker. If a row comes twice, its later form
 * counts. 0 or -ENOMEM.
 */
int verify_kernel_socket(struct verify *v, const struct fact_existing *row);
int verify_tracker_socket(struct verify *v, const struct tracker_socket *s);
/*
 * Reports what differs; t stamps the lines. final: there will be no other round, so what this one
 * proves alone is reported at once: the tracker has held a state for a second or more that the
 * kernel contradicts. Returns how many differences were reported now, or -ENOMEM, also if an
 * earlier call of the round ran out of memory.
 */
int verify_end(struct verify *v, uint64_t t, bool final);
/*
 * The tracker is corrected where it differs: fix gets what the kernel has, as a FACT_EXISTING with
 * FACT_F_AGAIN (state CLOSE: the kernel does not have the socket any more). Owners and queues are
 * not corrected; the next figures of a queue do that. silent: corrections are not reported, because
 * after a loss the tracker cannot be right. fix may be NULL.
 */
typedef void (*verify_fix_fn)(void *ctx, const struct fact_existing *f);
void verify_set_fix(struct verify *v, verify_fix_fn fix, void *ctx, bool silent);
/* How many differences were reported in all rounds. */
uint64_t verify_differences(const struct verify *v);

#endif
