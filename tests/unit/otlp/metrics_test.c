// SPDX-License-Identifier: BSD-2-Clause
/*
 * Metrics and events in OTLP's JSON, to the byte; and requests that are divided.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "event/tcp.h"
#include "otlp/log.h"
#include "otlp/metrics.h"
#include "tap.h"

static char request[4096];
static unsigned int requests;
static uint64_t items;

static void on_request(void *ctx, enum otlp_signal signal, const char *bytes, size_t size,
		       uint64_t count)
{
	(void)ctx, (void)signal;
	snprintf(request, sizeof(request), "%.*s", (int)(size < 4000 ? size : 4000), bytes);
	requests++;
	items += count;
}

#define RESOURCE                                                                              \
	"\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":" \
	"\"sockstate\"}},{\"key\":\"service.version\",\"value\":{\"stringValue\":\"1\"}},"    \
	"{\"key\":\"os.type\",\"value\":{\"stringValue\":\"linux\"}},"                        \
	"{\"key\":\"host.name\",\"value\":{\"stringValue\":\"given\"}}]}"
#define SCOPE "\"scope\":{\"name\":\"sockstate\",\"version\":\"1\"}"

static const char *const given[] = {"host.name=given"};
static const struct otlp_source source = {
	.version = "1", .host = "own", .more = given, .more_count = 1};

static void begin(struct otlp_metrics *m)
{
	*m = (struct otlp_metrics){.start_ns = 1, .now_ns = 2};
	otlp_request_init(&m->request, OTLP_METRICS, &source, on_request, NULL);
	requests = 0;
	items = 0;
}

/* One family, one point. */
static void holds(const struct metric *family, const char *labels, uint64_t value, const char *want)
{
	struct metric_out out = {.form = METRIC_OTLP};
	struct otlp_metrics m;
	char all[4096];

	begin(&m);
	out.otlp = &m;
	metric_family(&out, family);
	if (family->unit && strcmp(family->unit, "bytes"))
		metric_seconds(&out, labels, NULL, value);
	else
		metric_u64(&out, labels, "", value);
	metric_end(&out);
	snprintf(all, sizeof(all),
		 "{\"resourceMetrics\":[{" RESOURCE ",\"scopeMetrics\":[{" SCOPE
		 ",\"metrics\":[%s]}]}]}",
		 want);
	is_str(request, all, family->name);
	otlp_request_free(&m.request);
}

