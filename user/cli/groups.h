/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * groups.h - options that several commands share. A command embeds the struct of a group, and lists
 * the group in its table.
 */
#ifndef SOCKSTATE_CLI_GROUPS_H
#define SOCKSTATE_CLI_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"
#include "cli/arg.h"
#include "event/filter.h"
#include "event/owner.h"

struct opt_sockets {
	struct filter filter;
	const char *netns; /* as given, or NULL for all: run/place finds the inode for the filter */
};

struct opt_owner {
	struct owner_filter filter;
};

enum color_when {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct opt_color {
	unsigned int when; /* enum color_when */
};

struct opt_table {
	bool wide, no_header;
};

struct opt_select {
	uint32_t only;			  /* bits 1 << enum event_type; 0: all */
	uint64_t min_wait_ns, min_age_ns; /* 0: none */
	uint64_t sample;		  /* one connection in so many; 0: all */
	bool notable, strict;
	uint64_t slow_handshake_ns; /* 0: 1 s */
};

#define LABELS_MAX 16

/* Each "KEY=VALUE", as given. */
struct opt_labels {
	const char *label[LABELS_MAX];
	unsigned int count;
};

struct opt_duration {
	uint64_t ns; /* 0: until stopped */
};

/* 0 is the default in verdict.h. */
struct opt_thresholds {
	uint64_t slow_ns, stuck_ns;
	uint32_t flood_min, flood_old_percent;
};

struct opt_hooks {
	bool name_syn_drops, syscall_fallback;
};

struct opt_limits {
	size_t ring_bytes;	/* 0: see rings_share() */
	size_t max_connections; /* 0: the tracker's own bound; so is the next */
	size_t max_requests;
};

struct opt_tests {
	const char *force_absent; /* NULL: no hook */
	bool keep_privileges;
};

struct opt_common {
	bool verbose, version, help, no_sandbox;
};

extern const struct arg_group group_sockets, group_owner, group_color, group_table, group_labels,
	group_select, group_duration, group_thresholds, group_hooks, group_limits, group_tests,
	group_common;

/* Headings that the groups of several commands stand under. */
#define TITLE_SOCKETS  "Which sockets"
#define TITLE_PRINTED  "What is printed"
#define TITLE_HOW_LONG "How long"
#define TITLE_COST     "Depth and cost"

/* What the caller knows that pure code cannot: the context of arg_line. */
struct command_context {
	port_by_name_fn port_by_name; /* NULL: no names */
};

#endif
