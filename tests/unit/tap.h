/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tap.h - the few lines of TAP that a unit test needs. The plan comes last.
 *
 *	int main(void)
 *	{
 *		ok(1 + 1 == 2, "adds");
 *		is_str(name(3), "SYN_RECV", "names a state");
 *		return done();
 *	}
 */
#ifndef SOCKSTATE_TAP_H
#define SOCKSTATE_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool good, const char *format, ...)
{
	va_list args;

	tap_count++;
	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return good;
}

/* Text as comment lines. */
__attribute__((unused)) static void tap_comment(const char *label, const char *text)
{
	printf("# %s:\n#   ", label);
	for (; text && *text; text++) {
		putchar(*text);
		if (*text == '\n' && text[1])
			printf("#   ");
	}
	putchar('\n');
}

__attribute__((unused)) static bool is_str(const char *got, const char *want, const char *name)
{
	bool same = got && want && !strcmp(got, want);

	ok(same, "%s", name);
	if (!same) {
		tap_comment("got", got ? got : "(null)");
		tap_comment("want", want ? want : "(null)");
	}
	return same;
}

__attribute__((unused)) static bool is_u64(uint64_t got, uint64_t want, const char *name)
{
	ok(got == want, "%s", name);
	if (got != want)
		printf("# got %llu, want %llu\n", (unsigned long long)got,
		       (unsigned long long)want);
	return got == want;
}

__attribute__((unused)) static int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
