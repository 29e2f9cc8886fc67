/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recording.h - facts in a file: the bytes that a ring carries, behind a head that says what the
 * run could know.
 *
 * Functions that return int return 0 or a negative errno; those with err also write one line there.
 */
#ifndef SOCKSTATE_RECORDING_H
#define SOCKSTATE_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "event/coverage.h"
#include "event/filter.h"
#include "fact.h"

#define RECORDING_MAGIC "sockstate\n"

/*
 * Whether the recording has what only --raw shows. Recordings of revisions a and b do not say
 * (recording_format.h).
 */
enum recording_raw {
	RECORDING_RAW_UNKNOWN,
	RECORDING_RAW_NO,
	RECORDING_RAW_YES,
	RECORDING_RAW_COUNT
};

#define RECORDING_HOST	 65 /* bytes with the NUL */
#define RECORDING_UUID	 40
#define RECORDING_LABELS 16

/* The head of a recording: what a replay needs to print what the live run printed. */
struct recording_info {
	uint32_t fact_version;
	enum recording_raw raw;
	int64_t boot_offset_ns; /* ns; wall clock = t + this */
	struct fact_list facts;
	struct filter filter;
	char kernel[64];
	char version[32];
	/* empty: not known, as in recordings of format 1 */
	char host[RECORDING_HOST], boot_id[RECORDING_UUID], run_id[RECORDING_UUID];
	const char *labels[RECORDING_LABELS]; /* "KEY=VALUE"; borrowed: of a reader, from it */
	unsigned int label_count;
};

struct recording_writer;
/* Writes the head at once. path "-": to standard output. */
int recording_create(struct recording_writer **out, const char *path,
		     const struct recording_info *info, char *err, size_t err_size);
/* The same into a file that must not exist yet, not even as a symbolic link. */
int recording_create_new(struct recording_writer **out, const char *path,
			 const struct recording_info *info, char *err, size_t err_size);
int recording_write(struct recording_writer *w, const void *bytes, size_t size);
/* What has been written is in the file, or in the pipe. Returns 0 or the first error. */
int recording_flush(struct recording_writer *w);
/* Flushes and closes. Returns the first error, also that of an earlier write. Accepts NULL. */
int recording_close(struct recording_writer *w);

struct recording_reader;
/*
 * Opens the file and reads nothing of it, so that rights can be given up first. path "-": standard
 * input.
 */
int recording_find(struct recording_reader **out, const char *path, char *err, size_t err_size);
int recording_read_head(struct recording_reader *r, struct recording_info *info, char *err,
			size_t err_size);
/* Both. */
int recording_open(struct recording_reader **out, const char *path, struct recording_info *info,
		   char *err, size_t err_size);
/*
 * Calls fn with every record. Returns 0 at a clean end, or -EBADMSG if the file is cut or damaged;
 * err then names the byte.
 */
int recording_read(struct recording_reader *r, record_fn fn, void *ctx, char *err, size_t err_size);
/* Back to the head, which is to be read next. -ESPIPE: it comes through a pipe. */
int recording_rewind(struct recording_reader *r, char *err, size_t err_size);
void recording_free(struct recording_reader *r);

#endif
