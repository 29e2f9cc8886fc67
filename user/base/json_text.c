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
		memcpy(p, "u00", 3);
		p[3] = hex[cp >> 4 & 15];
		p[4] = hex[cp & 15];
		p += 5;
	}
	return p;
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
		} else if (n == 1 || cp < 0xa0) {
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
