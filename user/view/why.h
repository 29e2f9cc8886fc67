/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * why.h - why nobody accepts, for people: one block a listener, within the width of the terminal.
 */
#ifndef SOCKSTATE_VIEW_WHY_H
#define SOCKSTATE_VIEW_WHY_H

#include "base/out.h"
#include "event/why_report.h"
#include "view/view.h"

/*
 * before: the report that was printed before this one; NULL: there was none. stacks: with the
 * kernel's functions that each thread is in.
 */
void why_print(struct out *out, const struct why_report *r, const struct why_report *before,
	       const struct view_options *options, bool stacks);

#endif
