// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/explain.h"

#include <string.h>

#include "base/json_text.h"
#include "base/text.h"

/* Columns of a paragraph. */
#define WRAP_DEFAULT 80
#define WRAP_MAX     100

static void wrap(struct out *out, const char *text, unsigned int width)
{
	unsigned int at = 0;

	while (*text) {
		size_t len = strcspn(text, " ");
		char word[256];
		unsigned int columns;

		if (len >= sizeof(word))
			len = sizeof(word) - 1;
		memcpy(word, text, len);
		word[len] = '\0';
		columns = text_columns(word);
		if (at && at + 1 + columns > width) {
			out_text(out, "\n");
			at = 0;
		} else if (at) {
			out_text(out, " ");
			at++;
		}
		out_text(out, word);
		at += columns;
		text += len;
		text += *text == ' ';
	}
	out_text(out, "\n");
}

static void print_why_chosen(const struct explain_page *page, const struct worst_entry *worst)
{
	char time[TEXT_DURATION_MAX];

	text_duration(time, worst->ns, page->prose.utf8);
	out_format(page->prose.out,
		   "The worst connection of the recording: %s, %s after the first sign of it.\n\n",
		   prose_kind(worst->kind), time);
}

/* ,"key":"text" */
static void put_text(struct out *out, const char *key, const char *text)
{
	char *p;

	out_format(out, ",\"%s\":", key);
	p = out_reserve(out, json_text_max(strlen(text)));
	if (p)
		out_advance(out, json_text(p, text));
}

static void put_ns(struct out *out, const char *key, bool known, uint64_t ns)
{
	if (known)
		out_format(out, ",\"%s\":%llu", key, (unsigned long long)ns);
}

static void put_end(struct out *out, const struct life *life, const char *key, enum life_side side)
{
	char end[TEXT_END_MAX];

	life_end(life, side, end);
	put_text(out, key, end);
}

static void print_json(const struct explain_page *page, const struct life *l,
		       const struct worst_entry *worst, const char *text)
{
	struct out *out = page->prose.out;
	struct text_clock clock = {0};
	char stamp[TEXT_RFC3339 + 1];

	*text_rfc3339(&clock, stamp, (int64_t)l->t_first + page->prose.run->boot_offset_ns) = '\0';
	out_text(out, "{\"type\":\"explain\"");
	put_text(out, "ts", stamp);
	put_end(out, l, "client", LIFE_CLIENT);
	put_end(out, l, "server", LIFE_SERVER);
	if (worst) {
		put_text(out, "chosen", prose_kind(worst->kind));
		put_ns(out, "at_door_ns", true, worst->ns);
	}
	put_ns(out, "handshake_ns", l->handshake_known, l->handshake_ns);
	put_ns(out, "connect_ns", l->connect_known, l->connect_ns);
	put_ns(out, "accept_wait_ns", l->wait_known, l->wait_ns);
	if (l->accepted || l->accepted_known)
		out_format(out, ",\"accepted\":%s", l->accepted ? "true" : "false");
	put_ns(out, "refused", l->refused_syns + l->refused_acks,
	       l->refused_syns + l->refused_acks);
	if (l->closed)
		put_text(out, "close_reason",
			 vocabulary_name(&vocabulary_close_reason, l->close_reason));
	put_text(out, "text", text);
	out_text(out, "}\n");
}

void explain_print(const struct explain_page *page, const struct life *life,
		   const struct worst_entry *worst)
{
	struct prose prose = page->prose;
	struct out gathered;
	unsigned int width = page->columns ? page->columns : WRAP_DEFAULT;

	if (out_init(&gathered, -1))
		return;
	prose.out = &gathered;
	prose_life(&prose, life);
	out_bytes(&gathered, "", 1);
	if (gathered.err) {
		page->prose.out->err = gathered.err;
	} else if (page->json) {
		print_json(page, life, worst, gathered.buf);
	} else {
		if (worst)
			print_why_chosen(page, worst);
		wrap(page->prose.out, gathered.buf, width < WRAP_MAX ? width : WRAP_MAX);
	}
	out_free(&gathered);
}
