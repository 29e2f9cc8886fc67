// SPDX-License-Identifier: BSD-2-Clause
/*
 * text.c - numbers, addresses, times and names as text.
 *
 * Written for speed, and not with snprintf() and strftime(): every event of a busy server passes
 * through these functions several times, and they are most of what printing a line costs. The unit
 * tests compare them with libc.
 *
 * Longer than 500 lines: the functions share their tables of digits, and are fast because the
 * compiler sees them together.
 */
#include "base/text.h"

#include <endian.h>
#include <string.h>
#include <sys/socket.h>

static const char digit_pairs[] = "0001020304050607080910111213141516171819"
				  "2021222324252627282930313233343536373839"
				  "4041424344454647484950515253545556575859"
				  "6061626364656667686970717273747576777879"
				  "8081828384858687888990919293949596979899";

static inline char *put_pair(char *p, unsigned int v)
{
	memcpy(p, digit_pairs + 2 * v, 2);
	return p + 2;
}

/*
 * The eight digits of v < 10^8 as eight bytes, the first digit in the lowest byte. Divides all
 * pairs, and then all digits, at the same time.
 */
static inline uint64_t eight_digits(uint32_t v)
{
	uint64_t halves = v / 10000 | (uint64_t)(v % 10000) << 32;
	uint64_t hundreds = (halves * 10486 >> 20) & UINT64_C(0x7f0000007f); /* / 100 */
	uint64_t pairs = (halves - 100 * hundreds) << 16 | hundreds;
	uint64_t tens = (pairs * 103 >> 10) & UINT64_C(0xf000f000f000f); /* / 10 */

	return (pairs - 10 * tens) << 8 | tens;
}

#define ASCII_ZEROS UINT64_C(0x3030303030303030)

/* Writes exactly eight digits. */
static inline char *put_8(char *p, uint32_t v)
{
	uint64_t text = htole64(eight_digits(v) | ASCII_ZEROS);

	memcpy(p, &text, 8);
	return p + 8;
}

/*
 * Writes v < 10^8 without leading zeros. It branches on the length on purpose: successive values of
 * a field mostly have the same number of digits, so the branch predictor is right, and the position
 * of the next character does not wait for a computed length.
 */
static inline char *put_short(char *p, uint32_t v)
{
	if (v < 100) {
		if (v >= 10)
			return put_pair(p, v);
		*p = (char)('0' + v);
		return p + 1;
	}
	if (v < 10000) {
		if (v >= 1000)
			p = put_pair(p, v / 100);
		else
			*p++ = (char)('0' + v / 100);
		return put_pair(p, v % 100);
	}
	if (v < 1000000) {
		if (v >= 100000)
			p = put_pair(p, v / 10000);
		else
			*p++ = (char)('0' + v / 10000);
	} else {
		if (v >= 10000000)
			p = put_pair(p, v / 1000000);
		else
			*p++ = (char)('0' + v / 1000000);
		p = put_pair(p, v / 10000 % 100);
	}
	p = put_pair(p, v / 100 % 100);
	return put_pair(p, v % 100);
}

char *text_u64(char *p, uint64_t v)
{
	if (v < 100000000)
		return put_short(p, (uint32_t)v);
	if (v < UINT64_C(10000000000000000)) {
		p = put_short(p, (uint32_t)(v / 100000000));
		return put_8(p, (uint32_t)(v % 100000000));
	}
	p = put_short(p, (uint32_t)(v / UINT64_C(10000000000000000)));
	v %= UINT64_C(10000000000000000);
	p = put_8(p, (uint32_t)(v / 100000000));
	return put_8(p, (uint32_t)(v % 100000000));
}

char *text_i64(char *p, int64_t v)
{
	if (v >= 0)
		return text_u64(p, (uint64_t)v);
	*p++ = '-';
	return text_u64(p, 0 - (uint64_t)v);
}

char *text_billionths(char *p, uint64_t value)
{
	const uint64_t one = 1000000000;
	uint64_t rest = value % one;

	p = text_u64(p, value / one);
	if (!rest)
		return p;
	*p++ = '.';
	for (uint64_t digit = one / 10; rest; digit /= 10) {
		*p++ = (char)('0' + rest / digit);
		rest %= digit;
	}
	return p;
}

