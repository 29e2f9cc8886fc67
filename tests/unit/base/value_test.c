// SPDX-License-Identifier: BSD-2-Clause
#include "base/units.h"
#include "base/value.h"

#include <errno.h>
#include <stddef.h>

#include "tap.h"

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

		ok(value_duration(durations[i].text, NS_S, &ns) == 0 && ns == durations[i].ns,
		   "%s is %llu ns", durations[i].text, (unsigned long long)ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ns = 42;

		ok(value_duration(bad[i], NS_S, &ns) == -EINVAL && ns == 42, "'%s' is no duration",
		   bad[i]);
	}
}

static void test_sizes(void)
{
	static const char *const bad[] = {
		"", "K", "-1", "1KB", "1T", "17179869184G", "18446744073709551616"};
	uint64_t bytes = 0;

	ok(value_size("65536", &bytes) == 0 && bytes == 65536, "bytes");
	ok(value_size("64k", &bytes) == 0 && bytes == 65536, "64k");
	ok(value_size("8M", &bytes) == 0 && bytes == 8 << 20, "8M");
	ok(value_size("1G", &bytes) == 0 && bytes == 1 << 30, "1G");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bytes = 42;
		ok(value_size(bad[i], &bytes) == -EINVAL && bytes == 42, "'%s' is no size", bad[i]);
	}
}

static void test_lists(void)
{
	static const char *const broken[] = {",", "a,", ",a", "a,,b"};
	char err[80] = "";

	ok(!value_list_whole("a", err, sizeof(err)) && !value_list_whole("a,bc", err, sizeof(err)),
	   "lists");
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		ok(value_list_whole(broken[i], err, sizeof(err)) == -EINVAL,
		   "'%s' has an empty part", broken[i]);
	is_str(err, "the list 'a,,b' has an empty part: remove the extra comma", "  in words");
	ok(value_list_whole("", err, sizeof(err)) == -EINVAL, "a list without a part");
	is_str(err, "the list is empty", "  in words");
}

int main(void)
{
	test_durations();
	test_sizes();
	test_lists();
	return done();
}
