// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include <stdlib.h>

#include "view/impl.h"

/* A buffer above this size is written before the batch ends, so that a burst does not grow it. */
#define FLUSH_ABOVE (256 * 1024)

void *view_alloc(size_t size, const struct view_ops *ops, const struct view_options *options)
{
	struct view *v = calloc(1, size);

	if (!v)
		return NULL;
	if (out_init(&v->out, options->fd)) {
		free(v);
		return NULL;
	}
	v->ops = ops;
	v->options = *options;
	return v;
}

void view_event(struct view *v, const struct event *e)
{
	v->ops->event(v, e);
	if (v->out.len >= FLUSH_ABOVE)
		out_flush(&v->out);
}

void view_tick(struct view *v, uint64_t t)
{
	if (v->ops->tick)
		v->ops->tick(v, t);
}

void view_resize(struct view *v, int columns, int rows)
{
	if (v->ops->resize)
		v->ops->resize(v, columns, rows);
}

void view_finish(struct view *v)
{
	if (v->ops->finish)
		v->ops->finish(v);
}

int view_flush(struct view *v)
{
	return out_flush(&v->out);
}

uint64_t view_pending(const struct view *v)
{
	return v->out.len;
}

const char *view_text(const struct view *v)
{
	return v->out.buf;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	if (v->ops->free)
		v->ops->free(v);
	out_free(&v->out);
	free(v);
}
