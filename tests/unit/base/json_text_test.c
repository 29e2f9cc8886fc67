// SPDX-License-Identifier: BSD-2-Clause
#include "base/json_text.h"

#include "tap.h"

static void check(const char *text, const char *want, const char *name)
{
	char got[256];

	memset(got, 'X', sizeof(got));
	*json_text(got, text) = '\0';
	is_str(got, want, name);
	ok(strlen(got) <= json_text_max(strlen(text)), "%s: no longer than announced", name);
}

int main(void)
{
	char all[256], got[6 * 256];
	size_t n = 0;

	check("", "\"\"", "nothing");
	check("nginx: worker", "\"nginx: worker\"", "a plain name");
	check("a\"b\\c/d", "\"a\\\"b\\\\c/d\"", "quote and backslash");
	check("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"", "the short escapes");
	check("\x01\x1b[0m\x1f\x7f", "\"\\u0001\\u001b[0m\\u001f\\u007f\"",
	      "other control characters");
	check("\xc2\x9b", "\"\\u009b\"", "C1 controls");
	check("caf\xc3\xa9 日本 \xf0\x9f\x98\x80", "\"caf\xc3\xa9 日本 \xf0\x9f\x98\x80\"",
	      "UTF-8 passes");
	check("a\xe2\x80\xae"
	      "gnp\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c",
	      "\"a\\u202egnp\\u2066\\u2028\\u061c\"", "what turns text around or ends a line");
	check("\xff", "\"\xef\xbf\xbd\"", "a byte that is never UTF-8");
	check("a\xc3", "\"a\xef\xbf\xbd\"", "cut at the end");
	check("\xe2\x82z", "\"\xef\xbf\xbdz\"",
	      "cut in the middle: one replacement for the longest prefix");
	check("\xf0\x9f\x98", "\"\xef\xbf\xbd\"", "three bytes of four");
	check("\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"", "overlong");
	check("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "surrogate");
	check("\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
	      "beyond U+10FFFF");

	for (int c = 1; c < 256; c++)
		all[n++] = (char)c;
	all[n] = '\0';
	*json_text(got, all) = '\0';
	n = 0;
	for (const char *p = got; *p; p++)
		n += (unsigned char)*p < 0x20 || *p == 0x7f;
	ok(n == 0, "no control byte gets through");
	return done();
}
