// SPDX-License-Identifier: BSD-2-Clause
/* A recording is read. What is damaged is named by its byte, after everything before it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fact/recording_format.h"
#include "fact/run_text.h"

struct recording_reader {
	FILE *file;
	off_t begin; /* of the recording in the file; -1: a pipe */
	uint64_t at; /* bytes read so far */
	struct run_text text;
	char path[256];
	char buffer[BUFFER_BYTES]; /* setvbuf() would not make one of this size itself */
};

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
	size_t got = fread_unlocked(bytes, 1, size, r->file);

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
	struct about about = {0};

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

static int read_text(struct recording_reader *r, struct recording_info *info, char *err,
		     size_t err_size)
{
	uint64_t at = r->at;

	if (!take(r, &r->text.size, sizeof(r->text.size)))
		return damaged(r, r->at, "the head is cut short", err, err_size);
	if (r->text.size > sizeof(r->text.bytes))
		return damaged(r, at, "the head does not make sense", err, err_size);
	if (!take(r, r->text.bytes, r->text.size))
		return damaged(r, r->at, "the head is cut short", err, err_size);
	if (run_text_take(&r->text, info))
		return damaged(r, at, "the head does not make sense", err, err_size);
	return 0;
}

static int read_head(struct recording_reader *r, struct recording_info *info, char *err,
		     size_t err_size)
{
	char magic[MAGIC_BYTES];
	uint16_t order;
	struct head head = {0};
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
	if (head.format < FORMAT_FIRST || head.format > FORMAT_VERSION) {
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
	if (!rc)
		rc = read_known(r, head.known_count, &info->facts, err, err_size);
	return rc || head.format == FORMAT_FIRST ? rc : read_text(r, info, err, err_size);
}

static int dup_stdin(void)
{
	return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
}

int recording_find(struct recording_reader **out, const char *path, char *err, size_t err_size)
{
	struct recording_reader *r = calloc(1, sizeof(*r));
	bool piped = !strcmp(path, "-");
	int rc;

	if (!r) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	copy_text(r->path, sizeof(r->path), piped ? "standard input" : path);
	r->file = piped ? fdopen(dup_stdin(), "r") : fopen(path, "re");
	if (!r->file) {
		rc = -errno;
		snprintf(err, err_size, "cannot open '%s': %s", r->path, strerror(-rc));
		recording_free(r);
		return rc;
	}
	setvbuf(r->file, r->buffer, _IOFBF, sizeof(r->buffer));
	r->begin = ftello(r->file);
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

int recording_rewind(struct recording_reader *r, char *err, size_t err_size)
{
	int rc = r->begin < 0 ? -ESPIPE : fseeko(r->file, r->begin, SEEK_SET) ? -errno : 0;

	if (rc)
		snprintf(err, err_size, "cannot go back in '%s': %s", r->path, strerror(-rc));
	else
		r->at = 0;
	return rc;
}

void recording_free(struct recording_reader *r)
{
	if (!r)
		return;
	if (r->file)
		fclose(r->file);
	free(r);
}