static void test_points(void)
{
	holds(&(struct metric){"a_b", METRIC_COUNTER, NULL, "How \"many\""},
	      "port=\"80\",x=\"a\\\"\\\\b\",empty=\"\"", 7,
	      "{\"name\":\"a.b\",\"description\":\"How \\\"many\\\"\",\"sum\":{"
	      "\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":[{\"attributes\":["
	      "{\"key\":\"network.local.port\",\"value\":{\"intValue\":\"80\"}},"
	      "{\"key\":\"sockstate.x\",\"value\":{\"stringValue\":\"a\\\"\\\\b\"}}],"
	      "\"startTimeUnixNano\":\"1\",\"timeUnixNano\":\"2\",\"asInt\":\"7\"}]}}");
	holds(&(struct metric){"a_b_seconds", METRIC_GAUGE, "seconds", "x"}, "", 1500000000,
	      "{\"name\":\"a.b\",\"description\":\"x\",\"unit\":\"s\",\"gauge\":{\"dataPoints\":["
	      "{\"attributes\":[],\"timeUnixNano\":\"2\",\"asDouble\":1.5}]}}");
	holds(&(struct metric){"a_build", METRIC_INFO, NULL, "x"}, "", 1,
	      "{\"name\":\"a.build_info\",\"description\":\"x\",\"gauge\":{\"dataPoints\":["
	      "{\"attributes\":[],\"timeUnixNano\":\"2\",\"asInt\":\"1\"}]}}");
	holds(&(struct metric){"process_resident_memory_bytes", METRIC_GAUGE, "bytes", "x"}, "", 9,
	      "{\"name\":\"process.memory.usage\",\"description\":\"x\",\"unit\":\"By\",\"sum\":{"
	      "\"aggregationTemporality\":2,\"isMonotonic\":false,\"dataPoints\":["
	      "{\"attributes\":[],\"startTimeUnixNano\":\"1\",\"timeUnixNano\":\"2\","
	      "\"asInt\":\"9\"}]}}");
}

static void test_histogram(void)
{
	static const struct metric family = {"a_b_seconds", METRIC_HISTOGRAM, "seconds", "x"};
	struct metric_out out = {.form = METRIC_OTLP};
	struct durations d = {0};
	struct otlp_metrics m;

	begin(&m);
	out.otlp = &m;
	d.bucket[bucket_index(DURATIONS_SCHEME, 500)] = 2;
	d.bucket[bucket_index(DURATIONS_SCHEME, 2000)] = 3;
	d.sum = 7000;
	metric_family(&out, &family);
	metric_histogram(&out, "", &d);
	metric_end(&out);
	ok(strstr(request,
		  "\"count\":\"5\",\"sum\":0.000007,\"bucketCounts\":[\"2\",\"3\",\"0\"") &&
		   strstr(request, "\"explicitBounds\":[0.000001024,0.000004096,"),
	   "a histogram: buckets are not cumulative");
	otlp_request_free(&m.request);
}

static void test_division(void)
{
	static const struct metric family = {"a_b", METRIC_GAUGE, NULL, "x"},
				   none = {"a_none", METRIC_GAUGE, NULL, "x"};
	struct metric_out out = {.form = METRIC_OTLP};
	struct otlp_metrics m;

	begin(&m);
	out.otlp = &m;
	metric_family(&out, &none);
	metric_end(&out);
	ok(!requests, "no point: no request");
	metric_family(&out, &none);
	metric_family(&out, &family);
	for (int i = 0; i < 30000; i++)
		metric_u64(&out, "port=\"80\"", NULL, 1);
	metric_end(&out);
	ok(requests > 2 && items == 30000, "%u requests with all points", requests);
	ok(strstr(request, "\"metrics\":[{\"name\":\"a.b\""), "each begins with the family");
	otlp_request_free(&m.request);
}

static void test_log(void)
{
	static const uint8_t addr[] = {192, 0, 2, 1};
	struct otlp_request r;
	struct event e;

	otlp_request_init(&r, OTLP_LOGS, &source, on_request, NULL);
	event_init(&e, EVENT_DROP, 5);
	e.family = AF_INET;
	event_field(&e, F_LADDR)->addr = addr;
	event_set(&e, F_LPORT, 80);
	event_set(&e, F_COUNT, 2);
	event_set(&e, F_CLIENT_BELIEVES, 1);
	event_set_enum(&e, F_DROP_REASON, DROP_ACCEPT_QUEUE_FULL);
	otlp_log(&r, &e, 100, 300);
	event_init(&e, EVENT_STATE, 6);
	event_set(&e, F_OLD, TCP_STATE_SYN_RECV);
	event_set(&e, F_NEW, TCP_STATE_ESTABLISHED);
	otlp_log(&r, &e, 100, 300);
	otlp_request_end(&r, "");
	is_str(request,
	       "{\"resourceLogs\":[{" RESOURCE ",\"scopeLogs\":[{" SCOPE ",\"logRecords\":["
	       "{\"timeUnixNano\":\"105\",\"observedTimeUnixNano\":\"300\",\"severityNumber\":13,"
	       "\"severityText\":\"WARN\",\"eventName\":\"sockstate.drop\",\"body\":{\"stringValue\":"
	       "\"drop: accept_queue_full 192.0.2.1:80\"},\"attributes\":["
	       "{\"key\":\"network.transport\",\"value\":{\"stringValue\":\"tcp\"}},"
	       "{\"key\":\"network.local.address\",\"value\":{\"stringValue\":\"192.0.2.1\"}},"
	       "{\"key\":\"network.local.port\",\"value\":{\"intValue\":\"80\"}},"
	       "{\"key\":\"sockstate.count\",\"value\":{\"intValue\":\"2\"}},"
	       "{\"key\":\"sockstate.drop_reason\",\"value\":{\"stringValue\":\"accept_queue_full\"}},"
	       "{\"key\":\"sockstate.client_believes_established\",\"value\":{\"boolValue\":true}}]},"
	       "{\"timeUnixNano\":\"106\",\"observedTimeUnixNano\":\"300\",\"severityNumber\":9,"
	       "\"severityText\":\"INFO\",\"eventName\":\"sockstate.state\",\"body\":{\"stringValue\":"
	       "\"state: ESTABLISHED\"},\"attributes\":["
	       "{\"key\":\"sockstate.old\",\"value\":{\"stringValue\":\"SYN_RECV\"}},"
	       "{\"key\":\"network.connection.state\",\"value\":{\"stringValue\":\"established\"}}]}"
	       "]}]}]}",
	       "log records");
	otlp_request_free(&r);
}

static bool wants_verdict(struct otlp_verdicts *v, uint64_t cookie, unsigned int verdict)
{
	struct event e;

	event_init(&e, EVENT_LISTENER, 1);
	event_set(&e, F_COOKIE, cookie);
	event_set_enum(&e, F_VERDICT, verdict);
	return otlp_log_wants(v, &e);
}

static void closes(struct otlp_verdicts *v, uint64_t cookie)
{
	struct event e;

	event_init(&e, EVENT_STATE, 1);
	event_set(&e, F_COOKIE, cookie);
	event_set_enum(&e, F_ROLE, ROLE_LISTENER);
	event_set(&e, F_OLD, TCP_STATE_LISTEN);
	event_set(&e, F_NEW, TCP_STATE_CLOSE);
	otlp_log_wants(v, &e);
}

static void test_verdicts(void)
{
	static struct otlp_verdicts v;
	unsigned int told = 0;

	ok(!wants_verdict(&v, 1, VERDICT_OK), "well: nothing");
	ok(wants_verdict(&v, 1, VERDICT_APP_SLOW), "slow: told");
	ok(!wants_verdict(&v, 1, VERDICT_APP_SLOW), "once");
	ok(wants_verdict(&v, 1, VERDICT_APP_STUCK), "stuck: told");
	ok(wants_verdict(&v, 1, VERDICT_OK) && !wants_verdict(&v, 1, VERDICT_OK),
	   "well again: told once");
	for (uint64_t cookie = 1; cookie <= 700; cookie++)
		told += wants_verdict(&v, cookie, VERDICT_APP_SLOW);
	for (uint64_t cookie = 1; cookie <= 700; cookie++)
		told += wants_verdict(&v, cookie, VERDICT_APP_SLOW);
	ok(told == 700, "each of 700 once");
	told = 0;
	for (uint64_t cookie = 1; cookie <= 3 * OTLP_VERDICTS; cookie++) {
		told += cookie > 700 && wants_verdict(&v, cookie, VERDICT_APP_SLOW);
		closes(&v, cookie);
	}
	ok(told == 3 * OTLP_VERDICTS - 700, "those that close leave room for others: %u", told);
}

int main(void)
{
	test_points();
	test_histogram();
	test_division();
	test_log();
	test_verdicts();
	return done();
}
