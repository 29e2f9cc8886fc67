/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page.h - the page of `sockstate report`: one HTML file that loads nothing and runs nothing.
 *
 * Its Content-Security-Policy forbids everything but the style sheet in it, by hash. What comes
 * from elsewhere, names of processes and paths, goes through html.h. The page is XML, too, so that
 * any parser reads it.
 */
#ifndef SOCKSTATE_VIEW_REPORT_PAGE_H
#define SOCKSTATE_VIEW_REPORT_PAGE_H

#include "report/report.h"
#include "view/report/ladder_svg.h"

/* All is borrowed. */
struct page {
	const struct report *report;
	const char *title, *recording;	 /* its path */
	const struct worst_entry *worst; /* in order */
	size_t worst_count;
	tell_fn tell; /* the events of one of them */
	void *tell_ctx;
	bool cut; /* the recording could not be read to its end */
};

void page_write(struct out *o, const struct page *page);

/* The style sheet, and its hash as Content-Security-Policy wants it: "sha256-...". */
extern const char style_sheet[], style_hash[];

#endif
