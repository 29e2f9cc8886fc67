// SPDX-License-Identifier: BSD-2-Clause
/*
 * Recordings, from the file to the printed lines. The first byte chooses: the rest is a whole file
 * as it stands, or records that are given a sound head, length and checksum first, so that the
 * fuzzer gets past those.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fact/decode.h"
#include "fact/recording.h"
#include "stream/configure.h"
#include "why/look.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sink {
	struct stream *stream;
	struct view *view;
};

static int on_record(void *ctx, const void *bytes, size_t size)
{
	struct sink *sink = ctx;

	stream_record(sink->stream, bytes, size);
	return view_flush(sink->view);
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
	options.output = data[1] % OUTPUT_COUNT;
	options.raw = data[1] & 0x10;
	/* Small, so that giving up the oldest is exercised too. */
	options.limits.max_connections = options.limits.max_requests = 64;
	if (recording_open(&reader, path, &info, err, sizeof(err)))
		return 0;
	stream_config_init(&config, &options);
	config.tracker.facts = info.facts;
	config.tracker.filter = info.filter;
	config.meta = (struct stream_meta){
		.version = "0", .kernel = info.kernel, .argv = (const char *const *)argv};
	sink.view = stream_view_new(
		&options, &(struct view_options){.fd = null, .header = true, .utf8 = true});
	sink.stream = stream_new(&config, sink.view);
	if (sink.stream) {
		recording_read(reader, on_record, &sink, err, sizeof(err));
		stream_finish(sink.stream);
		view_flush(sink.view);
	}
	stream_free(sink.stream);
	view_free(sink.view);
	recording_free(reader);
	return 0;
}
