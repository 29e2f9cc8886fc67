/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_text.h - text as a JSON string, valid whatever the bytes. Knows no field and no buffer.
 */
#ifndef SOCKSTATE_JSON_WRITER_H
#define SOCKSTATE_JSON_WRITER_H

#include <stddef.h>

/* Room that json_text() may need for a text of len bytes. */
static inline size_t json_text_max(size_t len)
{
	return 6 * len + 2;
}

/*
 * Writes text at p in quotes and returns the end; no NUL is added. Quote, backslash and control
 * characters (C0, DEL, C1) are escaped; what is not UTF-8 becomes U+FFFD.
 */
char *json_text(char *p, const char *text);

#endif
