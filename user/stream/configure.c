// SPDX-License-Identifier: BSD-2-Clause
#include "stream/configure.h"

/* How often -o summary draws its table where --interval does not say. */
#define SUMMARY_INTERVAL_NS 1000000000

void stream_limits_init(struct verdict_limits *limits, const struct options *options)
{
	verdict_limits_init(limits);
	if (options->slow_ns)
		limits->slow_ns = options->slow_ns;
	if (options->stuck_ns)
		limits->stuck_ns = options->stuck_ns;
	if (options->flood_min)
		limits->flood_min = options->flood_min;
	if (options->flood_old_percent)
		limits->flood_old_percent = options->flood_old_percent;
}

void stream_config_init(struct stream_config *config, const struct options *options)
{
	*config = (struct stream_config){.count = options->count,
					 .brief = options->output == OUTPUT_SUMMARY};
	tracker_config_init(&config->tracker);
	config->tracker.filter = options->filter;
	config->tracker.raw = options->raw;
	config->tracker.interval_ns = options->interval_ns;
	if (options->output == OUTPUT_SUMMARY && !options->interval_ns)
		config->tracker.interval_ns = SUMMARY_INTERVAL_NS;
	if (options->max_connections)
		config->tracker.max_connections = options->max_connections;
	if (options->max_requests)
		config->tracker.max_requests = options->max_requests;
	stream_limits_init(&config->tracker.verdict, options);
}

struct view *stream_view_new(const struct options *options, const struct view_options *view_options)
{
	static struct view *(*const views[])(const struct view_options *) = {
		[OUTPUT_TABLE] = view_table_new,
		[OUTPUT_LADDER] = view_ladder_new,
		[OUTPUT_JSON] = view_json_new,
		[OUTPUT_SUMMARY] = view_summary_new,
	};

	return views[options->output](view_options);
}
