// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"

static const struct {
	const char *name, *resource, *scope, *items;
} words[OTLP_SIGNAL_COUNT] = {
	[OTLP_METRICS] = {"metrics", "resourceMetrics", "scopeMetrics", "metrics"},
	[OTLP_LOGS] = {"logs", "resourceLogs", "scopeLogs", "logRecords"},
};

const char *otlp_signal_name(enum otlp_signal signal)
{
	return words[signal].name;
}

void otlp_put_text(struct out *o, const char *text)
{
	char *p = out_reserve(o, json_text_max(strlen(text)));

	if (p)
		out_advance(o, json_text(p, text));
}

void otlp_put_number(struct out *o, const char *key, uint64_t value)
{
	char *p = out_reserve(o, strlen(key) + TEXT_U64_MAX + 8);

	if (!p)
		return;
	*p++ = '"';
	p = stpcpy(p, key);
	p = stpcpy(p, "\":\"");
	p = text_u64(p, value);
	*p++ = '"';
	out_advance(o, p);
}

static void begin_attribute(struct out *o, const char *key, const char *kind)
{
	if (o->len && o->buf[o->len - 1] == '}')
		out_text(o, ",");
	out_text(o, "{\"key\":");
	otlp_put_text(o, key);
	out_text(o, ",\"value\":{\"");
	out_text(o, kind);
	out_text(o, "\":");
}

void otlp_put_attribute(struct out *o, const char *key, const char *value)
{
	begin_attribute(o, key, "stringValue");
	otlp_put_text(o, value);
	out_text(o, "}}");
}

void otlp_put_attribute_number(struct out *o, const char *key, int64_t value)
{
	char text[TEXT_U64_MAX + 2];

	*text_i64(text, value) = '\0';
	begin_attribute(o, key, "intValue");
	otlp_put_text(o, text);
	out_text(o, "}}");
}

void otlp_put_attribute_bool(struct out *o, const char *key, int value)
{
	begin_attribute(o, key, "boolValue");
	out_text(o, value ? "true}}" : "false}}");
}

static void put_known(struct out *o, const char *key, const char *value)
{
	if (value && *value)
		otlp_put_attribute(o, key, value);
}

/* A key of the user's stands for ours of the same name. */
static int is_given(const struct otlp_source *source, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < source->more_count; i++)
		if (!strncmp(source->more[i], key, n) && source->more[i][n] == '=')
			return 1;
	return 0;
}

static void put_resource(struct out *o, const struct otlp_source *source)
{
	const struct {
		const char *key, *value;
	} ours[] = {
		{"service.name", "sockstate"},
		{"service.version", source->version},
		{"service.instance.id", source->run_id},
		{"host.name", source->host},
		{"os.type", "linux"},
		{"os.version", source->kernel},
		{"sockstate.boot_id", source->boot_id},
	};
	char key[256];

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (!is_given(source, ours[i].key))
			put_known(o, ours[i].key, ours[i].value);
	for (size_t i = 0; i < source->more_count; i++) {
		const char *equals = strchr(source->more[i], '=');

		snprintf(key, sizeof(key), "%.*s", (int)(equals - source->more[i]),
			 source->more[i]);
		otlp_put_attribute(o, key, equals + 1);
	}
}

int otlp_request_init(struct otlp_request *r, enum otlp_signal signal,
		      const struct otlp_source *source, otlp_fn fn, void *ctx)
{
	*r = (struct otlp_request){.signal = signal, .fn = fn, .ctx = ctx};
	if (out_init(&r->out, -1) || out_init(&r->head, -1)) {
		otlp_request_free(r);
		return -ENOMEM;
	}
	out_format(&r->head, "{\"%s\":[{\"resource\":{\"attributes\":[", words[signal].resource);
	put_resource(&r->head, source);
	out_format(&r->head, "]},\"%s\":[{\"scope\":{\"name\":\"sockstate\",\"version\":",
		   words[signal].scope);
	otlp_put_text(&r->head, source->version);
	out_format(&r->head, "},\"%s\":[", words[signal].items);
	if (r->head.err) {
		otlp_request_free(r);
		return -ENOMEM;
	}
	return 0;
}

void otlp_request_free(struct otlp_request *r)
{
	if (r->out.buf)
		out_free(&r->out);
	if (r->head.buf)
		out_free(&r->head);
	*r = (struct otlp_request){0};
}

void otlp_request_item(struct otlp_request *r)
{
	if (!r->items && !r->out.len)
		out_bytes(&r->out, r->head.buf, r->head.len);
	r->items++;
}

void otlp_request_end(struct otlp_request *r, const char *tail)
{
	if (r->items) {
		out_text(&r->out, tail);
		out_text(&r->out, "]}]}]}");
		/* Without memory it is not whole: nobody can take it. */
		r->fn(r->ctx, r->signal, r->out.err ? NULL : r->out.buf,
		      r->out.err ? 0 : r->out.len, r->items);
	}
	r->out.len = 0;
	r->out.err = 0;
	r->items = 0;
}
