/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recording_format.h - the bytes of a recording, for recording_write.c and recording_read.c.
 *
 *	"sockstate\n"   10 bytes: a person who opens the file reads what it is
 *	byte order      u16 0xfeff, as the writing machine stores it
 *	struct head     number of the format, sizes of what follows
 *	struct about    what was traced, where, with which filter
 *	struct known    one for each fact name: what the run could know
 *	u32, bytes      from format 2 on: the size of a text, and the text (run_text.c)
 *	struct prefix, bytes   one for each record
 *	struct prefix   with size 0: the recording was closed in order
 *
 * All numbers are in native byte order. A machine of the other byte order refuses the file.
 *
 * Recordings outlive the program. Their sizes are therefore numbers of this file (FORMAT_...), and
 * not constants of other files that may grow. Format 1 has had three revisions. Each gave a meaning
 * to bytes that were zero before, so each reads the files of the others:
 *
 *	a	the first
 *	b	about.netns: 0 in revision a, which could not restrict the namespace
 *	c	about.raw: 0 (RECORDING_RAW_UNKNOWN) in revisions a and b
 *
 * Format 2 has the text. Both are read, format 2 is written. tests/replay/old holds a recording of
 * each. A change that moves a field needs a new number.
 */
#ifndef SOCKSTATE_RECORDING_FORMAT_H
#define SOCKSTATE_RECORDING_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fact/recording.h"

#define MAGIC_BYTES    (sizeof(RECORDING_MAGIC) - 1)
#define BYTE_ORDER_TAG 0xfeff
#define RECORD_MAX     4096 /* bytes, far above every fact: a larger size is damage */
#define KNOWN_MAX      64   /* fact names that a head may hold */
#define BUFFER_BYTES   (64 * 1024)

#define FORMAT_VERSION 2
#define FORMAT_FIRST   1   /* the oldest that is read */
#define FORMAT_RANGES  32  /* port ranges */
#define FORMAT_NAME    32  /* bytes of a fact's name */
#define FORMAT_WHY     160 /* bytes of a reason */
#define FORMAT_BY      64  /* bytes of a hook's name */
#define FORMAT_KERNEL  64  /* bytes of the kernel's release */
#define FORMAT_PROGRAM 32  /* bytes of sockstate's version */

struct head {
	uint32_t format;      /* FORMAT_VERSION */
	uint32_t about_bytes; /* sizeof(struct about) */
	uint32_t known_bytes; /* sizeof(struct known) */
	uint32_t known_count; /* how many struct known follow */
};

struct about {
	uint32_t fact_version; /* FACT_VERSION of the writer */
	uint32_t port_ranges;  /* how many of ports[] are used */
	int64_t boot_offset_ns;
	struct {
		uint16_t first, last; /* inclusive, host order */
	} ports[FORMAT_RANGES];
	uint8_t side;	    /* enum filter_side */
	uint8_t ipv4, ipv6; /* 0 or 1 */
	uint8_t raw;	    /* enum recording_raw */
	uint32_t netns;	    /* inode of the only network namespace; 0: all */
	char kernel[FORMAT_KERNEL];
	char version[FORMAT_PROGRAM];
};

/* A reader looks a fact up by its name, so a new name does not spoil old recordings. */
struct known {
	char name[FORMAT_NAME];
	uint32_t is; /* enum fact_is */
	char why[FORMAT_WHY];
	char by[FORMAT_BY];
};

/* These numbers are the format. Whoever has to change one makes a new format. */
_Static_assert(sizeof(struct head) == 16, "format 1");
_Static_assert(sizeof(struct about) == 248, "format 1");
_Static_assert(offsetof(struct about, ports) == 16, "format 1");
_Static_assert(offsetof(struct about, side) == 144, "format 1");
_Static_assert(offsetof(struct about, raw) == 147, "format 1");
_Static_assert(offsetof(struct about, netns) == 148, "format 1");
_Static_assert(offsetof(struct about, kernel) == 152, "format 1");
_Static_assert(offsetof(struct about, version) == 216, "format 1");
_Static_assert(sizeof(struct known) == 260, "format 1");
_Static_assert(offsetof(struct known, is) == 32, "format 1");
_Static_assert(offsetof(struct known, why) == 36, "format 1");
_Static_assert(offsetof(struct known, by) == 196, "format 1");

/* What a run knows has to fit into its recording, and what a recording holds into memory. */
_Static_assert(FILTER_RANGES_MAX == FORMAT_RANGES, "more port ranges need another format");
_Static_assert(FACT_WHY_MAX == FORMAT_WHY, "longer reasons need another format");
_Static_assert(sizeof(((struct fact_knowledge *)0)->by) == FORMAT_BY,
	       "longer names of hooks need another format");
_Static_assert(sizeof(((struct recording_info *)0)->kernel) == FORMAT_KERNEL,
	       "a longer kernel release needs another format");
_Static_assert(sizeof(((struct recording_info *)0)->version) == FORMAT_PROGRAM,
	       "a longer version needs another format");

struct prefix {
	uint16_t size; /* bytes of the record that follows; 0: the end */
	uint16_t sum;  /* RFC 1071 checksum of the record */
};

static inline void copy_text(char *out, size_t size, const char *in)
{
	size_t len = strnlen(in, size - 1);

	memset(out, 0, size);
	memcpy(out, in, len);
}

/*
 * Eight bytes at a time: in such sums, where a carry is added at the other end, it makes no
 * difference how many words are added at once.
 */
static inline uint16_t checksum(const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	uint64_t sum = 0, word;
	uint16_t pair;

	for (; size >= sizeof(word); size -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += (word & UINT32_MAX) + (word >> 32);
	}
	for (; size >= sizeof(pair); size -= sizeof(pair), p += sizeof(pair)) {
		memcpy(&pair, p, sizeof(pair));
		sum += pair;
	}
	if (size)
		sum += *p;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

#endif
