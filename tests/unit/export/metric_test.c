// SPDX-License-Identifier: BSD-2-Clause
/*
 * The text formats of metrics: what both say, and where they differ.
 */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "export/metric.h"
#include "listener/durations.h"
#include "tap.h"

static char text[8192];

static struct metric_out begin(struct out *o, enum metric_form form)
{
	out_init(o, -1);
	return (struct metric_out){.out = o, .form = form};
}

static const char *end(struct out *o)
{
	snprintf(text, sizeof(text), "%.*s", (int)o->len, o->buf);
	out_free(o);
	return text;
}

static void test_families(void)
{
	static const struct metric counter = {"a_b", METRIC_COUNTER, NULL, "What it counts"},
				   info = {"a_build", METRIC_INFO, NULL, "Versions"},
				   gauge = {"a_c_seconds", METRIC_GAUGE, "seconds", "How long"};
	struct metric_out m;
	struct out o;

	m = begin(&o, METRIC_OPENMETRICS);
	metric_family(&m, &counter);
	metric_u64(&m, "x=\"1\"", "y=\"2\"", UINT64_MAX);
	metric_family(&m, &info);
	metric_u64(&m, "", "v=\"3\"", 1);
	metric_family(&m, &gauge);
	metric_seconds(&m, "", NULL, 12500 * NS_MS);
	metric_end(&m);
	is_str(end(&o),
	       "# TYPE a_b counter\n# HELP a_b What it counts.\n"
	       "a_b_total{x=\"1\",y=\"2\"} 18446744073709551615\n"
	       "# TYPE a_build info\n# HELP a_build Versions.\na_build_info{v=\"3\"} 1\n"
	       "# TYPE a_c_seconds gauge\n# UNIT a_c_seconds seconds\n"
	       "# HELP a_c_seconds How long.\na_c_seconds 12.5\n# EOF\n",
	       "OpenMetrics names families, and ends with # EOF");
	m = begin(&o, METRIC_PROMETHEUS);
	metric_family(&m, &counter);
	metric_u64(&m, "x=\"1\"", NULL, 0);
	metric_family(&m, &info);
	metric_u64(&m, "", "v=\"3\"", 1);
	metric_end(&m);
	is_str(end(&o),
	       "# TYPE a_b_total counter\n# HELP a_b_total What it counts.\na_b_total{x=\"1\"} 0\n"
	       "# TYPE a_build_info gauge\n# HELP a_build_info Versions.\na_build_info{v=\"3\"} 1\n",
	       "the older format names samples, and has no info");
}

/* The number behind le="..." */
static long bucket(const char *page, const char *le)
{
	char want[64];
	const char *at;

	snprintf(want, sizeof(want), "le=\"%s\"} ", le);
	at = strstr(page, want);
	return at ? strtol(at + strlen(want), NULL, 10) : -1;
}

static void test_histogram(void)
{
	static const struct metric family = {"w_seconds", METRIC_HISTOGRAM, "seconds", "Waits"};
	struct durations d = {0};
	struct metric_out m;
	struct out o;

	durations_add(&d, 900);
	durations_add(&d, 1023);
	durations_add(&d, 1100);
	durations_add(&d, 100 * NS_MS);
	durations_add(&d, 300 * NS_S);
	m = begin(&o, METRIC_PROMETHEUS);
	metric_family(&m, &family);
	metric_histogram(&m, "x=\"1\"", &d);
	end(&o);
	ok(bucket(text, "0.000001024") == 2 && bucket(text, "0.000004096") == 3,
	   "a bucket has what is below its bound");
	ok(bucket(text, "0.067108864") == 3 && bucket(text, "0.268435456") == 4,
	   "and buckets are cumulative");
	ok(bucket(text, "68.719476736") == 4 && bucket(text, "+Inf") == 5, "the last one has all");
	ok(strstr(text, "w_seconds_sum{x=\"1\"} 300.100003023\n") &&
		   strstr(text, "w_seconds_count{x=\"1\"} 5\n"),
	   "the sum is exact");
}

static void test_labels(void)
{
	char labels[64] = "", small[24] = "";

	metric_label(labels, sizeof(labels), "a", "x");
	metric_label(labels, sizeof(labels), "b", "q\"uo\\te\n");
	is_str(labels, "a=\"x\",b=\"q\\\"uo\\\\te?\"", "a name from elsewhere is escaped");
	metric_label(small, sizeof(small), "name", "a value that is too long for it");
	is_str(small, "name=\"a value that i\"", "and cut where the room ends");
	metric_label(small, sizeof(small), "other", "x");
	is_str(small, "name=\"a value that i\"", "a label without room is left out");
}

int main(void)
{
	test_families();
	test_histogram();
	test_labels();
	return done();
}
