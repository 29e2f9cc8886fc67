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
	bool syscall_fallback; /* allow tp_btf/sys_enter+sys_exit, which tax every system call */
	bool verbose;	       /* libbpf's own log to stderr */
	/*
	 * tests: comma list of hook names (hooks.c) to be treated as refused, "fentry" for all of
	 * them
	 */
	const char *force_absent;
};

struct source_kernel;

/*
 * Loads and attaches what the kernel allows, by trying, and fills facts. On success events are
 * flowing.
 * -EPERM with the missing capability named; -ENOENT where the kernel has no BTF; else what the
 * kernel said.
 */
int source_kernel_open(struct source_kernel **out, const struct kernel_options *options,
		       struct fact_list *facts, char *err, size_t err_size);
/*
 * The sockets that exist now but those in TIME_WAIT, as FACT_EXISTING records, of every network
 * namespace that we may enter; owners from the file tables of all processes. To be called once
 * after open and before privileges are dropped.
 */
int source_kernel_existing(struct source_kernel *s, record_fn fn, void *ctx);
/*
 * The rest, those in TIME_WAIT, but for what began after `taken` (ns, when the others had been
 * listed: it has been told as it happened), then one FACT_EXISTING_END. On a busy machine they are
 * most of all sockets, and nobody waits for them: between() is called every few hundred, to tell
 * what happens meanwhile; the negative errno that it returns ends the listing. Needs no privileges
 * any more.
 */
int source_kernel_time_waits(struct source_kernel *s, uint64_t taken, record_fn fn,
			     int (*between)(void *ctx), void *ctx);
/*
 * Hands over what the rings hold, in the order of their stamps over all polls, some thousands at a
 * time; after timeout_ms, or earlier when much has come or the last poll left something. Returns
 * how many records.
 */
int source_kernel_poll(struct source_kernel *s, int timeout_ms, record_fn fn, void *ctx);
/*
 * Where a program was stopped in the middle of a record for some milliseconds, all polls stop
 * there: this hands over what others have written since, some thousands, in no order. Older ones
 * will follow.
 */
int source_kernel_poll_ahead(struct source_kernel *s, record_fn fn, void *ctx);
/*
 * Up to when (ns) the polls so far have handed over everything: shortly before the last one, unless
 * it left something in a ring.
 */
uint64_t source_kernel_complete_until(const struct source_kernel *s);
/* Cumulative counts, by enum fact_lost_where, of what did not reach a ring. */
int source_kernel_lost(struct source_kernel *s, uint64_t lost[FACT_LOST_PLACES]);
/*
 * The sockets that the kernel lists now (sock_diag), for --verify and the listeners' queues; the
 * same records as _existing.
 */
int source_kernel_snapshot(struct source_kernel *s, record_fn fn, void *ctx);
void source_kernel_free(struct source_kernel *s);

#endif