static char *put_ipv4(char *p, const uint8_t *a)
{
	for (int i = 0; i < 4; i++) {
		unsigned int v = a[i];

		if (i)
			*p++ = '.';
		if (v >= 100) {
			*p++ = (char)('0' + v / 100);
			p = put_pair(p, v % 100);
		} else if (v >= 10) {
			p = put_pair(p, v);
		} else {
			*p++ = (char)('0' + v);
		}
	}
	return p;
}

/*
 * RFC 5952: lower case, no leading zeros; the first longest run of two or more groups of zero
 * becomes "::".
 */
static char *put_ipv6(char *p, const uint8_t *a)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	static const char hex[] = "0123456789abcdef";
	int run_at = -1, run_len = 1;

	if (!memcmp(a, mapped, sizeof(mapped))) {
		memcpy(p, "::ffff:", 7);
		return put_ipv4(p + 7, a + 12);
	}
	for (int i = 0; i < 8;) {
		int n = 0;

		while (i + n < 8 && !a[2 * (i + n)] && !a[2 * (i + n) + 1])
			n++;
		if (n > run_len) {
			run_at = i;
			run_len = n;
		}
		i += n + 1;
	}
	for (int i = 0; i < 8; i++) {
		unsigned int v;

		if (i == run_at) {
			*p++ = ':';
			*p++ = ':';
			i += run_len - 1;
			continue;
		}
		if (i && p[-1] != ':')
			*p++ = ':';
		v = (unsigned int)a[2 * i] << 8 | a[2 * i + 1];
		if (v >= 0x1000)
			*p++ = hex[v >> 12];
		if (v >= 0x100)
			*p++ = hex[v >> 8 & 15];
		if (v >= 0x10)
			*p++ = hex[v >> 4 & 15];
		*p++ = hex[v & 15];
	}
	return p;
}

char *text_addr(char *p, int family, const uint8_t *addr)
{
	if (family == AF_INET)
		return put_ipv4(p, addr);
	if (family == AF_INET6)
		return put_ipv6(p, addr);
	return p;
}

bool text_is_link_local(int family, const uint8_t *addr)
{
	return family == AF_INET6 && addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}

size_t text_zone(char out[TEXT_ZONE_MAX + 1], const char *name)
{
	out[0] = '%';
	text_clean(out + 1, TEXT_ZONE_MAX, name, TEXT_ZONE_MAX - 1, false);
	return strlen(out);
}

size_t text_end(char out[TEXT_END_MAX], int family, const uint8_t *addr, int port)
{
	return text_end_in(out, family, addr, port, NULL);
}

size_t text_end_in(char out[TEXT_END_MAX], int family, const uint8_t *addr, int port,
		   const char *zone)
{
	char *p = out;

	if (!addr || (family != AF_INET && family != AF_INET6)) {
		*p++ = '*';
	} else if (family == AF_INET) {
		p = put_ipv4(p, addr);
	} else {
		*p++ = '[';
		p = put_ipv6(p, addr);
		if (zone && zone[0] && text_is_link_local(family, addr))
			p += text_zone(p, zone);
		*p++ = ']';
	}
	*p++ = ':';
	if (port >= 0 && port <= 65535)
		p = put_short(p, (uint32_t)port);
	else
		*p++ = '?';
	*p = '\0';
	return (size_t)(p - out);
}

/*
 * Writes v / scale, which is below 1000, with three digits and the unit: "1.23 ms", "52.3 ms", "412
 * ms".
 */
static char *put_scaled(char *p, uint64_t v, uint64_t scale, const char *unit)
{
	uint64_t whole = v / scale;
	uint32_t rest = (uint32_t)(v % scale / (scale / 100)); /* hundredths */

	p = text_u64(p, whole);
	if (whole < 10) {
		*p++ = '.';
		p = put_pair(p, rest);
	} else if (whole < 100) {
		*p++ = '.';
		*p++ = (char)('0' + rest / 10);
	}
	return stpcpy(p, unit);
}

