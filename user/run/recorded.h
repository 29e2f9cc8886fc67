/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recorded.h - a recording read for a report: its figures, and the stories of the connections that
 * had it worst or that were asked for. For `report` and `explain`.
 */
#ifndef SOCKSTATE_RUN_RECORDED_H
#define SOCKSTATE_RUN_RECORDED_H

#include "cli/report.h"
#include "report/report.h"
#include "run/place.h"
#include "stream/story.h"

#define RECORDED_ASKED_MAX 20

/* A client's end. */
struct recorded_client {
	int family; /* AF_INET or AF_INET6; 0: nobody is asked for */
	uint8_t addr[16];
	uint16_t port;
};

struct recorded {
	const char *name; /* of the command, for complaints */
	const char *path;
	const struct opt_sockets *sockets;
	const struct opt_thresholds *thresholds;
	const struct run_place *place;
	struct recorded_client asked;

	/* What recorded_read() fills in. */
	struct report *report;
	struct stories *stories;
	bool opened; /* the recording could be read, at least in part */
	bool no_memory;
	uint64_t asked_id[RECORDED_ASKED_MAX]; /* stories of that client, in order of time */
	size_t asked_count, asked_total;
	const struct story *worst_story[RANK_COUNT * WORST_KEPT + RECORDED_ASKED_MAX];
	size_t worst_stories;
};

/*
 * Returns an exit code; what went wrong has been said. Where opened is set the figures are there
 * even then. recorded_free() in any case.
 */
int recorded_read(struct recorded *r);
void recorded_free(struct recorded *r);

/* The worst connections, as worst_choose(). */
size_t recorded_worst(struct recorded *r, struct worst_entry *out, size_t max);
/* Hands the events of a connection's two ends to print. ctx: a struct recorded. */
void recorded_tell(void *ctx, uint64_t id, event_fn print, void *print_ctx);

#endif
