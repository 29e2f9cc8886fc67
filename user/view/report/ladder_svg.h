/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ladder_svg.h - the ladder of one connection as SVG. Its rows are those of view/ladder/.
 */
#ifndef SOCKSTATE_VIEW_REPORT_LADDER_SVG_H
#define SOCKSTATE_VIEW_REPORT_LADDER_SVG_H

#include "base/out.h"
#include "event/event.h"

/* Hands the events of one connection to print. */
typedef void (*tell_fn)(void *ctx, uint64_t id, event_fn print, void *print_ctx);

/* Draws what tell(ctx, id, ...) tells. Returns 0, or -ENOENT: there is nothing to draw. */
int ladder_svg(struct out *o, tell_fn tell, void *ctx, uint64_t id);

#endif
