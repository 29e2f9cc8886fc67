// SPDX-License-Identifier: BSD-2-Clause
#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define NS_MS	     UINT64_C(1000000)
#define NS_S	     UINT64_C(1000000000)
#define NS_DAY	     (86400 * NS_S)
#define HELP_COLUMN  26
#define NAME_MAX_LEN 24 /* longer than every option's name */

enum kind {
	KIND_HEADING, /* a title between groups in --help */
	KIND_FLAG,    /* bool */
	KIND_CHOICE,  /* unsigned int: index in choices */
	KIND_FIXED,   /* unsigned int: always set to min, no value is given */
	KIND_NUMBER,  /* uint64_t, min to max */
	KIND_NUMBER32,
	KIND_MS,      /* uint64_t ns; a bare number counts in milliseconds */
	KIND_SECONDS, /* uint64_t ns; a bare number counts in seconds */
	KIND_SIZE,    /* size_t bytes, a power of two */
	KIND_TEXT,    /* const char * */
	KIND_PORTS,   /* the filter's ports */
	KIND_FAMILY,  /* the filter's families: min is 4 or 6 */
};

struct option_row {
	enum kind kind;
	char letter; /* 0: none */
	const char *name;
	const char *arg;
	const char *help; /* lines after the first are set below it */
	size_t off;
	uint64_t min, max;
	const char *const *choices;
};

static const char *const sides[] = {"both", "server", "client", NULL};
static const char *const outputs[] = {"table", "ladder", "json", "summary", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};

#define FIELD(member) .off = offsetof(struct options, member)
/* clang-format off */
#define HEADING(title) {.kind = KIND_HEADING, .help = title}
/* clang-format on */

