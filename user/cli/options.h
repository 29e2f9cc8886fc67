/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - the command line, parsed once into a plain struct.
 *
 * Owns the one table of options: parser, --help and the suggestion for a misspelt option come from
 * it, and a test holds the man page and the completions against it. Pure: no environment, no
 * terminal, no exit.
 *
 *	struct options o;
 *	if (options_parse(&o, argc, argv, err, sizeof(err)))
 *		fprintf(stderr, "sockstate: %s\n", err);
 */
#ifndef SOCKSTATE_OPTIONS_H
#define SOCKSTATE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "event/filter.h"

#ifndef SOCKSTATE_VERSION
#define SOCKSTATE_VERSION "0.1.0"
#endif

/* Exit codes, as the man page tells them. */
enum exit_code {
	/* also after SIGINT, SIGTERM, SIGHUP, a closed pipe, --duration and --count */
	EXIT_CLEAN = 0,
	EXIT_RUNTIME = 1,    /* could not load, read or write; `doctor`: tracing is not possible */
	EXIT_USAGE = 2,	     /* the command line makes no sense */
	EXIT_DIFFERENCE = 3, /* --verify found a difference, and nothing else went wrong */
};

enum command {
	COMMAND_TRACE,
	COMMAND_DOCTOR,
	COMMAND_FIELDS,
};

enum output {
	OUTPUT_TABLE,
	OUTPUT_LADDER,
	OUTPUT_JSON,
	OUTPUT_SUMMARY,
};

enum color_when {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct options {
	enum command command;
	bool help, version;
	struct filter filter;
	unsigned int output; /* enum output */
	unsigned int color;  /* enum color_when */
	bool wide, no_header, raw, verbose;
	uint64_t duration_ns; /* 0: until stopped */
	uint64_t count;	      /* state and accept lines; 0: no limit */
	uint64_t interval_ns; /* 0: listener lines only when something changes */
	const char *netns;    /* as given; NULL: all. main.c finds the inode for the filter */
	const char *record;   /* path, or NULL */
	const char *replay;   /* path, or NULL */
	bool verify, summary, name_syn_drops, syscall_fallback, keep_privileges;
	bool quiet; /* doctor: say nothing, only the exit code */
	size_t ring_bytes;
	size_t max_connections; /* 0: the tracker's own bound */
	size_t max_requests;	/* 0: the tracker's own bound */
	uint64_t slow_ns;	/* 0: the default in verdict.h; so are the next three */
	uint64_t stuck_ns;
	uint32_t flood_min;
	uint32_t flood_old_percent;
	const char *force_absent; /* NULL: nothing */
};

/*
 * Returns 0, or -EINVAL with one line in err that names option, value and remedy. o is untouched on
 * error.
 * --help and --version end the parse: what follows them is not looked at.
 */
int options_parse(struct options *o, int argc, char *const *argv, char *err, size_t err_size);
void options_help(FILE *out);

/*
 * "5", "1.5s", "500ms", "250us", "2m", "1h"; a bare number counts in unit_ns. Returns 0 or -EINVAL.
 */
int options_duration(const char *text, uint64_t unit_ns, uint64_t *ns);
/* "65536", "64K", "8M", "1G". Returns 0 or -EINVAL. */
int options_size(const char *text, uint64_t *bytes);

#endif
