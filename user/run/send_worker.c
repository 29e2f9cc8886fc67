// SPDX-License-Identifier: BSD-2-Clause
#include "run/send_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "kernel/clock.h"
#include "kernel/privilege.h"
#include "kernel/sandbox.h"
#include "run/run.h"
#include "run/sender.h"

#define WAIT_MS 60000

struct worker {
	int pipe;    /* read end; -1: nothing more will come */
	bool broken; /* what comes through it cannot be read on: another worker has to */
	const char *url;
	struct post *post;
	struct delivery *delivery;
	struct delivery_counts before; /* of earlier workers */
	struct send_shared *shared;
	struct send_head head;
	char *bytes;			 /* of the request that is being read */
	size_t have;			 /* of head and bytes */
	uint64_t deadline;		 /* ns; UINT64_MAX: none */
	bool failing[OTLP_SIGNAL_COUNT]; /* it has been said */
};

static void tell_counts(struct worker *w)
{
	const struct delivery_counts *c = delivery_counts(w->delivery);

	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++)
		for (unsigned int f = 0; f < DELIVERY_FATE_COUNT; f++)
			__atomic_store_n(&w->shared->counts.of[s][f],
					 w->before.of[s][f] + c->of[s][f], __ATOMIC_RELAXED);
}

/* The rest of a head or of a request. Returns what read() does. */
static ssize_t read_more(struct worker *w)
{
	size_t head = sizeof(w->head);

	if (w->have < head)
		return read(w->pipe, (char *)&w->head + w->have, head - w->have);
	return read(w->pipe, w->bytes + (w->have - head), head + w->head.size - w->have);
}

/* False: out of memory, or a head that is none. */
static bool begin_request(struct worker *w)
{
	if (w->head.signal >= OTLP_SIGNAL_COUNT || !w->head.size || w->head.size > SEND_REQUEST_MAX)
		return false;
	w->bytes = malloc(w->head.size);
	return w->bytes;
}

/* Not while a round of metrics that is larger than the queue is being sent. */
static bool is_reading(const struct worker *w)
{
	return w->pipe >= 0 && delivery_has_room(w->delivery, SEND_REQUEST_MAX);
}

static void read_pipe(struct worker *w)
{
	ssize_t n;

	while (is_reading(w)) {
		n = read_more(w);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		w->have += n > 0 ? (size_t)n : 0;
		if (n <= 0 || (w->have == sizeof(w->head) && !begin_request(w))) {
			close(w->pipe);
			w->pipe = -1;
			w->broken = n != 0;
			w->deadline = clock_now_ns() + (SENDER_GRACE_MS - 500) * NS_MS;
		} else if (w->have == sizeof(w->head) + w->head.size) {
			delivery_add(w->delivery, w->head.signal, w->bytes, w->head.size,
				     w->head.items);
			w->bytes = NULL;
			w->have = 0;
		}
	}
}

static void send_due(struct worker *w)
{
	uint64_t now = clock_now_ns();

	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++) {
		const struct delivery_request *r = delivery_due(w->delivery, s, now);

		if (r && post_begin(w->post, s, r->bytes, r->size))
			delivery_answered(w->delivery, s, &(struct delivery_answer){0}, now);
	}
}

/* Once, until it goes well again. */
static void say(struct worker *w, const struct post_result *r, bool again)
{
	bool fails =
		again || r->answer.status / 100 != 2 || r->answer.too_long || r->answer.rejected;

	if (fails && !w->failing[r->signal])
		run_complain("%s: %s are not taken: %s%s", w->url, otlp_signal_name(r->signal),
			     r->why[0] ? r->why : "some were rejected",
			     again ? "; trying again" : "");
	w->failing[r->signal] = fails;
}

static void take_answers(struct worker *w)
{
	struct post_result r;

	while (post_done(w->post, &r)) {
		uint64_t now = clock_now_ns();

		say(w, &r, delivery_answered(w->delivery, r.signal, &r.answer, now));
	}
}

static int wait_ms(const struct worker *w, uint64_t now)
{
	uint64_t wait = delivery_wait(w->delivery, now) / NS_MS + 1;
	uint64_t left = w->deadline > now ? (w->deadline - now) / NS_MS + 1 : 0;

	wait = wait < left ? wait : left;
	return wait < WAIT_MS ? (int)wait : WAIT_MS;
}

static void work(struct worker *w)
{
	while (clock_now_ns() < w->deadline && (w->pipe >= 0 || !delivery_empty(w->delivery))) {
		post_wait(w->post, is_reading(w) ? w->pipe : -1, wait_ms(w, clock_now_ns()));
		read_pipe(w);
		take_answers(w);
		send_due(w);
		tell_counts(w);
	}
	delivery_give_up(w->delivery);
	tell_counts(w);
}

int send_let_go_of_input(void)
{
	int none = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (none < 0 || dup2(none, STDIN_FILENO) < 0 || dup2(none, STDOUT_FILENO) < 0)
		return -errno;
	close(none);
	return 0;
}

/* Later ones have been confined with the keeper. After an error *err says what it is about. */
static int give_up_rights(const char *certificates, char *err, size_t err_size)
{
	int rc = send_let_go_of_input();

	if (rc) {
		snprintf(err, err_size, "/dev/null: %s", strerror(-rc));
		return rc;
	}
	rc = privilege_drop(false, err, err_size);
	if (rc)
		return rc;
	/* With less rights than before. Without it Landlock would have nothing to allow. */
	if (certificates && access(certificates, R_OK)) {
		rc = -errno;
		snprintf(err, err_size, "%s='%s' cannot be read by the process that sends: %s",
			 "OTEL_EXPORTER_OTLP_CERTIFICATE", certificates, strerror(-rc));
		return rc;
	}
	return 0;
}

/* Libraries are loaded here, not in the process that counts. */
static int begin(struct worker *w, const struct post_options *options, bool no_sandbox, int up)
{
	struct send_begun begun = {0};
	struct sandbox done;

	w->delivery = delivery_new(clock_now_ns() ^ (uint64_t)getpid() << 32);
	begun.rc = post_open(&w->post, options, begun.err, sizeof(begun.err));
	if (!begun.rc && !w->delivery)
		begun.rc = -ENOMEM;
	if (!begun.rc && up >= 0)
		begun.rc = give_up_rights(options->certificates, begun.err, sizeof(begun.err));
	if (!begun.rc && !no_sandbox)
		sandbox_enter(&done, SANDBOX_SENDS,
			      &(struct sandbox_dirs){.certificates = options->certificates});
	if (up >= 0 && write(up, &begun, sizeof(begun)) != sizeof(begun))
		return -EPIPE;
	return begun.rc;
}

void send_work(const struct send_ends *ends, const struct post_options *options, bool no_sandbox)
{
	struct worker w = {
		.pipe = ends->down,
		.url = options->url,
		.before = ends->shared->counts,
		.shared = ends->shared,
		.deadline = UINT64_MAX,
	};

	if (begin(&w, options, no_sandbox, ends->up))
		_exit(1);
	work(&w);
	_exit(w.broken);
}
