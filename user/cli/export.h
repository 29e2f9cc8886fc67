/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.h - the options of `sockstate export`: metrics for Prometheus and for OpenTelemetry.
 */
#ifndef SOCKSTATE_CLI_EXPORT_H
#define SOCKSTATE_CLI_EXPORT_H

#include "cli/groups.h"

#define OTLP_HEADERS_MAX 16
/* --otlp env: OTEL_EXPORTER_OTLP_ENDPOINT */
#define OTLP_BY_ENVIRONMENT "env"

struct export_options {
	struct opt_sockets sockets;
	struct opt_thresholds thresholds;
	struct opt_duration duration;
	struct opt_hooks hooks;
	struct opt_tests tests;
	struct opt_common common;
	const char *listen;   /* where HTTP is served; NULL: not said */
	const char *textfile; /* a file that is kept up to date; NULL: none */
	uint64_t interval_ns; /* how often it is written, and OTLP is sent */
	const char *otlp;     /* URL to which OTLP is sent, or OTLP_BY_ENVIRONMENT; NULL: none */
	bool otlp_logs;	      /* log records too, which means tracing */
	const char *otlp_header[OTLP_HEADERS_MAX]; /* "NAME=VALUE" */
	unsigned int otlp_headers;
	const char *story;	/* directory for recordings of bad moments; NULL: none */
	uint64_t keep_bytes;	/* of them together */
	uint64_t max_listeners; /* addresses with a series of their own */
	bool no_why;		/* no looks at what programs do */
	bool once;		/* the metrics to standard output, and end */
};

#endif
