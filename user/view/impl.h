/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * impl.h - what every view begins with: its operations, its options, its output buffer. For views
 * only.
 *
 *	struct my_view {
 *		struct view base;
 *		...
 *	};
 */
#ifndef SOCKSTATE_VIEW_BASE_H
#define SOCKSTATE_VIEW_BASE_H

#include "base/out.h"
#include "view/view.h"

struct view {
	const struct view_ops *ops;
	struct view_options options;
	struct out out;
};

/*
 * Allocates size zeroed bytes, which begin with a struct view, and sets up that struct. NULL when
 * out of memory. ops->free frees what the view itself owns; view_free() frees the buffer and the
 * struct.
 */
void *view_alloc(size_t size, const struct view_ops *ops, const struct view_options *options);

#endif
