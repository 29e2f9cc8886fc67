/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metrics.h - the metrics of export/metric.h as data points of OTLP. metric.c calls it: the same
 * families, values and labels as in the text formats, under OpenTelemetry's names. Pure.
 *
 * sockstate_accept_wait_seconds becomes sockstate.accept_wait with the unit s, and so on: a
 * receiver that translates names back to Prometheus' has those of the text formats. Counters are
 * cumulative sums since start_ns.
 */
#ifndef SOCKSTATE_OTLP_METRICS_H
#define SOCKSTATE_OTLP_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "export/metric.h"
#include "otlp/request.h"

struct otlp_metrics {
	struct otlp_request request;
	uint64_t start_ns, now_ns; /* since 1970 */
	const struct metric *family;
	bool cumulative;  /* its points are sums since start_ns */
	bool family_open; /* its head stands in the request */
};

void otlp_metrics_family(struct otlp_metrics *m, const struct metric *family);
/* labels, more: as metric_u64() */
void otlp_metrics_u64(struct otlp_metrics *m, const char *labels, const char *more, uint64_t value);
/* Billionths of the family's unit. */
void otlp_metrics_billionths(struct otlp_metrics *m, const char *labels, const char *more,
			     uint64_t value);
void otlp_metrics_histogram(struct otlp_metrics *m, const char *labels, const struct durations *d);
/* Hands over what has not been. */
void otlp_metrics_end(struct otlp_metrics *m);

#endif
