// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/pairs.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int otlp_pairs_add(struct otlp_pairs *p, const char *pair)
{
	if (p->count == OTLP_PAIRS_MAX)
		return -E2BIG;
	p->pair[p->count++] = pair;
	return 0;
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* In place. A byte of 0 would end the text: it is no code. */
static void decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		int high = *text == '%' ? digit_of(text[1]) : -1;
		int low = high >= 0 ? digit_of(text[2]) : -1;

		if (low >= 0 && high + low) {
			*to++ = (char)(16 * high + low);
			text += 2;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* Without the blanks around it. */
static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	for (n = strlen(text); n && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
		text[n - 1] = '\0';
	return text;
}

static int read_one(struct otlp_pairs *p, char *word)
{
	char *equals;

	word = trim(word);
	if (!*word)
		return 0;
	equals = strchr(word, '=');
	if (!equals || equals == word)
		return -EINVAL;
	decode(equals + 1);
	return otlp_pairs_add(p, word);
}

int otlp_pairs_read(struct otlp_pairs *p, const char *list)
{
	size_t before = p->count;
	char *text = strdup(list), *rest = text, *word;
	int rc = text && !p->text ? 0 : -ENOMEM;

	while (!rc && (word = strsep(&rest, ",")))
		rc = read_one(p, word);
	if (rc) {
		p->count = before;
		free(text);
		return rc;
	}
	p->text = text;
	return 0;
}

void otlp_pairs_free(struct otlp_pairs *p)
{
	free(p->text);
	*p = (struct otlp_pairs){0};
}

bool otlp_is_header(const char *pair)
{
	const char *p = pair;

	for (; *p && *p != '='; p++)
		if (!isalnum((unsigned char)*p) && !strchr("!#$%&'*+-.^_`|~", *p))
			return false;
	if (p == pair || *p != '=')
		return false;
	for (p++; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\t')
			return false;
	return true;
}
