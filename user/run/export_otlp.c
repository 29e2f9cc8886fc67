// SPDX-License-Identifier: BSD-2-Clause
#include "run/export_otlp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/record.h"
#include "base/text.h"
#include "kernel/clock.h"
#include "otlp/log.h"
#include "run/machine.h"
#include "run/place.h"
#include "run/run.h"
#include "run/sender.h"

/* Log records wait so long for others, or until there are so many: what OpenTelemetry's do. */
#define LOGS_NS	  NS_S
#define LOGS_MOST 512

struct pusher {
	const char *url;
	uint64_t interval_ns;
	struct otlp_pairs headers, attributes;
	struct machine machine;
	struct sender *sender;
	struct otlp_metrics metrics;
	struct otlp_request logs;
	struct otlp_verdicts verdicts;
	uint64_t begun;			  /* ns */
	uint64_t next_metrics, next_logs; /* ns */
};

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_S + (uint64_t)t.tv_nsec;
}

static void on_request(void *ctx, enum otlp_signal signal, const char *bytes, size_t size,
		       uint64_t items)
{
	struct pusher *p = ctx;

	sender_give(p->sender, signal, bytes, size, items);
}

static int read_variable(struct otlp_pairs *pairs, const char *name, const char *value, char *err,
			 size_t err_size)
{
	int rc = value ? otlp_pairs_read(pairs, value) : 0;

	if (rc)
		snprintf(err, err_size, "%s: %s", name,
			 rc == -EINVAL	? "not KEY=VALUE,KEY=VALUE"
			 : rc == -E2BIG ? "more than 32 of them"
					: strerror(-rc));
	return rc;
}

static int read_headers(struct pusher *p, const struct export_options *o, const char *variable,
			char *err, size_t err_size)
{
	int rc = read_variable(&p->headers, "OTEL_EXPORTER_OTLP_HEADERS", variable, err, err_size);

	for (unsigned int i = 0; !rc && i < o->otlp_headers; i++)
		rc = otlp_pairs_add(&p->headers, o->otlp_header[i]);
	for (size_t i = 0; !rc && i < p->headers.count; i++)
		rc = otlp_is_header(p->headers.pair[i]) ? 0 : -EINVAL;
	if (rc && !*err)
		snprintf(err, err_size, "--otlp: a header that is none, or more than 32");
	return rc;
}

static int read_options(struct pusher *p, const struct export_options *o,
			const struct place_otlp *place, char *err, size_t err_size)
{
	int rc;

	p->interval_ns = o->interval_ns;
	p->url = strcmp(o->otlp, OTLP_BY_ENVIRONMENT) ? o->otlp : place->endpoint;
	if (!p->url) {
		snprintf(err, err_size, "--otlp env: OTEL_EXPORTER_OTLP_ENDPOINT is not set");
		return -EINVAL;
	}
	rc = read_headers(p, o, place->headers, err, err_size);
	if (!rc)
		rc = read_variable(&p->attributes, "OTEL_RESOURCE_ATTRIBUTES", place->attributes,
				   err, err_size);
	return rc;
}

static int make_requests(struct pusher *p)
{
	const struct otlp_source source = {
		.version = SOCKSTATE_VERSION,
		.kernel = p->machine.kernel,
		.host = p->machine.host,
		.boot_id = p->machine.boot_id,
		.run_id = p->machine.run_id,
		.more = p->attributes.pair,
		.more_count = p->attributes.count,
	};
	int rc = otlp_request_init(&p->metrics.request, OTLP_METRICS, &source, on_request, p);

	return rc ? rc : otlp_request_init(&p->logs, OTLP_LOGS, &source, on_request, p);
}

static int open_parts(struct pusher *p, const struct export_options *o, char *err, size_t err_size)
{
	const struct place_otlp place = place_otlp();
	struct post_options post = {.headers = &p->headers, .certificates = place.certificate};
	int rc = read_options(p, o, &place, err, err_size);

	if (rc)
		return rc;
	machine_read(&p->machine);
	if (make_requests(p)) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	post.url = p->url;
	p->metrics.start_ns = wall_ns();
	p->begun = clock_now_ns();
	return sender_start(&p->sender, &post, o->common.no_sandbox, err, err_size);
}

int pusher_open(struct pusher **out, const struct export_options *options, char *err,
		size_t err_size)
{
	struct pusher *p;
	int rc;

	*out = NULL;
	if (!options->otlp)
		return 0;
	p = calloc(1, sizeof(*p));
	if (!p) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	*err = '\0';
	rc = open_parts(p, options, err, err_size);
	if (rc)
		pusher_close(p);
	else
		*out = p;
	return rc;
}

const char *pusher_url(const struct pusher *p)
{
	return p->url;
}

void pusher_event(struct pusher *p, const struct event *e)
{
	if (!otlp_log_wants(&p->verdicts, e))
		return;
	/* Read for each: the wall clock may have been set since the run began. */
	otlp_log(&p->logs, e, clock_boot_offset_ns(), wall_ns());
	if (p->logs.items >= LOGS_MOST)
		otlp_request_end(&p->logs, "");
}

bool pusher_due(struct pusher *p, uint64_t now)
{
	if (now >= p->next_logs) {
		otlp_request_end(&p->logs, "");
		p->next_logs = now + LOGS_NS;
	}
	sender_push(p->sender);
	return now >= p->next_metrics;
}

void pusher_metrics(struct pusher *p, const struct export_state *state, uint64_t now)
{
	p->next_metrics = now + p->interval_ns;
	p->metrics.now_ns = wall_ns();
	/* No sum begins after it was taken: the wall clock has been set back. */
	if (p->metrics.start_ns > p->metrics.now_ns)
		p->metrics.start_ns = p->metrics.now_ns - (now - p->begun);
	export_otlp(&p->metrics, state);
	sender_push(p->sender);
}

struct delivery_counts pusher_counts(const struct pusher *p)
{
	return sender_counts(p->sender);
}

uint64_t pusher_restarts(const struct pusher *p)
{
	return sender_restarts(p->sender);
}

void pusher_close(struct pusher *p)
{
	struct delivery_counts counts = {0};
	uint64_t points, records;

	if (!p)
		return;
	if (p->sender)
		otlp_request_end(&p->logs, "");
	sender_close(p->sender, &counts);
	points = delivery_undelivered(&counts, OTLP_METRICS);
	records = delivery_undelivered(&counts, OTLP_LOGS);
	if (points || records)
		run_complain("%s: %" PRIu64 " data point%s and %" PRIu64
			     " log record%s were not delivered",
			     p->url, points, text_s(points), records, text_s(records));
	otlp_request_free(&p->metrics.request);
	otlp_request_free(&p->logs);
	otlp_pairs_free(&p->headers);
	otlp_pairs_free(&p->attributes);
	free(p);
}
