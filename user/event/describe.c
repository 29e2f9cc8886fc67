// SPDX-License-Identifier: BSD-2-Clause
#include "event/describe.h"

#include "event/coverage.h"
#include "event/event.h"
#include "event/vocabulary.h"

static const char *kind_name(enum field_kind kind)
{
	static const char *const names[] = {
		[KIND_U64] = "integer",	  [KIND_I64] = "integer",     [KIND_BOOL] = "true or false",
		[KIND_ENUM] = "word",	  [KIND_TIME] = "time",	      [KIND_STATE] = "state",
		[KIND_TEXT] = "text",	  [KIND_ADDR] = "address",    [KIND_STATES] = "object",
		[KIND_FACTS] = "object",  [KIND_FILTER] = "object",   [KIND_ARGV] = "array",
		[KIND_DROPS] = "object",  [KIND_LISTENERS] = "array", [KIND_DIAGNOSES] = "array",
		[KIND_HOLDERS] = "array", [KIND_WATCHERS] = "array",  [KIND_THREADS] = "array",
	};

	return names[kind];
}

/* A '|' would end the cell. */
static void print_cell(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			putc('\\', out);
		putc(*text, out);
	}
}

/* The words of each closed list, once for every key that has one. */
static void print_words(FILE *out)
{
	fputs("\n## Words\n\n"
	      "These keys hold one word of a closed list.\n\n"
	      "| key | word | meaning |\n| --- | --- | --- |\n",
	      out);
	for (int i = 0; i < FIELD_COUNT; i++) {
		const struct vocabulary *v = field_infos[i].vocabulary;

		for (unsigned int n = 0; v && n < v->count; n++) {
			const struct word *word = vocabulary_word(v, n);

			if (!word)
				continue;
			fprintf(out, "| `%s` | `%s` | ", field_infos[i].key, word->name);
			print_cell(out, word->meaning);
			fputs(" |\n", out);
		}
	}
}

void fields_print_markdown(FILE *out)
{
	fputs("# The stream of sockstate\n\n"
	      "This file is generated from the catalogue in the code (`user/event/fields.def`, `user/event/event.h`). Do not edit it.\n\n"
	      "`sockstate --json` prints one JSON object a line. These hold for every line:\n\n"
	      "- A key that is unknown or does not apply is absent. 0 means measured zero.\n"
	      "- Durations are integers in nanoseconds and end in `_ns`. Ports are in host order.\n"
	      "- Lines come in the order of `t_ns`; one that had to be printed late carries `late`.\n"
	      "- `seq` counts lines from 0 without gaps. What was lost is told by a line of type `lost`.\n"
	      "- Text of other processes may hold any bytes: the line is valid JSON all the same, control characters are\n"
	      "  escaped, what is not UTF-8 is U+FFFD.\n\n"
	      "## Types of lines\n\n"
	      "| `type` | meaning |\n| --- | --- |\n",
	      out);
	for (int i = 0; i < EVENT_TYPE_COUNT; i++) {
		fprintf(out, "| `%s` | ", event_type_name((enum event_type)i));
		print_cell(out, event_type_meaning((enum event_type)i));
		fputs(" |\n", out);
	}
	fputs("\n## On every line, in this order\n\n"
	      "| key | kind | meaning |\n| --- | --- | --- |\n"
	      "| `type` | text | see above |\n"
	      "| `ts` | text | when it happened: RFC 3339, UTC, nanoseconds |\n"
	      "| `t_ns` | integer | when it happened: CLOCK_MONOTONIC of the kernel, stamped at the fact itself |\n"
	      "| `seq` | integer | number of the line, from 0 |\n\n"
	      "## Fields, in the order of a line\n\n"
	      "| key | kind | meaning |\n| --- | --- | --- |\n",
	      out);
	for (int i = 0; i < FIELD_COUNT; i++) {
		fprintf(out, "| `%s` | %s | ", field_infos[i].key, kind_name(field_infos[i].kind));
		print_cell(out, field_infos[i].meaning);
		fputs(" |\n", out);
	}
	fputs("| `late` | true or false | last on the line: one with a later `t_ns` had been printed before |\n\n"
	      "States are the kernel's names without `TCP_`: `CLOSE` `LISTEN` `SYN_SENT` `SYN_RECV` `ESTABLISHED` `FIN_WAIT1`\n"
	      "`FIN_WAIT2` `TIME_WAIT` `CLOSE_WAIT` `LAST_ACK` `CLOSING`.\n",
	      out);
	print_words(out);
	fputs("\n## `facts`: what a run can know\n\n"
	      "Each is `exact`, `derived` or `absent`; `why` says the reason where it is not exact.\n\n"
	      "| fact | meaning |\n| --- | --- |\n",
	      out);
	for (int i = 0; i < KNOW_COUNT; i++)
		fprintf(out, "| `%s` | %s |\n", fact_name((enum fact_name)i),
			fact_meaning((enum fact_name)i));
	fputs("\n## `drops_by_reason`: why a listener refused\n\nOnly reasons that occurred are in the object:",
	      out);
	for (int i = 0; i < DROP_REASON_COUNT; i++)
		fprintf(out, " `%s`", drop_reason_name((enum drop_reason)i));
	fputs(".\n\n## `listeners` in the summary\n\n"
	      "One object a listener: `cookie`, `netns`, `family`, `laddr`, `lport`, `completed`, `accepts`, `drops`, and,\n"
	      "where there was one to measure, `handshake` and `accept_wait`: objects of `count`, `p50_ns`, `p90_ns`, `p99_ns`,\n"
	      "`max_ns`.\n\n"
	      "## `filter`\n\n"
	      "`ports`: array of `\"9502\"` or `\"9500-9510\"`, empty for every port; `side`: `both`, `server` or `client`;\n"
	      "`family`: array of `ipv4`, `ipv6`.\n",
	      out);
}
