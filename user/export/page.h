/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page.h - the pages of the exporter: /metrics for Prometheus, and / for a person. Pure.
 */
#ifndef SOCKSTATE_EXPORT_PAGE_H
#define SOCKSTATE_EXPORT_PAGE_H

#include <stdint.h>

#include "base/out.h"
#include "event/coverage.h"
#include "export/metric.h"
#include "export/series.h"
#include "otlp/delivery.h"

/* What is known besides the listeners. */
struct export_state {
	const struct series_set *series;
	const struct tally *tally;
	const struct fact_list *facts;
	const char *version, *kernel;
	uint64_t cpu_ns;	 /* of this process, user and system */
	uint64_t resident_bytes; /* 0: not known */
	int64_t started_s;	 /* since 1970 */
	uint64_t read_age_ns;	 /* since the counters were read */
	uint64_t read_errors;
	const struct delivery_counts *otlp; /* NULL: none is sent */
	uint64_t otlp_restarts;		    /* of the process that sends */
	uint64_t otlp_forgotten;	    /* sockets whose log records were let go */
	bool counts_cookies;		    /* SYN cookies that are sent are counted */
};

void export_metrics(struct out *o, enum metric_form form, const struct export_state *state);
/* The same as data points. */
void export_otlp(struct otlp_metrics *m, const struct export_state *state);
void export_html(struct out *o, const struct export_state *state);

#endif
