// SPDX-License-Identifier: BSD-2-Clause
#include "run/recorded.h"

#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "event/tcp.h"
#include "run/run.h"

/* Of stories: some 80,000 connections that are open at a time. */
#define STORIES_BYTES (64u << 20)

/* ---- while it is read ---- */

static bool is_asked_id(const struct recorded *r, uint64_t id)
{
	for (size_t i = 0; i < r->asked_count; i++)
		if (r->asked_id[i] == id)
			return true;
	return false;
}

static bool is_wanted(void *ctx, const struct story *story)
{
	struct recorded *r = ctx;

	return worst_has(report_worst(r->report), story->id) || is_asked_id(r, story->id);
}

static bool is_asked(const struct recorded_client *asked, const struct event *e)
{
	bool client = event_enum(e, F_ROLE) == ROLE_CLIENT;
	enum field addr = client ? F_LADDR : F_RADDR, port = client ? F_LPORT : F_RPORT;

	return asked->family == e->family && asked->family && event_has(e, addr) &&
	       event_get(e, port) == asked->port &&
	       !memcmp(e->v[addr].addr, asked->addr, e->family == AF_INET6 ? 16 : 4);
}

static void note_asked(struct recorded *r, struct story *story)
{
	const struct story *peer = story_peer(story);

	if (is_asked_id(r, story->id) || (peer && is_asked_id(r, peer->id)))
		return;
	r->asked_total++;
	if (r->asked_count < RECORDED_ASKED_MAX)
		r->asked_id[r->asked_count++] = story->id;
}

/* Who waits for accept() when the recording ends. */
static void note_waiting(struct story *story, const struct event *e)
{
	bool state = e->type == EVENT_STATE && !event_has(e, F_RAW);

	if (event_has(e, F_QUEUED) &&
	    (e->type == EVENT_SOCKET || (state && event_get(e, F_NEW) == TCP_STATE_ESTABLISHED)))
		story->waiting_since = e->t;
	else if (e->type == EVENT_ACCEPT || e->type == EVENT_CLOSE ||
		 (state && event_get(e, F_NEW) == TCP_STATE_CLOSE))
		story->waiting_since = 0;
}

static struct report_origin origin_of(const struct story *story)
{
	const struct story *peer = story ? story_peer(story) : NULL;
	struct report_origin origin = {0};

	if (!story)
		return origin;
	origin.id = story->id;
	origin.t_first = story->t_first;
	/* A RST that no socket sent has a story too. */
	if (!peer || !peer->socket)
		return origin;
	origin.peer = peer->id;
	if (peer->t_first < origin.t_first)
		origin.t_first = peer->t_first;
	return origin;
}

static void on_event(void *ctx, const struct event *e)
{
	struct recorded *r = ctx;
	struct story *story = event_has(e, F_RAW) ? NULL : stories_follow(r->stories, e);
	const struct report_origin origin = origin_of(story);

	if (report_event(r->report, e, &origin))
		r->no_memory = true;
	if (!story)
		return;
	note_waiting(story, e);
	if (is_asked(&r->asked, e))
		note_asked(r, story);
	stories_settle(r->stories, story, e, is_wanted, r);
}

static struct view *new_view(void *ctx, const struct view_options *options)
{
	struct recorded *r = ctx;

	r->opened = true;
	return view_watch_new(options, on_event, r);
}

static bool over(void *ctx)
{
	const struct recorded *r = ctx;

	return r->no_memory;
}

/* ---- at its end ---- */

static void on_story(void *ctx, const struct story *story)
{
	struct recorded *r = ctx;
	const struct report_origin origin = origin_of(story);

	if (story->waiting_since)
		report_waiting(r->report, &origin);
}

static void on_worst(void *ctx, const struct story *story)
{
	struct recorded *r = ctx;

	if (is_wanted(r, story) &&
	    r->worst_stories < sizeof(r->worst_story) / sizeof(r->worst_story[0]))
		r->worst_story[r->worst_stories++] = story;
}

int recorded_read(struct recorded *r)
{
	const struct trace_options trace = {
		.sockets = *r->sockets,
		.thresholds = *r->thresholds,
		.replay = r->path,
		.interval_ns = NS_S, /* queues and verdicts of listeners where nothing happens */
	};
	const struct run_guest guest = {.view = new_view, .over = over, .ctx = r, .name = r->name};
	struct run_place place = *r->place;
	int code;

	r->report = report_new();
	r->stories = stories_new(STORIES_BYTES, NULL, NULL);
	if (!r->report || !r->stories) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	place.guest = &guest;
	code = run_replay(&trace, &place);
	if (r->no_memory) {
		r->opened = false;
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	if (report_accepts_known(report_run(r->report)))
		stories_each(r->stories, on_story, r);
	stories_each(r->stories, on_worst, r);
	report_finish(r->report);
	return code;
}

void recorded_free(struct recorded *r)
{
	stories_free(r->stories);
	report_free(r->report);
}

static const struct story *story_by_id(const struct recorded *r, uint64_t id)
{
	for (size_t i = 0; i < r->worst_stories; i++)
		if (r->worst_story[i]->id == id)
			return r->worst_story[i];
	return NULL;
}

static bool is_twin(void *ctx, uint64_t id, uint64_t other)
{
	const struct story *story = story_by_id(ctx, id);
	const struct story *peer = story ? story_peer(story) : NULL;

	return peer && peer->id == other;
}

size_t recorded_worst(struct recorded *r, struct worst_entry *out, size_t max)
{
	return worst_choose(report_worst(r->report), out, max, is_twin, r);
}

void recorded_tell(void *ctx, uint64_t id, event_fn print, void *print_ctx)
{
	const struct story *story = story_by_id(ctx, id);

	if (story)
		story_print(story, story_peer(story), print, print_ctx);
}