static const struct option_row rows[] = {
	HEADING("Which sockets (applied in the kernel):"),
	{KIND_PORTS, 'P', "port", "LIST",
	 "ports of either end: 9502 or 80,443,9500-9510; may be repeated", FIELD(filter)},
	{KIND_CHOICE, 0, "side", "SIDE",
	 "server: passive opens, the port is local; client: active opens,\n"
	 "the port is remote; both (default)",
	 FIELD(filter.side), .choices = sides},
	{KIND_TEXT, 0, "netns", "NETNS",
	 "one network namespace: self, a name of ip netns, a path or an inode", FIELD(netns)},
	{KIND_FAMILY, '4', "ipv4", NULL, "IPv4 only", .min = 4},
	{KIND_FAMILY, '6', "ipv6", NULL, "IPv6 only", .min = 6},

	HEADING("What is printed:"),
	{KIND_CHOICE, 'o', "output", "FORM", "table (default), ladder, json or summary",
	 FIELD(output), .choices = outputs},
	{KIND_FIXED, 0, "json", NULL, "the same as -o json: one object per line, made for jq",
	 FIELD(output), .min = OUTPUT_JSON},
	{KIND_FLAG, 0, "raw", NULL, "every kernel transition as it fired, unchanged", FIELD(raw)},
	{KIND_FLAG, 'w', "wide", NULL, "table: room for IPv6 addresses", FIELD(wide)},
	{KIND_FLAG, 0, "no-header", NULL, "table: no heading", FIELD(no_header)},
	{KIND_CHOICE, 0, "color", "WHEN",
	 "auto (default: on a terminal, unless NO_COLOR is set), always, never", FIELD(color),
	 .choices = colors},

	HEADING("How long:"),
	{KIND_SECONDS, 0, "duration", "TIME", "stop after TIME: 10 (seconds), 500ms, 1m",
	 FIELD(duration_ns), NS_MS, 365 * NS_DAY},
	{KIND_NUMBER, 0, "count", "N", "stop after N state and accept lines", FIELD(count), 1,
	 UINT64_MAX},
	{KIND_SECONDS, 0, "interval", "TIME",
	 "a line per listener every TIME (default: only at changes)", FIELD(interval_ns),
	 100 * NS_MS, NS_DAY},

	HEADING("Recordings:"),
	{KIND_TEXT, 0, "record", "FILE", "also keep the facts in FILE", FIELD(record)},
	{KIND_TEXT, 0, "replay", "FILE",
	 "read the facts from FILE instead of the kernel; needs no rights", FIELD(replay)},

	HEADING("Verdicts on listeners:"),
	{KIND_MS, 0, "slow", "TIME",
	 "app_slow: half of the connections wait this long for accept()\n(default 100 ms)",
	 FIELD(slow_ns), 1, NS_DAY},
	{KIND_SECONDS, 0, "stuck", "TIME",
	 "app_stuck: none is taken for this long while some wait (default 5 s)", FIELD(stuck_ns), 1,
	 NS_DAY},
	{KIND_NUMBER32, 0, "flood-min", "N",
	 "syn_flood: from this many half-open requests (default 16)", FIELD(flood_min), 1,
	 UINT32_MAX},
	{KIND_NUMBER32, 0, "flood-old", "PERCENT",
	 "syn_flood: share of them that did not answer at once (default 50)",
	 FIELD(flood_old_percent), 1, 100},

	HEADING("Depth and price:"),
	{KIND_FLAG, 0, "verify", NULL, "compare with the kernel's own socket tables while tracing",
	 FIELD(verify)},
	{KIND_FLAG, 0, "summary", NULL,
	 "count in the kernel, print only the summary: for the busiest machines", FIELD(summary)},
	{KIND_FLAG, 0, "name-syn-drops", NULL,
	 "name the clients whose SYN was refused; costly: a hook on every\n"
	 "packet the machine drops",
	 FIELD(name_syn_drops)},
	{KIND_FLAG, 0, "syscall-fallback", NULL,
	 "where no better hook may be attached, see accept() through one that\n"
	 "taxes every system call",
	 FIELD(syscall_fallback)},
	{KIND_SIZE, 0, "ring-size", "SIZE",
	 "buffers between kernel and sockstate, together: a power of two\n"
	 "(default: 8M, and 512K for each CPU where they are many)",
	 FIELD(ring_bytes), 4096, UINT64_C(1) << 30},
	{KIND_NUMBER, 0, "max-connections", "N",
	 "connections kept in memory; beyond it the oldest is given up, and told",
	 FIELD(max_connections), 16, UINT64_C(1) << 28},
	{KIND_NUMBER, 0, "max-requests", "N", "the same for half-open requests",
	 FIELD(max_requests), 16, UINT64_C(1) << 28},

	HEADING("For tests:"),
	{KIND_TEXT, 0, "force-absent", "LIST",
	 "treat these hooks as refused by the kernel; fentry: all of them", FIELD(force_absent)},
	{KIND_FLAG, 0, "keep-privileges", NULL,
	 "do not give up capabilities and user id after attaching", FIELD(keep_privileges)},

	HEADING("Other:"),
	{KIND_FLAG, 'q', "quiet", NULL, "doctor: print nothing, only set the exit code",
	 FIELD(quiet)},
	{KIND_FLAG, 'v', "verbose", NULL, "tell on standard error what is loaded and attached",
	 FIELD(verbose)},
	{KIND_FLAG, 'V', "version", NULL, "print the version", FIELD(version)},
	{KIND_FLAG, 'h', "help", NULL, "print this text", FIELD(help)},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name, *help;
	enum command command;
} commands[] = {
	{"doctor", "what this kernel lets sockstate see, and why not more", COMMAND_DOCTOR},
	{"fields", "every field of the output, as Markdown", COMMAND_FIELDS},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int __attribute__((format(printf, 3, 4)))
refuse(char *err, size_t err_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, err_size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- values ---- */

/* The one parser of numbers: digits only, no sign, no blanks. *end is set behind the last digit. */
static int parse_digits(const char *text, uint64_t *value, const char **end)
{
	uint64_t sum = 0;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*text - '0'), &sum))
			return -EINVAL;
	}
	*value = sum;
	*end = text;
	return 0;
}

