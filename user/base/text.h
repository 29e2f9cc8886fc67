/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - writes numbers, addresses, times and names from elsewhere as text. Pure: no locale, no
 * allocation.
 *
 * A function that takes and returns a char * writes there without a NUL and returns the end. The
 * caller provides the room; each function says how much it can need. The other functions fill a
 * buffer of a given size and end it with NUL.
 */
#ifndef SOCKSTATE_TEXT_H
#define SOCKSTATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_U64_MAX 20
/* INET6_ADDRSTRLEN: an IPv6 address has 39 characters, 45 if it is v4-mapped; and NUL */
#define TEXT_ADDR_MAX 46
#define TEXT_ZONE_MAX 16 /* IFNAMSIZ: the name of a network interface, and NUL */
/* "[" address "%" zone "]:65535" and NUL */
#define TEXT_END_MAX	      (TEXT_ADDR_MAX + TEXT_ZONE_MAX + 8)
#define TEXT_DURATION_MAX     16
#define TEXT_DURATION_COLUMNS 7
#define TEXT_RFC3339	      30 /* "2026-11-22T10:31:31.123456789Z" */

char *text_u64(char *p, uint64_t v); /* at most TEXT_U64_MAX bytes */
char *text_i64(char *p, int64_t v);  /* at most TEXT_U64_MAX + 1 bytes */
/* value / 10^9, exact, without zeros at the end: 12.5, 0.000001024, 0. At most TEXT_U64_MAX + 1. */
char *text_billionths(char *p, uint64_t value);

/*
 * RFC 5952. family: AF_INET (4 bytes) or AF_INET6 (16 bytes); nothing is written for another. At
 * most TEXT_ADDR_MAX - 1 bytes.
 */
char *text_addr(char *p, int family, const uint8_t *addr);

/*
 * Writes "127.0.0.1:9502" or "[::1]:9502". If addr is NULL, "*:9502"; if port is negative, which
 * means not known, "127.0.0.1:?". Returns the length.
 */
size_t text_end(char out[TEXT_END_MAX], int family, const uint8_t *addr, int port);
/*
 * The same with the zone of a link-local address (RFC 4007, section 11), the name of a network
 * interface: "[fe80::1%eth0]:9502". NULL, or another kind of address: without.
 */
size_t text_end_in(char out[TEXT_END_MAX], int family, const uint8_t *addr, int port,
		   const char *zone);
/* "%eth0", as the zone behind such an address. Returns the length. */
size_t text_zone(char out[TEXT_ZONE_MAX + 1], const char *name);
/* fe80::/10, RFC 4291. */
bool text_is_link_local(int family, const uint8_t *addr);

/*
 * A duration for people, in at most TEXT_DURATION_COLUMNS columns. It is cut off and never rounded
 * up: "812 ns" "41 µs" "52.3 ms" "2.00 s" "1m 05s" "2h 05m" "3d 04h" "400d". Without utf8 "us"
 * stands for "µs". Returns the length in bytes.
 */
size_t text_duration(char out[TEXT_DURATION_MAX], uint64_t ns, bool utf8);
/*
 * The same, with blanks on its left up to `width` columns. At most width + TEXT_DURATION_MAX bytes.
 */
char *text_duration_right(char *p, uint64_t ns, unsigned int width, bool utf8);

/* Bytes for people, in SI units and cut off: "18 B" "1.23 kB" "4.56 MB". Returns the length. */
size_t text_bytes(char out[TEXT_DURATION_MAX], uint64_t bytes);

/* Keeps the text of a second, so that it is formatted once. Zero it before the first use. */
struct text_clock {
	bool valid;
	int64_t second;
	char text[24];
};
/* UTC. wall_ns: ns since 1970. Exactly TEXT_RFC3339 bytes. */
char *text_rfc3339(struct text_clock *clock, char *p, int64_t wall_ns);
/* "10:31:31.123". offset_s: seconds east of UTC. Exactly 12 bytes. */
char *text_time_of_day(struct text_clock *clock, char *p, int64_t wall_ns, int32_t offset_s);

/*
 * Reads the UTF-8 character at s, which is not NUL. Returns its length and writes the code point to
 * *cp. If it is not valid, returns minus the number of bytes to skip: the longest prefix of a valid
 * character, or 1.
 */
int text_utf8(const char *s, uint32_t *cp);

/*
 * Writes a name from elsewhere so that a terminal can show it. Control characters, invisible
 * characters and bytes that are not UTF-8 become '?'; without utf8 so does everything beyond ASCII.
 * A name with more columns is cut and gets "…" or ".". Returns the columns used. out ends with NUL;
 * a name that does not fit `size` is cut between characters.
 */
unsigned int text_clean(char *out, size_t size, const char *name, unsigned int columns, bool utf8);

/*
 * Cuts a clean text of up to 255 bytes to so many columns in its middle, with "…" or ".": the last
 * `tail` bytes stay, where there is room for them and more. At its end if tail is 0.
 */
void text_shorten(char *text, unsigned int columns, size_t tail, bool utf8);

/* What follows a noun that is counted: "1 line" "2 lines" "0 lines". */
const char *text_s(uint64_t count);

/* Columns of a text on a terminal. The text is valid and clean UTF-8. */
unsigned int text_columns(const char *text);
/*
 * How many bytes of a clean text fit into a row of so many columns: whole words, unless the first
 * one does not fit.
 */
size_t text_row_of_words(const char *text, unsigned int columns);

#endif
