// SPDX-License-Identifier: BSD-2-Clause
#include "export/metric.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "otlp/metrics.h"

#define LINE_MAX_MORE 128 /* beyond name and labels: another label, value, newline */
#define VALUE_BYTES   512 /* of a label's value */
#define VALUE_COLUMNS 200

const char *metric_content_type(enum metric_form form)
{
	return form == METRIC_OPENMETRICS
		       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}

static const char *suffix_of(const struct metric *family)
{
	return family->type == METRIC_COUNTER ? "_total"
	       : family->type == METRIC_INFO  ? "_info"
					      : "";
}

static char *put(char *p, const char *text)
{
	size_t n = strlen(text);

	memcpy(p, text, n);
	return p + n;
}

static void make_buckets(struct metric_out *m)
{
	for (unsigned int i = 0; i < METRIC_BUCKETS; i++) {
		bool last = i + 1 == METRIC_BUCKETS;
		struct metric_bucket *b = &m->buckets[i];
		char *p = put(b->text, "=\"");

		p = last ? put(p, "+Inf") : text_billionths(p, metric_bucket_bound(i));
		p = put(p, "\"} ");
		b->len = (size_t)(p - b->text);
		b->end = metric_bucket_end(i);
	}
}

void metric_family(struct metric_out *m, const struct metric *family)
{
	static const char *const types[METRIC_FORM_COUNT][4] = {
		[METRIC_OPENMETRICS] = {"gauge", "counter", "histogram", "info"},
		[METRIC_PROMETHEUS] = {"gauge", "counter", "histogram", "gauge"},
	};
	/* Prometheus' older format names the sample, OpenMetrics the family. */
	const char *suffix = m->form == METRIC_PROMETHEUS ? suffix_of(family) : "";

	m->family = family;
	if (m->form == METRIC_OTLP) {
		otlp_metrics_family(m->otlp, family);
		return;
	}
	if (family->type == METRIC_HISTOGRAM)
		make_buckets(m);
	out_format(m->out, "# TYPE %s%s %s\n", family->name, suffix, types[m->form][family->type]);
	if (family->unit && m->form == METRIC_OPENMETRICS)
		out_format(m->out, "# UNIT %s %s\n", family->name, family->unit);
	out_format(m->out, "# HELP %s%s %s.\n", family->name, suffix, family->help);
}

/* Name, suffix and labels; NULL when out of memory. The caller adds the value and finishes. */
static char *begin(struct metric_out *m, const char *suffix, const char *labels, const char *more)
{
	size_t room = strlen(m->family->name) + strlen(labels) + strlen(more) + LINE_MAX_MORE;
	char *p = out_reserve(m->out, room);

	if (!p)
		return NULL;
	p = put(p, m->family->name);
	p = put(p, suffix);
	if (*labels || *more) {
		*p++ = '{';
		p = put(p, labels);
		if (*labels && *more)
			*p++ = ',';
		p = put(p, more);
		*p++ = '}';
	}
	*p++ = ' ';
	return p;
}

static void finish(struct metric_out *m, char *p)
{
	*p++ = '\n';
	out_advance(m->out, p);
}

void metric_u64(struct metric_out *m, const char *labels, const char *more, uint64_t value)
{
	char *p;

	if (m->form == METRIC_OTLP) {
		otlp_metrics_u64(m->otlp, labels, more, value);
		return;
	}
	p = begin(m, suffix_of(m->family), labels, more ? more : "");
	if (p)
		finish(m, text_u64(p, value));
}

void metric_seconds(struct metric_out *m, const char *labels, const char *more, uint64_t ns)
{
	char *p;

	if (m->form == METRIC_OTLP) {
		otlp_metrics_billionths(m->otlp, labels, more, ns);
		return;
	}
	p = begin(m, suffix_of(m->family), labels, more ? more : "");
	if (p)
		finish(m, text_billionths(p, ns));
}

void metric_share(struct metric_out *m, const char *labels, const char *more, uint64_t billionths)
{
	metric_seconds(m, labels, more, billionths);
}

/* One sample like the first of its series, from its name to its labels. */
static char *bucket_line(struct metric_out *m, const char *labels)
{
	char *p = begin(m, "_bucket", labels, "le");

	return p ? p - strlen("} ") : NULL; /* behind le, where its value follows */
}

static void text_histogram(struct metric_out *m, const char *labels, const struct durations *d)
{
	size_t room = strlen(m->family->name) + strlen(labels) + LINE_MAX_MORE, prefix;
	char *all = out_reserve(m->out, room * (METRIC_BUCKETS + 1)), *p;
	uint64_t seen = 0;
	uint32_t next = 0;

	p = all ? bucket_line(m, labels) : NULL;
	prefix = p ? (size_t)(p - all) : 0;
	for (unsigned int i = 0; p && i < METRIC_BUCKETS; i++) {
		const struct metric_bucket *b = &m->buckets[i];

		while (next < b->end)
			seen += d->bucket[next++];
		if (i) {
			memcpy(p, all, prefix);
			p += prefix;
		}
		memcpy(p, b->text, b->len);
		p = text_u64(p + b->len, seen);
		*p++ = '\n';
	}
	if (p)
		out_advance(m->out, p);
	p = begin(m, "_sum", labels, "");
	if (p)
		finish(m, text_billionths(p, d->sum));
	p = begin(m, "_count", labels, "");
	if (p)
		finish(m, text_u64(p, seen));
}

void metric_histogram(struct metric_out *m, const char *labels, const struct durations *d)
{
	if (m->form == METRIC_OTLP)
		otlp_metrics_histogram(m->otlp, labels, d);
	else
		text_histogram(m, labels, d);
}

void metric_end(struct metric_out *m)
{
	if (m->form == METRIC_OTLP)
		otlp_metrics_end(m->otlp);
	if (m->form == METRIC_OPENMETRICS)
		out_text(m->out, "# EOF\n");
}

void metric_label(char *labels, size_t size, const char *name, const char *value)
{
	char clean[VALUE_BYTES];
	size_t at = strlen(labels);
	int n = snprintf(labels + at, size - at, "%s%s=\"", at ? "," : "", name);
	char *p = labels + at + n, *end = labels + size - 3;

	if (n < 0 || (size_t)n + 3 > size - at) {
		labels[at] = '\0';
		return;
	}
	text_clean(clean, sizeof(clean), value, VALUE_COLUMNS, true);
	for (const char *c = clean; *c && p + 1 < end; c++) {
		if (*c == '"' || *c == '\\')
			*p++ = '\\';
		*p++ = *c;
	}
	*p++ = '"';
	*p = '\0';
}