static char *put_two(char *p, uint64_t big, char big_unit, uint64_t small, char small_unit)
{
	p = text_u64(p, big);
	*p++ = big_unit;
	*p++ = ' ';
	p = put_pair(p, (unsigned int)small);
	*p++ = small_unit;
	return p;
}

size_t text_duration(char out[TEXT_DURATION_MAX], uint64_t ns, bool utf8)
{
	const char *micro = utf8 ? " µs" : " us";
	uint64_t s = ns / 1000000000;
	char *p = out;

	if (ns < 1000) {
		p = stpcpy(text_u64(p, ns), " ns");
	} else if (ns < 10000) {
		p = text_u64(p, ns / 1000);
		*p++ = '.';
		*p++ = (char)('0' + ns % 1000 / 100);
		p = stpcpy(p, micro);
	} else if (ns < 1000000) {
		p = stpcpy(text_u64(p, ns / 1000), micro);
	} else if (ns < 1000000000) {
		p = put_scaled(p, ns, 1000000, " ms");
	} else if (s < 60) {
		p = put_scaled(p, ns, 1000000000, " s");
	} else if (s < 3600) {
		p = put_two(p, s / 60, 'm', s % 60, 's');
	} else if (s < 86400) {
		p = put_two(p, s / 3600, 'h', s / 60 % 60, 'm');
	} else if (s < 100 * 86400) {
		p = put_two(p, s / 86400, 'd', s / 3600 % 24, 'h');
	} else {
		p = text_u64(p, s / 86400);
		*p++ = 'd';
	}
	*p = '\0';
	return (size_t)(p - out);
}

char *text_duration_right(char *p, uint64_t ns, unsigned int width, bool utf8)
{
	char text[TEXT_DURATION_MAX];
	size_t n = text_duration(text, ns, utf8);
	unsigned int columns = (unsigned int)n - (utf8 && ns >= 1000 && ns < 1000000);

	for (; columns < width; columns++)
		*p++ = ' ';
	memcpy(p, text, n);
	return p + n;
}

size_t text_bytes(char out[TEXT_DURATION_MAX], uint64_t bytes)
{
	static const char units[][4] = {" kB", " MB", " GB", " TB", " PB", " EB"};
	uint64_t scale = 1000;
	char *p = out;
	int i = 0;

	if (bytes < 1000) {
		p = stpcpy(text_u64(p, bytes), " B");
	} else {
		while (i < 5 && bytes / scale >= 1000) {
			scale *= 1000;
			i++;
		}
		p = put_scaled(p, bytes, scale, units[i]);
	}
	return (size_t)(p - out);
}

/* The date of the Gregorian calendar, from days since 1970 (H. Hinnant's civil_from_days). */
static void civil(int64_t days, int64_t *year, unsigned int *month, unsigned int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned int doe = (unsigned int)(z - era * 146097);
	unsigned int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned int mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int64_t)yoe + era * 400 + (*month <= 2);
}

static int64_t floor_div(int64_t a, int64_t b, int64_t *rest)
{
	int64_t q = a / b;

	*rest = a % b;
	if (*rest < 0) {
		*rest += b;
		q--;
	}
	return q;
}

static char *put_clock(char *p, int64_t second_of_day)
{
	p = put_pair(p, (unsigned int)(second_of_day / 3600));
	*p++ = ':';
	p = put_pair(p, (unsigned int)(second_of_day / 60 % 60));
	*p++ = ':';
	return put_pair(p, (unsigned int)(second_of_day % 60));
}

char *text_rfc3339(struct text_clock *clock, char *p, int64_t wall_ns)
{
	int64_t ns, second = floor_div(wall_ns, 1000000000, &ns);

	if (!clock->valid || clock->second != second) {
		int64_t of_day, year, days = floor_div(second, 86400, &of_day);
		unsigned int month, day;
		char *q = clock->text;

		civil(days, &year, &month, &day);
		q = put_pair(q, (unsigned int)(year / 100 % 100));
		q = put_pair(q, (unsigned int)(year % 100));
		*q++ = '-';
		q = put_pair(q, month);
		*q++ = '-';
		q = put_pair(q, day);
		*q++ = 'T';
		q = put_clock(q, of_day);
		*q = '.';
		clock->second = second;
		clock->valid = true;
	}
	memcpy(p, clock->text, 20);
	p[20] = (char)('0' + ns / 100000000);
	p = put_8(p + 21, (uint32_t)(ns % 100000000));
	*p = 'Z';
	return p + 1;
}

