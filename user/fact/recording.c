// SPDX-License-Identifier: BSD-2-Clause
/*
 * recording.c - facts in a file.
 *
 *	"sockstate\n"   10 bytes: a person who opens the file reads what it is
 *	byte order      u16 0xfeff, as the writing machine stores it
 *	struct head     number of the format, sizes of what follows
 *	struct about    what was traced, where, with which filter
 *	struct known    one for each fact name: what the run could know
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
 * tests/replay/old holds a recording of each. A change that moves a field needs a new number.
 */
#define _GNU_SOURCE
#include "fact/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"

#define MAGIC_BYTES    (sizeof(RECORDING_MAGIC) - 1)
#define BYTE_ORDER_TAG 0xfeff
#define RECORD_MAX     4096 /* bytes, far above every fact: a larger size is damage */
#define KNOWN_MAX      64   /* fact names that a head may hold */
#define BUFFER_BYTES   (64 * 1024)

#define FORMAT_VERSION 1
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

struct recording_writer {
	FILE *file;
	int error; /* negative errno of the first write that failed; 0: none */
};

struct recording_reader {
	FILE *file;
	uint64_t at; /* bytes read so far */
	char path[256];
};

static void copy_text(char *out, size_t size, const char *in)
{
	size_t len = strnlen(in, size - 1);

	memset(out, 0, size);
	memcpy(out, in, len);
}

static uint16_t checksum(const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < size; i += 2) {
		uint16_t word;

		memcpy(&word, p + i, 2);
		sum += word;
	}
	if (size % 2)
		sum += p[size - 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* ---- writing ---- */

static int writer_put(struct recording_writer *w, const void *bytes, size_t size)
{
	if (!w->error && fwrite(bytes, 1, size, w->file) != size)
		w->error = errno ? -errno : -EIO;
	return w->error;
}

static void write_head(struct recording_writer *w, const struct recording_info *info)
{
	uint16_t order = BYTE_ORDER_TAG;
	struct head head = {FORMAT_VERSION, sizeof(struct about), sizeof(struct known), KNOW_COUNT};
	struct about about = {
		.fact_version = info->fact_version,
		.port_ranges = info->filter.port_ranges,
		.boot_offset_ns = info->boot_offset_ns,
		.side = (uint8_t)info->filter.side,
		.ipv4 = info->filter.ipv4,
		.ipv6 = info->filter.ipv6,
		.raw = (uint8_t)info->raw,
		.netns = info->filter.netns,
	};

	for (unsigned int i = 0; i < info->filter.port_ranges && i < FORMAT_RANGES; i++) {
		about.ports[i].first = info->filter.ports[i].first;
		about.ports[i].last = info->filter.ports[i].last;
	}
	copy_text(about.kernel, sizeof(about.kernel), info->kernel);
	copy_text(about.version, sizeof(about.version), info->version);

	writer_put(w, RECORDING_MAGIC, MAGIC_BYTES);
	writer_put(w, &order, sizeof(order));
	writer_put(w, &head, sizeof(head));
	writer_put(w, &about, sizeof(about));
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		struct known known = {.is = info->facts.fact[i].is};

		copy_text(known.name, sizeof(known.name), fact_name((enum fact_name)i));
		copy_text(known.why, sizeof(known.why), info->facts.fact[i].why);
		copy_text(known.by, sizeof(known.by), info->facts.fact[i].by);
		writer_put(w, &known, sizeof(known));
	}
	if (!w->error && fflush(w->file))
		w->error = -errno;
}

