// SPDX-License-Identifier: BSD-2-Clause
#include "event/describe.h"

#include "event/coverage.h"
#include "event/event.h"
#include "event/vocabulary.h"

/* A '|' would end the cell. */
static void print_cell(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			putc('\\', out);
		putc(*text, out);
	}
}

static void print_common(FILE *out, bool behind)
{
	for (size_t i = 0; i < common_key_count; i++) {
		const struct common_key *k = &common_keys[i];

		if (k->behind == behind)
			fprintf(out, "| `%s` | %s | %s |\n", k->key, k->name, k->meaning);
	}
}

/* Which key stands on which type of line. */
static void print_matrix(FILE *out)
{
	fputs("\n## Which key stands where\n\n"
	      "●: always. ○: where it is known and applies. `sockstate fields --json-schema` says the same to a validator.\n\n"
	      "| key |",
	      out);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		fprintf(out, " `%s` |", event_type_name((enum event_type)type));
	fputs("\n| --- |", out);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		fputs(" :-: |", out);
	fputs("\n", out);
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_infos[f];

		fprintf(out, "| `%s` |", info->key);
		for (int type = 0; type < EVENT_TYPE_COUNT; type++)
			fputs(info->always >> type & 1	    ? " ● |"
			      : info->sometimes >> type & 1 ? " ○ |"
							    : "   |",
			      out);
		fputs("\n", out);
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
	      "| key | kind | meaning |\n| --- | --- | --- |\n",
	      out);
	print_common(out, false);
	fputs("\n## Fields, in the order of a line\n\n"
	      "| key | kind | meaning |\n| --- | --- | --- |\n",
	      out);
	for (int i = 0; i < FIELD_COUNT; i++) {
		fprintf(out, "| `%s` | %s | ", field_infos[i].key,
			kind_infos[field_infos[i].kind].name);
		print_cell(out, field_infos[i].meaning);
		fputs(" |\n", out);
	}
	print_common(out, true);
	fputs("\nStates are the kernel's names without `TCP_`: `CLOSE` `LISTEN` `SYN_SENT` `SYN_RECV` `ESTABLISHED` `FIN_WAIT1`\n"
	      "`FIN_WAIT2` `TIME_WAIT` `CLOSE_WAIT` `LAST_ACK` `CLOSING`.\n",
	      out);
	print_matrix(out);
	print_words(out);
	fputs("\n## `facts`: what a run can know\n\n"
	      "Each is `exact`, `derived` or `absent`; `why` says the reason where it is not exact.\n\n"
	      "| fact | meaning |\n| --- | --- |\n",
	      out);
	for (int i = 0; i < KNOW_COUNT; i++)
		fprintf(out, "| `%s` | %s |\n", fact_name((enum fact_name)i),
			fact_meaning((enum fact_name)i));
	fputs("\n## `drops_by_reason`: why segments were refused or discarded\n\nOnly reasons that occurred are in the object:",
	      out);
	for (int i = 0; i < DROP_REASON_COUNT; i++)
		fprintf(out, " `%s`", drop_reason_name((enum drop_reason)i));
	fputs(".\n\n## `listeners` in the summary\n\n"
	      "One object a listener: `cookie`, `netns`, `family`, `laddr`, `ifname`, `lport`, `pid` and `comm` (its owner, or the last\n"
	      "one), `completed`, `accepts`, `drops`, and, where there was one to measure, `handshake` and `accept_wait`: objects\n"
	      "of `count`, `p50_ns`, `p90_ns`, `p99_ns`, `max_ns`. Where they are not 0: `accepts_unseen`, `accepts_departed`, `syncookies_sent`, `stuck_close_wait`, `stuck_close_wait_ns`\n"
	      "and `stuck_close_wait_pid`, who holds the oldest of these.\n\n"
	      "## `filter`\n\n"
	      "`ports`: array of `\"9502\"` or `\"9500-9510\"`, empty for every port; `side`: `both`, `server` or `client`;\n"
	      "`family`: array of `ipv4`, `ipv6`; `netns`. Where they were asked for: `lports`, `rports` as `ports`;\n"
	      "`laddrs`, `hosts`: arrays of `\"10.0.0.0/8\"`. All these are applied in the kernel. `owner`: `pids`, `comms`,\n"
	      "`cgroup`, and `applied`, which says that this is done in the `tracker`.\n",
	      out);
}
