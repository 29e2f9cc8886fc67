/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exporter.h - `sockstate export`, shared by the files that make it up: export.c (counters, pages)
 * and export_tracing.c (recordings of bad moments and log records besides).
 */
#ifndef SOCKSTATE_RUN_EXPORTER_H
#define SOCKSTATE_RUN_EXPORTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/utsname.h>

#include "base/out.h"
#include "cli/command.h"
#include "event/coverage.h"
#include "kernel/sandbox.h"
#include "kernel/source.h"
#include "run/place.h"

#define EXPORTER_NEEDS (SANDBOX_COUNTS | SANDBOX_WALKS | SANDBOX_HTTP)

enum page { PAGE_OPENMETRICS, PAGE_PROMETHEUS, PAGE_HTML, PAGE_COUNT };

struct exporter {
	const struct export_options *options;
	const struct run_place *place;
	struct summary_source *source;
	struct tally *tally;
	struct series_set *series;
	struct looker *looker; /* NULL: no looks at what programs do */
	struct looks *looks;
	struct http *http;	   /* NULL: not served */
	struct textfile *textfile; /* NULL: none */
	struct pusher *pusher;	   /* NULL: no OTLP */
	uint64_t next_textfile;	   /* ns */
	bool textfile_fails;	   /* it has been said */
	struct fact_list facts;
	struct utsname kernel;
	int64_t started_s;
	int statm; /* descriptor of /proc/self/statm; -1: not there */
	long page_size;
	uint64_t last_read, next_round; /* ns */
	uint64_t read_errors;
	uint64_t forgotten; /* --otlp-logs: sockets of which no more is told, for want of room */
	struct {
		struct http_kept *kept; /* NULL: not made yet */
		uint64_t made;		/* ns */
	} pages[PAGE_COUNT];
};

void exporter_init(struct exporter *x, const struct export_options *options,
		   const struct run_place *place);
/*
 * Starts the process that sends OTLP, if it is asked for: before anything else is opened. Returns
 * 0, or a negative errno with one line in err.
 */
int exporter_start(struct exporter *x, char *err, size_t err_size);
/* Before rights are given up. Returns 0, or a negative errno with one line in err. */
int exporter_open(struct exporter *x, const struct kernel_options *kernel, char *err,
		  size_t err_size);
/* The first reading, and the lines that say where it is found. */
int exporter_begin(struct exporter *x, char *err, size_t err_size);
/* Several times a second. HTTP is the caller's. */
void exporter_due(struct exporter *x, uint64_t now);
void exporter_close(struct exporter *x);

#endif
