// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/html.h"

#include <stdio.h>
#include <string.h>

/* Longer text is cut: a sentence of a look has 480 bytes. */
#define TEXT_BYTES 4096

void html_text(struct out *o, const char *text)
{
	static const struct {
		char c;
		const char *name;
	} names[] = {
		{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
	};
	char clean[TEXT_BYTES];

	text_clean(clean, sizeof(clean), text, TEXT_BYTES, true);
	for (const char *p = clean; *p; p++) {
		const char *name = NULL;

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (names[i].c == *p)
				name = names[i].name;
		if (name)
			out_text(o, name);
		else
			out_bytes(o, p, 1);
	}
}

char *html_count_text(char buf[HTML_COUNT_MAX], uint64_t n)
{
	char digits[TEXT_U64_MAX + 1], *p = buf;
	size_t len = (size_t)(text_u64(digits, n) - digits);

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return buf;
}

void html_count(struct out *o, uint64_t n)
{
	char buf[HTML_COUNT_MAX];

	out_text(o, html_count_text(buf, n));
}

void html_known_count(struct out *o, uint64_t n, bool known)
{
	if (known)
		html_count(o, n);
	else
		out_text(o, "<span class=\"dim\">not visible</span>");
}

void html_duration(struct out *o, uint64_t ns)
{
	char buf[TEXT_DURATION_MAX];

	text_duration(buf, ns, true);
	out_text(o, buf);
}

void html_round_duration(char buf[TEXT_DURATION_MAX], uint64_t ns)
{
	size_t len = text_duration(buf, ns, true);
	char *point = strchr(buf, '.'), *unit = strchr(buf, ' '), *end = unit;

	if (!point || !unit || point > unit)
		return;
	while (end[-1] == '0')
		end--;
	if (end - 1 == point)
		end--;
	memmove(end, unit, len - (size_t)(unit - buf) + 1);
}

void html_ends(struct out *o, int family, const uint8_t *addr, uint16_t port, const char *zone)
{
	char buf[TEXT_END_MAX];

	text_end_in(buf, family, family ? addr : NULL, port ? port : -1, zone);
	html_text(o, buf);
}

void html_owner(struct out *o, const char *comm, uint32_t pid)
{
	if (!pid)
		return;
	out_text(o, "<bdi>");
	html_text(o, *comm ? comm : "process ");
	out_format(o, "</bdi>[%u]", pid);
}
