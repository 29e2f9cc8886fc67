// SPDX-License-Identifier: BSD-2-Clause
/* One table of listeners, drawn again at each round of `listener` lines. */
#include "view_base.h"

static void summary_event(struct view *view, const struct event *e)
{
	if (e->type == EVENT_LISTENER)
		out_format(&view->out, "%5u  %u/%u\n", (unsigned int)event_get(e, F_LPORT),
			   (unsigned int)event_get(e, F_ACCEPT_QUEUE), (unsigned int)event_get(e, F_BACKLOG));
}

static const struct view_ops summary_ops = {.event = summary_event};

struct view *view_summary_new(const struct view_options *options)
{
	return view_alloc(sizeof(struct view), &summary_ops, options);
}
