// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/answer.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define DEPTH_MAX   16
#define TOKEN_MAX   64
#define COLUMNS_MAX 160

struct reader {
	const char *p, *end;
	struct otlp_answer *answer;
	bool partial; /* within partialSuccess */
	char text[OTLP_MESSAGE_MAX];
};

static const char space[] = {' ', '\t', '\r', '\n'}, ends[] = {',', ']', '}'};

static void skip_space(struct reader *r)
{
	while (r->p < r->end && memchr(space, *r->p, sizeof(space)))
		r->p++;
}

static bool take(struct reader *r, char c)
{
	skip_space(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* A string into r->text, cut where it is longer; an escape becomes what follows the backslash. */
static bool read_string(struct reader *r)
{
	size_t n = 0;

	if (!take(r, '"'))
		return false;
	for (; r->p < r->end && *r->p != '"'; r->p++) {
		if (*r->p == '\\' && ++r->p == r->end)
			return false;
		if (n < sizeof(r->text) - 1)
			r->text[n++] = *r->p;
	}
	r->text[n] = '\0';
	if (r->p == r->end)
		return false;
	r->p++;
	return true;
}

/* A number, true, false or null into r->text. */
static bool read_bare(struct reader *r)
{
	size_t n = 0;

	skip_space(r);
	while (r->p < r->end && !memchr(space, *r->p, sizeof(space)) &&
	       !memchr(ends, *r->p, sizeof(ends))) {
		if (n < TOKEN_MAX)
			r->text[n++] = *r->p;
		r->p++;
	}
	r->text[n] = '\0';
	return n;
}

/* int64, as a number or as a string of digits; what is less than 0 counts as none. */
static uint64_t number_of(const char *text)
{
	uint64_t v = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		if (v > UINT64_MAX / 10 - 9)
			return UINT64_MAX;
		v = 10 * v + (uint64_t)(*text - '0');
	}
	return *text ? 0 : v;
}

static void learn(struct reader *r, const char *key, int depth)
{
	struct otlp_answer *a = r->answer;

	if (r->partial && depth == 2 &&
	    (!strcmp(key, "rejectedDataPoints") || !strcmp(key, "rejectedLogRecords")))
		a->rejected = number_of(r->text);
	if ((r->partial && depth == 2 && !strcmp(key, "errorMessage")) ||
	    (depth == 1 && !strcmp(key, "message")))
		text_clean(a->message, sizeof(a->message), r->text, COLUMNS_MAX, true);
}

static bool read_value(struct reader *r, const char *key, int depth);

static bool read_members(struct reader *r, const char *key, int depth, bool object)
{
	char end = object ? '}' : ']', name[TOKEN_MAX];

	if (depth == DEPTH_MAX)
		return false;
	if (depth == 1)
		r->partial = object && !strcmp(key, "partialSuccess");
	if (take(r, end))
		return true;
	do {
		name[0] = '\0';
		if (object) {
			if (!read_string(r) || !take(r, ':'))
				return false;
			if (strlen(r->text) < sizeof(name))
				memcpy(name, r->text, strlen(r->text) + 1);
		}
		if (!read_value(r, name, depth + 1))
			return false;
	} while (take(r, ','));
	return take(r, end);
}

/* depth: of objects and lists around it. */
static bool read_value(struct reader *r, const char *key, int depth)
{
	bool ok;

	skip_space(r);
	if (take(r, '{'))
		return read_members(r, key, depth, true);
	if (take(r, '['))
		return read_members(r, key, depth, false);
	ok = r->p < r->end && *r->p == '"' ? read_string(r) : read_bare(r);
	if (ok)
		learn(r, key, depth);
	return ok;
}

void otlp_answer_read(struct otlp_answer *a, const char *bytes, size_t size)
{
	struct otlp_answer read = {0};
	struct reader r = {.p = bytes, .end = bytes + size, .answer = &read};

	*a = (struct otlp_answer){0};
	if (read_value(&r, "", 0))
		*a = read;
}
