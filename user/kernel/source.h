/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source.h - the kernel as a source of facts (stream_source.c); a recording is the other one
 * (fact/recording.h).
 *
 * A source hands over records unread; decode.h checks them. Every function returns 0 or a count, or
 * a negative errno with one line in err that names the thing and the remedy.
 */
#ifndef SOCKSTATE_SOURCE_H
#define SOCKSTATE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "event/coverage.h"
#include "event/filter.h"
#include "fact.h"

struct kernel_options {
	struct filter filter;
	size_t ring_bytes;     /* of all rings together, a power of two; 0: see rings_share() */
	bool raw;	       /* also send LISTEN -> SYN_RECV and the like, for --raw */
	bool name_syn_drops;   /* attach the costly hook that names clients whose SYN was refused */
	bool syscall_fallback; /* allow tp_btf/sys_enter+sys_exit, which slow every system call */
	bool verbose;	       /* libbpf's own log to stderr */
	/*
	 * tests: comma list of hook names (hooks.c) that are treated as refused; "fentry": all of
	 * that kind
	 */
	const char *force_absent;
};

struct source_kernel;

/*
 * Tries which hooks the kernel allows, loads and attaches them, and fills facts. On success the
 * rings begin to fill. Errors: -EPERM, err names the missing capability; -ENOENT, the kernel has no
 * BTF; otherwise the kernel's own errno.
 */
int source_kernel_open(struct source_kernel **out, const struct kernel_options *options,
		       struct fact_list *facts, char *err, size_t err_size);
/*
 * Hands over the sockets that exist now, except those in TIME_WAIT, as FACT_EXISTING records. Reads
 * every network namespace that the process may enter, and the owners from the file tables of all
 * processes. Call once, after open and before privileges are dropped.
 */
int source_kernel_existing(struct source_kernel *s, record_fn fn, void *ctx);
/*
 * Hands over the sockets in TIME_WAIT, then one FACT_EXISTING_END. `taken` (ns) is when the other
 * sockets had been listed: a TIME_WAIT that began later is left out, because the hooks have seen it
 * begin. On a busy machine most sockets are in TIME_WAIT. between() is therefore called every few
 * hundred sockets, so that the caller can emit live events; if it returns a negative errno, the
 * listing ends. Needs no privileges.
 */
int source_kernel_time_waits(struct source_kernel *s, uint64_t taken, record_fn fn,
			     int (*between)(void *ctx), void *ctx);
/*
 * Waits for timeout_ms, or less if much has come or if the last poll left records in the rings.
 * Returns 0 or a negative errno.
 */
int source_kernel_wait(const struct source_kernel *s, int timeout_ms);
/*
 * True if a ring may have been full since the last poll: source_kernel_lost() has grown, and
 * the next poll hands over what came before and behind the gap.
 */
bool source_kernel_were_full(const struct source_kernel *s);
/* How full the fullest ring is now, in percent. */
unsigned int source_kernel_fill(const struct source_kernel *s);
/*
 * Hands over what the rings hold, at most some thousand records. The records of all polls together
 * are in the order of their time stamps. Returns the number of records.
 */
int source_kernel_poll(struct source_kernel *s, record_fn fn, void *ctx);
/*
 * If a program is stopped in the middle of a record for some milliseconds, all polls stop there.
 * This function hands over what other programs have written since, at most some thousand records,
 * not in order. Older records follow later.
 */
int source_kernel_poll_ahead(struct source_kernel *s, record_fn fn, void *ctx);
/*
 * The polls so far have handed over all records up to this time (ns). It is shortly before the last
 * poll, unless that poll left records in a ring.
 */
uint64_t source_kernel_complete_until(const struct source_kernel *s);
/*
 * For the end of a run: drops what the rings hold from before `until` (ns) and returns how many
 * records that were.
 */
uint64_t source_kernel_abandon(struct source_kernel *s, uint64_t until);
/* Cumulative counts of facts that did not reach a ring, by enum fact_lost_where. */
int source_kernel_lost(struct source_kernel *s, uint64_t lost[FACT_LOST_PLACES]);
/*
 * Hands over the sockets that the kernel lists now (sock_diag), for --verify and the listeners'
 * queues, as the same records as source_kernel_existing().
 */
int source_kernel_snapshot(struct source_kernel *s, record_fn fn, void *ctx);
void source_kernel_free(struct source_kernel *s);

#endif
