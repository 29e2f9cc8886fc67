// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tap.h"

#define WORDS_MAX 16

static uint16_t port_by_name(const char *name)
{
	return !strcmp(name, "http") ? 80 : 0;
}

/* Splits at blanks; '' stands for an empty word. */
static int parse(struct command_line *parsed, const char *line, char *err, size_t err_size)
{
	const struct command_context context = {.port_by_name = port_by_name};

	/* what options keep (record, replay) points into it: tests compare before the next call */
	static char copy[512];
	char *argv[WORDS_MAX] = {(char *)"sockstate"};
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word && argc < WORDS_MAX - 1; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "''") ? word : (char *)"";
	return command_parse(parsed, argc, argv, &context, err, err_size);
}

static bool good(struct command_line *parsed, const char *line)
{
	char err[512] = "";
	int rc = parse(parsed, line, err, sizeof(err));

	return ok(rc == 0, "'%s' is fine%s%s", line, err[0] ? ": " : "", err);
}

static void test_defaults(void)
{
	struct command_line l;
	const struct trace_options *o = &l.options.trace;

	good(&l, "");
	ok(l.id == COMMAND_TRACE && o->output == OUTPUT_TABLE && o->color.when == COLOR_AUTO,
	   "trace, table, auto");
	ok(o->sockets.filter.port_ranges == 0 && o->sockets.filter.side == SIDE_BOTH &&
		   o->sockets.filter.ipv4 && o->sockets.filter.ipv6,
	   "no filter");
	ok(o->limits.ring_bytes == 0 && !o->record && !o->replay && !o->duration.ns && !o->count,
	   "rings of the usual size, until stopped");
}

static void test_good(void)
{
	struct command_line l;
	const struct trace_options *o = &l.options.trace;

	good(&l, "--port 9502 -P 80,443 -P9000-9010 --port=7");
	ok(o->sockets.filter.port_ranges == 5 && o->sockets.filter.ports[3].first == 9000 &&
		   o->sockets.filter.ports[3].last == 9010 && o->sockets.filter.ports[4].first == 7,
	   "ports add up");
	good(&l, "--side server");
	ok(o->sockets.filter.side == SIDE_SERVER, "server side");
	good(&l, "--side client -4");
	ok(o->sockets.filter.side == SIDE_CLIENT && o->sockets.filter.ipv4 &&
		   !o->sockets.filter.ipv6,
	   "client side, IPv4");
	good(&l, "-4 -6");
	ok(o->sockets.filter.ipv4 && o->sockets.filter.ipv6, "-4 -6 is both");
	good(&l, "-6 -6");
	ok(!o->sockets.filter.ipv4 && o->sockets.filter.ipv6, "-6 twice is IPv6");
	good(&l, "--json");
	ok(o->output == OUTPUT_JSON, "--json");
	good(&l, "-o json --json");
	ok(o->output == OUTPUT_JSON, "the same form twice");
	good(&l, "--port http,8000-8010");
	ok(o->sockets.filter.port_ranges == 2 && o->sockets.filter.ports[0].first == 80 &&
		   o->sockets.filter.ports[0].last == 80,
	   "a service by name");
	good(&l, "-vwo summary");
	ok(o->common.verbose && o->table.wide && o->output == OUTPUT_SUMMARY,
	   "letters in one word");
	good(&l, "--duration 10 --interval 500ms --slow 20 --stuck 2s");
	ok(o->duration.ns == 10 * NS_S && o->interval_ns == 500 * NS_MS &&
		   o->thresholds.slow_ns == 20 * NS_MS && o->thresholds.stuck_ns == 2 * NS_S,
	   "times have the unit of their option");
	good(&l,
	     "--ring-size 64K --max-connections 1000 --max-requests 500 --count 3 --flood-min 5 --flood-old 10");
	ok(o->limits.ring_bytes == 65536 && o->limits.max_connections == 1000 &&
		   o->limits.max_requests == 500 && o->count == 3 && o->thresholds.flood_min == 5 &&
		   o->thresholds.flood_old_percent == 10,
	   "numbers");
	good(&l, "--record -odd-");
	is_str(o->record, "-odd-", "a value may begin with a dash");
	good(&l, "doctor --quiet");
	ok(l.id == COMMAND_DOCTOR && l.options.doctor.quiet, "doctor --quiet");
	good(&l, "--color never doctor -v");
	ok(l.id == COMMAND_DOCTOR && l.options.doctor.color.when == COLOR_NEVER &&
		   l.options.doctor.common.verbose,
	   "the value of an option is no command");
	good(&l, "-v fields");
	ok(l.id == COMMAND_FIELDS, "fields after an option");
	good(&l, "-- doctor");
	ok(l.id == COMMAND_DOCTOR, "a command after --");
	good(&l, "--help --nonsense");
	ok(o->common.help, "--help ends the parse");
	good(&l, "-V --nonsense");
	ok(o->common.version, "-V ends the parse");
	good(&l,
	     "--raw --no-header --color never --verify --name-syn-drops --syscall-fallback --keep-privileges");
	ok(o->raw && o->table.no_header && o->color.when == COLOR_NEVER && o->verify &&
		   o->hooks.name_syn_drops && o->hooks.syscall_fallback && o->tests.keep_privileges,
	   "flags");
}

