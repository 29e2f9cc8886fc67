// SPDX-License-Identifier: BSD-2-Clause
#include "run/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"
#include "kernel/clock.h"

#define DIRECTORY_MODE 0700 /* addresses and names of programs are nobody else's business */
#define FILE_MODE      0600
#define OPEN_NAME      "open.ndjson"
/* Their order by name is their age. */
#define BATCH_NAME "batch-%020" PRIu64 "-%" PRIu64 ".ndjson"
/* Of one that the command will never take: rejected-... */
#define REJECTED  "rejected-"
#define NAME_SIZE 96

struct spool {
	int dir, open; /* open: -1, no batch is open */
	uint64_t keep;
	uint64_t bytes, lines; /* of sealed batches */
	uint64_t rejected_bytes;
	uint64_t open_bytes, open_lines;
	uint64_t last; /* number */
	uint64_t dropped;
	bool held;		     /* the oldest */
	struct spool_batch *batches; /* the oldest first */
	size_t count, room;
};

static void batch_name(char name[NAME_SIZE], const struct spool_batch *batch)
{
	snprintf(name, NAME_SIZE, BATCH_NAME, batch->number, batch->lines);
}

static void rejected_name(char name[NAME_SIZE], const struct spool_batch *batch)
{
	snprintf(name, NAME_SIZE, REJECTED BATCH_NAME, batch->number, batch->lines);
}

static uint64_t wall_ns(void)
{
	return clock_now_ns() + (uint64_t)clock_boot_offset_ns();
}

/* ---- what is there ---- */

static int make_place(struct spool *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	struct spool_batch *batches;

	if (s->count < s->room)
		return 0;
	batches = realloc(s->batches, room * sizeof(*batches));
	if (!batches)
		return -ENOMEM;
	s->batches = batches;
	s->room = room;
	return 0;
}

/* make_place() came before. */
static void add(struct spool *s, const struct spool_batch *batch)
{
	s->batches[s->count++] = *batch;
	s->bytes += batch->bytes;
	s->lines += batch->lines;
}

/* Those of a clock that was far ahead do not say when the next one begins. */
static void find_last(struct spool *s)
{
	uint64_t latest = wall_ns() + NS_DAY;

	for (size_t i = 0; i < s->count; i++)
		if (s->batches[i].number <= latest && s->batches[i].number > s->last)
			s->last = s->batches[i].number;
}

static void forget(struct spool *s, size_t i)
{
	s->bytes -= s->batches[i].bytes;
	s->lines -= s->batches[i].lines;
	s->count--;
	memmove(s->batches + i, s->batches + i + 1, (s->count - i) * sizeof(*s->batches));
}

static int older(const void *a, const void *b)
{
	const struct spool_batch *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* A name that this program would give. */
static bool read_name(const char *name, struct spool_batch *batch)
{
	char again[NAME_SIZE];

	if (sscanf(name, "batch-%" SCNu64 "-%" SCNu64, &batch->number, &batch->lines) != 2)
		return false;
	batch_name(again, batch);
	return !strcmp(name, again);
}

static DIR *open_directory(const struct spool *s)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? NULL : fdopendir(fd);
}

