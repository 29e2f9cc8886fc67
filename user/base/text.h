/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - numbers, addresses, times and foreign names as text. Pure; no locale, no allocation.
 *
 * Functions that take and return a char * write there without a NUL and return the end: the caller
 * knows the room (each says how much it may need). The others fill a buffer of a given size and end
 * it with NUL.
 */
#ifndef SOCKSTATE_TEXT_H
#define SOCKSTATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_U64_MAX	      20
#define TEXT_ADDR_MAX	      46 /* INET6_ADDRSTRLEN: 39 or, v4-mapped, 45 characters and NUL */
#define TEXT_END_MAX	      (TEXT_ADDR_MAX + 8) /* "[" address "]:65535" NUL */
#define TEXT_DURATION_MAX     16
#define TEXT_DURATION_COLUMNS 7
#define TEXT_RFC3339	      30 /* "2026-11-22T10:31:31.123456789Z" */

char *text_u64(char *p, uint64_t v); /* TEXT_U64_MAX */
char *text_i64(char *p, int64_t v);  /* TEXT_U64_MAX + 1 */

/*
 * RFC 5952; family AF_INET (4 bytes) or AF_INET6 (16 bytes), anything else writes nothing.
 * TEXT_ADDR_MAX - 1
 */
char *text_addr(char *p, int family, const uint8_t *addr);

/*
 * "127.0.0.1:9502", "[::1]:9502"; addr NULL: "*:9502"; port < 0 is not known: "127.0.0.1:?".
 * Returns the length.
 */
size_t text_end(char out[TEXT_END_MAX], int family, const uint8_t *addr, int port);

/*
 * For people, at most TEXT_DURATION_COLUMNS columns, cut off, never rounded up: "812 ns" "41 µs"
 * "52.3 ms" "2.00 s" "1m 05s" "2h 05m" "3d 04h" "400d". utf8 false: "us". Returns the bytes.
 */
size_t text_duration(char out[TEXT_DURATION_MAX], uint64_t ns, bool utf8);
/*
 * The same, filled with blanks on the left to width columns. Needs width + TEXT_DURATION_MAX bytes.
 */
char *text_duration_right(char *p, uint64_t ns, unsigned int width, bool utf8);

/* "18 B" "1.23 kB" "4.56 MB": bytes for people, SI units, cut off. */
size_t text_bytes(char out[TEXT_DURATION_MAX], uint64_t bytes);

/* A second is formatted once; zero it before the first use. */
struct text_clock {
	bool valid;
	int64_t second;
	char text[24];
};
/* UTC; wall_ns since 1970. Exactly TEXT_RFC3339 bytes. */
char *text_rfc3339(struct text_clock *clock, char *p, int64_t wall_ns);
/* "10:31:31.123", offset_s east of UTC. Exactly 12 bytes. */
char *text_time_of_day(struct text_clock *clock, char *p, int64_t wall_ns, int32_t offset_s);

/*
 * One character of UTF-8 at s (not NUL): its length and code point in *cp; if it is not valid,
 * minus the number of bytes to skip (the longest prefix of a valid one, or 1).
 */
int text_utf8(const char *s, uint32_t *cp);

/*
 * A foreign name for a terminal: control characters, invisible ones and what is not UTF-8 become
 * '?' (without utf8 everything beyond ASCII). Clipped to columns with "…" or ".". Returns the
 * columns used; out ends with NUL and a name that does not fit size is cut between characters.
 */
unsigned int text_clean(char *out, size_t size, const char *name, unsigned int columns, bool utf8);

/* Columns that text (valid, clean UTF-8) takes on a terminal. */
unsigned int text_columns(const char *text);

#endif
