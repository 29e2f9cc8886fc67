// SPDX-License-Identifier: BSD-2-Clause
/*
 * Recordings, from the file to the printed lines. The first byte chooses: the rest is a whole file
 * as it stands, or records that are given a sound head, length and checksum first, so that the
 * fuzzer gets past those. The second byte chooses the form of output, --raw, --notable, a gate that
 * watches, and rounds of --verify, in which the recording's existing sockets are the kernel's.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fact/decode.h"
#include "fact/recording.h"
#include "gate/gate.h"
#include "stream/configure.h"
#include "verify/verify.h"
#include "why/look.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FORMS = 0x0f, RAW = 0x10, NOTABLE = 0x20, GATE = 0x40, VERIFY = 0x80 };

/* So many records for each round of --verify. */
#define ROUND 8

struct sink {
	struct stream *stream;
	struct view *view;
	struct verify *verify; /* NULL: none */
	struct gate *gate;     /* NULL: none */
	unsigned int records;
	uint64_t t; /* of the latest record */
};

static void on_difference(void *ctx, const struct event *e)
{
	stream_event(ctx, e);
}

static void on_fix(void *ctx, const struct fact_existing *f)
{
	stream_record(ctx, f, sizeof(*f));
}

static void on_tracker_socket(void *ctx, const struct tracker_socket *s)
{
	verify_tracker_socket(ctx, s);
}

static void on_event(void *ctx, const struct event *e)
{
	gate_event(ctx, e);
}

static void verify_round(struct sink *sink, bool final)
{
	tracker_walk(stream_tracker(sink->stream), on_tracker_socket, sink->verify);
	verify_end(sink->verify, sink->t, final);
	verify_set_fix(sink->verify, on_fix, sink->stream, sink->records % 2);
	verify_begin(sink->verify, sink->t);
}

static int on_record(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = fact_decode(bytes, size);
	struct sink *sink = ctx;

	if (fact && fact->t > sink->t)
		sink->t = fact->t;
	if (fact && sink->verify && fact->kind == FACT_EXISTING)
		verify_kernel_socket(sink->verify, (const struct fact_existing *)fact);
	stream_record(sink->stream, bytes, size);
	if (sink->verify && ++sink->records % ROUND == 0)
		verify_round(sink, false);
	return view_flush(sink->view);
}

/* What the gate says at the end, for every listener and rule. */
static void judge(const struct gate *gate)
{
	struct gate_finding finding;

	for (size_t i = 0; i < gate_listeners(gate); i++)
		for (size_t rule = 0; rule < gate_rules(gate)->count; rule++)
			gate_judge(gate, i, rule, &finding);
	if (gate_result(gate) >= GATE_VERDICT_COUNT)
		abort();
}

static struct gate *new_gate(void)
{
	static const char *const rules[] = {"max-wait p99=1ms", "max-handshake max=1ms",
					    "max-refused 0", "max-queue 50%"};
	struct gate_config config = {0};
	char err[ERR_MAX];

	gate_rules_init(&config.rules);
	filter_init(&config.filter);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (gate_rules_add_line(&config.rules, rules[i], err, sizeof(err)))
			abort();
	return gate_new(&config);
}

union record {
	struct fact_hdr h;
	struct fact_look look;
	uint8_t bytes[sizeof(struct fact_look) + FACT_LOOK_MAX];
};

/* The bytes of a record whose kind has one size, or of a look's, whose kind the choice has. */
static size_t record_size(unsigned int kind, uint8_t choice)
{
	if (kind == FACT_LOOK)
		return sizeof(struct fact_look) + look_record_size(choice % (WHY_KINDS + 1));
	return fact_size(kind) ? fact_size(kind) : choice + 1u;
}

/* What is in a look is made to fit, too: its own kind, its size, and which of the looks it is. */
static void mend_look(struct fact_look *look, size_t whole, uint8_t choice)
{
	struct why_hdr *h = (struct why_hdr *)(look + 1);

	look->size = (__u32)(whole - sizeof(*look));
	look->what = look->size ? 1 + choice / 16 % 2 : FACT_LOOK_END;
	if (look->size) {
		h->kind = choice % (WHY_KINDS + 1);
		h->size = (__u16)look->size;
	}
}

/* Kind and size are made to fit each other in most records; the rest is the fuzzer's. */
static void write_records(const char *path, const uint8_t *data, size_t size)
{
	struct recording_info info = {
		.fact_version = FACT_VERSION, .kernel = "6.1.0", .version = "0"};
	struct recording_writer *w = NULL;
	char err[ERR_MAX];

	filter_init(&info.filter);
	if (recording_create(&w, path, &info, err, sizeof(err)))
		return;
	while (size >= 2) {
		union record record = {.bytes = {0}};
		unsigned int kind = data[0] % (FACT_KINDS + 1);
		size_t whole = record_size(kind, data[1]);
		size_t have = size - 2 < whole ? size - 2 : whole;

		memcpy(record.bytes, data + 2, have);
		if (data[1] % 16) {
			record.h.kind = (__u8)kind;
			record.h.size = (__u16)whole;
			if (kind == FACT_LOOK)
				mend_look(&record.look, whole, data[1]);
		}
		recording_write(w, record.bytes, whole);
		data += 2 + have;
		size -= 2 + have;
	}
	recording_close(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1, null = -1;
	static char path[64];
	struct recording_reader *reader = NULL;
	struct recording_info info;
	struct stream_config config;
	struct trace_options options = {0};
	struct view_options view_options = {.header = true, .utf8 = true};
	struct sink sink;
	char *argv[] = {(char *)"sockstate", NULL};
	char err[ERR_MAX];

	if (fd < 0) {
		fd = memfd_create("recording", 0);
		null = open("/dev/null", O_WRONLY);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (size < 2)
		return 0;
	if (data[0] & 1) {
		if (ftruncate(fd, 0) || pwrite(fd, data + 2, size - 2, 0) < 0)
			return 0;
	} else {
		write_records(path, data + 2, size - 2);
	}

	filter_init(&options.sockets.filter);
	options.output = (data[1] & FORMS) % OUTPUT_COUNT;
	options.raw = data[1] & RAW;
	options.select.notable = data[1] & NOTABLE;
	/* Small, so that giving up the oldest is exercised too. */
	options.limits.max_connections = options.limits.max_requests = 64;
	if (recording_open(&reader, path, &info, err, sizeof(err)))
		return 0;
	stream_config_init(&config, &options);
	config.tracker.facts = info.facts;
	config.tracker.filter = info.filter;
	config.meta = (struct stream_meta){
		.version = "0", .kernel = info.kernel, .argv = (const char *const *)argv};
	sink = (struct sink){.gate = data[1] & GATE ? new_gate() : NULL};
	view_options.fd = null;
	sink.view = sink.gate ? view_watch_new(&view_options, on_event, sink.gate)
			      : stream_view_new(&options, &view_options);
	sink.stream = stream_new(&config, sink.view);
	if (sink.stream && data[1] & VERIFY)
		sink.verify = verify_new(&(struct verify_config){.filter = info.filter,
								 .facts = info.facts},
					 on_difference, sink.stream);
	if (sink.verify)
		verify_begin(sink.verify, 0);
	if (sink.stream) {
		recording_read(reader, on_record, &sink, err, sizeof(err));
		if (sink.verify)
			verify_round(&sink, true);
		stream_finish(sink.stream);
		view_flush(sink.view);
	}
	if (sink.gate)
		judge(sink.gate);
	verify_free(sink.verify);
	gate_free(sink.gate);
	stream_free(sink.stream);
	view_free(sink.view);
	recording_free(reader);
	return 0;
}
