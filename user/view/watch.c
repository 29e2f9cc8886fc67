// SPDX-License-Identifier: BSD-2-Clause
/*
 * A view that passes events to a function, for commands that do not print the stream itself.
 */
#include "view/impl.h"

struct watch_view {
	struct view base;
	event_fn watch;
	void *ctx;
};

static void on_event(struct view *v, const struct event *e)
{
	struct watch_view *w = (struct watch_view *)v;

	w->watch(w->ctx, e);
}

static const struct view_ops ops = {.event = on_event};

struct view *view_watch_new(const struct view_options *options, event_fn watch, void *ctx)
{
	struct watch_view *w = view_alloc(sizeof(*w), &ops, options);

	if (!w)
		return NULL;
	w->watch = watch;
	w->ctx = ctx;
	return &w->base;
}
