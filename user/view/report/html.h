/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html.h - text and numbers on an HTML page. Whatever comes from elsewhere goes through here: no
 * text can end an element or an attribute, hide, or turn the direction of what follows.
 */
#ifndef SOCKSTATE_VIEW_REPORT_HTML_H
#define SOCKSTATE_VIEW_REPORT_HTML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/text.h"

/* Text as content or inside a quoted attribute; the same in SVG. Control characters become '?'. */
void html_text(struct out *o, const char *text);
/* "1,234,567" */
void html_count(struct out *o, uint64_t n);
/* "not visible" where it is not known. */
void html_known_count(struct out *o, uint64_t n, bool known);
/* The same as html_count() into a buffer. */
#define HTML_COUNT_MAX 28
char *html_count_text(char buf[HTML_COUNT_MAX], uint64_t n);
void html_duration(struct out *o, uint64_t ns);
/* A duration without zeros behind the point, for the numbers of an axis: "2 s". */
void html_round_duration(char buf[TEXT_DURATION_MAX], uint64_t ns);
/* "127.0.0.1:9502" */
void html_ends(struct out *o, int family, const uint8_t *addr, uint16_t port, const char *zone);
/* "nginx[4711]"; "" where the owner is not known. */
void html_owner(struct out *o, const char *comm, uint32_t pid);

#endif