int recording_create(struct recording_writer **out, const char *path,
		     const struct recording_info *info, char *err, size_t err_size)
{
	struct recording_writer *w = NULL;
	int fd = -1, rc;

	if (!strcmp(path, "-")) {
		snprintf(err, err_size,
			 "a recording cannot go to standard output: give a file name");
		return -EINVAL;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		goto fail;
	/* Addresses and names of programs are nobody else's business. */
	fd = out_create(path, 0600);
	if (fd < 0) {
		errno = -fd;
		goto fail;
	}
	w->file = fdopen(fd, "w");
	if (!w->file)
		goto fail;
	fd = -1;
	setvbuf(w->file, NULL, _IOFBF, BUFFER_BYTES);
	write_head(w, info);
	if (w->error) {
		errno = -w->error;
		goto fail;
	}
	*out = w;
	return 0;
fail:
	rc = errno ? -errno : -ENOMEM;
	snprintf(err, err_size, "cannot write '%s': %s", path, out_why(rc));
	if (fd >= 0)
		close(fd);
	recording_close(w);
	return rc;
}

int recording_write(struct recording_writer *w, const void *bytes, size_t size)
{
	struct prefix prefix = {(uint16_t)size, checksum(bytes, size)};

	if (size == 0 || size > RECORD_MAX)
		return -EINVAL;
	writer_put(w, &prefix, sizeof(prefix));
	return writer_put(w, bytes, size);
}

int recording_close(struct recording_writer *w)
{
	struct prefix end = {0, checksum(NULL, 0)};
	int rc;

	if (!w)
		return 0;
	if (w->file) {
		writer_put(w, &end, sizeof(end));
		if (fclose(w->file) && !w->error)
			w->error = -errno;
	}
	rc = w->error;
	free(w);
	return rc;
}

/* ---- reading ---- */

/* Writes the line of err. Returns -EBADMSG, or the errno of a read that failed. */
static int damaged(const struct recording_reader *r, uint64_t at, const char *what, char *err,
		   size_t err_size)
{
	if (ferror(r->file)) {
		int rc = errno ? -errno : -EIO;

		snprintf(err, err_size, "cannot read '%s': %s", r->path, strerror(-rc));
		return rc;
	}
	snprintf(err, err_size, "'%s' is damaged at byte %" PRIu64 ": %s", r->path, at, what);
	return -EBADMSG;
}

static bool take(struct recording_reader *r, void *bytes, size_t size)
{
	size_t got = fread(bytes, 1, size, r->file);

	r->at += got;
	return got == size;
}

static int read_known(struct recording_reader *r, uint32_t count, struct fact_list *facts,
		      char *err, size_t err_size)
{
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		facts->fact[i] = (struct fact_knowledge){.is = FACT_IS_ABSENT};
		copy_text(facts->fact[i].why, sizeof(facts->fact[i].why), "not in this recording");
	}
	while (count--) {
		uint64_t at = r->at;
		struct known known;

		if (!take(r, &known, sizeof(known)))
			return damaged(r, r->at, "the head is cut short", err, err_size);
		if (known.is > FACT_IS_EXACT || known.name[sizeof(known.name) - 1] ||
		    known.why[sizeof(known.why) - 1] || known.by[sizeof(known.by) - 1])
			return damaged(r, at, "the head does not make sense", err, err_size);
		for (unsigned int i = 0; i < KNOW_COUNT; i++) {
			struct fact_knowledge *fact = &facts->fact[i];

			if (strcmp(known.name, fact_name((enum fact_name)i)))
				continue;
			fact->is = (enum fact_is)known.is;
			memcpy(fact->why, known.why, sizeof(fact->why));
			memcpy(fact->by, known.by, sizeof(fact->by));
		}
	}
	return 0;
}

static int read_about(struct recording_reader *r, struct recording_info *info, char *err,
		      size_t err_size)
{
	uint64_t at = r->at;
	struct about about;

	if (!take(r, &about, sizeof(about)))
		return damaged(r, r->at, "the head is cut short", err, err_size);
	if (about.port_ranges > FORMAT_RANGES || about.side > SIDE_CLIENT || about.ipv4 > 1 ||
	    about.ipv6 > 1 || about.raw >= RECORDING_RAW_COUNT ||
	    about.kernel[sizeof(about.kernel) - 1] || about.version[sizeof(about.version) - 1])
		return damaged(r, at, "the head does not make sense", err, err_size);
	if (about.fact_version != FACT_VERSION) {
		snprintf(
			err, err_size,
			"'%s' holds facts of version %u, this sockstate reads version %u: use sockstate %s",
			r->path, about.fact_version, FACT_VERSION, about.version);
		return -EPROTONOSUPPORT;
	}
	info->fact_version = about.fact_version;
	info->raw = (enum recording_raw)about.raw;
	info->boot_offset_ns = about.boot_offset_ns;
	filter_init(&info->filter);
	info->filter.port_ranges = about.port_ranges;
	info->filter.side = (enum filter_side)about.side;
	info->filter.ipv4 = about.ipv4;
	info->filter.ipv6 = about.ipv6;
	info->filter.netns = about.netns;
	for (unsigned int i = 0; i < about.port_ranges; i++) {
		info->filter.ports[i].first = about.ports[i].first;
		info->filter.ports[i].last = about.ports[i].last;
	}
	memcpy(info->kernel, about.kernel, sizeof(info->kernel));
	memcpy(info->version, about.version, sizeof(info->version));
	return 0;
}

