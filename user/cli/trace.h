/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace.h - the options of `sockstate` without a command: a line for each transition, from the
 * kernel or from a recording.
 */
#ifndef SOCKSTATE_CLI_TRACE_H
#define SOCKSTATE_CLI_TRACE_H

#include "cli/groups.h"

enum output { OUTPUT_TABLE, OUTPUT_LADDER, OUTPUT_JSON, OUTPUT_SUMMARY, OUTPUT_COUNT };

/* Which of the sockets that existed before are printed. */
enum existing {
	EXISTING_BRIEF, /* TIME_WAIT is counted */
	EXISTING_ALL,
};

/* What the stream does where more comes than its reader sustains. */
enum overload_policy {
	OVERLOAD_POLICY_THIN,	 /* of connections that begin, only the notable ones, whole */
	OVERLOAD_POLICY_SUMMARY, /* of those only counts */
	OVERLOAD_POLICY_KEEP,	 /* nothing: more facts are lost */
};

struct trace_options {
	struct opt_sockets sockets;
	struct opt_owner owner;
	struct opt_color color;
	struct opt_table table;
	struct opt_select select;
	struct opt_labels labels;
	struct opt_duration duration;
	struct opt_thresholds thresholds;
	struct opt_hooks hooks;
	struct opt_limits limits;
	struct opt_tests tests;
	struct opt_common common;
	unsigned int output;   /* enum output */
	unsigned int existing; /* enum existing */
	unsigned int overload; /* enum overload_policy */
	bool raw, verify, summary;
	uint64_t count;	       /* state and accept lines; 0: no limit */
	uint64_t interval_ns;  /* 0: listener lines only when something changes */
	bool no_why;	       /* no looks at what programs do */
	uint64_t why_after_ns; /* 0: the verdict decides when to look */
	const char *record;    /* path, or NULL */
	const char *replay;    /* path, or NULL */
};

#endif
