// SPDX-License-Identifier: BSD-2-Clause
/*
 * live.c - the run on this kernel: attach, take stock, give up rights, list TIME_WAIT, then poll
 * until told to stop.
 *
 * Everything that the stream is to know goes through feed() or feed_sorted(), so a recording holds
 * exactly what the tracker saw.
 */
#include "base/units.h"
#include "fact/recording.h"
#include "kernel/privilege.h"
#include "run/run.h"
#include "stream/configure.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/snapshot.h"
#include "kernel/source.h"
#include "run/doctor.h"
#include "stream/stream.h"
#include "verify/verify.h"

/* Between two looks at the rings: the programs wake us only when much has come. */
#define POLL_MS 10
/* Facts that wait for an older one that is not complete yet. */
#define AHEAD_MAX 16384
#define TICK_NS	  (100 * NS_MS)
#define VERIFY_NS NS_S
/* The rings may be full, and a record in the making for long. */
#define CATCH_UP_NS (100 * NS_MS)
/* The rings are full at most; to read them takes less. */
#define FINISH_NS    NS_S
#define LISTENERS_NS NS_S
/*
 * After a loss the tables are looked up: what differs in two looks is put right. Without --verify
 * no sooner than so long after the last time, since reading long tables costs more than it is
 * worth.
 */
#define REPAIR_LOOKS	3
#define REPAIR_EVERY_NS (10 * NS_S)
/* The rings are emptied once in so many sockets while stock is taken. */
#define EXISTING_DRAIN 256

struct live {
	const struct trace_options *options;
	const struct run_place *place;
	struct source_kernel *source;
	struct recording_writer *recording;
	struct stream *stream;
	struct view *view;
	struct verify *verify; /* NULL: neither --verify nor a loss to make good */
	struct fact_list facts;
	bool loss;			 /* not made good yet */
	unsigned int repair;		 /* looks to come that put right what it left wrong */
	uint64_t repaired;		 /* when that was done last */
	uint64_t lost[FACT_LOST_PLACES]; /* already told */
	uint64_t last_tick;		 /* nothing earlier will come */
	uint64_t last_chores;
	uint64_t deadline; /* UINT64_MAX: none */
	uint64_t next_listeners;
	uint64_t next_verify;	 /* 0: never */
	uint64_t existing, rows; /* of the tables, told so far */
	int recording_error;
	int write_error; /* of standard output */
};

/* ---- records into the stream ---- */

static void record(struct live *l, const void *bytes, size_t size)
{
	if (l->recording && !l->recording_error)
		l->recording_error = recording_write(l->recording, bytes, size);
}

static int feed(void *ctx, const void *bytes, size_t size)
{
	struct live *l = ctx;

	record(l, bytes, size);
	stream_record(l->stream, bytes, size);
	return 0;
}

/* From the rings, which hand over in order. */
static int feed_sorted(void *ctx, const void *bytes, size_t size)
{
	struct live *l = ctx;

	record(l, bytes, size);
	stream_record_sorted(l->stream, bytes, size);
	return 0;
}

static void feed_tick(struct live *l, uint64_t t)
{
	const struct fact_hdr tick = {.t = t, .size = sizeof(tick), .kind = FACT_TICK};

	l->last_tick = t;
	feed(l, &tick, sizeof(tick));
}

static void feed_lost(struct live *l, uint64_t t)
{
	uint64_t now[FACT_LOST_PLACES] = {0};

	if (source_kernel_lost(l->source, now) < 0)
		return;
	for (unsigned int i = 0; i < FACT_LOST_PLACES; i++) {
		const struct fact_lost lost = {
			.h = {.t = t, .size = sizeof(lost), .kind = FACT_LOST},
			.count = now[i] - l->lost[i],
			.where = i,
		};

		if (now[i] <= l->lost[i])
			continue;
		l->lost[i] = now[i];
		feed(l, &lost, sizeof(lost));
		l->loss = true;
	}
	if (!l->loss || (l->next_verify && !l->options->verify))
		return; /* or a repair is under way: another comes after it */
	l->loss = false;
	l->repair = REPAIR_LOOKS;
	if (!l->options->verify)
		l->next_verify = l->repaired + REPAIR_EVERY_NS > t + VERIFY_NS
					 ? l->repaired + REPAIR_EVERY_NS
					 : t + VERIFY_NS;
}

