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
#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/count_source.h"
#include "kernel/sandbox.h"
#include "run/export_otlp.h"
#include "run/exporter.h"
#include "run/http.h"
#include "run/looker.h"
#include "run/run.h"
#include "run/setup.h"
#include "run/textfile.h"
#include "stream/configure.h"
#include "stream/looks.h"

/* The verdicts, and the peaks of export/series.h, are of rounds of this length. */
#define ROUND_NS NS_S
/* How often we look whether to stop. */
#define LOOK_MS 100
/* A page is made again when it is older: many scrapers cost no more than one. */
#define PAGE_NS (200 * NS_MS)
/* /healthz: without a reading for so long the exporter is blind. */
#define BLIND_NS (5 * NS_S)

void exporter_init(struct exporter *x, const struct export_options *options,
		   const struct run_place *place)
{
	*x = (struct exporter){
		.options = options, .place = place, .started_s = time(NULL), .statm = -1};
	uname(&x->kernel);
}

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

static struct export_state state_of(const struct exporter *x, struct delivery_counts *counts)
{
	if (x->pusher)
		*counts = pusher_counts(x->pusher);
	return (struct export_state){
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
		.otlp = x->pusher ? counts : NULL,
		.otlp_forgotten = x->forgotten,
		.otlp_restarts = x->pusher ? pusher_restarts(x->pusher) : 0,
		.counts_cookies = summary_source_counts_cookies(x->source),
	};
}

static void write_page(struct exporter *x, enum page page, struct out *body)
{
	struct delivery_counts counts;
	const struct export_state state = state_of(x, &counts);

	if (page == PAGE_HTML)
		export_html(body, &state);
	else
		export_metrics(body,
			       page == PAGE_OPENMETRICS ? METRIC_OPENMETRICS : METRIC_PROMETHEUS,
			       &state);
}

static void cached_page(struct exporter *x, enum page page, struct http_page *answer,
			struct out *body)
{
	uint64_t now = clock_now_ns();