int options_duration(const char *text, uint64_t unit_ns, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"ns", 1},	  {"us", 1000},	    {"ms", NS_MS},
		     {"s", NS_S}, {"m", 60 * NS_S}, {"h", 3600 * NS_S}};
	uint64_t whole, sum, fraction = 0, scale = 1;
	const char *p;

	if (parse_digits(text, &whole, &p))
		return -EINVAL;
	if (*p == '.') {
		if (p[1] < '0' || p[1] > '9')
			return -EINVAL;
		for (p++; *p >= '0' && *p <= '9'; p++) {
			/* The tenth digit after the point is below every clock here. */
			if (scale < NS_S) {
				fraction = fraction * 10 + (uint64_t)(*p - '0');
				scale *= 10;
			}
		}
	}
	if (*p) {
		unit_ns = 0;
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			if (!strcmp(p, units[i].name))
				unit_ns = units[i].ns;
		}
		if (!unit_ns)
			return -EINVAL;
	}
	if (__builtin_mul_overflow(whole, unit_ns, &sum) ||
	    __builtin_add_overflow(sum, (uint64_t)((unsigned __int128)fraction * unit_ns / scale),
				   &sum))
		return -EINVAL;
	*ns = sum;
	return 0;
}

int options_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	uint64_t value;
	const char *p;

	if (parse_digits(text, &value, &p))
		return -EINVAL;
	if (*p) {
		const char *unit = strchr(units, *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);

		if (!unit || p[1] ||
		    __builtin_mul_overflow(value, UINT64_C(1) << (10 * (unit - units + 1)), &value))
			return -EINVAL;
	}
	*bytes = value;
	return 0;
}

/* "-P" or "--port", as a person would write it. */
struct spelling {
	char text[NAME_MAX_LEN + 3];
};

static struct spelling spell(const struct option_row *row)
{
	struct spelling s;

	snprintf(s.text, sizeof(s.text), "--%s", row->name);
	return s;
}

static int parse_choice(const struct option_row *row, const char *value, unsigned int *out,
			char *err, size_t err_size)
{
	char list[80] = "";

	for (unsigned int i = 0; row->choices[i]; i++) {
		if (!strcmp(row->choices[i], value)) {
			*out = i;
			return 0;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 i == 0		       ? ""
			 : row->choices[i + 1] ? ", "
					       : " or ",
			 row->choices[i]);
	}
	return refuse(err, err_size, "%s: '%.40s' is unknown: choose %s", spell(row).text, value,
		      list);
}

static int parse_time(const struct option_row *row, const char *value, uint64_t *out, char *err,
		      size_t err_size)
{
	bool ms = row->kind == KIND_MS;

	if (options_duration(value, ms ? NS_MS : NS_S, out))
		return refuse(err, err_size, "%s: '%.40s' is not a time: give %s", spell(row).text,
			      value,
			      ms ? "milliseconds, or a unit as in 250us or 2s"
				 : "seconds, or a unit as in 500ms or 1m");
	if (*out < row->min)
		return refuse(err, err_size, "%s: '%.40s' is too short: give at least %s",
			      spell(row).text, value,
			      row->min >= 100 * NS_MS ? "100ms"
			      : row->min >= NS_MS     ? "1ms"
						      : "1ns");
	if (*out > row->max)
		return refuse(err, err_size, "%s: '%.40s' is too long: give at most %" PRIu64 "h",
			      spell(row).text, value, row->max / (3600 * NS_S));
	return 0;
}

