// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* AggregationTemporality of metrics.proto */
#define CUMULATIVE 2

#define NAME_BYTES  128
#define VALUE_BYTES 1024

/* ---- names ---- */

struct name {
	const char *ours, *theirs, *unit;
	bool up_and_down; /* a sum, where the convention says UpDownCounter */
};

/* Where the semantic conventions have one. */
static const struct name conventions[] = {
	{"process_cpu_seconds", "process.cpu.time", "s", false},
	{"process_resident_memory_bytes", "process.memory.usage", "By", true},
};

static const struct {
	const char *suffix, *unit; /* NULL: the name keeps the word */
	bool stays;
} units[] = {
	{"_seconds", "s", false},	  {"_ratio", "1", false},
	{"_bytes", "By", false},	  {"_connections", "{connection}", true},
	{"_requests", "{request}", true},
};

static const struct {
	const char *label, *attribute;
	bool number;
} attributes[] = {
	{"address", "network.local.address", false},
	{"port", "network.local.port", true},
	{"family", "network.type", false},
	{"netns", "sockstate.netns", true},
	{"container_id", "container.id", false},
	{"pod_uid", "k8s.pod.uid", false},
	{"error", "error.type", false},
};

static const struct name *convention_of(const struct metric *family)
{
	for (size_t i = 0; i < sizeof(conventions) / sizeof(conventions[0]); i++)
		if (!strcmp(conventions[i].ours, family->name))
			return &conventions[i];
	return NULL;
}

/* The first word is the namespace; an info keeps what the text formats append. */
static void make_name(char name[NAME_BYTES], const char **unit, const struct metric *family)
{
	size_t n = strlen(family->name);
	char *end;

	*unit = NULL;
	end = mempcpy(name, family->name, n < NAME_BYTES - 6 ? n : NAME_BYTES - 6);
	*end = '\0';
	for (size_t i = 0; family->unit && i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i].suffix);

		if (strcmp(units[i].suffix + 1, family->unit) || n < length)
			continue;
		*unit = units[i].unit;
		if (!units[i].stays)
			name[n - length] = '\0';
	}
	if (family->type == METRIC_INFO)
		memcpy(end, "_info", sizeof("_info"));
	end = strchr(name, '_');
	if (end)
		*end = '.';
}

static void put_label(struct out *o, const char *name, const char *value)
{
	char own[NAME_BYTES];

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (strcmp(attributes[i].label, name))
			continue;
		if (attributes[i].number)
			otlp_put_attribute_number(o, attributes[i].attribute,
						  strtoll(value, NULL, 10));
		else
			otlp_put_attribute(o, attributes[i].attribute, value);
		return;
	}
	snprintf(own, sizeof(own), "sockstate.%.100s", name);
	otlp_put_attribute(o, own, value);
}

/* `a="b",c="d"` as metric_label() makes it; an empty value is the same as none. */
static void put_labels(struct out *o, const char *p)
{
	char name[NAME_BYTES], value[VALUE_BYTES];

	while (*p) {
		const char *equals = strchr(p, '=');
		char *to = value;
		size_t n = equals ? (size_t)(equals - p) : 0;

		if (!equals || n >= sizeof(name) || equals[1] != '"')
			return;
		memcpy(name, p, n);
		name[n] = '\0';
		for (p = equals + 2; *p && *p != '"'; p++) {
			if (*p == '\\' && p[1])
				p++;
			if (to < value + sizeof(value) - 1)
				*to++ = *p;
		}
		*to = '\0';
		if (*value)
			put_label(o, name, value);
		p += *p == '"';
		p += *p == ',';
	}
}

/* ---- points ---- */

