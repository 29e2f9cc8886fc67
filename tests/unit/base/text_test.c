// SPDX-License-Identifier: BSD-2-Clause
#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#include "tap.h"

static void check_numbers(void)
{
	char got[32], want[32];
	uint64_t v = 1;
	int wrong = 0;

	for (int digits = 0; digits < 20; digits++, v *= 10) {
		for (int d = -1; d <= 1; d++) {
			*text_u64(got, v + (uint64_t)d) = '\0';
			snprintf(want, sizeof(want), "%llu", (unsigned long long)(v + (uint64_t)d));
			wrong += strcmp(got, want) != 0;
		}
	}
	for (int i = 0; i < 100000; i++) {
		v = (uint64_t)random() << 33 ^ (uint64_t)random() << 10 ^ (uint64_t)random();
		v >>= random() % 64;
		*text_u64(got, v) = '\0';
		snprintf(want, sizeof(want), "%llu", (unsigned long long)v);
		wrong += strcmp(got, want) != 0;
	}
	ok(!wrong, "numbers are printed as printf does, around every power of ten");
	*text_u64(got, UINT64_MAX) = '\0';
	is_str(got, "18446744073709551615", "the largest number");
	*text_i64(got, INT64_MIN) = '\0';
	is_str(got, "-9223372036854775808", "the smallest number");
	*text_i64(got, 7) = '\0';
	is_str(got, "7", "a positive signed number");
}

static const char *addr6(const char *text)
{
	static char out[TEXT_ADDR_MAX];
	uint8_t a[16];

	if (inet_pton(AF_INET6, text, a) != 1)
		return "(bad test)";
	*text_addr(out, AF_INET6, a) = '\0';
	return out;
}

