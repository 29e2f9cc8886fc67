// SPDX-License-Identifier: BSD-2-Clause
#include "stream/configure.h"

#include "base/units.h"

/* How often -o summary draws its table where --interval does not say. */
#define SUMMARY_INTERVAL_NS NS_S
/* From when on a handshake is long where --slow-handshake does not say. */
#define SLOW_HANDSHAKE_NS NS_S

void stream_limits_init(struct verdict_limits *limits, const struct opt_thresholds *thresholds)
{
	verdict_limits_init(limits);
	if (thresholds->slow_ns)
		limits->slow_ns = thresholds->slow_ns;
	if (thresholds->stuck_ns)
		limits->stuck_ns = thresholds->stuck_ns;
	if (thresholds->flood_min)
		limits->flood_min = thresholds->flood_min;
	if (thresholds->flood_old_percent)
		limits->flood_old_percent = thresholds->flood_old_percent;
}

void stream_tracker_init(struct tracker_config *tracker, const struct opt_sockets *sockets,
			 const struct opt_limits *limits, const struct opt_thresholds *thresholds)
{
	tracker_config_init(tracker);
	tracker->filter = sockets->filter;
	if (limits->max_connections)
		tracker->max_connections = limits->max_connections;
	if (limits->max_requests)
		tracker->max_requests = limits->max_requests;
	stream_limits_init(&tracker->verdict, thresholds);
}

/*
 * What the stream may turn to. Not where options choose its lines or count them, where each line is
 * compared, and where nobody can be too slow.
 */
static enum overload_word overload_word(const struct trace_options *o)
{
	static const enum overload_word words[] = {
		[OVERLOAD_POLICY_THIN] = OVERLOAD_THINS,
		[OVERLOAD_POLICY_SUMMARY] = OVERLOAD_COUNTS,
		[OVERLOAD_POLICY_KEEP] = OVERLOAD_NONE,
	};
	const struct opt_select *s = &o->select;

	if (o->replay || o->verify || o->raw || o->count || o->output == OUTPUT_SUMMARY ||
	    s->notable || s->only || s->min_wait_ns || s->min_age_ns || s->sample > 1)
		return OVERLOAD_NONE;
	return words[o->overload];
}

void stream_config_init(struct stream_config *config, const struct trace_options *options)
{
	*config = (struct stream_config){.count = options->count,
					 .brief = options->output == OUTPUT_SUMMARY};
	config->owner = options->owner.filter;
	config->overload = overload_word(options);
	config->notable = options->select.notable;
	config->slow_handshake_ns = options->select.slow_handshake_ns
					    ? options->select.slow_handshake_ns
					    : SLOW_HANDSHAKE_NS;
	config->select = (struct selection){
		.side = options->sockets.filter.side,
		.count_time_wait =
			options->existing == EXISTING_BRIEF && options->output == OUTPUT_TABLE,
		.only = options->select.only,
		.min_wait_ns = options->select.min_wait_ns,
		.min_age_ns = options->select.min_age_ns,
		.sample = options->select.sample,
	};
	stream_tracker_init(&config->tracker, &options->sockets, &options->limits,
			    &options->thresholds);
	config->tracker.raw = options->raw;
	config->tracker.interval_ns = options->interval_ns;
	if (options->output == OUTPUT_SUMMARY && !options->interval_ns)
		config->tracker.interval_ns = SUMMARY_INTERVAL_NS;
}

struct view *stream_view_new(const struct trace_options *options,
			     const struct view_options *view_options)
{
	static struct view *(*const views[OUTPUT_COUNT])(const struct view_options *) = {
		[OUTPUT_TABLE] = view_table_new,
		[OUTPUT_LADDER] = view_ladder_new,
		[OUTPUT_JSON] = view_json_new,
		[OUTPUT_SUMMARY] = view_summary_new,
	};

	struct view_options with_limits = *view_options;
	struct verdict_limits limits;

	stream_limits_init(&limits, &options->thresholds);
	with_limits.slow_ns = limits.slow_ns;
	with_limits.stuck_ns = limits.stuck_ns;
	return views[options->output](&with_limits);
}
