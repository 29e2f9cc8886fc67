// SPDX-License-Identifier: BSD-2-Clause
#include "export/metric.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define LINE_MAX_MORE 128 /* beyond name and labels: another label, value, newline */
#define VALUE_BYTES   512 /* of a label's value */
#define VALUE_COLUMNS 200

/* 2^10 ns, 2^12 ns and so on to 2^36 ns, which is 68.7 s. */
#define LE_FIRST 10
#define LE_STEP	 2
#define LE_COUNT 14

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

void metric_family(struct metric_out *m, const struct metric *family)
{
	static const char *const types[METRIC_FORM_COUNT][4] = {
		[METRIC_OPENMETRICS] = {"gauge", "counter", "histogram", "info"},
		[METRIC_PROMETHEUS] = {"gauge", "counter", "histogram", "gauge"},
	};
	/* Prometheus' older format names the sample, OpenMetrics the family. */
	const char *suffix = m->form == METRIC_PROMETHEUS ? suffix_of(family) : "";

	m->family = family;
	out_format(m->out, "# TYPE %s%s %s\n", family->name, suffix, types[m->form][family->type]);
	if (family->unit && m->form == METRIC_OPENMETRICS)
		out_format(m->out, "# UNIT %s %s\n", family->name, family->unit);
	out_format(m->out, "# HELP %s%s %s.\n", family->name, suffix, family->help);
}

static char *put(char *p, const char *text)
{
	size_t n = strlen(text);

	memcpy(p, text, n);
	return p + n;
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
	char *p = begin(m, suffix_of(m->family), labels, more ? more : "");

	if (p)
		finish(m, text_u64(p, value));
}

/* Exact, without zeros at the end: 12.5, 0.000001024, 0. */
static char *put_billionths(char *p, uint64_t value)
{
	const uint64_t one = 1000000000;
	uint64_t rest = value % one;

	p = text_u64(p, value / one);
	if (!rest)
		return p;
	*p++ = '.';
	for (uint64_t digit = one / 10; rest; digit /= 10) {
		*p++ = (char)('0' + rest / digit);
		rest %= digit;
	}
	return p;
}

void metric_seconds(struct metric_out *m, const char *labels, const char *more, uint64_t ns)
{
	char *p = begin(m, suffix_of(m->family), labels, more ? more : "");

	if (p)
		finish(m, put_billionths(p, ns));
}

void metric_share(struct metric_out *m, const char *labels, const char *more, uint64_t billionths)
{
	metric_seconds(m, labels, more, billionths);
}

void metric_histogram(struct metric_out *m, const char *labels, const struct durations *d)
{
	uint64_t seen = 0;
	uint32_t next = 0;
	char le[40], *p;

	for (unsigned int i = 0; i <= LE_COUNT; i++) {
		uint64_t bound = 1ULL << (LE_FIRST + LE_STEP * i);
		uint32_t end =
			i < LE_COUNT ? bucket_index(DURATIONS_SCHEME, bound) : DURATIONS_BUCKETS;

		while (next < end)
			seen += d->bucket[next++];
		p = put(le, "le=\"");
		p = i < LE_COUNT ? put_billionths(p, bound) : put(p, "+Inf");
		*p++ = '"';
		*p = '\0';
		p = begin(m, "_bucket", labels, le);
		if (p)
			finish(m, text_u64(p, seen));
	}
	p = begin(m, "_sum", labels, "");
	if (p)
		finish(m, put_billionths(p, d->sum));
	p = begin(m, "_count", labels, "");
	if (p)
		finish(m, text_u64(p, seen));
}

void metric_end(struct metric_out *m)
{
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