/* False: something else. */
static bool read_entry(const struct spool *s, const char *name, struct spool_batch *batch,
		       bool *rejected)
{
	struct stat st;

	*rejected = !strncmp(name, REJECTED, strlen(REJECTED));
	if (!read_name(name + (*rejected ? strlen(REJECTED) : 0), batch) ||
	    fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return false;
	batch->bytes = (uint64_t)st.st_size;
	return true;
}

static int read_directory(struct spool *s)
{
	DIR *dir = open_directory(s);
	struct spool_batch batch;
	struct dirent *entry;
	bool rejected;
	int rc = 0;

	if (!dir)
		return -errno;
	while (!rc && (entry = readdir(dir))) {
		if (!read_entry(s, entry->d_name, &batch, &rejected))
			continue;
		if (rejected) {
			s->rejected_bytes += batch.bytes;
			continue;
		}
		/* No batch is sealed without lines: the disk has lost them. */
		if (!batch.bytes && !unlinkat(s->dir, entry->d_name, 0)) {
			s->dropped += batch.lines;
			continue;
		}
		rc = make_place(s);
		if (!rc)
			add(s, &batch);
	}
	closedir(dir);
	if (s->count)
		qsort(s->batches, s->count, sizeof(*s->batches), older);
	find_last(s);
	return rc;
}

/* Counts the lines of the open batch. A line without its end is cut off, and is one dropped. */
static int count_open(struct spool *s)
{
	char buffer[65536];
	uint64_t size = 0;
	ssize_t n;

	while ((n = read(s->open, buffer, sizeof(buffer))) > 0) {
		for (const char *p = buffer, *end = buffer + n; p < end; p++) {
			p = memchr(p, '\n', (size_t)(end - p));
			if (!p)
				break;
			s->open_lines++;
			s->open_bytes = size + (uint64_t)(p - buffer) + 1;
		}
		size += (uint64_t)n;
	}
	if (n < 0 || (size > s->open_bytes && ftruncate(s->open, (off_t)s->open_bytes)))
		return -errno;
	s->dropped += size > s->open_bytes;
	return 0;
}

/* Of a run that was killed. */
static int seal_left_open(struct spool *s)
{
	int rc;

	s->open = openat(s->dir, OPEN_NAME, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (s->open < 0)
		return errno == ENOENT ? 0 : -errno;
	rc = count_open(s);
	return rc ? rc : spool_seal(s);
}

int spool_open(struct spool **out, const char *directory, uint64_t keep_bytes, char *err,
	       size_t err_size)
{
	struct spool *s = calloc(1, sizeof(*s));
	int rc = 0;

	if (!s) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	s->dir = s->open = -1;
	s->keep = keep_bytes;
	if (!mkdir(directory, DIRECTORY_MODE) || errno == EEXIST)
		s->dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0 || flock(s->dir, LOCK_EX | LOCK_NB))
		rc = -errno;
	if (!rc)
		rc = read_directory(s);
	if (!rc)
		rc = seal_left_open(s);
	if (rc) {
		snprintf(err, err_size, "--spool: cannot use '%s': %s", directory,
			 rc == -EWOULDBLOCK ? "another sockstate ship uses it" : strerror(-rc));
		spool_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->open >= 0)
		close(s->open);
	if (s->dir >= 0)
		close(s->dir);
	free(s->batches);
	free(s);
}

/* ---- lines come ---- */

/* How many bytes rejected batches have now: somebody may have moved some away. */
static uint64_t sum_rejected(const struct spool *s, DIR *dir, struct spool_batch *oldest)
{
	struct spool_batch batch;
	struct dirent *entry;
	uint64_t bytes = 0;
	bool rejected;

	while ((entry = readdir(dir))) {
		if (!read_entry(s, entry->d_name, &batch, &rejected) || !rejected)
			continue;
		if (!bytes || older(&batch, oldest) < 0)
			*oldest = batch;
		bytes += batch.bytes;
	}
	return bytes;
}

/* Their lines are counted. False: there is no more room than before. */
static bool drop_rejected(struct spool *s)
{
	DIR *dir = s->rejected_bytes ? open_directory(s) : NULL;
	uint64_t before = s->rejected_bytes;
	struct spool_batch oldest = {0};
	char name[NAME_SIZE];

	if (!dir)
		return false;
	s->rejected_bytes = sum_rejected(s, dir, &oldest);
	closedir(dir);
	if (s->rejected_bytes < before)
		return true;
	rejected_name(name, &oldest);
	if (unlinkat(s->dir, name, 0))
		return false;
	s->rejected_bytes -= oldest.bytes;
	return true;
}

static bool drop_oldest(struct spool *s)
{
	size_t i = s->held;
	char name[NAME_SIZE];

	if (drop_rejected(s))
		return true;
	if (i >= s->count)
		return false;
	batch_name(name, &s->batches[i]);
	if (unlinkat(s->dir, name, 0) && errno != ENOENT)
		return false;
	s->dropped += s->batches[i].lines;
	forget(s, i);
	return true;
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* All of it, or nothing. */
static int write_open(struct spool *s, const char *lines, size_t bytes)
{
	int rc;

	if (s->open < 0)
		s->open = openat(s->dir, OPEN_NAME,
				 O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (s->open < 0)
		return -errno;
	rc = write_all(s->open, lines, bytes);
	if (rc && ftruncate(s->open, (off_t)s->open_bytes))
		rc = -errno;
	return rc;
}

static bool has_room(const struct spool *s, size_t bytes)
{
	return s->bytes + s->rejected_bytes + s->open_bytes + bytes <= s->keep;
}

int spool_append(struct spool *s, const char *lines, size_t bytes, uint64_t count)
{
	int rc = -ENOSPC;

	while (!has_room(s, bytes) && drop_oldest(s))
		;
	if (has_room(s, bytes)) {
		/* The disk may be full before the spool is. */
		do
			rc = write_open(s, lines, bytes);
		while ((rc == -ENOSPC || rc == -EDQUOT) && drop_oldest(s));
	}
	if (rc) {
		s->dropped += count;
		return rc;
	}
	s->open_bytes += bytes;
	s->open_lines += count;
	return 0;
}

void spool_count_dropped(struct spool *s, uint64_t lines)
{
	s->dropped += lines;
}

static void close_open(struct spool *s)
{
	close(s->open);
	s->open = -1;
	s->open_lines = s->open_bytes = 0;
}

int spool_seal(struct spool *s)
{
	struct spool_batch batch = {.lines = s->open_lines, .bytes = s->open_bytes};
	uint64_t now = wall_ns();
	char name[NAME_SIZE];
	int rc;

	if (!s->open_lines)
		return 0;
	rc = make_place(s);
	if (rc)
		return rc;
	batch.number = now > s->last ? now : s->last + 1;
	batch_name(name, &batch);
	if (fdatasync(s->open) || renameat(s->dir, OPEN_NAME, s->dir, name)) {
		rc = -errno;
		if (rc == -ENOENT) {
			s->dropped += s->open_lines;
			close_open(s);
		}
		return rc;
	}
	close_open(s);
	add(s, &batch);
	s->last = batch.number;
	return 0;
}

/* ---- lines go ---- */

int spool_hold(struct spool *s, struct spool_batch *batch)
{
	char name[NAME_SIZE];
	int fd;

	while (s->count) {
		batch_name(name, &s->batches[0]);
		fd = openat(s->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno != ENOENT)
			return -errno;
		if (fd >= 0) {
			s->held = true;
			*batch = s->batches[0];
			return fd;
		}
		/* Somebody else has removed it. */
		s->dropped += s->batches[0].lines;
		forget(s, 0);
	}
	return -ENOENT;
}

int spool_let_go(struct spool *s, bool taken)
{
	uint64_t bytes;
	char name[NAME_SIZE];
	int rc = 0;

	s->held = false;
	if (!taken)
		return 0;
	bytes = s->batches[0].bytes;
	batch_name(name, &s->batches[0]);
	if (unlinkat(s->dir, name, 0) && errno != ENOENT)
		rc = -errno;
	forget(s, 0);
	if (rc)
		s->bytes += bytes; /* of the room that there is */
	return rc;
}

int spool_reject(struct spool *s)
{
	struct spool_batch batch = s->batches[0];
	char name[NAME_SIZE], aside[NAME_SIZE];

	batch_name(name, &batch);
	rejected_name(aside, &batch);
	if (renameat(s->dir, name, s->dir, aside))
		return -errno;
	s->held = false;
	forget(s, 0);
	s->dropped += batch.lines;
	s->rejected_bytes += batch.bytes;
	return 0;
}

void spool_figures(const struct spool *s, struct spool_figures *out)
{
	*out = (struct spool_figures){.batches = s->count,
				      .open_bytes = s->open_bytes,
				      .lines = s->lines + s->open_lines,
				      .dropped_lines = s->dropped};
}