static int parse_size(const struct option_row *row, const char *value, size_t *out, char *err,
		      size_t err_size)
{
	uint64_t bytes;

	if (options_size(value, &bytes))
		return refuse(err, err_size,
			      "%s: '%.40s' is not a size: give bytes, or a unit as in 64K or 8M",
			      spell(row).text, value);
	if (bytes < row->min || bytes > row->max)
		return refuse(err, err_size, "%s: '%.40s' is out of range: give 4K to 1G",
			      spell(row).text, value);
	if (bytes & (bytes - 1))
		return refuse(
			err, err_size,
			"%s: '%.40s' is not a power of two: give for example 1M, 2M, 4M or 8M",
			spell(row).text, value);
	*out = (size_t)bytes;
	return 0;
}

static int parse_number(const struct option_row *row, const char *value, uint64_t *out, char *err,
			size_t err_size)
{
	const char *end;

	if (!parse_digits(value, out, &end) && !*end && *out >= row->min && *out <= row->max)
		return 0;
	if (row->max == UINT64_MAX)
		return refuse(err, err_size,
			      "%s: '%.40s' is not a count: give a number from %" PRIu64,
			      spell(row).text, value, row->min);
	return refuse(err, err_size,
		      "%s: '%.40s' is out of range: give a number from %" PRIu64 " to %" PRIu64,
		      spell(row).text, value, row->min, row->max);
}

static int parse_ports(struct filter *filter, const struct option_row *row, const char *value,
		       char *err, size_t err_size)
{
	char why[200];

	if (filter_add_ports(filter, value, why, sizeof(why)))
		return refuse(err, err_size, "%s: %s", spell(row).text, why);
	return 0;
}

static int parse_text(const struct option_row *row, const char *value, const char **out, char *err,
		      size_t err_size)
{
	if (!*value)
		return refuse(err, err_size, "%s: the value is empty: give %s", spell(row).text,
			      row->arg);
	*out = value;
	return 0;
}

static int apply(struct options *o, const struct option_row *row, const char *value, char *err,
		 size_t err_size)
{
	void *place = (char *)o + row->off;
	uint64_t number = 0;
	int rc;

	switch (row->kind) {
	case KIND_HEADING:
		break;
	case KIND_FLAG:
		*(bool *)place = true;
		break;
	case KIND_FIXED:
		*(unsigned int *)place = (unsigned int)row->min;
		break;
	case KIND_CHOICE:
		return parse_choice(row, value, place, err, err_size);
	case KIND_NUMBER:
		return parse_number(row, value, place, err, err_size);
	case KIND_NUMBER32:
		rc = parse_number(row, value, &number, err, err_size);
		if (rc)
			return rc;
		*(uint32_t *)place = (uint32_t)number;
		break;
	case KIND_MS:
	case KIND_SECONDS:
		return parse_time(row, value, place, err, err_size);
	case KIND_SIZE:
		return parse_size(row, value, place, err, err_size);
	case KIND_TEXT:
		return parse_text(row, value, place, err, err_size);
	case KIND_PORTS:
		return parse_ports(place, row, value, err, err_size);
	case KIND_FAMILY:
		/* -4 -6 asks for both, which is no restriction. */
		if (o->filter.ipv4 && o->filter.ipv6) {
			o->filter.ipv4 = row->min == 4;
			o->filter.ipv6 = row->min == 6;
		} else if (row->min == 4) {
			o->filter.ipv4 = true;
		} else {
			o->filter.ipv6 = true;
		}
		break;
	}
	return 0;
}

/* ---- names ---- */

static const struct option_row *row_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].name && strlen(rows[i].name) == len && !memcmp(rows[i].name, name, len))
			return &rows[i];
	}
	return NULL;
}

static const struct option_row *row_by_letter(char letter)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].letter == letter && letter)
			return &rows[i];
	}
	return NULL;
}

/*
 * How many letters to add, drop, change or swap with their neighbour; both at most NAME_MAX_LEN
 * long.
 */
static size_t distance(const char *a, size_t a_len, const char *b)
{
	size_t b_len = strlen(b);
	size_t d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[a_len][b_len];
}

