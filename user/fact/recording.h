/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recording.h - facts in a file: the same bytes as a ring carries, behind a head that tells what the
 * run could know.
 *
 * Every function returns 0, or a negative errno with one line in err.
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

/* Whether it holds what only --raw shows. Recordings of old do not tell. */
enum recording_raw {
	RECORDING_RAW_UNKNOWN,
	RECORDING_RAW_NO,
	RECORDING_RAW_YES,
	RECORDING_RAW_COUNT
};

/* What stands at the head of a recording, so that a replay prints what the live run printed. */
struct recording_info {
	uint32_t fact_version;
	enum recording_raw raw;
	int64_t boot_offset_ns; /* wall clock = t + this */
	struct fact_list facts;
	struct filter filter;
	char kernel[64];
	char version[32];
};

struct recording_writer;
/* path "-" is not allowed. Writes the head at once. */
int recording_create(struct recording_writer **out, const char *path,
		     const struct recording_info *info, char *err, size_t err_size);
int recording_write(struct recording_writer *w, const void *bytes, size_t size);
/*
 * Flushes and closes; returns the first error that happened, also from earlier writes. NULL is
 * fine.
 */
int recording_close(struct recording_writer *w);

struct recording_reader;
int recording_open(struct recording_reader **out, const char *path, struct recording_info *info,
		   char *err, size_t err_size);
/*
 * Every record in turn. 0 at a clean end; -EBADMSG where the file is cut or damaged (err says at
 * which byte).
 */
int recording_read(struct recording_reader *r, record_fn fn, void *ctx, char *err, size_t err_size);
void recording_free(struct recording_reader *r);

#endif
