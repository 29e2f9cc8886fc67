// SPDX-License-Identifier: BSD-2-Clause
#include "fact/recording.h"
#include "run/run.h"
#include "stream/configure.h"

#include <errno.h>
#include <string.h>

#include "kernel/source.h"
#include "run/loss.h"
#include "run/setup.h"
#include "stream/stream.h"

/* Text is written in pieces of this size, so that a long recording does not fill the memory. */
#define FLUSH_BYTES (64 * 1024)

struct replay {
	const struct run_place *place;
	struct stream *stream;
	struct view *view;
	int write_error; /* of standard output */
	bool stopped;
	bool piped; /* from standard input: it may be recorded only now */
	const char *labels[LABELS_MAX + RECORDING_LABELS];
};

/* Ten times a second where it is recorded: what came until then has been printed. */
static bool is_tick(const void *bytes, size_t size)
{
	const struct fact_hdr *h = bytes;

	return size >= sizeof(*h) && h->kind == FACT_TICK;
}

static int on_record(void *ctx, const void *bytes, size_t size)
{
	struct replay *r = ctx;

	place_guest_record(r->place, bytes, size);
	stream_record(r->stream, bytes, size);
	if (view_pending(r->view) >= FLUSH_BYTES || (r->piped && is_tick(bytes, size)))
		r->write_error = run_flush(r->view);
	if (r->write_error)
		return r->write_error;
	r->stopped = r->place->stopped() || place_guest_over(r->place);
	return r->stopped ? -ECANCELED : 0;
}

static const char *known(const char *text)
{
	return *text ? text : NULL;
}

/* The recording says where its facts come from; the command line says what to print. */
static void configure(struct stream_config *config, const struct trace_options *options,
		      const struct run_place *place, const struct recording_info *info)
{
	stream_config_init(config, options);
	config->tracker.facts = info->facts;
	if (!filter_is_open(&options->sockets.filter))
		config->only = &options->sockets.filter;
	else
		config->tracker.filter = info->filter;
	/* As in the live run (open_outputs() in live.c). */
	if (!config->only && (info->filter.laddrs || info->filter.hosts))
		config->only = &info->filter;
	config->meta = (struct stream_meta){
		.version = SOCKSTATE_VERSION,
		.kernel = info->kernel,
		.argv = place->argv,
		.boot_offset_ns = info->boot_offset_ns,
		.host = known(info->host),
		.boot_id = known(info->boot_id),
		.run_id = known(info->run_id),
	};
}

/* A recording may come from anybody: nothing of it is read before rights are given up. */
static int open_recording(struct recording_reader **reader, const struct trace_options *options,
			  const struct run_place *place, struct recording_info *info, char *err,
			  size_t err_size)
{
	int rc = recording_find(reader, options->replay, err, err_size);

	if (!rc)
		rc = setup_confine_guest(options, place, 0, err, err_size);
	return rc ? rc : recording_read_head(*reader, info, err, err_size);
}

static bool same_key(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return !strncmp(a, b, n) && b[n] == '=';
}

/* Those of the command line, and the recorded ones with other keys. */
static void put_labels(struct replay *r, struct view_options *view,
		       const struct recording_info *info)
{
	unsigned int given = view->label_count, count = 0;

	for (unsigned int i = 0; i < given && i < LABELS_MAX; i++)
		r->labels[count++] = view->labels[i];
	for (unsigned int i = 0; i < info->label_count; i++) {
		bool again = false;

		for (unsigned int j = 0; j < given; j++)
			again |= same_key(view->labels[j], info->labels[i]);
		if (!again)
			r->labels[count++] = info->labels[i];
	}
	view->labels = r->labels;
	view->label_count = count;
}

/* Who asked for the recording, as a complaint names it. */
static const char *reader_of(const struct run_place *place)
{
	return place->guest && place->guest->name ? place->guest->name : "--replay";
}

/* From the head on, which has been read. -ENOMEM. */
static int open_stream(struct replay *r, const struct trace_options *options,
		       const struct recording_info *info)
{
	struct view_options view_options = r->place->view;
	struct stream_config config;

	configure(&config, options, r->place, info);
	view_options.boot_offset_ns = info->boot_offset_ns;
	put_labels(r, &view_options, info);
	r->view = place_view(r->place, options, &view_options);
	r->stream = r->view ? stream_new(&config, r->view) : NULL;
	return r->stream ? 0 : -ENOMEM;
}

static void close_stream(struct replay *r)
{
	stream_free(r->stream);
	view_free(r->view);
	r->stream = NULL;
	r->view = NULL;
}

/* As often as a guest asks for it. Returns as recording_read(), of the last time. */
static int play(struct replay *r, struct recording_reader *reader,
		const struct trace_options *options, struct recording_info *info, char *err,
		size_t err_size)
{
	for (;;) {
		int rc = open_stream(r, options, info);

		if (rc) {
			snprintf(err, err_size, "out of memory");
			return rc;
		}
		rc = place_guest_begin(r->place, r->stream, NULL);
		if (!rc)
			rc = recording_read(reader, on_record, r, err, err_size);
		if (!r->stopped)
			place_guest_end(r->place);
		if (!place_guest_again(r->place))
			return rc;
		close_stream(r);
		r->stopped = false;
		rc = recording_rewind(reader, err, err_size);
		if (!rc)
			rc = recording_read_head(reader, info, err, err_size);
		if (rc)
			return rc;
	}
}

int run_replay(const struct trace_options *options, const struct run_place *place)
{
	struct recording_reader *reader = NULL;
	struct replay r = {.place = place, .piped = !strcmp(options->replay, "-")};
	uint64_t lost;
	struct recording_info info;
	char err[ERR_MAX] = "";
	int code = EXIT_RUNTIME;
	int rc;

	if (open_recording(&reader, options, place, &info, err, sizeof(err))) {
		/* A signal, while the writer of a FIFO was waited for, is no failure. */
		if (!place->stopped()) {
			run_complain("%s: %s", reader_of(place), err);
			code = EXIT_RUNTIME;
		} else {
			code = EXIT_CLEAN;
		}
		recording_free(reader);
		return code;
	}
	if (options->raw && info.raw == RECORDING_RAW_NO) {
		run_complain(
			"--raw: '%s' was recorded without it and lacks what only --raw shows: record with --raw, or leave it out here",
			options->replay);
		recording_free(reader);
		return EXIT_USAGE;
	}
	rc = play(&r, reader, options, &info, err, sizeof(err));
	if (r.stream && !r.write_error) {
		stream_finish(r.stream);
		r.write_error = run_flush(r.view);
	}
	/* A truncated recording is reported last, after everything that it holds. */
	if (r.write_error)
		code = r.write_error == -EPIPE ? EXIT_CLEAN : EXIT_RUNTIME;
	else if (rc && !r.stopped && err[0])
		run_complain("%s: %s", reader_of(place), err);
	else
		code = EXIT_CLEAN;
	lost = r.stream ? stream_loss(r.stream).total : 0;
	if (lost && !place->guest)
		loss_complain(stream_loss(r.stream).where, options);
	code = loss_exit_code(code, lost, options);
	close_stream(&r);
	recording_free(reader);
	return code;
}