static void flush(struct live *l)
{
	if (view_pending(l->view) && !l->write_error)
		l->write_error = run_flush(l->view);
}

/*
 * From the rings to the output: what they hold, some thousands, and up to when that is all. Returns
 * as source_kernel_poll().
 */
static int drain(struct live *l, int timeout_ms)
{
	int read = source_kernel_poll(l->source, timeout_ms, feed_sorted, l);
	uint64_t complete = source_kernel_complete_until(l->source);

	if (complete > l->last_tick &&
	    (read > 0 || stream_waiting(l->stream) || complete - l->last_tick >= TICK_NS))
		feed_tick(l, complete);
	if (stream_waiting(l->stream) < AHEAD_MAX)
		source_kernel_poll_ahead(l->source, feed, l);
	flush(l);
	return read;
}

static int feed_existing(void *ctx, const void *bytes, size_t size)
{
	struct live *l = ctx;

	/*
	 * Nothing is told before stock has been taken: order.c puts what happened meanwhile into
	 * its place.
	 */
	if (++l->existing % EXISTING_DRAIN == 0)
		source_kernel_poll(l->source, 0, feed, l);
	return feed(l, bytes, size);
}

/* Nothing more is to be told. */
static bool over(const struct live *l)
{
	return l->place->stopped() || stream_done(l->stream) || l->write_error ||
	       l->recording_error || place_guest_over(l->place);
}

/* While sockets in TIME_WAIT are listed, what happens is told. */
static int between_rows(void *ctx)
{
	struct live *l = ctx;
	uint64_t now;

	drain(l, 0);
	now = clock_now_ns();
	if (now - l->last_chores >= TICK_NS) {
		l->last_chores = now;
		feed_lost(l, now);
	}
	return over(l) ? -EINTR : 0; /* the listing is not cut by --duration */
}

/* ---- --verify ---- */

static int on_row(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = fact_decode(bytes, size);
	struct live *l = ctx;

	/* The tables may be long: meanwhile the rings must not fill. */
	if (++l->rows % EXISTING_DRAIN == 0)
		drain(l, 0);
	return fact && fact->kind == FACT_EXISTING ? verify_kernel_socket(l->verify, bytes) : 0;
}

static void on_tracker_socket(void *ctx, const struct tracker_socket *s)
{
	/* Out of memory makes verify_end() fail too, which is where it is told. */
	verify_tracker_socket(ctx, s);
}

static void on_namespace(void *ctx, uint32_t netns)
{
	verify_namespace(ctx, netns);
}

static void on_difference(void *ctx, const struct event *e)
{
	stream_event(ctx, e);
}

static void on_fix(void *ctx, const struct fact_existing *f)
{
	feed(ctx, f, sizeof(*f));
}

/* For --verify as long as it runs; else for as long as a loss is to be made good. */
static struct verify *new_verify(const struct live *l)
{
	const struct verify_config config = {.filter = l->options->sockets.filter,
					     .facts = l->facts};

	return verify_new(&config, on_difference, l->stream);
}

/*
 * The rows first, then whatever happened until they had been read: the tracker is never older than
 * a row.
 */
static void verify_round(struct live *l, bool final)
{
	uint64_t read;
	int rc;

	verify_set_fix(l->verify, final ? NULL : on_fix, l, l->repair);
	verify_begin(l->verify, clock_now_ns());
	rc = source_kernel_snapshot(l->source, on_row, l);
	read = clock_now_ns();
	while (rc >= 0 && source_kernel_complete_until(l->source) < read &&
	       clock_now_ns() < read + CATCH_UP_NS) {
		rc = drain(l, 1);
		if (rc == -EINTR)
			rc = 0; /* told to stop: the round is finished first */
	}
	if (rc >= 0 && source_kernel_complete_until(l->source) < read)
		rc = -EAGAIN; /* the tracker is behind */
	tracker_walk(stream_tracker(l->stream), on_tracker_socket, l->verify);
	if (rc >= 0)
		rc = verify_end(l->verify, clock_now_ns(), final);
	/* One that was passed over has put nothing right. */
	if (rc >= 0 && l->repair)
		l->repair--;
	if (rc < 0 && l->options->common.verbose)
		run_complain("--verify: a round was passed over: %s", strerror(-rc));
}

