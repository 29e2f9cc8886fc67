// SPDX-License-Identifier: BSD-2-Clause
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tap.h"

#define WORDS_MAX 16
#define NS_MS	  UINT64_C(1000000)
#define NS_S	  UINT64_C(1000000000)

/* Splits at blanks; '' stands for an empty word. */
static int parse(struct options *o, const char *line, char *err, size_t err_size)
{
	/* what options keep (record, replay) points into it: tests compare before the next call */
	static char copy[512];
	char *argv[WORDS_MAX] = {(char *)"sockstate"};
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word && argc < WORDS_MAX - 1; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "''") ? word : (char *)"";
	return options_parse(o, argc, argv, err, err_size);
}

static bool good(struct options *o, const char *line)
{
	char err[512] = "";
	int rc = parse(o, line, err, sizeof(err));

	return ok(rc == 0, "'%s' is fine%s%s", line, err[0] ? ": " : "", err);
}

static void test_defaults(void)
{
	struct options o;

	good(&o, "");
	ok(o.command == COMMAND_TRACE && o.output == OUTPUT_TABLE && o.color == COLOR_AUTO,
	   "trace, table, auto");
	ok(o.filter.port_ranges == 0 && o.filter.side == SIDE_BOTH && o.filter.ipv4 &&
		   o.filter.ipv6,
	   "no filter");
	ok(o.ring_bytes == 0 && !o.record && !o.replay && !o.duration_ns && !o.count,
	   "rings of the usual size, until stopped");
}

static void test_good(void)
{
	struct options o;

	good(&o, "--port 9502 -P 80,443 -P9000-9010 --port=7");
	ok(o.filter.port_ranges == 5 && o.filter.ports[3].first == 9000 &&
		   o.filter.ports[3].last == 9010 && o.filter.ports[4].first == 7,
	   "ports add up");
	good(&o, "--side server");
	ok(o.filter.side == SIDE_SERVER, "server side");
	good(&o, "--side client -4");
	ok(o.filter.side == SIDE_CLIENT && o.filter.ipv4 && !o.filter.ipv6, "client side, IPv4");
	good(&o, "-4 -6");
	ok(o.filter.ipv4 && o.filter.ipv6, "-4 -6 is both");
	good(&o, "-6 -6");
	ok(!o.filter.ipv4 && o.filter.ipv6, "-6 twice is IPv6");
	good(&o, "--json");
	ok(o.output == OUTPUT_JSON, "--json");
	good(&o, "--json -o ladder");
	ok(o.output == OUTPUT_LADDER, "the last one wins");
	good(&o, "-vwo summary");
	ok(o.verbose && o.wide && o.output == OUTPUT_SUMMARY, "letters in one word");
	good(&o, "--duration 10 --interval 500ms --slow 20 --stuck 2s");
	ok(o.duration_ns == 10 * NS_S && o.interval_ns == 500 * NS_MS && o.slow_ns == 20 * NS_MS &&
		   o.stuck_ns == 2 * NS_S,
	   "times have the unit of their option");
	good(&o,
	     "--ring-size 64K --max-connections 1000 --max-requests 500 --count 3 --flood-min 5 --flood-old 10");
	ok(o.ring_bytes == 65536 && o.max_connections == 1000 && o.max_requests == 500 &&
		   o.count == 3 && o.flood_min == 5 && o.flood_old_percent == 10,
	   "numbers");
	good(&o, "--record -odd-");
	is_str(o.record, "-odd-", "a value may begin with a dash");
	good(&o, "doctor --quiet");
	ok(o.command == COMMAND_DOCTOR && o.quiet, "doctor --quiet");
	good(&o, "-v fields");
	ok(o.command == COMMAND_FIELDS, "fields after an option");
	good(&o, "-- doctor");
	ok(o.command == COMMAND_DOCTOR, "a command after --");
	good(&o, "--help --nonsense");
	ok(o.help, "--help ends the parse");
	good(&o, "-V --nonsense");
	ok(o.version, "-V ends the parse");
	good(&o,
	     "--raw --no-header --color never --verify --name-syn-drops --syscall-fallback --keep-privileges");
	ok(o.raw && o.no_header && o.color == COLOR_NEVER && o.verify && o.name_syn_drops &&
		   o.syscall_fallback && o.keep_privileges,
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
		{"--quiet", "--quiet: only for 'sockstate doctor'"},
		{"9502", "unexpected word '9502': a port is given as --port 9502"},
		{"serve",
		 "unexpected word 'serve': commands are doctor and fields; see 'sockstate --help'"},
		{"doctor fields", "'fields': one command at a time"},
		{"-",
		 "unexpected word '-': commands are doctor and fields; see 'sockstate --help'"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct options o = {.count = 4711}, before = o;
		char err[512] = "";
		int rc = parse(&o, bad[i].line, err, sizeof(err));

		ok(rc == -EINVAL && !memcmp(&o, &before, sizeof(o)),
		   "'%s' is refused, options untouched", bad[i].line);
		is_str(err, bad[i].err, "  and named");
	}
}

static void test_durations(void)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} durations[] = {
		{"5", 5 * NS_S},
		{"1.5", 1500 * NS_MS},
		{"500ms", 500 * NS_MS},
		{"0.5s", 500 * NS_MS},
		{"2m", 120 * NS_S},
		{"1h", 3600 * NS_S},
		{"250us", 250000},
		{"7ns", 7},
		{"0", 0},
		{"1.0000000009", NS_S},
		{"18446744073s", UINT64_C(18446744073) * NS_S},
	};
	static const char *const bad[] = {"",
					  "s",
					  "-1",
					  "+1",
					  " 1",
					  "1 s",
					  "1.",
					  ".5",
					  "1.s",
					  "1d",
					  "1ms ",
					  "18446744074",
					  "99999999999999999999",
					  "1e3",
					  "0x10"};

	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		uint64_t ns = 1;

		ok(options_duration(durations[i].text, NS_S, &ns) == 0 && ns == durations[i].ns,
		   "%s is %llu ns", durations[i].text, (unsigned long long)ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ns = 42;

		ok(options_duration(bad[i], NS_S, &ns) == -EINVAL && ns == 42,
		   "'%s' is no duration", bad[i]);
	}
}

static void test_sizes(void)
{
	static const char *const bad[] = {
		"", "K", "-1", "1KB", "1T", "17179869184G", "18446744073709551616"};
	uint64_t bytes = 0;

	ok(options_size("65536", &bytes) == 0 && bytes == 65536, "bytes");
	ok(options_size("64k", &bytes) == 0 && bytes == 65536, "64k");
	ok(options_size("8M", &bytes) == 0 && bytes == 8 << 20, "8M");
	ok(options_size("1G", &bytes) == 0 && bytes == 1 << 30, "1G");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bytes = 42;
		ok(options_size(bad[i], &bytes) == -EINVAL && bytes == 42, "'%s' is no size",
		   bad[i]);
	}
}

static void test_help(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	size_t longest = 0;

	options_help(out);
	fclose(out);
	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		longest = len > longest ? len : longest;
		line += len + (line[len] == '\n');
	}
	ok(longest <= 100, "help is %zu columns wide", longest);
	ok(strstr(text, "  -P, --port LIST"), "help has the port");
	free(text);
}

int main(void)
{
	test_defaults();
	test_good();
	test_bad();
	test_durations();
	test_sizes();
	test_help();
	return done();
}
