// SPDX-License-Identifier: BSD-2-Clause
/*
 * schema.c - the JSON Schema of a line, draft 2020-12, from the catalogue: one definition for each
 * type of line and one for each key.
 */
#include <string.h>

#include "base/json_text.h"
#include "event/describe.h"
#include "event/kinds.h"
#include "event/tcp.h"

/* Meanings are ours and short. */
#define MEANING_MAX 512

static void print_string(FILE *out, const char *text)
{
	char json[6 * MEANING_MAX + 2];
	char *end = json_text(json, text);

	fwrite(json, 1, (size_t)(end - json), out);
}

static void print_words(FILE *out, const struct vocabulary *v)
{
	const char *comma = "";

	fputs("{\"enum\":[", out);
	for (unsigned int n = 0; n < v->count; n++) {
		const struct word *word = vocabulary_word(v, n);

		if (!word)
			continue;
		fprintf(out, "%s\"%s\"", comma, word->name);
		comma = ",";
	}
	fputs("]}", out);
}

static void print_states(FILE *out)
{
	fputs("{\"enum\":[", out);
	for (unsigned int s = TCP_STATE_NONE + 1; s < TCP_STATE_COUNT; s++)
		fprintf(out, "%s\"%s\"", s > TCP_STATE_NONE + 1 ? "," : "", tcp_state_name(s));
	fputs("]}", out);
}

/* What the definitions of keys refer to, and so do the kinds. */
static void print_shared(FILE *out)
{
	static const struct {
		const char *name;
		const struct vocabulary *vocabulary;
	} words[] = {
		{"family", &vocabulary_family},
		{"drop_reason", &vocabulary_drop_reason},
		{"diagnosis", &vocabulary_diagnosis},
	};

	for (size_t i = 0; i < shared_schema_count; i++)
		fprintf(out, "    \"%s\": %s,\n", shared_schemas[i].name, shared_schemas[i].schema);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		fprintf(out, "    \"%s\": ", words[i].name);
		print_words(out, words[i].vocabulary);
		fputs(",\n", out);
	}
	fputs("    \"state\": ", out);
	print_states(out);
}

static void print_key(FILE *out, enum field f)
{
	const struct field_info *info = &field_infos[f];

	fprintf(out, ",\n    \"key.%s\": {\"description\":", info->key);
	print_string(out, info->meaning);
	fputs(",\"allOf\":[", out);
	if (info->vocabulary)
		print_words(out, info->vocabulary);
	else
		fputs(kind_infos[info->kind].schema, out);
	fputs("]}", out);
}

static void print_common(FILE *out, enum event_type type, bool behind)
{
	for (size_t i = 0; i < common_key_count; i++) {
		const struct common_key *k = &common_keys[i];

		if (k->behind != behind)
			continue;
		if (k->schema)
			fprintf(out, ",\"%s\":%s", k->key, k->schema);
		else
			fprintf(out, "\"%s\":{\"const\":\"%s\"}", k->key, event_type_name(type));
	}
}

static void print_line(FILE *out, enum event_type type)
{
	const char *comma = "";

	fprintf(out, ",\n    \"line.%s\": {\"description\":", event_type_name(type));
	print_string(out, event_type_meaning(type));
	fputs(",\"type\":\"object\",\"required\":[", out);
	for (size_t i = 0; i < common_key_count; i++) {
		if (!common_keys[i].always)
			continue;
		fprintf(out, "%s\"%s\"", comma, common_keys[i].key);
		comma = ",";
	}
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (field_infos[f].always >> type & 1)
			fprintf(out, ",\"%s\"", field_infos[f].key);
	}
	fputs("],\"properties\":{", out);
	print_common(out, type, false);
	for (int f = 0; f < FIELD_COUNT; f++) {
		if ((field_infos[f].always | field_infos[f].sometimes) >> type & 1)
			fprintf(out, ",\"%s\":{\"$ref\":\"#/$defs/key.%s\"}", field_infos[f].key,
				field_infos[f].key);
	}
	print_common(out, type, true);
	fputs("},\"additionalProperties\":false}", out);
}

void fields_print_json_schema(FILE *out)
{
	fputs("{\n"
	      "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	      "  \"title\": \"A line of sockstate --json\",\n",
	      out);
	fprintf(out,
		"  \"description\": \"Schema %d of the stream. Generated from the catalogue in the code: do not edit it.\",\n"
		"  \"oneOf\": [\n",
		EVENT_SCHEMA);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		fprintf(out, "%s    {\"$ref\": \"#/$defs/line.%s\"}", type ? ",\n" : "",
			event_type_name((enum event_type)type));
	fputs("\n  ],\n  \"$defs\": {\n", out);
	print_shared(out);
	for (int f = 0; f < FIELD_COUNT; f++)
		print_key(out, (enum field)f);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		print_line(out, (enum event_type)type);
	fputs("\n  }\n}\n", out);
}
