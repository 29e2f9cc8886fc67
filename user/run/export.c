// SPDX-License-Identifier: BSD-2-Clause
/*
 * export.c - `sockstate export`: once a second it reads what the programs of --summary counted, and
 * serves it as metrics.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "export/page.h"
#include "kernel/clock.h"
#include "kernel/count_source.h"
#include "kernel/sandbox.h"
#include "run/http.h"
#include "run/run.h"
#include "run/setup.h"
#include "stream/configure.h"

/* The verdicts, and the peaks of export/series.h, are of rounds of this length. */
#define ROUND_NS NS_S
/* How often we look whether to stop. */
#define LOOK_MS 100
/* A page is made again when it is older: many scrapers cost no more than one. */
#define PAGE_NS (200 * NS_MS)
/* /healthz: without a reading for so long the exporter is blind. */
#define BLIND_NS (5 * NS_S)

enum page { PAGE_OPENMETRICS, PAGE_PROMETHEUS, PAGE_HTML, PAGE_COUNT };

struct exporter {
	const struct export_options *options;
	const struct run_place *place;
	struct summary_source *source;
	struct tally *tally;
	struct series_set *series;
	struct http *http;
	struct fact_list facts;
	struct utsname kernel;
	int64_t started_s;
	int statm; /* descriptor of /proc/self/statm; -1: not there */
	long page_size;
	uint64_t last_read, read_errors; /* ns; a count */
	struct {
		struct out body;
		uint64_t made; /* ns; 0: never */
	} pages[PAGE_COUNT];
};

/* ---- the pages ---- */

/* 0: not known */
static uint64_t resident_bytes(const struct exporter *x)
{
	unsigned long long size, resident = 0;
	char text[64];
	ssize_t n = pread(x->statm, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	if (sscanf(text, "%llu %llu", &size, &resident) != 2)
		return 0;
	return resident * (uint64_t)x->page_size;
}

static uint64_t cpu_ns(void)
{
	struct rusage used = {0};

	getrusage(RUSAGE_SELF, &used);
	return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * NS_S +
	       (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * NS_US;
}

static void write_page(struct exporter *x, enum page page, struct out *body)
{
	const struct export_state state = {
		.series = x->series,
		.tally = x->tally,
		.facts = &x->facts,
		.version = SOCKSTATE_VERSION,
		.kernel = x->kernel.release,
		.cpu_ns = cpu_ns(),
		.resident_bytes = resident_bytes(x),
		.started_s = x->started_s,
		.read_age_ns = clock_now_ns() - x->last_read,
		.read_errors = x->read_errors,
	};

	if (page == PAGE_HTML)
		export_html(body, &state);
	else
		export_metrics(body,
			       page == PAGE_OPENMETRICS ? METRIC_OPENMETRICS : METRIC_PROMETHEUS,
			       &state);
}

static void cached_page(struct exporter *x, enum page page, struct out *body)
{
	struct out *kept = &x->pages[page].body;
	uint64_t now = clock_now_ns();

	if (!x->pages[page].made || now >= x->pages[page].made + PAGE_NS) {
		kept->len = 0;
		write_page(x, page, kept);
		x->pages[page].made = now;
	}
	if (kept->err)
		body->err = kept->err;
	else
		out_bytes(body, kept->buf, kept->len);
}

static void on_request(void *ctx, const char *path, const char *accept, struct http_page *page,
		       struct out *body)
{
	struct exporter *x = ctx;
	enum page which =
		strstr(accept, "application/openmetrics-text") ? PAGE_OPENMETRICS : PAGE_PROMETHEUS;

	page->content_type = "text/plain; charset=utf-8";
	if (!strcmp(path, "/metrics")) {
		page->content_type = metric_content_type(
			which == PAGE_OPENMETRICS ? METRIC_OPENMETRICS : METRIC_PROMETHEUS);
		cached_page(x, which, body);
	} else if (!strcmp(path, "/")) {
		page->content_type = "text/html; charset=utf-8";
		cached_page(x, PAGE_HTML, body);
	} else if (strcmp(path, "/healthz")) {
		page->status = 404;
		out_text(body, "not found: /metrics, /healthz and / are here\n");
	} else if (clock_now_ns() > x->last_read + BLIND_NS) {
		page->status = 503;
		out_text(body, "the counters have not been read for 5 s\n");
	} else {
		out_text(body, "ok\n");
	}
}

/* ---- the run ---- */

static int read_round(struct exporter *x)
{
	uint64_t lost[FACT_LOST_PLACES];
	int rc = summary_source_read(x->source, x->tally, lost);

	if (rc)
		return rc;
	tally_note_lost(x->tally, FACT_LOST_RECURSION, lost[FACT_LOST_RECURSION]);
	tally_note_lost(x->tally, FACT_LOST_MAP, lost[FACT_LOST_MAP]);
	x->last_read = clock_now_ns();
	return series_read(x->series, x->tally);
}

/* A reading that fails is counted, and tried again in the next round. */
static void read_or_count(struct exporter *x)
{
	int rc = read_round(x);

	if (!rc)
		return;
	if (!x->read_errors++)
		run_complain("cannot read the counters: %s; trying again", strerror(-rc));
}

static void loop(struct exporter *x)
{
	uint64_t start = clock_now_ns(), next = start + ROUND_NS;
	uint64_t end = x->options->duration.ns ? start + x->options->duration.ns : UINT64_MAX;

	while (!x->place->stopped()) {
		uint64_t now = clock_now_ns();

		if (now >= end)
			break;
		if (now >= next) {
			read_or_count(x);
			next = now + ROUND_NS;
		}
		if (x->http)
			http_poll(x->http, LOOK_MS);
		else
			nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * (long)NS_MS}, NULL);
	}
}

