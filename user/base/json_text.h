/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_text.h - writes text as a JSON string that is valid whatever the bytes are. Knows neither
 * fields nor buffers.
 */
#ifndef SOCKSTATE_JSON_TEXT_H
#define SOCKSTATE_JSON_TEXT_H

#include <stddef.h>

/* Bytes that json_text() writes at most for a text of len bytes. */
static inline size_t json_text_max(size_t len)
{
	return 6 * len + 2;
}

/*
 * Writes text in quotes at p and returns the end; writes no NUL. Escapes the quote, the backslash,
 * control characters (C0, DEL, C1) and those that change the direction of text (U+202E and its
 * kind). Bytes that are not UTF-8 become U+FFFD.
 */
char *json_text(char *p, const char *text);

#endif