	answer->kept = &x->pages[page].kept;
	if (*answer->kept && now < x->pages[page].made + PAGE_NS)
		return;
	write_page(x, page, body);
	x->pages[page].made = now;
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
		cached_page(x, which, page, body);
	} else if (!strcmp(path, "/")) {
		page->content_type = "text/html; charset=utf-8";
		cached_page(x, PAGE_HTML, page, body);
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

/* ---- why nobody accepts ---- */

/* A record_fn, of facts of looks only. */
static int on_look(void *ctx, const void *bytes, size_t size)
{
	struct exporter *x = ctx;
	const struct fact_hdr *fact = fact_decode(bytes, size);

	if (fact && fact->kind == FACT_LOOK)
		looks_fact(x->looks, (const struct fact_look *)fact);
	return 0;
}

static void on_why(void *ctx, const struct event *e)
{
	struct exporter *x = ctx;

	if (e->type == EVENT_WHY && event_has(e, F_DIAGNOSIS))
		tally_why(x->tally, event_get(e, F_COOKIE), event_enum(e, F_DIAGNOSIS));
}

/* A listener whose verdict may be worth a look. */
static void on_listener(void *ctx, const struct tally_row *row)
{
	struct exporter *x = ctx;
	struct event e;

	if (!row->listens)
		return;
	event_init(&e, EVENT_LISTENER, x->last_read);
	listener_identity_put(&row->figures.identity, &e);
	event_set_enum(&e, F_VERDICT, row->figures.verdict);
	looker_event(x->looker, &e);
	looks_event(x->looks, &e);
}

static void look_at_programs(struct exporter *x, uint64_t now)
{
	if (!x->looker)
		return;
	looker_due(x->looker, now);
	looks_due(x->looks, now, on_why, x);
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
	if (x->looker)
		tally_walk(x->tally, on_listener, x);
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

static int write_textfile(struct exporter *x)
{
	struct out page;
	int rc = out_init(&page, -1);

	if (rc)
		return rc;
	write_page(x, PAGE_PROMETHEUS, &page);
	rc = page.err ? page.err : textfile_write(x->textfile, page.buf, page.len);
	out_free(&page);
	return rc;
}

/* What fails while it runs is said once, and tried again. */
static void keep_textfile(struct exporter *x, uint64_t now)
{
	int rc;

	if (!x->textfile || now < x->next_textfile)
		return;
	rc = write_textfile(x);
	if (rc && !x->textfile_fails)
		run_complain("cannot write '%s': %s; trying again", x->options->textfile,
			     strerror(-rc));
	x->textfile_fails = rc;
	x->next_textfile = now + x->options->interval_ns;
}

/* The first one tells whether it can be written at all. */
static int begin_textfile(struct exporter *x, char *err, size_t err_size)
{
	int rc = x->textfile ? write_textfile(x) : 0;

	if (rc)
		snprintf(err, err_size, "cannot write '%s': %s", x->options->textfile,
			 strerror(-rc));
	x->next_textfile = clock_now_ns() + x->options->interval_ns;
	return rc;
}

static void send_metrics(struct exporter *x, uint64_t now)
{
	struct delivery_counts counts;
	const struct export_state state = state_of(x, &counts);

	pusher_metrics(x->pusher, &state, now);
}

void exporter_due(struct exporter *x, uint64_t now)
{
	if (now >= x->next_round) {
		read_or_count(x);
		x->next_round = now + ROUND_NS;
	}
	look_at_programs(x, now);
	keep_textfile(x, now);
	if (x->pusher && pusher_due(x->pusher, now))
		send_metrics(x, now);
}

static void loop(struct exporter *x)
{
	uint64_t now = clock_now_ns();
	uint64_t end = x->options->duration.ns ? now + x->options->duration.ns : UINT64_MAX;

	for (; !x->place->stopped() && now < end; now = clock_now_ns()) {
		exporter_due(x, now);
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

/* NULL: nothing is served. */
static const char *listen_where(const struct export_options *options)
{
	if (options->once)
		return NULL;
	return options->listen || options->textfile || options->otlp ? options->listen
								     : "127.0.0.1:9435";
}

static int open_http(struct exporter *x, char *err, size_t err_size)
{
	struct http_options options = {
		.where = listen_where(x->options), .fd = -1, .fn = on_request, .ctx = x};

	if (!options.where)
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

int exporter_start(struct exporter *x, char *err, size_t err_size)
{
	return pusher_open(&x->pusher, x->options, err, err_size);
}

int exporter_open(struct exporter *x, const struct kernel_options *kernel, char *err,
		  size_t err_size)
{
	struct verdict_limits limits;
	int rc = open_http(x, err, err_size);

	if (!rc && x->options->textfile)
		rc = textfile_open(&x->textfile, x->options->textfile, err, err_size);
	if (!rc)
		rc = summary_source_open(&x->source, kernel, &x->facts, err, err_size);
	if (rc)
		return rc;
	stream_limits_init(&limits, &x->options->thresholds);
	x->tally = tally_new(&limits, clock_now_ns());
	x->series = series_new((size_t)x->options->max_listeners);
	if (!x->tally || !x->series) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	x->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	x->page_size = sysconf(_SC_PAGESIZE);
	return 0;
}

int exporter_begin(struct exporter *x, char *err, size_t err_size)
{
	int rc;

	read_or_count(x);
	x->next_round = x->last_read + ROUND_NS;
	rc = begin_textfile(x, err, err_size);
	if (rc)
		return rc;
	if (x->http)
		run_complain("serving /metrics at %s", listen_where(x->options));
	if (x->textfile)
		run_complain("writing '%s'", x->options->textfile);
	if (x->pusher)
		run_complain("sending OTLP to %s", pusher_url(x->pusher));
	return 0;
}

void exporter_close(struct exporter *x)
{
	if (x->pusher && x->last_read) { /* what has happened since the last round */
		read_or_count(x);
		send_metrics(x, clock_now_ns());
	}
	pusher_close(x->pusher);
	http_free(x->http);
	for (int i = 0; i < PAGE_COUNT; i++)
		http_kept_free(x->pages[i].kept);
	textfile_free(x->textfile);
	looker_free(x->looker);
	looks_free(x->looks);
	series_free(x->series);
	tally_free(x->tally);
	summary_source_free(x->source);
	if (x->statm >= 0)
		close(x->statm);
}

/* Without a story nothing but counters is read, so it takes its looks itself. */
static int open_alone(struct exporter *x, char *err, size_t err_size)
{
	const struct kernel_options kernel = {
		.filter = x->options->sockets.filter,
		.syscall_fallback = x->options->hooks.syscall_fallback,
		.verbose = x->options->common.verbose,
		.force_absent = x->options->tests.force_absent,
	};
	int rc = exporter_start(x, err, err_size);

	if (!rc)
		rc = setup_rights(err, err_size);
	if (!rc)
		rc = exporter_open(x, &kernel, err, err_size);
	if (rc)
		return rc;
	x->looks = looks_new();
	if (!x->looks || (!x->options->no_why && looker_new(&x->looker, 0, on_look, x))) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	looker_load(&x->looker, &kernel);
	return setup_confine_writing(&x->options->tests, &x->options->common, EXPORTER_NEEDS,
				     (const char *[SANDBOX_DIRS]){textfile_directory(x->textfile)},
				     err, err_size);
}

int run_export(const struct export_options *options, const struct run_place *place)
{
	struct exporter x;
	char err[ERR_MAX] = "";
	int rc;

	exporter_init(&x, options, place);
	rc = open_alone(&x, err, sizeof(err));
	if (!rc)
		rc = exporter_begin(&x, err, sizeof(err));
	if (!rc) {
		if (!options->once || options->duration.ns)
			loop(&x);
		if (options->once)
			rc = print_once(&x, err, sizeof(err));
	}
	if (rc)
		run_complain("%s", err);
	exporter_close(&x);
	return rc ? EXIT_RUNTIME : EXIT_CLEAN;
}