/* The nearest option's name, or NULL where none is near: a third of the letters may be wrong. */
static const char *nearest(const char *name, size_t len)
{
	const char *best_name = NULL;
	size_t best = len / 3 + 2; /* must be beaten */

	if (len > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < ROWS; i++) {
		size_t d;

		if (!rows[i].name)
			continue;
		/* The beginning of a name is as near as can be. */
		d = len >= 2 && !strncmp(rows[i].name, name, len)
			    ? 0
			    : distance(name, len, rows[i].name);
		if (d < best) {
			best = d;
			best_name = rows[i].name;
		}
	}
	return best_name;
}

static int unknown_name(const char *name, size_t len, char *err, size_t err_size)
{
	const char *near = nearest(name, len);

	if (near)
		return refuse(err, err_size, "unknown option '--%.*s': did you mean '--%s'?",
			      len > 40 ? 40 : (int)len, name, near);
	return refuse(err, err_size, "unknown option '--%.*s': see 'sockstate --help'",
		      len > 40 ? 40 : (int)len, name);
}

static int unknown_letter(char letter, char *err, size_t err_size)
{
	char other = (char)(letter ^ 0x20); /* the same letter, upper against lower case */
	const struct option_row *row = letter >= 'A' ? row_by_letter(other) : NULL;

	if (row)
		return refuse(err, err_size, "unknown option '-%c': did you mean '-%c' (--%s)?",
			      letter, other, row->name);
	if (letter < ' ' || letter > '~')
		return refuse(err, err_size, "unknown option: see 'sockstate --help'");
	return refuse(err, err_size, "unknown option '-%c': see 'sockstate --help'", letter);
}

/* ---- the line ---- */

/* Words still to be read. */
struct words {
	int argc, next;
	char *const *argv;
};

static int parse_long(struct options *o, struct words *w, const char *name, char *err,
		      size_t err_size)
{
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct option_row *row = row_by_name(name, len);

	if (!row)
		return unknown_name(name, len, err, err_size);
	if (!row->arg && value)
		return refuse(err, err_size, "--%s: takes no value: remove '=%.40s'", row->name,
			      value);
	if (row->arg && !value) {
		if (w->next == w->argc)
			return refuse(err, err_size, "--%s: the value is missing: give %s",
				      row->name, row->arg);
		value = w->argv[w->next++];
	}
	return apply(o, row, value, err, err_size);
}

/* "-4", "-vw", "-P80", "-P 80", "-vo json" */
static int parse_letters(struct options *o, struct words *w, const char *letters, char *err,
			 size_t err_size)
{
	while (*letters) {
		const struct option_row *row = row_by_letter(*letters);
		int rc;

		if (!row)
			return unknown_letter(*letters, err, err_size);
		letters++;
		if (!row->arg) {
			rc = apply(o, row, NULL, err, err_size);
			if (rc)
				return rc;
			continue;
		}
		if (*letters)
			return apply(o, row, letters, err, err_size);
		if (w->next == w->argc)
			return refuse(err, err_size, "-%c: the value is missing: give %s",
				      row->letter, row->arg);
		return apply(o, row, w->argv[w->next++], err, err_size);
	}
	return 0;
}

static int parse_command(struct options *o, const char *word, char *err, size_t err_size)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(word, commands[i].name))
			continue;
		if (o->command != COMMAND_TRACE)
			return refuse(err, err_size, "'%s': one command at a time", word);
		o->command = commands[i].command;
		return 0;
	}
	if (*word >= '0' && *word <= '9')
		return refuse(err, err_size,
			      "unexpected word '%.40s': a port is given as --port %.40s", word,
			      word);
	return refuse(
		err, err_size,
		"unexpected word '%.40s': commands are doctor and fields; see 'sockstate --help'",
		word);
}