/* One of the looks that make a loss good, where --verify does not look anyway. */
static void repair_round(struct live *l)
{
	if (!l->verify) {
		l->verify = new_verify(l);
		if (!l->verify)
			return;
		source_kernel_namespaces(l->source, on_namespace, l->verify, &(int){0});
	}
	verify_round(l, false);
	if (l->repair)
		return;
	verify_free(l->verify);
	l->verify = NULL;
	l->repaired = clock_now_ns();
	l->next_verify = 0;
}

/* Which namespaces can be listed again later; those that nobody will ask for are let go. */
static void take_namespaces(struct live *l)
{
	int refused, why = 0;

	if (!l->options->verify) {
		source_kernel_keep_own_namespace(l->source);
		return;
	}
	refused = source_kernel_namespaces(l->source, on_namespace, l->verify, &why);
	if (refused > 0)
		run_complain(
			"--verify: %d network namespaces cannot be entered, their sockets are not compared: %s",
			refused, strerror(why));
	if (source_kernel_own_namespace_only(l->source))
		run_complain(
			"--verify: only sockets of this network namespace are compared: others need CAP_SYS_ADMIN");
}

/* ---- setting up ---- */

static void describe(struct recording_info *info, const struct trace_options *options,
		     const struct fact_list *facts)
{
	struct utsname system = {0};

	uname(&system);
	*info = (struct recording_info){
		.fact_version = FACT_VERSION,
		.raw = options->raw ? RECORDING_RAW_YES : RECORDING_RAW_NO,
		.boot_offset_ns = clock_boot_offset_ns(),
		.facts = *facts,
		.filter = options->sockets.filter,
	};
	snprintf(info->kernel, sizeof(info->kernel), "%.63s", system.release);
	snprintf(info->version, sizeof(info->version), "%.31s", SOCKSTATE_VERSION);
}

static int open_kernel(struct live *l, struct fact_list *facts, char *err, size_t err_size)
{
	const struct kernel_options kernel = {
		.filter = l->options->sockets.filter,
		.ring_bytes = l->options->limits.ring_bytes,
		.raw = l->options->raw,
		.name_syn_drops = l->options->hooks.name_syn_drops,
		.syscall_fallback = l->options->hooks.syscall_fallback,
		.verbose = l->options->common.verbose,
		.force_absent = l->options->tests.force_absent,
	};
	int rc = privilege_check(err, err_size);

	privilege_protect();
	return rc ? rc : source_kernel_open(&l->source, &kernel, facts, err, err_size);
}

static int open_outputs(struct live *l, const struct recording_info *info, char *err,
			size_t err_size)
{
	struct view_options view_options = l->place->view;
	struct stream_config config;
	int rc;

	if (l->options->record) {
		char why[ERR_MAX - 16];

		rc = recording_create(&l->recording, l->options->record, info, why, sizeof(why));
		if (rc) {
			snprintf(err, err_size, "--record: %s", why);
			return rc;
		}
	}
	stream_config_init(&config, l->options);
	config.tracker.facts = info->facts;
	config.meta = (struct stream_meta){
		.version = info->version,
		.kernel = info->kernel,
		.argv = l->place->argv,
		.boot_offset_ns = info->boot_offset_ns,
	};
	view_options.boot_offset_ns = info->boot_offset_ns;
	l->view = place_view(l->place, l->options, &view_options);
	l->stream = l->view ? stream_new(&config, l->view) : NULL;
	l->facts = info->facts;
	if (l->stream && l->options->verify)
		l->verify = new_verify(l);
	if (l->stream && (l->verify || !l->options->verify))
		return 0;
	snprintf(err, err_size, "out of memory");
	return -ENOMEM;
}

/* ---- the loop ---- */

/*
 * The queues and refusals of listeners that no event tells of: where nothing is let in, nothing
 * happens that a hook could see. On a machine with very many open files less often, so that it
 * costs 1 % of a CPU at most.
 */
static void read_listeners(struct live *l, uint64_t now)
{
	uint64_t every = l->options->interval_ns && l->options->interval_ns < LISTENERS_NS
				 ? l->options->interval_ns
				 : LISTENERS_NS;
	uint64_t took;

	source_kernel_listeners(l->source, feed, l);
	took = clock_now_ns() - now;
	l->next_listeners = now + (took * 100 > every ? took * 100 : every);
}

