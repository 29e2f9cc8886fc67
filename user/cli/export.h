/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.h - the options of `sockstate export`: metrics for Prometheus.
 */
#ifndef SOCKSTATE_CLI_EXPORT_H
#define SOCKSTATE_CLI_EXPORT_H

#include "cli/groups.h"

struct export_options {
	struct opt_sockets sockets;
	struct opt_thresholds thresholds;
	struct opt_duration duration;
	struct opt_hooks hooks;
	struct opt_tests tests;
	struct opt_common common;
	const char *listen;	/* where HTTP is served */
	uint64_t max_listeners; /* addresses with a series of their own */
	bool once;		/* the metrics to standard output, and end */
};

#endif