char *text_time_of_day(struct text_clock *clock, char *p, int64_t wall_ns, int32_t offset_s)
{
	int64_t ns, second = floor_div(wall_ns, 1000000000, &ns);
	unsigned int ms = (unsigned int)(ns / 1000000);

	if (!clock->valid || clock->second != second) {
		int64_t of_day;

		floor_div(second + offset_s, 86400, &of_day);
		*put_clock(clock->text, of_day) = '.';
		clock->second = second;
		clock->valid = true;
	}
	memcpy(p, clock->text, 9);
	p[9] = (char)('0' + ms / 100);
	return put_pair(p + 10, ms % 100);
}

int text_utf8(const char *text, uint32_t *cp)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned int low = 0x80, high = 0xbf; /* limits of the second byte */
	int n, i;

	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return -1;
	if (s[0] < 0xe0) {
		n = 2;
		*cp = s[0] & 0x1f;
	} else if (s[0] < 0xf0) {
		n = 3;
		*cp = s[0] & 0x0f;
		if (s[0] == 0xe0)
			low = 0xa0; /* overlong */
		else if (s[0] == 0xed)
			high = 0x9f; /* surrogates */
	} else {
		n = 4;
		*cp = s[0] & 0x07;
		if (s[0] == 0xf0)
			low = 0x90;
		else if (s[0] == 0xf4)
			high = 0x8f; /* beyond U+10FFFF */
	}
	for (i = 1; i < n; i++) {
		if (s[i] < low || s[i] > high)
			return -i;
		*cp = *cp << 6 | (s[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

/*
 * Characters that never go to a terminal: C0, C1, marks without width, writing direction, private
 * use, and numbers that are no characters.
 */
static bool is_unsafe(uint32_t cp)
{
	static const struct range unsafe[] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	      {0xad, 0xad},	   {0x300, 0x36f},
		{0x483, 0x489},	  {0x591, 0x5bd},     {0x600, 0x605},	   {0x610, 0x61a},
		{0x61c, 0x61c},	  {0x64b, 0x65f},     {0x115f, 0x1160},	   {0x180b, 0x180e},
		{0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x200b, 0x200f},	   {0x2028, 0x202e},
		{0x2060, 0x206f}, {0x20d0, 0x20ff},   {0x3164, 0x3164},	   {0xe000, 0xf8ff},
		{0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},   {0xfeff, 0xfeff},	   {0xfff0, 0xfffb},
		{0xfffe, 0xffff}, {0x1d165, 0x1d182}, {0xe0000, 0x10ffff},
	};

	return in_ranges(cp, unsafe, sizeof(unsafe) / sizeof(*unsafe));
}

static bool is_wide(uint32_t cp)
{
	static const struct range wide[] = {
		{0x1100, 0x115f},   {0x231a, 0x231b},	{0x23e9, 0x23f3},   {0x2e80, 0x303e},
		{0x3041, 0xa4cf},   {0xa960, 0xa97f},	{0xac00, 0xd7a3},   {0xf900, 0xfaff},
		{0xfe30, 0xfe6f},   {0xff01, 0xff60},	{0xffe0, 0xffe6},   {0x16fe0, 0x18aff},
		{0x1b000, 0x1b2ff}, {0x1f000, 0x1faff}, {0x20000, 0x3fffd},
	};

	return cp >= 0x1100 && in_ranges(cp, wide, sizeof(wide) / sizeof(*wide));
}

unsigned int text_clean(char *out, size_t size, const char *name, unsigned int columns, bool utf8)
{
	const char *mark = utf8 ? "…" : ".";
	size_t mark_len = strlen(mark), len = 0, cut = 0;
	unsigned int used = 0, cut_used = 0;

	if (!size)
		return 0;
	/* Nearly every name is short and plain ASCII. */
	while ((unsigned char)name[len] - 0x20u < 0x5f && len < columns && len + 1 < size) {
		out[len] = name[len];
		len++;
	}
	if (!name[len]) {
		out[len] = '\0';
		return (unsigned int)len;
	}
	len = 0;
	while (*name) {
		uint32_t cp = '?';
		int n = text_utf8(name, &cp), width = 1, bytes = 1;
		const char *from = name;

		if (n < 0 || is_unsafe(cp) || (!utf8 && cp >= 0x80)) {
			from = "?";
		} else {
			bytes = n;
			width = is_wide(cp) ? 2 : 1;
		}
		/* The last place where the mark still fits. */
		if (used + 1 <= columns && len + mark_len < size) {
			cut = len;
			cut_used = used;
		}
		if (used + (unsigned int)width > columns || len + (size_t)bytes >= size) {
			len = cut;
			used = cut_used;
			if (used + 1 <= columns && len + mark_len < size) {
				memcpy(out + len, mark, mark_len);
				len += mark_len;
				used++;
			}
			break;
		}
		memcpy(out + len, from, (size_t)bytes);
		len += (size_t)bytes;
		used += (unsigned int)width;
		name += n < 0 ? -n : n;
	}
	out[len] = '\0';
	return used;
}

/*
 * Counts columns eight bytes at a time. Returns false if a character may be wide: the first wide
 * one, U+1100, begins with the byte 0xe1. Nearly every text has none; its columns are then the
 * bytes that do not continue a character (10xxxxxx, RFC 3629).
 */
static bool narrow_columns(const char *text, unsigned int *columns)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
	size_t n = strlen(text);
	uint64_t wide = 0;

	*columns = (unsigned int)n;
	for (; n >= 8; text += 8, n -= 8) {
		uint64_t eight, inner;

		memcpy(&eight, text, 8);
		wide |= ((eight & ~high) + each * 0x1f) & eight & high;
		inner = eight & ~(eight << 1) & high;
		*columns -= (unsigned int)((inner >> 7) * each >> 56);
	}
	for (; n; text++, n--) {
		wide |= (unsigned char)*text >= 0xe1;
		*columns -= (*text & 0xc0) == 0x80;
	}
	return !wide;
}

unsigned int text_columns(const char *text)
{
	unsigned int columns;

	if (narrow_columns(text, &columns))
		return columns;
	columns = 0;
	while (*text) {
		uint32_t cp = 0;
		int bytes = text_utf8(text, &cp);

		columns += is_wide(cp) ? 2 : 1;
		text += bytes < 0 ? -bytes : bytes;
	}
	return columns;
}

size_t text_row_of_words(const char *text, unsigned int columns)
{
	unsigned int used = 0;
	size_t at = 0, fits = 0;

	for (;;) {
		uint32_t cp = 0;
		int bytes;

		if (!text[at] || text[at] == ' ') {
			if (fits && used > columns)
				return fits;
			fits = at;
		}
		if (!text[at])
			return fits;
		bytes = text_utf8(text + at, &cp);
		used += is_wide(cp) ? 2 : 1;
		at += (size_t)(bytes < 0 ? -bytes : bytes);
	}
}

void text_shorten(char *text, unsigned int columns, size_t tail, bool utf8)
{
	const char *mark = utf8 ? "…" : ".";
	char whole[256], end[256];
	size_t len = strlen(text);

	if (text_columns(text) <= columns || len >= sizeof(whole))
		return;
	memcpy(whole, text, len + 1);
	memcpy(end, text + (tail < len ? len - tail : 0), (tail < len ? tail : len) + 1);
	if (!tail || tail >= len || text_columns(end) + 2 > columns) {
		text_clean(text, len + 4, whole, columns, utf8);
		return;
	}
	whole[len - tail] = '\0';
	text_clean(text, len + 4, whole, columns - text_columns(end), utf8);
	if (!strstr(text, mark)) /* the front alone fits: the cut has to show */
		strcat(text, mark);
	strcat(text, end);
}

const char *text_s(uint64_t count)
{
	return count == 1 ? "" : "s";
}