/* What is due ten times a second, not at every poll. */
static void chores(struct live *l, uint64_t now)
{
	if (now - l->last_chores < TICK_NS)
		return;
	l->last_chores = now;
	feed_lost(l, now);
	if (now >= l->next_listeners)
		read_listeners(l, now);
	if (l->next_verify && now >= l->next_verify) {
		l->next_verify = now + VERIFY_NS;
		if (l->options->verify)
			verify_round(l, false);
		else
			repair_round(l);
	}
	if (!l->write_error && run_reader_gone(l->place))
		l->write_error = -EPIPE;
}

static void start_clocks(struct live *l, uint64_t start)
{
	l->deadline = l->options->duration.ns ? start + l->options->duration.ns : UINT64_MAX;
	l->last_chores = start;
	l->next_listeners = start;
	l->next_verify = l->options->verify ? start + VERIFY_NS : 0;
}

static int loop(struct live *l)
{
	while (!over(l) && clock_now_ns() < l->deadline) {
		int rc = drain(l, POLL_MS);

		if (rc < 0 && rc != -EINTR) {
			run_complain("cannot read from the kernel: %s", strerror(-rc));
			return rc;
		}
		chores(l, clock_now_ns());
		flush(l);
	}
	return 0;
}

/* What the rings still hold, and the last line. */
static void finish(struct live *l)
{
	uint64_t end = clock_now_ns();

	/*
	 * What came before the end, though more comes meanwhile; also a record that is in the
	 * making.
	 */
	do
		drain(l, 1);
	while (source_kernel_complete_until(l->source) < end && clock_now_ns() < end + FINISH_NS);
	if (source_kernel_complete_until(l->source) < end)
		run_complain(
			"a program of the kernel did not complete what it began to write: lines may be missing at the end");
	feed_lost(l, clock_now_ns());
	if (l->options->verify)
		verify_round(l, true);
	feed_tick(l, clock_now_ns());
	stream_finish(l->stream);
	flush(l);
}

static int run(struct live *l, char *err, size_t err_size)
{
	struct recording_info info;
	struct fact_list facts = {0};
	uint64_t start = clock_now_ns(), taken;
	int rc;

	rc = open_kernel(l, &facts, err, err_size);
	if (rc)
		return rc;
	describe(&info, l->options, &facts);
	rc = open_outputs(l, &info, err, err_size);
	if (rc)
		return rc;

	/*
	 * The first tick brings the meta line; an output that cannot be written is told before
	 * anything else.
	 */
	feed_tick(l, start);
	flush(l);
	if (l->write_error)
		return 0;
	rc = source_kernel_existing(l->source, feed_existing, l);
	if (rc < 0) {
		snprintf(err, err_size, "cannot list the sockets that exist: %s", strerror(-rc));
		return rc;
	}
	taken = clock_now_ns();
	rc = l->options->tests.keep_privileges ? 0 : privilege_drop(err, err_size);
	if (rc)
		return rc;
	start_clocks(l, clock_now_ns());
	drain(l, 0);
	rc = source_kernel_time_waits(l->source, taken, feed, between_rows, l);
	if (rc < 0 && rc != -EINTR)
		run_complain("cannot list the sockets in TIME_WAIT: %s", strerror(-rc));
	take_namespaces(l);
	rc = place_guest_begin(l->place);
	if (!rc)
		rc = loop(l);
	finish(l);
	return rc;
}

int run_live(const struct trace_options *options, const struct run_place *place)
{
	struct live l = {.options = options, .place = place};
	char err[ERR_MAX] = "";
	int rc, code = EXIT_CLEAN;

	rc = run(&l, err, sizeof(err));
	if (rc) {
		if (err[0])
			run_complain("%s", err);
		code = EXIT_RUNTIME;
	}
	if (l.write_error && l.write_error != -EPIPE)
		code = EXIT_RUNTIME;
	rc = recording_close(l.recording);
	if (rc) {
		run_complain("--record: cannot write '%s': %s", options->record, strerror(-rc));
		code = EXIT_RUNTIME;
	}
	if (code == EXIT_CLEAN && l.verify && verify_differences(l.verify))
		code = EXIT_DIFFERENCE;
	verify_free(l.verify);
	stream_free(l.stream);
	view_free(l.view);
	source_kernel_free(l.source);
	return code;
}