static int print_once(struct exporter *x, char *err, size_t err_size)
{
	struct out out;
	int rc = out_init(&out, STDOUT_FILENO);

	read_or_count(x);
	if (!rc) {
		write_page(x, PAGE_PROMETHEUS, &out);
		rc = out_flush(&out);
		out_free(&out);
	}
	if (rc && rc != -EPIPE)
		snprintf(err, err_size, "cannot write to standard output: %s", strerror(-rc));
	return rc == -EPIPE ? 0 : rc;
}

static int open_http(struct exporter *x, char *err, size_t err_size)
{
	struct http_options options = {
		.where = x->options->listen, .fd = -1, .fn = on_request, .ctx = x};

	if (x->options->once)
		return 0;
	if (!strcmp(options.where, "systemd")) {
		options.fd = place_passed_socket();
		if (options.fd < 0) {
			snprintf(err, err_size,
				 "--listen systemd: no listening socket was passed: start it by a "
				 "socket unit, or give an address");
			return options.fd;
		}
	}
	return http_open(&x->http, &options, err, err_size);
}

static int open_all(struct exporter *x, char *err, size_t err_size)
{
	const struct kernel_options kernel = {
		.filter = x->options->sockets.filter,
		.syscall_fallback = x->options->hooks.syscall_fallback,
		.verbose = x->options->common.verbose,
		.force_absent = x->options->tests.force_absent,
	};
	struct verdict_limits limits;
	int rc = setup_rights(err, err_size);

	if (!rc)
		rc = open_http(x, err, err_size);
	if (!rc)
		rc = summary_source_open(&x->source, &kernel, &x->facts, err, err_size);
	if (rc)
		return rc;
	stream_limits_init(&limits, &x->options->thresholds);
	x->tally = tally_new(&limits, clock_now_ns());
	x->series = series_new((size_t)x->options->max_listeners);
	for (int i = 0; i < PAGE_COUNT && !rc; i++)
		rc = out_init(&x->pages[i].body, -1);
	if (rc || !x->tally || !x->series) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	x->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	x->page_size = sysconf(_SC_PAGESIZE);
	return setup_confine(&x->options->tests, &x->options->common,
			     SANDBOX_COUNTS | SANDBOX_WALKS | SANDBOX_HTTP, err, err_size);
}

int run_export(const struct export_options *options, const struct run_place *place)
{
	struct exporter x = {
		.options = options, .place = place, .started_s = time(NULL), .statm = -1};
	char err[ERR_MAX] = "";
	int rc;

	uname(&x.kernel);
	rc = open_all(&x, err, sizeof(err));
	if (!rc) {
		read_or_count(&x);
		if (x.http)
			run_complain("serving /metrics at %s", options->listen);
		loop(&x);
		if (options->once)
			rc = print_once(&x, err, sizeof(err));
	}
	if (rc)
		run_complain("%s", err);
	http_free(x.http);
	for (int i = 0; i < PAGE_COUNT; i++)
		out_free(&x.pages[i].body);
	series_free(x.series);
	tally_free(x.tally);
	summary_source_free(x.source);
	if (x.statm >= 0)
		close(x.statm);
	return rc ? EXIT_RUNTIME : EXIT_CLEAN;
}
