/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * configure.h - from the command line to the settings of stream and view. Pure.
 */
#ifndef SOCKSTATE_CONFIGURE_H
#define SOCKSTATE_CONFIGURE_H

#include "cli/trace.h"
#include "stream/stream.h"

/* The thresholds of verdicts: the defaults, or what the options say. */
void stream_limits_init(struct verdict_limits *limits, const struct opt_thresholds *thresholds);
/* What the shared groups of options say about the tracker, for any command that runs one. */
void stream_tracker_init(struct tracker_config *tracker, const struct opt_sockets *sockets,
			 const struct opt_limits *limits, const struct opt_thresholds *thresholds);
/* What the options say about tracker and count; the caller adds facts and meta. */
void stream_config_init(struct stream_config *config, const struct trace_options *options);
/* The view for -o; NULL when out of memory. */
struct view *stream_view_new(const struct trace_options *options,
			     const struct view_options *view_options);

#endif