static void open_family(struct otlp_metrics *m)
{
	const struct metric *f = m->family;
	const struct name *convention = convention_of(f);
	struct out *o = &m->request.out;
	char name[NAME_BYTES];
	const char *unit;

	make_name(name, &unit, f);
	if (convention) {
		snprintf(name, NAME_BYTES, "%s", convention->theirs);
		unit = convention->unit;
	}
	if (o->len && o->buf[o->len - 1] == '}')
		out_text(o, ",");
	out_format(o, "{\"name\":\"%s\",\"description\":", name);
	otlp_put_text(o, f->help);
	if (unit)
		out_format(o, ",\"unit\":\"%s\"", unit);
	if (f->type == METRIC_HISTOGRAM)
		out_format(o, ",\"histogram\":{\"aggregationTemporality\":%d,", CUMULATIVE);
	else if (m->cumulative)
		out_format(o, ",\"sum\":{\"aggregationTemporality\":%d,\"isMonotonic\":%s,",
			   CUMULATIVE, f->type == METRIC_COUNTER ? "true" : "false");
	else
		out_text(o, ",\"gauge\":{");
	out_text(o, "\"dataPoints\":[");
	m->family_open = true;
}

static const char *const family_tail = "]}}";

static void close_family(struct otlp_metrics *m)
{
	if (m->family_open)
		out_text(&m->request.out, family_tail);
	m->family_open = false;
}

/* All of a point but its value. */
static struct out *begin_point(struct otlp_metrics *m, const char *labels, const char *more)
{
	struct out *o = &m->request.out;

	if (o->len >= OTLP_REQUEST_BYTES) {
		otlp_request_end(&m->request, m->family_open ? family_tail : "");
		m->family_open = false;
	}
	otlp_request_item(&m->request);
	if (!m->family_open)
		open_family(m);
	else
		out_text(o, ",");
	out_text(o, "{\"attributes\":[");
	put_labels(o, labels);
	if (more)
		put_labels(o, more);
	out_text(o, "],");
	if (m->cumulative) {
		otlp_put_number(o, "startTimeUnixNano", m->start_ns);
		out_text(o, ",");
	}
	otlp_put_number(o, "timeUnixNano", m->now_ns);
	out_text(o, ",");
	return o;
}

void otlp_metrics_family(struct otlp_metrics *m, const struct metric *family)
{
	const struct name *convention = convention_of(family);

	close_family(m);
	m->family = family;
	m->cumulative = family->type == METRIC_COUNTER || family->type == METRIC_HISTOGRAM ||
			(convention && convention->up_and_down);
}

void otlp_metrics_u64(struct otlp_metrics *m, const char *labels, const char *more, uint64_t value)
{
	struct out *o = begin_point(m, labels, more);

	otlp_put_number(o, "asInt", value < INT64_MAX ? value : INT64_MAX);
	out_text(o, "}");
}

static void put_double(struct out *o, const char *key, uint64_t billionths)
{
	char *p = out_reserve(o, strlen(key) + 2 * TEXT_U64_MAX + 8);

	if (!p)
		return;
	*p++ = '"';
	p = stpcpy(p, key);
	p = stpcpy(p, "\":");
	out_advance(o, text_billionths(p, billionths));
}

void otlp_metrics_billionths(struct otlp_metrics *m, const char *labels, const char *more,
			     uint64_t value)
{
	struct out *o = begin_point(m, labels, more);

	put_double(o, "asDouble", value);
	out_text(o, "}");
}

void otlp_metrics_histogram(struct otlp_metrics *m, const char *labels, const struct durations *d)
{
	uint64_t in[METRIC_BUCKETS] = {0}, count = 0;
	struct out *o = begin_point(m, labels, NULL);
	uint32_t next = 0;

	for (unsigned int i = 0; i < METRIC_BUCKETS; i++) {
		for (; next < metric_bucket_end(i); next++)
			in[i] += d->bucket[next];
		count += in[i];
	}
	otlp_put_number(o, "count", count);
	out_text(o, ",");
	put_double(o, "sum", d->sum);
	out_text(o, ",\"bucketCounts\":[");
	for (unsigned int i = 0; i < METRIC_BUCKETS; i++)
		out_format(o, "%s\"%llu\"", i ? "," : "", (unsigned long long)in[i]);
	out_text(o, "],\"explicitBounds\":[");
	for (unsigned int i = 0; i + 1 < METRIC_BUCKETS; i++) {
		char text[2 * TEXT_U64_MAX];

		*text_billionths(text, metric_bucket_bound(i)) = '\0';
		out_format(o, "%s%s", i ? "," : "", text);
	}
	out_text(o, "]}");
}

void otlp_metrics_end(struct otlp_metrics *m)
{
	otlp_request_end(&m->request, m->family_open ? family_tail : "");
	m->family_open = false;
}