/* Options that contradict each other. */
static int check_together(const struct options *o, char *err, size_t err_size)
{
	const struct {
		bool clash;
		const char *what;
	} rules[] = {
		{o->record && o->replay,
		 "--record and --replay: a replay cannot be recorded, copy the file instead"},
		{o->verify && o->replay,
		 "--verify and --replay: a recording has no kernel to compare with"},
		{o->summary && o->replay,
		 "--summary and --replay: use -o summary with a recording"},
		{o->summary && o->record,
		 "--summary and --record: --summary keeps no facts, record without it"},
		{o->summary && o->verify,
		 "--summary and --verify: --summary follows no single socket"},
		{o->summary && o->raw, "--summary and --raw: --summary prints no transitions"},
		{o->summary && o->count,
		 "--summary and --count: --summary prints no such lines, use --duration"},
		{o->summary && o->output == OUTPUT_LADDER,
		 "--summary and -o ladder: --summary follows no single connection"},
		{o->raw && o->output == OUTPUT_LADDER,
		 "--raw and -o ladder: use --raw with -o table or -o json"},
		{o->duration_ns && o->replay,
		 "--duration and --replay: a recording ends by itself, use --count"},
		{o->command != COMMAND_TRACE && o->output != OUTPUT_TABLE,
		 "-o: doctor and fields have one form each, leave it out"},
		{o->quiet && o->command != COMMAND_DOCTOR, "--quiet: only for 'sockstate doctor'"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].clash)
			return refuse(err, err_size, "%s", rules[i].what);
	}
	return 0;
}

int options_parse(struct options *out, int argc, char *const *argv, char *err, size_t err_size)
{
	struct options o = {0};
	struct words w = {.argc = argc, .next = 1, .argv = argv};
	bool only_words = false;
	int rc = 0;

	filter_init(&o.filter);
	while (w.next < argc && !o.help && !o.version) {
		const char *word = argv[w.next++];

		if (!only_words && !strcmp(word, "--"))
			only_words = true;
		else if (!only_words && !strncmp(word, "--", 2))
			rc = parse_long(&o, &w, word + 2, err, err_size);
		else if (!only_words && word[0] == '-' && word[1])
			rc = parse_letters(&o, &w, word + 1, err, err_size);
		else
			rc = parse_command(&o, word, err, err_size);
		if (rc)
			return rc;
	}
	if (!o.help && !o.version)
		rc = check_together(&o, err, err_size);
	if (!rc)
		*out = o;
	return rc;
}

/* ---- --help ---- */

static void help_row(FILE *out, const struct option_row *row)
{
	char letter[] = {'-', row->letter, ',', '\0'};
	const char *line = row->help;
	char left[64];
	int used;

	used = snprintf(left, sizeof(left), "  %3s --%s", row->letter ? letter : "", row->name);
	if (row->arg)
		used += snprintf(left + used, sizeof(left) - (size_t)used, " %s", row->arg);
	fprintf(out, "%-*s", HELP_COLUMN, left);
	if (used >= HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	for (;;) {
		int len = (int)strcspn(line, "\n");

		fprintf(out, "%.*s\n", len, line);
		if (!line[len])
			break;
		line += len + 1;
		fprintf(out, "%*s", HELP_COLUMN, "");
	}
}

void options_help(FILE *out)
{
	fputs("Usage: sockstate [options]\n"
	      "       sockstate doctor [--quiet]\n"
	      "       sockstate fields\n"
	      "\n"
	      "Shows what the kernel does to TCP sockets: every state, both queues of a listener,\n"
	      "and when accept() took what had long been connected.\n"
	      "\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-*s%s\n", HELP_COLUMN - 2, commands[i].name, commands[i].help);
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].kind == KIND_HEADING)
			fprintf(out, "\n%s\n", rows[i].help);
		else
			help_row(out, &rows[i]);
	}
	fputs("\n"
	      "Exit codes: 0 clean (also after a signal, a closed pipe, --duration, --count),\n"
	      "1 cannot load, read or write, 2 wrong usage, 3 --verify found a difference.\n"
	      "\n"
	      "Example: sudo sockstate --port 9502 --json | jq -r 'select(.type==\"state\") | .new'\n",
	      out);
}