static void check_addresses(void)
{
	char got[TEXT_END_MAX], want[INET6_ADDRSTRLEN];
	uint8_t a[16];
	int wrong = 0;

	for (int i = 0; i < 65536; i++) {
		uint8_t v4[4] = {(uint8_t)(i >> 8), (uint8_t)i, (uint8_t)(i * 7),
				 (uint8_t)(i >> 3)};

		*text_addr(got, AF_INET, v4) = '\0';
		inet_ntop(AF_INET, v4, want, sizeof(want));
		wrong += strcmp(got, want) != 0;
	}
	ok(!wrong, "IPv4 as inet_ntop prints it");

	wrong = 0;
	for (int i = 0; i < 65536; i++) {
		/* every pattern of zero groups, with groups of every length */
		for (int g = 0; g < 8; g++) {
			unsigned int v =
				i >> g & 1 ? (unsigned int)random() & 0xffff >> (random() & 15) : 0;

			a[2 * g] = (uint8_t)(v >> 8);
			a[2 * g + 1] = (uint8_t)v;
		}
		*text_addr(got, AF_INET6, a) = '\0';
		inet_ntop(AF_INET6, a, want, sizeof(want));
		/*
		 * glibc prints ::1.2.3.4 for the deprecated IPv4-compatible form; RFC 5952 4 does
		 * not ask for it
		 */
		if (strcmp(got, want) && !strchr(want, '.')) {
			printf("# got %s want %s\n", got, want);
			wrong++;
		}
	}
	ok(!wrong, "IPv6 as RFC 5952 wants it, for every pattern of zero groups");
	is_str(addr6("fd00:1111:2222:3333:4444:5555:6666:7777"),
	       "fd00:1111:2222:3333:4444:5555:6666:7777",
	       "the longest address keeps its 39 characters");
	is_str(addr6("::ffff:192.168.100.200"), "::ffff:192.168.100.200", "v4-mapped");
	is_str(addr6("::"), "::", "any");
	is_str(addr6("::1"), "::1", "loopback");
	is_str(addr6("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1",
	       "one zero group is not shortened");
	is_str(addr6("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1", "the longest run is");
	is_str(addr6("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1",
	       "the first of two equal runs is");
	is_str(addr6("1:0:0:0:0:0:0:0"), "1::", "a run at the end");

	memset(a, 0xff, sizeof(a));
	is_u64(text_end(got, AF_INET6, a, 65535), 47, "length of the longest end");
	is_str(got, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "the longest end");
	text_end(got, AF_INET, (const uint8_t[]){127, 0, 0, 1}, 9502);
	is_str(got, "127.0.0.1:9502", "an IPv4 end");
	text_end(got, AF_INET, (const uint8_t[]){127, 0, 0, 1}, -1);
	is_str(got, "127.0.0.1:?", "a port not known");
	text_end(got, AF_INET, NULL, 80);
	is_str(got, "*:80", "an address not known");
	text_end_in(got, AF_INET6, (const uint8_t[16]){0xfe, 0x80, [15] = 1}, 80, "eth0");
	is_str(got, "[fe80::1%eth0]:80", "a link-local end has its zone");
	text_end_in(got, AF_INET6, (const uint8_t[16]){0xfe, 0x80, [15] = 1}, 80, "e\033[1m");
	is_str(got, "[fe80::1%e?[1m]:80", "whose name cannot reach the terminal");
	text_end_in(got, AF_INET6, (const uint8_t[16]){0x20, 1, [15] = 1}, 80, "eth0");
	is_str(got, "[2001::1]:80", "others have none");
	text_end(got, 0, a, 80);
	is_str(got, "*:80", "a family not known");
}

static const char *dur(uint64_t ns)
{
	static char out[TEXT_DURATION_MAX];

	text_duration(out, ns, true);
	return out;
}

static void check_durations(void)
{
	char got[64];
	unsigned int wide = 0;

	is_str(dur(0), "0 ns", "zero");
	is_str(dur(999), "999 ns", "nanoseconds");
	is_str(dur(1000), "1.0 µs", "one microsecond");
	is_str(dur(9999), "9.9 µs", "cut, not rounded");
	is_str(dur(41999), "41 µs", "tens of microseconds");
	is_str(dur(999999), "999 µs", "just below a millisecond");
	is_str(dur(1000000), "1.00 ms", "a millisecond");
	is_str(dur(52345678), "52.3 ms", "tens of milliseconds");
	is_str(dur(999999999), "999 ms", "just below a second");
	is_str(dur(2000000000), "2.00 s", "two seconds");
	is_str(dur(59999999999), "59.9 s", "just below a minute");
	is_str(dur(65000000000), "1m 05s", "minutes");
	is_str(dur(7500000000000), "2h 05m", "hours");
	is_str(dur(UINT64_C(273600) * 1000000000), "3d 04h", "days");
	is_str(dur(UINT64_MAX), "213503d", "the longest");
	for (uint64_t ns = 1; ns < UINT64_MAX / 3; ns = ns * 3 / 2 + 1) {
		unsigned int c = text_columns(dur(ns));

		wide = c > wide ? c : wide;
	}
	ok(wide <= TEXT_DURATION_COLUMNS, "none is wider than %d columns (%u)",
	   TEXT_DURATION_COLUMNS, wide);
	text_duration(got, 41000, false);
	is_str(got, "41 us", "without UTF-8");
	*text_duration_right(got, 41000, 8, true) = '\0';
	is_str(got, "   41 µs", "aligned right by columns, not bytes");
	*text_duration_right(got, 2000000000, 8, true) = '\0';
	is_str(got, "  2.00 s", "aligned right");
	*text_duration_right(got, 41000, 3, false) = '\0';
	is_str(got, "41 us", "never cut");
	ok(!strcmp(text_s(1), "") && !strcmp(text_s(0), "s") && !strcmp(text_s(2), "s"),
	   "1 line, 0 lines, 2 lines");
	text_bytes(got, 999);
	is_str(got, "999 B", "bytes");
	text_bytes(got, 1234);
	is_str(got, "1.23 kB", "kilobytes");
	text_bytes(got, UINT64_MAX);
	is_str(got, "18.4 EB", "the most bytes");
}

static void check_times(void)
{
	struct text_clock clock = {0};
	char got[64], want[64];
	int wrong = 0;

	*text_rfc3339(&clock, got, INT64_C(1795343491123456789)) = '\0';
	is_str(got, "2026-11-22T10:31:31.123456789Z", "RFC 3339 with nanoseconds");
	*text_rfc3339(&clock, got, INT64_C(1795343491000000001)) = '\0';
	is_str(got, "2026-11-22T10:31:31.000000001Z", "the cached second");
	*text_rfc3339(&clock, got, 0) = '\0';
	is_str(got, "1970-01-01T00:00:00.000000000Z", "the epoch");
	*text_rfc3339(&clock, got, -1) = '\0';
	is_str(got, "1969-12-31T23:59:59.999999999Z", "before the epoch");
	*text_rfc3339(&clock, got, INT64_C(951782400) * 1000000000) = '\0';
	is_str(got, "2000-02-29T00:00:00.000000000Z", "a leap day");
	for (int i = 0; i < 20000; i++) {
		time_t s = (time_t)i * 453219;
		struct tm tm;

		gmtime_r(&s, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000000000Z", &tm);
		*text_rfc3339(&clock, got, (int64_t)s * 1000000000) = '\0';
		wrong += strcmp(got, want) != 0;
	}
	ok(!wrong, "dates as gmtime knows them, 1970 to 2257");

	clock = (struct text_clock){0};
	*text_time_of_day(&clock, got, INT64_C(1795343491123999999), 0) = '\0';
	is_str(got, "10:31:31.123", "time of day");
	*text_time_of_day(&clock, got, INT64_C(1795343491007000000), 0) = '\0';
	is_str(got, "10:31:31.007", "time of day, cached");
	clock.valid = false;
	*text_time_of_day(&clock, got, INT64_C(1795343491123000000), -11 * 3600) = '\0';
	is_str(got, "23:31:31.123", "the day before, west");
	clock.valid = false;
	*text_time_of_day(&clock, got, INT64_C(1795343491123000000), 5 * 3600 + 45 * 60) = '\0';
	is_str(got, "16:16:31.123", "a zone of quarter hours");
}

static unsigned int used;

static const char *clean(const char *name, unsigned int columns, bool utf8)
{
	static char out[64];

	used = text_clean(out, sizeof(out), name, columns, utf8);
	return out;
}

static void check_names(void)
{
	char small[6];

	is_str(clean("nginx", 15, true), "nginx", "a plain name");
	is_str(clean("\x1b[31mred\x07", 15, true), "?[31mred?", "escape and bell");
	is_str(clean("a\nb\tc\x7f", 15, true), "a?b?c?", "newline, tab, DEL");
	is_str(clean("\xc2\x9b"
		     "31m",
		     15, true),
	       "?31m", "C1: CSI in one character");
	is_str(clean("x\xff\xfey", 15, true), "x??y", "not UTF-8");
	is_str(clean("caf\xc3", 15, true), "caf?", "cut in a character by the kernel");
	is_str(clean("\xe2\x80\xae"
		     "exe",
		     15, true),
	       "?exe", "right-to-left override");
	is_str(clean("\xed\xa0\x80", 15, true), "???", "a surrogate");
	is_str(clean("\xc0\xaf", 15, true), "??", "overlong");
	is_str(clean("café", 15, true), "café", "UTF-8 stays");
	is_u64(used, 4, "its columns");
	is_str(clean("café", 15, false), "caf?", "but not on an ASCII terminal");
	is_str(clean("日本語", 15, true), "日本語", "wide characters");
	is_u64(used, 6, "take two columns each");
	is_str(clean("日本語", 4, true), "日…", "clipped by columns");
	is_u64(used, 3, "and never half a character");
	is_str(clean("日本語", 5, true), "日本…", "clipped by columns, one more");
	is_str(clean("abcdefgh", 8, true), "abcdefgh", "exactly fits");
	is_str(clean("abcdefghi", 8, true), "abcdefg…", "one too many");
	is_str(clean("abcdefghi", 8, false), "abcdefg.", "clipped in ASCII");
	is_str(clean("abc", 1, true), "…", "one column");
	is_str(clean("abc", 0, true), "", "no column");
	is_str(clean("", 5, true), "", "no name");
	text_clean(small, sizeof(small), "日本語", 10, true);
	is_str(small, "…", "a small buffer is not overrun");
	text_clean(small, sizeof(small), "abcdefgh", 10, true);
	is_str(small, "ab…", "nor is a character cut by it");
	is_u64(text_columns("41 µs → 日"), 10, "columns of a text");
}

/* Eight bytes are looked at together: each character at each place of them. */
static void check_columns(void)
{
	static const struct {
		const char *text;
		unsigned int columns;
	} characters[] = {
		{"a", 1},
		{"~", 1},
		{"µ", 1},
		{"·", 1},
		{"\xdf\xbf", 1},
		{"\xe0\xbf\xbf", 1},
		{"\xe1\x83\xbf", 1},
		{"\xe1\x84\x80", 2},
		{"→", 1},
		{"日", 2},
		{"\xf0\x9f\x98\x80", 2},
		{"\xf0\x90\x80\x80", 1},
	};
	char text[64];

	for (size_t i = 0; i < sizeof(characters) / sizeof(*characters); i++) {
		unsigned int wrong = 0;

		for (size_t before = 0; before < 20; before++) {
			for (size_t behind = 0; behind < 20; behind++) {
				snprintf(text, sizeof(text), "·%.*s%s%.*s", (int)before,
					 "aaaaaaaaaaaaaaaaaaaa", characters[i].text, (int)behind,
					 "bbbbbbbbbbbbbbbbbbbb");
				wrong += text_columns(text) !=
					 1 + before + characters[i].columns + behind;
			}
		}
		is_u64(wrong, 0, "columns of a character at any place");
	}
}

int main(void)
{
	check_numbers();
	check_addresses();
	check_durations();
	check_times();
	check_names();
	check_columns();
	return done();
}
