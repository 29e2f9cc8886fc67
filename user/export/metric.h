/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metric.h - writes metrics in the text formats of OpenMetrics 1.0 and of Prometheus (0.0.4), or
 * hands them to otlp/metrics.h. Pure.
 *
 * The same families, labels and values in all. The texts differ in what # TYPE says of a counter or
 * an info, in # UNIT and in the last line.
 */
#ifndef SOCKSTATE_EXPORT_METRIC_H
#define SOCKSTATE_EXPORT_METRIC_H

#include <stdint.h>

#include "base/out.h"
#include "buckets.h"

enum metric_form {
	METRIC_OPENMETRICS,
	METRIC_PROMETHEUS,
	METRIC_FORM_COUNT,		 /* of text */
	METRIC_OTLP = METRIC_FORM_COUNT, /* otlp/metrics.h writes them */
};

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,
	METRIC_HISTOGRAM,
	METRIC_INFO,
};

struct metric {
	const char *name; /* of the family: without _total, _info or _bucket */
	enum metric_type type;
	const char *unit; /* NULL: none; the name ends with it */
	const char *help; /* one sentence, without the stop */
};

/* Of a histogram: 2^10 ns, 2^12 ns and so on to 2^36 ns, which is 68.7 s; then +Inf. */
#define METRIC_BUCKETS 15

/* Where a bucket ends, in ns; not of the last one, which has no end. */
static inline uint64_t metric_bucket_bound(unsigned int i)
{
	return 1ULL << (10 + 2 * i);
}

/* The first bucket of struct durations beyond it. */
static inline uint32_t metric_bucket_end(unsigned int i)
{
	return i + 1 == METRIC_BUCKETS ? DURATIONS_BUCKETS
				       : bucket_index(DURATIONS_SCHEME, metric_bucket_bound(i));
}

struct otlp_metrics;

struct metric_out {
	struct out *out; /* of text */
	enum metric_form form;
	struct otlp_metrics *otlp;   /* METRIC_OTLP */
	const struct metric *family; /* of the samples that follow */
	/* for its histograms: the text between labels and value, and the first bucket beyond */
	struct metric_bucket {
		char text[32];
		size_t len;
		uint32_t end;
	} buckets[METRIC_BUCKETS];
};

/* The value of the header Content-Type. */
const char *metric_content_type(enum metric_form form);

/* # TYPE, # UNIT and # HELP. */
void metric_family(struct metric_out *m, const struct metric *family);
/*
 * A sample. labels: `a="b",c="d"`, escaped already; more: further labels or NULL. One of both may
 * be "".
 */
void metric_u64(struct metric_out *m, const char *labels, const char *more, uint64_t value);
/* ns are written as seconds. */
void metric_seconds(struct metric_out *m, const char *labels, const char *more, uint64_t ns);
/* A share of something: billionths are written as a ratio. */
void metric_share(struct metric_out *m, const char *labels, const char *more, uint64_t billionths);
/*
 * Buckets at powers of four of 1.024 us, which are ends of the buckets that were counted, so no
 * value is moved to another bucket; then sum and count.
 */
void metric_histogram(struct metric_out *m, const char *labels, const struct durations *d);
/* What ends the page. */
void metric_end(struct metric_out *m);

/*
 * Appends `name="value"` to labels, behind a comma where something stands there. The value comes
 * from elsewhere: it is cleaned and escaped. Cut where the room ends.
 */
void metric_label(char *labels, size_t size, const char *name, const char *value);

#endif
