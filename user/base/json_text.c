// SPDX-License-Identifier: BSD-2-Clause
#include "base/json_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Printable ASCII except the quote and the backslash. */
static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static char *put_escape(char *p, uint32_t cp)
{
	static const char short_form[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};
	static const char hex[] = "0123456789abcdef";

	*p++ = '\\';
	if (cp == '"' || cp == '\\') {
		*p++ = (char)cp;
	} else if (cp < 0x20 && short_form[cp]) {
		*p++ = short_form[cp];
	} else {
		*p++ = 'u';
		for (int shift = 12; shift >= 0; shift -= 4)
			*p++ = hex[cp >> shift & 15];
	}
	return p;
}

/*
 * Characters that change the direction of text (Unicode Bidi_Control) or end a line: a terminal
 * that shows the JSON would show other text than stands there.
 */
static bool turns_text(uint32_t cp)
{
	return cp == 0x61c || cp == 0x200e || cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

char *json_text(char *p, const char *text)
{
	*p++ = '"';
	for (;;) {
		uint32_t cp;
		int n;

		while (is_plain((unsigned char)*text))
			*p++ = *text++;
		if (!*text)
			break;
		n = text_utf8(text, &cp);
		if (n < 0) {
			memcpy(p, "\xef\xbf\xbd", 3);
			p += 3;
			text -= n;
		} else if (n == 1 || cp < 0xa0 || turns_text(cp)) {
			p = put_escape(p, cp);
			text += n;
		} else {
			memcpy(p, text, (size_t)n);
			p += n;
			text += n;
		}
	}
	*p++ = '"';
	return p;
}