static void test_bad(void)
{
	static const struct {
		const char *line, *err;
	} bad[] = {
		{"--port 0", "--port: '0' is not a port: give a number from 1 to 65535"},
		{"-P 65536", "--port: '65536' is not a port: give a number from 1 to 65535"},
		{"--port 80,,90",
		 "--port: the list '80,,90' has an empty part: remove the extra comma"},
		{"--port ''",
		 "--port: the list of ports is empty: give for example 9502 or 80,443,9500-9510"},
		{"--port", "--port: the value is missing: give LIST"},
		{"-P", "-P: the value is missing: give LIST"},
		{"--prot 80", "unknown option '--prot': did you mean '--port'?"},
		{"--colour=never", "unknown option '--colour': did you mean '--color'?"},
		{"--dur 5", "unknown option '--dur': did you mean '--duration'?"},
		{"--zebra", "unknown option '--zebra': see 'sockstate --help'"},
		{"-p 80", "unknown option '-p': did you mean '-P' (--port)?"},
		{"-z", "unknown option '-z': see 'sockstate --help'"},
		{"--json=yes", "--json: takes no value: remove '=yes'"},
		{"--side left", "--side: 'left' is unknown: choose both, server or client"},
		{"-o xml", "--output: 'xml' is unknown: choose table, ladder, json or summary"},
		{"--count 0", "--count: '0' is not a count: give a number from 1"},
		{"--count -1", "--count: '-1' is not a count: give a number from 1"},
		{"--count 99999999999999999999",
		 "--count: '99999999999999999999' is not a count: give a number from 1"},
		{"--duration soon",
		 "--duration: 'soon' is not a time: give seconds, or a unit as in 500ms or 1m"},
		{"--duration 0", "--duration: '0' is too short: give at least 1ms"},
		{"--interval 1ms", "--interval: '1ms' is too short: give at least 100ms"},
		{"--interval 25h", "--interval: '25h' is too long: give at most 24h"},
		{"--slow 5x",
		 "--slow: '5x' is not a time: give milliseconds, or a unit as in 250us or 2s"},
		{"--ring-size 3M",
		 "--ring-size: '3M' is not a power of two: give for example 1M, 2M, 4M or 8M"},
		{"--ring-size 8T",
		 "--ring-size: '8T' is not a size: give bytes, or a unit as in 64K or 8M"},
		{"--ring-size 1K", "--ring-size: '1K' is out of range: give 4K to 1G"},
		{"--flood-old 101",
		 "--flood-old: '101' is out of range: give a number from 1 to 100"},
		{"--record ''", "--record: the value is empty: give FILE"},
		{"--record a --replay b",
		 "--record and --replay: a replay cannot be recorded, copy the file instead"},
		{"--verify --replay b",
		 "--verify and --replay: a recording has no kernel to compare with"},
		{"--raw -o ladder", "--raw and -o ladder: use --raw with -o table or -o json"},
		{"--json -o ladder", "two forms asked for, json and ladder: leave one out"},
		{"-o table --json", "two forms asked for, table and json: leave one out"},
		{"--port htp",
		 "--port: 'htp' is neither a port nor a service: give a number from 1 to 65535"},
		{"--quiet",
		 "--quiet: only for 'sockstate doctor' or 'sockstate check' or 'sockstate why'"},
		{"-q",
		 "--quiet: only for 'sockstate doctor' or 'sockstate check' or 'sockstate why'"},
		{"doctor --raw",
		 "--raw: not an option of 'sockstate doctor': see 'sockstate doctor --help'"},
		{"doctor --zebra", "unknown option '--zebra': see 'sockstate doctor --help'"},
		{"ladder", "unexpected word 'ladder': did you mean -o ladder?"},
		{"client", "unexpected word 'client': did you mean --side client?"},
		{"verify", "unexpected word 'verify': did you mean --verify?"},
		{"docter", "unexpected word 'docter': did you mean 'doctor'?"},
		{"9502", "unexpected word '9502': a port is given as --port 9502"},
		{"serve",
		 "unexpected word 'serve': commands are doctor, fields, check, why, list, top, export, report, explain and ship; see 'sockstate --help'"},
		{"doctor fields", "'fields': one command at a time"},
		{"lst", "unexpected word 'lst': did you mean 'list'?"},
		{"list foo", "unexpected word 'foo': see 'sockstate list --help'"},
		{"list tap", "unexpected word 'tap': see 'sockstate list --help'"},
		{"check --port 80 --max-refused 0 --",
		 "nothing follows --: give COMMAND, or leave -- out"},
		{"ship --spool /tmp --", "nothing follows --: give COMMAND, or leave -- out"},
		{"-",
		 "unexpected word '-': commands are doctor, fields, check, why, list, top, export, report, explain and ship; see 'sockstate --help'"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct command_line l = {.options.trace.count = 4711}, before = l;
		char err[512] = "";
		int rc = parse(&l, bad[i].line, err, sizeof(err));

		ok(rc == -EINVAL && !memcmp(&l, &before, sizeof(l)),
		   "'%s' is refused, options untouched", bad[i].line);
		is_str(err, bad[i].err, "  and named");
	}
}

static void test_help(enum command_id id, const char *has)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	size_t longest = 0;

	command_help(out, id);
	fclose(out);
	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		longest = len > longest ? len : longest;
		line += len + (line[len] == '\n');
	}
	ok(longest <= 100, "help is %zu columns wide", longest);
	ok(strstr(text, has), "help has %s", has);
	free(text);
}

/* The word that names the command is found before its table is known: names must not disagree. */
static void test_names(void)
{
	bool agree = true;

	for (unsigned int a = 0; a < COMMAND_COUNT; a++) {
		const struct arg *arg;

		for (size_t i = 0; (arg = arg_at(&command_get(a)->args, i, NULL)); i++) {
			for (unsigned int b = 0; b < COMMAND_COUNT; b++) {
				const struct arg *other = arg_by_name(
					&command_get(b)->args, arg->name, strlen(arg->name), NULL);

				agree &= !other || (!other->value == !arg->value &&
						    other->letter == arg->letter);
			}
		}
	}
	ok(agree, "options of the same name have the same letter, and all a value or none");
}

int main(void)
{
	test_defaults();
	test_good();
	test_bad();
	test_help(COMMAND_TRACE, "  -P, --port LIST");
	test_help(COMMAND_DOCTOR, "  -q, --quiet");
	test_help(COMMAND_FIELDS, "  -h, --help");
	test_names();
	return done();
}