static int read_head(struct recording_reader *r, struct recording_info *info, char *err,
		     size_t err_size)
{
	char magic[MAGIC_BYTES];
	uint16_t order;
	struct head head;
	int rc;

	if (!take(r, magic, sizeof(magic)) || memcmp(magic, RECORDING_MAGIC, sizeof(magic))) {
		if (ferror(r->file))
			return damaged(r, 0, "", err, err_size);
		snprintf(err, err_size,
			 "'%s' is not a recording of sockstate: make one with --record", r->path);
		return -EBADMSG;
	}
	if (!take(r, &order, sizeof(order)))
		return damaged(r, r->at, "the head is cut short", err, err_size);
	if (order != BYTE_ORDER_TAG) {
		snprintf(err, err_size,
			 "'%s' was recorded on a machine of the other byte order: replay it there",
			 r->path);
		return -EPROTONOSUPPORT;
	}
	if (!take(r, &head, sizeof(head)))
		return damaged(r, r->at, "the head is cut short", err, err_size);
	if (head.format != FORMAT_VERSION) {
		snprintf(
			err, err_size,
			"'%s' is a recording of format %u, this sockstate reads format %u; replay it "
			"with the sockstate that recorded it",
			r->path, head.format, FORMAT_VERSION);
		return -EPROTONOSUPPORT;
	}
	if (head.about_bytes != sizeof(struct about) || head.known_bytes != sizeof(struct known)) {
		snprintf(
			err, err_size,
			"'%s' is a recording of another format: its head has parts of %u and %u "
			"bytes, this sockstate reads %zu and %zu; replay it with the sockstate that "
			"recorded it",
			r->path, head.about_bytes, head.known_bytes, sizeof(struct about),
			sizeof(struct known));
		return -EPROTONOSUPPORT;
	}
	if (head.known_count > KNOWN_MAX)
		return damaged(r, r->at - sizeof(head), "the head does not make sense", err,
			       err_size);
	rc = read_about(r, info, err, err_size);
	return rc ? rc : read_known(r, head.known_count, &info->facts, err, err_size);
}

int recording_find(struct recording_reader **out, const char *path, char *err, size_t err_size)
{
	struct recording_reader *r = calloc(1, sizeof(*r));
	int rc;

	if (!r) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	copy_text(r->path, sizeof(r->path), path);
	r->file = fopen(path, "re");
	if (!r->file) {
		rc = -errno;
		snprintf(err, err_size, "cannot open '%s': %s", path, strerror(-rc));
		recording_free(r);
		return rc;
	}
	setvbuf(r->file, NULL, _IOFBF, BUFFER_BYTES);
	*out = r;
	return 0;
}

int recording_read_head(struct recording_reader *r, struct recording_info *info, char *err,
			size_t err_size)
{
	struct recording_info read = {0};
	int rc = read_head(r, &read, err, err_size);

	if (!rc)
		*info = read;
	return rc;
}

int recording_open(struct recording_reader **out, const char *path, struct recording_info *info,
		   char *err, size_t err_size)
{
	struct recording_reader *r;
	int rc = recording_find(&r, path, err, err_size);

	if (rc)
		return rc;
	rc = recording_read_head(r, info, err, err_size);
	if (rc)
		recording_free(r);
	else
		*out = r;
	return rc;
}

int recording_read(struct recording_reader *r, record_fn fn, void *ctx, char *err, size_t err_size)
{
	uint64_t record[RECORD_MAX / sizeof(uint64_t)]; /* aligned to eight, as decode.h asks */
	struct prefix prefix;
	uint64_t at;
	int rc;

	for (;;) {
		at = r->at;
		if (!take(r, &prefix, sizeof(prefix)))
			return damaged(
				r, r->at,
				"it ends without its end mark: was the recording tracer killed?",
				err, err_size);
		if (prefix.size > RECORD_MAX)
			return damaged(r, at, "no record has such a size", err, err_size);
		if (!take(r, record, prefix.size))
			return damaged(r, r->at, "it is cut inside a record", err, err_size);
		if (prefix.sum != checksum(record, prefix.size))
			return damaged(r, at, "the record and its checksum disagree", err,
				       err_size);
		if (prefix.size == 0)
			break;
		rc = fn(ctx, record, prefix.size);
		if (rc < 0)
			return rc;
	}
	if (fgetc(r->file) != EOF)
		return damaged(r, r->at, "something follows the end mark", err, err_size);
	return 0;
}

void recording_free(struct recording_reader *r)
{
	if (!r)
		return;
	if (r->file)
		fclose(r->file);
	free(r);
}
